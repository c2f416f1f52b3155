"""Write the generated pages of docs/reference; ``--check`` only compares and fails on a difference."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import get_args

from pydantic_core import PydanticUndefined

from whorl.base.settings import Settings

HEAD = "<!-- Written by tools/write_reference.py; run `make fix` after a change. -->\n\n"


def settings_page() -> str:
    """The table of every setting, its variable, default and meaning."""
    rows = ["| setting | environment variable | type | default | meaning |", "|---|---|---|---|---|"]
    prefix = Settings.model_config.get("env_prefix", "")
    for name, field in Settings.model_fields.items():
        default = "" if field.default is PydanticUndefined else str(field.default)
        choices = get_args(field.annotation)
        kind = f"one of {', '.join(choices)}" if choices else field.annotation.__name__ if field.annotation else ""
        shown = f"`{default}`" if default else "empty"
        rows.append(f"| `{name}` | `{prefix}{name.upper()}` | {kind} | {shown} | {field.description} |")
    intro = "# Settings\n\nFlags win over environment variables, which win over the defaults below.\n\n"
    return HEAD + intro + "\n".join(rows) + "\n"


def pages() -> dict[str, str]:
    """Each generated page by its path below the repository."""
    return {"docs/reference/settings.md": settings_page()}


def main(root: Path, *, is_check: bool) -> int:
    """Write or compare the pages; give the exit status."""
    stale = [
        name
        for name, text in pages().items()
        if not (root / name).is_file() or (root / name).read_text(encoding="utf-8") != text
    ]
    for name in stale:
        if is_check:
            print(f"{name}: not what the code says; run `make fix`", file=sys.stderr)
        else:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(pages()[name], encoding="utf-8")
            print(f"wrote {name}")
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[1], is_check="--check" in sys.argv[1:]))
