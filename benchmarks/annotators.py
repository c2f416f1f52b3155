"""32 annotators on one server: next item and submit, at an offered rate and flat out.

    python -m benchmarks.annotators [--clients 32] [--rate 150] [--seconds 10] [--engine]

The server is a process of its own on SQLite with synchronous=FULL; the clients share the same cores, so figures
include their cost. A pair is a lease of one item and its submit with three boxes. With ``--engine`` an engine works
flat out beside them in the server's process. Prints one JSON object, with the machine and its load.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from benchmarks.machine import describe_machine

BOXES = [{"label": "cat", "geometry": {"type": "box", "x0": n, "y0": n, "x1": n + 9, "y1": n + 9}} for n in (1, 11, 21)]


def server_cpu_s(pid: int) -> float:
    """CPU seconds used by a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def prepare(client: httpx.Client, home: Path, n_items: int) -> str:
    """Make a project with a task over ``n_items`` images; gives the task's id."""
    folder = home / "images"
    folder.mkdir()
    for number in range(n_items):
        out = io.BytesIO()
        Image.new("RGB", (40, 40), (number % 256, number // 256 % 256, 7)).save(out, "PNG", compress_level=0)
        (folder / f"{number:06}.png").write_bytes(out.getvalue())
    project = client.post("/projects", json={"name": "bench"}).json()["id"]
    client.put(f"/projects/{project}/ontology", json={"labels": [{"name": "cat"}]}).raise_for_status()
    dataset = client.post(f"/projects/{project}/datasets", json={"name": "d"}).json()["id"]
    job = client.post(f"/datasets/{dataset}/imports", json={"path": str(folder), "format": "folder"}).json()
    while client.get(f"/jobs/{job['id']}").json()["state"] not in {"done", "failed"}:
        time.sleep(0.2)
    task = client.post(f"/projects/{project}/tasks", json={"name": "t", "dataset_id": dataset}).json()["id"]
    client.post(f"/tasks/{task}/items", json={"query": {}}).raise_for_status()
    return str(task)


class Line:
    """One person's connection. A client library would use more processor time than the server that is measured."""

    def __init__(self, url: str, token: str) -> None:
        self._host, _, port = url.removeprefix("http://").partition(":")
        self._port = int(port)
        self._head = f"Host: {self._host}:{port}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        """Send JSON and read the answer's."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        data = json.dumps(body).encode()
        writer.write(f"POST /api/v1{path} HTTP/1.1\r\n{self._head}Content-Length: {len(data)}\r\n\r\n".encode() + data)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        size = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        answer = await reader.readexactly(size)
        if not head.startswith(b"http/1.1 200"):
            raise SystemExit(f"{path}: {answer.decode()}")
        return json.loads(answer)

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()


async def annotate(
    line: Line, task: str, *, until: float, gap_s: float, seed: int, base: int
) -> tuple[list[float], list[str]]:
    """One person's requests until a time; gives seconds of each request and the items done."""
    dice = random.Random(seed)
    times: list[float] = []
    items: list[str] = []

    async def post(path: str, body: dict[str, Any]) -> Any:
        begun = time.perf_counter()
        answer = await line.post(path, body)
        times.append(time.perf_counter() - begun)
        return answer

    next_at = time.perf_counter() + dice.random() * gap_s
    while time.perf_counter() < until:
        if gap_s:
            await asyncio.sleep(max(0.0, next_at - time.perf_counter()))
            next_at += dice.expovariate(1 / gap_s)
        leases = await post(f"/tasks/{task}/leases", {"n": 1})
        if not leases:
            break
        items.append(leases[0]["item_id"])
        body = {"lease_token": leases[0]["lease_token"], "annotations": BOXES, "base_revision": base}
        await post(f"/tasks/{task}/items/{leases[0]['item_id']}/submit", body)
    return times, items


def engine_done(home: Path) -> tuple[float, int]:
    """When the engine last said how many nodes it has executed, and how many."""
    path = home / "engine.json"
    if not path.exists():
        return time.time(), 0
    told = json.loads(path.read_text(encoding="utf-8"))
    return float(told["at"]), int(told["done"])


def start_engine(home: Path) -> None:
    """Set the engine to work and wait until it does."""
    (home / "engine.start").touch()
    while engine_done(home)[1] == 0:
        time.sleep(0.1)


async def run(
    url: str, token: str, task: str, *, clients: int, rate: float, seconds: float, pid: int, base: int, home: Path
) -> Any:
    """Let all annotate for some seconds; ``rate`` in pairs per second, 0 for flat out."""
    lines = [Line(url, token) for _ in range(clients)]
    cpu, begun, engine_before = server_cpu_s(pid), time.perf_counter(), engine_done(home)
    gap_s = clients / rate if rate else 0.0
    people = [
        annotate(line, task, until=begun + seconds, gap_s=gap_s, seed=seed, base=base)
        for seed, line in enumerate(lines)
    ]
    done = await asyncio.gather(*people)
    wall, cpu, engine_after = time.perf_counter() - begun, server_cpu_s(pid) - cpu, engine_done(home)
    for line in lines:
        line.close()
    engine_s, executions = engine_after[0] - engine_before[0], engine_after[1] - engine_before[1]
    times = sorted(one for person, _ in done for one in person)
    items = [item for _, person in done for item in person]
    return {
        "offered_pairs_s": rate or None,
        "pairs_s": round(len(items) / wall, 1),
        "request_p50_ms": round(1000 * times[len(times) // 2], 1),
        "request_p99_ms": round(1000 * times[int(len(times) * 0.99)], 1),
        "server_cpu_ms_per_pair": round(1000 * cpu / max(1, len(items)), 2),
        "duplicates": len(items) - len(set(items)),
        "pairs": len(items),
        "node_executions_per_s": round(executions / engine_s) if executions else 0,
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--rate", type=float, default=150)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--items", type=int, default=6000)
    parser.add_argument("--engine", action="store_true", help="an engine works flat out beside them")
    parser.add_argument("--json", action="store_true", help="the only form there is; for the sake of the others")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        environment = {**os.environ, "WHORL_HOME": folder, "WHORL_PORT": "0"}
        server = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.busy_server" if given.engine else "whorl.server"],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert server.stdout is not None
            server.stdout.readline()
            told = json.loads((home / "server.json").read_text(encoding="utf-8"))
            headers = {"Authorization": f"Bearer {told['token']}"}
            with httpx.Client(base_url=f"{told['url']}/api/v1", headers=headers, timeout=120) as client:
                task = prepare(client, home, given.items)
                dataset = client.get(f"/tasks/{task}").json()["dataset_id"]
                base = client.get(f"/datasets/{dataset}").json()["revision"]
            if given.engine:
                start_engine(home)
            results = [
                asyncio.run(
                    run(
                        told["url"],
                        told["token"],
                        task,
                        clients=given.clients,
                        rate=rate,
                        seconds=given.seconds,
                        pid=server.pid,
                        base=base,
                        home=home,
                    )
                )
                for rate in (given.rate, 0.0)
            ]
        finally:
            server.terminate()
            server.wait(30)
    print(json.dumps({"clients": given.clients, "runs": results, "machine": describe_machine()}))


if __name__ == "__main__":
    main()
