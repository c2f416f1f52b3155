"""Hosts, origins, sessions, CSRF, sizes, and what every answer carries."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection
from tests.api.conftest import NOW, URL, Api, png

from whorl.access.actions import create_person, create_token, set_password
from whorl.access.queries import find_person
from whorl.access.rules import TokenKind
from whorl.access.secrets import hash_password
from whorl.server.guard import SESSION_COOKIE


def _code(response: object) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8620", "127.0.0.1.evil.example", "", "192.168.1.7:8620"]
)
def test_host__of_another_name_is_refused(api: Api, host: str) -> None:
    assert _code(api.client.get("/healthz", headers={"host": host})) == (403, "untrusted_origin")


@pytest.mark.parametrize("host", ["127.0.0.1:8620", "localhost:1", "[::1]:8620", "LOCALHOST"])
def test_host__loopback_is_fine(api: Api, host: str) -> None:
    assert api.client.get("/healthz", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999", "http://localhost:8620"])
def test_origin__of_another_site_may_not_write(api: Api, origin: str) -> None:
    headers = {**api.headers("owner"), "origin": origin}
    assert _code(api.client.post("/api/v1/projects", json={"name": "x"}, headers=headers)) == (403, "untrusted_origin")


def test_origin__own_may_write(api: Api) -> None:
    headers = {**api.headers("owner"), "origin": URL}
    assert api.client.post("/api/v1/projects", json={"name": "x"}, headers=headers).status_code == 201


def test_cors__is_never_offered(api: Api) -> None:
    response = api.client.get("/api/v1/me", headers={**api.headers("owner"), "origin": "https://evil.example"})
    assert not [name for name in response.headers if name.startswith("access-control")]


def test_launch_link__opens_a_session_that_needs_its_csrf_token(api: Api) -> None:
    entered = api.client.get("/", params={"token": api.tokens["admin"]})
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert api.tokens["admin"] not in cookie
    page = api.client.get("/")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "home" in page.text
    me = api.client.get("/api/v1/me").json()
    body = {"name": "x"}
    assert _code(api.client.post("/api/v1/projects", json=body)) == (403, "csrf_missing")
    wrong = {"X-CSRF-Token": "0" * 64}
    assert _code(api.client.post("/api/v1/projects", json=body, headers=wrong)) == (403, "csrf_missing")
    right = {"X-CSRF-Token": me["csrf_token"]}
    assert api.client.post("/api/v1/projects", json=body, headers=right).status_code == 201
    assert api.client.post("/api/v1/logout", headers=right).status_code == 204
    assert api.client.get("/").status_code == 401


def test_launch_link__of_a_person_is_no_launch_link(api: Api) -> None:
    assert _code(api.client.get("/", params={"token": api.tokens["owner"]})) == (401, "unauthenticated")


def test_login__password_session_logout(api: Api) -> None:
    hashed = hash_password("correct horse")
    api.services.db.write(
        lambda c: create_person(c, "ann@x.org", name="Ann", actor_id="x", now=NOW, password_hash=hashed)
    )
    wrong = api.client.post("/api/v1/login", json={"email": "ann@x.org", "password": "wrong horse"})
    assert _code(wrong) == (401, "unauthenticated")
    entered = api.client.post("/api/v1/login", json={"email": "ANN@x.org", "password": "correct horse"})
    assert entered.status_code == 200
    assert SESSION_COOKIE in api.client.cookies
    me = api.client.get("/api/v1/me").json()
    assert (me["name"], me["csrf_token"]) == ("Ann", entered.json()["csrf_token"])


def test_login__too_many_failures(api: Api) -> None:
    body = {"email": "ann@x.org", "password": "wrong horse"}
    tried = [api.client.post("/api/v1/login", json=body) for _ in range(6)]
    assert [response.status_code for response in tried] == [401] * 5 + [429]
    assert tried[-1].json()["code"] == "too_many_requests"
    assert 1 <= int(tried[-1].headers["retry-after"]) <= 60


def test_password__change_ends_sessions(api: Api) -> None:
    def setup(conn: Connection) -> str:
        who = find_person(conn, "viewer@x.org")
        assert who is not None
        set_password(conn, who.id, password_hash=hash_password("correct horse"), actor_id=who.id, now=NOW)
        return create_token(conn, TokenKind.SESSION, "web", actor_id=who.id, now=NOW, person_id=who.id).secret

    session = {"Authorization": f"Bearer {api.services.db.write(setup)}"}
    path = "/api/v1/me/password"
    wrong = api.client.put(path, json={"current": "x", "password": "another horse"}, headers=session)
    assert _code(wrong) == (403, "forbidden")
    body = {"current": "correct horse", "password": "another horse"}
    assert api.client.put(path, json=body, headers=session).status_code == 204
    assert _code(api.client.get("/api/v1/me", headers=session)) == (401, "unauthenticated")


@pytest.mark.parametrize("header", ["Bearer whl_unknown", "Bearer ", "Basic YTpi", "nonsense"])
def test_bearer__unknown(api: Api, header: str) -> None:
    response = api.client.get("/healthz", headers={"Authorization": header})
    assert _code(response) == (401, "unauthenticated")
    assert response.headers["www-authenticate"] == "Bearer"


def test_revoked_token__is_nobody_at_once(api: Api) -> None:
    made = api.client.post("/api/v1/tokens", json={"name": "ci"}, headers=api.headers("owner")).json()
    mine = {"Authorization": f"Bearer {made['secret']}"}
    assert api.client.get("/api/v1/me", headers=mine).status_code == 200
    path = f"/api/v1/tokens/{made['token']['id']}"
    assert api.client.delete(path, headers=api.headers("owner")).status_code == 204
    assert api.client.get("/api/v1/me", headers=mine).status_code == 401


def test_removed_member__is_a_stranger_at_once(api: Api) -> None:
    project = f"/api/v1/projects/{api.ids['project_id']}"
    me = api.client.get("/api/v1/me", headers=api.headers("viewer")).json()
    assert api.client.get(project, headers=api.headers("viewer")).status_code == 200
    assert api.client.delete(f"{project}/members/{me['id']}", headers=api.headers("owner")).status_code == 204
    assert api.client.get(project, headers=api.headers("viewer")).status_code == 404


def test_answers__carry_the_security_headers(api: Api) -> None:
    for path in ("/", "/healthz", "/api/v1/nothing", "/api/v1/openapi.json"):
        headers = api.client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "script-src 'self' 'wasm-unsafe-eval'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert len(headers["x-request-id"]) == 16


def test_anonymous_write__is_refused_before_its_body_is_read(api: Api) -> None:
    response = api.client.post("/api/v1/projects", content=b"{not json", headers={"content-type": "application/json"})
    assert _code(response) == (401, "unauthenticated")


def test_upload__too_large(api: Api) -> None:
    path = f"/api/v1/datasets/{api.ids['dataset_id']}/items"
    big = {"file": ("a.png", b"\0" * 300_000)}
    assert _code(api.client.post(path, files=big, headers=api.headers("owner"))) == (413, "payload_too_large")
    barely = {"file": ("a.png", b"\0" * 200_001)}
    assert _code(api.client.post(path, files=barely, headers=api.headers("owner"))) == (413, "payload_too_large")


def test_upload__streamed_without_a_length_is_cut_off(api: Api) -> None:
    path = f"/api/v1/datasets/{api.ids['dataset_id']}/items"
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
    pieces = iter([head, *[b"\0" * 50_000] * 8])
    headers = {**api.headers("owner"), "content-type": "multipart/form-data; boundary=b"}
    assert _code(api.client.post(path, content=pieces, headers=headers)) == (413, "payload_too_large")


def test_content__of_an_image_is_served_as_one(api: Api) -> None:
    response = api.client.get(f"/api/v1/items/{api.ids['item_id']}/content", headers=api.headers("viewer"))
    assert (response.content, response.headers["content-type"]) == (png(), "image/png")
    assert response.headers["content-disposition"] == "inline; filename*=UTF-8''a.png"
    assert response.headers["content-security-policy"] == "default-src 'none'; sandbox"
    again = {**api.headers("viewer"), "if-none-match": response.headers["etag"]}
    assert api.client.get(f"/api/v1/items/{api.ids['item_id']}/content", headers=again).status_code == 304
