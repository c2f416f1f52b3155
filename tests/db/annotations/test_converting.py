"""Conversions in one revision, undone exactly, with what changed meanwhile or since left alone."""

from __future__ import annotations

from typing import Any

import pytest
from tests.db.conftest import ANNA, box_draft

from whorl.annotations.converting import (
    CHANGED_MEANWHILE,
    CHANGED_SINCE,
    ITEM_GONE,
    Change,
    Tally,
    convert_annotations,
    list_candidates,
    undo_conversion,
)
from whorl.annotations.queries import annotation_history, list_annotations
from whorl.base.errors import Conflict, InvalidInput, NotFound
from whorl.datasets.actions import delete_items
from whorl.datasets.queries import list_item_keys, list_revisions
from whorl.models.converting import Asked, keep, plan, preview, reshape_body
from whorl.schemas.annotations import Annotation, AnnotationDraft, ClassTag, Origin, Polygon
from whorl.schemas.converting import ConvertReport, ConvertRequest
from whorl.store.events import read_events

BEN = "per_ben"


def _work_out(house: Any, to: Any, **more: Any) -> tuple[list[Change], Tally]:
    asked = Asked(to, 0.01, "shape", may_simplify=False)
    with house.db.read() as conn:
        found = list_candidates(conn, house.dataset_id, list_item_keys(conn, house.dataset_id), **more)
    tally = Tally()
    todo = plan(found, asked, tally)
    return keep(todo, reshape_body(todo, asked, {}, ""), asked, tally), tally


def _write(house: Any, changes: list[Change], tally: Tally, to: Any) -> ConvertReport:
    return house.db.write(  # type: ignore[no-any-return]
        lambda conn: convert_annotations(conn, house.dataset_id, changes, tally, to=to, actor_id=BEN, now=house.now())
    )


def _convert(house: Any, to: Any, **more: Any) -> ConvertReport:
    return _write(house, *_work_out(house, to, **more), to)


def _undo(house: Any, revision: int) -> ConvertReport:
    return house.db.write(  # type: ignore[no-any-return]
        lambda conn: undo_conversion(conn, house.dataset_id, revision, actor_id=BEN, now=house.now())
    )


def _truth(house: Any, *items: Any) -> list[Annotation]:
    with house.db.read() as conn:
        return list_annotations(conn, [one.id for one in items])


def _without_revision(found: list[Annotation]) -> list[Any]:
    rows = [one.model_dump(mode="json", exclude={"born_rev", "created_at"}) for one in found]
    return sorted(rows, key=lambda row: str(row["id"]))


def test_convert__one_revision_and_the_history_keeps_what_was(house: Any) -> None:
    one, two = house.add("1", "2")
    house.save(one, box_draft("car", 1), box_draft("truck", 30, attributes={"colour": "red"}))
    house.save(two, AnnotationDraft(label="car", geometry=ClassTag()))
    before, at = _truth(house, one, two), house.revision()
    report = _convert(house, "polygon")
    assert (report.revision, report.n_items, report.n_converted, report.n_refused) == (at + 1, 1, 2, 1)
    assert report.refused == {"a class tag has no place in the image": 1}
    assert report.examples == ["2: car: a class tag has no place in the image"]
    assert report.worst_iou == 1.0
    found = _truth(house, one)
    assert [one.id for one in found] == [one.id for one in before[:2]]
    assert {(one.geometry.type, one.origin, one.author_id) for one in found} == {("polygon", Origin.CONVERTED, BEN)}
    assert found[1].attributes == {"colour": "red"}
    with house.db.read() as conn:
        assert [one.geometry.type for one in annotation_history(conn, found[0].id)] == ["box", "polygon"]
        assert list_revisions(conn, house.dataset_id).items[0].action == "convert_annotations"
        said = [event for event in read_events(conn, after_id=0, limit=100) if event.kind == "annotation.changed"][-1]
    assert said.payload["changed"] == [one.id for one in found]
    undone = _undo(house, at + 1)
    assert (undone.n_converted, undone.n_refused, undone.revision) == (2, 0, at + 2)
    assert _without_revision(_truth(house, one, two)) == _without_revision(before)


