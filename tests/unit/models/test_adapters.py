"""The adapter contract: resolving, calling, and the published check."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from whorl.base.errors import MissingDependency, ModelError
from whorl.models.adapters import Adapter, resolve_adapter
from whorl.models.types import Image, Task
from whorl.testing.adapters import FakeClassifier, FakeDetector, check_adapter, noise_images

LABELS = ("dark", "bright")


def brightness(image: Image) -> dict[str, float]:
    share = float(image.mean() / 255)
    return {"dark": 1 - share, "bright": share}


@pytest.mark.parametrize("factory", [FakeClassifier, lambda: brightness])
def test_check_adapter__fake_classifiers_pass(factory: object) -> None:
    check_adapter(factory, task=Task.CLASSIFICATION, labels=LABELS)  # type: ignore[arg-type]


def test_check_adapter__fake_detector_passes() -> None:
    check_adapter(FakeDetector, task=Task.DETECTION, labels=("thing",))


class Forgetful(FakeClassifier):
    def load(self, folder: Path) -> None:
        self.shift = 0.5


class Reversed(FakeClassifier):
    def predict(self, images: Sequence[Image]) -> list[dict[str, float]]:
        brightest_first = sorted(images, key=lambda image: -float(image.mean()))
        return super().predict(brightest_first)


class Moody(FakeClassifier):
    calls = 0

    def predict(self, images: Sequence[Image]) -> list[dict[str, float]]:
        self.calls += 1
        return super().predict([image // self.calls for image in images])


class Scribbler(FakeClassifier):
    def predict(self, images: Sequence[Image]) -> list[dict[str, float]]:
        images[0][:] = 0
        return super().predict(images)


class BatchNormalised(FakeClassifier):
    def predict(self, images: Sequence[Image]) -> list[dict[str, float]]:
        self.shift = -float(np.mean([image.mean() for image in images])) / 255
        return super().predict(images)


class Unstable(FakeClassifier):
    def embed(self, images: Sequence[Image]) -> np.ndarray:
        self.shift += 1
        return super().embed(images) + self.shift


class Outsider(FakeDetector):
    def predict(self, images: Sequence[Image]) -> list[dict[str, object]]:
        return [{"boxes": [[0, 0, 5, 5]], "scores": [0.5], "labels": ["stranger"]} for _ in images]


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (Forgetful, "after save and load"),
        (Reversed, "order"),
        (Moody, "second time"),
        (Scribbler, "changed an image"),
        (BatchNormalised, "order|alone"),
        (Unstable, "embed gave another answer"),
        (object, "none of load"),
    ],
)
def test_check_adapter__broken_ones_fail(broken: type, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        check_adapter(broken, task=Task.CLASSIFICATION, labels=LABELS)


def test_check_adapter__unknown_label_fails() -> None:
    with pytest.raises(ModelError, match="unknown label 'stranger'"):
        check_adapter(Outsider, task=Task.DETECTION, labels=("thing",))


def test_predict__an_adapter_that_raises_is_named() -> None:
    class Broken:
        def predict(self, images: Sequence[Image]) -> list[object]:
            raise ZeroDivisionError("the lens is dirty")

    with pytest.raises(ModelError, match=r"mine:Broken\.predict raised ZeroDivisionError: the lens is dirty") as error:
        Adapter("mine:Broken", Broken()).predict(noise_images(seed=0), labels=LABELS, task=Task.CLASSIFICATION)
    assert error.value.hint


@pytest.mark.parametrize(("returned", "said"), [(None, "NoneType"), ([], "returned 0"), ([1] * 4, "returned 4")])
def test_predict__wrong_count_is_refused(returned: object, said: str) -> None:
    class Broken:
        def predict(self, images: Sequence[Image]) -> object:
            return returned

    with pytest.raises(ModelError, match=f"given 3 images and .*{said}"):
        Adapter("mine", Broken()).predict(noise_images(seed=0), labels=LABELS, task=Task.CLASSIFICATION)


def test_embed__one_row_per_image() -> None:
    class Broken:
        def embed(self, images: Sequence[Image]) -> object:
            return np.zeros(3)

    with pytest.raises(ModelError, match=r"shape \(3,\) for 3 images"):
        Adapter("mine", Broken()).embed(noise_images(seed=0))


def test_capabilities__are_read_off_the_methods() -> None:
    assert Adapter("f", brightness).capabilities == {"predict"}
    assert Adapter("d", FakeDetector()).capabilities == {"predict"}
    assert Adapter("c", FakeClassifier()).capabilities == {"load", "predict", "embed", "train", "save"}
    with pytest.raises(ModelError, match="d cannot embed; it can predict"):
        Adapter("d", FakeDetector()).embed([])


def test_predict__prompts_go_to_those_who_take_them() -> None:
    class Prompted:
        def predict(self, images: Sequence[Image], prompts: object = None) -> list[dict[str, float]]:
            return [{str(prompts): 1.0} for _ in images]

    got = Adapter("p", Prompted()).predict(
        noise_images(seed=0)[:1], labels=LABELS, task=Task.CLASSIFICATION, prompts="dark"
    )
    assert got[0].labels[0] == "dark"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    text = "import math\ndef f(image): return [1.0]\nclass M:\n    def __init__(self): 1 / 0\n"
    (tmp_path / "strange_model.py").write_text(text)
    (tmp_path / "needy_model.py").write_text("import no_such_package_of_ours\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "strange_model", raising=False)
    return "strange_model"


def test_resolve_adapter__function_of_a_module(module: str) -> None:
    assert resolve_adapter(f"{module}:f").capabilities == {"predict"}


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("strange_model:missing", "has no 'missing'"),
        ("strange_model:M", "raised ZeroDivisionError"),
        ("no_such_module:M", "no module 'no_such_module'"),
        ("builtin:nothing", "no model 'builtin:nothing'"),
        ("nowhere/at/all", "no model"),
    ],
)
def test_resolve_adapter__refusals(module: str, spec: str, said: str) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        resolve_adapter(spec)
    assert caught.value.hint


def test_resolve_adapter__a_missing_package_is_named(module: str) -> None:
    with pytest.raises(MissingDependency, match="no_such_package_of_ours"):
        resolve_adapter("needy_model:M")
