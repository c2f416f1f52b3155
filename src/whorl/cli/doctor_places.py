"""``whorl doctor`` on what lies outside of this machine: PostgreSQL, a bucket, a Ray cluster. Never a password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from whorl.base.errors import WhorlError
from whorl.base.settings import Settings

if TYPE_CHECKING:
    from whorl.cli.doctor import Check

State = Literal["ok", "note", "fail"]


def check_postgres(settings: Settings) -> Check:
    """Does PostgreSQL answer, and is its schema one that this version knows?"""
    from sqlalchemy import text
    from sqlalchemy.engine import make_url

    from whorl.store.db import open_database

    url = make_url(settings.database_url)
    where = f"PostgreSQL at {url.host or 'its socket'}:{url.port or 5432}, database {url.database}"
    try:
        with open_database(settings.database_url) as database, database.read() as conn:
            number = str(conn.execute(text("SHOW server_version")).scalar_one())
    except WhorlError as error:
        return _check("database", "fail", error.message, error.hint)
    return _check("database", "ok", f"{where}, version {number}")


def check_blobs(settings: Settings) -> Check:
    """Can blobs be listed? Nothing is written."""
    from whorl.store.blobs import open_blobs

    if not settings.blobs:
        return _check("blobs", "ok", "a folder of the home")
    parts = urlsplit(settings.blobs)
    where = f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
    try:
        next(iter(open_blobs(settings.blobs).list()), None)
    except WhorlError as error:
        return _check("blobs", "fail", f"{where}: {error.message}", error.hint)
    except Exception as error:  # noqa: BLE001 - a listing's errors are the object store's own
        hint = "Does the bucket exist, are AWS_ENDPOINT_URL and the AWS credentials set, and may this machine reach it?"
        return _check("blobs", "fail", f"{where} cannot be listed: {type(error).__name__}", hint)
    return _check("blobs", "ok", where)


def check_executor(settings: Settings) -> Check:
    """Do node bodies have where to run?"""
    if settings.is_local:
        return _check("executor", "ok", f"{settings.executor}, on this machine")
    from whorl.engine.executors.ray import open_ray

    try:
        executor = open_ray(settings.executor, most=1)
        executor.start()
        executor.stop()
    except WhorlError as error:
        return _check("executor", "fail", error.message, error.hint)
    return _check("executor", "ok", settings.executor)


def _check(name: str, state: State, found: str, hint: str = "") -> Check:
    from whorl.cli.doctor import Check

    return Check(name=name, state=state, found=found, hint=hint)
