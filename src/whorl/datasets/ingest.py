"""Take records and their files into a dataset: in batches, in threads, resumable and incremental.

Files are read, checked, hashed and stored by a pool of threads (decoding releases Python's lock) while the batch
before is written. Everything of a batch is one transaction, so a kill at any moment leaves whole batches, and running
again takes only what is missing.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Connection

from whorl.datasets.imports import (
    AnnotationSink,
    BatchResult,
    Labelled,
    apply_plan,
    load_context,
    load_known,
    plan_batch,
)
from whorl.datasets.intake import KnownFile, MediaLimits, Prepared, prepare_record
from whorl.datasets.revisions import DatasetRow, batches, load_dataset, lock_dataset
from whorl.datasets.rules import find_name_problem
from whorl.schemas.datasets import ImportReport, Issue
from whorl.schemas.records import ImportIssue, ItemRecord
from whorl.store.blobs import BlobStore, Staged
from whorl.store.db import Database, Priority

BATCH_ITEMS = 200
_BATCHES_AHEAD = 2
# Each hand-over between threads may wait for the lock of Python; small files would make many.
_FILES_PER_TASK = 8
_MANY_ITEMS = 1000
# A video weighs as much as so many images, so that progress is seen, and what was read is soon written.
_VIDEO_WEIGHT = 20
_VIDEO_SUFFIXES = frozenset((".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v"))
_MAX_SOURCE = 200

_Outcome = Prepared | ImportIssue


def ingest(
    db: Database,
    blobs: BlobStore,
    *,
    dataset_id: str,
    records: Iterable[ItemRecord | ImportIssue],
    source: str,
    actor_id: str,
    sink: AnnotationSink | None = None,
    progress: Callable[[int], None] | None = None,
    workers: int | None = None,
    limits: MediaLimits | None = None,
    dry_run: bool = False,
    priority: Priority = Priority.ENGINE,
) -> ImportReport:
    """Take records into a dataset and say what became of each.

    What cannot be read is an issue in the report; the rest goes in. A record whose file is unchanged since the last
    import of ``source`` (size and time, else hash) is not read again; other annotations replace those that this
    source brought; other bytes make another item under the same name.

    Args:
        source: What is imported, the same each time; at most 200 characters.
        sink: Writes the records' annotations; without it they are ignored.
        progress: Called with the number of records done after each batch; it may raise to stop there.
        workers: Threads that read and decode; one per core when left out.
        limits: The largest image that is taken in; the settings' defaults when left out.
        dry_run: Look at everything and write nothing.

    Raises:
        NotFound: There is no such dataset.
        StorageFull: Disk or bucket took no more; whole batches stay, and running again completes the import.
    """
    started = time.perf_counter()
    with db.read() as conn:
        row = load_dataset(conn, dataset_id)
    session = _Session(
        db, None if dry_run else blobs, row, source[:_MAX_SOURCE], actor_id, sink, priority, limits or MediaLimits()
    )
    pool = ThreadPoolExecutor(workers or os.cpu_count() or 1, thread_name_prefix="whorl-ingest")
    waiting: deque[list[Future[list[_Outcome]]]] = deque()
    try:
        for batch in _batches(records, session):
            waiting.append(session.submit(pool, batch))
            while len(waiting) > _BATCHES_AHEAD:
                session.finish(waiting[0], progress)
                waiting.popleft()
        while waiting:
            session.finish(waiting[0], progress)
            waiting.popleft()
    finally:
        pool.shutdown(cancel_futures=True)
        session.discard(waiting)
    if session.added >= _MANY_ITEMS:
        db.refresh_statistics()
    with db.read() as conn:
        revision = load_dataset(conn, dataset_id).revision
    return session.report(revision, is_dry_run=dry_run, seconds=time.perf_counter() - started)


@dataclass
class _Session:
    """One run of ``ingest`` and its running account."""

    db: Database
    blobs: BlobStore | None  # None: write nothing
    row: DatasetRow
    source: str
    actor_id: str
    sink: AnnotationSink | None
    priority: Priority
    limits: MediaLimits
    names: set[str] = field(default_factory=set)
    seen: int = 0
    done: int = 0
    added: int = 0
    replaced: int = 0
    relabelled: int = 0
    unchanged: int = 0
    annotations_added: int = 0
    annotations_removed: int = 0
    bytes_read: int = 0
    new_labels: dict[str, None] = field(default_factory=dict)
    issues: list[ImportIssue] = field(default_factory=list)

    def submit(self, pool: ThreadPoolExecutor, batch: list[ItemRecord | ImportIssue]) -> list[Future[list[_Outcome]]]:
        """Start to look at the files of a batch."""
        names = [one.name for one in batch if isinstance(one, ItemRecord) and not find_name_problem(one.name)]
        with self.db.read() as conn:
            known = load_known(conn, self.row.key, self.source, names)
        return [pool.submit(_look_at, some, known, self.blobs, self.limits) for some in batches(batch, _FILES_PER_TASK)]

    def finish(self, batch: list[Future[list[_Outcome]]], progress: Callable[[int], None] | None) -> None:
        """Wait for the files of a batch and write it."""
        outcomes = [one for task in batch for one in task.result()]
        prepared = [one for one in outcomes if isinstance(one, Prepared)]
        self.issues.extend(one for one in outcomes if isinstance(one, ImportIssue))
        self.bytes_read += sum(one.bytes_read for one in prepared)
        if prepared:
            self._take(self._preview(prepared) if self.blobs is None else self._write(prepared))
        if progress is not None:
            self.done += len(outcomes)
            progress(self.done)

    def discard(self, waiting: Iterable[list[Future[list[_Outcome]]]]) -> None:
        """Forget what was looked at and is not going to be written."""
        tasks = [task for batch in waiting for task in batch if task.done() and not task.cancelled()]
        for task in tasks:
            if self.blobs is not None and task.exception() is None:
                self.blobs.discard(_staged(task.result()))

    def report(self, revision: int, *, is_dry_run: bool, seconds: float) -> ImportReport:
        """The account as a report."""
        return ImportReport(
            dataset_id=self.row.id,
            source=self.source,
            is_dry_run=is_dry_run,
            revision=revision,
            seen=self.seen,
            added=self.added,
            replaced=self.replaced,
            relabelled=self.relabelled,
            unchanged=self.unchanged,
            annotations_added=self.annotations_added,
            annotations_removed=self.annotations_removed,
            bytes_read=self.bytes_read,
            new_labels=list(self.new_labels),
            issues=[Issue(where=one.where, code=one.code, reason=one.reason, hint=one.hint) for one in self.issues],
            seconds=round(seconds, 3),
        )

    def _write(self, prepared: list[Prepared]) -> BatchResult:
        assert self.blobs is not None
        # A row may name only what survives a power cut. One sync for the batch: one for each file would cost more than
        # reading and decoding them.
        self.blobs.publish(_staged(prepared))
        names = [one.record.name for one in prepared]
        now = datetime.now(UTC)

        def work(conn: Connection) -> BatchResult:
            row = lock_dataset(conn, self.row.id)
            plan = plan_batch(prepared, load_context(conn, row, self.source, names))
            return apply_plan(conn, row, plan, source=self.source, sink=self.sink, actor_id=self.actor_id, now=now)

        return self.db.write(work, priority=self.priority)

    def _preview(self, prepared: list[Prepared]) -> BatchResult:
        with self.db.read() as conn:
            context = load_context(conn, self.row, self.source, [one.record.name for one in prepared])
        plan = plan_batch(prepared, context)
        labelled = [one for one, _ in plan.added] + [one for one, _, _ in plan.replaced]
        labelled += [one for one, _ in plan.relabelled]
        added = sum(len(one.record.annotations) for one in labelled) if self.sink is not None else 0
        return BatchResult(
            len(plan.added),
            len(plan.replaced),
            len(plan.relabelled),
            plan.unchanged,
            Labelled(added=added),
            tuple(plan.issues),
        )

    def _take(self, result: BatchResult) -> None:
        self.added += result.added
        self.replaced += result.replaced
        self.relabelled += result.relabelled
        self.unchanged += result.unchanged
        self.annotations_added += result.labelled.added
        self.annotations_removed += result.labelled.removed
        self.new_labels.update(dict.fromkeys(result.labelled.new_labels))
        self.issues.extend(result.issues)


def _look_at(
    some: Sequence[ItemRecord | ImportIssue],
    known: Mapping[str, KnownFile],
    blobs: BlobStore | None,
    limits: MediaLimits,
) -> list[_Outcome]:
    outcomes: list[_Outcome] = []
    try:
        for one in some:
            if isinstance(one, ItemRecord):
                outcomes.append(prepare_record(one, known.get(one.name), blobs, limits=limits))
            else:
                outcomes.append(one)
    except BaseException:
        if blobs is not None:
            blobs.discard(_staged(outcomes))
        raise
    return outcomes


def _staged(outcomes: Iterable[_Outcome]) -> list[Staged]:
    return [staged for one in outcomes if isinstance(one, Prepared) for staged in one.staged]


def _batches(
    records: Iterable[ItemRecord | ImportIssue], session: _Session
) -> Iterator[list[ItemRecord | ImportIssue]]:
    """Cut the records into batches; a name that came before becomes an issue."""
    batch: list[ItemRecord | ImportIssue] = []
    weight = 0
    for one in records:
        if isinstance(one, ItemRecord):
            session.seen += 1
            if one.name in session.names:
                reason = "this name came before in the same import; the first one was taken"
                batch.append(ImportIssue(one.name, "duplicate_name", reason, "Rename one of them."))
                continue
            session.names.add(one.name)
        batch.append(one)
        weight += _weight(one)
        if weight >= BATCH_ITEMS:
            yield batch
            batch, weight = [], 0
    if batch:
        yield batch


def _weight(one: ItemRecord | ImportIssue) -> int:
    is_video = isinstance(one, ItemRecord) and one.file is not None and one.file.suffix.lower() in _VIDEO_SUFFIXES
    return _VIDEO_WEIGHT if is_video else 1
