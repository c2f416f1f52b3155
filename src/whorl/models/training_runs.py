"""One training of a registered model: its data read at the pinned revision, a process, a folder, a record."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from whorl.base.errors import Cancelled, JsonValue, WhorlError
from whorl.models import actions
from whorl.models.builtin.params import WARM
from whorl.models.checkpoints import CURVES_SO_FAR, checkpoint_folder, drop_checkpoint, is_owned, prepare_checkpoint
from whorl.models.costs import measure_latency, model_bytes
from whorl.models.curves import CurveKeeper
from whorl.models.folder import read_card
from whorl.models.packs import pack_folder
from whorl.models.queries import get_model
from whorl.models.search import read_search
from whorl.models.training import TrainingRequest, read_curves, read_lines, start_training
from whorl.models.training_set import TrainingSet, read_training_set
from whorl.models.workshop import Workshop
from whorl.schemas.models import Model

Watch = Callable[[Mapping[str, float]], None]
ReadSet = Callable[[Connection, Model], TrainingSet]
_TIMED = 3


@dataclass(frozen=True)
class Trained:
    """A training that went well; its folder is named after the model."""

    model_id: str
    items_digest: str
    n_items: int
    metrics: dict[str, JsonValue]
    seconds: float
    pack_sha256: str | None = None
    size_bytes: int | None = None
    latency_ms: float | None = None


def train_model(
    workshop: Workshop,
    model_id: str,
    *,
    owner: str,
    is_resumed: bool = False,
    timeout_s: float | None = None,
    watch: Watch | None = None,
    read: ReadSet | None = None,
    warm: Path | None = None,
) -> Trained:
    """Train a model in a niced process of its own. What it reports is kept as rows while it runs.

    Args:
        owner: The job or run that trains. Its repetition after a crash goes on from its own checkpoint.
        is_resumed: Go on from the checkpoint, whoever left it.
        timeout_s: A training that takes longer is cancelled.
        watch: Told the newest metrics a few times a second.
        read: Gives what to train on; what the model's query says when left out.
        warm: Folder in which a built-in net finds what an earlier training of its kind left, and leaves its own.

    Raises:
        Cancelled: It ran out of time, or the heartbeat said so; its checkpoint stays.
        InvalidInput: The ground truth has a label that the training cannot take.
        MissingDependency: The architecture needs a package.
        ModelError: There is nothing to train on, or the trainer failed.
        NotFound: There is no such model.
    """
    started = time.perf_counter()
    with workshop.db.read() as conn:
        model = get_model(conn, model_id)
        training_set = (
            read_training_set(conn, model, blobs=workshop.blobs, files=workshop.files_path)
            if read is None
            else read(conn, model)
        )
    target = workshop.models_path / model.id
    # What lies there is a whole folder of an attempt whose commit was lost; it may be of older code.
    shutil.rmtree(target, ignore_errors=True)
    checkpoint = checkpoint_folder(workshop.models_path, model.id)
    prepare_checkpoint(checkpoint, is_resumed=is_resumed or is_owned(checkpoint, owner), owner=owner)
    process = start_training(_request(model, training_set, workshop, checkpoint, warm), target)
    keeper = CurveKeeper(workshop.db, model.id)

    def beat() -> None:
        workshop.heartbeat()
        points = process.metrics()
        keeper.offer(points)
        if watch is not None:
            for metrics in points[-1:]:
                watch(metrics)

    try:
        process.wait(beat, every_s=0.2, timeout_s=timeout_s)
    finally:
        # Of one that was stopped, what it said is kept beside its state.
        keeper.offer(read_curves(target) or read_lines(checkpoint / CURVES_SO_FAR), is_last=True)
    trained = Trained(
        model_id=model.id,
        items_digest=training_set.items_digest,
        n_items=training_set.n_items,
        metrics=_metrics(target),
        seconds=time.perf_counter() - started,
        pack_sha256=pack_folder(workshop.blobs, target),
        size_bytes=model_bytes(target),
        latency_ms=_measure(workshop, target, training_set),
    )
    drop_checkpoint(checkpoint)
    return trained


def record_training(
    conn: Connection, trained: Trained, *, actor_id: str, now: datetime, cause: str | None = None
) -> None:
    """Keep what came of a training.

    Raises:
        Conflict: The model was trained already.
    """
    actions.mark_trained(
        conn,
        trained.model_id,
        folder=trained.model_id,
        pack_sha256=trained.pack_sha256,
        items_digest=trained.items_digest,
        n_items=trained.n_items,
        metrics=trained.metrics,
        seconds=trained.seconds,
        size_bytes=trained.size_bytes,
        latency_ms=trained.latency_ms,
        actor_id=actor_id,
        now=now,
        cause=cause,
    )


def _measure(workshop: Workshop, folder: Path, training_set: TrainingSet) -> float | None:
    """The latency on a few training images; None for a model that cannot predict them, which its evaluation tells."""
    try:
        return measure_latency(
            workshop, folder, [sample.key for sample in training_set.data.train[:_TIMED] if sample.key]
        )
    except Cancelled:
        raise
    except WhorlError:
        return None


def _request(
    model: Model, training_set: TrainingSet, workshop: Workshop, checkpoint: Path, warm: Path | None
) -> TrainingRequest:
    folders = {"home": workshop.home, "cache": workshop.features_path} | ({} if warm is None else {WARM: warm})
    return TrainingRequest(
        architecture=model.architecture,
        data=training_set.data,
        # The folders are the server's: whoever may register a model may not say where its training writes.
        params=model.params | {name: str(path) for name, path in folders.items()},
        lineage={
            "model": model.id,
            "dataset": model.dataset_id,
            "revision": model.revision,
            "query": model.query,
            "items_digest": training_set.items_digest,
        },
        checkpoint=checkpoint,
    )


def _metrics(folder: Path) -> dict[str, JsonValue]:
    metrics: dict[str, JsonValue] = dict(read_card(folder).metrics)
    found = read_search(folder)
    return metrics if found is None else metrics | {"search": found}
