"""Sends what was chosen, one after the other, until the far end has it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from whorl.base.errors import StorageFull
from whorl.base.log import get_logger
from whorl.selection.edge.budgets import Budget, Limit
from whorl.selection.edge.facts import to_time
from whorl.selection.edge.rows import Row
from whorl.selection.edge.sampler import Sampler
from whorl.selection.edge.targets import Delivered, Later, Never, Target

if TYPE_CHECKING:
    from whorl.base.errors import JsonValue

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 300.0
LONGEST_ASKED_S = 3600.0
IDLE_S = 0.5
STUMBLES = 5
_log = get_logger("edge")


class Forwarder:
    """Empties a sampler's spool into a target.

    After a failure it waits, each time twice as long up to five minutes, with chance so that devices do not come back
    all at once; or as long as the far end asks. What is refused for good is set aside with the reason. Nothing leaves
    the spool before the far end has said that it has it.

    Args:
        bandwidth: Bytes that may be sent in any period, tries included.
        first_wait_s: After the first failure.
    """

    def __init__(
        self,
        sampler: Sampler,
        target: Target,
        *,
        bandwidth: Sequence[Limit] = (),
        seed: int | None = None,
        first_wait_s: float = FIRST_WAIT_S,
        longest_wait_s: float = LONGEST_WAIT_S,
    ) -> None:
        self._sampler = sampler
        self._spool = sampler.spool
        self._target = target
        now = sampler.clock.now()
        self._bandwidth = Budget(bandwidth, now=now, is_paced=False, saved=self._spool.get("bandwidth"))
        self._random = random.Random(seed)
        self._first_wait_s = first_wait_s
        self._longest_wait_s = longest_wait_s
        self._n_failed = 0
        self._problem = ""
        self._stumbles: tuple[str, int] = ("", 0)

    def run(self, stop: threading.Event) -> None:
        """Send until told to stop."""
        while not stop.is_set():
            stop.wait(self.step())
        self._target.link.close()

    def drain(self, *, until_s: float) -> None:
        """Send what is there, for so many seconds at most and until something fails."""
        deadline = time.monotonic() + until_s
        while time.monotonic() < deadline and self.step() == 0:
            pass

    def step(self) -> float:
        """Send one image; gives the seconds to wait before the next."""
        try:
            row = self._spool.next_chosen()
            if row is None:
                return IDLE_S
            if self._bandwidth.allowance(self._sampler.clock.now()).n_bytes < row.n_bytes:
                return self._hold(row)
            return self._send(row)
        except StorageFull as error:
            # Sent, and not noted: it is sent again, and the far end knows it.
            return self._failed(Later(error.message))

    def _hold(self, row: Row) -> float:
        if any(limit.amount < row.n_bytes for limit in self._bandwidth.limits):
            self._spool.set_aside(row.id, f"{row.n_bytes:,} bytes are more than the bandwidth ever allows", meta={})
        return IDLE_S

    def _send(self, row: Row) -> float:
        try:
            content = self._spool.read(row)
        except OSError as error:
            _log.error("%s; it is set aside", error)
            self._spool.set_aside(row.id, str(error), meta={})
            self._sampler.count("damaged")
            return 0.0
        now = self._sampler.clock.now()
        # Before it is sent: a crash counts it once too often rather than never.
        self._bandwidth.charge(now, count=0, n_bytes=row.n_bytes)
        if self._bandwidth.limits:
            self._spool.put({"bandwidth": self._bandwidth.to_json()})
        result = self._target.send(row, content, now=self._sampler.clock.wall())
        match result:
            case Delivered():
                self._confirm_time()
                self._sampler.count("sent")
                self._spool.finish(row.id, result.outcome, at=now, meta=self._told(""))
                self._n_failed, self._problem = 0, ""
                return 0.0
            case Never():
                _log.error("%s is refused: %s", row.id, result.why)
                self._sampler.count("refused")
                self._spool.set_aside(row.id, result.why, meta=self._told(""))
                return 0.0
            case Later():
                self._let_others_pass(row, result)
                return self._failed(result)

    def _let_others_pass(self, row: Row, result: Later) -> None:
        """An image that the far end stumbles over does not hold up all the others."""
        n_before = self._stumbles[1] if self._stumbles[0] == row.id else 0
        self._stumbles = (row.id, n_before + 1)
        if result.is_answered and not result.is_blocked and n_before + 1 >= STUMBLES:
            self._spool.postpone(row.id)

    def _confirm_time(self) -> None:
        """Only of a far end that took an image: whoever else answers in between may say any time."""
        date = self._target.link.last_date
        added = 0.0 if date is None else self._sampler.clock.confirm(date)
        if added > 60:
            _log.info("the server's clock says that %.0f s without power went by", added)

    def _failed(self, result: Later) -> float:
        self._n_failed += 1
        wait_s = min(self._longest_wait_s, self._first_wait_s * 2.0 ** min(self._n_failed - 1, 20))
        wait_s *= 0.5 + 0.5 * self._random.random()
        if result.wait_s is not None:
            wait_s = max(wait_s, min(result.wait_s, LONGEST_ASKED_S))
        if result.why != self._problem:
            self._problem = result.why
            (_log.error if result.is_blocked else _log.warning)("nothing goes out: %s", result.why)
            self._note(result)
        return wait_s

    def _note(self, result: Later) -> None:
        try:
            self._spool.put(self._told(result.why, is_blocked=result.is_blocked))
        except StorageFull as error:
            _log.warning("%s", error.message)

    def _told(self, problem: str, *, is_blocked: bool = False) -> dict[str, JsonValue]:
        at = to_time(self._sampler.clock.wall())
        return {"link": {"url": self._target.link.url, "problem": problem, "is_blocked": is_blocked, "at": at}}
