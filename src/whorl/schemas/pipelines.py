"""Pipelines on the wire: the one JSON form that the canvas, YAML and Python all write."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.schemas.wire import UtcTime, Wire

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class PortType(StrEnum):
    """What travels through a port."""

    ITEM = "item"
    MODEL = "model"
    EVALUATION = "evaluation"
    COMPARISON = "comparison"
    SIGNAL = "signal"


class NodeFamily(StrEnum):
    """Where a node belongs in the palette."""

    DATA = "data"
    PEOPLE = "people"
    MODEL = "model"
    QUALITY = "quality"
    CONTROL = "control"


class VariableType(StrEnum):
    """What a pipeline's variable holds."""

    MODEL = "model"
    DATASET = "dataset"
    QUERY = "query"
    NUMBER = "number"
    TEXT = "text"
    JSON = "json"


class Position(Wire):
    """Where a node stands on the canvas, in pixels; it changes nothing else."""

    x: float = Field(ge=-1e6, le=1e6)
    y: float = Field(ge=-1e6, le=1e6)


class NodeSpec(Wire):
    """One node. A parameter may be ``{"$var": "name"}``; it is read anew for every batch."""

    id: Name
    type: Name
    params: dict[str, JsonValue] = Field(default_factory=dict)
    at: Position | None = Field(default=None, description="Place on the canvas; laid out when left out.")


class EdgeSpec(Wire):
    """A way from an output port to an input port, for the items that match ``when``."""

    source: str = Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", description="node.port")
    target: str = Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", description="node.port")
    when: str | None = Field(default=None, description="A query in its text form; only for item ports.")


class VariableSpec(Wire):
    """A typed variable and its first value."""

    name: Name
    type: VariableType
    value: JsonValue = None


class EventSource(StrEnum):
    """Whose events a trigger looks at: this pipeline's own, all others', or any."""

    OWN = "own"
    OTHERS = "others"
    ANY = "any"


class EventTrigger(Wire):
    """Starts a run for each matching event."""

    type: Literal["event"] = "event"
    id: Name
    target: str = Field(description="node.port that the token enters")
    event: str
    dataset: JsonValue = Field(default=None, description="Only events of this dataset id or variable.")
    mode: Literal["once", "always"] = Field(default="once", description="once: one run per subject, ever.")
    by: EventSource = Field(default=EventSource.OTHERS, description="Whose events; its own would loop.")
    node: Name | None = Field(default=None, description="Only events of this node, such as where a run began.")
    filter: str | None = Field(
        default=None, max_length=4000, description="Only for items that match this query, in its text form."
    )
    unless_active: list[Name] = Field(
        default_factory=list, max_length=20, description="Not while a run that began at one of these nodes is active."
    )
    max_fires: JsonValue = Field(
        default=None,
        description="Stop after so many runs; a number or a variable. Limited triggers of one target share the count.",
    )


class CountTrigger(Wire):
    """Starts a run after every so many matching events."""

    type: Literal["count"] = "count"
    id: Name
    target: str
    event: str
    every: JsonValue = Field(description="A number of one or more, or a variable.")
    dataset: JsonValue = None
    by: EventSource = Field(default=EventSource.ANY, description="Whose events are counted.")
    filter: str | None = Field(
        default=None, max_length=4000, description="Only items that match this query, in its text form, are counted."
    )
    rounds_of: Name | None = Field(
        default=None,
        description="A select node. When a round of its closes, items that were lost on the way count as well; and "
        "when its pool is empty then, what has been counted starts a run, however little it is.",
    )


class CronTrigger(Wire):
    """Starts a run at the times of a cron expression, in UTC."""

    type: Literal["cron"] = "cron"
    id: Name
    target: str
    cron: str
    missed: Literal["skip", "once"] = Field(default="once", description="What to do about times that passed.")


Trigger = Annotated[EventTrigger | CountTrigger | CronTrigger, Field(discriminator="type")]


