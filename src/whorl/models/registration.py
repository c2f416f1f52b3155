"""What a model is to be trained on and how, worked out from a request: for registering, cloning and dry runs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from whorl.base.errors import Conflict, InvalidInput, JsonValue, NotFound
from whorl.datasets.dql import to_json
from whorl.datasets.dql.either_form import read_query
from whorl.datasets.queries import list_snapshots
from whorl.datasets.revisions import load_dataset
from whorl.models import actions, queries
from whorl.models.actions import NewModel
from whorl.models.builtin.params import AUGMENT, PRESET, SAMPLING, preset_params, resolve_params
from whorl.models.rules import check_architecture, choose_task
from whorl.ontology.queries import current_draft
from whorl.schemas.datasets import Snapshot
from whorl.schemas.models import Model, ModelCreate
from whorl.schemas.records import Subset
from whorl.schemas.training import ModelClone, QueryValue, SubsetQueries

USED = (Subset.TRAIN, Subset.VALIDATION)


def plan_model(conn: Connection, wanted: ModelCreate, *, project_id: str) -> NewModel:
    """What would be registered. Writes nothing.

    Raises:
        InvalidInput: There is no such architecture or parameter, it does not do the task, or what it is to say cannot
            be told from it or the ground truth.
        NotFound: There is no such dataset or snapshot.
        QueryError: A query does not parse.
    """
    check_architecture(wanted.architecture, wanted.task)
    params = resolve_params(
        wanted.architecture,
        wanted.params,
        preset=wanted.preset,
        sampling=wanted.sampling,
        augment=wanted.augment,
    )
    row = load_dataset(conn, wanted.dataset_id)
    pinned = None if wanted.snapshot is None else find_snapshot(conn, wanted.dataset_id, wanted.snapshot)
    task = wanted.task or choose_task(
        wanted.architecture,
        queries.count_truth_kinds(conn, wanted.dataset_id),
        several_classes=queries.share_of_several_classes(conn, wanted.dataset_id),
        is_one_each=queries.is_one_outline_each(conn, wanted.dataset_id),
    )
    return NewModel(
        name=wanted.name,
        task=task,
        architecture=wanted.architecture,
        labels=[label.name for label in current_draft(conn, project_id).labels],
        params=params,
        dataset_key=row.key,
        revision=row.revision if pinned is None else pinned.revision,
        query=store_queries(wanted.query, wanted.queries, snapshot=pinned),
        parent_id=wanted.parent_id,
    )


def register_model(conn: Connection, wanted: ModelCreate, *, project_id: str, actor_id: str, now: datetime) -> str:
    """Register a model on a snapshot or the dataset's present revision, and give its id. Raises as ``plan_model``."""
    new = plan_model(conn, wanted, project_id=project_id)
    return actions.create_model(conn, new, project_id=project_id, actor_id=actor_id, now=now)


def clone_model(conn: Connection, source: Model, changes: ModelClone, *, actor_id: str, now: datetime) -> str:
    """Register a model like another one but for the changes, and give its id.

    Raises:
        Conflict: The original was trained outside: nothing is known of its data.
        As ``plan_model``.
    """
    if source.dataset_id is None or source.revision is None:
        raise Conflict(
            f"model {source.name!r} was trained outside, so there is no training to repeat",
            hint="Create a model and say on which dataset.",
        )
    row = load_dataset(conn, source.dataset_id)
    query = dict(source.query)
    revision = row.revision if changes.is_current else source.revision
    if changes.is_current:
        query.pop("snapshot", None)
    if changes.snapshot is not None:
        pinned = find_snapshot(conn, source.dataset_id, changes.snapshot)
        revision, query["snapshot"] = pinned.revision, pinned.id
    query |= _changed_queries(changes)
    new = NewModel(
        name=changes.name or f"{source.name[:190]} (clone)",
        task=source.task,
        architecture=source.architecture,
        labels=source.labels,
        params=_cloned_params(source, changes),
        dataset_key=row.key,
        revision=revision,
        query=query,
        parent_id=source.id,
    )
    return actions.create_model(conn, new, project_id=source.project_id, actor_id=actor_id, now=now)


def find_snapshot(conn: Connection, dataset_id: str, given: str) -> Snapshot:
    """A dataset's snapshot by id or name; of several with the name the newest.

    Raises:
        NotFound: It has no such snapshot; the hint lists those there are.
    """
    found = list_snapshots(conn, dataset_id)
    for one in reversed(found):
        if given in (one.id, one.name):
            return one
    known = ", ".join(str(one.name or one.id) for one in found[-20:]) or "none"
    raise NotFound(f"the dataset has no snapshot {given!r}", hint=f"There is: {known}.")


def store_queries(query: QueryValue, each: SubsetQueries, *, snapshot: Snapshot | None = None) -> dict[str, JsonValue]:
    """Write which items are meant, as a model keeps it: one filter for all, and one for each subset."""
    stored: dict[str, JsonValue] = {"subsets": [subset.value for subset in USED]}
    whole = read_query(query)
    if whole is not None:
        stored["filter"] = to_json(whole)
    filters = _filters(each)
    if filters:
        stored["filters"] = filters
    if snapshot is not None:
        stored["snapshot"] = snapshot.id
    return stored


def _filters(each: SubsetQueries) -> dict[str, JsonValue]:
    parsed = {name: read_query(given) for name, given in (("train", each.train), ("validation", each.validation))}
    return {name: to_json(query) for name, query in parsed.items() if query is not None}


def _changed_queries(changes: ModelClone) -> dict[str, JsonValue]:
    changed: dict[str, JsonValue] = {}
    query = read_query(changes.query)
    if query is not None:
        changed["filter"] = to_json(query)
    if changes.queries is not None:
        changed["filters"] = _filters(changes.queries)
    return changed


def _cloned_params(source: Model, changes: ModelClone) -> dict[str, JsonValue]:
    params = dict(source.params)
    if changes.preset is not None:
        # The old preset's values and the new one's are about the same names.
        for name in (
            *preset_params(source.architecture, _preset_of(source)),
            *preset_params(source.architecture, changes.preset),
        ):
            params.pop(name, None)
        params.pop(PRESET, None)
    params |= changes.params
    for name in (SAMPLING, AUGMENT, PRESET):
        if params.get(name) is None:
            params.pop(name, None)
    kept = {name: value for name, value in params.items() if not (name in changes.params and value is None)}
    return resolve_params(
        source.architecture, kept, preset=changes.preset, sampling=changes.sampling, augment=changes.augment
    )


def _preset_of(source: Model) -> str | None:
    preset = source.params.get(PRESET)
    if preset is not None and not isinstance(preset, str):
        raise InvalidInput(f"model {source.name!r} has the preset {preset!r}, which is no name")
    return preset
