"""Predict and embed many images with a bounded number of them in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from whorl.models.coerce import coerce_prediction
from whorl.models.features import FeatureCache
from whorl.models.folder import LoadedModel
from whorl.models.images import read_image
from whorl.models.types import FloatArray, Prediction


def predict_paths(model: LoadedModel, sources: Iterable[Path | bytes], *, batch: int = 16) -> Iterator[Prediction]:
    """One prediction per file (or encoded bytes), in order, at most ``batch`` images decoded at a time.

    Raises:
        UnreadableMedia: A source is not an image.
        ModelError: The model raised or returned something not understood.
    """
    waiting = iter(sources)
    while chunk := list(islice(waiting, batch)):
        yield from model.predict_batch([read_image(source) for source in chunk])


def embed_paths(model: LoadedModel, sources: Iterable[Path | bytes], *, batch: int = 16) -> FloatArray:
    """float32 (n, d) features of files, in order, at most ``batch`` images decoded at a time."""
    waiting, rows = iter(sources), []
    while chunk := list(islice(waiting, batch)):
        rows.append(model.embed([read_image(source) for source in chunk]))
    return np.concatenate(rows) if rows else np.zeros((0, 0), np.float32)


def predict_files(
    model: LoadedModel, paths: Sequence[Path], *, keys: Sequence[str] = (), cache: FeatureCache | None = None
) -> list[Prediction]:
    """One prediction per file, in order, reading features from the cache when the model can use one.

    Args:
        keys: The contents' SHA-256 in the order of ``paths``; computed when empty.
        cache: Shared between models: eight models over one pool then decode and embed it once.

    Raises:
        UnreadableMedia: A file is not an image.
        ModelError: The model raised or returned something not understood.
    """
    quick = getattr(model.adapter.target, "predict_files", None)
    if cache is None or not callable(quick) or not paths:
        return list(predict_paths(model, paths))
    rows = quick(paths, keys=keys, cache=cache)
    # The size only clips boxes; models with a feature cache classify.
    return [
        coerce_prediction(row, labels=model.labels, task=model.task, size=(1, 1), adapter=model.adapter.name)
        for row in rows
    ]
