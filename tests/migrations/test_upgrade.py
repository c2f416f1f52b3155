"""A home made by the first release goes on where it stood: half a round with people, a pool, and work on its way."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, create_engine, func, insert, select, text
from sqlalchemy import inspect as inspect_database
from tests.db.pipelines.conftest import ANNA, Plant
from tests.db.pipelines.test_active_learning import POOL, TEST

from whorl.base.clock import FakeClock
from whorl.base.errors import StorageFull
from whorl.engine import InlineExecutor
from whorl.models.queries import list_comparisons
from whorl.pipelines import queries
from whorl.pipelines.nodes.base import PipelineServices
from whorl.pipelines.runtime import PipelineRuntime
from whorl.schemas.pipelines import Pipeline
from whorl.schemas.records import Subset
from whorl.store.blobs import open_blobs
from whorl.store.db import Database, migrate, open_database
from whorl.store.db.migrate import upgrade
from whorl.store.db.tables import event, metadata, node_tally, project, task_item
from whorl.tasks import queries as task_queries

DUMP = Path(__file__).parents[1] / "golden" / "homes" / "0001_half_done_loop.sql.gz"


def write_home(path: Path) -> None:
    """The SQLite file as the first release left it."""
    with sqlite3.connect(path) as made:
        made.executescript(gzip.decompress(DUMP.read_bytes()).decode())
    made.close()


@pytest.fixture
def old_sqlite(tmp_path: Path) -> str:
    write_home(tmp_path / "whorl.db")
    return f"sqlite:///{tmp_path / 'whorl.db'}"


@pytest.fixture
def old_postgres(postgres_url: str, tmp_path: Path) -> str:
    """The same rows in PostgreSQL, at the first release's schema."""
    write_home(tmp_path / "first.db")
    with open_database(postgres_url) as target:
        with target.engine.begin() as conn:
            conn.execute(text("DROP SCHEMA public CASCADE"))
            conn.execute(text("CREATE SCHEMA public"))
        with target.engine.begin() as conn:
            config = Config()
            config.set_main_option("script_location", str(Path(migrate.__file__).with_name("migrations")))
            config.set_main_option("path_separator", "os")
            config.attributes["connection"] = conn
            command.upgrade(config, "0001")
        _copy_rows(tmp_path / "first.db", target)
    return postgres_url


def _copy_rows(path: Path, target: Database) -> None:
    source = create_engine(f"sqlite:///{path}")
    there = inspect_database(source)
    with source.connect() as old, target.engine.begin() as new:
        for table in metadata.sorted_tables:
            if not there.has_table(table.name):
                continue
            # Only the columns of then: the tables know later ones, too.
            columns = [table.c[one["name"]] for one in there.get_columns(table.name)]
            rows = [dict(row) for row in old.execute(select(*columns)).mappings()]
            if rows:
                slim = table.to_metadata(MetaData())
                keep = {column.name for column in columns}
                new.execute(insert(slim), [{name: row[name] for name in keep} for row in rows])
        _set_sequences(new)
    source.dispose()


def _set_sequences(new) -> None:  # type: ignore[no-untyped-def]
    for table in metadata.sorted_tables:
        for column in table.primary_key:
            named = {"t": table.name, "c": column.name}
            try_name = "SELECT pg_get_serial_sequence(:t, :c) WHERE to_regclass(:t) IS NOT NULL"
            sequence = new.execute(text(try_name), named).scalar_one_or_none()
            if sequence is not None:
                top = new.execute(select(func.coalesce(func.max(column), 0) + 1)).scalar_one()
                new.execute(text("SELECT setval(:s, :v, false)"), {"s": sequence, "v": top})


@pytest.fixture(params=["sqlite", "postgres"])
def upgraded(request: pytest.FixtureRequest) -> Iterator[Database]:
    url = request.getfixturevalue(f"old_{request.param}")
    with open_database(url, synchronous="NORMAL") as database:
        assert upgrade(database) != "0001"
        yield database


