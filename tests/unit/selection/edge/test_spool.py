"""The spool: whole after a kill at any point, and clear about disks that do not work."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.selection.edge.conftest import MakeSampler, png

from whorl.base.errors import Conflict, NotFound, StorageFull
from whorl.selection.edge import FakeTime, Spool, read_status
from whorl.selection.edge.eviction import Held, plan_eviction
from whorl.selection.edge.rows import read_head
from whorl.selection.edge.spool import CANDIDATE, CHOSEN, REFUSED

WORK = """
import sys
from pathlib import Path
import numpy as np
from whorl.selection.edge import FakeTime, Rules, Sampler, Spool, parse_budget
time = FakeTime()
rules = Rules(budget=parse_budget("3600/hour"), window_s=5.0, burst_s=0)
sampler = Sampler(Spool(Path(sys.argv[1])), rules, source=time, device="cam")
number = int(sys.argv[2])
print("ready", flush=True)
while True:
    image = np.random.default_rng(number).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    outcome = sampler.offer(image, {"n": number}, key=str(number)).outcome
    time.advance(0.7)
    for row in sampler.spool.rows("chosen")[:1]:
        print("sending", row.id, flush=True)
        sampler.spool.finish(row.id, "sent", at=time.elapsed(), meta={})
    print(outcome, number, flush=True)
    number += 1
