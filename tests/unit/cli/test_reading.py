"""What people write on the command line and in pipeline files."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from whorl.base.errors import FormatError, InvalidInput, NotFound
from whorl.cli.modelling import parse_params
from whorl.cli.pipeline_files import read_document


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
def test_read_document__yaml_and_json_are_the_same(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert read_document(tmp_path / name) == {"name": "x", "nodes": []}


@pytest.mark.parametrize(("name", "text"), [("a.yaml", "name: [x"), ("a.json", "{"), ("a.yaml", "- x"), ("a.yaml", "")])
def test_read_document__what_is_no_pipeline_is_named(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(FormatError, match=name):
        read_document(tmp_path / name)


def test_read_document__yaml_makes_no_objects(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: !!python/object/apply:os.getcwd []\n")
    with pytest.raises(FormatError, match="not YAML: could not determine a constructor"):
        read_document(tmp_path / "a.yaml")


def test_read_document__a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="No such file"):
        read_document(tmp_path / "a.yaml")


_BUILDER = "import whorl\npipeline = whorl.PipelineBuilder('x')\npipeline.add('raw', 'dataset')\n"


@pytest.mark.parametrize("end", ["", "definition = pipeline.definition()\n"])
def test_read_document__python_is_run(tmp_path: Path, end: str) -> None:
    (tmp_path / "a.py").write_text(_BUILDER + end)
    assert read_document(tmp_path / "a.py") == {"format": 1, "name": "x", "nodes": [{"id": "raw", "type": "dataset"}]}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1", "leaves no pipeline in definition or pipeline"),
        ("definition = 3", "leaves no pipeline"),
        ("def", "a.py, line 1: invalid syntax"),
        ("1 / 0", "a.py raised ZeroDivisionError: division by zero"),
    ],
)
def test_read_document__python_that_leaves_no_pipeline_says_why(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.py").write_text(text)
    with pytest.raises(FormatError, match=message):
        read_document(tmp_path / "a.py")


def test_read_document__a_python_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="No such file"):
        read_document(tmp_path / "a.py")


def test_read_document__a_dash_is_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("name: x\nnodes: []\n"))
    assert read_document(Path("-")) == {"name": "x", "nodes": []}
