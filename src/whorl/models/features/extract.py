"""Features by name, for images in hand and for files through the cache."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from whorl.base.errors import InvalidInput, ModelError
from whorl.models.features.cache import FeatureCache, content_key
from whorl.models.features.hog import hog_colour
from whorl.models.features.lite0 import lite0_embeddings
from whorl.models.images import read_image
from whorl.models.types import FloatArray, Image

HOG = "hog32-1"
LITE0 = "lite0-128-1"
FEATURES = (HOG, LITE0)


def extract(images: Sequence[Image], feature: str, *, backbone: Path | None = None) -> FloatArray:
    """float32 (n, d) features of uint8 RGB images of any size.

    Args:
        feature: One of ``FEATURES``.
        backbone: The ONNX file from :func:`whorl.models.weights.fetch_backbone`, for ``LITE0``.

    Raises:
        InvalidInput: No such feature.
        ModelError: ``LITE0`` without its backbone.
    """
    if feature == HOG:
        return hog_colour(images)
    if feature != LITE0:
        raise InvalidInput(f"no feature {feature!r}; there are {', '.join(FEATURES)}")
    if backbone is None:
        raise ModelError(f"{feature} needs the backbone file", hint="Run: whorl models fetch lite0")
    return lite0_embeddings(images, backbone=backbone)


def extract_files(
    paths: Sequence[Path],
    feature: str,
    *,
    cache: FeatureCache | None = None,
    keys: Sequence[str] = (),
    backbone: Path | None = None,
    batch: int = 64,
) -> FloatArray:
    """float32 (n, d) features of image files, at most ``batch`` images in memory.

    Args:
        cache: Where rows are kept between calls; None extracts all.
        keys: The contents' SHA-256 in the order of ``paths``; empty ones are computed from the file.
    """

    def rows(positions: Sequence[int]) -> FloatArray:
        return extract([read_image(paths[i]) for i in positions], feature, backbone=backbone)

    if cache is None:
        import numpy as np

        parts = [rows(range(i, min(i + batch, len(paths)))) for i in range(0, len(paths), batch)]
        return np.concatenate(parts) if parts else extract([], feature, backbone=backbone)
    given = list(keys) or [""] * len(paths)
    known = [key or content_key(path) for key, path in zip(given, paths, strict=True)]
    return cache.fill(known, feature, rows, batch=batch)
