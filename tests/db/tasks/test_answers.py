"""Several people answer one item: nobody sees another's work, and what most of them say holds."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, insert, select
from tests.db.tasks.conftest import NOW, Bench, at

from whorl.access.actions import create_person
from whorl.annotations.actions import add_predictions, save_annotations
from whorl.annotations.queries import list_annotations
from whorl.base.errors import InvalidInput, LeaseLost, StaleWrite, UnknownLabel
from whorl.datasets.queries import get_dataset, get_item
from whorl.schemas.annotations import Annotation, AnnotationDraft, Box, ClassTag, Layer, Origin
from whorl.schemas.records import AnnotationRecord
from whorl.schemas.tasks import Lease, TaskItem
from whorl.store.db.tables import membership, proposal_outcome
from whorl.tasks import queries, recall, work
from whorl.tasks.actions import add_task_items, create_task, set_work, update_task
from whorl.tasks.answers import list_answers
from whorl.tasks.reviews import raise_issue
from whorl.tasks.rules import TaskKind

CAT = AnnotationDraft(label="cat", geometry=ClassTag())
DOG = AnnotationDraft(label="dog", geometry=ClassTag())


def _box(x: float, label: str = "cat") -> AnnotationDraft:
    return AnnotationDraft(label=label, geometry=Box(x0=x, y0=0, x1=x + 40, y1=40))


def _share(bench: Bench, answers: int = 3, **settings: object) -> None:
    def change(conn: Connection) -> None:
        held = queries.get_task(conn, bench.task.id)
        set_work(conn, held, recipe_id=None, settings={"answers": answers, **settings}, actor_id="per_m", now=NOW)  # type: ignore[dict-item]

    bench.database.write(change)


def _take(bench: Bench, who: str, *, n: int = 1, seconds: float = 0) -> list[Lease]:
    return bench.database.write(lambda c: work.lease_next(c, bench.task.id, actor_id=who, now=at(seconds), n=n))


def _submit(bench: Bench, lease: Lease, who: str, *drafts: AnnotationDraft, **more: object) -> TaskItem:
    def submit(conn: Connection) -> TaskItem:
        args = {"base_revision": get_dataset(conn, bench.dataset_id).revision, "active_seconds": 2.0} | more
        return work.submit_item(
            conn,
            bench.task.id,
            lease.item_id,
            lease_token=lease.lease_token,
            annotations=list(drafts),
            actor_id=who,
            now=at(10),
            **args,  # type: ignore[arg-type]
        )

    return bench.database.write(submit)


def _answer(bench: Bench, who: str, *drafts: AnnotationDraft) -> TaskItem:
    (lease,) = _take(bench, who)
    return _submit(bench, lease, who, *drafts)


def _discard(bench: Bench, who: str) -> TaskItem:
    (lease,) = _take(bench, who)
    return bench.database.write(
        lambda c: work.discard_item(
            c, bench.task.id, lease.item_id, reason="dark", lease_token=lease.lease_token, actor_id=who, now=at(10)
        )
    )


def _truth(bench: Bench, item_id: str) -> list[Annotation]:
    with bench.database.read() as conn:
        return list_annotations(conn, [item_id])


def test_answers__truth_is_written_with_the_last(bench: Bench) -> None:
    _share(bench)
    first = _answer(bench, "per_a", CAT)
    assert (first.status, first.submitted_by, _truth(bench, first.item_id)) == ("queued", None, [])
    second = _answer(bench, "per_b", DOG)
    assert (second.item_id, second.status, _truth(bench, first.item_id)) == (first.item_id, "queued", [])
    with bench.database.read() as conn:
        assert list_answers(conn, bench.task.id, first.item_id) == []
    third = _answer(bench, "per_c", CAT)
    assert (third.item_id, third.status, third.answer, third.human_seconds) == (first.item_id, "submitted", "agreed", 6)
    (kept,) = _truth(bench, first.item_id)
    assert (kept.label, kept.confidence, kept.author_id) == ("cat", 0.6667, bench.task.id)
    with bench.database.read() as conn:
        said = list_answers(conn, bench.task.id, first.item_id)
    assert [(one.person_id, one.annotations[0].label, one.human_seconds) for one in said] == [
        ("per_a", "cat", 2.0),
        ("per_b", "dog", 2.0),
        ("per_c", "cat", 2.0),
    ]


def test_lease__nobody_gets_what_they_have_answered(bench: Bench) -> None:
    _share(bench)
    mine = {_answer(bench, "per_a", CAT).item_id for _ in range(3)}
    assert mine == set(bench.item_ids)
    assert _take(bench, "per_a", n=9) == []
    assert len(_take(bench, "per_b", n=9)) == 3
    # Leases that ran out are not given to those who have answered, either.
    assert _take(bench, "per_a", n=9, seconds=601) == []
    assert len(_take(bench, "per_c", n=9, seconds=601)) == 3


def test_draft__of_one_person_is_not_shown_to_the_next_and_comes_back(bench: Bench) -> None:
    _share(bench)
    (lease,) = _take(bench, "per_a")
    mine = {"lease_token": lease.lease_token, "actor_id": "per_a", "now": at(1)}
    bench.database.write(
        lambda c: work.save_draft(c, bench.task.id, lease.item_id, [CAT], base_revision=1, **mine)  # type: ignore[arg-type]
    )
    bench.database.write(lambda c: work.release(c, bench.task.id, lease.item_id, **mine))  # type: ignore[arg-type]
    (theirs,) = _take(bench, "per_b")
    assert (theirs.item_id, theirs.draft) == (lease.item_id, None)
    _submit(bench, theirs, "per_b", DOG)
    (again,) = _take(bench, "per_a")
    assert again.item_id == lease.item_id
    assert again.draft is not None
    assert [one.label for one in again.draft.annotations] == ["cat"]


def test_submit__sent_again_is_not_a_second_answer(bench: Bench) -> None:
    _share(bench)
    (lease,) = _take(bench, "per_a")
    assert _submit(bench, lease, "per_a", CAT).status == "queued"
    assert _submit(bench, lease, "per_a", CAT).status == "queued"
    with pytest.raises(LeaseLost):
        _submit(bench, lease, "per_a", DOG)
    _answer(bench, "per_b", CAT)
    assert _answer(bench, "per_c", CAT).status == "submitted"
    # The first person's answer to the first try was lost until now.
    assert _submit(bench, lease, "per_a", CAT).status == "submitted"


def test_submit__own_answer_can_be_mended_until_all_are_in(bench: Bench) -> None:
    _share(bench, 2)
    item_id = _answer(bench, "per_a", DOG).item_id

    def again(who: str) -> list[Lease]:
        return bench.database.write(lambda c: recall.lease_items(c, bench.task.id, [item_id], actor_id=who, now=at(20)))

    (lease,) = again("per_a")
    assert _submit(bench, lease, "per_a", CAT).status == "queued"
    assert _answer(bench, "per_b", CAT).answer == "agreed"
    assert [one.label for one in _truth(bench, item_id)] == ["cat"]
    assert again("per_b") == []


def test_answers__a_tie_is_disputed_and_keeps_nothing(bench: Bench) -> None:
    _share(bench, 2, min_agreement=0.1)
    _answer(bench, "per_a", CAT)
    done = _answer(bench, "per_b", DOG)
    assert (done.status, done.answer, _truth(bench, done.item_id)) == ("submitted", "disputed", [])


def test_answers__nothing_here_said_by_all_is_checked_empty(bench: Bench) -> None:
    _share(bench, 2)
    _answer(bench, "per_a")
    done = _answer(bench, "per_b")
    assert done.answer == "agreed"
    with bench.database.read() as conn:
        assert get_item(conn, done.item_id).is_checked_empty


def test_answers__one_who_saw_nothing_among_three(bench: Bench) -> None:
    _share(bench, 3, min_agreement=0.7)
    _answer(bench, "per_a", _box(0))
    _answer(bench, "per_b", _box(4))
    done = _answer(bench, "per_c")
    assert done.answer == "disputed"
    (kept,) = _truth(bench, done.item_id)
    assert kept.geometry == Box(x0=2, y0=0, x1=42, y1=40)
    assert kept.confidence == 0.6667


def test_answers__of_mixed_kinds_agree_where_they_overlap(bench: Bench) -> None:
    _share(bench, 2)
    _answer(bench, "per_a", _box(0), CAT)
    done = _answer(bench, "per_b", _box(0), CAT)
    assert sorted(one.geometry.type for one in _truth(bench, done.item_id)) == ["box", "class"]


def test_discard__by_most_discards_and_by_one_does_not(bench: Bench) -> None:
    _share(bench)
    assert _discard(bench, "per_a").status == "queued"
    assert _discard(bench, "per_b").status == "queued"
    assert _answer(bench, "per_c", CAT).status == "discarded"
    _discard(bench, "per_a")
    _answer(bench, "per_b", CAT)
    done = _answer(bench, "per_c", CAT)
    assert (done.status, done.answer) == ("submitted", "agreed")


def test_answers__what_stands_and_nobody_changed_stays_as_it_is(bench: Bench) -> None:
    _share(bench, 2)
    item_id = bench.item_ids[0]
    saved = bench.database.write(
        lambda c: save_annotations(c, item_id, drafts=[_box(0)], base_revision=1, actor_id="per_m", now=NOW)
    )
    _answer(bench, "per_a", _box(50))
    _answer(bench, "per_b", _box(50))
    first, second = _truth(bench, item_id)
    assert first == saved.annotations[0]
    assert second.author_id == bench.task.id


def test_submit__over_a_change_from_elsewhere_is_refused(bench: Bench) -> None:
    _share(bench, 2)
    (lease,) = _take(bench, "per_a")
    bench.database.write(
        lambda c: save_annotations(c, lease.item_id, drafts=[DOG], base_revision=1, actor_id="per_m", now=NOW)
    )
    with pytest.raises(StaleWrite):
        _submit(bench, lease, "per_a", CAT, base_revision=1)


def test_submit__is_checked_like_any_other_work(bench: Bench) -> None:
    _share(bench, 2)
    (lease,) = _take(bench, "per_a")
    with pytest.raises(UnknownLabel):
        _submit(bench, lease, "per_a", AnnotationDraft(label="cow", geometry=ClassTag()))
    with pytest.raises(InvalidInput):
        _submit(bench, lease, "per_a", _box(5000))


def test_set_work__fewer_answers_fuse_what_is_there(bench: Bench) -> None:
    _share(bench, 3)
    item_id = _answer(bench, "per_a", CAT).item_id
    _answer(bench, "per_b", CAT)
    _share(bench, 2)
    with bench.database.read() as conn:
        found = queries.get_task_item(conn, bench.task.id, item_id)
        summary = queries.get_task_summary(conn, bench.task.id)
    assert (found.status, found.answer) == ("submitted", "agreed")
    assert (summary.counts.submitted, summary.counts.queued) == (1, 2)
    assert [one.label for one in _truth(bench, item_id)] == ["cat"]


def test_summary__says_how_many_people_there_are(bench: Bench) -> None:
    with bench.database.read() as conn:
        before = queries.get_task_summary(conn, bench.task.id)
    _share(bench, 3)

    def join(conn: Connection) -> None:
        for name, role in (("a", "annotator"), ("r", "reviewer"), ("v", "viewer")):
            made = create_person(conn, f"{name}@x.org", name=name, actor_id="per_m", now=NOW)
            values = {"project_id": bench.project_id, "person_id": made.id, "role": role, "created_at": NOW}
            conn.execute(insert(membership).values(**values))

    bench.database.write(join)
    with bench.database.read() as conn:
        after = queries.get_task_summary(conn, bench.task.id)
    assert (before.answers, before.people) == (1, None)
    # A viewer does not work on tasks.
    assert (after.answers, after.people) == (3, 2)


def test_issue__after_the_answers_are_fused_is_mended_by_one(bench: Bench) -> None:
    _share(bench, 2)
    _answer(bench, "per_a", CAT)
    item_id = _answer(bench, "per_b", DOG).item_id
    bench.database.write(lambda c: raise_issue(c, bench.task.id, item_id, "look", actor_id="per_r", now=at(11)))
    (lease,) = _take(bench, "per_b", seconds=12)
    assert (lease.item_id, lease.status_before) == (item_id, "rework")
    assert _submit(bench, lease, "per_b", CAT).status == "submitted"
    (kept,) = _truth(bench, item_id)
    assert (kept.label, kept.author_id) == ("cat", "per_b")


@pytest.mark.parametrize("answers", [True, "3", 0, 1, -2, 2.5, None])
def test_settings__that_are_no_number_of_people_mean_one(bench: Bench, answers: object) -> None:
    _share(bench, answers)  # type: ignore[arg-type]
    assert _answer(bench, "per_a", CAT).status == "submitted"


def _validate(bench: Bench, **settings: object) -> str:
    def make(conn: Connection) -> str:
        made = create_task(
            conn,
            bench.dataset_id,
            name="right?",
            kind=TaskKind.VALIDATE,
            actor_id="per_m",
            now=NOW,
            settings=settings,  # type: ignore[arg-type]
        )
        add_task_items(conn, made.id, bench.item_ids[:1], actor_id="per_m", now=NOW)
        for model, label in (("mdl_1", "cat"), ("mdl_2", "dog")):
            records = [AnnotationRecord(label=label, geometry=ClassTag(), confidence=0.5)]
            add_predictions(
                conn, bench.dataset_id, {bench.item_ids[0]: records}, model_id=model, actor_id=model, now=NOW
            )
        return made.id

    return bench.database.write(make)


def _say(bench: Bench, task_id: str, answer: object, **more: object) -> TaskItem:
    def say(conn: Connection) -> TaskItem:
        (lease,) = recall.lease_items(conn, task_id, bench.item_ids[:1], actor_id="per_a", now=at(1))
        token = {"lease_token": lease.lease_token, "actor_id": "per_a", "now": at(2)}
        return work.submit_item(conn, task_id, lease.item_id, answer=answer, **token, **more)  # type: ignore[arg-type]

    return bench.database.write(say)


def _outcomes(bench: Bench) -> dict[str, str]:
    with bench.database.read() as conn:
        rows = conn.execute(select(proposal_outcome.c.model_id, proposal_outcome.c.outcome)).all()
    return {row.model_id: row.outcome for row in rows}


def test_validate__yes_accepts_untouched_and_no_refuses(bench: Bench) -> None:
    task_id = _validate(bench, accept=True, model="mdl_1")
    assert _say(bench, task_id, "yes").answer == "yes"
    (kept,) = _truth(bench, bench.item_ids[0])
    assert (kept.label, kept.origin, kept.author_id) == ("cat", Origin.ACCEPTED, "per_a")
    assert _outcomes(bench) == {"mdl_1": "accepted"}
    # On second thoughts.
    assert _say(bench, task_id, "no").answer == "no"
    assert _truth(bench, bench.item_ids[0]) == []
    assert _outcomes(bench) == {"mdl_1": "rejected"}
    assert _say(bench, task_id, "yes").answer == "yes"
    assert [one.label for one in _truth(bench, bench.item_ids[0])] == ["cat"]


def test_validate__without_accept_changes_no_annotation(bench: Bench) -> None:
    task_id = _validate(bench, question="dark?")
    assert _say(bench, task_id, "yes").answer == "yes"
    assert (_truth(bench, bench.item_ids[0]), _outcomes(bench)) == ([], {})


def test_validate__no_leaves_what_others_said(bench: Bench) -> None:
    task_id = _validate(bench, accept=True)
    base = bench.database.write(
        lambda c: save_annotations(c, bench.item_ids[0], drafts=[DOG], base_revision=3, actor_id="per_m", now=NOW)
    )
    assert _say(bench, task_id, "no").answer == "no"
    assert _truth(bench, bench.item_ids[0]) == base.annotations


@pytest.mark.parametrize("answer", [None, "maybe", True, ["yes"], {"a": 1}])
def test_validate__another_answer_is_refused(bench: Bench, answer: object) -> None:
    task_id = _validate(bench)
    with pytest.raises(InvalidInput, match="allowed: yes, no"):
        _say(bench, task_id, answer)


def test_validate__a_model_that_ran_meanwhile_is_told_of(bench: Bench) -> None:
    task_id = _validate(bench, accept=True)
    with bench.database.read() as conn:
        (first, *_) = list_annotations(conn, bench.item_ids[:1], layer=Layer.PREDICTION)
    with pytest.raises(StaleWrite, match="a model looked at item"):
        _say(bench, task_id, "yes", base_revision=first.born_rev)
    assert _truth(bench, bench.item_ids[0]) == []


def _classify(bench: Bench, *drafts: AnnotationDraft, labels: list[str] | None = None) -> str:
    def run(conn: Connection) -> str:
        made = create_task(
            conn,
            bench.dataset_id,
            name="sort",
            kind=TaskKind.CLASSIFY,
            actor_id="per_m",
            now=NOW,
            settings={"labels": labels or []},  # type: ignore[dict-item]
        )
        add_task_items(conn, made.id, bench.item_ids[:1], actor_id="per_m", now=NOW)
        (lease,) = work.lease_next(conn, made.id, actor_id="per_a", now=at(1))
        return work.submit_item(
            conn,
            made.id,
            lease.item_id,
            lease_token=lease.lease_token,
            annotations=list(drafts),
            base_revision=1,
            actor_id="per_a",
            now=at(2),
        ).status

    return bench.database.write(run)


def test_classify__takes_exactly_one_class_of_those_allowed(bench: Bench) -> None:
    with pytest.raises(InvalidInput, match="has 0 classes"):
        _classify(bench)
    with pytest.raises(InvalidInput, match="has 2 classes: cat, dog"):
        _classify(bench, CAT, DOG)
    with pytest.raises(InvalidInput, match="class 'dog' is not among those of this task: cat"):
        _classify(bench, DOG, labels=["cat"])
    assert _truth(bench, bench.item_ids[0]) == []
    assert _classify(bench, CAT, labels=["cat"]) == "submitted"


def test_update_task__still_takes_a_name_alone(bench: Bench) -> None:
    _share(bench, 2)
    made = bench.database.write(lambda c: update_task(c, bench.task.id, name="x", actor_id="per_m", now=NOW))
    assert (made.name, made.settings["answers"]) == ("x", 2)
