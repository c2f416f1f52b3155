"""``builtin:tinydet``: an anchor-free detector that trains within a CPU-minute and predicts without torch.

Zhou et al., "Objects as Points" (2019), with the Gaussian box targets of TTFNet (2019) and GIoU. On a frozen
EfficientNet-Lite0 with cached views when its weights are installed, from scratch otherwise.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from whorl.base.errors import InvalidInput, JsonValue, MissingDependency, ModelError
from whorl.models.adapters.contract import Report, ShouldStop, TrainFacts
from whorl.models.builtin.detect_decode import IOU_THRESHOLD, LIMIT, MIN_SCORE, decode_peaks, suppress
from whorl.models.builtin.params import TinyDetParams, read_params, warm_folder
from whorl.models.features.lite0 import normalise
from whorl.models.folder import WEIGHTS, open_onnx, read_card
from whorl.models.images import letterbox
from whorl.models.types import Detections, FloatArray, Image, Task, TrainingData, no_boxes

BATCH = 8


class TinyDet:
    """The adapter. ``train`` writes a folder, ``load`` reads one, ``predict`` serves it."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._labels: tuple[str, ...] = ()
        self._canvas = (0, 0)
        self._stride = 8
        # Any: onnxruntime ships no types.
        self._session: Any = None

    def train(
        self,
        data: TrainingData,
        out: Path,
        *,
        params: Mapping[str, JsonValue],
        report: Report,
        should_stop: ShouldStop,
        checkpoint: Path | None = None,
    ) -> TrainFacts:
        """Fit on ``data.train``; images without boxes are used as background.

        Args:
            params: As ``TinyDetParams``.
            checkpoint: Folder of the training's state, written about every ten seconds and gone on from.

        Raises:
            InvalidInput: Not detection, no boxes at all, or an unknown or impossible parameter.
            MissingDependency: torch is not installed.
            Cancelled: Stopped on request.
        """
        _check(data)
        wanted = read_params(TinyDetParams, "builtin:tinydet", params)
        try:
            from whorl.models.builtin.detect_train import export_detector, train_detector
            from whorl.models.builtin.detect_views import ViewSource
            from whorl.models.builtin.net_train import make_plan
        except ModuleNotFoundError as error:
            raise MissingDependency(
                f"training builtin:tinydet needs the package {error.name}", hint="pip install 'whorl[train]'"
            ) from error
        canvas = _canvas(data, size=wanted.size)
        plan = make_plan(wanted, canvas=canvas, warm=warm_folder(params))
        source = ViewSource(data.train, data.labels, canvas=canvas, augment=wanted.augmentation)
        validation = ViewSource(data.validation, data.labels, canvas=canvas, augment=wanted.augmentation)
        last: dict[str, float] = {}

        def remember(metrics: Mapping[str, float]) -> None:
            last.update(metrics)
            report(metrics)

        detector = train_detector(
            source,
            plan,
            classes=len(data.labels),
            stride=wanted.stride,
            report=remember,
            should_stop=should_stop,
            validation=validation,
            checkpoint=checkpoint,
        )
        export_detector(detector, out / WEIGHTS, canvas=canvas)
        return _facts(data, last, canvas=canvas, stride=wanted.stride, backbone="lite0" if plan.weights else "none")

    def load(self, folder: Path) -> None:
        """Read a folder written by ``train``.

        Raises:
            ModelError: A file is missing, damaged, or does not fit the labels.
        """
        card = read_card(folder)
        canvas, stride = card.preprocessing.get("canvas"), card.preprocessing.get("stride")
        if not isinstance(canvas, list) or len(canvas) != 2 or not isinstance(stride, int):
            raise ModelError(
                f"{folder.name}: model.yaml gives no canvas and stride", hint="Train or copy the folder again."
            )
        session = open_onnx(folder / WEIGHTS)
        outputs = session.get_outputs()[0].shape[1]
        if outputs != len(card.labels):
            raise ModelError(
                f"{folder.name}: {WEIGHTS} has {outputs} outputs and model.yaml {len(card.labels)} labels",
                hint="The files belong to different models; train or copy the folder again.",
            )
        self._folder, self._labels, self._session = folder, card.labels, session
        self._canvas, self._stride = (int(str(canvas[0])), int(str(canvas[1]))), stride

    def predict(self, images: Sequence[Image]) -> list[Detections]:
        """Boxes of each image with a score of at least 0.05, best first, at most 300."""
        if self._session is None:
            raise ModelError("the model is not loaded", hint="Call load(folder) first.")
        found: list[Detections] = []
        for start in range(0, len(images), BATCH):
            fitted = [self._fit(image) for image in images[start : start + BATCH]]
            x = normalise(np.stack([canvas for canvas, _ in fitted]))
            heat, distances = self._session.run(["heat", "distances"], {"image": x})
            found += [self._decode(h, d, scale) for h, d, (_, scale) in zip(heat, distances, fitted, strict=True)]
        return found

    def network_input(self, image: Image) -> FloatArray:
        """float32 (1, 3, h, w): what the network is fed for an image."""
        return normalise(self._fit(image)[0][None])

    def save(self, folder: Path) -> None:
        """Copy the loaded folder's files."""
        if self._folder is None:
            raise ModelError("the model is not loaded", hint="Call load(folder) first.")
        shutil.copytree(self._folder, folder, dirs_exist_ok=True)

    def _fit(self, image: Image) -> tuple[Image, float]:
        return letterbox(image, height=self._canvas[0], width=self._canvas[1])

    def _decode(self, heat: FloatArray, distances: FloatArray, scale: float) -> Detections:
        boxes, scores, kinds = decode_peaks(heat, distances, stride=self._stride, min_score=MIN_SCORE, limit=LIMIT)
        if not len(boxes):
            return Detections(no_boxes(), np.zeros(0, np.float32), ())
        kept = suppress(boxes, scores, kinds, iou_threshold=IOU_THRESHOLD)
        labels = tuple(self._labels[int(kinds[i])] for i in kept)
        return Detections((boxes[kept] / np.float32(scale)).astype(np.float32), scores[kept], labels)


