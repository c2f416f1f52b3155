"""Steering and watching pipelines on the wire: pauses, re-runs, logs, tokens, dry runs and what triggers wait for."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.schemas.pipelines import PipelineDefinition
from whorl.schemas.wire import UtcTime, Wire

TokenState = Literal["waiting", "running", "parked", "failed", "done"]


class PipelinePause(Wire):
    """How to pause a pipeline."""

    triggers: Literal["keep", "drop"] = Field(
        default="keep",
        description="keep: triggers go on beginning runs, which wait. drop: what happens starts nothing.",
    )


class RunRerun(Wire):
    """From where a run goes again."""

    start: Literal["start", "node", "failed"] = Field(
        default="start",
        description="start: from where it began. node: from `node` on. failed: only its tokens that failed.",
    )
    node: str | None = Field(default=None, max_length=100, description="For `node`: where to begin again.")


class PipelineRerun(Wire):
    """Which of a pipeline's tokens go again."""

    state: Literal["failed"] = "failed"
    node: str | None = Field(default=None, max_length=100, description="Only those that failed at this node.")


class TokensRestarted(Wire):
    """How many tokens are on their way again."""

    restarted: int


class NodeToken(Wire):
    """One token at a node, or one that has passed it."""

    run_id: str | None
    ref: str = Field(description="Public id of what travels; empty for a signal.")
    state: TokenState
    version: int = Field(description="The pipeline's version that it travels on.")
    since: UtcTime | None = Field(default=None, description="When it parked, failed or passed; unknown while it moves.")
    port: str | None = Field(default=None, description="The input it came in by; for `done` the output it left by.")
    error: str | None = None


class LogLine(Wire):
    """Something that a node said."""

    at: UtcTime
    node: str
    run_id: str | None = None
    level: Literal["info", "warning", "error"]
    message: str


class TriggerEvent(Wire):
    """A kind of event that triggers may wait for."""

    kind: str
    title: str
    subject: Literal["item", "model", "evaluation", "comparison", "run", "project"] = Field(
        description="What the event is about; a run that it starts carries this id. Items can be filtered by a query."
    )
    description: str
    is_emitted: bool = Field(description="Whether this version of Whorl says it; others come with later features.")


class DryRunRequest(Wire):
    """A definition to be tried on a few items; nothing is saved."""

    definition: PipelineDefinition
    node: str | None = Field(default=None, max_length=100, description="node or node.port; the source when left out.")
    dataset_id: str | None = Field(default=None, description="Where to look when the node names no dataset.")
    query: str | None = Field(default=None, max_length=4000, description="In text form: which items.")
    refs: list[str] = Field(default_factory=list, max_length=50, description="Ids of items or models.")
    limit: int = Field(default=10, ge=1, le=50, description="Most items.")


class DryRunNode(Wire):
    """What came to one node, and what left it."""

    node: str
    came: int
    went: dict[str, int] = Field(description="Tokens by output port.")
    waits: int = Field(description="Tokens that would wait here, for people or for a round.")
    seconds: float
    error: str | None = None


class DryRunStep(Wire):
    """What one node made of one token."""

    ref: str
    node: str
    port: str = Field(description="Where it left; empty when it ended here.")
    output: dict[str, JsonValue]
    note: str | None = None


class DryRun(Wire):
    """What would happen."""

    items: int
    nodes: list[DryRunNode]
    steps: list[DryRunStep]
    notes: list[str]
