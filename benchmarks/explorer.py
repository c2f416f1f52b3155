"""The explorer's requests over HTTP, on a million items with three annotations each.

    python -m benchmarks.explorer [--items 1000000] [--folder DIR] [--only facets crops …]

The server is a process of its own on SQLite; the one client shares its cores. `first` is the first request of its kind,
before anything is remembered; `median` is of ten more. Crowded pages are 100 items with 14 boxes each. Prints one JSON
object. A folder keeps the home, so that a second run skips the filling.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection, text

from benchmarks.dql import fill
from benchmarks.machine import describe_machine
from whorl.store.db import open_database
from whorl.store.db.migrate import upgrade
from whorl.store.db.types import ALIVE

RUNS = 10
QUERIES = {
    "everything": "",
    "label": "label:l3",
    "label_below": "label:l3 confidence<0.5 subset:train",
    "absence": "-label:l3",
    "by_name": "sort:name",
    "unindexed": "camera:c11",
}
_CROWDED_ITEMS, _BOXES = 1000, 14
_CROWDED = [
    "INSERT INTO dataset (key, id, project_id, name, revision, created_at) VALUES (2, 'dst_2', 'prj_1', 'crowd', 1, 0)",
    f"""INSERT INTO item (key, id, dataset_key, name, sha256, media_type, width, height, bytes, health, born_rev,
    died_rev, created_at) WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {_CROWDED_ITEMS})
    SELECT n + 100000000, 'itm_c' || n, 2, n || '.jpg', 'x', 'image/jpeg', 640, 480, 50000, '{{}}', 1, {ALIVE}, 0
    FROM s""",
    f"""INSERT INTO item_state (item_key, dataset_key, is_checked_empty, metadata, born_rev, died_rev)
    SELECT key, 2, 0, '{{}}', 1, {ALIVE} FROM item WHERE dataset_key = 2""",
    f"""INSERT INTO annotation (id, item_key, dataset_key, layer, label, kind, x0, y0, x1, y1, confidence, attributes,
    author_kind, author_id, origin, born_rev, died_rev, created_at)
    WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {_BOXES})
    SELECT 'ann_c' || key || '_' || n, key, 2, 'truth', 'l' || n, 'box', n + 0.25, 2.5, n + 30.75, 40.0, NULL, '{{}}',
    'person', 'per_1', 'drawn', 1, {ALIVE}, 0 FROM item, s WHERE dataset_key = 2""",
]


@dataclass(frozen=True)
class Server:
    """A running server: who asks it, and its process."""

    client: httpx.Client
    pid: int

    def cpu_ms(self) -> float:
        """Processor time of its threads so far; on a busy machine this says what a request costs."""
        stats = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(one.read_text(encoding="ascii").split()[0]) for one in stats) / 1e6


def prepare(home: Path, items: int) -> float:
    """Fill the home's database unless it is there; gives the seconds it took."""
    path = home / "whorl.db"
    if path.exists():
        return 0.0
    with open_database(f"sqlite:///{path}", synchronous="OFF") as database:
        upgrade(database)
        seconds = fill(database, items)
        database.write(_add_crowd)
    return seconds


def _add_crowd(conn: Connection) -> None:
    for statement in _CROWDED:
        conn.exec_driver_sql(statement)
    conn.execute(text("ANALYZE"))


def timed(server: Server, work: Callable[[], httpx.Response], *, runs: int = RUNS) -> dict[str, Any]:
    """Milliseconds of the first call and the median of the next, the server's processor time, bytes of the answer."""
    times, cpu = [], []
    for _ in range(runs + 1):
        cpu_before, begun = server.cpu_ms(), time.perf_counter()
        response = work()
        times.append((time.perf_counter() - begun) * 1000)
        cpu.append(server.cpu_ms() - cpu_before)
        response.raise_for_status()
    return {
        "first_ms": round(times[0], 1),
        "first_cpu_ms": round(cpu[0], 1),
        "median_ms": round(statistics.median(times[1:]), 1),
        "median_cpu_ms": round(statistics.median(cpu[1:]), 1),
        "bytes": len(response.content),
    }


