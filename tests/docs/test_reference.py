"""The reference says what the code says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from whorl.base.errors import error_classes
from whorl.base.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def test_reference__generated_pages_are_current() -> None:
    command = [sys.executable, "tools/write_reference.py", "--check"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_reference__every_setting_is_described() -> None:
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    missing = [
        name for name, field in Settings.model_fields.items() if f"`{name}`" not in page or not field.description
    ]
    assert missing == []


def test_reference__every_error_code_is_described_and_no_other() -> None:
    page = (ROOT / "docs/reference/errors.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^(?:\| |#+ )`([a-z_]+)`", page, flags=re.MULTILINE))
    assert described == set(error_classes())
