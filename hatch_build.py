"""Build hook: the wheel and the source archive carry the built web app, and nobody needs Node to run Whorl.

The app is built when it is missing or older than its sources. Node comes from PATH, else from a wheel that is asked for
only when there is something to build. When it cannot be built Whorl installs without it, and `whorl doctor` says why;
``WHORL_SKIP_WEB=1`` leaves it out on purpose and ``WHORL_REQUIRE_WEB=1`` makes a failure fail.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebAppHook(BuildHookInterface):  # type: ignore[type-arg]  # its parameter is hatchling's own configuration
    """Builds the app before files are gathered."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node's wheel, when there is something to build and no Node to build it with."""
        tool = _tool(Path(self.root))
        is_needed = tool.is_due(tool.Place(Path(self.root))) and tool.find_node() is None
        return [tool.NODE_WHEEL] if is_needed else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the app if it is due; without it the installation goes on unless it is required."""
        tool = _tool(Path(self.root))
        place = tool.Place(Path(self.root))
        if not tool.is_due(place):
            return
        self.app.display_info("building the web app (about half a minute)")
        try:
            tool.build(place)
        except tool.WebBuildFailed as error:
            if os.environ.get(tool.REQUIRE):
                raise
            place.out.mkdir(parents=True, exist_ok=True)
            (place.out / tool.WHY).write_text(f"{error.message}\n", encoding="utf-8")
            self.app.display_warning(f"the web app was not built: {error.message}\nhint: {error.hint}")


def _tool(root: Path) -> ModuleType:
    name = "whorl_build_web"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, root / "tools" / "build_web.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]
