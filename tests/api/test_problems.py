"""Every kind of error as problem+json, and uploads that are not images."""

from __future__ import annotations

import struct
import zlib

import pytest
from tests.api.conftest import Api, png

from whorl.base.errors import error_classes


def _code(response: object) -> tuple[int, str]:
    body = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert set(body) == {"type", "title", "status", "code", "detail", "hint", "details"}
    assert body["status"] == response.status_code
    return response.status_code, body["code"]


def test_unknown_address(api: Api) -> None:
    assert _code(api.client.get("/api/v1/nothing", headers=api.headers("owner"))) == (404, "not_found")


def test_wrong_method(api: Api) -> None:
    response = api.client.put("/api/v1/projects", json={}, headers=api.headers("owner"))
    assert _code(response) == (405, "method_not_allowed")
    assert "GET" in response.headers["allow"]


def test_validation__names_each_field_and_what_was_given(api: Api) -> None:
    response = api.client.post("/api/v1/projects", json={"name": "", "colour": 1}, headers=api.headers("owner"))
    assert _code(response) == (422, "invalid_input")
    assert [one["where"] for one in response.json()["details"]["problems"]] == ["body.name", "body.colour"]


def test_validation__nan_coordinates(api: Api) -> None:
    content = (
        '{"base_revision": 2, "annotations": [{"label": "cat",'
        ' "geometry": {"type": "box", "x0": NaN, "y0": 0, "x1": 1, "y1": 1}}]}'
    )
    headers = {**api.headers("owner"), "content-type": "application/json"}
    response = api.client.put(f"/api/v1/items/{api.ids['item_id']}/annotations", content=content, headers=headers)
    assert response.status_code in {400, 422}
    assert _code(response)[1] in {"invalid_input", "bad_request"}


def test_broken_json(api: Api) -> None:
    headers = {**api.headers("owner"), "content-type": "application/json"}
    assert _code(api.client.post("/api/v1/projects", content=b"{no", headers=headers)) == (400, "bad_request")


def test_conflict(api: Api) -> None:
    assert _code(api.client.post("/api/v1/projects", json={"name": "home"}, headers=api.headers("owner"))) == (
        409,
        "conflict",
    )


def test_stale_write__gives_both_versions(api: Api) -> None:
    path = f"/api/v1/items/{api.ids['item_id']}/annotations"
    draft = {"label": "dog", "geometry": {"type": "class"}}
    base = api.client.get(path, headers=api.headers("owner")).json()["revision"]
    body = {"annotations": [draft], "base_revision": base}
    assert api.client.put(path, json=body, headers=api.headers("owner")).status_code == 200
    again = api.client.put(path, json=body, headers=api.headers("reviewer"))
    assert _code(again) == (409, "stale_write")
    assert [one["label"] for one in again.json()["details"]["current"]] == ["dog"]


@pytest.mark.parametrize(
    ("label", "geometry", "code"),
    [
        ("bird", {"type": "class"}, "unknown_label"),
        ("cat", {"type": "box", "x0": 0, "y0": 0, "x1": 50, "y1": 5}, "invalid_input"),
        ("cat", {"type": "box", "x0": 5, "y0": 0, "x1": 5, "y1": 5}, "invalid_input"),
    ],
)
def test_annotation__that_cannot_be(api: Api, label: str, geometry: object, code: str) -> None:
    path = f"/api/v1/items/{api.ids['item_id']}/annotations"
    body = {"annotations": [{"label": label, "geometry": geometry}], "base_revision": 2}
    assert _code(api.client.put(path, json=body, headers=api.headers("owner"))) == (422, code)


def test_query__that_does_not_parse(api: Api) -> None:
    path = f"/api/v1/datasets/{api.ids['dataset_id']}/items"
    headers = api.headers("owner")
    assert _code(api.client.get(path, params={"dql": '{"colour": 1}'}, headers=headers)) == (422, "query_error")
    both = {"q": "label:cat", "dql": "{}"}
    assert _code(api.client.get(path, params=both, headers=headers)) == (422, "invalid_input")
    assert _code(api.client.get(path, params={"cursor": "%%%"}, headers=headers))[0] == 422
    assert [
        one["name"] for one in api.client.get(path, params={"q": "label:cat"}, headers=headers).json()["items"]
    ] == ["a.png"]


def test_unexpected__is_500_without_a_trace(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("whorl.access.queries.list_people", broken)
    response = api.client.get("/api/v1/people", headers=api.headers("admin"))
    assert _code(response) == (500, "internal")
    assert "secret" not in response.text
    assert response.headers["x-request-id"] in response.json()["hint"]


def _bomb() -> bytes:
    """A PNG of 30,000 x 30,000 pixels in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 10)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"just some text", ""),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", ""),
        (b"<!doctype html><script>alert(1)</script>", ""),
        (_bomb(), "900,000,000 pixels"),
        (png()[:45], ""),
    ],
    ids=["zero bytes", "text named png", "svg", "html", "bomb", "truncated"],
)
def test_upload__that_is_no_image(api: Api, content: bytes, says: str) -> None:
    path = f"/api/v1/datasets/{api.ids['dataset_id']}/items"
    before = api.client.get(f"/api/v1/datasets/{api.ids['dataset_id']}", headers=api.headers("owner")).json()
    response = api.client.post(path, files={"file": ("x.png", content, "image/png")}, headers=api.headers("owner"))
    assert _code(response) == (422, "unreadable_media")
    assert says in response.json()["detail"]
    after = api.client.get(f"/api/v1/datasets/{api.ids['dataset_id']}", headers=api.headers("owner")).json()
    assert before == after


@pytest.mark.parametrize("name", ["../../etc/passwd", "/abs.png", "a\\b.png", "x" * 1001])
def test_upload__with_a_name_that_escapes(api: Api, name: str) -> None:
    response = api.client.post(
        f"/api/v1/datasets/{api.ids['dataset_id']}/items",
        files={"file": ("x.png", png(colour=7), "image/png")},
        data={"name": name},
        headers=api.headers("owner"),
    )
    assert _code(response) == (422, "invalid_input")


def test_error_codes__are_all_documented() -> None:
    from pathlib import Path

    import whorl.server.app  # noqa: F401 - brings in the server's own errors

    text = (Path(__file__).parents[2] / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
    missing = [code for code in error_classes() if f"`{code}`" not in text]
    assert missing == []
