"""Long work: imports, exports, and how far each job is."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import Field
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.base.errors import Forbidden, InvalidInput, JsonValue, NotFound
from whorl.datasets.dql import parse_query
from whorl.engine import jobs as engine_jobs
from whorl.schemas.jobs import Job
from whorl.schemas.wire import Page, Wire
from whorl.server.permits import Caller, CallerDep, needs
from whorl.server.routes.items import to_query

MEDIA_CSP = "default-src 'none'; sandbox"
_PART_BYTES = 2**20
router = APIRouter(prefix="/api/v1", tags=["jobs"])


class ImportRequest(Wire):
    """A folder on the server's machine to be taken in."""

    path: str = Field(min_length=1, max_length=4000)
    format: str | None = Field(default=None, max_length=100, description="Found out when left out.")
    is_dry_run: bool = False
    options: dict[str, JsonValue] = Field(default_factory=dict)


class ExportRequest(Wire):
    """What to write: to an archive for download, or to a folder on the server's machine."""

    path: str | None = Field(
        default=None, min_length=1, max_length=4000, description="An empty folder or a new one; an archive if null."
    )
    format: str = Field(default="coco", max_length=100, pattern=r"^[\w.:-]+$")
    query: str | dict[str, JsonValue] | None = Field(default=None, description="As text or DQL; everything if null.")
    as_of: int | None = Field(default=None, ge=0)


@router.post("/datasets/{dataset_id}/imports", status_code=202, **needs(Action.JOB_WRITE))
def start_import(caller: CallerDep, dataset_id: str, body: ImportRequest) -> Job:
    """Import a folder of the server's machine; only its own user and admins may name one."""
    params: dict[str, JsonValue] = {"dataset_id": dataset_id, **body.model_dump(mode="json")}
    return _start(caller, "import", body.path, params)


@router.post("/datasets/{dataset_id}/exports", status_code=202, **needs(Action.JOB_WRITE))
def start_export(caller: CallerDep, dataset_id: str, body: ExportRequest) -> Job:
    """Export to an archive, or to a folder of the server's machine; only its own user and admins may name one."""
    # Read now: a mistake is told at once, and not by a job that fails later.
    _check_query(body.query)
    params: dict[str, JsonValue] = {"dataset_id": dataset_id, **body.model_dump(mode="json")}
    if body.path is None:
        return start_job(caller, "export", params)
    return _start(caller, "export", body.path, params)


@router.get("/projects/{project_id}/jobs", **needs(Action.JOB_READ))
def list_jobs(
    caller: CallerDep,
    project_id: str,
    kind: str | None = None,
    cursor: str | None = None,
    limit: int = Query(100, ge=1, le=1000),
) -> Page[Job]:
    """The project's jobs, newest first."""
    found = caller.read(
        lambda conn: engine_jobs.list_jobs(conn, project_id=project_id, kind=kind, before_id=cursor, limit=limit + 1)
    )
    jobs = [to_wire(one) for one in found[:limit]]
    return Page(items=jobs, next_cursor=jobs[-1].id if len(found) > limit else None)


@router.get("/jobs/{job_id}", **needs(Action.JOB_READ))
def get_job(caller: CallerDep, job_id: str) -> Job:
    """One job and how far it is."""
    return to_wire(caller.read(lambda conn: engine_jobs.get_job(conn, job_id)))


@router.get("/jobs/{job_id}/log", **needs(Action.JOB_READ))
def get_log(caller: CallerDep, job_id: str) -> list[str]:
    """The last lines that the job wrote."""
    return caller.read(lambda conn: engine_jobs.get_job(conn, job_id)).log.splitlines()


@router.get("/jobs/{job_id}/file", response_class=Response, **needs(Action.JOB_READ))
def get_file(caller: CallerDep, job_id: str) -> Response:
    """The archive that an export made, as a zip file."""
    job = caller.read(lambda conn: engine_jobs.get_job(conn, job_id))
    key, size = job.result.get("file_key"), job.result.get("file_bytes")
    if not isinstance(key, str) or not isinstance(size, int):
        raise NotFound(f"job {job_id} has no file", hint="Only an export without a path makes one, when it is done.")
    headers = {
        "content-disposition": f'attachment; filename="{job_id}.zip"',
        "content-length": str(size),
        "content-security-policy": MEDIA_CSP,
    }
    blobs = caller.services.blobs
    parts = (blobs.get_range(key, start=at, length=min(_PART_BYTES, size - at)) for at in range(0, size, _PART_BYTES))
    return StreamingResponse(parts, media_type="application/zip", headers=headers)


@router.post("/jobs/{job_id}/cancel", **needs(Action.JOB_WRITE))
def cancel_job(caller: CallerDep, job_id: str) -> Job:
    """Ask a job to stop: at once when it waits, at its next step when it runs."""

    def cancel(conn: Connection) -> Job:
        engine_jobs.request_cancel(conn, job_id, actor_id=caller.actor.id, now=caller.now)
        return to_wire(engine_jobs.get_job(conn, job_id))

    return caller.write(cancel)


def to_wire(found: engine_jobs.Job) -> Job:
    """A job's wire form."""
    return Job.model_validate({name: getattr(found, name) for name in Job.model_fields})


def start_job(caller: Caller, kind: str, params: dict[str, JsonValue]) -> Job:
    """Queue a job of the request's project."""

    def start(conn: Connection) -> Job:
        job_id = engine_jobs.create_job(
            conn, kind, project_id=caller.project_id, params=params, actor_id=caller.actor.id, now=caller.now
        )
        return to_wire(engine_jobs.get_job(conn, job_id))

    return caller.write(start)


def _check_query(query: str | dict[str, JsonValue] | None) -> None:
    if isinstance(query, dict):
        parse_query(query)
    elif query is not None:
        to_query(query, None)


def _start(caller: Caller, kind: str, path: str, params: dict[str, JsonValue]) -> Job:
    if not (caller.actor.is_local or caller.actor.is_admin):
        raise Forbidden(
            "only the user of the server's machine and admins may name a folder there",
            hint="Upload the files instead: `dataset.items.upload(local_path=...)`.",
        )
    if not Path(path).is_absolute():
        raise InvalidInput(f"not an absolute path: {path[:200]}", hint="The server does not know your folder.")
    return start_job(caller, kind, params)
