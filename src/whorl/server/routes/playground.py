"""The playground: what can be trained, dry runs, clones, cancel and resume, runs side by side, augmentation."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Query
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.base.errors import InvalidInput
from whorl.engine import jobs as engine_jobs
from whorl.models import curves, queries
from whorl.schemas.jobs import Job
from whorl.schemas.models import Model, ModelCreate
from whorl.schemas.training import (
    Architecture,
    AugmentationPreview,
    AugmentationPreviewRequest,
    ModelCheck,
    ModelClone,
    ModelTable,
    TrainingState,
    TrainRequest,
)
from whorl.server.permits import CallerDep, needs
from whorl.server.routes.jobs import to_wire

router = APIRouter(prefix="/api/v1", tags=["models"])
MOST_COMPARED = 20


@router.get("/architectures", **needs(Action.SELF))
def list_architectures(caller: CallerDep) -> list[Architecture]:
    """What can be trained here: tasks, the JSON schema of the parameters, presets and what each costs."""
    del caller
    from whorl.models.builtin.params import list_architectures as listed

    return listed()


@router.post("/projects/{project_id}/models/check", **needs(Action.MODEL_READ))
def check_model(caller: CallerDep, project_id: str, body: ModelCreate) -> ModelCheck:
    """A dry run: what such a model would be trained on, how long it would take, what is odd. Nothing is written."""
    # Late, here and below: models bring numpy, which the server does not need at its start.
    from whorl.models.checking import check_model as check
    from whorl.models.registration import plan_model

    with caller.services.db.read() as conn:
        caller.check_same_project(conn, "dataset", body.dataset_id)
        return check(conn, plan_model(conn, body, project_id=project_id), dataset_id=body.dataset_id)


@router.post("/models/{model_id}/clone", status_code=201, **needs(Action.MODEL_WRITE))
def clone_model(caller: CallerDep, model_id: str, body: Annotated[ModelClone | None, Body()] = None) -> Model:
    """Register a model like this one but for the changes; it is not trained yet."""
    from whorl.models.registration import clone_model as clone

    def work(conn: Connection) -> Model:
        source = queries.get_model(conn, model_id)
        made = clone(conn, source, body or ModelClone(), actor_id=caller.actor.id, now=caller.now)
        return queries.get_model(conn, made)

    return caller.write(work)


@router.post("/models/{model_id}/train", status_code=202, **needs(Action.MODEL_WRITE))
def train_model(caller: CallerDep, model_id: str, body: Annotated[TrainRequest | None, Body()] = None) -> Job:
    """Train it, as a job; one that failed or was cancelled may be trained again, or go on from its checkpoint."""
    from whorl.models.trainings import start_training_job

    def work(conn: Connection) -> Job:
        job_id = start_training_job(
            conn,
            queries.get_model(conn, model_id),
            is_resumed=body is not None and body.resume,
            models_path=caller.services.settings.models_path,
            actor_id=caller.actor.id,
            now=caller.now,
        )
        return to_wire(engine_jobs.get_job(conn, job_id))

    return caller.write(work)


@router.get("/models/{model_id}/training", **needs(Action.MODEL_READ))
def get_training(caller: CallerDep, model_id: str) -> TrainingState:
    """Where its training stands: job, share done, time left, and whether it can be resumed."""
    from whorl.models.trainings import read_training_state

    path = caller.services.settings.models_path
    return caller.read(lambda conn: read_training_state(conn, queries.get_model(conn, model_id), models_path=path))


@router.post("/models/{model_id}/cancel", **needs(Action.MODEL_WRITE))
def cancel_training(caller: CallerDep, model_id: str) -> Job:
    """Ask its training to stop: at once when it waits, within seconds when it runs. Its checkpoint stays."""
    from whorl.models.trainings import cancel_training as cancel

    def work(conn: Connection) -> Job:
        model = queries.get_model(conn, model_id)
        job_id = cancel(conn, model, actor_id=caller.actor.id, now=caller.now)
        return to_wire(engine_jobs.get_job(conn, job_id))

    return caller.write(work)


@router.get("/models/{model_id}/curves", **needs(Action.MODEL_READ))
def list_curves(caller: CallerDep, model_id: str) -> list[dict[str, float]]:
    """What its training reported, oldest first, each with the seconds since the start; of a running one, so far."""
    from whorl.models.training import read_curves

    with caller.services.db.read() as conn:
        model = queries.get_model(conn, model_id)
        kept = curves.list_points(conn, model_id)
    return kept or read_curves(caller.services.settings.models_path / model.id)


@router.get("/projects/{project_id}/model-table", **needs(Action.MODEL_READ))
def compare_runs(
    caller: CallerDep,
    project_id: str,
    ids: Annotated[str, Query(description="Ids of models, separated by commas.", max_length=2000)],
) -> ModelTable:
    """Models side by side: the parameters that differ, final metrics, cost, and curves for one chart."""
    del project_id
    from whorl.models.run_table import make_table

    wanted = list(dict.fromkeys(one.strip() for one in ids.split(",") if one.strip()))
    if not 1 <= len(wanted) <= MOST_COMPARED:
        raise InvalidInput(
            f"{len(wanted)} models to compare; 1 to {MOST_COMPARED} can be", hint="Give ids=mdl_a,mdl_b."
        )
    with caller.services.db.read() as conn:
        for one in wanted:
            caller.check_same_project(conn, "model", one)
        models = [queries.get_model(conn, one) for one in wanted]
        return make_table(models, {one: curves.list_points(conn, one) for one in wanted})


@router.post("/projects/{project_id}/augmentation-preview", **needs(Action.MODEL_READ))
def preview_augmentation(caller: CallerDep, project_id: str, body: AugmentationPreviewRequest) -> AugmentationPreview:
    """Images of a dataset as a training might see them, with the ground truth moved along. Nothing is kept."""
    del project_id
    from whorl.server import augmenting

    with caller.services.db.read() as conn:
        caller.check_same_project(conn, "dataset", body.dataset_id)
        chosen = augmenting.choose_items(conn, body)
    return augmenting.preview(caller.services, chosen, body)
