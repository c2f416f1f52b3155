"""Flag rules, what they flagged, and the catalogue of what went wrong."""

from __future__ import annotations

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.base.errors import InvalidInput, NotFound
from whorl.engine import InlineExecutor
from whorl.schemas.serving import (
    Flag,
    FlagCatalogue,
    FlagGroup,
    FlagRule,
    FlagRuleUpdate,
    FlagRuleWrite,
    FlagsTask,
    RuleKind,
)
from whorl.schemas.tasks import Task
from whorl.schemas.wire import Page
from whorl.server.permits import Caller, CallerDep, needs
from whorl.serving import flag_actions, log_queries, reviewing

router = APIRouter(prefix="/api/v1", tags=["endpoints"])


@router.get("/endpoints/{endpoint_id}/flag-rules", **needs(Action.ENDPOINT_READ))
def list_flag_rules(caller: CallerDep, endpoint_id: str) -> list[FlagRule]:
    """When its answers are flagged, and how often that happened today."""
    return caller.read(lambda conn: log_queries.list_rules(conn, [endpoint_id], now=caller.now))


@router.post("/endpoints/{endpoint_id}/flag-rules", status_code=201, **needs(Action.ENDPOINT_WRITE))
def create_flag_rule(caller: CallerDep, endpoint_id: str, body: FlagRuleWrite) -> FlagRule:
    """Add a rule; it looks at what is answered from now on."""
    return caller.write(
        lambda conn: flag_actions.create_rule(conn, endpoint_id, body, actor_id=caller.actor.id, now=caller.now)
    )


@router.patch("/flag-rules/{flag_rule_id}", **needs(Action.ENDPOINT_WRITE))
def update_flag_rule(caller: CallerDep, flag_rule_id: str, body: FlagRuleUpdate) -> FlagRule:
    """Change its threshold, its quota, or switch it on or off; what it has flagged stays."""
    return caller.write(lambda conn: flag_actions.update_rule(conn, flag_rule_id, body, now=caller.now))


@router.delete("/flag-rules/{flag_rule_id}", status_code=204, **needs(Action.ENDPOINT_WRITE))
def delete_flag_rule(caller: CallerDep, flag_rule_id: str) -> None:
    """Take it away with its flags; items that were made of them stay."""
    caller.write(lambda conn: flag_actions.delete_rule(conn, flag_rule_id, now=caller.now))
    caller.services.project_by_id.pop(flag_rule_id, None)


@router.get("/endpoints/{endpoint_id}/flags", **needs(Action.ENDPOINT_READ))
def list_flags(
    caller: CallerDep,
    endpoint_id: str,
    cursor: str | None = None,
    limit: int = Query(100, ge=1, le=1000),
    flag: RuleKind | None = None,
) -> Page[Flag]:
    """What its rules flagged, newest first."""
    return caller.read(lambda conn: log_queries.list_flags(conn, endpoint_id, cursor=cursor, limit=limit, kind=flag))


@router.get("/endpoints/{endpoint_id}/flag-catalogue", **needs(Action.ENDPOINT_READ))
def get_flag_catalogue(
    caller: CallerDep, endpoint_id: str, days: int | None = Query(None, ge=1, le=3650)
) -> FlagCatalogue:
    """What was flagged or said to be wrong in the last days, in groups of images that look alike.

    The first time it takes a while: the features of new images are computed.
    """
    return _catalogue(caller, endpoint_id, days)


@router.post("/endpoints/{endpoint_id}/flags/task", status_code=201, **needs(Action.ENDPOINT_WRITE))
def create_flags_task(caller: CallerDep, endpoint_id: str, body: FlagsTask) -> Task:
    """Put flagged images into a labelling task, with their answers as proposals.

    A group of the catalogue, the items named, or else all flagged items that no task has yet.
    """
    group = None if body.group is None else _group(_catalogue(caller, endpoint_id, None), body.group)

    def work(conn: Connection) -> Task:
        return reviewing.make_task(conn, endpoint_id, body, group, actor_id=caller.actor.id, now=caller.now)

    return caller.write(work)


def _catalogue(caller: Caller, endpoint_id: str, days: int | None) -> FlagCatalogue:
    services = caller.services
    since = reviewing.since_days(days, now=caller.now)
    mark = caller.read(lambda conn: reviewing.newest_mark(conn, endpoint_id))
    key = f"{endpoint_id}:{days}:{mark}"

    def make() -> FlagCatalogue:
        # Late: brings numpy, which the server does not need at its start.
        from whorl.models.workshop import Workshop

        with services.db.read() as conn:
            found = reviewing.read_flagged(conn, endpoint_id, since=since)
        executor = services.executor or InlineExecutor()
        workshop = Workshop(services.db, services.blobs, executor, services.settings.home_path, lambda: None)
        return reviewing.make_catalogue(workshop, found, since=since)

    return services.catalogues.get(key, make)


def _group(catalogue: FlagCatalogue, number: int) -> FlagGroup:
    for group in catalogue.groups:
        if group.number == number:
            if not group.item_ids:
                raise InvalidInput(f"group {number} has no items: its images were not kept")
            return group
    raise NotFound(f"no group {number}; the catalogue has {len(catalogue.groups)}")
