"""Nonsense to every route is answered with a problem, never with a failure of the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.api.conftest import Api

from whorl.server.app import openapi_document

DOCUMENT = openapi_document()
# A stream of events never ends; a client that waits for it would not either.
OPERATIONS = [
    (method, path)
    for path, operations in DOCUMENT["paths"].items()
    for method in operations
    if "events/stream" not in path
]
NUL = "a\u0000b"
TEXTS = ["", "x", NUL, "\ud800", "9" * 400, "-1", "1e400", "nan", "' OR 1=1 --", "../../etc/passwd", "{", "é" * 3000]
VALUES: list[Any] = [None, True, -1, 0, 2**70, 1.5, float("nan"), float("inf"), *TEXTS, [], [None], {}, {"a": [[[]]]}]


def tag_of(method: str, path: str) -> str:
    return str(DOCUMENT["paths"][path][method]["tags"][0])


def resolve(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def example(schema: dict[str, Any], depth: int = 0) -> Any:
    """Something that the schema allows, as small as can be."""
    schema = resolve(schema)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return example(schema[key][0], depth)
    match schema.get("type"):
        case "object" if depth < 6:
            needed = schema.get("required", [])
            return {name: example(schema["properties"][name], depth + 1) for name in needed}
        case "array":
            if "prefixItems" in schema:
                return [example(one, depth + 1) for one in schema["prefixItems"]]
            return [example(schema["items"], depth + 1)] if schema.get("minItems") else []
        case "integer" | "number":
            return schema.get("minimum", 1)
        case "boolean":
            return True
        case "string":
            return "x" * max(1, schema.get("minLength", 1))
    return {}


def bodies(schema: dict[str, Any]) -> Iterator[Any]:
    """The body with each field in turn replaced by each kind of nonsense, and nonsense as a whole."""
    yield from VALUES
    good = example(schema)
    if isinstance(good, dict):
        for name in {**resolve(schema).get("properties", {}), "unknown_field": {}}:
            for value in VALUES:
                yield {**good, name: value}


def query_strings(operation: dict[str, Any]) -> Iterator[dict[str, str]]:
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "query":
            for text in TEXTS:
                yield {parameter["name"]: text.encode("utf-8", "replace").decode()}


def requests(method: str, path: str) -> Iterator[dict[str, Any]]:
    operation = DOCUMENT["paths"][path][method]
    for params in query_strings(operation):
        yield {"params": params}
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        headers = {"content-type": "application/json"}
        for body in bodies(content["application/json"]["schema"]):
            yield {"content": json.dumps(body).encode("utf-8", "replace"), "headers": headers}
    elif "multipart/form-data" in content:
        for text in TEXTS:
            form = {"name": text, "metadata": text, "subset": text, "group_key": text}
            shown = {key: value.encode("utf-8", "replace").decode() for key, value in form.items()}
            yield {"data": shown, "files": {"file": ("a.png", b"junk")}}


@pytest.mark.slow
@pytest.mark.parametrize("noun", sorted({tag_of(method, path) for method, path in OPERATIONS}))
def test_junk(api: Api, noun: str) -> None:
    failures = []
    # What signs people out or removes things comes last.
    mine = sorted(
        (one for one in OPERATIONS if tag_of(*one) == noun), key=lambda one: (one[0] == "delete", "password" in one[1])
    )
    for method, path in mine:
        address = path
        for name, value in api.ids.items():
            address = address.replace(f"{{{name}}}", value)
        for request in requests(method, path):
            headers = {**api.headers("admin"), **request.pop("headers", {})}
            response = api.client.request(method, address, headers=headers, **request)
            is_problem = response.headers.get("content-type") == "application/problem+json"
            if response.status_code >= 500 or (response.status_code >= 400 and not is_problem):
                failures.append((response.status_code, method, path, str(request)[:200], response.text[:200]))
    assert failures == []
