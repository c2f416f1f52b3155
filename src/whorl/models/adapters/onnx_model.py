"""Any ONNX file as a model: its input read off the file, its outputs sniffed once or named by the caller."""

from __future__ import annotations

import ast
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import JsonValue, ModelError
from whorl.geometry.masks import Rle, encode_mask
from whorl.models.adapters import onnx_decode as decode
from whorl.models.adapters.onnx_sniff import DECODERS, Sniffed, sniff
from whorl.models.adapters.options import OnnxOptions, read_options
from whorl.models.adapters.picture import Frame, Preparation, read_normalisation
from whorl.models.types import FloatArray, Image, Instances, Segmentation, Task

if TYPE_CHECKING:
    import onnxruntime

Array = NDArray[np.generic]
_DTYPES = {"tensor(float)": "float32", "tensor(float16)": "float16", "tensor(uint8)": "uint8"}
_YOLO = frozenset({"yolov5", "yolox", "yolov8", "yolov8-seg", "rows", "batch-rows", "num-dets"})
# What a family's authors train with, where the file does not say.
_NORMALISED = {"yolox": "none", "classifier": "imagenet", "semantic": "imagenet", "label-map": "imagenet"} | {
    "detr": "imagenet",
    "ssd": "imagenet",
    "tf-ssd": "none",
}


@dataclass(frozen=True)
class Understood:
    """What was read off a model.

    Args:
        task: What it says about an image.
        labels: Its own, in the order of its outputs.
        facts: How its input is made and its outputs are read, for people and for the card.
        notes: What was assumed.
    """

    task: Task
    labels: tuple[str, ...]
    facts: Mapping[str, JsonValue]
    notes: tuple[str, ...] = ()


