"""A query gives the same items on SQLite, on PostgreSQL, and by an evaluator in plain Python."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, insert, text
from sqlalchemy.engine import make_url

from whorl.datasets.dql import compile_query, count, list_keys, parse_query
from whorl.datasets.dql.ast import And, AnnotationMatch, Compare, Condition, Not, Op, Or, Quantifier, Query
from whorl.datasets.dql.compile import Drive
from whorl.store.db import Database, open_database
from whorl.store.db.migrate import upgrade
from whorl.store.db.tables.access import project
from whorl.store.db.tables.annotations import annotation
from whorl.store.db.tables.datasets import dataset, item, item_state
from whorl.store.db.types import ALIVE

START = datetime(2026, 1, 1, tzinfo=UTC)
ODD_KEY = "q\"uo'te\\.%s é :p $"


@dataclass(frozen=True)
class Tag:
    """An annotation of the test world."""

    label: str
    confidence: float | None = None
    layer: str = "truth"
    kind: str = "box"
    model_id: str | None = None
    author_kind: str = "person"
    author_id: str = "per_1"
    origin: str = "drawn"
    attributes: dict[str, Any] = field(default_factory=dict)
    annotation_id: str = ""
    born_rev: int = 1
    died_rev: int = ALIVE


@dataclass(frozen=True)
class Thing:
    """An item of the test world with its state."""

    key: int
    name: str
    metadata: dict[str, Any]
    tags: tuple[Tag, ...] = ()
    subset: str | None = None
    group: str | None = None
    checked_empty: bool = False
    health: dict[str, Any] = field(default_factory=dict)
    born_rev: int = 1
    died_rev: int = ALIVE

    @property
    def id(self) -> str:
        return f"itm_{self.key}"

    @property
    def width(self) -> int:
        return 100 + self.key % 4

    height = 80
    media_type = "image/png"

    @property
    def bytes(self) -> int:
        return self.key * 1000

    @property
    def created_at(self) -> datetime:
        return START + timedelta(hours=self.key)


def _prediction(label: str, confidence: float, model: str = "mdl_x") -> Tag:
    return Tag(label, confidence, "prediction", "box", model, "model", model, "predicted")


VALUES: list[Any] = [
    {},
    {"v": None},
    {"v": True},
    {"v": False},
    {"v": 1},
    {"v": 0},
    {"v": 1.0},
    {"v": 0.1},
    {"v": 0.1 + 0.2},
    {"v": -3},
    {"v": 2**53 + 1},
    {"v": 10**400},
    {"v": -(10**400)},
    {"v": "1"},
    {"v": "true"},
    {"v": "null"},
    {"v": ""},
    {"v": "camera-3"},
    {"v": "Camera-3"},
    {"v": "100%_\\x"},
    {"v": "a*b?[c]"},
    {"v": "[1]"},
    {"v": [1]},
    {"v": ["camera-3"]},
    {"v": {}},
    {"v": {"0": "zero", "deep": {"er": 7}}},
    {"v": {"deep": {"er": "7"}}},
    {"v": {"deep": "er"}},
    {"v.deep": {"er": 7}, "v": "é"},
    {ODD_KEY: 5, "v": "Z"},
    {ODD_KEY: {ODD_KEY: "x"}, "v": "z"},
    {ODD_KEY: "{}", "v": "日本"},
    {ODD_KEY: [ODD_KEY], "ké": "emoji \U0001f600"},
    {"a": {"b": {"c": 1}}, "ké": 2},
    {"a": {"b": [1, 2]}, "system": {"tags": {"x": True}}},
]
TAGS: list[tuple[Tag, ...]] = [
    (),
    (Tag("car", 0.9),),
    (Tag("car", 0.3), Tag("truck", 0.8)),
    (Tag("truck"), _prediction("car", 0.95)),
    (_prediction("car", 0.2), _prediction("car", 0.7, "mdl_y")),
    (Tag("car", 0.5, attributes={"color": "red", "n": 2}), Tag("car", 0.5, kind="mask", origin="accepted")),
    (Tag("car%", attributes={"color": None}), Tag("dead", died_rev=5)),
    (Tag("late", born_rev=4),),
]


def _world() -> list[Thing]:
    found = [
        Thing(
            key=n + 1,
            name=f"{'ab'[n % 2]}/{['', 'c/'][n % 3 == 0]}img_{n}.png",
            metadata=metadata,
            tags=TAGS[n % len(TAGS)],
            subset=[None, "train", "validation", "test"][n % 4],
            group=[None, "g1", "g2"][n % 3],
            checked_empty=n % 5 == 0,
            health={} if n % 6 == 0 else {"brightness": n * 1.5, "sharpness": 3},
        )
        for n, metadata in enumerate(VALUES)
    ]
    found.append(Thing(key=len(found) + 1, name="gone.png", metadata={"v": 1}, died_rev=3, tags=(Tag("car"),)))
    found.append(Thing(key=len(found) + 1, name="young.png", metadata={"v": 1}, born_rev=6))
    return found


WORLD = _world()


def fill(database: Database, world: list[Thing]) -> None:
    """Write the world's rows, and a second dataset that must never show."""

    def work(connection: Any) -> None:
        connection.execute(insert(project).values(id="prj_1", name="p", settings={}, created_at=START))
        for key in (1, 2):
            connection.execute(
                insert(dataset).values(
                    key=key, id=f"dst_{key}", project_id="prj_1", name=f"d{key}", revision=9, created_at=START
                )
            )
        for shift, dataset_key in ((0, 1), (1000, 2)):
            for thing in world:
                _write(connection, thing, thing.key + shift, dataset_key)

    database.write(work)


