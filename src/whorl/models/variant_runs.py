"""One variant of a registered model: made in a worker process, measured, its folder put in place, recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import Connection

from whorl.base.errors import ModelError
from whorl.models import actions
from whorl.models.folder import write_folder
from whorl.models.packs import pack_folder
from whorl.models.queries import get_model
from whorl.models.training_set import read_labelled, stored_query
from whorl.models.variants import CALIBRATION_IMAGES, check_variant, is_helpful, variant_body
from whorl.models.workshop import Workshop
from whorl.schemas.models import Model
from whorl.schemas.records import Subset


@dataclass(frozen=True)
class BuiltVariant:
    """A variant whose folder lies where models lie, named after its id, and what both models cost."""

    model_id: str
    source_id: str
    kind: str
    pack_sha256: str
    size_bytes: int
    latency_ms: float
    size_bytes_before: int
    latency_ms_before: float


def build_variant(workshop: Workshop, source_id: str, kind: str, model_id: str) -> BuiltVariant:
    """Make a variant under a new id.

    Args:
        kind: int8 or fp16.

    Raises:
        InvalidInput: The model cannot have such a variant.
        MissingDependency: The package onnx is not installed.
        ModelError: It has no training items any more, cannot be converted, or the variant does not help here.
        NotFound: There is no such model, or it was never trained.
    """
    with workshop.db.read() as conn:
        source = get_model(conn, source_id)
        wanted = check_variant(source.architecture, source.variant, kind)
        shas = _images_of(conn, source)
    folder = workshop.model_folder(source_id)
    made = workshop.call(variant_body, str(folder), workshop.files(shas), wanted)
    if not is_helpful(made.before, made.after):
        raise ModelError(
            f"{kind} does not help on this machine: {made.before.latency_ms:g} ms and {made.before.size_bytes:,} bytes "
            f"became {made.after.latency_ms:g} ms and {made.after.size_bytes:,} bytes",
            hint="Keep the model as trained, or try the other kind.",
        )
    target = workshop.models_path / model_id
    with write_folder(target) as draft:
        for name, data in made.files.items():
            (draft / name).parent.mkdir(parents=True, exist_ok=True)
            (draft / name).write_bytes(data)
    return BuiltVariant(
        model_id=model_id,
        source_id=source_id,
        kind=kind,
        pack_sha256=pack_folder(workshop.blobs, target),
        size_bytes=made.after.size_bytes,
        latency_ms=made.after.latency_ms,
        size_bytes_before=made.before.size_bytes,
        latency_ms_before=made.before.latency_ms,
    )


def record_variant(conn: Connection, built: BuiltVariant, *, actor_id: str, now: datetime) -> None:
    """Keep a variant as a model of its own."""
    new = actions.NewVariant(built.model_id, built.kind, built.pack_sha256, built.size_bytes, built.latency_ms)
    actions.add_variant(conn, built.source_id, new, actor_id=actor_id, now=now)


def _images_of(conn: Connection, source: Model) -> list[str]:
    """Contents of training items, spread evenly over all of them."""
    if source.dataset_id is None or source.revision is None:
        return []
    query = stored_query(source.query, Subset.TRAIN)
    found = read_labelled(conn, source.dataset_id, revision=source.revision, subset=Subset.TRAIN, query=query)
    at = np.unique(np.linspace(0, len(found.items) - 1, min(len(found.items), CALIBRATION_IMAGES)).round().astype(int))
    return [found.items[int(index)].sha256 for index in at] if found.items else []
