"""The package's names load when first used, whatever was imported before."""

from __future__ import annotations

import subprocess
import sys

import pytest


def _modules_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_import__loads_no_strategy_and_not_even_numpy() -> None:
    loaded = _modules_after("import whorl.selection")
    assert not {name for name in loaded if name.startswith(("whorl.selection.", "numpy", "pydantic"))}


def test_names__are_what_they_say_after_any_import() -> None:
    statement = "import whorl.selection.mixing, whorl.selection as room; assert callable(room.select), room.select"
    assert "whorl.selection.mixing" in _modules_after(statement)


def test_unknown_name__is_an_attribute_error() -> None:
    import whorl.selection

    with pytest.raises(AttributeError, match="no attribute 'chose'"):
        _ = whorl.selection.chose  # type: ignore[attr-defined]
    assert set(whorl.selection.__all__) <= set(dir(whorl.selection))
