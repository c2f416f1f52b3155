"""A dry run of a training: what it would find, how long it would take, what is odd. Nothing is written."""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from whorl.annotations.queries import read_truth
from whorl.datasets.queries import list_item_keys, list_items_by_key
from whorl.models.actions import NewModel
from whorl.models.builtin.params import (
    BUILTINS,
    SAMPLING,
    AutoParams,
    LinearParams,
    NetParams,
    TinyDetParams,
    read_params,
)
from whorl.models.records import object_box
from whorl.models.sampling import count_repeats
from whorl.models.training_set import stored_query
from whorl.models.types import Task
from whorl.schemas.annotations import ClassTag, Mask, Polygon, RotatedBox
from whorl.schemas.datasets import Item
from whorl.schemas.records import AnnotationRecord, Subset
from whorl.schemas.training import CheckNotice, ModelCheck, SubsetCheck

LOOKED_AT = 20_000
_BATCH = 500
FEW_SAMPLES, FEW_OF_LABEL = 20, 5
# CPU seconds for an image, on one core of 2024; see docs/explain/playground.md.
_HOG_S, _LITE0_S, _FIT_S = 0.0013, 0.0035, 1.5
_FROZEN_S, _FREE_S, _SCRATCH_S = 0.010, 0.045, 0.022
_START_S = 4.0


@dataclass(frozen=True)
class _Found:
    """A subset as a training would read it; ``labels`` and ``sides`` are of the items that can be learned from."""

    n_items: int
    labels: list[tuple[str, ...]]
    sides: list[int]


def check_model(conn: Connection, new: NewModel, *, dataset_id: str) -> ModelCheck:
    """Look at what a model would be trained on. At most 20,000 items of each subset are looked at.

    Raises:
        NotFound: There is no such dataset.
        QueryError: A query names a field that does not exist.
    """
    task = Task(new.task)
    found = {
        subset: _look(conn, new, dataset_id=dataset_id, subset=subset, task=task)
        for subset in (Subset.TRAIN, Subset.VALIDATION, Subset.TEST)
    }
    train = found[Subset.TRAIN]
    names = [*new.labels, *sorted({label for own in train.labels for label in own} - set(new.labels))]
    sampling = new.params.get(SAMPLING)
    repeats = count_repeats(train.labels, str(sampling) if sampling is not None else None)
    size = _input_px(new, train)
    seconds, estimate = _estimate(new, n=sum(repeats), size=size or 0)
    errors = _errors(new, train)
    return ModelCheck(
        architecture=new.architecture,
        task=new.task,
        params=dict(new.params),
        revision=new.revision,
        subsets=[_summary(subset, one, names) for subset, one in found.items()],
        n_effective=sum(repeats),
        size_px=size,
        small_images=0 if size is None else sum(side * 2 < size for side in train.sides),
        large_images=0 if size is None else sum(side > 4 * size for side in train.sides),
        estimated_seconds=None if seconds is None else round(seconds, 1),
        estimate=estimate,
        errors=errors,
        warnings=[*_warnings(train, found, names, task), *_size_warnings(train, size)],
        can_train=not errors,
    )


def _look(conn: Connection, new: NewModel, *, dataset_id: str, subset: Subset, task: Task) -> _Found:
    # The test subset is never narrowed: a model is judged on all of it.
    query = None if subset is Subset.TEST else stored_query(new.query, subset)
    keys = list_item_keys(conn, dataset_id, query=query, as_of=new.revision, subset=subset)
    labels: list[tuple[str, ...]] = []
    sides: list[int] = []
    for start in range(0, min(len(keys), LOOKED_AT), _BATCH):
        some = keys[start : start + _BATCH]
        items = list_items_by_key(conn, some, as_of=new.revision)
        truth = read_truth(conn, new.dataset_key, some, as_of=new.revision)
        for key, item in items.items():
            own = learnt_labels(item, truth[key], task)
            if own is not None:
                labels.append(own)
                sides.append(max(item.width, item.height))
    return _Found(len(keys), labels, sides)


def learnt_labels(item: Item, records: Sequence[AnnotationRecord], task: Task) -> tuple[str, ...] | None:
    """The labels that a training would learn from an item, one per class or object; None when it would leave it out."""
    if task in {Task.CLASSIFICATION, Task.MULTI_LABEL}:
        tags = tuple(sorted({record.label for record in records if isinstance(record.geometry, ClassTag)}))
        if task is Task.CLASSIFICATION:
            return tags if len(tags) == 1 else None
        return tags if tags or item.is_checked_empty else None
    if task.has_masks:
        drawn = tuple(one.label for one in records if isinstance(one.geometry, Mask | Polygon | RotatedBox))
        return drawn if drawn or (item.is_checked_empty and not records) else None
    boxes = tuple(one.label for one in records if object_box(one, width=item.width, height=item.height) is not None)
    return boxes if boxes or not records or item.is_checked_empty else None


def _summary(subset: Subset, found: _Found, names: Sequence[str]) -> SubsetCheck:
    counts = Counter(label for own in found.labels for label in own)
    labels = {name: counts.get(name, 0) for name in (*names, *sorted(set(counts) - set(names)))}
    return SubsetCheck(
        subset=subset.value,
        n_items=found.n_items,
        n_labelled=len(found.labels),
        labels=labels,
        missing=[name for name, count in labels.items() if not count],
    )


