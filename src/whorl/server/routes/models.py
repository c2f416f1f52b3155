"""Models: register, train, evaluate, compare, predict, deploy."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Body, File, Query, Response, UploadFile
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.annotations.outcomes import read_outcomes
from whorl.base.errors import InvalidInput, JsonValue, ModelError, PayloadTooLarge
from whorl.datasets.dql import to_json
from whorl.datasets.dql.either_form import read_query
from whorl.models import queries
from whorl.pipelines import champions
from whorl.schemas.jobs import Job
from whorl.schemas.models import (
    Champion,
    CompareRequest,
    Comparison,
    DeployRequest,
    EvaluateRequest,
    Evaluation,
    Model,
    ModelCreate,
    ModelOutcomes,
    PredictedImage,
    PredictItemsRequest,
    PredictRequest,
    QueryValue,
    VariantRequest,
)
from whorl.schemas.tiling import Tiling
from whorl.schemas.wire import Page
from whorl.server.permits import Caller, CallerDep, needs
from whorl.server.routes.jobs import start_job

if TYPE_CHECKING:
    from whorl.server.predicting import Picture

router = APIRouter(prefix="/api/v1", tags=["models"])


@router.get("/projects/{project_id}/models", **needs(Action.MODEL_READ))
def list_models(
    caller: CallerDep,
    project_id: str,
    cursor: str | None = None,
    limit: int = Query(100, ge=1, le=1000),
    assistants: bool = Query(False, description="Those of assistants, too, which only help with one labelling task."),
) -> Page[Model]:
    """The models, newest first."""
    return caller.read(
        lambda conn: queries.list_models(conn, project_id=project_id, cursor=cursor, limit=limit, assistants=assistants)
    )


@router.post("/projects/{project_id}/models", status_code=201, **needs(Action.MODEL_WRITE))
def create_model(caller: CallerDep, project_id: str, body: ModelCreate) -> Model:
    """Register a model on a snapshot, or on the dataset's present revision; training reads exactly that."""
    # Late, here and below: models bring numpy, which the server does not need at its start.
    from whorl.models.registration import register_model

    def work(conn: Connection) -> Model:
        caller.check_same_project(conn, "dataset", body.dataset_id)
        if body.parent_id is not None:
            caller.check_same_project(conn, "model", body.parent_id)
        model_id = register_model(conn, body, project_id=project_id, actor_id=caller.actor.id, now=caller.now)
        return queries.get_model(conn, model_id)

    return caller.write(work)


@router.get("/models/{model_id}", **needs(Action.MODEL_READ))
def get_model(caller: CallerDep, model_id: str) -> Model:
    """One model and everything it came from."""
    return caller.read(lambda conn: queries.get_model(conn, model_id))


@router.get("/models/{model_id}/outcomes", **needs(Action.MODEL_READ))
def get_outcomes(caller: CallerDep, model_id: str) -> ModelOutcomes:
    """What people made of its proposals: accepted, edited or rejected, in all and by label."""
    return caller.read(lambda conn: read_outcomes(conn, model_id))


@router.get("/models/{model_id}/folder", response_class=Response, **needs(Action.MODEL_READ))
def download_model(caller: CallerDep, model_id: str) -> Response:
    """Its folder as a zip file: ``model.yaml``, ``model.onnx``, ``metrics.jsonl``."""
    from whorl.models.archive import zip_folder

    folder = _folder(caller, model_id)
    headers = {"content-disposition": f'attachment; filename="{model_id}.zip"'}
    return Response(zip_folder(folder), media_type="application/zip", headers=headers)


@router.get("/models/{model_id}/evaluations", **needs(Action.MODEL_READ))
def list_evaluations(caller: CallerDep, model_id: str) -> Page[Evaluation]:
    """Its evaluations, oldest first."""
    return Page(items=caller.read(lambda conn: queries.list_evaluations(conn, model_id=model_id)))


@router.post("/models/{model_id}/evaluations", status_code=202, **needs(Action.MODEL_WRITE))
def evaluate_model(caller: CallerDep, model_id: str, body: EvaluateRequest) -> Job:
    """Score it on a test subset, as a job; its result names the evaluation."""
    dataset_id = _dataset_of(caller, model_id, body.dataset_id)
    params: dict[str, JsonValue] = {"model_id": model_id, "dataset_id": dataset_id}
    return start_job(caller, "evaluate", params | _filter(body.query) | _tiling(body.tiling))


