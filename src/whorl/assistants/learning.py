"""What an assistant learns from: the finished items of its task, some of them held out; and how good that made it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, select

from whorl.annotations.queries import read_truth
from whorl.assistants.queries import FINISHED, AssistantRow
from whorl.assistants.rules import DRAWN_ACTIONS, HELD_OUT_FROM, LEAST_HELD_OUT, REFUSED_ACTIONS, is_held_out
from whorl.base.errors import JsonValue
from whorl.datasets.queries import list_items_by_key
from whorl.models import queries as models
from whorl.models.bodies import predict_body
from whorl.models.details import rank_outputs
from whorl.models.evaluation.thresholds import Prices, find_cheapest
from whorl.models.folder import read_card
from whorl.models.outputs import collect_outputs, label_names
from whorl.models.outputs.measuring import measure_outputs
from whorl.models.outputs.scores import score_outputs
from whorl.models.outputs.types import ClassOutputs, ObjectOutputs
from whorl.models.rules import BUILTIN_TASKS, SEVERAL_CLASSES
from whorl.models.training_set import LabelledItems, TrainingSet, build_training_set
from whorl.models.types import Task
from whorl.models.workshop import Workshop
from whorl.schemas.annotations import Box, ClassTag, Mask, Polygon, RotatedBox
from whorl.schemas.assistants import AssistantKind
from whorl.schemas.datasets import Item
from whorl.schemas.models import Model
from whorl.schemas.records import AnnotationRecord, Subset
from whorl.store.blobs import BlobStore
from whorl.store.db.tables import task_item

LEAST_OBJECTS = 5
"""Objects below which a detector or a segmenter would learn nothing."""
MOST_HELD_OUT = 100
PRICES = Prices(missed=DRAWN_ACTIONS, spurious=REFUSED_ACTIONS)
LEAST_TO_TELL = 30
"""Objects held out below which they say nothing about a confidence."""
Pair = tuple[Item, tuple[AnnotationRecord, ...]]
_SHAPES = {"class": ClassTag, "box": Box | RotatedBox | Polygon | Mask, "mask": RotatedBox | Polygon | Mask}


@dataclass(frozen=True, slots=True)
class Lessons:
    """What a round learns from, and what it is scored on."""

    train: LabelledItems
    held_out: LabelledItems
    kind: AssistantKind

    @property
    def labels(self) -> Counter[str]:
        """How many annotations there are to learn from, by label."""
        shapes = _SHAPES[self.kind]
        return Counter(one.label for some in self.train.truth for one in some if isinstance(one.geometry, shapes))

    @property
    def n_objects(self) -> int:
        """Annotations that it learns from."""
        return self.labels.total()


@dataclass(frozen=True, slots=True)
class Score:
    """How good a model is on what was held out.

    Attributes:
        value: What the floor is for: AP at an IoU of 0.5, mean AP or IoU, and for classes kappa; None where the items
            do not say.
        cheapest: Of objects, the confidence from which on it costs a person least; None where there are too few to
            tell.
    """

    name: str
    value: float | None
    metrics: dict[str, JsonValue]
    cheapest: float | None = None


def choose_task(conn: Connection, row: AssistantRow, architecture: str) -> Task:
    """What a model of an assistant is to say, by the ground truth so far."""
    able = BUILTIN_TASKS.get(architecture)
    if row.kind == "box":
        return Task.DETECTION
    if row.kind == "class":
        several = models.share_of_several_classes(conn, row.dataset_id) >= SEVERAL_CLASSES
        return Task.MULTI_LABEL if several or row.settings.labels else Task.CLASSIFICATION
    wanted = Task.SEMANTIC_MASKS if models.is_one_outline_each(conn, row.dataset_id) else Task.INSTANCE_MASKS
    return wanted if able is None or wanted.value in able else Task.INSTANCE_MASKS


def read_lessons(conn: Connection, row: AssistantRow, model: Model) -> Lessons:
    """The items of the task that were finished when a model was registered, at the model's revision.

    Items of the test subset are never learnt from; some of the others are held out once there are enough. What an item
    does not have is not there: somebody finished it. Items that were deleted meanwhile are left out.
    """
    assert model.revision is not None
    found = select(task_item.c.item_key, task_item.c.key).where(
        task_item.c.task_key == row.task_key,
        task_item.c.status.in_(FINISHED),
        task_item.c.updated_at <= model.created_at,
    )
    places = {row.item_key: row.key for row in conn.execute(found.order_by(task_item.c.key))}
    keys = list(places)
    items = list_items_by_key(conn, keys, as_of=model.revision)
    standing = list_items_by_key(conn, keys)
    truth = read_truth(conn, row.dataset_key, items, as_of=model.revision)
    pairs = {
        key: (_finished(items[key]), _wanted(truth[key], row.settings.labels))
        for key in keys
        if key in items and key in standing and _teaches(items[key])
    }
    held = _hold_out(places, pairs)
    train = [one for key, one in pairs.items() if key not in held]
    return Lessons(_labelled(train), _labelled([pairs[key] for key in held]), row.kind)


def _hold_out(places: Mapping[int, int], pairs: Mapping[int, Pair]) -> list[int]:
    """Keys of the items to score on: none of few, and none that equals one to learn from."""
    if len(pairs) < HELD_OUT_FROM:
        return []
    seen = {item.sha256 for key, (item, _) in pairs.items() if not is_held_out(places[key])}
    held = [key for key, (item, _) in pairs.items() if is_held_out(places[key]) and item.sha256 not in seen]
    return held[-MOST_HELD_OUT:] if len(held) >= LEAST_HELD_OUT else []


def find_trouble(row: AssistantRow, lessons: Lessons) -> str:
    """Why nothing can be learnt yet, as a sentence; empty when it can."""
    n_items = len(lessons.train.items)
    if not n_items:
        return "Nothing to learn from: every finished item is a video, in the test subset, or deleted."
    counts = lessons.labels
    if row.kind == "class":
        # With labels of its own it tells each of them from what is not: one is enough, where some items lack it.
        tagged = sum(any(isinstance(one.geometry, ClassTag) for one in some) for some in lessons.train.truth)
        if not counts:
            return f"Nothing to learn from: none of {n_items} finished items has a class."
        if len(counts) == 1 and (not row.settings.labels or tagged == n_items):
            return f"All {n_items} finished items are {next(iter(counts))!r}: there is nothing to tell apart yet."
        return ""
    if lessons.n_objects < LEAST_OBJECTS:
        what = "outlines" if row.kind == "mask" else "objects"
        return f"Too few {what} to learn from: {lessons.n_objects} on {n_items} finished items."
    return ""


def make_set(lessons: Lessons, model: Model, *, blobs: BlobStore, files: Path) -> TrainingSet:
    """The samples of a round. What is held out stays out of the training altogether.

    Raises:
        ModelError: Masks are wanted, and the ground truth has boxes only.
    """
    return build_training_set(Task(model.task), model.labels, lessons.train, _labelled([]), blobs=blobs, files=files)


def score_on(workshop: Workshop, folder: Path, task: Task, held_out: LabelledItems) -> Score | None:
    """Score a trained model on items held out, in a worker process; None when there are none, or none has an answer."""
    if not held_out.items:
        return None
    labels = label_names(task, read_card(folder).labels, held_out.truth)
    shas = [item.sha256 for item in held_out.items]
    found = workshop.call(predict_body, str(folder), workshop.files(shas), shas, str(workshop.features_path))
    outputs = collect_outputs(
        task,
        labels,
        [item.id for item in held_out.items],
        held_out.truth,
        found,
        sizes=[(item.width, item.height) for item in held_out.items],
        is_checked_empty=[item.is_checked_empty for item in held_out.items],
    )
    if not outputs.items:
        return None
    scored = workshop.call(score_outputs, outputs, None)
    value = _kappa(outputs, scored.metric) if isinstance(outputs, ClassOutputs) else scored.metric
    cheapest = workshop.call(cheapest_body, outputs) if isinstance(outputs, ObjectOutputs) else None
    return Score(scored.metric_name, value, {"n": len(outputs.items), scored.metric_name: scored.metric}, cheapest)


def cheapest_body(outputs: ObjectOutputs) -> float | None:
    """The confidence from which on objects are worth a look: to refuse one costs half of what to draw one does.

    Returns:
        None with fewer than 30 objects to find.
    """
    rankings = rank_outputs(outputs, measure_outputs(outputs))
    if rankings is None or rankings.everything.n_truth.sum() < LEAST_TO_TELL:
        return None
    return find_cheapest(rankings.everything, PRICES, np.zeros((0, 0), np.float32)).threshold


def _kappa(outputs: ClassOutputs, accuracy: float | None) -> float | None:
    """Accuracy over what guessing the commonest class would give: 0 is no better, 1 is right throughout."""
    commonest = max(Counter(outputs.truth.tolist()).values()) / len(outputs.truth)
    return None if accuracy is None or commonest >= 1 else (accuracy - commonest) / (1 - commonest)


def _teaches(item: Item) -> bool:
    return item.subset != Subset.TEST and item.media_type.startswith("image/")


def _finished(item: Item) -> Item:
    # A person handed it in: what is not on it, is not there.
    return item.model_copy(update={"is_checked_empty": True})


def _wanted(records: Sequence[AnnotationRecord], labels: Sequence[str]) -> tuple[AnnotationRecord, ...]:
    return tuple(one for one in records if not labels or one.label in labels)


def _labelled(pairs: Sequence[Pair]) -> LabelledItems:
    return LabelledItems(tuple(item for item, _ in pairs), tuple(records for _, records in pairs))
