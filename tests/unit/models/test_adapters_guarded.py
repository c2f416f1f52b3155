"""Strangers' models in a process of their own: what crosses the pipe, and what is stopped."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from whorl.base.errors import ModelError
from whorl.models.adapters import Adapter
from whorl.models.adapters.guarded import ChildSpec, GuardedModel, Limits, resident_bytes
from whorl.models.types import ClassProbabilities, Detections, Task
from whorl.testing.adapters import check_adapter, noise_images

MODULE = """
import os, subprocess, sys, time
import numpy as np

LABELS = ["dark", "bright"]

def brightness(image):
    print("a stranger prints what it likes")
    share = float(image.mean() / 255)
    return {"dark": 1 - share, "bright": share}

class Boxes:
    labels, task = ["thing"], "detection"
    def __init__(self, side=5):
        self.side = side
    def load(self, folder):
        self.side = int((folder / "side.txt").read_text())
    def predict(self, images, prompts=None):
        return [([[0, 0, self.side, self.side]], np.array([0.5]), ("thing",)) for _ in images]
    def embed(self, images):
        return np.stack([image.mean(axis=(0, 1)) for image in images])

class Results:
    def predict(self, images):
        class Boxes:
            xyxy, conf, cls = np.array([[1.0, 2, 3, 4]]), np.array([0.5]), np.array([0.0])
        class Result:
            boxes, names = Boxes(), {0: "thing"}
        return [Result() for _ in images]

def hang(image):
    while True:
        pass

def hang_in_a_child(image):
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    with open(os.path.join(os.path.dirname(__file__), "other.pid"), "w") as file:
        file.write(str(other.pid))
    other.wait()

def eat(image):
    held = []
    while True:
        held.append(np.ones(4_000_000))

def leave(image):
    os.write(2, b"the disk is on fire\\n")
    os._exit(7)

def fail(image):
    raise ZeroDivisionError("the lens is dirty")

def strange(image):
    return object()

def hang_on_bright(image):
    if image.mean() > 100:
        hang(image)
    return {"dark": 1.0}

def spill(image):
    return {"dark": float("WHORL_TOKEN" in os.environ), "bright": 1.0}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "stranger_model.py").write_text(MODULE)
    (tmp_path / "side.txt").write_text("9")
    return tmp_path


def opened(folder: Path, name: str, *, timeout_s: float = 30, memory_mb: int = 1024, **more: object) -> GuardedModel:
    spec = ChildSpec(name, f"stranger_model:{name}", import_paths=(str(folder),), **more)  # type: ignore[arg-type]
    return GuardedModel(spec, Limits(timeout_s, memory_mb))


def said_by(model: GuardedModel, task: Task = Task.CLASSIFICATION) -> list[object]:
    labels = ("thing",) if task is Task.DETECTION else ("dark", "bright")
    return list(Adapter("stranger", model).predict(noise_images(seed=0), labels=labels, task=task))


def test_function__keeps_the_contract(folder: Path) -> None:
    model = opened(folder, "brightness")
    check_adapter(lambda: model, task=Task.CLASSIFICATION, labels=("dark", "bright"))
    first = said_by(model)[2]
    assert isinstance(first, ClassProbabilities)
    assert first.probabilities.tolist() == pytest.approx([1 - 90 / 255, 90 / 255], abs=1e-6)


def test_class__arguments_folder_and_embedding(folder: Path) -> None:
    model = opened(folder, "Boxes", arguments={"side": 7})
    assert Adapter("s", model).capabilities == {"predict", "embed"}
    assert model.understood is not None
    assert model.understood.labels == ("thing",)
    first = said_by(model, Task.DETECTION)[0]
    assert isinstance(first, Detections)
    assert first.boxes.tolist() == [[0, 0, 7, 7]]
    assert Adapter("s", model).embed(noise_images(seed=0)).shape == (3, 3)
    loaded = said_by(opened(folder, "Boxes", files=str(folder)), Task.DETECTION)[0]
    assert isinstance(loaded, Detections)
    assert loaded.boxes.tolist() == [[0, 0, 9, 9]]


def test_results__are_understood_where_their_library_is_only_there(folder: Path) -> None:
    first = said_by(opened(folder, "Results"), Task.DETECTION)[0]
    assert isinstance(first, Detections)
    assert (first.boxes.tolist(), first.labels) == ([[1, 2, 3, 4]], ("thing",))


