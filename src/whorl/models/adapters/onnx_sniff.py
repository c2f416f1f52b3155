"""Which family an ONNX file's outputs belong to, told from names, shapes and the values of one trial. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import ModelError
from whorl.models.adapters.onnx_decode import is_probabilities
from whorl.models.types import Task

Array = NDArray[np.generic]

DECODERS: Mapping[str, tuple[Task, str]] = {
    "classifier": (Task.CLASSIFICATION, "(1, c): logits or probabilities"),
    "yolov5": (Task.DETECTION, "(1, n, 5 + c): centre, size, objectness, classes; YOLOv5, v6, v7"),
    "yolox": (Task.DETECTION, "(1, n, 5 + c): the same in cells, not yet decoded"),
    "yolov8": (Task.DETECTION, "(1, 4 + c, n): centre, size, classes; YOLOv8, v9, v11"),
    "yolov8-seg": (Task.INSTANCE_MASKS, "(1, 4 + c + m, n) and prototypes (1, m, h, w)"),
    "rows": (Task.DETECTION, "(1, n, 6) or (n, 6): x0 y0 x1 y1 score class, after suppression; YOLOv10, v26"),
    "batch-rows": (Task.DETECTION, "(n, 7): image x0 y0 x1 y1 class score, after suppression"),
    "num-dets": (Task.DETECTION, "number, boxes (1, n, 4), scores (1, n), classes (1, n)"),
    "lists": (Task.DETECTION, "boxes (n, 4), integer labels (n), scores (n), perhaps masks (n, 1, h, w)"),
    "tf-ssd": (Task.DETECTION, "detection_boxes (1, n, 4) y0 x0 y1 x1 from 0 to 1, scores, classes from 1"),
    "detr": (Task.DETECTION, "logits (1, q, c + 1) with a last class for nothing, boxes (1, q, 4) from 0 to 1"),
    "rt-detr": (Task.DETECTION, "logits (1, q, c), boxes (1, q, 4) from 0 to 1"),
    "ssd": (Task.DETECTION, "corners (1, n, 4) from 0 to 1, probabilities (1, n, c + 1) with nothing first"),
    "semantic": (Task.SEMANTIC_MASKS, "(1, c, h, w): a score per class and pixel"),
    "label-map": (Task.SEMANTIC_MASKS, "(1, h, w): a class number per pixel"),
}


@dataclass(frozen=True)
class Sniffed:
    """What outputs mean.

    Args:
        decode: A key of ``DECODERS``.
        roles: Which output plays which part, by number.
        classes: How many classes the network tells apart, without one for nothing; 0 when the outputs do not say.
        notes: What was assumed, for people.
    """

    decode: str
    roles: Mapping[str, int]
    classes: int
    notes: tuple[str, ...] = ()


def sniff(
    names: Sequence[str],
    outputs: Sequence[Array],
    *,
    width: int,
    height: int,
    labels: int,
    decode: str | None = None,
) -> Sniffed:
    """What the outputs of one trial mean.

    Args:
        width: Of the input, in pixels.
        labels: How many labels the caller or the file names; 0 when nobody does.
        decode: What the caller says they are.

    Raises:
        ModelError: They fit no family, or not the one that was named; every output is listed.
    """
    if decode is not None and decode not in DECODERS:
        raise ModelError(f"decode: {decode!r} is not known", hint=f"Use one of: {', '.join(DECODERS)}.")
    look = _Look(names, outputs, width, height, labels, decode)
    for kind in (_one, _two, _several):
        found = kind(look)
        if found is not None and decode in (None, found.decode):
            return found
    raise _not_understood(names, outputs, decode)


@dataclass(frozen=True)
class _Look:
    names: Sequence[str]
    outputs: Sequence[Array]
    width: int
    height: int
    labels: int
    decode: str | None

    def find(self, *words: str) -> int | None:
        """The first output with one of these words in its name."""
        for number, name in enumerate(self.names):
            if any(word in name.lower() for word in words):
                return number
        return None

    def wants(self, *decodes: str) -> bool:
        return self.decode is None or self.decode in decodes

    @property
    def cells(self) -> tuple[int, int]:
        """Cells of a head with strides 8 to 32, and with 64 as well."""
        least = sum((self.width // s) * (self.height // s) for s in (8, 16, 32))
        return least, least + (self.width // 64) * (self.height // 64)


def _one(look: _Look) -> Sniffed | None:
    if len(look.outputs) != 1:
        return None
    shape = look.outputs[0].shape
    if len(shape) == 2:
        return _flat(look, shape)
    if len(shape) == 4 and shape[0] == 1:
        if shape[2:] == (1, 1):
            return Sniffed("classifier", {"scores": 0}, shape[1])
        if shape[1] == 1 and np.issubdtype(look.outputs[0].dtype, np.integer):
            return Sniffed("label-map", {"map": 0}, 0)
        return Sniffed("semantic", {"map": 0}, max(shape[1], 2 if shape[1] == 1 else 1))
    if len(shape) == 3 and shape[0] == 1:
        if np.issubdtype(look.outputs[0].dtype, np.integer):
            return Sniffed("label-map", {"map": 0}, 0)
        return _dense(look, shape[1], shape[2])
    return None


def _flat(look: _Look, shape: tuple[int, ...]) -> Sniffed | None:
    rows, columns = shape
    if columns == 7 and look.wants("batch-rows") and (rows != 1 or look.decode or look.labels not in (0, 7)):
        return Sniffed("batch-rows", {"rows": 0}, 0)
    if columns == 6 and look.wants("rows") and (rows != 1 or look.decode):
        return Sniffed("rows", {"rows": 0}, 0)
    return Sniffed("classifier", {"scores": 0}, columns) if rows == 1 else None


def _dense(look: _Look, first: int, second: int) -> Sniffed | None:
    """(1, first, second) of numbers: one of YOLO's heads, by which axis counts the cells."""
    cells = look.cells
    anchors = tuple(3 * one for one in cells)
    rows = look.outputs[0][0]
    if look.wants("yolov8") and first in cells and look.labels and second == 4 + look.labels:
        return Sniffed("yolov8", {"boxes": 0, "is_turned": 1}, second - 4)
    if look.wants("yolov8") and (second in cells or first == 4 + look.labels or look.decode) and first >= 5:
        return Sniffed("yolov8", {"boxes": 0}, first - 4)
    if look.wants("rows") and second == 6 and first not in cells + anchors:
        return Sniffed("rows", {"rows": 0}, 0)
    if second < 6 or (first not in cells + anchors and second != 5 + look.labels and look.decode is None):
        return None
    # Decoded centres reach over the whole input; raw ones are offsets within a cell.
    is_raw = first in cells and float(np.abs(rows[:, :2].astype(np.float32)).max()) < look.width / 4
    name = look.decode or ("yolox" if is_raw else "yolov5")
    return Sniffed(name, {"boxes": 0}, second - 5)


