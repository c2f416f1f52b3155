"""Twenty devices, four bases, a server: links are cut, processes killed, disks full, and nothing is lost or doubled."""

from __future__ import annotations

import contextlib
import json
import math
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from tests.e2e.edge_devices import DEVICES_OF_HOST, N_IMAGES, is_rare

from whorl.base.errors import WhorlError
from whorl.selection.edge import estimate_total, read_status
from whorl.selection.edge.candidates import priority_of

TOKEN = "a-token-for-every-device"
N_HOSTS, N_BASES = 5, 4
# So much that a run on an idle machine, in which bases close two or three windows, has each device's images left.
BASE_AMOUNT, BASE_PERIOD_S = 40, 6
# Generous: what is waited for is the work, not a speed.
PATIENCE_S = 400


class CutProxy:
    """Passes connections on to a port of this machine, until it is told to cut them."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self.is_down = False
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break every connection that is open, wherever it is in its work."""
        with self._lock:
            for one in self._open:
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.is_down = True
        # A shutdown wakes the thread that accepts; a close alone does not.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if self.is_down:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                near.close()
                continue
            with self._lock:
                self._open |= {near, far}
            pair = [threading.Thread(target=self._pump, args=ends, daemon=True) for ends in ((near, far), (far, near))]
            for thread in pair:
                thread.start()
            threading.Thread(target=self._reap, args=(pair, near, far), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65_536):
                sink.sendall(piece)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _reap(self, pair: list[threading.Thread], *ends: socket.socket) -> None:
        for thread in pair:
            thread.join()
        with self._lock:
            self._open -= set(ends)
        for one in ends:
            one.close()


class Member:
    """A process that can be killed and started again."""

    def __init__(self, command: list[str], *, environment: dict[str, str] | None = None, log: Path) -> None:
        self._command = command
        self._environment = {**os.environ, **(environment or {})}
        self._log = log
        self.start()

    def start(self) -> None:
        with open(self._log, "ab") as log:
            self.process = subprocess.Popen(self._command, env=self._environment, stdout=log, stderr=log)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(60)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _wait_for(what: str, is_done: Callable[[], bool], logs: Path) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_done():
        if time.monotonic() > deadline:
            tails = {log.name: log.read_text(errors="replace")[-800:] for log in logs.glob("*.log")}
            pytest.fail(f"waited in vain for {what}: {json.dumps(tails, indent=1)}")
        time.sleep(0.1)


