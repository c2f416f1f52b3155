"""Models under the lens: where an evaluated model goes wrong."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.base.errors import NotFound
from whorl.models import queries
from whorl.schemas.models import Disagreements, Examination
from whorl.server.permits import CallerDep, needs
from whorl.store.blobs import get_content

router = APIRouter(prefix="/api/v1", tags=["models"])


@router.get("/evaluations/{evaluation_id}/examination", **needs(Action.MODEL_READ))
def examine_evaluation(
    caller: CallerDep,
    evaluation_id: str,
    score_threshold: Annotated[float, Query(ge=0, le=1, description="Weakest box that counts in the matrix.")] = 0.25,
) -> Examination:
    """Confusion, calibration and the worst examples of one evaluation."""
    # Late, here and below: models bring numpy, which the server does not need at its start.
    from whorl.models.examining import examine_outputs
    from whorl.models.outputs import load_outputs

    sha256 = caller.read(lambda conn: queries.get_outputs_sha256(conn, evaluation_id))
    outputs = load_outputs(get_content(caller.services.blobs, sha256))
    return examine_outputs(outputs, evaluation_id=evaluation_id, score_threshold=score_threshold)


@router.get("/comparisons/{comparison_id}/disagreements", **needs(Action.MODEL_READ))
def list_disagreements(caller: CallerDep, comparison_id: str) -> Disagreements:
    """On which test items champion and challenger differ."""
    from whorl.models.examining import find_disagreements
    from whorl.models.outputs import load_outputs

    def read(conn: Connection) -> tuple[str, str]:
        found = queries.get_comparison(conn, comparison_id)
        if found.champion_id is None:
            raise NotFound(f"comparison {comparison_id} had no champion to differ from")
        champion, challenger = (
            queries.get_outputs_of(conn, model_id=model_id, items_digest=found.items_digest)
            for model_id in (found.champion_id, found.challenger_id)
        )
        return champion, challenger

    champion, challenger = (load_outputs(get_content(caller.services.blobs, one)) for one in caller.read(read))
    return find_disagreements(champion, challenger)
