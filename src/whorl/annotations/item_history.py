"""What happened to one item, revision by revision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from whorl.base.errors import JsonValue, NotFound
from whorl.datasets.revisions import batches
from whorl.datasets.sources import author_names
from whorl.schemas.annotations import Layer
from whorl.schemas.explorer import ItemEvent
from whorl.store.db.tables import annotation, item, item_state, revision
from whorl.store.db.types import ALIVE

MAX_EVENTS = 500
_MAX_ROWS = 50_000

# Any: the columns of a row are typed by its table, not in Python.
_AnyRow = Row[Any]


def list_item_history(conn: Connection, item_id: str, *, limit: int = MAX_EVENTS) -> list[ItemEvent]:
    """The revisions that touched an item, newest first; deleted items have a history too.

    Raises:
        NotFound: There never was such an item.
    """
    row = conn.execute(select(item).where(item.c.id == item_id)).first()
    if row is None:
        raise NotFound(f"no item with id {item_id}")
    said: dict[int, list[str]] = {}
    _note_life(said, row)
    _note_states(said, conn, row)
    _note_annotations(said, conn, row)
    newest = sorted(said, reverse=True)[:limit]
    written: dict[int, _AnyRow] = {}
    for some in batches(newest):
        mine = (revision.c.dataset_key == row.dataset_key, revision.c.revision.in_(some))
        written.update((one.revision, one) for one in conn.execute(select(revision).where(*mine)))
    names = author_names(conn, sorted({one.actor_id for one in written.values()}))
    return [
        ItemEvent(
            revision=number,
            at=written[number].at,
            actor_id=written[number].actor_id,
            actor_name=names.get(written[number].actor_id, written[number].actor_id),
            action=written[number].action,
            what=said[number],
        )
        for number in newest
        if number in written
    ]


def _note_life(said: dict[int, list[str]], row: _AnyRow) -> None:
    said.setdefault(row.born_rev, []).append("item added")
    if row.died_rev != ALIVE:
        said.setdefault(row.died_rev, []).append("item deleted")


def _note_states(said: dict[int, list[str]], conn: Connection, row: _AnyRow) -> None:
    query = select(item_state).where(item_state.c.item_key == row.key).order_by(item_state.c.born_rev)
    before: _AnyRow | None = None
    for one in conn.execute(query):
        words = _first_state(one) if before is None else _state_changes(before, one)
        if words:
            said.setdefault(one.born_rev, []).extend(words)
        before = one


def _first_state(one: _AnyRow) -> list[str]:
    return [] if one.subset is None else [f"subset {one.subset}"]


def _state_changes(before: _AnyRow, after: _AnyRow) -> list[str]:
    words = []
    if before.subset != after.subset:
        words.append(f"subset {before.subset or 'none'} → {after.subset or 'none'}")
    if before.group_key != after.group_key:
        words.append(f"group {before.group_key or 'none'} → {after.group_key or 'none'}")
    if before.is_checked_empty != after.is_checked_empty:
        words.append("checked: nothing to annotate" if after.is_checked_empty else "no longer checked as empty")
    changed = _changed_keys(before.metadata, after.metadata)
    if changed:
        words.append(f"metadata changed: {', '.join(changed)}")
    return words


def _changed_keys(before: Mapping[str, JsonValue], after: Mapping[str, JsonValue]) -> list[str]:
    keys = sorted({*before, *after})
    changed = [key for key in keys if (key in before, before.get(key)) != (key in after, after.get(key))]
    return [*changed[:5], *(["…"] if len(changed) > 5 else [])]


def _note_annotations(said: dict[int, list[str]], conn: Connection, row: _AnyRow) -> None:
    """Additions, changes and removals by revision, of both layers."""
    columns = (
        annotation.c.id,
        annotation.c.layer,
        annotation.c.label,
        annotation.c.model_id,
        annotation.c.born_rev,
        annotation.c.died_rev,
    )
    query = select(*columns).where(annotation.c.item_key == row.key).order_by(annotation.c.key.desc()).limit(_MAX_ROWS)
    rows = conn.execute(query).all()
    truth = [one for one in rows if one.layer == Layer.TRUTH.value]
    born = {(one.id, one.born_rev): one for one in truth}
    counts: dict[int, Counter[str]] = {}
    ended = {(one.id, one.died_rev): one for one in truth if one.died_rev != ALIVE}
    for (annotation_id, at), one in born.items():
        earlier = ended.get((annotation_id, at))
        what = f"{one.label} added"
        if earlier is not None:
            is_same = earlier.label == one.label
            what = f"{one.label} changed" if is_same else f"{earlier.label} → {one.label}"
        counts.setdefault(at, Counter())[what] += 1
    for (annotation_id, at), one in ended.items():
        if (annotation_id, at) not in born and at != row.died_rev:
            counts.setdefault(at, Counter())[f"{one.label} removed"] += 1
    for at, count in _predicted(rows).items():
        counts.setdefault(at, Counter()).update(count)
    for at, count in counts.items():
        said.setdefault(at, []).extend(_words(count))


# Any: as above.
def _predicted(rows: Sequence[Any]) -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = {}
    for one in rows:
        if one.layer == Layer.PREDICTION.value:
            found.setdefault(one.born_rev, Counter())[f"{one.label} predicted"] += 1
    return found


def _words(counts: Counter[str]) -> list[str]:
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    words = [what if count == 1 else f"{count} × {what}" for what, count in ordered[:10]]
    return [*words, *([f"and {len(ordered) - 10} more"] if len(ordered) > 10 else [])]
