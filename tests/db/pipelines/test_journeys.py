"""Every journey ends, whatever way it takes, and nothing on it happens twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from tests.db.pipelines.conftest import ANNA, Plant
from tests.db.pipelines.flows import list_told, make_flow, raw, tell

from whorl.base.errors import Conflict, GraphError, JsonValue
from whorl.datasets.actions import delete_items
from whorl.datasets.queries import list_items
from whorl.engine import Dispatcher, InlineExecutor, revive
from whorl.engine.queries import list_dead_letters
from whorl.pipelines.runtime import PipelineRuntime
from whorl.schemas.pipelines import Pipeline, PipelineDefinition
from whorl.schemas.records import Subset
from whorl.store.db import open_database
from whorl.store.db.tables import event
from whorl.store.events import emit


def test_edges__conditions_route_and_what_matches_none_ends(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = make_flow(
        plant,
        {"raw": raw(pool), "train": tell("train"), "test": tell("test")},
        ["raw.item > train.signal if subset:train", "raw.item > test.signal if subset:test"],
    )
    plant.add(pool, ["a", "b"], subset=Subset.TRAIN)
    plant.add(pool, ["c"], subset=Subset.TEST)
    plant.add(pool, ["d"])
    plant.settle()
    assert sorted(list_told(plant)) == ["test", "train", "train"]
    assert plant.states(pipeline) == {"done": 4}


def test_edges__condition_that_does_not_parse_is_refused_by_name(sqlite_plant: Plant) -> None:
    pool = sqlite_plant.dataset("pool")
    with pytest.raises(GraphError, match=r"raw\.item: 'subset:nope'"):
        make_flow(sqlite_plant, {"raw": raw(pool), "a": tell()}, ["raw.item > a.signal if subset:nope"])


@pytest.mark.parametrize("meeting", ["tell", "pool", "people"])
def test_ways_that_meet__one_token_goes_on(plant: Plant, meeting: str) -> None:
    pool = plant.dataset("pool")
    ends: dict[str, dict[str, JsonValue]] = {
        "tell": tell(),
        "pool": {"type": "select", "budget": 9, "strategy": "random"},
        "people": {"type": "label", "dataset": pool, "task": "label"},
    }
    port = "signal" if meeting == "tell" else "item"
    pipeline = make_flow(
        plant,
        {
            "raw": raw(pool),
            "left": raw(pool),
            "right": raw(pool),
            "far": raw(pool),
            "end": ends[meeting],
        },
        [
            "raw.item > left.item",
            "raw.item > right.item",
            "right.item > far.item",
            f"left.item > end.{port}",
            f"far.item > end.{port}",
        ],
    )
    plant.add(pool, ["a", "b"])
    plant.settle()
    if meeting == "pool":
        plant.start(pipeline, "end.start")
        plant.settle()
    if meeting == "people":
        assert plant.label("label") == 2
        plant.settle()
    assert plant.open_tokens(pipeline) == 0
    assert set(plant.states(pipeline)) == {"done"}
    assert plant.steps(pipeline)["end"] == (3 if meeting == "pool" else 2)
    assert len(list_told(plant)) == (2 if meeting == "tell" else 0)


def _barrier(plant: Plant) -> Pipeline:
    body = {
        "name": "barrier",
        "nodes": [
            {"id": "meet", "type": "join"},
            {"id": "tell", "type": "notify", "params": {"message": "both"}},
        ],
        "edges": [{"source": "meet.both", "target": "tell.signal"}],
        "triggers": [
            {"id": port, "type": "event", "target": f"meet.{port}", "event": "evaluation.finished"}
            for port in ("champion", "challenger")
        ],
    }
    return plant.apply(PipelineDefinition.model_validate(body))


def _send_half(plant: Plant, pipeline: Pipeline, port: str) -> None:
    """A second token for the one run there is."""
    from whorl.engine import Message, send
    from whorl.pipelines.run_ends import settle_runs
    from whorl.pipelines.tokens import encode_payload, node_address
    from whorl.store.db.tables import run

    def work(conn) -> None:  # type: ignore[no-untyped-def]
        key = conn.execute(select(run.c.key)).scalar_one()
        settle_runs(conn, {key: 1}, now=plant.now())
        address = node_address(pipeline.id, 1, "meet")
        send(conn, [Message(address, key, f"evl_{port}", 0, encode_payload(port, {port: port}))])

    plant.db.write(work)


@pytest.mark.parametrize(("first", "second"), [("champion", "challenger"), ("challenger", "champion")])
@pytest.mark.parametrize("is_together", [True, False])
def test_join__opens_once_in_either_order(plant: Plant, first: str, second: str, is_together: bool) -> None:
    pipeline = _barrier(plant)
    # Another token of the run stays away, so that the first half waits.
    plant.start(pipeline, f"meet.{first}", ref=f"evl_{first}")
    _hold(plant, +1)
    if not is_together:
        plant.settle()
        assert plant.parked(pipeline) == {"meet": 1}
    _send_half(plant, pipeline, second)
    _hold(plant, -1)
    plant.settle()
    assert list_told(plant) == ["both"]
    assert plant.states(pipeline) == {"done": 1}
    assert plant.parked(pipeline) == {}


def _hold(plant: Plant, change: int) -> None:
    from whorl.pipelines.run_ends import settle_runs
    from whorl.store.db.tables import run

    plant.db.write(
        lambda conn: settle_runs(conn, {conn.execute(select(run.c.key)).scalar_one(): change}, now=plant.now())
    )


@pytest.mark.parametrize("attempt", range(4))
def test_join__two_workers_at_once_open_it_once(postgres_url: str, tmp_path, attempt: int) -> None:  # type: ignore[no-untyped-def]
    from dataclasses import replace

    from tests.db.pipelines.conftest import make_plant

    from whorl.base.clock import SystemClock

    with open_database(postgres_url) as database, open_database(postgres_url) as other:
        plant = make_plant(database, tmp_path)
        pipeline = _barrier(plant)
        plant.start(pipeline, "meet.champion", ref="evl_champion")
        _send_half(plant, pipeline, "challenger")
        services = [replace(plant.services, db=db, clock=SystemClock()) for db in (database, other)]
        engines = [
            Dispatcher(one.db, _OneByOne(PipelineRuntime(one)), executor=InlineExecutor(), clock=one.clock)
            for one in services
        ]
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda engine: engine.run_until_idle(timeout_s=20), engines))
        plant.settle()
        assert list_told(plant) == ["both"]
        assert plant.states(pipeline) == {"done": 1}


class _OneByOne:
    """Handlers that take one token at a time, so that two workers share a batch."""

    def __init__(self, runtime: PipelineRuntime) -> None:
        self.runtime = runtime

    def list_nodes(self):  # type: ignore[no-untyped-def]
        return self.runtime.list_nodes()

    def get_handler(self, node: str):  # type: ignore[no-untyped-def]
        handler = self.runtime.get_handler(node)
        if handler is not None:
            object.__setattr__(handler, "node", _Small(handler.node))
        return handler


class _Small:
    batch_size = 1

    def __init__(self, node: object) -> None:
        self._node = node

    def __getattr__(self, name: str) -> object:
        return getattr(self._node, name)


def test_join__half_that_can_never_be_met_ends_its_run(plant: Plant) -> None:
    pipeline = _barrier(plant)
    plant.start(pipeline, "meet.champion", ref="evl_1")
    plant.settle()
    assert plant.states(pipeline) == {"done": 1}
    assert plant.parked(pipeline) == {}
    assert [step.output["arrived"] for step in plant.journey(plant.runs(pipeline)[0])] == ["champion"]


def test_commit__that_raises_at_its_end_doubles_nothing(plant: Plant) -> None:
    pool, shelf = plant.dataset("pool"), plant.dataset("shelf")
    pipeline = make_flow(
        plant,
        {"raw": raw(pool), "gather": {"type": "collect", "dataset": shelf}, "tell": tell()},
        ["raw.item > gather.item", "gather.item > tell.signal"],
    )
    plant.broken_commits |= {"raw": 1, "gather": 1, "tell": 1}
    plant.broken_runs["gather"] = 1
    plant.add(pool, ["a", "b", "c"])
    _settle_retries(plant, pipeline)
    with plant.db.read() as conn:
        assert sorted(one.name for one in list_items(conn, shelf).items) == ["a", "b", "c"]
    assert list_told(plant) == ["look"] * 3
    assert plant.steps(pipeline) == {"raw": 3, "gather": 3, "tell": 3}
    assert plant.states(pipeline) == {"done": 3}


def _settle_retries(plant: Plant, pipeline: Pipeline) -> None:
    """Let delays pass: by the test's clock on SQLite, by making rows due on PostgreSQL, whose own clock counts."""
    from sqlalchemy import update

    from whorl.store.db.tables import inbox

    for _ in range(12):
        plant.settle()
        plant.db.write(lambda conn: conn.execute(update(inbox).values(not_before_ms=0)) and None)
    plant.settle()