@router.post("/models/{model_id}/variants", status_code=202, **needs(Action.MODEL_WRITE))
def make_variant(caller: CallerDep, model_id: str, body: VariantRequest) -> Job:
    """Make it in another precision where that helps, as a job; its result names the new model and what both cost.

    The variant must be evaluated before it may serve.
    """
    from whorl.models.variants import check_packages, check_variant

    model = caller.read(lambda conn: queries.get_model(conn, model_id))
    _check_trained(model)
    check_variant(model.architecture, model.variant, body.kind)
    check_packages()
    return start_job(caller, "variant", {"model_id": model_id, "kind": body.kind})


@router.get("/evaluations/{evaluation_id}", **needs(Action.MODEL_READ))
def get_evaluation(caller: CallerDep, evaluation_id: str) -> Evaluation:
    """One evaluation."""
    return caller.read(lambda conn: queries.get_evaluation(conn, evaluation_id))


@router.get("/projects/{project_id}/comparisons", **needs(Action.MODEL_READ))
def list_comparisons(
    caller: CallerDep, project_id: str, cursor: str | None = None, limit: int = Query(100, ge=1, le=1000)
) -> Page[Comparison]:
    """The decisions between models, newest first."""
    return caller.read(
        lambda conn: queries.list_comparison_page(conn, project_id=project_id, cursor=cursor, limit=limit)
    )


@router.post("/projects/{project_id}/comparisons", status_code=202, **needs(Action.MODEL_WRITE))
def compare_models(caller: CallerDep, project_id: str, body: CompareRequest) -> Job:
    """Compare two models on one revision's test subset, as a job; its result names the comparison.

    Whichever is not scored on that revision yet is scored first. The test subset is frozen from then on.
    """
    for one in body.slices:
        read_query(one.query)
    with caller.services.db.read() as conn:
        for model_id in (body.champion_id, body.challenger_id):
            if model_id is not None:
                caller.check_same_project(conn, "model", model_id)
                _check_trained(queries.get_model(conn, model_id))
        dataset_id = body.dataset_id or queries.get_model(conn, body.challenger_id).dataset_id
        if dataset_id is None:
            raise InvalidInput("the challenger was trained outside; say on which dataset", hint="Give dataset_id.")
        caller.check_same_project(conn, "dataset", dataset_id)
        revision = None if body.snapshot is None else _revision_of(conn, dataset_id, body.snapshot)
    return start_job(
        caller,
        "compare",
        {
            "champion_id": body.champion_id,
            "challenger_id": body.challenger_id,
            "dataset_id": dataset_id,
            "revision": revision,
            "min_delta": body.min_delta,
            "floor_drop": body.floor_drop,
            "slices": [one.model_dump(mode="json") for one in body.slices],
            "max_latency_ms": body.max_latency_ms,
            "max_size_bytes": body.max_size_bytes,
        },
    )


@router.get("/comparisons/{comparison_id}", **needs(Action.MODEL_READ))
def get_comparison(caller: CallerDep, comparison_id: str) -> Comparison:
    """One decision and its numbers."""
    return caller.read(lambda conn: queries.get_comparison(conn, comparison_id))


@router.post("/models/{model_id}/predictions", status_code=202, **needs(Action.MODEL_WRITE))
def predict_dataset(caller: CallerDep, model_id: str, body: PredictRequest) -> Job:
    """Predict a dataset's items, as a job; predictions stand beside the ground truth, never in it."""
    dataset_id = _dataset_of(caller, model_id, body.dataset_id)
    params: dict[str, JsonValue] = {
        "model_id": model_id,
        "dataset_id": dataset_id,
        "min_confidence": body.min_confidence,
    }
    return start_job(caller, "predict", params | _filter(body.query) | _tiling(body.tiling))


