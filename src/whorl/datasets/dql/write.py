"""Write a query back: as JSON, always; as text, where the text form can say it."""

from __future__ import annotations

import re
from datetime import datetime

from whorl.base.errors import JsonValue, QueryError
from whorl.datasets.dql.ast import (
    DEFAULT_NEAR,
    NEAR_IDS,
    And,
    AnnotationMatch,
    Compare,
    Condition,
    Field,
    FindingMatch,
    LayerChoice,
    MapMatch,
    NearKind,
    NearMatch,
    Not,
    Op,
    Or,
    Quantifier,
    Query,
    Scalar,
    SelectionMatch,
    negate,
)
from whorl.datasets.dql.fields import ANNOTATIONS, FINDINGS, ITEMS, FieldType, join_path
from whorl.datasets.dql.rings import write_ring

_BARE = re.compile(r"[A-Za-z_/][A-Za-z0-9_./\-]*")
_ORDER = {Op.LT: "<", Op.LTE: "<=", Op.GT: ">", Op.GTE: ">="}


def to_json(query: Query) -> dict[str, JsonValue]:
    """Write the JSON form; parsing it gives an equal query."""
    document: dict[str, JsonValue] = {"filter": _json(query.where)}
    if query.sort:
        document["sort"] = {_name(key.field): "descending" if key.is_descending else "ascending" for key in query.sort}
    if query.page_size is not None:
        document["pageSize"] = query.page_size
    if query.snapshot is not None:
        document["snapshot"] = query.snapshot
    return document


def _json(node: Condition) -> dict[str, JsonValue]:
    match node:
        case And(parts=parts):
            return {"$and": [_json(part) for part in parts]} if parts else {}
        case Or(parts=parts):
            return {"$or": [_json(part) for part in parts]}
        case Not(part=part):
            return {"$not": _json(part)}
        case AnnotationMatch():
            inner = _json(node.where)
            layer: dict[str, JsonValue] = {} if node.layer is LayerChoice.TRUTH else {"layer": node.layer.value}
            return {node.quantifier.value: {**inner, **layer}}
        case FindingMatch():
            return {"evaluation": {"id": node.source, **_json(node.where)}}
        case SelectionMatch(is_random=None):
            return {"selection": {"id": node.source}}
        case SelectionMatch():
            return {"selection": {"id": node.source, "is_random": node.is_random}}
        case NearMatch():
            space: dict[str, JsonValue] = {} if node.space is None else {"space": node.space}
            limit: dict[str, JsonValue] = {} if node.limit == DEFAULT_NEAR else {"limit": node.limit}
            return {"near": {node.kind.value: node.value, **space, **limit}}
        case MapMatch(ring=()):
            return {"map": {"id": node.map_id}}
        case MapMatch():
            return {"map": {"id": node.map_id, "ring": [list(corner) for corner in node.ring]}}
        case Compare():
            value: JsonValue = (
                [_plain(one) for one in node.value] if isinstance(node.value, tuple) else _plain(node.value)
            )
            return {_name(node.field): {node.op.value: value}}


def _plain(value: Scalar) -> JsonValue:
    return value.isoformat() if isinstance(value, datetime) else value


def _name(field: Field) -> str:
    return join_path((field.name, *field.path))


def format_text(query: Query) -> str:
    """Write the text form; parsing it gives an equal query, but for the page size.

    Raises:
        QueryError: The text form cannot say this: an or over different fields, all, or a not inside a match.
    """
    parts = query.where.parts if isinstance(query.where, And) else (query.where,)
    words = [_text(part) for part in parts]
    for key in query.sort:
        words.append("sort:" + _quote(("-" if key.is_descending else "") + _name(key.field)))
    if query.snapshot is not None:
        words.append("snapshot:" + _quote(query.snapshot))
    return " ".join(words)


def _unsayable(what: str) -> QueryError:
    return QueryError(f"the text form cannot say {what}", hint="Use the JSON form.")


