"""The numbers for monitoring: who may read them, and that they are true and well formed."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping

import pytest
from tests.api.conftest import URL, Api

from whorl.base.settings import Settings
from whorl.server.app import create_app
from whorl.server.services import Services
from whorl.store.blobs import open_blobs
from whorl.store.db import Database

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

_SAMPLE = re.compile(
    r'^[a-z_]+({[a-z_]+="(?:[^"\\\n]|\\.)*"(,[a-z_]+="(?:[^"\\\n]|\\.)*")*})? (-?[\d.]+(e[+-]?\d+)?|\+Inf)$'
)


def _client(services: Services, *, host: str) -> TestClient:
    return TestClient(create_app(services), base_url=URL, client=(host, 4000))


def _read(text: str) -> Mapping[str, float]:
    samples = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line for line in samples if not _SAMPLE.match(line)] == []
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in samples)}


@pytest.mark.parametrize(
    ("host", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.7", {}, 401),
        ("127.0.0.1", {"x-forwarded-for": "10.0.0.7"}, 401),
        ("127.0.0.1", {"forwarded": "for=10.0.0.7"}, 401),
        ("10.0.0.7", {"authorization": "Bearer watch-me"}, 200),
        ("10.0.0.7", {"authorization": "Bearer watch-you"}, 401),
        ("127.0.0.1", {"authorization": "Bearer é"}, 401),
        ("10.0.0.7", {"authorization": "Bearer "}, 401),
    ],
)
def test_metrics__who_may_read_them(services: Services, host: str, headers: dict[str, str], status: int) -> None:
    services.settings = services.settings.model_copy(update={"metrics_token": "watch-me"})
    encoded = {name.encode(): value.encode() for name, value in headers.items()}
    answer = _client(services, host=host).get("/metrics", headers=encoded)
    assert answer.status_code == status


def test_metrics__the_token_opens_nothing_else(services: Services) -> None:
    services.settings = services.settings.model_copy(update={"metrics_token": "watch-me"})
    client = _client(services, host="10.0.0.7")
    assert client.get("/api/v1/me", headers={"authorization": "Bearer watch-me"}).status_code == 401
    assert client.get("/api/v1/projects", headers={"authorization": "Bearer watch-me"}).status_code == 401


def test_metrics__without_a_token_set_an_empty_one_is_nobody(services: Services) -> None:
    client = _client(services, host="10.0.0.7")
    for given in ("Bearer ", "Bearer", "bearer ", "Basic x"):
        assert client.get("/metrics", headers={"authorization": given}).status_code == 401


def test_metrics__count_what_was_asked_and_what_waits(api: Api) -> None:
    api.services.db.write(lambda _: None)
    for _ in range(3):
        api.client.get(f"/api/v1/projects/{api.ids['project_id']}", headers=api.headers("viewer"))
    api.client.get(f"/api/v1/projects/{api.ids['project_id']}", headers=api.headers("foreign"))
    answer = api.client.get("/metrics", headers=api.headers("admin"))
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found = _read(answer.text)
    assert found['whorl_requests_total{kind="projects",method="GET",status="200"}'] == 3
    assert found['whorl_requests_total{kind="projects",method="GET",status="404"}'] == 1
    assert found['whorl_request_seconds_count{kind="projects"}'] == 4
    assert found['whorl_request_seconds_bucket{kind="projects",le="+Inf"}'] == 4
    assert found["whorl_engine_running"] == 0
    assert found['whorl_writer_writes_total{who="people"}'] > 0
    assert found['whorl_inbox_items{node="job:import",state="waiting"}'] >= 0


def test_metrics__text_is_escaped() -> None:
    from whorl.server.exposition import Page

    page = Page()
    page.add("a_total", "counter", "Help.", [({"x": 'a"b\\c\nd'}, 2.0)])
    page.add_histogram("s", "Help.", (0.1, 1.0), {"k": ([1, 2, 3], 7.5)})
    assert page.text().splitlines() == [
        "# HELP a_total Help.",
        "# TYPE a_total counter",
        'a_total{x="a\\"b\\\\c\\nd"} 2',
        "# HELP s Help.",
        "# TYPE s histogram",
        's_bucket{kind="k",le="0.1"} 1',
        's_bucket{kind="k",le="1.0"} 3',
        's_bucket{kind="k",le="+Inf"} 6',
        's_sum{kind="k"} 7.5',
        's_count{kind="k"} 6',
    ]


def test_metrics__are_taken_on_both_databases(database: Database) -> None:
    services = Services(db=database, blobs=open_blobs("memory://"), settings=Settings(web="/nowhere"))
    found = _read(_client(services, host="127.0.0.1").get("/metrics").text)
    kind = "sqlite" if database.is_sqlite else "postgresql"
    assert [name for name in found if name.startswith("whorl_build_info")][0].count(f'database="{kind}"') == 1
