"""What a node is and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ParamSpec, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from whorl.base.clock import Clock, to_datetime
from whorl.datasets.subset_counts import SubsetMemory
from whorl.engine import Executor
from whorl.models.workshop import Workshop
from whorl.pipelines.chains import cause_of
from whorl.pipelines.graph import NodeType
from whorl.pipelines.logs import Level, Said
from whorl.pipelines.tokens import Emission, Parked, Passed, Released, Result, Token
from whorl.store.blobs import BlobStore
from whorl.store.db import Database

P = ParamSpec("P")
T = TypeVar("T")


class Params(BaseModel):
    """The parameters of a node; unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoParams(Params):
    """A node without parameters."""


@dataclass(frozen=True)
class PipelineServices:
    """What pipelines need from the world."""

    db: Database
    blobs: BlobStore
    executor: Executor
    home: Path
    clock: Clock
    subsets: SubsetMemory = field(default_factory=SubsetMemory)

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


@dataclass(frozen=True)
class NodeContext:
    """One batch's surroundings: where the node stands and what its parameters are now.

    Args:
        heartbeat: Call it in long loops; it raises when the lease is lost or the engine stops.
        resources: What one call of the node asks of a machine.
        depth: How many runs of this pipeline began one another before these; in ``commit`` only.
        lines: What ``log`` was told, to be written when the half ends.
        cause: Goes with every event that the node emits, for the loop guard.
    """

    services: PipelineServices
    pipeline_id: str
    pipeline_name: str
    project_id: str
    version: int
    node: str
    params: Params
    heartbeat: Callable[[], None]
    resources: Mapping[str, float] = field(default_factory=dict)
    depth: int = 0
    lines: list[Said] = field(default_factory=list)

    def log(self, message: str, *, level: Level = "info", token: Token | None = None) -> None:
        """Say something in the pipeline's log, about one token's journey or about none."""
        self.lines.append(Said(message, level, None if token is None else token.run_key))

    @property
    def cause(self) -> str:
        return cause_of(self.pipeline_id, self.depth)

    @property
    def actor_id(self) -> str:
        return self.pipeline_id

    @property
    def workshop(self) -> Workshop:
        """What the rooms below need to train, score and predict."""
        services = self.services
        return Workshop(services.db, services.blobs, services.executor, services.home, self.heartbeat, self.resources)

    def now(self) -> datetime:
        """The present, aware UTC."""
        return to_datetime(self.services.clock.now())

    def call(self, body: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a picklable function in a worker process, where the node's resources are, and wait, with heartbeats."""
        return self.workshop.call(body, *args, **kwargs)

    def files(self, sha256s: Sequence[str]) -> list[str]:
        """Paths of items' bytes for ``call``, in the order asked for."""
        return self.workshop.files(sha256s)

    def model_folder(self, model_id: str) -> Path:
        """The folder of a trained model, on this machine, for ``call``.

        Raises:
            NotFound: There is no such model, it was never trained, or its folder is lost.
        """
        return self.workshop.model_folder(model_id)


@dataclass(frozen=True)
class Committed:
    """What a node wrote: its results, perhaps with the ids that only the database knew, and what it let go."""

    results: Sequence[Result]
    released: Sequence[Released] = field(default_factory=tuple)


class Node(Protocol):
    """A kind of node. ``run`` may take long and touches no transaction; ``commit`` writes, exactly once."""

    type: NodeType
    batch_size: int
    lease_s: float
    resources: Mapping[str, float]

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Give one result per token, in order. May run twice for a token after a crash."""
        ...

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Write the effects of those tokens that are still ours, in the transaction that takes them off the inbox."""
        ...


@runtime_checkable
class DryRuns(Protocol):
    """A node that answers otherwise when it is only tried: one that would keep its tokens until something else."""

    def dry_run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Give one result per token, in order, and write nothing."""
        ...


class PlainNode:
    """A node that writes nothing, or the base of one that overrides either half."""

    batch_size: int = 256
    lease_s: float = 60.0
    # What one body asks of the machine that runs it: cpu and gpu in cores and cards, memory in bytes.
    resources: Mapping[str, float] = {"cpu": 1.0}
    # Most batches at a time in one process when bodies run on several machines; one when they run on this.
    max_in_flight: int = 1

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Send every token on by the port of its name in ``pass_on``."""
        del context
        return [pass_on(token) for token in tokens]

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Write nothing."""
        del conn, tokens, context
        return Committed(results)


def pass_on(token: Token, *, port: str = "item") -> Passed:
    """The token leaves by ``port`` as it came."""
    return Passed(emissions=(Emission(port, token.ref),))


def park_all(tokens: Sequence[Token]) -> list[Result]:
    """Every token stays."""
    return [Parked() for _ in tokens]
