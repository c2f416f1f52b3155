"""A write sent twice with one key."""

from __future__ import annotations

from sqlalchemy import update
from tests.api.conftest import Api, png

from whorl.store.db.tables import idempotency


def _post(api: Api, name: str, key: str, who: str = "owner") -> object:
    headers = {**api.headers(who), "Idempotency-Key": key}
    return api.client.post("/api/v1/projects", json={"name": name}, headers=headers)


def test_same_request__is_done_once_and_answered_alike(api: Api) -> None:
    first, again = _post(api, "x", "k1"), _post(api, "x", "k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["content-type"] == first.headers["content-type"]


def test_another_request__with_the_same_key(api: Api) -> None:
    _post(api, "x", "k1")
    response = _post(api, "y", "k1")
    assert (response.status_code, response.json()["code"]) == (409, "idempotency_mismatch")


def test_another_person__has_keys_of_their_own(api: Api) -> None:
    assert _post(api, "x", "k1").status_code == 201
    assert _post(api, "y", "k1", "manager").status_code == 201


def test_first_still_running(api: Api) -> None:
    _post(api, "x", "k1")
    now = api.services.now()
    api.services.db.write(lambda c: c.execute(update(idempotency).values(status=None, created_at=now)) and None)
    response = _post(api, "x", "k1")
    assert (response.status_code, response.json()["code"]) == (409, "request_in_flight")
    assert response.headers["retry-after"] == "1"


def test_refusals__are_replayed_too(api: Api) -> None:
    first, again = _post(api, "home", "k1"), _post(api, "home", "k1")
    assert (first.status_code, again.status_code, again.content) == (409, 409, first.content)
    assert again.headers["content-type"] == "application/problem+json"


def test_upload__with_another_boundary_is_the_same_request(api: Api) -> None:
    path = f"/api/v1/datasets/{api.ids['dataset_id']}/items"
    headers = {**api.headers("owner"), "Idempotency-Key": "k1"}
    answers = [api.client.post(path, files={"file": ("b.png", png(colour=9))}, headers=headers) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].content == answers[1].content


def test_key__too_long(api: Api) -> None:
    assert _post(api, "x", "k" * 201).status_code == 422
