"""What is done with a comparison: promote its challenger, and label where the two models differ."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.base.errors import Conflict, InvalidInput, JsonValue
from whorl.datasets.dql import to_json
from whorl.datasets.dql.either_form import read_query
from whorl.engine import jobs as engine_jobs
from whorl.models import queries
from whorl.schemas.comparing import ComparisonPromote, DisagreementTask, DisagreeRequest
from whorl.schemas.jobs import Job
from whorl.schemas.models import Champion
from whorl.schemas.tasks import Task
from whorl.server.permits import Caller, CallerDep, needs
from whorl.server.routes.jobs import start_job
from whorl.tasks.actions import add_task_items, create_task
from whorl.tasks.rules import TaskKind

router = APIRouter(prefix="/api/v1", tags=["models"])


@router.post("/comparisons/{comparison_id}/promote", **needs(Action.MODEL_WRITE))
def promote_challenger(caller: CallerDep, comparison_id: str, body: ComparisonPromote) -> Champion:
    """Make its challenger the champion; refused when it kept the champion, unless forced with a reason."""
    # Late, here and below: models bring numpy, which the server does not need at its start.
    from whorl.pipelines import promoting

    def work(conn: Connection) -> Champion:
        if body.pipeline_id is not None:
            caller.check_same_project(conn, "pipeline", body.pipeline_id)
        return promoting.promote_challenger(conn, comparison_id, body, actor_id=caller.actor.id, now=caller.now)

    return caller.write(work)


@router.post("/comparisons/{comparison_id}/disagree", status_code=202, **needs(Action.MODEL_WRITE))
def find_disagreements(caller: CallerDep, comparison_id: str, body: DisagreeRequest) -> Job:
    """Let both models predict items without ground truth, as a job; its result lists those on which they differ."""
    with caller.services.db.read() as conn:
        found = queries.get_comparison(conn, comparison_id)
        if body.dataset_id is not None:
            caller.check_same_project(conn, "dataset", body.dataset_id)
    if found.champion_id is None:
        raise InvalidInput("there was no champion to differ from", hint="Compare the model with another one.")
    query = read_query(body.query)
    params: dict[str, JsonValue] = {
        "comparison_id": comparison_id,
        "dataset_id": body.dataset_id or found.dataset_id,
        "limit": body.limit,
        "max_items": body.max_items,
    }
    return start_job(caller, "disagree", params if query is None else params | {"filter": to_json(query)})


@router.post("/comparisons/{comparison_id}/task", status_code=201, **needs(Action.TASK_WRITE))
def create_disagreement_task(caller: CallerDep, comparison_id: str, body: DisagreementTask) -> Task:
    """Open a task with exactly the items on which the two models differ, most useful first."""

    def work(conn: Connection) -> Task:
        found = queries.get_comparison(conn, comparison_id)
        dataset_id, items = _differing(caller, conn, comparison_id, found.dataset_id, body)
        kind = TaskKind(body.kind or ("review" if body.job_id is None else "label"))
        made = create_task(
            conn,
            dataset_id,
            name=body.name or f"Where {comparison_id} is undecided",
            kind=kind,
            recipe_id=body.recipe_id,
            settings={"comparison_id": comparison_id},
            actor_id=caller.actor.id,
            now=caller.now,
        )
        add_task_items(conn, made.id, items[: body.limit], actor_id=caller.actor.id, now=caller.now)
        return made

    return caller.write(work)


def _differing(
    caller: Caller, conn: Connection, comparison_id: str, dataset_id: str, body: DisagreementTask
) -> tuple[str, list[str]]:
    """The dataset and the items that still stand, most useful first."""
    from whorl.datasets.queries import find_item_keys, list_items_by_key
    from whorl.models.differing import read_differing
    from whorl.models.disagreements import rank_test_items

    if body.job_id is None:
        items = [one.item_id for one in rank_test_items(conn, comparison_id)]
    else:
        caller.check_same_project(conn, "job", body.job_id)
        job = engine_jobs.get_job(conn, body.job_id)
        if job.kind != "disagree" or job.params.get("comparison_id") != comparison_id:
            raise InvalidInput(f"job {body.job_id} did not look where these two models differ")
        if job.state != "done":
            raise Conflict(f"job {body.job_id} is {job.state}", hint="Wait until it is done.")
        dataset_id, items = str(job.result["dataset_id"]), read_differing(job.result)
    standing = {one.id for one in list_items_by_key(conn, list(find_item_keys(conn, items).values())).values()}
    items = [one for one in items if one in standing]
    if not items:
        raise InvalidInput(
            "the two models differ on no item here",
            hint="Look at items without ground truth: POST /comparisons/{id}/disagree, then give its job_id.",
        )
    return dataset_id, items