"""


@pytest.mark.slow
def test_kill__at_any_point_nothing_kept_is_lost_or_doubled(tmp_path: Path) -> None:
    chance = random.Random(1)
    folder, number = tmp_path / "spool", 0
    sent: list[str] = []
    for _ in range(5):
        process = subprocess.Popen(
            [sys.executable, "-c", WORK, str(folder), str(number)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        stop_after = chance.randint(3, 60)
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line)
            if len(lines) >= stop_after:
                process.send_signal(signal.SIGKILL)
                break
        lines += process.stdout.readlines()
        process.stdout.close()
        process.wait(60)
        sent += [line.split()[1] for line in lines if line.startswith("sending")]
        numbers = [int(line.split()[1]) for line in lines if line[0] in "kpn" and line[-1] == "\n"]
        number = max(numbers, default=number - 1) + 1
        spool = Spool(folder)
        rows = [*spool.rows(CHOSEN), *spool.rows(CANDIDATE)]
        assert [spool.read(row) is not None for row in rows] == [True] * len(rows)
        files = {path.stem for path in (folder / "items").glob("*/*")}
        assert files == {row.id for row in rows}, "no file without a record, no record without its file"
        # One may have been announced and not noted: it is announced again, and the far end knows it.
        assert len(sent) - len(set(sent)) <= 5
        assert {spool.knows(item_id) for item_id in sent[:-1]} <= {"sent"}
        counts = spool.get("counts")
        assert isinstance(counts, dict)
        assert counts.get("chosen", 0) == len(spool.rows(CHOSEN)) + len(
            {item_id for item_id in sent if spool.knows(item_id) == "sent"}
        )
        spool.close()


def test_open__twice_is_refused(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    with pytest.raises(Conflict, match="another process uses the spool"):
        Spool(tmp_path / "spool")
    spool.close()
    Spool(tmp_path / "spool").close()


def test_open__where_nothing_can_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageFull, match="cannot be written to") as caught:
        Spool(tmp_path / "file" / "spool")
    assert "writable" in caught.value.hint


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to folders that are closed")
def test_open__a_closed_folder_is_a_clear_error(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    folder.mkdir(mode=0o500)
    with pytest.raises(StorageFull):
        Spool(folder)


def test_database_that_takes_no_more__is_an_outcome(make_sampler: MakeSampler, time: FakeTime) -> None:
    sampler = make_sampler()
    assert sampler.offer(png(1), key="a").outcome == "kept"
    # What SQLite does on a disk that was mounted anew as read-only.
    sampler.spool._db.execute("PRAGMA query_only = ON")
    assert sampler.offer(png(2), key="b").outcome == "no_room"
    sampler.spool._db.execute("PRAGMA query_only = OFF")
    assert sampler.offer(png(2), key="b").outcome == "kept"
    assert len(list((sampler.spool.folder / "items").glob("*/*"))) == 2


def test_damaged_file__is_set_aside_and_not_sent(make_sampler: MakeSampler, time: FakeTime) -> None:
    sampler = make_sampler()
    sampler.offer(png(1), key="a")
    (path,) = (sampler.spool.folder / "items").glob("*/*")
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    (row,) = sampler.spool.rows(CANDIDATE)
    with pytest.raises(OSError, match="is damaged"):
        sampler.spool.read(row)
    sampler.spool.set_aside(row.id, "damaged", meta={})
    assert [one.problem for one in sampler.spool.rows(REFUSED)] == ["damaged"]


def test_rebuild__keeps_what_is_whole_and_puts_the_rest_aside(make_sampler: MakeSampler, tmp_path: Path) -> None:
    sampler = make_sampler()
    for number in range(3):
        sampler.offer(png(number), key=str(number))
    sampler.spool.close()
    folder = tmp_path / "spool"
    first, second, _ = sorted((folder / "items").glob("*/*"))
    first.write_bytes(first.read_bytes()[:-5])
    second.write_bytes(b"foreign")
    (folder / "spool.db").write_bytes(b"")
    (folder / "spool.db-wal").unlink(missing_ok=True)
    (folder / "spool.db").write_bytes(b"\x00junk" * 1000)
    spool = Spool(folder)
    assert spool.was_rebuilt
    assert len(spool.rows(CHOSEN)) == 1
    assert len(list(folder.glob("*.damaged"))) == 2
    spool.close()


@pytest.mark.parametrize(
    "content", [b"", b"WHORL EDGE 1 x\n", b"WHORL EDGE 1 5\n{}", b"WHORL EDGE 1 2\n{}\nabc", b"\n" * 99]
)
def test_read_head__junk_is_no_head(content: bytes) -> None:
    assert read_head(content)[0] is None


def _held(name: str, value: float, *, is_uniform: bool = False, priority: float = 0.0, window: int = 1) -> Held:
    return Held(name, 10, is_uniform, value, priority, window)


def test_eviction__least_informative_then_oldest_then_chance() -> None:
    held = [
        _held("old good", 0.9),
        _held("old poor", 0.11),
        _held("new poor", 0.12),
        _held("refused", -1.0),
        _held("chance high", 0.0, is_uniform=True, priority=0.4),
        _held("chance low", 0.0, is_uniform=True, priority=0.1),
    ]

    def names(
        lacking: int, *, value: float = 1.0, is_uniform: bool = False, protected: float = 100.0
    ) -> list[str] | None:
        plan = plan_eviction(held, lacking, protected_bytes=protected, value=value, is_uniform=is_uniform)
        return None if plan is None else [one.id for one in plan.evicted]

    assert names(10) == ["refused"]
    assert names(30) == ["refused", "old poor", "new poor"]
    assert names(30, value=0.0) is None, "a newcomer worth less than these is turned away"
    assert names(50) is None, "chance's room is protected"
    assert names(50, is_uniform=True) is None
    plan = plan_eviction(held, 20, protected_bytes=10, value=0.0, is_uniform=False)
    assert plan is not None
    assert [one.id for one in plan.evicted] == ["refused", "chance high"], "beyond its room chance goes before the rest"
    assert plan.thresholds == [(1, "", 0.4)]


def test_status__of_a_spool_in_use_and_of_none(make_sampler: MakeSampler, tmp_path: Path, time: FakeTime) -> None:
    sampler = make_sampler()
    sampler.offer(png(1))
    told = read_status(tmp_path / "spool")
    assert told["states"] == {"candidate": {"images": 1, "bytes": len(png(1))}}
    assert told["budgets"] == [{"of": "count", "period_s": 3600.0, "used": 0, "amount": 600.0}]
    assert told["counts"] == {"offered": 1, "kept": 1}
    with pytest.raises(NotFound):
        read_status(tmp_path / "nowhere")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "spool.db").write_bytes(b"junk" * 999)
    with pytest.raises(StorageFull):
        read_status(tmp_path / "bad")
