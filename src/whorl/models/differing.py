"""Two models on items without ground truth: where their answers differ, a person's answer says most about both."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from whorl.base.errors import InvalidInput, JsonValue
from whorl.datasets.dql import Query, parse_query
from whorl.datasets.dql.ast import all_of
from whorl.datasets.queries import list_item_keys, list_items_by_key
from whorl.models.bodies import predict_body
from whorl.models.disagreements import Differing, answer_difference
from whorl.models.queries import get_comparison
from whorl.models.types import Prediction
from whorl.models.workshop import Workshop

_BATCH = 64
_UNLABELLED = parse_query({"annotated": False, "checked_empty": False}).where


@dataclass(frozen=True)
class Pool:
    """What to look at: items of a dataset without ground truth.

    Attributes:
        limit: How many items to list.
        max_items: How many to look at; of more, so many drawn at random, the same each time.
    """

    comparison_id: str
    dataset_id: str
    query: Query | None = None
    limit: int = 200
    max_items: int = 5000


def find_differing(workshop: Workshop, pool: Pool, *, report: Callable[[float, str], None]) -> dict[str, JsonValue]:
    """Predict the pool with both models, and list the items on which they differ, most first.

    Raises:
        InvalidInput: There was no champion to differ from, or nothing is left to look at.
        ModelError: A model failed.
    """
    with workshop.db.read() as conn:
        compared = get_comparison(conn, pool.comparison_id)
        where = _UNLABELLED if pool.query is None else all_of([pool.query.where, _UNLABELLED])
        keys = list_item_keys(conn, pool.dataset_id, query=Query(where=where))
    if compared.champion_id is None:
        raise InvalidInput("there was no champion to differ from", hint="Compare the model with another one.")
    if not keys:
        raise InvalidInput(
            "no item without ground truth matches", hint="Upload new items, or name a dataset that has some."
        )
    if len(keys) > pool.max_items:
        keys = sorted(random.Random(pool.comparison_id).sample(keys, pool.max_items))
    folders = [str(workshop.model_folder(one)) for one in (compared.champion_id, compared.challenger_id)]
    found: list[Differing] = []
    for start in range(0, len(keys), _BATCH):
        workshop.heartbeat()
        report(start / len(keys), f"{start:,} of {len(keys):,} items, {len(found):,} differ")
        found += _differing(workshop, keys[start : start + _BATCH], folders)
    found.sort(key=lambda one: -one.score)
    listed: list[JsonValue] = [{"item_id": one.item_id, "score": round(one.score, 6)} for one in found[: pool.limit]]
    return {
        "comparison_id": pool.comparison_id,
        "dataset_id": pool.dataset_id,
        "looked_at": len(keys),
        "differ": len(found),
        "items": listed,
    }


def read_differing(result: Mapping[str, JsonValue]) -> list[str]:
    """The items that ``find_differing`` listed, in its order."""
    listed = result.get("items")
    rows = listed if isinstance(listed, list) else []
    return [str(one["item_id"]) for one in rows if isinstance(one, dict) and "item_id" in one]


def _differing(workshop: Workshop, keys: Sequence[int], folders: Sequence[str]) -> list[Differing]:
    with workshop.db.read() as conn:
        items = list(list_items_by_key(conn, keys).values())
    shas = [item.sha256 for item in items]
    answers: list[list[Prediction]] = [
        workshop.call(predict_body, folder, workshop.files(shas), shas, str(workshop.features_path))
        for folder in folders
    ]
    scored = [
        Differing(item.id, answer_difference(base, held)) for item, base, held in zip(items, *answers, strict=True)
    ]
    return [one for one in scored if one.score > 0]
