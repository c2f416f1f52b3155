"""Drive both arms through their rounds and report what happened."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from whorl.access.actions import create_project
from whorl.access.queries import find_project
from whorl.annotations.imports import AnnotationImporter
from whorl.base.clock import to_datetime
from whorl.base.errors import InvalidInput, JsonValue, ModelError, Unavailable
from whorl.datasets import actions as dataset_actions
from whorl.datasets.ingest import ingest
from whorl.models import queries as model_queries
from whorl.models.outputs import load_outputs
from whorl.ontology.actions import save_ontology
from whorl.pipelines import queries
from whorl.pipelines.nodes.base import PipelineServices
from whorl.pipelines.saving import curve_of
from whorl.pipelines.simulation.arms import (
    ACTOR,
    Arm,
    Plan,
    copy_items,
    count_pool,
    divide_records,
    fit_to_task,
    make_arm,
    open_round,
)
from whorl.pipelines.simulation.oracle import Oracle
from whorl.pipelines.simulation.people import Crew
from whorl.schemas.models import Comparison
from whorl.schemas.ontology import Label, OntologyDraft
from whorl.schemas.records import ItemRecord
from whorl.selection.savings import LabelSaving, LearningCurve, labels_saved
from whorl.store.blobs import get_content
from whorl.tasks import queries as task_queries

STRATEGY, CONTROL = "strategy", "random"
_STALLED_S = 900.0
_LOOK_S = 0.05


@dataclass(frozen=True)
class Round:
    """One row of the table; both arms have spent ``labels``."""

    round: int
    labels: int
    metric: float
    random_metric: float
    decision: str
    promoted: bool
    human_seconds: float
    machine_seconds: float


@dataclass(frozen=True)
class LoopReport:
    """How a simulated loop went."""

    project_id: str
    metric_name: str
    rounds: tuple[Round, ...]
    champion: str | None
    final_metric: float | None
    saving: LabelSaving | None
    pool: int
    test: int
    sent_back: int

    def to_json(self) -> dict[str, JsonValue]:
        """Plain values."""
        body: dict[str, JsonValue] = {
            "rounds": [asdict(one) for one in self.rounds],
            "metric_name": self.metric_name,
            "champion": self.champion,
            "final_metric": self.final_metric,
            "label_saving": None
            if self.saving is None
            else {"value": self.saving.value, "low": self.saving.low, "high": self.saving.high},
            "pool": self.pool,
            "test": self.test,
            "sent_back": self.sent_back,
        }
        return body


Progress = Callable[[str, int, int], None]


def run_loop(
    services: PipelineServices,
    records: Sequence[ItemRecord],
    plan: Plan,
    *,
    project: str,
    on_round: Callable[[Round], None] = lambda _: None,
    progress: Progress = lambda *_: None,
) -> tuple[LoopReport, Arm]:
    """Play the whole loop on labelled records, with a control arm of equal budget.

    Args:
        services: Of an engine that runs and pumps.
        project: Name of the project to be made; a number is added when it is taken.
        on_round: Called after each round of both arms.
        progress: Called with what is done, how far, and of how much.

    Returns:
        The report, and the arm that did not choose at random.

    Raises:
        InvalidInput: Too few labelled records.
        ModelError: A training failed.
        Unavailable: Nothing moved for a quarter of an hour.
    """
    records = fit_to_task(records, plan.task)
    pool, test = divide_records(records, test_share=plan.test_share, seed=plan.seed)
    if plan.budget * plan.rounds > len(pool):
        raise InvalidInput(
            f"the pool has {len(pool)} images, and {plan.rounds} rounds of {plan.budget} need more",
            hint="Ask for fewer rounds or a smaller budget.",
        )
    labels = sorted({one.label for record in records for one in record.annotations})
    project_id, arms = _set_up(services, plan, project, labels, pool, test, progress)
    oracle = Oracle(
        truth={record.name: record.annotations for record in records},
        labels=labels,
        error_rate=plan.error_rate,
        seed=plan.seed,
    )
    crews = [Crew(services, project_id, arm.label_task, arm.review_task, oracle) for arm in arms]
    _wait_for_pools(services, arms, len(pool), progress)
    for crew in crews:
        crew.start()
    rounds: list[Round] = []
    try:
        for arm in arms:
            services.db.write(lambda conn, arm=arm: open_round(conn, arm, number=1, now=_now(services)))  # type: ignore[misc]
        for number in range(1, plan.rounds + 1):
            found = _wait_for_round(services, arms, crews, number, progress)
            rounds.append(_describe(services, arms, crews, found, number, plan))
            on_round(rounds[-1])
    finally:
        for crew in crews:
            crew.stop()
    return _report(services, project_id, arms, crews, rounds, len(pool), len(test), plan), arms[0]


def open_round_for_people(services: PipelineServices, arm: Arm) -> int:
    """Choose once more and wait until the items are in the arm's labelling task; gives how many wait there."""
    services.db.write(lambda conn: open_round(conn, arm, number=0, now=_now(services)))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with services.db.read() as conn:
            task = task_queries.find_task(conn, arm.pipeline.project_id, arm.label_task)
            waiting = 0 if task is None else task_queries.get_task_summary(conn, task.id).counts.queued
        if waiting:
            return waiting
        time.sleep(_LOOK_S)
    return 0


