"""Everything that must run for pipelines to move: executor, engine and pump, opened and closed together."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from whorl.base.clock import Clock, SystemClock
from whorl.engine import Dispatcher, Executor, LocalExecutor
from whorl.pipelines.nodes.base import PipelineServices
from whorl.pipelines.runtime import PipelineRuntime
from whorl.store.blobs import BlobStore
from whorl.store.db import Database


class PipelineHost:
    """Runs pipelines over an open database and blob store.

    Args:
        home: Folder of models and caches.
        executor: Where bodies run; a local process pool when left out.
    """

    def __init__(
        self,
        db: Database,
        blobs: BlobStore,
        home: Path,
        *,
        executor: Executor | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.services = PipelineServices(
            db=db, blobs=blobs, executor=executor or LocalExecutor(), home=home, clock=clock or SystemClock()
        )
        self.runtime = PipelineRuntime(self.services)
        self.dispatcher = Dispatcher(
            db, self.runtime, executor=self.services.executor, clock=self.services.clock, poll_s=0.5
        )

    def start(self) -> None:
        """Begin to move tokens."""
        self.dispatcher.start()
        self.runtime.start()

    def stop(self) -> None:
        """Stop after what runs now; what is unfinished goes on at the next start."""
        self.runtime.stop()
        self.dispatcher.stop()

    def __enter__(self) -> PipelineHost:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
