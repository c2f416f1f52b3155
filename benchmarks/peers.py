"""The same work on Whorl's engine and on its nearest libraries, one after the other on the same machine, as ratios.

    python -m benchmarks.peers [--items 2000] [--peer-items 200] [--peers dbos,prefect] [--venv FOLDER] --json

The work: items through five nodes, each adding one and making the result durable. The libraries are installed into a
virtual environment of their own (made when missing; needs the package index) and never into Whorl's. They get fewer
items, because they are slower by the item; each is asked in the way its documentation begins with: a workflow of five
steps for each item. SQLite everywhere unless the name says postgres.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.engine import fresh_database, measure
from benchmarks.machine import describe_machine

PACKAGES = {
    "dbos": ["dbos==3.4.0"],
    # Later versions of these two stop Prefect from being imported.
    "prefect": ["prefect==3.8.8", "fastapi<0.150", "pydantic<2.14"],
}
_DBOS = """
import sys, time
from dbos import DBOS
DBOS(config={"name": "bench", "system_database_url": f"sqlite:///{sys.argv[2]}/dbos.sqlite", "log_level": "ERROR"})

@DBOS.step()
def add_one(v):
    return v + 1

@DBOS.workflow()
def line(v):
    for _ in range(5):
        v = add_one(v)
    return v

DBOS.launch()
n = int(sys.argv[1])
assert line(0) == 5
began = time.perf_counter()
assert all(line(v) == v + 5 for v in range(n))
print("SECONDS", time.perf_counter() - began, flush=True)
DBOS.destroy()
"""
_PREFECT = """
import sys, time
from prefect import flow, task

@task
def add_one(v):
    return v + 1

@flow(log_prints=False)
def line(values):
    out = []
    for v in values:
        for _ in range(5):
            v = add_one(v)
        out.append(v)
    return out

if __name__ == "__main__":
    n = int(sys.argv[1])
    line([0])
    began = time.perf_counter()
    assert line(list(range(n))) == [v + 5 for v in range(n)]
    print("SECONDS", time.perf_counter() - began, flush=True)
"""
PROGRAMS = {"dbos": _DBOS, "prefect": _PREFECT}


def ensure_venv(folder: Path, name: str) -> Path:
    """Make the environment of one library unless it is there; gives its Python."""
    python = folder / name / "bin" / "python"
    if not (folder / name / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder / name)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", *PACKAGES[name]], check=True, stdout=sys.stderr)
        (folder / name / "ready").touch()
    return python


def measure_peer(python: Path, name: str, *, items: int) -> float:
    """Items per second of one library."""
    with tempfile.TemporaryDirectory(prefix="whorl-peers-") as folder:
        program = Path(folder) / "line.py"
        program.write_text(PROGRAMS[name], encoding="utf-8")
        quiet = {"PREFECT_HOME": folder, "PREFECT_LOGGING_LEVEL": "ERROR", "DO_NOT_TRACK": "1"}
        done = subprocess.run(
            [str(python), str(program), str(items), folder],
            env={**os.environ, **quiet},
            cwd=folder,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    [line] = [line for line in done.stdout.splitlines() if line.startswith("SECONDS ")]
    return items / float(line.partition(" ")[2])


def measure_own(kind: str, *, items: int, batch: int) -> float:
    """Items per second of our engine."""
    with fresh_database(kind) as url:
        found = measure(url, items=items, batch_size=batch, threads=1, workers=1, synchronous="FULL")
    return float(str(found["items_per_s"]))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=2000)
    parser.add_argument("--peer-items", type=int, default=200)
    parser.add_argument("--peers", default="dbos,prefect")
    parser.add_argument("--venv", type=Path, help="where their environments are kept; thrown away if not given")
    parser.add_argument("--json", action="store_true", help="the only form there is; for the sake of the others")
    given = parser.parse_args()
    rates: dict[str, float] = {}
    for kind in ("sqlite", "postgres"):
        rates[f"whorl {kind}, batch 256"] = measure_own(kind, items=given.items, batch=256)
    rates["whorl sqlite, batch 1"] = measure_own("sqlite", items=given.peer_items, batch=1)
    with tempfile.TemporaryDirectory(prefix="whorl-peers-") as thrown_away:
        for name in given.peers.split(","):
            python = ensure_venv(given.venv or Path(thrown_away), name)
            rates[name] = measure_peer(python, name, items=given.peer_items)
    ours = rates["whorl sqlite, batch 256"]
    figures = {
        "items_per_s": {name: round(rate, 1) for name, rate in rates.items()},
        "whorl_sqlite_is_times": {name: round(ours / rate, 1) for name, rate in rates.items()},
        "items": given.items,
        "peer_items": given.peer_items,
        "machine": describe_machine(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
