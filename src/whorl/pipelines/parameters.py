"""Parameters that name variables. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from whorl.base.errors import GraphError, JsonValue


def referenced_variable(value: JsonValue) -> str | None:
    """The variable that a parameter's value names, or None when it is a plain value."""
    if isinstance(value, dict) and set(value) == {"$var"} and isinstance(value["$var"], str):
        return value["$var"]
    return None


def resolve_params(params: Mapping[str, JsonValue], variables: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Put the present values of variables in place of references to them.

    Raises:
        GraphError: A variable is missing.
    """
    resolved: dict[str, JsonValue] = {}
    for key, value in params.items():
        name = referenced_variable(value)
        if name is None:
            resolved[key] = value
        elif name in variables:
            resolved[key] = variables[name]
        else:
            raise GraphError(
                f"parameter {key!r} names a variable that does not exist: {name!r}",
                hint=f"Known variables: {', '.join(sorted(variables)) or 'none'}.",
            )
    return resolved
