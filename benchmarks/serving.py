"""An endpoint with tinydet on 160×160 pictures: images per second, latency at half of that, and a switch under load.

    python -m benchmarks.serving [--seconds 10] [--clients 16] [--budget 20]

The server is a process of its own, as `whorl up` starts it, with its model host; the client is a third, niced, on the
same cores, so figures include its cost. Trains two detectors on scenes of digits first. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import whorl
from benchmarks.machine import describe_machine
from whorl.pipelines.simulation.sources import write_scenes
from whorl.sdk.client import Client
from whorl.sdk.transport import Call

TRAIN, ASKED = 120, 64
NICENESS = 5


@contextmanager
def running_server(home: Path) -> Iterator[tuple[Client, int]]:
    """A server process on a free port, and a client signed in."""
    environment = {**os.environ, "WHORL_HOME": str(home), "WHORL_PORT": "0"}
    process = subprocess.Popen([sys.executable, "-m", "whorl.server"], env=environment, stdout=subprocess.DEVNULL)
    try:
        while not (home / "server.json").exists():
            if process.poll() is not None:
                raise SystemExit("the server did not start")
            time.sleep(0.02)
        address = json.loads((home / "server.json").read_text(encoding="utf-8"))
        with whorl.connect(address["url"], token=address["token"]) as client:
            yield client, process.pid
    finally:
        process.terminate()
        process.wait(30)


def train_two(client: Client, scenes: Path, budget_s: float) -> tuple[str, list[str]]:
    """Train two detectors on the scenes; gives the project's id and the models'."""
    project = client.projects.create("bench")
    dataset = project.datasets.create("scenes")
    dataset.import_(scenes, format="coco")
    dataset.split(0.9, 0.1, 0.0, seed=1)
    models = []
    for seed in (1, 2):
        params: dict[str, Any] = {"budget_s": budget_s, "size": 160, "seed": seed}
        made = project.models.create(
            f"tinydet-{seed}", architecture="builtin:tinydet", dataset_id=dataset.id, params=params
        )
        made.train().wait(timeout_s=600 + 20 * budget_s)
        models.append(made.id)
    return project.id, models


def ask(task: dict[str, Any]) -> dict[str, Any]:
    """Run the client in a process of its own and give what it measured."""
    command = [sys.executable, "-m", "benchmarks.serving", "--as-client", json.dumps(task)]
    found = subprocess.run(["nice", "-n", str(NICENESS), *command], capture_output=True, text=True, check=True)
    answer: dict[str, Any] = json.loads(found.stdout)
    return answer


class Line:
    """One connection of the client. A client library would use more processor time than the server that is measured."""

    def __init__(self, task: dict[str, Any], bodies: list[bytes]) -> None:
        self.task = task
        self.bodies = bodies
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, number: int) -> tuple[int, float]:
        """Send one image; gives status and seconds."""
        url = urlsplit(self.task["url"])
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(url.hostname, url.port)
        assert self.reader is not None
        body = self.bodies[number % len(self.bodies)]
        head = (
            f"POST {self.task['path']} HTTP/1.1\r\nhost: {url.netloc}\r\nauthorization: Bearer {self.task['token']}\r\n"
            f"content-type: {self.task['content_type']}\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        begun = time.perf_counter()
        self.writer.write(head.encode() + body)
        status = int((await self.reader.readline()).split()[1])
        length = 0
        while (line := await self.reader.readline()) != b"\r\n":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        await self.reader.readexactly(length)
        return status, time.perf_counter() - begun


async def load(task: dict[str, Any]) -> dict[str, Any]:
    """Ask for some seconds: flat out over so many connections, or at an offered rate whoever answers when."""
    bodies = [make_body(path.read_bytes(), task) for path in sorted(Path(task["images"]).glob("*.jpg"))[:ASKED]]
    found: list[tuple[int, float]] = []
    end = time.perf_counter() + task["seconds"]
    idle = [Line(task, bodies) for _ in range(task["clients"])]

    async def one(line: Line, number: int, due: float) -> None:
        status, _ = await line.ask(number)
        # From when it was due: a request that waits for a free connection has waited.
        found.append((status, time.perf_counter() - due))
        idle.append(line)

    async def flat_out(line: Line, number: int) -> None:
        while time.perf_counter() < end:
            found.append(await line.ask(number))
            number += len(idle)

    begun = time.perf_counter()
    if task["rate"] is None:
        await asyncio.gather(*(flat_out(line, number) for number, line in enumerate(idle)))
    else:
        dice, running, number, due = random.Random(0), set(), 0, begun
        while due < end:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            line = idle.pop() if idle else Line(task, bodies)
            running.add(asyncio.create_task(one(line, number, due)))
            number, due = number + 1, due + dice.expovariate(task["rate"])
        await asyncio.gather(*running)
    seconds = time.perf_counter() - begun
    times = sorted(took for _, took in found)
    return {
        "requests": len(found),
        "per_s": round(len(found) / seconds, 1),
        "failed": sum(status != 200 for status, _ in found),
        "p50_ms": round(statistics.median(times) * 1e3, 1),
        "p99_ms": round(times[int(len(times) * 0.99)] * 1e3, 1),
        "client_cpu_s": round(time.process_time(), 2),
    }


def make_body(image: bytes, task: dict[str, Any]) -> bytes:
    """A request's body: the image alone, or in a form."""
    if task["content_type"].startswith("image/"):
        return image
    head = b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\ncontent-type: image/jpeg\r\n\r\n'
    return head + image + b"\r\n--x--\r\n"


