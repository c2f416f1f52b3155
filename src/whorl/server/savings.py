"""Label savings, computed beside the server and remembered: they take seconds, and an overview is asked for often."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from whorl.base.log import get_logger
from whorl.engine import Executor
from whorl.schemas.overview import OverviewSaving
from whorl.schemas.selecting import SelectionProof
from whorl.store.blobs import BlobStore
from whorl.store.db import Database

if TYPE_CHECKING:
    from whorl.pipelines.saving import SavingBasis
    from whorl.selection.proof_reads import ProofBasis

T = TypeVar("T")
_REMEMBERED = 1000
_STANDS_S = 60.0
_log = get_logger("server")


class Measured(Generic[T]):
    """What takes seconds to measure, by what it rests on; one is computed at a time, in a thread of its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, ...], T | None] = OrderedDict()
        self._pending: set[tuple[str, ...]] = set()
        self._thread: ThreadPoolExecutor | None = None

    def find(self, key: tuple[str, ...], work: Callable[[], T | None]) -> tuple[T | None, bool]:
        """What was measured, and whether that is still to come; the first to ask starts it. None where it failed."""
        with self._lock:
            if key in self._known:
                return self._known[key], False
            if key not in self._pending:
                self._pending.add(key)
                if self._thread is None:
                    self._thread = ThreadPoolExecutor(1, thread_name_prefix="whorl-savings")
                self._thread.submit(self._compute, key, work)
            return None, True

    def _compute(self, key: tuple[str, ...], work: Callable[[], T | None]) -> None:
        found: T | None = None
        try:
            found = work()
        except Exception:  # noqa: BLE001 - the thread's border: an overview without a saving is still an overview
            _log.exception("the label saving could not be computed")
        with self._lock:
            self._pending.discard(key)
            self._known[key] = found
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)


class Savings:
    """Savings by the comparisons they rest on, and proofs of selections by the labels they rest on.

    Args:
        executor: Computes in a process of its own; None computes in a thread of this one.
        home: Folder of caches.
    """

    def __init__(self, db: Database, blobs: BlobStore, executor: Executor | None, home: Path) -> None:
        self._db = db
        self._blobs = blobs
        self._executor = executor
        self._home = home
        self._arms: Measured[OverviewSaving] = Measured()
        self._proofs: Measured[SelectionProof] = Measured()
        self._newest: Measured[OverviewSaving] = Measured()
        self._told: dict[str, tuple[str, float, OverviewSaving | None]] = {}

    def find(self, basis: SavingBasis) -> tuple[OverviewSaving | None, bool]:
        """The saving of one arm against another, and whether it is still being computed."""
        return self._arms.find(basis.key, lambda: self._compare(basis))

    def prove(self, basis: ProofBasis) -> tuple[SelectionProof | None, bool]:
        """The proof of a selection, and whether it is still being measured."""
        return self._proofs.find(basis.key, lambda: self._measure(basis))

    def prove_newest(self, project_id: str, selection_id: str, revision: int) -> tuple[OverviewSaving | None, bool]:
        """What a project's selections saved, as its overview tells it, and whether that is still to come.

        While people label, a figure stands for a minute before it is measured anew.
        """
        basis, now = f"{selection_id}@{revision}", time.monotonic()
        told = self._told.get(project_id)
        if told is not None and (told[0] == basis or now - told[1] < _STANDS_S):
            return told[2], False
        found, is_pending = self._newest.find((project_id, basis), lambda: self._measure_newest(project_id))
        if not is_pending:
            self._told[project_id] = (basis, now, found)
        elif told is not None:
            return told[2], False
        return found, is_pending

    def _measure_newest(self, project_id: str) -> OverviewSaving | None:
        from whorl.selection.proof_reads import find_newest_basis, tell_saving  # noqa: PLC0415 - as below

        with self._db.read() as conn:
            basis = find_newest_basis(conn, project_id)
        return None if basis is None else tell_saving(self._measure(basis))

    def _compare(self, basis: SavingBasis) -> OverviewSaving | None:
        # Late: the server starts without numpy.
        from whorl.pipelines.saving import compute_saving, read_outputs  # noqa: PLC0415

        with self._db.read() as conn:
            stored = read_outputs(conn, self._blobs, basis)
        if self._executor is None:
            return compute_saving(basis, stored)
        return self._executor.wait(self._executor.submit(compute_saving, basis, stored))

    def _measure(self, basis: ProofBasis) -> SelectionProof:
        from whorl.models.embeddings.store import open_store  # noqa: PLC0415 - as above
        from whorl.selection.proof import measure_proof  # noqa: PLC0415 - as above
        from whorl.selection.proof_reads import build_rows  # noqa: PLC0415 - as above

        rows = build_rows(basis, open_store(self._db, self._blobs, self._home))
        if isinstance(rows, SelectionProof):
            return rows
        if self._executor is None:
            return measure_proof(rows)
        return self._executor.wait(self._executor.submit(measure_proof, rows))
