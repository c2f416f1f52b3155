"""The two written forms of a query, and what is refused."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whorl.base.errors import JsonValue, QueryError
from whorl.datasets.dql import Query, format_text, parse_query, parse_text, to_json
from whorl.datasets.dql.ast import (
    AnnotationMatch,
    Compare,
    Condition,
    Field,
    LayerChoice,
    Not,
    Op,
    Or,
    Quantifier,
    SortKey,
    all_of,
    any_of,
    negate,
)
from whorl.datasets.dql.either_form import read_query
from whorl.datasets.dql.elements import to_like, to_sqlite_glob

LABEL_CAR = Compare(Field("label"), Op.EQ, "car")
TRAIN = Compare(Field("subset"), Op.EQ, "train")


def _some(where: Condition, layer: LayerChoice = LayerChoice.TRUTH) -> AnnotationMatch:
    return AnnotationMatch(Quantifier.SOME, where, layer)


@pytest.mark.parametrize("subset", ["train", "validation", "test"])
def test_parse_query__subset_filters_of_the_active_learning_template(subset: str) -> None:
    document = {
        "filter": {
            "$and": [
                {"hidden": False},
                {"$or": [{"metadata": {"system": {"tags": {subset: True}}}}]},
                {"type": "file"},
            ]
        }
    }
    assert parse_query(document) == Query(Compare(Field("subset"), Op.EQ, subset))
    assert parse_query(json.dumps(document)) == parse_query(document)


def test_parse_query__join_on_annotations_means_some() -> None:
    document = {
        "resource": "items",
        "filter": {"$and": [{"filename": "/day/*"}]},
        "join": {
            "on": {"resource": "annotations", "local": "itemId", "forigen": "id"},
            "filter": {"$and": [{"label": "car"}, {"type": "segment"}]},
        },
        "sort": {"filename": "descending", "createdAt": "ascending", "type": "ascending"},
        "page": 0,
        "pageSize": 50,
    }
    kind = Compare(Field("kind"), Op.EQ, "polygon")
    assert parse_query(document) == Query(
        all_of([Compare(Field("name"), Op.GLOB, "day/*"), _some(all_of([LABEL_CAR, kind]))]),
        sort=(SortKey(Field("name"), is_descending=True), SortKey(Field("created_at"))),
        page_size=50,
    )


def test_parse_query__intersect_and_except() -> None:
    both = {"intersect": {"query": {"join": {"filter": {"label": "car"}}}}, "filter": {"subset": "train"}}
    assert parse_query(both).where == all_of([TRAIN, _some(LABEL_CAR)])
    without = {"except": {"query": {"join": {"filter": {"label": "car"}}}}}
    assert parse_query(without).where == AnnotationMatch(Quantifier.NONE, LABEL_CAR)


def test_parse_query__annotations_are_truth_unless_asked() -> None:
    assert parse_query({"some": {"label": "car"}}).where == _some(LABEL_CAR)
    assert parse_query({"some": {"label": "car", "layer": "prediction"}}).where == _some(
        LABEL_CAR, LayerChoice.PREDICTION
    )
    by_model = Compare(Field("model_id"), Op.EQ, "mdl_x")
    assert parse_query({"predictions": "mdl_x"}).where == _some(by_model, LayerChoice.PREDICTION)


REFUSED: list[tuple[Any, str, str]] = [
    ({"filter": {"widht": 3}}, "unknown item field: 'widht' (at filter.widht)", "Did you mean width?"),
    ({"some": {"lable": "x"}}, "unknown annotation field: 'lable' (at filter.some.lable)", "Did you mean label?"),
    ({"width": {"$gtt": 3}}, "unknown operator: '$gtt' (at filter.width.$gtt)", "Did you mean $gt?"),
    ({"$nand": []}, "unknown operator: '$nand'", "Did you mean $and?"),
    ({"filter": {}, "sorted": {}}, "unknown key of a query: 'sorted'", "Did you mean sort?"),
    ({"width": {"$gt": "5"}}, "width is a number, got '5' (at filter.width.$gt)", ""),
    ({"width": True}, "width is a number, got true", ""),
    ({"width": math.nan}, "width needs a finite number, got nan", ""),
    ({"metadata.x": {"$lt": math.inf}}, "metadata needs a finite number, got inf", ""),
    ({"width": 10**5000}, "width needs a finite number, got a huge number", ""),
    ({"metadata.x": {"$gt": True}}, "there is no order to compare by", "Use $eq or $in."),
    ({"metadata.x": {"$in": 3}}, "$in needs a list, got 3", ""),
    ({"metadata.x": {"$in": [[1]]}}, "got a list", ""),
    ({"metadata.x": {}}, "nothing to compare 'metadata.x' with", ""),
    ({"metadata": 3}, "metadata needs a key", "metadata.<key>"),
    ({"subset": "trian"}, "unknown subset: 'trian'", "Did you mean train?"),
    ({"name": {"$glob": "*".join("abcdefghijk")}}, "a pattern with 10 wildcards; at most 8", ""),
    ({"name": "a\x00b"}, "NUL", ""),
    ({"name": "\ud800"}, "surrogate", ""),
    ({"metadata": {"a\x00": 1}}, "NUL", ""),
    ({"name": "x" * 1001}, "text of 1001 characters; at most 1000", ""),
    ({"id": {"$in": ["x"] * 1001}}, "a list of 1001 values; at most 1000", ""),
    ({"$or": [{"width": n} for n in range(501)]}, "more than 500 conditions", "Use $in"),
    ({"$or": [{"some": {"label": str(n)}} for n in range(33)]}, "more than 32 conditions over annotations", ""),
    ({"name'; DROP TABLE item; --": 1}, "unknown item field", ""),
    ({"created_at": {"$gt": "yesterday"}}, "created_at is a time, got 'yesterday'", "Write 2026-01-31"),
    ({"created_at": {"$gt": "0001-01-01T00:00:00+05:00"}}, "out of range", ""),
    ({"some": {"$or": [{"layer": "prediction"}]}}, "unknown annotation field: 'layer'", ""),
    ({"some": {"layer": "both"}}, "unknown layer: 'both'", "truth, prediction, any"),
    ({"some": {"some": {"label": "a"}}}, "unknown annotation field: 'some'", ""),
    ({"filter": {}, "page": 2}, "pages are reached by cursor", "next_cursor"),
    ({"filter": {}, "pageSize": 1001}, "from 1 to 1000, got 1001", ""),
    ({"filter": {}, "sort": {"name": "up"}}, "unknown direction: 'up'", "ascending, descending"),
    ({"filter": {}, "sort": {"annotated": 1}}, "cannot be sorted by annotated", ""),
    ({"filter": {}, "join": {"on": {"resource": "feature_vectors"}}}, "annotations only", ""),
    ({"hidden": "no"}, "hidden is one of false, true", ""),
    ("{nonsense", "the query is not JSON", ""),
    ("[" * 100_000, "the query is not JSON", ""),
    ("[]", "a query is an object, got a list", ""),
]


@pytest.mark.parametrize(("document", "message", "hint"), REFUSED, ids=[str(n) for n in range(len(REFUSED))])
def test_parse_query__refuses(document: Any, message: str, hint: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_query(document)
    assert message in caught.value.message
    assert hint in caught.value.hint
    assert len(caught.value.message) < 300


@pytest.mark.parametrize("wrap", [lambda d: {"$and": [d]}, lambda d: {"$not": d}, lambda d: {"metadata": {"x": d}}])
def test_parse_query__ten_thousand_deep(wrap: Any) -> None:
    document: dict[str, Any] = {"width": 1}
    for _ in range(10_000):
        document = wrap(document)
    with pytest.raises(QueryError, match="nested more than 32 deep|a path of"):
        parse_query(document)


def test_parse_text__example_of_the_reference() -> None:
    query = parse_text('label:car confidence<0.5 subset:train -label:truck source:camera-3 "quoted value"')
    assert query == parse_query(
        {
            "$and": [
                {"some": {"label": "car", "confidence": {"$lt": 0.5}}},
                {"subset": "train"},
                {"none": {"label": "truck"}},
                {"metadata.source": "camera-3"},
                {"name": {"$glob": "*quoted value*"}},
            ]
        }
    )


SAME: list[tuple[str, Any]] = [
    ("", {}),
    ("label:a label:b", {"$and": [{"some": {"label": "a"}}, {"some": {"label": "b"}}]}),
    ("label:a|b", {"some": {"label": {"$in": ["a", "b"]}}}),
    ("confidence<0.5 label:a", {"some": {"$and": [{"confidence": {"$lt": 0.5}}, {"label": "a"}]}}),
    ("(label:a) (confidence>=0.5)", {"$and": [{"some": {"label": "a"}}, {"some": {"confidence": {"$gte": 0.5}}}]}),
    ("-(label:a kind:box)", {"none": {"$and": [{"label": "a"}, {"kind": "box"}]}}),
    ("model:mdl_x label:a", {"some": {"model": "mdl_x", "label": "a", "layer": "prediction"}}),
    ("-model:mdl_x", {"none": {"model": "mdl_x", "layer": "prediction"}}),
    ("layer:any label:a", {"some": {"label": "a", "layer": "any"}}),
    ("width>=640 -height<480", {"$and": [{"width": {"$gte": 640}}, {"$not": {"height": {"$lt": 480}}}]}),
    ("source:3", {"metadata.source": 3}),
    ('source:"3"', {"metadata.source": "3"}),
    ("source:true|null", {"metadata.source": {"$in": [True, None]}}),
    ("weather.sky=clear", {"metadata.weather.sky": "clear"}),
    ('metadata."a.b":x*', {"metadata": {'"a.b"': {"$glob": "x*"}}}),
    ('name:"x*"', {"name": {"$eq": "x*"}}),
    ('name~"a?.png"', {"name": {"$glob": "a?.png"}}),
    ("has:source -has:group", {"$and": [{"metadata.source": {"$exists": True}}, {"group": {"$exists": False}}]}),
    ("subset:none", {"subset": None}),
    ("annotated:false", {"annotated": False}),
    ("attributes.color:red", {"some": {"attributes.color": "red"}}),
    ("created_at>2026-01-01T10:00:00Z", {"created_at": {"$gt": "2026-01-01T10:00:00Z"}}),
    ("source:nan", {"metadata.source": "nan"}),
    ("source:1_000", {"metadata.source": "1_000"}),
]


@pytest.mark.parametrize(("written", "document"), SAME, ids=[one[0] for one in SAME])
def test_parse_text__same_as_json(written: str, document: Any) -> None:
    assert parse_text(written) == parse_query({"filter": document})


def test_parse_text__sort_and_snapshot() -> None:
    assert parse_text("sort:-created_at sort:camera snapshot:v1") == Query(
        sort=(SortKey(Field("created_at"), is_descending=True), SortKey(Field("metadata", ("camera",)))), snapshot="v1"
    )


@pytest.mark.parametrize(
    ("written", "message", "hint"),
    [
        ("labl:car", "unknown field: 'labl' (at column 1)", "Did you mean label? For a metadata field, write"),
        ("label:car widht:3", "unknown field: 'widht' (at column 11)", "Did you mean width?"),
        ("label:", "a value is missing (at column 7)", ""),
        ("(a", "a parenthesis is never closed (at column 3)", ""),
        ("a)", "a parenthesis closes nothing (at column 2)", "quotes"),
        ("width:abc", "width is a number, got 'abc' (at column 7)", ""),
        ("subset:trian", "unknown subset: 'trian' (at column 8)", "Did you mean train?"),
        ('label:"x', "a quote is never closed (at column 7)", ""),
        ("width>3|4", "> takes one value (at column 9)", ""),
        ("a:b|", "a value is missing (at column 5)", ""),
        ("width:nan", "width is a number, got 'nan'", ""),
        ("-snapshot:v1", "snapshot: takes one value", ""),
        ("(" * 10_000, "nested more than 32 deep", ""),
        ("a " * 501, "more than 500 conditions", ""),
        ("x" * 10_001, "a query of 10001 characters", ""),
    ],
)
def test_parse_text__refuses(written: str, message: str, hint: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse_text(written)
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_format_text__what_text_cannot_say() -> None:
    for where in (any_of([TRAIN, _some(LABEL_CAR)]), AnnotationMatch(Quantifier.ALL, LABEL_CAR), Or(), Not(Or())):
        with pytest.raises(QueryError, match="the text form cannot say"):
            format_text(Query(where))


def test_globs__are_escaped_for_each_database() -> None:
    assert to_sqlite_glob("a*?[b]\\*%_") == "a*?[[]b][*]%_"
    assert to_like("a*?[b]\\*%_\\\\") == "a%_[b]*\\%\\_\\\\"


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
_SCALARS = st.one_of(_TEXT, _NUMBERS, st.booleans(), st.none())
_PATHS = st.lists(_TEXT.filter(bool), min_size=1, max_size=3).map(tuple)
_METADATA = st.builds(lambda path: Field("metadata", path), _PATHS)


def _compares(field: Any, values: Any) -> Any:
    return st.one_of(
        st.builds(lambda f, v: Compare(f, Op.EQ, v), field, values),
        st.builds(lambda f, v: Compare(f, Op.IN, tuple(v)), field, st.lists(values, min_size=2, max_size=3)),
        st.builds(lambda f: Compare(f, Op.EXISTS, value=True), field),
    )


_ITEM = st.one_of(
    _compares(_METADATA, _SCALARS),
    _compares(st.just(Field("width")), _NUMBERS),
    _compares(st.just(Field("name")), _TEXT),
    st.builds(
        lambda f, o, v: Compare(f, o, v), _METADATA, st.sampled_from([Op.LT, Op.GTE]), st.one_of(_TEXT, _NUMBERS)
    ),
    st.builds(lambda v: Compare(Field("name"), Op.GLOB, v.replace("*", "")), _TEXT),
)
_LABEL = st.one_of(st.none(), _compares(st.just(Field("label")), _TEXT))
_OTHER = st.lists(
    st.one_of(_compares(st.just(Field("confidence")), _NUMBERS), _compares(st.just(Field("author_id")), _TEXT)),
    max_size=2,
)
_MATCH = st.builds(
    lambda label, others, layer: _some(all_of([*([label] if label else []), *others]), layer),
    _LABEL,
    _OTHER,
    st.sampled_from(list(LayerChoice)),
)
_CONDITIONS = st.recursive(
    st.one_of(_ITEM, _MATCH),
    lambda inner: st.one_of(st.builds(negate, inner), st.builds(all_of, st.lists(inner, min_size=2, max_size=3))),
    max_leaves=6,
)


@given(where=_CONDITIONS)
def test_format_text__parses_back_to_the_same_query(where: Condition) -> None:
    query = Query(where)
    assert parse_text(format_text(query)) == query


@given(where=_CONDITIONS)
def test_to_json__parses_back_to_the_same_query(where: Condition) -> None:
    query = Query(where, page_size=5)
    assert parse_query(json.dumps(to_json(query))) == query


@given(written=st.text(alphabet="ab:\"\\|()<>=~-*. '[]{}\x00é1", max_size=30))
def test_parse_text__only_query_errors(written: str) -> None:
    try:
        query = parse_text(written)
    except QueryError:
        return
    assert parse_query(to_json(query)) == query


def test_read_query__json_may_come_as_a_text() -> None:
    document: dict[str, JsonValue] = {"filter": {"subset": "train"}}
    assert read_query(json.dumps(document)) == read_query(document) == read_query("subset:train")
    assert read_query("  ") is None
    with pytest.raises(QueryError, match="begins like JSON and is none"):
        read_query('{"filter": ')


def test_read_query__terms_behind_json_narrow_it() -> None:
    wide = '{"filter": {"$or": [{"name": "a } b"}, {"width": {"$lt": 3}}]}, "sort": {"name": "ascending"}}'
    found = read_query(f"  {wide} subset:train sort:-width ")
    parts = [{"$or": [{"name": "a } b"}, {"width": {"$lt": 3}}]}, {"subset": "train"}]
    assert found == read_query({"filter": {"$and": parts}, "sort": {"width": "descending"}})
    assert read_query(f"{wide}  ") == read_query(json.loads(wide))
    with pytest.raises(QueryError):
        read_query(f"{wide} label:")
