"""Reads of endpoints, of who served when, and of their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select

from whorl.base.errors import NotFound
from whorl.models.queries import check_may_serve, get_model
from whorl.schemas.serving import Endpoint, EndpointChange, EndpointSettings, ServingRole
from whorl.schemas.wire import Page
from whorl.serving.rules import check_trained, make_examples, predict_path
from whorl.store.db.tables import endpoint, endpoint_tally, event, model

CHANGED = "endpoint.changed"


@dataclass(frozen=True)
class Weights:
    """Where a model's files are, and who loads them."""

    model_id: str
    architecture: str
    folder: str
    pack_sha256: str | None


@dataclass(frozen=True)
class Target:
    """Who should serve an endpoint, as its row says."""

    id: str
    name: str
    project_id: str
    settings: EndpointSettings
    is_on: bool
    champion_id: str | None
    shadow_id: str | None
    canary_id: str | None
    canary_share: float
    problem: str | None

    @property
    def model_ids(self) -> frozenset[str]:
        """The models it needs, one to three."""
        return frozenset(one for one in (self.champion_id, self.shadow_id, self.canary_id) if one is not None)


@dataclass(frozen=True)
class Tally:
    """Requests of one minute to one model in one role."""

    model_id: str
    role: ServingRole
    minute: int
    requests: int
    errors: int
    dropped: int
    latency_ms: float
    histogram: Sequence[int]


def get_endpoint(conn: Connection, endpoint_id: str, *, url: str = "") -> Endpoint:
    """One endpoint.

    Args:
        url: Of the server that is asked, for the examples.

    Raises:
        NotFound: There is none with this id.
    """
    row = conn.execute(select(endpoint).where(endpoint.c.id == endpoint_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no such endpoint: {endpoint_id}", hint="`whorl endpoints list` shows them.")
    return _endpoint(row, url)


def check_servable(conn: Connection, model_id: str, project_id: str) -> None:
    """Let a model pass that may serve in a project: its own, trained, and evaluated if it is a variant of another.

    Raises:
        NotFound: There is no such model.
        InvalidInput: It is of another project.
        ModelError: It is not trained, or a variant that nobody has evaluated.
    """
    check_trained(get_model(conn, model_id), project_id)
    check_may_serve(conn, model_id)


def find_endpoint(conn: Connection, name_or_id: str) -> tuple[str, str] | None:
    """The id and the project of the endpoint with a name or an id, or None."""
    is_match = (endpoint.c.id == name_or_id) | (endpoint.c.name == name_or_id)
    row = conn.execute(select(endpoint.c.id, endpoint.c.project_id).where(is_match)).one_or_none()
    return None if row is None else (row.id, row.project_id)


def list_endpoints(
    conn: Connection, *, project_id: str, cursor: str | None = None, limit: int = 100, url: str = ""
) -> Page[Endpoint]:
    """One page of a project's endpoints, newest first."""
    found = select(endpoint).where(endpoint.c.project_id == project_id).order_by(endpoint.c.id.desc())
    if cursor is not None:
        found = found.where(endpoint.c.id < cursor)
    rows = list(conn.execute(found.limit(limit + 1)).mappings())
    return Page(
        items=[_endpoint(row, url) for row in rows[:limit]],
        next_cursor=rows[limit - 1]["id"] if len(rows) > limit else None,
    )


def list_targets(conn: Connection) -> list[Target]:
    """Who should serve each endpoint of every project."""
    return [
        Target(
            id=row["id"],
            name=row["name"],
            project_id=row["project_id"],
            settings=_settings(row),
            is_on=row["is_on"],
            champion_id=row["model_id"],
            shadow_id=row["shadow_id"],
            canary_id=row["canary_id"],
            canary_share=row["canary_share"],
            problem=row["problem"],
        )
        for row in conn.execute(select(endpoint)).mappings()
    ]


def find_weights(conn: Connection, model_ids: Sequence[str]) -> dict[str, Weights]:
    """Where the files of these models are; those without any are left out."""
    found = select(model.c.id, model.c.architecture, model.c.folder, model.c.pack_sha256).where(
        model.c.id.in_(model_ids), model.c.folder.is_not(None)
    )
    return {row.id: Weights(row.id, row.architecture, row.folder, row.pack_sha256) for row in conn.execute(found).all()}


def list_changes(conn: Connection, endpoint_id: str, *, limit: int = 1000) -> list[EndpointChange]:
    """The newest changes of who serves, oldest first."""
    # Events are found by their project; there is no index on what they are about.
    mine = select(endpoint.c.project_id).where(endpoint.c.id == endpoint_id).scalar_subquery()
    found = (
        select(event.c.at, event.c.actor_id, event.c.cause, event.c.payload)
        .where(event.c.project_id == mine, event.c.kind == CHANGED, event.c.subject_id == endpoint_id)
        .order_by(event.c.id.desc())
    )
    changes = [
        EndpointChange(
            at=row.at,
            actor_id=row.actor_id,
            role=ServingRole(row.payload["role"]),
            model_id=row.payload["model_id"],
            previous_id=row.payload["previous_id"],
            cause=row.cause,
        )
        for row in conn.execute(found)
        if row.payload.get("role") is not None
    ]
    return changes[:limit][::-1]


def list_tallies(conn: Connection, endpoint_id: str, *, since_minute: int) -> list[Tally]:
    """What was counted in the minutes from one on, oldest first."""
    found = select(endpoint_tally).where(
        endpoint_tally.c.endpoint_id == endpoint_id, endpoint_tally.c.minute >= since_minute
    )
    return [
        Tally(
            model_id=row["model_id"],
            role=ServingRole(row["role"]),
            minute=row["minute"],
            requests=row["requests"],
            errors=row["errors"],
            dropped=row["dropped"],
            latency_ms=row["latency_ms"],
            histogram=row["histogram"],
        )
        for row in conn.execute(found.order_by(endpoint_tally.c.minute)).mappings()
    ]


def _endpoint(row: RowMapping, url: str) -> Endpoint:
    return Endpoint(
        id=row["id"],
        project_id=row["project_id"],
        name=row["name"],
        model_id=row["model_id"],
        shadow_id=row["shadow_id"],
        canary_id=row["canary_id"],
        canary_share=row["canary_share"],
        pipeline_id=row["pipeline_id"],
        variable=row["variable"],
        dataset_id=row["dataset_id"],
        settings=_settings(row),
        is_on=row["is_on"],
        problem=row["problem"],
        predict_url=predict_path(row["name"]),
        examples=make_examples(row["name"], url),
        created_at=row["created_at"],
    )


def _settings(row: RowMapping) -> EndpointSettings:
    return EndpointSettings.model_validate(row["settings"])
