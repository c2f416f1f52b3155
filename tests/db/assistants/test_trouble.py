"""What goes wrong on the way, and what is said then: people can always go on."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from tests.db.assistants.conftest import LEARNERS, Desk
from tests.db.assistants.learners import Broken, Squares
from tests.db.conftest import ANNA

from whorl.assistants import actions, queries
from whorl.assistants.jobs import AssistantJobs
from whorl.base.errors import Conflict, InvalidInput, MissingDependency, NotFound
from whorl.datasets.actions import delete_items
from whorl.engine.jobs import JobContext, request_cancel
from whorl.models import queries as models
from whorl.ontology.actions import save_ontology
from whorl.schemas.ontology import Label, OntologyDraft
from whorl.store.db.tables import item_state, task, task_item
from whorl.store.db.tables import job as job_table
from whorl.tasks.actions import update_task
from whorl.tasks.rules import TaskStatus

pytestmark = pytest.mark.usefixtures("quick")
SQUARES, BLIND, BROKEN, FADING = (f"{LEARNERS}:{name}" for name in ("Squares", "Blind", "Broken", "Fading"))


def begin(desk: Desk, n: int = 30, **wish: Any) -> str:
    desk.fill(n)
    return desk.start(**wish)


def test_one_class_only__says_so_and_learns_later(desk: Desk) -> None:
    helper = begin(desk)
    desk.label(6, label="car")
    desk.work()
    held = desk.get(helper)
    assert (held.status, held.error) == (
        "waiting",
        "All 6 finished items are 'car': there is nothing to tell apart yet.",
    )
    assert held.n_needed == 11
    desk.label(5)
    desk.work()
    assert (desk.get(helper).status, desk.get(helper).error) == ("ready", None)


def test_too_few_objects__says_how_many(desk: Desk) -> None:
    helper = begin(desk, kind="box", architecture=SQUARES)
    desk.label(6, kind="class")
    desk.work()
    held = desk.get(helper)
    assert held.status == "waiting"
    assert held.error == "Too few objects to learn from: 0 on 6 finished items."
    assert desk.lease()


def test_broken_training__keeps_people_going_and_what_was_better(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    helper = begin(desk, kind="box", architecture=SQUARES)
    desk.label(6, kind="box")
    desk.work()
    good = desk.get(helper).model_id
    monkeypatch.setattr(Squares, "train", Broken.train)
    desk.label(5, kind="box")
    desk.work()
    held = desk.get(helper)
    assert (held.status, held.model_id, held.job_id) == ("failed", good, None)
    assert "no luck" in str(held.error)
    assert desk.jobs(actions.TRAIN)[0].state == "failed"
    desk.label(5, kind="box")
    assert desk.look() == 0


def test_resumed_after_a_failure__tries_again(desk: Desk) -> None:
    helper = begin(desk, kind="box", architecture=BROKEN)
    desk.label(6, kind="box")
    desk.work()
    assert desk.get(helper).status == "failed"
    desk.change(helper, is_stopped=False)
    assert (desk.get(helper).status, desk.get(helper).error) == ("waiting", None)
    desk.label(5, kind="box")
    desk.work()
    assert desk.get(helper).status == "failed"


def test_never_converges__gives_up_after_three_rounds(desk: Desk) -> None:
    helper = begin(desk, 90, kind="box", architecture=BLIND, first_items=24, again_after=0.2)
    for more in (24, 5, 6):
        desk.label(more, kind="box")
        desk.work()
    held = desk.get(helper)
    assert [one.metrics["score"] for one in held.rounds] == [0.0, 0.0, 0.0]
    assert held.status == "failed"
    assert "3 rounds in a row scored below 0.1" in str(held.error)
    assert held.model_id in {one.model_id for one in held.rounds}
    desk.label(10, kind="box")
    assert desk.look() == 0
    desk.change(helper, is_stopped=False)
    assert desk.look() == 1


def test_worse_round__is_not_used(desk: Desk) -> None:
    helper = begin(desk, 60, kind="box", architecture=FADING, first_items=24, again_after=0.2)
    desk.label(24, kind="box")
    desk.work()
    good = desk.get(helper)
    assert good.rounds[0].metrics["score"] == pytest.approx(1.0)
    desk.label(5, kind="box")
    desk.work()
    held = desk.get(helper)
    assert held.rounds[1].metrics["is_kept"] is False
    assert (held.rounds[1].metrics["score"], held.rounds[1].metrics["score_before"]) == (0.0, pytest.approx(1.0))
    assert (held.model_id, held.status) == (good.model_id, "ready")


def test_round_before_anything_was_held_out__is_no_yardstick(desk: Desk) -> None:
    helper = begin(desk, 60, kind="box", architecture=FADING, first_items=10, again_after=2.0)
    desk.label(10, kind="box")
    desk.work()
    first = desk.get(helper)
    assert first.rounds[0].metrics["n_held_out"] == 0
    desk.label(20, kind="box")
    desk.work()
    held = desk.get(helper)
    # It has learnt from some of what is held out now, so that it would score too well on it.
    assert held.rounds[1].metrics["is_kept"] is True
    assert "score_before" not in held.rounds[1].metrics
    assert held.model_id == held.rounds[1].model_id


def test_stopped__gives_up_its_training_and_resumes(desk: Desk) -> None:
    helper = begin(desk)
    desk.label(6)
    assert desk.look() == 1
    assert desk.get(helper).status == "training"
    # Exactly one: looking again begins nothing.
    assert desk.look() == 0
    desk.change(helper, is_stopped=True)
    assert (desk.get(helper).status, desk.get(helper).job_id) == ("stopped", None)
    desk.work()
    assert desk.get(helper).rounds == []
    assert desk.jobs(actions.TRAIN)[0].state == "cancelled"
    desk.change(helper, is_stopped=False)
    desk.label(5)
    desk.work()
    assert len(desk.get(helper).rounds) == 1


def test_cancelled_job__lets_the_assistant_go_on(desk: Desk) -> None:
    helper = begin(desk)
    desk.label(6)
    desk.look()
    job_id = str(desk.get(helper).job_id)
    desk.db.write(lambda conn: request_cancel(conn, job_id, actor_id=ANNA, now=desk.now()))
    assert desk.look() == 1
    assert (desk.get(helper).status, desk.get(helper).job_id) == ("waiting", None)
    with desk.db.read() as conn:
        (model_id,) = queries.list_models(conn, helper)
        assert models.get_model(conn, model_id).status == "cancelled"


def test_deleted__takes_its_proposals_off_what_nobody_began(desk: Desk) -> None:
    helper = begin(desk)
    desk.label(6)
    desk.work()
    (held,) = desk.lease()
    desk.db.write(lambda conn: actions.delete_assistant(conn, helper, actor_id=ANNA, now=desk.now()))
    assert [one for one in desk.names if desk.proposals(one)] == [held.item_id]
    with pytest.raises(NotFound):
        desk.get(helper)
    with desk.db.read() as conn:
        assert models.list_models(conn, project_id=desk.house.project_id).items == []
        (kept,) = models.list_models(conn, project_id=desk.house.project_id, assistants=True).items
        ranks = conn.execute(select(task_item.c.rank).distinct()).scalars().all()
    assert (kept.assistant_id, kept.query["task_id"]) == (helper, desk.task_id)
    assert ranks == [0]


def test_killed_between_training_and_its_record__makes_one_round(desk: Desk) -> None:
    helper = begin(desk)
    desk.label(6)
    desk.look()
    desk.db.write(lambda conn: conn.execute(update(job_table).values(state="running")))
    (job,) = desk.jobs(actions.TRAIN)
    jobs = AssistantJobs(desk.db, desk.blobs, desk.home, desk.clock)
    # The body runs to its end, and the process dies before anything is written of it.
    result = jobs.train(JobContext(desk.db, job, _Inline()))  # type: ignore[arg-type]
    assert "trained" in result
    desk.label(1)
    folder = desk.home / "models" / str(job.params["model_id"])
    folder.rename(folder.with_name("of-the-dead"))
    desk.work()
    held = desk.get(helper)
    assert (held.status, len(held.rounds), held.rounds[0].n_items) == ("ready", 1, 6)


class _Inline:
    def __init__(self) -> None:
        from whorl.engine import InlineExecutor

        self.executor = InlineExecutor()

    def should_stop(self) -> bool:
        return False


def test_items_deleted_meanwhile__are_not_learnt_from(desk: Desk) -> None:
    helper = begin(desk)
    done = desk.label(6)
    desk.look()
    desk.db.write(lambda conn: delete_items(conn, desk.house.dataset_id, done[:2], actor_id=ANNA, now=desk.now()))
    gone = desk.names[-1]
    desk.db.write(lambda conn: delete_items(conn, desk.house.dataset_id, [gone], actor_id=ANNA, now=desk.now()))
    desk.work()
    held = desk.get(helper)
    assert (held.status, held.rounds[0].n_items, held.rounds[0].n_proposed) == ("ready", 4, 23)


def test_test_subset__is_never_learnt_from(desk: Desk) -> None:
    helper = begin(desk)
    desk.db.write(lambda conn: conn.execute(update(item_state).values(subset="test")))
    desk.label(6)
    desk.work()
    assert "every finished item is a video, in the test subset" in str(desk.get(helper).error)


def test_label_removed_meanwhile__is_not_proposed(desk: Desk) -> None:
    helper = begin(desk)
    desk.label(6)
    draft = OntologyDraft(labels=[Label(name="car")])
    with desk.db.read() as conn:
        assert queries.load_assistant(conn, helper).is_due
    desk.look()
    desk.db.write(lambda conn: save_ontology(conn, desk.house.project_id, draft, actor_id=ANNA, now=desk.now()))
    desk.work()
    assert desk.get(helper).status == "ready"
    assert {one.label for item in desk.names for one in desk.proposals(item)} == {"car"}


def test_task_with_labels_of_its_own__gets_no_others(desk: Desk) -> None:
    helper = begin(desk)
    done = desk.label(6)
    asked = {"work": {"mode": "full", "labels": ["truck"]}}
    desk.db.write(lambda conn: conn.execute(update(task).values(settings=asked)))
    desk.work()
    assert desk.get(helper).status == "ready"
    said = {one.label for item in desk.names if item not in done for one in desk.proposals(item)}
    assert said == {"truck"}


@pytest.mark.parametrize("status", [TaskStatus.PAUSED, TaskStatus.DONE])
def test_paused_or_done_task__trains_nothing(desk: Desk, status: TaskStatus) -> None:
    begin(desk)
    desk.label(6)
    desk.db.write(lambda conn: update_task(conn, desk.task_id, name=None, status=status, actor_id=ANNA, now=desk.now()))
    assert desk.look() == 0
    desk.db.write(
        lambda conn: update_task(conn, desk.task_id, name=None, status=TaskStatus.ACTIVE, actor_id=ANNA, now=desk.now())
    )
    assert desk.look() == 1


def test_without_torch__class_works_and_box_says_what_is_missing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from whorl.models.builtin import params

    desk.fill(2)
    real = params.list_architectures

    def without() -> list[Any]:
        nets = ("builtin:tinydet", "builtin:tinyunet", "builtin:auto")
        said = {"needs": ["torch"], "is_available": False, "install_hint": "pip install 'whorl[train]'"}
        return [one.model_copy(update=said) if one.name in nets else one for one in real()]

    monkeypatch.setattr(params, "list_architectures", without)
    with pytest.raises(MissingDependency, match="assistant for box trains builtin:tinydet, which needs torch") as told:
        desk.start(kind="box")
    assert told.value.hint == "pip install 'whorl[train]'. An assistant for class needs none of it."
    desk.start(kind="class")


@pytest.mark.parametrize(
    ("wish", "error", "said"),
    [
        ({"kind": None}, InvalidInput, "does not say what to propose"),
        ({"labels": ["horse"]}, InvalidInput, "no such label: 'horse'"),
        ({"architecture": "builtin:tinydet"}, InvalidInput, "proposes no class"),
        ({"architecture": "nothing"}, InvalidInput, "no architecture"),
        ({"architecture": "my.mod:\0"}, InvalidInput, "cannot be stored"),
        ({"params": {"budget_s": 5}}, InvalidInput, "has no parameter 'budget_s'"),
    ],
)
def test_wishes_that_cannot_be(desk: Desk, wish: dict[str, Any], error: type[Exception], said: str) -> None:
    desk.fill(1)
    with pytest.raises(error, match=said):
        desk.start(**wish)


def test_second_of_a_kind__is_refused(desk: Desk) -> None:
    helper = begin(desk, 1)
    with pytest.raises(Conflict, match=f"already: {helper}"):
        desk.start()
    desk.start(kind="box", architecture=SQUARES)


def test_task_that_is_no_labelling__is_refused(desk: Desk) -> None:
    desk.fill(1)
    desk.db.write(lambda conn: conn.execute(update(task).values(settings={"work": {"mode": "find_missed"}})))
    with pytest.raises(Conflict, match="a task of mode find_missed has no assistant"):
        desk.start()
    desk.db.write(lambda conn: conn.execute(update(task).values(kind="review", settings={})))
    with pytest.raises(Conflict, match="a review task has no assistant"):
        desk.start()
