"""How a training is described: the options that creating, checking and training a model share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from whorl.base.errors import JsonValue
from whorl.schemas.models import ModelCreate
from whorl.schemas.training import Augment, Preset, Sampling, SubsetQueries
from whorl.sdk.filters import Filters

Query = Filters | str | None


class TrainingOptions(TypedDict, total=False):
    """What may be said about a training; everything has a default.

    Keys:
        task: classification, multi_label, detection, instance_masks or semantic_masks; left out, what the architecture
            does or the ground truth is made of.
        snapshot: Name or id of a snapshot of the dataset; its present state when left out.
        filters: Which labelled items of all subsets.
        train_filters: Which items of the train subset, beyond ``filters``.
        validation_filters: Which of the validation subset.
        preset: ``speed``, ``balance`` or ``accuracy``: parameters to begin with.
        params: The architecture's own parameters; they win over the preset.
        sampling: ``as_is``, ``class_balanced`` or ``repeat_rare``.
        augment: How networks change images, such as ``{"rotate": 15}``.
        parent_id: The model that this one is to replace.
    """

    task: str | None
    snapshot: str | None
    filters: Query
    train_filters: Query
    validation_filters: Query
    preset: Preset | None
    params: Mapping[str, JsonValue] | None
    sampling: Sampling | None
    augment: Mapping[str, JsonValue] | None
    parent_id: str | None


def describe_training(model_name: str, architecture: str, dataset_id: str, options: TrainingOptions) -> ModelCreate:
    """The request that these options make."""
    augment = options.get("augment")
    return ModelCreate(
        name=model_name,
        architecture=architecture,
        dataset_id=dataset_id,
        task=options.get("task"),
        snapshot=options.get("snapshot"),
        query=as_query(options.get("filters")),
        queries=SubsetQueries(
            train=as_query(options.get("train_filters")), validation=as_query(options.get("validation_filters"))
        ),
        preset=options.get("preset"),
        params=dict(options.get("params") or {}),
        sampling=options.get("sampling"),
        augment=None if augment is None else Augment.model_validate(dict(augment)),
        parent_id=options.get("parent_id"),
    )


def as_query(filters: Query) -> str | dict[str, JsonValue] | None:
    """A query as the server takes it."""
    return filters.prepare() if isinstance(filters, Filters) else filters
