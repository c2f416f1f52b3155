"""The built app: its page with a nonce, its files, signing in by link, and what is no page."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from tests.api.conftest import Api

from whorl.server.guard import CSP

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PAGE = (
    '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><script type="module" src="/assets/a-1.js"></script>'
)
SCRIPT = b"export const answer = 42;\n" * 40


@pytest.fixture
def web(api: Api) -> Path:
    """A small built app that the server of this test serves."""
    folder = api.services.web.folder
    for name in ("assets", ".vite"):
        (folder / name).mkdir(parents=True)
    (folder / "assets" / "a-1.js").write_bytes(SCRIPT)
    (folder / "assets" / "a-1.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "assets" / "a-1.js.br").write_bytes(b"brotli")
    (folder / "assets" / "a-1.css").write_text("body{}", encoding="utf-8")
    (folder / "whorl.svg").write_text("<svg/>", encoding="utf-8")
    (folder / ".vite" / "manifest.json").write_text("{}", encoding="utf-8")
    (folder.parent / "secret.txt").write_text("secret", encoding="utf-8")
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    return folder


@pytest.mark.parametrize("path", ["/", "/login", "/p/prj_1/explorer?q=a", "/p/prj_1/items/itm_1", "/no/such/page"])
def test_page__is_the_app_for_everybody(api: Api, web: Path, path: str) -> None:
    response = api.client.get(path, headers=HTML)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert response.headers["cache-control"] == "no-store"


def test_page__nonce_is_fresh_and_the_same_in_page_and_policy(api: Api, web: Path) -> None:
    seen = set()
    for _ in range(2):
        response = api.client.get("/", headers=HTML)
        found = re.search(r'content="([A-Za-z0-9_-]{24})"', response.text)
        assert found is not None
        expected = CSP.replace("style-src 'self'", f"style-src 'self' 'nonce-{found[1]}'")
        assert response.headers["content-security-policy"] == expected
        seen.add(found[1])
    assert len(seen) == 2


def test_policy__scripts_are_never_inline() -> None:
    assert "script-src 'self' 'wasm-unsafe-eval';" in CSP
    assert "unsafe-inline" not in CSP
    assert "font-src 'self';" in CSP


def test_asset__hashed_is_kept_for_ever(api: Api, web: Path) -> None:
    response = api.client.get("/assets/a-1.js", headers={"accept-encoding": "identity"})
    assert response.content == SCRIPT
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "content-encoding" not in response.headers


@pytest.mark.parametrize(
    ("accepted", "encoding", "length"),
    [
        ("gzip, deflate, br, zstd", "br", 6),
        ("gzip", "gzip", len(gzip.compress(SCRIPT))),
        ("br;q=0, gzip;q=0.5", "gzip", len(gzip.compress(SCRIPT))),
        ("zstd", None, len(SCRIPT)),
    ],
)
def test_asset__is_sent_compressed(api: Api, web: Path, accepted: str, encoding: str | None, length: int) -> None:
    # A HEAD request, whose body nobody tries to unpack.
    response = api.client.head("/assets/a-1.js", headers={"accept-encoding": accepted})
    assert response.headers.get("content-encoding") == encoding
    assert int(response.headers["content-length"]) == length
    assert response.headers["vary"] == "accept-encoding"


def test_asset__unhashed_is_asked_for_again(api: Api, web: Path) -> None:
    first = api.client.get("/whorl.svg")
    assert (first.headers["content-type"], first.headers["cache-control"]) == ("image/svg+xml", "no-cache")
    again = api.client.get("/whorl.svg", headers={"if-none-match": f'"other", W/{first.headers["etag"]}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/.vite/manifest.json",
        "/assets/a-1.js.gz",
        "/assets/gone-2.js",
        "/assets/",
        "/whorl.svg/",
        "/index.html",
        "/a%0d%0ax-evil:1",
    ],
)
def test_file__that_is_none_is_not_found(api: Api, web: Path, path: str) -> None:
    response = api.client.get(path, headers={"accept": "*/*"})
    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")
    assert "secret\n" not in response.text


def test_file__gone_from_assets_is_never_a_page(api: Api, web: Path) -> None:
    # An old tab that asks for a script of an earlier build must not be given HTML.
    assert api.client.get("/assets/gone-2.js", headers=HTML).status_code == 404


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1/nothing", "/api/v2/items", "/healthz/x"])
def test_api__unknown_stays_unknown(api: Api, web: Path, method: str, path: str) -> None:
    response = api.client.request(method, path, headers={**HTML, **api.headers("owner")})
    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")


def test_api__wrong_method_is_still_said(api: Api, web: Path) -> None:
    assert api.client.get("/api/v1/login", headers=HTML).status_code == 405
    assert api.client.post("/p/x", headers=api.headers("owner")).status_code == 405


@pytest.mark.parametrize(
    ("given", "location"),
    [
        ("/", "/"),
        ("/p/prj_1/studio/tsk_1?item=itm_1&mode=review", "/p/prj_1/studio/tsk_1?item=itm_1&mode=review"),
        ("//evil.example/x", "/evil.example/x"),
        ("/%5cevil.example", "/evil.example"),
        ("/a%22%3e:b", "/a%22%3E%3Ab"),
    ],
)
def test_link__signs_in_and_goes_where_it_points(api: Api, web: Path, given: str, location: str) -> None:
    mark = "&" if "?" in given else "?"
    response = api.client.get(f"http://127.0.0.1:8620{given}{mark}token={api.tokens['admin']}", headers=HTML)
    assert (response.status_code, response.headers["location"]) == (303, location)
    assert "HttpOnly" in response.headers["set-cookie"]
    assert api.client.get("/api/v1/me").json()["is_admin"] is True


def test_link__of_an_earlier_start(api: Api, web: Path) -> None:
    stale = api.client.get("/p/x", params={"token": "whl_old"}, headers=HTML)
    assert (stale.status_code, stale.headers["location"]) == (303, "/login?problem=stale_link")
    program = api.client.get("/", params={"token": "whl_old"})
    assert (program.status_code, program.json()["code"]) == (401, "unauthenticated")
    api.client.get("/", params={"token": api.tokens["admin"]})
    signed_in = api.client.get("/p/x", params={"token": "whl_old", "q": "a"}, headers=HTML)
    assert signed_in.headers["location"] == "/p/x?q=a"


def test_build__a_new_one_is_seen_without_a_restart(api: Api, web: Path) -> None:
    assert "a-1.js" in api.client.get("/", headers=HTML).text
    (web / "index.html").unlink()
    assert "The web app is not built" in api.client.get("/", headers=api.headers("owner")).text
    (web / "assets" / "b-2.js").write_text("1", encoding="utf-8")
    (web / "index.html").write_text(PAGE.replace("a-1", "b-2"), encoding="utf-8")
    assert "b-2.js" in api.client.get("/p/x", headers=HTML).text
    assert api.client.get("/assets/b-2.js").text == "1"


def test_not_built__the_status_page_says_how(api: Api) -> None:
    for path in ("/", "/p/prj_1/tasks"):
        stranger = api.client.get(path, headers=HTML)
        assert (stranger.status_code, "The web app is not built" in stranger.text) == (401, True)
        known = api.client.get(path, headers={**HTML, **api.headers("owner")})
        assert (known.status_code, "npm run build" in known.text) == (200, True)
    assert api.client.get("/api/v1/nothing", headers=HTML).status_code == 404
