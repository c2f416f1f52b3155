"""Pipelines that ship with Whorl, as YAML; load one, set its variables, apply it."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

import yaml
from pydantic import ValidationError

from whorl.base.errors import GraphError, JsonValue, NotFound
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
    definition = parse_yaml(files(__package__).joinpath(f"{name}.yaml").read_text(encoding="utf-8"))
    unknown = set(variables) - {variable.name for variable in definition.variables}
    if unknown:
        raise NotFound(f"template {name} has no variable {sorted(unknown)[0]!r}")
    filled = [
        variable.model_copy(update={"value": variables[variable.name]}) if variable.name in variables else variable
        for variable in definition.variables
    ]
    return definition.model_copy(update={"variables": filled, "name": rename or definition.name})


def parse_yaml(text: str) -> PipelineDefinition:
    """Read a definition from YAML, of which JSON is a part.

    Raises:
        GraphError: It is not YAML, or not a pipeline; names the place.
    """
    try:
        body = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise GraphError(f"the pipeline is not YAML: {error}", hint="Check the indentation near that line.") from error
    if not isinstance(body, Mapping):
        raise GraphError("the pipeline is not a mapping with nodes and edges", hint="Start from a template.")
    try:
        return PipelineDefinition.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise GraphError(
            f"the pipeline is not well formed at {place}: {first['msg']} ({len(error.errors())} problems in all)",
            hint="See docs/reference/pipelines.md for the form.",
        ) from error


def dump_yaml(definition: PipelineDefinition) -> str:
    """Write a definition as YAML that ``parse_yaml`` reads back to an equal one."""
    return str(yaml.safe_dump(definition.model_dump(mode="json"), sort_keys=False, allow_unicode=True))
