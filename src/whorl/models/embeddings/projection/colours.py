"""What the points of a map can be coloured by: a category for each item, with the query term that finds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, Select, func, select

from whorl.base.errors import InvalidInput, JsonValue, QueryError
from whorl.datasets.dql import format_text, parse_query
from whorl.models.embeddings.projection.records import StoredMap
from whorl.store.db.tables import (
    annotation,
    duplicate_member,
    duplicate_scan,
    evaluation,
    evaluation_finding,
    item,
    item_state,
    selection,
    selection_item,
)
from whorl.store.db.types import ALIVE

Keys = NDArray[np.int64]
Codes = NDArray[np.uint16]
Value = str | int | None

CHANNELS: Final[Mapping[str, str]] = {
    "subset": "Subset",
    "label": "Label",
    "labelled": "Labelled or not",
    "source": "Folder or group",
    "confidence": "Lowest confidence of a prediction",
    "created_at": "When it was added",
}
MOST_CATEGORIES: Final = 20
_BINS = 8
_NAMED = 5
_WORST: Final = ("missed", "confused", "spurious", "correct", "empty")


@dataclass(frozen=True)
class Category:
    """One colour of the legend.

    Args:
        value: What tells it from the others; empty for what has none.
        title: For people.
        chip: The term that finds these items; empty where no term does.
        is_rest: Everything that has no category of its own, or no value: drawn in grey.
    """

    value: str
    title: str
    chip: str
    count: int
    is_rest: bool = False


@dataclass(frozen=True)
class Colours:
    """Categories, and uint16 (n,): the category of each point.

    Args:
        is_ordered: From low to high, so that the colours should be too.
    """

    categories: Sequence[Category]
    codes: Codes
    is_ordered: bool = False


def list_channels(conn: Connection, found: StoredMap) -> dict[str, str]:
    """Everything that this map can be coloured by, with a title: the newest five evaluations and selections too."""
    channels = dict(CHANNELS)
    mine = evaluation.c.dataset_key == found.dataset_key
    query = select(evaluation.c.id).where(mine).order_by(evaluation.c.id.desc()).limit(_NAMED)
    channels |= {f"eval:{one}": "Errors of an evaluation" for one in conn.execute(query).scalars()}
    chosen = select(selection.c.id, selection.c.name).where(selection.c.dataset_key == found.dataset_key)
    rows = conn.execute(chosen.order_by(selection.c.key.desc()).limit(_NAMED))
    channels |= {f"selection:{row.id}": f"Chosen: {row.name}" for row in rows}
    if _newest_scan(conn, found) is not None:
        channels["duplicates"] = "Near-duplicates"
    return channels


def colour_points(conn: Connection, found: StoredMap, keys: Keys, by: str) -> Colours:
    """The category of each point, as its item stands now.

    Args:
        keys: Item keys of the points, rising.
        by: A key of ``list_channels``.

    Raises:
        InvalidInput: There is no such channel.
        QueryError: This dataset has no such evaluation or selection.
    """
    kind, _, name = by.partition(":")
    if by in _SIMPLE:
        return _SIMPLE[by](conn, found, keys)
    if kind == "eval" and name:
        return _by_evaluation(conn, found, keys, name)
    if kind == "selection" and name:
        return _by_selection(conn, found, keys, name)
    allowed = ", ".join((*CHANNELS, "eval:ID", "selection:ID", "duplicates"))
    raise InvalidInput(f"a map cannot be coloured by {by[:60]!a}", hint=f"Allowed: {allowed}.")


def _by_subset(conn: Connection, found: StoredMap, keys: Keys) -> Colours:
    pairs = conn.execute(_states(found, item_state.c.subset))
    names = {"train": "train", "validation": "validation", "test": "test"}
    chips = {one: _chip({"subset": one}) for one in names}
    return _closed(keys, pairs, names, chips, rest=("no subset", _chip({"subset": None})))


def _by_labelled(conn: Connection, found: StoredMap, keys: Keys) -> Colours:
    truth = select(annotation.c.item_key).where(
        annotation.c.dataset_key == found.dataset_key, annotation.c.died_rev == ALIVE, annotation.c.layer == "truth"
    )
    pairs: dict[int, Value] = dict.fromkeys(conn.execute(truth.distinct()).scalars(), "labelled")
    empty = conn.execute(_states(found, item_state.c.item_key).where(item_state.c.is_checked_empty.is_(True)))
    empties: dict[int, Value] = {row[0]: "empty" for row in empty}
    pairs = empties | pairs
    names = {"labelled": "labelled", "empty": "checked, nothing here"}
    chips = {"labelled": "annotated:true", "empty": "checked_empty:true"}
    return _closed(keys, pairs.items(), names, chips, rest=("not labelled", "annotated:false checked_empty:false"))


def _by_label(conn: Connection, found: StoredMap, keys: Keys) -> Colours:
    """The most frequent label of the ground truth; equal ones by name."""
    column = annotation.c
    query = select(column.item_key, column.label, func.count().label("count")).where(
        column.dataset_key == found.dataset_key, column.died_rev == ALIVE, column.layer == "truth"
    )
    best: dict[int, tuple[int, str]] = {}
    for key, label, count in conn.execute(query.group_by(column.item_key, column.label)):
        if key not in best or (-count, label) < best[key]:
            best[key] = (-count, label)
    pairs: dict[int, Value] = {key: label for key, (_, label) in best.items()}
    return _open(keys, pairs, lambda label: _chip({"some": {"label": label}}), rest="no label")


def _by_source(conn: Connection, found: StoredMap, keys: Keys) -> Colours:
    """The group where there is one, else the folder in the item's name."""
    query = _states(found, item_state.c.group_key).add_columns(item.c.name)
    pairs: dict[int, Value] = {}
    for key, group, name in conn.execute(query.join(item, item.c.key == item_state.c.item_key)):
        pairs[key] = f"g{group}" if group is not None else f"d{name.rpartition('/')[0]}"
    return _open(keys, pairs, _source_chip, rest="", titles=_source_title)


