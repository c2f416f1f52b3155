"""Label savings, computed beside the server and remembered: they take seconds, and an overview is asked for often."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from whorl.base.log import get_logger
from whorl.engine import Executor
from whorl.schemas.overview import OverviewSaving
from whorl.store.blobs import BlobStore
from whorl.store.db import Database

if TYPE_CHECKING:
    from whorl.pipelines.saving import SavingBasis

_REMEMBERED = 1000
_log = get_logger("server")


class Savings:
    """Savings by the comparisons they rest on; one is computed at a time.

    Args:
        executor: Computes in a process of its own; None computes in a thread of this one.
    """

    def __init__(self, db: Database, blobs: BlobStore, executor: Executor | None) -> None:
        self._db = db
        self._blobs = blobs
        self._executor = executor
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, ...], OverviewSaving | None] = OrderedDict()
        self._pending: set[tuple[str, ...]] = set()
        self._thread: ThreadPoolExecutor | None = None

    def find(self, basis: SavingBasis) -> tuple[OverviewSaving | None, bool]:
        """The saving and whether it is still being computed; the first to ask starts that."""
        with self._lock:
            if basis.key in self._known:
                return self._known[basis.key], False
            if basis.key not in self._pending:
                self._pending.add(basis.key)
                self._start(basis)
            return None, True

    def _start(self, basis: SavingBasis) -> None:
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="whorl-savings")
        self._thread.submit(self._compute, basis)

    def _compute(self, basis: SavingBasis) -> None:
        found: OverviewSaving | None = None
        try:
            found = self._run(basis)
        except Exception:  # noqa: BLE001 - the thread's border: an overview without a saving is still an overview
            _log.exception("the label saving could not be computed")
        with self._lock:
            self._pending.discard(basis.key)
            self._known[basis.key] = found
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    def _run(self, basis: SavingBasis) -> OverviewSaving | None:
        # Late: the server starts without numpy.
        from whorl.pipelines.saving import compute_saving, read_outputs  # noqa: PLC0415

        with self._db.read() as conn:
            stored = read_outputs(conn, self._blobs, basis)
        if self._executor is None:
            return compute_saving(basis, stored)
        return self._executor.wait(self._executor.submit(compute_saving, basis, stored))
