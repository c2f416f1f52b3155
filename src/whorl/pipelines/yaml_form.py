"""YAML as JSON would have it, written so that a pipeline reads well: an entry of a list on a line where it fits.

Reading takes text keys, each once, finite numbers, dates as text and ``1e5`` as a number; it takes no aliases.
"""

from __future__ import annotations

import math
import re
from typing import Any

import yaml

from whorl.base.errors import JsonValue

_LINE = 120
_MAP, _TEXT, _FLOAT = "tag:yaml.org,2002:map", "tag:yaml.org,2002:str", "tag:yaml.org,2002:float"
_NOT_IN_JSON = {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge", "tag:yaml.org,2002:value"}
_JSON_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?[eE][-+]?[0-9]+$")


def read(text: str) -> JsonValue:
    """Plain values from YAML.

    Raises:
        yaml.YAMLError: It is not YAML, or holds what JSON cannot.
        RecursionError: It is nested too deeply.
    """
    document: JsonValue = yaml.load(text, Loader=_Loader)  # a SafeLoader
    return document


def write(document: dict[str, JsonValue]) -> str:
    """YAML that ``read`` gives back exactly; each list at the top has its entries on a line where they fit."""
    lists: dict[str, JsonValue] = {
        key: [_laid_out(one) for one in value] for key, value in document.items() if isinstance(value, list)
    }
    return _dump(document | lists, width=_LINE)


class _Flow(dict[str, JsonValue]):
    """A mapping that is written on one line."""


# Both sides must agree on what a bare word is, or a text that looks like a number would come back as one.
def _bare_words(of: type[yaml.SafeLoader] | type[yaml.SafeDumper]) -> dict[str, list[tuple[str, re.Pattern[str]]]]:
    words = {
        first: [(tag, pattern) for tag, pattern in known if tag not in _NOT_IN_JSON]
        for first, known in of.yaml_implicit_resolvers.items()
    }
    return words | {first: [*words.get(first, []), (_FLOAT, _JSON_FLOAT)] for first in "-0123456789"}


# The classes of PyYAML type their nodes and values loosely.
def _construct_mapping(loader: yaml.SafeLoader, node: yaml.MappingNode) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise yaml.constructor.ConstructorError(
                None, None, f"a key must be text, not {key!r}; put it in quotes", key_node.start_mark
            )
        if key in found:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {key!r} stands there twice", key_node.start_mark
            )
        found[key] = loader.construct_object(value_node, deep=True)
    return found


def _construct_float(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> float:
    value = float(loader.construct_yaml_float(node))
    if not math.isfinite(value):
        raise yaml.constructor.ConstructorError(
            None, None, f"{node.value} is not a number that JSON has", node.start_mark
        )
    return value


class _Loader(yaml.SafeLoader):
    """YAML as JSON would have it: text keys, each once, finite numbers, dates as text, and no aliases."""

    yaml_implicit_resolvers = _bare_words(yaml.SafeLoader)
    yaml_constructors = {**yaml.SafeLoader.yaml_constructors, _MAP: _construct_mapping, _FLOAT: _construct_float}

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        # An alias can stand for a thousand copies of itself, so that a few bytes would fill the memory.
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call] # PyYAML's parser has no types
            raise yaml.constructor.ConstructorError(None, None, "aliases (*name) are not taken", mark)
        node: yaml.Node | None = super().compose_node(parent, index)
        return node


def _represent_text(dumper: yaml.representer.BaseRepresenter, text: str) -> yaml.Node:
    # YAML folds lines, and reads other characters too as \n: a block holds plain lines, all else is quoted.
    has_breaks = any(one in text for one in "\n\x85\u2028\u2029")
    is_block = has_breaks and all(one.isprintable() or one == "\n" for one in text) and text[0] not in " \n"
    style = "|" if is_block else '"' if has_breaks else None
    return dumper.represent_scalar(_TEXT, text, style=style)


def _represent_flow(dumper: yaml.representer.BaseRepresenter, value: _Flow) -> yaml.Node:
    return dumper.represent_mapping(_MAP, value, flow_style=True)


class _Dumper(yaml.SafeDumper):
    """Indents lists, writes flow mappings where asked to, and texts of several lines as blocks."""

    yaml_implicit_resolvers = _bare_words(yaml.SafeDumper)
    yaml_representers = {**yaml.SafeDumper.yaml_representers, str: _represent_text, _Flow: _represent_flow}

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        return True


def _laid_out(entry: JsonValue) -> JsonValue:
    """An entry on one line where it fits; else its parts each in a line, where they fit."""
    if not isinstance(entry, dict):
        return entry
    if _fits(entry, indent=4):
        return _Flow(entry)
    return {key: _Flow(one) if isinstance(one, dict) and _fits(one, indent=16) else one for key, one in entry.items()}


def _fits(entry: dict[str, JsonValue], *, indent: int) -> bool:
    line = _dump(_Flow(entry), width=math.inf)
    return line.count("\n") == 1 and "\\n" not in line and len(line) + indent <= _LINE


def _dump(value: JsonValue, *, width: float) -> str:
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=width))
