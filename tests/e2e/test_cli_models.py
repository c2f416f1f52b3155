"""The verbs of models and pipelines, through a real server."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import whorl
from whorl.cli.main import run
from whorl.sdk.client import Client

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of this module's server."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def client(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server with forty pictures, dark and bright, split and labelled."""
    root = tmp_path_factory.mktemp("pictures")
    random = np.random.default_rng(0)
    for label, middle in (("dark", 60), ("bright", 190)):
        (root / label).mkdir()
        for number in range(20):
            pixels = random.normal(middle, 20, (32, 32, 3)).clip(0, 255).astype(np.uint8)
            Image.fromarray(pixels).save(root / label / f"{number:02d}.png")
    with whorl.connect(home=home) as connected:
        dataset = connected.projects.create("shades").datasets.create("all")
        dataset.import_(root, format="folder_classes")
        dataset.split(0.6, 0.2, 0.2, seed=1)
        yield connected


def shell(home: Path, capture: Capture, *words: str, code: int = 0) -> tuple[str, str]:
    """Run a command line on the home; gives stdout and stderr."""
    capture.readouterr()
    found = run([*words, "--home", str(home)])
    out, err = capture.readouterr()
    assert found == code, f"{words}: exit code {found}\n{out}\n{err}"
    return out, err


def test_models__train_evaluate_compare_predict_deploy_roll_back(client: Client, home: Path, capsys: Capture) -> None:
    trained = json.loads(shell(home, capsys, "train", "builtin:linear", "--name", "one", "--json")[0])
    assert (trained["status"], trained["name"], trained["architecture"]) == ("trained", "one", "builtin:linear")
    assert "one" in shell(home, capsys, "models", "list")[0]
    evaluation = json.loads(shell(home, capsys, "evaluate", "one", "--json")[0])
    assert (evaluation["n_items"], evaluation["metric"]) == (8, 1.0)
    other = json.loads(shell(home, capsys, "train", "builtin:linear", "--name", "two", "--json")[0])
    comparison = json.loads(shell(home, capsys, "compare", "one", "two", "--json")[0])
    assert (comparison["challenger_id"], comparison["decision"]) == (other["id"], "tie")
    assert comparison["run_id"] is None
    shell(home, capsys, "predict", "one", "--query", "subset:test")
    item = next(client.projects.get("shades").dataset("all").items.list("subset:test"))
    (prediction,) = item.annotations.list(layer="prediction")
    (truth,) = item.annotations.list()
    assert prediction.label == truth.label
    for name, expected in (("one", trained["id"]), ("two", other["id"])):
        champion = json.loads(shell(home, capsys, "models", "deploy", name, "--json")[0])
        assert champion["model_id"] == expected
    back = json.loads(shell(home, capsys, "models", "rollback", "two", "--json")[0])
    assert back["model_id"] == trained["id"]


def test_train__an_unknown_architecture_is_named(client: Client, home: Path, capsys: Capture) -> None:
    _, err = shell(home, capsys, "train", "builtin:lineal", code=1)
    assert err.startswith("error: no architecture 'builtin:lineal'\nhint: Use builtin:linear")


def test_evaluate__an_unknown_model_is_named(client: Client, home: Path, capsys: Capture) -> None:
    _, err = shell(home, capsys, "evaluate", "nothing", code=1)
    assert err.startswith("error: no model 'nothing'\nhint: ")


@pytest.mark.train
def test_models__fetch_records_licence_and_hash(home: Path, client: Client, capsys: Capture) -> None:
    fetched = json.loads(shell(home, capsys, "models", "fetch", "lite0", "--json")[0])
    assert (fetched["licence"], len(fetched["sha256"])) == ("Apache-2.0", 64)
    _, err = shell(home, capsys, "models", "fetch", "lite9", code=1)
    assert "error: no weights 'lite9'" in err
    assert "lite0" in err


