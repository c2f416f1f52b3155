"""What training, evaluating and predicting need from the world, whether a pipeline asks or a job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from whorl.engine import Executor
from whorl.store.blobs import BlobStore
from whorl.store.db import Database

P = ParamSpec("P")
T = TypeVar("T")
_LOOK_S = 1.0


@dataclass(frozen=True)
class Workshop:
    """Database, blobs, worker processes and folders.

    Args:
        home: Folder of models and caches.
        heartbeat: Called in long waits; what it raises ends the work.
    """

    db: Database
    blobs: BlobStore
    executor: Executor
    home: Path
    heartbeat: Callable[[], None]

    @property
    def models_path(self) -> Path:
        """Folder of model folders."""
        return self.home / "models"

    @property
    def files_path(self) -> Path:
        """Folder of items' bytes for other processes; may be emptied when nothing runs."""
        return self.home / "cache" / "files"

    @property
    def features_path(self) -> Path:
        """Folder of cached features; may be emptied."""
        return self.home / "cache" / "features"

    def call(self, body: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a picklable function in a worker process and wait, with heartbeats."""
        future = self.executor.submit(body, *args, **kwargs)
        while True:
            try:
                return self.executor.wait(future, timeout_s=_LOOK_S)
            except TimeoutError:
                if future.done():
                    raise
                self.heartbeat()
