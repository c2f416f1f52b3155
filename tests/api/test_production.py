"""The log, feedback, flags and the page for end users over HTTP."""

from __future__ import annotations

import re

import orjson
import pytest
from tests.api.conftest import NOW, Api, png

from whorl.access.actions import create_token
from whorl.access.rules import TokenKind
from whorl.schemas.serving import EndpointCreate, EndpointSettings, ServingRole
from whorl.serving.actions import create_endpoint
from whorl.serving.served import Answer, Served
from whorl.store.blobs import sha256_of

BOX = {"type": "box", "x0": 2, "y0": 1, "x1": 12, "y1": 8}


@pytest.fixture
def shop(api: Api) -> Api:
    """The application with an endpoint that keeps images and shows its page."""
    draft = EndpointCreate(
        name="cars",
        dataset_id=api.ids["dataset_id"],
        settings=EndpointSettings(feedback_page=True, feedback_page_in=["https://shop.example"]),
    )

    def build(conn: object) -> str:
        from sqlalchemy import Connection

        assert isinstance(conn, Connection)
        made = create_endpoint(conn, draft, project_id=api.ids["project_id"], actor_id="per_1", now=NOW)
        secret = create_token(
            conn,
            TokenKind.ENDPOINT,
            "device",
            actor_id="per_1",
            now=NOW,
            project_id=api.ids["project_id"],
            endpoint_id=made.id,
        )
        api.tokens["device"] = secret.secret
        return made.id

    api.ids["endpoint_id"] = api.services.db.write(build)
    return api


def serve(api: Api, *, colour: int = 90, keep: bool = True, label: str = "car") -> str:
    image = png(20, 10, colour)
    said = [{"label": label, "geometry": BOX, "confidence": 0.4}]
    prediction_id = api.services.recorder.offer(
        Served(
            endpoint_id=api.ids["endpoint_id"],
            project_id=api.ids["project_id"],
            settings=EndpointSettings(keep_images=keep),
            at=api.services.now(),
            image=image,
            media_type="image/png",
            sha256=sha256_of(image),
            width=20,
            height=10,
            role=ServingRole.CHAMPION,
            answer=Answer("mdl_1", orjson.dumps(said), 0.4, None),
            latency_ms=2.0,
            metadata={"camera": "<b>yard</b>"},
        )
    )
    assert prediction_id is not None
    return prediction_id


def link(api: Api, prediction_id: str) -> str:
    made = api.client.post(
        "/api/v1/endpoints/cars/feedback-link", json={"prediction_id": prediction_id}, headers=api.headers("device")
    )
    assert made.status_code == 200, made.text
    return str(made.json()["url"])


def test_log__is_read_at_once_with_its_image(shop: Api) -> None:
    one = serve(shop)
    line = shop.client.get(f"/api/v1/predictions/{one}", headers=shop.headers("viewer")).json()
    assert (line["metadata"], line["has_image"], line["annotations"][0]["label"]) == (
        {"camera": "<b>yard</b>"},
        True,
        "car",
    )
    image = shop.client.get(f"/api/v1/predictions/{one}/image", headers=shop.headers("viewer"))
    assert (image.content, image.headers["content-type"]) == (png(20, 10, 90), "image/png")
    page = shop.client.get(f"/api/v1/endpoints/{shop.ids['endpoint_id']}/predictions", headers=shop.headers("viewer"))
    assert [found["id"] for found in page.json()["items"]] == [one]


def test_log__an_image_that_was_not_kept_is_said_to_be(shop: Api) -> None:
    one = serve(shop, keep=False)
    answer = shop.client.get(f"/api/v1/predictions/{one}/image", headers=shop.headers("viewer"))
    assert answer.status_code == 404
    assert "was not kept" in answer.json()["detail"]


def test_log__is_nobody_elses(shop: Api) -> None:
    one = serve(shop)
    for who in ("foreign", "device"):
        assert shop.client.get(f"/api/v1/predictions/{one}", headers=shop.headers(who)).status_code in (403, 404)


