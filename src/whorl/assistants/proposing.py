"""What an assistant says about the items that are next: chunk by chunk, leaving alone what people hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from whorl.annotations.actions import add_predictions
from whorl.assistants import queries
from whorl.assistants.actions import drop_proposals
from whorl.assistants.queries import AssistantRow
from whorl.assistants.ranking import doubt_of
from whorl.datasets.queries import list_items_by_key
from whorl.models.bodies import predict_body
from whorl.models.records import prediction_records
from whorl.models.types import Prediction
from whorl.models.workshop import Workshop
from whorl.schemas.datasets import Item
from whorl.schemas.records import AnnotationRecord
from whorl.store.db import Priority
from whorl.store.db.tables import task_item
from whorl.tasks.rules import ItemStatus

FIRST_CHUNK, CHUNK = 8, 32
"""Items proposed on at once: few at first, since somebody is about to open the next."""
LEAST_AHEAD = 500
"""Items that each round proposes on at least, where there are as many."""


@dataclass
class Said:
    """What a model has said so far.

    Attributes:
        n_items: Items with at least one proposal.
        n_looked_at: Items predicted.
        n_seen: Items gone through, deleted ones too.
        doubts: How unsure it was, by key of the item.
    """

    n_items: int = 0
    n_objects: int = 0
    n_looked_at: int = 0
    n_seen: int = 0
    doubts: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposer:
    """One model at work on one task's queue.

    Args:
        threshold: Less sure proposals are not kept.
        is_dry: Count only, write nothing.
    """

    workshop: Workshop
    row: AssistantRow
    model_id: str
    threshold: float
    now: Callable[[], datetime]
    actor_id: str
    is_dry: bool = False

    def propose(self, item_keys: Sequence[int]) -> Iterator[Said]:
        """Predict items in order, and give what was said so far after each chunk.

        Items that somebody holds, has begun or has finished by the time a chunk is written are left alone, and so are
        those that were deleted. Proposals of the assistant's other rounds on the same items go.

        Raises:
            ModelError: The model fails.
            Cancelled: The heartbeat said so.
        """
        said = Said()
        folder = self.workshop.model_folder(self.model_id)
        for chunk in _chunks(item_keys):
            self.workshop.heartbeat()
            with self.workshop.db.read() as conn:
                items = {key: one for key, one in list_items_by_key(conn, chunk).items() if is_picture(one)}
            if items:
                shas = [item.sha256 for item in items.values()]
                found = self.workshop.call(
                    predict_body, str(folder), self.workshop.files(shas), shas, str(self.workshop.features_path)
                )
                self._take(dict(zip(items, found, strict=True)), items, said)
            said.n_seen += len(chunk)
            yield said

    def _take(self, found: Mapping[int, Prediction], items: Mapping[int, Item], said: Said) -> None:
        with self.workshop.db.read() as conn:
            wanted = set(queries.wanted_labels(conn, self.row))
        records = {key: self._records(found[key], items[key], wanted) for key in found}
        written = records if self.is_dry else self._write(records, items)
        said.n_looked_at += len(found)
        said.n_items += sum(bool(some) for some in written.values())
        said.n_objects += sum(len(some) for some in written.values())
        for key, one in found.items():
            doubt = doubt_of(one)
            if doubt is not None:
                said.doubts[key] = doubt

    def _records(self, found: Prediction, item: Item, wanted: set[str]) -> list[AnnotationRecord]:
        """What is sure enough, of labels that are wanted and still there."""
        return [
            one
            for one in prediction_records(found, width=item.width, height=item.height, min_confidence=self.threshold)
            if one.label in wanted and (one.confidence or 0.0) >= self.threshold
        ]

    def _write(
        self, records: Mapping[int, list[AnnotationRecord]], items: Mapping[int, Item]
    ) -> dict[int, list[AnnotationRecord]]:
        def work(conn: Connection) -> dict[int, list[AnnotationRecord]]:
            free = _list_free(conn, self.row.task_key, list(records))
            kept = {key: some for key, some in records.items() if key in free}
            given = {"actor_id": self.actor_id, "now": self.now()}
            drop_proposals(conn, self.row, list(kept), but=self.model_id, **given)  # type: ignore[arg-type]
            said = {items[key].id: some for key, some in kept.items()}
            add_predictions(conn, self.row.dataset_id, said, model_id=self.model_id, **given)  # type: ignore[arg-type]
            return kept

        return self.workshop.db.write(work, priority=Priority.ENGINE)


def is_picture(item: Item) -> bool:
    """Whether an item is one image: of a video, a tracker carries shapes on."""
    return item.media_type.startswith("image/")


def proposals_ahead(row: AssistantRow) -> int:
    """How many items a round proposes on: twice as many as there are before the next training.

    The rest of a huge queue is for the rounds to come, or for labelling the rest.
    """
    until_next = max(0, queries.next_training_at(row) - row.n_finished)
    return max(LEAST_AHEAD, 2 * until_next)


def _list_free(conn: Connection, task_key: int, item_keys: Sequence[int]) -> set[int]:
    """Those of the items that wait, untouched; locked, so that nobody takes one while its proposals change."""
    found = select(task_item.c.item_key).where(
        task_item.c.task_key == task_key,
        task_item.c.item_key.in_(item_keys),
        task_item.c.status == ItemStatus.QUEUED.value,
        task_item.c.draft.is_(None),
        task_item.c.submitted_by.is_(None),
    )
    return set(conn.execute(found.with_for_update(skip_locked=True)).scalars())


def _chunks(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    first = keys[:FIRST_CHUNK]
    if first:
        yield first
    for start in range(FIRST_CHUNK, len(keys), CHUNK):
        yield keys[start : start + CHUNK]
