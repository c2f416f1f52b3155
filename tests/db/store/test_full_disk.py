"""A disk that is really full, under several people's saves at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_SAVES = """
import subprocess, sys, threading
from itertools import count
folder = sys.argv[1]
mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], capture_output=True)
if mounted.returncode:
    sys.exit(77)
from sqlalchemy import text
from whorl.base.errors import StorageFull
from whorl.store.db import open_database
from whorl.store.db.migrate import upgrade

database = open_database(f"sqlite:///{folder}/whorl.db")
upgrade(database)
numbers, kept, refused = count(), [], []

def insert(number):
    row = {"r": f"{number:06}" + "x" * 3000, "n": number}
    return lambda c: c.execute(text("INSERT INTO event_cursor (reader, event_id) VALUES (:r, :n)"), row) and None

def save():
    for _ in range(100):
        number = next(numbers)
        try:
            database.write(insert(number))
        except StorageFull:
            refused.append(number)
        else:
            kept.append(number)

people = [threading.Thread(target=save) for _ in range(6)]
for one in people:
    one.start()
for one in people:
    one.join()
def read():
    with database.read() as conn:
        return sorted(conn.execute(text("SELECT event_id FROM event_cursor")).scalars())

assert kept and refused and len(kept) + len(refused) == 600, (len(kept), len(refused))
assert read() == sorted(kept)
subprocess.run(["mount", "-o", "remount,size=30m", folder], check=True)
database.write(insert(600))
assert read() == [*sorted(kept), 600]
with database.read() as conn:
    assert conn.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
database.close()
print("whole")
"""


def test_write__on_a_disk_that_fills_up_keeps_just_what_it_acknowledged(tmp_path: Path) -> None:
    command = ["unshare", "--mount", sys.executable, "-c", _SAVES, str(tmp_path)]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("needs unshare")
    if ran.returncode == 77 or "unshare failed" in ran.stderr:
        pytest.skip("may not mount a small disk here")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "whole\n", "")