def test_feedback__by_a_device_with_the_endpoints_token(shop: Api) -> None:
    one = serve(shop)
    body = {"prediction_id": one, "verdict": "wrong", "who": "ann"}
    first = shop.client.post("/api/v1/endpoints/cars/feedback", json=body, headers=shop.headers("device"))
    again = shop.client.post(
        f"/api/v1/endpoints/{shop.ids['endpoint_id']}/feedback", json=body, headers=shop.headers("device")
    )
    assert first.status_code == 201
    assert first.json()["id"] == again.json()["id"]
    listed = shop.client.get(
        f"/api/v1/endpoints/{shop.ids['endpoint_id']}/feedback", headers=shop.headers("viewer")
    ).json()
    assert [said["who"] for said in listed["items"]] == ["ann"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"prediction_id": "prd_none", "verdict": "ok"}, 404, "not_found"),
        ({"prediction_id": "\0", "verdict": "ok"}, 404, "not_found"),
        ({"prediction_id": "x" * 500, "verdict": "ok"}, 422, "invalid_input"),
        ({"prediction_id": "prd_none", "verdict": "fine"}, 422, "invalid_input"),
        ({"verdict": "ok"}, 422, "invalid_input"),
    ],
)
def test_feedback__bad_input_is_a_problem(shop: Api, body: dict[str, str], status: int, code: str) -> None:
    answer = shop.client.post("/api/v1/endpoints/cars/feedback", json=body, headers=shop.headers("device"))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_flag_rules__made_changed_and_taken_away(shop: Api) -> None:
    path = f"/api/v1/endpoints/{shop.ids['endpoint_id']}/flag-rules"
    none = shop.client.post(path, json={"kind": "confidence"}, headers=shop.headers("manager"))
    assert (none.status_code, none.json()["code"]) == (422, "invalid_input")
    assert "neither below nor above" in none.json()["detail"]
    made = shop.client.post(path, json={"kind": "confidence", "below": 0.5}, headers=shop.headers("manager")).json()
    changed = shop.client.patch(
        f"/api/v1/flag-rules/{made['id']}", json={"per_day": 7}, headers=shop.headers("manager")
    ).json()
    assert (changed["per_day"], changed["below"]) == (7, 0.5)
    assert (
        shop.client.patch(
            f"/api/v1/flag-rules/{made['id']}", json={"per_day": 7}, headers=shop.headers("viewer")
        ).status_code
        == 403
    )
    assert shop.client.delete(f"/api/v1/flag-rules/{made['id']}", headers=shop.headers("manager")).status_code == 204
    assert shop.client.get(path, headers=shop.headers("viewer")).json() == []
    gone = shop.client.delete(f"/api/v1/flag-rules/{made['id']}", headers=shop.headers("manager"))
    assert gone.status_code == 404


def test_catalogue__of_no_flags_and_a_task_of_none(shop: Api) -> None:
    path = f"/api/v1/endpoints/{shop.ids['endpoint_id']}"
    empty = shop.client.get(f"{path}/flag-catalogue", headers=shop.headers("viewer")).json()
    assert (empty["groups"], empty["n_flags"]) == ([], 0)
    for body, status in [
        ({"name": "look"}, 422),
        ({"name": "look", "group": 3}, 404),
        ({"name": "x", "group": -1}, 422),
    ]:
        answer = shop.client.post(f"{path}/flags/task", json=body, headers=shop.headers("manager"))
        assert answer.status_code == status, answer.text
    both = {"name": "look", "group": 0, "item_ids": [shop.ids["item_id"]]}
    assert shop.client.post(f"{path}/flags/task", json=both, headers=shop.headers("manager")).status_code in (404, 422)


@pytest.mark.parametrize("count", [1, 2])
def test_catalogue__of_one_and_two_that_were_said_to_be_wrong(shop: Api, count: int) -> None:
    for number in range(count):
        body = {"prediction_id": serve(shop, colour=number * 40), "verdict": "wrong"}
        shop.client.post("/api/v1/endpoints/cars/feedback", json=body, headers=shop.headers("device"))
    path = f"/api/v1/endpoints/{shop.ids['endpoint_id']}"
    found = shop.client.get(f"{path}/flag-catalogue", headers=shop.headers("viewer")).json()
    assert [(group["size"], group["wrong"]) for group in found["groups"]] == [(count, count)]
    assert found["n_flags"] == 0


