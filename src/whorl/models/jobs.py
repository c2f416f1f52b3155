"""One-off jobs: train, evaluate, compare and predict, without a pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from whorl.annotations.actions import add_predictions
from whorl.base.clock import Clock, to_datetime
from whorl.base.errors import Cancelled, InvalidInput, JsonValue, MissingDependency, ModelError
from whorl.base.ids import new_id
from whorl.datasets.dql import parse_query
from whorl.datasets.queries import list_item_keys, list_items_by_key
from whorl.datasets.revisions import load_dataset
from whorl.engine.handlers import AnyHandler
from whorl.engine.jobs import Job, JobContext, JobHandler, job_node
from whorl.models import actions, queries
from whorl.models.bodies import predict_body
from whorl.models.comparison import Comparison
from whorl.models.curves import describe_point
from whorl.models.deciding import Compared, compare_scores, read_rules, record_comparison
from whorl.models.differing import Pool, find_differing
from whorl.models.embeddings.jobs import embed_job_handlers
from whorl.models.embeddings.projection.jobs import map_job_handlers
from whorl.models.records import prediction_records
from whorl.models.scoring import Scored, record_score, score_model
from whorl.models.training_runs import Trained, record_training, train_model
from whorl.models.variant_runs import BuiltVariant, build_variant, record_variant
from whorl.models.workshop import Workshop
from whorl.store.blobs import BlobStore
from whorl.store.db import Database, Priority

TRAIN, EVALUATE, COMPARE, PREDICT = "train", "evaluate", "compare", "predict"
DISAGREE, VARIANT = "disagree", "variant"
_BATCH = 64


@dataclass(frozen=True)
class ModelJobs:
    """The bodies of the jobs, and what each writes when it is done."""

    db: Database
    blobs: BlobStore
    home: Path
    clock: Clock

    def train(self, context: JobContext) -> Mapping[str, JsonValue]:
        """Train a registered model; a failure or a cancel is written beside the model too."""
        model_id = _text(context.params, "model_id")
        self.db.write(lambda conn: actions.mark_training(conn, model_id), priority=Priority.ENGINE)

        def watch(metrics: Mapping[str, float]) -> None:
            context.report(metrics.get("progress", 0.0), describe_point(metrics))

        is_resumed = context.params.get("resume") is True
        context.report(0.0, "reads the images")
        try:
            trained = train_model(
                self._workshop(context), model_id, owner=context.job.id, is_resumed=is_resumed, watch=watch
            )
        except (InvalidInput, MissingDependency, ModelError) as error:
            message, actor_id = error.message, context.job.actor_id
            self.db.write(
                lambda conn: actions.mark_failed(conn, model_id, error=message, actor_id=actor_id, now=self._now())
            )
            raise
        except Cancelled:
            if context.is_cancelled():
                self.db.write(lambda conn: actions.mark_cancelled(conn, model_id))
            raise
        return asdict(trained)

    def keep_trained(self, conn: Connection, job: Job, result: Mapping[str, JsonValue]) -> None:
        """Record the trained model."""
        # Any: what ``train`` made of the dataclass, read back as it was.
        record_training(conn, Trained(**result), actor_id=job.actor_id, now=self._now())  # type: ignore[arg-type]

    def evaluate(self, context: JobContext) -> Mapping[str, JsonValue]:
        """Score a model on a test subset."""
        params = context.params
        given = params.get("filter")
        scored = score_model(
            self._workshop(context),
            _text(params, "model_id"),
            dataset_id=_text(params, "dataset_id"),
            query=parse_query(given) if isinstance(given, dict) else None,
            tiling=_tiling(params),
        )
        return {"evaluation_id": self._new_id("evaluation"), "scored": asdict(scored)}

    def keep_evaluation(self, conn: Connection, job: Job, result: Mapping[str, JsonValue]) -> None:
        """Record the evaluation."""
        # As in keep_trained.
        scored = Scored(**result["scored"])  # type: ignore[arg-type]
        made, now = _text(result, "evaluation_id"), self._now()
        record_score(conn, scored, blobs=self.blobs, actor_id=job.actor_id, now=now, evaluation_id=made)

    def compare(self, context: JobContext) -> Mapping[str, JsonValue]:
        """Score both models on one revision unless they are, then decide."""
        params, workshop = context.params, self._workshop(context)
        champion, challenger = params.get("champion_id"), _text(params, "challenger_id")
        dataset_id = _text(params, "dataset_id")
        pinned = params.get("revision")
        if isinstance(pinned, int):
            revision = pinned
        else:
            with self.db.read() as conn:
                revision = load_dataset(conn, dataset_id).revision
        context.report(0.1, "scoring the champion")
        base = self._scored(context, workshop, champion, dataset_id, revision) if isinstance(champion, str) else None
        context.check()
        context.report(0.5, "scoring the challenger")
        held = self._scored(context, workshop, challenger, dataset_id, revision)
        context.report(0.9, "comparing")
        rules, slices = read_rules(params)
        compared = compare_scores(workshop, champion=base, challenger=held, rules=rules, slices=slices)
        return {
            "comparison_id": self._new_id("comparison"),
            "champion_id": compared.champion_id,
            "challenger_id": compared.challenger_id,
            "dataset_id": compared.dataset_id,
            "revision": compared.revision,
            "items_digest": compared.items_digest,
            "numbers": compared.numbers.to_json(),
        }

    def keep_comparison(self, conn: Connection, job: Job, result: Mapping[str, JsonValue]) -> None:
        """Record the comparison, and freeze the test subset that it was made on."""
        champion, numbers, revision = result["champion_id"], result["numbers"], result["revision"]
        assert isinstance(numbers, dict)
        assert isinstance(revision, int)
        compared = Compared(
            numbers=Comparison.from_json(numbers),
            champion_id=champion if isinstance(champion, str) else None,
            challenger_id=_text(result, "challenger_id"),
            dataset_id=_text(result, "dataset_id"),
            revision=revision,
            items_digest=_text(result, "items_digest"),
        )
        now, comparison_id = self._now(), _text(result, "comparison_id")
        record_comparison(conn, compared, actor_id=job.actor_id, now=now, comparison_id=comparison_id)

    def predict(self, context: JobContext) -> Mapping[str, JsonValue]:
        """Predict items batch by batch; what a model said before is replaced, so a second run changes nothing."""
        params, workshop = context.params, self._workshop(context)
        model_id, dataset_id = _text(params, "model_id"), _text(params, "dataset_id")
        given, least = params.get("filter"), params.get("min_confidence")
        min_confidence = float(least) if isinstance(least, int | float) else 0.0
        with self.db.read() as conn:
            keys = list_item_keys(conn, dataset_id, query=parse_query(given) if isinstance(given, dict) else None)
        folder = workshop.model_folder(model_id)
        kept = done = 0
        for start in range(0, len(keys), _BATCH):
            context.check()
            context.report(start / len(keys), f"{start:,} of {len(keys):,} items")
            with self.db.read() as conn:
                items = list(list_items_by_key(conn, keys[start : start + _BATCH]).values())
            shas = [item.sha256 for item in items]
            cache = str(workshop.features_path)
            found = workshop.call(predict_body, str(folder), workshop.files(shas), shas, cache, _tiling(params))
            records = {
                item.id: prediction_records(one, width=item.width, height=item.height, min_confidence=min_confidence)
                for item, one in zip(items, found, strict=True)
            }
            saved = self.db.write(
                lambda conn, records=records: add_predictions(  # type: ignore[misc]
                    conn, dataset_id, records, model_id=model_id, actor_id=context.job.actor_id, now=self._now()
                ),
                priority=Priority.ENGINE,
            )
            done += len(items)
            kept += saved.added
        return {"model_id": model_id, "dataset_id": dataset_id, "items": done, "predictions": kept}

    def disagree(self, context: JobContext) -> Mapping[str, JsonValue]:
        """Let both models of a comparison predict items without ground truth, and list those where they differ."""
        params, workshop = context.params, self._workshop(context)
        given, limit, most = params.get("filter"), params.get("limit"), params.get("max_items")
        pool = Pool(
            comparison_id=_text(params, "comparison_id"),
            dataset_id=_text(params, "dataset_id"),
            query=parse_query(given) if isinstance(given, dict) else None,
            limit=limit if isinstance(limit, int) else 200,
            max_items=most if isinstance(most, int) else 5000,
        )
        return find_differing(workshop, pool, report=context.report)

    def variant(self, context: JobContext) -> Mapping[str, JsonValue]:
        """Make a model in another precision, measure both, and put its folder where models lie."""
        params = context.params
        made = build_variant(
            self._workshop(context), _text(params, "model_id"), _text(params, "kind"), self._new_id("model")
        )
        return asdict(made)

    def keep_variant(self, conn: Connection, job: Job, result: Mapping[str, JsonValue]) -> None:
        """Record the variant."""
        # As in keep_trained.
        record_variant(conn, BuiltVariant(**result), actor_id=job.actor_id, now=self._now())  # type: ignore[arg-type]

    def _scored(self, context: JobContext, workshop: Workshop, model_id: str, dataset_id: str, revision: int) -> str:
        with self.db.read() as conn:
            found = queries.find_whole_evaluation(conn, model_id=model_id, dataset_id=dataset_id, revision=revision)
        if found is not None:
            return found.id
        scored = score_model(workshop, model_id, dataset_id=dataset_id, revision=revision)
        return self.db.write(
            lambda conn: record_score(conn, scored, blobs=self.blobs, actor_id=context.job.actor_id, now=self._now()),
            priority=Priority.ENGINE,
        )

    def _workshop(self, context: JobContext) -> Workshop:
        return Workshop(self.db, self.blobs, context.executor, self.home, context.check)

    def _now(self) -> datetime:
        return to_datetime(self.clock.now())

    def _new_id(self, kind: str) -> str:
        return new_id(kind, at=self.clock.now())


def model_job_handlers(db: Database, blobs: BlobStore, home: Path, clock: Clock) -> dict[str, AnyHandler]:
    """The handlers of models' jobs, by node."""
    jobs = ModelJobs(db, blobs, home, clock)
    return {
        job_node(TRAIN): JobHandler(db, jobs.train, jobs.keep_trained),
        job_node(EVALUATE): JobHandler(db, jobs.evaluate, jobs.keep_evaluation),
        job_node(COMPARE): JobHandler(db, jobs.compare, jobs.keep_comparison),
        job_node(PREDICT): JobHandler(db, jobs.predict),
        job_node(DISAGREE): JobHandler(db, jobs.disagree),
        job_node(VARIANT): JobHandler(db, jobs.variant, jobs.keep_variant),
        **embed_job_handlers(db, blobs, home, clock),
        **map_job_handlers(db, blobs, home, clock),
    }


def _tiling(params: Mapping[str, JsonValue]) -> Mapping[str, JsonValue] | None:
    given = params.get("tiling")
    return given if isinstance(given, dict) else None


def _text(params: Mapping[str, JsonValue], name: str) -> str:
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"{name}: {value!r}; a text is needed")
    return value
