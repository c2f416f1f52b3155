"""Numbers of endpoints from several servers, on databases of both kinds; endpoints that come, change and go."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from tests.api.serving_models import add_model

from whorl.access.actions import create_project
from whorl.schemas.serving import EndpointCreate, EndpointSettings, EndpointUpdate, ServingRole
from whorl.serving.actions import (
    create_endpoint,
    delete_endpoint,
    follow_champion,
    roll_back,
    serve_model,
    update_endpoint,
)
from whorl.serving.queries import Tally, get_endpoint, list_changes, list_tallies, list_targets
from whorl.serving.tallies import KEPT_DAYS, Tallies, forget_old, summarise, write_tallies
from whorl.store.db import Database

NOW = datetime(2026, 1, 2, tzinfo=UTC)
MINUTE = 29_000_000
CHAMPION, SHADOW = ServingRole.CHAMPION, ServingRole.SHADOW


def prepare(db: Database, **more: str) -> tuple[str, list[str], str]:
    """A project, three models, and an endpoint that serves the first."""

    def work(conn):  # type: ignore[no-untyped-def]
        project_id = create_project(conn, "p", actor_id="per_x", now=NOW).id
        models = [add_model(conn, project_id, name) for name in ("one", "two", "three")]
        draft = EndpointCreate(name="door", model_id=models[0], **more)
        made = create_endpoint(conn, draft, project_id=project_id, actor_id="per_x", now=NOW)
        return project_id, models, made.id

    return db.write(work)


def test_write_tallies__of_several_servers_are_one(database: Database) -> None:
    _, (one, two, _), door = prepare(database)

    def count(_: int) -> None:
        tallies = Tallies()
        for ms in (4.0, 40.0):
            tallies.answered(door, "door", one, CHAMPION, minute=MINUTE, ms=ms)
        tallies.failed(door, "door", one, CHAMPION, minute=MINUTE)
        tallies.dropped(door, "door", two, minute=MINUTE + 1)
        tallies.answered("end_gone", "gone", one, CHAMPION, minute=MINUTE, ms=1.0)
        taken = tallies.take()
        database.write(lambda conn: write_tallies(conn, taken))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(8)))
    with database.read() as conn:
        found = list_tallies(conn, door, since_minute=MINUTE)
    assert [(one.role, one.requests, one.errors, one.dropped, sum(one.histogram)) for one in found] == [
        (CHAMPION, 24, 8, 0, 16),
        (SHADOW, 0, 0, 8, 0),
    ]
    # Two models made in one millisecond have ids in any order.
    totals = {one.role: one for one in summarise(found, minutes=60, queue=0).totals}
    champion, shadow = totals[CHAMPION], totals[SHADOW]
    assert (champion.mean_ms, champion.p50_ms, champion.p99_ms) == (22.0, 5.0, 50.0)
    assert (shadow.dropped, shadow.mean_ms, shadow.p50_ms) == (8, None, None)
    late = MINUTE + KEPT_DAYS * 24 * 60 + 1
    database.write(lambda conn: forget_old(conn, minute=late))
    with database.read() as conn:
        assert [one.minute for one in list_tallies(conn, door, since_minute=0)] == [MINUTE + 1]


def test_put_back__what_could_not_be_written_is_counted_next_time() -> None:
    tallies = Tallies()
    tallies.answered("end_a", "a", "mdl_a", CHAMPION, minute=MINUTE, ms=4.0)
    taken = tallies.take()
    tallies.failed("end_a", "a", "mdl_a", CHAMPION, minute=MINUTE)
    tallies.put_back(taken)
    (counts,) = tallies.take().values()
    assert (counts.requests, counts.errors, counts.latency_ms, sum(counts.histogram)) == (2, 1, 4.0, 1)


def test_summarise__long_stretches_have_few_points() -> None:
    tallies = Tallies()
    for minute in range(3000):
        tallies.answered("end_a", "a", "mdl_a", CHAMPION, minute=MINUTE + minute, ms=4.0)
    found = [
        Tally(key[1], key[2], key[3], one.requests, one.errors, one.dropped, one.latency_ms, one.histogram)
        for key, one in tallies.take().items()
    ]
    made = summarise(found, minutes=3000, queue=2)
    assert (made.step_s, len(made.points) <= 121, sum(one.requests for one in made.points)) == (1500, True, 3000)


def test_serve_model__each_change_is_told_and_can_be_taken_back(database: Database) -> None:
    _, (one, two, three), door = prepare(database)
    who = {"actor_id": "per_x", "now": NOW}

    def work(conn):  # type: ignore[no-untyped-def]
        serve_model(conn, door, two, role=SHADOW, **who)
        serve_model(conn, door, two, **who)
        serve_model(conn, door, two, **who)
        serve_model(conn, door, three, **who)
        return roll_back(conn, door, **who).model_id, roll_back(conn, door, **who).model_id

    assert database.write(work) == (two, one)
    with database.read() as conn:
        changes = [(each.role.value, each.model_id, each.previous_id, each.cause) for each in list_changes(conn, door)]
        assert get_endpoint(conn, door).shadow_id is None
    assert changes == [
        ("champion", one, None, None),
        ("shadow", two, None, None),
        ("champion", two, one, None),
        ("shadow", None, two, None),
        ("champion", three, two, None),
        ("champion", two, three, "rollback"),
        ("champion", one, two, "rollback"),
    ]


def test_follow_champion__moves_its_followers_and_refuses_what_cannot_serve(database: Database) -> None:
    project_id, (one, two, _), door = prepare(database, variable="champion")

    def follow(model_id: str, variable: str = "champion") -> list[str]:
        return database.write(
            lambda conn: follow_champion(
                conn,
                project_id=project_id,
                pipeline_id=None,
                variable=variable,
                model_id=model_id,
                actor_id="per_x",
                now=NOW,
            )
        )

    def held() -> tuple[str | None, str | None]:
        with database.read() as conn:
            found = get_endpoint(conn, door)
        return found.model_id, found.problem

    assert (follow(two, "other"), held()) == ([], (one, None))
    assert (follow(two), held()) == ([door], (two, None))
    assert follow("mdl_none") == [door]
    assert (held()[0], "no such model" in (held()[1] or "")) == (two, True)
    assert (follow(one), held()) == ([door], (one, None))


def test_update_and_delete__settings_are_kept_and_all_of_it_goes(database: Database) -> None:
    _, (one, _, _), door = prepare(database)
    settings = EndpointSettings(max_batch=3, timeout_s=7)
    who = {"actor_id": "per_x", "now": NOW}
    database.write(lambda conn: update_endpoint(conn, door, EndpointUpdate(settings=settings, is_on=False), **who))
    with database.read() as conn:
        (target,) = list_targets(conn)
    assert (target.settings, target.is_on, target.champion_id) == (settings, False, one)
    tallies = Tallies()
    tallies.answered(door, "door", one, CHAMPION, minute=MINUTE, ms=1.0)
    taken = tallies.take()
    database.write(lambda conn: write_tallies(conn, taken))
    database.write(lambda conn: delete_endpoint(conn, door, **who))
    with database.read() as conn:
        assert (list_targets(conn), list_tallies(conn, door, since_minute=0)) == ([], [])
