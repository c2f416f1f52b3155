"""Trainings side by side: the parameters that differ, what came of each, and their curves on one axis. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from whorl.base.errors import InvalidInput, JsonValue
from whorl.models.builtin.params import BUILTINS, RESERVED, read_params
from whorl.models.curves import Point, thin
from whorl.schemas.models import Model
from whorl.schemas.training import ModelCurves, ModelRow, ModelTable

POINTS_EACH = 200
_AXES = ("seconds", "epoch", "progress")


def make_table(models: Sequence[Model], curves: Mapping[str, Sequence[Point]]) -> ModelTable:
    """Put models beside each other, in the order given.

    Args:
        curves: By model id; of a model that is left out, none are shown.
    """
    params = [full_params(model) for model in models]
    every = list(dict.fromkeys(name for one in params for name in one))
    differing = [name for name in every if len({_key(one.get(name)) for one in params}) > 1]
    metrics = [_numbers(model.metrics) for model in models]
    held = {model.id: thin(list(curves.get(model.id, ())), POINTS_EACH) for model in models}
    shared = Counter(name for points in held.values() for name in {name for point in points for name in point})
    return ModelTable(
        rows=[_row(*each, differing) for each in zip(models, params, metrics, strict=True)],
        param_names=differing,
        metric_names=list(dict.fromkeys(name for one in metrics for name in one)),
        series=[name for name, _ in shared.most_common() if name not in _AXES],
        curves=[ModelCurves(model_id=model_id, points=points) for model_id, points in held.items()],
    )


def full_params(model: Model) -> dict[str, JsonValue]:
    """A model's parameters with the defaults filled in, and what else a training is told: architecture and data."""
    stored = dict(model.params)
    builtin = BUILTINS.get(model.architecture)
    if builtin is not None:
        try:
            own = read_params(builtin.params, model.architecture, stored).model_dump(mode="json")
            stored = own | stored
        except InvalidInput:
            # Of a version with other parameters: shown as it was kept.
            pass
    for name in RESERVED:
        stored.setdefault(name, None)
    return {"architecture": model.architecture, "revision": model.revision, "query": _narrowed(model)} | stored


def _narrowed(model: Model) -> JsonValue:
    kept = {name: value for name, value in model.query.items() if name in {"filter", "filters"}}
    return kept or None


def _row(model: Model, params: Mapping[str, JsonValue], metrics: dict[str, float], shown: Sequence[str]) -> ModelRow:
    return ModelRow(
        model_id=model.id,
        name=model.name,
        architecture=model.architecture,
        task=model.task,
        status=model.status,
        revision=model.revision,
        params={name: params.get(name) for name in shown},
        metrics=metrics,
        n_items=model.n_items,
        seconds=model.seconds,
        size_bytes=model.size_bytes,
        latency_ms=model.latency_ms,
        created_at=model.created_at,
        trained_at=model.trained_at,
    )


def _numbers(metrics: Mapping[str, JsonValue]) -> dict[str, float]:
    return {
        name: float(value)
        for name, value in metrics.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    }


def _key(value: JsonValue) -> str:
    # 60 and 60.0 are the same setting; True is not 1.
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(float(value))
    return repr(value)
