"""A model in tiles: what it sees, what comes of it, and what it refuses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whorl.base.errors import InvalidInput, ModelError
from whorl.geometry.masks import Rle, decode_mask, encode_mask
from whorl.models.adapters.child import describe
from whorl.models.adapters.contract import Adapter
from whorl.models.adapters.tiled import TileChoice, choose_tiles, tile_model, tiled
from whorl.models.folder import LoadedModel, ModelCard
from whorl.models.types import Detections, Image, Instances, Segmentation, Task
from whorl.schemas.tiling import Tiling

COLOURS = 200


class Seer:
    """Finds each colour of its picture, but the background, as one object; keeps the sizes of what it was shown."""

    def __init__(self, *, smallest: int = 1, has_masks: bool = False) -> None:
        self.shown: list[tuple[int, int]] = []
        self._smallest, self._has_masks = smallest, has_masks

    def predict(self, images: Sequence[Image]) -> list[object]:
        self.shown += [(image.shape[1], image.shape[0]) for image in images]
        return [self._see(image) for image in images]

    def _see(self, image: Image) -> dict[str, object]:
        boxes, labels, masks = [], [], []
        for colour in np.unique(image[..., 0]).tolist():
            y, x = np.nonzero(image[..., 0] == colour)
            if colour and max(np.ptp(x), np.ptp(y)) + 1 >= self._smallest:
                boxes.append([x.min(), y.min(), x.max() + 1, y.max() + 1])
                labels.append(f"c{colour}")
                masks.append(image[..., 0] == colour)
        found = {"boxes": np.array(boxes, np.float32).reshape(-1, 4), "scores": [0.9] * len(boxes), "labels": labels}
        return found | {"masks": masks} if self._has_masks else found


def _picture(width: int, height: int, boxes: Sequence[tuple[int, int, int, int]]) -> Image:
    image = np.zeros((height, width, 3), np.uint8)
    for colour, (x0, y0, x1, y1) in enumerate(boxes, start=1):
        image[y0:y1, x0:x1] = colour
    return image


def _names(count: int = COLOURS) -> tuple[str, ...]:
    return tuple(f"c{colour}" for colour in range(1, count + 1))


def _find(model: object, image: Image, task: Task = Task.DETECTION) -> Detections:
    (found,) = Adapter("seer", model).predict([image], labels=_names(), task=task)
    assert isinstance(found, Detections)
    return found


def _boxes(found: Detections) -> dict[str, list[float]]:
    assert len(set(found.labels)) == len(found.labels)
    return dict(zip(found.labels, found.boxes.tolist(), strict=True))


# Over four tiles, larger than a tile, at the image's borders, and small ones alone.
CASE = [(180, 180, 230, 230), (20, 260, 390, 300), (0, 0, 12, 30), (370, 5, 400, 25), (330, 330, 340, 336)]


@pytest.mark.parametrize("whole", [True, False])
def test_tiled__finds_each_object_once_and_whole(whole: bool) -> None:
    found = _find(tiled(Seer(), 128, 0.25, whole=whole), _picture(400, 360, CASE))
    assert _boxes(found) == {f"c{number}": list(map(float, box)) for number, box in enumerate(CASE, start=1)}


@given(
    objects=st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 4), st.integers(4, 60), st.integers(4, 60)),
        unique_by=lambda o: o[:2],
    ),
    size=st.integers(64, 300),
    overlap=st.sampled_from([0.1, 0.25, 0.5]),
    shift=st.integers(0, 9),
)
@settings(max_examples=60, deadline=None)
def test_tiled__perfect_finds_in_tiles_give_the_originals_back(
    objects: list[tuple[int, int, int, int]], size: int, overlap: float, shift: int
) -> None:
    # One object to a cell of 70 pixels, so that none hides another.
    boxes = [(c * 70 + shift, r * 70, c * 70 + shift + w, r * 70 + h) for c, r, w, h in objects]
    image = _picture(430, 350, boxes)
    expected = {f"c{number}": list(map(float, box)) for number, box in enumerate(boxes, start=1)}
    assert _boxes(_find(tiled(Seer(), size, overlap, whole=False), image)) == expected


def test_tiled__masks_are_whole_again() -> None:
    image = _picture(300, 200, [(60, 60, 220, 130), (5, 5, 20, 20)])
    image[80:110, 90:190] = 0
    found = _find(tiled(Seer(has_masks=True), 128, 0.25), image, Task.INSTANCE_MASKS)
    assert isinstance(found, Instances)
    seen = {
        label: decode_mask(mask.counts, width=300, height=200)
        for label, mask in zip(found.labels, found.masks, strict=True)
    }
    assert {label: int(mask.sum()) for label, mask in seen.items()} == {"c1": 160 * 70 - 100 * 30, "c2": 225}
    assert np.array_equal(seen["c1"], image[..., 0] == 1)


def test_tiled__labels_of_pixels_come_from_the_tile_they_lie_deepest_in() -> None:
    def label(image: Image) -> Segmentation:
        # Wrong within 20 pixels of what it is shown.
        classes = np.full(image.shape[:2], 2, np.uint8)
        classes[20:-20, 20:-20] = 1
        return Segmentation(("right", "wrong"), classes, np.array([0.8, 0.4], np.float32))

    adapter = Adapter("painter", tiled(label, 128, 0.5))
    image = np.zeros((200, 300, 3), np.uint8)
    (found,) = adapter.predict([image], labels=("right", "wrong"), task=Task.SEMANTIC_MASKS)
    assert isinstance(found, Segmentation)
    assert (found.classes[20:-20, 20:-20] == 1).all()
    assert found.confidence.tolist() == pytest.approx([0.8, 0.4])


def test_tiled__an_image_no_larger_than_a_tile_is_seen_at_once() -> None:
    seer = Seer()
    assert _boxes(_find(tiled(seer, 640), _picture(300, 200, [(1, 1, 9, 9)]))) == {"c1": [1, 1, 9, 9]}
    assert seer.shown == [(300, 200)]


def test_tiled__tiles_without_anything_are_skipped_when_asked() -> None:
    seer = Seer()
    image = _picture(600, 128, [(10, 10, 30, 30)])
    wrapped = tiled(seer, 128, 0.25, skip_empty=True)
    assert list(_boxes(_find(wrapped, image))) == ["c1"]
    assert (seer.shown, wrapped.n_skipped) == ([(600, 128), (128, 128)], 5)


def test_tiled__nothing_found() -> None:
    for has_masks, task in ((False, Task.DETECTION), (True, Task.INSTANCE_MASKS)):
        assert len(_find(tiled(Seer(has_masks=has_masks), 64), _picture(200, 200, []), task)) == 0


def test_tiled__batches() -> None:
    class Counting(Seer):
        calls: list[int] = []  # noqa: RUF012 - the class lives as long as this test

        def predict(self, images: Sequence[Image]) -> list[object]:
            self.calls.append(len(images))
            return super().predict(images)

    model = Counting()
    _find(tiled(model, 64, 0.0, whole=False, batch=5), _picture(256, 192, []))
    assert model.calls == [5, 5, 2]


def test_tiled__in_an_interpreter_that_tells_no_labels() -> None:
    numbered = {"boxes": [[1, 1, 5, 5]], "scores": [0.5], "labels": [3]}
    wrapped = tiled(lambda image: numbered, 64, 0.0, whole=False)
    (found,) = wrapped.predict([_picture(128, 64, [])])
    assert isinstance(found, dict)
    assert found["labels"] == [3, 3]
    assert sorted(found["boxes"].tolist()) == [[1, 1, 5, 5], [65, 1, 69, 5]]
    assert describe(tiled(Seer(), 64))["able"] == ["predict"]


def test_tiled__passes_on_what_else_the_model_can() -> None:
    class Loading(Seer):
        labels = ("c1",)

        def load(self, folder: Path) -> None:
            self.folder = folder

    model = Loading()
    adapter = Adapter("loading", tiled(model, 64))
    assert adapter.capabilities == {"predict", "load"}
    adapter.load(Path("/x"))
    assert model.folder == Path("/x")
    assert not hasattr(tiled(model, 64), "predict_files")


@pytest.mark.parametrize(
    "wrong", [{"size": 8}, {"overlap": 1.0}, {"overlap": -0.1}, {"batch": 0}, {"skip_empty": True, "whole": False}]
)
def test_tiled__refuses(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        tiled(Seer(), **wrong)  # type: ignore[arg-type]


def test_tile_model__by_the_network_s_input_and_only_what_finds_objects() -> None:
    card = ModelCard("builtin:tinydet", Task.DETECTION, _names(3), preprocessing={"canvas": [192, 320]})
    made = tile_model(LoadedModel(Path(), card, Adapter("seer", Seer())), Tiling())
    assert (made.adapter.target.size, made.adapter.target.overlap) == (320, 0.25)  # type: ignore[attr-defined]
    classes = ModelCard("builtin:linear", Task.CLASSIFICATION, _names(3))
    with pytest.raises(ModelError, match="classification cannot look at tiles"):
        tile_model(LoadedModel(Path(), classes, Adapter("seer", Seer())), Tiling())


def test_choose_tiles() -> None:
    assert choose_tiles(512, 0.1) == TileChoice(512, 0.1)
    assert choose_tiles(None, None, object_px=40, input_px=320) == TileChoice(320, 0.25)
    assert choose_tiles(256, None, object_px=400) == TileChoice(256, 0.5)


def test_rle_of_a_mask_in_a_tile_is_of_the_image() -> None:
    mask = np.zeros((64, 64), dtype=bool)
    mask[10:20, 10:20] = True
    said = Instances(
        np.array([[10, 10, 20, 20]], np.float32), np.ones(1, np.float32), ("c1",), (Rle(64, 64, encode_mask(mask)),)
    )
    wrapped = tiled(lambda image: said, 64, 0.0, whole=False)
    found = _find(wrapped, _picture(128, 64, []), Task.INSTANCE_MASKS)
    assert isinstance(found, Instances)
    assert [(mask.width, mask.height) for mask in found.masks] == [(128, 64), (128, 64)]
