"""The job that simulates on a dataset: pool by pool in a worker process, so that a restart goes on."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from whorl.base.clock import Clock, to_datetime
from whorl.base.errors import InvalidInput, JsonValue
from whorl.datasets.dql import parse_query
from whorl.engine import Placing
from whorl.engine.handlers import AnyHandler
from whorl.engine.jobs import JobContext, JobHandler, job_node
from whorl.models.workshop import Workshop
from whorl.schemas.records import ItemRecord
from whorl.schemas.selecting import SimulationDraft
from whorl.selection.simulation.actions import NewSimulation, save_simulation
from whorl.selection.simulation.reading import LabelledSet, read_labelled_set
from whorl.store.blobs import BlobStore
from whorl.store.db import Database, Priority

if TYPE_CHECKING:
    from whorl.selection.simulation.running import Wish
    from whorl.selection.simulation.sources import SourceImage

SIMULATE = "simulate"


@dataclass(frozen=True)
class SimulateJob:
    """Replays a labelled dataset, and writes down what came of it."""

    db: Database
    blobs: BlobStore
    home: Path
    clock: Clock

    def __call__(self, context: JobContext) -> Mapping[str, JsonValue]:
        started = time.monotonic()
        draft = SimulationDraft.model_validate(context.params["draft"])
        simulation_id, project_id = str(context.params["simulation_id"]), str(context.params["project_id"])
        context.report(0.0, "reads the labels")
        with self.db.read() as conn:
            query = parse_query(draft.filter) if isinstance(draft.filter, dict) else None
            labelled = read_labelled_set(conn, draft.dataset_id, query=query)
        if not labelled.items:
            raise InvalidInput(
                f"no item of {labelled.name} has ground truth", hint="A simulation replays labels that are there."
            )
        workshop = Workshop(self.db, self.blobs, context.executor, self.home, context.check)
        result = self._simulate(context, workshop, draft, labelled)
        result["seconds"] = round(time.monotonic() - started, 2)
        made = NewSimulation(
            id=simulation_id,
            project_id=project_id,
            name=draft.name or f"{labelled.name}: {', '.join(draft.strategies)}"[:200],
            spec={**draft.model_dump(mode="json"), "revision": labelled.revision, "n_items": len(labelled.items)},
            result=result,
        )
        actor_id, now = context.job.actor_id, to_datetime(self.clock.now())
        self.db.write(lambda conn: save_simulation(conn, made, actor_id=actor_id, now=now), priority=Priority.ENGINE)
        return {"simulation_id": simulation_id, "dataset_id": draft.dataset_id}

    def _simulate(
        self, context: JobContext, workshop: Workshop, draft: SimulationDraft, labelled: LabelledSet
    ) -> dict[str, JsonValue]:
        # On several machines nobody knows which one has the last pool's runs: all pools in one call.
        turns = [draft.seeds] if isinstance(workshop.executor, Placing) else range(1, draft.seeds + 1)
        paths = workshop.files([item.sha256 for item in labelled.items])
        cache, runs = str(workshop.features_path), str(self.home / "cache" / "simulations")
        result: dict[str, JsonValue] = {}
        for seeds in turns:
            context.check()
            context.report((seeds - 1) / draft.seeds, f"pool {seeds} of {draft.seeds}")
            result = workshop.call(simulate_body, paths, labelled, draft, seeds, str(self.home), cache, runs)
        return result


def simulate_body(
    paths: list[str], labelled: LabelledSet, draft: SimulationDraft, seeds: int, home: str, cache: str, runs: str
) -> dict[str, JsonValue]:
    """Simulate the first ``seeds`` pools; those that are kept in ``runs`` cost nothing. Runs in a worker process."""
    from whorl.selection.simulation.running import Places, simulate

    wish = replace(as_wish(draft), seeds=seeds)
    places = Places(home=Path(home), cache=Path(cache), runs=Path(runs))
    return simulate(as_images(paths, labelled), wish, places).to_json()


def as_images(paths: list[str], labelled: LabelledSet) -> list[SourceImage]:
    """The items as images with labels."""
    from whorl.selection.simulation.sources import of_record

    return [
        replace(
            of_record(ItemRecord(name=item.name, file=Path(path), annotations=truth)),
            key=item.sha256,
            group=item.group_key or "",
        )
        for path, item, truth in zip(paths, labelled.items, labelled.truth, strict=True)
    ]


def as_wish(draft: SimulationDraft) -> Wish:
    """What a draft asks for."""
    from whorl.selection.simulation.running import Wish

    return Wish(
        strategies=tuple(draft.strategies),
        model=draft.model,
        budgets=tuple(draft.budgets) if draft.budgets else None,
        rounds=draft.rounds,
        seeds=draft.seeds,
        test_share=draft.test_share,
        target=draft.target,
        seconds_per_label=draft.seconds_per_label,
    )


def simulate_job_handlers(db: Database, blobs: BlobStore, home: Path, clock: Clock) -> dict[str, AnyHandler]:
    """The handler of the job that simulates, by node."""
    return {job_node(SIMULATE): JobHandler(db, SimulateJob(db, blobs, home, clock))}
