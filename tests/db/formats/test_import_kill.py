"""A kill -9 in the middle of an import loses nothing and doubles nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from whorl.datasets.revisions import load_dataset
from whorl.formats.actions import import_folder
from whorl.store.blobs import open_blobs
from whorl.store.db import Database, open_database
from whorl.store.db.tables import annotation, event, item, item_state, source_file

_CHILD = """
import sys, time
from pathlib import Path
from whorl.formats.actions import import_folder
from whorl.store.blobs import open_blobs
from whorl.store.db import open_database

url, blobs, root, dataset_id = sys.argv[1:]
with open_database(url) as db:
    import_folder(db, open_blobs(blobs), dataset_id=dataset_id, root=Path(root), format="yolo", actor_id="per_anna",
                  progress=lambda done: print(done, flush=True), new_labels="add", workers=2)
"""


def _folder(root: Path, count: int) -> Path:
    from PIL import Image

    (root / "images").mkdir(parents=True)
    (root / "labels").mkdir()
    (root / "classes.txt").write_text("car\ntruck\n")
    for index in range(count):
        Image.new("RGB", (32, 32), (index % 256, index // 256, 9)).save(root / "images" / f"{index:05}.png")
        (root / "labels" / f"{index:05}.txt").write_text(f"{index % 2} 0.5 0.5 0.5 0.5\n")
    return root


def _facts(db: Database) -> dict[str, int]:
    with db.read() as conn:
        return {
            table.name: int(conn.execute(select(func.count()).select_from(table)).scalar_one())
            for table in (item, item_state, annotation, source_file)
        } | {"created": int(conn.execute(select(func.count()).where(event.c.kind == "item.created")).scalar_one())}


@pytest.mark.slow
def test_import__killed_twice_then_completed(sqlite_house: Any, tmp_path: Path) -> None:
    count, kill_after = 1600, (200, 800)
    house, root = sqlite_house, _folder(tmp_path / "set", 1600)
    url, blobs = house.db.url, f"file://{tmp_path / 'blobs'}"
    house.db.close()
    for threshold in kill_after:
        _run_and_kill(threshold, [url, blobs, str(root), house.dataset_id])
    with open_database(url, synchronous="NORMAL") as db:
        partial = _facts(db)
        assert 0 < partial["item"] < count
        assert len(set(partial.values())) == 1
        import_folder(db, open_blobs(blobs), dataset_id=house.dataset_id, root=root, format="yolo", actor_id="per_anna")
        assert _facts(db) == dict.fromkeys(["item", "item_state", "annotation", "source_file", "created"], count)
        with db.read() as conn:
            assert load_dataset(conn, house.dataset_id).revision == count // 200


def _run_and_kill(threshold: int, arguments: list[str]) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, *arguments], stdout=subprocess.PIPE, text=True, env=os.environ.copy()
    )
    assert child.stdout is not None
    for line in child.stdout:
        if int(line) >= threshold:
            # A moment later, so that the kill falls inside the next batch.
            time.sleep(0.02)
            break
    os.kill(child.pid, signal.SIGKILL)
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL
