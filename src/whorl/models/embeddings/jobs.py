"""The job ``embed``, and the upkeep of spaces that embed what arrives by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, func, select

from whorl.base.clock import Clock, to_datetime
from whorl.base.errors import InvalidInput, JsonValue, NotFound
from whorl.datasets.dql.either_form import read_query
from whorl.engine.handlers import AnyHandler, BodyContext
from whorl.engine.inbox import send
from whorl.engine.jobs import QUEUED, RUNNING, JobContext, JobHandler, create_job, job_node
from whorl.engine.messages import Message, Work
from whorl.models.embeddings.compaction import compact
from whorl.models.embeddings.embedding import EmbedCounts, embed_missing
from whorl.models.embeddings.near import answer_near_by_stored_vectors
from whorl.models.embeddings.queries import Space, get_space
from whorl.models.embeddings.store import open_store
from whorl.models.workshop import Workshop
from whorl.store.blobs import BlobStore
from whorl.store.db import Database
from whorl.store.db.tables import annotation, dataset, item, job

EMBED: Final = "embed"
KEEP_NODE: Final = "embeddings:keep"
_LOOK_EVERY: Final = timedelta(seconds=20)
_PATIENCE: Final = 6  # looks, after which what still arrives is no reason to wait
_ACTOR: Final = "system"


@dataclass(frozen=True)
class EmbedJobs:
    """The body of the job."""

    db: Database
    blobs: BlobStore
    home: Path
    clock: Clock

    def embed(self, context: JobContext) -> Mapping[str, JsonValue]:
        """Embed what one dataset, or each in ``datasets``, has and the space lacks; then tidy the space.

        Params: ``space_id``; ``dataset_id`` and ``filter``, or ``datasets``: id to the item key after which to look.
        """
        params = context.params
        with self.db.read() as conn:
            space = get_space(conn, _text(params, "space_id"))
        workshop = Workshop(self.db, self.blobs, context.executor, self.home, context.check)
        store = open_store(self.db, self.blobs, self.home)
        total = EmbedCounts()
        given = params.get("filter")
        query = read_query(given) if isinstance(given, dict | str) else None
        for dataset_id, after in _wanted(params).items():
            found = embed_missing(
                workshop, store, space, dataset_id, now=self._now, query=query, after=after, report=context.report
            )
            total = _add(total, found)
        for name, why in total.listed:
            context.log(f"{name}: {why}")
        context.report(1.0, "tidying")
        dropped = compact(self.db, self.blobs, store, space, now=self._now())
        return {"space_id": space.id, **total.to_json(), "dropped": dropped or 0}

    def _now(self) -> datetime:
        return to_datetime(self.clock.now())


@dataclass(frozen=True)
class _Look:
    """What a look found: nothing of note, or what a job is to embed, and what to remember until the next."""

    space_id: str
    project_id: str | None
    payload: Mapping[str, JsonValue]
    wanted: Mapping[str, int] | None = None


@dataclass(frozen=True)
class KeepHandler:
    """Implements ``Handler`` for the node ``embeddings:keep``: one message per kept space looks every 20 seconds.

    New items start a job once none has come between two looks, or after two minutes. A crop is new when it was drawn.
    """

    db: Database
    clock: Clock
    batch_size: int = 16
    lease_s: float = 60.0
    max_attempts: int = 1_000_000
    backoff_s: float = 30.0
    priority: int = -2
    max_in_flight: int = 1

    def run(self, works: Sequence[Work], context: BodyContext) -> Sequence[_Look]:
        """Compare what there is with what was seen."""
        del context
        with self.db.read() as conn:
            return [self._look(conn, work) for work in works]

    def commit(self, conn: Connection, works: Sequence[Work], outcomes: Sequence[_Look]) -> Iterable[Message]:
        """Start jobs, and plan the next look of spaces that are still kept."""
        now = to_datetime(self.clock.now())
        messages = []
        del works
        for look in outcomes:
            if look.project_id is None:
                continue
            if look.wanted is not None:
                params: dict[str, JsonValue] = {"space_id": look.space_id, "datasets": {**look.wanted}}
                create_job(conn, EMBED, project_id=look.project_id, params=params, actor_id=_ACTOR, now=now)
            messages.append(_next_look(look.space_id, look.payload, now))
        return messages

    def _look(self, conn: Connection, work: Work) -> _Look:
        try:
            space = get_space(conn, work.ref)
        except NotFound:
            return _Look(work.ref, None, {})
        if not space.is_kept:
            return _Look(work.ref, None, {})
        payload = work.payload
        seen, last = _numbers(payload.get("seen")), _numbers(payload.get("last"))
        waited = payload.get("waited")
        looks = waited if isinstance(waited, int) else 0
        current = newest(conn, space)
        if current == seen:
            return _Look(space.id, space.project_id, {"seen": {**seen}})
        if (current != last and looks < _PATIENCE) or _is_busy(conn, space):
            return _Look(space.id, space.project_id, {"seen": {**seen}, "last": {**current}, "waited": looks + 1})
        # Crops change on old items too, so their datasets are looked through whole.
        wanted = {
            one: seen.get(one, 0) if space.kind == "image" else 0 for one in current if current[one] != seen.get(one)
        }
        return _Look(space.id, space.project_id, {"seen": {**current}}, wanted)


def start_embedding(
    conn: Connection,
    space: Space,
    dataset_id: str,
    *,
    filter: str | dict[str, JsonValue] | None,
    actor_id: str,
    now: datetime,
) -> str:
    """Queue the job that embeds a dataset, in the caller's transaction; its id.

    Raises:
        QueryError: The filter is no query.
    """
    read_query(filter)
    params: dict[str, JsonValue] = {"space_id": space.id, "dataset_id": dataset_id, "filter": filter}
    return create_job(conn, EMBED, project_id=space.project_id, params=params, actor_id=actor_id, now=now)


def plan_upkeep(conn: Connection, space: Space, *, now: datetime) -> None:
    """Let a space that is kept embed by itself what arrives from now on."""
    if space.is_kept:
        seen: dict[str, JsonValue] = {**newest(conn, space)}
        send(conn, [_next_look(space.id, {"seen": seen}, now)])


def newest(conn: Connection, space: Space) -> dict[str, int]:
    """What tells by dataset whether something came: the greatest key of an item, or revision at which one was drawn."""
    column = item.c.key if space.kind == "image" else annotation.c.born_rev
    table = item if space.kind == "image" else annotation
    found: dict[str, int] = {}
    mine = select(dataset.c.key, dataset.c.id).where(dataset.c.project_id == space.project_id)
    for row in conn.execute(mine).all():
        value = conn.execute(select(func.max(column)).where(table.c.dataset_key == row.key)).scalar_one()
        if value is not None:
            found[row.id] = int(value)
    return found


def embed_job_handlers(db: Database, blobs: BlobStore, home: Path, clock: Clock) -> dict[str, AnyHandler]:
    """The handlers of embedding, by node."""
    answer_near_by_stored_vectors(db, blobs, home)
    jobs = EmbedJobs(db, blobs, home, clock)
    return {job_node(EMBED): JobHandler(db, jobs.embed), KEEP_NODE: KeepHandler(db, clock)}


def _next_look(space_id: str, payload: Mapping[str, JsonValue], now: datetime) -> Message:
    return Message(KEEP_NODE, 0, space_id, payload=payload, not_before=now + _LOOK_EVERY)


def _is_busy(conn: Connection, space: Space) -> bool:
    running = select(job.c.params).where(
        job.c.kind == EMBED, job.c.project_id == space.project_id, job.c.state.in_((QUEUED, RUNNING))
    )
    return any(params.get("space_id") == space.id for params in conn.execute(running).scalars())


def _wanted(params: Mapping[str, JsonValue]) -> dict[str, int]:
    if params.get("datasets") is not None:
        return _numbers(params["datasets"])
    return {_text(params, "dataset_id"): 0}


def _add(total: EmbedCounts, found: EmbedCounts) -> EmbedCounts:
    return replace(
        total,
        total=total.total + found.total,
        present=total.present + found.present,
        embedded=total.embedded + found.embedded,
        refused=total.refused + found.refused,
        listed=(*total.listed, *found.listed)[:50],
    )


def _numbers(value: JsonValue) -> dict[str, int]:
    if not isinstance(value, dict):
        return {}
    return {name: number for name, number in value.items() if isinstance(number, int)}


def _text(params: Mapping[str, JsonValue], name: str) -> str:
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"{name}: {value!r}; a text is needed")
    return value
