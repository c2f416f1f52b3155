"""Pipelines: save, run, watch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from whorl.base.errors import InvalidInput, JsonValue, NotFound
from whorl.schemas import pipeline_runs as runs_wire
from whorl.schemas import pipelines as wire
from whorl.schemas.ledger import Ledger
from whorl.sdk.transport import Call, Transport

Definition = wire.PipelineDefinition | Mapping[str, JsonValue]


class Pipelines:
    """The pipelines of one project."""

    def __init__(self, transport: Transport, project_id: str) -> None:
        self._transport = transport
        self._path = f"/projects/{project_id}/pipelines"

    def validate(self, definition: Definition) -> list[wire.GraphProblem]:
        """What keeps a graph from running, and warnings, which do not; empty when there is nothing to say."""
        call = Call("POST", f"{self._path}/validate", body=_body(definition))
        return self._transport.call(list[wire.GraphProblem], call)

    def diff(self, definition: Definition) -> wire.PipelineDiff:
        """What a definition would change in the pipeline of its name; all of it is new where there is none."""
        return self._transport.call(wire.PipelineDiff, Call("POST", f"{self._path}/diff", body=_body(definition)))

    def dry_run(
        self,
        definition: Definition,
        *,
        node: str | None = None,
        dataset_id: str | None = None,
        query: str | None = None,
        refs: Sequence[str] = (),
        limit: int = 10,
    ) -> runs_wire.DryRun:
        """What a definition would do with a few items; bodies run, nothing is saved.

        Args:
            node: node or node.port where they enter; the source when left out.
            refs: Ids of items or models; the first items of the node's dataset when neither they nor a query are given.
        """
        body: dict[str, JsonValue] = {
            "definition": _body(definition),
            "node": node,
            "dataset_id": dataset_id,
            "query": query,
            "refs": list(refs),
            "limit": limit,
        }
        return self._transport.call(runs_wire.DryRun, Call("POST", f"{self._path}/dry-run", body=body))

    def trigger_events(self) -> list[runs_wire.TriggerEvent]:
        """Every kind of event that triggers may wait for."""
        return self._transport.get(list[runs_wire.TriggerEvent], "/trigger-events")

    def node_types(self) -> list[wire.NodeTypeInfo]:
        """Every kind of node: its ports, and the JSON schema of its parameters."""
        return self._transport.get(list[wire.NodeTypeInfo], "/node-types")

    def schema(self) -> dict[str, JsonValue]:
        """The JSON Schema of a definition."""
        return self._transport.get(dict[str, JsonValue], "/pipeline-schema")

    def apply(self, definition: Definition, *, migrate: Mapping[str, str] | None = None) -> Pipeline:
        """Save a pipeline under its name: new, or as the next version of the one there.

        Args:
            migrate: Old node to new node, for what waits at nodes that the next version no longer has.

        Raises:
            Conflict: Something waits at a node that would vanish; ``migrate`` does not say where it goes.
            GraphError: It cannot run; ``details`` lists each node and port.
        """
        moves = ",".join(f"{old}:{new}" for old, new in (migrate or {}).items())
        call = Call("POST", self._path, {"migrate": moves or None}, body=_body(definition))
        return Pipeline(self._transport, self._transport.call(wire.Pipeline, call))

    def get(self, pipeline_name: str | None = None, pipeline_id: str | None = None) -> Pipeline:
        """The pipeline with a name or an id.

        Raises:
            NotFound: There is none.
        """
        if pipeline_id is not None:
            return Pipeline(self._transport, self._transport.get(wire.Pipeline, f"/pipelines/{pipeline_id}"))
        if pipeline_name is None:
            raise InvalidInput("which pipeline?", hint="Give pipeline_name or pipeline_id.")
        names = []
        for pipeline in self.list():
            if pipeline_name in (pipeline.name, pipeline.id):
                return pipeline
            names.append(pipeline.name)
        raise NotFound(f"no pipeline {pipeline_name!r}", hint=f"There is: {', '.join(sorted(names)) or 'none yet'}.")

    def list(self) -> Iterator[Pipeline]:
        """Every pipeline, fetched as it is read."""
        for info in self._transport.pages(wire.Pipeline, self._path):
            yield Pipeline(self._transport, info)


class Pipeline:
    """A pipeline at its current version."""

    def __init__(self, transport: Transport, info: wire.Pipeline) -> None:
        self._transport = transport
        self.info = info

    @property
    def id(self) -> str:
        """Its public id."""
        return self.info.id

    @property
    def name(self) -> str:
        """Its name."""
        return self.info.name

    def run(
        self,
        *,
        node: str | None = None,
        refs: list[str] | None = None,
        query: str | None = None,
        dataset_id: str | None = None,
    ) -> wire.RunsStarted:
        """Start runs by hand, at a node, for items or models by id or for the items that match a query."""
        body = wire.RunRequest(node=node, refs=list(refs or []), query=query, dataset_id=dataset_id)
        return self._transport.call(wire.RunsStarted, Call("POST", f"/pipelines/{self.id}/runs", body=body))

    def activate(self) -> Pipeline:
        """Let its triggers fire."""
        return self._changed("activate")

    def deactivate(self) -> Pipeline:
        """Stop its triggers; what is under way goes on."""
        return self._changed("deactivate")

    def pause(self, *, triggers: Literal["keep", "drop"] = "keep") -> Pipeline:
        """Let no node take work.

        Args:
            triggers: keep: what happens goes on beginning runs, which wait. drop: it starts nothing.
        """
        return self._changed("pause", runs_wire.PipelinePause(triggers=triggers))

    def resume(self) -> Pipeline:
        """Let nodes take work and triggers fire."""
        return self._changed("resume")

    def cancel_run(self, run_id: str) -> wire.Run:
        """End a run; items of it leave people's queues unless somebody has begun with them."""
        return self._transport.call(wire.Run, Call("POST", f"/runs/{run_id}/cancel"))

    def rerun(
        self, run_id: str, *, start: Literal["start", "node", "failed"] = "start", node: str | None = None
    ) -> wire.Run:
        """Let a run that has ended go again, on the pipeline's present version.

        Args:
            start: From where: all of it, from ``node`` on, or only what failed.
        """
        body = runs_wire.RunRerun(start=start, node=node)
        return self._transport.call(wire.Run, Call("POST", f"/runs/{run_id}/rerun", body=body))

    def rerun_failed(self, *, node: str | None = None) -> int:
        """Try again all that failed, or all that failed at one node, and give how many tokens that were."""
        body = runs_wire.PipelineRerun(node=node)
        call = Call("POST", f"/pipelines/{self.id}/rerun", body=body)
        return self._transport.call(runs_wire.TokensRestarted, call).restarted

    def tokens(self, node: str, *, state: runs_wire.TokenState = "waiting") -> Iterator[runs_wire.NodeToken]:
        """The tokens of one node in one state, fetched as they are read."""
        return self._transport.pages(runs_wire.NodeToken, f"/pipelines/{self.id}/nodes/{node}/tokens", state=state)

    def logs(
        self, *, node: str | None = None, run_id: str | None = None, level: str | None = None
    ) -> Iterator[runs_wire.LogLine]:
        """What its nodes said, newest first, fetched as it is read."""
        path = f"/pipelines/{self.id}/logs"
        return self._transport.pages(runs_wire.LogLine, path, node=node, run_id=run_id, level=level)

    def steps(self, run_id: str) -> list[wire.RunStep]:
        """The journey of a run: each node it passed, in order."""
        return self._transport.get(list[wire.RunStep], f"/runs/{run_id}/steps")

    def _changed(self, verb: str, body: runs_wire.PipelinePause | None = None) -> Pipeline:
        call = Call("POST", f"/pipelines/{self.id}/{verb}", body=body)
        return Pipeline(self._transport, self._transport.call(wire.Pipeline, call))

    def diff(self, *, from_version: int | None = None, to_version: int | None = None) -> wire.PipelineDiff:
        """What differs between two versions: the current one and the one before, when left out."""
        versions = {"from_version": from_version, "to_version": to_version}
        return self._transport.call(wire.PipelineDiff, Call("GET", f"/pipelines/{self.id}/diff", versions))

    def definition(self, version: int | None = None) -> wire.PipelineDefinition:
        """The definition of one version; of the current one when left out."""
        if version is None:
            return self.info.definition
        return self._transport.get(wire.PipelineDefinition, f"/pipelines/{self.id}/versions/{version}")

    def runs(self, *, state: str | None = None) -> Iterator[wire.Run]:
        """Its runs, newest first, fetched as they are read; those in one state when it is given."""
        return self._transport.pages(wire.Run, f"/pipelines/{self.id}/runs", state=state)

    def status(self) -> wire.PipelineStatus:
        """How many tokens are where."""
        return self._transport.get(wire.PipelineStatus, f"/pipelines/{self.id}/status")

    def ledger(self) -> Ledger:
        """What its labels cost so far: seconds of people and machines by step, by skill and by person."""
        return self._transport.get(Ledger, f"/pipelines/{self.id}/ledger")

    def dead_letters(self) -> Iterator[wire.DeadLetter]:
        """The tokens that used up their tries, with their last error, oldest first."""
        return self._transport.pages(wire.DeadLetter, f"/pipelines/{self.id}/dead-letters")

    def retry_dead_letters(self, ids: Sequence[int] | None = None) -> int:
        """Try dead letters again, with all their tries, and give how many there were; all of them without ``ids``."""
        body = wire.DeadLettersRetry(ids=None if ids is None else list(ids))
        call = Call("POST", f"/pipelines/{self.id}/dead-letters/retry", body=body)
        return self._transport.call(wire.DeadLettersRetried, call).retried

    def set_variable(self, name: str, value: JsonValue) -> Pipeline:
        """Change a variable; nodes read it at their next batch."""
        call = Call("PUT", f"/pipelines/{self.id}/variables/{name}", body={"value": value})
        return Pipeline(self._transport, self._transport.call(wire.Pipeline, call))

    def __repr__(self) -> str:
        return f"Pipeline({self.name!r}, version={self.info.version}, id={self.id!r})"


def _body(definition: Definition) -> JsonValue:
    if isinstance(definition, wire.PipelineDefinition):
        # model_dump gives JSON by its mode; its type says Any.
        dumped: dict[str, JsonValue] = definition.model_dump(mode="json")
        return dumped
    return dict(definition)
