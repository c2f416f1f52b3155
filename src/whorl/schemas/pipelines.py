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
    description: str = Field(default="", max_length=500, description="What it is for, shown beside its field.")


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
    """Something that keeps a graph from running, or that is worth a look, and where."""

    code: str
    message: str
    node: str | None = None
    port: str | None = None
    severity: Literal["error", "warning"] = Field(
        default="error", description="A warning does not keep the graph from running."
    )


class Pipeline(Wire):
    """A pipeline at its current version."""

    id: str
    project_id: str
    name: str
    version: int
    is_active: bool = Field(description="Its triggers fire.")
    is_paused: bool = Field(default=False, description="Its nodes take no work.")
    definition: PipelineDefinition
    variables: dict[str, JsonValue]
    created_at: UtcTime


class NodeCounts(Wire):
    """How many tokens are where, at one node, and what it has cost."""

    waiting: int = 0
    running: int = 0
    parked: int = Field(default=0, description="Kept until people, a round or another token lets them go.")
    done: int = 0
    failed: int = Field(default=0, description="Dead letters there are now.")
    done_per_minute: float = Field(default=0, description="Over the last five minutes.")
    machine_seconds: float = 0
    human_seconds: float = 0


class PipelineStatus(Wire):
    """The live state of a pipeline."""

    pipeline_id: str
    is_active: bool = Field(default=True, description="Its triggers fire.")
    is_paused: bool = Field(default=False, description="Its nodes take no work.")
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
    machine_seconds: float = Field(default=0, description="What its steps took of machines so far.")
    human_seconds: float = Field(default=0, description="What its steps took of people so far.")


class RunStep(Wire):
    """One node passed on a journey."""

    node: str
    ref: str
    port: str
    output: dict[str, JsonValue]
    machine_seconds: float
    human_seconds: float = 0
    epoch: int = Field(default=0, description="Grows with each deliberate re-run.")
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
    title: str = Field(description="Its name for people, such as Active learning.")
    summary: str = Field(description="What it brings, in one sentence.")
    description: str = Field(description="How it works, in a few sentences.")
    needs: list[str] = Field(description="What must be there before it can be applied.")
    is_complete: bool = Field(description="Every node of it can run in this version.")
    missing: list[str] = Field(description="What it waits for when it is not complete.")
    node_types: list[str] = Field(description="The kinds of its nodes, in the order of the flow.")
    variables: list[VariableSpec]


class PipelineChange(Wire):
    """One difference between two definitions. What was added has no before, what was removed no after."""

    kind: Literal["added", "removed", "changed"]
    what: Literal["name", "description", "node", "edge", "variable", "trigger"]
    name: str = Field(description="Id of the node or trigger, name of the variable, or `source -> target` of the edge.")
    before: JsonValue = None
    after: JsonValue = None


class PipelineDiff(Wire):
    """All differences between two definitions; places on the canvas and the order of lists are none."""

    changes: list[PipelineChange]


class ImportedPart(Wire):
    """A part of another tool's pipeline, and what it became."""

    what: Literal["node", "connection", "variable", "trigger"]
    name: str
    was: str = Field(description="What it was there, such as task (qa).")
    became: str | None = Field(default=None, description="Node, edge, variable or trigger here; null when not mapped.")
    note: str = Field(default="", description="What differs, what is left to fill in, or why it was not mapped.")


class PipelineImport(Wire):
    """Another tool's pipeline as one of Whorl, and what became of each part."""

    definition: PipelineDefinition
    parts: list[ImportedPart]


class PipelineText(Wire):
    """A definition written down."""

    form: Literal["yaml", "json", "python"]
    text: str
