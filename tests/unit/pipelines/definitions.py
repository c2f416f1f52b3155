"""Definitions of every shape, for property tests of what must keep them exactly."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from whorl.base.errors import JsonValue
from whorl.schemas.pipelines import PipelineDefinition

# Texts that formats trip over beside whatever Hypothesis thinks of.
_NASTY = st.sampled_from(
    [
        "",
        "no",
        "null",
        "1",
        "1e5",
        "0x1f",
        "1_000",
        "12:30",
        "2026-01-01",
        "<<",
        "=",
        "*a",
        "&a",
        "a: b",
        "- a",
        "#",
        "'",
        '"',
    ]
    + [
        '"""',
        "\\",
        "a\\nb",
        " a",
        "a ",
        "\n",
        "a\n",
        "a\nb\n",
        "\ta",
        "a\r\nb",
        "x\x85y\nz",
        "\u2028",
        "\x00",
        "ü😀",
        "{}",
    ]
    + ["def f(item):\n    return item['a']\n", 'say "hi"\nthere\n"', "import", "at", "\ufeff"]
)
_TEXT = _NASTY | st.text(max_size=20)
_NUMBER = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
_VALUE: SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | _NUMBER | _TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=6,
)
_NAMES = st.sampled_from(
    ["a", "b", "label", "class", "import", "match", "self", "at", "pool", "pipeline", "whorl", "definition", "x_1"]
)
_PORTS = st.sampled_from(["item", "in", "start", "model"])


def _maybe(**optional: SearchStrategy[JsonValue]) -> SearchStrategy[dict[str, JsonValue]]:
    return st.fixed_dictionaries({}, optional=optional)


@st.composite
def definitions(draw: st.DrawFn) -> PipelineDefinition:
    """Well-formed definitions; most could not run, which their form does not care about."""
    names = draw(st.lists(_NAMES, min_size=1, max_size=4, unique=True))
    variables = draw(st.lists(_NAMES, max_size=3, unique=True))
    value = _VALUE if not variables else _VALUE | st.builds(lambda one: {"$var": one}, st.sampled_from(variables))
    place = st.builds(lambda node, port: f"{node}.{port}", st.sampled_from([*names, "ghost"]), _PORTS)
    body = {
        "name": draw(_TEXT.filter(bool)),
        "description": draw(_TEXT),
        "nodes": [draw(_node(name, value)) for name in names],
        "edges": draw(st.lists(_edge(place), max_size=4)),
        "variables": [draw(_variable(name)) for name in variables],
        "triggers": [
            draw(_trigger(name, place, names, value)) for name in draw(st.lists(_NAMES, max_size=3, unique=True))
        ],
    }
    return PipelineDefinition.model_validate(body)


def _node(name: str, value: SearchStrategy[JsonValue]) -> SearchStrategy[dict[str, JsonValue]]:
    coordinate = st.floats(-1e6, 1e6)
    fields = _maybe(
        params=st.dictionaries(
            st.sampled_from(["task", "at", "self", "id", "type", "params", "lambda", "ﬁ"]) | _TEXT, value, max_size=3
        ),
        at=st.fixed_dictionaries({"x": coordinate, "y": coordinate}),
    )
    return fields.map(lambda rest: {"id": name, "type": "dataset", **rest})


def _edge(place: SearchStrategy[str]) -> SearchStrategy[dict[str, JsonValue]]:
    ends = st.fixed_dictionaries({"source": place, "target": place})
    return st.builds(lambda way, when: {**way, **when}, ends, _maybe(when=_TEXT))


def _variable(name: str) -> SearchStrategy[dict[str, JsonValue]]:
    kind = st.sampled_from(["model", "dataset", "query", "number", "text", "json"])
    rest = _maybe(value=_VALUE, description=_TEXT)
    return st.builds(lambda of, more: {"name": name, "type": of, **more}, kind, rest)


def _trigger(
    name: str, place: SearchStrategy[str], names: list[str], value: SearchStrategy[JsonValue]
) -> SearchStrategy[dict[str, JsonValue]]:
    node = st.sampled_from([*names, "ghost"])
    shared = {"dataset": value, "by": st.sampled_from(["own", "others", "any"]), "filter": _TEXT}
    event = _maybe(
        **shared,
        node=node,
        mode=st.sampled_from(["once", "always"]),
        unless_active=st.lists(node, max_size=2),
        max_fires=value,
    ).map(lambda rest: {"type": "event", "event": "item.created", **rest})
    count = st.builds(
        lambda rest, every: {"type": "count", "event": "item.created", "every": every, **rest},
        _maybe(**shared, rounds_of=node), value,
    )  # fmt: skip
    cron = st.builds(
        lambda text, rest: {"type": "cron", "cron": text, **rest},
        _TEXT,
        _maybe(missed=st.sampled_from(["skip", "once"])),
    )
    return st.builds(lambda kind, to: {"id": name, "target": to, **kind}, event | count | cron, place)
