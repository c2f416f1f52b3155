"""Pipelines that ship with Whorl, as YAML; load one, set its variables, apply it."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from whorl.base.errors import JsonValue, NotFound
from whorl.pipelines.forms import parse_yaml
from whorl.schemas.pipelines import PipelineDefinition


def list_templates() -> list[str]:
    """The names of all templates."""
    return sorted(one.name.removesuffix(".yaml") for one in files(__package__).iterdir() if one.name.endswith(".yaml"))


def load_template(name: str, *, rename: str | None = None, **variables: JsonValue) -> PipelineDefinition:
    """A template's definition, with first values for some of its variables.

    Args:
        rename: Name of the pipeline to be; the template's own when left out.

    Raises:
        NotFound: There is no such template, or it has no such variable.
    """
    if name not in list_templates():
        raise NotFound(f"no such template: {name}", hint=f"There are: {', '.join(list_templates())}.")
    definition = _read(name)
    unknown = set(variables) - {variable.name for variable in definition.variables}
    if unknown:
        raise NotFound(f"template {name} has no variable {sorted(unknown)[0]!r}")
    filled = [
        variable.model_copy(update={"value": variables[variable.name]}) if variable.name in variables else variable
        for variable in definition.variables
    ]
    return definition.model_copy(update={"variables": filled, "name": rename or definition.name})


@lru_cache
def _read(name: str) -> PipelineDefinition:
    return parse_yaml(files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8"))
