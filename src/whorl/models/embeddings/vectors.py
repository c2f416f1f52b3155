"""The vectors of a space as one process sees them: by key, by row, reduced, searched."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput, ShapeError
from whorl.models.embeddings import reducing
from whorl.models.embeddings.halves import widen
from whorl.models.embeddings.index import KeyIndex
from whorl.models.embeddings.mirror import Mapped, Mirror, map_rows
from whorl.models.embeddings.reducing import Basis, Codes
from whorl.models.embeddings.scan import best_of, cosines_of, score_codes

FloatArray = NDArray[np.float32]
IndexArray = NDArray[np.int64]

_EXACT_ROWS = 16_384
_SHORTLIST, _PER_RESULT, _SHARE = 4096, 10, 0.01
_QUERIES_AT_ONCE = 8


@dataclass
class SpaceVectors:
    """A space's vectors at one moment: rows never move while it is held, and what comes later is not seen.

    Args:
        space_id: Whose they are.
        width: Numbers per vector; 0 before the first.
    """

    space_id: str
    width: int
    mirror: Mirror | None
    mapped: Mapped | None
    _index: KeyIndex | None = None
    _reduced: tuple[Basis, Codes] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def count(self) -> int:
        """How many vectors there are."""
        return 0 if self.mapped is None else self.mapped.state.rows

    @property
    def version(self) -> tuple[str, int]:
        """What tells this moment from others: equal versions have equal rows."""
        return ("", 0) if self.mapped is None else (self.mapped.state.generation, self.mapped.state.rows)

    @property
    def folder(self) -> Path | None:
        """Where this machine may keep what it derives from these vectors; emptied when rows move."""
        return None if self.mapped is None else self.mapped.folder

    def rows_of(self, keys: Sequence[str]) -> IndexArray:
        """int64 (n,): the row of each hexadecimal key, -1 where there is no vector.

        Raises:
            InvalidInput: A key is not 64 hexadecimal digits.
        """
        if self.mapped is None:
            return np.full(len(keys), -1, np.int64)
        with self._lock:
            if self._index is None:
                self._index = KeyIndex(self.mapped.keys)
        return self._index.rows_of(keys)

    def read(self, rows: IndexArray) -> FloatArray:
        """float32 (n, d): vectors of unit length, in the order of ``rows``."""
        if self.mapped is None:
            return np.zeros((0, self.width), np.float32)
        found = widen(self.mapped.vectors[rows])
        found /= np.linalg.norm(found, axis=1, keepdims=True)
        return found

    def reduced(self) -> FloatArray:
        """float32 (count, r): all vectors along their 64 principal directions (or d where that is less).

        Centred, in single precision: 256 bytes a vector. ``codes`` is a quarter of that, and stays on disk.
        """
        basis, codes = self.codes()
        return codes.astype(np.float32) * basis.scales

    def codes(self) -> tuple[Basis, Codes]:
        """The directions, and int8 (count, r) codes on disk: code times ``basis.scales`` is the reduced value."""
        with self._lock:
            if self._reduced is None:
                self._reduced = self._load_codes()
            return self._reduced

    def search(
        self, queries: FloatArray, k: int, among: IndexArray | None = None, *, space_id: str | None = None
    ) -> tuple[IndexArray, FloatArray]:
        """The most similar vectors of each query, best first; equal ones by row.

        Up to 16,384 vectors are all compared; of more, the hundredth part (4,096 at least) that is nearest by reduced
        codes.

        Args:
            queries: (q, d) of any length but zero.
            k: At most how many.
            among: Rows to look at, each once; all when left out.
            space_id: Where the queries come from, when the caller knows.

        Returns:
            Rows int64 (q, m) and cosines float32 (q, m), m = min(k, how many were looked at).

        Raises:
            InvalidInput: The queries are vectors of another space.
            ShapeError: A query is zero or not finite, or has another number of values.
        """
        wanted = self._check(queries, space_id)
        rows = np.arange(self.count, dtype=np.int64) if among is None else np.asarray(among, np.int64)
        k = min(k, len(rows))
        found = np.zeros((len(wanted), max(k, 0)), np.int64)
        cosines = np.zeros(found.shape, np.float32)
        if k <= 0:
            return found, cosines
        for start in range(0, len(wanted), _QUERIES_AT_ONCE):
            some = wanted[start : start + _QUERIES_AT_ONCE]
            for offset, candidates in enumerate(self._candidates(some, k, rows, is_all=among is None)):
                values = self._compare(candidates, some[offset])
                best = np.lexsort((candidates, -values))[:k]
                found[start + offset], cosines[start + offset] = candidates[best], values[best]
        return found, cosines

    def _candidates(self, queries: FloatArray, k: int, rows: IndexArray, *, is_all: bool) -> list[IndexArray]:
        wanted = max(_SHORTLIST, _PER_RESULT * k, int(len(rows) * _SHARE))
        if len(rows) <= max(_EXACT_ROWS, wanted):
            return [rows] * len(queries)
        basis, codes = self.codes()
        # The centre adds the same to every score, so it is left out.
        turned = np.ascontiguousarray((queries @ basis.directions) * basis.scales, np.float32)
        scores = score_codes(codes, turned, None if is_all else rows)
        return [rows[best_of(one, wanted)] for one in scores]

    def _compare(self, rows: IndexArray, query: FloatArray) -> FloatArray:
        assert self.mapped is not None
        return cosines_of(self.mapped.vectors, rows, query)

    def _check(self, queries: FloatArray, space_id: str | None) -> FloatArray:
        if space_id is not None and space_id != self.space_id:
            raise InvalidInput(
                f"a vector of space {space_id} was asked of space {self.space_id}",
                hint="Vectors of two models cannot be compared; embed the image in this space.",
            )
        wanted = np.asarray(queries, np.float32)
        if wanted.ndim != 2 or (self.count and wanted.shape[1] != self.width):
            raise ShapeError(
                f"queries of shape {wanted.shape}; this space's vectors have {self.width} numbers",
                hint="Vectors of two models cannot be compared; embed the image in this space.",
            )
        lengths = np.linalg.norm(wanted, axis=1, keepdims=True)
        if not (np.isfinite(lengths).all() and (lengths > 0).all()):
            raise ShapeError("a query is zero or not finite", hint="The model gave no vector for this image.")
        return np.asarray(wanted / lengths, np.float32)

    def _load_codes(self) -> tuple[Basis, Codes]:
        if self.mapped is None or self.mirror is None or not self.count:
            width = min(reducing.WIDTH, self.width)
            empty = np.zeros(self.width, np.float32)
            return Basis(0, empty, np.eye(self.width, width, dtype=np.float32), np.ones(width, np.float32)), np.zeros(
                (0, width), np.int8
            )
        folder, vectors = self.mapped.folder, self.mapped.vectors
        size = reducing.fit_size(self.count)
        folder.mkdir(parents=True, exist_ok=True)
        with self.mirror.locked():
            basis = reducing.load_basis(folder, size)
            path = reducing.codes_path(folder, size)
            if basis is None:
                path.unlink(missing_ok=True)
                basis = reducing.fit_basis(vectors[:size])
                reducing.save_basis(folder, basis)
            reducing.extend_codes(folder, basis, vectors)
        codes = map_rows(path, (self.count, basis.width), "i1")
        return basis, codes.astype(np.int8, copy=False)
