"""Long jobs (import, export, train, evaluate): a row with progress, log, cancel and result, and an item of the inbox.

A job of kind K travels to the node ``job:K``. Its body runs for minutes or hours under a lease that the engine keeps
alive; after a crash it runs again from the start, so it must be able to resume or repeat.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from whorl.base.clock import to_datetime
from whorl.base.errors import Cancelled, Conflict, JsonValue, NotFound, WhorlError
from whorl.base.ids import new_id
from whorl.base.log import get_logger
from whorl.engine.executors import Executor
from whorl.engine.handlers import BodyContext
from whorl.engine.inbox import send
from whorl.engine.messages import Failed, Message, Released, Work
from whorl.engine.rules import describe_error
from whorl.store.db import Database, Priority
from whorl.store.db.tables import dead_letter, inbox, job
from whorl.store.events import emit

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
_LOG_CHARACTERS = 8000
_REPORT_EVERY_S = 0.5
_log = get_logger("engine")


@dataclass(frozen=True, slots=True)
class Job:
    """A long job as stored; ``progress`` is the share done, 0 to 1."""

    id: str
    project_id: str | None
    kind: str
    state: str
    progress: float
    message: str
    params: Mapping[str, JsonValue]
    result: Mapping[str, JsonValue]
    log: str
    error_code: str | None
    error: str | None
    is_cancel_requested: bool
    actor_id: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def job_node(kind: str) -> str:
    """Give the node whose handler runs jobs of this kind."""
    return f"job:{kind}"


def create_job(
    conn: Connection,
    kind: str,
    *,
    project_id: str | None,
    params: Mapping[str, JsonValue],
    actor_id: str,
    now: datetime,
) -> str:
    """Queue a job in the caller's transaction and give its id."""
    job_id = new_id("job", at=now.timestamp())
    conn.execute(
        job.insert().values(
            id=job_id,
            project_id=project_id,
            kind=kind,
            state=QUEUED,
            progress=0.0,
            message="",
            params=dict(params),
            result={},
            log="",
            is_cancel_requested=0,
            actor_id=actor_id,
            created_at=now,
        )
    )
    send(conn, [Message(job_node(kind), 0, job_id)])
    _emit_change(conn, job_id, project_id, kind, QUEUED, actor_id=actor_id, now=now)
    return job_id


def record_job(
    conn: Connection,
    kind: str,
    *,
    project_id: str | None,
    params: Mapping[str, JsonValue],
    result: Mapping[str, JsonValue],
    actor_id: str,
    started_at: datetime,
    now: datetime,
) -> str:
    """Note a job that has been done already, by a pipeline's node, and give its id: people find its result as any's."""
    job_id = new_id("job", at=now.timestamp())
    conn.execute(
        job.insert().values(
            id=job_id,
            project_id=project_id,
            kind=kind,
            state=DONE,
            progress=1.0,
            message="",
            params=dict(params),
            result=dict(result),
            log="",
            is_cancel_requested=0,
            actor_id=actor_id,
            created_at=started_at,
            started_at=started_at,
            finished_at=now,
        )
    )
    _emit_change(conn, job_id, project_id, kind, DONE, actor_id=actor_id, now=now)
    return job_id


def get_job(conn: Connection, job_id: str) -> Job:
    """Give a job.

    Raises:
        NotFound: There is none with this id.
    """
    row = conn.execute(select(job).where(job.c.id == job_id)).one_or_none()
    if row is None:
        raise NotFound(f"no job: {job_id}")
    values = dict(row._mapping)  # noqa: SLF001 - the documented way to a row's columns by name
    return Job(**(values | {"is_cancel_requested": bool(values["is_cancel_requested"])}))


def list_jobs(
    conn: Connection,
    *,
    project_id: str | None = None,
    kind: str | None = None,
    before_id: str | None = None,
    limit: int = 50,
) -> list[Job]:
    """Give a page of jobs, newest first."""
    query = select(job).order_by(job.c.id.desc()).limit(limit)
    if project_id is not None:
        query = query.where(job.c.project_id == project_id)
    if kind is not None:
        query = query.where(job.c.kind == kind)
    if before_id is not None:
        query = query.where(job.c.id < before_id)
    rows = [dict(row._mapping) for row in conn.execute(query)]  # noqa: SLF001 - as in get_job
    return [Job(**(values | {"is_cancel_requested": bool(values["is_cancel_requested"])})) for values in rows]


