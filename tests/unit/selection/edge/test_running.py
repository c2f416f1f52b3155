"""Devices and bases as they run: from a folder to a base, until they are told to stop."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
import time as real_time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.selection.edge.conftest import MakeSampler, png

from whorl.base.errors import Conflict, WhorlError
from whorl.selection.edge import FakeTime, Listening, Plan, Receiver, Spool, parse_budget, read_status, run_edge
from whorl.selection.edge.spool import CANDIDATE

TOKEN = "a-token-of-this-base"


def _wait_for(is_done: Callable[[], bool]) -> None:
    deadline = real_time.monotonic() + 60
    while not is_done():
        assert real_time.monotonic() < deadline
        real_time.sleep(0.02)


def test_run_edge__from_a_folder_to_a_base(make_sampler: MakeSampler, tmp_path: Path) -> None:
    base = make_sampler(remembers=True)
    receiver = Receiver(base, Listening([TOKEN], port=0))
    folder = tmp_path / "camera"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.png").write_bytes(png(number))
    plan = Plan(
        spool=tmp_path / "device",
        to=receiver.url,
        watch=folder,
        device="gate",
        token=TOKEN,
        budget=parse_budget("3000/min"),
        sampler="uniform",
        window_s=0.2,
        settle_s=0.0,
        poll_s=0.02,
    )
    stop = threading.Event()
    running = threading.Thread(target=run_edge, args=(plan,), kwargs={"stop": stop})
    threads = [threading.Thread(target=receiver.run), running]
    for thread in threads:
        thread.start()
    try:
        _wait_for(lambda: base.counts().get("kept", 0) == 5)
    finally:
        stop.set()
        threads[1].join(60)
        receiver.stop()
        threads[0].join(60)
    assert {row.device for row in base.spool.rows(CANDIDATE)} == {"gate"}
    told = read_status(tmp_path / "device")
    assert told["states"] == {}
    assert told["counts"] == {"offered": 5, "kept": 5, "chosen": 5, "sent": 5}


def test_sigterm__keeps_the_open_window_and_ends_well(tmp_path: Path) -> None:
    folder, spool = tmp_path / "camera", tmp_path / "device"
    folder.mkdir()
    (folder / "a.png").write_bytes(png(1))
    command = [sys.executable, "-m", "whorl.selection.edge", "run", "--watch", str(folder), "--spool", str(spool)]
    process = subprocess.Popen([*command, "--settle", "0", "--sampler", "uniform"], stderr=subprocess.PIPE, text=True)

    def holds_it() -> bool:
        with contextlib.suppress(WhorlError):  # the spool is being made
            return read_status(spool)["states"] != {}
        return False

    try:
        _wait_for(holds_it)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0
    assert said.splitlines()[-1].endswith("stopped; 1 offered")
    assert "chooses every 3456 s" in said
    opened = Spool(spool)
    assert len(opened.rows(CANDIDATE)) == 1
    opened.close()


def test_restart__with_other_strata_begins_a_new_window(make_sampler: MakeSampler, time: FakeTime) -> None:
    sampler = make_sampler("600/hour", "uniform")
    sampler.offer(png(1), key="a")
    sampler = make_sampler("600/hour", "uniform=0.5+novelty")
    assert len(sampler.spool.rows(CANDIDATE)) == 1, "chance goes on where its rules are the same"
    sampler = make_sampler("600/hour", "stratified:label")
    assert sampler.spool.rows(CANDIDATE) == []


def test_spool__of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    spool._db.execute("PRAGMA user_version = 99")
    spool.close()
    with pytest.raises(Conflict, match="version 99"):
        Spool(tmp_path / "spool")
    assert not list((tmp_path / "spool").glob("*damaged*"))