def _set_up(
    services: PipelineServices,
    plan: Plan,
    project: str,
    labels: Sequence[str],
    pool: Sequence[ItemRecord],
    test: Sequence[ItemRecord],
    progress: Progress,
) -> tuple[str, list[Arm]]:
    db, blobs = services.db, services.blobs
    project_id = db.write(lambda conn: _create_project(conn, project, now=_now(services)))
    draft = OntologyDraft(labels=[Label(name=label) for label in labels])
    db.write(lambda conn: save_ontology(conn, project_id, draft, actor_id=ACTOR, now=_now(services)))
    arms = [
        db.write(lambda conn, name=name: make_arm(conn, name, plan, project_id=project_id, now=_now(services)))  # type: ignore[misc]
        for name in (STRATEGY, CONTROL)
    ]
    first, control = arms
    for what, records, dataset_id in (
        ("import test images", test, first.ground_truth_id),
        ("import pool", pool, first.pool_id),
    ):
        ingest(
            db,
            blobs,
            dataset_id=dataset_id,
            records=records,
            source="simulation",
            actor_id=ACTOR,
            sink=AnnotationImporter(),
            progress=partial(_tell, progress, what, len(records)),
        )
    db.write(lambda conn: copy_items(conn, first.pool_id, control.pool_id, now=_now(services)))
    ingest(
        db,
        blobs,
        dataset_id=control.ground_truth_id,
        records=test,
        source="simulation",
        actor_id=ACTOR,
        sink=AnnotationImporter(),
    )
    for arm in arms:
        db.write(
            lambda conn, arm=arm: dataset_actions.freeze_test(  # type: ignore[misc]
                conn, arm.ground_truth_id, reason="models are compared on it", actor_id=ACTOR, now=_now(services)
            )
        )
    return project_id, arms


def _create_project(conn: Connection, name: str, *, now: datetime) -> str:
    """A second play in the same home gets a number behind its name."""
    free, number = name, 2
    while find_project(conn, free) is not None:
        free, number = f"{name} {number}", number + 1
    return create_project(conn, free, actor_id=ACTOR, now=now).id


def _tell(progress: Progress, what: str, total: int, done: int) -> None:
    progress(what, done, total)


def _wait_for_pools(services: PipelineServices, arms: Sequence[Arm], size: int, progress: Progress) -> None:
    started = time.monotonic()
    while True:
        with services.db.read() as conn:
            waiting = [count_pool(conn, arm) for arm in arms]
        progress("fill pools", sum(waiting), size * len(arms))
        if min(waiting) >= size:
            return
        _check_stalled(started, "the pools do not fill")
        time.sleep(_LOOK_S)


def _wait_for_round(
    services: PipelineServices, arms: Sequence[Arm], crews: Sequence[Crew], number: int, progress: Progress
) -> list[Comparison]:
    started, before = time.monotonic(), -1
    while True:
        found, moved = _look(services, arms)
        if all(len(one) >= number for one in found):
            return [one[number - 1] for one in found]
        progress(f"round {number}", min(len(one) for one in found), number)
        for crew in crews:
            if crew.error is not None:
                raise crew.error
        if moved != before:
            started, before = time.monotonic(), moved
        _check_stalled(started, f"round {number} does not go on")
        time.sleep(_LOOK_S)


