"""Endpoints over HTTP, with model hosts as they really are: asked, switched, overrun, broken and closed."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.serving_models import HANGS, SLOW, add_model, picture, write_model, write_module

import whorl
from whorl.base.errors import InvalidInput, NotFound, NotServing
from whorl.base.settings import Settings
from whorl.cli.main import run
from whorl.server.embedded import Embedded, start_embedded
from whorl.server.services import Services

JPEG = {"content-type": "image/jpeg"}
WAIT_S = 60.0


@dataclass
class House:
    """A server with models that tell bright from dark, and one that cannot be loaded."""

    server: Embedded
    services: Services
    http: httpx.Client
    project_id: str
    models: dict[str, str] = field(default_factory=dict)
    made: int = 0

    def open(self, model: str | None = "bright", **settings: Any) -> dict[str, Any]:
        """Open an endpoint with a fresh name."""
        self.made += 1
        body = {"name": f"door-{self.made}", "settings": settings}
        made = self.ok(self.http.post(f"/projects/{self.project_id}/endpoints", json=body), 201)
        if model is not None:
            made = self.ok(self.serve(made, model))
        return made

    def serve(self, endpoint: dict[str, Any], model: str | None, **more: Any) -> httpx.Response:
        """Give a model a role."""
        body = {"model_id": None if model is None else self.models[model], **more}
        return self.http.post(f"/endpoints/{endpoint['id']}/serve", json=body)

    def ask(self, endpoint: dict[str, Any], image: bytes | None = None, **headers: str) -> httpx.Response:
        """Ask about an image."""
        url = f"/endpoints/{endpoint['name']}/predict"
        return self.http.post(url, content=picture() if image is None else image, headers=JPEG | headers)

    def name_of(self, response: httpx.Response) -> str:
        """Which model answered."""
        return next(name for name, one in self.models.items() if one == self.ok(response)["model_id"])

    def metrics(self, endpoint: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
        """Totals by model and role."""
        names = {one: name for name, one in self.models.items()}
        totals = self.ok(self.http.get(f"/endpoints/{endpoint['id']}/metrics"))["totals"]
        return {(names[one["model_id"]], one["role"]): one for one in totals}

    @staticmethod
    def ok(response: httpx.Response, status: int = 200) -> dict[str, Any]:
        """The answer's body."""
        assert response.status_code == status, response.text
        found: dict[str, Any] = response.json()
        return found


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running server whose models stay loaded from one test to the next."""
    modules = tmp_path_factory.mktemp("modules")
    write_module(modules)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(modules))
        home = tmp_path_factory.mktemp("home")
        server = start_embedded(Settings(home=home, web=str(home / "web"), max_pixels=100_000, max_upload_bytes=10**6))
        services = server._running.services
        headers = {"authorization": f"Bearer {server.token}"}
        with httpx.Client(base_url=f"{server.url}/api/v1", headers=headers, timeout=WAIT_S) as http:
            project_id = http.post("/projects", json={"name": "p"}).json()["id"]
            made = House(server, services, http, project_id)
            for function in ("bright", "dark", "Broken"):
                made.models[function] = services.db.write(lambda conn, f=function: add_model(conn, project_id, f))
                write_model(services.settings.models_path, made.models[function], function)
            made.models["untrained"] = services.db.write(
                lambda conn: add_model(conn, project_id, "bright", status="created")
            )
            keeper = made.open("bright")
            made.serve(keeper, "dark", role="canary", share=0)
            yield made
        server.stop()


def until(check: Callable[[], bool]) -> None:
    """Wait for something that comes by itself."""
    end = time.monotonic() + WAIT_S
    while not check():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_predict__an_image_as_a_form_or_bare(house: House) -> None:
    door = house.open()
    bare = house.ok(house.ask(door))
    assert bare["annotations"] == [
        {"label": "bright", "geometry": {"type": "class"}, "confidence": pytest.approx(200 / 255)}
    ]
    assert (bare["width"], bare["height"], bare["role"]) == (32, 32, "champion")
    assert bare["model_id"] == house.models["bright"]
    form = {"file": ("a.png", picture(level=20, width=40, kind="PNG"))}
    url = f"/endpoints/{door['id']}/predict"
    sent = house.ok(house.http.post(url, files=form, data={"metadata": '{"camera": "a"}'}))
    assert (sent["annotations"][0]["label"], sent["width"]) == ("dark", 40)
    assert house.ok(house.http.post(url, content=picture(), params={"metadata": '{"camera": "a"}'}))["width"] == 32


@pytest.mark.parametrize(
    ("content", "headers", "status", "said"),
    [
        (b"", JPEG, 422, "its body is empty"),
        (b"not an image", JPEG, 422, "not an image"),
        (picture()[:300], JPEG, 422, "cannot be decoded"),
        (
            picture(height=400, width=400, kind="PNG"),
            JPEG,
            422,
            "has 160,000 pixels; this endpoint takes up to 100,000",
        ),
        (b"\x89PNG\r\n\x1a\n" + bytes(2_000_000), JPEG, 413, "larger than 1,0"),
        (b"{}", {"content-type": "application/json"}, 422, "takes images, not 'application/json'"),
        (b"junk", {"content-type": "multipart/form-data; boundary=x"}, 400, "multipart"),
        (b"--x--\r\n", {"content-type": "multipart/form-data; boundary=x"}, 422, "holds no image"),
        (b"--x\r\njunk", {"content-type": "multipart/form-data"}, 400, "multipart"),
    ],
)
def test_predict__what_is_no_image_is_refused(
    house: House, content: bytes, headers: dict[str, str], status: int, said: str
) -> None:
    door = house.http.get(f"/projects/{house.project_id}/endpoints").json()["items"][-1]
    response = house.http.post(f"/endpoints/{door['name']}/predict", content=content, headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert said in response.json()["detail"]
    assert house.ask(door).status_code == 200


@pytest.mark.parametrize(
    "metadata", ["[]", "{", '"x"', '{"a": {"b": 1}}', '{"a": "\\u0000"}', '{"a": "' + "x" * 5000 + '"}']
)
def test_predict__metadata_that_no_log_keeps_is_refused(house: House, metadata: str) -> None:
    door = house.http.get(f"/projects/{house.project_id}/endpoints").json()["items"][-1]
    url = f"/endpoints/{door['name']}/predict"
    response = house.http.post(url, files={"file": ("a", picture())}, data={"metadata": metadata})
    assert (response.status_code, response.json()["code"]) == (422, "invalid_input")


def test_tokens__ask_their_endpoint_and_do_nothing_else(house: House) -> None:
    door, other = house.open(), house.open()
    made = house.ok(house.http.post(f"/endpoints/{door['id']}/tokens", json={"name": "line 3"}), 201)
    assert (made["token"]["kind"], made["token"]["role"]) == ("endpoint", None)
    with httpx.Client(base_url=house.http.base_url, headers={"authorization": f"Bearer {made['secret']}"}) as guest:
        ask = lambda name: guest.post(f"/endpoints/{name}/predict", content=picture(), headers=JPEG)  # noqa: E731
        assert [ask(one).status_code for one in (door["name"], door["id"], other["name"], "none")] == [
            200,
            200,
            404,
            404,
        ]
        assert guest.get(f"/endpoints/{door['id']}").status_code == 403
        assert guest.get(f"/endpoints/{other['id']}").status_code == 404
        assert [guest.get(path).status_code for path in ("/me", "/projects")] == [403, 403]
        (listed,) = house.http.get(f"/endpoints/{door['id']}/tokens").json()
        assert (listed["name"], "secret" in listed) == ("line 3", False)
        assert house.http.delete(f"/endpoints/{other['id']}/tokens/{listed['id']}").status_code == 404
        assert house.http.delete(f"/endpoints/{door['id']}/tokens/{listed['id']}").status_code == 204
        assert ask(door["name"]).status_code == 401


def test_endpoint__without_a_model_off_or_closed_says_so(house: House) -> None:
    door = house.open(None)
    empty = house.ask(door)
    assert (empty.status_code, empty.json()["code"]) == (409, "not_serving")
    assert "has no model yet" in empty.json()["detail"]
    house.ok(house.serve(door, "bright"))
    url = f"/endpoints/{door['id']}"
    house.ok(house.http.patch(url, json={"is_on": False}))
    assert "is switched off" in house.ask(door).json()["detail"]
    house.ok(house.http.patch(url, json={"is_on": True}))
    assert house.ask(door).status_code == 200
    assert house.http.delete(url).status_code == 204
    assert [house.ask(door).status_code, house.http.get(url).status_code] == [404, 404]


def test_create__names_are_addresses_and_taken_once(house: House) -> None:
    door = house.open(None)
    url = f"/projects/{house.project_id}/endpoints"
    assert house.http.post(url, json={"name": door["name"]}).status_code == 409
    for name in ("", "Door", "a b", "-a", "end_x", "x" * 101, "\x00"):
        assert house.http.post(url, json={"name": name}).status_code == 422, name
    assert house.http.post(url, json={"name": "fine", "pipeline_id": "pip_none"}).status_code in {404, 422}
    assert house.http.post(url, json={"name": "fine", "variable": "none"}).status_code == 422
    assert house.http.post(url, json={"name": "fine", "model_id": house.models["untrained"]}).status_code == 422


def test_serve__what_cannot_serve_changes_nothing(house: House) -> None:
    door = house.open("bright")
    untrained, broken = house.serve(door, "untrained"), house.serve(door, "Broken")
    assert (untrained.status_code, "is not trained" in untrained.json()["detail"]) == (422, True)
    assert (broken.status_code, "weights are of another model" in broken.json()["detail"]) == (422, True)
    assert house.http.post(f"/endpoints/{door['id']}/serve", json={"model_id": "mdl_none"}).status_code == 404
    assert house.serve(door, "dark", role="canary", share=1.5).status_code == 422
    assert house.serve(door, "bright", role="shadow").status_code == 409
    assert house.name_of(house.ask(door)) == "bright"
    changes = house.http.get(f"/endpoints/{door['id']}/changes").json()
    assert [(one["role"], one["model_id"], one["previous_id"]) for one in changes] == [
        ("champion", house.models["bright"], None)
    ]


def test_serve__a_variant_that_nobody_evaluated_is_refused(house: House) -> None:
    door = house.open("bright")
    project_id = house.project_id
    made = house.services.db.write(lambda conn: add_model(conn, project_id, "dark", variant="int8"))
    refused = house.http.post(f"/endpoints/{door['id']}/serve", json={"model_id": made})
    assert (refused.status_code, "never evaluated" in refused.json()["detail"]) == (422, True)


def test_follow__a_new_champion_of_the_variable_is_served_and_a_rollback_takes_it_back(house: House) -> None:
    url = f"/projects/{house.project_id}/endpoints"
    bright, dark = house.models["bright"], house.models["dark"]
    house.ok(house.http.post(f"/models/{bright}/deploy"))
    door = house.ok(house.http.post(url, json={"name": "follower", "variable": "champion"}), 201)
    assert door["model_id"] == bright
    house.ok(house.http.post(f"/models/{dark}/deploy"))
    until(lambda: house.name_of(house.ask(door)) == "dark")
    assert house.ok(house.http.post(f"/endpoints/{door['id']}/rollback"))["model_id"] == bright
    (place,) = house.http.get(f"/projects/{house.project_id}/champions").json()
    assert place["model_id"] == bright
    assert house.name_of(house.ask(door)) == "bright"
    house.ok(house.serve(door, "dark"))
    (place,) = house.http.get(f"/projects/{house.project_id}/champions").json()
    assert place["model_id"] == dark


def test_champion__written_past_the_check_is_not_followed_when_it_does_not_load(house: House) -> None:
    """As when a pipeline points its variable at a model whose files are damaged."""
    from whorl.serving.actions import serve_model

    door = house.open("bright")
    now = house.services.now()
    house.services.db.write(
        lambda conn: serve_model(conn, door["id"], house.models["Broken"], actor_id="per_x", now=now)
    )
    url = f"/endpoints/{door['id']}"
    until(lambda: "weights are of another model" in (house.http.get(url).json()["problem"] or ""))
    assert house.name_of(house.ask(door)) == "bright"
    house.ok(house.http.post(f"{url}/rollback"))
    assert house.http.get(url).json()["problem"] is None


def test_rollback__goes_through_every_champion(house: House) -> None:
    door = house.open("bright")
    house.ok(house.serve(door, "dark"))
    house.ok(house.serve(door, "bright"))
    back = [house.ok(house.http.post(f"/endpoints/{door['id']}/rollback"))["model_id"] for _ in range(2)]
    assert back == [house.models["dark"], house.models["bright"]]
    refused = house.http.post(f"/endpoints/{door['id']}/rollback")
    assert (refused.status_code, "had no champion before" in refused.json()["detail"]) == (409, True)


def test_canary__answers_its_share_always_the_same_images(house: House) -> None:
    door = house.open("bright")
    house.ok(house.serve(door, "dark", role="canary", share=0.4))
    images = [picture(level=level, kind="PNG") for level in range(60)]
    first = [house.ok(house.ask(door, one)) for one in images]
    roles = [one["role"] for one in first]
    assert 10 <= roles.count("canary") <= 38
    assert {one["role"]: one["model_id"] for one in first} == {
        "champion": house.models["bright"],
        "canary": house.models["dark"],
    }
    assert [house.ok(house.ask(door, one))["role"] for one in images] == roles
    promoted = house.ok(house.serve(door, "dark"))
    assert (promoted["model_id"], promoted["canary_id"]) == (house.models["dark"], None)


def test_shadow__is_asked_beside_and_never_answers(house: House) -> None:
    door = house.open("bright")
    house.ok(house.serve(door, "dark", role="shadow"))
    assert {house.name_of(house.ask(door)) for _ in range(10)} == {"bright"}
    until(lambda: house.metrics(door).get(("dark", "shadow"), {}).get("requests") == 10)
    champion = house.metrics(door)["bright", "champion"]
    assert (champion["requests"], champion["errors"]) == (10, 0)
    assert 0 < champion["p50_ms"] <= champion["p99_ms"]


def test_switch__under_load_drops_no_request(house: House) -> None:
    door = house.open("bright")
    is_over = threading.Event()

    def ask_on() -> list[tuple[int, str]]:
        found = []
        with httpx.Client(base_url=house.http.base_url, headers=house.http.headers, timeout=WAIT_S) as http:
            while not is_over.is_set():
                got = http.post(f"/endpoints/{door['name']}/predict", content=picture(), headers=JPEG)
                found.append((got.status_code, got.json().get("model_id", "")))
        return found

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask_on) for _ in range(3)]
        for model in ("dark", "bright", "dark"):
            time.sleep(0.2)
            house.ok(house.serve(door, model))
            assert house.name_of(house.ask(door)) == model
        is_over.set()
        found = [one for each in asking for one in each.result()]
    assert {status for status, _ in found} == {200}
    assert {model for _, model in found} == {house.models["bright"], house.models["dark"]}


def test_delete__while_it_is_asked_answers_what_has_come(house: House) -> None:
    door = house.open("bright")
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(house.ask, door, picture(height=SLOW))
        until(lambda: house.services.serving.metrics(door["id"], minutes=1).queue == 1 or slow.done())
        house.http.delete(f"/endpoints/{door['id']}")
        assert slow.result().status_code == 200
    assert house.ask(door).status_code == 404


def test_queue__that_is_full_is_told_to_come_back(house: House) -> None:
    door = house.open("bright", max_queue=1)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: house.ask(door, picture(height=SLOW)), range(6)))
    refused = [one for one in found if one.status_code == 503]
    assert {one.status_code for one in found} == {200, 503}
    assert {(one.json()["code"], one.headers["retry-after"]) for one in refused} == {("overloaded", "1")}
    assert house.metrics(door)["bright", "champion"]["errors"] == len(refused)


def test_host__killed_under_load_comes_back_and_answers_who_waited(house: House) -> None:
    door = house.open("bright")
    (host,) = [one for one in house.services.serving.health() if one.name == house.models["bright"]]
    assert host.pid is not None
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(house.ask, door, picture(height=SLOW)) for _ in range(4)]
        until(lambda: house.services.serving.metrics(door["id"], minutes=1).queue >= 4 or all(f.done() for f in asked))
        os.kill(host.pid, signal.SIGKILL)
        assert {one.result().status_code for one in asked} == {200}
    assert house.ask(door).status_code == 200
    (again,) = [one for one in house.services.serving.health() if one.name == host.name]
    assert (again.restarts, again.pid != host.pid) == (host.restarts + 1, True)


def test_model__that_hangs_is_ended_and_the_others_are_answered(house: House) -> None:
    door, other = house.open("bright", timeout_s=1.0), house.open("dark")
    with ThreadPoolExecutor(3) as pool:
        hung = pool.submit(house.ask, door, picture(height=HANGS))
        until(lambda: house.services.serving.metrics(door["id"], minutes=1).queue == 1)
        assert house.ask(other).status_code == 200
        behind = pool.submit(house.ask, door, picture())
        assert (hung.result().status_code, hung.result().json()["code"]) == (504, "model_timeout")
        assert behind.result().status_code == 200


def test_sdk__opens_serves_asks_and_goes_back(house: House, tmp_path: Path) -> None:
    tmp_path.joinpath("image.jpg").write_bytes(picture())
    with whorl.connect(house.server.url, token=house.server.token) as client:
        project = client.projects.get("p")
        made = project.endpoints.create("sdk", model_id=house.models["bright"])
        answer = made.predict(tmp_path / "image.jpg", metadata={"camera": "a"})
        assert ([one.label for one in answer.annotations], answer.width) == (["bright"], 32)
        found = project.endpoints.get("sdk").serve(house.models["dark"])
        assert found.roll_back().info.model_id == house.models["bright"]
        assert [one.model_id for one in found.changes()] == [
            house.models[name] for name in ("bright", "dark", "bright")
        ]
        with pytest.raises(InvalidInput, match="no role 'king'"):
            found.serve(house.models["dark"], role="king")
        with pytest.raises(InvalidInput, match="cannot read"):
            found.predict("none.jpg")
        with pytest.raises(NotFound, match="no endpoint 'other'"):
            project.endpoints.get("other")
        secret = found.create_token("door").secret
        with whorl.connect(house.server.url, token=secret) as guest:
            assert guest.endpoint("sdk").predict(picture(level=3)).annotations[0].label == "dark"
        found.update(is_on=False)
        with pytest.raises(NotServing, match="switched off"):
            found.predict(picture())
        found.delete()


def test_cli__opens_serves_asks_and_reads_numbers(
    house: House, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tmp_path.joinpath("image.jpg").write_bytes(picture())

    def shell(*words: str) -> tuple[int, str, str]:
        code = run([*words, "--url", house.server.url, "--token", house.server.token])
        return code, *capsys.readouterr()

    assert shell("endpoints", "create", "cli", "--model", house.models["bright"])[0] == 0
    code, out, _ = shell("endpoints", "predict", "cli", str(tmp_path / "image.jpg"), "-m", "camera=a")
    assert (code, out.split()) == (0, ["image.jpg", "bright", "0.78", "class"])
    assert shell("endpoints", "predict", "cli", str(tmp_path / "image.jpg"), "-m", "camera")[0] != 0
    assert shell("endpoints", "serve", "cli", house.models["dark"])[0] == 0
    assert house.models["bright"] in shell("endpoints", "rollback", "cli")[1]
    totals = json.loads(shell("endpoints", "metrics", "cli", "--json")[1])["totals"]
    assert [(one["requests"], one["errors"]) for one in totals] == [(1, 0)]
    assert "whl_" in shell("endpoints", "tokens", "cli", "--create", "door")[1]
    assert "door" in shell("endpoints", "tokens", "cli")[1]
    assert "cli" in shell("endpoints", "list")[1]
    assert shell("endpoints", "off", "cli")[0] == 0
    code, _, said = shell("endpoints", "predict", "cli", str(tmp_path / "image.jpg"))
    assert (code != 0, "switched off" in said) == (True, True)
    assert shell("endpoints", "on", "cli")[0] == 0
    assert shell("endpoints", "delete", "cli", "--yes")[0] == 0


def test_metrics__of_endpoints_and_hosts_are_for_monitoring(house: House) -> None:
    door = house.open("bright")
    house.ok(house.ask(door))
    text = house.http.get(f"{house.server.url}/metrics").text
    assert f'whorl_endpoint_requests_total{{endpoint="{door["name"]}",role="champion"}} 1' in text
    assert f'whorl_endpoint_errors_total{{endpoint="{door["name"]}",role="champion"}} 0' in text
    assert "whorl_model_host_up" in text
