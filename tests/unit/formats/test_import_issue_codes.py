"""Every code that a reader or writer can give is described, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import whorl
from whorl.base.errors import UnknownLabel, UnreadableMedia

PAGE = Path(__file__).resolve().parents[3] / "docs/reference/import-issues.md"
MAKERS = {"ImportIssue", "_issue", "skip"}
ROOMS = ("formats", "datasets", "annotations")
PASSED_ON = {UnknownLabel.code, UnreadableMedia.code}
"""Errors whose own code becomes the issue's."""


def codes_in_source() -> set[str]:
    """Collect the second argument of every issue that the rooms make, and every value of a variable called code."""
    found: set[str] = set()
    root = Path(whorl.__file__).parent
    for path in sorted(path for room in ROOMS for path in (root / room).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            values: list[ast.expr] = []
            if isinstance(node, ast.Call) and len(node.args) >= 2:
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                values = [node.args[1]] if name in MAKERS else []
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "code":
                values = [node.value.body, node.value.orelse] if isinstance(node.value, ast.IfExp) else [node.value]
            found |= {str(v.value) for v in values if isinstance(v, ast.Constant)}
    return found


def test_import_issues__page_lists_every_code() -> None:
    described = set(re.findall(r"^\| `([a-z0-9_]+)`", PAGE.read_text("utf-8"), flags=re.MULTILINE))
    assert described == codes_in_source() | PASSED_ON
