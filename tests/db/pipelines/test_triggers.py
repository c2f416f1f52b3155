"""Triggers fire once for one cause, count exactly, and do not loop."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import update
from tests.db.pipelines.conftest import ANNA, Plant

from whorl.base.clock import to_datetime
from whorl.base.errors import JsonValue
from whorl.pipelines.pausing import set_active
from whorl.pipelines.triggers.pump import fire_crons, pump_events
from whorl.schemas.pipelines import Pipeline, PipelineDefinition
from whorl.store.db import Database, open_database
from whorl.store.db.tables import event_cursor
from whorl.store.events import emit


def _notify(*triggers: dict[str, JsonValue], **changes: JsonValue) -> PipelineDefinition:
    body: dict[str, JsonValue] = {
        "name": "tell",
        "nodes": [{"id": "tell", "type": "notify", "params": {"message": "look"}}],
        "triggers": list(triggers),
    }
    return PipelineDefinition.model_validate(body | changes)


def _on_item(**fields: JsonValue) -> dict[str, JsonValue]:
    return {"id": "new", "type": "event", "target": "tell.signal", "event": "item.created", **fields}


def _rewind(plant: Plant) -> None:
    plant.db.write(lambda conn: conn.execute(update(event_cursor).values(event_id=0)) and None)


def test_pump__same_events_twice_begin_runs_once(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = plant.apply(_notify(_on_item(), _on_item(id="each", mode="always", target="tell.signal")))
    plant.add(pool, ["a.png", "b.png", "c.png"])
    plant.settle()
    assert plant.states(pipeline) == {"done": 6}
    _rewind(plant)
    plant.settle()
    assert plant.states(pipeline) == {"done": 6}


def test_pump__two_at_once_begin_runs_once(plant: Plant, database_url: str) -> None:
    pool = plant.dataset("pool")
    pipeline = plant.apply(_notify(_on_item(), _on_item(id="few", mode="always", max_fires=5)))
    plant.add(pool, [f"{n}.png" for n in range(20)])
    # On SQLite one process writes, so there both pumps share its database.
    second = plant.db if plant.db.is_sqlite else open_database(database_url)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda db: _pump(plant, db), [plant.db, second]))
    if second is not plant.db:
        second.close()
    assert len(plant.runs(pipeline)) == 25


def _pump(plant: Plant, db: Database) -> int:
    return db.write(lambda conn: pump_events(conn, graph_of=plant.runtime.graph_of, now=plant.now()))


def test_trigger__once_and_always_differ_on_the_second_event_of_a_subject(plant: Plant) -> None:
    pipeline = plant.apply(
        _notify(_on_item(event="item.updated"), _on_item(id="each", event="item.updated", mode="always"))
    )
    for _ in range(3):
        _emit(plant, "item.updated", "itm_1")
    plant.settle()
    assert sorted(one.cause.split(":")[0] for one in plant.runs(pipeline)) == ["each", "each", "each", "new"]


def test_trigger__pipeline_that_feeds_its_own_source_does_not_loop(plant: Plant) -> None:
    inbox, shelf = plant.dataset("inbox"), plant.dataset("shelf")
    pipeline = plant.apply(_shelving(inbox, shelf))
    plant.add(inbox, ["a.png", "b.png"])
    plant.settle()
    # Both triggers see both datasets; what the pipeline put on the shelf itself begins nothing.
    assert plant.steps(pipeline) == {"raw": 2, "gather": 2}
    assert plant.states(pipeline) == {"done": 2}


def _shelving(inbox: str, shelf: str) -> PipelineDefinition:
    return PipelineDefinition.model_validate(
        {
            "name": "shelving",
            "nodes": [
                {"id": "raw", "type": "dataset", "params": {"dataset": inbox}},
                {"id": "gather", "type": "collect", "params": {"dataset": shelf}},
            ],
            "edges": [{"source": "raw.item", "target": "gather.item"}],
            "triggers": [{"id": "new", "type": "event", "target": "raw.item", "event": "item.created"}],
        }
    )


def test_count_trigger__fires_at_each_full_count_and_keeps_the_rest(plant: Plant) -> None:
    pipeline = plant.apply(
        _notify({"id": "many", "type": "count", "target": "tell.signal", "event": "item.created", "every": 4})
    )
    pool = plant.dataset("pool")
    seen = []
    for names in (["a"], ["b", "c"], ["d"], ["e", "f", "g", "h", "i"], ["j", "k"], ["l"]):
        plant.add(pool, names)
        plant.settle()
        seen.append(len(plant.runs(pipeline)))
    assert seen == [0, 0, 1, 2, 2, 3]


def test_count_trigger__variable_changes_how_many(plant: Plant) -> None:
    definition = _notify(
        {"id": "many", "type": "count", "target": "tell.signal", "event": "item.created", "every": {"$var": "n"}},
        variables=[{"name": "n", "type": "number", "value": 100}],
    )
    pipeline = plant.apply(definition)
    pool = plant.dataset("pool")
    plant.add(pool, ["a", "b"])
    plant.settle()
    plant.set(pipeline, "n", 3)
    plant.add(pool, ["c"])
    plant.settle()
    assert len(plant.runs(pipeline)) == 1


def test_cron__each_time_once_and_missed_times_as_told(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    hourly: dict[str, JsonValue] = {"type": "cron", "target": "tell.signal", "cron": "0 * * * *"}
    pipeline = plant.apply(
        _notify({"id": "late", **hourly, "missed": "once"}, {"id": "strict", **hourly, "missed": "skip"})
    )
    # The first look only learns when the next time is.
    assert _look(plant, pipeline, seconds=0) == {}
    to_full_hour = 3600 - plant.clock.now() % 3600
    assert _look(plant, pipeline, seconds=to_full_hour) == {"late": 1, "strict": 1}
    assert _look(plant, pipeline, seconds=1) == {"late": 1, "strict": 1}
    # Five hours asleep: `once` makes up for them with one run, `skip` with none.
    assert _look(plant, pipeline, seconds=5 * 3600 + 300) == {"late": 2, "strict": 1}


def _look(plant: Plant, pipeline: Pipeline, *, seconds: float) -> dict[str, int]:
    plant.clock.advance(seconds)
    now = to_datetime(plant.clock.now())
    for _ in range(2):
        plant.db.write(lambda conn: fire_crons(conn, graph_of=plant.runtime.graph_of, now=now))
    return _fires(plant, pipeline)


def _fires(plant: Plant, pipeline: Pipeline) -> dict[str, int]:
    names = [one.cause.split(":")[0] for one in plant.runs(pipeline)]
    return {name: names.count(name) for name in sorted(set(names))}


def test_pump__nonsense_in_return_to_does_not_hold_up_the_rest(plant: Plant) -> None:
    pipeline = plant.apply(_notify(_on_item()))
    for way in (
        {"pipeline": "pip_gone", "version": 1, "node": "x", "run_key": 1, "ref": "r", "epoch": 0, "port": "item"},
        {"pipeline": pipeline.id},
        {"pipeline": pipeline.id, "version": "one", "node": "x", "run_key": 1, "ref": "r", "epoch": 0, "port": "p"},
        {"pipeline": pipeline.id, "version": 1, "node": "gone", "run_key": 1, "ref": "r", "epoch": 0, "port": "p"},
        {"pipeline": pipeline.id, "version": 1, "node": "tell", "run_key": 9, "ref": "r", "epoch": 0, "port": "p"},
        "elsewhere",
    ):
        _emit(plant, "task.item_finished", "itm_1", {"return_to": way, "outcome": "submitted"})
    plant.add(plant.dataset("pool"), ["a.png"])
    plant.settle()
    assert plant.states(pipeline) == {"done": 1}


def test_trigger__stopped_pipeline_begins_nothing(plant: Plant) -> None:
    pipeline = plant.apply(_notify(_on_item()))
    plant.db.write(lambda conn: set_active(conn, pipeline.id, is_active=False, actor_id=ANNA, now=plant.now()) and None)
    plant.add(plant.dataset("pool"), ["a.png"])
    plant.settle()
    assert plant.runs(pipeline) == []


def _emit(plant: Plant, kind: str, subject: str, payload: dict[str, JsonValue] | None = None) -> None:
    plant.db.write(
        lambda conn: emit(
            conn,
            kind,
            project_id=plant.project_id,
            subject_id=subject,
            actor_id=ANNA,
            now=plant.now(),
            payload=payload,
        )
    )
