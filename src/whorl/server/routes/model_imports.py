"""Models that were made elsewhere."""

from __future__ import annotations

import shutil
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from pydantic import ValidationError
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.base.errors import InvalidInput, PayloadTooLarge
from whorl.models import queries
from whorl.ontology.queries import current_draft
from whorl.schemas.model_imports import ModelImport, ModelImported
from whorl.server.permits import Caller, CallerDep, needs

router = APIRouter(prefix="/api/v1", tags=["models"])


@router.post("/projects/{project_id}/models/import", status_code=201, **needs(Action.MODEL_WRITE))
def import_model(
    caller: CallerDep,
    project_id: str,
    model: Annotated[str, Form(max_length=2_000_000, description="A ModelImport as JSON.")],
    file: Annotated[
        UploadFile | None,
        File(description="An ONNX file, or a zip file of a model's folder."),
    ] = None,
) -> ModelImported:
    """Register a model that was made elsewhere. It is tried on one picture, and is trained from then on."""
    # Late: models bring numpy, which the server does not need at its start.
    from whorl.models.importing import Upload, examine_import, keep_folder, new_model_id, record_import

    wanted, settings = _read(model), caller.services.settings
    upload = None if file is None else Upload(file.filename or "model", _bytes(caller, file))
    draft = caller.read(lambda conn: current_draft(conn, project_id))
    with examine_import(
        wanted,
        upload,
        settings.models_path,
        known=[label.name for label in draft.labels],
        is_open=draft.is_open,
        env={"WHORL_EGRESS_ALLOW": settings.egress_allow, "WHORL_MODEL_PYTHONS": settings.model_pythons},
        most_bytes=4 * settings.max_upload_bytes,
    ) as examined:
        found = examined.found
        told = {"task": found.task.value, "labels": list(found.labels), "facts": dict(found.facts)}
        told |= {"notes": list(found.notes)}
        if wanted.is_dry_run:
            proposed, unmatched = examined.propose()
            return ModelImported.model_validate({"model": None, "labels_map": proposed, "unmatched": unmatched, **told})
        model_id = new_model_id(caller.now)
        folder, settled, pack_sha256 = keep_folder(examined, model_id, caller.services.blobs)

        def work(conn: Connection) -> ModelImported:
            record_import(
                conn,
                examined,
                model_id,
                folder=folder,
                settled=settled,
                pack_sha256=pack_sha256,
                project_id=project_id,
                actor_id=caller.actor.id,
                now=caller.now,
            )
            return ModelImported.model_validate(
                {"model": queries.get_model(conn, model_id), "labels_map": dict(settled), "unmatched": [], **told}
            )

        try:
            return caller.write(work)
        except BaseException:
            # No row speaks of it.
            shutil.rmtree(folder, ignore_errors=True)
            raise


def _read(text: str) -> ModelImport:
    try:
        return ModelImport.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "model"
        raise InvalidInput(f"{name}: {first['msg']}", hint="The field `model` is a ModelImport as JSON.") from None


def _bytes(caller: Caller, file: UploadFile) -> bytes:
    limit = caller.services.settings.max_upload_bytes
    data = file.file.read(limit + 1)
    if len(data) > limit:
        raise PayloadTooLarge(
            f"the model is larger than {limit:,} bytes",
            hint="Who runs this server may raise WHORL_MAX_UPLOAD_BYTES.",
            details={"limit_bytes": limit},
        )
    return data
