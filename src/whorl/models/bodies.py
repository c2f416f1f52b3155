"""What runs in worker processes: predict and embed files. Plain arguments in, picklable values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from whorl.base.errors import JsonValue
from whorl.models.adapters.tiled import tile_model
from whorl.models.features import FeatureCache, extract_files
from whorl.models.features.extract import FEATURES, HOG, LITE0
from whorl.models.folder import LoadedModel, load_model, read_card
from whorl.models.predicting import predict_files
from whorl.models.types import FloatArray, Prediction
from whorl.models.weights import find_backbone
from whorl.schemas.tiling import Tiling


def predict_body(
    folder: str, paths: Sequence[str], keys: Sequence[str], cache: str, tiling: Mapping[str, JsonValue] | None = None
) -> list[Prediction]:
    """One prediction per file by the model in ``folder``, which stays loaded in this process.

    Args:
        tiling: As ``Tiling``: the model looks at images in tiles.
    """
    model = _loaded(folder)
    if tiling is not None:
        model = tile_model(model, Tiling.model_validate(tiling))
    return predict_files(model, [Path(path) for path in paths], keys=keys, cache=FeatureCache(Path(cache)))


def embed_body(
    paths: Sequence[str], keys: Sequence[str], cache: str, home: str, folder: str | None = None
) -> FloatArray:
    """float32 (n, d) features to tell items apart; every part of a row has unit length.

    Args:
        folder: A model whose training chose its features: the same are used. Without one, all there are: HOG and
            colour, and Lite0's where its weights have been fetched.
    """
    import numpy as np

    backbone = find_backbone("lite0", Path(home))
    names = _features_of(folder) or ([HOG] if backbone is None else [HOG, LITE0])
    parts = []
    for name in names:
        rows = extract_files(
            [Path(path) for path in paths],
            name,
            cache=FeatureCache(Path(cache)),
            keys=keys,
            backbone=None if backbone is None else backbone.path,
        )
        parts.append(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))
    return np.concatenate(parts, axis=1).astype(np.float32)


def _features_of(folder: str | None) -> list[str]:
    if folder is None:
        return []
    chosen = read_card(Path(folder)).preprocessing.get("features")
    return [str(name) for name in chosen if name in FEATURES] if isinstance(chosen, list) else []


@lru_cache(maxsize=4)
def _loaded(folder: str) -> LoadedModel:
    return load_model(Path(folder))
