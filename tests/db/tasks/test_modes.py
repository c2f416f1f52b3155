"""Narrow tasks: what may be handed in, and what becomes of what models found: on both databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, insert
from tests.db.tasks.conftest import NOW, Bench, at, make_bench

from whorl.annotations.actions import add_predictions
from whorl.annotations.bulk import relabel
from whorl.annotations.copies import copy_truth
from whorl.annotations.outcomes import read_outcomes
from whorl.annotations.queries import list_annotations, read_item_annotations, read_truth
from whorl.base.errors import InvalidInput, StaleWrite
from whorl.datasets.actions import add_items, create_dataset
from whorl.datasets.dql import parse_query, parse_text
from whorl.datasets.facet_reads import read_seen
from whorl.datasets.facets import count_facets
from whorl.datasets.queries import find_item_keys, list_item_keys
from whorl.datasets.revisions import load_dataset
from whorl.models.actions import NewModel, create_model
from whorl.ontology.actions import create_recipe
from whorl.schemas.annotations import Annotation, AnnotationDraft, Box, Layer, Origin
from whorl.schemas.datasets import NewItem
from whorl.schemas.explorer import LabelChange
from whorl.schemas.ontology import RecipeDraft, Tool
from whorl.schemas.records import AnnotationRecord
from whorl.schemas.tasks import TaskItem, TaskWork
from whorl.store.db import Database
from whorl.store.db.tables import assistant, model
from whorl.tasks import queries
from whorl.tasks.actions import create_task, set_work
from whorl.tasks.recall import lease_items
from whorl.tasks.reviews import approve_item, raise_issue
from whorl.tasks.rules import TaskKind
from whorl.tasks.work import lease_next, save_draft, submit_item

FOUND = Box(x0=10, y0=10, x1=30, y1=30)
WEAK = Box(x0=60, y0=10, x1=80, y1=30)
MISSED = AnnotationDraft(label="cat", geometry=Box(x0=40, y0=40, x1=55, y1=60))


@dataclass
class Room:
    """A bench with one item, on which a model found two cats and a dog."""

    bench: Bench
    model_id: str
    clock: float = 0.0

    @property
    def item_id(self) -> str:
        return self.bench.item_ids[0]

    def now(self) -> Any:
        self.clock += 10
        return at(self.clock)

    def ask(self, **work: Any) -> None:
        def change(conn: Connection) -> None:
            held = queries.get_task(conn, self.bench.task.id)
            set_work(conn, held, recipe_id=None, settings={}, work=TaskWork(**work), actor_id="per_m", now=NOW)

        self.bench.database.write(change)

    def predict(self, *boxes: tuple[str, Box, float]) -> None:
        said = [AnnotationRecord(label, box, confidence) for label, box, confidence in boxes]
        self.bench.database.write(
            lambda conn: add_predictions(
                conn, self.bench.dataset_id, {self.item_id: said}, model_id=self.model_id, actor_id="per_m", now=NOW
            )
        )

    def revision(self) -> int:
        with self.bench.database.read() as conn:
            return read_item_annotations(conn, self.item_id).revision

    def truth(self) -> list[Annotation]:
        with self.bench.database.read() as conn:
            return list_annotations(conn, [self.item_id])

    def found(self) -> dict[str, str]:
        """Ids of the predictions, by label and confidence."""
        with self.bench.database.read() as conn:
            said = list_annotations(conn, [self.item_id], layer=Layer.PREDICTION)
        return {f"{one.label} {one.confidence}": one.id for one in said}

    def submit(
        self,
        *drafts: AnnotationDraft,
        who: str = "per_a",
        base: int | None = None,
        again: bool = False,
        **more: Any,
    ) -> TaskItem:
        base = self.revision() if base is None else base

        def work(conn: Connection) -> TaskItem:
            task_id, now = self.bench.task.id, self.now()
            take = lease_items(conn, task_id, [self.item_id], actor_id=who, now=now) if again else None
            (lease,) = take or lease_next(conn, task_id, actor_id=who, now=now)
            return submit_item(
                conn,
                task_id,
                self.item_id,
                lease_token=lease.lease_token,
                annotations=[*drafts],
                base_revision=base,
                actor_id=who,
                now=now,
                **more,
            )

        return self.bench.database.write(work)

    def outcomes(self) -> Mapping[str, int]:
        with self.bench.database.read() as conn:
            said = read_outcomes(conn, self.model_id)
        return {"accepted": said.accepted, "edited": said.edited, "rejected": said.rejected}


@pytest.fixture
def room(database: Database) -> Room:
    bench = make_bench(database, n_items=1)

    def add(conn: Connection) -> str:
        new = NewModel(
            name="detector",
            task="detection",
            architecture="builtin:linear",
            labels=["cat"],
            params={},
            dataset_key=1,
            revision=0,
            query={},
        )
        return create_model(conn, new, project_id=bench.project_id, actor_id="per_m", now=NOW)

    made = Room(bench, database.write(add))
    made.predict(("cat", FOUND, 0.9), ("cat", WEAK, 0.2), ("dog", Box(x0=60, y0=50, x1=80, y1=70), 0.8))
    return made


def told(annotations: Sequence[Annotation]) -> set[tuple[str, str, bool]]:
    """Label, origin, and whether a model missed it, of each."""
    return {(one.label, one.origin.value, one.missed_by is not None) for one in annotations}


def test_find_missed__what_was_shown_is_accepted_and_what_is_new_was_missed(room: Room) -> None:
    room.ask(mode="find_missed", labels=["cat"], min_confidence=0.5)
    room.submit(MISSED)
    assert told(room.truth()) == {("cat", "drawn", True), ("cat", "accepted", False)}
    assert {one.missed_by for one in room.truth()} == {None, room.model_id}
    assert room.outcomes() == {"accepted": 1, "edited": 0, "rejected": 0}


def test_find_missed__nothing_was_missed(room: Room) -> None:
    room.ask(mode="find_missed")
    room.submit()
    assert [one.origin for one in room.truth()] == [Origin.ACCEPTED] * 3
    with room.bench.database.read() as conn:
        said = list_annotations(conn, [room.item_id], layer=Layer.PREDICTION)
    assert len(said) == 3


def test_find_missed__what_models_found_stands_still(room: Room) -> None:
    room.ask(mode="find_missed")
    room.submit(MISSED)
    frozen = next(one for one in room.truth() if one.from_prediction == room.found()["cat 0.9"])
    moved = AnnotationDraft(id=frozen.id, label="cat", geometry=WEAK)
    taken = AnnotationDraft(label="cat", geometry=WEAK, from_prediction=room.found()["cat 0.9"])
    for drafts, more, says in (
        ([moved], {}, "was found by a model and stands as it is"),
        ([taken], {}, "is taken as it is"),
        ([], {"removed_ids": [frozen.id]}, "is not removed here"),
        ([], {"rejected_ids": [room.found()["cat 0.2"]]}, "nothing that a model found is refused here"),
    ):
        with pytest.raises(InvalidInput, match=says):
            room.submit(*drafts, again=True, **more)
    own = next(one for one in room.truth() if one.missed_by)
    better = AnnotationDraft(id=own.id, label="cat", geometry=Box(x0=40, y0=40, x1=56, y1=61))
    room.submit(better, again=True)
    (now,) = (one for one in room.truth() if one.id == own.id)
    assert (now.origin, now.missed_by, now.geometry) == (Origin.EDITED, room.model_id, better.geometry)
    room.submit(again=True, removed_ids=[own.id])
    assert {one.origin for one in room.truth()} == {Origin.ACCEPTED}


def test_find_missed__a_draft_is_held_to_it_too(room: Room) -> None:
    room.ask(mode="find_missed", labels=["cat"])
    base = room.revision()

    def keep(conn: Connection, draft: AnnotationDraft) -> None:
        (lease,) = lease_next(conn, room.bench.task.id, actor_id="per_a", now=room.now())
        save_draft(
            conn,
            room.bench.task.id,
            room.item_id,
            [draft],
            base_revision=base,
            lease_token=lease.lease_token,
            actor_id="per_a",
            now=room.now(),
        )

    with pytest.raises(InvalidInput, match="label 'dog' is not among those of this task: cat"):
        room.bench.database.write(lambda conn: keep(conn, AnnotationDraft(label="dog", geometry=WEAK)))
    other = AnnotationDraft(label="cat", geometry=WEAK, from_prediction=room.found()["cat 0.9"])
    with pytest.raises(InvalidInput, match="is taken as it is"):
        room.bench.database.write(lambda conn: keep(conn, other))
    room.bench.database.write(lambda conn: keep(conn, MISSED))


def test_find_missed__rework_brings_nothing_back_that_a_reviewer_refused(room: Room) -> None:
    room.ask(mode="find_missed")
    room.submit(MISSED)
    false = next(one for one in room.truth() if one.from_prediction == room.found()["cat 0.2"])

    def refuse(conn: Connection) -> None:
        approve_item(
            conn,
            room.bench.task.id,
            room.item_id,
            annotations=[],
            removed_ids=[false.id],
            base_revision=read_item_annotations(conn, room.item_id).revision,
            actor_id="per_r",
            now=room.now(),
        )
        raise_issue(conn, room.bench.task.id, room.item_id, "one is missing", actor_id="per_r", now=room.now())

    room.bench.database.write(refuse)
    room.submit(AnnotationDraft(label="cat", geometry=Box(x0=1, y0=60, x1=9, y1=70)))
    assert sorted(one.origin.value for one in room.truth()) == ["accepted", "accepted", "drawn", "drawn"]
    assert room.outcomes() == {"accepted": 2, "edited": 0, "rejected": 1}


def test_find_missed__the_model_looked_again_meanwhile(room: Room) -> None:
    room.ask(mode="find_missed")
    base = room.revision()
    room.predict(("cat", FOUND, 0.95))
    with pytest.raises(StaleWrite, match="a model looked at item .* again meanwhile"):
        room.submit(MISSED, base=base)
    room.submit(MISSED)
    # Once more after the first submit: what it finds now is on the item already.
    room.predict(("cat", Box(x0=10, y0=10, x1=30, y1=31), 0.97), ("cat", MISSED.geometry, 0.6))
    room.submit(again=True)
    assert told(room.truth()) == {("cat", "drawn", True), ("cat", "accepted", False)}
    assert len(room.truth()) == 2


def test_find_missed__without_a_model_nobody_missed_anything(room: Room) -> None:
    room.predict()
    room.ask(mode="find_missed")
    room.submit(MISSED)
    assert told(room.truth()) == {("cat", "drawn", False)}


def test_find_missed__a_model_that_found_nothing_missed_it_when_the_task_names_it(room: Room) -> None:
    room.predict()
    room.ask(mode="find_missed", model_id=room.model_id)
    room.submit(MISSED)
    assert [one.missed_by for one in room.truth()] == [room.model_id]


def test_find_missed__what_an_assistant_proposes_is_not_settled(room: Room) -> None:
    def belongs(conn: Connection) -> None:
        conn.execute(
            insert(assistant).values(
                id="ast_x",
                task_key=1,
                kind="box",
                status="ready",
                settings={},
                n_seen=0,
                author_id="per_m",
                created_at=NOW,
                updated_at=NOW,
            )
        )
        conn.execute(model.update().values(assistant_id="ast_x"))

    room.bench.database.write(belongs)
    room.ask(mode="find_missed")
    room.submit(MISSED)
    assert told(room.truth()) == {("cat", "drawn", False)}


def test_fix_geometry__shapes_are_moved_and_nothing_else(room: Room) -> None:
    room.ask(mode="fix_geometry", labels=["cat"])
    found = room.found()["cat 0.9"]
    better = AnnotationDraft(label="cat", geometry=Box(x0=10, y0=10, x1=31, y1=32), from_prediction=found)
    with pytest.raises(InvalidInput, match="nothing is added here, and this box of 'cat' is new"):
        room.submit(MISSED)
    with pytest.raises(InvalidInput, match="is not among those of this task"):
        room.submit(better.model_copy(update={"label": "dog"}))
    room.submit(better)
    assert told(room.truth()) == {("cat", "edited", False), ("cat", "accepted", False)}
    assert room.outcomes() == {"accepted": 1, "edited": 1, "rejected": 0}
    held = next(one for one in room.truth() if one.origin is Origin.EDITED)
    room.ask(mode="fix_geometry")
    with pytest.raises(InvalidInput, match="the label 'cat' stays, and 'dog' was given"):
        room.submit(AnnotationDraft(id=held.id, label="dog", geometry=held.geometry), again=True)
    named = AnnotationDraft(id=held.id, label="cat", geometry=held.geometry, attributes={"make": "x"})
    with pytest.raises(InvalidInput, match=f"the attributes of annotation {held.id} stay"):
        room.submit(named, again=True)
    with pytest.raises(InvalidInput, match="nothing is removed here"):
        room.submit(again=True, removed_ids=[held.id])


def test_labels__of_the_recipe_hold_and_what_stood_before_stays(room: Room) -> None:
    room.submit(AnnotationDraft(label="dog", geometry=WEAK))
    (old,) = room.truth()

    def restrict(conn: Connection) -> None:
        draft = RecipeDraft(name="cats", tools=[Tool.BOX], labels=["cat"])
        recipe = create_recipe(conn, room.bench.project_id, draft, actor_id="per_m", now=NOW)
        held = queries.get_task(conn, room.bench.task.id)
        set_work(conn, held, recipe_id=recipe.id, settings={}, actor_id="per_m", now=NOW)

    room.bench.database.write(restrict)
    with pytest.raises(InvalidInput, match="label 'dog' is not among those of this task: cat"):
        room.submit(AnnotationDraft(label="dog", geometry=FOUND), again=True)
    room.submit(AnnotationDraft(id=old.id, label="dog", geometry=FOUND), MISSED, again=True)
    assert {(one.label, one.missed_by) for one in room.truth()} == {("dog", None), ("cat", None)}


def test_two_windows__the_second_gets_both_versions(room: Room) -> None:
    room.ask(mode="find_missed")

    def both(conn: Connection) -> None:
        base = read_item_annotations(conn, room.item_id).revision
        (lease,) = lease_next(conn, room.bench.task.id, actor_id="per_a", now=room.now())
        for drafts in ([MISSED], []):
            submit_item(
                conn,
                room.bench.task.id,
                room.item_id,
                lease_token=lease.lease_token,
                annotations=drafts,
                base_revision=base,
                actor_id="per_a",
                now=room.now(),
            )

    with pytest.raises(StaleWrite, match="submitted already, from another window") as caught:
        room.bench.database.write(both)
    assert len(caught.value.details["current"]) == 4  # type: ignore[arg-type]


def test_missed_by__is_kept_by_relabelling_and_by_copies(room: Room) -> None:
    room.ask(mode="find_missed", model_id=room.model_id)
    room.submit(MISSED)
    (own,) = (one for one in room.truth() if one.missed_by)

    def carry(conn: Connection) -> list[Annotation]:
        relabel(
            conn, room.bench.dataset_id, [LabelChange(annotation_id=own.id, label="dog")], actor_id="per_m", now=NOW
        )
        other = create_dataset(conn, room.bench.project_id, name="gold", actor_id="per_m", now=NOW)
        new = NewItem(name="c.png", sha256="c" * 64, media_type="image/png", width=100, height=80, bytes=10)
        (copy,) = add_items(conn, other.id, [new], actor_id="per_m", now=NOW)
        copy_truth(conn, other.id, {copy.id: room.item_id}, actor_id="per_m", now=NOW)
        return list_annotations(conn, [copy.id])

    copied = room.bench.database.write(carry)
    assert {(one.label, one.missed_by) for one in copied if one.missed_by} == {("dog", room.model_id)}
    assert len(copied) == 4


def test_classify__labels_of_the_work_are_the_classes(room: Room) -> None:
    def make(conn: Connection) -> TaskWork:
        made = create_task(
            conn,
            room.bench.dataset_id,
            name="names",
            kind=TaskKind.CLASSIFY,
            settings={"labels": ["dog"]},
            actor_id="per_m",
            now=NOW,
        )
        return queries.get_task_summary(conn, made.id).work

    assert room.bench.database.write(make).labels == ["dog"]


def test_missed_by__is_found_and_counted(room: Room) -> None:
    room.ask(mode="find_missed", model_id=room.model_id)
    room.submit(MISSED)
    with room.bench.database.read() as conn:
        key = find_item_keys(conn, [room.item_id])[room.item_id]
        dataset = load_dataset(conn, room.bench.dataset_id)
        for query, n in (
            ("missed_by:*", 1),
            (f"missed_by:{room.model_id}", 1),
            (f"missed_by:{room.model_id} label:dog", 0),
            ("missed_by:mdl_other", 0),
            ("-missed_by:*", 0),
        ):
            assert len(list_item_keys(conn, room.bench.dataset_id, query=parse_text(query))) == n, query
        asked = parse_query({"filter": {"some": {"missed_by": room.model_id}}})
        assert list_item_keys(conn, room.bench.dataset_id, query=asked) == [key]
        (facet,) = count_facets(list(read_seen(conn, [key]).values()), names=["missed_by"])
        assert [(one.value, one.count) for one in facet.buckets] == [(room.model_id, 1)]
        said = read_truth(conn, dataset.key, [key])[key]
        assert [one.missed_by for one in said if one.missed_by] == [room.model_id]