@router.post("/models/{model_id}/predict/items", **needs(Action.MODEL_PREDICT))
def predict_items(caller: CallerDep, model_id: str, body: PredictItemsRequest) -> list[PredictedImage]:
    """What it says about items, at once; nothing is kept."""
    from whorl.server import predicting

    def read(conn: Connection) -> list[Picture]:
        for item_id in body.item_ids:
            caller.check_same_project(conn, "item", item_id)
        return predicting.read_pictures(conn, body.item_ids)

    folder = _folder(caller, model_id)
    return predicting.predict(caller.services, folder, caller.read(read), min_confidence=body.min_confidence)


@router.post("/models/{model_id}/predict/image", **needs(Action.MODEL_PREDICT))
def predict_image(
    caller: CallerDep,
    model_id: str,
    file: Annotated[UploadFile, File(description="The image; its type is read from its bytes.")],
    min_confidence: Annotated[float, Query(ge=0, le=1)] = 0.05,
) -> PredictedImage:
    """What it says about an image that is sent along; neither is kept."""
    from whorl.server import predicting

    limit = caller.services.settings.max_upload_bytes
    data = file.file.read(limit + 1)
    if len(data) > limit:
        raise PayloadTooLarge(f"the file is larger than {limit:,} bytes", details={"limit_bytes": limit})
    folder = _folder(caller, model_id)
    return predicting.predict_upload(caller.services, folder, data, min_confidence=min_confidence)


@router.get("/projects/{project_id}/champions", **needs(Action.MODEL_READ))
def list_champions(caller: CallerDep, project_id: str) -> list[Champion]:
    """Where the project's champion is written, and which model it is now."""
    return caller.read(lambda conn: champions.list_champions(conn, project_id))


@router.post("/models/{model_id}/deploy", **needs(Action.MODEL_WRITE))
def deploy_model(caller: CallerDep, model_id: str, body: Annotated[DeployRequest | None, Body()] = None) -> Champion:
    """Make it the champion of its project, or of the pipeline named."""
    return caller.write(
        lambda conn: champions.deploy_model(
            conn, model_id, actor_id=caller.actor.id, now=caller.now, **_place(caller, conn, body)
        )
    )


@router.post("/models/{model_id}/rollback", **needs(Action.MODEL_WRITE))
def roll_back_model(caller: CallerDep, model_id: str, body: Annotated[DeployRequest | None, Body()] = None) -> Champion:
    """Make the champion before it the champion again."""
    return caller.write(
        lambda conn: champions.roll_back(
            conn, model_id, actor_id=caller.actor.id, now=caller.now, **_place(caller, conn, body)
        )
    )


def _tiling(given: Tiling | None) -> dict[str, JsonValue]:
    return {} if given is None else {"tiling": given.model_dump(mode="json")}


def _filter(given: QueryValue) -> dict[str, JsonValue]:
    query = read_query(given)
    return {} if query is None else {"filter": to_json(query)}


def _place(caller: Caller, conn: Connection, body: DeployRequest | None) -> dict[str, str | None]:
    if body is None:
        return {}
    if body.pipeline_id is not None:
        caller.check_same_project(conn, "pipeline", body.pipeline_id)
    return {"pipeline_id": body.pipeline_id, "variable": body.variable}


def _folder(caller: Caller, model_id: str) -> Path:
    from whorl.models.packs import bring_folder

    name, pack_sha256 = caller.read(lambda conn: queries.get_model_pack(conn, model_id))
    return bring_folder(caller.services.blobs, caller.services.settings.models_path / name, pack_sha256)


def _dataset_of(caller: Caller, model_id: str, wanted: str | None) -> str:
    with caller.services.db.read() as conn:
        model = queries.get_model(conn, model_id)
        _check_trained(model)
        if wanted is not None:
            caller.check_same_project(conn, "dataset", wanted)
    dataset_id = wanted or model.dataset_id
    if dataset_id is None:
        raise InvalidInput(f"model {model.name!r} was trained outside; which dataset?", hint="Give dataset_id.")
    return dataset_id


def _check_trained(model: Model) -> None:
    if model.status != "trained":
        raise ModelError(f"model {model.name!r} is not trained: {model.status}", hint="Train it first.")


def _revision_of(conn: Connection, dataset_id: str, snapshot: str) -> int:
    from whorl.models.registration import find_snapshot

    return find_snapshot(conn, dataset_id, snapshot).revision