def test_dead_letter__fails_its_run_until_revived(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = make_flow(
        plant,
        {
            "raw": raw(pool),
            "frail": tell("frail"),
            "slow": {"type": "label", "dataset": pool, "task": "label"},
        },
        ["raw.item > frail.signal", "raw.item > slow.item"],
    )
    plant.broken_runs["frail"] = 3
    plant.add(pool, ["a"])
    _settle_retries(plant, pipeline)
    assert plant.states(pipeline) == {"failed": 1}
    # Another token of the run goes on, which does not make the run sound.
    plant.label("label")
    plant.settle()
    assert plant.states(pipeline) == {"failed": 1}
    with plant.db.read() as conn:
        dead = list_dead_letters(conn)
    assert [(one.attempts, one.error) for one in dead] == [(3, "RuntimeError: frail broke, as the test wished")]
    plant.db.write(lambda conn: revive(conn, [one.id for one in dead]))
    plant.settle()
    assert list_told(plant) == ["frail"]
    assert plant.states(pipeline) == {"done": 1}


def test_variable__read_anew_by_the_next_batch(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = make_flow(
        plant,
        {"raw": raw(pool), "tell": tell({"$var": "word"})},
        ["raw.item > tell.signal"],
        variables={"word": "one"},
    )
    plant.add(pool, ["a"])
    plant.settle()
    plant.set(pipeline, "word", "two")
    plant.add(pool, ["b"])
    plant.settle()
    assert list_told(plant) == ["one", "two"]


def test_version__run_ends_on_the_version_it_began_with(plant: Plant) -> None:
    pool = plant.dataset("pool")
    people: dict[str, JsonValue] = {"type": "label", "dataset": pool, "task": "label"}
    ways = ["raw.item > label.item", "label.submitted > tell.signal"]
    first = make_flow(plant, {"raw": raw(pool), "label": people, "tell": tell("old")}, ways)
    plant.add(pool, ["a"])
    plant.settle()
    second = make_flow(plant, {"raw": raw(pool), "label": people, "tell": tell("new")}, ways)
    assert (first.version, second.version) == (1, 2)
    plant.add(pool, ["b"])
    plant.settle()
    plant.label("label")
    plant.settle()
    assert sorted(list_told(plant)) == ["new", "old"]
    assert [(one.version, one.state) for one in plant.runs(second)] == [(1, "done"), (2, "done")]


def test_version__node_with_parked_tokens_is_not_removed_unless_they_move(plant: Plant) -> None:
    pool = plant.dataset("pool")
    select_: dict[str, JsonValue] = {"type": "select", "budget": 9, "strategy": "random"}
    pipeline = make_flow(
        plant,
        {"raw": raw(pool), "choose": select_, "tell": tell()},
        ["raw.item > choose.item", "choose.item > tell.signal"],
    )
    plant.add(pool, ["a", "b"])
    plant.settle()
    nodes = {"raw": raw(pool), "pick": select_, "tell": tell("moved")}
    edges = ["raw.item > pick.item", "pick.item > tell.signal"]
    with pytest.raises(Conflict, match=r"choose \(2\)"):
        make_flow(plant, nodes, edges)
    with pytest.raises(Conflict, match=r"choose \(2\)"):
        make_flow(plant, nodes, edges, migrate={"choose": "nowhere"})
    moved = make_flow(plant, nodes, edges, migrate={"choose": "pick"})
    assert plant.parked(moved) == {"pick": 2}
    plant.start(moved, "pick.start")
    plant.settle()
    assert list_told(plant) == ["moved", "moved"]
    assert pipeline.id == moved.id
    assert [(one.version, one.state) for one in plant.runs(moved)] == [(2, "done")] * 3


def test_label__every_way_out_ends(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = make_flow(
        plant,
        {
            "raw": raw(pool),
            "label": {"type": "label", "dataset": pool, "task": "label"},
            "review": {"type": "review", "dataset": pool, "task": "review", "label_task": "label"},
        },
        ["raw.item > label.item", "label.submitted > review.item"],
    )
    plant.add(pool, ["a", "b"])
    plant.settle()
    plant.label("label", discard=["a"])
    plant.settle()
    assert plant.states(pipeline) == {"active": 1, "done": 1}
    plant.approve("review")
    plant.settle()
    assert plant.states(pipeline) == {"done": 2}
    by_ref = {one.ref: [(s.node, s.port) for s in plant.journey(one)] for one in plant.runs(pipeline)}
    assert sorted(by_ref.values()) == [
        [("raw", "item"), ("label", "discarded")],
        [("raw", "item"), ("label", "submitted"), ("review", "approved")],
    ]


def test_label__finished_event_twice_moves_the_token_once(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = make_flow(
        plant,
        {"raw": raw(pool), "label": {"type": "label", "dataset": pool, "task": "label"}, "tell": tell()},
        ["raw.item > label.item", "label.submitted > tell.signal"],
    )
    plant.add(pool, ["a"])
    plant.settle()
    plant.label("label")
    with plant.db.read() as conn:
        payload = conn.execute(select(event.c.payload).where(event.c.kind == "task.item_finished")).scalar_one()
    for _ in range(2):
        plant.db.write(
            lambda conn: emit(
                conn,
                "task.item_finished",
                project_id=plant.project_id,
                subject_id=payload["item_id"],
                actor_id=ANNA,
                now=plant.now(),
                payload=payload,
            )
        )
        plant.settle()
    assert list_told(plant) == ["look"]
    assert plant.open_tokens(pipeline) == 0


def test_label__second_journey_of_an_item_is_not_stranded(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = make_flow(
        plant,
        {"raw": raw(pool), "label": {"type": "label", "dataset": pool, "task": "label"}, "tell": tell()},
        ["raw.item > label.item", "label.submitted > tell.signal"],
    )
    item = plant.add(pool, ["a"])[0]
    plant.settle()
    plant.start(pipeline, "raw.item", ref=item.id, cause="again")
    plant.settle()
    # The first journey waits for the item; the second ends rather than wait for ever.
    assert plant.states(pipeline) == {"active": 1, "done": 1}
    plant.label("label")
    plant.settle()
    plant.start(pipeline, "raw.item", ref=item.id, cause="once more")
    plant.settle()
    # By now the work is done, and the third passes on.
    assert plant.states(pipeline) == {"done": 3}
    assert list_told(plant) == ["look", "look"]


def test_label__item_that_the_task_had_already_comes_back_to_its_token(plant: Plant) -> None:
    from whorl.tasks.actions import add_task_items, create_task
    from whorl.tasks.rules import TaskKind

    pool = plant.dataset("pool")
    item = plant.add(pool, ["a"])[0]

    def by_hand(conn) -> None:  # type: ignore[no-untyped-def]
        made = create_task(conn, pool, name="label", kind=TaskKind.LABEL, actor_id=ANNA, now=plant.now())
        add_task_items(conn, made.id, [item.id], actor_id=ANNA, now=plant.now())

    plant.db.write(by_hand)
    pipeline = make_flow(
        plant,
        {"raw": raw(pool), "label": {"type": "label", "dataset": pool, "task": "label"}},
        ["raw.item > label.item"],
    )
    plant.start(pipeline, "raw.item", ref=item.id, cause="by hand")
    plant.settle()
    plant.label("label")
    plant.settle()
    assert set(plant.states(pipeline)) == {"done"}


def test_select__empty_pool_and_deleted_items_have_a_way_out(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = make_flow(
        plant,
        {
            "raw": raw(pool),
            "choose": {"type": "select", "budget": 9, "strategy": "random"},
            "empty": tell("empty"),
            "done": tell("done"),
        },
        ["raw.item > choose.item", "choose.empty > empty.signal", "choose.done > done.signal"],
    )
    plant.start(pipeline, "choose.start", cause="first")
    plant.settle()
    items = plant.add(pool, ["a", "b", "c"])
    plant.settle()
    plant.db.write(lambda conn: delete_items(conn, pool, [items[0].id], actor_id=ANNA, now=plant.now()))
    plant.start(pipeline, "choose.start", cause="second")
    plant.settle()
    assert list_told(plant) == ["empty", "done"]
    assert plant.parked(pipeline) == {}
    assert plant.states(pipeline) == {"done": 5}


def test_select__writes_down_what_it_chose_for_people_to_see(sqlite_plant: Plant) -> None:
    from whorl.selection.queries import list_selection_items, list_selections

    plant, pool = sqlite_plant, sqlite_plant.dataset("pool")
    choose = {"type": "select", "budget": 4, "strategy": "auto", "random_share": 0.5}
    quota = [{"field": "folder", "most": 1}]
    pipeline = make_flow(
        plant,
        {"raw": raw(pool), "choose": {**choose, "quotas": quota}, "done": tell("done")},
        ["raw.item > choose.item", "choose.done > done.signal"],
    )
    plant.add(pool, ["a/1", "a/2", "a/3", "b/1", "b/bright", "b/2"])
    plant.settle()
    for _ in range(2):
        plant.start(pipeline, "choose.start", cause=str(plant.now()))
        plant.settle()
    with plant.db.read() as conn:
        second, first = list_selections(conn, dataset_id=pool).items
        items = list_selection_items(conn, first.id).items
    assert (first.strategy, first.n_pool, first.name) == ("herding", 6, f"{pipeline.name}: choose")
    assert first.run_id is not None
    assert first.n_items == len(items) <= 4
    assert [one.is_random for one in items].count(True) == 2
    assert all(one.reason for one in items)
    assert second.n_pool == 6 - first.n_items
    folders = [one.name.partition("/")[0] for one in items if not one.is_random]
    assert len(folders) == len(set(folders))


def test_start_run__same_cause_twice_is_one_run(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = make_flow(plant, {"raw": raw(pool)}, [])
    assert [plant.start(pipeline, "raw.item", ref="itm_1", cause="c") for _ in range(2)] == [True, False]
