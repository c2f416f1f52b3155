"""Every example pipeline reads, can run once its variables are filled, and survives the other forms."""

from __future__ import annotations

from pathlib import Path

import pytest

from whorl.cli.pipeline_files import read_definition
from whorl.pipelines.forms import dump_json, dump_yaml, parse_json, parse_yaml
from whorl.pipelines.graph import find_problems
from whorl.pipelines.nodes import node_types

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "pipelines"


@pytest.mark.parametrize("file", sorted(FOLDER.iterdir()), ids=lambda file: file.name)
def test_examples__can_run(file: Path) -> None:
    definition = read_definition(file)
    assert [one.message for one in find_problems(definition, node_types()) if one.severity == "error"] == []
    assert parse_yaml(dump_yaml(definition)) == parse_json(dump_json(definition)) == definition
    assert [one.name for one in definition.variables if not one.description] == []


def test_examples__are_there() -> None:
    assert {file.suffix for file in FOLDER.iterdir()} >= {".py", ".yaml"}
