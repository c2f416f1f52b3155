"""Models behind an address: both protocols, and everything a stranger's server may answer."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest

from whorl.base.egress import Egress, EgressAnswer
from whorl.base.errors import EgressRefused, InvalidInput, ModelError
from whorl.models.adapters import Adapter
from whorl.models.adapters.http_model import HttpModel
from whorl.models.types import ClassProbabilities, Detections, Instances, Task

PICTURE = np.zeros((50, 100, 3), np.uint8)
URL = "https://models.example.org/predict"


@dataclass(frozen=True)
class Canned(Egress):
    """Answers the same whatever is asked, and remembers it."""

    status: int = 200
    said: object = None
    is_cut: bool = False
    asked: list[tuple[str, str, bytes, Mapping[str, str]]] = field(default_factory=list)

    def send(
        self, method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> EgressAnswer:
        self.asked.append((method, url, body, headers or {}))
        text = self.said if isinstance(self.said, bytes) else json.dumps(self.said).encode()
        return EgressAnswer(self.status, text, self.is_cut)


def ask(egress: Egress, task: Task = Task.DETECTION, **options: object) -> object:
    model = HttpModel(URL, {"labels": ["cat", "dog"], "task": task.value, **options}, egress=egress)  # type: ignore[dict-item]
    if task is Task.INSTANCE_MASKS:
        return model.predict([PICTURE])[0]
    return Adapter(URL, model).predict([PICTURE], labels=("cat", "dog"), task=task)[0]


def test_whorl__bytes_go_out_and_annotations_come_back() -> None:
    box = {"type": "box", "x0": 10, "y0": 5, "x1": 30, "y1": 25}
    egress = Canned(said={"annotations": [{"label": "dog", "confidence": 0.9, "geometry": box}]})
    found = ask(egress)
    assert isinstance(found, Detections)
    assert (found.labels, found.boxes.tolist()) == (("dog",), [[10, 5, 30, 25]])
    ((method, url, body, headers),) = egress.asked
    assert (method, url, body[:4], headers["content-type"]) == ("POST", URL, b"\x89PNG", "image/png")


def test_whorl__other_forms_nothing_classes_and_polygons() -> None:
    found = ask(Canned(said={"boxes": [[1, 2, 3, 4]], "scores": [0.5], "labels": ["cat"]}))
    assert isinstance(found, Detections)
    assert found.labels == ("cat",)
    empty = ask(Canned(said={"annotations": []}))
    assert isinstance(empty, Detections)
    assert len(empty) == 0
    said = ask(Canned(said={"annotations": [{"label": "dog", "confidence": 0.75}]}), Task.CLASSIFICATION)
    assert isinstance(said, ClassProbabilities)
    assert said.probabilities.tolist() == [0.25, 0.75]
    ring = {"type": "polygon", "rings": [[[0, 0], [20, 0], [20, 10], [0, 10]]]}
    masks = ask(Canned(said={"annotations": [{"label": "cat", "geometry": ring}]}), Task.INSTANCE_MASKS)
    assert isinstance(masks, Instances)
    assert masks.boxes.tolist() == [[0, 0, 20, 10]]


def test_label_studio__percents_of_the_image() -> None:
    value = {"x": 10, "y": 20, "width": 30, "height": 40, "rectanglelabels": ["dog"]}
    row = {"type": "rectanglelabels", "value": value, "score": 0.8}
    egress = Canned(said={"results": [{"result": [row], "score": 0.1}]})
    found = ask(egress, protocol="label-studio")
    assert isinstance(found, Detections)
    assert (found.boxes.tolist(), found.scores.tolist()) == ([[10, 10, 40, 30]], [pytest.approx(0.8)])
    sent = json.loads(egress.asked[0][2])["tasks"][0]["data"]["image"]
    assert base64.b64decode(sent.removeprefix("data:image/png;base64,"))[:4] == b"\x89PNG"
    choice = {"type": "choices", "value": {"choices": ["cat"]}, "score": 0.9}
    said = ask(Canned(said={"results": [{"result": [choice]}]}), Task.CLASSIFICATION, protocol="label-studio")
    assert isinstance(said, ClassProbabilities)
    assert said.probabilities.tolist() == pytest.approx([0.9, 0.1])


@pytest.mark.parametrize(
    ("egress", "options", "said"),
    [
        (Canned(status=500, said=b"oh no"), {}, "status 500: oh no"),
        (Canned(said=b"<html>"), {}, "answered no JSON: <html>"),
        (Canned(said=b"[" * 100_000), {}, "answered no JSON"),
        (Canned(said=b"{}", is_cut=True), {}, "more than 16,777,216 bytes"),
        (Canned(said={"boxes": [[1, 2, 3]]}), {}, "for detection"),
        (Canned(said={"annotations": [3]}), {}, "an annotation is no object"),
        (Canned(said={"annotations": [{"label": "cat", "geometry": {"type": "box", "x0": "a"}}]}), {}, "not a box"),
        (Canned(said={"annotations": [{"label": "cat", "geometry": {"type": "star"}}]}), {}, "neither class, box"),
        (Canned(said={"results": []}), {"protocol": "label-studio"}, "with one entry"),
        (Canned(said={"results": [{"result": [{}]}]}), {"protocol": "label-studio"}, "cannot be read"),
        (
            Canned(said={"results": [{"result": [{"type": "brushlabels", "value": {}}]}]}),
            {"protocol": "label-studio"},
            "only choices",
        ),
    ],
    ids=range(11),
)
def test_answers__that_are_not_understood(egress: Egress, options: dict[str, object], said: str) -> None:
    with pytest.raises(ModelError, match=said):
        ask(egress, **options)


def test_addresses__private_ones_only_when_allowed() -> None:
    with pytest.raises(EgressRefused, match="no address of the public internet"):
        HttpModel("http://127.0.0.1:9/x", {"task": "detection"}).predict([PICTURE])
    with pytest.raises(EgressRefused, match="not an http"):
        HttpModel("http://", {})
    with pytest.raises(InvalidInput, match="option retries"):
        HttpModel(URL, {"retries": 3})