def _errors(new: NewModel, train: _Found) -> list[CheckNotice]:
    errors: list[CheckNotice] = []
    builtin = BUILTINS.get(new.architecture)
    if not train.n_items:
        errors.append(
            CheckNotice(
                code="no_train_items",
                message="The train subset is empty" + (", with this query." if "filter" in new.query else "."),
                hint="Put items into subsets (whorl split), or widen the query.",
            )
        )
    elif not any(train.labels):
        errors.append(
            CheckNotice(
                code="no_labels",
                message=f"None of the {train.n_items} train items has anything to learn {new.task} from.",
                hint="Label some, or choose another task.",
            )
        )
    missing = [one for one in builtin.packages if importlib.util.find_spec(one) is None] if builtin else []
    if missing:
        errors.append(
            CheckNotice(
                code="missing_dependency",
                message=f"{new.architecture} needs {', '.join(missing)}, which is not installed on the server.",
                hint="pip install 'whorl[train]'",
            )
        )
    return errors


def _warnings(train: _Found, found: dict[Subset, _Found], names: Sequence[str], task: Task) -> list[CheckNotice]:
    counts = Counter(label for own in train.labels for label in set(own))
    warnings: list[CheckNotice] = []

    def warn(code: str, message: str, hint: str = "") -> None:
        warnings.append(CheckNotice(code=code, message=message, hint=hint))

    if len(counts) == 1 and not task.has_objects and task is not Task.SEMANTIC_MASKS:
        warn("one_label", f"Every label is {next(iter(counts))}: there is nothing to tell apart.")
    if counts and len(train.labels) < FEW_SAMPLES:
        warn("few_items", f"Only {len(train.labels)} train items can be learned from.", "Label more first.")
    absent = [name for name in names if not counts.get(name)]
    if absent and counts:
        warn("label_without_example", f"No train example of {_some(absent)}: hardly ever predicted.")
    rare = [f"{name} ({counts[name]})" for name in names if 0 < counts.get(name, 0) < FEW_OF_LABEL]
    if rare:
        warn("rare_label", f"Few train items of {_some(rare)}.", "Label more of them, or try repeat_rare sampling.")
    if not found[Subset.VALIDATION].labels:
        warn("no_validation", "No labelled validation item: curves show the loss only, and nothing stops early.")
    tested = {label for own in found[Subset.TEST].labels for label in own}
    if not found[Subset.TEST].labels:
        warn("no_test", "No labelled test item: the model cannot be evaluated.", "Put some into the test subset.")
    elif set(counts) - tested:
        warn("label_without_test", f"No test example of {_some(sorted(set(counts) - tested))}: they go unjudged.")
    left_out = train.n_items - len(train.labels)
    if left_out > 0 and train.labels and train.n_items <= LOOKED_AT:
        warn("left_out", f"{left_out} train items have no ground truth of this kind and are left out.")
    if any(one.n_items > LOOKED_AT for one in found.values()):
        warn("counted_in_part", f"Only the first {LOOKED_AT:,} items of each subset were looked at.")
    return warnings


def _size_warnings(train: _Found, size: int | None) -> list[CheckNotice]:
    if size is None or not train.sides:
        return []
    large = sum(side > 4 * size for side in train.sides)
    small = sum(side * 2 < size for side in train.sides)
    found: list[CheckNotice] = []
    if large * 5 >= len(train.sides):
        found.append(
            CheckNotice(
                code="large_images",
                message=f"{large} train images have more than four times the input's {size} pixels: details are lost.",
                hint="Raise `size`, or cut the images with the tile node.",
            )
        )
    if small * 5 >= len(train.sides):
        found.append(
            CheckNotice(
                code="small_images",
                message=f"{small} train images have less than half of the input's {size} pixels.",
                hint="Lower `size`: it is quicker, and enlarging adds nothing.",
            )
        )
    return found


def _some(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _input_px(new: NewModel, train: _Found) -> int | None:
    builtin = BUILTINS.get(new.architecture)
    if builtin is None or not issubclass(builtin.params, NetParams):
        return None
    params = read_params(builtin.params, new.architecture, new.params)
    # As the networks choose it themselves.
    return params.size or (160 if train.sides and max(train.sides) <= 192 else 320)


def _estimate(new: NewModel, *, n: int, size: int) -> tuple[float | None, str]:
    builtin = BUILTINS.get(new.architecture)
    if builtin is None:
        return None, "It is not known how long this architecture takes."
    params = read_params(builtin.params, new.architecture, new.params)
    if isinstance(params, AutoParams):
        return params.budget_s, f"The budget, for at most {params.trials} trainings."
    if isinstance(params, LinearParams):
        each = {"hog": _HOG_S, "lite0": _LITE0_S}.get(params.features, _HOG_S + _LITE0_S)
        return _FIT_S + n * each, f"{n} images to read features of, less those that are cached."
    assert isinstance(params, NetParams)
    if not params.epochs:
        return params.budget_s + _START_S, "The budget, and a few seconds to start."
    is_free = params.finetune is True or (params.finetune == "auto" and params.budget_s >= 150)
    each = _SCRATCH_S if params.backbone == "none" else _FREE_S if is_free else _FROZEN_S
    stride = 2.0 if isinstance(params, TinyDetParams) and params.stride == 4 else 1.0
    seconds = params.epochs * n * each * stride * (size / 320) ** 2
    return _START_S + seconds, f"{params.epochs} passes over {n} images at {size} pixels."
