"""ARCHITECTURE.md names only what is there."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "ARCHITECTURE.md"
_CODE = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"(?:src|tests|docs|tools|benchmarks|examples)/[\w./-]+|\w+\.(?:toml|md|yaml)")
_NAME = re.compile(r"whorl(?:\.\w+)+")
# A dotted name that users write and that is no module.
ENTRY_POINTS = {"whorl.strategies", "whorl.nodes"}


def is_there(name: str) -> bool:
    """Whether a dotted name is a module, or an attribute of one, or an attribute of such an attribute."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found: object = import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[cut:]:
            if not hasattr(found, attribute):
                return False
            found = getattr(found, attribute)
        return True
    return False


def named(pattern: re.Pattern[str]) -> set[str]:
    """The code spans of the page that are wholly such a name."""
    return {span for span in _CODE.findall(PAGE.read_text(encoding="utf-8")) if pattern.fullmatch(span)}


def test_architecture__every_path_exists() -> None:
    paths = {path for path in named(_PATH) if "/" in path} | {"pyproject.toml"}
    assert {path for path in paths if not (ROOT / path).exists()} == set()
    assert len(paths) >= 10


def test_architecture__every_name_exists() -> None:
    names = named(_NAME) - ENTRY_POINTS
    assert {name for name in names if not is_there(name)} == set()
    assert len(names) >= 40


def test_architecture__every_room_has_a_line() -> None:
    rooms = {f"whorl.{folder.parent.name}" for folder in (ROOT / "src/whorl").glob("*/__init__.py")}
    assert rooms - named(_NAME) == set()


def test_architecture__two_pages() -> None:
    assert len(PAGE.read_text(encoding="utf-8").splitlines()) <= 140
