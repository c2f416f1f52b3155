"""Definitions as text: read from YAML or JSON, and written so that people like to read them.

Both ways are exact: what is written reads back as an equal definition, to the type of every number.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from enum import StrEnum
from pathlib import PurePath
from typing import NoReturn

import yaml
from pydantic import ValidationError

from whorl.base.errors import GraphError, JsonValue
from whorl.pipelines import yaml_form
from whorl.pipelines.python_form import dump_python
from whorl.schemas.pipelines import GraphProblem, PipelineDefinition

_SHOWN = 300
_PLACE = "See docs/reference/pipelines.md for the form."


class Form(StrEnum):
    """How a definition is written down."""

    YAML = "yaml"
    JSON = "json"
    PYTHON = "python"


_SUFFIXES = {".yaml": Form.YAML, ".yml": Form.YAML, ".json": Form.JSON, ".py": Form.PYTHON}


def form_of(path: PurePath) -> Form:
    """The form that a file's name tells; YAML when it tells none."""
    return _SUFFIXES.get(path.suffix.lower(), Form.YAML)


def load_document(text: str, form: Form = Form.YAML) -> JsonValue:
    """Read plain values from YAML, of which JSON is a part, or from JSON.

    Raises:
        GraphError: It is not in that form, names a key twice, or holds what JSON cannot: not-a-number, other keys than
            text, aliases, half characters.
    """
    try:
        document: JsonValue = _load_json(text) if form is Form.JSON else yaml_form.read(text)
        # Half a surrogate pair can be escaped in both, but neither stored nor sent.
        json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, TypeError, yaml.YAMLError) as error:
        place = " ".join(str(error).split())
        raise GraphError(
            f"the pipeline is not {form.value.upper()}: {place[:_SHOWN]}", hint="Mend it near that place."
        ) from error
    except RecursionError as error:
        raise GraphError("the pipeline is nested too deeply", hint=_PLACE) from error
    return document


def read_definition(document: JsonValue) -> PipelineDefinition:
    """A definition from plain values.

    Raises:
        GraphError: It is no pipeline; names the first place, and lists up to a hundred in ``details["problems"]``.
    """
    if not isinstance(document, Mapping):
        raise GraphError("the pipeline is not a mapping with nodes and edges", hint="Start from a template.")
    try:
        return PipelineDefinition.model_validate(document)
    except ValidationError as error:
        problems = malformed(error)
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise GraphError(
            f"the pipeline is not well formed at {problems[0].message}{more}",
            hint=_PLACE,
            details={"problems": [problem.model_dump(mode="json") for problem in problems]},
        ) from error


def malformed(error: ValidationError) -> list[GraphProblem]:
    """What is wrong with the form, each with its place; a hundred at most."""
    found = [(".".join(str(part) for part in one["loc"]) or "the document", one["msg"]) for one in error.errors()[:100]]
    return [GraphProblem(code="malformed", message=f"{place}: {message}") for place, message in found]


def parse_yaml(text: str) -> PipelineDefinition:
    """A definition from YAML. Raises as ``load_document`` and ``read_definition``."""
    return read_definition(load_document(text, Form.YAML))


def parse_json(text: str) -> PipelineDefinition:
    """A definition from JSON. Raises as ``load_document`` and ``read_definition``."""
    return read_definition(load_document(text, Form.JSON))


def dump_yaml(definition: PipelineDefinition) -> str:
    """Write YAML that ``parse_yaml`` reads back to an equal definition: a line for each node, edge and trigger."""
    return yaml_form.write(to_document(definition))


def dump_json(definition: PipelineDefinition) -> str:
    """Write JSON that ``parse_json`` reads back to an equal definition."""
    return json.dumps(to_document(definition), ensure_ascii=False, indent=2) + "\n"


def to_document(definition: PipelineDefinition) -> dict[str, JsonValue]:
    """A definition as plain values, without what says no more than its default."""
    dumped: dict[str, JsonValue] = definition.model_dump(mode="json", exclude_defaults=True)
    triggers = [{"type": one.type} | one.model_dump(mode="json", exclude_defaults=True) for one in definition.triggers]
    if triggers:
        dumped["triggers"] = list(triggers)
    order = [key for key in PipelineDefinition.model_fields if key in dumped]
    return {"format": definition.format} | {key: dumped[key] for key in order}


def _load_json(text: str) -> JsonValue:
    loaded: JsonValue = json.loads(
        text, parse_constant=_refuse_constant, parse_float=_finite, object_pairs_hook=_unique
    )
    return loaded


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that JSON has")


def _finite(written: str) -> float:
    value = float(written)
    return value if math.isfinite(value) else _refuse_constant(written)


def _unique(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"the key {next(name for name in names if names.count(name) > 1)!r} stands there twice")
    return found


def dump(definition: PipelineDefinition, form: Form) -> str:
    """Write a definition in a form."""
    match form:
        case Form.YAML:
            return dump_yaml(definition)
        case Form.JSON:
            return dump_json(definition)
        case Form.PYTHON:
            return dump_python(definition)