def _write(connection: Any, thing: Thing, key: int, dataset_key: int) -> None:
    life = {"born_rev": thing.born_rev, "died_rev": thing.died_rev}
    connection.execute(
        insert(item).values(
            key=key,
            id=f"itm_{key}",
            dataset_key=dataset_key,
            name=thing.name,
            sha256="0" * 64,
            media_type=thing.media_type,
            width=thing.width,
            height=thing.height,
            bytes=thing.bytes,
            health=thing.health,
            created_at=thing.created_at,
            **life,
        )
    )
    connection.execute(
        insert(item_state).values(
            item_key=key,
            dataset_key=dataset_key,
            subset=thing.subset,
            group_key=thing.group,
            is_checked_empty=thing.checked_empty,
            metadata=thing.metadata,
            **life,
        )
    )
    for n, tag in enumerate(thing.tags):
        connection.execute(
            insert(annotation).values(
                id=f"ann_{key}_{n}",
                item_key=key,
                dataset_key=dataset_key,
                layer=tag.layer,
                label=tag.label,
                kind=tag.kind,
                confidence=tag.confidence,
                attributes=tag.attributes,
                author_kind=tag.author_kind,
                author_id=tag.author_id,
                origin=tag.origin,
                model_id=tag.model_id,
                born_rev=tag.born_rev,
                died_rev=min(tag.died_rev, thing.died_rev),
                created_at=START,
            )
        )


# The evaluator. It shares nothing with the compiler but the tree.


def expected(query: Query, as_of: int | None = None) -> list[int]:
    """The keys that match, in order of arrival."""
    return [thing.key for thing in WORLD if _alive(thing, as_of) and _holds(query.where, thing, as_of)]


def _alive(row: Thing | Tag, as_of: int | None) -> bool:
    return row.died_rev == ALIVE if as_of is None else row.born_rev <= as_of < row.died_rev


def _living(thing: Thing, as_of: int | None, layer: str) -> list[tuple[int, Tag]]:
    return [(n, t) for n, t in enumerate(thing.tags) if _alive(t, as_of) and layer in ("any", t.layer)]


