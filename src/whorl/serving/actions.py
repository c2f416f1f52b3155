"""Writes: endpoints, and who serves them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from whorl.access.actions import write_audit
from whorl.base.errors import Conflict, InvalidInput, JsonValue, ModelError, NotFound
from whorl.base.ids import new_id
from whorl.schemas.serving import Endpoint, EndpointCreate, EndpointUpdate, ServingRole
from whorl.serving import queries
from whorl.serving.rules import ROLLBACK, check_role, find_predecessors
from whorl.store.db.tables import endpoint, endpoint_tally, feedback, flag, flag_rule, prediction_log, token
from whorl.store.events import emit

DEFAULT_SHARE = 0.1
_COLUMN = {ServingRole.CHAMPION: "model_id", ServingRole.CANARY: "canary_id", ServingRole.SHADOW: "shadow_id"}


def create_endpoint(
    conn: Connection, draft: EndpointCreate, *, project_id: str, actor_id: str, now: datetime
) -> Endpoint:
    """Open an endpoint; with a model it answers from the next moment on.

    Raises:
        Conflict: The name is taken, here or in another project: it is part of the address.
        NotFound: There is no such model.
        ModelError: The model cannot serve.
    """
    if draft.model_id is not None:
        queries.check_servable(conn, draft.model_id, project_id)
    made = new_id("endpoint")
    values = {
        "id": made,
        "project_id": project_id,
        "name": draft.name,
        "model_id": draft.model_id,
        "canary_share": DEFAULT_SHARE,
        "pipeline_id": draft.pipeline_id,
        "variable": draft.variable,
        "dataset_id": draft.dataset_id,
        "settings": draft.settings.model_dump(mode="json"),
        "is_on": True,
        "created_at": now,
    }
    try:
        with conn.begin_nested():
            conn.execute(insert(endpoint).values(**values))
    except IntegrityError as error:
        raise Conflict(f"an endpoint has this name already: {draft.name}", hint="Choose another name.") from error
    note_change(conn, made, project_id, {"name": draft.name, "is_on": True}, actor_id=actor_id, now=now)
    if draft.model_id is not None:
        _note_role(conn, queries.get_endpoint(conn, made), ServingRole.CHAMPION, draft.model_id, None, actor_id, now)
    write_audit(conn, "endpoint.create", actor_id=actor_id, now=now, subject=made, project_id=project_id)
    return queries.get_endpoint(conn, made)


def update_endpoint(
    conn: Connection, endpoint_id: str, change: EndpointUpdate, *, actor_id: str, now: datetime
) -> Endpoint:
    """Change settings, the dataset of flagged traffic, or switch it on or off; what is not given stays.

    Raises:
        NotFound: There is no such endpoint.
    """
    held = queries.get_endpoint(conn, endpoint_id)
    given = change.model_dump(mode="json", exclude_unset=True)
    values = {name: value for name, value in given.items() if value is not None or name == "dataset_id"}
    if values:
        conn.execute(update(endpoint).where(endpoint.c.id == endpoint_id).values(**values))
        note_change(conn, endpoint_id, held.project_id, values, actor_id=actor_id, now=now)
    return queries.get_endpoint(conn, endpoint_id)


def serve_model(
    conn: Connection,
    endpoint_id: str,
    model_id: str | None,
    *,
    role: ServingRole = ServingRole.CHAMPION,
    share: float = DEFAULT_SHARE,
    actor_id: str,
    now: datetime,
    cause: str | None = None,
) -> Endpoint:
    """Give a model a role at an endpoint, or take the role away with None. Servers follow within seconds.

    A canary or shadow that becomes the champion leaves its place beside it.

    Raises:
        NotFound: There is no such endpoint or model.
        ModelError: The model cannot serve.
        Conflict: It is the champion already and should stand beside itself.
    """
    held = queries.get_endpoint(conn, endpoint_id)
    if model_id is not None:
        queries.check_servable(conn, model_id, held.project_id)
        check_role(model_id, role, held.model_id)
    before = {
        ServingRole.CHAMPION: held.model_id,
        ServingRole.CANARY: held.canary_id,
        ServingRole.SHADOW: held.shadow_id,
    }
    values: dict[str, object] = {_COLUMN[role]: model_id, "problem": None}
    if role is ServingRole.CANARY and model_id is not None:
        values["canary_share"] = share
    moved = [(role, model_id)]
    if role is ServingRole.CHAMPION and model_id is not None:
        moved += [(one, None) for one in (ServingRole.CANARY, ServingRole.SHADOW) if before[one] == model_id]
    values |= {_COLUMN[one]: new for one, new in moved}
    conn.execute(update(endpoint).where(endpoint.c.id == endpoint_id).values(**values))
    for one, new in moved:
        if before[one] != new:
            _note_role(conn, held, one, new, before[one], actor_id, now, cause=cause)
    return queries.get_endpoint(conn, endpoint_id)


def roll_back(conn: Connection, endpoint_id: str, *, actor_id: str, now: datetime) -> Endpoint:
    """Make the endpoint's champion before this one the champion again.

    Raises:
        NotFound: There is no such endpoint.
        Conflict: There was none before it.
    """
    held = queries.get_endpoint(conn, endpoint_id)
    before = find_predecessors(queries.list_changes(conn, endpoint_id))
    if not before:
        raise Conflict(f"endpoint {held.name!r} had no champion before", hint="Serve another model instead.")
    return serve_model(conn, endpoint_id, before[-1], actor_id=actor_id, now=now, cause=ROLLBACK)


def follow_champion(
    conn: Connection,
    *,
    project_id: str,
    pipeline_id: str | None,
    variable: str,
    model_id: str | None,
    actor_id: str,
    now: datetime,
    cause: str | None = None,
) -> list[str]:
    """Let the endpoints that follow a variable serve its new value; give their ids.

    A value that cannot serve moves nobody: each endpoint keeps its champion and says why.

    Args:
        pipeline_id: Whose variable it is; None for the project's own champion.
    """
    is_mine = endpoint.c.pipeline_id.is_(None) if pipeline_id is None else endpoint.c.pipeline_id == pipeline_id
    found = select(endpoint.c.id).where(endpoint.c.project_id == project_id, is_mine, endpoint.c.variable == variable)
    followers = list(conn.execute(found).scalars())
    for endpoint_id in followers:
        try:
            serve_model(conn, endpoint_id, model_id, actor_id=actor_id, now=now, cause=cause)
        except (NotFound, ModelError, InvalidInput) as error:
            note_problem(conn, endpoint_id, error.message)
    return followers


def note_problem(conn: Connection, endpoint_id: str, problem: str | None) -> None:
    """Write down why an endpoint does not serve the model that it should, or that it does again."""
    conn.execute(update(endpoint).where(endpoint.c.id == endpoint_id).values(problem=problem))


def note_change(
    conn: Connection,
    endpoint_id: str,
    project_id: str,
    payload: Mapping[str, JsonValue],
    *,
    actor_id: str,
    now: datetime,
    cause: str | None = None,
) -> None:
    """Tell everybody that an endpoint changed."""
    emit(
        conn,
        queries.CHANGED,
        project_id=project_id,
        subject_id=endpoint_id,
        actor_id=actor_id,
        now=now,
        payload=payload,
        cause=cause,
    )


def delete_endpoint(conn: Connection, endpoint_id: str, *, actor_id: str, now: datetime) -> None:
    """Close an endpoint for good, with its log, feedback and flags; items that were made of its traffic stay.

    Raises:
        NotFound: There is no such endpoint.
    """
    held = queries.get_endpoint(conn, endpoint_id)
    for table in (flag, flag_rule, feedback, prediction_log, endpoint_tally):
        conn.execute(delete(table).where(table.c.endpoint_id == endpoint_id))
    mine = (token.c.endpoint_id == endpoint_id) & token.c.revoked_at.is_(None)
    conn.execute(update(token).where(mine).values(revoked_at=now))
    conn.execute(delete(endpoint).where(endpoint.c.id == endpoint_id))
    note_change(conn, endpoint_id, held.project_id, {"name": held.name, "is_deleted": True}, actor_id=actor_id, now=now)
    write_audit(conn, "endpoint.delete", actor_id=actor_id, now=now, subject=endpoint_id, project_id=held.project_id)


def _note_role(
    conn: Connection,
    held: Endpoint,
    role: ServingRole,
    model_id: str | None,
    previous_id: str | None,
    actor_id: str,
    now: datetime,
    *,
    cause: str | None = None,
) -> None:
    payload: dict[str, JsonValue] = {
        "name": held.name,
        "role": role.value,
        "model_id": model_id,
        "previous_id": previous_id,
    }
    note_change(conn, held.id, held.project_id, payload, actor_id=actor_id, now=now, cause=cause)
