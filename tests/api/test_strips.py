"""A stretch of a listing: thumbnails in one answer, and ids."""

from __future__ import annotations

import struct

from tests.api.conftest import Api, png

from whorl.server.routes.strips import join_blobs
from whorl.store.blobs import open_blobs


def _listing(api: Api, *names: str) -> tuple[str, list[str]]:
    path = f"/api/v1/datasets/{api.ids['dataset_id']}"
    for index, name in enumerate(names):
        api.client.post(f"{path}/items", files={"file": (name, png(colour=index))}, headers=api.headers("owner"))
    made = api.client.post(f"{path}/listings", json={"q": "sort:-name"}, headers=api.headers("viewer")).json()
    base = f"{path}/listings/{made['id']}"
    items = api.client.get(f"{base}/items", headers=api.headers("viewer")).json()["items"]
    return base, [one["id"] for one in items]


def test_thumbnails__are_those_of_the_items_in_order(api: Api) -> None:
    base, ids = _listing(api, "b.png", "c.png")
    single = [api.client.get(f"/api/v1/items/{one}/thumbnail", headers=api.headers("viewer")).content for one in ids]
    answer = api.client.get(f"{base}/thumbnails?start=1&limit=2", headers=api.headers("viewer"))
    assert answer.content == b"".join(struct.pack(">I", len(one)) + one for one in single[1:])
    assert answer.headers["cache-control"] == "private, no-store"


def test_ids__are_those_of_the_positions(api: Api) -> None:
    base, ids = _listing(api, "b.png", "c.png")
    answer = api.client.get(f"{base}/ids?start=1&limit=5", headers=api.headers("viewer")).json()
    assert answer == {"start": 1, "item_ids": ids[1:], "count": 3}


def test_strips__of_an_unknown_listing_are_gone(api: Api) -> None:
    path = f"/api/v1/datasets/{api.ids['dataset_id']}/listings/lst_none"
    for part in ("ids", "thumbnails"):
        answer = api.client.get(f"{path}/{part}", headers=api.headers("viewer"))
        assert (answer.status_code, answer.json()["code"]) == (404, "listing_gone")


def test_join_blobs__a_missing_one_has_no_length() -> None:
    blobs = open_blobs("memory://")
    blobs.put("thumbs/a", b"xyz")
    assert join_blobs(blobs, ["thumbs/a", "thumbs/none"]) == b"\x00\x00\x00\x03xyz\x00\x00\x00\x00"
