"""set_metadata: writes facts on the item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic.types import JsonValue as ParamValue
from pydantic_core import PydanticCustomError
from sqlalchemy import Connection

from whorl.base.errors import InvalidInput, JsonValue
from whorl.datasets import actions as dataset_actions
from whorl.datasets.rules import check_json
from whorl.pipelines.graph import NodeType
from whorl.pipelines.items import find_items
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode, pass_on
from whorl.pipelines.nodes.filter import ended_as_deleted
from whorl.pipelines.places import read_run_ids
from whorl.pipelines.tokens import Result, Token
from whorl.schemas.datasets import ItemPatch
from whorl.schemas.pipelines import NodeFamily, PortType

_PLACEHOLDERS = ("$now", "$run", "$pipeline", "$version", "$node")
_OF_TOKEN = "$values."
Key = Annotated[str, Field(pattern=r"^[^.\x00-\x1f]+(\.[^.\x00-\x1f]+)*$", max_length=200)]


class SetMetadataParams(Params):
    """What is written."""

    set: dict[Key, ParamValue] = Field(
        default_factory=dict,
        max_length=50,
        description="Value by key; a dotted key such as `camera.site` writes inside an object. `$now`, `$run`, "
        "`$pipeline`, `$version`, `$node` and `$values.NAME` (what an earlier node said) stand for what they name; "
        "write `$$` for a plain dollar at the beginning.",
    )
    remove: tuple[Key, ...] = Field(default=(), max_length=50, description="Keys that are taken away.")

    @model_validator(mode="after")
    def _is_clear(self) -> Self:
        keys = [*self.set, *self.remove]
        for key in keys:
            other = next((one for one in keys if one.startswith(f"{key}.")), None)
            if other is not None or keys.count(key) > 1:
                raise PydanticCustomError("overlap", "{key} is written twice", {"key": repr(other or key)})
        for key, value in self.set.items():
            if value is None:
                raise PydanticCustomError("no_value", "{key} has no value: list it in remove", {"key": repr(key)})
            _check_value(key, value)
        if not keys:
            raise PydanticCustomError("nothing", "nothing to write: give set or remove")
        return self


class SetMetadataNode(PlainNode):
    """Writes a new state of each item in the transaction that takes its token; nothing when it says so already."""

    type = NodeType(
        name="set_metadata",
        family=NodeFamily.DATA,
        summary="Writes or removes metadata of the item.",
        inputs={"item": PortType.ITEM},
        outputs={"item": PortType.ITEM},
        params=SetMetadataParams,
        description="Writes the given values into the item's metadata, as its dataset's next revision, and sends the "
        "item on by `item`. Other keys stay as they are; an item that says all of it already is not changed. The "
        "change starts no run of this same pipeline unless a trigger asks for its own events.",
    )

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Write the patches, one revision for each dataset; items deleted meanwhile end here."""
        params = context.params
        assert isinstance(params, SetMetadataParams)
        items = find_items(conn, list(dict.fromkeys(token.ref for token in tokens)))
        uses_run = any(value == "$run" for value in params.set.values())
        runs = read_run_ids(conn, {token.run_key for token in tokens}) if uses_run else {}
        patches: dict[str, dict[str, ItemPatch]] = {}
        for token in tokens:
            if token.ref in items:
                patch = make_patch(params.set, params.remove, _facts(token, context, runs))
                patches.setdefault(items[token.ref].dataset_id, {})[token.ref] = ItemPatch(metadata=patch)
        for dataset_id, some in sorted(patches.items()):
            dataset_actions.update_items(
                conn, dataset_id, some, actor_id=context.actor_id, now=context.now(), cause=context.cause
            )
        del results
        return Committed([pass_on(token) if token.ref in items else ended_as_deleted() for token in tokens])


def make_patch(
    values: Mapping[str, JsonValue], removed: Sequence[str], facts: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """The merge patch that writes values under dotted keys and removes others.

    Args:
        facts: What placeholders stand for; one without a fact (an earlier node did not say it) writes nothing.

    >>> make_patch({"a.b": "$now", "c": "$$5"}, ["d"], {"$now": "noon"})
    {'a': {'b': 'noon'}, 'c': '$5', 'd': None}
    """
    patch: dict[str, JsonValue] = {}
    for key, value in values.items():
        if isinstance(value, str) and value.startswith("$$"):
            _put(patch, key, value[1:])
        elif not isinstance(value, str) or not value.startswith("$"):
            _put(patch, key, value)
        elif facts.get(value) is not None:
            _put(patch, key, facts[value])
    for key in removed:
        _put(patch, key, None)
    return patch


def _put(patch: dict[str, JsonValue], key: str, value: JsonValue) -> None:
    first, _, rest = key.partition(".")
    if not rest:
        patch[first] = value
        return
    inner = patch.setdefault(first, {})
    # Checked with the parameters: no key is written as a value and as an object.
    assert isinstance(inner, dict)
    _put(inner, rest, value)


def _facts(token: Token, context: NodeContext, runs: Mapping[int, str]) -> dict[str, JsonValue]:
    return {
        "$now": context.now().isoformat(),
        "$run": runs.get(token.run_key),
        "$pipeline": context.pipeline_name,
        "$version": context.version,
        "$node": context.node,
        **{f"{_OF_TOKEN}{name}": value for name, value in token.values.items()},
    }


def _check_value(key: str, value: ParamValue) -> None:
    try:
        check_json(value, where=key)
    except InvalidInput as error:
        raise PydanticCustomError("bad_value", "{reason}", {"reason": error.message}) from error
    is_placeholder = isinstance(value, str) and value.startswith("$") and not value.startswith(("$$", _OF_TOKEN))
    if is_placeholder and value not in _PLACEHOLDERS:
        known = ", ".join([*_PLACEHOLDERS, f"{_OF_TOKEN}NAME"])
        told = {"key": repr(key), "value": repr(value), "known": known}
        raise PydanticCustomError("unknown_placeholder", "{key}: {value} stands for nothing; known: {known}", told)
