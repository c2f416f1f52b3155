"""Kinds of parameters that several nodes share: checked when a definition is checked, and drawn alike in every form."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic.types import JsonValue as SchemaValue
from pydantic_core import PydanticCustomError

from whorl.base.errors import QueryError
from whorl.datasets.dql import parse_text

_MAX_QUERY = 4000
_MAX_LABEL = 200


def as_kind(kind: str) -> dict[str, SchemaValue]:
    """What a parameter's JSON schema says so that the form offers a picker: dataset, model, query, labels, ..."""
    return {"x-whorl": kind}


def _check_query(text: str) -> str:
    try:
        parse_text(text)
    except QueryError as error:
        raise PydanticCustomError("bad_query", "{reason}", {"reason": f"{text[:80]!r}: {error.message}"}) from error
    return text


QueryText = Annotated[
    str, Field(min_length=1, max_length=_MAX_QUERY, json_schema_extra=as_kind("query")), AfterValidator(_check_query)
]
"""A query in its text form; one that does not parse is a problem of the definition."""

DatasetId = Annotated[str, Field(pattern="^dst_", json_schema_extra=as_kind("dataset"))]
ModelId = Annotated[str, Field(pattern="^mdl_", json_schema_extra=as_kind("model"))]
LabelName = Annotated[str, Field(min_length=1, max_length=_MAX_LABEL)]


def _as_list(value: object) -> object:
    return () if value is None else (value,) if isinstance(value, str) else value


Labels = Annotated[tuple[LabelName, ...], Field(max_length=1000, json_schema_extra=as_kind("labels"))]

LabelsOrOne = Annotated[Labels, BeforeValidator(_as_list)]
"""Labels, or a single one, so that a variable of text can name it; nothing is none."""

Skill = Annotated[str, Field(min_length=1, max_length=80, pattern=r"\S")]
Skills = Annotated[
    tuple[Skill, ...], Field(max_length=20, json_schema_extra=as_kind("skills")), BeforeValidator(_as_list)
]
"""What people must be able to do, as the project's members have it; a single one may be given as text."""
