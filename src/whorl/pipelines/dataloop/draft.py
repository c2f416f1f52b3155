"""A pipeline while it is put together, and the report on what it is made of."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from whorl.base.errors import JsonValue
from whorl.pipelines.dataloop.reading import Node, Source, Variable, as_mapping, as_text
from whorl.pipelines.graph import NodeType
from whorl.schemas.pipelines import ImportedPart

Body = dict[str, JsonValue]
What = Literal["node", "connection", "variable", "trigger"]


@dataclass
class Draft:
    """A pipeline while it is put together."""

    source: Source
    types: Mapping[str, NodeType]
    nodes: dict[str, Body] = field(default_factory=dict)
    edges: list[Body] = field(default_factory=list)
    variables: dict[str, Body] = field(default_factory=dict)
    triggers: list[Body] = field(default_factory=list)
    parts: list[ImportedPart] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    absorbed: dict[str, str] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def tell(self, what: What, name: str, was: str, became: str | None, note: str = "") -> None:
        """Add a part to the report."""
        self.parts.append(ImportedPart(what=what, name=name[:200], was=was[:200], became=became, note=note))

    def add(self, node: Node, type: str, params: Body, *, note: str = "", suffix: str = "") -> str:
        """Add a node in the place of one of Dataloop's, and give its id."""
        node_id = free(f"{slug(node.name)[: 39 - len(suffix)]}{suffix}", self.nodes)
        body: Body = {"id": node_id, "type": type}
        if params:
            body["params"] = params
        place = place_of(node, shift=0 if not suffix else -120)
        self.nodes[node_id] = body | ({"at": place} if place is not None else {})
        if not suffix:
            self.ids[node.id] = node_id
            self.tell("node", node.name, was(node), f"{node_id} ({type})", note)
        return node_id

    def connect(self, source: str, target: str, when: str | None = None) -> str:
        """Add an edge once, and give its name."""
        edge: Body = {"source": source, "target": target}
        if when:
            edge["when"] = when
        if edge not in self.edges:
            self.edges.append(edge)
        return f"{source} -> {target}"

    def variable(self, name: str, type: str, *, value: JsonValue = None, description: str = "") -> JsonValue:
        """A reference to a variable, which is declared when it is not there yet."""
        if name not in self._names:
            short = free(slug(name), self.variables)
            self._names[name] = short
            known = self.source.variables.get(name)
            about = description or (known.description if known else "") or f"{name}, as in the imported pipeline."
            self.variables[short] = {
                "name": short, "type": type, "value": _value(known, value, type), "description": about[:500]
            }  # fmt: skip
        return {"$var": self._names[name]}

    def name_of(self, variable: str) -> str | None:
        """What a variable of the document is called here, or None when nothing reads it."""
        return self._names.get(variable)


def _value(known: Variable | None, value: JsonValue, type: str) -> JsonValue:
    # Ids of another server mean nothing here.
    if known is None or value is not None:
        return value
    return known.value if type in ("json", "text", "number") else None


def slug(name: str) -> str:
    """A name of the document as a name here."""
    words = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:39]
    return words if re.match("[a-z]", words) else f"n_{words}"[:39].rstrip("_")


def free(wanted: str, taken: Mapping[str, object]) -> str:
    """A name that is not taken yet: the wanted one, or one with a number."""
    name, number = wanted, 2
    while name in taken:
        name = f"{wanted[: 39 - len(str(number))]}_{number}"
        number += 1
    return name


def place_of(node: Node, *, shift: float) -> JsonValue:
    """Where a node stood, moved to the right by so many pixels; None when it does not say."""
    position = as_mapping(node.metadata.get("position"))
    x, y = position.get("x"), position.get("y")
    if isinstance(x, bool) or isinstance(y, bool) or not isinstance(x, int | float) or not isinstance(y, int | float):
        return None
    if not (math.isfinite(x) and math.isfinite(y) and max(abs(x), abs(y)) < 1e5):
        return None
    return {"x": round(x + shift, 1), "y": round(y, 1)}


def was(node: Node) -> str:
    """What kind of node it was, for the report."""
    about = as_text(node.metadata.get("taskType")) or node.function
    return f"{node.type or 'node'} ({about})" if about else node.type or "node"
