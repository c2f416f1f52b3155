"""The jobs that work for an assistant: train a round, propose on what is next, label the rest."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from whorl.assistants import queries, rounds
from whorl.assistants.actions import PROPOSE, REST, TRAIN, cancel_jobs, list_open_items, tell_change
from whorl.assistants.learning import Lessons, find_trouble, make_set, read_lessons, score_on
from whorl.assistants.proposing import Proposer, Said, proposals_ahead
from whorl.assistants.queries import AssistantRow
from whorl.assistants.ranking import reorder
from whorl.assistants.rest import read_decided
from whorl.assistants.rules import ARCHITECTURES, cheapest_confidence, longest_training_s
from whorl.base.clock import Clock, to_datetime
from whorl.base.errors import Cancelled, InvalidInput, JsonValue, MissingDependency, ModelError
from whorl.engine.handlers import AnyHandler
from whorl.engine.jobs import Job, JobContext, JobHandler, job_node
from whorl.models import actions as models
from whorl.models.curves import describe_point
from whorl.models.queries import get_model
from whorl.models.training_runs import Trained, record_training, train_model
from whorl.models.training_set import TrainingSet
from whorl.models.types import Task
from whorl.models.workshop import Workshop
from whorl.schemas.models import Model
from whorl.store.blobs import BlobStore
from whorl.store.db import Database, Priority

BETTER_BY = 0.02
"""A round that scores worse than the one before by more than this is not used."""
_FIRST_ORDER = 64
"""Items seen before the queue is ordered for the first time in a round; then after four times as many, and at last."""


@dataclass(frozen=True)
class AssistantJobs:
    """The bodies of the jobs, and what each writes when it is done."""

    db: Database
    blobs: BlobStore
    home: Path
    clock: Clock

    def train(self, context: JobContext) -> Mapping[str, JsonValue]:
        """Train one round and score it; what cannot be learnt yet is told, and is no failure."""
        row, model = self._open(context)
        if row.job_id != context.job.id:
            # Stopped before it began.
            return {"trouble": "The assistant was stopped."}
        with self.db.read() as conn:
            lessons = read_lessons(conn, row, model)
        trouble = find_trouble(row, lessons)
        if trouble:
            return {"trouble": trouble}
        self.db.write(lambda conn: models.mark_training(conn, model.id), priority=Priority.ENGINE)
        context.report(0.0, "reads the images")
        started = time.perf_counter()
        workshop = self._workshop(context)
        try:
            trained = self._train(context, workshop, row, model, lessons)
        except Cancelled:
            if context.is_cancelled():
                self.db.write(lambda conn: models.mark_cancelled(conn, model.id))
                raise
            if context.should_stop():
                raise
            raise self._fail(row, model, ModelError(_too_long(row), hint="Give it more budget_seconds.")) from None
        except (InvalidInput, MissingDependency, ModelError) as error:
            raise self._fail(row, model, error) from error
        context.report(0.95, "scores what was held out")
        metrics, is_kept = self._compare(workshop, row, model, lessons)
        return {
            "trained": asdict(trained),
            "n_items": len(lessons.train.items),
            "n_objects": lessons.n_objects,
            "seconds": time.perf_counter() - started,
            "metrics": metrics,
            "is_kept": is_kept,
        }

    def _compare(
        self, workshop: Workshop, row: AssistantRow, model: Model, lessons: Lessons
    ) -> tuple[dict[str, JsonValue], bool]:
        """What the new model scores on items held out, and whether it is no worse there than the one in use."""
        task = Task(model.task)
        new = score_on(workshop, workshop.models_path / model.id, task, lessons.held_out)
        if new is None:
            return {"n_held_out": len(lessons.held_out.items)}, True
        metrics: dict[str, JsonValue] = {"n_held_out": len(lessons.held_out.items), "score": new.value, **new.metrics}
        if new.cheapest is not None:
            metrics["cheapest"] = new.cheapest
        if row.model_id is None or new.value is None:
            return metrics, True
        with self.db.read() as conn:
            before = Task(get_model(conn, row.model_id).task)
            done = queries.list_rounds(conn, row.key)
        if not any(one.metrics.get("n_held_out") for one in done if one.model_id == row.model_id):
            # It learnt when nothing was held out yet: what is held out now is among what it has seen.
            return metrics, True
        old = score_on(workshop, workshop.model_folder(row.model_id), before, lessons.held_out)
        if old is None or old.value is None or before is not task:
            return metrics, True
        return metrics | {"score_before": old.value}, new.value >= old.value - BETTER_BY

    def _train(
        self, context: JobContext, workshop: Workshop, row: AssistantRow, model: Model, lessons: Lessons
    ) -> Trained:
        def read(conn: Connection, model: Model) -> TrainingSet:
            return make_set(lessons, model, blobs=self.blobs, files=workshop.files_path)

        def watch(metrics: Mapping[str, float]) -> None:
            context.report(metrics.get("progress", 0.0), describe_point(metrics))

        is_net = model.architecture in (ARCHITECTURES["box"], ARCHITECTURES["mask"])
        return train_model(
            workshop,
            model.id,
            owner=context.job.id,
            timeout_s=longest_training_s(row.settings, model.architecture),
            watch=watch,
            read=read,
            warm=self.home / "cache" / "assistants" / row.id if is_net else None,
        )

    def keep_round(self, conn: Connection, job: Job, result: Mapping[str, JsonValue]) -> None:
        """Record the round, and let the better of its model and the one before propose."""
        row = queries.find_assistant(conn, _text(job.params, "assistant_id"))
        model_id = _text(job.params, "model_id")
        if row is None or row.job_id != job.id:
            # Stopped or deleted while it trained: nobody wants it any more.
            models.mark_cancelled(conn, model_id)
            return
        now = self._now()
        if "trouble" in result:
            models.mark_failed(conn, model_id, error=str(result["trouble"]), actor_id=job.actor_id, now=now)
            status = "waiting" if row.model_id is None else "ready"
            rounds.settle(conn, row, now=now, status=status, error=str(result["trouble"]))
            return
        trained, metrics = result["trained"], result["metrics"]
        assert isinstance(trained, dict)
        assert isinstance(metrics, dict)
        # As the body made it of the dataclass.
        record_training(conn, Trained(**trained), actor_id=job.actor_id, now=now)  # type: ignore[arg-type]
        made = rounds.NewRound(
            model_id=model_id,
            n_items=int(str(result["n_items"])),
            n_objects=int(str(result["n_objects"])),
            seconds=float(str(result["seconds"])),
            metrics=metrics,
            is_kept=bool(result["is_kept"]),
        )
        rounds.record_round(conn, row, made, now=now)
        standing = queries.load_assistant(conn, row.id)
        if standing.status == "ready" and made.is_kept:
            cancel_jobs(conn, row.id, actor_id=job.actor_id, now=now, kinds=(PROPOSE,))
            rounds.queue_proposing(conn, standing, now=now)

    def propose(self, context: JobContext) -> Mapping[str, JsonValue]:
        """Propose on what is next, and order the queue by what would be learnt most from."""
        row = self._row(context)
        after, model_id = context.params.get("after_key"), _text(context.params, "model_id")
        with self.db.read() as conn:
            newest = rounds.newest_key(conn, row.task_key)
            keys = list_open_items(conn, row.task_key, after_key=after if isinstance(after, int) else 0)
        ahead = keys[: proposals_ahead(row)]
        said, ordered_at = Said(), _FIRST_ORDER
        proposer = self._proposer(context, row, model_id, self._find_threshold(row, model_id))
        for said in proposer.propose(ahead):
            context.report(said.n_looked_at / len(ahead), f"{said.n_looked_at:,} of {len(ahead):,} items")
            is_due = said.n_looked_at >= ordered_at
            ordered_at *= 4 if is_due else 1
            self._note(row, model_id, said, is_ordered=is_due)
        whole: dict[str, JsonValue] = {"is_all_looked_at": len(ahead) == len(keys), "newest_key": newest}
        self._note(row, model_id, said, is_ordered=True, **whole)
        return {"n_looked_at": said.n_looked_at, "n_items": said.n_items, "n_objects": said.n_objects}

    def label_rest(self, context: JobContext) -> Mapping[str, JsonValue]:
        """Propose on all that nobody finished, surer than the threshold; a repetition goes on where it was."""
        row, params = self._row(context), context.params
        threshold, is_dry = float(str(params["threshold"])), params.get("dry_run") is True
        with self.db.read() as conn:
            keys = sorted(list_open_items(conn, row.task_key))
            done = rounds.read_mark(conn, row, context.job.id)
        left = [key for key in keys if key > done]
        proposer = self._proposer(context, row, _text(params, "model_id"), threshold, is_dry=is_dry)
        said = Said()
        for said in proposer.propose(left):
            context.report(said.n_looked_at / len(left), f"{said.n_looked_at:,} of {len(left):,} items")
            if not is_dry:
                last = left[min(said.n_seen, len(left)) - 1]
                self.db.write(
                    lambda conn, last=last: rounds.write_mark(conn, row, context.job.id, last),  # type: ignore[misc]
                    priority=Priority.ENGINE,
                )
        return {
            "n_items": said.n_items,
            "n_objects": said.n_objects,
            "n_looked_at": said.n_looked_at,
            "threshold": threshold,
            "dry_run": is_dry,
        }

    def _find_threshold(self, row: AssistantRow, model_id: str) -> float:
        """The confidence to show from; before anything is held out, by what people made of the earlier rounds."""
        with self.db.read() as conn:
            done = queries.list_rounds(conn, row.key)
            is_told = any("cheapest" in one.metrics for one in done if one.model_id == model_id)
            decided = [] if is_told or row.kind == "class" else read_decided(conn, row)
        found = cheapest_confidence(decided)
        if found is None:
            return queries.shows_from(row, done)

        def note(conn: Connection) -> float:
            n_proposed = next((one.n_proposed for one in done if one.model_id == model_id), 0)
            rounds.note_round(conn, row, model_id, n_proposed=n_proposed, cheapest=round(found, 3))
            return queries.shows_from(row, queries.list_rounds(conn, row.key))

        return self.db.write(note, priority=Priority.ENGINE)

    def _note(self, row: AssistantRow, model_id: str, said: Said, *, is_ordered: bool, **more: JsonValue) -> None:
        def write(conn: Connection) -> None:
            rounds.note_round(conn, row, model_id, n_proposed=said.n_items, n_looked_at=said.n_looked_at, **more)
            standing = queries.find_assistant(conn, row.id)
            if standing is not None and is_ordered and standing.settings.reorders:
                reorder(conn, row.task_key, said.doubts)
            if standing is not None and (is_ordered or more):
                tell_change(conn, standing, actor_id=row.author_id, now=self._now())

        self.db.write(write, priority=Priority.ENGINE)

    def _proposer(
        self, context: JobContext, row: AssistantRow, model_id: str, threshold: float, *, is_dry: bool = False
    ) -> Proposer:
        return Proposer(
            self._workshop(context), row, model_id, threshold, self._now, actor_id=row.author_id, is_dry=is_dry
        )

    def _fail(self, row: AssistantRow, model: Model, error: InvalidInput | MissingDependency | ModelError) -> Exception:
        def write(conn: Connection) -> None:
            now = self._now()
            models.mark_failed(conn, model.id, error=error.message, actor_id=row.author_id, now=now)
            standing = queries.find_assistant(conn, row.id)
            if standing is not None and standing.job_id == row.job_id:
                said = f"{error.message} {error.hint}".strip()
                rounds.settle(conn, standing, now=now, status="failed", error=said)

        self.db.write(write, priority=Priority.ENGINE)
        return error

    def _open(self, context: JobContext) -> tuple[AssistantRow, Model]:
        with self.db.read() as conn:
            model = get_model(conn, _text(context.params, "model_id"))
        return self._row(context), model

    def _row(self, context: JobContext) -> AssistantRow:
        with self.db.read() as conn:
            return queries.load_assistant(conn, _text(context.params, "assistant_id"))

    def _workshop(self, context: JobContext) -> Workshop:
        return Workshop(self.db, self.blobs, context.executor, self.home, context.check)

    def _now(self) -> datetime:
        return to_datetime(self.clock.now())


def assistant_job_handlers(db: Database, blobs: BlobStore, home: Path, clock: Clock) -> dict[str, AnyHandler]:
    """The handlers of assistants' jobs, by node."""
    jobs = AssistantJobs(db, blobs, home, clock)
    return {
        job_node(TRAIN): JobHandler(db, jobs.train, jobs.keep_round),
        job_node(PROPOSE): JobHandler(db, jobs.propose),
        job_node(REST): JobHandler(db, jobs.label_rest),
    }


def _too_long(row: AssistantRow) -> str:
    return f"the training took longer than {row.settings.budget_seconds:g} seconds"


def _text(params: Mapping[str, JsonValue], name: str) -> str:
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"{name}: {value!r}; a text is needed")
    return value
