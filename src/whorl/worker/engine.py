"""The dispatcher with all its handlers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from whorl.assistants.jobs import assistant_job_handlers
from whorl.assistants.watching import AssistantWatch
from whorl.base.clock import Clock, SystemClock, to_datetime
from whorl.base.settings import Settings
from whorl.datasets.intake import MediaLimits
from whorl.engine import Dispatcher, Executor, HandlerSource, InlineExecutor, LocalExecutor
from whorl.engine.handlers import AnyHandler
from whorl.models.converting import convert_job_handlers
from whorl.models.jobs import model_job_handlers
from whorl.pipelines.deliveries import ADDRESS
from whorl.pipelines.delivering import DeliveryHandler
from whorl.pipelines.nodes.base import PipelineServices
from whorl.pipelines.runtime import PipelineRuntime
from whorl.quality.jobs import scan_job_handlers
from whorl.selection.jobs import select_job_handlers
from whorl.selection.simulation.job import simulate_job_handlers
from whorl.serving.flagging import FlagHandler
from whorl.serving.recording import FLAG_NODE
from whorl.serving.retention import NODE as RETENTION_NODE
from whorl.serving.retention import RetentionHandler, plan_retention
from whorl.store.blobs import BlobStore
from whorl.store.db import Database, Priority
from whorl.worker.jobs import job_handlers

if TYPE_CHECKING:
    from whorl.base.egress import Egress


@dataclass(frozen=True)
class Handlers:
    """A ``HandlerSource``: jobs first, then every node of every pipeline."""

    jobs: dict[str, AnyHandler]
    pipelines: HandlerSource

    def list_nodes(self) -> Sequence[str]:
        return [*self.jobs, *self.pipelines.list_nodes()]

    def get_handler(self, node: str) -> AnyHandler | None:
        return self.jobs.get(node) or self.pipelines.get_handler(node)


@dataclass(frozen=True)
class Engine:
    """The dispatcher, the pump that feeds it from the outbox, and the watch over assistants."""

    db: Database
    clock: Clock
    dispatcher: Dispatcher
    runtime: PipelineRuntime
    executor: Executor
    watch: AssistantWatch

    def start(self) -> None:
        """Start all in threads."""
        now = to_datetime(self.clock.now())
        self.db.write(lambda conn: plan_retention(conn, now=now), priority=Priority.ENGINE)
        self.dispatcher.start()
        self.runtime.start()
        self.watch.start()

    def stop(self) -> None:
        """Stop all, and give back what they hold."""
        self.watch.stop()
        self.runtime.stop()
        self.dispatcher.stop()


def make_executor(settings: Settings) -> Executor:
    """The executor that the settings name; nothing runs yet.

    Raises:
        Forbidden: A Ray cluster on the network without a token.
    """
    if settings.executor.startswith("ray://"):
        from whorl.engine.executors.ray import open_ray  # noqa: PLC0415 - an optional extra

        return open_ray(settings.executor, most=settings.workers)
    return InlineExecutor() if settings.executor == "inline" else LocalExecutor(settings.workers)


def make_egress(settings: Settings) -> Egress:
    """The way out for webhooks.

    Raises:
        InvalidInput: ``WHORL_EGRESS_ALLOW`` holds what is no name, address or network.
    """
    from whorl.base.egress import Egress, EgressRules  # noqa: PLC0415 - brings in a client, which most never need

    return Egress(EgressRules.parse(settings.egress_allow))


def build_engine(
    db: Database,
    blobs: BlobStore,
    settings: Settings,
    *,
    executor: Executor | None = None,
    clock: Clock | None = None,
) -> Engine:
    """Put the engine together; nothing runs yet."""
    executor = executor or make_executor(settings)
    clock = clock or SystemClock()
    runtime = PipelineRuntime(PipelineServices(db, blobs, executor, settings.home_path, clock))
    jobs = job_handlers(db, blobs, MediaLimits.of(settings)) | model_job_handlers(db, blobs, settings.home_path, clock)
    jobs |= convert_job_handlers(db, blobs, settings.home_path, clock)
    jobs |= select_job_handlers(db, blobs, settings.home_path, clock)
    jobs |= simulate_job_handlers(db, blobs, settings.home_path, clock)
    jobs |= assistant_job_handlers(db, blobs, settings.home_path, clock)
    jobs |= scan_job_handlers(db, blobs, settings.home_path, clock)
    if settings.egress_allow:
        make_egress(settings)  # A typing error shows at the start, not at the first call.
    webhooks = DeliveryHandler(db, cache(partial(make_egress, settings)), clock)
    serving: dict[str, AnyHandler] = {
        FLAG_NODE: FlagHandler(db, blobs, settings.home_path, clock),
        RETENTION_NODE: RetentionHandler(db, blobs, clock),
    }
    handlers = Handlers({**jobs, **serving, ADDRESS: webhooks}, runtime)
    dispatcher = Dispatcher(db, handlers, executor=executor, clock=clock)
    return Engine(db, clock, dispatcher, runtime, executor, AssistantWatch(db, clock))
