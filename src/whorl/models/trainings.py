"""Start, watch and cancel the training of a registered model, as a job."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from whorl.base.errors import Conflict, JsonValue
from whorl.engine import jobs
from whorl.models.checkpoints import checkpoint_folder, has_checkpoint
from whorl.models.curves import find_last_point, seconds_left
from whorl.schemas.models import Model
from whorl.schemas.training import TrainingState

TRAIN = "train"
_ACTIVE = (jobs.QUEUED, jobs.RUNNING)
_LOOKED_AT = 500


def start_training_job(
    conn: Connection, model: Model, *, is_resumed: bool, models_path: Path, actor_id: str, now: datetime
) -> str:
    """Queue a training and give the job's id.

    Args:
        is_resumed: Go on from the checkpoint of an earlier training.

    Raises:
        Conflict: It is trained, or in training, or there is no checkpoint to go on from.
    """
    if model.status == "trained" or find_training_job(conn, model) is not None:
        what = "trained already" if model.status == "trained" else "in training"
        raise Conflict(f"model {model.name!r} is {what}", hint="Clone it to train again.")
    if is_resumed and not has_checkpoint(checkpoint_folder(models_path, model.id)):
        raise Conflict(
            f"model {model.name!r} has no checkpoint to go on from",
            hint="Only networks write checkpoints, some seconds after they begin. Train it from the start.",
        )
    params: dict[str, JsonValue] = {"model_id": model.id, "resume": is_resumed}
    return jobs.create_job(conn, TRAIN, project_id=model.project_id, params=params, actor_id=actor_id, now=now)


def cancel_training(conn: Connection, model: Model, *, actor_id: str, now: datetime) -> str:
    """Ask the training to stop, and give its job's id; a checkpoint stays.

    Raises:
        Conflict: No job trains it.
    """
    found = find_training_job(conn, model)
    if found is None:
        raise Conflict(
            f"model {model.name!r} is not in training: {model.status}",
            hint="What a pipeline trains is stopped by cancelling the run." if model.status == "created" else "",
        )
    jobs.request_cancel(conn, found.id, actor_id=actor_id, now=now)
    return found.id


def find_training_job(conn: Connection, model: Model, *, is_active: bool = True) -> jobs.Job | None:
    """The newest training job of a model, queued or running unless ``is_active`` is False; None without one."""
    for one in jobs.list_jobs(conn, project_id=model.project_id, kind=TRAIN, limit=_LOOKED_AT):
        if one.params.get("model_id") == model.id and (not is_active or one.state in _ACTIVE):
            return one
    return None


def read_training_state(conn: Connection, model: Model, *, models_path: Path) -> TrainingState:
    """Where a model's training stands."""
    newest = find_training_job(conn, model, is_active=False)
    is_running = newest is not None and newest.state in _ACTIVE
    point = find_last_point(conn, model.id) if is_running else None
    return TrainingState(
        model_id=model.id,
        status=model.status,
        job_id=None if newest is None else newest.id,
        progress=newest.progress if newest is not None and is_running else None,
        message=newest.message if newest is not None and is_running else "",
        seconds_left=None if point is None else seconds_left(point),
        can_resume=not is_running
        and model.status != "trained"
        and has_checkpoint(checkpoint_folder(models_path, model.id)),
    )
