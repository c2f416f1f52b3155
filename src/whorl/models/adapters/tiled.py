"""A model that looks at large images in tiles: ``tiled(MyModel(), 640, 0.2)`` predicts like any other.

Small objects keep their pixels, where a network that takes the image at once would see it shrunk: Ünel et al., "The
Power of Tiling for Small Object Detection" (2019); Akyon et al., "Slicing Aided Hyper Inference" (2022). The look at
the whole image that keeps large objects is theirs, too.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from whorl.base.errors import InvalidInput, ModelError
from whorl.geometry.boxes import IndexArray
from whorl.geometry.masks import Rle, decode_mask
from whorl.geometry.masks import place_part as place_pixels
from whorl.geometry.merging import MergeRule, Patch, merge_boxes, merge_patches, patch_of
from whorl.geometry.tiling import plan_tiles
from whorl.models.adapters.contract import Adapter
from whorl.models.folder import CARD, LoadedModel, read_card
from whorl.models.types import Detections, Image, Instances, Prediction, Segmentation, Task, no_boxes
from whorl.schemas.tiling import Tiling

DEFAULT_SIDE, DEFAULT_OVERLAP = 640, 0.25
# A tile holds at least so many typical objects along a side.
OBJECTS_ALONG = 4.0
MOST_OVERLAP = 0.5
# What is longer than this share of a tile is taken from the look at the whole image.
LARGE_SHARE = 0.5
Look = Callable[[Sequence[Image]], list[Prediction]]
# A model folder inside another, as imports keep one.
FOLDER, INNER = "folder:inner", "inner"
_PASSED_ON = frozenset({"load", "save", "train", "embed", "embed_text", "facts", "notes"})
_TILED_TASKS = (Task.DETECTION, Task.INSTANCE_MASKS, Task.SEMANTIC_MASKS)


@dataclass(frozen=True)
class TileChoice:
    """Side of the tiles in pixels, and the least share of it that neighbours share."""

    size: int
    overlap: float


def tiled(
    model: object,
    size: int | None = None,
    overlap: float | None = None,
    *,
    object_px: float | None = None,
    whole: bool = True,
    skip_empty: bool = False,
    rule: MergeRule | None = None,
    batch: int = 16,
) -> Tiled:
    """A model that predicts on tiles, from any object or function that is a model.

    Args:
        model: Finds objects, with boxes or masks, or labels pixels.
        size: Side of a tile in pixels; see ``choose_tiles`` for the side that is taken without one.
        overlap: Least share of a side that neighbours share, in [0, 0.9].
        object_px: Side of a typical object, for choosing.
        whole: Whether the model looks at the whole image, too, for objects longer than half a tile.
        skip_empty: Whether tiles are left out where the look at the whole image found nothing at all.
        rule: How what tiles show is put together.
        batch: Tiles for one call of the model.

    Raises:
        InvalidInput: A number is out of range.
    """
    if size is not None and size < 32:
        raise InvalidInput(f"tiles of {size} px", hint="A side is at least 32 pixels.")
    if overlap is not None and not 0 <= overlap <= 0.9:
        raise InvalidInput(
            f"an overlap of {overlap}", hint="It is a share of the tile's side, from 0 to 0.9: tiles must move on."
        )
    if skip_empty and not whole:
        raise InvalidInput("tiles are skipped by a look at the whole image", hint="Leave whole=True with skip_empty.")
    if batch < 1:
        raise InvalidInput(f"batch {batch}", hint="One tile at least.")
    return Tiled(model, size, overlap, object_px, whole, skip_empty, rule or MergeRule(), batch)


def tile_model(model: LoadedModel, tiling: Tiling) -> LoadedModel:
    """A loaded model that looks at images in tiles.

    Raises:
        ModelError: The model names whole images, which tiles say nothing about.
    """
    if model.task not in _TILED_TASKS:
        raise ModelError(
            f"a model of {model.task.value} cannot look at tiles: they say nothing about the whole image",
            hint="Tile models that find objects or label pixels.",
        )
    chosen = choose_tiles(tiling.size, tiling.overlap, object_px=tiling.object_px, input_px=_input_side(model))
    rule = MergeRule(tiling.way, tiling.metric, tiling.iou)
    wrapped = tiled(
        model.adapter.target,
        chosen.size,
        chosen.overlap,
        whole=tiling.whole or tiling.skip_empty,
        skip_empty=tiling.skip_empty,
        rule=rule,
    )
    return replace(model, adapter=Adapter(model.adapter.name, wrapped))


def choose_tiles(
    size: int | None, overlap: float | None, *, object_px: float | None = None, input_px: int | None = None
) -> TileChoice:
    """Side and overlap of tiles, where they are not given.

    The side is that of the network's input, so that a tile is seen pixel for pixel (640 when it is not known), and at
    least four typical objects. The overlap is a quarter, or as much as a typical object and a quarter of it, so that
    each is whole in some tile; at most a half.

    >>> choose_tiles(None, None)
    TileChoice(size=640, overlap=0.25)
    >>> choose_tiles(None, None, object_px=200, input_px=320)
    TileChoice(size=800, overlap=0.3125)
    """
    side = size or max(input_px or DEFAULT_SIDE, math.ceil(OBJECTS_ALONG * (object_px or 0)))
    if overlap is None:
        overlap = max(DEFAULT_OVERLAP, min(1.25 * (object_px or 0) / side, MOST_OVERLAP))
    return TileChoice(side, overlap)


@dataclass
class Tiled:
    """What ``tiled`` gives. Methods other than ``predict`` are the model's own."""

    model: object
    size: int | None
    overlap: float | None
    object_px: float | None
    whole: bool
    skip_empty: bool
    rule: MergeRule
    batch: int
    n_looked: int = field(default=0, compare=False)
    n_skipped: int = field(default=0, compare=False)

    # Any: what a stranger's object has is not known.
    def __getattr__(self, name: str) -> Any:
        if name in _PASSED_ON or name in ("labels", "task"):
            return getattr(self.model, name)
        raise AttributeError(name)

    def predict(self, images: Sequence[Image], prompts: object = None) -> list[object]:
        """One result per image, with the labels that the model gives itself."""
        labels = getattr(self.model, "labels", None)
        task = Task(getattr(self.model, "task", None) or Task.DETECTION)
        names: tuple[str, ...] = tuple(map(str, labels)) if labels else _Unnamed()
        found = self.predict_typed(images, labels=names, task=task, prompts=prompts)
        return [one if labels else _with_numbers(one) for one in found]

    def predict_typed(
        self, images: Sequence[Image], *, labels: Sequence[str], task: Task, prompts: object = None
    ) -> list[Prediction]:
        """One prediction per image.

        Raises:
            ModelError: The task is not one for tiles, or the model failed.
        """
        if task not in _TILED_TASKS:
            raise ModelError(f"tiles say nothing about {task.value}", hint="Tile models that find objects.")
        adapter = Adapter(f"tiled {type(self.model).__qualname__}", self.model)

        def look(some: Sequence[Image]) -> list[Prediction]:
            return adapter.predict(some, labels=labels, task=task, prompts=prompts)

        return [self._predict_one(image, look, task, labels) for image in images]

    def _predict_one(self, image: Image, look: Look, task: Task, labels: Sequence[str]) -> Prediction:
        height, width = image.shape[:2]
        choice = choose_tiles(self.size, self.overlap, object_px=self.object_px)
        tiles = plan_tiles(width, height, size=choice.size, overlap=choice.overlap)
        if len(tiles) == 1:
            return look([image])[0]
        if task is Task.SEMANTIC_MASKS:
            parts = [one for one in self._look_at(image, tiles, look) if isinstance(one, Segmentation)]
            return _stitch(parts, tiles, tuple(labels), width=width, height=height)
        at_once = look([image])[0] if self.whole else None
        if self.skip_empty and isinstance(at_once, Detections):
            worth = _touched(tiles, at_once)
            self.n_skipped += len(tiles) - len(worth)
            tiles = tiles[worth]
        found = [one for one in self._look_at(image, tiles, look) if isinstance(one, Detections)]
        if isinstance(at_once, Detections):
            # One more tile, as large as the image: it joins what the others cut.
            found.append(_only_long(at_once, LARGE_SHARE * choice.size))
            tiles = np.concatenate([tiles, [[0, 0, width, height]]])
        return _merge(found, tiles, self.rule, is_masks=task is Task.INSTANCE_MASKS, width=width, height=height)

    def _look_at(self, image: Image, tiles: IndexArray, look: Look) -> Iterator[Prediction]:
        corners = tiles.tolist()
        self.n_looked += len(corners)
        for start in range(0, len(corners), self.batch):
            # Views, not copies: rows of a tile lie apart, as numpy, torch, OpenCV and Pillow take them.
            yield from look([image[y0:y1, x0:x1] for x0, y0, x1, y1 in corners[start : start + self.batch]])