def open_plant(database: Database, home: Path) -> tuple[Plant, Pipeline]:
    """The plant that the home was made by, at the moment it was left; images are made anew from their names."""
    clock = FakeClock()
    with database.read() as conn:
        left_at = conn.execute(select(func.max(event.c.at))).scalar_one()
    clock.advance(left_at.timestamp() - clock.now())
    services = PipelineServices(
        db=database, blobs=open_blobs("memory://"), executor=InlineExecutor(), home=home, clock=clock
    )
    with database.read() as conn:
        project_id = conn.execute(select(project.c.id)).scalar_one()
        (pipeline,) = queries.list_pipelines(conn, project_id=project_id)
    plant = Plant(database, services, PipelineRuntime(services), clock, project_id)
    for name in (*POOL, "bright-late.png", "dark-late.png"):
        plant._image(name, None)
    for name in TEST:
        plant._image(name, Subset.TEST)
    return plant, pipeline


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_upgrade__half_done_loop_goes_on_to_its_end(upgraded: Database, tmp_path: Path) -> None:
    plant, pipeline = open_plant(upgraded, tmp_path / "home")
    _finish_what_anna_holds(plant)
    plant.settle()
    assert plant.label("label") == 4
    plant.settle()
    assert plant.approve("review") == 7
    plant.settle()
    # The first training, and the second round that it opens.
    assert plant.label("label") == 8
    plant.settle()
    assert plant.approve("review") == 8
    plant.settle()
    with upgraded.read() as conn:
        decided = [one.decision for one in list_comparisons(conn, project_id=plant.project_id)][::-1]
    assert sorted(decided) == ["promote", "tie"]
    assert plant.steps(pipeline) == {
        "raw": 32, "choose": 16 + 2, "prelabel": 16, "label": 16, "review": 16, "divide": 16, "gather": 16,
        "challenger": 2, "train": 2, "test_challenger": 2, "test_champion": 2, "meet": 2, "compare": 2,
        "promote": 1, "tell_kept": 1,
    }  # fmt: skip
    assert plant.states(pipeline) == {"active": 16, "done": 20}
    assert plant.parked(pipeline) == {"choose": 16}
    assert plant.open_tokens(pipeline) == 16


def _finish_what_anna_holds(plant: Plant) -> None:
    """A lease from before the upgrade is as good as ever."""
    with plant.db.read() as conn:
        task = task_queries.find_task(conn, plant.project_id, "label")
        held = conn.execute(select(task_item.c.lease_token).where(task_item.c.status == "leased")).scalar_one()
    assert task is not None
    with plant.db.read() as conn:
        (lease,) = task_queries.list_leases(conn, task.id, ANNA, now=plant.now())
    assert lease.lease_token == held
    plant.db.write(lambda conn: plant._label_one(conn, lease, None, (), ANNA))


def test_upgrade__counts_what_was_done_before(upgraded: Database, tmp_path: Path) -> None:
    plant, pipeline = open_plant(upgraded, tmp_path / "home")
    with upgraded.read() as conn:
        nodes = queries.get_status(conn, pipeline.id).nodes
        human = conn.execute(select(func.sum(node_tally.c.human_seconds))).scalar_one()
    assert {node: one.done for node, one in nodes.items() if one.done} == plant.steps(pipeline)
    assert (nodes["label"].parked, nodes["review"].parked, nodes["choose"].parked) == (5, 2, 22)
    assert nodes["raw"].waiting == 2
    assert human == pytest.approx(nodes["label"].human_seconds + nodes["review"].human_seconds)
    assert human > 0


def test_upgrade__keeps_the_file_as_it_was(old_sqlite: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="whorl.store"), open_database(old_sqlite) as database:
        head = upgrade(database)
        upgrade(database)
    kept = tmp_path / f"whorl.db.before-{head}"
    assert sorted(one.name for one in tmp_path.glob("*before*")) == [kept.name]
    assert caplog.text.count(f"is kept in {kept.name}") == 1
    dumped = gzip.decompress(DUMP.read_bytes()).decode()
    copy = sqlite3.connect(kept)
    assert "\n".join(copy.iterdump()) == dumped
    copy.close()


def test_upgrade__without_room_for_the_copy_changes_nothing(
    old_sqlite: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with open_database(old_sqlite) as database:
        monkeypatch.setattr(Path, "replace", no_room)
        with pytest.raises(StorageFull, match="no backup could be made"):
            upgrade(database)
        with database.read() as conn:
            assert conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "0001"
    assert list(tmp_path.glob("*before*")) == []


def test_upgrade__a_new_home_needs_no_backup(tmp_path: Path) -> None:
    with open_database(f"sqlite:///{tmp_path / 'new.db'}") as database:
        upgrade(database)
    assert list(tmp_path.glob("*before*")) == []
