"""The three forms on the page about writing pipelines are one definition, and it can run."""

from __future__ import annotations

import re
from pathlib import Path

from whorl.pipelines.forms import parse_json, parse_yaml
from whorl.pipelines.graph import find_problems
from whorl.pipelines.nodes import node_types

PAGE = Path(__file__).resolve().parents[2] / "docs" / "howto" / "write-a-pipeline.md"


def _block(language: str) -> str:
    """The first block of a language."""
    found = re.search(rf"^```{language}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert found is not None
    return found.group(1)


def test_page__its_three_forms_are_one_definition() -> None:
    left: dict[str, object] = {}
    exec(_block("python"), left)
    from_yaml = parse_yaml(_block("yaml"))
    assert from_yaml == parse_json(_block("json")) == left["definition"]
    assert [one for one in find_problems(from_yaml, node_types()) if one.severity == "error"] == []
