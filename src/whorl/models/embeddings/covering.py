"""The two sides of a coverage report: which items, their vectors, and what is said about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from whorl.base.errors import InvalidInput
from whorl.datasets.dql import Query, parse_text
from whorl.datasets.queries import list_item_keys
from whorl.datasets.revisions import batches
from whorl.models.embeddings.coverage import Coverage, quantiles_of
from whorl.models.embeddings.queries import Space
from whorl.models.embeddings.store import EmbeddingStore
from whorl.models.embeddings.targets import Target, iter_targets
from whorl.schemas.embeddings import CoverageExample, CoverageReport
from whorl.store.db import Database
from whorl.store.db.tables import item_state
from whorl.store.db.types import ALIVE

FloatArray = NDArray[np.float32]
Measure = Callable[[FloatArray, FloatArray, int], Coverage]
KNOWN_BY_DEFAULT: Final = ("subset:train", "annotated:true")
MOST_MEASURED: Final = 20_000
_SHOWN_SOURCES = 40


@dataclass(frozen=True)
class Sides:
    """What is asked for.

    Args:
        new: Query in ``dataset_id``; None for every item.
        known: Query in ``known_dataset_id``; None for the training subset, or what is labelled when that is empty.
    """

    dataset_id: str
    known_dataset_id: str
    new: Query | None
    known: Query | None
    known_text: str


@dataclass(frozen=True)
class _Side:
    targets: Sequence[Target]
    vectors: FloatArray
    total: int
    n_without: int
    is_sampled: bool


def report_coverage(
    db: Database, store: EmbeddingStore, space: Space, sides: Sides, *, measure: Measure, examples: int
) -> CoverageReport:
    """How far new items lie from the known ones, with examples. Items that both queries find are known.

    Distances are measured along the 64 principal directions of the space; of a side with more than 20,000 items, a
    random part is measured, the same each time.

    Args:
        measure: ``measure_coverage``, where heavy work may be done.

    Raises:
        InvalidInput: A side has too few items with a vector; crops were asked about.
    """
    if space.kind != "image":
        raise InvalidInput(f"space {space.name!a} holds crops", hint="Coverage is of images: choose a space of images.")
    known_targets, known_text = _known(db, space, sides)
    known_keys = {one.item_key for one in known_targets}
    new_targets = [one for some in iter_targets(db, space.kind, sides.dataset_id, query=sides.new) for one in some]
    both = [one for one in new_targets if one.item_key in known_keys]
    if new_targets and len(both) == len(new_targets):
        raise InvalidInput(
            f"all {len(both):,} items of the first query are known already ({known_text})",
            hint="Ask for items that are not in the training set, such as -subset:train.",
        )
    new = _side(store, space, [one for one in new_targets if one.item_key not in known_keys])
    known = _side(store, space, known_targets)
    _check(new, known, known_text)
    found = measure(new.vectors, known.vectors, examples)
    with db.read() as conn:
        sources = _sources(conn, new.targets)
    top = found.edges
    shares = found.uncovered_by(sources)
    return CoverageReport(
        space_id=space.id,
        n_new=new.total,
        n_known=known.total,
        n_without=new.n_without + known.n_without,
        n_both=len(both),
        is_sampled=new.is_sampled or known.is_sampled,
        against=known_text,
        covered_share=found.covered_share,
        radius=found.radius,
        quantiles=quantiles_of(found.distances),
        known_quantiles=quantiles_of(found.known_distances),
        histogram_edges=top,
        histogram_new=[int(one) for one in np.histogram(found.distances, top)[0]],
        histogram_known=[int(one) for one in np.histogram(found.known_distances, top)[0]],
        by_source=dict(list(shares.items())[:_SHOWN_SOURCES]),
        farthest=_examples(found, found.farthest, new.targets, known.targets),
        nearest=_examples(found, found.least_new, new.targets, known.targets),
    )


def _known(db: Database, space: Space, sides: Sides) -> tuple[list[Target], str]:
    if sides.known is not None:
        return _targets(db, space, sides.known_dataset_id, sides.known), sides.known_text
    for text in KNOWN_BY_DEFAULT:
        query = parse_text(text)
        with db.read() as conn:
            has_some = bool(list_item_keys(conn, sides.known_dataset_id, query=query)[:1])
        if has_some:
            return _targets(db, space, sides.known_dataset_id, query), text
    raise InvalidInput(
        "nothing is known: the training subset is empty, and no item is labelled",
        hint="Say what is known as a query, such as source:day1.",
    )


def _targets(db: Database, space: Space, dataset_id: str, query: Query | None) -> list[Target]:
    return [one for some in iter_targets(db, space.kind, dataset_id, query=query) for one in some]


def _side(store: EmbeddingStore, space: Space, targets: Sequence[Target]) -> _Side:
    vectors = store.open(space.id)
    rows = vectors.rows_of([one.key for one in targets])
    has = np.flatnonzero(rows >= 0)
    total = len(has)
    if total > MOST_MEASURED:
        has = np.sort(np.random.default_rng(0).choice(has, MOST_MEASURED, replace=False))
    basis, codes = vectors.codes()
    found = codes[rows[has]].astype(np.float32) * basis.scales
    kept = [targets[at] for at in has.tolist()]
    return _Side(kept, found, total, len(targets) - total, total > MOST_MEASURED)


def _check(new: _Side, known: _Side, known_text: str) -> None:
    for side, name in ((new, "new"), (known, "known")):
        if not side.total and side.n_without:
            raise InvalidInput(
                f"none of the {side.n_without:,} {name} items has a vector yet", hint="Embed the dataset first."
            )
    if not new.total:
        raise InvalidInput("nothing is new: no item matches the first query", hint="Ask for other items.")
    if not known.total:
        raise InvalidInput(f"nothing is known: no item matches {known_text}", hint="Ask against other items.")


def _sources(conn: Connection, targets: Sequence[Target]) -> list[str]:
    """The group of each, else the folder in its name."""
    groups: dict[int, str | None] = {}
    for some in batches([one.item_key for one in targets]):
        query = select(item_state.c.item_key, item_state.c.group_key)
        found = conn.execute(query.where(item_state.c.item_key.in_(some), item_state.c.died_rev == ALIVE))
        groups.update({row.item_key: row.group_key for row in found})
    return [groups.get(one.item_key) or one.name.rpartition("/")[0] or "no folder" for one in targets]


def _examples(
    found: Coverage, rows: NDArray[np.int64], new: Sequence[Target], known: Sequence[Target]
) -> list[CoverageExample]:
    return [
        CoverageExample(
            item_id=new[row].item_id,
            name=new[row].name,
            distance=float(found.distances[row]),
            nearest_item_id=known[int(found.nearest[row])].item_id,
            nearest_name=known[int(found.nearest[row])].name,
        )
        for row in rows.tolist()
    ]
