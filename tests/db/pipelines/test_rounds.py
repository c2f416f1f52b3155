"""Rounds close whatever becomes of their items, and the loop goes on or says why it does not."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from tests.db.pipelines.conftest import ANNA, Plant
from tests.db.pipelines.flows import list_told

from whorl.annotations.actions import save_annotations
from whorl.annotations.queries import read_item_annotations
from whorl.base.clock import to_datetime
from whorl.base.errors import JsonValue
from whorl.datasets.actions import freeze_test
from whorl.datasets.queries import list_items
from whorl.pipelines.actions import retry_dead_letters
from whorl.pipelines.queries import get_status
from whorl.pipelines.templates import load_template
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.pipelines import Pipeline
from whorl.schemas.records import Subset
from whorl.store.db.tables import event
from whorl.tasks import queries as task_queries
from whorl.tasks import work

TEST = [f"{kind}-test{number}.png" for kind in ("bright", "dark") for number in range(2)]
BROKEN = "whorl.testing.adapters:NoSuchModel"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def _prepare(plant: Plant, *, pool_size: int = 16, **settings: JsonValue) -> Pipeline:
    """Half of the pool is bright; two images of each kind are the frozen test subset; the first round is open."""
    pool, truth = plant.dataset("pool"), plant.dataset("truth")
    for item in plant.add(truth, TEST, subset=Subset.TEST):
        with plant.db.read() as conn:
            at = read_item_annotations(conn, item.id).revision
        draft = AnnotationDraft(label=item.name.split("-")[0], geometry=ClassTag())
        plant.db.write(
            lambda conn, item=item, draft=draft, at=at: save_annotations(  # type: ignore[misc]
                conn, item.id, drafts=[draft], base_revision=at, actor_id=ANNA, now=plant.now()
            )
        )
    plant.db.write(lambda conn: freeze_test(conn, truth, reason="models meet on it", actor_id=ANNA, now=plant.now()))
    values: dict[str, JsonValue] = {
        "pool": pool,
        "ground_truth": truth,
        "architecture": "whorl.testing.adapters:FakeClassifier",
        "strategy": "random",
        "random_share": 0.0,
        "budget": 4,
        "retrain_every": 4,
        "more_rounds": 5,
        "validation_share": 0.0,
    }
    pipeline = plant.apply(load_template("active_learning", **(values | settings)))
    plant.add(pool, [f"{('bright', 'dark')[number % 2]}{number:02d}.png" for number in range(pool_size)])
    plant.settle()
    plant.start(pipeline, "choose.start", cause="round:1")
    plant.settle()
    return pipeline


def _waiting(plant: Plant, task: str = "label") -> list[str]:
    """Names of the items that wait for people in a task."""
    with plant.db.read() as conn:
        found = task_queries.find_task(conn, plant.project_id, task)
        assert found is not None
        queued = {
            one.item_id
            for one in task_queries.list_task_items(conn, found.id, limit=500).items
            if one.status == "queued"
        }
        return sorted(item.name for item in list_items(conn, found.dataset_id, limit=500).items if item.id in queued)


def _play(plant: Plant, *, discard: int = 0) -> None:
    """People finish what waits, and everything moves on; so many are discarded."""
    plant.label("label", discard=_waiting(plant)[:discard])
    plant.settle()
    plant.approve("review")
    plant.settle()


def _rounds(plant: Plant, pipeline: Pipeline) -> list[str]:
    """What opened each round, in order."""
    return [one.cause.split(":")[0] for one in plant.runs(pipeline) if one.start_node == "choose"]


def _open_rounds(plant: Plant, pipeline: Pipeline) -> int:
    return sum(one.start_node == "choose" and one.state == "active" for one in plant.runs(pipeline))


def _trainings(plant: Plant, pipeline: Pipeline) -> int:
    return sum(one.start_node == "challenger" for one in plant.runs(pipeline))


def test_round__stays_open_until_its_last_item_has_ended(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pipeline = _prepare(plant)
    assert (_open_rounds(plant, pipeline), _closed(plant)) == (1, [])
    plant.label("label")
    plant.settle()
    assert (_open_rounds(plant, pipeline), _closed(plant)) == (1, [])
    plant.approve("review")
    plant.settle()
    # The second one was opened by the decision on the first challenger.
    assert _closed(plant) == [{"node": "choose", "selected": 4}]
    assert _rounds(plant, pipeline) == ["round", "next_round"]
    assert _open_rounds(plant, pipeline) == 1


def test_discard__counts_towards_the_training_and_the_loop_goes_on(plant: Plant) -> None:
    pipeline = _prepare(plant)
    _play(plant, discard=1)
    assert plant.steps(pipeline)["gather"] == 3
    assert (_trainings(plant, pipeline), plant.count_comparisons()) == (1, 1)
    assert _rounds(plant, pipeline) == ["round", "next_round"]
    assert len(_waiting(plant)) == 4
    # What was lost in the first round is not counted again in the second.
    _play(plant)
    assert (_trainings(plant, pipeline), plant.count_comparisons()) == (2, 2)


def test_discard__of_a_whole_round_opens_the_next_without_a_training(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pipeline = _prepare(plant)
    _play(plant, discard=4)
    assert (_trainings(plant, pipeline), len(_waiting(plant))) == (0, 4)
    assert _rounds(plant, pipeline) == ["round", "short_round"]
    _play(plant)
    assert (_trainings(plant, pipeline), plant.count_comparisons()) == (1, 1)


def test_discard__by_the_reviewer_counts_as_well(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pipeline = _prepare(plant)
    plant.label("label")
    plant.settle()
    _discard_one(plant, "review")
    plant.settle()
    plant.approve("review")
    plant.settle()
    assert plant.steps(pipeline)["gather"] == 3
    assert _trainings(plant, pipeline) == 1
    assert _rounds(plant, pipeline) == ["round", "next_round"]


def test_training__that_fails_is_told_and_the_loop_goes_on_with_the_next_batch(plant: Plant) -> None:
    pipeline = _prepare(plant, architecture=BROKEN)
    _play(plant)
    assert list_told(plant) == ["A training or its test failed; the champion stays."]
    assert _rounds(plant, pipeline) == ["round", "next_round"]
    plant.set(pipeline, "architecture", "whorl.testing.adapters:FakeClassifier")
    _play(plant)
    assert plant.count_comparisons() == 1
    # The second challenger learns from both batches.
    trained = [step.output for one in plant.runs(pipeline) for step in plant.journey(one) if step.node == "train"]
    assert [output.get("items") for output in trained] == [None, 8]


def test_training__that_always_fails_ends_with_the_rounds(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pipeline = _prepare(plant, architecture=BROKEN, more_rounds=2)
    for _ in range(3):
        _play(plant)
    # Triggers that open rounds share one limit: a round that follows a failure is one of `more_rounds`.
    assert _rounds(plant, pipeline) == ["round", "next_round", "next_round"]
    assert (_trainings(plant, pipeline), _waiting(plant)) == (3, [])
    assert _open_rounds(plant, pipeline) == 0


def test_limit__is_shared_by_the_triggers_that_open_rounds(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pipeline = _prepare(plant, more_rounds=2)
    _play(plant, discard=4)
    _play(plant)
    _play(plant, discard=4)
    assert _rounds(plant, pipeline) == ["round", "short_round", "next_round"]
    assert _waiting(plant) == []


def test_training__that_died_ends_as_a_dead_letter_and_the_loop_goes_on(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pipeline = _prepare(plant)
    plant.broken_runs["train"] = 3
    plant.label("label")
    plant.settle()
    plant.approve("review")
    plant.settle(patience_s=60)
    assert plant.states(pipeline)["failed"] == 1
    assert _rounds(plant, pipeline) == ["round", "next_round"]
    plant.db.write(lambda conn: retry_dead_letters(conn, pipeline.id))
    plant.settle()
    # The retried training is decided late, and opens no second round beside the open one.
    assert plant.count_comparisons() == 1
    assert _rounds(plant, pipeline) == ["round", "next_round"]
    assert _open_rounds(plant, pipeline) == 1


def test_pool__that_runs_dry_trains_on_what_is_left_and_says_so(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pipeline = _prepare(plant, pool_size=6)
    _play(plant)
    assert len(_waiting(plant)) == 2
    _play(plant)
    assert (_trainings(plant, pipeline), plant.count_comparisons()) == (2, 2)
    assert list_told(plant)[-1] == "The pool is empty: add images, and open the next round by hand."
    # An empty round opens none after it, however many are allowed.
    assert _rounds(plant, pipeline) == ["round", "next_round", "next_round"]
    assert plant.open_tokens(pipeline) == 0


def test_rounds__without_a_limit_end_with_the_pool(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pipeline = _prepare(plant, pool_size=12, more_rounds=None, retrain_every=100)
    for _ in range(3):
        _play(plant, discard=3)
    # 3 of 12 were kept; with nothing left to choose they are trained on.
    assert (_trainings(plant, pipeline), plant.count_comparisons()) == (1, 1)
    assert _rounds(plant, pipeline) == ["round", "short_round", "short_round", "next_round"]
    assert plant.open_tokens(pipeline) == 0


def test_rounds__smaller_than_a_training_follow_each_other_until_it_is_full(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pipeline = _prepare(plant, retrain_every=8)
    _play(plant)
    assert (_trainings(plant, pipeline), len(_waiting(plant))) == (0, 4)
    _play(plant, discard=1)
    assert (_trainings(plant, pipeline), plant.count_comparisons()) == (1, 1)
    assert _rounds(plant, pipeline) == ["round", "short_round", "next_round"]


def test_rounds__larger_than_a_training_do_not_overlap(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pipeline = _prepare(plant, retrain_every=2)
    plant.label("label")
    plant.settle()
    _approve_some(plant, 2)
    plant.settle()
    # Two of four are collected and trained on; the round is still open, so that none begins beside it.
    assert (plant.count_comparisons(), _rounds(plant, pipeline)) == (1, ["round"])
    plant.approve("review")
    plant.settle()
    assert plant.count_comparisons() == 2
    assert len(_rounds(plant, pipeline)) == 2


def test_item__that_ends_as_a_dead_letter_does_not_hold_the_round_open(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pipeline = _prepare(plant)
    plant.label("label")
    plant.settle()
    _approve_some(plant, 1)
    plant.broken_runs["divide"] = 3
    plant.settle(patience_s=60)
    plant.approve("review")
    plant.settle()
    assert plant.steps(pipeline)["gather"] == 3
    assert (_trainings(plant, pipeline), plant.count_comparisons()) == (1, 1)
    assert _rounds(plant, pipeline) == ["round", "next_round"]
    # Revived, it is collected and counts for the next training; the closed round stays closed.
    plant.db.write(lambda conn: retry_dead_letters(conn, pipeline.id))
    plant.settle()
    assert plant.steps(pipeline)["gather"] == 4
    assert (len(_closed(plant)), _open_rounds(plant, pipeline)) == (1, 1)
    with plant.db.read() as conn:
        assert get_status(conn, pipeline.id).runs.get("failed") is None


def _closed(plant: Plant) -> list[dict[str, JsonValue]]:
    with plant.db.read() as conn:
        found = select(event.c.payload).where(event.c.kind == "round.closed").order_by(event.c.id)
        return [dict(payload) for payload in conn.execute(found).scalars()]


def _approve_some(plant: Plant, count: int) -> None:
    from whorl.tasks import reviews

    with plant.db.read() as conn:
        task = task_queries.find_task(conn, plant.project_id, "review")
    assert task is not None
    now = to_datetime(plant.clock.now())
    for lease in plant.db.write(lambda conn: work.lease_next(conn, task.id, actor_id="per_ruth", now=now, n=count)):
        plant.db.write(
            lambda conn, lease=lease: reviews.approve_item(  # type: ignore[misc]
                conn, lease.task_id, lease.item_id, actor_id="per_ruth", now=plant.now(), lease_token=lease.lease_token
            )
        )


def _discard_one(plant: Plant, task_name: str) -> None:
    with plant.db.read() as conn:
        task = task_queries.find_task(conn, plant.project_id, task_name)
    assert task is not None
    now = to_datetime(plant.clock.now())
    (lease,) = plant.db.write(lambda conn: work.lease_next(conn, task.id, actor_id="per_ruth", now=now, n=1))
    plant.db.write(
        lambda conn: work.discard_item(
            conn,
            lease.task_id,
            lease.item_id,
            reason="blurred",
            lease_token=lease.lease_token,
            actor_id="per_ruth",
            now=plant.now(),
        )
    )
