"""The server is killed while people submit: what it acknowledged is there when it comes back."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

CAT = {"label": "cat", "geometry": {"type": "box", "x0": 1, "y0": 1, "x1": 9, "y1": 9}}
N_PEOPLE, KILLED_AFTER, N_ITEMS = 6, 40, 120


@contextmanager
def _server(home: Path) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    environment = {**os.environ, "WHORL_HOME": str(home), "WHORL_PORT": "0"}
    process = subprocess.Popen(
        [sys.executable, "-m", "whorl.server"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        process.stdout.readline()
        told = json.loads((home / "server.json").read_text(encoding="utf-8"))
        headers = {"Authorization": f"Bearer {told['token']}"}
        with httpx.Client(base_url=f"{told['url']}/api/v1", headers=headers, timeout=60) as client:
            yield process, client
    finally:
        process.kill()
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()


def _fill(client: httpx.Client) -> str:
    project = client.post("/projects", json={"name": "p"}).json()["id"]
    client.put(f"/projects/{project}/ontology", json={"labels": [{"name": "cat"}]}).raise_for_status()
    dataset = client.post(f"/projects/{project}/datasets", json={"name": "d"}).json()["id"]
    for number in range(N_ITEMS):
        out = io.BytesIO()
        Image.new("RGB", (20, 20), (number, 1, 2)).save(out, "PNG")
        sent = client.post(f"/datasets/{dataset}/items", files={"file": (f"{number}.png", out.getvalue())})
        sent.raise_for_status()
    task = client.post(f"/projects/{project}/tasks", json={"name": "t", "dataset_id": dataset}).json()["id"]
    client.post(f"/tasks/{task}/items", json={"query": {}}).raise_for_status()
    return str(task)


class _People:
    """Annotators in threads, until the server is gone; what was acknowledged to them and what they were given."""

    def __init__(self, client: httpx.Client, task: str) -> None:
        self._client = client
        self._task = task
        self.given: list[str] = []
        self.acknowledged: list[str] = []
        self.enough = threading.Event()

    def work(self) -> None:
        try:
            while True:
                self._one()
        except httpx.TransportError:
            return

    def _one(self) -> None:
        (lease,) = self._client.post(f"/tasks/{self._task}/leases", json={"n": 1}).json()
        self.given.append(lease["item_id"])
        item = f"/tasks/{self._task}/items/{lease['item_id']}"
        base = self._client.get(f"/items/{lease['item_id']}/annotations").json()["revision"]
        work: dict[str, Any] = {"lease_token": lease["lease_token"], "annotations": [CAT], "base_revision": base}
        if self._client.post(f"{item}/submit", json=work).status_code == 200:
            self.acknowledged.append(lease["item_id"])
        if len(self.acknowledged) >= KILLED_AFTER:
            self.enough.set()


@pytest.mark.slow
def test_kill__no_acknowledged_submit_is_lost_and_no_item_was_given_twice(tmp_path: Path) -> None:
    with _server(tmp_path) as (process, client):
        task = _fill(client)
        people = _People(client, task)
        threads = [threading.Thread(target=people.work) for _ in range(N_PEOPLE)]
        for thread in threads:
            thread.start()
        assert people.enough.wait(60)
        process.send_signal(signal.SIGKILL)
        for thread in threads:
            thread.join(60)
    assert len(people.given) == len(set(people.given))
    with _server(tmp_path) as (_, client):
        for item_id in people.acknowledged:
            assert client.get(f"/tasks/{task}/items/{item_id}").json()["status"] == "submitted"
            truth = client.get(f"/items/{item_id}/annotations").json()["annotations"]
            assert [one["label"] for one in truth] == ["cat"]
        # What was in hand when it died is still in the same hands.
        held = {lease["item_id"] for lease in client.get(f"/tasks/{task}/leases").json()}
        counts = client.get(f"/tasks/{task}").json()["counts"]
    assert held.isdisjoint(people.acknowledged)
    assert (counts["leased"], sum(counts.values())) == (len(held), N_ITEMS)