def _text(node: Condition) -> str:
    match node:
        case Compare() | Or():
            return _term(node)
        case And(parts=parts):
            return f"({' '.join(_text(part) for part in parts)})"
        case Not(part=Not()):
            raise _unsayable("not not")
        case Not(part=part):
            inner = _text(part)
            return f"-{inner}"
        case AnnotationMatch(quantifier=Quantifier.ALL):
            raise _unsayable("all")
        case AnnotationMatch(quantifier=Quantifier.NONE):
            return f"-({_text(negate(node))})"
        case AnnotationMatch():
            return _match(node)
        case FindingMatch():
            return _finding(node)
        case SelectionMatch():
            return _selection(node)
        case NearMatch():
            return _near(node)
        case MapMatch():
            return f"map:{_quote(write_ring(node.map_id, node.ring))}"


def _finding(node: FindingMatch) -> str:
    parts = node.where.parts if isinstance(node.where, And) else (node.where,)
    words = [f"eval:{_quote(node.source)}", *(_term(part) for part in parts)]
    return f"({' '.join(words)})" if parts else words[0]


def _selection(node: SelectionMatch) -> str:
    word = f"selection:{_quote(node.source)}"
    return word if node.is_random is None else f"({word} is_random:{str(node.is_random).lower()})"


def _near(node: NearMatch) -> str:
    words = [f"near:{_quote(node.value)}"]
    if (node.kind is not NearKind.TEXT) != node.value.startswith(NEAR_IDS):
        raise _unsayable(f"near {node.kind.value} {node.value[:20]}")
    words += [] if node.space is None else [f"space:{_quote(node.space)}"]
    words += [] if node.limit == DEFAULT_NEAR else [f"limit:{node.limit}"]
    return words[0] if len(words) == 1 else f"({' '.join(words)})"


def _match(node: AnnotationMatch) -> str:
    parts = node.where.parts if isinstance(node.where, And) else (node.where,)
    names = [_single_field(part).name for part in parts]
    for name in ("label", "model_id"):
        if names.count(name) > 1:
            raise _unsayable(f"two conditions on the {name} of one annotation")
    implied = LayerChoice.PREDICTION if "model_id" in names else LayerChoice.TRUTH
    words = [_term(part) for part in parts]
    if node.layer is not implied or not words:
        words.append(f"layer:{node.layer.value}")
    return f"({' '.join(words)})" if words != [words[0]] or names != ["label"] else words[0]


def _single_field(node: Condition) -> Field:
    if isinstance(node, Compare):
        return node.field
    if isinstance(node, Or) and node.parts:
        fields = {_single_field(part) for part in node.parts}
        if len(fields) == 1:
            return fields.pop()
    raise _unsayable("an or over different fields, or a not inside a match")


def _term(node: Condition) -> str:
    field = _single_field(node)
    if isinstance(node, Compare):
        return _compare(node, field)
    assert isinstance(node, Or)
    first, *others = node.parts
    if not isinstance(first, Compare) or any(not isinstance(p, Compare) or p.op is not Op.GLOB for p in others):
        raise _unsayable("this or")
    if first.op not in (Op.GLOB, Op.EQ, Op.IN):
        raise _unsayable("this or")
    globs = [str(part.value) for part in node.parts if isinstance(part, Compare) and part.op is Op.GLOB]
    if first.op is Op.GLOB:
        return f"{_written(field)}~{'|'.join(_quote(one, always=True) for one in globs)}"
    if any(not _BARE.fullmatch(one.replace("*", "a")) or "*" not in one for one in globs):
        raise _unsayable("this pattern beside a value")
    return "|".join([_compare(first, field), *globs])


def _compare(node: Compare, field: Field) -> str:
    name = _written(field)
    if node.op is Op.EXISTS:
        return f"has:{_quote(_name(field))}"
    if node.op is Op.GLOB:
        return f"{name}~{_quote(str(node.value), always=True)}"
    if isinstance(node.value, tuple):
        if not node.value:
            raise _unsayable("an empty list")
        return f"{name}:{'|'.join(_scalar(one, field) for one in node.value)}"
    return f"{name}{_ORDER.get(node.op, ':')}{_scalar(node.value, field)}"


def _written(field: Field) -> str:
    return _name(field)


def _scalar(value: Scalar, field: Field) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime):
        return value.isoformat()
    spec = ITEMS.fields.get(field.name) or ANNOTATIONS.fields.get(field.name) or FINDINGS.fields[field.name]
    return _quote(value) if spec.type is not FieldType.CHOICE else value


def _quote(text: str, *, always: bool = False) -> str:
    if not always and _BARE.fullmatch(text) and text not in {"true", "false", "null", "none"}:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
