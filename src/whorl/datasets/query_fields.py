"""What a query may name in one dataset, for completion: the fixed fields, and the metadata that its items have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from sqlalchemy import Connection, select

from whorl.base.errors import QueryError
from whorl.datasets.dql.ast import Compare, Field, FindingMatch, Op, Query, SelectionMatch
from whorl.datasets.dql.fields import (
    ANNOTATION_FIELDS,
    FINDING_TYPES,
    HEALTH_NAMES,
    ITEM_FIELDS,
    FieldSpec,
    FieldType,
    join_path,
)
from whorl.datasets.dql.text_form import parse_text
from whorl.datasets.dql.write import format_text
from whorl.datasets.facet_reads import list_labels, read_seen
from whorl.datasets.facets import FacetField, SeenItem, Value, list_fields
from whorl.datasets.revisions import DatasetRow, load_dataset, standing
from whorl.ontology.queries import current_draft
from whorl.schemas.annotations import Layer
from whorl.schemas.explorer import QueryField
from whorl.store.db.tables import evaluation, item_state, model, selection, snapshot

_LOOKED_AT = 250
_MAX_VALUES = 50
_TITLES = {
    "id": "Item id",
    "checked_empty": "Checked empty",
    "created_at": "Added at",
    "media_type": "File type",
    "bytes": "File size in bytes",
    "n_annotations": "Number of annotations",
    "annotation_id": "Annotation id",
    "kind": "Kind of annotation",
    "model_id": "Model (of a prediction)",
    "author_kind": "Kind of author",
    "author_id": "Author",
}
TypeName = Literal["text", "number", "boolean", "time", "choice", "any"]
_TYPES: dict[FieldType, TypeName] = {
    FieldType.TEXT: "text",
    FieldType.NUMBER: "number",
    FieldType.BOOLEAN: "boolean",
    FieldType.TIME: "time",
    FieldType.CHOICE: "choice",
    FieldType.ANY: "any",
}
_PLAIN_TYPES: dict[type, TypeName] = {str: "text", bool: "boolean", float: "number"}


def list_query_fields(conn: Connection, dataset_id: str) -> list[QueryField]:
    """Every field that a query of this dataset may name, with values to offer where they are few.

    Metadata is found in the first and the last 250 items.

    Raises:
        NotFound: There is no such dataset.
    """
    row = load_dataset(conn, dataset_id)
    items = _look(conn, row)
    given = _values(conn, row, items)
    found = [_fixed(spec, given.get(spec.name)) for spec in ITEM_FIELDS.values() if not spec.takes_path]
    found += [QueryField(name=f"health.{name}", type="number", title=name.capitalize()) for name in HEALTH_NAMES]
    found += [_fixed(spec, given.get(spec.name)) for spec in ANNOTATION_FIELDS.values() if not spec.takes_path]
    found += _special(conn, row, [one.name for one in found])
    return found + [_free(one, items) for one in list_fields(items) if one.target.path and one.is_free]


def _look(conn: Connection, row: DatasetRow) -> list[SeenItem]:
    keys: set[int] = set()
    mine = select(item_state.c.item_key).where(item_state.c.dataset_key == row.key, standing(item_state, None))
    for order in (item_state.c.item_key.asc(), item_state.c.item_key.desc()):
        keys.update(conn.execute(mine.order_by(order).limit(_LOOKED_AT)).scalars())
    return list(read_seen(conn, sorted(keys)).values())


def _values(conn: Connection, row: DatasetRow, items: Sequence[SeenItem]) -> dict[str, list[str]]:
    labels = [label.name for label in current_draft(conn, row.project_id).labels]
    for layer in Layer:
        labels += list_labels(conn, row.key, layer.value)
    models = select(model.c.id).where(model.c.project_id == row.project_id).order_by(model.c.id.desc())
    return {
        "label": [text for label in dict.fromkeys(labels) for text in _written(Field("label"), label)],
        "model_id": list(conn.execute(models.limit(_MAX_VALUES)).scalars()),
        "media_type": sorted({one.media_type for one in items}),
    }


def _special(conn: Connection, row: DatasetRow, names: Sequence[str]) -> list[QueryField]:
    mine = select(snapshot.c.name).where(snapshot.c.dataset_key == row.key).order_by(snapshot.c.revision.desc())
    snapshots = [
        format_text(Query(snapshot=name)).removeprefix("snapshot:")
        for name in conn.execute(mine.limit(_MAX_VALUES)).scalars()
    ]
    sortable = [name for name in names if name not in ANNOTATION_FIELDS and name not in {"annotated", "n_annotations"}]
    return [
        QueryField(name="layer", type="choice", title="Truth or predictions", values=["truth", "prediction", "any"]),
        QueryField(name="has", type="choice", title="Has a value for", values=["group", "confidence"]),
        QueryField(name="sort", type="choice", title="Order by (minus: descending)", values=sortable),
        QueryField(name="snapshot", type="choice", title="As it stood at a snapshot", values=snapshots),
        *_of_selections(conn, row),
        *_of_findings(conn, row),
    ]


def _of_selections(conn: Connection, row: DatasetRow) -> list[QueryField]:
    """What stands behind ``selection:``; nothing while nothing was chosen here."""
    mine = select(selection.c.name).where(selection.c.dataset_key == row.key).order_by(selection.c.key.desc())
    names = list(dict.fromkeys(conn.execute(mine.limit(_MAX_VALUES)).scalars()))
    if not names:
        return []
    known = [format_text(Query(where=SelectionMatch(name))).removeprefix("selection:") for name in names]
    return [
        QueryField(name="selection", type="choice", title="Was chosen in a selection", values=known),
        QueryField(name="is_random", type="choice", title="Drawn at random there", values=["true", "false"]),
    ]


def _of_findings(conn: Connection, row: DatasetRow) -> list[QueryField]:
    """What stands behind ``eval:``; nothing while no model was evaluated here."""
    known = _evaluations(conn, row)
    if not known:
        return []
    return [
        QueryField(name="eval", type="choice", title="Tested in an evaluation", values=known),
        QueryField(name="type", type="choice", title="What the evaluation found", values=list(FINDING_TYPES)),
        QueryField(name="truth", type="text", title="True label in the evaluation", values=None),
        QueryField(name="predicted", type="text", title="Predicted label in the evaluation", values=None),
    ]


def _evaluations(conn: Connection, row: DatasetRow) -> list[str]:
    """The newest evaluations on the dataset, and the names of their models, as a query writes them."""
    found = (
        select(evaluation.c.id, model.c.name)
        .join(model, model.c.id == evaluation.c.model_id)
        .where(evaluation.c.dataset_key == row.key)
        .order_by(evaluation.c.id.desc())
        .limit(_MAX_VALUES)
    )
    names = list(dict.fromkeys(name for one in conn.execute(found) for name in (one.name, one.id)))
    return [format_text(Query(where=FindingMatch(name))).removeprefix("eval:") for name in names[:_MAX_VALUES]]


def _fixed(spec: FieldSpec, values: Iterable[str] | None) -> QueryField:
    title = _TITLES.get(spec.name, spec.name.replace("_", " ").capitalize())
    offered = list(values) if values is not None else list(spec.choices) or None
    if spec.type is FieldType.CHOICE and spec.is_nullable and offered is not None:
        offered.append("none")
    if spec.type is FieldType.BOOLEAN:
        offered = ["true", "false"]
    return QueryField(name=spec.name, type=_TYPES[spec.type], title=title, values=offered)


def _free(one: FacetField, items: Sequence[SeenItem]) -> QueryField:
    """A place in the items' metadata or in the attributes of annotations."""
    counts: Counter[Value] = Counter(value for item in items for value in one.values(item) if value is not None)
    kinds = {type(value) for value in counts}
    kind: TypeName = "any" if len(kinds) != 1 else _PLAIN_TYPES[kinds.pop()]
    common = [value for value, _ in counts.most_common(_MAX_VALUES)]
    is_few = len(counts) <= _MAX_VALUES and kind != "number"
    values = [written for value in common for written in _written(one.target, value)] if is_few else None
    return QueryField(name=_short_name(one), type=kind, title=one.title, values=values)


def _short_name(one: FacetField) -> str:
    """Metadata without its prefix, where that is not taken for another field."""
    short = join_path(one.target.path)
    try:
        is_plain = parse_text(f"{short}:x").where == Compare(one.target, Op.EQ, "x")
    except QueryError:
        is_plain = False
    return short if is_plain else one.name


def _written(target: Field, value: Value) -> Iterator[str]:
    """The value as it is written behind the colon; nothing where the text form cannot say it."""
    plain = int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value
    try:
        text = format_text(Query(where=Compare(target, Op.EQ, plain)))
    except QueryError:
        return
    yield text.removeprefix(f"{join_path((target.name, *target.path))}:")
