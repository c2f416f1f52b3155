"""The order of a task's queue by what an assistant would learn most from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import Connection, bindparam, select, update

from whorl.models.types import ClassProbabilities, Detections, Instances, LabelScores, Prediction
from whorl.selection.strategies.detection import image_uncertainty
from whorl.selection.strategies.margin import margin_uncertainty
from whorl.store.db.tables import task_item
from whorl.tasks.rules import ItemStatus

GIVEN_EVERY = 4
"""Every fourth item comes in the order in which the task was given them, so that none waits forever."""
BAND = 1_000_000_000
"""An assistant orders items of rank 0, by ranks below it: what somebody put first or last stays there."""


def doubt_of(prediction: Prediction) -> float | None:
    """How unsure a model is of an image, higher is less sure; None where it does not say.

    Of objects the mean: an image with twice as many takes twice the work.
    """
    if isinstance(prediction, ClassProbabilities):
        rows = np.asarray(prediction.probabilities, np.float64)[None]
        return float(margin_uncertainty(rows / max(float(rows.sum()), 1e-12))[0]) if rows.shape[1] > 1 else None
    if isinstance(prediction, Detections | LabelScores | Instances):
        return float(image_uncertainty([np.asarray(prediction.scores, np.float64)], how="mean")[0])
    return None


def order_items(given: Sequence[int], doubts: Mapping[int, float]) -> list[int]:
    """The items in the order to be worked on: the most doubtful first, every fourth as it was given.

    Args:
        given: Keys in the order in which the task was given them.
        doubts: By key; items without one come in their given order after the others.
    """
    doubtful = sorted(given, key=lambda key: -doubts.get(key, -1.0))
    queues = (iter(doubtful), iter(given))
    taken: set[int] = set()
    ordered: list[int] = []
    while len(ordered) < len(given):
        source = queues[1] if len(ordered) % GIVEN_EVERY == GIVEN_EVERY - 1 else queues[0]
        one = next((key for key in source if key not in taken), None)
        if one is None:
            break
        taken.add(one)
        ordered.append(one)
    return ordered


def reorder(conn: Connection, task_key: int, doubts: Mapping[int, float]) -> int:
    """Put the items of a queue that a model has seen first, by doubt, and give how many that were.

    Args:
        doubts: By key of the item.
    """
    found = select(task_item.c.key, task_item.c.item_key).where(
        task_item.c.task_key == task_key,
        task_item.c.status == ItemStatus.QUEUED.value,
        task_item.c.rank <= 0,
        task_item.c.rank > -BAND,
    )
    rows = conn.execute(found.order_by(task_item.c.key)).all()
    mine = {row.item_key: row.key for row in rows if row.item_key in doubts}
    ordered = order_items(list(mine), doubts)
    if not ordered:
        return 0
    values = [{"of_key": mine[one], "place": place - len(ordered)} for place, one in enumerate(ordered)]
    conn.execute(
        update(task_item)
        .where(task_item.c.key == bindparam("of_key"), task_item.c.status == ItemStatus.QUEUED.value)
        .values(rank=bindparam("place")),
        values,
    )
    return len(ordered)


def restore_order(conn: Connection, task_key: int) -> None:
    """Let a queue be served as it was given again."""
    conn.execute(
        update(task_item)
        .where(task_item.c.task_key == task_key, task_item.c.rank < 0, task_item.c.rank > -BAND)
        .values(rank=0)
    )
