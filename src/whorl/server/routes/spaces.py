"""Embedding spaces: made, listed, filled, deleted."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.engine import jobs as engine_jobs
from whorl.models.embeddings import actions, queries
from whorl.models.embeddings.queries import Space
from whorl.schemas.embeddings import EmbeddingSpace, EmbedRequest, SpaceCoverage, SpaceDraft
from whorl.schemas.jobs import Job
from whorl.server.media import decode_apart
from whorl.server.permits import Caller, CallerDep, needs
from whorl.server.routes.jobs import to_wire
from whorl.store.blobs import content_key

router = APIRouter(prefix="/api/v1", tags=["spaces"])


@router.get("/projects/{project_id}/spaces", **needs(Action.DATASET_READ))
def list_spaces(caller: CallerDep, project_id: str) -> list[EmbeddingSpace]:
    """The project's spaces, oldest first; the first of whole images is what is meant when none is named."""
    return caller.read(lambda conn: wire_spaces(conn, queries.list_spaces(conn, project_id)))


@router.post("/projects/{project_id}/spaces", status_code=201, **needs(Action.DATASET_WRITE))
def create_space(caller: CallerDep, project_id: str, body: SpaceDraft) -> EmbeddingSpace:
    """Make a space; its model is opened once, to see that it embeds. What there is already is embedded on demand."""
    from whorl.models.embeddings.sources import settle_source

    settings = caller.services.settings
    with caller.services.db.read() as conn:
        source = settle_source(conn, project_id, body.source, home=settings.home_path, pythons=settings.model_pythons)
    can_read_text = False if source.is_feature else _look(caller, source.name, source.model_id)

    def work(conn: Connection) -> EmbeddingSpace:
        made = actions.create_space(
            conn,
            project_id,
            source=source.name,
            kind=body.kind,
            name=body.name,
            model_id=source.model_id,
            is_kept=body.is_kept,
            can_read_text=can_read_text,
            now=caller.now,
        )
        _plan(conn, caller, made)
        return wire_spaces(conn, [made])[0]

    return caller.write(work)


@router.get("/spaces/{space_id}", **needs(Action.DATASET_READ))
def get_space(caller: CallerDep, space_id: str) -> EmbeddingSpace:
    """One space."""
    return caller.read(lambda conn: wire_spaces(conn, [queries.get_space(conn, space_id)])[0])


@router.delete("/spaces/{space_id}", status_code=204, **needs(Action.DATASET_WRITE))
def delete_space(caller: CallerDep, space_id: str) -> None:
    """Delete a space with its vectors and maps. Images and annotations stay; embedding again makes the same vectors."""
    from whorl.models.embeddings.compaction import find_orphans

    gone = caller.write(lambda conn: actions.delete_space(conn, space_id))
    for sha256 in caller.read(lambda conn: find_orphans(conn, gone)):
        caller.services.blobs.delete(content_key(sha256))
    caller.services.embeddings.forget(space_id)


@router.get("/spaces/{space_id}/coverage", **needs(Action.DATASET_READ))
def get_coverage(caller: CallerDep, space_id: str, dataset_id: str = Query(max_length=40)) -> SpaceCoverage:
    """How much of a dataset the space holds."""
    from whorl.server.seeking import seeker_of

    with caller.services.db.read() as conn:
        caller.check_same_project(conn, "dataset", dataset_id)
        space = queries.get_space(conn, space_id)
    total, embedded = seeker_of(caller.services).covered(space, dataset_id)
    return SpaceCoverage(space_id=space_id, dataset_id=dataset_id, n_items=total, n_embedded=embedded)


@router.post("/datasets/{dataset_id}/embed", status_code=202, **needs(Action.DATASET_WRITE))
def embed_dataset(caller: CallerDep, dataset_id: str, body: EmbedRequest) -> Job:
    """Embed what the dataset has and the space lacks, as a job; a first space is made when the project has none."""
    from whorl.models.embeddings.jobs import start_embedding
    from whorl.models.embeddings.sources import default_source

    source = default_source(caller.services.settings.home_path)
    project_id = caller.project_id
    assert project_id is not None

    def work(conn: Connection) -> Job:
        space = queries.find_space(conn, project_id, body.space, kind="image")
        if space is None and body.space is not None:
            space = queries.choose_space(conn, project_id, body.space)
        if space is None:
            space = actions.create_space(conn, project_id, source=source, now=caller.now)
            _plan(conn, caller, space)
        job_id = start_embedding(conn, space, dataset_id, filter=body.filter, actor_id=caller.actor.id, now=caller.now)
        return to_wire(engine_jobs.get_job(conn, job_id))

    return caller.write(work)


def wire_spaces(conn: Connection, spaces: Sequence[Space]) -> list[EmbeddingSpace]:
    """Spaces with the number and size of their vectors."""
    counts = queries.count_vectors(conn, [one.key for one in spaces])
    return [
        EmbeddingSpace(
            id=one.id,
            project_id=one.project_id,
            name=one.name,
            kind="crop" if one.kind == "crop" else "image",
            source=one.source,
            model_id=one.model_id,
            width=one.width,
            is_kept=one.is_kept,
            can_read_text=one.can_read_text,
            n_vectors=counts.get(one.key, 0),
            bytes=counts.get(one.key, 0) * (32 + 2 * (one.width or 0)),
            created_at=one.created_at,
        )
        for one in spaces
    ]


def _look(caller: Caller, source: str, model_id: str | None) -> bool:
    from whorl.models.embeddings.bodies import look_at_source
    from whorl.models.packs import bring_folder
    from whorl.models.queries import get_model_pack

    settings = caller.services.settings
    folder = None
    if model_id is not None:
        name, pack_sha256 = caller.read(lambda conn: get_model_pack(conn, model_id))
        folder = str(bring_folder(caller.services.blobs, settings.models_path / name, pack_sha256))
    return decode_apart(caller.services, look_at_source, source, folder, str(settings.home_path))


def _plan(conn: Connection, caller: Caller, space: Space) -> None:
    from whorl.models.embeddings.jobs import plan_upkeep

    plan_upkeep(conn, space, now=caller.now)
