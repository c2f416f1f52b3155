"""The job that scans a dataset for duplicates: hashes what has none, groups, and writes the groups down."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np

from whorl.base.clock import Clock, to_datetime
from whorl.base.errors import Cancelled, InvalidInput, JsonValue, WhorlError
from whorl.datasets.alike import NO_HASH, Alike
from whorl.datasets.dql import parse_query
from whorl.datasets.queries import list_item_keys
from whorl.datasets.revisions import load_dataset
from whorl.engine import Placing
from whorl.engine.handlers import AnyHandler
from whorl.engine.jobs import JobContext, JobHandler, job_node
from whorl.models.embeddings.mirror import VECTORS_FILE
from whorl.models.embeddings.queries import choose_space, find_space
from whorl.models.embeddings.store import open_store
from whorl.models.workshop import Workshop
from whorl.quality.actions import NewMember, NewScan, save_hashes, save_scan
from whorl.quality.duplicates.bodies import Grouping, VectorFile, group_body, hash_files_body
from whorl.quality.duplicates.describing import describe_groups, list_members
from whorl.quality.duplicates.ranking import Candidate, link_frames, rank_items
from whorl.quality.queries import read_candidates
from whorl.schemas.selecting import DuplicateScanDraft
from whorl.store.blobs import BlobStore
from whorl.store.db import Database, Priority

FIND_DUPLICATES = "find_duplicates"
_BATCH = 64
_SHOWN = 20
_PICTURES = ("image/", "video/")
_HASHED, _GROUPED = 0.8, 0.95


@dataclass
class _Looked:
    """What a scan looks at, and what it could not look at."""

    dataset_id: str
    project_id: str
    revision: int
    items: list[Candidate]
    hashes: dict[str, int] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ScanJob:
    """Finds duplicates in a dataset, and writes down what it found."""

    db: Database
    blobs: BlobStore
    home: Path
    clock: Clock

    def __call__(self, context: JobContext) -> Mapping[str, JsonValue]:
        started = time.monotonic()
        params = context.params
        dataset_id, scan_id = str(params["dataset_id"]), str(params["scan_id"])
        draft = DuplicateScanDraft.model_validate(params["draft"])
        context.report(0.0, "reads the items")
        workshop = Workshop(self.db, self.blobs, context.executor, self.home, context.check)
        looked = self._read(dataset_id, draft)
        self._hash_missing(context, workshop, looked)
        items = looked.items
        context.report(_HASHED, f"compares {len(items):,} pictures")
        found, space_id = self._find(workshop, looked, draft)
        context.report(_GROUPED, "writes it down")
        members: list[NewMember] = list_members(items, found, rank_items(items))
        facts: dict[str, JsonValue] = {**draft.model_dump(mode="json"), "space_id": space_id, "measure": "bits of 64"}
        summary: dict[str, JsonValue] = {
            **describe_groups(items, found),
            "n_plain": sum(looked.hashes.get(one.sha256) == 0 for one in items),
            "n_skipped": len(looked.skipped),
            "skipped": list(looked.skipped[:_SHOWN]),
        }
        made = NewScan(scan_id, dataset_id, looked.revision, facts, summary)
        actor_id, now = context.job.actor_id, to_datetime(self.clock.now())
        saved = self.db.write(
            lambda conn: save_scan(conn, made, members, actor_id=actor_id, now=now), priority=Priority.ENGINE
        )
        context.log(f"{saved.n_groups:,} groups, {saved.n_extra:,} extras in {time.monotonic() - started:.1f} s")
        return {
            "scan_id": scan_id,
            "dataset_id": dataset_id,
            "n_items": saved.n_items,
            "n_groups": saved.n_groups,
            "n_extra": saved.n_extra,
        }

    def _read(self, dataset_id: str, draft: DuplicateScanDraft) -> _Looked:
        with self.db.read() as conn:
            row = load_dataset(conn, dataset_id)
            query = parse_query(draft.filter) if draft.filter else None
            items = read_candidates(conn, list_item_keys(conn, dataset_id, query=query))
        seen = [one for one in items if one.media_type.startswith(_PICTURES)]
        shown = {one.key for one in seen}
        others = [f"{one.name}: {one.media_type} shows nothing" for one in items if one.key not in shown]
        hashes = {one.sha256: one.picture_hash for one in seen if one.picture_hash is not None}
        return _Looked(dataset_id, row.project_id, row.revision, seen, hashes, others)

    def _hash_missing(self, context: JobContext, workshop: Workshop, looked: _Looked) -> None:
        """Hash what came in before ingest did; each batch is kept, so a scan that is stopped goes on from there."""
        names = {one.sha256: one.name for one in looked.items if one.sha256 not in looked.hashes}
        missing = list(names)
        for start in range(0, len(missing), _BATCH):
            context.check()
            share = _HASHED * start / len(missing)
            context.report(share, f"looks at pictures: {start:,} of {len(missing):,}")
            some = missing[start : start + _BATCH]
            made: dict[str, int] = {}
            for sha256, (value, reason) in zip(some, self._hash(workshop, some), strict=True):
                if value is None:
                    looked.skipped.append(f"{names[sha256]}: {reason}")
                else:
                    made[sha256] = value
            self.db.write(partial(save_hashes, hashes=made), priority=Priority.ENGINE)
            looked.hashes.update(made)

    @staticmethod
    def _hash(workshop: Workshop, some: Sequence[str]) -> list[tuple[int | None, str]]:
        try:
            return workshop.call(hash_files_body, workshop.files(some))
        except Cancelled:
            raise
        except WhorlError:
            # One of them is lost, or too much for the process that looks: find out which.
            found: list[tuple[int | None, str]] = []
            for sha256 in some:
                try:
                    found += workshop.call(hash_files_body, workshop.files([sha256]))
                except Cancelled:
                    raise
                except WhorlError as error:
                    found.append((None, error.message))
            return found

    def _find(self, workshop: Workshop, looked: _Looked, draft: DuplicateScanDraft) -> tuple[Alike, str | None]:
        items = looked.items
        hashes = np.array([looked.hashes.get(one.sha256, NO_HASH) for one in items], dtype=np.uint64)
        links = np.empty((0, 2), dtype=np.int64)
        if draft.video:
            links = link_frames(items, hashes, hash_distance=draft.hash_distance)
        vectors, space_id = self._vectors(looked, draft)
        given = Grouping(
            hashes=hashes,
            exact_ids=[one.sha256 for one in items] if draft.exact else None,
            rank=rank_items(items),
            links=links,
            hash_distance=draft.hash_distance if draft.near else None,
            similarity=draft.similarity,
            vectors=vectors,
        )
        if vectors is not None and isinstance(workshop.executor, Placing):
            # Another machine has not got the file of vectors, and this process is a worker's.
            return group_body(given), space_id
        return workshop.call(group_body, given), space_id

    def _vectors(self, looked: _Looked, draft: DuplicateScanDraft) -> tuple[VectorFile | None, str | None]:
        """Where the vectors of a space are; hashes alone decide where the project has none."""
        if draft.similarity is None or not draft.near:
            return None, None
        with self.db.read() as conn:
            if draft.space is not None:
                space = choose_space(conn, looked.project_id, draft.space, kind="image")
            else:
                first = find_space(conn, looked.project_id, None, kind="image")
                if first is None:
                    return None, None
                space = first
        if space.kind != "image":
            raise InvalidInput(f"space {space.name} holds crops", hint="Name a space of whole images.")
        vectors = open_store(self.db, self.blobs, self.home).open(space.id)
        rows = vectors.rows_of([one.sha256 for one in looked.items])
        if vectors.folder is None or not (rows >= 0).any():
            return None, space.id
        return VectorFile(str(vectors.folder / VECTORS_FILE), (vectors.count, vectors.width), rows), space.id


def scan_job_handlers(db: Database, blobs: BlobStore, home: Path, clock: Clock) -> dict[str, AnyHandler]:
    """The handler of the job that finds duplicates, by node."""
    return {job_node(FIND_DUPLICATES): JobHandler(db, ScanJob(db, blobs, home, clock))}