def request_cancel(conn: Connection, job_id: str, *, actor_id: str, now: datetime) -> None:
    """Ask a job to stop: at once when it is queued, at its next check when it runs.

    Raises:
        NotFound: There is none with this id.
        Conflict: It has ended.
    """
    found = get_job(conn, job_id)
    if found.state in (DONE, FAILED, CANCELLED):
        raise Conflict(f"job {job_id} has ended: {found.state}")
    conn.execute(update(job).where(job.c.id == job_id).values(is_cancel_requested=1))
    # Only when nobody holds it: a running body must notice by itself and clean up.
    removed = conn.execute(
        inbox.delete().where(
            inbox.c.node == job_node(found.kind), inbox.c.run_key == 0, inbox.c.ref == job_id, inbox.c.token.is_(None)
        )
    ).rowcount
    if removed:
        _end(conn, found, CANCELLED, actor_id=actor_id, now=now)


def retry_job(conn: Connection, job_id: str, *, actor_id: str, now: datetime) -> None:
    """Queue a failed job again, with all its tries and its old log.

    Raises:
        NotFound: There is none with this id.
        Conflict: It has not failed.
    """
    found = get_job(conn, job_id)
    if found.state != FAILED:
        raise Conflict(f"job {job_id} has not failed: {found.state}", hint="Only a failed job can be tried again.")
    is_this = (dead_letter.c.node == job_node(found.kind)) & (dead_letter.c.ref == job_id)
    conn.execute(dead_letter.delete().where(is_this))
    send(conn, [Message(job_node(found.kind), 0, job_id)])
    values = {"state": QUEUED, "error_code": None, "error": None, "finished_at": None, "is_cancel_requested": 0}
    conn.execute(update(job).where(job.c.id == job_id).values(**values))
    _emit_change(conn, job_id, found.project_id, found.kind, QUEUED, actor_id=actor_id, now=now)


@dataclass(frozen=True, slots=True)
class _Done:
    result: Mapping[str, JsonValue]
    state: str
    at: datetime


class JobContext:
    """What the body of a job may use. Made by ``JobHandler``.

    Args:
        db: Holds the job's row.
        found: The job as it was when the body began.
        context: The engine's context.
    """

    def __init__(self, db: Database, found: Job, context: BodyContext) -> None:
        self.job = found
        self.params = found.params
        self._db = db
        self._context = context
        self._lines: list[str] = [found.log] if found.log else []
        self._reported_at = float("-inf")
        self._looked_at = float("-inf")
        self._is_cancelled = found.is_cancel_requested

    @property
    def executor(self) -> Executor:
        """Where to run heavy work."""
        return self._context.executor

    def report(self, progress: float, message: str = "") -> None:
        """Say how far it is (0 to 1) and what is done now; written at most twice a second."""
        if time.monotonic() < self._reported_at + _REPORT_EVERY_S:
            return
        self._reported_at = time.monotonic()
        self._write(progress=min(max(progress, 0.0), 1.0), message=message)

    def log(self, line: str) -> None:
        """Add a line to the job's log, of which the last few thousand characters are kept."""
        self._lines.append(line)
        self._write(log="\n".join(self._lines)[-_LOG_CHARACTERS:])

    def is_cancelled(self) -> bool:
        """Whether somebody asked to cancel, as of the last report or half second."""
        if not self._is_cancelled and time.monotonic() >= self._looked_at + _REPORT_EVERY_S:
            self._looked_at = time.monotonic()
            with self._db.read() as conn:
                self._is_cancelled = get_job(conn, self.job.id).is_cancel_requested
        return self._is_cancelled

    def should_stop(self) -> bool:
        """Whether to give up soon: cancelled, or the engine stops."""
        return self.is_cancelled() or self._context.should_stop()

    def check(self) -> None:
        """Raise when the body should stop.

        Raises:
            Cancelled: As ``should_stop`` says. Let it out; a job stopped by the engine is taken up again later.
        """
        if self.should_stop():
            raise Cancelled(f"job {self.job.id} was stopped")

    def _write(self, **values: object) -> None:
        self._looked_at = time.monotonic()

        def work(conn: Connection) -> bool:
            statement = update(job).where(job.c.id == self.job.id, job.c.state == RUNNING).values(**values)
            row = conn.execute(statement.returning(job.c.is_cancel_requested)).first()
            return row is None or bool(row[0])

        self._is_cancelled = self._db.write(work, priority=Priority.ENGINE)