def _check(data: TrainingData) -> None:
    if data.task is not Task.DETECTION:
        raise InvalidInput(f"builtin:tinydet does detection, not {data.task.value}", hint="Use builtin:linear.")
    if not any(len(sample.boxes) for sample in data.train):
        raise InvalidInput("there are no labelled boxes to train on", hint="Label some, or widen the query.")


def _canvas(data: TrainingData, *, size: int) -> tuple[int, int]:
    """Height and width, multiples of 32, in the shape of the middle image."""
    shapes = [sample.image().shape[:2] for sample in data.train[:50]]
    tall = float(np.median([height / width for height, width in shapes]))
    longest = size or (160 if max(max(shape) for shape in shapes) <= 192 else 320)
    height, width = (longest, longest / tall) if tall > 1 else (longest * tall, longest)
    return max(64, int(np.ceil(height / 32)) * 32), max(64, int(np.ceil(width / 32)) * 32)


def _facts(
    data: TrainingData, last: Mapping[str, float], *, canvas: tuple[int, int], stride: int, backbone: str
) -> TrainFacts:
    present = {label for sample in data.train for label in sample.labels}
    absent = [label for label in data.labels if label not in present]
    names = ("epoch", "heat_loss", "box_loss", "views", "validation_map50")
    return TrainFacts(
        metrics={name: last[name] for name in names if name in last} | {"samples": float(len(data.train))},
        preprocessing={
            "canvas": list(canvas),
            "stride": stride,
            "backbone": backbone,
            "colour": "RGB, upright, (pixel - 127) / 128, top left of a gray canvas",
        },
        calibration={"min_score": MIN_SCORE, "iou_threshold": IOU_THRESHOLD},
        notes=(f"No boxes of {', '.join(absent[:10])}: hardly ever predicted.",) if absent else (),
    )
