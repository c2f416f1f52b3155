"""Run calls at once in the calling thread, for tests and debuggers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class InlineExecutor:
    """Implements ``Executor`` without processes; ``submit`` returns when the call is done."""

    def start(self) -> None:
        """Nothing to do."""

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(function(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - handed to the caller of wait
            future.set_exception(error)
        return future

    def wait(self, future: Future[T], *, timeout_s: float | None = None) -> T:
        return future.result(timeout_s)

    def stop(self) -> None:
        """Nothing to do."""
