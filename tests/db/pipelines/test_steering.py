"""Runs are paused, cancelled and begun again; nodes tell what they did, what it cost and what they said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from tests.db.pipelines.conftest import ANNA, Plant
from tests.db.pipelines.flows import list_told, make_flow, raw, tell
from tests.db.pipelines.test_editing import POOL, count_queued, label, pause, resume, with_people
from tests.db.pipelines.test_journeys import _settle_retries

from whorl.base.clock import to_datetime
from whorl.base.errors import Conflict, InvalidInput, JsonValue
from whorl.datasets.queries import list_items
from whorl.pipelines import cancelling, logs, queries, reruns, tallies, watching
from whorl.pipelines.pausing import pause_pipeline
from whorl.schemas.pipeline_runs import TokenState
from whorl.schemas.pipelines import NodeCounts, Pipeline, Run
from whorl.store.db.tables import event, node_tally, run_log, run_step, task_count, task_item
from whorl.tasks import queries as task_queries
from whorl.tasks import work


def cancel(plant: Plant, one: Run) -> Run:
    return plant.db.write(lambda conn: cancelling.cancel_run(conn, one.id, now=plant.now()))


def rerun(plant: Plant, pipeline: Pipeline, one: Run, *, node: str | None = None) -> Run:
    with plant.db.read() as conn:
        held = queries.get_pipeline(conn, pipeline.id)
        graph = plant.runtime.graph_of(held.id, held.version, conn)
    if node is None:
        return plant.db.write(
            lambda conn: reruns.rerun_from_start(conn, one.id, graph=graph, version=held.version, now=plant.now())
        )
    return plant.db.write(
        lambda conn: reruns.rerun_from_node(conn, one.id, node=node, graph=graph, version=held.version, now=plant.now())
    )


def counts(plant: Plant, pipeline: Pipeline) -> dict[str, NodeCounts]:
    with plant.db.read() as conn:
        return queries.get_status(conn, pipeline.id, now=to_datetime(plant.clock.now())).nodes


def refs(plant: Plant, pipeline: Pipeline, node: str, state: TokenState) -> list[str]:
    """All pages of a node's tokens."""
    found: list[str] = []
    cursor: str | None = None
    while True:
        with plant.db.read() as conn:
            page = watching.list_tokens(conn, pipeline.id, node=node, state=state, cursor=cursor, limit=1)
        found += [token.ref for token in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found


def told_events(plant: Plant, kind: str) -> list[dict[str, JsonValue]]:
    with plant.db.read() as conn:
        return list(conn.execute(select(event.c.payload).where(event.c.kind == kind).order_by(event.c.id)).scalars())


def test_pause__keeps_what_happens_until_it_is_resumed(plant: Plant) -> None:
    pool, pipeline = with_people(plant)
    pause(plant, pipeline)
    plant.add(pool, ["c"])
    plant.label("label")
    plant.settle()
    assert list_told(plant) == []
    assert counts(plant, pipeline)["raw"].waiting == 1
    assert counts(plant, pipeline)["tell"].waiting == 2
    resume(plant, pipeline)
    plant.settle()
    assert list_told(plant) == ["old", "old"]
    assert plant.label("label") == 1


def test_pause__with_triggers_dropped_forgets_what_happens(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    pipeline = make_flow(plant, {"raw": raw(pool)}, [])
    plant.db.write(lambda conn: pause_pipeline(conn, pipeline.id, triggers="drop", actor_id=ANNA, now=plant.now()))
    plant.add(pool, ["a"])
    plant.settle()
    resume(plant, pipeline)
    plant.settle()
    assert plant.runs(pipeline) == []
    plant.add(pool, ["b"])
    plant.settle()
    assert plant.states(pipeline) == {"done": 1}


def test_cancel__takes_the_item_out_of_the_queue(plant: Plant) -> None:
    _, pipeline = with_people(plant)
    first, second = plant.runs(pipeline)
    assert cancel(plant, first).state == "cancelled"
    assert cancel(plant, first).state == "cancelled"
    assert count_queued(plant) == 1
    with plant.db.read() as conn:
        queued = select(task_count.c.n_items).where(task_count.c.status == "queued")
        assert conn.execute(queued).scalar_one() == 1
    assert plant.label("label") == 1
    plant.settle()
    assert {one.ref: one.state for one in plant.runs(pipeline)} == {first.ref: "cancelled", second.ref: "done"}
    assert plant.open_tokens(pipeline) == 0
    with pytest.raises(Conflict, match="is done"):
        cancel(plant, second)


def test_cancel__work_that_somebody_holds_is_not_taken_from_them(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    _, pipeline = with_people(plant, names=("a",))
    with plant.db.read() as conn:
        found = task_queries.find_task(conn, plant.project_id, "label")
    assert found is not None
    (lease,) = plant.db.write(lambda conn: work.lease_next(conn, found.id, actor_id=ANNA, now=plant.now()))
    cancel(plant, plant.runs(pipeline)[0])
    plant.db.write(
        lambda conn: work.submit_item(
            conn, found.id, lease.item_id, lease_token=lease.lease_token, actor_id=ANNA, now=plant.now()
        )
    )
    plant.settle()
    assert plant.states(pipeline) == {"cancelled": 1}
    assert list_told(plant) == []
    assert plant.open_tokens(pipeline) == 0


def test_cancel__an_item_that_was_put_there_by_hand_stays(plant: Plant) -> None:
    from whorl.tasks.actions import add_task_items, create_task
    from whorl.tasks.rules import TaskKind

    pool = plant.dataset("pool")
    task = plant.db.write(
        lambda conn: create_task(conn, pool, name="label", kind=TaskKind.LABEL, actor_id=ANNA, now=plant.now())
    )
    item = plant.add(pool, ["a"])[0]
    plant.db.write(lambda conn: add_task_items(conn, task.id, [item.id], actor_id=ANNA, now=plant.now()))
    pipeline = make_flow(plant, {"raw": raw(pool), "label": label(pool)}, ["raw.item > label.item"])
    plant.settle()
    cancel(plant, plant.runs(pipeline)[0])
    with plant.db.read() as conn:
        rows = conn.execute(select(task_item.c.status, task_item.c.return_to)).all()
    assert [tuple(row) for row in rows] == [("queued", None)]


def _round(plant: Plant, budget: int = 2) -> Pipeline:
    """A pool of three, of which a round has let some go to people."""
    pool = plant.dataset("pool")
    nodes = {"raw": raw(pool), "choose": {**POOL, "budget": budget}, "label": label(pool), "tell": tell()}
    edges = ["raw.item > choose.item", "choose.item > label.item", "label.submitted > tell.signal"]
    pipeline = make_flow(plant, nodes, edges)
    plant.add(pool, ["a", "b", "c"])
    plant.settle()
    plant.start(pipeline, "choose.start")
    plant.settle()
    return pipeline


def _out(plant: Plant, pipeline: Pipeline) -> Sequence[Run]:
    with_people = set(refs(plant, pipeline, "label", "parked"))
    return [one for one in plant.runs(pipeline) if one.ref in with_people]


def test_cancel__the_last_items_of_a_round_close_it(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pipeline = _round(plant)
    for one in _out(plant, pipeline):
        assert told_events(plant, "round.closed") == []
        cancel(plant, one)
    assert [one["selected"] for one in told_events(plant, "round.closed")] == [2]
    assert plant.states(pipeline) == {"active": 1, "cancelled": 2, "done": 1}


def test_cancel__a_round_lets_its_items_go_on_without_it(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pipeline = _round(plant)
    (round_,) = [one for one in plant.runs(pipeline) if not one.ref]
    assert cancel(plant, round_).state == "cancelled"
    assert [one["state"] for one in told_events(plant, "run.ended")] == ["cancelled"]
    assert plant.label("label") == 2
    plant.settle()
    assert plant.states(pipeline) == {"active": 1, "cancelled": 1, "done": 2}
    assert told_events(plant, "round.closed") == []


def test_cancel__a_batch_that_runs_meanwhile_has_no_effect(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    from whorl.engine import Message
    from whorl.engine.messages import Work
    from whorl.pipelines.tokens import Passed, encode_payload, node_address

    pool = plant.dataset("pool")
    pipeline = make_flow(plant, {"raw": raw(pool), "tell": tell()}, ["raw.item > tell.signal"])
    pause(plant, pipeline)
    items = plant.add(pool, ["a", "b"])
    plant.settle()
    gone, kept = plant.runs(pipeline)
    cancel(plant, gone)
    address = node_address(pipeline.id, 1, "tell")
    handler = plant.runtime.get_handler(address)
    assert handler is not None
    payload = Message(address, 0, "", 0, encode_payload("signal", {})).payload
    import orjson

    with plant.db.read() as conn:
        from whorl.store.db.tables import run

        keys = {row.id: row.key for row in conn.execute(select(run.c.id, run.c.key))}
    works = [
        Work(n, address, keys[one.id], item.id, 0, 1, orjson.dumps(payload).decode())
        for n, (one, item) in enumerate(zip((gone, kept), items, strict=True))
    ]
    plant.db.write(lambda conn: list(handler.commit(conn, works, [Passed(()), Passed(())])) and None)
    assert list_told(plant) == ["look"]
    assert {one.id: one.state for one in plant.runs(pipeline)}[gone.id] == "cancelled"


def test_rerun__from_the_start_doubles_nothing(plant: Plant) -> None:
    pool, shelf = plant.dataset("pool"), plant.dataset("shelf")
    nodes = {
        "raw": raw(pool),
        "label": label(pool),
        "gather": {"type": "collect", "dataset": shelf},
        "tell": tell(),
    }
    edges = ["raw.item > label.item", "label.submitted > gather.item", "gather.item > tell.signal"]
    pipeline = make_flow(plant, nodes, edges)
    plant.add(pool, ["a"])
    plant.settle()
    (run,) = plant.runs(pipeline)
    with pytest.raises(Conflict, match="under way"):
        rerun(plant, pipeline, run)
    plant.label("label")
    plant.settle()
    assert rerun(plant, pipeline, run).state == "active"
    plant.settle()
    # The person is not asked again and the copy is there already; only what has no memory happens again.
    assert plant.states(pipeline) == {"done": 1}
    assert plant.label("label") == 0
    with plant.db.read() as conn:
        assert len(list_items(conn, shelf).items) == 1
    assert list_told(plant) == ["look", "look"]
    assert [(step.node, step.epoch) for step in plant.journey(run)] == [
        (node, epoch) for epoch in (0, 1) for node in ("raw", "label", "gather", "tell")
    ]


def test_rerun__from_a_node_brings_what_the_token_brought(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    nodes: dict[str, dict[str, JsonValue]] = {
        "made": {"type": "create_model", "dataset": pool, "architecture": "builtin:linear", "task": "classification"},
        "train": {"type": "train"},
        "tell": tell(),
    }
    pipeline = make_flow(plant, nodes, ["made.model > train.model", "train.failed > tell.signal"], target="made.start")
    plant.start(pipeline, "made.start")
    plant.settle()
    (run,) = plant.runs(pipeline)
    rerun(plant, pipeline, run, node="train")
    plant.settle()
    steps = [(step.node, step.ref, step.epoch) for step in plant.journey(run)]
    made = steps[1][1]
    assert steps[-2:] == [("train", made, 1), ("tell", made, 1)]
    assert len(list_told(plant)) == 2
    rerun(plant, pipeline, run, node="tell")
    plant.settle()
    assert plant.journey(run)[-1].epoch == 2
    with pytest.raises(Conflict, match="never passed node"):
        _never(plant, pipeline)


def _never(plant: Plant, pipeline: Pipeline) -> None:
    plant.start(pipeline, "tell.signal", cause="hand two")
    plant.settle()
    rerun(plant, pipeline, plant.runs(pipeline)[-1], node="train")


def test_rerun__of_what_failed_leaves_the_rest(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    pipeline = make_flow(plant, {"raw": raw(pool), "tell": tell()}, ["raw.item > tell.signal"])
    plant.broken_runs["tell"] = 3
    plant.add(pool, ["a"])
    _settle_retries(plant, pipeline)
    (run,) = plant.runs(pipeline)
    assert run.state == "failed"
    assert plant.db.write(lambda conn: reruns.rerun_failed(conn, run.id)).state == "active"
    plant.settle()
    assert plant.states(pipeline) == {"done": 1}
    assert plant.steps(pipeline) == {"raw": 1, "tell": 1}
    with pytest.raises(Conflict, match="nothing of run"):
        plant.db.write(lambda conn: reruns.rerun_failed(conn, run.id))


def test_rerun__from_the_start_of_a_failed_run_drops_its_dead_letter(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    pipeline = make_flow(plant, {"raw": raw(pool), "tell": tell()}, ["raw.item > tell.signal"])
    plant.broken_runs["tell"] = 3
    plant.add(pool, ["a"])
    _settle_retries(plant, pipeline)
    (run,) = plant.runs(pipeline)
    rerun(plant, pipeline, run)
    plant.settle()
    assert plant.states(pipeline) == {"done": 1}
    assert counts(plant, pipeline)["tell"].failed == 0
    assert plant.open_tokens(pipeline) == 0


def test_rerun__by_an_input_that_is_gone_is_refused(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    pipeline = make_flow(plant, {"raw": raw(pool), "end": tell()}, ["raw.item > end.signal"])
    plant.add(pool, ["a"])
    plant.settle()
    make_flow(plant, {"raw": raw(pool), "end": POOL}, ["raw.item > end.item"])
    again = rerun(plant, pipeline, plant.runs(pipeline)[0], node="end")
    plant.settle()
    # A notice took any signal; the pool takes the item by its own first input.
    assert (again.version, plant.parked(pipeline)) == (2, {"end": 1})
    with pytest.raises(Conflict, match="has no input 'gone'"):
        _check_gone(plant, pipeline)


def _check_gone(plant: Plant, pipeline: Pipeline) -> None:
    gone = run_step.update().where(run_step.c.node == "raw").values(arrival='{"port": "gone", "values": {}}')
    plant.db.write(lambda conn: conn.execute(gone) and None)
    one = plant.runs(pipeline)[0]
    cancel(plant, one)
    rerun(plant, pipeline, one)


def test_rerun__cannot_begin_at_a_barrier(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    from tests.db.pipelines.test_journeys import _barrier

    pipeline = _barrier(plant)
    plant.start(pipeline, "meet.champion", ref="evl_1")
    plant.settle()
    with pytest.raises(InvalidInput, match="waits for several tokens"):
        rerun(plant, pipeline, plant.runs(pipeline)[0], node="meet")
    again = rerun(plant, pipeline, plant.runs(pipeline)[0])
    plant.settle()
    assert [step.output["arrived"] for step in plant.journey(again)] == ["champion", "champion"]


def test_tallies__count_and_cost_by_node_and_run(plant: Plant) -> None:
    _, pipeline = with_people(plant)
    assert counts(plant, pipeline)["label"].parked == 2
    plant.label("label")
    plant.settle()
    found = counts(plant, pipeline)
    assert {node: (one.done, one.parked) for node, one in found.items()} == {
        "raw": (2, 0),
        "label": (2, 0),
        "tell": (2, 0),
    }
    assert found["label"].human_seconds == pytest.approx(2, abs=0.5)
    assert found["raw"].done_per_minute > 0
    assert [one.human_seconds for one in plant.runs(pipeline)] == [pytest.approx(1, abs=0.3)] * 2
    plant.clock.advance(3600)
    assert counts(plant, pipeline)["raw"].done_per_minute == 0
    assert counts(plant, pipeline)["raw"].done == 2


def test_tallies__old_minutes_are_added_up(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    pipeline = make_flow(plant, {"raw": raw(pool)}, [])
    start = to_datetime(plant.clock.now())
    for days in range(4):
        plant.db.write(
            lambda conn, days=days: tallies.add_tally(  # type: ignore[misc]
                conn, pipeline_id=pipeline.id, node="raw", now=start + timedelta(days=days), done=1, machine_seconds=2.0
            )
        )
    for _ in range(2):
        plant.db.write(lambda conn: tallies.compact_tallies(conn, now=start + timedelta(days=3)))
        with plant.db.read() as conn:
            assert conn.execute(select(func.count()).select_from(node_tally)).scalar_one() == 3
            assert tallies.read_tallies(conn, pipeline.id, now=start)["raw"].machine_seconds == 8.0


def test_tokens__are_listed_by_state_and_page(plant: Plant) -> None:
    pool, pipeline = with_people(plant)
    with plant.db.read() as conn:
        ids = [item.id for item in list_items(conn, pool).items]
    assert refs(plant, pipeline, "raw", "done") == ids[::-1]
    assert refs(plant, pipeline, "label", "parked") == ids
    assert refs(plant, pipeline, "label", "waiting") == []
    plant.broken_runs["tell"] = 6
    plant.label("label")
    _settle_retries(plant, pipeline)
    assert sorted(refs(plant, pipeline, "tell", "failed")) == sorted(ids)


def test_logs__tell_of_trouble_and_who_had_it(plant: Plant) -> None:
    pool = plant.dataset("pool")
    gone: dict[str, JsonValue] = {"type": "predict", "model": "mdl_gone"}
    pipeline = make_flow(plant, {"raw": raw(pool), "pre": gone}, ["raw.item > pre.item"])
    plant.add(pool, ["a"])
    _settle_retries(plant, pipeline)
    with plant.db.read() as conn:
        lines = logs.list_lines(conn, pipeline.id).items
        assert logs.list_lines(conn, pipeline.id, level="info").items == []
        run_id = plant.runs(pipeline)[0].id
        assert logs.list_lines(conn, pipeline.id, node="pre", run_id=run_id).items == lines
    assert [line.level for line in lines] == ["error", "warning", "warning", "warning"]
    assert lines[0].message.startswith("given up after 3 tries: model mdl_gone has no weights")
    assert lines[3].message.startswith("try 1 of 3: model mdl_gone")
    assert {line.node for line in lines} == {"pre"}


def test_logs__are_trimmed_and_take_whatever_is_printed(sqlite_plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    plant = sqlite_plant
    pipeline = make_flow(plant, {"raw": raw(plant.dataset("pool"))}, [])
    monkeypatch.setattr(logs, "KEPT_LINES", 300)

    def say(*texts: str) -> None:
        lines = [logs.Said(text) for text in texts]
        plant.db.write(lambda conn: logs.add_lines(conn, lines, pipeline_id=pipeline.id, node="raw", now=plant.now()))

    for start in range(0, 1000, 50):
        say(*[f"line {start + n}" for n in range(50)])
    with plant.db.read() as conn:
        assert 300 <= conn.execute(select(func.count()).select_from(run_log)).scalar_one() < 600
        assert logs.list_lines(conn, pipeline.id, limit=1).items[0].message == "line 999"
    say("nul \x00 half \ud800", "x" * 5000)
    say(*["flood"] * 1000)
    with plant.db.read() as conn:
        newest = [line.message for line in logs.list_lines(conn, pipeline.id, limit=1000).items]
    assert newest[0] == "and 800 more lines"
    assert newest.count("flood") == 200
    assert len(newest[201]) == 2001
    assert newest[202].startswith("nul \N{REPLACEMENT CHARACTER} half ")
