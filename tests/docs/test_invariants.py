"""Every promise has a test, and that test exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/explain/invariants.md"
_ROW = re.compile(r"^\| (?!-)(?P<promise>[^|]+) \| (?P<kept>[^|]+) \| (?P<tests>[^|]+) \|$", flags=re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_HEADINGS = {"promise", "input", "edge"}


def names_in(path: Path) -> set[str]:
    """The functions and classes, and the module's own names bound to a test case of Hypothesis."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assigned = [node for node in tree.body if isinstance(node, ast.Assign)]
    return defined | {target.id for node in assigned for target in node.targets if isinstance(target, ast.Name)}


def rows() -> list[tuple[str, str]]:
    """Promise and tests of each row."""
    found = _ROW.finditer(PAGE.read_text(encoding="utf-8"))
    return [(row["promise"], row["tests"]) for row in found if row["promise"] not in _HEADINGS]


def test_invariants__every_row_names_a_test() -> None:
    assert [promise for promise, tests in rows() if not _TEST.search(tests)] == []
    assert len(rows()) >= 45


def test_invariants__every_named_test_exists() -> None:
    named = {match.groups() for _, tests in rows() for match in _TEST.finditer(tests)}
    missing = [
        f"{path}::{name}"
        for path, name in sorted(named)
        if not (ROOT / path).exists() or name not in names_in(ROOT / path)
    ]
    assert missing == []