def test_pipeline__validate_apply_status(client: Client, home: Path, tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "loop.yaml"
    file.write_text("name: broken\nnodes:\n  - {id: a, type: no_such_node}\n")
    out, _ = shell(home, capsys, "pipeline", "validate", str(file), code=1)
    assert "no_such_node" in out
    shell(home, capsys, "pipeline", "apply", str(file), code=1)
    _, err = shell(home, capsys, "pipeline", "status", "nothing", code=1)
    assert err.startswith("error: no pipeline 'nothing'")


def test_pipeline__apply_run_and_watch(client: Client, home: Path, tmp_path: Path, capsys: Capture) -> None:
    dataset_id = client.projects.get("shades").dataset("all").id
    file = tmp_path / "sort.yaml"
    file.write_text(
        "name: sort\n"
        "nodes:\n"
        f"  - {{id: raw, type: dataset, params: {{dataset: {dataset_id}}}}}\n"
        f"  - {{id: parts, type: split, params: {{dataset: {dataset_id}}}}}\n"
        "edges:\n"
        "  - {source: raw.item, target: parts.item}\n"
        "triggers:\n"
        f"  - {{id: new, type: event, target: raw.item, event: item.created, dataset: {dataset_id}}}\n"
    )
    assert shell(home, capsys, "pipeline", "validate", str(file)) == ("", f"{file} can run\n")
    assert shell(home, capsys, "pipeline", "apply", str(file))[0].split("\t")[1:] == ["sort", "version 1\n"]
    started = json.loads(shell(home, capsys, "pipeline", "run", "sort", "--query", "label:dark", "--json")[0])
    assert (started["started"], started["target"]) == (20, "raw.item")
    for _ in range(200):
        status = json.loads(shell(home, capsys, "pipeline", "status", "sort", "--json")[0])
        if status["runs"] == {"done": 20}:
            break
        time.sleep(0.05)
    assert (status["runs"], status["nodes"]["parts"]["done"]) == ({"done": 20}, 20)
    rows = [line.split("\t") for line in shell(home, capsys, "pipeline", "status", "sort")[0].splitlines()]
    assert [row[0] for row in rows] == ["raw", "parts"]


def test_pipeline__dead_letters_are_listed_first_and_tried_again_when_told(
    client: Client, home: Path, tmp_path: Path, capsys: Capture
) -> None:
    project = client.projects.get("shades")
    file = tmp_path / "shelve.yaml"
    file.write_text(
        f"""
name: shelve
variables:
  - {{name: shelf, type: dataset}}
nodes:
  - {{id: raw, type: dataset, params: {{dataset: {project.dataset("all").id}}}}}
  - {{id: keep, type: collect, params: {{dataset: {{$var: shelf}}}}}}
edges:
  - {{source: raw.item, target: keep.item}}
triggers:
  - {{id: new, type: event, target: raw.item, event: item.created}}
"""
    )
    shell(home, capsys, "pipeline", "apply", str(file))
    assert shell(home, capsys, "pipeline", "dead-letters", "shelve") == ("", "shelve has no dead letters\n")
    shell(home, capsys, "pipeline", "run", "shelve", "--query", "subset:test label:dark")
    _wait_for(home, capsys, "keep", "failed", 4)
    assert (
        "hint: See what failed with `whorl pipeline dead-letters"
        in shell(home, capsys, "pipeline", "status", "shelve")[1]
    )
    out, err = shell(home, capsys, "pipeline", "dead-letters", "shelve")
    assert [line.split("\t")[1] for line in out.splitlines()] == ["keep"] * 4
    assert "invalid_input\tnode 'keep' cannot run with dataset = None: Input should be a valid string" in out
    assert err == "hint: Mend the cause, then add --retry.\n"
    # Looking changes nothing; nor does another node's name.
    nothing = json.loads(
        shell(home, capsys, "pipeline", "dead-letters", "shelve", "--node", "raw", "--retry", "--json")[0]
    )
    assert nothing == {"dead_letters": [], "retried": 0}
    listed = json.loads(shell(home, capsys, "pipeline", "dead-letters", "shelve", "--json")[0])
    assert (len(listed["dead_letters"]), listed["retried"]) == (4, 0)
    project.pipelines.get("shelve").set_variable("shelf", project.datasets.create("shelf").id)
    _, err = shell(home, capsys, "pipeline", "dead-letters", "shelve", "--retry")
    assert err == "4 of 4 are on their way again\n"
    _wait_for(home, capsys, "keep", "done", 4)
    assert shell(home, capsys, "pipeline", "dead-letters", "shelve") == ("", "shelve has no dead letters\n")


def _wait_for(home: Path, capsys: Capture, node: str, state: str, count: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        status = json.loads(shell(home, capsys, "pipeline", "status", "shelve", "--json")[0])
        if status["nodes"].get(node, {}).get(state) == count:
            return
        assert time.monotonic() < deadline, status
        time.sleep(0.1)