def _holds(node: Condition, thing: Thing, as_of: int | None, tag: tuple[int, Tag] | None = None) -> bool:
    if isinstance(node, And):
        return all(_holds(part, thing, as_of, tag) for part in node.parts)
    if isinstance(node, Or):
        return any(_holds(part, thing, as_of, tag) for part in node.parts)
    if isinstance(node, Not):
        return not _holds(node.part, thing, as_of, tag)
    if isinstance(node, AnnotationMatch):
        results = [_holds(node.where, thing, as_of, one) for one in _living(thing, as_of, node.layer)]
        return {Quantifier.SOME: any(results), Quantifier.NONE: not any(results), Quantifier.ALL: all(results)}[
            node.quantifier
        ]
    return _test(node, _get(node, thing, as_of, tag))


MISSING = object()


def _get(node: Compare, thing: Thing, as_of: int | None, tag: tuple[int, Tag] | None) -> Any:
    name = node.field.name
    if name == "annotated":
        return bool(_living(thing, as_of, "truth"))
    if name == "n_annotations":
        return len(_living(thing, as_of, "truth"))
    if name == "annotation_id":
        assert tag is not None
        return f"ann_{thing.key}_{tag[0]}"
    value = getattr(thing if tag is None else tag[1], name)
    for key in node.field.path:
        value = value.get(key, MISSING) if isinstance(value, dict) else MISSING
    return MISSING if value is None and not node.field.path else value


def _test(node: Compare, value: Any) -> bool:
    if node.op is Op.EXISTS:
        return value is not MISSING
    if node.op is Op.GLOB:
        return isinstance(value, str) and re.fullmatch(_regex(str(node.value)), value, re.DOTALL) is not None
    if node.op is Op.IN:
        assert isinstance(node.value, tuple)
        return any(_test(Compare(node.field, Op.EQ, one), value) for one in node.value)
    given = node.value
    if given is None:
        return value is MISSING or value is None
    if isinstance(given, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value) if abs(value) < 2**1024 else float("inf") * (1 if value > 0 else -1)
    if type(value) is not type(given):
        return False
    return {
        Op.EQ: lambda: value == given,
        Op.GT: lambda: value > given,
        Op.GTE: lambda: value >= given,
        Op.LT: lambda: value < given,
        Op.LTE: lambda: value <= given,
    }[node.op]()


def _regex(pattern: str) -> str:
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    return "".join({"*": ".*", "?": "."}.get(p, re.escape(p[1:] if len(p) == 2 else p)) for p in parts)


# The queries.

