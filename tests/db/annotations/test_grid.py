"""Annotations of many items at once say what the careful read says."""

from __future__ import annotations

from typing import Any

import pytest
from tests.db.conftest import box_draft

from whorl.annotations.actions import add_predictions
from whorl.annotations.grid import read_grid
from whorl.annotations.queries import list_annotations
from whorl.datasets.queries import find_item_keys
from whorl.schemas.annotations import AnnotationDraft, Box, ClassTag, Layer, Mask, Points, Polygon, Polyline
from whorl.schemas.explorer import GridAnnotation
from whorl.schemas.records import AnnotationRecord

SHAPES = [
    ClassTag(),
    Box(x0=0, y0=0.25, x1=100, y1=80),
    Polygon(rings=[[(1, 1), (9, 1), (9, 9)]]),
    Polyline(points=[(0, 0), (5.5, 7)]),
    Points(points=[(3, 4)]),
    Mask(height=1, width=100, counts="0T3"),
]


def _read(house: Any, ids: list[str], *layers: Layer, as_of: int | None = None, limit: int = 99) -> Any:
    with house.db.read() as conn:
        keys = {key: item_id for item_id, key in find_item_keys(conn, ids).items()}
        return read_grid(conn, keys, layers=layers, as_of=as_of, limit=limit)


def test_read_grid__is_what_list_annotations_gives(house: Any) -> None:
    one, two = house.add("1", "2")
    (flat,) = house.add("flat", height=1)
    house.save(two, *(AnnotationDraft(label="car", geometry=shape) for shape in SHAPES[:-1]))
    house.save(flat, AnnotationDraft(label="car", geometry=SHAPES[-1]))
    house.save(one, box_draft("truck", confidence=0.5))
    said = {one.id: [AnnotationRecord("car", Box(x0=1, y0=1, x1=5, y1=5), 0.75)]}
    house.db.write(
        lambda conn: add_predictions(conn, house.dataset_id, said, model_id="mdl_1", actor_id="mdl_1", now=house.now())
    )
    ids = [flat.id, two.id, one.id]
    found = [GridAnnotation.model_validate(one) for one in _read(house, ids, *Layer).annotations]
    with house.db.read() as conn:
        expected = list_annotations(conn, ids, layer=None)
    fields = GridAnnotation.model_fields
    assert found == [GridAnnotation(**{name: getattr(one, name) for name in fields}) for one in expected]
    assert [one["label"] for one in _read(house, [one.id], Layer.PREDICTION).annotations] == ["car"]
    assert _read(house, ids).annotations == []


def test_read_grid__as_of(house: Any) -> None:
    (item,) = house.add("1")
    first = house.save(item, box_draft())
    house.save(item, removed=(first.annotations[0].id,))
    assert _read(house, [item.id], *Layer).annotations == []
    assert [one["id"] for one in _read(house, [item.id], *Layer, as_of=2).annotations] == [first.annotations[0].id]


@pytest.mark.parametrize(("limit", "is_truncated"), [(2, True), (3, False)])
def test_read_grid__stops_at_the_limit_and_says_so(house: Any, limit: int, is_truncated: bool) -> None:
    (item,) = house.add("1")
    house.save(item, box_draft(x0=1), box_draft(x0=20), box_draft(x0=40))
    read = _read(house, [item.id], Layer.TRUTH, limit=limit)
    assert (len(read.annotations), read.is_truncated) == (limit, is_truncated)
