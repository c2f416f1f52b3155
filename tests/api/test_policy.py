"""Every route for every actor, expected from the policy table."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi import APIRouter
from tests.api.conftest import Api

from whorl.access.rules import ENDPOINT_TOKEN_ACTIONS, INSTANCE_ACTIONS, POLICY, Action, Role
from whorl.server.app import declared_actions
from whorl.server.routes import all_routers


def _routes() -> list[tuple[str, str, Action]]:
    actions = declared_actions(all_routers())
    return sorted((method, path, Action(action)) for (method, path), action in actions.items())


ROUTES = _routes()
ACTORS = ["anonymous", *Role, "admin", "service", "foreign", "foreign_service", "endpoint"]


def _expected(action: Action, who: str, path: str) -> int | None:
    """The status of a refusal, or None when the policy lets them in."""
    if action is Action.PUBLIC:
        return None
    if who == "anonymous":
        return 401
    if who == "endpoint":
        is_its_own = "{endpoint" in path
        if is_its_own and action in ENDPOINT_TOKEN_ACTIONS:
            return None
        return 403 if is_its_own or action in INSTANCE_ACTIONS else 404
    if action is Action.SELF or who == "admin":
        return None
    if action in {Action.PEOPLE_MANAGE, Action.METRICS_READ}:
        return 403
    if action is Action.PROJECT_CREATE:
        return None if who in {"owner", "manager", "foreign"} else 403
    if who in {"foreign", "foreign_service"}:
        return 404
    role = Role.ANNOTATOR if who == "service" else Role(who)
    return None if action in POLICY[role] else 403


def _request(api: Api, method: str, path: str, who: str) -> Any:
    names = re.findall(r"{(\w+)}", path)
    missing = [name for name in names if name not in api.ids]
    if missing:
        pytest.skip(f"no such thing in the fixture: {missing}")
    address = path.replace("{path:path}", "").format(**{name: api.ids[name] for name in names})
    body = None if method in {"GET", "DELETE"} else {}
    return api.client.request(method, address, json=body, headers=api.headers(who))


@pytest.mark.parametrize(("method", "path", "action"), ROUTES, ids=[f"{method} {path}" for method, path, _ in ROUTES])
def test_route__lets_in_whom_the_policy_names(api: Api, method: str, path: str, action: Action) -> None:
    # An event stream ends at once when the server stops.
    api.services.stopping.set()
    # Those who are refused go first: the others may change what they would be refused.
    for who in sorted(ACTORS, key=lambda who: _expected(action, who, path) is None):
        expected = _expected(action, who, path)
        response = _request(api, method, path, who)
        assert response.status_code < 500, (who, response.text)
        if expected is not None:
            assert response.status_code == expected, (who, response.text)
            assert response.headers["content-type"] == "application/problem+json"
        elif path not in {"/{path:path}", "/api/v1/login"}:
            assert response.status_code not in {401, 403} or _refuses_services(path, who), (who, response.text)


def _refuses_services(path: str, who: str) -> bool:
    return "service" in who and path.endswith(("/tokens", "/tokens/{token_id}", "/me/password"))


def test_routes__cover_every_action() -> None:
    assert set(Action) - {action for _, _, action in ROUTES} == set()


def test_declared_actions__a_route_without_one_does_not_start() -> None:
    router = APIRouter()

    @router.get("/open")
    def open_door() -> None: ...

    with pytest.raises(TypeError, match="route /open declares 0 actions; it needs exactly one"):
        declared_actions([router])


def test_routes__write_nothing_on_get() -> None:
    writes = {action for action in Action if not action.endswith(".read")} - INSTANCE_ACTIONS
    reading = {(method, path) for method, path, action in ROUTES if method == "GET" and action in writes}
    assert reading == {
        ("GET", "/api/v1/projects/{project_id}/tokens"),
        ("GET", "/api/v1/tasks/{task_id}/leases"),
    }


def test_body__an_id_of_a_foreign_project_is_not_found(api: Api) -> None:
    response = api.client.post(
        f"/api/v1/projects/{api.ids['other_project_id']}/tasks",
        json={"name": "theft", "dataset_id": api.ids["dataset_id"]},
        headers=api.headers("foreign"),
    )
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_path__ids_of_two_projects_are_not_found(api: Api) -> None:
    api.services.project_by_id["itm_foreign"] = api.ids["other_project_id"]
    response = api.client.get(f"/api/v1/tasks/{api.ids['task_id']}/items/itm_foreign", headers=api.headers("owner"))
    assert response.status_code == 404


def test_import__only_the_machines_own_user_and_admins_may_name_a_folder(api: Api) -> None:
    path = f"/api/v1/datasets/{api.ids['dataset_id']}/imports"
    refused = api.client.post(path, json={"path": "/etc"}, headers=api.headers("owner"))
    allowed = api.client.post(path, json={"path": "/nowhere"}, headers=api.headers("admin"))
    relative = api.client.post(path, json={"path": "etc"}, headers=api.headers("admin"))
    assert (refused.status_code, allowed.status_code, relative.status_code) == (403, 202, 422)


def test_personal_token__named_like_a_launch_is_not_local(api: Api) -> None:
    made = api.client.post("/api/v1/tokens", json={"name": "launch:here"}, headers=api.headers("manager")).json()
    response = api.client.post(
        f"/api/v1/datasets/{api.ids['dataset_id']}/imports",
        json={"path": "/etc"},
        headers={"Authorization": f"Bearer {made['secret']}"},
    )
    assert response.status_code == 403
