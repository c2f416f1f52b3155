"""Models made elsewhere: over HTTP, from a file or a name to predictions, and every refusal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from tests.api.conftest import Api, png

import whorl
from whorl.base.errors import Forbidden, InvalidInput, ModelError, UnknownLabel
from whorl.cli.main import run
from whorl.schemas.models import PredictedImage
from whorl.sdk.client import Client, Project
from whorl.sdk.transport import Call

pytest.importorskip("onnx", reason="needs whorl[train]")

from whorl.testing.onnx_files import write_constant_onnx

MAP = {"person": "pedestrian", "*": None}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of this module's server."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def client(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server with a project of two labels and six pictures, two of them for the test."""
    root = tmp_path_factory.mktemp("pictures")
    for number in range(6):
        Image.new("RGB", (128, 64), (number * 20, 90, 90)).save(root / f"{number}.png")
    with whorl.connect(home=home) as connected:
        project = connected.projects.create("street")
        project.set_labels(["pedestrian", "car"])
        dataset = project.datasets.create("all")
        dataset.import_(root, format="folder")
        dataset.split(0.4, 0.2, 0.4, seed=1)
        yield connected


@pytest.fixture(scope="module")
def project(client: Client) -> Project:
    return client.projects.get("street")


@pytest.fixture(scope="module")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Always sees one person."""
    names = {"names": "{0: 'person', 1: 'car', 2: 'dog'}", "stride": "32"}
    path = tmp_path_factory.mktemp("onnx") / "best.onnx"
    return write_constant_onnx(path, {"output0": [[[16, 24, 32, 40, 0.9, 0], [0] * 6]]}, metadata=names)


def test_import__predicts_evaluates_and_is_served_like_any_other(project: Project, detector: Path) -> None:
    model = project.models.add("yolo", detector, labels_map=MAP)
    assert (model.status, model.info.task, model.info.labels) == ("trained", "detection", ["pedestrian", "car"])
    assert (model.info.dataset_id, model.info.size_bytes is not None) == (None, True)
    files = [("file", ("a.png", png(128, 64), "image/png"))]
    call = Call("POST", f"/models/{model.id}/predict/image", files=files)
    said = project.models._transport.call(PredictedImage, call)
    assert [(one.label, one.geometry.model_dump()) for one in said.annotations] == [
        ("pedestrian", {"type": "box", "x0": 32, "y0": 16, "x1": 64, "y1": 48})
    ]
    dataset = project.datasets.get("all")
    assert model.predict(dataset_id=dataset.id).wait().info.result["predictions"] == 6
    scored = model.evaluate(dataset_id=dataset.id).wait()
    assert str(scored.info.result["evaluation_id"]).startswith("evl_")


def test_cli__a_model_from_outside_is_added_scored_and_compared(
    home: Path, project: Project, detector: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--home", str(home), "--project", project.name]
    added = ["models", "add", "outside", str(detector), "--map", "person=pedestrian", "--map", "*="]
    assert run([*added, *where]) == 0
    assert capsys.readouterr().out.startswith("outside is registered\n")
    for words in (["evaluate", "outside"], ["compare", "outside", "outside"]):
        assert run([*words, *where]) == 0
        assert run([*words, "--dataset", "all", *where]) == 0
        capsys.readouterr()
        assert run([*words, "--dataset", "none", *where]) != 0
        assert "no dataset 'none'" in capsys.readouterr().err


def test_examine__proposes_a_map_and_registers_nothing(project: Project, detector: Path) -> None:
    before = len(list(project.models.list()))
    found = project.models.examine(detector)
    assert (found.model, found.task, found.labels) == (None, "detection", ["person", "car", "dog"])
    assert found.labels_map == {"person": None, "car": "car", "dog": None}
    assert found.unmatched == ["person", "dog"]
    assert found.facts["decode"] == "rows"
    assert len(list(project.models.list())) == before


def test_import__labels_that_do_not_match_are_offered_a_map(project: Project, tmp_path: Path) -> None:
    path = write_constant_onnx(tmp_path / "m.onnx", {"p": [[0.5, 0.5]]})
    with pytest.raises(UnknownLabel, match="the ontology lacks 'pedestrians2'") as caught:
        project.models.add("c", path, labels=["pedestrians2", "cars"], labels_map={"cars": "car"})
    assert "--map pedestrians2=pedestrian" in caught.value.hint
    assert caught.value.details["unknown"] == ["pedestrians2"]


def test_import__a_folder_of_our_own_comes_back(project: Project, detector: Path, tmp_path: Path) -> None:
    model = project.models.add("first", detector, labels_map=MAP)
    call = Call("GET", f"/models/{model.id}/folder")
    path = tmp_path / "first.zip"
    path.write_bytes(project.models._transport.send(call).content)
    again = project.models.add("again", path)
    assert (again.info.labels, again.info.task) == (["pedestrian", "car"], "detection")


@pytest.mark.parametrize(
    ("spec", "error", "said"),
    [
        ("subprocess:/usr/bin/python3 os:system", Forbidden, "may not run in the interpreter"),
        ("builtin:linear", InvalidInput, "not a model that can be brought along"),
        ("hf:../../nowhere", InvalidInput, "not a model that can be brought along"),
        ("onnx:/etc/passwd", InvalidInput, "not a model that can be brought along"),
        ("os:system;id", InvalidInput, "not a model that can be brought along"),
        ("weights/yolo11n.pt", ModelError, "pickle"),
        ("https://user:secret@example.org/", whorl.base.errors.EgressRefused, "name or password"),
        ("no_such_module:Model", ModelError, "no_such_module"),
        ("whorl.testing.adapters:FakeClassifier", InvalidInput, "does not tell what it says"),
    ],
)
def test_import__names_that_are_refused(project: Project, spec: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        project.models.add("x", spec)


def test_import__a_private_address_is_not_called(project: Project) -> None:
    with pytest.raises(whorl.base.errors.EgressRefused, match="no address of the public internet"):
        project.models.add("x", "http://127.0.0.1:9/predict", task="detection")


def test_import__a_class_of_a_module(project: Project) -> None:
    spec = "whorl.testing.adapters:FakeClassifier"
    pairs = {"dark": "car", "bright": "pedestrian"}
    made = project.models.add("f", spec, task="classification", labels=["dark", "bright"], labels_map=pairs)
    assert made.info.labels == ["car", "pedestrian"]


@pytest.mark.parametrize(
    ("model", "file", "status", "said"),
    [
        ("no json", None, 422, "model"),
        ("[]", None, 422, "model"),
        ('{"name": ""}', None, 422, "name"),
        ('{"name": "\\ud800", "spec": "a.b:c"}', None, 422, "model"),
        ('{"name": "x"}', None, 422, "which model"),
        ('{"name": "x", "spec": "a:b"}', b"x", 422, "not both"),
        ('{"name": "x"}', b"", 422, "empty"),
        ('{"name": "x"}', b"\x00" * 99, 422, "cannot be read"),
        ('{"name": "x"}', b"\x00" * 200_001, 413, "larger than 200,000 bytes"),
    ],
    ids=range(9),
)
def test_import__junk(api: Api, model: str, file: bytes | None, status: int, said: str) -> None:
    path = f"/api/v1/projects/{api.ids['project_id']}/models/import"
    files = {} if file is None else {"file": ("m.onnx", file, "application/octet-stream")}
    answer = api.client.post(path, data={"model": model}, files=files, headers=api.headers("owner"))
    assert answer.status_code == status, answer.text
    assert said in json.dumps(answer.json())


def test_interpreters__are_the_admins_to_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHORL_MODEL_PYTHONS", sys.executable)
    with whorl.connect(home=tmp_path) as connected:
        project = connected.projects.create("p")
        spec = f"subprocess:{sys.executable} whorl.testing.adapters:FakeClassifier"
        made = project.models.add("f", spec, task="classification", labels=["dark", "bright"])
        assert made.info.labels == ["dark", "bright"]
        assert [label.name for label in project.ontology().labels] == ["dark", "bright"]
