"""Made `0001_half_done_loop.sql.gz`: run with the sources and tests as they were at schema 0001.

python make_0001.py OUT, in a checkout of 2c77c45. What it makes is the past and is not made again.
"""

from __future__ import annotations

import gzip
import sqlite3
import sys
import tempfile
from pathlib import Path

from tests.db.pipelines import test_active_learning as loop
from tests.db.pipelines.conftest import ANNA, RUTH, Plant, make_plant

from whorl.store.db import open_database
from whorl.store.db.migrate import upgrade
from whorl.tasks import queries, reviews, work


def lease(plant: Plant, task: str, who: str, n: int) -> list[work.Lease]:
    with plant.db.read() as conn:
        found = queries.find_task(conn, plant.project_id, task)
    assert found is not None
    return plant.db.write(lambda conn: work.lease_next(conn, found.id, actor_id=who, now=plant.now(), n=n))


def main(out: Path) -> None:
    folder = Path(tempfile.mkdtemp())
    path = folder / "whorl.db"
    with open_database(f"sqlite:///{path}") as database:
        upgrade(database)
        plant = make_plant(database, folder / "home")
        pipeline, pool, _ = loop._prepare(plant)
        plant.start(pipeline, "choose.start", cause="round:1")
        plant.settle()
        for one in lease(plant, "label", ANNA, 3):
            plant.db.write(lambda conn, one=one: plant._label_one(conn, one, None, (), ANNA))
        plant.settle()
        (first,) = lease(plant, "review", RUTH, 1)
        plant.db.write(
            lambda conn: reviews.approve_item(
                conn, first.task_id, first.item_id, actor_id=RUTH, now=plant.now(), lease_token=first.lease_token
            )
        )
        plant.settle()
        lease(plant, "label", ANNA, 1)
        plant.add(pool, ["bright-late.png", "dark-late.png"])
        plant.runtime.pump()
        print(plant.parked(pipeline), plant.states(pipeline), plant.steps(pipeline))
    plain = sqlite3.connect(path)
    text = "\n".join(plain.iterdump())
    plain.close()
    out.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


main(Path(sys.argv[1]))
