"""Saving, predicting and promoting annotations, on both kinds of database."""

from __future__ import annotations

from typing import Any

import pytest

from whorl.annotations import actions, queries
from whorl.base.errors import InvalidInput, NotFound, StaleWrite, UnknownLabel
from whorl.datasets import diffs
from whorl.datasets.revisions import load_dataset
from whorl.schemas.annotations import (
    Annotation,
    AnnotationDraft,
    AuthorKind,
    Box,
    ClassTag,
    Layer,
    Mask,
    Origin,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
)
from whorl.schemas.datasets import ChangeCounts, ChangeKind
from whorl.schemas.records import AnnotationRecord
from whorl.store.events import read_events

ANNA = "per_anna"
MODEL = "mdl_1"


def _box(label: str = "car", x0: float = 1, **fields: object) -> AnnotationDraft:
    geometry = Box(x0=x0, y0=2, x1=x0 + 10, y1=12)
    return AnnotationDraft.model_validate({"label": label, "geometry": geometry, **fields})


def _record(label: str = "car", x0: float = 1, confidence: float = 0.9) -> AnnotationRecord:
    return AnnotationRecord(label, Box(x0=x0, y0=2, x1=x0 + 10, y1=12), confidence)


def _predict(house: Any, item_id: str, *records: AnnotationRecord, model: str = MODEL) -> list[Annotation]:
    house.db.write(
        lambda conn: actions.add_predictions(
            conn, house.dataset_id, {item_id: records}, model_id=model, actor_id=model, now=house.now()
        )
    )
    with house.db.read() as conn:
        return queries.list_annotations(conn, [item_id], layer=Layer.PREDICTION, model_id=model)


def _promote(house: Any, *ids: str, how: Origin = Origin.ACCEPTED, **more: Any) -> list[str]:
    return house.db.write(
        lambda conn: actions.promote_predictions(conn, ids, how=how, actor_id=ANNA, now=house.now(), **more)
    )


def _truth(house: Any, item_id: str, as_of: int | None = None) -> list[Annotation]:
    with house.db.read() as conn:
        return queries.list_annotations(conn, [item_id], as_of=as_of)


def test_save__every_geometry_comes_back_as_given(house: Any) -> None:
    [item] = house.add("1")
    shapes = [
        ClassTag(),
        Box(x0=0, y0=0.25, x1=100, y1=80),
        RotatedBox(cx=99, cy=40, width=20, height=10, angle=-30),
        Polygon(rings=[[(1, 1), (9, 1), (9, 9)], [(2, 2), (3, 2), (3, 3)]]),
        Polyline(points=[(0, 0), (5.5, 7)]),
        Points(points=[(3, 4)]),
        Mask(height=80, width=100, counts=_square_counts()),
    ]
    saved = house.save(item, *(AnnotationDraft(label="car", geometry=one) for one in shapes))
    assert [one.geometry for one in saved.annotations] == shapes
    assert {one.author_id for one in saved.annotations} == {ANNA}
    assert {one.origin for one in saved.annotations} == {Origin.DRAWN}
    assert saved.revision == house.revision()


def _square_counts() -> str:
    import numpy as np

    from whorl.geometry.masks import encode_mask

    mask = np.zeros((80, 100), dtype=bool)
    mask[10:20, 30:50] = True
    return encode_mask(mask)


def test_save__mask_bounds_are_in_the_row(house: Any) -> None:
    from sqlalchemy import select

    from whorl.store.db.tables import annotation

    [item] = house.add("1")
    house.save(item, AnnotationDraft(label="car", geometry=Mask(height=80, width=100, counts=_square_counts())))
    with house.db.read() as conn:
        row = conn.execute(select(annotation.c.x0, annotation.c.y0, annotation.c.x1, annotation.c.y1)).one()
    assert tuple(row) == (30, 10, 50, 20)


def test_save__replaces_a_version_and_keeps_the_id(house: Any) -> None:
    [item] = house.add("1")
    first = house.save(item, _box()).annotations[0]
    second = house.save(item, _box("truck", id=first.id)).annotations[0]
    assert (second.id, second.label, second.origin) == (first.id, "truck", Origin.EDITED)
    with house.db.read() as conn:
        history = queries.annotation_history(conn, first.id)
    assert [(one.label, one.born_rev, one.died_rev) for one in history] == [("car", 2, 3), ("truck", 3, None)]
    assert _truth(house, item.id, as_of=2) == [first.model_copy(update={"died_rev": 3})]