def cpu_s(pid: int) -> float:
    """CPU seconds used by a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def host_of(server: int) -> int:
    """The server's model host."""
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text(encoding="ascii").rpartition(")")[2].split()[1])
            if parent == server and b"whorl.serving.host" in (path / "cmdline").read_bytes():
                return int(path.name)
        except OSError:
            continue
    raise SystemExit("the server has no model host")


def measure(client: Client, server: int, task: dict[str, Any], models: list[str], endpoint: str) -> dict[str, Any]:
    """Flat out with either kind of body, then half of that, then half of that while the champion changes."""
    host = host_of(server)
    results: dict[str, Any] = {}
    ask(task | {"seconds": 2.0})
    form = task | {"content_type": "multipart/form-data; boundary=x"}
    for name, given in (("flat_out", task), ("flat_out_form", form)):
        before = cpu_s(server), cpu_s(host)
        results[name] = found = ask(given)
        for key, one, pid in (("server_cpu_ms", before[0], server), ("host_cpu_ms", before[1], host)):
            found[f"{key}_each"] = round((cpu_s(pid) - one) / found["requests"] * 1e3, 2)
    half = task | {"rate": results["flat_out"]["per_s"] / 2}
    results["half_load"] = ask(half)

    def switch() -> None:
        for number in range(4):
            time.sleep(half["seconds"] / 5)
            body: dict[str, Any] = {"model_id": models[(number + 1) % 2]}
            client.transport.send(Call("POST", f"/endpoints/{endpoint}/serve", body=body))

    changing = threading.Thread(target=switch)
    changing.start()
    results["half_load_4_switches"] = ask(half)
    changing.join()
    return results


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--budget", type=float, default=20.0, help="CPU seconds of each training")
    parser.add_argument("--as-client", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.as_client:
        print(json.dumps(asyncio.run(load(json.loads(given.as_client)))))
        return
    with tempfile.TemporaryDirectory(prefix="whorl-bench-") as folder:
        scenes, home = Path(folder) / "scenes", Path(folder) / "home"
        write_scenes(scenes, count=TRAIN)
        with running_server(home) as (client, pid):
            project_id, models = train_two(client, scenes, given.budget)
            body: dict[str, Any] = {"name": "digits", "model_id": models[0], "settings": {"log_per_day": None}}
            made = client.transport.send(Call("POST", f"/projects/{project_id}/endpoints", body=body)).json()
            token = client.transport.send(
                Call("POST", f"/endpoints/{made['id']}/tokens", body={"name": "bench"})
            ).json()["secret"]
            task = {
                "url": client.url,
                "path": made["predict_url"],
                "token": token,
                "images": str(scenes / "images"),
                "content_type": "image/jpeg",
                "seconds": given.seconds,
                "clients": given.clients,
                "rate": None,
            }
            machine = describe_machine()
            results = measure(client, pid, task, models, made["id"])
    print(json.dumps({"machine": machine, "load_after": round(os.getloadavg()[0], 2), **results}, indent=1))


if __name__ == "__main__":
    main()