def test_page__shows_the_answer_and_takes_what_is_said(shop: Api) -> None:
    one = serve(shop, label="<script>alert(1)</script>")
    url = link(shop, one)
    page = shop.client.get(url)
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "&lt;script&gt;" in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert policy.endswith("frame-ancestors https://shop.example")
    (image,) = re.findall(r"<image href='([^']+)'", page.text)
    assert shop.client.get(image.replace("&amp;", "&")).content == png(20, 10, 90)
    said = shop.client.post(url, data={"verdict": "wrong", "comment": "a truck"})
    assert "noted as <b>wrong</b>" in said.text
    listed = shop.client.get(
        f"/api/v1/endpoints/{shop.ids['endpoint_id']}/feedback", headers=shop.headers("viewer")
    ).json()
    assert [(one["verdict"], one["comment"], one["who"]) for one in listed["items"]] == [("wrong", "a truck", "page")]


def test_page__opens_for_its_own_answer_alone(shop: Api) -> None:
    one, other = serve(shop), serve(shop, colour=10)
    url = link(shop, one)
    for forged in (
        url.replace(one, other),
        url.replace("/cars/", "/bikes/"),
        url[:-1] + ("0" if url[-1] != "0" else "1"),
        url.partition("?")[0],
        f"/feedback/cars/{one}?s=%00",
    ):
        for answer in (shop.client.get(forged), shop.client.post(forged, data={"verdict": "ok"})):
            assert answer.status_code == 404
            assert "This page is not here" in answer.text
    image = shop.client.get(f"/feedback/cars/{one}/image?s=0")
    assert image.status_code == 404


def test_page__is_off_unless_it_was_switched_on(shop: Api) -> None:
    url = link(shop, serve(shop))
    settings = EndpointSettings().model_dump(mode="json")
    changed = shop.client.patch(
        f"/api/v1/endpoints/{shop.ids['endpoint_id']}", json={"settings": settings}, headers=shop.headers("manager")
    )
    assert changed.status_code == 200
    assert shop.client.get(url).status_code == 404
    refused = shop.client.post(
        "/api/v1/endpoints/cars/feedback-link", json={"prediction_id": serve(shop)}, headers=shop.headers("device")
    )
    assert refused.status_code == 409


@pytest.mark.parametrize(
    "site", ["*", "shop.example", "https://shop.example/x", "https://a b", "javascript:1", "'self'"]
)
def test_settings__a_frame_is_for_sites_alone(shop: Api, site: str) -> None:
    settings = EndpointSettings().model_dump(mode="json") | {"feedback_page_in": [site]}
    answer = shop.client.patch(
        f"/api/v1/endpoints/{shop.ids['endpoint_id']}", json={"settings": settings}, headers=shop.headers("manager")
    )
    assert answer.status_code == 422


def test_metrics__say_what_became_of_answers(shop: Api) -> None:
    serve(shop)
    page = shop.client.get("/metrics", headers=shop.headers("admin")).text
    (line,) = [one for one in page.splitlines() if one.startswith("whorl_prediction_log_total{")]
    assert line.endswith('outcome="logged"} 1')


def test_delete_endpoint__takes_its_logged_images(shop: Api) -> None:
    serve(shop)
    shop.services.recorder.flush()
    assert len(list(shop.services.blobs.list("served"))) == 1
    path = f"/api/v1/endpoints/{shop.ids['endpoint_id']}"
    assert shop.client.delete(path, headers=shop.headers("manager")).status_code == 204
    assert list(shop.services.blobs.list("served")) == []


def test_prune__counts_first(shop: Api) -> None:
    serve(shop)
    shop.services.recorder.flush()
    path = f"/api/v1/endpoints/{shop.ids['endpoint_id']}/predictions/prune"
    assert shop.client.post(path, headers=shop.headers("manager")).json() == {
        "lines": 0,
        "images": 0,
        "is_dry_run": True,
    }
