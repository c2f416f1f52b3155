"""The bodies of jobs: import and export."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from whorl.base.errors import InvalidInput, JsonValue
from whorl.datasets.intake import MediaLimits
from whorl.engine.handlers import AnyHandler
from whorl.engine.jobs import JobContext, JobHandler, job_node
from whorl.store.blobs import BlobStore
from whorl.store.db import Database

_MOST_COUNTED = 1_000_000
_IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff"})
_IMPORT_OPTIONS = frozenset({"images", "new_labels"})


@dataclass(frozen=True)
class ImportJob:
    """Takes a folder into a dataset."""

    db: Database
    blobs: BlobStore
    limits: MediaLimits

    def __call__(self, context: JobContext) -> Mapping[str, JsonValue]:
        # Late: formats bring in what decodes images.
        from whorl.formats.actions import import_folder  # noqa: PLC0415

        params = context.params
        options = _options(params)
        root = Path(_text(params, "path"))
        total = max(1, _count_images(root))

        def progress(done: int) -> None:
            context.check()
            context.report(min(done / total, 0.99), f"{done:,} of about {total:,} items")

        images = options.get("images")
        report = import_folder(
            self.db,
            self.blobs,
            dataset_id=_text(params, "dataset_id"),
            root=root,
            format=_text(params, "format") if params.get("format") else None,
            images=Path(str(images)) if images else None,
            actor_id=context.job.actor_id,
            dry_run=bool(params.get("is_dry_run", False)),
            progress=progress,
            new_labels=str(options["new_labels"]) if options.get("new_labels") else None,
            limits=self.limits,
        )
        result: dict[str, JsonValue] = report.model_dump(mode="json")
        return result


@dataclass(frozen=True)
class ExportJob:
    """Writes a dataset to a folder, or without a path to an archive in the blob store."""

    db: Database
    blobs: BlobStore

    def __call__(self, context: JobContext) -> Mapping[str, JsonValue]:
        from whorl.datasets.dql import Query, parse_query  # noqa: PLC0415 - as above
        from whorl.datasets.dql.either_form import read_query  # noqa: PLC0415 - as above
        from whorl.formats.actions import export_dataset  # noqa: PLC0415 - as above
        from whorl.formats.packing import pack_folder  # noqa: PLC0415 - as above

        params = context.params
        given = params.get("query")
        query: Query | None = None
        if isinstance(given, str) and given.strip():
            query = read_query(given)
        elif isinstance(given, dict):
            query = parse_query(given)
        as_of = params.get("as_of")

        def progress(done: int) -> None:
            context.check()
            context.report(0.0, f"{done:,} items")

        def export(out: Path) -> dict[str, JsonValue]:
            report = export_dataset(
                self.db,
                self.blobs,
                dataset_id=_text(params, "dataset_id"),
                format=_text(params, "format"),
                out=out,
                query=query,
                as_of=as_of if isinstance(as_of, int) else None,
                progress=progress,
            )
            return report.model_dump(mode="json")

        if params.get("path") is not None:
            return export(Path(_text(params, "path")))
        with tempfile.TemporaryDirectory(prefix="whorl-export-") as folder:
            result = export(Path(folder) / "export")
            context.report(0.9, "packing")
            packed = pack_folder(Path(folder) / "export", Path(folder) / "export.zip")
            key = f"exports/{context.job.id}.zip"
            self.blobs.put(key, packed)
            return {**result, "file_key": key, "file_bytes": packed.stat().st_size}


def job_handlers(db: Database, blobs: BlobStore, limits: MediaLimits) -> dict[str, AnyHandler]:
    """The handlers of jobs, by node."""
    return {
        job_node("import"): JobHandler(db, ImportJob(db, blobs, limits)),
        job_node("export"): JobHandler(db, ExportJob(db, blobs)),
    }


def _text(params: Mapping[str, JsonValue], name: str) -> str:
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"{name}: {value!r}; a text is needed")
    return value


def _options(params: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    options = params.get("options") or {}
    if not isinstance(options, dict) or set(options) - _IMPORT_OPTIONS:
        raise InvalidInput(f"options: {options!r}; allowed: {', '.join(sorted(_IMPORT_OPTIONS))}")
    return options


def _count_images(root: Path) -> int:
    folder = root if root.is_dir() else root.parent
    found = (one for one in folder.rglob("*") if one.suffix.lower() in _IMAGE_SUFFIXES)
    return sum(1 for _ in islice(found, _MOST_COUNTED))
