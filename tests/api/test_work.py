"""Work over HTTP: what only the routes decide."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.conftest import NOW, Api, png

from whorl.schemas.tasks import TaskCreate
from whorl.tasks.actions import add_task_items, create_task
from whorl.tasks.rules import TaskKind

DOG = {"label": "dog", "geometry": {"type": "class"}}
CAT = {"label": "cat", "geometry": {"type": "class"}}


def _call(api: Api, method: str, path: str, who: str = "annotator", **body: Any) -> Any:
    return api.client.request(method, f"/api/v1{path}", json=body or None, headers=api.headers(who))


@pytest.fixture
def task_id(api: Api) -> str:
    """A task over three fresh items."""
    ids = [
        api.client.post(
            f"/api/v1/datasets/{api.ids['dataset_id']}/items",
            files={"file": (f"{n}.png", png(colour=n))},
            headers=api.headers("owner"),
        ).json()["id"]
        for n in (11, 12, 13)
    ]
    wanted = TaskCreate(dataset_id=api.ids["dataset_id"], name="grid")

    def make(conn: Any) -> str:
        made = create_task(conn, wanted.dataset_id, name=wanted.name, kind=TaskKind.LABEL, actor_id="per_x", now=NOW)
        add_task_items(conn, made.id, ids, actor_id="per_x", now=NOW)
        return made.id

    return api.services.db.write(make)


def _lease(api: Api, task_id: str, n: int = 1) -> list[dict[str, Any]]:
    return list(_call(api, "POST", f"/tasks/{task_id}/leases", n=n).json())


def _revision(api: Api) -> int:
    return int(_call(api, "GET", f"/datasets/{api.ids['dataset_id']}").json()["revision"])


def _work(lease: dict[str, Any], base: int, *annotations: dict[str, Any]) -> dict[str, Any]:
    return {"lease_token": lease["lease_token"], "annotations": list(annotations), "base_revision": base}


def test_lease__the_items_named_and_own_submitted_work_again(api: Api, task_id: str) -> None:
    items = _call(api, "GET", f"/tasks/{task_id}/items").json()["items"]
    wanted = items[2]["item_id"]
    (lease,) = _call(api, "POST", f"/tasks/{task_id}/leases", item_ids=[wanted]).json()
    assert lease["item_id"] == wanted
    path = f"/tasks/{task_id}/items/{wanted}"
    assert _call(api, "POST", f"{path}/submit", **_work(lease, _revision(api), CAT)).status_code == 200
    assert _call(api, "POST", f"/tasks/{task_id}/leases", "manager", item_ids=[wanted]).json() == []
    (again,) = _call(api, "POST", f"/tasks/{task_id}/leases", item_ids=[wanted]).json()
    assert (again["item_id"], again["status_before"]) == (wanted, "rework")


def test_submit__a_label_deleted_meanwhile_keeps_the_work_as_draft(api: Api, task_id: str) -> None:
    (lease,) = _lease(api, task_id)
    base = _revision(api)
    ontology = f"/projects/{api.ids['project_id']}/ontology"
    assert _call(api, "PUT", ontology, "manager", labels=[{"name": "cat"}]).status_code == 200
    path = f"/tasks/{task_id}/items/{lease['item_id']}"
    refused = _call(api, "POST", f"{path}/submit", **_work(lease, base, CAT, DOG))
    assert (refused.status_code, refused.json()["code"]) == (409, "label_gone")
    assert refused.json()["details"] == {"labels": ["dog"], "known": ["cat"], "draft_version": 1}
    (held,) = _call(api, "GET", f"/tasks/{task_id}/leases").json()
    assert [one["label"] for one in held["draft"]["annotations"]] == ["cat", "dog"]
    again = _call(api, "POST", f"{path}/submit", draft_version=1, **_work(lease, base, CAT, CAT))
    assert (again.status_code, again.json()["status"]) == (200, "submitted")


def test_bulk__each_item_by_itself(api: Api, task_id: str) -> None:
    one, two, three = _lease(api, task_id, n=3)
    base = _revision(api)
    items = [
        {"item_id": one["item_id"], **_work(one, base, CAT)},
        {"item_id": two["item_id"], **_work(two, base, CAT), "lease_token": "stolen"},
        {"item_id": three["item_id"], **_work(three, base, DOG)},
    ]
    results = _call(api, "POST", f"/tasks/{task_id}/bulk", items=items).json()
    assert [result["item_id"] for result in results] == [one["item_id"], two["item_id"], three["item_id"]]
    assert [result["item"] and result["item"]["status"] for result in results] == ["submitted", None, "submitted"]
    assert [result["problem"] and result["problem"]["code"] for result in results] == [None, "lease_lost", None]
    labels = [
        [truth["label"] for truth in _call(api, "GET", f"/items/{lease['item_id']}/annotations").json()["annotations"]]
        for lease in (one, two, three)
    ]
    assert labels == [["cat"], [], ["dog"]]


def test_bulk__repeated_changes_nothing(api: Api, task_id: str) -> None:
    (lease,) = _lease(api, task_id)
    items = [{"item_id": lease["item_id"], **_work(lease, _revision(api), CAT)}]
    first = _call(api, "POST", f"/tasks/{task_id}/bulk", items=items).json()
    before = _revision(api)
    assert _call(api, "POST", f"/tasks/{task_id}/bulk", items=items).json() == first
    assert _revision(api) == before


def test_assignees__only_they_may_lease_until_everyone_may(api: Api, task_id: str) -> None:
    me = _call(api, "GET", "/me").json()["id"]
    other = _call(api, "GET", "/me", "reviewer").json()["id"]
    made = _call(api, "PATCH", f"/tasks/{task_id}", "manager", assignee_ids=[other])
    assert (made.status_code, made.json()["assignee_ids"]) == (200, [other])
    refused = _call(api, "POST", f"/tasks/{task_id}/leases", n=1)
    assert (refused.status_code, refused.json()["detail"]) == (403, "this task is for other people")
    # Another change leaves the choice alone.
    assert _call(api, "PATCH", f"/tasks/{task_id}", "manager", name="new").json()["assignee_ids"] == [other]
    assert _call(api, "PATCH", f"/tasks/{task_id}", "manager", assignee_ids=[me, other]).status_code == 200
    assert len(_lease(api, task_id)) == 1
    assert _call(api, "PATCH", f"/tasks/{task_id}", "manager", assignee_ids=None).json()["assignee_ids"] is None
    assert _call(api, "POST", f"/tasks/{task_id}/leases", "owner", n=1).status_code == 200


def test_assignees__somebody_from_elsewhere(api: Api, task_id: str) -> None:
    refused = _call(api, "PATCH", f"/tasks/{task_id}", "manager", assignee_ids=[api.ids["person_id"]])
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")


def test_comments__on_the_item_and_under_an_issue(api: Api) -> None:
    item, issue = api.ids["item_id"], api.ids["issue_id"]
    said = _call(api, "POST", f"/items/{item}/comments", body="<b>odd</b> light here", x=3.5, y=4)
    assert said.status_code == 201
    replied = _call(api, "POST", f"/issues/{issue}/comments", "reviewer", body="the left one")
    assert replied.status_code == 201
    on_item = _call(api, "GET", f"/items/{item}/comments", "viewer").json()
    assert [(one["body"], one["x"], one["y"], one["author_name"]) for one in on_item] == [
        ("<b>odd</b> light here", 3.5, 4.0, "annotator")
    ]
    (found,) = _call(api, "GET", f"/tasks/{api.ids['task_id']}/issues").json()
    assert [(one["body"], one["author_name"], one["issue_id"]) for one in found["comments"]] == [
        ("the left one", "reviewer", issue)
    ]
    assert found["state"] == "open"
    assert _call(api, "POST", f"/items/{item}/comments", "viewer", body="me too").status_code == 403


def test_outcomes__over_http(api: Api) -> None:
    answer = _call(api, "GET", f"/models/{api.ids['model_id']}/outcomes", "viewer").json()
    assert answer == {"accepted": 0, "edited": 0, "rejected": 0, "mean_edit_iou": None, "by_label": []}


def test_work__is_asked_for_and_told_over_http(api: Api) -> None:
    work = {"mode": "find_missed", "skills": ["cars"]}
    path = f"/projects/{api.ids['project_id']}/tasks"
    made = _call(api, "POST", path, who="owner", dataset_id=api.ids["dataset_id"], name="narrow", work=work)
    assert made.status_code == 201, made.text
    task_path = f"/tasks/{made.json()['id']}"
    told = _call(api, "GET", task_path).json()
    assert (told["work"]["mode"], told["may_take"], told["missing_skills"]) == ("find_missed", False, ["cars"])
    assert _call(api, "POST", f"{task_path}/leases", n=1).json()["details"] == {"missing_skills": ["cars"]}
    members = f"/projects/{api.ids['project_id']}/members"
    (me,) = (one for one in _call(api, "GET", members, who="owner").json() if one["role"] == "annotator")
    given = _call(api, "PUT", members, who="owner", person=me["person_id"], role="annotator", skills=["cars"])
    assert given.json()["skills"] == ["cars"]
    (mine,) = (one for one in _call(api, "GET", path).json()["items"] if one["name"] == "narrow")
    assert (mine["may_take"], mine["missing_skills"]) == (True, [])
    changed = _call(api, "PATCH", task_path, who="owner", work={"labels": []})
    assert changed.json()["settings"]["work"]["skills"] == []