def _two(look: _Look) -> Sniffed | None:
    if len(look.outputs) != 2:
        return None
    shapes = [one.shape for one in look.outputs]
    for masks, boxes in ((0, 1), (1, 0)):
        m, b = shapes[masks], shapes[boxes]
        if len(m) == 4 and len(b) == 3 and b[1] > 4 + m[1] and look.wants("yolov8-seg"):
            return Sniffed("yolov8-seg", {"boxes": boxes, "prototypes": masks}, b[1] - 4 - m[1])
    return _queries(look)


def _queries(look: _Look) -> Sniffed | None:
    """Boxes (1, q, 4) beside scores (1, q, c), among any further outputs."""
    boxes = look.find("box")
    if boxes is None:
        boxes = next((i for i, one in enumerate(look.outputs) if one.ndim == 3 and one.shape[2] == 4), None)
    if boxes is None or look.outputs[boxes].ndim != 3 or look.outputs[boxes].shape[2] != 4:
        return None
    count = look.outputs[boxes].shape[1]
    scores = [
        i
        for i, one in enumerate(look.outputs)
        if i != boxes and one.ndim == 3 and one.shape[1] == count and np.issubdtype(one.dtype, np.floating)
    ]
    if not scores:
        return None
    values = look.outputs[scores[0]].astype(np.float32)
    width, roles = values.shape[2], {"boxes": boxes, "scores": scores[0]}
    if look.wants("ssd") and (look.decode or (is_probabilities(values) and width > 1)):
        has_nothing = look.labels != width
        note = () if look.labels else ("the first class is taken for the background",)
        return Sniffed("ssd", roles | {"has_nothing": int(has_nothing)}, width - has_nothing, note)
    if look.decode == "detr" or (look.decode is None and look.labels and width == look.labels + 1):
        return Sniffed("detr", roles, width - 1)
    if not look.wants("rt-detr"):
        return None
    note = () if look.labels else ("no class for nothing is assumed; say decode=detr if the last one is",)
    return Sniffed("rt-detr", roles, width, note)