def _look(services: PipelineServices, arms: Sequence[Arm]) -> tuple[list[list[Comparison]], int]:
    found: list[list[Comparison]] = []
    moved = 0
    with services.db.read() as conn:
        every = model_queries.list_comparisons(conn, project_id=arms[0].pipeline.project_id)
        for arm in arms:
            status = queries.get_status(conn, arm.pipeline.id)
            moved += sum(counts.done for counts in status.nodes.values())
            failed = {node: counts.failed for node, counts in status.nodes.items() if counts.failed}
            if failed:
                raise ModelError(f"the loop of arm {arm.name} broke at {failed}", hint="See the dead letters.")
            if status.nodes.get("tell_failed") and status.nodes["tell_failed"].done:
                models = model_queries.list_models(conn, project_id=arm.pipeline.project_id).items
                errors = [model.error for model in models if model.error]
                raise ModelError(f"a training failed: {errors[0] if errors else 'no reason given'}")
            found.append([one for one in every if one.dataset_id == arm.ground_truth_id])
    return found, moved


def _describe(
    services: PipelineServices,
    arms: Sequence[Arm],
    crews: Sequence[Crew],
    found: Sequence[Comparison],
    number: int,
    plan: Plan,
) -> Round:
    with services.db.read() as conn:
        machine = sum(sum(queries.sum_machine_seconds(conn, pipeline_id=arm.pipeline.id).values()) for arm in arms[:1])
    metrics = [_challenger_metric(one) for one in found]
    return Round(
        round=number,
        labels=number * plan.budget,
        metric=metrics[0],
        random_metric=metrics[1],
        decision=found[0].decision,
        promoted=found[0].decision == "promote",
        human_seconds=round(crews[0].human_seconds, 1),
        machine_seconds=round(machine, 1),
    )


def _challenger_metric(comparison: Comparison) -> float:
    value = comparison.numbers.get("challenger")
    return float(value) if isinstance(value, int | float) else 0.0


def _report(
    services: PipelineServices,
    project_id: str,
    arms: Sequence[Arm],
    crews: Sequence[Crew],
    rounds: Sequence[Round],
    n_pool: int,
    n_test: int,
    plan: Plan,
) -> LoopReport:
    with services.db.read() as conn:
        champion = queries.read_variables(conn, arms[0].pipeline.id).get("champion")
        evaluations = [] if not isinstance(champion, str) else model_queries.list_evaluations(conn, model_id=champion)
        metric_name = _metric_name(conn, arms[0])
    curves = [_curve(services, arm, plan) for arm in arms]
    is_measurable = len(rounds) > 1 and all(one.metric > 0 and one.random_metric > 0 for one in rounds)
    return LoopReport(
        project_id=project_id,
        metric_name=metric_name,
        rounds=tuple(rounds),
        champion=champion if isinstance(champion, str) else None,
        final_metric=evaluations[-1].metric if evaluations else None,
        saving=labels_saved(curves[0], curves[1], seed=plan.seed) if is_measurable else None,
        pool=n_pool,
        test=n_test,
        sent_back=crews[0].sent_back,
    )


def _metric_name(conn: Connection, arm: Arm) -> str:
    """What the arm's challengers were scored by; known also when none of them was good enough to become champion."""
    for one in model_queries.list_comparisons(conn, project_id=arm.pipeline.project_id):
        if one.dataset_id == arm.ground_truth_id:
            return model_queries.list_evaluations(conn, model_id=one.challenger_id)[0].metric_name
    return "metric"


def _curve(services: PipelineServices, arm: Arm, plan: Plan) -> LearningCurve:
    with services.db.read() as conn:
        comparisons = [
            one
            for one in model_queries.list_comparisons(conn, project_id=arm.pipeline.project_id)
            if one.dataset_id == arm.ground_truth_id
        ]
        shas = [
            model_queries.get_outputs_sha256(
                conn, model_queries.list_evaluations(conn, model_id=one.challenger_id)[0].id
            )
            for one in comparisons
        ]
    outputs = [load_outputs(get_content(services.blobs, sha)) for sha in shas]
    labels = [plan.budget * (number + 1) for number in range(len(outputs))]
    return curve_of(labels, outputs)


def _check_stalled(started: float, what: str) -> None:
    if time.monotonic() - started > _STALLED_S:
        raise Unavailable(f"{what}: nothing moved for {_STALLED_S / 60:.0f} minutes", hint="See the log.")


def _now(services: PipelineServices) -> datetime:
    return to_datetime(services.clock.now())
