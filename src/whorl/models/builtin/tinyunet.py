"""``builtin:tinyunet``: a small U-Net for masks that trains within a CPU-minute and predicts without torch.

It says of each pixel which class it shows, and, to tell objects apart, how deep within its object it lies (a
normalised distance to the outline, as in Bai and Urtasun's "Deep Watershed Transform", 2017): deep places are cores,
and from there each grows, deepest first, over what is object. On a frozen EfficientNet-Lite0 with cached views when
its weights are installed, from scratch otherwise.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from whorl.base.errors import InvalidInput, JsonValue, MissingDependency, ModelError
from whorl.models.adapters.contract import Report, ShouldStop, TrainFacts
from whorl.models.builtin.mask_decode import find_objects, to_instances, to_segmentation
from whorl.models.builtin.mask_views import Fit, MaskSource, choose_canvas, choose_fit
from whorl.models.builtin.params import TinyUNetParams, read_params, warm_folder
from whorl.models.features.lite0 import normalise
from whorl.models.folder import WEIGHTS, open_onnx, read_card
from whorl.models.images import GRAY
from whorl.models.types import FloatArray, Image, Instances, Segmentation, Task, TrainingData

MOST_CLASSES = 254


class TinyUNet:
    """The adapter. ``train`` writes a folder, ``load`` reads one, ``predict`` serves it."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._labels: tuple[str, ...] = ()
        self._task = Task.INSTANCE_MASKS
        self._fit = Fit(0, 1.0)
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
        """Fit on ``data.train``; images without masks are used as background.

        Args:
            params: As ``TinyUNetParams``.
            checkpoint: Folder of the training's state, written about every ten seconds and gone on from.

        Raises:
            InvalidInput: Not a task of masks, no masks at all, or an unknown or impossible parameter.
            MissingDependency: torch is not installed.
            Cancelled: Stopped on request.
        """
        _check(data)
        wanted = read_params(TinyUNetParams, "builtin:tinyunet", params)
        try:
            from whorl.models.builtin.mask_train import export_segmenter, train_segmenter
            from whorl.models.builtin.net_train import make_plan
        except ModuleNotFoundError as error:
            raise MissingDependency(
                f"training builtin:tinyunet needs the package {error.name}", hint="pip install 'whorl[train]'"
            ) from error
        fit = choose_fit(data.train, size=wanted.size)
        canvas = choose_canvas(data.train, fit)
        plan = make_plan(wanted, canvas=canvas, warm=warm_folder(params))
        source, validation = (
            MaskSource(samples, data.labels, fit=fit, canvas=canvas, augment=wanted.augmentation)
            for samples in (data.train, data.validation)
        )
        last: dict[str, float] = {}

        def remember(metrics: Mapping[str, float]) -> None:
            last.update(metrics)
            report(metrics)

        segmenter = train_segmenter(
            source,
            plan,
            classes=len(data.labels),
            with_depth=data.task is Task.INSTANCE_MASKS,
            report=remember,
            should_stop=should_stop,
            validation=validation,
            checkpoint=checkpoint,
        )
        export_segmenter(segmenter, out / WEIGHTS, canvas=canvas)
        return _facts(data, last, fit=fit, canvas=canvas, backbone="lite0" if plan.weights else "none")

    def load(self, folder: Path) -> None:
        """Read a folder written by ``train``.

        Raises:
            ModelError: A file is missing, damaged, or does not fit the labels.
        """
        card = read_card(folder)
        size, enlarge = card.preprocessing.get("size"), card.preprocessing.get("enlarge")
        if not isinstance(size, int) or not isinstance(enlarge, int | float) or not card.task.has_masks:
            raise ModelError(
                f"{folder.name}: model.yaml gives no size, no enlarge, or no task of masks",
                hint="Train or copy the folder again.",
            )
        session = open_onnx(folder / WEIGHTS)
        outputs = session.get_outputs()[0].shape[1]
        if outputs != 1 + len(card.labels) or len(session.get_outputs()) != 1 + (card.task is Task.INSTANCE_MASKS):
            raise ModelError(
                f"{folder.name}: {WEIGHTS} has {outputs} classes, background included, and model.yaml "
                f"{len(card.labels)} labels for {card.task.value}",
                hint="The files belong to different models; train or copy the folder again.",
            )
        self._folder, self._labels, self._session = folder, card.labels, session
        self._task = card.task
        self._fit = Fit(size, float(enlarge), stretch=bool(card.preprocessing.get("stretch")))

    def predict(self, images: Sequence[Image]) -> list[Instances] | list[Segmentation]:
        """Objects with masks, or a class for each pixel, of each image, at its full size."""
        if self._session is None:
            raise ModelError("the model is not loaded", hint="Call load(folder) first.")
        # One by one: images differ in size, and a batch gains nothing on one thread.
        if self._task is Task.SEMANTIC_MASKS:
            return [self._segment(image) for image in images]
        return [self._instances(image) for image in images]

    def network_input(self, image: Image) -> FloatArray:
        """float32 (1, 3, h, w): what the network is fed for an image; the sides are multiples of 32."""
        height, width = self._fit.seen(image.shape[0], image.shape[1])
        canvas = np.full((-(-height // 32) * 32, -(-width // 32) * 32, 3), GRAY, np.uint8)
        canvas[:height, :width] = self._fit.image(image)
        return normalise(canvas[None])

    def save(self, folder: Path) -> None:
        """Copy the loaded folder's files."""
        if self._folder is None:
            raise ModelError("the model is not loaded", hint="Call load(folder) first.")
        shutil.copytree(self._folder, folder, dirs_exist_ok=True)

    def _instances(self, image: Image) -> Instances:
        classes, depth = self._run(image)
        found = find_objects(classes, depth[0])
        return to_instances(found, self._labels, height=image.shape[0], width=image.shape[1])

    def _segment(self, image: Image) -> Segmentation:
        (classes,) = self._run(image)
        return to_segmentation(classes, self._labels, height=image.shape[0], width=image.shape[1])

    def _run(self, image: Image) -> list[FloatArray]:
        """The outputs (k, h, w) for the image as the network sees it."""
        height, width = self._fit.seen(image.shape[0], image.shape[1])
        outputs = self._session.run(None, {"image": self.network_input(image)})
        return [np.asarray(one[0, :, :height, :width], np.float32) for one in outputs]


def _check(data: TrainingData) -> None:
    if not data.task.has_masks:
        raise InvalidInput(
            f"builtin:tinyunet does instance_masks and semantic_masks, not {data.task.value}",
            hint="Use builtin:tinydet for boxes and builtin:linear for classes.",
        )
    if not any(sample.masks for sample in data.train):
        raise InvalidInput("there are no outlines to train on", hint="Draw some, or widen the query.")
    if len(data.labels) > MOST_CLASSES:
        raise InvalidInput(
            f"builtin:tinyunet tells at most {MOST_CLASSES} classes apart, got {len(data.labels)}",
            hint="Merge labels, or train on fewer.",
        )


def _facts(
    data: TrainingData, last: Mapping[str, float], *, fit: Fit, canvas: tuple[int, int], backbone: str
) -> TrainFacts:
    present = {label for sample in data.train for label in sample.labels}
    absent = [label for label in data.labels if label not in present]
    names = ("epoch", "class_loss", "dice_loss", "depth_loss", "views", "validation_f1", "validation_miou")
    return TrainFacts(
        metrics={name: last[name] for name in names if name in last} | {"samples": float(len(data.train))},
        preprocessing={
            "size": fit.size,
            "enlarge": fit.enlarge,
            "stretch": fit.stretch,
            "canvas": list(canvas),
            "backbone": backbone,
            "colour": "RGB, upright, (pixel - 127) / 128, top left of a gray canvas of multiples of 32",
        },
        calibration={},
        notes=(f"No outlines of {', '.join(absent[:10])}: hardly ever predicted.",) if absent else (),
    )