class World:
    """All of it: the server, the bases, the hosts of the devices, and the links between them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.started = time.monotonic()
        port = _free_port()
        environment = {"WHORL_HOME": str(folder / "home"), "WHORL_PORT": str(port)}
        self.server = Member([sys.executable, "-m", "whorl.server"], environment=environment, log=folder / "server.log")
        _wait_for("the server", lambda: (folder / "home" / "server.json").exists(), folder)
        told = json.loads((folder / "home" / "server.json").read_text())
        headers = {"Authorization": f"Bearer {told['token']}"}
        self.client = httpx.Client(base_url=f"{told['url']}/api/v1", headers=headers, timeout=60)
        _wait_for("an answer", self._answers, folder)
        project = self.client.post("/projects", json={"name": "street"}).json()["id"]
        self.dataset = self.client.post(f"/projects/{project}/datasets", json={"name": "cameras"}).json()["id"]
        made = self.client.post(f"/projects/{project}/tokens", json={"name": "edge", "role": "manager"})
        (folder / "server.token").write_text(made.json()["secret"])
        # The server's own token changes when it starts again.
        self.client.headers["Authorization"] = f"Bearer {made.json()['secret']}"
        (folder / "devices.token").write_text(TOKEN)
        ports = [_free_port() for _ in range(N_BASES)]
        self.proxies = [CutProxy(port), *map(CutProxy, ports)]
        self.bases = [self._base(index, port) for index, port in enumerate(ports)]
        self.hosts = [self._host(index) for index in range(N_HOSTS)]

    def _answers(self) -> bool:
        with contextlib.suppress(httpx.TransportError):
            return self.client.get("/projects").status_code == 200
        return False

    def _base(self, index: int, port: int) -> Member:
        command = [
            *(sys.executable, "-m", "whorl.selection.edge", "run", "--role", "base", "--device", f"base {index}"),
            *("--listen", f"127.0.0.1:{port}", "--accept-file", str(self.folder / "devices.token")),
            *("--to", f"http://127.0.0.1:{self.proxies[0].port}", "--token-file", str(self.folder / "server.token")),
            *("--dataset", "street/cameras", "--spool", str(self.folder / f"base-{index}")),
            *("--budget", f"{BASE_AMOUNT}/{BASE_PERIOD_S}s", "--window", "3s", "--sampler", "novelty+uniform=0.6"),
        ]
        return Member(command, log=self.folder / f"base-{index}.log")

    def _host(self, index: int) -> Member:
        script = str(Path(__file__).with_name("edge_devices.py"))
        url = f"http://127.0.0.1:{self.proxies[1 + index % N_BASES].port}"
        return Member(
            [sys.executable, script, str(self.folder), str(index), url, TOKEN], log=self.folder / f"host-{index}.log"
        )

    def trouble(self, chance: random.Random) -> None:
        """Cut, kill and bring back, until the devices are done."""
        victims = [*self.hosts, *self.bases, self.server]
        for index, victim in enumerate(chance.sample(victims, k=7)):
            time.sleep(chance.uniform(0.5, 1.5))
            proxy = chance.choice(self.proxies)
            proxy.is_down = index % 2 == 0
            proxy.cut()
            # A host that is done has nothing left to lose.
            if victim.process.poll() is None or victim not in self.hosts:
                victim.kill()
                victim.start()
            chance.choice(self.proxies).cut()
            proxy.is_down = False

    def wait(self) -> None:
        """Wait until everything has arrived."""
        _wait_for("the devices", lambda: all(one.process.poll() == 0 for one in self.hosts), self.folder)
        _wait_for("the bases", lambda: all(map(self._is_empty, range(N_BASES))), self.folder)

    def _is_empty(self, index: int) -> bool:
        with contextlib.suppress(WhorlError):  # it is just starting
            return read_status(self.folder / f"base-{index}")["states"] == {}
        return False

    def items(self) -> list[dict[str, object]]:
        found: list[dict[str, object]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = self.client.get(
                f"/datasets/{self.dataset}/items", params={"limit": 500} | ({"cursor": cursor} if cursor else {})
            ).json()
            found += page["items"]
            cursor = page["next_cursor"]
        return found

    def close(self) -> None:
        for member in (*self.hosts, *self.bases, self.server):
            member.kill()
        for proxy in self.proxies:
            proxy.close()
        self.client.close()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.close()


def _done(folder: Path) -> dict[str, str]:
    with contextlib.closing(sqlite3.connect(folder / "spool.db")) as db:
        return dict(db.execute("SELECT id, outcome FROM done").fetchall())


def _count(folder: Path, name: str) -> int:
    counts = read_status(folder)["counts"]
    assert isinstance(counts, dict)
    found = counts.get(name, 0)
    assert isinstance(found, int)
    return found


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_edge__nothing_chosen_is_lost_or_doubled_and_the_sample_stays_fair(world: World) -> None:
    world.trouble(random.Random(7))
    world.wait()
    took_s = time.monotonic() - world.started
    items = world.items()
    n_devices = N_HOSTS * DEVICES_OF_HOST

    # From the devices to the bases: all that was chosen is there; only the two small disks evicted, and say so.
    delivered: set[str] = set()
    for index in range(n_devices):
        done = _done(world.folder / f"device-{index}")
        sent = {item_id for item_id, outcome in done.items() if outcome != "evicted"}
        n_chosen, n_evicted = _count(world.folder / f"device-{index}", "chosen"), len(done) - len(sent)
        assert len(sent) <= n_chosen <= len(sent) + n_evicted
        assert n_evicted == 0 or index % 10 == 3
        # In any 60 of the stream's seconds 12 at most; it lasts 80 and a little.
        assert 0 < n_chosen <= 36
        assert delivered.isdisjoint(sent)
        delivered |= sent

    # From the bases to the server: each once.
    at_bases: Counter[str] = Counter()
    passed_on: set[str] = set()
    for index in range(N_BASES):
        done = _done(world.folder / f"base-{index}")
        at_bases.update(done.keys())
        sent = {item_id for item_id, outcome in done.items() if outcome == "sent"}
        assert len(sent) == _count(world.folder / f"base-{index}", "chosen")
        assert len(sent) <= BASE_AMOUNT * (took_s / BASE_PERIOD_S + 1)
        passed_on |= sent
    assert set(at_bases) == delivered
    assert max(at_bases.values()) == 1
    edges = [item["metadata"]["edge"] for item in items]  # type: ignore[index]
    assert Counter(edge["id"] for edge in edges) == Counter(passed_on)
    assert len({edge["device"] for edge in edges}) == n_devices
    per_window = Counter((*edge["way"], edge["window"]) for edge in edges)
    assert max(per_window.values()) <= BASE_AMOUNT

    # What chance chose stands for the whole stream: its size, its rare kind, and its two halves in time.
    uniform = [item["metadata"] for item in items if item["metadata"]["edge"]["is_uniform"]]  # type: ignore[index]
    # The two small disks evicted some; their probabilities were lowered for it.
    weights = [one["edge"]["inclusion_probability"] for one in uniform]  # type: ignore[index]
    # Chance looked at nothing but the draw: below its threshold each is as likely as any other (Kolmogorov-Smirnov).
    draws = sorted(priority_of(str(one["edge"]["id"])) / weight for one, weight in zip(uniform, weights, strict=True))  # type: ignore[index]
    n = len(draws)
    distance = max(max(abs(draw - at / n), abs(draw - (at + 1) / n)) for at, draw in enumerate(draws))
    assert n > 40, n
    assert distance * math.sqrt(n) < 2.2, "less likely than 1 in 8,000"
    everything = [(device, number) for device in range(n_devices) for number in range(N_IMAGES)]
    traits: dict[str, Callable[[int, int], bool]] = {
        "all": lambda device, number: True,
        "rare": is_rare,
        "early": lambda device, number: number < N_IMAGES / 2,
        "odd devices": lambda device, number: device % 2 == 1,
    }
    for name, has in traits.items():
        values = [float(has(int(one["device_index"]), int(one["number"]))) for one in uniform]  # type: ignore[index, arg-type]
        truth = sum(has(*one) for one in everything)
        estimate = estimate_total(values, weights)
        assert abs(estimate.value - truth) <= 4.5 * estimate.standard_error, (name, estimate, truth)
