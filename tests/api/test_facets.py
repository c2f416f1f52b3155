"""Facets, fields and sources over HTTP."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Api


def _post(api: Api, body: dict[str, Any]) -> Any:
    path = f"/api/v1/datasets/{api.ids['dataset_id']}/facets"
    return api.client.post(path, json=body, headers=api.headers("viewer"))


def _get(api: Api, noun: str) -> Any:
    path = f"/api/v1/datasets/{api.ids['dataset_id']}/{noun}"
    return api.client.get(path, headers=api.headers("viewer")).json()


def test_facets__of_a_query(api: Api) -> None:
    found = _post(api, {"q": "label:cat", "fields": ["label", "width"]}).json()
    width = {"value": 20, "low": None, "high": None, "count": 1, "title": None, "chip": "width:20"}
    label = width | {"value": "cat", "chip": "label:cat"}
    assert found == {
        "revision": 2,
        "count": 1,
        "is_complete": True,
        "is_sampled": False,
        "facets": [
            {"field": "label", "title": "Label", "kind": "values", "buckets": [label], "is_sampled": False},
            {"field": "width", "title": "Width", "kind": "values", "buckets": [width], "is_sampled": False},
        ],
    }
    assert _post(api, {"q": "label:dog"}).json()["count"] == 0


def test_facets__an_unknown_field_names_the_nearest(api: Api) -> None:
    answer = _post(api, {"fields": ["labels"]})
    assert (answer.status_code, answer.json()["hint"]) == (422, "Did you mean label?")


def test_fields__labels_of_the_ontology(api: Api) -> None:
    fields = {one["name"]: one for one in _get(api, "fields")}
    assert fields["label"] == {"name": "label", "type": "text", "title": "Label", "values": ["cat", "dog"]}


def test_sources__by_author(api: Api) -> None:
    expected = {"layer": "truth", "author_kind": "person", "author_id": "per_x", "name": "per_x"}
    assert _get(api, "sources") == [expected | {"annotations": 1, "items": 1, "is_sampled": False}]
