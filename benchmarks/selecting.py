"""Choose 500 of a dataset of 100,000 unlabelled items: from the draft to the selection, as the server's job does it.

    python -m benchmarks.selecting [--items 100000] [--budget 500] [--width 384] [--strategy auto]

Prints one JSON object: seconds of the plan (a dry run), of the job as a whole and of reading its first page; the items
chosen, the strategy, its coverage; peak resident memory in MiB; the machine and its load. The items have vectors of
unit length around 500 modes of very different size, made here, and no bytes: what is measured is choosing, not decoding
or embedding. One process does everything, so the memory is that of the server and its worker together.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import describe_machine, peak_rss_mib
from whorl.base.clock import SystemClock
from whorl.base.errors import JsonValue
from whorl.datasets.actions import add_items, create_dataset
from whorl.engine import InlineExecutor
from whorl.models.embeddings.actions import add_segment, create_space
from whorl.models.embeddings.keys import pack_keys
from whorl.models.embeddings.segments import encode_segment
from whorl.models.embeddings.store import open_store
from whorl.schemas.datasets import NewItem
from whorl.schemas.selecting import SelectionDraft
from whorl.selection.jobs import SelectJob
from whorl.selection.plans import make_plan
from whorl.selection.queries import get_selection, list_selection_items
from whorl.store.blobs import BlobStore, open_blobs, put_content
from whorl.store.db import Database
from whorl.store.db.database import open_database
from whorl.store.db.migrate import upgrade
from whorl.store.db.tables import project

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MODES, SEGMENT = 500, 4096


@dataclass
class Context:
    """What the job asks of the engine."""

    params: dict[str, JsonValue]
    executor: InlineExecutor = field(default_factory=InlineExecutor)
    job: Any = field(default_factory=lambda: type("Job", (), {"actor_id": "per_bench", "id": "job_bench"})())

    def report(self, progress: float, message: str = "") -> None: ...

    def check(self) -> None: ...


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--budget", type=int, default=500)
    parser.add_argument("--width", type=int, default=384)
    parser.add_argument("--strategy", default="auto")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="whorl-selecting-") as folder:
        print(json.dumps(measure(Path(folder), given), indent=2))


def measure(home: Path, given: argparse.Namespace) -> dict[str, object]:
    """All figures."""
    blobs = open_blobs("memory://")
    db = open_database(f"sqlite:///{home / 'whorl.db'}")
    upgrade(db)
    try:
        dataset_id = fill(db, blobs, given.items, given.width)
        draft = SelectionDraft.model_validate({"budget": {"count": given.budget}, "strategy": given.strategy})
        store = open_store(db, blobs, home)
        plan_s, plan = timed(lambda: read(db, lambda conn: make_plan(conn, dataset_id, draft, store)))
        params: dict[str, JsonValue] = {
            "dataset_id": dataset_id,
            "selection_id": "sel_bench",
            "draft": draft.model_dump(mode="json"),
        }
        job = SelectJob(db, blobs, home, SystemClock())
        # Any: the job asks a context for the four things that this one has.
        context: Any = Context(params)
        job_s, _ = timed(lambda: job(context))
        page_s, page = timed(lambda: read(db, lambda conn: list_selection_items(conn, "sel_bench", limit=100)))
        made = read(db, lambda conn: get_selection(conn, "sel_bench"))
    finally:
        db.close()
    return {
        "items": given.items,
        "budget": given.budget,
        "width": given.width,
        "plan_s": plan_s,
        "missing_vectors": plan.n_missing_vectors,
        "job_s": job_s,
        "page_of_100_s": page_s,
        "first_reason": page.items[0].reason,
        "chosen": made.n_items,
        "strategy": made.strategy,
        "coverage": made.summary.get("coverage"),
        "left_out": made.summary.get("left_out"),
        "peak_rss_mib": peak_rss_mib(),
        "machine": describe_machine(),
    }


def fill(db: Database, blobs: BlobStore, count: int, width: int) -> str:
    """A dataset of so many items with a vector each; gives its id."""
    rng = np.random.default_rng(0)
    middles = rng.standard_normal((MODES, width)).astype(np.float32)
    shares = rng.pareto(1.2, MODES) + 0.05
    contents = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(count)]

    def begin(conn: Any) -> tuple[str, str]:  # Any: the benchmark's own connection
        conn.execute(project.insert().values(id="prj_1", name="bench", settings={}, created_at=NOW))
        dataset_id = create_dataset(conn, "prj_1", name="all", actor_id="per_bench", now=NOW).id
        return dataset_id, create_space(conn, "prj_1", source="made", now=NOW).id

    dataset_id, space_id = db.write(begin)
    for start in range(0, count, SEGMENT):
        some = contents[start : start + SEGMENT]
        new = [
            NewItem(name=f"{sha}.jpg", sha256=sha, media_type="image/jpeg", width=640, height=480, bytes=90_000)
            for sha in some
        ]
        db.write(lambda conn, new=new: add_items(conn, dataset_id, new, actor_id="per_bench", now=NOW))  # type: ignore[misc]
        rows = middles[rng.choice(MODES, len(some), p=shares / shares.sum())]
        rows = rows + 0.5 * rng.standard_normal(rows.shape).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        sha = put_content(blobs, encode_segment(pack_keys(some), rows))
        db.write(
            lambda conn, sha=sha, rows=rows: add_segment(  # type: ignore[misc]
                conn, space_id, blob_sha256=sha, rows=len(rows), width=width, now=NOW
            )
        )
    return dataset_id


def read(db: Database, work: Any) -> Any:  # Any: whatever the read gives
    """Run a read."""
    with db.read() as conn:
        return work(conn)


def timed(work: Any) -> tuple[float, Any]:  # Any: whatever the work gives
    """Seconds, and what came of it."""
    started = time.perf_counter()
    found = work()
    return round(time.perf_counter() - started, 2), found


if __name__ == "__main__":
    main()
