"""The job that chooses: reads the pool, embeds what is missing, asks the model, chooses, and writes it down."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whorl.base.clock import Clock, to_datetime
from whorl.base.errors import InvalidInput, JsonValue
from whorl.engine.handlers import AnyHandler
from whorl.engine.jobs import JobContext, JobHandler, job_node
from whorl.models.bodies import predict_body
from whorl.models.workshop import Workshop
from whorl.schemas.selecting import SelectionDraft
from whorl.selection.actions import ChosenItem, NewSelection, save_selection
from whorl.selection.bodies import Chosen, Looks, Request, choose_body, name_details
from whorl.selection.budgets import Budget
from whorl.selection.doubts import Doubts
from whorl.selection.planning import Known, read_known, tell_left_out, uses_doubts, uses_model, uses_vectors
from whorl.selection.pools import LabelledItem, PoolItem
from whorl.selection.quotas import Quota
from whorl.selection.types import Pool
from whorl.selection.vectors import Vectors, read_vectors
from whorl.store.blobs import BlobStore
from whorl.store.db import Database, Priority

SELECT = "select"
_BATCH = 64
_EMBEDDED, _PREDICTED, _CHOSEN = 0.6, 0.9, 0.98


@dataclass(frozen=True)
class SelectJob:
    """Chooses items worth labelling, and writes the selection down."""

    db: Database
    blobs: BlobStore
    home: Path
    clock: Clock

    def __call__(self, context: JobContext) -> Mapping[str, JsonValue]:
        started = time.monotonic()
        params = context.params
        dataset_id, selection_id = str(params["dataset_id"]), str(params["selection_id"])
        draft = SelectionDraft.model_validate(params["draft"])
        context.report(0.0, "reads the pool")
        with self.db.read() as conn:
            known = read_known(conn, dataset_id, draft, champion=_text(params, "champion"))
        if not known.pool.items:
            raise InvalidInput(
                "nothing to choose from: the pool is empty",
                hint=tell_left_out(known.pool.left_out) or "The query finds no image.",
            )
        workshop = Workshop(self.db, self.blobs, context.executor, self.home, context.check)
        known, vectors = self._vectors(context, workshop, known, draft)
        doubts = self._doubts(context, workshop, known)
        context.report(_PREDICTED, "chooses")
        chosen = workshop.call(choose_body, build_pool(known, vectors, doubts), build_request(known, draft))
        if not len(chosen.selection.indices):
            raise InvalidInput(
                f"nothing is left to choose of {len(known.pool.items):,} items",
                hint=tell_left_out({"duplicate": chosen.n_duplicates}) or "The budget buys not one of them.",
            )
        made = describe(known, draft, chosen, selection_id, vectors, seconds=time.monotonic() - started)
        items = [self._item(known, chosen, at) for at in range(len(chosen.selection.indices))]
        context.report(_CHOSEN, "writes it down")
        actor_id, now = context.job.actor_id, to_datetime(self.clock.now())
        n_items = self.db.write(
            lambda conn: save_selection(conn, made, items, actor_id=actor_id, now=now), priority=Priority.ENGINE
        )
        return {"selection_id": selection_id, "dataset_id": dataset_id, "n_items": n_items, "strategy": made.strategy}

    def _vectors(
        self, context: JobContext, workshop: Workshop, known: Known, draft: SelectionDraft
    ) -> tuple[Known, Vectors | None]:
        if not uses_vectors(known.choice) and not draft.without_duplicates:
            return known, None
        return read_vectors(
            workshop,
            known,
            draft,
            now=lambda: to_datetime(self.clock.now()),
            report=lambda share, message: context.report(_EMBEDDED * share, message),
        )

    def _doubts(self, context: JobContext, workshop: Workshop, known: Known) -> Doubts | None:
        if known.model is None or not uses_model(known.choice, known.model):
            return None
        folder, doubts = str(workshop.model_folder(known.model.id)), Doubts()
        shas = [one.sha256 for one in known.pool.items]
        for start in range(0, len(shas), _BATCH):
            context.check()
            share = start / len(shas)
            context.report(
                _EMBEDDED + (_PREDICTED - _EMBEDDED) * share, f"asks {known.model.name}: {start:,} of {len(shas):,}"
            )
            some = shas[start : start + _BATCH]
            doubts.add(workshop.call(predict_body, folder, workshop.files(some), some, str(workshop.features_path)))
        return doubts

    @staticmethod
    def _item(known: Known, chosen: Chosen, at: int) -> ChosenItem:
        selection = chosen.selection
        row = int(selection.indices[at])
        return ChosenItem(
            item_key=known.pool.items[row].key,
            score=float(selection.scores[at]),
            reason=selection.reasons[at],
            is_random=bool(selection.is_random[at]),
            details=name_details(selection.details[at], [one.id for one in known.labelled]),
        )


def build_pool(known: Known, vectors: Vectors | None, doubts: Doubts | None) -> Pool:
    """What is known about the pool, as arrays."""
    items = known.pool.items
    groups = [one.group or "" for one in items]
    names = [] if doubts is None else list(doubts.names)
    # What the model never heard of gets columns of its own, which it gives no probability.
    names += [one for one in known.classes if one not in names]
    classes = {name: number for number, name in enumerate(names)}
    boxes = None if doubts is None else doubts.boxes
    labels = np.array([-1 if one.label is None else classes[one.label] for one in known.labelled], np.int64)
    has_labels = bool(len(labels)) and bool((labels >= 0).all())
    values = {name: [one.values[at] or "" for one in items] for at, name in enumerate(known.fields[1:])}
    return Pool(
        size=len(items),
        embeddings=None if vectors is None else vectors.pool,
        labelled_embeddings=None if vectors is None else vectors.labelled,
        labelled_labels=labels if has_labels and vectors is not None else None,
        n_labelled=len(known.labelled),
        groups=groups if any(groups) else None,
        pending_embeddings=None if vectors is None else vectors.pending,
        is_reduced=vectors is not None and vectors.is_reduced,
        probabilities=None if doubts is None else doubts.over(names),
        uncertainty=None if doubts is None else doubts.uncertainty,
        boxes=boxes,
        class_names=(names if doubts is None or boxes is None else doubts.box_names) or None,
        examples=None if vectors is None else vectors.examples,
        item_bytes=np.array([one.bytes for one in items], np.int64),
        item_seconds=np.full(len(items), known.seconds_per_item),
        fields=values or None,
    )


def build_request(known: Known, draft: SelectionDraft) -> Request:
    """What to choose from it."""
    return Request(
        strategy=known.choice.name,
        budget=Budget(
            count=draft.budget.count, bytes=draft.budget.bytes, seconds=draft.budget.seconds, seconds_per_item=None
        ),
        quotas=[Quota(one.field, most=one.most, share=one.share) for one in draft.quotas],
        params=known.choice.params,
        random_share=draft.random_share,
        seed=draft.seed,
        looks=_looks(known) if draft.without_duplicates else None,
        learns=known.learns and uses_doubts(known.choice),
    )


def describe(
    known: Known, draft: SelectionDraft, chosen: Chosen, selection_id: str, vectors: Vectors | None, *, seconds: float
) -> NewSelection:
    """The selection as it is written down, with what people want to know of it as a whole."""
    selection, items = chosen.selection, known.pool.items
    rows = selection.indices.tolist()
    left_out = dict(known.pool.left_out)
    if chosen.n_duplicates:
        left_out["duplicate"] = chosen.n_duplicates
    total = sum(items[row].bytes for row in rows)
    summary: dict[str, JsonValue] = {
        "why": [*known.why, *known.warnings],
        "bytes": total,
        "seconds": round(known.seconds_per_item * len(rows), 1),
        "seconds_per_item": round(known.seconds_per_item, 1),
        "n_labelled_before": len(known.labelled),
        "left_out": dict(left_out),
        "by_source": dict(Counter(items[row].group or "" for row in rows).most_common(50)),
        "took_seconds": round(seconds, 1),
    }
    if chosen.coverage is not None:
        summary["coverage"] = {"before": round(chosen.coverage.before, 4), "after": round(chosen.coverage.after, 4)}
    dataset = known.pool.dataset
    return NewSelection(
        id=selection_id,
        project_id=dataset.project_id,
        dataset_key=dataset.key,
        revision=dataset.revision,
        name=draft.name or f"{known.choice.name} {len(rows):,} of {len(items):,}",
        strategy=known.choice.name,
        query=_query(draft),
        params=known.choice.params,
        budget=draft.budget.model_dump(mode="json"),
        quotas=[one.model_dump(mode="json") for one in draft.quotas],
        random_share=draft.random_share,
        seed=draft.seed,
        space_id=None if vectors is None else vectors.space.id,
        model_id=known.model.id if known.model is not None and uses_model(known.choice, known.model) else None,
        n_pool=len(items),
        summary=summary,
    )


def _text(params: Mapping[str, JsonValue], name: str) -> str | None:
    found = params.get(name)
    return found if isinstance(found, str) else None


def _query(draft: SelectionDraft) -> dict[str, JsonValue]:
    return dict(draft.filter) if isinstance(draft.filter, dict) else {}


def _looks(known: Known) -> Looks:
    seen: list[PoolItem | LabelledItem] = [*known.labelled, *known.pool.items]
    hashes = np.array([one.picture_hash for one in seen], np.int64).view(np.uint64)
    return Looks([one.sha256 for one in seen], hashes, len(known.labelled))


def select_job_handlers(db: Database, blobs: BlobStore, home: Path, clock: Clock) -> dict[str, AnyHandler]:
    """The handler of the job that chooses, by node."""
    return {job_node(SELECT): JobHandler(db, SelectJob(db, blobs, home, clock))}
