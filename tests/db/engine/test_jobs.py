"""Long jobs on both kinds of database."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from whorl.base.errors import Conflict, FormatError, JsonValue, NotFound, Unavailable
from whorl.engine import Dispatcher, InlineExecutor, StaticHandlers
from whorl.engine.jobs import (
    Job,
    JobBody,
    JobContext,
    JobHandler,
    create_job,
    get_job,
    list_jobs,
    request_cancel,
    retry_job,
)
from whorl.store.db import Database
from whorl.store.events import read_events

NOW = datetime(2026, 3, 4, tzinfo=UTC)


def _create(database: Database, **params: JsonValue) -> str:
    return database.write(
        lambda conn: create_job(conn, "import", project_id="prj_a", params=params, actor_id="per_x", now=NOW)
    )


def _dispatcher(database: Database, body: JobBody, **more: object) -> Dispatcher:
    handler = JobHandler(database, body, backoff_s=0.0, **more)
    return Dispatcher(database, StaticHandlers({"job:import": handler}), executor=InlineExecutor(), poll_s=0.05)


def _get(database: Database, job_id: str) -> Job:
    with database.read() as conn:
        return get_job(conn, job_id)


def test_job__runs_reports_and_ends(database: Database) -> None:
    seen: list[object] = []

    def body(job: JobContext) -> Mapping[str, JsonValue]:
        job.report(0.5, "halfway")
        found = _get(database, job.job.id)
        seen.append((found.state, found.progress, found.message))
        job.log("first line")
        job.log("second line")
        return {"items": 3, "folder": job.params["folder"]}

    def effect(conn: Connection, job: Job, result: Mapping[str, JsonValue]) -> None:
        seen.append((job.id, result["items"]))

    job_id = _create(database, folder="x")
    assert _dispatcher(database, body, on_done=effect).run_until_idle(30)
    found = _get(database, job_id)
    assert seen == [("running", 0.5, "halfway"), (job_id, 3)]
    assert (found.state, found.progress, found.result) == ("done", 1.0, {"items": 3, "folder": "x"})
    assert found.log == "first line\nsecond line"
    assert found.finished_at is not None
    with database.read() as conn:
        events = read_events(conn, after_id=0, limit=10)
    assert [event.payload["state"] for event in events] == ["queued", "running", "done"]


def test_job__an_error_is_its_state_and_a_retry_starts_over(database: Database) -> None:
    tries: list[int] = []

    def body(job: JobContext) -> Mapping[str, JsonValue]:
        tries.append(1)
        if len(tries) == 1:
            raise FormatError("line 3 is not JSON")
        return {}

    dispatcher = _dispatcher(database, body)
    job_id = _create(database)
    assert dispatcher.run_until_idle(30)
    found = _get(database, job_id)
    assert (found.state, found.error_code, found.error) == ("failed", "format_error", "line 3 is not JSON")
    database.write(lambda conn: retry_job(conn, job_id, actor_id="per_x", now=NOW))
    assert dispatcher.run_until_idle(30)
    found = _get(database, job_id)
    assert (found.state, found.error_code, len(tries)) == ("done", None, 2)
    with pytest.raises(Conflict, match="has not failed"):
        database.write(lambda conn: retry_job(conn, job_id, actor_id="per_x", now=NOW))


def test_job__an_error_that_may_pass_is_tried_again(sqlite: Database) -> None:
    tries: list[int] = []

    def body(job: JobContext) -> Mapping[str, JsonValue]:
        tries.append(1)
        if len(tries) < 3:
            raise Unavailable("the bucket is away")
        return {}

    job_id = _create(sqlite)
    assert _dispatcher(sqlite, body).run_until_idle(30)
    assert (_get(sqlite, job_id).state, len(tries)) == ("done", 3)


def test_request_cancel__queued_and_running(database: Database) -> None:
    begun = threading.Event()

    def body(job: JobContext) -> Mapping[str, JsonValue]:
        begun.set()
        while True:
            job.check()

    first, second = _create(database), _create(database)
    dispatcher = _dispatcher(database, body)
    dispatcher.start()
    assert begun.wait(10)
    running, queued = sorted((first, second), key=lambda job_id: _get(database, job_id).state, reverse=True)
    for job_id in (queued, running):
        database.write(lambda conn, job_id=job_id: request_cancel(conn, job_id, actor_id="per_x", now=NOW))
    assert _get(database, queued).state == "cancelled"
    assert dispatcher.run_until_idle(30)
    dispatcher.stop()
    assert _get(database, running).state == "cancelled"
    with pytest.raises(Conflict, match="has ended: cancelled"):
        database.write(lambda conn: request_cancel(conn, running, actor_id="per_x", now=NOW))


def test_job__a_stopped_engine_takes_it_up_again(database: Database) -> None:
    begun = threading.Event()
    tries: list[int] = []

    def body(job: JobContext) -> Mapping[str, JsonValue]:
        tries.append(1)
        begun.set()
        while len(tries) == 1:
            job.check()
        return {}

    job_id = _create(database)
    dispatcher = _dispatcher(database, body)
    dispatcher.start()
    assert begun.wait(10)
    dispatcher.stop()
    assert dispatcher.run_until_idle(30)
    assert (_get(database, job_id).state, len(tries)) == ("done", 2)


def test_list_jobs__newest_first_and_filtered(sqlite: Database) -> None:
    ids = [_create(sqlite, n=n) for n in range(4)]
    with sqlite.read() as conn:
        assert {job.id for job in list_jobs(conn, project_id="prj_a", kind="import")} == set(ids)
        assert list_jobs(conn, kind="export") == []
        page = list_jobs(conn, limit=2)
        assert len({job.id for job in page + list_jobs(conn, before_id=page[-1].id)}) == 4
        with pytest.raises(NotFound):
            get_job(conn, "job_none")
