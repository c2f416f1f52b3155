"""Many labels at once: one revision, all or none, and a version of the person who gave them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from tests.db.conftest import ANNA, box_draft

from whorl.annotations import bulk, queries
from whorl.annotations.actions import add_predictions
from whorl.base.errors import InvalidInput, NotFound, StaleWrite, UnknownLabel
from whorl.datasets.actions import create_dataset, update_items
from whorl.datasets.queries import get_item, list_revisions
from whorl.ontology.actions import save_ontology
from whorl.schemas.annotations import AnnotationDraft, Box, ClassTag, Layer, Origin
from whorl.schemas.datasets import ItemPatch
from whorl.schemas.explorer import BulkSaved, LabelChange
from whorl.schemas.ontology import Attribute, AttributeType, Label, OntologyDraft
from whorl.schemas.records import AnnotationRecord
from whorl.store.db.tables import proposal_outcome
from whorl.store.events import read_events

BEN = "per_ben"


def _relabel(house: Any, *pairs: tuple[str, str], **more: Any) -> BulkSaved:
    changes = [LabelChange(annotation_id=one, label=label) for one, label in pairs]
    return house.db.write(
        lambda conn: bulk.relabel(conn, house.dataset_id, changes, actor_id=BEN, now=house.now(), **more)
    )


def _classify(house: Any, label: str, *items: Any, mode: Any = "replace") -> BulkSaved:
    ids = [one.id for one in items]
    return house.db.write(
        lambda conn: bulk.classify(conn, house.dataset_id, ids, label, mode=mode, actor_id=BEN, now=house.now())
    )


def _truth(house: Any, *items: Any) -> list[tuple[str, str, str]]:
    with house.db.read() as conn:
        found = queries.list_annotations(conn, [one.id for one in items])
    return [(one.item_id, one.label, one.author_id) for one in found]


def test_relabel__one_revision_new_versions_same_ids(house: Any) -> None:
    one, two = house.add("1", "2")
    first = house.save(one, box_draft("car", confidence=0.5)).annotations[0]
    second = house.save(two, box_draft("truck")).annotations[0]
    saved = _relabel(house, (first.id, "truck"), (second.id, "truck"))
    assert saved == BulkSaved(revision=4, changed=1, unchanged=1, annotation_ids=[first.id])
    with house.db.read() as conn:
        now = queries.get_annotation(conn, first.id)
        latest = list_revisions(conn, house.dataset_id).items[0]
    assert (now.label, now.geometry, now.author_id, now.origin, now.born_rev) == (
        "truck",
        first.geometry,
        BEN,
        Origin.EDITED,
        4,
    )
    assert now.confidence is None
    assert (latest.action, latest.summary) == ("relabel", {"items": 1, "annotations": 1})
    with house.db.read() as conn:
        events = read_events(conn, after_id=0, limit=100, kinds=["annotation.changed"])
    assert (events[-1].subject_id, events[-1].payload["changed"], events[-1].actor_id) == (one.id, [first.id], BEN)


def test_relabel__nothing_new_takes_no_revision(house: Any) -> None:
    (item,) = house.add("1")
    first = house.save(item, box_draft("car")).annotations[0]
    assert _relabel(house, (first.id, "car")).revision == 2


def test_relabel__drops_attributes_that_the_label_does_not_have(house: Any) -> None:
    only_cars = Attribute(name="doors", type=AttributeType.NUMBER, labels=["car"])
    draft = OntologyDraft(labels=[Label(name="car"), Label(name="truck")], attributes=[only_cars])
    house.db.write(lambda conn: save_ontology(conn, house.project_id, draft, actor_id=ANNA, now=house.now()))
    (item,) = house.add("1")
    first = house.save(item, box_draft("car", attributes={"doors": 4, "note": "x"})).annotations[0]
    _relabel(house, (first.id, "truck"))
    with house.db.read() as conn:
        assert queries.get_annotation(conn, first.id).attributes == {"note": "x"}


def test_relabel__all_or_none(house: Any) -> None:
    (item,) = house.add("1")
    first = house.save(item, box_draft("car")).annotations[0]
    said = {item.id: [AnnotationRecord("car", Box(x0=1, y0=1, x1=9, y1=9), 0.5)]}
    house.db.write(
        lambda conn: add_predictions(conn, house.dataset_id, said, model_id="mdl_1", actor_id="mdl_1", now=house.now())
    )
    with house.db.read() as conn:
        (prediction,) = queries.list_annotations(conn, [item.id], layer=Layer.PREDICTION)
    for pairs, error in (
        ([(first.id, "truck"), ("ann_none", "car")], NotFound),
        ([(first.id, "truck"), (prediction.id, "truck")], InvalidInput),
        ([(first.id, "truck"), (first.id, "car")], InvalidInput),
        ([(first.id, "bus")], UnknownLabel),
    ):
        with pytest.raises(error):
            _relabel(house, *pairs)
    assert (_truth(house, item), house.revision()) == ([(item.id, "car", ANNA)], 3)


def test_relabel__of_another_dataset_is_not_found(house: Any) -> None:
    (item,) = house.add("1")
    first = house.save(item, box_draft("car")).annotations[0]
    house.dataset_id = house.db.write(
        lambda conn: create_dataset(conn, house.project_id, name="other", actor_id=ANNA, now=house.now())
    ).id
    with pytest.raises(NotFound):
        _relabel(house, (first.id, "truck"))
    with pytest.raises(NotFound):
        _classify(house, "car", item)


def test_relabel__what_changed_meanwhile_is_refused(house: Any) -> None:
    (item,) = house.add("1")
    first = house.save(item, box_draft("car")).annotations[0]
    base = house.revision()
    house.save(item, box_draft("car", x0=9, id=first.id))
    with pytest.raises(StaleWrite) as caught:
        _relabel(house, (first.id, "truck"), base_revision=base)
    assert caught.value.details["annotation_ids"] == [first.id]
    assert _relabel(house, (first.id, "truck"), base_revision=base + 1).changed == 1


def test_relabel__is_a_word_about_the_prediction_it_came_from(house: Any) -> None:
    (item,) = house.add("1")
    said = {item.id: [AnnotationRecord("car", Box(x0=1, y0=2, x1=11, y1=12), 0.5)]}
    house.db.write(
        lambda conn: add_predictions(conn, house.dataset_id, said, model_id="mdl_1", actor_id="mdl_1", now=house.now())
    )
    with house.db.read() as conn:
        (prediction,) = queries.list_annotations(conn, [item.id], layer=Layer.PREDICTION)
    first = house.save(item, box_draft("car", from_prediction=prediction.id)).annotations[0]
    _relabel(house, (first.id, "truck"))
    with house.db.read() as conn:
        assert conn.execute(select(proposal_outcome.c.outcome)).scalars().all() == ["edited"]


def test_classify__replaces_the_classes_and_leaves_shapes(house: Any) -> None:
    bare, tagged, same, both = house.add("bare", "tagged", "same", "both")
    tag = AnnotationDraft(label="car", geometry=ClassTag())
    old = house.save(tagged, tag, box_draft("car")).annotations[0]
    house.save(same, tag.model_copy(update={"label": "truck"}))
    house.save(both, tag, tag.model_copy(update={"label": "truck"}))
    saved = _classify(house, "truck", bare, tagged, same, both)
    assert (saved.changed, saved.unchanged, old.id in saved.annotation_ids) == (2, 2, True)
    assert _truth(house, bare, tagged, same, both) == [
        (bare.id, "truck", BEN),
        (tagged.id, "car", ANNA),
        (tagged.id, "truck", BEN),
        (same.id, "truck", ANNA),
        (both.id, "truck", ANNA),
    ]
    assert saved.revision == house.revision() == 5


def test_classify__beside(house: Any) -> None:
    (item,) = house.add("1")
    house.save(item, AnnotationDraft(label="car", geometry=ClassTag()))
    assert _classify(house, "truck", item, mode="add").changed == 1
    assert _classify(house, "truck", item, mode="add").unchanged == 1
    assert sorted(label for _, label, _ in _truth(house, item)) == ["car", "truck"]


def test_classify__takes_back_that_nothing_is_there(house: Any) -> None:
    (item,) = house.add("1")
    patch = {item.id: ItemPatch(is_checked_empty=True)}
    house.db.write(lambda conn: update_items(conn, house.dataset_id, patch, actor_id=ANNA, now=house.now()))
    _classify(house, "car", item)
    with house.db.read() as conn:
        assert get_item(conn, item.id).is_checked_empty is False


def test_classify__all_or_none(house: Any) -> None:
    (item,) = house.add("1")
    with pytest.raises(UnknownLabel):
        _classify(house, "bus", item)
    with pytest.raises(NotFound):
        _classify(house, "car", item, item.model_copy(update={"id": "itm_none"}))
    assert (_truth(house, item), house.revision()) == ([], 1)
