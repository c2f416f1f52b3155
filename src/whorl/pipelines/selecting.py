"""How the select node chooses among what waits, and how it writes the choice down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from whorl.base.errors import JsonValue
from whorl.base.ids import new_id
from whorl.datasets.queries import find_item_keys
from whorl.datasets.revisions import load_dataset
from whorl.models.types import Prediction
from whorl.pipelines.nodes.base import NodeContext
from whorl.schemas.datasets import Item
from whorl.selection.actions import ChosenItem, NewSelection, save_selection
from whorl.selection.bodies import Chosen, Looks, Request, choose_body, name_details
from whorl.selection.choosing import AUTO, Choice, Facts, choose_strategy
from whorl.selection.doubts import Doubts
from whorl.selection.item_fields import field_reader
from whorl.selection.types import Pool
from whorl.store.db.tables import run


@dataclass(frozen=True, slots=True)
class Round:
    """What a round is chosen from.

    Attributes:
        rows: (n, d) embeddings of what waits.
        labelled_rows: (m, d) of what is labelled already.
        predictions: One per waiting item, or None before the first model.
    """

    items: Sequence[Item]
    labelled: Sequence[Item]
    rows: NDArray[np.float32]
    labelled_rows: NDArray[np.float32]
    predictions: Sequence[Prediction] | None


@dataclass(frozen=True, slots=True)
class Written:
    """A round as it is written down, by the ids of the items that it chose, best first."""

    strategy: str
    n_pool: int
    items: dict[str, dict[str, JsonValue]] = field(default_factory=dict)
    summary: dict[str, JsonValue] = field(default_factory=dict)


def choose_round(context: NodeContext, asked: Request, round_: Round) -> Written:
    """Choose, in a worker process; ``auto`` is settled by what is known of this round."""
    doubts = _doubts(round_.predictions)
    choice = _settle(asked, round_, doubts)
    looks = None if asked.looks is None else _looks(round_)
    request = Request(
        choice.name,
        asked.budget,
        quotas=asked.quotas,
        params=choice.params,
        random_share=asked.random_share,
        seed=asked.seed,
        looks=looks,
    )
    chosen: Chosen = context.call(choose_body, _pool(asked, round_, doubts), request)
    return _written(choice, round_, chosen)


def record_round(
    conn: Connection,
    context: NodeContext,
    written: Written,
    released: Sequence[str],
    *,
    run_key: int,
    asked: Mapping[str, JsonValue],
) -> str | None:
    """Write a selection of what a round let go, and give its id; None when it let nothing go.

    Args:
        released: Ids of the items that left the pool.
        asked: The node's parameters.
    """
    there = set(released)
    ids = [one for one in written.items if one in there]
    keys = find_item_keys(conn, ids)
    ids = [one for one in ids if one in keys]
    if not ids:
        return None
    dataset_id = str(written.items[ids[0]]["dataset_id"])
    dataset = load_dataset(conn, dataset_id)
    run_id = conn.execute(select(run.c.id).where(run.c.key == run_key)).scalar_one_or_none()
    seed, share, model = asked.get("seed"), asked.get("random_share"), asked.get("model")
    made = NewSelection(
        id=new_id("selection", at=context.now().timestamp()),
        project_id=context.project_id,
        dataset_key=dataset.key,
        revision=dataset.revision,
        name=f"{context.pipeline_name}: {context.node}",
        strategy=written.strategy,
        query={},
        budget={"count": asked.get("budget")},
        random_share=float(share) if isinstance(share, int | float) else 0.0,
        seed=int(seed) if isinstance(seed, int) else 0,
        n_pool=written.n_pool,
        summary=written.summary,
        model_id=model if isinstance(model, str) else None,
        run_id=run_id,
    )
    mine = [one for one in ids if written.items[one]["dataset_id"] == dataset_id]
    items = [_item(keys[one], written.items[one]) for one in mine]
    save_selection(conn, made, items, actor_id=context.actor_id, now=context.now())
    return made.id


def _item(key: int, told: Mapping[str, JsonValue]) -> ChosenItem:
    details, score = told["details"], told["score"]
    return ChosenItem(
        key,
        float(score) if isinstance(score, int | float) else 0.0,
        str(told["reason"]),
        is_random=told["is_random"] is True,
        details=details if isinstance(details, dict) else {},
    )


def _doubts(predictions: Sequence[Prediction] | None) -> Doubts | None:
    if not predictions:
        return None
    found = Doubts()
    found.add(predictions)
    return found


def _settle(asked: Request, round_: Round, doubts: Doubts | None) -> Choice:
    if asked.strategy != AUTO:
        return Choice(asked.strategy, dict(asked.params))
    boxes = None if doubts is None else doubts.boxes
    return choose_strategy(
        Facts(
            n_pool=len(round_.items),
            budget=min(asked.budget.count or len(round_.items), len(round_.items)),
            n_labelled=len(round_.labelled),
            task="objects" if boxes is not None else None,
            has_probabilities=doubts is not None and doubts.probabilities is not None,
            has_boxes=boxes is not None,
            has_groups=len({one.group_key for one in round_.items}) > 1,
        )
    )


def _pool(asked: Request, round_: Round, doubts: Doubts | None) -> Pool:
    groups = [one.group_key or "" for one in round_.items]
    readers = {quota.field: field_reader(quota.field) for quota in asked.quotas}
    fields = {name: [read(one) or "" for one in round_.items] for name, read in readers.items()}
    return Pool(
        size=len(round_.items),
        embeddings=round_.rows,
        probabilities=None if doubts is None else doubts.probabilities,
        uncertainty=None if doubts is None else doubts.uncertainty,
        boxes=None if doubts is None else doubts.boxes,
        class_names=None if doubts is None else [*doubts.names, *doubts.box_names] or None,
        labelled_embeddings=round_.labelled_rows,
        groups=groups if any(groups) else None,
        fields=fields or None,
    )


def _looks(round_: Round) -> Looks:
    seen = [*round_.labelled, *round_.items]
    return Looks([one.sha256 for one in seen], np.zeros(len(seen), np.uint64), len(round_.labelled))


def _written(choice: Choice, round_: Round, chosen: Chosen) -> Written:
    labelled = [one.id for one in round_.labelled]
    selection = chosen.selection
    items: dict[str, dict[str, JsonValue]] = {}
    for at, row in enumerate(selection.indices.tolist()):
        one = round_.items[row]
        items[one.id] = {
            "reason": selection.reasons[at],
            "score": float(selection.scores[at]),
            "is_random": bool(selection.is_random[at]),
            "details": name_details(selection.details[at], labelled),
            "dataset_id": one.dataset_id,
        }
    summary: dict[str, JsonValue] = {
        "why": [choice.why] if choice.why else [],
        "bytes": sum(round_.items[row].bytes for row in selection.indices.tolist()),
        "n_labelled_before": len(labelled),
        "left_out": {"duplicate": chosen.n_duplicates} if chosen.n_duplicates else {},
        "by_source": dict(Counter(round_.items[row].group_key or "" for row in selection.indices.tolist())),
    }
    if chosen.coverage is not None:
        summary["coverage"] = {"before": round(chosen.coverage.before, 4), "after": round(chosen.coverage.after, 4)}
    return Written(choice.name, len(round_.items), items, summary)
