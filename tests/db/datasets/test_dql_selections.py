"""Selections as a query field: the same items on both databases, by id, by name, in text and JSON."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, insert, select
from tests.db.conftest import START, House

from whorl.base.errors import QueryError
from whorl.datasets.dql import compile_query, count, format_text, list_keys, parse_query, parse_text, read_keys, to_json
from whorl.datasets.query_fields import list_query_fields
from whorl.datasets.revisions import load_dataset
from whorl.store.db.tables import item, selection, selection_item

CHOSEN = {"sel_1": ("hard ones", "ab", "b"), "sel_2": ("hard ones", "bcd", "d"), "sel_3": ("few", "e", "")}
"""By id: the name, the items, and those of them that were drawn at random."""


@pytest.fixture
def lens(house: House) -> House:
    """Five items and three selections, two of one name."""
    house.add(*(f"{name}.png" for name in "abcde"))
    house.db.write(lambda conn: _fill(conn, house))
    return house


def _fill(conn: Connection, house: House) -> None:
    keys = {name: key for name, key in conn.execute(select(item.c.name, item.c.key))}
    dataset_key = load_dataset(conn, house.dataset_id).key
    for selection_id, (name, items, drawn) in CHOSEN.items():
        made = conn.execute(
            insert(selection)
            .values(
                id=selection_id,
                project_id="prj_1",
                dataset_key=dataset_key,
                revision=1,
                name=name,
                strategy="random",
                query={},
                params={},
                budget={},
                quotas=[],
                random_share=0.1,
                seed=0,
                n_pool=5,
                n_items=len(items),
                summary={},
                author_id="per_x",
                created_at=START,
            )
            .returning(selection.c.key)
        ).scalar_one()
        rows = [
            {
                "selection_key": made,
                "rank": rank,
                "item_key": keys[f"{one}.png"],
                "score": 0.0,
                "reason": "",
                "details": {},
                "is_random": one in drawn,
            }
            for rank, one in enumerate(items, 1)
        ]
        conn.execute(insert(selection_item), rows)


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
        names = sorted(conn.execute(select(item.c.name).where(item.c.key.in_(keys))).scalars())
        return "".join(names).replace(".png", "")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("selection:sel_1", "ab"),
        ('selection:"hard ones"', "bcd"),
        ("selection:few", "e"),
        ("-selection:sel_2", "ae"),
        ("selection:sel_1 selection:sel_2", "b"),
        ("selection:sel_1 is_random:true", "b"),
        ("selection:sel_2 is_random:false", "bc"),
        ("selection:sel_2 -is_random:true", "bc"),
        ("-(selection:sel_2 is_random:true)", "abce"),
        ("name:c* selection:sel_2 is_random:false", "c"),
        ("selection:sel_2 sort:-name", "bcd"),
        ("is_random:true", ""),
    ],
)
def test_selection__finds_what_was_chosen(lens: House, text: str, names: str) -> None:
    assert _names(lens, text) == names


def test_selection__stands_beside_conditions_on_annotations(lens: House) -> None:
    query = parse_text("label:car selection:sel_2 is_random:false label:truck")
    assert parse_text(format_text(query)) == query
    assert _names(lens, "label:car selection:sel_2 is_random:false") == ""


def test_selection__an_unknown_one_names_the_nearest(lens: House) -> None:
    with lens.db.read() as conn:
        compiled = compile_query(parse_text('selection:"hard one"'), dataset_key=1)
        with pytest.raises(QueryError, match="no selection 'hard one' of this dataset") as refused:
            list_keys(conn, compiled)
    assert refused.value.hint == "Did you mean hard ones?"


def test_selection__is_offered_while_typing(lens: House) -> None:
    with lens.db.read() as conn:
        fields = {one.name: one.values for one in list_query_fields(conn, lens.dataset_id)}
    assert (fields["selection"], fields["is_random"]) == (["few", '"hard ones"'], ["true", "false"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("selection:sel_1|sel_2", "takes the id or the name"),
        ("selection>3", "takes the id or the name"),
        ("selection:sel_1 is_random:maybe", "is_random is true or false"),
        ("selection:sel_1 is_random:true|false", "is_random is true or false"),
    ],
)
def test_selection__slips_in_text_are_told(text: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        parse_text(text)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"selection": {}}, "id is text"),
        ({"selection": {"id": ""}}, "id is text"),
        ({"selection": {"id": 3}}, "id is text, got 3"),
        ({"selection": {"id": "sel_1", "is_random": "yes"}}, "is_random is true or false"),
        ({"selection": {"id": "sel_1", "rank": 1}}, "takes an id or name"),
        ({"selection": ["sel_1"]}, "takes an id or name"),
        ({"selection": "sel_\x00"}, "NUL"),
    ],
)
def test_selection__bad_json_is_told(document: dict[str, object], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        parse_query(document)
