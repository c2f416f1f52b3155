"""Crops, tiles and labels in bulk over HTTP."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image
from tests.api.conftest import Api


def _call(api: Api, method: str, path: str, body: Any = None, who: str = "reviewer") -> Any:
    return api.client.request(method, f"/api/v1{path}", json=body, headers=api.headers(who))


def _size(answer: Any) -> tuple[int, int]:
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    return Image.open(io.BytesIO(answer.content)).size


def _big(api: Api, width: int = 900, height: int = 700) -> str:
    """An item of some size, with a box of 80 pixels in the lower right."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (90, 2, 3)).save(out, "PNG")
    path = f"/api/v1/datasets/{api.ids['dataset_id']}/items"
    made = api.client.post(path, files={"file": ("big.png", out.getvalue())}, headers=api.headers("owner")).json()
    box = {"type": "box", "x0": width - 90, "y0": height - 90, "x1": width - 10, "y1": height - 10}
    body = {"annotations": [{"label": "dog", "geometry": box}], "base_revision": 3}
    saved = _call(api, "PATCH", f"/items/{made['id']}/annotations", body).json()
    api.ids["box_id"] = saved["annotations"][0]["id"]
    return str(made["id"])


def test_crops__pages_stand_while_others_write(api: Api) -> None:
    path = f"/datasets/{api.ids['dataset_id']}/crops"
    first = _call(api, "POST", path, {"label": "cat", "order": "newest", "limit": 1}).json()
    assert (first["count"], first["revision"], first["next_cursor"]) == (1, 2, None)
    assert first["crops"][0]["annotation_id"] == api.ids["annotation_id"]
    _big(api)
    later = _call(api, "POST", path, {"label": "cat", "order": "newest", "cursor": "2.0"}).json()
    assert later["crops"] == first["crops"]
    for cursor in ("x", "99.0", "2", "-1.0"):
        assert _call(api, "POST", path, {"label": "cat", "cursor": cursor}).status_code == 422, cursor


def test_crop__cut_out_of_the_thumbnail_or_the_image_and_asked_for_again(api: Api) -> None:
    _big(api)
    whole = _call(api, "GET", f"/annotations/{api.ids['annotation_id']}/crop?size=160")
    small = _call(api, "GET", f"/annotations/{api.ids['box_id']}/crop?size=64")
    assert (_size(whole), _size(small)) == ((20, 10), (64, 64))
    assert _size(_call(api, "GET", f"/annotations/{api.ids['box_id']}/crop?size=512")) == (104, 104)
    headers = {**api.headers("viewer"), "if-none-match": small.headers["etag"]}
    again = api.client.get(f"/api/v1/annotations/{api.ids['box_id']}/crop?size=64", headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    # Another box under the same id is another picture, so a browser has to ask.
    assert small.headers["cache-control"] == "private, no-cache"


def test_crop__of_nothing(api: Api) -> None:
    item_id, annotation_id = api.ids["item_id"], api.ids["annotation_id"]
    body = {"removed_ids": [annotation_id], "base_revision": 2}
    assert _call(api, "PATCH", f"/items/{item_id}/annotations", body).status_code == 200
    assert _call(api, "GET", f"/annotations/{annotation_id}/crop").status_code == 404


def test_tiles__of_an_item(api: Api) -> None:
    item_id = _big(api)
    info = _call(api, "GET", f"/items/{item_id}/tiles").json()
    assert info == {"width": 900, "height": 700, "tile_size": 512, "overlap": 1, "levels": 11}
    tiles = [_call(api, "GET", f"/items/{item_id}/tiles/{place}") for place in ("10/0/0", "10/1/1", "9/0/0", "0/0/0")]
    assert [_size(one) for one in tiles] == [(513, 513), (389, 189), (450, 350), (1, 1)]
    for place in ("11/0/0", "10/2/0", "-1/0/0"):
        assert _call(api, "GET", f"/items/{item_id}/tiles/{place}").status_code == 404, place
    assert "immutable" in tiles[0].headers["cache-control"]


def test_tiles__above_the_limit_of_pixels_say_what_to_do(api: Api) -> None:
    item_id = _big(api)
    api.services.settings = api.services.settings.model_copy(update={"max_pixels": 600_000})
    answer = _call(api, "GET", f"/items/{item_id}/tiles/10/0/0")
    assert (answer.status_code, "WHORL_MAX_PIXELS" in answer.json()["hint"]) == (422, True)


def test_relabel_and_classify__by_the_caller(api: Api) -> None:
    dataset, item_id = f"/datasets/{api.ids['dataset_id']}", api.ids["item_id"]
    change = {"annotation_id": api.ids["annotation_id"], "label": "dog"}
    saved = _call(api, "POST", f"{dataset}/relabel", {"changes": [change], "base_revision": 2}).json()
    assert saved == {"revision": 3, "changed": 1, "unchanged": 0, "annotation_ids": [api.ids["annotation_id"]]}
    stale = _call(api, "POST", f"{dataset}/relabel", {"changes": [change | {"label": "cat"}], "base_revision": 2})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_write")
    classed = _call(api, "POST", f"{dataset}/classify", {"item_ids": [item_id], "label": "cat"}).json()
    assert (classed["revision"], classed["changed"]) == (4, 1)
    (now,) = _call(api, "GET", f"/items/{item_id}/annotations").json()["annotations"]
    me = _call(api, "GET", "/me").json()
    assert (now["label"], now["author_id"]) == ("cat", me["id"])


def test_bulk__ids_of_a_foreign_project_do_not_exist(api: Api) -> None:
    other = _call(api, "POST", f"/projects/{api.ids['other_project_id']}/datasets", {"name": "x"}, "foreign").json()[
        "id"
    ]
    change = {"annotation_id": api.ids["annotation_id"], "label": "cat"}
    ontology = {"labels": [{"name": "cat"}]}
    _call(api, "PUT", f"/projects/{api.ids['other_project_id']}/ontology", ontology, "foreign")
    for path, body in (
        ("relabel", {"changes": [change]}),
        ("classify", {"item_ids": [api.ids["item_id"]], "label": "cat"}),
    ):
        answer = _call(api, "POST", f"/datasets/{other}/{path}", body, "foreign")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), answer.text
    assert _call(api, "POST", f"/datasets/{other}/crops", {"label": "cat"}, "foreign").json()["crops"] == []
    judged = {"label": "cat", "model_id": api.ids["model_id"]}
    assert _call(api, "POST", f"/datasets/{other}/crops", judged, "foreign").status_code == 404
    assert _call(api, "POST", f"/datasets/{api.ids['dataset_id']}/crops", judged).status_code == 200
