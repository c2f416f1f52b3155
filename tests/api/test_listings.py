"""Listings and batches over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.conftest import Api, png

from whorl.schemas.explorer import GridAnnotations, ListingPage


def _upload(api: Api, *names: str) -> list[str]:
    path = f"/api/v1/datasets/{api.ids['dataset_id']}/items"
    made = [
        api.client.post(path, files={"file": (name, png(colour=index))}, headers=api.headers("owner")).json()
        for index, name in enumerate(names)
    ]
    return [one["id"] for one in made]


def _post(api: Api, path: str, body: dict[str, Any], who: str = "viewer") -> Any:
    return api.client.post(f"/api/v1/datasets/{api.ids['dataset_id']}/{path}", json=body, headers=api.headers(who))


def _page(api: Api, listing_id: str, **params: Any) -> Any:
    path = f"/api/v1/datasets/{api.ids['dataset_id']}/listings/{listing_id}/items"
    return api.client.get(path, params=params, headers=api.headers("viewer"))


def test_listing__pages_hold_items_and_their_annotations(api: Api) -> None:
    ids = [api.ids["item_id"], *_upload(api, "b.png", "c.png")]
    listing = _post(api, "listings", {}).json()
    assert (listing["count"], listing["is_complete"], listing["revision"]) == (3, True, 4)
    page = ListingPage.model_validate_json(_page(api, listing["id"], with_annotations=True).content)
    assert ([one.id for one in page.items], page.count, page.is_complete) == (ids, 3, True)
    assert [(one.item_id, one.label, one.id) for one in page.annotations] == [(ids[0], "cat", api.ids["annotation_id"])]
    rest = _page(api, listing["id"], start=1, limit=1).json()
    assert ([one["id"] for one in rest["items"]], rest["annotations"], rest["start"]) == ([ids[1]], [], 1)
    assert _page(api, listing["id"], with_annotations=True, layers="prediction").json()["annotations"] == []
    one = api.client.get(
        f"/api/v1/datasets/{api.ids['dataset_id']}/listings/{listing['id']}?wait_s=1", headers=api.headers("viewer")
    )
    assert one.json() == listing


def test_listing__of_a_query_in_either_form(api: Api) -> None:
    ids = _upload(api, "b.png", "c.png")
    text = _post(api, "listings", {"q": "-label:cat sort:-name"}).json()
    asked = {"filter": {"none": {"label": "cat"}}, "sort": {"name": "descending"}}
    assert _post(api, "listings", {"dql": asked}).json() == text
    assert [one["id"] for one in _page(api, text["id"]).json()["items"]] == ids[::-1]
    both = _post(api, "listings", {"q": "label:cat", "dql": asked})
    assert (both.status_code, both.json()["code"]) == (422, "invalid_input")


def test_listing__unknown_is_gone_and_says_what_to_do(api: Api) -> None:
    answer = _page(api, "lst_none")
    assert (answer.status_code, answer.json()["code"]) == (404, "listing_gone")
    assert "Make it again" in answer.json()["hint"]


def test_listing__of_another_dataset_is_gone(api: Api) -> None:
    other = api.client.post(
        f"/api/v1/projects/{api.ids['other_project_id']}/datasets", json={"name": "x"}, headers=api.headers("foreign")
    ).json()["id"]
    path = f"/api/v1/datasets/{other}/listings/{api.ids['listing_id']}/items"
    assert api.client.get(path, headers=api.headers("foreign")).json()["code"] == "listing_gone"


@pytest.mark.parametrize("layers", ["nonsense", "truth,nonsense"])
def test_listing__an_unknown_layer(api: Api, layers: str) -> None:
    assert _page(api, api.ids["listing_id"], layers=layers).status_code == 422


def test_batch__annotations_of_the_items_of_this_dataset_only(api: Api) -> None:
    foreign = api.client.post(
        f"/api/v1/projects/{api.ids['other_project_id']}/datasets", json={"name": "x"}, headers=api.headers("foreign")
    ).json()["id"]
    body = {"item_ids": [api.ids["item_id"], "itm_none"]}
    mine = _post(api, "annotations/batch", body)
    read = GridAnnotations.model_validate_json(mine.content)
    assert ([one.label for one in read.annotations], read.revision, read.is_truncated) == (["cat"], 2, False)
    theirs = api.client.post(f"/api/v1/datasets/{foreign}/annotations/batch", json=body, headers=api.headers("foreign"))
    assert theirs.json()["annotations"] == []
    assert _post(api, "annotations/batch", body | {"layers": ["prediction"]}).json()["annotations"] == []
    assert _post(api, "annotations/batch", body | {"as_of": 1}).json() == {
        "revision": 1,
        "annotations": [],
        "is_truncated": False,
    }
    assert _post(api, "annotations/batch", body | {"as_of": 99}).status_code == 422
    assert _post(api, "annotations/batch", {"item_ids": ["x"] * 501}).status_code == 422
