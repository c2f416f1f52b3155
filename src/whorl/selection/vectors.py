"""The vectors a selection looks at: of the pool, of what is labelled, of what is in work, of the examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from whorl.models.bodies import embed_body
from whorl.models.workshop import Workshop
from whorl.selection.planning import Known
from whorl.selection.types import Float32Array

_BATCH = 64


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Vectors of one space, in the order of what they are of.

    Attributes:
        is_reduced: They are principal components, not unit vectors.
    """

    pool: Float32Array
    labelled: Float32Array | None
    pending: Float32Array | None
    examples: Float32Array | None
    is_reduced: bool = False


def read_vectors(workshop: Workshop, known: Known, space: str | None, *, report: Callable[[int, int], None]) -> Vectors:
    """Read the vectors, embedding what is missing first.

    Args:
        report: Told how many are embedded, and of how many.
    """
    parts = [
        [one.sha256 for one in known.pool.items],
        [one.sha256 for one in known.labelled],
        known.pool.pending,
        known.examples,
    ]
    shas = list(dict.fromkeys(sha256 for part in parts for sha256 in part))
    rows = _embed(workshop, shas, report)
    at = {sha256: row for row, sha256 in enumerate(shas)}
    pool, labelled, pending, examples = (rows[[at[one] for one in part]] if part else None for part in parts)
    assert pool is not None
    return Vectors(pool, labelled, pending, examples)


def _embed(workshop: Workshop, shas: Sequence[str], report: Callable[[int, int], None]) -> Float32Array:
    blocks: list[Float32Array] = []
    for start in range(0, len(shas), _BATCH):
        report(start, len(shas))
        some = list(shas[start : start + _BATCH])
        cache, home = str(workshop.features_path), str(workshop.home)
        blocks.append(workshop.call(embed_body, workshop.files(some), some, cache, home))
    return np.concatenate(blocks)
