"""Saved views over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.conftest import Api


def _call(api: Api, method: str, path: str, body: Any = None, who: str = "reviewer") -> Any:
    return api.client.request(method, f"/api/v1{path}", json=body, headers=api.headers(who))


def test_views__are_kept_changed_and_forgotten(api: Api) -> None:
    home = f"/projects/{api.ids['project_id']}/views"
    draft = {"name": "doubts", "query_text": "confidence<0.5", "lens": {"size": 160, "layers": ["truth"]}}
    made = _call(api, "POST", home, draft | {"dataset_id": api.ids["dataset_id"]})
    view = made.json()
    assert (made.status_code, {name: view[name] for name in draft}) == (201, draft)
    patched = _call(api, "PATCH", f"/views/{view['id']}", {"name": "a second look"}).json()
    assert patched == view | {"name": "a second look"}
    assert [one["name"] for one in _call(api, "GET", home, who="viewer").json()] == ["a second look", "cats"]
    assert [one["name"] for one in _call(api, "GET", f"{home}?dataset_id=dst_none").json()] == ["cats"]
    assert _call(api, "DELETE", f"/views/{view['id']}").status_code == 204
    assert _call(api, "DELETE", f"/views/{view['id']}").status_code == 404
    assert [one["name"] for one in _call(api, "GET", home).json()] == ["cats"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"query_text": "label:"}, "query_error"),
        ({"lens": {"x": "y" * 20_001}}, "invalid_input"),
        ({"lens": {"x": "\0"}}, "invalid_input"),
        ({"name": ""}, "invalid_input"),
    ],
)
def test_views__what_cannot_be_kept(api: Api, change: dict[str, Any], code: str) -> None:
    made = _call(api, "POST", f"/projects/{api.ids['project_id']}/views", {"name": "x"} | change)
    patched = _call(api, "PATCH", f"/views/{api.ids['view_id']}", change)
    assert [(one.status_code, one.json()["code"]) for one in (made, patched)] == [(422, code)] * 2


def test_views__of_a_foreign_dataset_or_project_do_not_exist(api: Api) -> None:
    body = {"name": "x", "dataset_id": api.ids["dataset_id"]}
    made = _call(api, "POST", f"/projects/{api.ids['other_project_id']}/views", body, "foreign")
    assert (made.status_code, made.json()["code"]) == (404, "not_found")
    assert _call(api, "PATCH", f"/views/{api.ids['view_id']}", {"name": "mine"}, "foreign").status_code == 404
    assert _call(api, "GET", f"/projects/{api.ids['other_project_id']}/views", who="foreign").json() == []
