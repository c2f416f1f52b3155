"""Between rows of the annotation table and annotations in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import Row

from whorl.annotations.rules import find_bounds
from whorl.base.errors import JsonValue
from whorl.schemas.annotations import Annotation, AuthorKind, Box, ClassTag, Geometry, Layer, Origin
from whorl.schemas.records import AnnotationRecord
from whorl.store.db.types import ALIVE

_GEOMETRY: Final[TypeAdapter[Geometry]] = TypeAdapter(Geometry)


# Any: the columns of a row are typed by its table, not in Python.
AnyRow = Row[Any]


@dataclass(frozen=True, slots=True)
class NewAnnotation:
    """One version of an annotation to be inserted."""

    id: str
    item_key: int
    layer: Layer
    label: str
    geometry: Geometry
    confidence: float | None
    attributes: Mapping[str, JsonValue]
    author_kind: AuthorKind
    author_id: str
    origin: Origin
    model_id: str | None = None
    from_prediction: str | None = None
    missed_by: str | None = None


def row_of(new: NewAnnotation, *, dataset_key: int, revision: int, now: datetime) -> dict[str, object]:
    """Give the row that stores a version from ``revision`` on."""
    bounds = find_bounds(new.geometry) or (None, None, None, None)
    is_plain = isinstance(new.geometry, ClassTag | Box)
    return {
        "id": new.id,
        "item_key": new.item_key,
        "dataset_key": dataset_key,
        "layer": new.layer.value,
        "label": new.label,
        "kind": new.geometry.type,
        "x0": bounds[0],
        "y0": bounds[1],
        "x1": bounds[2],
        "y1": bounds[3],
        "geometry": None if is_plain else new.geometry.model_dump(mode="json", exclude={"type"}),
        "confidence": new.confidence,
        "attributes": dict(new.attributes),
        "author_kind": new.author_kind.value,
        "author_id": new.author_id,
        "origin": new.origin.value,
        "model_id": new.model_id,
        "from_prediction": new.from_prediction,
        "missed_by": new.missed_by,
        "born_rev": revision,
        "died_rev": ALIVE,
        "died_by": None,
        "created_at": now,
    }


def geometry_of(row: AnyRow) -> Geometry:
    """Give the geometry that a row holds."""
    if row.kind == "box":
        return Box(x0=row.x0, y0=row.y0, x1=row.x1, y1=row.y1)
    if row.kind == "class":
        return ClassTag()
    return _GEOMETRY.validate_python({"type": row.kind, **row.geometry})


def annotation_of(row: AnyRow) -> Annotation:
    """Give the annotation a row holds; the row has ``item_id`` beside the table's columns."""
    return Annotation(
        id=row.id,
        item_id=row.item_id,
        label=row.label,
        geometry=geometry_of(row),
        layer=Layer(row.layer),
        confidence=row.confidence,
        attributes=row.attributes,
        author_kind=AuthorKind(row.author_kind),
        author_id=row.author_id,
        origin=Origin(row.origin),
        from_prediction=row.from_prediction,
        missed_by=row.missed_by,
        born_rev=row.born_rev,
        died_rev=None if row.died_rev == ALIVE else row.died_rev,
        created_at=row.created_at,
    )


def annotation_from(new: NewAnnotation, *, item_id: str, revision: int, now: datetime) -> Annotation:
    """Give the annotation that a version is, from ``revision`` on, without reading it back."""
    return Annotation(
        id=new.id,
        item_id=item_id,
        label=new.label,
        geometry=new.geometry,
        layer=new.layer,
        confidence=new.confidence,
        attributes=dict(new.attributes),
        author_kind=new.author_kind,
        author_id=new.author_id,
        origin=new.origin,
        from_prediction=new.from_prediction,
        missed_by=new.missed_by,
        born_rev=revision,
        created_at=now,
    )


def record_of(row: AnyRow) -> AnnotationRecord:
    """Give what a row says, with the annotation's id as ``source_id``."""
    return AnnotationRecord(
        label=row.label,
        geometry=geometry_of(row),
        confidence=row.confidence,
        attributes=row.attributes,
        source_id=row.id,
        missed_by=row.missed_by,
    )
