"""Who and what a dataset's annotations come from."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, func, select

from whorl.datasets.facet_reads import draw_keys
from whorl.datasets.listings import KeyList
from whorl.datasets.revisions import batches, standing
from whorl.schemas.annotations import AuthorKind, Layer
from whorl.schemas.explorer import AnnotationSource
from whorl.store.db.tables import annotation, model, person, pipeline, token

EXACT_UP_TO = 20_000


def list_sources(conn: Connection, whole: KeyList) -> list[AnnotationSource]:
    """The authors of a dataset's annotations by layer, those of most items first.

    Counted in full up to 20,000 items; of more, a few thousand are drawn and the numbers are estimates, and an author
    of very few annotations may be missed.

    Args:
        whole: A complete listing of all items of the dataset as it stands.
    """
    keys, scale = draw_keys(whole, exact_up_to=EXACT_UP_TO)
    counts: dict[tuple[str, str, str], tuple[int, int]] = {}
    for some in batches(keys):
        for layer, kind, author_id, said, items in conn.execute(_counts(some, whole.revision)):
            before = counts.get((layer, kind, author_id), (0, 0))
            counts[layer, kind, author_id] = before[0] + said, before[1] + items
    names = author_names(conn, [author_id for _, _, author_id in counts])
    found = [
        AnnotationSource(
            layer=Layer(layer),
            author_kind=AuthorKind(kind),
            author_id=author_id,
            name=names.get(author_id, author_id),
            annotations=round(said * scale),
            items=round(items * scale),
            is_sampled=scale > 1,
        )
        for (layer, kind, author_id), (said, items) in counts.items()
    ]
    return sorted(found, key=lambda one: (-one.items, one.layer, one.author_id))


def author_names(conn: Connection, author_ids: list[str]) -> dict[str, str]:
    """Names of people, models, tokens, pipelines and imports by id; those that are known to nobody are left out."""
    found = {one: one.removeprefix("imp_") for one in author_ids if one.startswith("imp_")}
    for table in (person, model, token, pipeline):
        for some in batches(sorted(set(author_ids))):
            found.update((row.id, row.name) for row in conn.execute(_names(table, some)))
    return found


# Any: columns of several types, in one select; and tables with an id and a name.
def _counts(keys: Any, revision: int) -> Select[Any]:
    author = (annotation.c.layer, annotation.c.author_kind, annotation.c.author_id)
    query = select(*author, func.count(), func.count(annotation.c.item_key.distinct()))
    return query.where(annotation.c.item_key.in_(keys), standing(annotation, revision)).group_by(*author)


def _names(table: Any, ids: Any) -> Select[Any]:
    return select(table.c.id, table.c.name).where(table.c.id.in_(ids))
