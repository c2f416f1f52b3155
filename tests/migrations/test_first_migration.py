"""Until the first release the first migration is written by a tool, so that a changed table costs one command."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_render__is_what_the_file_holds() -> None:
    tool = runpy.run_path(str(ROOT / "tools/write_first_migration.py"))
    assert tool["render"]() == tool["TARGET"].read_text(encoding="utf-8"), (
        "Run `python tools/write_first_migration.py`. After the first release this test and the tool go: the first "
        "migration is then never touched again, and a changed table gets a migration of its own."
    )
