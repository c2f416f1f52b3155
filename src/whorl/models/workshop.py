"""What training, evaluating and predicting need from the world, whether a pipeline asks or a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar

from whorl.engine import Executor, Placing
from whorl.models.elsewhere import FILES, MODELS, pack_luggage, run_elsewhere
from whorl.models.files import materialise
from whorl.models.packs import bring_folder
from whorl.models.queries import get_model_pack
from whorl.store.blobs import BlobStore, shared_url
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
        resources: What one call asks of the machine that runs it: ``cpu`` and ``gpu`` in cores and cards, ``memory``
            in bytes. Only an executor with several machines looks at it.
    """

    db: Database
    blobs: BlobStore
    executor: Executor
    home: Path
    heartbeat: Callable[[], None]
    resources: Mapping[str, float] = field(default_factory=dict)

    @property
    def models_path(self) -> Path:
        """Folder of model folders."""
        return self.home / MODELS

    @property
    def files_path(self) -> Path:
        """Folder of items' bytes for other processes; may be emptied when nothing runs."""
        return self.home.joinpath(*FILES)

    @property
    def features_path(self) -> Path:
        """Folder of cached features; may be emptied."""
        return self.home / "cache" / "features"

    def model_folder(self, model_id: str) -> Path:
        """The folder of a trained model, brought to this machine when another one trained it.

        Raises:
            NotFound: There is no such model, it was never trained, or its folder is lost.
        """
        with self.db.read() as conn:
            name, pack_sha256 = get_model_pack(conn, model_id)
        return bring_folder(self.blobs, self.models_path / name, pack_sha256)

    def files(self, sha256s: Sequence[str]) -> list[str]:
        """Paths of items' bytes for a body, in the order asked for; on this machine only when bodies run here."""
        if isinstance(self.executor, Placing):
            return [str(self.files_path / sha256[:2] / sha256) for sha256 in sha256s]
        return [str(path) for path in materialise(self.blobs, sha256s, self.files_path)]

    def call(self, body: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a picklable function in a worker process and wait, with heartbeats.

        Paths below the home are brought to the machine that runs it: ``files``, ``model_folder`` and caches.
        """
        executor = self.executor
        if isinstance(executor, Placing):
            luggage = pack_luggage(self.home, shared_url(self.blobs), [*args, *kwargs.values()])
            executor = executor.with_resources(self.resources)
            future = executor.submit(run_elsewhere, luggage, body, *args, **kwargs)
        else:
            future = executor.submit(body, *args, **kwargs)
        while True:
            try:
                return executor.wait(future, timeout_s=_LOOK_S)
            except TimeoutError:
                if future.done():
                    raise
                self.heartbeat()