class _Unnamed(tuple[str, ...]):
    """Stands for the labels of a model that does not tell them: any name is one, a number keeps its number."""

    __slots__ = ()

    def __contains__(self, name: object) -> bool:
        return True

    def __len__(self) -> int:
        return 2**31

    # Narrower than a tuple's: nobody asks for a slice.
    def __getitem__(self, index: int) -> str:  # type: ignore[override]
        return f"\0{index}"


def _with_numbers(found: Prediction) -> object:
    """The prediction with the numbers that stand for labels, for whoever knows their names."""
    if not isinstance(found, Detections):
        return found
    kinds = [int(label[1:]) if label.startswith("\0") else label for label in found.labels]
    body: dict[str, object] = {"boxes": found.boxes, "scores": found.scores, "labels": kinds}
    return body | {"masks": list(found.masks)} if isinstance(found, Instances) else body


def _input_side(model: LoadedModel) -> int | None:
    """The longer side of the network's input, when the model tells it."""
    card = model.card
    if card.architecture == FOLDER and (model.folder / INNER / CARD).is_file():
        card = read_card(model.folder / INNER)
    canvas = card.preprocessing.get("canvas") or card.preprocessing.get("size")
    sides = canvas if isinstance(canvas, list) else [canvas]
    known = [int(side) for side in sides if isinstance(side, int | float) and side >= 32]
    return max(known) if known else None


