"""Rings on a map as a query field: the same items on both databases, in text and JSON."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, insert, select
from tests.db.conftest import START, House

from whorl.base.errors import QueryError
from whorl.datasets.dql import compile_query, count, format_text, list_keys, parse_query, parse_text, read_keys, to_json
from whorl.datasets.revisions import load_dataset
from whorl.store.db.tables import embedding_map, embedding_map_point, embedding_space, item

POINTS = {"a": (0, 0), "b": (100, 0), "c": (0, 100), "d": (-20_000, 30_000), "e": (50, 20)}
SQUARE = "-10,-10;60,-10;60,60;-10,60"
# A U that is open at the top: what lies in its gap is outside.
CUP = "-20,-20;120,-20;120,40;80,40;80,10;20,10;20,40;-20,40"


@pytest.fixture
def lens(house: House) -> House:
    """Six items, five of them on a map."""
    house.add(*(f"{name}.png" for name in "abcdef"))
    house.db.write(lambda conn: _fill(conn, house))
    return house


def _fill(conn: Connection, house: House) -> None:
    keys = {name[0]: key for name, key in conn.execute(select(item.c.name, item.c.key))}
    dataset_key = load_dataset(conn, house.dataset_id).key
    space = insert(embedding_space).values(
        id="spc_1",
        project_id="prj_1",
        name="small",
        kind="image",
        source="hog",
        is_kept=False,
        can_read_text=False,
        created_at=START,
    )
    space_key = conn.execute(space.returning(embedding_space.c.key)).scalar_one()
    shared = {"space_key": space_key, "revision": 1, "method": "pca", "params": {}, "blob_sha256": "0" * 64}
    made = {"id": "map_1", "dataset_key": dataset_key, "rows": len(POINTS), "created_at": START}
    conn.execute(insert(embedding_map).values(**shared, **made))
    rows = [{"map_id": "map_1", "item_key": keys[name], "x": x, "y": y} for name, (x, y) in POINTS.items()]
    conn.execute(insert(embedding_map_point), rows)


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
        ("map:map_1", "abcde"),
        ("-map:map_1", "f"),
        (f"map:map_1/{SQUARE}", "ae"),
        (f"-map:map_1/{SQUARE}", "bcdf"),
        (f"map:map_1/{CUP}", "ab"),
        ("map:map_1/-32767,-32767;32767,-32767;32767,32767;-32767,32767", "abcde"),
        ("map:map_1/-21000,29000;-19000,29000;-20000,32767", "d"),
        ("map:map_1/0,5;100,5;200,5", ""),
        (f"map:map_1/{SQUARE} name:e*", "e"),
        (f"map:map_1/{SQUARE} map:map_1/{CUP} label:car", ""),
        (f"map:map_1/{SQUARE} sort:-name", "ae"),
    ],
)
def test_map__finds_what_lies_inside(lens: House, text: str, names: str) -> None:
    assert _names(lens, text) == names


def test_map__a_long_ring_compiles(lens: House) -> None:
    corners = [(20_000 + 10_000 * (n % 2), n * 1000 - 30_000) for n in range(63)]
    ring = ";".join(f"{x},{y}" for x, y in [*corners, (-3000, 0)])
    assert _names(lens, f"map:map_1/{ring}") == "abce"


def test_map__an_unknown_one_names_the_nearest(lens: House) -> None:
    with lens.db.read() as conn:
        with pytest.raises(QueryError, match="no map 'map_2' of this dataset") as refused:
            list_keys(conn, compile_query(parse_text("map:map_2"), dataset_key=1))
        assert refused.value.hint == "Did you mean map_1?"
        with pytest.raises(QueryError) as none:
            list_keys(conn, compile_query(parse_text("map:map_1"), dataset_key=77))
        assert none.value.hint == "None was computed yet: `whorl map`."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("map:map_1|map_2", "takes the id of a map"),
        ("map>3", "takes the id of a map"),
        ("map:map_1/1,2;3,4", "ring of 2 corners"),
        ("map:map_1/1,2;3,4;5", "two whole numbers"),
        ("map:map_1/1,2;3,4;5,6.5", "two whole numbers"),
        ("map:map_1/1,2;3,4;5,٣", "two whole numbers"),
        ("map:map_1/1,2;3,4;5,32768", "two whole numbers"),
        ("map:map_1/" + ";".join(["1,1"] * 65), "ring of 65 corners"),
        ("map:map_1/" + ";".join(["9" * 4000 + ",1"] * 2), "at most 1000"),
    ],
)
def test_map__slips_in_text_are_told(text: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        parse_text(text)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"map": {}}, "id is text"),
        ({"map": {"id": 3}}, "id is text, got 3"),
        ({"map": {"id": "map_1", "ring": "1,2"}}, "ring is a list"),
        ({"map": {"id": "map_1", "ring": [[1, 2], [3, 4], [5, True]]}}, "two whole numbers"),
        ({"map": {"id": "map_1", "ring": [[1, 2], [3, 4], [5, 6, 7]]}}, "two whole numbers"),
        ({"map": {"id": "map_1", "ring": [[1, 2], [3, 4], [5, 10**40]]}}, "two whole numbers"),
        ({"map": {"id": "map_1", "box": []}}, "map takes an id and a ring"),
        ({"map": ["map_1"]}, "map takes an id and a ring"),
        ({"map": "map_\x00"}, "NUL"),
    ],
)
def test_map__bad_json_is_told(document: dict[str, object], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        parse_query(document)
