"""Features by content: one small .npy file per (image, feature), so that eight trainings extract once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whorl.models.types import FloatArray


@dataclass(frozen=True)
class FeatureCache:
    """Features on disk, keyed by the content's SHA-256 and the feature's name.

    Args:
        folder: Where the files lie; made when needed. A damaged file counts as absent.
    """

    folder: Path

    def find(self, key: str, feature: str) -> FloatArray | None:
        """One image's feature, or None."""
        try:
            return np.asarray(np.load(self._path(key, feature), allow_pickle=False), np.float32)
        except (OSError, ValueError, EOFError):
            return None

    def put(self, key: str, feature: str, row: FloatArray) -> None:
        """Keep one image's feature as half precision; a reader never sees a part of it."""
        path = self._path(key, feature)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        with draft.open("wb") as file:
            np.save(file, row.astype(np.float16), allow_pickle=False)
        draft.replace(path)

    def fill(
        self, keys: Sequence[str], feature: str, extract: Callable[[Sequence[int]], FloatArray], *, batch: int = 64
    ) -> FloatArray:
        """Rows for all keys, extracting only what is absent.

        Args:
            extract: Gets positions in ``keys`` and returns their rows; called with at most ``batch``.
        """
        rows: dict[int, FloatArray] = {}
        for position, key in enumerate(keys):
            found = self.find(key, feature)
            if found is not None:
                rows[position] = found
        absent = [i for i in range(len(keys)) if i not in rows]
        for start in range(0, len(absent), batch):
            some = absent[start : start + batch]
            for position, row in zip(some, extract(some), strict=True):
                self.put(keys[position], feature, row)
                # The half-precision value, so that a second run gives the very same numbers.
                rows[position] = row.astype(np.float16).astype(np.float32)
        return np.stack([rows[i] for i in range(len(keys))]) if keys else np.zeros((0, 0), np.float32)

    def _path(self, key: str, feature: str) -> Path:
        return self.folder / feature / key[:2] / f"{key}.npy"


def content_key(path: Path) -> str:
    """SHA-256 of a file's bytes, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