def test_save__same_again_takes_no_revision(house: Any) -> None:
    [item] = house.add("1")
    first = house.save(item, _box()).annotations[0]
    again = house.save(item, _box(id=first.id))
    assert (again.revision, again.annotations) == (2, [first])


def test_save__removes(house: Any) -> None:
    [item] = house.add("1")
    first = house.save(item, _box(), _box(x0=30)).annotations
    assert house.save(item, removed=(first[0].id,)).annotations == [first[1]]


def test_save__stale_gives_both_versions(house: Any) -> None:
    item, other = house.add("1", "2")
    base = house.revision()
    house.save(item, _box())
    house.save(other, _box(), base=base)
    with pytest.raises(StaleWrite) as caught:
        house.save(item, _box("truck", x0=40), base=base)
    details = caught.value.details
    assert (details["base_revision"], details["current_revision"]) == (1, 3)
    assert [one["label"] for one in details["current"]] == ["car"]
    assert [one["geometry"]["x0"] for one in details["yours"]] == [40]
    assert [one.label for one in _truth(house, item.id)] == ["car"]


def test_save__removed_in_the_meantime_is_stale(house: Any) -> None:
    [item] = house.add("1")
    first = house.save(item, _box()).annotations[0]
    base = house.revision()
    house.save(item, removed=(first.id,))
    with pytest.raises(StaleWrite):
        house.save(item, _box(id=first.id), base=base)


def test_save__predictions_do_not_make_a_save_stale(house: Any) -> None:
    [item] = house.add("1")
    base = house.revision()
    _predict(house, item.id, _record())
    assert len(house.save(item, _box(), base=base).annotations) == 1


def test_save__base_revision_to_come(sqlite_house: Any) -> None:
    [item] = sqlite_house.add("1")
    with pytest.raises(InvalidInput, match="base_revision is 99"):
        sqlite_house.save(item, _box(), base=99)


def test_save__unknown_label_names_the_nearest(house: Any) -> None:
    [item] = house.add("1")
    with pytest.raises(UnknownLabel, match="'trukc'") as caught:
        house.save(item, _box(), _box("trukc"))
    assert caught.value.hint == "Did you mean 'truck'?"
    assert _truth(house, item.id) == []


@pytest.mark.parametrize("x0", [-1, 95, 200])
def test_save__box_outside_names_item_and_numbers(sqlite_house: Any, x0: float) -> None:
    [item] = sqlite_house.add("street/1.png")
    with pytest.raises(InvalidInput) as caught:
        sqlite_house.save(item, _box(x0=x0))
    assert caught.value.message == (
        f"item 'street/1.png': box {x0}, 2, {x0 + 10}, 12 is outside the image of 100 x 80 pixels"
    )


def test_save__mask_of_another_size(sqlite_house: Any) -> None:
    [item] = sqlite_house.add("1")
    with pytest.raises(InvalidInput, match="the mask is 10 x 10, the image 100 x 80"):
        sqlite_house.save(item, AnnotationDraft(label="car", geometry=Mask(height=10, width=10, counts="T3")))


def test_save__id_of_another_item(house: Any) -> None:
    one, two = house.add("1", "2")
    theirs = house.save(one, _box()).annotations[0]
    with pytest.raises(NotFound, match=theirs.id):
        house.save(two, _box(id=theirs.id))


def test_save__id_given_twice(sqlite_house: Any) -> None:
    [item] = sqlite_house.add("1")
    first = sqlite_house.save(item, _box()).annotations[0]
    with pytest.raises(InvalidInput, match="twice"):
        sqlite_house.save(item, _box("truck", id=first.id), removed=(first.id,))


def test_save__emits_what_changed(house: Any) -> None:
    [item] = house.add("1")
    first = house.save(item, _box(), _box(x0=30)).annotations
    house.save(item, _box("truck", id=first[0].id), removed=(first[1].id,))
    with house.db.read() as conn:
        last = read_events(conn, after_id=0, limit=100, kinds=["annotation.changed"])[-1]
    assert (last.subject_id, last.actor_id) == (item.id, ANNA)
    assert last.payload == {
        "dataset_id": house.dataset_id,
        "item_id": item.id,
        "added": [],
        "changed": [first[0].id],
        "removed": [first[1].id],
        "promoted": {},
        "revision": 3,
    }


