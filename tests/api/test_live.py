"""Events as they happen, and jobs through the real engine."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.api.conftest import Api, png

from whorl.base.errors import InvalidInput
from whorl.base.settings import Settings
from whorl.server.embedded import start_embedded
from whorl.worker.run import work


@pytest.fixture
def client(tmp_path: Path) -> Iterator[httpx.Client]:
    embedded = start_embedded(Settings(home=tmp_path / "home", executor="inline"))
    headers = {"Authorization": f"Bearer {embedded.token}"}
    with httpx.Client(base_url=f"{embedded.url}/api/v1", headers=headers, timeout=30) as opened:
        yield opened
    embedded.stop()


def _events(client: httpx.Client, project_id: str, n: int, **headers: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    event_id = ""
    path = f"/projects/{project_id}/events"
    with client.stream("GET", path, params={"after": "0"}, headers=headers) as response:
        assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
        for line in response.iter_lines():
            if line.startswith("id: "):
                event_id = line[4:]
            elif line.startswith("data: "):
                event = json.loads(line[6:])
                assert event["id"] == event_id
                found.append((event_id, event["kind"]))
                if len(found) == n:
                    return found
    return found


def test_events__arrive_live_and_go_on_from_the_last(client: httpx.Client) -> None:
    project_id = client.post("/projects", json={"name": "a"}).json()["id"]
    path = f"/projects/{project_id}/datasets"
    client.post(path, json={"name": "first"})
    later = threading.Timer(0.3, lambda: client.post(path, json={"name": "second"}))
    later.start()
    found = _events(client, project_id, 2)
    later.join()
    assert [kind for _, kind in found] == ["dataset.changed", "dataset.changed"]
    resumed = _events(client, project_id, 1, **{"Last-Event-ID": found[0][0]})
    assert resumed == found[1:]


def test_events__bad_id(client: httpx.Client) -> None:
    project_id = client.post("/projects", json={"name": "a"}).json()["id"]
    response = client.get(f"/projects/{project_id}/events", params={"after": "x"})
    assert (response.status_code, response.json()["code"]) == (422, "invalid_input")


def _wait(client: httpx.Client, job: dict[str, object]) -> dict[str, object]:
    pause = threading.Event()
    for _ in range(400):
        job = client.get(f"/jobs/{job['id']}").json()
        if job["state"] in {"done", "failed", "cancelled"}:
            return job
        pause.wait(0.05)
    raise AssertionError(job)


def test_jobs__import_lists_what_it_left_out_and_export_writes(client: httpx.Client, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "a.png").write_bytes(png())
    (folder / "b.png").write_bytes(b"text")
    project_id = client.post("/projects", json={"name": "a"}).json()["id"]
    dataset_id = client.post(f"/projects/{project_id}/datasets", json={"name": "d"}).json()["id"]
    begun = client.post(f"/datasets/{dataset_id}/imports", json={"path": str(folder), "format": "folder"})
    assert begun.status_code == 202
    done = _wait(client, begun.json())
    assert (done["state"], done["result"]["added"], len(done["result"]["issues"])) == ("done", 1, 1)
    out = tmp_path / "out"
    done = _wait(client, client.post(f"/datasets/{dataset_id}/exports", json={"path": str(out)}).json())
    assert (done["state"], done["result"]["items"]) == ("done", 1)
    again = _wait(client, client.post(f"/datasets/{dataset_id}/exports", json={"path": str(out)}).json())
    assert (again["state"], again["error_code"]) == ("failed", "conflict")
    assert [one["kind"] for one in client.get(f"/projects/{project_id}/jobs").json()["items"]] == [
        "export",
        "export",
        "import",
    ]


def test_jobs__an_export_without_a_path_is_an_archive_to_download(client: httpx.Client, tmp_path: Path) -> None:
    project_id = client.post("/projects", json={"name": "a"}).json()["id"]
    dataset_id = client.post(f"/projects/{project_id}/datasets", json={"name": "d"}).json()["id"]
    client.post(f"/datasets/{dataset_id}/items", files={"file": ("a.png", png())}, data={"name": "night/a.png"})
    done = _wait(client, client.post(f"/datasets/{dataset_id}/exports", json={"format": "coco"}).json())
    assert (done["state"], done["result"]["items"]) == ("done", 1)
    answer = client.get(f"/jobs/{done['id']}/file")
    assert answer.headers["content-type"] == "application/zip"
    assert len(answer.content) == done["result"]["file_bytes"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        pictures = [name for name in archive.namelist() if name.endswith("a.png")]
        assert [archive.read(name) for name in pictures] == [png()]


def test_jobs__a_job_without_a_file_says_so(client: httpx.Client, tmp_path: Path) -> None:
    project_id = client.post("/projects", json={"name": "a"}).json()["id"]
    dataset_id = client.post(f"/projects/{project_id}/datasets", json={"name": "d"}).json()["id"]
    done = _wait(client, client.post(f"/datasets/{dataset_id}/exports", json={"path": str(tmp_path / "o")}).json())
    refused = client.get(f"/jobs/{done['id']}/file")
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


def test_worker__alone_needs_postgres(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="a separate worker needs PostgreSQL"):
        work(Settings(home=tmp_path))


def test_activity__tells_milestones_newest_first(api: Api) -> None:
    path = f"/api/v1/projects/{api.ids['project_id']}/activity"
    told = api.client.get(path, headers=api.headers("viewer")).json()
    kinds = [event["kind"] for event in told]
    assert "model.trained" in kinds
    assert "item.created" not in kinds
    assert [int(event["id"]) for event in told] == sorted((int(event["id"]) for event in told), reverse=True)
    assert len(api.client.get(f"{path}?limit=1", headers=api.headers("viewer")).json()) == 1
