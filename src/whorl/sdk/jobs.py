"""Waiting for long pieces of work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import TypeAdapter

from whorl.base.clock import Clock, SystemClock
from whorl.base.errors import Cancelled, Unavailable, WhorlError, error_classes
from whorl.schemas import jobs as wire
from whorl.sdk.transport import Call, Transport

T = TypeVar("T")
Report = Callable[[int, int | None], None]
# Short jobs answer at once; long ones are not asked more than once a second.
_FIRST_WAIT_S = 0.02
_LONGEST_WAIT_S = 1.0


class Job:
    """A long piece of work; ``info`` is how it stood when last asked."""

    def __init__(self, transport: Transport, info: wire.Job) -> None:
        self._transport = transport
        self.info = info

    @classmethod
    def find(cls, transport: Transport, job_id: str) -> Job:
        """Read a job by id."""
        return cls(transport, transport.get(wire.Job, f"/jobs/{job_id}"))

    @property
    def id(self) -> str:
        """Its public id."""
        return self.info.id

    @property
    def is_over(self) -> bool:
        """Whether it is done, failed or cancelled."""
        return self.info.state in ("done", "failed", "cancelled")

    def refresh(self) -> Job:
        """Ask again how it stands."""
        self.info = self._transport.get(wire.Job, f"/jobs/{self.id}")
        return self

    def cancel(self) -> Job:
        """Ask it to stop; it does at its next step."""
        self.info = self._transport.call(wire.Job, Call("POST", f"/jobs/{self.id}/cancel"))
        return self

    def wait(
        self, *, progress: Report | None = None, timeout_s: float | None = None, clock: Clock | None = None
    ) -> Job:
        """Wait until it is over.

        Args:
            progress: Told (percent, 100) each time it is asked.

        Raises:
            WhorlError: It failed; the class is the one it failed with.
            Cancelled: It was cancelled.
            Unavailable: It was not over in time; it goes on.
        """
        time = clock or SystemClock()
        deadline = None if timeout_s is None else time.now() + timeout_s
        pause = _FIRST_WAIT_S
        while not self.is_over:
            if deadline is not None and time.now() >= deadline:
                raise Unavailable(f"{self.info.kind} {self.id} is not over after {timeout_s:g} s", hint="It goes on.")
            if progress is not None:
                progress(round(100 * self.info.progress), 100)
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_WAIT_S)
            self.refresh()
        if self.info.state == "cancelled":
            raise Cancelled(f"{self.info.kind} {self.id} was cancelled")
        if self.info.state == "failed":
            cls = error_classes().get(self.info.error_code or "", WhorlError)
            hint = self.info.result.get("hint", "")
            raise cls(self.info.error or f"{self.info.kind} {self.id} failed", hint=str(hint))
        return self

    def wait_or_cancel(self, *, progress: Report | None = None) -> Job:
        """As ``wait``, and Ctrl-C stops the work rather than only the waiting."""
        try:
            return self.wait(progress=progress)
        except KeyboardInterrupt:
            self.cancel()
            raise

    def result(self, kind: type[T]) -> T:
        """What came of it, as a type."""
        return TypeAdapter(kind).validate_python(self.info.result)

    def __repr__(self) -> str:
        return f"Job({self.info.kind!r}, {self.info.state!r}, id={self.id!r})"
