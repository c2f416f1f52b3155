"""Decide between two models that were scored on the same items, with all that the decision may rest on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import Connection

from whorl.base.errors import InvalidInput, JsonValue
from whorl.datasets.actions import freeze_test
from whorl.datasets.dql import compile_query, read_keys, resolve_near
from whorl.datasets.dql.either_form import read_query
from whorl.datasets.queries import find_item_keys, list_items_by_key
from whorl.datasets.revisions import load_dataset
from whorl.models import actions, queries
from whorl.models.comparison import Comparison, ComparisonRules, ModelCost, Slice, compare_models
from whorl.models.costs import measure_latency, model_bytes
from whorl.models.outputs import Outputs, load_outputs, pair_outputs
from whorl.models.wear_ledger import count_wear
from whorl.models.workshop import Workshop
from whorl.schemas.comparing import ProtectedSlice
from whorl.schemas.models import Evaluation
from whorl.store.blobs import get_content


@dataclass(frozen=True)
class Compared:
    """A decision, ready to be kept."""

    numbers: Comparison
    champion_id: str | None
    challenger_id: str
    dataset_id: str
    revision: int
    items_digest: str


@dataclass(frozen=True)
class _Known:
    """What the database says about the test items of a comparison."""

    groups: list[str] | None
    slices: list[Slice]
    shas: list[str]
    worn: int


def compare_scores(
    workshop: Workshop,
    *,
    champion: str | None,
    challenger: str,
    rules: ComparisonRules,
    slices: Sequence[ProtectedSlice] = (),
    seed: int = 0,
) -> Compared:
    """Decide between two models by their evaluations on the same items.

    Items of one group are resampled together. Latency and size are the model's own; what was not measured yet and has
    a limit is measured now.

    Args:
        champion: Id of the champion's evaluation; None when there is no champion yet.
        challenger: Id of the challenger's evaluation.
        slices: Parts of the test items that are protected.

    Raises:
        InvalidInput: The two were evaluated on different items, or a slice does not fit.
        NotFound: There is no such evaluation.
        QueryError: A slice's query does not parse.
    """
    with workshop.db.read() as conn:
        held = queries.get_evaluation(conn, challenger)
        base = None if champion is None else queries.get_evaluation(conn, champion)
        sha = queries.get_outputs_sha256(conn, challenger)
        base_sha = None if champion is None else queries.get_outputs_sha256(conn, champion)
    _check_same_items(base, held)
    outputs = load_outputs(get_content(workshop.blobs, sha))
    pair = pair_outputs(None if base_sha is None else load_outputs(get_content(workshop.blobs, base_sha)), outputs)
    with workshop.db.read() as conn:
        known = _read_known(conn, held, outputs, slices)
    numbers = workshop.call(
        compare_models,
        pair,
        rules=rules,
        groups=known.groups,
        slices=known.slices,
        times_compared=known.worn,
        cost=_find_cost(workshop, held.model_id, rules, known.shas),
        seed=seed,
    )
    return Compared(
        numbers=numbers,
        champion_id=None if base is None else base.model_id,
        challenger_id=held.model_id,
        dataset_id=held.dataset_id,
        revision=held.revision,
        items_digest=held.items_digest,
    )


def record_comparison(
    conn: Connection,
    compared: Compared,
    *,
    actor_id: str,
    now: datetime,
    cause: str | None = None,
    run_id: str | None = None,
    comparison_id: str | None = None,
) -> str:
    """Keep a decision with all its numbers, freeze the test subset that it was made on, and give the decision's id.

    Args:
        run_id: The pipeline run that compared; None when a person did.
    """
    made = actions.add_comparison(
        conn,
        compared.numbers,
        champion_id=compared.champion_id,
        challenger_id=compared.challenger_id,
        dataset_key=load_dataset(conn, compared.dataset_id).key,
        revision=compared.revision,
        items_digest=compared.items_digest,
        run_id=run_id,
        actor_id=actor_id,
        now=now,
        cause=cause,
        comparison_id=comparison_id,
    )
    reason = f"models were compared on it: {made}"
    freeze_test(conn, compared.dataset_id, reason=reason, actor_id=actor_id, now=now)
    return made


def read_rules(params: Mapping[str, JsonValue]) -> tuple[ComparisonRules, list[ProtectedSlice]]:
    """The rules and protected slices that a job's parameters ask for."""
    delta, drop = _number(params, "min_delta"), _number(params, "floor_drop")
    size, given = _number(params, "max_size_bytes"), params.get("slices")
    rules = ComparisonRules(
        min_delta=delta or 0.0,
        floor_drop=drop,
        max_latency_ms=_number(params, "max_latency_ms"),
        max_size_bytes=None if size is None else int(size),
    )
    return rules, [ProtectedSlice.model_validate(one) for one in given] if isinstance(given, list) else []


def _number(params: Mapping[str, JsonValue], name: str) -> float | None:
    value = params.get(name)
    return float(value) if isinstance(value, int | float) else None


def _read_known(conn: Connection, held: Evaluation, outputs: Outputs, slices: Sequence[ProtectedSlice]) -> _Known:
    keys = find_item_keys(conn, outputs.items)
    items = list_items_by_key(conn, list(keys.values()), as_of=held.revision)
    by_id = {one.id: one for one in items.values()}
    # An item that cannot be read any more stands alone.
    groups = [getattr(by_id.get(one), "group_key", None) for one in outputs.items]
    named = [
        item_id if group is None else f"group {group}" for item_id, group in zip(outputs.items, groups, strict=True)
    ]
    return _Known(
        groups=None if len(set(named)) == len(named) else named,
        slices=[_read_slice(conn, held, outputs, one) for one in slices],
        shas=[one.sha256 for one in by_id.values()],
        worn=count_wear(conn, held),
    )


def _read_slice(conn: Connection, held: Evaluation, outputs: Outputs, wanted: ProtectedSlice) -> Slice:
    images, query = None, read_query(wanted.query)
    if query is not None:
        key = load_dataset(conn, held.dataset_id).key
        found = set(
            read_keys(conn, compile_query(resolve_near(conn, query, key), dataset_key=key, as_of=held.revision))
        )
        keys = find_item_keys(conn, outputs.items)
        images = np.array([keys.get(one) in found for one in outputs.items], np.bool_)
    return Slice(name=wanted.title, images=images, class_name=wanted.label, floor_drop=wanted.floor_drop)


def _find_cost(workshop: Workshop, model_id: str, rules: ComparisonRules, shas: Sequence[str]) -> ModelCost:
    with workshop.db.read() as conn:
        held = queries.get_model(conn, model_id)
    latency, size = held.latency_ms, held.size_bytes
    if latency is None and rules.max_latency_ms is not None:
        latency = measure_latency(workshop, workshop.model_folder(model_id), shas)
    if size is None and rules.max_size_bytes is not None:
        size = model_bytes(workshop.model_folder(model_id))
    return ModelCost(latency_ms=latency, size_bytes=size)


def _check_same_items(champion: Evaluation | None, challenger: Evaluation) -> None:
    if champion is not None and champion.items_digest != challenger.items_digest:
        raise InvalidInput(
            "champion and challenger were evaluated on different items",
            hint="Evaluate both on one revision; freeze the test subset.",
        )
