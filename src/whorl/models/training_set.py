"""What a model is trained and tested on: items and ground truth at a pinned revision, as local files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from whorl.annotations.queries import read_truth
from whorl.base.errors import JsonValue, ModelError
from whorl.datasets.dql import Query, parse_query, to_json
from whorl.datasets.dql.ast import all_of
from whorl.datasets.queries import iter_item_batches
from whorl.datasets.revisions import load_dataset
from whorl.geometry.boxes import box_iou
from whorl.models.files import digest_items, materialise
from whorl.models.records import object_box, object_mask
from whorl.models.types import FloatArray, Task, TrainingData, TrainingSample
from whorl.schemas.annotations import Box, ClassTag
from whorl.schemas.datasets import Item
from whorl.schemas.models import Model
from whorl.schemas.records import AnnotationRecord, Subset
from whorl.store.blobs import BlobStore


@dataclass(frozen=True)
class TrainingSet:
    """Training data and the name of the frozen set it is."""

    data: TrainingData
    items_digest: str
    n_items: int


@dataclass(frozen=True)
class LabelledItems:
    """Items of one subset at a revision, beside their ground truth, in the order of their making."""

    items: tuple[Item, ...]
    truth: tuple[tuple[AnnotationRecord, ...], ...]

    @property
    def items_digest(self) -> str:
        """SHA-256 of the set: the same items and bytes give the same digest."""
        return digest_items([(item.id, item.sha256) for item in self.items])


def read_labelled(
    conn: Connection, dataset_id: str, *, revision: int, subset: Subset, query: Query | None = None
) -> LabelledItems:
    """The items of a subset as they stood at a revision, with the ground truth of that revision.

    Args:
        query: Narrows the subset.
    """
    row = load_dataset(conn, dataset_id)
    items: list[Item] = []
    truth: list[tuple[AnnotationRecord, ...]] = []
    for batch in iter_item_batches(conn, dataset_id, query=query, as_of=revision, subset=subset):
        found = read_truth(conn, row.key, [key for key, _ in batch], as_of=revision)
        items += [item for _, item in batch]
        truth += [tuple(found[key]) for key, _ in batch]
    return LabelledItems(tuple(items), tuple(truth))


def read_training_set(conn: Connection, model: Model, *, blobs: BlobStore, files: Path) -> TrainingSet:
    """The samples that a model is to be trained on.

    Raises:
        ModelError: The revision has no labelled training item.
    """
    assert model.dataset_id is not None
    assert model.revision is not None
    task = Task(model.task)
    narrowed = {subset: stored_query(model.query, subset) for subset in (Subset.TRAIN, Subset.VALIDATION)}
    parts = {
        subset: read_labelled(conn, model.dataset_id, revision=model.revision, subset=subset, query=query)
        for subset, query in narrowed.items()
    }
    found = build_training_set(
        task, model.labels, parts[Subset.TRAIN], parts[Subset.VALIDATION], blobs=blobs, files=files
    )
    if not found.data.train:
        raise ModelError(
            f"nothing to train on: revision {model.revision} has no labelled train item (see `whorl split`)"
            + (" that matches the model's query" if narrowed[Subset.TRAIN] else ""),
            hint="Label some items, then put them into subsets: whorl split.",
        )
    return found


def build_training_set(
    task: Task,
    labels: Sequence[str],
    train: LabelledItems,
    validation: LabelledItems,
    *,
    blobs: BlobStore,
    files: Path,
) -> TrainingSet:
    """The samples of some items; items without an answer to learn are left out.

    Args:
        labels: What the model is to say; labels that the items use beyond those come after them.

    Raises:
        ModelError: Masks are wanted, and the ground truth has boxes only.
    """
    samples = [_samples(part, task, blobs, files) for part in (train, validation)]
    _check_trainable((train, validation), [sample for part in samples for sample in part], task)
    used = [label for part in samples for sample in part for label in sample.labels]
    every = [(item.id, item.sha256) for part in (train, validation) for item in part.items]
    return TrainingSet(
        data=TrainingData(
            task=task,
            labels=(*labels, *sorted(set(used) - set(labels))),
            train=tuple(samples[0]),
            validation=tuple(samples[1]),
        ),
        items_digest=digest_items(every),
        n_items=len(every),
    )


def store_query(subsets: Sequence[Subset], query: Query | None) -> dict[str, JsonValue]:
    """Write which items were meant, as a model or an evaluation keeps it."""
    stored: dict[str, JsonValue] = {"subsets": [subset.value for subset in subsets]}
    return stored if query is None else stored | {"filter": to_json(query)}


def stored_query(stored: Mapping[str, JsonValue], subset: Subset) -> Query | None:
    """The query that narrows one subset: the filter for all and the subset's own, together; None without either."""
    each = stored.get("filters")
    own = each.get(subset.value) if isinstance(each, dict) else None
    parts = [parse_query(one) for one in (stored.get("filter"), own) if isinstance(one, dict)]
    if len(parts) < 2:
        return parts[0] if parts else None
    snapshots = [part.snapshot for part in parts if part.snapshot is not None]
    return Query(where=all_of(part.where for part in parts), snapshot=snapshots[0] if snapshots else None)


