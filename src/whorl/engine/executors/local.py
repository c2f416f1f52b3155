"""A pool of processes on this machine."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from typing import ParamSpec, TypeVar

from whorl.base.errors import Unavailable, WorkerLost

P = ParamSpec("P")
T = TypeVar("T")
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_MAX_PROCESSES = 4


class LocalExecutor:
    """Implements ``Executor`` with spawned processes, one computing thread each.

    When a process dies (killed, out of memory) every call of the pool fails with WorkerLost and a new pool is made.

    Args:
        processes: How many; 0 means one per core, at most four.
    """

    def __init__(self, processes: int = 0) -> None:
        self._processes = processes or min(os.cpu_count() or 1, _MAX_PROCESSES)
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def start(self) -> None:
        with self._lock:
            self._get_pool()

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        with self._lock, _without_main():
            try:
                return self._get_pool().submit(function, *args, **kwargs)
            except BrokenExecutor:
                self._drop_pool()
                return self._get_pool().submit(function, *args, **kwargs)

    def wait(self, future: Future[T], *, timeout_s: float | None = None) -> T:
        try:
            return future.result(timeout_s)
        except BrokenExecutor as error:
            raise WorkerLost(
                "the process that ran this body died", hint="It is tried again; look for too little memory."
            ) from error

    def stop(self) -> None:
        with self._lock:
            if self._pool is not None:
                self._pool.shutdown(wait=True, cancel_futures=True)
                self._pool = None

    def _get_pool(self) -> ProcessPoolExecutor:
        if self._pool is None:
            try:
                self._pool = ProcessPoolExecutor(
                    self._processes, mp_context=get_context("spawn"), initializer=_prepare_process
                )
            except OSError as error:
                raise Unavailable("cannot start body processes", hint="Close other programs, then retry.") from error
        return self._pool

    def _drop_pool(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


@contextmanager
def _without_main() -> Iterator[None]:
    # A spawned process runs the program's main file again unless it is hidden; a script that has no
    # `if __name__ == "__main__"` would then start itself over. The pool's processes start within `submit`.
    main = sys.modules.get("__main__")
    names = ("__spec__", "__file__")
    kept = {name: vars(main)[name] for name in names if main is not None and name in vars(main)}
    if main is None or not kept:
        yield
        return
    vars(main).update(dict.fromkeys(kept))
    try:
        yield
    finally:
        vars(main).update(kept)


def _prepare_process() -> None:
    for name in _THREAD_VARIABLES:
        os.environ[name] = "1"
    threading.Thread(target=_exit_with_parent, name="whorl-parent", daemon=True).start()


def _exit_with_parent() -> None:
    # A pool's process waits on a pipe that it also holds open itself, so it would outlive a killed parent.
    parent = parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)
