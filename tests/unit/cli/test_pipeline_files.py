"""Verbs of ``whorl pipeline`` that need no server: templates, forms, nodes, the schema and imports."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from whorl.cli.main import run
from whorl.cli.pipeline_showing import diff_lines
from whorl.pipelines.diff import diff
from whorl.pipelines.forms import dump_json, dump_python, dump_yaml, parse_yaml
from whorl.pipelines.nodes import node_types
from whorl.pipelines.templates import list_templates, load_template
from whorl.schemas.pipelines import PipelineDefinition

Capture = pytest.CaptureFixture[str]
SOURCE = {
    "name": "two",
    "nodes": [
        {
            "id": "1", "name": "In", "type": "storage", "namespace": {"functionName": "dataset_handler"},
            "outputs": [{"portId": "o", "name": "item", "type": "Item"}],
        },
        {"id": "2", "name": "Odd", "type": "custom"},
    ],
    "connections": [{"src": {"nodeId": "1", "portId": "o"}, "tgt": {"nodeId": "2", "portId": "i"}}],
    "startNodes": [{"nodeId": "1", "trigger": {"type": "Cron", "spec": {"cron": "0 9 * * 1"}}}],
}  # fmt: skip


def shell(capture: Capture, *words: str, code: int = 0) -> tuple[str, str]:
    """Run a command line; gives stdout and stderr."""
    capture.readouterr()
    found = run(["pipeline", *words])
    out, err = capture.readouterr()
    assert found == code, f"{words}: exit code {found}\n{out}\n{err}"
    return out, err


def test_template__in_each_form_and_as_a_list(capsys: Capture, tmp_path: Path) -> None:
    loop = load_template("active_learning", rename="mine")
    assert shell(capsys, "template", "--name", "mine")[0] == dump_yaml(loop)
    assert shell(capsys, "template", "--name", "mine", "--json")[0] == dump_json(loop)
    shell(capsys, "template", "--name", "mine", "--out", str(tmp_path / "a.py"))
    assert (tmp_path / "a.py").read_text() == dump_python(loop)
    listed = [line.split("\t") for line in shell(capsys, "template", "--list")[0].splitlines()]
    assert sorted(row[0] for row in listed) == list_templates()
    assert {row[1] for row in listed} <= {"ready", "waits"}
    assert len(json.loads(shell(capsys, "template", "--list", "--json")[0])) == len(listed)


def test_convert__goes_round_through_all_forms_and_never_over_a_file(capsys: Capture, tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.yaml", "b.json", "c.py", "d.yaml")]
    files[0].write_text(dump_yaml(load_template("active_learning")))
    for source, target in zip(files, files[1:], strict=False):
        shell(capsys, "convert", str(source), "--out", str(target))
    assert files[3].read_text() == files[0].read_text()
    _, err = shell(capsys, "convert", str(files[0]), "--out", str(files[3]), code=1)
    assert err == f"error: {files[3]} is there already\nhint: Give another name with --out, or remove it.\n"
    _, err = shell(capsys, "convert", str(files[0]), "--out", str(tmp_path / "no" / "e.yaml"), code=1)
    assert "cannot write" in err
    _, err = shell(capsys, "convert", str(files[0]), "--as", "toml", code=2)
    assert "'toml' is not one of" in err


def test_nodes__lists_all_and_shows_one(capsys: Capture) -> None:
    rows = [line.split("\t") for line in shell(capsys, "nodes")[0].splitlines()]
    assert [row[0] for row in rows] == list(node_types())
    out, _ = shell(capsys, "nodes", "split")
    assert "in:  item (item)\nout: train (item), validation (item), test (item), held (item)\n" in out
    assert "dataset\trequired\t" in out
    (one,) = json.loads(shell(capsys, "nodes", "split", "--json")[0])
    assert one["name"] == "split"
    _, err = shell(capsys, "nodes", "spit", code=1)
    assert err.startswith("error: no node 'spit'\nhint: There are: dataset")


def test_schema__checks_a_template(capsys: Capture) -> None:
    schema = json.loads(shell(capsys, "schema")[0])
    jsonschema.validate(json.loads(dump_json(load_template("active_learning"))), schema)


def test_import__says_what_became_of_each_part_and_writes_the_rest(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "two.json").write_text(json.dumps(SOURCE))
    out, err = shell(capsys, "import", str(tmp_path / "two.json"))
    rows = [line.split("\t") for line in out.splitlines()]
    assert [(row[0], row[1], row[3]) for row in rows] == [
        ("node", "In", "in (dataset)"),
        ("trigger", "In", "cron"),
        ("node", "Odd", "not mapped"),
        ("connection", "In -> Odd", "not mapped"),
    ]
    assert err.startswith("2 of 4 parts mapped\n")
    assert parse_yaml((tmp_path / "two.whorl.yaml").read_text()).name == "two"
    found = json.loads(shell(capsys, "import", str(tmp_path / "two.json"), "--json", "--name", "three")[0])
    assert (found["definition"]["name"], len(found["parts"])) == ("three", 4)
    assert [file.name for file in sorted(tmp_path.iterdir())] == ["two.json", "two.whorl.yaml"]


def test_import__something_else_is_named(capsys: Capture, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    _, err = shell(capsys, "import", str(tmp_path / "a.json"), code=1)
    assert err.startswith("error: there is no Dataloop pipeline in it")


def test_diff_lines__say_each_change_and_each_field() -> None:
    old = parse_yaml("name: x\nnodes:\n  - {id: a, type: dataset, params: {dataset: dst_1}}\n  - {id: b, type: label}")
    new = PipelineDefinition.model_validate(
        {
            "name": "x",
            "nodes": [
                {"id": "a", "type": "dataset", "params": {"dataset": {"$var": "pool"}, "size": 3}},
                {"id": "c", "type": "review"},
            ],
            "edges": [{"source": "a.item", "target": "c.item", "when": "label:car"}],
        }
    )
    assert list(diff_lines(diff(old, new))) == [
        ("~ node a", "yellow"),
        ("    params.dataset: dst_1 -> $pool", "yellow"),
        ("    params.size: nothing -> 3", "yellow"),
        ("- node b (label)", "red"),
        ("+ node c (review)", "green"),
        ("+ edge a.item -> c.item (label:car)", "green"),
    ]
