"""Pages, cursors, snapshots, filterable fields and query plans, on both kinds of database."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from sqlalchemy import Connection, event, select, text

from whorl.base.errors import Conflict, InvalidInput, QueryError
from whorl.datasets import actions
from whorl.datasets.dql import (
    Count,
    compile_query,
    count,
    drives,
    list_keys,
    mark_filterable,
    parse_query,
    parse_text,
    read_keys,
    reading,
    resolve_snapshot,
)
from whorl.datasets.dql.ast import AnnotationMatch, Compare
from whorl.datasets.dql.compile import CompiledQuery, Drive
from whorl.datasets.dql.drives import choose_drive
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.datasets import NewItem
from whorl.store.db.tables import dataset, item

ANNA = "per_anna"


def _add(house: Any, names: list[str], **fields: Any) -> None:
    drafts = [
        NewItem(name=name, sha256=f"{n:064x}", media_type="image/png", width=10, height=10, bytes=9, **fields)
        for n, name in enumerate(names)
    ]
    house.db.write(lambda conn: actions.add_items(conn, house.dataset_id, drafts, actor_id=ANNA, now=house.now()))


def _key(house: Any) -> int:
    with house.db.read() as conn:
        return int(conn.execute(select(dataset.c.key).where(dataset.c.id == house.dataset_id)).scalar_one())


def _names(conn: Connection, keys: list[int]) -> list[str]:
    found = {row.key: row.name for row in conn.execute(select(item.c.key, item.c.name).where(item.c.key.in_(keys)))}
    return [found[key] for key in keys]


def _compiled(house: Any, written: str = "") -> CompiledQuery:
    return compile_query(parse_text(written), dataset_key=_key(house))


def test_list_keys__stable_while_items_come_and_go(house: Any) -> None:
    _add(house, ["b", "d", "f", "h"])
    compiled = _compiled(house, "sort:name")
    with house.db.read() as conn:
        first = list_keys(conn, compiled, limit=2)
        assert _names(conn, first.keys) == ["b", "d"]
    _add(house, ["a", "e"])
    with house.db.read() as conn:
        second = list_keys(conn, compiled, cursor=first.next_cursor, limit=2)
        assert _names(conn, second.keys) == ["e", "f"]
        last = list_keys(conn, compiled, cursor=second.next_cursor, limit=2)
        assert (_names(conn, last.keys), last.next_cursor) == (["h"], None)


def test_count__is_capped(house: Any) -> None:
    _add(house, [f"n{n}" for n in range(7)])
    with house.db.read() as conn:
        capped, whole = count(conn, _compiled(house), cap=5), count(conn, _compiled(house), cap=7)
    assert ((capped.count, capped.is_capped), (whole.count, whole.is_capped)) == ((5, True), (7, False))


def test_count__stretch_by_stretch_is_the_whole(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_FIRST_SPAN", 3)
    _add(house, [f"n{n}" for n in range(50)], metadata={"v": 1})
    _add(house, [f"m{n}" for n in range(30)])
    with house.db.read() as conn:
        for written, wanted in (("v:1", 50), ("-v:1", 30), ("", 80), ("v:2", 0)):
            assert count(conn, _compiled(house, written), budget_s=None) == Count(wanted, is_capped=False)
        assert count(conn, _compiled(house, "v:1"), cap=20, budget_s=None) == Count(20, is_capped=True)


def test_count__stops_when_its_time_is_used_up(house: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _add(house, [f"n{n}" for n in range(50)])
    with house.db.read() as conn:
        assert count(conn, _compiled(house), budget_s=0) == Count(50, is_capped=False)
        monkeypatch.setattr(reading, "_FIRST_SPAN", 20)
        assert count(conn, _compiled(house), budget_s=0) == Count(20, is_capped=True)


def test_count__nothing_there(house: Any) -> None:
    with house.db.read() as conn:
        assert count(conn, _compiled(house)) == Count(0, is_capped=False)


_SIZES = {"car": 40, "truck": 12}


@pytest.mark.parametrize(
    ("written", "is_ordered", "driven"),
    [
        ("label:car label:truck", True, ("truck", False)),
        ("label:car label:truck", False, ("truck", False)),
        ("label:car label:truck sort:name", True, ("truck", True)),
        ("label:car|truck tag:t", True, None),
        ("label:car tag:t", False, None),
        ("label:car tag:t|u", False, None),
        ("label:car tag:t|u", True, ("car", False)),
        ("label:truck tag:t|u", False, ("truck", False)),
        ("label:car|truck sort:name", True, None),
        ("label:car|truck sort:name", False, (("car", "truck"), False)),
        ("-label:car", False, None),
    ],
)
def test_choose_drive__the_rarer_side(
    house: Any, monkeypatch: pytest.MonkeyPatch, written: str, is_ordered: bool, driven: Any
) -> None:
    monkeypatch.setattr(drives, "PROBE_CAP", 6)
    monkeypatch.setattr(drives, "LIST_CAP", 20 if driven is not None and driven[1] else 6)
    for n in range(48):
        [added] = house.add(f"n{n:02}", metadata={"tag": "tuv"[n % 3]})
        labels = [label for label, size in _SIZES.items() if n * size // 48 != (n + 1) * size // 48]
        house.save(added, *(AnnotationDraft(label=label, geometry=ClassTag()) for label in labels))
    _mark(house, "tag", "text")
    compiled = _compiled(house, written)
    with house.db.read() as conn:
        drive = choose_drive(conn, compiled, is_ordered=is_ordered)
        found = list_keys(conn, compiled, limit=1000).keys
        assert sorted(found) == read_keys(conn, compiled) == sorted(conn.execute(compiled.keys).scalars())
    assert found
    if driven is None:
        assert drive is None
    else:
        assert drive is not None
        assert isinstance(drive.match, AnnotationMatch)
        assert isinstance(drive.match.where, Compare)
        assert (drive.match.where.value, drive.is_list) == driven


@pytest.mark.parametrize("limit", [-1, 1001])
def test_list_keys__limit_out_of_range(house: Any, limit: int) -> None:
    with house.db.read() as conn, pytest.raises(InvalidInput, match="allowed: 1 to 1000"):
        list_keys(conn, _compiled(house), limit=limit)


def _forge(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(list(values)).encode()).decode()


def test_list_keys__broken_cursors(house: Any) -> None:
    compiled = _compiled(house, "sort:name")
    own = compiled.digest
    broken = [
        "", "!", "é", "e30", "bnVsbA", "A" * 30_000, _forge(), _forge(own), _forge(own, "a"), _forge("other", "a", 1),
        _forge(own, 3, 1), _forge(own, "a", "1"), _forge(own, "a", -1), _forge(own, "a", 2**70), _forge(own, "a", True),
        _forge(own, "a\x00", 1), _forge(own, {}, 1), base64.urlsafe_b64encode(b"[" * 9000).decode(),
    ]  # fmt: skip
    with house.db.read() as conn:
        for cursor in broken:
            with pytest.raises(QueryError):
                list_keys(conn, compiled, cursor=cursor)
        assert list_keys(conn, compiled, cursor=_forge(own, "' OR 1=1 --", 1)).keys == []


def test_list_keys__cursor_of_another_query(house: Any) -> None:
    _add(house, ["a", "b"])
    with house.db.read() as conn:
        cursor = list_keys(conn, _compiled(house, "width:10"), limit=1).next_cursor
        with pytest.raises(QueryError, match="belongs to another query"):
            list_keys(conn, _compiled(house, "width:10 height:10"), cursor=cursor)


def test_resolve_snapshot__by_id_or_name_and_nearest(house: Any) -> None:
    _add(house, ["a"])
    made = house.db.write(
        lambda conn: actions.create_snapshot(conn, house.dataset_id, name="golden", actor_id=ANNA, now=house.now())
    )
    _add(house, ["b"])
    key = _key(house)
    with house.db.read() as conn:
        for written in ("golden", made.id):
            query = parse_text(f"snapshot:{written}")
            as_of = resolve_snapshot(conn, query, dataset_key=key)
            assert as_of == made.revision
            assert _names(conn, list_keys(conn, compile_query(query, dataset_key=key, as_of=as_of)).keys) == ["a"]
        with pytest.raises(QueryError) as caught:
            resolve_snapshot(conn, parse_text("snapshot:goldne"), dataset_key=key)
        assert caught.value.hint == "Did you mean golden?"
        assert resolve_snapshot(conn, parse_text(""), dataset_key=key) is None
    with pytest.raises(QueryError, match="whose revision was not given"):
        compile_query(parse_text("snapshot:golden"), dataset_key=key)


def _mark(house: Any, field: str, value_type: Any) -> str:
    name: str = house.db.write(lambda conn: mark_filterable(conn, field, value_type, now=house.now()))
    return name


@pytest.mark.parametrize(
    ("field", "value_type", "document", "matching"),
    [
        ("camera", "text", {"metadata.camera": "c1"}, {"camera": "c1"}),
        ("metadata.lane.n:1", "number", {"metadata.lane.n:1": {"$gte": 3}}, {"lane": {"n:1": 4}}),
        ('"it\'s".x', "text", {"metadata": {'"it\'s"': {"x": "%"}}}, {"it's": {"x": "%"}}),
    ],
)
def test_mark_filterable__the_index_serves_the_query(
    house: Any, field: str, value_type: str, document: Any, matching: Any
) -> None:
    if house.db.is_sqlite and "'" in field:
        with pytest.raises(QueryError, match="cannot index a key"):
            _mark(house, field, value_type)
        return
    # So many that no other way comes near in cost; among fifty, which index a planner takes is chance.
    _add(house, [f"n{n}" for n in range(3000)])
    _add(house, ["wanted"], metadata=matching)
    index = _mark(house, field, value_type)
    assert _mark(house, field, value_type) == index
    compiled = compile_query(parse_query(document), dataset_key=_key(house))
    with house.db.read() as conn:
        drive = choose_drive(conn, compiled, is_ordered=True)
    plan = _plan(house, compiled.page(limit=10, drive=drive))
    assert index in plan
    with house.db.read() as conn:
        assert _names(conn, list_keys(conn, compiled).keys) == ["wanted"]


def test_mark_filterable__refusals(house: Any) -> None:
    _mark(house, "camera", "text")
    with pytest.raises(Conflict, match="camera is filterable as text already"):
        _mark(house, "metadata.camera", "number")
    with pytest.raises(InvalidInput, match="allowed: text, number"):
        _mark(house, "other", "date")


def _plan(house: Any, statement: Any) -> str:
    """What the database says it would do; PostgreSQL is told not to read small tables whole."""

    def explain(conn: Any, cursor: Any, sql: str, parameters: Any, context: Any, many: bool) -> Any:
        return ("EXPLAIN QUERY PLAN " if house.db.is_sqlite else "EXPLAIN ") + sql, parameters

    with house.db.read() as conn:
        if not house.db.is_sqlite:
            conn.execute(text("SET LOCAL enable_seqscan = off"))
        event.listen(conn, "before_cursor_execute", explain, retval=True)
        return "\n".join(str(tuple(row)) for row in conn.execute(statement).cursor.fetchall())


@pytest.mark.parametrize(
    ("written", "indexes"),
    [
        ("label:car confidence<0.5", ["ix_annotation_label"]),
        ("-label:car", ["ix_annotation_label"]),
        ("annotated:false", ["ix_annotation_item"]),
    ],
)
def test_plans__annotations_are_found_by_index(sqlite_house: Any, written: str, indexes: list[str]) -> None:
    compiled = _compiled(sqlite_house, written)
    where = compiled.query.where
    drive = Drive(where, is_list=False) if isinstance(where, AnnotationMatch) and written[0] == "l" else None
    plan = _plan(sqlite_house, compiled.page(limit=10, drive=drive))
    for index in indexes:
        assert f"COVERING INDEX {index}" in plan
    assert "SCAN" not in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("written", ["label:car label:truck", "label:car|truck"])
def test_plans__a_stretch_is_walked_by_label_without_statistics(sqlite_house: Any, written: str) -> None:
    compiled = _compiled(sqlite_house, written)
    match = compiled.query.where
    first = match if isinstance(match, AnnotationMatch) else match.parts[0]
    plan = _plan(sqlite_house, compiled.select_keys(Drive(first, is_list=False), within=(1, 9)))
    assert (
        "walked USING COVERING INDEX ix_annotation_label (dataset_key=? AND died_rev=? AND layer=? AND label=?" in plan
    )
    [states] = [line for line in plan.splitlines() if "SEARCH item_state" in line]
    assert "item_key=?" in states