class PipelineDefinition(Wire):
    """A whole pipeline."""

    format: Literal[1] = 1
    name: str = Field(min_length=1, max_length=200)
    description: str = ""
    nodes: list[NodeSpec] = Field(min_length=1, max_length=200)
    edges: list[EdgeSpec] = Field(default_factory=list, max_length=1000)
    variables: list[VariableSpec] = Field(default_factory=list, max_length=200)
    triggers: list[Trigger] = Field(default_factory=list, max_length=200)


class GraphProblem(Wire):
    """Something that keeps a graph from running, and where."""

    code: str
    message: str
    node: str | None = None
    port: str | None = None


class Pipeline(Wire):
    """A pipeline at its current version."""

    id: str
    project_id: str
    name: str
    version: int
    is_active: bool
    definition: PipelineDefinition
    variables: dict[str, JsonValue]
    created_at: UtcTime


class NodeCounts(Wire):
    """How many tokens are where, at one node."""

    waiting: int = 0
    running: int = 0
    parked: int = 0
    done: int = 0
    failed: int = 0


class PipelineStatus(Wire):
    """The live state of a pipeline."""

    pipeline_id: str
    runs: dict[str, int]
    nodes: dict[str, NodeCounts]


class Run(Wire):
    """One token's journey."""

    id: str
    pipeline_id: str
    version: int
    start_node: str
    cause: str
    ref: str
    state: str
    created_at: UtcTime
    finished_at: UtcTime | None = None


class RunStep(Wire):
    """One node passed on a journey."""

    node: str
    ref: str
    port: str
    output: dict[str, JsonValue]
    machine_seconds: float
    at: UtcTime


class PipelineVersion(Wire):
    """One version of a pipeline; runs stay on the version they began with."""

    version: int
    author_id: str
    created_at: UtcTime


class VariableSet(Wire):
    """A variable's new value."""

    value: JsonValue


class RunRequest(Wire):
    """Runs to be started by hand. With neither refs nor query: one signal, or every item of the node's dataset."""

    node: str | None = Field(default=None, max_length=100, description="node or node.port; the source when left out.")
    refs: list[str] = Field(default_factory=list, max_length=10_000, description="Ids of items or models.")
    query: str | None = Field(default=None, max_length=4000, description="In text form: items of the node's dataset.")
    dataset_id: str | None = Field(default=None, description="Where to look when the node names no dataset.")


class RunsStarted(Wire):
    """What a manual start began."""

    target: str = Field(description="node.port")
    cause: str
    started: int
    runs: list[Run] = Field(description="The newest, at most a hundred.")


class DeadLetter(Wire):
    """A token that used up its tries, with its last error."""

    id: int
    node: str
    version: int
    run_id: str | None
    ref: str
    attempts: int
    error_code: str
    error: str
    at: UtcTime


class DeadLettersRetry(Wire):
    """Which dead letters to try again; all of the pipeline when null."""

    ids: list[int] | None = Field(default=None, max_length=10_000)


class DeadLettersRetried(Wire):
    """How many tokens are on their way again."""

    retried: int


class NodeTypeInfo(Wire):
    """A kind of node: its ports, and the JSON schema of its parameters."""

    name: str
    family: NodeFamily
    summary: str
    description: str = Field(description="What it does with what comes in, and when what leaves by which port.")
    inputs: dict[str, PortType]
    outputs: dict[str, PortType]
    optional_inputs: list[str]
    is_barrier: bool
    is_reserved: bool = Field(description="Its name is taken for a later version; a pipeline with it cannot run yet.")
    outputs_from: str | None = Field(
        description="The parameter that names further item outputs: a list of names, or a mapping with names as keys."
    )
    batch_size: int
    lease_seconds: float
    resources: dict[str, float] = Field(description="What one body asks of the machine that runs it: cpu, gpu, memory.")
    params: dict[str, JsonValue]


class TemplateInfo(Wire):
    """A pipeline that ships with Whorl."""

    name: str
    description: str
    variables: list[VariableSpec]
