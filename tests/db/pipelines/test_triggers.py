"""Triggers fire once for one cause, count exactly, and do not loop."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import select, update
from tests.db.pipelines.conftest import ANNA, Plant

from whorl.base.clock import to_datetime
from whorl.base.errors import JsonValue
from whorl.pipelines.logs import list_lines
from whorl.pipelines.pausing import set_active
from whorl.pipelines.runtime import PipelineRuntime
from whorl.pipelines.triggers import pump
from whorl.pipelines.triggers.pump import fire_crons, pump_events
from whorl.schemas.pipelines import Pipeline, PipelineDefinition
from whorl.schemas.records import Subset
from whorl.store.db import Database, open_database
from whorl.store.db.tables import event_cursor, run
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


def test_filter__only_items_that_match_begin_runs_and_are_counted(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = plant.apply(
        _notify(
            _on_item(filter="subset:train"),
            {
                "id": "many",
                "type": "count",
                "target": "tell.signal",
                "event": "item.created",
                "every": 2,
                "filter": "subset:test",
            },
        )
    )
    plant.add(pool, ["a", "b"], subset=Subset.TRAIN)
    plant.add(pool, ["c", "d", "e"], subset=Subset.TEST)
    plant.settle()
    assert _fires(plant, pipeline) == {"new": 2, "many": 1}


def test_filter__what_is_about_no_item_matches_none(plant: Plant) -> None:
    pipeline = plant.apply(_notify(_on_item(event="item.updated", filter="subset:train")))
    _emit(plant, "item.updated", "itm_gone")
    _emit(plant, "item.updated", "dst_1")
    plant.settle()
    assert plant.runs(pipeline) == []


def test_chain__of_runs_that_begin_one_another_stops_and_says_so(
    sqlite_plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant = sqlite_plant
    monkeypatch.setattr(pump, "MOST_LINKS", 5)
    pool = plant.dataset("pool")
    # A trigger on what the pipeline does itself, each time anew: no check of the definition can see that it loops.
    body: dict[str, JsonValue] = {
        "name": "restless",
        "nodes": [
            {"id": "raw", "type": "dataset", "params": {"dataset": pool}},
            {"id": "note", "type": "set_metadata", "params": {"set": {"seen": 1}}},
            {"id": "undo", "type": "set_metadata", "params": {"set": {"seen": 2}}},
        ],
        "edges": [{"source": "raw.item", "target": "note.item"}, {"source": "note.item", "target": "undo.item"}],
        "triggers": [
            {"id": "new", "type": "event", "target": "raw.item", "event": "item.created"},
            {
                "id": "again",
                "type": "event",
                "target": "raw.item",
                "event": "item.updated",
                "by": "any",
                "mode": "always",
                "unless_active": ["raw"],
            },
        ],
    }
    pipeline = plant.apply(PipelineDefinition.model_validate(body))
    plant.add(pool, ["a"])
    plant.settle()
    assert [one.cause.split(":")[0] for one in plant.runs(pipeline)][:2] == ["new", "again"]
    with plant.db.read() as conn:
        depths = list(conn.execute(select(run.c.depth).order_by(run.c.key)).scalars())
        lines = list_lines(conn, pipeline.id).items
    assert max(depths) == 5
    assert {(line.level, line.node) for line in lines} == {("warning", "raw")}
    assert "trigger 'again' stopped: 5 runs began one another" in lines[0].message
    # What comes from outside begins at the beginning.
    plant.add(pool, ["b"])
    plant.settle()
    with plant.db.read() as conn:
        assert conn.execute(select(run.c.depth).where(run.c.cause.startswith("new:"))).scalars().all() == [0, 0]


def test_run_ended__with_a_limit_repeats_that_often(plant: Plant) -> None:
    again = {"id": "again", "type": "event", "target": "tell.signal", "event": "run.ended", "by": "own", "max_fires": 3}
    pipeline = plant.apply(_notify(again))
    plant.start(pipeline, "tell.signal")
    plant.settle()
    assert plant.states(pipeline) == {"done": 4}


HOURLY: dict[str, JsonValue] = {"id": "hourly", "type": "cron", "target": "tell.signal", "cron": "0 * * * *"}


def _hourly(plant: Plant) -> Pipeline:
    """A pipeline with an hourly trigger that knows its next time, on the full hour."""
    pipeline = plant.apply(_notify(HOURLY))
    plant.clock.advance(3600 - plant.clock.now() % 3600)
    _look(plant, pipeline, seconds=0)
    return pipeline


def test_cron__clock_set_forward_over_several_times_fires_once(plant: Plant) -> None:
    pipeline = _hourly(plant)
    assert _look(plant, pipeline, seconds=10 * 3600 + 60) == {"hourly": 1}
    assert _look(plant, pipeline, seconds=3600) == {"hourly": 2}


def test_cron__clock_set_back_neither_repeats_nor_waits_for_the_old_time(plant: Plant) -> None:
    pipeline = _hourly(plant)
    assert _look(plant, pipeline, seconds=3600) == {"hourly": 1}
    # The same hour comes again and does not count; the hours after it do.
    assert _look(plant, pipeline, seconds=-1800) == {"hourly": 1}
    assert _look(plant, pipeline, seconds=1800) == {"hourly": 1}
    assert _look(plant, pipeline, seconds=3600) == {"hourly": 2}
    # A clock that was a year ahead and is mended: the trigger must not sleep for that year. The next hour was made up
    # for while the clock was wrong.
    assert _look(plant, pipeline, seconds=365 * 86_400) == {"hourly": 3}
    assert _look(plant, pipeline, seconds=-365 * 86_400) == {"hourly": 3}
    assert _look(plant, pipeline, seconds=3600) == {"hourly": 3}
    assert _look(plant, pipeline, seconds=3600) == {"hourly": 4}


def test_cron__another_expression_forgets_the_time_of_the_old(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pipeline = _hourly(plant)
    daily = plant.apply(_notify(HOURLY | {"cron": "30 * * * *"}))
    assert daily.version == 2
    assert _look(plant, pipeline, seconds=1750) == {}
    assert _look(plant, pipeline, seconds=60) == {"hourly": 1}


def test_cron__times_while_triggers_were_off_are_not_made_up_for(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pipeline = _hourly(plant)
    for is_active in (False, True):
        plant.db.write(
            lambda conn, is_active=is_active: set_active(  # type: ignore[misc]
                conn, pipeline.id, is_active=is_active, actor_id=ANNA, now=plant.now()
            )
        )
        plant.clock.advance(5 * 3600 if not is_active else 0)
    assert _look(plant, pipeline, seconds=0) == {}
    assert _look(plant, pipeline, seconds=3600) == {"hourly": 1}


def test_cron__two_schedulers_fire_each_time_once(plant: Plant, database_url: str) -> None:
    pipeline = _hourly(plant)
    second = plant.db if plant.db.is_sqlite else open_database(database_url)
    for hour in range(1, 6):
        plant.clock.advance(3600)
        now = to_datetime(plant.clock.now())

        def fire(db: Database, now: datetime = now) -> int:
            return db.write(lambda conn: fire_crons(conn, graph_of=plant.runtime.graph_of, now=now))

        with ThreadPoolExecutor(4) as threads:
            fired = list(threads.map(fire, [plant.db, second] * 2))
        assert sum(fired) == 1, hour
    if second is not plant.db:
        second.close()
    assert len(plant.runs(pipeline)) == 5


def test_pump__goes_on_looking_at_crons_when_the_clock_is_set_back(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pipeline = _hourly(plant)
    runtime = PipelineRuntime(plant.services, poll_s=0.0)
    looked_at = plant.clock.now()
    plant.clock.advance(3600 - 365 * 86_400)
    runtime._pump_once(looked_at)
    plant.clock.advance(3600)
    runtime._pump_once(looked_at)
    assert _fires(plant, pipeline) == {"hourly": 1}


def test_trigger__work_done_in_one_dataset_is_told_from_that_in_another(plant: Plant) -> None:
    here, elsewhere = plant.dataset("here"), plant.dataset("elsewhere")
    items = plant.add(here, ["a"]) + plant.add(elsewhere, ["b"])
    pipeline = plant.apply(_notify(_on_item(event="task.item_finished", dataset=here)))
    for item in items:
        _emit(plant, "task.item_finished", item.id, {"item_id": item.id, "outcome": "submitted"})
    plant.settle()
    assert [one.ref for one in plant.runs(pipeline)] == [items[0].id]