def measure_listings(server: Server) -> dict[str, Any]:
    """Open a listing, read its first page, wait until it is whole, read pages of 200 anywhere."""
    client, dice = server.client, random.Random(7)
    found: dict[str, Any] = {}
    for name, query in QUERIES.items():
        begun = time.perf_counter()
        listing = client.post("/datasets/dst_1/listings", json={"q": query}).json()
        opened = time.perf_counter()
        path = f"/datasets/dst_1/listings/{listing['id']}"
        client.get(f"{path}/items", params={"limit": 200}).raise_for_status()
        shown = time.perf_counter()
        while not (listing := client.get(path, params={"wait_s": 20}).json())["is_complete"]:
            pass
        whole = time.perf_counter()

        def page(path: str = path, count: int = listing["count"]) -> httpx.Response:
            start = dice.randrange(max(1, count - 200))
            return client.get(f"{path}/items", params={"start": start, "limit": 200})

        found[name] = {
            "query": query,
            "count": listing["count"],
            "open_ms": round((opened - begun) * 1000, 1),
            "first_page_ms": round((shown - begun) * 1000, 1),
            "whole_ms": round((whole - begun) * 1000, 1),
            "page_of_200": timed(server, page),
        }
    return found


def measure_crowd(server: Server) -> dict[str, Any]:
    """100 items with 1,400 boxes, by the page of a listing and by the batch."""
    client = server.client
    listing = client.post("/datasets/dst_2/listings", json={}).json()["id"]
    path = f"/datasets/dst_2/listings/{listing}/items"
    ids = [one["id"] for one in client.get(path, params={"limit": 100}).json()["items"]]
    both: dict[str, str | int | bool] = {"limit": 100, "with_annotations": True, "layers": "truth,prediction"}
    return {
        "page_with_boxes": timed(server, lambda: client.get(path, params=both)),
        "batch_of_boxes": timed(
            server, lambda: client.post("/datasets/dst_2/annotations/batch", json={"item_ids": ids})
        ),
    }


def measure_facets(server: Server) -> dict[str, Any]:
    """All facets of each query whose listing is whole, and the fields and sources of the dataset."""
    client = server.client
    found: dict[str, Any] = {}
    for name, query in QUERIES.items():
        listing = client.post("/datasets/dst_1/listings", json={"q": query}).json()["id"]
        client.get(f"/datasets/dst_1/listings/{listing}", params={"wait_s": 20})
        found[name] = timed(server, lambda query=query: client.post("/datasets/dst_1/facets", json={"q": query}))  # type: ignore[misc]
    found["fields"] = timed(server, lambda: client.get("/datasets/dst_1/fields"))
    found["sources"] = timed(server, lambda: client.get("/datasets/dst_1/sources"), runs=3)
    return found


def measure_crops(server: Server) -> dict[str, Any]:
    """The first page of one label's objects by suspicion: the newest 10,000 are ranked, then remembered."""
    body = {"label": "l3", "limit": 100}
    return {"by_suspicion": timed(server, lambda: server.client.post("/datasets/dst_1/crops", json=body))}


MEASURES: dict[str, Callable[[Server], dict[str, Any]]] = {
    "listings": measure_listings,
    "crowd": measure_crowd,
    "facets": measure_facets,
    "crops": measure_crops,
}


def main() -> None:
    """Fill, serve, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="keep the home here")
    parser.add_argument("--only", nargs="*", choices=list(MEASURES), default=list(MEASURES))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        home = options.folder or Path(temporary)
        home.mkdir(parents=True, exist_ok=True)
        seconds = prepare(home, options.items)
        environment = {**os.environ, "WHORL_HOME": str(home), "WHORL_PORT": "0"}
        process = subprocess.Popen(
            [sys.executable, "-m", "whorl.server"], env=environment, stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout is not None
            process.stdout.readline()
            told = json.loads((home / "server.json").read_text(encoding="utf-8"))
            headers = {"Authorization": f"Bearer {told['token']}"}
            with httpx.Client(base_url=f"{told['url']}/api/v1", headers=headers, timeout=120) as client:
                report = {name: MEASURES[name](Server(client, process.pid)) for name in options.only}
        finally:
            process.terminate()
            process.wait(30)
    print(json.dumps({"items": options.items, "fill_s": round(seconds, 1), "machine": describe_machine(), **report}))


if __name__ == "__main__":
    main()
