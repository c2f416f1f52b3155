"""Between folders in some format and a dataset: import and export."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection

from whorl.annotations.imports import AnnotationImporter, NewLabels
from whorl.annotations.queries import read_predictions, read_truth
from whorl.base.errors import Conflict, InvalidInput
from whorl.datasets import queries
from whorl.datasets.dql import Query, resolve_snapshot
from whorl.datasets.ingest import ingest
from whorl.datasets.intake import MediaLimits
from whorl.datasets.revisions import load_dataset
from whorl.formats.contract import Format
from whorl.formats.registry import detect_format, get_format
from whorl.ontology.queries import current_draft
from whorl.schemas.annotations import Layer
from whorl.schemas.datasets import ExportReport, ImportReport, Issue, Item
from whorl.schemas.records import AnnotationRecord, ImportIssue, ItemRecord, Subset
from whorl.store.blobs import BlobStore, get_content
from whorl.store.db import Database

_EXPORT_BATCH = 200


def import_folder(
    db: Database,
    blobs: BlobStore,
    *,
    dataset_id: str,
    root: Path,
    format: str | None = None,
    images: Path | None = None,
    actor_id: str,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    new_labels: NewLabels | str | None = None,
    workers: int | None = None,
    limits: MediaLimits | None = None,
) -> ImportReport:
    """Import a folder into a dataset; importing it again takes only what changed.

    Args:
        root: The dataset's folder, or its annotation file where the format has one.
        format: A name such as coco, voc, yolo, dataloop, folder; found out when left out.
        images: Where the images are, when not below ``root``.
        dry_run: Read and check everything, write nothing.
        progress: Called with the number of records done after each batch.
        new_labels: Add labels that the ontology lacks, or refuse their annotations; by whether the ontology is open
            when left out.
        limits: The largest image that is taken in; the settings' defaults when left out.

    Raises:
        FormatError: The folder is not in this format, or in none that is known.
        NotFound: There is no such dataset.
        StorageFull: Disk or bucket took no more; running again completes the import.
    """
    adapter = detect_format(root) if format is None else get_format(format)
    labels = _Labels()
    report = ingest(
        db,
        blobs,
        dataset_id=dataset_id,
        records=labels.watch(adapter.read(root, images=images)),
        source=source_name(adapter, root),
        actor_id=actor_id,
        sink=AnnotationImporter(None if new_labels is None else _new_labels(new_labels)),
        progress=progress,
        workers=workers,
        limits=limits,
        dry_run=dry_run,
    )
    if not dry_run:
        return report
    with db.read() as conn:
        current = current_draft(conn, load_dataset(conn, dataset_id).project_id)
    known = {label.name for label in current.labels}
    return report.model_copy(update={"new_labels": [name for name in labels.seen if name not in known]})


def source_name(adapter: Format, root: Path) -> str:
    """What an import of this folder is called in the database: the same each time, without the path itself."""
    place = hashlib.sha256(str(root.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{adapter.name}:{place}"


def export_dataset(
    db: Database,
    blobs: BlobStore,
    *,
    dataset_id: str,
    format: str,
    out: Path,
    query: Query | None = None,
    as_of: int | None = None,
    subset: Subset | None = None,
    layer: Layer = Layer.TRUTH,
    model_id: str | None = None,
    overwrite: bool = False,
    progress: Callable[[int], None] | None = None,
) -> ExportReport:
    """Write a dataset's items and annotations below ``out``, as one revision, however long it takes.

    Args:
        as_of: A revision; the present one when left out.
        layer: Ground truth, or what the model ``model_id`` predicted.
        overwrite: Write into a folder that has files; what is in the way is replaced.
        progress: Called with the number of items done after each batch.

    Raises:
        Conflict: ``out`` is not empty.
        InvalidInput: Predictions without a model's id, or an unknown format.
        StorageFull: The disk of ``out`` is full.
    """
    started = time.perf_counter()
    adapter = get_format(format)
    if (layer is Layer.PREDICTION) != (model_id is not None):
        raise InvalidInput("predictions are exported by model id, ground truth without one")
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not overwrite)):
        raise Conflict(f"{out.name!r} is not an empty folder", hint="Choose another, or allow to overwrite.")
    with db.read() as conn:
        row = load_dataset(conn, dataset_id)
        if query is not None and as_of is None:
            as_of = resolve_snapshot(conn, query, dataset_key=row.key)
        at = row.revision if as_of is None else as_of
        keys = queries.list_item_keys(conn, dataset_id, query=query, as_of=at, subset=subset)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".whorl-export-", dir=out.parent) as folder:
        source = _Source(db, blobs, row.key, at, model_id, Path(folder), progress)
        written = adapter.write(source.items(keys), out)
    return ExportReport(
        dataset_id=dataset_id,
        format=adapter.name,
        revision=at,
        items=written.items,
        annotations=written.annotations,
        issues=[_issue(one) for one in written.skipped],
        seconds=round(time.perf_counter() - started, 3),
    )


@dataclass
class _Labels:
    """The labels that went by, in order."""

    seen: dict[str, None] = field(default_factory=dict)

    def watch(self, found: Iterable[ItemRecord | ImportIssue]) -> Iterator[ItemRecord | ImportIssue]:
        for one in found:
            if isinstance(one, ItemRecord):
                self.seen.update(dict.fromkeys(annotation.label for annotation in one.annotations))
            yield one


@dataclass(frozen=True)
class _Source:
    """Items of a dataset at a revision, as records whose files live until the next one is asked for."""

    db: Database
    blobs: BlobStore
    dataset_key: int
    at: int
    model_id: str | None
    folder: Path
    progress: Callable[[int], None] | None

    def items(self, keys: list[int]) -> Iterator[ItemRecord]:
        for start in range(0, len(keys), _EXPORT_BATCH):
            some = keys[start : start + _EXPORT_BATCH]
            # A connection per batch: a long export must not hold back the log's checkpoint.
            with self.db.read() as conn:
                found = queries.list_items_by_key(conn, some, as_of=self.at)
                said = self._annotations(conn, some)
            for key in some:
                file = self.folder / found[key].sha256
                file.write_bytes(get_content(self.blobs, found[key].sha256))
                yield _record(found[key], said[key], file)
                file.unlink()
            if self.progress is not None:
                self.progress(start + len(some))

    def _annotations(self, conn: Connection, keys: list[int]) -> dict[int, list[AnnotationRecord]]:
        if self.model_id is None:
            return read_truth(conn, self.dataset_key, keys, as_of=self.at)
        return read_predictions(conn, self.dataset_key, keys, model_id=self.model_id, as_of=self.at)


def _record(item: Item, annotations: list[AnnotationRecord], file: Path) -> ItemRecord:
    return ItemRecord(
        name=item.name,
        file=file,
        width=item.width,
        height=item.height,
        subset=item.subset,
        metadata=item.metadata,
        annotations=tuple(_told(one) for one in annotations),
    )


def _told(record: AnnotationRecord) -> AnnotationRecord:
    """The annotation with the model that missed it as an attribute, where it has no attribute of that name."""
    if record.missed_by is None:
        return record
    return replace(record, attributes={"missed_by": record.missed_by, **record.attributes})


def _new_labels(given: NewLabels | str) -> NewLabels:
    try:
        return NewLabels(given)
    except ValueError:
        raise InvalidInput(f"new_labels is {given!r}; allowed: {', '.join(NewLabels)}") from None


def _issue(one: ImportIssue) -> Issue:
    return Issue(where=one.where, code=one.code, reason=one.reason, hint=one.hint)
