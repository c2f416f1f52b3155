"""Read what facets are counted from: the items of a listing, or a sample of them when they are many."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from whorl.datasets.dql import compile_query, count
from whorl.datasets.dql.ast import AnnotationMatch, Compare, Field, LayerChoice, Op, Quantifier, Query
from whorl.datasets.facets import Chips, SeenAnnotation, SeenItem, count_facets
from whorl.datasets.listings import KeyList
from whorl.datasets.revisions import batches, load_dataset_by_key, standing
from whorl.schemas.explorer import Facet, FacetBucket
from whorl.store.db.tables import annotation, item, item_state
from whorl.store.db.types import ALIVE

EXACT_UP_TO = 4_000
SAMPLE = 1_600
# Neighbours lie on one page of the database; drawing a few together reads a fraction of the pages.
_TOGETHER = 4
_RARE_CAP = 1_000
_MAX_LABELS = 500


@dataclass(frozen=True, slots=True)
class CountedFacets:
    """Facets and whether their counts are estimates."""

    facets: list[Facet]
    is_sampled: bool


def read_facets(
    conn: Connection,
    listing: KeyList,
    *,
    names: Sequence[str] | None = None,
    query_text: str = "",
    exact_up_to: int = EXACT_UP_TO,
    sample: int = SAMPLE,
) -> CountedFacets:
    """Count what the items of a listing hold: exactly up to 4,000 items, else from 1,600 drawn at random.

    The draw follows from the listing, so asking twice gives the same answer. Of a whole dataset the labels that no
    drawn item has are counted by themselves, so that rare ones are seen.
    """
    keys, scale = draw_keys(listing, exact_up_to=exact_up_to, sample=sample)
    items = list(read_seen(conn, keys, as_of=_moment(conn, listing)).values())
    is_sampled = scale > 1
    facets = count_facets(items, names=names, query_text=query_text, scale=scale)
    if is_sampled:
        chips = Chips(query_text)
        facets = [_with_rare(conn, listing, facet, chips) for facet in facets]
        facets = [facet.model_copy(update={"is_sampled": True}) for facet in facets]
    return CountedFacets(facets, is_sampled)


def draw_keys(listing: KeyList, *, exact_up_to: int = EXACT_UP_TO, sample: int = SAMPLE) -> tuple[list[int], float]:
    """All keys of a small listing, or some drawn evenly at random; and how many items each one stands for."""
    held = len(listing)
    if held <= exact_up_to:
        return listing.at(0, held), 1.0
    starts = random.Random(listing.id).sample(range(held // _TOGETHER), sample // _TOGETHER)
    chosen = [start * _TOGETHER + step for start in sorted(starts) for step in range(_TOGETHER)]
    return listing.pick(chosen), held / len(chosen)


def read_seen(conn: Connection, keys: Sequence[int], *, as_of: int | None = None) -> dict[int, SeenItem]:
    """Map keys to what facets look at, in the order given, as the items stand or stood; others are left out."""
    said: dict[int, list[SeenAnnotation]] = {key: [] for key in keys}
    states: dict[int, SeenItem] = {}
    # Any: columns of several types, in one select.
    seen: tuple[ColumnElement[Any], ...] = (
        annotation.c.item_key,
        annotation.c.layer,
        annotation.c.label,
        annotation.c.kind,
        annotation.c.confidence,
        annotation.c.model_id,
        annotation.c.author_id,
        annotation.c.origin,
        annotation.c.missed_by,
        annotation.c.attributes,
    )
    state: tuple[ColumnElement[Any], ...] = (
        item.c.key,
        item_state.c.subset,
        item_state.c.group_key,
        item_state.c.is_checked_empty,
        item.c.media_type,
        item.c.width,
        item.c.height,
        item.c.bytes,
        item_state.c.metadata,
        item.c.health,
    )
    joined = item.join(item_state, and_(item_state.c.item_key == item.c.key, standing(item_state, as_of)))
    for some in batches(keys):
        mine = (annotation.c.item_key.in_(some), standing(annotation, as_of))
        for key, *values in conn.execute(select(*seen).where(*mine)):
            said[key].append(SeenAnnotation(*values))
        for key, *values in conn.execute(select(*state).select_from(joined).where(item.c.key.in_(some))):
            states[key] = SeenItem(said[key], *values)
    return {key: states[key] for key in keys if key in states}


def list_labels(conn: Connection, dataset_key: int, layer: str) -> list[str]:
    """The labels that stand in a dataset, in order, at most some hundreds: one step in the index for each."""
    found: list[str] = []
    mine = select(func.min(annotation.c.label)).where(
        annotation.c.dataset_key == dataset_key, annotation.c.died_rev == ALIVE, annotation.c.layer == layer
    )
    label = conn.execute(mine).scalar()
    while label is not None and len(found) < _MAX_LABELS:
        found.append(label)
        label = conn.execute(mine.where(annotation.c.label > label)).scalar()
    return found


def _moment(conn: Connection, listing: KeyList) -> int | None:
    """The revision to read at; None, which the indexes serve best, while the listing is of the present."""
    is_now = load_dataset_by_key(conn, listing.dataset_key).revision == listing.revision
    return None if is_now else listing.revision


def _with_rare(conn: Connection, listing: KeyList, facet: Facet, chips: Chips) -> Facet:
    """Add the labels that the sample missed; only of a whole dataset as it stands."""
    layers = {"label": LayerChoice.TRUTH, "predicted_label": LayerChoice.PREDICTION}
    if facet.field not in layers or not listing.is_whole or _moment(conn, listing) is not None:
        return facet
    layer = layers[facet.field]
    missed = [
        label
        for label in list_labels(conn, listing.dataset_key, layer.value)
        if label not in {bucket.value for bucket in facet.buckets}
    ]
    buckets = list(facet.buckets)
    for label in missed[: max(0, _MAX_LABELS - len(buckets))]:
        asked = AnnotationMatch(Quantifier.SOME, Compare(Field("label"), Op.EQ, label), layer)
        compiled = compile_query(Query(where=asked), dataset_key=listing.dataset_key)
        number = count(conn, compiled, cap=_RARE_CAP, budget_s=0.01).count
        buckets.append(FacetBucket(value=label, count=number, chip=chips.write(asked)))
    buckets.sort(key=lambda bucket: -bucket.count)
    return facet.model_copy(update={"buckets": buckets})
