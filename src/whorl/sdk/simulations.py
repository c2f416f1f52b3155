"""Simulations: what choosing would have saved on a labelled dataset, and what further labels are worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from whorl.base.errors import NotFound
from whorl.schemas import selecting as wire
from whorl.schemas.jobs import Job as JobInfo
from whorl.sdk.jobs import Job, Report
from whorl.sdk.transport import Call, Transport


class Simulations:
    """The simulations of one project."""

    def __init__(self, transport: Transport, project_id: str) -> None:
        self._transport = transport
        self._path = f"/projects/{project_id}/simulations"

    def create(
        self,
        dataset_id: str,
        *,
        strategies: Sequence[str] = ("auto", "margin", "random"),
        name: str | None = None,
        filters: wire.QueryValue = None,
        model: str | None = None,
        budgets: Sequence[int] | None = None,
        rounds: int = 8,
        seeds: int = 5,
        target: float | None = None,
        seconds_per_label: float | None = None,
        progress: Report | None = None,
    ) -> Simulation:
        """Replay a labelled dataset as if nothing were labelled, and wait until it is done; Ctrl-C stops it.

        Args:
            dataset_id: Its items with ground truth are replayed, those that match ``filters``.
            model: builtin:linear (classes, or crops of objects) or builtin:tinydet; by the labels when left out.
            budgets: Labels after each round, in place of ``rounds``.
            seeds: Pools to draw; intervals need two.
            target: Metric whose cost is forecast.

        Raises:
            InvalidInput: Too little to learn from, or a budget above the pool.
            NotFound: No such dataset or strategy.
        """
        draft = wire.SimulationDraft(
            dataset_id=dataset_id,
            strategies=list(strategies),
            name=name,
            filter=filters,
            model=model,
            budgets=None if budgets is None else list(budgets),
            rounds=rounds,
            seeds=seeds,
            target=target,
            seconds_per_label=seconds_per_label,
        )
        job = Job(self._transport, self._transport.call(JobInfo, Call("POST", self._path, body=draft)))
        done = job.wait_or_cancel(progress=progress).info.result
        return self.get(str(done["simulation_id"]))

    def list(self) -> Iterator[Simulation]:
        """Every simulation, newest first."""
        for info in self._transport.pages(wire.Simulation, self._path):
            yield Simulation(self._transport, info)

    def get(self, name_or_id: str) -> Simulation:
        """The simulation of this id, or the newest of this name.

        Raises:
            NotFound: There is none.
        """
        if name_or_id.startswith("sim_"):
            return Simulation(self._transport, self._transport.get(wire.Simulation, f"/simulations/{name_or_id}"))
        for one in self.list():
            if one.info.name == name_or_id:
                return one
        raise NotFound(f"no simulation {name_or_id!r} in this project")


class Simulation:
    """A replay that was run; ``info`` holds its curves, savings and forecasts."""

    def __init__(self, transport: Transport, info: wire.Simulation) -> None:
        self._transport = transport
        self.info = info

    @property
    def id(self) -> str:
        """Its public id."""
        return self.info.id

    @property
    def recommendation(self) -> str:
        """What to do, in sentences."""
        return self.info.recommendation

    def delete(self) -> None:
        """Forget it."""
        self._transport.send(Call("DELETE", f"/simulations/{self.id}"))