def test_add_predictions__replaces_this_models_only(house: Any) -> None:
    [item] = house.add("1")
    _predict(house, item.id, _record(x0=1), _record(x0=20))
    _predict(house, item.id, _record(x0=50), model="mdl_2")
    again = _predict(house, item.id, _record(x0=3))
    assert [one.geometry.x0 for one in again] == [3]
    with house.db.read() as conn:
        both = queries.list_annotations(conn, [item.id], layer=Layer.PREDICTION)
        as_before = queries.list_annotations(conn, [item.id], layer=Layer.PREDICTION, model_id=MODEL, as_of=2)
    assert sorted(one.geometry.x0 for one in both) == [3, 50]
    assert [one.geometry.x0 for one in as_before] == [1, 20]


def test_add_predictions__nothing_found_takes_the_old_ones_back(house: Any) -> None:
    [item] = house.add("1")
    _predict(house, item.id, _record())
    assert _predict(house, item.id) == []


def test_add_predictions__boxes_are_cut_at_the_edge(house: Any) -> None:
    [item] = house.add("1")
    [found] = _predict(house, item.id, AnnotationRecord("car", Box(x0=-5, y0=-5, x1=300, y1=40), 0.5))
    assert found.geometry == Box(x0=0, y0=0, x1=100, y1=40)
    with pytest.raises(InvalidInput, match="prediction on item '1'"):
        _predict(house, item.id, AnnotationRecord("car", Box(x0=200, y0=0, x1=300, y1=40), 0.5))


def test_add_predictions__deleted_items_are_named(house: Any) -> None:
    from whorl.datasets.actions import delete_items

    one, two = house.add("1", "2")
    house.db.write(lambda conn: delete_items(conn, house.dataset_id, [one.id], actor_id=ANNA, now=house.now()))
    saved = house.db.write(
        lambda conn: actions.add_predictions(
            conn,
            house.dataset_id,
            {one.id: [_record()], two.id: [_record()]},
            model_id=MODEL,
            actor_id=MODEL,
            now=house.now(),
        )
    )
    assert (saved.added, saved.missing) == (1, (one.id,))


def test_predictions_are_never_read_as_truth(house: Any) -> None:
    """Every way to read ground truth, on an item that has only predictions."""
    [item] = house.add("1")
    start = house.revision()
    [predicted] = _predict(house, item.id, _record())
    with house.db.read() as conn:
        row = load_dataset(conn, house.dataset_id)
        assert queries.list_annotations(conn, [item.id]) == []
        assert queries.list_annotations(conn, [item.id], as_of=row.revision) == []
        assert queries.read_item_annotations(conn, item.id).annotations == []
        assert set(map(len, queries.read_truth(conn, row.key, _keys(conn, item.id)).values())) == {0}
        assert diffs.diff_revisions(conn, row.id, start, row.revision).annotations == ChangeCounts()
        assert diffs.list_annotation_changes(conn, row.id, start, row.revision, kind=ChangeKind.ADDED).items == []
        with pytest.raises(InvalidInput, match="not ground truth"):
            queries.list_annotations(conn, [item.id], model_id=MODEL)
        with pytest.raises(InvalidInput, match="not ground truth"):
            queries.list_annotations(conn, [item.id], layer=None, model_id=MODEL)
    # Nor can it be turned into truth by saving over its id.
    with pytest.raises(NotFound, match=predicted.id):
        house.save(item, _box(id=predicted.id))
    with pytest.raises(NotFound, match=predicted.id):
        house.save(item, removed=(predicted.id,))


def _keys(conn: Any, *item_ids: str) -> list[int]:
    from whorl.datasets.queries import find_item_keys

    return list(find_item_keys(conn, item_ids).values())


def test_promote__accepted_by_a_person(house: Any) -> None:
    [item] = house.add("1")
    [predicted] = _predict(house, item.id, _record())
    [made] = _promote(house, predicted.id)
    [truth] = _truth(house, item.id)
    assert (truth.id, truth.from_prediction, truth.origin) == (made, predicted.id, Origin.ACCEPTED)
    assert (truth.author_kind, truth.author_id, truth.confidence) == (AuthorKind.PERSON, ANNA, None)
    with house.db.read() as conn:
        assert queries.get_annotation(conn, predicted.id) == predicted
        [event] = read_events(conn, after_id=0, limit=100, kinds=["annotation.changed"])
    assert event.actor_id == ANNA
    assert event.payload["promoted"] == {predicted.id: "accepted"}
    assert event.payload["model_ids"] == [MODEL]


