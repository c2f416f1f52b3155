"""Datasets: revisions, snapshots, differences, splits."""

from __future__ import annotations

from fastapi import APIRouter, Query
from pydantic import Field

from whorl.access.rules import Action
from whorl.datasets import actions, diffs, queries
from whorl.schemas.datasets import (
    ChangeKind,
    Dataset,
    FrozenTest,
    ItemChange,
    Revision,
    RevisionDiff,
    Snapshot,
    SplitReport,
)
from whorl.schemas.records import Subset
from whorl.schemas.wire import Page, Wire
from whorl.server.permits import CallerDep, needs

router = APIRouter(prefix="/api/v1", tags=["datasets"])


class DatasetCreate(Wire):
    """A dataset to be made."""

    name: str = Field(min_length=1, max_length=200)


class SnapshotCreate(Wire):
    """A name for a revision; the newest when left out."""

    name: str = Field(min_length=1, max_length=200)
    revision: int | None = Field(default=None, ge=0)


class SplitRequest(Wire):
    """Give the items that are in no subset theirs. The shares add up to one."""

    quotas: dict[Subset, float] = Field(
        default_factory=lambda: {Subset.TRAIN: 0.7, Subset.VALIDATION: 0.15, Subset.TEST: 0.15}
    )
    seed: int = 0
    refresh_test: bool = Field(
        default=False, description="Let new items into a frozen test subset, once; what is in it stays."
    )


class FreezeRequest(Wire):
    """Why the test subset may not change from now on."""

    reason: str = Field(min_length=1, max_length=2000)


class DatasetCounts(Wire):
    """How many items a dataset holds, in all and by subset."""

    revision: int
    items: int
    train: int
    validation: int
    test: int
    no_subset: int


@router.get("/projects/{project_id}/datasets", **needs(Action.DATASET_READ))
def list_datasets(
    caller: CallerDep,
    project_id: str,
    name: str | None = None,
    cursor: str | None = None,
    limit: int = Query(100, ge=1, le=1000),
) -> Page[Dataset]:
    """The datasets, oldest first; or the one of a name."""
    if name is not None:
        found = caller.read(lambda conn: queries.find_dataset(conn, project_id, name))
        return Page(items=[] if found is None else [found])
    return caller.read(lambda conn: queries.list_datasets(conn, project_id, cursor=cursor, limit=limit))


@router.post("/projects/{project_id}/datasets", status_code=201, **needs(Action.DATASET_WRITE))
def create_dataset(caller: CallerDep, project_id: str, body: DatasetCreate) -> Dataset:
    """Make an empty dataset."""
    return caller.write(
        lambda conn: actions.create_dataset(conn, project_id, name=body.name, actor_id=caller.actor.id, now=caller.now)
    )


@router.get("/datasets/{dataset_id}", **needs(Action.DATASET_READ))
def get_dataset(caller: CallerDep, dataset_id: str) -> Dataset:
    """One dataset and its revision."""
    return caller.read(lambda conn: queries.get_dataset(conn, dataset_id))


@router.get("/datasets/{dataset_id}/counts", **needs(Action.DATASET_READ))
def count_items(caller: CallerDep, dataset_id: str, as_of: int | None = Query(None, ge=0)) -> DatasetCounts:
    """How many items there are, by subset."""
    with caller.services.db.read() as conn:
        revision = queries.get_dataset(conn, dataset_id).revision
        counts = queries.count_by_subset(conn, dataset_id, as_of=as_of)
    return DatasetCounts(
        revision=revision if as_of is None else as_of,
        items=sum(counts.values()),
        train=counts.get(Subset.TRAIN, 0),
        validation=counts.get(Subset.VALIDATION, 0),
        test=counts.get(Subset.TEST, 0),
        no_subset=counts.get(None, 0),
    )


@router.get("/datasets/{dataset_id}/revisions", **needs(Action.DATASET_READ))
def list_revisions(
    caller: CallerDep, dataset_id: str, cursor: str | None = None, limit: int = Query(100, ge=1, le=1000)
) -> Page[Revision]:
    """Who changed it and how, newest first."""
    return caller.read(lambda conn: queries.list_revisions(conn, dataset_id, cursor=cursor, limit=limit))


@router.get("/datasets/{dataset_id}/diff", **needs(Action.DATASET_READ))
def diff_revisions(
    caller: CallerDep, dataset_id: str, from_revision: int = Query(ge=0), to_revision: int = Query(ge=0)
) -> RevisionDiff:
    """What differs between two revisions, in numbers."""
    return caller.read(lambda conn: diffs.diff_revisions(conn, dataset_id, from_revision, to_revision))


@router.get("/datasets/{dataset_id}/diff/items", **needs(Action.DATASET_READ))
def list_item_changes(
    caller: CallerDep,
    dataset_id: str,
    kind: ChangeKind,
    from_revision: int = Query(ge=0),
    to_revision: int = Query(ge=0),
    cursor: str | None = None,
    limit: int = Query(100, ge=1, le=1000),
) -> Page[ItemChange]:
    """The items behind one of those numbers."""
    return caller.read(
        lambda conn: diffs.list_item_changes(
            conn, dataset_id, from_revision, to_revision, kind=kind, cursor=cursor, limit=limit
        )
    )


@router.get("/datasets/{dataset_id}/snapshots", **needs(Action.DATASET_READ))
def list_snapshots(caller: CallerDep, dataset_id: str) -> Page[Snapshot]:
    """The named revisions, oldest first."""
    return Page(items=caller.read(lambda conn: queries.list_snapshots(conn, dataset_id)))


@router.post("/datasets/{dataset_id}/snapshots", status_code=201, **needs(Action.DATASET_WRITE))
def create_snapshot(caller: CallerDep, dataset_id: str, body: SnapshotCreate) -> Snapshot:
    """Name a revision; it costs the same for any size."""
    return caller.write(
        lambda conn: actions.create_snapshot(
            conn, dataset_id, name=body.name, revision=body.revision, actor_id=caller.actor.id, now=caller.now
        )
    )


@router.post("/datasets/{dataset_id}/split", **needs(Action.DATASET_WRITE))
def split_dataset(caller: CallerDep, dataset_id: str, body: SplitRequest) -> SplitReport:
    """Give each item without a subset one; nothing that has one moves."""
    return caller.write(
        lambda conn: actions.apply_split(
            conn,
            dataset_id,
            fractions=body.quotas,
            seed=body.seed,
            refresh_test=body.refresh_test,
            actor_id=caller.actor.id,
            now=caller.now,
        )
    )


@router.post("/datasets/{dataset_id}/freeze", **needs(Action.DATASET_WRITE))
def freeze_test(caller: CallerDep, dataset_id: str, body: FreezeRequest) -> FrozenTest:
    """Freeze the test subset for good; freezing twice changes nothing."""
    return caller.write(
        lambda conn: actions.freeze_test(conn, dataset_id, reason=body.reason, actor_id=caller.actor.id, now=caller.now)
    )
