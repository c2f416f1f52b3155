"""The catalogue of one endpoint: reads what was flagged lately, groups it in a child process, and makes tasks of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection, RowMapping, func, select

from whorl.base.errors import Conflict, InvalidInput, NotFound
from whorl.schemas.serving import FlagCatalogue, FlagGroup, FlagsTask, Verdict
from whorl.schemas.tasks import Task
from whorl.serving.log_queries import answer_of, newest_verdicts
from whorl.store.db.tables import (
    dataset,
    endpoint,
    feedback,
    flag,
    item,
    item_state,
    model,
    prediction_log,
    task,
    task_item,
)
from whorl.store.db.types import ALIVE
from whorl.tasks import actions as task_actions
from whorl.tasks import queries as task_queries
from whorl.tasks.rules import TaskKind, TaskStatus

if TYPE_CHECKING:
    from whorl.models.workshop import Workshop
    from whorl.serving.catalogue import Member

MOST_FLAGGED = 2000
_OUTSIDE = 1000
_HEALTH_ROWS = 2000
_TAIL = 0.05
_HEALTH_WORDS = {
    "brightness": ("dark", "bright"),
    "contrast": ("flat", "harsh"),
    "sharpness": ("blurred", "crisp"),
    "pixels": ("small", "large"),
}


@dataclass(frozen=True)
class Flagged:
    """What the catalogue is made of: lines flagged or said to be wrong, the newest first, and some that were not.

    Args:
        usual: Per measure, the values between which most training images lie.
        health: Measures by item id.
    """

    lines: Sequence[RowMapping]
    kinds: Mapping[str, Sequence[str]]
    wrong: frozenset[str]
    outside: Sequence[RowMapping]
    health: Mapping[str, Mapping[str, float]]
    usual: Mapping[str, tuple[float, float]]
    n_flags: int


def newest_mark(conn: Connection, endpoint_id: str) -> str:
    """Names what the catalogue would be made of: it changes when something was flagged or said since."""
    newest = [
        conn.execute(select(func.max(table.c.id)).where(table.c.endpoint_id == endpoint_id)).scalar()
        for table in (flag, feedback)
    ]
    return ":".join(str(one) for one in newest)


def read_flagged(conn: Connection, endpoint_id: str, *, since: datetime | None) -> Flagged:
    """Read what the catalogue groups: at most 2,000 lines."""
    found = select(flag.c.prediction_id, flag.c.kind).where(flag.c.endpoint_id == endpoint_id)
    said = select(feedback.c.prediction_id).where(
        feedback.c.endpoint_id == endpoint_id, feedback.c.verdict != Verdict.OK.value
    )
    if since is not None:
        found, said = found.where(flag.c.at >= since), said.where(feedback.c.at >= since)
    kinds: dict[str, list[str]] = {}
    n_flags = 0
    for row in conn.execute(found.order_by(flag.c.id.desc()).limit(4 * MOST_FLAGGED)):
        kinds.setdefault(row.prediction_id, []).append(row.kind)
        n_flags += 1
    for row in conn.execute(said.order_by(feedback.c.id.desc()).limit(MOST_FLAGGED)):
        kinds.setdefault(row.prediction_id, [])
    ids = list(kinds)[:MOST_FLAGGED]
    lines = _lines(conn, ids)
    verdicts = newest_verdicts(conn, ids)
    health = _health(conn, [line["item_id"] for line in lines if line["item_id"] is not None])
    others = (
        select(prediction_log)
        .where(prediction_log.c.endpoint_id == endpoint_id, prediction_log.c.id.not_in(ids))
        .order_by(prediction_log.c.key.desc())
        .limit(_OUTSIDE)
    )
    return Flagged(
        lines=lines,
        kinds=kinds,
        wrong=frozenset(key for key, verdict in verdicts.items() if verdict is not Verdict.OK),
        outside=list(conn.execute(others).mappings()) if ids else [],
        health=health,
        usual=_usual(conn, {line["model_id"] for line in lines}),
        n_flags=n_flags,
    )


def make_catalogue(workshop: Workshop, found: Flagged, *, since: datetime | None) -> FlagCatalogue:
    """Group what was flagged by what the images look like; features and grouping are made in a worker process."""
    # Late: bring numpy, which the server does not need at its start.
    from whorl.models.bodies import embed_body
    from whorl.serving.catalogue import describe_groups
    from whorl.serving.strangeness import bring_image

    paths = {line["id"]: path for line in found.lines if (path := bring_image(workshop, line)) is not None}
    seen = [line for line in found.lines if line["id"] in paths]
    if not seen:
        return FlagCatalogue(groups=[], n_flags=found.n_flags, n_ungrouped=len(found.lines), since=since)
    features = workshop.call(
        partial(embed_body, folder=None),
        [str(paths[line["id"]]) for line in seen],
        [line["sha256"] for line in seen],
        str(workshop.features_path),
        str(workshop.home),
    )
    members = [_member(line, found) for line in seen]
    outside = [_member(line, found) for line in found.outside]
    groups = workshop.call(partial(describe_groups, outside=outside), members, features)
    wire = [FlagGroup(number=number, **asdict(group)) for number, group in enumerate(groups)]
    ungrouped = len(found.lines) - sum(group.size for group in wire)
    return FlagCatalogue(groups=wire, n_flags=found.n_flags, n_ungrouped=ungrouped, since=since)


def make_task(
    conn: Connection, endpoint_id: str, given: FlagsTask, group: FlagGroup | None, *, actor_id: str, now: datetime
) -> Task:
    """Put flagged images into the labelling task of a name, which is made when there is none.

    Args:
        group: Of the catalogue, when ``given.group`` names one.

    Raises:
        Conflict: The endpoint names no dataset, so its traffic never became items.
        InvalidInput: Both a group and items are named, there is nothing to label, or an item is of another dataset.
    """
    if given.group is not None and given.item_ids is not None:
        raise InvalidInput("name a group or items, not both")
    home = conn.execute(select(endpoint).where(endpoint.c.id == endpoint_id)).mappings().one_or_none()
    if home is None:
        raise NotFound(f"no such endpoint: {endpoint_id}")
    if home["dataset_id"] is None:
        raise Conflict(
            "this endpoint names no dataset for flagged images, so there are no items to label",
            hint="Set dataset_id; what is flagged from then on becomes items.",
        )
    ids = group.item_ids if group is not None else given.item_ids or _without_task(conn, endpoint_id)
    there = _standing(conn, home["dataset_id"], ids)
    missing = [one for one in ids if one not in there]
    if given.item_ids is not None and missing:
        raise InvalidInput(f"item {missing[0][:60]} is not in the endpoint's dataset")
    if not there:
        raise InvalidInput(
            "there is no flagged image to label", hint="Images that were only hashed cannot be labelled."
        )
    held = _find_task(conn, home["dataset_id"], given.name) or task_actions.create_task(
        conn, home["dataset_id"], name=given.name, kind=TaskKind.LABEL, actor_id=actor_id, now=now
    )
    task_actions.add_task_items(conn, held.id, [one for one in ids if one in there], actor_id=actor_id, now=now)
    return task_queries.get_task(conn, held.id)


def since_days(days: int | None, *, now: datetime) -> datetime | None:
    """The time so many days ago; None for none."""
    return None if days is None else now - timedelta(days=days)


def _lines(conn: Connection, ids: Sequence[str]) -> list[RowMapping]:
    rows: list[RowMapping] = []
    for start in range(0, len(ids), 500):
        found = select(prediction_log).where(prediction_log.c.id.in_(ids[start : start + 500]))
        rows += conn.execute(found).mappings()
    return sorted(rows, key=lambda row: -int(row["key"]))


def _member(line: RowMapping, found: Flagged) -> Member:
    from whorl.serving.catalogue import Member, traits_of

    labels = tuple(one.label for one in answer_of(line["answer"]))
    words = _words(line, found)
    return Member(
        prediction_id=line["id"],
        kinds=tuple(found.kinds.get(line["id"], ())),
        labels=labels,
        traits=traits_of(line["metadata"], words),
        is_wrong=line["id"] in found.wrong,
        item_id=line["item_id"],
    )


def _words(line: RowMapping, found: Flagged) -> list[str]:
    """How the image differs from most training images, such as ``dark`` and ``blurred``."""
    measures = {**found.health.get(line["item_id"] or "", {}), "pixels": float(line["width"] * line["height"])}
    words = []
    for name, (low_word, high_word) in _HEALTH_WORDS.items():
        value, usual = measures.get(name), found.usual.get(name)
        if value is None or usual is None:
            continue
        if value < usual[0]:
            words.append(low_word)
        elif value > usual[1]:
            words.append(high_word)
    return words


def _health(conn: Connection, item_ids: Sequence[str]) -> dict[str, Mapping[str, float]]:
    found: dict[str, Mapping[str, float]] = {}
    for start in range(0, len(item_ids), 500):
        rows = conn.execute(select(item.c.id, item.c.health).where(item.c.id.in_(item_ids[start : start + 500])))
        found |= {row.id: row.health or {} for row in rows}
    return found


def _usual(conn: Connection, model_ids: set[str]) -> dict[str, tuple[float, float]]:
    """Between which values nine in ten of the models' training images lie, by measure."""
    keys = list(conn.execute(select(model.c.dataset_key).where(model.c.id.in_(model_ids)).distinct()).scalars())
    rows = conn.execute(
        select(item.c.health, item.c.width, item.c.height)
        .join(item_state, item_state.c.item_key == item.c.key)
        .where(item.c.dataset_key.in_([key for key in keys if key is not None]), item_state.c.subset == "train")
        .where(item_state.c.died_rev == ALIVE)
        .limit(_HEALTH_ROWS)
    ).all()
    measures: dict[str, list[float]] = {}
    for row in rows:
        for name, value in {**(row.health or {}), "pixels": float(row.width * row.height)}.items():
            measures.setdefault(name, []).append(float(value))
    return {name: _range_of(sorted(values)) for name, values in measures.items() if len(values) >= 1 / _TAIL}


