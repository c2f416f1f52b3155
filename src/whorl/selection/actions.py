"""Writes of selections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, insert, select

from whorl.base.errors import JsonValue
from whorl.selection.pools import read_standing
from whorl.selection.queries import get_selection_key
from whorl.store.db.tables import selection, selection_item


@dataclass(frozen=True, slots=True)
class ChosenItem:
    """One item of a selection to be written; the order in the selection is its rank."""

    item_key: int
    score: float
    reason: str
    is_random: bool = False
    details: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewSelection:
    """A selection to be written; see ``whorl.schemas.selecting.Selection`` for the fields."""

    id: str
    project_id: str
    dataset_key: int
    revision: int
    name: str
    strategy: str
    query: Mapping[str, JsonValue]
    budget: Mapping[str, JsonValue]
    random_share: float
    seed: int
    n_pool: int
    summary: Mapping[str, JsonValue]
    params: Mapping[str, JsonValue] = field(default_factory=dict)
    quotas: Sequence[Mapping[str, JsonValue]] = ()
    space_id: str | None = None
    model_id: str | None = None
    run_id: str | None = None


def save_selection(
    conn: Connection, made: NewSelection, items: Sequence[ChosenItem], *, actor_id: str, now: datetime
) -> int:
    """Write a selection down and give how many items it holds; items deleted meanwhile are left out, and counted.

    Writing one with an id that is there changes nothing, so a job that runs twice writes once.
    """
    known = conn.execute(select(selection.c.n_items).where(selection.c.id == made.id)).scalar_one_or_none()
    if known is not None:
        return int(known)
    there = read_standing(conn, [one.item_key for one in items])
    kept = [one for one in items if one.item_key in there]
    summary = dict(made.summary)
    if len(kept) < len(items):
        left_out = summary.get("left_out")
        gone: JsonValue = len(items) - len(kept)
        summary["left_out"] = {**(left_out if isinstance(left_out, dict) else {}), "deleted": gone}
    key = conn.execute(
        insert(selection)
        .values(
            id=made.id,
            project_id=made.project_id,
            dataset_key=made.dataset_key,
            revision=made.revision,
            name=made.name,
            strategy=made.strategy,
            query=dict(made.query),
            params=dict(made.params),
            budget=dict(made.budget),
            quotas=[dict(one) for one in made.quotas],
            random_share=made.random_share,
            seed=made.seed,
            space_id=made.space_id,
            model_id=made.model_id,
            run_id=made.run_id,
            n_pool=made.n_pool,
            n_items=len(kept),
            summary=summary,
            author_id=actor_id,
            created_at=now,
        )
        .returning(selection.c.key)
    ).scalar_one()
    if kept:
        conn.execute(insert(selection_item), [_row(int(key), rank, one) for rank, one in enumerate(kept, 1)])
    return len(kept)


def delete_selection(conn: Connection, selection_id: str) -> None:
    """Forget a selection; its items, and what was made with them, stay.

    Raises:
        NotFound: There is none with this id.
    """
    key = get_selection_key(conn, selection_id)
    conn.execute(selection_item.delete().where(selection_item.c.selection_key == key))
    conn.execute(selection.delete().where(selection.c.key == key))


def _row(selection_key: int, rank: int, one: ChosenItem) -> dict[str, object]:
    return {
        "selection_key": selection_key,
        "rank": rank,
        "item_key": one.item_key,
        "score": one.score,
        "reason": one.reason,
        "details": dict(one.details),
        "is_random": one.is_random,
    }