JobBody = Callable[[JobContext], Mapping[str, JsonValue]]


@dataclass(frozen=True)
class JobHandler:
    """Implements ``Handler`` for one kind of job.

    The job fails at the first error of its body, unless the error says that it may be tried again.

    Args:
        db: Holds the jobs.
        body: Does the work and gives the result.
        on_done: Writes the result's effects in the transaction that ends the job.
    """

    db: Database
    body: JobBody
    on_done: Callable[[Connection, Job, Mapping[str, JsonValue]], None] | None = None
    lease_s: float = 60.0
    max_attempts: int = 3
    backoff_s: float = 5.0
    priority: int = 0
    max_in_flight: int = 1
    batch_size: int = 1

    def run(self, works: Sequence[Work], context: BodyContext) -> Sequence[object]:
        return [self._run_one(work, context) for work in works]

    def _run_one(self, work: Work, context: BodyContext) -> object:
        found = self.db.write(lambda conn: _begin(conn, work.ref, context), priority=Priority.ENGINE)
        handle = JobContext(self.db, found, context)
        try:
            handle.check()
            result = self.body(handle)
        except Cancelled:
            if handle.is_cancelled():
                return _Done({}, CANCELLED, to_datetime(context.clock.now()))
            return Released()
        except Exception as error:  # noqa: BLE001 - the job's border: what its body raises becomes its state
            _log.exception("job %s failed", work.ref)
            return Failed(error, is_final=not (isinstance(error, WhorlError) and error.retryable))
        return _Done(result, DONE, to_datetime(context.clock.now()))

    def commit(self, conn: Connection, works: Sequence[Work], outcomes: Sequence[object]) -> Iterable[Message]:
        for work, outcome in zip(works, outcomes, strict=True):
            if not isinstance(outcome, _Done):
                raise TypeError(f"not an outcome of a job: {outcome!r}")
            found = get_job(conn, work.ref)
            if outcome.state == DONE and self.on_done is not None:
                self.on_done(conn, found, outcome.result)
            _end(conn, found, outcome.state, actor_id=found.actor_id, now=outcome.at, result=dict(outcome.result))
        return []

    def buried(
        self, conn: Connection, works: Sequence[Work], errors: Sequence[Exception], *, now: datetime
    ) -> Iterable[Message]:
        """Mark the jobs as failed, with the error."""
        for work, error in zip(works, errors, strict=True):
            found = get_job(conn, work.ref)
            code, description = describe_error(error)
            hint = error.hint if isinstance(error, WhorlError) else ""
            result = {"hint": hint} if hint else {}
            _end(
                conn,
                found,
                FAILED,
                actor_id=found.actor_id,
                now=now,
                error_code=code,
                error=description,
                result=result,
            )
        return []


def _begin(conn: Connection, job_id: str, context: BodyContext) -> Job:
    now = to_datetime(context.clock.now())
    conn.execute(update(job).where(job.c.id == job_id).values(state=RUNNING, started_at=now))
    found = get_job(conn, job_id)
    _emit_change(conn, job_id, found.project_id, found.kind, RUNNING, actor_id=found.actor_id, now=now)
    return found


def _end(conn: Connection, found: Job, state: str, *, actor_id: str, now: datetime, **values: object) -> None:
    if state == DONE:
        values["progress"] = 1.0
    conn.execute(update(job).where(job.c.id == found.id).values(state=state, finished_at=now, **values))
    _emit_change(conn, found.id, found.project_id, found.kind, state, actor_id=actor_id, now=now)


def _emit_change(
    conn: Connection, job_id: str, project_id: str | None, kind: str, state: str, *, actor_id: str, now: datetime
) -> None:
    emit(
        conn,
        "job.changed",
        project_id=project_id,
        subject_id=job_id,
        actor_id=actor_id,
        now=now,
        payload={"kind": kind, "state": state},
    )
