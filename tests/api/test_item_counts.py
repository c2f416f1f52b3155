"""Counts of items over HTTP."""

from __future__ import annotations

from tests.api.conftest import Api


def test_count__of_a_query_as_text_as_json_and_in_a_body(api: Api) -> None:
    address = f"/api/v1/datasets/{api.ids['dataset_id']}/items"
    headers = api.headers("viewer")
    listed = len(api.client.get(address, headers=headers).json()["items"])
    whole = {"count": listed, "is_capped": False}
    found = [
        api.client.get(f"{address}/count", headers=headers),
        api.client.get(f"{address}/count", params={"q": "width>=1"}, headers=headers),
        api.client.get(f"{address}/count", params={"dql": '{"width": {"$gte": 1}}'}, headers=headers),
        api.client.post(f"{address}/count", json={"query": {"width": {"$gte": 1}}}, headers=headers),
    ]
    assert listed > 0
    assert [(one.status_code, one.json()) for one in found] == [(200, whole)] * 4
    none = api.client.get(f"{address}/count", params={"q": "width<1"}, headers=headers).json()
    assert none == {"count": 0, "is_capped": False}
    refused = api.client.get(f"{address}/count", params={"q": "label:"}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "query_error")