def _range_of(values: Sequence[float]) -> tuple[float, float]:
    last = len(values) - 1
    return values[round(_TAIL * last)], values[round((1 - _TAIL) * last)]


def _without_task(conn: Connection, endpoint_id: str) -> list[str]:
    """Items of flagged answers that were never put into a task, the newest flags first."""
    in_task = select(item.c.id).join(task_item, task_item.c.item_key == item.c.key)
    found = (
        select(flag.c.item_id)
        .where(flag.c.endpoint_id == endpoint_id, flag.c.item_id.is_not(None), flag.c.item_id.not_in(in_task))
        .order_by(flag.c.id.desc())
        .limit(10_000)
    )
    return list(dict.fromkeys(conn.execute(found).scalars()))


def _standing(conn: Connection, dataset_id: str, ids: Sequence[str]) -> set[str]:
    there: set[str] = set()
    for start in range(0, len(ids), 500):
        found = (
            select(item.c.id)
            .join(dataset, dataset.c.key == item.c.dataset_key)
            .where(item.c.id.in_(ids[start : start + 500]), item.c.died_rev == ALIVE, dataset.c.id == dataset_id)
        )
        there |= set(conn.execute(found).scalars())
    return there


def _find_task(conn: Connection, dataset_id: str, name: str) -> Task | None:
    found = (
        select(task.c.id)
        .join(dataset, dataset.c.key == task.c.dataset_key)
        .where(dataset.c.id == dataset_id, task.c.name == name, task.c.kind == TaskKind.LABEL.value)
        .where(task.c.status != TaskStatus.DONE.value)
        .order_by(task.c.key.desc())
    )
    held = conn.execute(found.limit(1)).scalar()
    return None if held is None else task_queries.get_task(conn, held)
