"""What runs in worker processes: embed files, parts of files and texts. Plain arguments in, arrays out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whorl.annotations.crops import crop_box
from whorl.base.errors import ModelError, UnreadableMedia
from whorl.models.adapters.contract import Adapter
from whorl.models.embeddings.keys import Bounds
from whorl.models.features import FEATURES, FeatureCache, extract
from whorl.models.images import read_image
from whorl.models.types import FloatArray, Image
from whorl.models.weights import find_backbone

_AT_ONCE = 16
_LEAST = 1e-12


@dataclass(frozen=True)
class EmbeddedRows:
    """Vectors of some of the pictures that were given.

    Args:
        positions: int64 (m,): which of them, ascending.
        rows: float32 (m, d), unit length.
        unreadable: Positions of files that cannot be decoded, and why.
        unusable: Positions of images for which the model gave NaN or zeros, and which.
    """

    positions: NDArray[np.int64]
    rows: FloatArray
    unreadable: tuple[tuple[int, str], ...]
    unusable: tuple[tuple[int, str], ...]


def embed_pictures(
    source: str,
    folder: str | None,
    home: str,
    paths: Sequence[str],
    bounds: Sequence[Bounds | None],
    keys: Sequence[str] = (),
    cache: str | None = None,
) -> EmbeddedRows:
    """Embed files, or the parts of them within bounds, a little context included.

    Args:
        source: As in :class:`whorl.models.embeddings.sources.Source`.
        folder: Of a registered model.
        home: Where the backbone lies.
        bounds: x0 y0 x1 y1 in pixels of the upright image, per path; None for the whole image.
        keys: SHA-256 of each file: whole images whose feature a training has kept are not decoded again.
        cache: Folder of those features; nothing is written to it.

    Raises:
        ModelError: The model cannot be opened, cannot embed, raised, or gave another shape.
    """
    embedder = _embedder(source, folder, home)
    found: dict[int, FloatArray] = {}
    unreadable: list[tuple[int, str]] = []
    if cache is not None and source in FEATURES:
        found = _kept(FeatureCache(Path(cache)), source, keys, bounds)
    last: tuple[str, Image] | None = None
    waiting: list[tuple[int, Image]] = []
    for position, path in enumerate(paths):
        if position in found:
            continue
        try:
            last = last if last is not None and last[0] == path else (path, read_image(Path(path)))
            waiting.append((position, cut(last[1], bounds[position])))
        except UnreadableMedia as error:
            unreadable.append((position, error.message))
        if len(waiting) == _AT_ONCE:
            found |= _embed(embedder, waiting)
            waiting = []
    found |= _embed(embedder, waiting)
    return _sort_out(found, unreadable)


def embed_texts(source: str, folder: str | None, home: str, texts: Sequence[str]) -> FloatArray:
    """float32 (n, d), unit length, comparable with the vectors of images of the same source.

    Raises:
        ModelError: The model reads no text, raised, or gave nothing usable.
    """
    embedder = _embedder(source, folder, home)
    if isinstance(embedder, str):
        raise ModelError(f"{source} cannot read text", hint="Use a model that embeds texts and images alike.")
    rows = embedder.embed_text(texts)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    if not (lengths > _LEAST).all():
        raise ModelError(f"{source} gave a vector of zeros for a text", hint="Ask with other words.")
    return np.asarray(rows / lengths, np.float32)


def look_at_source(source: str, folder: str | None, home: str) -> bool:
    """Open a source, and say whether it reads text.

    Raises:
        ModelError: It cannot be opened, or cannot embed images.
    """
    embedder = _embedder(source, folder, home)
    if isinstance(embedder, str):
        return False
    if "embed" not in embedder.capabilities:
        able = ", ".join(sorted(embedder.capabilities)) or "nothing"
        raise ModelError(
            f"{source} cannot embed; it can {able}", hint="Use a model with a method embed(images), or the default."
        )
    return "embed_text" in embedder.capabilities


def cut(image: Image, bounds: Bounds | None) -> Image:
    """The part of an image around bounds, with a margin; the image itself without bounds."""
    if bounds is None:
        return image
    height, width = image.shape[:2]
    x0, y0, x1, y1 = crop_box(bounds, width=width, height=height)
    left, top = min(int(x0), width - 1), min(int(y0), height - 1)
    return image[top : max(top + 1, int(np.ceil(y1))), left : max(left + 1, int(np.ceil(x1)))]


@lru_cache(maxsize=2)
def _embedder(source: str, folder: str | None, home: str) -> Adapter | str:
    """A feature's name with its backbone looked up later, or an adapter, open."""
    from whorl.models.adapters.resolve import is_object, open_guarded, resolve_adapter
    from whorl.models.folder import load_model

    if source in FEATURES:
        return f"{source}\n{home}"
    if folder is not None:
        return load_model(Path(folder)).adapter
    # Code that Whorl does not know may hang or eat memory; in a process of its own it can be stopped.
    return open_guarded(source, source, {}) if is_object(source) else resolve_adapter(source)


def _kept(
    cache: FeatureCache, source: str, keys: Sequence[str], bounds: Sequence[Bounds | None]
) -> dict[int, FloatArray]:
    looked = (
        (position, cache.find(key, source)) for position, key in enumerate(keys) if key and bounds[position] is None
    )
    return {position: row for position, row in looked if row is not None}


def _embed(embedder: Adapter | str, waiting: Sequence[tuple[int, Image]]) -> dict[int, FloatArray]:
    if not waiting:
        return {}
    images = [image for _, image in waiting]
    if isinstance(embedder, str):
        source, _, home = embedder.partition("\n")
        backbone = find_backbone("lite0", Path(home)) if source == FEATURES[1] else None
        rows = extract(images, source, backbone=None if backbone is None else backbone.path)
    else:
        rows = embedder.embed_raw(images)
    return {position: row for (position, _), row in zip(waiting, rows, strict=True)}


def _sort_out(found: dict[int, FloatArray], unreadable: Sequence[tuple[int, str]]) -> EmbeddedRows:
    positions = sorted(found)
    if not positions:
        return EmbeddedRows(np.zeros(0, np.int64), np.zeros((0, 0), np.float32), tuple(unreadable), ())
    rows = np.stack([found[position] for position in positions]).astype(np.float64)
    is_finite = np.asarray(np.isfinite(rows).all(axis=1), bool)
    lengths = np.linalg.norm(np.where(is_finite[:, None], rows, 0), axis=1)
    is_good = np.asarray(is_finite & (lengths > _LEAST), bool)
    said = {True: "a vector of zeros", False: "numbers that are not finite"}
    unusable = tuple(
        (positions[place], f"the model gave {said[bool(is_finite[place])]}") for place in np.flatnonzero(~is_good)
    )
    unit = (rows[is_good] / lengths[is_good, None]).astype(np.float32)
    return EmbeddedRows(np.asarray(positions, np.int64)[is_good], unit, tuple(unreadable), unusable)