class OnnxModel:
    """An ONNX file that predicts one image at a time on one thread.

    Raises:
        ModelError: The file is not ONNX, takes no image, or its outputs are of no known family.
        InvalidInput: An option is not known or has a value that is not allowed.
    """

    def __init__(self, path: Path, options: Mapping[str, JsonValue]) -> None:
        from whorl.models.folder import open_onnx

        self._options = read_options(OnnxOptions, options, "an ONNX model")
        # Any: onnxruntime ships no types.
        self._session: onnxruntime.InferenceSession = open_onnx(path)
        self._metadata = _metadata(self._session)
        self._image, self._size_input = _find_inputs(self._session)
        self._names = [one.name for one in self._session.get_outputs()]
        self._preparation, asked = self._first_preparation()
        labels = tuple(self._options.labels) or self._metadata.names
        self._sniffed, labels = self._try(labels)
        self._preparation = self._final_preparation(asked)
        self.understood = Understood(self._task(), labels, self._facts(), self._notes(labels))

    @property
    def labels(self) -> tuple[str, ...]:
        """The model's own labels, in the order of its outputs."""
        return self.understood.labels

    def predict(self, images: Sequence[Image]) -> list[object]:
        """One answer per image, in order."""
        return [self._predict_one(image) for image in images]

    def _predict_one(self, image: Image) -> object:
        tensor, frame = self._preparation.prepare(image)
        return self._read(self._run(tensor), frame)

    def _run(self, tensor: Array) -> list[Array]:
        import onnxruntime

        shape = self._image.shape
        feed: dict[str, Array] = {self._image.name: tensor[0] if len(shape) == 3 else tensor}
        if self._size_input is not None:
            size = [[self._preparation.width, self._preparation.height]]
            feed[self._size_input] = np.asarray(size, np.int64)
        options = onnxruntime.RunOptions()
        # A graph may loop for ever; a flag that the runtime looks at between nodes ends it.
        timer = threading.Timer(self._options.timeout_s, setattr, (options, "terminate", True))
        timer.daemon = True
        timer.start()
        try:
            found = self._session.run(None, feed, options)
        except Exception as error:
            if options.terminate:
                raise ModelError(
                    f"the ONNX model took longer than {self._options.timeout_s:g} seconds for one image",
                    hint="Give it more with the option timeout_s, or a smaller size.",
                ) from error
            raise ModelError(
                f"the ONNX model cannot run an input of {tuple(tensor.shape)} {tensor.dtype}: {error}"[:600],
                hint="Give the option size, as size=640 or size=[640, 480] (width, height).",
            ) from error
        finally:
            timer.cancel()
        return [np.asarray(one) for one in found]

    def _first_preparation(self) -> tuple[Preparation, bool]:
        """The input by the file and the options alone, and whether somebody named its size."""
        shape = self._image.shape[-3:]
        is_nhwc = shape[2] in (1, 3) and shape[0] not in (1, 3)
        channels = shape[2] if is_nhwc else shape[0]
        rows, columns = (shape[0], shape[1]) if is_nhwc else (shape[1], shape[2])
        named = self._options.width_height() or self._metadata.size
        width, height = named or (640, 640)
        if isinstance(columns, int) and columns > 0:
            width = columns
        if isinstance(rows, int) and rows > 0:
            height = rows
        preparation = Preparation(
            width,
            height,
            channels=1 if channels == 1 else 3,
            is_nhwc=is_nhwc,
            dtype=_DTYPES[self._image.type],
        )
        return preparation, named is not None or isinstance(columns, int)

    def _try(self, labels: tuple[str, ...]) -> tuple[Sniffed, tuple[str, ...]]:
        """Run one grey picture and see what comes out."""
        size = (self._preparation.width, self._preparation.height)
        ramp = np.linspace(0, 255, size[0], dtype=np.float32)[None, :, None]
        grey = np.broadcast_to(ramp, (size[1], size[0], 3)).astype(np.uint8)
        tensor, _ = self._preparation.prepare(grey)
        outputs = self._run(tensor)
        found = sniff(
            self._names, outputs, width=size[0], height=size[1], labels=len(labels), decode=self._options.decode
        )
        names = labels or tuple(f"class_{number}" for number in range(found.classes))
        if found.classes and len(names) != found.classes:
            raise ModelError(
                f"the ONNX model tells {found.classes} classes apart ({found.decode}) and has {len(names)} labels",
                hint="Give its labels in the order of its outputs, or another decode.",
                details={"labels": list(names[:50]), "classes": found.classes},
            )
        if not names:
            raise ModelError(
                f"the ONNX model ({found.decode}) does not say which labels it has",
                hint="Give them in the order of its class numbers: --labels cat,dog.",
            )
        if len(names) > 255 and DECODERS[found.decode][0] is Task.SEMANTIC_MASKS:
            raise ModelError(f"{len(names)} classes of pixels; at most 255 are allowed")
        return found, names

    def _final_preparation(self, is_sized: bool) -> Preparation:
        """The input as the family's authors make it, unless the options say otherwise."""
        family, options = self._sniffed.decode, self._options
        known = "unit" if self._metadata.is_ultralytics else _NORMALISED.get(family, "unit")
        scale, mean, std = read_normalisation(options.normalise or known)
        fit = options.fit or ("letterbox" if family in _YOLO else "stretch")
        if options.fit is None and family == "classifier" and self._metadata.is_ultralytics:
            fit = "crop"
        prepared = replace(self._preparation, fit=fit, scale=scale, mean=mean, std=std)
        prepared = replace(prepared, is_bgr=(options.channels or ("bgr" if family == "yolox" else "rgb")) == "bgr")
        if not is_sized and family == "classifier":
            prepared = replace(prepared, width=224, height=224)
        return prepared

    def _task(self) -> Task:
        task = DECODERS[self._sniffed.decode][0]
        if task is Task.CLASSIFICATION and self._options.task == Task.MULTI_LABEL.value:
            return Task.MULTI_LABEL
        return Task.INSTANCE_MASKS if "masks" in self._sniffed.roles else task

    def _facts(self) -> dict[str, JsonValue]:
        made = self._preparation
        return {
            "decode": self._sniffed.decode,
            "size": [made.width, made.height],
            "fit": made.fit,
            "scale": made.scale,
            "mean": list(made.mean),
            "std": list(made.std),
            "channels": "bgr" if made.is_bgr else "rgb",
            "layout": "NHWC" if made.is_nhwc else "NCHW",
            "dtype": made.dtype,
        }

    def _notes(self, labels: tuple[str, ...]) -> tuple[str, ...]:
        notes = list(self._sniffed.notes)
        if not self._options.labels and not self._metadata.names:
            notes.append("the file names no labels: they are called class_0, class_1 and so on; give --labels")
        if self._options.normalise is None and not self._metadata.is_ultralytics and self._preparation.dtype != "uint8":
            used = _NORMALISED.get(self._sniffed.decode, "unit")
            notes.append(f"pixels are normalised as {self._sniffed.decode} models mostly are ({used}); see normalise")
        return tuple(notes)

    def _read(self, outputs: list[Array], frame: Frame) -> object:
        family = self._sniffed.decode
        if family == "classifier":
            return self._classes(_floats(outputs[self._sniffed.roles["scores"]]).reshape(-1))
        if family in ("semantic", "label-map"):
            return self._pixels(outputs[self._sniffed.roles["map"]], frame)
        return self._objects(self._found(outputs).best(self._options.confidence), frame)

    def _classes(self, values: FloatArray) -> object:
        if self.understood.task is Task.MULTI_LABEL:
            inside = values.min() >= 0 and values.max() <= 1
            scores = values if inside else decode.sigmoid(values)
            return {label: float(one) for label, one in zip(self.labels, scores, strict=True)}
        return values if decode.is_probabilities(values) else decode.softmax(values)

    def _found(self, outputs: list[Array]) -> decode.Found:
        made, roles, family = self._preparation, self._sniffed.roles, self._sniffed.decode
        least, overlap = self._options.confidence, self._options.overlap
        sides = {"width": made.width, "height": made.height}

        def part(role: str) -> FloatArray:
            return _floats(outputs[roles[role]])

        if family in ("yolov5", "yolox"):
            rows = part("boxes")[0]
            if family == "yolov5":
                return decode.decode_yolov5(rows, least=least, overlap=overlap)
            return decode.decode_yolox(rows, **sides, least=least, overlap=overlap)
        if family in ("yolov8", "yolov8-seg"):
            columns = part("boxes")[0].T if "is_turned" in roles else part("boxes")[0]
            found, extra = decode.decode_yolov8(columns, classes=self._sniffed.classes, least=least, overlap=overlap)
            if family == "yolov8":
                return found
            return decode.decode_prototypes(found, extra, part("prototypes")[0], **sides)
        if family in ("rows", "batch-rows"):
            rows = part("rows")
            return decode.decode_rows(rows[0] if rows.ndim == 3 else rows, is_batched=family == "batch-rows")
        if family in ("detr", "rt-detr"):
            return decode.decode_detr(part("scores")[0], part("boxes")[0], **sides, has_nothing=family == "detr")
        if family == "ssd":
            has_nothing = bool(roles["has_nothing"])
            return decode.decode_ssd(
                part("boxes")[0], part("scores")[0], **sides, has_nothing=has_nothing, least=least, overlap=overlap
            )
        return self._listed(outputs)

    def _listed(self, outputs: list[Array]) -> decode.Found:
        """Boxes, scores and class numbers as the file lists them."""
        roles, made = self._sniffed.roles, self._preparation
        boxes = _floats(outputs[roles["boxes"]]).reshape(-1, 4)
        scores = _floats(outputs[roles["scores"]]).reshape(-1)
        kinds = _floats(outputs[roles["kinds"]]).reshape(-1).astype(np.int64)
        first = self._options.first_label
        if self._sniffed.decode == "tf-ssd":
            boxes = boxes[:, [1, 0, 3, 2]] * np.array([made.width, made.height] * 2, np.float32)
            first = 1 if first is None else first
        if self._sniffed.decode == "num-dets":
            count = int(_floats(outputs[roles["number"]]).reshape(-1)[0])
            boxes, scores, kinds = boxes[:count], scores[:count], kinds[:count]
        masks = _floats(outputs[roles["masks"]])[:, 0] if "masks" in roles else None
        return decode.Found(boxes, scores, kinds - (first or 0), masks)

    def _objects(self, found: decode.Found, frame: Frame) -> object:
        boxes = frame.boxes(found.boxes)
        known = (found.kinds >= 0) & (found.kinds < len(self.labels))
        if not known.all():
            raise ModelError(
                f"the ONNX model gave class number {int(found.kinds[~known][0])} and has {len(self.labels)} labels",
                hint="Give all its labels, or first_label=1 when its numbers begin at 1.",
            )
        names = tuple(self.labels[int(kind)] for kind in found.kinds)
        if found.masks is None:
            return {"boxes": boxes, "scores": np.clip(found.scores, 0, 1), "labels": list(names)}
        return self._instances(found, boxes, names, frame)

    def _instances(self, found: decode.Found, boxes: FloatArray, names: tuple[str, ...], frame: Frame) -> Instances:
        assert found.masks is not None
        drawn = [frame.maps(mask[None])[0] > 0.5 for mask in found.masks]
        kept = [number for number, mask in enumerate(drawn) if mask.any()]
        return Instances(
            boxes[kept],
            np.clip(found.scores[kept], 0, 1),
            tuple(names[number] for number in kept),
            tuple(Rle(frame.height, frame.width, encode_mask(drawn[number])) for number in kept),
        )

    def _pixels(self, output: Array, frame: Frame) -> Segmentation:
        if self._sniffed.decode == "label-map":
            numbers = _floats(output).reshape(1, *output.shape[-2:])
            count = len(self.labels)
            # Maps of numbers cannot be blended: one plane per class can.
            values = np.stack([(numbers[0] == number).astype(np.float32) for number in range(count)])
        else:
            values = _floats(output)[0]
            values = np.concatenate([-values, values]) if len(values) == 1 and len(self.labels) == 2 else values
        return read_pixels(values, self.labels, frame)


