"""The four calls of an executor."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import ParamSpec, Protocol, Self, TypeVar, runtime_checkable

P = ParamSpec("P")
T = TypeVar("T")


class Executor(Protocol):
    """Runs functions away from this process's interpreter. Safe to use from several threads."""

    def start(self) -> None:
        """Get ready; may be called again after ``stop``."""
        ...

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Queue a call and give its future; starts when needed."""
        ...

    def wait(self, future: Future[T], *, timeout_s: float | None = None) -> T:
        """Give what the call returned, or raise what it raised.

        Raises:
            WorkerLost: The process that ran it died; the call may be submitted again.
            TimeoutError: It took longer than ``timeout_s`` and goes on.
        """
        ...

    def stop(self) -> None:
        """Let running calls finish, drop those queued, and end the processes."""
        ...


@runtime_checkable
class Placing(Executor, Protocol):
    """An executor with several machines: bodies run where there is room, and files of this machine are not there."""

    def with_resources(self, resources: Mapping[str, float]) -> Self:
        """The same executor for calls that ask this much of a machine: ``cpu``, ``gpu``, ``memory`` in bytes."""
        ...
