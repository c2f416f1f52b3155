"""What was acknowledged is on disk, whenever the process is killed."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import text

from whorl.store.db import open_database

# Four people save at once; each number is printed only once its write has returned.
_SAVES = """
import sys, threading
from itertools import count
from sqlalchemy import text
from whorl.store.db import open_database

database = open_database(sys.argv[1])
numbers = count(int(sys.argv[2]))

def save():
    while True:
        number = next(numbers)
        statement = text("INSERT INTO event_cursor (reader, event_id) VALUES (:r, :n)")
        database.write(lambda c: c.execute(statement, {"r": f"{number:08}", "n": number}) and None)
        sys.stdout.write(f"{number:08}\\n")
        sys.stdout.flush()

for _ in range(4):
    threading.Thread(target=save, daemon=True).start()
threading.Event().wait()
"""


@pytest.mark.parametrize("killed_after", [1, 40, 250])
def test_write__acknowledged_survives_a_kill(database_url: str, killed_after: int) -> None:
    acknowledged: list[str] = []
    for start in (0, 1_000_000):
        process = subprocess.Popen(
            [sys.executable, "-c", _SAVES, database_url, str(start)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        acknowledged += [process.stdout.readline().strip() for _ in range(killed_after)]
        process.kill()
        acknowledged += [line.strip() for line in process.stdout if line.endswith("\n") and len(line) == 9]
        process.wait()
        process.stdout.close()
    with open_database(database_url) as database, database.read() as conn:
        kept = set(conn.execute(text("SELECT reader FROM event_cursor")).scalars())
        whole = conn.execute(text("PRAGMA integrity_check")).scalar_one() if database.is_sqlite else "ok"
    assert set(acknowledged) - kept == set()
    # Those in flight may have reached the disk without an answer, one per person and start; none is there twice.
    assert len(kept - set(acknowledged)) <= 8
    assert whole == "ok"