def _by_confidence(conn: Connection, found: StoredMap, keys: Keys) -> Colours:
    column = annotation.c
    query = select(column.item_key, func.min(column.confidence)).where(
        column.dataset_key == found.dataset_key, column.died_rev == ALIVE, column.layer == "prediction"
    )
    lowest = {key: value for key, value in conn.execute(query.group_by(column.item_key)) if value is not None}
    pairs: dict[int, Value] = {key: min(4, max(0, int(value * 5))) for key, value in lowest.items()}
    names: dict[Value, str] = {one: f"{one / 5:g} to {(one + 1) / 5:g}" for one in range(5)}
    chips: dict[Value, str] = {one: _confidence_chip(one / 5, (one + 1) / 5) for one in range(5)}
    return _closed(keys, pairs.items(), names, chips, rest=("no prediction", ""), is_ordered=True)


def _by_time(conn: Connection, found: StoredMap, keys: Keys) -> Colours:
    """Up to eight stretches of about as many items each, oldest first."""
    query = _states(found, item_state.c.item_key).with_only_columns(item_state.c.item_key, item.c.created_at)
    times = {key: at for key, at in conn.execute(query.join(item, item.c.key == item_state.c.item_key))}
    ordered = sorted({one for one in times.values()})
    every = sorted(times.values())
    cuts = sorted({every[len(every) * one // _BINS] for one in range(1, _BINS)} - set(ordered[:1])) if every else []
    pairs: dict[int, Value] = {key: int(np.searchsorted(cuts, at, side="right")) for key, at in times.items()}
    ends = [None, *cuts, None]
    names: dict[Value, str] = {one: _span(ends[one], ends[one + 1], every) for one in range(len(cuts) + 1)}
    chips: dict[Value, str] = {one: _time_chip(ends[one], ends[one + 1]) for one in range(len(cuts) + 1)}
    return _closed(keys, pairs.items(), names, chips, rest=("removed since", ""), is_ordered=True)


def _by_evaluation(conn: Connection, found: StoredMap, keys: Keys, evaluation_id: str) -> Colours:
    """The worst finding of each item that the evaluation used."""
    column = evaluation_finding.c
    known = select(evaluation.c.id).where(
        evaluation.c.id == evaluation_id, evaluation.c.dataset_key == found.dataset_key
    )
    if conn.execute(known).first() is None:
        raise QueryError(f"no evaluation {evaluation_id[:60]!a} of this dataset", hint="List the channels of the map.")
    rank = {name: at for at, name in enumerate(_WORST)}
    worst: dict[int, str] = {}
    query = select(column.item_key, column.type).where(column.evaluation_id == evaluation_id).distinct()
    for key, kind in conn.execute(query):
        if key not in worst or rank.get(kind, 9) < rank.get(worst[key], 9):
            worst[key] = kind
    names = {
        "missed": "missed",
        "confused": "confused",
        "spurious": "spurious",
        "correct": "all right",
        "empty": "nothing there, nothing found",
    }
    chips: dict[Value, str] = {one: f"eval:{evaluation_id} type:{one}" for one in _WORST}
    rest = ("not tested", f"-eval:{evaluation_id}")
    return _closed(keys, worst.items(), dict(names.items()), chips, rest=rest)


def _by_selection(conn: Connection, found: StoredMap, keys: Keys, selection_id: str) -> Colours:
    query = select(selection.c.key).where(selection.c.id == selection_id, selection.c.dataset_key == found.dataset_key)
    key = conn.execute(query).scalar()
    if key is None:
        raise QueryError(f"no selection {selection_id[:60]!a} of this dataset", hint="List the channels of the map.")
    members = select(selection_item.c.item_key, selection_item.c.is_random).where(selection_item.c.selection_key == key)
    pairs = [(row.item_key, "random" if row.is_random else "chosen") for row in conn.execute(members)]
    names: dict[Value, str] = {"chosen": "chosen", "random": "drawn at random"}
    chips: dict[Value, str] = {
        "chosen": f"selection:{selection_id} is_random:false",
        "random": f"selection:{selection_id} is_random:true",
    }
    return _closed(keys, pairs, names, chips, rest=("not chosen", f"-selection:{selection_id}"))


def _by_duplicates(conn: Connection, found: StoredMap, keys: Keys) -> Colours:
    scan = _newest_scan(conn, found)
    member = duplicate_member.c
    query = select(member.item_key, member.is_kept).where(member.scan_key == scan)
    pairs = [] if scan is None else [(row.item_key, "kept" if row.is_kept else "copy") for row in conn.execute(query)]
    names: dict[Value, str] = {"copy": "nearly the same as another", "kept": "the best of its group"}
    return _closed(keys, pairs, names, {}, rest=("unlike all others", ""))


_SIMPLE: Final[Mapping[str, Callable[[Connection, StoredMap, Keys], Colours]]] = {
    "subset": _by_subset,
    "label": _by_label,
    "labelled": _by_labelled,
    "source": _by_source,
    "confidence": _by_confidence,
    "created_at": _by_time,
    "duplicates": _by_duplicates,
}


def _newest_scan(conn: Connection, found: StoredMap) -> int | None:
    query = select(duplicate_scan.c.key).where(duplicate_scan.c.dataset_key == found.dataset_key)
    return conn.execute(query.order_by(duplicate_scan.c.key.desc()).limit(1)).scalar()


# Any: the columns of a select are typed by its tables, not in Python.
def _states(found: StoredMap, *columns: Any) -> Select[Any]:
    alive = (item_state.c.dataset_key == found.dataset_key) & (item_state.c.died_rev == ALIVE)
    return select(item_state.c.item_key, *columns).where(alive)


# Any: as above, of rows.
def _closed(
    keys: Keys,
    pairs: Iterable[tuple[int, Value] | Row[Any]],
    names: Mapping[Any, str],
    chips: Mapping[Any, str],
    *,
    rest: tuple[str, str],
    is_ordered: bool = False,
) -> Colours:
    """Categories that are known beforehand, in their order; those without a point are left out."""
    codes = _codes(keys, pairs, {value: at for at, value in enumerate(names)}, len(names))
    counts = np.bincount(codes, minlength=len(names) + 1)
    categories = [Category(str(value), title, chips.get(value, ""), 0) for value, title in names.items()]
    categories.append(Category("", rest[0], rest[1], 0, is_rest=True))
    return _packed(categories, codes, counts, is_ordered=is_ordered)


def _open(
    keys: Keys,
    pairs: Mapping[int, Value],
    chip: Callable[[str], str],
    *,
    rest: str,
    titles: Callable[[str], str] = str,
) -> Colours:
    """The twenty most frequent values by themselves, the others together."""
    on_map = [pairs.get(key) for key in keys.tolist()]
    counts: dict[str, int] = {}
    for value in on_map:
        if value is not None:
            counts[str(value)] = counts.get(str(value), 0) + 1
    ranked = sorted(counts, key=lambda one: (-counts[one], one))
    # The order of a legend must not jump when one more image comes: by name, once they are chosen.
    shown = sorted(ranked[:MOST_CATEGORIES], key=titles)
    places = {value: at for at, value in enumerate(shown)}
    other, none = len(shown), len(shown) + 1
    codes = np.asarray([none if one is None else places.get(str(one), other) for one in on_map], np.uint16)
    categories = [Category(value, titles(value), chip(value), 0) for value in shown]
    categories.append(Category("…", f"{len(ranked) - len(shown):,} others", "", 0, is_rest=True))
    categories.append(Category("", rest, "", 0, is_rest=True))
    return _packed(categories, codes, np.bincount(codes, minlength=none + 1))


def _packed(
    categories: Sequence[Category], codes: Codes, counts: NDArray[np.int64], *, is_ordered: bool = False
) -> Colours:
    kept = [at for at, count in enumerate(counts.tolist()) if count]
    places = np.zeros(len(counts), np.uint16)
    places[kept] = np.arange(len(kept), dtype=np.uint16)
    found = [
        Category(one.value, one.title, one.chip, int(counts[at]), one.is_rest)
        for at, one in enumerate(categories)
        if counts[at]
    ]
    return Colours(found, places[codes], is_ordered)


def _codes(keys: Keys, pairs: Iterable[Any], places: Mapping[Any, int], rest: int) -> Codes:
    found = {key: places.get(value, rest) for key, value in pairs}
    return np.asarray([found.get(key, rest) for key in keys.tolist()], np.uint16)


def _chip(condition: dict[str, JsonValue]) -> str:
    return format_text(parse_query({"filter": condition}))


def _confidence_chip(low: float, high: float) -> str:
    begin = f" confidence>={low:g}" if low > 0 else ""
    end = f" confidence<{high:g}" if high < 1 else ""
    return f"layer:prediction{begin}{end}"


def _source_chip(value: str) -> str:
    if value.startswith("g"):
        return _chip({"group": value[1:]})
    folder = value[1:]
    if not folder or any(one in folder for one in "*?\\"):
        return ""
    return _chip({"name": {"$glob": f"{folder}/*"}})


def _source_title(value: str) -> str:
    return value[1:] or "no folder"


def _span(begin: datetime | None, end: datetime | None, every: Sequence[datetime]) -> str:
    first, last = begin or every[0], end or every[-1]
    # Times of one import differ by seconds, those of a year by months.
    form = "%Y-%m-%d" if (every[-1] - every[0]).days > _BINS else "%m-%d %H:%M:%S"
    return f"{first.strftime(form)} to {last.strftime(form)}"


def _time_chip(begin: datetime | None, end: datetime | None) -> str:
    ends: dict[str, JsonValue] = {}
    if begin is not None:
        ends["$gte"] = begin.isoformat()
    if end is not None:
        ends["$lt"] = end.isoformat()
    return _chip({"created_at": ends}) if ends else ""