def read_pixels(values: FloatArray, labels: tuple[str, ...], frame: Frame) -> Segmentation:
    """(c, h, w) scores over the input as the best label of every pixel of the image."""
    if not decode.is_probabilities(values.transpose(1, 2, 0)):
        values = decode.softmax(values.transpose(1, 2, 0)).transpose(2, 0, 1)
    best = np.full((frame.height, frame.width), -1.0, np.float32)
    classes = np.zeros((frame.height, frame.width), np.uint8)
    for number, plane in enumerate(values):
        # Plane by plane: all of them at the image's size may be gigabytes.
        score = frame.maps(plane[None])[0]
        wins = score > best
        best[wins], classes[wins] = score[wins], number + 1
    confidence = [
        float(best[classes == number].mean()) if (classes == number).any() else 0.0
        for number in range(1, len(labels) + 1)
    ]
    return Segmentation(labels, classes, np.asarray(confidence, np.float32))


@dataclass(frozen=True)
class _Metadata:
    names: tuple[str, ...]
    size: tuple[int, int] | None
    is_ultralytics: bool


# Any: onnxruntime ships no types.
def _metadata(session: onnxruntime.InferenceSession) -> _Metadata:
    found = session.get_modelmeta().custom_metadata_map
    names: tuple[str, ...] = ()
    size: tuple[int, int] | None = None
    try:
        # Ultralytics writes Python literals; others JSON, which mostly is one too.
        given = ast.literal_eval(found["names"])
        names = tuple(str(given[i]) for i in range(len(given)))
    except (KeyError, ValueError, SyntaxError, TypeError, IndexError, RecursionError, MemoryError):
        pass
    try:
        rows, columns = ast.literal_eval(found["imgsz"])
        size = (int(columns), int(rows)) if 0 < int(columns) <= 8192 and 0 < int(rows) <= 8192 else None
    except (KeyError, ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        pass
    return _Metadata(names, size, "stride" in found and "names" in found)


# Any: as above.
def _find_inputs(session: onnxruntime.InferenceSession):  # type: ignore[no-untyped-def]
    inputs = session.get_inputs()
    images = [one for one in inputs if len(one.shape) in (3, 4) and one.type in _DTYPES]
    rest = [one for one in inputs if one not in images]
    sizes = [one for one in rest if "size" in one.name.lower() and one.type == "tensor(int64)"]
    shown = "; ".join(f"{one.name} {one.type} {one.shape}" for one in inputs) or "none"
    if len(images) != 1 or len(rest) != len(sizes) or len(sizes) > 1:
        raise ModelError(
            f"the ONNX file does not take one image: {shown}",
            hint="Export it with one input (1, 3, h, w) or (1, h, w, 3) of float, half or uint8.",
        )
    return images[0], sizes[0].name if sizes else None


def _floats(output: Array) -> FloatArray:
    return np.asarray(output, np.float32)
