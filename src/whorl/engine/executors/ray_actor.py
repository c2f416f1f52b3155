"""What runs on a Ray node: one process that takes one call at a time and keeps what it has loaded."""

from __future__ import annotations

import os
import pickle

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class BodyProcess:
    """The actor. Calls and answers travel as pickles of our own: Ray's would give arrays that cannot be written."""

    def __init__(self) -> None:
        for name in _THREAD_VARIABLES:
            os.environ[name] = "1"

    def ready(self) -> int:
        """The process's id, once it is placed."""
        return os.getpid()

    def run(self, call: bytes) -> bytes:
        """Give the pickle of (True, what the call returned) or of (False, what it raised)."""
        try:
            function, args, kwargs = pickle.loads(call)
            return pickle.dumps((True, function(*args, **kwargs)), pickle.HIGHEST_PROTOCOL)
        except Exception as error:  # noqa: BLE001 - handed to the caller of wait
            return _pickled_error(error)


def _pickled_error(error: Exception) -> bytes:
    try:
        found = pickle.dumps((False, error), pickle.HIGHEST_PROTOCOL)
        pickle.loads(found)
    except Exception:  # noqa: BLE001 - an error that does not travel is told in words
        found = pickle.dumps((False, RuntimeError(f"{type(error).__name__}: {error}")), pickle.HIGHEST_PROTOCOL)
    return found