@pytest.mark.parametrize("name", ["hang", "hang_in_a_child"])
def test_hanging__is_killed_with_all_it_started(folder: Path, name: str) -> None:
    model = opened(folder, name, timeout_s=1)
    assert model._process is not None
    pids = [model._process._popen.pid]
    with pytest.raises(ModelError, match=f"{name} was stopped: no answer within 1 seconds") as caught:
        said_by(model)
    assert "timeout_s" in caught.value.hint
    if (folder / "other.pid").exists():
        pids.append(int((folder / "other.pid").read_text()))
    end = time.monotonic() + 60
    while any(map(resident_bytes, pids)) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(map(resident_bytes, pids))


def test_eating_memory__is_killed(folder: Path) -> None:
    with pytest.raises(ModelError, match=r"eat was stopped: it held [\d,]+ MiB of memory; allowed: 300") as caught:
        said_by(opened(folder, "eat", memory_mb=300))
    assert "memory_mb" in caught.value.hint


def test_after_a_kill__the_next_call_starts_afresh(folder: Path) -> None:
    model = opened(folder, "hang_on_bright", timeout_s=2)
    adapter, task = Adapter("s", model), Task.CLASSIFICATION
    bright, dark = np.full((9, 9, 3), 200, np.uint8), np.zeros((9, 9, 3), np.uint8)
    with pytest.raises(ModelError, match="no answer within 2 seconds"):
        adapter.predict([bright], labels=("dark",), task=task)
    (said,) = adapter.predict([dark], labels=("dark",), task=task)
    assert isinstance(said, ClassProbabilities)
    assert said.label == "dark"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("leave", "gave no answer: it ended with exit code 7: the disk is on fire"),
        ("fail", r"fail\.predict raised ZeroDivisionError: the lens is dirty"),
        ("strange", "returned .* for classification"),
    ],
)
def test_failing__is_told_in_words(folder: Path, name: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        said_by(opened(folder, name))


@pytest.mark.parametrize(
    ("name", "said"), [("nothing", "raised AttributeError"), ("Boxes", r"raised TypeError: .*unexpected")]
)
def test_opening__what_cannot_be_opened(folder: Path, name: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        opened(folder, name, arguments={"weight": 1})


def test_interpreter__that_is_none(folder: Path) -> None:
    with pytest.raises(ModelError, match="cannot be started"):
        opened(folder, "brightness", python=str(folder / "no_python"))
    with pytest.raises(ModelError, match="gave no answer: it ended with exit code"):
        opened(folder, "brightness", python="/bin/false")
    shouting = folder / "shout"
    shouting.write_text("#!/bin/sh\nyes\n")
    os.chmod(shouting, 0o755)
    with pytest.raises(ModelError, match="wrote something else"):
        opened(folder, "brightness", python=str(shouting))


def test_environment__secrets_stay_outside(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHORL_TOKEN", "secret")
    first = said_by(opened(folder, "spill"))[0]
    assert isinstance(first, ClassProbabilities)
    assert first.probabilities.tolist() == [0, 1]


def test_close__ends_the_process(folder: Path) -> None:
    model = opened(folder, "brightness", python=sys.executable)
    assert model._process is not None
    pid = model._process._popen.pid
    model.close()
    assert not Path(f"/proc/{pid}").exists()


ULTRALYTICS = """
import numpy as np

class YOLO:
    names, task = {0: "thing"}, "detect"
    def __init__(self, path):
        assert path.endswith("yolo.pt")
    def predict(self, image, verbose):
        class Boxes:
            xyxy, conf, cls = np.array([[1.0, 2, 3, 4]]), np.array([image[0, 0, 0] / 255]), np.array([0.0])
        class Result:
            boxes, names, masks, probs = Boxes(), YOLO.names, None, None
        return [Result()]
"""


def test_ultralytics__in_the_interpreter_that_was_named(tmp_path: Path) -> None:
    (tmp_path / "ultralytics.py").write_text(ULTRALYTICS)
    spec = ChildSpec("yolo", str(tmp_path / "yolo.pt"), import_paths=(str(tmp_path),))
    model = GuardedModel(spec, Limits(60, 1024))
    assert model.understood is not None
    assert (model.understood.task, model.understood.labels) == (Task.DETECTION, ("thing",))
    blue = np.zeros((9, 9, 3), np.uint8) + np.array([0, 0, 255], np.uint8)
    (found,) = Adapter("yolo", model).predict([blue], labels=("thing",), task=Task.DETECTION)
    assert isinstance(found, Detections)
    # Arrays are taken for BGR there: blue comes first.
    assert (found.scores.tolist(), found.boxes.tolist()) == ([1.0], [[1, 2, 3, 4]])
