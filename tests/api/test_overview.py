"""The overview over HTTP."""

from __future__ import annotations

from tests.api.conftest import Api


def test_overview__of_a_small_project(api: Api) -> None:
    path = f"/api/v1/projects/{api.ids['project_id']}/overview"
    found = api.client.get(path, headers=api.headers("viewer")).json()
    stages = {stage["key"]: (stage["count"], stage["done"]) for stage in found["stages"]}
    # The one item was sent back, so it waits in the labelling task.
    assert stages == {
        "items": (1, None),
        "labelling": (1, 0),
        "review": (0, 0),
        "labelled": (1, None),
        "models": (1, None),
        "champion": (0, None),
    }
    assert (found["champion"], found["label_saving"], found["label_saving_pending"]) == (None, None, False)
    assert [(one["comparison_id"], one["decision"], one["is_control"]) for one in found["rounds"]] == [
        ("cmp_one", "tie", False)
    ]
    assert [(one["who"], one["what"], one["count"]) for one in found["waiting"]] == [
        ("annotators", "items sent back in label", 1),
        ("annotators", "open issues in label", 1),
    ]
    assert [job["kind"] for job in found["jobs"]] == ["import"]


def test_overview__the_champion_and_since_when(api: Api) -> None:
    model = f"/api/v1/models/{api.ids['model_id']}/deploy"
    assert api.client.post(model, json={}, headers=api.headers("manager")).status_code == 200
    path = f"/api/v1/projects/{api.ids['project_id']}/overview"
    champion = api.client.get(path, headers=api.headers("viewer")).json()["champion"]
    assert (champion["model_id"], champion["metric_name"], champion["metric"]) == (
        api.ids["model_id"],
        "accuracy",
        1.0,
    )
