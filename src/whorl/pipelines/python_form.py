"""A definition as the Python that writes it: a program with ``PipelineBuilder``."""

from __future__ import annotations

import json
import keyword
from collections import Counter
from collections.abc import Mapping

from whorl.base.errors import GraphError, JsonValue
from whorl.pipelines.graph import referenced_variable
from whorl.schemas.pipelines import (
    CountTrigger,
    CronTrigger,
    EdgeSpec,
    EventTrigger,
    NodeSpec,
    PipelineDefinition,
    VariableSpec,
)

_LINE = 120
_RESERVED = {"whorl", "pipeline", "definition"}
_OWN_WORDS = {"at"}
_TRIGGER_HEAD = {"type", "id", "target", "event", "every", "cron"}


def dump_python(definition: PipelineDefinition) -> str:
    """Write a program that leaves an equal definition in ``definition``.

    Raises:
        GraphError: Two nodes, variables or triggers have one name, which Python cannot write.
    """
    _check_unique(definition)
    words = _Words(definition)
    lines = ["import whorl", "", _call("pipeline = whorl.PipelineBuilder", _head(definition))]
    lines += _part([_variable(one, words) for one in definition.variables])
    lines += _part([_node(one, words) for one in definition.nodes])
    lines += _part([_edge(one, words) for one in definition.edges])
    lines += _part([_trigger(one, words) for one in definition.triggers])
    return "\n".join([*lines, "", "definition = pipeline.definition()", ""])


class _Words:
    """What each variable and node is called in the program, each name once and none of Python's own."""

    def __init__(self, definition: PipelineDefinition) -> None:
        taken = set(_RESERVED)
        self.variables = {one.name: _free(one.name, taken, "variable") for one in definition.variables}
        self.nodes = {one.id: _free(one.id, taken, "node") for one in definition.nodes}

    def value(self, value: JsonValue) -> str:
        """A parameter as an expression."""
        name = referenced_variable(value)
        return self.variables[name] if name is not None and name in self.variables else _json(value)

    def port(self, place: str) -> str:
        """An end of an edge as an expression."""
        node, _, port = place.partition(".")
        return f"{self.nodes[node]}[{_text(port)}]" if node in self.nodes and port else _text(place)

    def node(self, name: str) -> str:
        """A node as an expression."""
        return self.nodes.get(name, _text(name))


def _free(name: str, taken: set[str], kind: str) -> str:
    if keyword.iskeyword(name) or keyword.issoftkeyword(name) or name in taken:
        name = f"{name}_{kind}"
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _head(definition: PipelineDefinition) -> list[str]:
    return [_text(definition.name), *_named({"description": definition.description}, defaults={"description": ""})]


def _variable(spec: VariableSpec, words: _Words) -> str:
    arguments = [_text(spec.name), _text(spec.type.value)]
    arguments += [] if spec.value is None else [_json(spec.value)]
    arguments += _named({"description": spec.description}, defaults={"description": ""})
    return _call(f"{words.variables[spec.name]} = pipeline.variable", arguments)


def _node(spec: NodeSpec, words: _Words) -> str:
    arguments = [_text(spec.id), _text(spec.type)]
    if all(_is_word(key) for key in spec.params):
        arguments += [f"{key}={words.value(value)}" for key, value in spec.params.items()]
    else:
        inside = ", ".join(f"{_text(key)}: {words.value(value)}" for key, value in spec.params.items())
        arguments.append(f"{{{inside}}}")
    arguments += [] if spec.at is None else [f"at=({spec.at.x!r}, {spec.at.y!r})"]
    return _call(f"{words.nodes[spec.id]} = pipeline.add", arguments)


def _edge(spec: EdgeSpec, words: _Words) -> str:
    source, target = words.port(spec.source), words.port(spec.target)
    if not (_is_port(source) and _is_port(target)):
        when = _named({"when": spec.when}, defaults={"when": None})
        return _call("pipeline.connect", [source, target, *when])
    condition = "" if spec.when is None else f".when({_text(spec.when)})"
    return f"{source}{condition} >> {target}"


def _trigger(spec: EventTrigger | CountTrigger | CronTrigger, words: _Words) -> str:
    verb, arguments = _trigger_head(spec, words)
    arguments += [f"to={words.port(spec.target)}", f"id={_text(spec.id)}"]
    for name, value in spec.model_dump(mode="json", exclude_defaults=True).items():
        if name in _TRIGGER_HEAD:
            continue
        if name in ("node", "rounds_of"):
            arguments.append(f"{name}={words.node(value)}")
        elif name == "unless_active":
            arguments.append(f"{name}=[{', '.join(words.node(one) for one in value)}]")
        else:
            arguments.append(f"{name}={words.value(value)}")
    return _call(verb, arguments)


def _trigger_head(spec: EventTrigger | CountTrigger | CronTrigger, words: _Words) -> tuple[str, list[str]]:
    if isinstance(spec, EventTrigger):
        return "pipeline.on", [_text(spec.event)]
    if isinstance(spec, CountTrigger):
        return "pipeline.every", [words.value(spec.every), _text(spec.event)]
    return "pipeline.cron", [_text(spec.cron)]


def _named(values: Mapping[str, JsonValue], *, defaults: Mapping[str, JsonValue]) -> list[str]:
    return [f"{name}={_json(value)}" for name, value in values.items() if value != defaults[name]]


def _call(function: str, arguments: list[str]) -> str:
    line = f"{function}({', '.join(arguments)})"
    if len(line) <= _LINE or len(arguments) < 2:
        return line
    return "\n".join([f"{function}(", *(f"    {one}," for one in arguments), ")"])


def _part(lines: list[str]) -> list[str]:
    return ["", *lines] if lines else []


def _json(value: JsonValue) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return f"[{', '.join(_json(one) for one in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_text(key)}: {_json(one)}' for key, one in value.items())}}}"
    return repr(value)


def _text(text: str) -> str:
    lines = text.split("\n")
    is_plain = all(line.isprintable() for line in lines) and "\\" not in text and '"""' not in text
    if len(lines) > 2 and is_plain and not text.endswith('"'):
        return f'"""\\\n{text}"""'
    # What JSON escapes Python does too, in double quotes; what cannot be seen is better left to Python.
    return json.dumps(text, ensure_ascii=False) if text.isprintable() else repr(text)


def _is_word(key: str) -> bool:
    return key.isascii() and key.isidentifier() and not keyword.iskeyword(key) and key not in _OWN_WORDS


def _is_port(expression: str) -> bool:
    return not expression.startswith('"')


def _check_unique(definition: PipelineDefinition) -> None:
    kinds = {
        "node": [one.id for one in definition.nodes],
        "variable": [one.name for one in definition.variables],
        "trigger": [one.id for one in definition.triggers],
    }
    for kind, names in kinds.items():
        for name, times in Counter(names).items():
            if times > 1:
                raise GraphError(f"two {kind}s are called {name!r}", hint="Rename one of them; names are unique.")