def _samples(part: LabelledItems, task: Task, blobs: BlobStore, files: Path) -> list[TrainingSample]:
    paths = materialise(blobs, [item.sha256 for item in part.items], files)
    found = [
        _sample(item, records, path, task) for item, records, path in zip(part.items, part.truth, paths, strict=True)
    ]
    return [
        replace(sample, group=item.group_key or "", was_missed=any(one.missed_by for one in records))
        for item, records, sample in zip(part.items, part.truth, found, strict=True)
        if sample is not None
    ]


def _sample(item: Item, records: Sequence[AnnotationRecord], path: Path, task: Task) -> TrainingSample | None:
    if task in {Task.CLASSIFICATION, Task.MULTI_LABEL}:
        return _class_sample(item, records, path, task)
    if task.has_masks:
        return _mask_sample(item, records, path, task)
    found = [(record.label, object_box(record, width=item.width, height=item.height)) for record in records]
    boxes = [(label, box) for label, box in found if box is not None]
    if not boxes and records and not item.is_checked_empty:
        return None
    return TrainingSample(
        path,
        tuple(label for label, _ in boxes),
        _corners([box for _, box in boxes]),
        key=item.sha256,
        item=item.id,
    )


def _class_sample(item: Item, records: Sequence[AnnotationRecord], path: Path, task: Task) -> TrainingSample | None:
    tags = tuple(sorted({record.label for record in records if isinstance(record.geometry, ClassTag)}))
    if task is Task.CLASSIFICATION:
        # Without exactly one class there is no right answer to learn.
        is_answered = len(tags) == 1
    else:
        is_answered = bool(tags) or item.is_checked_empty
    return TrainingSample(path, tags, key=item.sha256, item=item.id) if is_answered else None


def _mask_sample(item: Item, records: Sequence[AnnotationRecord], path: Path, task: Task) -> TrainingSample | None:
    """None for an item whose pixels are not known: nothing is outlined, or an object has a box only."""
    width, height = item.width, item.height
    if task is Task.INSTANCE_MASKS:
        # A crowd is no object that a mask could be told apart in.
        records = [record for record in records if not record.attributes.get("iscrowd")]
    found = [(record, object_mask(record, width=width, height=height)) for record in records]
    drawn = [(record, mask, object_box(record, width=width, height=height)) for record, mask in found if mask]
    whole = [(record, mask, box) for record, mask, box in drawn if box is not None]
    boxed = [record for record in records if isinstance(record.geometry, Box)]
    if not whole and (boxed or not item.is_checked_empty):
        return None
    if not _have_outlines(boxed, [(record.label, box) for record, _, box in whole]):
        return None
    return TrainingSample(
        path,
        tuple(record.label for record, _, _ in whole),
        _corners([box for _, _, box in whole]),
        key=item.sha256,
        item=item.id,
        masks=tuple(mask for _, mask, _ in whole),
    )


def _corners(boxes: Sequence[Box]) -> FloatArray:
    return np.array([[b.x0, b.y0, b.x1, b.y1] for b in boxes], np.float32).reshape(-1, 4)


def _have_outlines(boxed: Sequence[AnnotationRecord], outlined: Sequence[tuple[str, Box]]) -> bool:
    """Whether each box has an outline of its label about where it is."""
    boxes = [(record.label, record.geometry) for record in boxed if isinstance(record.geometry, Box)]
    overlaps = box_iou(_corners([box for _, box in boxes]), _corners([box for _, box in outlined]))
    is_same = np.array([[label == name for name, _ in outlined] for label, _ in boxes], bool).reshape(overlaps.shape)
    return bool(((overlaps >= 0.5) & is_same).any(axis=1).all())


def _check_trainable(parts: Sequence[LabelledItems], samples: Sequence[TrainingSample], task: Task) -> None:
    """Raise ModelError when masks are wanted and the ground truth has boxes only."""
    if not task.has_masks or any(sample.masks for sample in samples):
        return
    truth = [record for part in parts for records in part.truth for record in records]
    boxes = sum(isinstance(record.geometry, Box) for record in truth)
    if boxes:
        raise ModelError(
            f"{task.value} needs outlines; the ground truth has {boxes} boxes and no item whose objects all have one",
            hint="Draw masks, polygons or turned boxes, or train builtin:tinydet on the boxes.",
        )
