"""Where a project's loop stands: what is at each stage, the champion over rounds, what waits for whom."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from whorl.annotations.progress import Progress, ProgressCounts
from whorl.base.errors import JsonValue
from whorl.models import queries as model_queries
from whorl.pipelines.arms import Arm, list_arms
from whorl.pipelines.champions import list_champions
from whorl.schemas.models import Comparison, Evaluation
from whorl.schemas.overview import Overview, OverviewChampion, OverviewRound, Stage, Waiting
from whorl.schemas.tasks import TaskCounts
from whorl.store.db.tables import dataset, dead_letter, issue, model, person, pipeline, task, task_count
from whorl.tasks.rules import ItemStatus, TaskKind, TaskStatus

_ROUNDS = 200
_OPEN = (ItemStatus.QUEUED, ItemStatus.REWORK, ItemStatus.LEASED)
_DONE = (ItemStatus.SUBMITTED, ItemStatus.APPROVED)


def read_overview(conn: Connection, project_id: str, progress: ProgressCounts) -> Overview:
    """Everything but the label saving and the jobs; quick also for a million items (see ``ProgressCounts``)."""
    arms = list_arms(conn, project_id)
    comparisons = list(reversed(model_queries.list_comparison_page(conn, project_id=project_id, limit=_ROUNDS).items))
    rounds = _rounds(conn, arms, comparisons)
    return Overview(
        stages=_stages(conn, project_id, arms, progress, comparisons),
        champion=_champion(conn, project_id, arms, comparisons),
        rounds=rounds,
        label_saving=None,
        waiting=list_waiting(conn, project_id),
        jobs=[],
    )


def list_waiting(conn: Connection, project_id: str) -> list[Waiting]:
    """What waits for people: work that is queued or sent back, open issues, tokens that used up their tries."""
    columns = (task.c.key, task.c.id, task.c.name, task.c.kind, task.c.assignee_ids)
    active = select(*columns).where(task.c.project_id == project_id, task.c.status == TaskStatus.ACTIVE)
    tasks = conn.execute(active.order_by(task.c.key)).all()
    counts = _counts_of(conn, [row.key for row in tasks])
    issues = _open_issues(conn, [row.key for row in tasks])
    names = _names(conn, {one for row in tasks for one in row.assignee_ids or ()})
    found: list[Waiting] = []
    for row in tasks:
        is_review = row.kind == TaskKind.REVIEW
        workers = "reviewers" if is_review else "annotators"
        who = ", ".join(names.get(one, one) for one in row.assignee_ids) if row.assignee_ids else workers
        at = counts[row.key]
        waits = ((at.queued, f"items to {row.kind} in {row.name}"), (at.rework, f"items sent back in {row.name}"))
        for n, what in waits:
            if n:
                found.append(Waiting(who=who, what=what, count=n, task_id=row.id))
        if issues.get(row.key):
            found.append(Waiting(who=who, what=f"open issues in {row.name}", count=issues[row.key], task_id=row.id))
    dead = _count_dead(conn, project_id)
    return [*found, Waiting(who="managers", what="tokens that failed in pipelines", count=dead)] if dead else found


def _stages(
    conn: Connection, project_id: str, arms: Sequence[Arm], progress: ProgressCounts, comparisons: Sequence[Comparison]
) -> list[Stage]:
    shown = [arm for arm in arms if not arm.is_control]
    hidden = {one for arm in arms if arm.is_control for one in (arm.pool_id, arm.ground_truth_id)}
    every = conn.execute(select(dataset.c.id).where(dataset.c.project_id == project_id)).scalars().all()
    pools = {arm.pool_id for arm in shown if arm.pool_id} or (set(every) - hidden)
    truths = {arm.ground_truth_id for arm in shown} or pools
    counted = {one: progress.read(conn, one) for one in sorted(pools | truths) if one in every}
    work = _work(conn, project_id, hidden)
    trained = (
        select(func.count())
        .select_from(model.outerjoin(dataset, dataset.c.key == model.c.dataset_key))
        .where(model.c.project_id == project_id, model.c.status == "trained")
        .where(func.coalesce(dataset.c.id, "").not_in([one for one in hidden if one is not None]))
    )
    promoted = sum(one.decision == "promote" for one in comparisons if one.dataset_id not in hidden)
    return [
        Stage(key="items", title="Images", count=_sum(counted, pools).items, unit="items", to="explorer"),
        _work_stage("labelling", "To label", [counts for kind, counts in work if kind != TaskKind.REVIEW]),
        _work_stage("review", "To review", [counts for kind, counts in work if kind == TaskKind.REVIEW]),
        Stage(key="labelled", title="Labelled", count=_sum(counted, truths).labelled, unit="items", to="explorer"),
        Stage(
            key="models", title="Models", count=conn.execute(trained).scalar_one(), unit="trained models", to="models"
        ),
        Stage(key="champion", title="Champions", count=promoted, unit="promotions", to="models"),
    ]


def _sum(counted: dict[str, Progress], wanted: set[str]) -> Progress:
    found = [progress for dataset_id, progress in counted.items() if dataset_id in wanted]
    return Progress(sum(one.items for one in found), sum(one.labelled for one in found))


def _work_stage(key: str, title: str, counts: Sequence[TaskCounts]) -> Stage:
    waiting = sum(getattr(one, status.value) for one in counts for status in _OPEN)
    done = sum(getattr(one, status.value) for one in counts for status in _DONE)
    return Stage.model_validate(
        {"key": key, "title": title, "count": waiting, "unit": "items", "to": "tasks", "done": done}
    )


def _work(conn: Connection, project_id: str, hidden: set[str | None]) -> list[tuple[str, TaskCounts]]:
    query = (
        select(task.c.key, task.c.kind, dataset.c.id.label("dataset_id"))
        .join(dataset, dataset.c.key == task.c.dataset_key)
        .where(task.c.project_id == project_id)
    )
    rows = [row for row in conn.execute(query) if row.dataset_id not in hidden]
    counts = _counts_of(conn, [row.key for row in rows])
    return [(row.kind, counts[row.key]) for row in rows]


def _counts_of(conn: Connection, task_keys: Sequence[int]) -> dict[int, TaskCounts]:
    found: dict[int, dict[str, int]] = {key: {} for key in task_keys}
    for row in conn.execute(select(task_count).where(task_count.c.task_key.in_(task_keys))):
        found[row.task_key][row.status] = row.n_items
    return {key: TaskCounts(**counts) for key, counts in found.items()}


def _open_issues(conn: Connection, task_keys: Sequence[int]) -> dict[int, int]:
    query = (
        select(issue.c.task_key, func.count())
        .where(issue.c.task_key.in_(task_keys), issue.c.state == "open")
        .group_by(issue.c.task_key)
    )
    return {key: n for key, n in conn.execute(query)}


def _names(conn: Connection, person_ids: set[str]) -> dict[str, str]:
    query = select(person.c.id, person.c.name).where(person.c.id.in_(sorted(person_ids)))
    return {row.id: row.name for row in conn.execute(query)}


def _count_dead(conn: Connection, project_id: str) -> int:
    ids = conn.execute(select(pipeline.c.id).where(pipeline.c.project_id == project_id)).scalars().all()
    return sum(
        conn.execute(select(func.count()).where(dead_letter.c.node.startswith(f"{one}:"))).scalar_one() for one in ids
    )


def _rounds(conn: Connection, arms: Sequence[Arm], comparisons: Sequence[Comparison]) -> list[OverviewRound]:
    controls = {arm.ground_truth_id for arm in arms if arm.is_control}
    every = {one.dataset_id for one in comparisons}
    named = select(dataset.c.id, dataset.c.name).where(dataset.c.id.in_(sorted(every)))
    names = {row.id: row.name for row in conn.execute(named)}
    wanted = [one.challenger_id for one in comparisons]
    learned = select(model.c.id, model.c.n_items).where(model.c.id.in_(wanted))
    labels = {row.id: row.n_items for row in conn.execute(learned)}
    return [
        OverviewRound(
            at=one.created_at,
            labels=labels.get(one.challenger_id) or 0,
            metric_name=str(one.numbers.get("metric", "")),
            challenger=_number(one.numbers.get("challenger")),
            champion=_number(one.numbers.get("champion")),
            best=_number(one.numbers.get("challenger" if one.decision == "promote" else "champion")),
            decision=one.decision,
            model_id=one.challenger_id,
            comparison_id=one.id,
            arm=names.get(one.dataset_id, one.dataset_id),
            is_control=one.dataset_id in controls,
        )
        for one in comparisons
    ]


def _champion(
    conn: Connection, project_id: str, arms: Sequence[Arm], comparisons: Sequence[Comparison]
) -> OverviewChampion | None:
    controls = {arm.pipeline_id for arm in arms if arm.is_control}
    places = [one for one in list_champions(conn, project_id) if one.model_id and one.pipeline_id not in controls]
    if not places or places[0].model_id is None:
        return None
    model_id = places[0].model_id
    name = conn.execute(select(model.c.name).where(model.c.id == model_id)).scalar_one_or_none()
    if name is None:
        return None
    wins = [one for one in comparisons if (one.challenger_id, one.decision) == (model_id, "promote")]
    won = wins[-1] if wins else None
    scored = next(reversed(model_queries.list_evaluations(conn, model_id=model_id)), None)
    low, high = _interval(scored)
    return OverviewChampion(
        model_id=model_id,
        name=name,
        metric_name=None if scored is None else scored.metric_name,
        metric=None if scored is None else scored.metric,
        low=low,
        high=high,
        gain=None if won is None else _number(won.numbers.get("delta")),
        gain_low=None if won is None else _number(won.numbers.get("low")),
        gain_high=None if won is None else _number(won.numbers.get("high")),
        since=None if won is None else won.created_at,
        pipeline_id=places[0].pipeline_id,
    )


def _interval(scored: Evaluation | None) -> tuple[float | None, float | None]:
    found = None if scored is None else scored.metrics.get(f"{scored.metric_name}_interval")
    return (_number(found.get("low")), _number(found.get("high"))) if isinstance(found, dict) else (None, None)


def _number(value: JsonValue) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
