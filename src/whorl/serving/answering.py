"""Image bytes in, a model's annotations as JSON out. Runs in a model host; numpy and Pillow are at home here."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from whorl.base.errors import UnreadableMedia
from whorl.datasets.imageheader import read_header, sniff_video
from whorl.models.folder import LoadedModel, load_model
from whorl.models.images import read_image
from whorl.models.records import prediction_records
from whorl.models.types import ClassProbabilities, Detections, Image, LabelScores, Prediction, Segmentation
from whorl.schemas.models import PredictedAnnotation

_ANNOTATIONS = TypeAdapter(list[PredictedAnnotation])


@dataclass(frozen=True, slots=True)
class Said:
    """What a model said about one image, as JSON, and how sure it was (see ``whorl.serving.served.Answer``)."""

    body: bytes
    confidence: float | None
    margin: float | None


def decode(data: bytes, *, max_pixels: int) -> tuple[Image, str]:
    """Decode an image to upright RGB, and say what it is; its size is looked at before anything is decoded.

    Raises:
        UnreadableMedia: Not an image, a refused type, broken, or larger than ``max_pixels``.
    """
    if sniff_video(data[:64]) is not None:
        raise UnreadableMedia("this is a video; an endpoint takes single images", hint="Send its frames.")
    header = read_header(data)
    pixels = header.stored_width * header.stored_height
    if pixels > max_pixels:
        raise UnreadableMedia(
            f"the image has {pixels:,} pixels; this endpoint takes up to {max_pixels:,}",
            hint="Send a smaller version.",
            details={"pixels": pixels, "limit": max_pixels},
        )
    return read_image(data), header.media_type


def predict(model: LoadedModel, images: Sequence[Image], min_confidences: Sequence[float]) -> list[Said]:
    """What the model says about each image, in order.

    Raises:
        ModelError: The adapter raised or returned something not understood.
    """
    found = model.predict_batch(images)
    return [
        to_said(prediction, width=image.shape[1], height=image.shape[0], min_confidence=wanted)
        for prediction, image, wanted in zip(found, images, min_confidences, strict=True)
    ]


def to_said(prediction: Prediction, *, width: int, height: int, min_confidence: float) -> Said:
    """A prediction as it goes to the caller."""
    records = prediction_records(prediction, width=width, height=height, min_confidence=min_confidence)
    given = [PredictedAnnotation(label=one.label, geometry=one.geometry, confidence=one.confidence) for one in records]
    sure = [one.confidence for one in given if one.confidence is not None]
    return Said(_ANNOTATIONS.dump_json(given), min(sure) if sure else None, _margin(prediction))


def warm_up(model: LoadedModel) -> None:
    """Predict once, on a gray image: the first prediction of a model takes longer than those after it.

    Raises:
        ModelError: The model cannot predict.
    """
    predict(model, [np.full((64, 64, 3), 114, np.uint8)], [0.0])


def try_folder(folder: str) -> float:
    """Load a model folder and predict once, in whatever process this is; give the seconds that took.

    Raises:
        ModelError: It cannot be loaded, or cannot predict.
    """
    started = time.perf_counter()
    warm_up(load_model(Path(folder)))
    return time.perf_counter() - started


def _margin(prediction: Prediction) -> float | None:
    """How far the winner is ahead; None for objects and pixels, whose classes do not compete for the image."""
    if isinstance(prediction, ClassProbabilities):
        if len(prediction.probabilities) < 2:
            return 1.0
        second, first = np.sort(prediction.probabilities)[-2:]
        return float(first - second)
    if isinstance(prediction, LabelScores):
        return float(np.abs(prediction.scores - 0.5).min() * 2) if len(prediction.scores) else None
    assert isinstance(prediction, Detections | Segmentation)
    return None
