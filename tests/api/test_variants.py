"""Variants over HTTP: made as a job, evaluated before they serve."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import Image

import whorl
from whorl.base.errors import InvalidInput, ModelError
from whorl.sdk.client import Client, Project
from whorl.sdk.models import Model


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server with thirty digits, labelled and split."""
    from sklearn.datasets import load_digits

    root = tmp_path_factory.mktemp("digits")
    digits = load_digits()
    for number in range(30):
        folder = root / str(digits.target[number] % 2)
        folder.mkdir(exist_ok=True)
        Image.fromarray((digits.images[number] * 15).astype("uint8")).resize((24, 24)).save(folder / f"{number}.png")
    with whorl.connect(home=tmp_path_factory.mktemp("home")) as connected:
        dataset = connected.projects.create("digits").datasets.create("all")
        dataset.import_(root, format="folder_classes")
        dataset.split(0.6, 0.1, 0.3, seed=1)
        yield connected


@pytest.fixture(scope="module")
def project(client: Client) -> Project:
    """Its project."""
    return client.projects.get("digits")


@pytest.fixture(scope="module")
def model(project: Project) -> Model:
    """A model trained on all of it."""
    params = {"features": "hog"}
    made = project.models.create(
        "one", architecture="builtin:linear", dataset_id=project.dataset("all").id, params=params
    )  # type: ignore[arg-type]
    made.train().wait(timeout_s=120)
    return made.refresh()


def test_make_variant__is_a_model_that_serves_once_evaluated(
    project: Project, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnx")
    # Whether it helps depends on how busy this machine is.
    monkeypatch.setattr("whorl.models.variant_runs.is_helpful", lambda before, after: True)
    result = model.make_variant("int8").wait(timeout_s=120).info.result
    made = project.models.get(str(result["model_id"]))
    assert (made.name, made.status) == ("one int8", "trained")
    assert (made.info.variant_of, made.info.variant, made.info.parent_id) == (model.id, "int8", model.id)
    assert made.info.size_bytes == result["size_bytes"]
    assert made.info.latency_ms == result["latency_ms"]
    with pytest.raises(ModelError, match="is a variant \\(int8\\) that was never evaluated") as refused:
        made.deploy()
    assert str(refused.value.hint).endswith(f"whorl evaluate {made.id}")
    with pytest.raises(InvalidInput, match="is a variant"):
        made.make_variant("fp16")
    made.evaluate().wait(timeout_s=120)
    assert made.deploy().model_id == made.id


def test_make_variant__that_does_not_help_is_not_kept(
    project: Project, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnx")
    monkeypatch.setattr("whorl.models.variant_runs.is_helpful", lambda before, after: False)
    before = len(list(project.models.list()))
    with pytest.raises(ModelError, match="fp16 does not help on this machine"):
        model.make_variant("fp16").wait(timeout_s=120)
    assert len(list(project.models.list())) == before


def test_make_variant__of_what_is_not_trained_is_refused(project: Project) -> None:
    made = project.models.create("two", architecture="builtin:linear", dataset_id=project.dataset("all").id)
    with pytest.raises(ModelError, match="not trained"):
        made.make_variant("int8")