FIXED: list[dict[str, Any]] = [
    {},
    {"hidden": False},
    {"hidden": True},
    {"type": "file"},
    {"$or": []},
    {"$and": []},
    {"subset": "train"},
    {"subset": {"$ne": "train"}},
    {"subset": None},
    {"subset": {"$in": ["train", None]}},
    {"subset": {"$nin": ["train", "test"]}},
    {"subset": {"$exists": False}},
    {"metadata": {"system": {"tags": {"train": True}}}},
    {"metadata.system.tags.train": None},
    {"metadata.system.tags.x": True},
    {"$and": [{"hidden": False}, {"$or": [{"metadata": {"system": {"tags": {"test": True}}}}]}, {"type": "file"}]},
    {"width": {"$gt": 101}},
    {"width": 101.0},
    {"width": {"$gte": 100.5, "$lt": 103}},
    {"bytes": {"$lte": 10**30}},
    {"name": "a/*"},
    {"name": {"$glob": "?/img_[1].png"}},
    {"name": {"$glob": "?/img_?.png"}},
    {"filename": "/a/**"},
    {"dir": "/a"},
    {"dir": "/"},
    {"dir": {"$in": ["/a", "/b/c"]}},
    {"id": "itm_3"},
    {"created_at": {"$gt": "2026-01-01T05:00:00Z", "$lte": "2026-01-01T12:00:00+02:00"}},
    {"group": "g1"},
    {"group": {"$exists": False}},
    {"group": {"$ne": "g1"}},
    {"checked_empty": True},
    {"checked_empty": {"$ne": True}},
    {"annotated": True},
    {"annotated": False},
    {"n_annotations": {"$gte": 2}},
    {"health.brightness": {"$lt": 20}},
    {"health.brightness": {"$exists": False}},
    {"health.sharpness": 3},
    *[{"metadata.v": value} for value in ("1", "true", "null", "", "camera-3", "[1]", "é", "日本")],
    *[{"metadata.v": {"$eq": value}} for value in (1, 0, 0.1, 0.1 + 0.2, -3, 2**53 + 1, True, False, None, "a*b?[c]")],
    *[{"metadata.v": {"$ne": value}} for value in (1, True, None, "camera-3")],
    *[{"metadata.v": {op: 0.5}} for op in ("$gt", "$gte", "$lt", "$lte")],
    *[{"metadata.v": {op: "Z"}} for op in ("$gt", "$gte", "$lt", "$lte")],
    *[{"metadata.v": {"$glob": p}} for p in ("camera*", "*%_\\\\x", "a\\*b\\?[c]", "?", "*", "%", "_", "[1]", "*é*")],
    {"metadata.v": {"$in": [1, "1", True, None]}},
    {"metadata.v": {"$in": []}},
    {"metadata.v": {"$nin": [1, "1", True, None]}},
    {"metadata.v": {"$exists": True}},
    {"metadata.v": {"$exists": False}},
    {"metadata.v": {"$not": {"$gt": 0}}},
    {"metadata.v.deep.er": 7},
    {"metadata": {"v": {"deep": {"er": "7"}}}},
    {"metadata.v.0": "zero"},
    {"metadata.v.0": {"$exists": True}},
    {"metadata": {'"v.deep"': {"er": 7}}},
    {'metadata."v.deep".er': {"$exists": True}},
    {"metadata": {'"' + ODD_KEY.replace('"', '""') + '"': 5}},
    {"metadata": {'"' + ODD_KEY.replace('"', '""') + '"': {"$exists": True}}},
    {"metadata": {'"' + ODD_KEY.replace('"', '""') + '"': {'"' + ODD_KEY.replace('"', '""') + '"': "x"}}},
    {"metadata.ké": {"$gte": 2}},
    {"metadata.ké": {"$glob": "emoji ?"}},
    {"metadata.a.b.c": 1},
    {"metadata.a.b": {"$exists": True}},
    {"$not": {"metadata.v": {"$gt": 0}, "subset": "train"}},
    {"some": {"label": "car"}},
    {"none": {"label": "car"}},
    {"all": {"label": "car"}},
    {"all": {"confidence": {"$gte": 0.5}}},
    {"some": {"label": "car", "confidence": {"$lt": 0.5}}},
    {"$and": [{"some": {"label": "car"}}, {"some": {"label": "truck"}}]},
    {"some": {"label": {"$in": ["car", "late"]}}, "none": {"label": "truck"}},
    {"some": {"label": "car", "layer": "prediction"}},
    {"some": {"label": "car", "layer": "any"}},
    {"some": {"confidence": {"$exists": False}}},
    {"some": {"label": "c*%"}},
    {"some": {"attributes.color": "red"}},
    {"some": {"attributes": {"n": {"$gt": 1}}}},
    {"some": {"type": "binary", "origin": "accepted"}},
    {"some": {"author_kind": {"$ne": "person"}}},
    {"some": {"id": "ann_2_0"}},
    {"some": {"$or": [{"label": "truck"}, {"confidence": {"$gt": 0.4}}], "$not": {"kind": "mask"}}},
    {"some": {"label": "dead"}},
    {"some": {"label": "late"}},
    {"some": {}},
    {"predictions": "mdl_x"},
    {"predictions": {"model": "mdl_x", "some": {"confidence": {"$gt": 0.5}}}},
    {"predictions": {"model": "mdl_x", "none": {"label": "car"}}},
    {"predictions": {"model": "mdl_y", "all": {"confidence": {"$gt": 0.5}}}},
    {"some": {"model": "mdl_x"}},
]


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Iterator[dict[str, Database]]:
    """Both kinds of database, with the same world in each."""
    name = f"dql_{os.getpid()}"
    url = make_url(postgres_server)
    admin = create_engine(url.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE whorl_template"))
    sqlite_url = f"sqlite:///{tmp_path_factory.mktemp('dql') / 'whorl.db'}"
    postgres_url = url.set(database=name).render_as_string(hide_password=False)
    with open_database(sqlite_url, synchronous="OFF") as sqlite, open_database(postgres_url) as postgres:
        upgrade(sqlite)
        for database in (sqlite, postgres):
            fill(database, WORLD)
        yield {"sqlite": sqlite, "postgres": postgres}
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def _answers(databases: dict[str, Database], query: Query, as_of: int | None = None) -> dict[str, list[int]]:
    compiled = compile_query(query, dataset_key=1, as_of=as_of)
    found: dict[str, list[int]] = {}
    for name, database in databases.items():
        with database.read() as conn:
            found[name] = list_keys(conn, compiled, limit=1000).keys
            assert count(conn, compiled).count == len(found[name])
            assert sorted(conn.execute(compiled.keys).scalars()) == sorted(found[name])
            for match in _drivers(query):
                for is_list in (True, False):
                    walked = conn.execute(compiled.page(limit=1000, drive=Drive(match, is_list)))
                    assert [row[0] for row in walked] == found[name]
    return found


def _drivers(query: Query) -> list[AnnotationMatch]:
    parts = query.where.parts if isinstance(query.where, And) else (query.where,)
    return [part for part in parts if isinstance(part, AnnotationMatch) and part.quantifier is Quantifier.SOME]


def _everywhere(keys: list[int]) -> dict[str, list[int]]:
    return {"sqlite": keys, "postgres": keys}


@pytest.mark.parametrize("as_of", [None, 1, 4, 5])
@pytest.mark.parametrize("document", FIXED, ids=[repr(one)[:70] for one in FIXED])
def test_fixed_queries(databases: dict[str, Database], document: dict[str, Any], as_of: int | None) -> None:
    query = parse_query({"filter": document})
    assert _answers(databases, query, as_of) == _everywhere(expected(query, as_of))


def test_fixed_queries__most_match_some_items_but_not_all() -> None:
    sizes = [len(expected(parse_query({"filter": one}))) for one in FIXED]
    assert len(FIXED) > 100
    assert sum(0 < size < len(WORLD) - 1 for size in sizes) > 0.85 * len(FIXED)


def _sorted(query: Query, field: str, *, is_descending: bool) -> list[int]:
    things = {thing.key: thing for thing in WORLD}

    def value(key: int) -> Any:
        found = _get(Compare(parse_query({"sort": {field: 1}}).sort[0].field, Op.EQ, None), things[key], None, None)
        if isinstance(found, int | float) and not isinstance(found, bool):
            return (0, float(found) if abs(found) < 2**1024 else float("inf") * (1 if found > 0 else -1))
        return (1, found) if isinstance(found, str | datetime) else None

    keys = expected(query)
    classes = [[key for key in keys if value(key) is not None and value(key)[0] == n] for n in (0, 1)]
    for some in classes:
        some.sort(key=value, reverse=is_descending)
        if is_descending:  # a reversed sort keeps ties in order of arrival already
            continue
    return [*classes[0], *classes[1], *(key for key in keys if value(key) is None)]


@pytest.mark.parametrize("direction", ["ascending", "descending"])
@pytest.mark.parametrize(
    "field",
    [
        "metadata.v",
        'metadata."v.deep".er',
        "metadata.ké",
        "name",
        "subset",
        "group",
        "width",
        "created_at",
        "health.brightness",
    ],
)
def test_sort__pages_join_to_the_whole(databases: dict[str, Database], field: str, direction: str) -> None:
    query = parse_query({"filter": {"$or": [{"none": {"label": "late"}}, {"width": 101}]}, "sort": {field: direction}})
    compiled = compile_query(query, dataset_key=1)
    for database in databases.values():
        keys: list[int] = []
        cursor = None
        with database.read() as conn:
            while True:
                page = list_keys(conn, compiled, cursor=cursor, limit=4)
                keys += page.keys
                cursor = page.next_cursor
                if cursor is None:
                    break
        assert keys == _sorted(query, field, is_descending=direction == "descending")


_SCALARS = st.sampled_from([0, 1, 0.1, -3, 7, "1", "", "camera-3", "Z", "é", True, False, None, 2**53 + 1])
_ORDERED = st.sampled_from([0, 0.5, 7, -3.5, "", "Z", "camera-3", "é"])
_PATHS = st.sampled_from(["metadata.v", "metadata.v.deep.er", "metadata.ké", "metadata.v.0", "metadata.none"])
_GLOBS = st.text(alphabet="ca*?[]%_\\1é.", max_size=5).map(lambda p: {"$glob": p})
_METADATA = st.one_of(
    st.builds(lambda p, v: {p: {"$eq": v}}, _PATHS, _SCALARS),
    st.builds(lambda p, v: {p: {"$ne": v}}, _PATHS, _SCALARS),
    st.builds(lambda p, v: {p: {"$in": v}}, _PATHS, st.lists(_SCALARS, max_size=4)),
    st.builds(lambda p, o, v: {p: {o: v}}, _PATHS, st.sampled_from(["$gt", "$gte", "$lt", "$lte"]), _ORDERED),
    st.builds(lambda p, v: {p: {"$exists": v}}, _PATHS, st.booleans()),
    st.builds(lambda p, v: {p: v}, _PATHS, _GLOBS),
)
_FIXED_LEAF = st.sampled_from([one for one in FIXED if one])
_ON_ANNOTATIONS = st.recursive(
    st.sampled_from(
        [
            {"label": "car"},
            {"label": {"$in": ["car", "truck"]}},
            {"confidence": {"$lt": 0.6}},
            {"confidence": {"$exists": False}},
            {"attributes.color": "red"},
            {"attributes.color": {"$ne": "red"}},
            {"model": "mdl_x"},
            {"kind": "mask"},
        ]
    ),
    lambda inner: st.one_of(
        st.builds(lambda parts: {"$and": parts}, st.lists(inner, max_size=3)),
        st.builds(lambda parts: {"$or": parts}, st.lists(inner, max_size=3)),
        st.builds(lambda part: {"$not": part}, inner),
    ),
    max_leaves=5,
)
_MATCHES = st.builds(
    lambda quantifier, where, layer: {quantifier: {"$and": [where], "layer": layer}},
    st.sampled_from(["some", "none", "all"]),
    _ON_ANNOTATIONS,
    st.sampled_from(["truth", "prediction", "any"]),
)
_FILTERS = st.recursive(
    st.one_of(_METADATA, _FIXED_LEAF, _MATCHES),
    lambda inner: st.one_of(
        st.builds(lambda parts: {"$and": parts}, st.lists(inner, max_size=3)),
        st.builds(lambda parts: {"$or": parts}, st.lists(inner, max_size=3)),
        st.builds(lambda part: {"$not": part}, inner),
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=_FILTERS, as_of=st.sampled_from([None, 1, 4]))
def test_generated_queries(databases: dict[str, Database], document: dict[str, Any], as_of: int | None) -> None:
    query = parse_query({"filter": document})
    assert _answers(databases, query, as_of) == _everywhere(expected(query, as_of))