def test_undo__leaves_what_was_changed_since_and_names_it(house: Any) -> None:
    one, two, three = house.add("1", "2", "3")
    for item in (one, two, three):
        house.save(item, box_draft("car", 1))
    revision = _convert(house, "polygon").revision
    assert revision is not None
    edited = _truth(house, two)[0]
    ring = [(1.0, 1.0), (9.0, 1.0), (9.0, 9.0)]
    house.save(two, AnnotationDraft(id=edited.id, label="truck", geometry=Polygon(rings=[ring])))
    house.db.write(lambda conn: delete_items(conn, house.dataset_id, [three.id], actor_id=ANNA, now=house.now()))
    report = _undo(house, revision)
    assert report.refused == {CHANGED_SINCE: 1, ITEM_GONE: 1}
    assert sorted(report.examples) == [f"2: car: {CHANGED_SINCE}", f"3: car: {ITEM_GONE}"]
    assert [(one.label, one.geometry.type) for one in _truth(house, one, two)] == [("car", "box"), ("truck", "polygon")]
    with pytest.raises(Conflict, match="nothing of the conversion"):
        _undo(house, revision)


def test_convert__what_changed_meanwhile_is_left_alone(house: Any) -> None:
    one, two = house.add("1", "2")
    house.save(one, box_draft("car", 1))
    house.save(two, box_draft("car", 1))
    changes, tally = _work_out(house, "polygon")
    house.save(one, removed=(_truth(house, one)[0].id,))
    report = _write(house, changes, tally, "polygon")
    assert (report.n_converted, report.n_items, report.refused) == (1, 1, {CHANGED_MEANWHILE: 1})
    assert _truth(house, one) == []


def test_class__is_said_once_for_an_item_and_all_come_back(house: Any) -> None:
    (one,) = house.add("1")
    house.save(one, box_draft("car", 1), box_draft("car", 30), box_draft("truck", 50))
    before = _truth(house, one)
    report = _convert(house, "class")
    assert sorted((one.label, one.geometry.type) for one in _truth(house, one)) == [
        ("car", "class"),
        ("truck", "class"),
    ]
    assert (report.n_converted, report.worst_iou) == (3, None)
    assert report.revision is not None
    _undo(house, report.revision)
    assert _without_revision(_truth(house, one)) == _without_revision(before)


def test_convert__only_some_and_nothing_to_do(house: Any) -> None:
    (one,) = house.add("1")
    house.save(one, box_draft("car", 1), box_draft("truck", 30))
    assert _convert(house, "polygon", labels=["truck"]).n_converted == 1
    assert sorted(one.geometry.type for one in _truth(house, one)) == ["box", "polygon"]
    at = house.revision()
    report = _convert(house, "polygon", kinds=["polygon"])
    assert (report.revision, report.n_unchanged, house.revision()) == (None, 1, at)


def test_undo__what_is_no_conversion(house: Any) -> None:
    house.add("1")
    for revision in (1, 99):
        with pytest.raises(InvalidInput, match=f"revision {revision} of dataset .* is no conversion"):
            _undo(house, revision)
    with pytest.raises(NotFound):
        house.db.write(lambda conn: undo_conversion(conn, "dst_none", 1, actor_id=BEN, now=house.now()))


def test_preview__writes_nothing(house: Any) -> None:
    one, two = house.add("1", "2")
    house.save(one, box_draft("car", 1), box_draft("car", 30))
    house.save(two, AnnotationDraft(label="car", geometry=ClassTag()))
    at = house.revision()
    shape = preview(house.db, house.dataset_id, ConvertRequest(to="mask", query="label:car"))
    sought = preview(house.db, house.dataset_id, ConvertRequest(to="mask", outline="grabcut"))
    assert (shape.is_dry_run, shape.n_converted, shape.n_refused, shape.worst_iou) == (True, 2, 1, 1.0)
    assert (sought.n_converted, sought.n_refused, sought.worst_iou) == (2, 1, None)
    assert house.revision() == at
