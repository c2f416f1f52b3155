"""Whatever a request gets wrong, it says what and how to mend it, and leaves everything as it was."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select
from tests.api.conftest import Api, png

from whorl.base.errors import DatabaseBusy, StorageFull
from whorl.store.db.tables import metadata

BOX = {"type": "box", "x0": 1, "y0": 1, "x1": 5, "y1": 5}


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((320, 240), 50).save(out, "JPEG")
    return out.getvalue()


def bomb() -> bytes:
    """A PNG that says it has 30,000 x 30,000 pixels, in 33 bytes."""
    body = b"IHDR" + struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))


def state(api: Api) -> dict[str, int]:
    """How many rows each table has, and how many blobs there are."""
    with api.services.db.read() as conn:
        rows = {
            name: int(conn.execute(select(func.count()).select_from(table)).scalar_one())
            for name, table in metadata.tables.items()
        }
    return rows | {"blobs": len(list(api.services.blobs.list()))}


def check_refused(api: Api, before: dict[str, int], response: Any, *, code: str, says: str) -> None:
    problem = response.json()
    assert (problem["code"], says in problem["detail"], problem["hint"] != "") == (code, True, True), problem
    assert response.headers["content-type"] == "application/problem+json"
    assert state(api) == before


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("cut.jpg", jpeg()[:2000], "cut.jpg: image/jpeg does not decode"),
        ("empty.png", b"", "the file is empty (0 bytes): empty.png"),
        ("text.png", b"this is no image", "text.png: not an image: the content starts with b'this"),
        ("bomb.png", bomb(), "bomb.png: 30000 x 30000 is 900,000,000 pixels; 200,000,000 are allowed"),
    ],
    ids=["truncated_jpeg", "zero_bytes", "text_named_png", "bomb"],
)
def test_upload(api: Api, name: str, data: bytes, says: str) -> None:
    before = state(api)
    path = f"/api/v1/datasets/{api.ids['dataset_id']}/items"
    response = api.client.post(path, files={"file": (name, data)}, headers=api.headers("owner"))
    check_refused(api, before, response, code="unreadable_media", says=says)


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        ('[{"label": "cot", "geometry": BOX}]', "unknown_label", "cot"),
        ('[{"label": "cat", "geometry": {"type": "box", "x0": 1, "y0": 1, "x1": 50, "y1": 5}}]', "invalid_input", "50"),
        ('[{"label": "cat", "geometry": {"type": "box", "x0": NaN, "y0": 1, "x1": 5, "y1": 5}}]', "*", "geometry"),
        ('[{"label": "cat", "geometry": {"type": "box", "x0": 1e999, "y0": 1, "x1": 5, "y1": 5}}]', "*", "geometry"),
        (
            '[{"id": "ANN", "label": "cat", "geometry": BOX}, {"id": "ANN", "label": "dog", "geometry": BOX}]',
            "*",
            "ANN",
        ),
        ('[{"label": "cat", "geometry": BOX}, {"label": "cot", "geometry": BOX}]', "unknown_label", "cot"),
    ],
    ids=["unknown_label", "box_outside", "nan", "infinity", "duplicate_id", "second_of_two"],
)
def test_save(api: Api, body: str, code: str, says: str) -> None:
    path = f"/api/v1/items/{api.ids['item_id']}/annotations"
    headers = api.headers("owner")
    base = api.client.get(path, headers=headers).json()
    drafts = body.replace("BOX", '{"type": "box", "x0": 1, "y0": 1, "x1": 5, "y1": 5}')
    content = f'{{"base_revision": {base["revision"]}, "annotations": {drafts}}}'
    content = content.replace("ANN", base["annotations"][0]["id"])
    before = state(api)
    response = api.client.patch(path, content=content, headers=headers | {"content-type": "application/json"})
    expected = "invalid_input" if code == "*" else code
    says = says.replace("ANN", base["annotations"][0]["id"])
    check_refused(api, before, response, code=expected, says=says)
    assert api.client.get(path, headers=headers).json() == base


def test_upload__a_name_that_is_taken(api: Api) -> None:
    before = state(api)
    path = f"/api/v1/datasets/{api.ids['dataset_id']}/items"
    response = api.client.post(path, files={"file": ("a.png", png())}, headers=api.headers("owner"))
    check_refused(api, before, response, code="conflict", says="'a.png'")


def test_query__a_field_that_does_not_exist(api: Api) -> None:
    before = state(api)
    path = f"/api/v1/datasets/{api.ids['dataset_id']}/items"
    response = api.client.get(path, params={"q": "widht:3"}, headers=api.headers("owner"))
    check_refused(api, before, response, code="query_error", says="widht")
    assert "width" in response.json()["hint"]


def test_metadata__nan(api: Api) -> None:
    before = state(api)
    path = f"/api/v1/datasets/{api.ids['dataset_id']}/items"
    content = f'{{"patches": {{"{api.ids["item_id"]}": {{"metadata": {{"lux": NaN}}}}}}}}'
    headers = api.headers("owner") | {"content-type": "application/json"}
    check_refused(
        api, before, api.client.patch(path, content=content, headers=headers), code="invalid_input", says="lux"
    )


@pytest.mark.parametrize("error", [StorageFull("full", hint="Free some."), DatabaseBusy("locked", hint="Stop it.")])
def test_write__that_the_store_refuses(api: Api, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    # The store's own tests fill a disk and lock a database; this one is about what a caller is told.
    before = state(api)

    def refuse(*_: object, **__: object) -> object:
        raise error

    monkeypatch.setattr(api.services.db, "write", refuse)
    path = f"/api/v1/datasets/{api.ids['dataset_id']}/snapshots"
    response = api.client.post(path, json={"name": "v1"}, headers=api.headers("owner"))
    monkeypatch.undo()
    assert response.status_code == error.status  # type: ignore[attr-defined]
    check_refused(api, before, response, code=error.code, says=str(error))  # type: ignore[attr-defined]
