"""The vectors a selection looks at: of the pool, of what is labelled, of what is in work, of the examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.datasets.dql import Query, parse_query
from whorl.models.embeddings.actions import find_or_create_default_space
from whorl.models.embeddings.embedding import embed_missing
from whorl.models.embeddings.queries import Space, choose_space
from whorl.models.embeddings.sources import default_source
from whorl.models.embeddings.store import EmbeddingStore, open_store
from whorl.models.embeddings.vectors import SpaceVectors
from whorl.models.workshop import Workshop
from whorl.schemas.selecting import SelectionDraft
from whorl.selection.planning import Known
from whorl.selection.types import Float32Array, IntArray
from whorl.store.db import Priority

T = TypeVar("T")
Report = Callable[[float, str], None]
_WHOLE_NUMBERS = 1 << 24
"""Up to so many numbers vectors are looked at as they are; of more, their principal components."""
_WITH_TRUTH = {"$or": [{"annotated": True}, {"checked_empty": True}]}


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Vectors of one space, in the order of what they are of.

    Attributes:
        is_reduced: They are principal components, not unit vectors.
    """

    space: Space
    pool: Float32Array
    labelled: Float32Array | None = None
    pending: Float32Array | None = None
    examples: Float32Array | None = None
    is_reduced: bool = False


def read_vectors(
    workshop: Workshop, known: Known, draft: SelectionDraft, *, now: Callable[[], datetime], report: Report
) -> tuple[Known, Vectors]:
    """Read the vectors, embedding what is missing first.

    Args:
        report: Told the share done, 0 to 1, and a sentence.

    Returns:
        What is known without the images that cannot be embedded, and the vectors of the rest.

    Raises:
        NotFound: The draft names a space that is not there.
        ModelError: Nothing could be embedded.
    """
    space = _settle_space(workshop, known, draft.space, now())
    store = open_store(workshop.db, workshop.blobs, workshop.home)
    vectors = _fill(workshop, store, space, known, draft, now=now, report=report)
    known = _embedded(known, vectors)
    shas = [one.sha256 for one in known.pool.items]
    seen = [one.sha256 for one in known.labelled]
    is_reduced = (len(shas) + len(seen)) * vectors.width > _WHOLE_NUMBERS
    pool, labelled, pending, examples = (
        _read(vectors, part, is_reduced=is_reduced) for part in (shas, seen, known.pool.pending, known.examples)
    )
    return known, Vectors(space, pool, _some(labelled), _some(pending), _some(examples), is_reduced)


def count_missing(store: EmbeddingStore, space: Space | None, known: Known) -> int:
    """How many images of the pool and of what is labelled have no vector yet."""
    shas = list({*(one.sha256 for one in known.pool.items), *(one.sha256 for one in known.labelled)})
    if space is None:
        return len(shas)
    return int((store.open(space.id).rows_of(shas) < 0).sum())


def _settle_space(workshop: Workshop, known: Known, name: str | None, now: datetime) -> Space:
    project_id = known.pool.dataset.project_id
    if name is not None:
        with workshop.db.read() as conn:
            space = choose_space(conn, project_id, name, kind="image")
        if space.kind != "image":
            raise InvalidInput(f"space {space.name} holds crops", hint="Name a space of whole images.")
        return space
    source = default_source(workshop.home)
    return workshop.db.write(
        lambda conn: find_or_create_default_space(conn, project_id, source=source, now=now), priority=Priority.ENGINE
    )


def _fill(
    workshop: Workshop,
    store: EmbeddingStore,
    space: Space,
    known: Known,
    draft: SelectionDraft,
    *,
    now: Callable[[], datetime],
    report: Report,
) -> SpaceVectors:
    """Embed the pool, then what is labelled; nothing is asked of the processes where nothing is missing."""
    vectors = store.open(space.id)
    wanted = [one.sha256 for one in known.pool.items]
    if (vectors.rows_of([*wanted, *known.pool.pending, *known.examples]) < 0).any():
        query = parse_query(draft.filter) if isinstance(draft.filter, dict) and not known.examples else None
        embed_missing(workshop, store, space, known.pool.dataset.id, now=now, query=query, report=report)
        vectors = store.open(space.id)
    if (vectors.rows_of([one.sha256 for one in known.labelled]) < 0).any():
        where: Query = parse_query(draft.labelled if isinstance(draft.labelled, dict) else {"filter": _WITH_TRUTH})
        dataset_id = draft.labelled_dataset_id or known.pool.dataset.id
        embed_missing(workshop, store, space, dataset_id, now=now, query=where, report=report)
        vectors = store.open(space.id)
    return vectors


def _embedded(known: Known, vectors: SpaceVectors) -> Known:
    """What is known, of the images that have a vector."""
    items = _with_vector(vectors, known.pool.items, [one.sha256 for one in known.pool.items])
    labelled = _with_vector(vectors, known.labelled, [one.sha256 for one in known.labelled])
    pending = _with_vector(vectors, known.pool.pending, known.pool.pending)
    examples = _with_vector(vectors, known.examples, known.examples)
    left_out = dict(known.pool.left_out)
    if len(items) < len(known.pool.items):
        left_out["unreadable"] = len(known.pool.items) - len(items)
    pool = replace(known.pool, items=items, pending=pending, left_out=left_out)
    return replace(known, pool=pool, labelled=labelled, examples=examples, budget=min(known.budget, len(items)))


def _with_vector(vectors: SpaceVectors, things: Sequence[T], shas: Sequence[str]) -> list[T]:
    rows = vectors.rows_of(list(shas))
    return [one for one, row in zip(things, rows.tolist(), strict=True) if row >= 0]


def _read(vectors: SpaceVectors, shas: Sequence[str], *, is_reduced: bool) -> Float32Array:
    rows: IntArray = vectors.rows_of(list(shas))
    if not is_reduced:
        return vectors.read(rows)
    basis, codes = vectors.codes()
    return np.asarray(codes[rows].astype(np.float32) * basis.scales, np.float32)


def _some(rows: Float32Array) -> Float32Array | None:
    return rows if len(rows) else None