def test_promote__automatic_names_model_and_certificate(house: Any) -> None:
    [item] = house.add("1")
    [predicted] = _predict(house, item.id, _record())
    _promote(house, predicted.id, how=Origin.AUTO_ACCEPTED, certificate="crt_9")
    [truth] = _truth(house, item.id)
    assert (truth.author_kind, truth.author_id) == (AuthorKind.MODEL, MODEL)
    assert truth.origin is Origin.AUTO_ACCEPTED
    with house.db.read() as conn:
        [event] = read_events(conn, after_id=0, limit=100, kinds=["annotation.changed"])
    assert event.payload["certificate"] == "crt_9"


def test_promote__twice_makes_one(house: Any) -> None:
    [item] = house.add("1")
    [predicted] = _predict(house, item.id, _record())
    _promote(house, predicted.id)
    assert _promote(house, predicted.id) == []
    assert len(_truth(house, item.id)) == 1


def test_promote__refuses_truth_gone_and_unknown_labels(house: Any) -> None:
    [item] = house.add("1")
    [old] = _predict(house, item.id, _record())
    [alien] = _predict(house, item.id, _record("submarine"))
    truth = house.save(item, _box()).annotations[0]
    with pytest.raises(InvalidInput, match="ground truth already"):
        _promote(house, truth.id)
    with pytest.raises(NotFound, match=old.id):
        _promote(house, old.id)
    with pytest.raises(UnknownLabel, match="submarine"):
        _promote(house, alien.id)
    assert len(_truth(house, item.id)) == 1


def test_save__from_prediction_is_accepted_or_edited(house: Any) -> None:
    [item] = house.add("1")
    one, two = _predict(house, item.id, _record(x0=1), _record(x0=30))
    base = house.revision()
    # The model runs again while the person draws: the source is still known.
    _predict(house, item.id, _record(x0=60))
    saved = house.save(item, _box(from_prediction=one.id), _box(x0=31, from_prediction=two.id), base=base)
    assert [(a.origin, a.from_prediction) for a in saved.annotations] == [
        (Origin.ACCEPTED, one.id),
        (Origin.EDITED, two.id),
    ]
    later = house.save(item, _box("truck", id=saved.annotations[0].id)).annotations[-1]
    assert (later.origin, later.from_prediction) == (Origin.EDITED, one.id)


def test_save__from_prediction_of_another_item(house: Any) -> None:
    one, two = house.add("1", "2")
    [predicted] = _predict(house, one.id, _record())
    with pytest.raises(NotFound, match=predicted.id):
        house.save(two, _box(from_prediction=predicted.id))


def test_read_truth__now_and_then(house: Any) -> None:
    one, two = house.add("1", "2")
    first = house.save(one, _box()).annotations[0]
    house.save(one, _box("truck", id=first.id))
    with house.db.read() as conn:
        row = load_dataset(conn, house.dataset_id)
        keys = _keys(conn, one.id, two.id)
        now = queries.read_truth(conn, row.key, keys)
        then = queries.read_truth(conn, row.key, keys, as_of=2)
    assert {key: [r.label for r in records] for key, records in now.items()} == {keys[0]: ["truck"], keys[1]: []}
    assert then[keys[0]] == [AnnotationRecord("car", Box(x0=1, y0=2, x1=11, y1=12), None, {}, first.id)]


def test_diff__annotations(house: Any) -> None:
    [item] = house.add("1")
    kept, edited, removed = house.save(item, _box(), _box(x0=20), _box(x0=40)).annotations
    start = house.revision()
    house.save(item, _box("truck", x0=20, id=edited.id), _box(x0=60), removed=(removed.id,))
    end = house.revision()
    with house.db.read() as conn:
        diff = diffs.diff_revisions(conn, house.dataset_id, start, end)
        changed = diffs.list_annotation_changes(conn, house.dataset_id, start, end, kind=ChangeKind.CHANGED)
        gone = diffs.list_annotation_changes(conn, house.dataset_id, start, end, kind=ChangeKind.REMOVED)
    assert diff.annotations == ChangeCounts(added=1, removed=1, changed=1)
    assert [(one.annotation_id, one.label) for one in changed.items] == [(edited.id, "truck")]
    assert [one.annotation_id for one in gone.items] == [removed.id]
    assert kept.id not in {edited.id, removed.id}
