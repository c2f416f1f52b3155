"""What people write on the command line and in pipeline files."""

from __future__ import annotations

from pathlib import Path

import pytest

from whorl.base.errors import FormatError, InvalidInput, NotFound
from whorl.cli.modelling import parse_params
from whorl.cli.pipeline import read_definition


def test_parse_params__reads_json_values_and_plain_text() -> None:
    assert parse_params(["epochs=20", "lr=1e-3", "name=a=b", "flip=true", "size=[1,2]"]) == {
        "epochs": 20,
        "lr": 0.001,
        "name": "a=b",
        "flip": True,
        "size": [1, 2],
    }


@pytest.mark.parametrize("texts", [["epochs"], ["=1"], ["a=1", "a=2"]])
def test_parse_params__what_is_no_pair_or_given_twice_is_refused(texts: list[str]) -> None:
    with pytest.raises(InvalidInput, match="not a parameter"):
        parse_params(texts)


@pytest.mark.parametrize(
    ("name", "text"), [("a.yaml", "name: x\nnodes: []\n"), ("a.json", '{"name": "x", "nodes": []}')]
)
def test_read_definition__yaml_and_json_are_the_same(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert read_definition(tmp_path / name) == {"name": "x", "nodes": []}


@pytest.mark.parametrize(("name", "text"), [("a.yaml", "name: [x"), ("a.json", "{"), ("a.yaml", "- x"), ("a.yaml", "")])
def test_read_definition__what_is_no_pipeline_is_named(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(FormatError, match=name):
        read_definition(tmp_path / name)


def test_read_definition__yaml_makes_no_objects(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: !!python/object/apply:os.getcwd []\n")
    with pytest.raises(FormatError, match="neither YAML nor JSON"):
        read_definition(tmp_path / "a.yaml")


def test_read_definition__a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="No such file"):
        read_definition(tmp_path / "a.yaml")
