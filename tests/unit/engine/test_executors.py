"""Executors: the same four calls inline and in processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from whorl.base.errors import FormatError, WorkerLost
from whorl.engine.executors import Executor, InlineExecutor, LocalExecutor


@pytest.fixture(scope="module")
def local() -> Iterator[LocalExecutor]:
    executor = LocalExecutor(2)
    executor.start()
    yield executor
    executor.stop()


@pytest.fixture(params=["inline", "local"])
def executor(request: pytest.FixtureRequest) -> Executor:
    return InlineExecutor() if request.param == "inline" else request.getfixturevalue("local")


def test_submit__gives_the_result(executor: Executor) -> None:
    futures = [executor.submit(pow, number, 2) for number in range(10)]
    assert [executor.wait(future, timeout_s=60) for future in futures] == [n * n for n in range(10)]


def test_wait__raises_what_the_call_raised(executor: Executor) -> None:
    with pytest.raises(ZeroDivisionError):
        executor.wait(executor.submit(divmod, 1, 0), timeout_s=60)


def test_wait__own_errors_cross_the_border_whole(executor: Executor) -> None:
    with pytest.raises(FormatError) as caught:
        executor.wait(
            executor.submit(
                eval,
                "(_ for _ in ()).throw(__import__('whorl.base.errors').base.errors."
                "FormatError('line 3', hint='mend it'))",
            ),
            timeout_s=60,
        )
    assert (caught.value.message, caught.value.hint) == ("line 3", "mend it")


def test_submit__one_computing_thread_per_process(local: LocalExecutor) -> None:
    assert local.wait(local.submit(os.getenv, "OMP_NUM_THREADS"), timeout_s=60) == "1"
    assert local.wait(local.submit(os.getpid), timeout_s=60) != os.getpid()


def test_wait__a_killed_process_is_noticed_and_replaced(local: LocalExecutor) -> None:
    with pytest.raises(WorkerLost):
        local.wait(local.submit(signal.raise_signal, signal.SIGKILL), timeout_s=60)
    assert local.wait(local.submit(pow, 3, 2), timeout_s=60) == 9


_PARENT = """
import os, time
from whorl.engine.executors import LocalExecutor
if __name__ == "__main__":
    executor = LocalExecutor(1)
    print(executor.wait(executor.submit(os.getpid)), flush=True)
    executor.submit(time.sleep, 600)
    time.sleep(600)
"""


def test_processes_end_with_a_killed_parent(tmp_path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(_PARENT)
    parent = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout:
        child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 10
    while _is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _is_alive(child)


def _is_alive(process_id: int) -> bool:
    try:
        with open(f"/proc/{process_id}/stat") as handle:
            return handle.read().rsplit(") ", 1)[1][0] != "Z"
    except OSError:
        return False