def _touched(tiles: IndexArray, found: Detections) -> IndexArray:
    """Which tiles any box reaches into."""
    low, high = found.boxes[:, None, :2], found.boxes[:, None, 2:]
    meets = ((low < tiles[None, :, 2:]) & (high > tiles[None, :, :2])).all(axis=2)
    return np.flatnonzero(meets.any(axis=0))


def _only_long(found: Detections, least_px: float) -> Detections:
    keep = np.flatnonzero((found.boxes[:, 2:] - found.boxes[:, :2]).max(axis=1, initial=0) >= least_px)
    boxes, scores, labels = found.boxes[keep], found.scores[keep], tuple(found.labels[i] for i in keep.tolist())
    if isinstance(found, Instances):
        return Instances(boxes, scores, labels, tuple(found.masks[i] for i in keep.tolist()))
    return Detections(boxes, scores, labels)


def _merge(
    found: Sequence[Detections], tiles: IndexArray, rule: MergeRule, *, is_masks: bool, width: int, height: int
) -> Detections:
    boxes = np.concatenate([no_boxes(), *(one.boxes for one in found)])
    scores = np.concatenate([np.zeros(0, np.float32), *(one.scores for one in found)])
    names = [label for one in found for label in one.labels]
    known = {name: number for number, name in enumerate(sorted(set(names)))}
    numbers = np.array([known[name] for name in names], np.int64)
    where = np.repeat(np.arange(len(found)), [len(one) for one in found])
    if is_masks:
        return _merge_masks(found, scores, names, numbers, where, tiles, rule, width=width, height=height)
    kept = merge_boxes(boxes, scores, numbers, where, tiles, rule)
    limits = np.array([width, height, width, height], np.float64)
    return Detections(
        np.clip(kept.boxes, 0, limits).astype(np.float32),
        kept.scores.astype(np.float32),
        tuple(names[source] for source in kept.sources.tolist()),
    )


def _merge_masks(
    found: Sequence[Detections],
    scores: np.ndarray,
    names: Sequence[str],
    numbers: IndexArray,
    where: IndexArray,
    tiles: IndexArray,
    rule: MergeRule,
    *,
    width: int,
    height: int,
) -> Instances:
    corners = tiles[where, :2].tolist()
    masks = [mask for one in found if isinstance(one, Instances) for mask in one.masks]
    placed = [_patch(mask, x, y) for mask, (x, y) in zip(masks, corners, strict=True)]
    some = [index for index, patch in enumerate(placed) if patch is not None]
    patches = [patch for patch in placed if patch is not None]
    kept = merge_patches(patches, scores[some], numbers[some], where[some], tiles, rule)
    sources = [some[source] for source in kept.sources.tolist()]
    return Instances(
        np.array([patch.box for patch in kept.patches], np.float32).reshape(-1, 4),
        scores[sources].astype(np.float32),
        tuple(names[source] for source in sources),
        tuple(place_pixels(one.pixels, x=one.x, y=one.y, width=width, height=height) for one in kept.patches),
    )


def _patch(mask: Rle, x: int, y: int) -> Patch | None:
    return patch_of(decode_mask(mask.counts, width=mask.width, height=mask.height), x=x, y=y)


def _stitch(
    parts: Sequence[Segmentation], tiles: IndexArray, labels: tuple[str, ...], *, width: int, height: int
) -> Segmentation:
    """Labels of pixels, each from the tile in which it lies further from the border."""
    classes = np.zeros((height, width), np.uint8)
    margin = np.full((height, width), -1, np.int32)
    total, weight = np.zeros(len(labels)), np.zeros(len(labels))
    for part, (x0, y0, x1, y1) in zip(parts, tiles.tolist(), strict=True):
        across, down = np.arange(x0, x1), np.arange(y0, y1)
        # The image's own border is none.
        left = np.full(len(across), width) if x0 == 0 else across - x0
        right = np.full(len(across), width) if x1 == width else x1 - 1 - across
        top = np.full(len(down), height) if y0 == 0 else down - y0
        bottom = np.full(len(down), height) if y1 == height else y1 - 1 - down
        inside = np.minimum(np.minimum(left, right)[None], np.minimum(top, bottom)[:, None])
        better = inside > margin[y0:y1, x0:x1]
        classes[y0:y1, x0:x1][better] = part.classes[better]
        margin[y0:y1, x0:x1][better] = inside[better]
        count = np.bincount(part.classes.reshape(-1), minlength=len(labels) + 1)[1 : len(labels) + 1]
        total += count * part.confidence
        weight += count
    confidence = np.divide(total, weight, out=np.zeros_like(total), where=weight > 0)
    return Segmentation(labels, classes, confidence.astype(np.float32))