def _several(look: _Look) -> Sniffed | None:
    if len(look.outputs) < 3:
        return None
    tf_boxes, tf_scores, tf_kinds = (look.find(f"detection_{word}") for word in ("boxes", "scores", "classes"))
    if tf_boxes is not None and tf_scores is not None and tf_kinds is not None:
        return Sniffed("tf-ssd", {"boxes": tf_boxes, "scores": tf_scores, "kinds": tf_kinds}, 0)
    return _counted(look) or _lists(look) or _queries(look)


def _counted(look: _Look) -> Sniffed | None:
    number, boxes = look.find("num"), look.find("box")
    scores, kinds = look.find("score"), look.find("class", "label")
    if number is None or boxes is None or scores is None or kinds is None:
        return None
    return Sniffed("num-dets", {"number": number, "boxes": boxes, "scores": scores, "kinds": kinds}, 0)


def _lists(look: _Look) -> Sniffed | None:
    flat = [one[0] if one.ndim > 1 and one.shape[0] == 1 and not _is_boxes(one) else one for one in look.outputs]
    boxes = next((i for i, one in enumerate(flat) if _is_boxes(one)), None)
    lists = [i for i, one in enumerate(flat) if one.ndim == 1]
    kinds = next((i for i in lists if np.issubdtype(flat[i].dtype, np.integer)), None)
    scores = next((i for i in lists if np.issubdtype(flat[i].dtype, np.floating)), None)
    if boxes is None or kinds is None or scores is None:
        return None
    roles = {"boxes": boxes, "kinds": kinds, "scores": scores}
    masks = next((i for i, one in enumerate(look.outputs) if one.ndim == 4 and one.shape[1] == 1), None)
    return Sniffed("lists", roles if masks is None else roles | {"masks": masks}, 0)


def _is_boxes(one: Array) -> bool:
    return one.shape[-1:] == (4,) and (one.ndim == 2 or (one.ndim == 3 and one.shape[0] == 1))


def _not_understood(names: Sequence[str], outputs: Sequence[Array], decode: str | None) -> ModelError:
    shown = "; ".join(f"{name} {one.dtype} {tuple(one.shape)}" for name, one in zip(names, outputs, strict=True))
    wanted = "are of no known family" if decode is None else f"do not fit decode={decode}, {DECODERS[decode][1]}"
    known = "; ".join(f"{name}: {text}" for name, (_, text) in DECODERS.items())
    return ModelError(
        f"the outputs of this ONNX file {wanted}: {shown}",
        hint="Export it as one of the known families, or say which with the option decode: "
        f"{', '.join(DECODERS)}; a function of your own that decodes works too. "
        "A model.onnx that Whorl wrote needs the folder around it: name the folder.",
        details={"outputs": shown, "understood": known},
    )
