"""Evaluations as query fields: the same items on both databases, by id, by model, in text and JSON."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, insert, select
from tests.db.conftest import ANNA, START, House, box_draft

from whorl.annotations.actions import save_annotations
from whorl.base.errors import QueryError
from whorl.datasets.dql import compile_query, count, format_text, list_keys, parse_query, parse_text, read_keys, to_json
from whorl.datasets.dql.drives import choose_drive
from whorl.datasets.revisions import load_dataset
from whorl.store.db import Database
from whorl.store.db.tables import evaluation, evaluation_finding, item, model

ROWS: dict[str, Sequence[tuple[str, str | None, str | None, float | None]]] = {
    "a.png": [("correct", "car", "car", 0.9), ("missed", "car", None, None)],
    "b.png": [("confused", "car", "truck", 0.4), ("spurious", None, "car", 0.8)],
    "c.png": [("confused", "truck", "car", 0.6), ("confused", "car", "truck", 0.7)],
    "d.png": [("empty", None, None, None)],
}


@pytest.fixture
def lens(house: House) -> House:
    """Five items, of which four were evaluated by the newest evaluation, and one by an older one."""
    house.add(*ROWS, "other.png")
    house.db.write(lambda conn: _fill(conn, house))
    return house


def _fill(conn: Connection, house: House) -> None:
    keys = {name: key for name, key in conn.execute(select(item.c.name, item.c.key))}
    dataset_key = load_dataset(conn, house.dataset_id).key
    shared = {"project_id": "prj_1", "created_at": START, "metrics": {}, "query": {}, "task": "detection"}
    conn.execute(
        insert(model),
        {"id": "mdl_1", "name": "night owl", "architecture": "x:y", "params": {}, "labels": [], "status": "trained"}
        | shared,
    )
    for evaluation_id in ("evl_1", "evl_2"):
        kept = {"id": evaluation_id, "model_id": "mdl_1", "dataset_key": dataset_key, "revision": 1}
        kept |= {"items_digest": "0" * 64, "n_items": 4, "metric_name": "ap50", "outputs_sha256": "0" * 64}
        conn.execute(insert(evaluation), {**kept, "is_stale": False, **{k: shared[k] for k in shared if k != "task"}})
    rows = [("evl_1", "other.png", "missed", "car", None, None)]
    rows += [("evl_2", name, *row) for name, found in ROWS.items() for row in found]
    conn.execute(
        insert(evaluation_finding),
        [
            {
                "evaluation_id": one,
                "item_key": keys[name],
                "type": kind,
                "truth": truth,
                "predicted": predicted,
                "confidence": confidence,
            }
            for one, name, kind, truth, predicted, confidence in rows
        ],
    )


def _names(house: House, text: str) -> str:
    """The names of the items that a query finds, by each way of reading it."""
    query = parse_text(text)
    assert parse_query(to_json(query)) == query
    assert parse_text(format_text(query)) == query
    with house.db.read() as conn:
        compiled = compile_query(query, dataset_key=load_dataset(conn, house.dataset_id).key)
        keys = list_keys(conn, compiled, limit=100).keys
        assert read_keys(conn, compiled) == sorted(keys)
        assert count(conn, compiled).count == len(keys)
        assert sorted(conn.execute(compiled.keys).scalars()) == sorted(keys)
        return "".join(sorted(conn.execute(select(item.c.name).where(item.c.key.in_(keys))).scalars())).replace(
            ".png", ""
        )


FOUND = (
    ("eval:evl_2", "abcd"),
    ("eval:evl_1", "other"),
    ("eval:mdl_1", "abcd"),
    ('eval:"night owl" type:missed', "a"),
    ("eval:evl_2 type:missed truth:car", "a"),
    ("eval:evl_2 type:confused truth:car predicted:truck", "bc"),
    ("eval:evl_2 type:confused truth:car confidence<0.5", "b"),
    ("eval:evl_2 truth:truck predicted:truck", ""),
    ("(eval:evl_2 truth:truck) (eval:evl_2 predicted:truck)", "c"),
    ("eval:evl_2 type:missed|spurious", "ab"),
    ("eval:evl_2 truth:null", "bd"),
    ("eval:evl_2 predicted:tr*", "bc"),
    ("eval:evl_2 -type:confused", "ad"),
    ("-eval:evl_2", "other"),
    ("-(eval:evl_2 type:empty)", "abcother"),
    ("(eval:evl_2 type:confused) -(eval:evl_2 type:spurious)", "c"),
    ("eval:evl_2 type:empty eval:evl_1", ""),
    ("name:b* eval:evl_2 type:confused sort:-name", "b"),
)


def test_eval__finds_items_by_what_was_found_on_them(lens: House) -> None:
    for text, names in FOUND:
        assert _names(lens, text) == names, text


def test_eval__stands_beside_conditions_on_annotations(lens: House) -> None:
    with lens.db.read() as conn:
        ids = {row.name: row.id for row in conn.execute(select(item.c.name, item.c.id))}
    for name, label in (("a.png", "car"), ("b.png", "truck"), ("other.png", "car")):
        lens.db.write(lambda conn, name=name, label=label: _label(conn, lens, ids[name], label))  # type: ignore[misc]
    assert _names(lens, "label:car eval:evl_2") == "a"
    assert _names(lens, "eval:evl_2 type:spurious label:truck type:box") == "b"
    assert _names(lens, "eval:evl_2 type:spurious label:truck type:polygon") == ""


def _label(conn: Connection, house: House, item_id: str, label: str) -> None:
    at = load_dataset(conn, house.dataset_id).revision
    save_annotations(
        conn, item_id, drafts=[box_draft(label)], removed_ids=(), base_revision=at, actor_id=ANNA, now=START
    )


def test_eval__an_unknown_evaluation_names_the_nearest(lens: House) -> None:
    for text, message, hint in (
        ("eval:evl_3", "no evaluation 'evl_3'", "Did you mean evl_2?"),
        ('eval:"night ow"', "no evaluation 'night ow'", "Did you mean night owl?"),
        ("-(eval:evl_9 type:missed)", "no evaluation 'evl_9'", "evl_"),
    ):
        with lens.db.read() as conn:
            compiled = compile_query(parse_text(text), dataset_key=load_dataset(conn, lens.dataset_id).key)
            with pytest.raises(QueryError, match=message) as refused:
                list_keys(conn, compiled)
        assert hint in refused.value.hint


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("eval:evl_2 type:mised", "unknown type", "missed"),
        ("eval:evl_2 predictd:car", "unknown finding field", "predicted"),
        ("eval:evl_2|evl_1", "takes the id", ""),
        ("eval>3", "takes the id", ""),
        ("eval:evl_2 confidence:high", "confidence is a number", ""),
        ("eval:evl_2 type<missed", "no order", ""),
    ],
)
def test_eval__slips_in_text_are_told(text: str, message: str, hint: str) -> None:
    with pytest.raises(QueryError, match=message) as refused:
        parse_text(text)
    assert hint in refused.value.hint


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"evaluation": {"type": "missed"}}, "needs an id, or a model"),
        ({"evaluation": {"id": "evl_1", "model": "mdl_1"}}, "needs an id, or a model"),
        ({"evaluation": {"id": 3}}, "id is text, got 3"),
        ({"evaluation": {"id": ""}}, "id is text"),
        ({"evaluation": {"id": "evl_1", "label": "car"}}, "unknown finding field: 'label'"),
        ({"evaluation": {"id": "evl_1", "truth": {"$lte": None}}}, "no order"),
        ({"evaluation": {"id": "evl_\x00"}}, "NUL"),
        ({"evaluation": ["evl_1"]}, "needs an id, or a model"),
    ],
)
def test_evaluation__bad_json_is_told(document: dict[str, object], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        parse_query(document)


def test_evaluation__json_takes_alternatives_and_not(lens: House) -> None:
    query = parse_query(
        {"evaluation": {"model": "night owl", "$or": [{"type": "missed"}, {"$not": {"confidence": {"$gt": 0.5}}}]}}
    )
    assert parse_query(to_json(query)) == query
    with lens.db.read() as conn:
        compiled = compile_query(query, dataset_key=load_dataset(conn, lens.dataset_id).key)
        assert len(read_keys(conn, compiled)) == 3


def test_truth__without_an_evaluation_is_metadata() -> None:
    assert to_json(parse_text("truth:car")) == {"filter": {"metadata.truth": {"$eq": "car"}}}


def test_eval__goes_by_the_index_of_findings(sqlite: Database) -> None:
    with sqlite.read() as conn:
        compiled = compile_query(parse_text("eval:evl_1 type:missed truth:car"), dataset_key=1)
        found = compiled.page(limit=10, drive=None)
        text = str(found.compile(dialect=conn.dialect, compile_kwargs={"literal_binds": True}))
        plan = "\n".join(str(row) for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}"))
    assert "ix_evaluation_finding_cell (evaluation_id=? AND type=? AND truth=?)" in plan
    assert "SCAN item_state" not in plan


def test_choose_drive__takes_the_findings_when_they_are_fewest(lens: House) -> None:
    with lens.db.read() as conn:
        compiled = compile_query(
            parse_text("eval:evl_2 type:missed"), dataset_key=load_dataset(conn, lens.dataset_id).key
        )
        drive = choose_drive(conn, compiled, is_ordered=True)
    assert drive is not None
    assert drive.is_list
