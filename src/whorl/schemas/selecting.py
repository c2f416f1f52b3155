"""Selections, what they saved, simulations and duplicates, on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.schemas.wire import UtcTime, Wire

QueryValue = str | dict[str, JsonValue] | None


class SelectionBudget(Wire):
    """How much may be chosen; the first limit that is reached ends the choice."""

    count: int | None = Field(default=None, ge=1)
    bytes: int | None = Field(default=None, ge=1)
    seconds: float | None = Field(default=None, gt=0, description="Of people's labelling time.")
    seconds_per_item: float | None = Field(
        default=None, gt=0, description="Labelling time of one item; what this project's tasks took when left out."
    )


class SelectionQuota(Wire):
    """At most so much of each source, place or day."""

    field: str = Field(max_length=200, description="group, day, folder, or a metadata field such as metadata.camera.")
    most: int | None = Field(default=None, ge=1, description="Items of each value.")
    share: float | None = Field(default=None, gt=0, le=1, description="Share of the selection of each value.")


class SelectionDraft(Wire):
    """What to choose, from where, and how."""

    name: str | None = Field(default=None, max_length=200)
    strategy: str = Field(default="auto", max_length=80, description="auto looks at what is known and says its choice.")
    params: dict[str, JsonValue] = Field(default_factory=dict, description="Of the strategy.")
    budget: SelectionBudget
    quotas: list[SelectionQuota] = Field(default_factory=list, max_length=10)
    filter: QueryValue = Field(default=None, description="Query, as text or DQL: where to choose from.")
    pool: Literal["unlabelled", "any"] = Field(
        default="unlabelled",
        description="unlabelled leaves out what has ground truth, is in test, was discarded or lies in an open task; "
        "any takes all that the filter finds.",
    )
    labelled: QueryValue = Field(
        default=None,
        description="Query, as text or DQL: what counts as labelled; items with ground truth when left out.",
    )
    labelled_dataset_id: str | None = Field(default=None, description="Where the labelled lie, when not here.")
    space: str | None = Field(default=None, max_length=200, description="Id or name of an embedding space.")
    model: str | None = Field(
        default=None, max_length=200, description="Id of the model whose doubts guide the choice."
    )
    random_share: float = Field(default=0.1, ge=0, le=1, description="Drawn uniformly, and marked.")
    examples: list[str] | None = Field(default=None, max_length=200, description="Items to look alike, for similarity.")
    target: dict[str, float] | None = Field(default=None, description="Wished share of each class, for class balance.")
    without_duplicates: bool = Field(default=True, description="At most one of each group of near duplicates.")
    without_bad: bool = Field(default=False, description="Leave out blurred, dark, bright and odd images.")
    seed: int = 0


class SelectionPlan(Wire):
    """What a draft would do, without doing it."""

    strategy: str = Field(description="The one that would run; what auto stands for.")
    params: dict[str, JsonValue]
    why: list[str] = Field(description="Why this strategy, in sentences.")
    n_pool: int
    n_labelled: int
    n_missing_vectors: int = Field(description="Images that would be embedded first.")
    budget: int = Field(description="Items that would be chosen at most.")
    left_out: dict[str, int] = Field(default_factory=dict, description="Items that are not in the pool, by cause.")
    seconds_per_item: float | None = Field(default=None, description="Labelling time that budgets are told in.")
    machine_seconds: float | None = Field(default=None, description="Roughly how long choosing takes.")
    space: str | None = Field(default=None, description="Name of the embedding space.")
    model_id: str | None = Field(default=None, description="Whose doubts guide the choice.")
    warnings: list[str] = Field(default_factory=list)


class Selection(Wire):
    """A choice that was made; it never changes."""

    id: str
    project_id: str
    dataset_id: str
    revision: int
    name: str
    strategy: str
    params: dict[str, JsonValue]
    budget: SelectionBudget
    quotas: list[SelectionQuota]
    query: dict[str, JsonValue]
    random_share: float
    seed: int
    space_id: str | None
    model_id: str | None
    run_id: str | None
    n_pool: int
    n_items: int
    n_random: int
    summary: dict[str, JsonValue] = Field(
        description="why (sentences on the choice as a whole), bytes, seconds, coverage before and after, by source, "
        "left_out (counts by cause), took_seconds."
    )
    n_labelled: int = Field(default=0, description="Of its items, how many have ground truth by now.")
    author_id: str
    created_at: UtcTime


class SelectionItem(Wire):
    """One item chosen, and why."""

    rank: int = Field(description="1 is the best.")
    item_id: str
    name: str
    width: int
    height: int
    score: float
    reason: str
    details: dict[str, JsonValue] = Field(
        description="What the reason rests on: uncertainty, gain, nearest_labelled (item id), distance, cluster, …"
    )
    is_random: bool
    is_labelled: bool


class SelectionProof(Wire):
    """What a selection, or a line of them, saved against chance, measured on its own random slice."""

    status: Literal["ready", "waiting", "impossible"]
    message: str = Field(description="What the figure rests on, or what it waits for.")
    metric_name: str | None = None
    n_chosen: int = 0
    n_random: int = 0
    n_test: int = 0
    chosen: list[tuple[int, float]] = Field(default_factory=list, description="Labels and metric of the choice.")
    random: list[tuple[int, float]] = Field(default_factory=list, description="Of as many drawn at random.")
    saving: float | None = None
    low: float | None = None
    high: float | None = None
    next_hundred: float | None = Field(default=None, description="Gain of the metric that 100 more labels promise.")
    advice: str = ""
    is_pending: bool = Field(default=False, description="It is being measured; ask again in some seconds.")


class SimulationDraft(Wire):
    """Replay a labelled dataset as if nothing were labelled."""

    name: str | None = Field(default=None, max_length=200)
    dataset_id: str
    filter: QueryValue = None
    strategies: list[str] = Field(default_factory=lambda: ["auto", "random"], min_length=1, max_length=12)
    model: str | None = Field(default=None, description="builtin:linear or builtin:tinydet; by the task when left out.")
    budgets: list[int] | None = Field(default=None, max_length=40, description="Labels after each round.")
    rounds: int = Field(default=8, ge=1, le=40)
    seeds: int = Field(default=5, ge=1, le=50, description="Resampled pools per strategy.")
    test_share: float = Field(default=0.3, gt=0, lt=1)
    target: float | None = Field(default=None, description="Metric whose cost is forecast.")
    seconds_per_label: float | None = Field(default=None, gt=0)


class SimulatedCurve(Wire):
    """One strategy's learning curve, over all resampled pools."""

    strategy: str
    labels: list[int]
    mean: list[float]
    low: list[float] = Field(description="Lower end of the mean's 95 % interval; empty with one pool.")
    high: list[float]
    runs: list[list[float]] = Field(description="The metric by pool and budget.")


class SimulatedSaving(Wire):
    """Labels saved against random, at a share of the metric that all labels give."""

    strategy: str
    at_share: float
    metric: float
    n_strategy: float | None
    n_random: float | None
    saving: float | None
    low: float | None
    high: float | None


class CostForecast(Wire):
    """How many labels a strategy needs to reach a metric."""

    strategy: str
    target: float
    labels: float | None
    low: float | None
    high: float | None
    seconds: float | None
    is_extrapolated: bool
    message: str


class MarginalLabels(Wire):
    """What further labels are worth after the last round: the rule to stop by."""

    strategy: str
    labels: int = Field(description="Labels after the last round.")
    extra: int
    value: float | None = Field(description="Gain of the metric; null when too little was measured.")
    low: float | None
    high: float | None
    message: str


class Simulation(Wire):
    """A replay that was run."""

    id: str
    project_id: str
    name: str
    spec: dict[str, JsonValue]
    task: str
    metric_name: str
    n_pool: int
    n_test: int
    full_metric: float = Field(description="Of the model that learned from the whole pool; the mean over pools.")
    curves: list[SimulatedCurve]
    savings: list[SimulatedSaving]
    never_below_random: dict[str, bool] = Field(
        description="No budget at which it is significantly below random; empty with one pool."
    )
    below_random: dict[str, list[int]] = Field(
        default_factory=dict, description="By strategy, the label counts at which it is significantly below random."
    )
    forecasts: list[CostForecast]
    marginal: list[MarginalLabels] = Field(default_factory=list, description="Worth of the next labels, by strategy.")
    n_pools: int = Field(default=0, description="Pools that all strategies finished.")
    notes: list[str] = Field(default_factory=list, description="What the figures rest on.")
    recommendation: str
    seconds: float
    author_id: str
    created_at: UtcTime


class DuplicateScanDraft(Wire):
    """How alike two images must be to count as one."""

    filter: QueryValue = None
    exact: bool = True
    near: bool = True
    video: bool = Field(default=False, description="Neighbouring frames of one video too.")
    hash_distance: int = Field(default=8, ge=0, le=32, description="Most differing bits of the 64 of the two hashes.")
    similarity: float | None = Field(
        default=0.9,
        ge=-1,
        le=1,
        description="Least cosine of their embeddings, where both have one; null looks at hashes alone.",
    )
    space: str | None = Field(default=None, max_length=200)


class DuplicateScan(Wire):
    """A scan that was made."""

    id: str
    dataset_id: str
    revision: int
    params: dict[str, JsonValue]
    n_items: int
    n_groups: int
    n_extra: int = Field(description="Items beside the one that each group keeps.")
    by_kind: dict[str, int]
    extra_bytes: int
    crossing: int = Field(description="Groups with items in training and in test: a leak.")
    n_plain: int = Field(default=0, description="Plain pictures, as of a covered lens: only their copies are found.")
    n_skipped: int = Field(default=0, description="Items that could not be looked at.")
    skipped: list[str] = Field(default_factory=list, description="The first of them, with the reason.")
    author_id: str
    created_at: UtcTime


class DuplicateMember(Wire):
    """One item of a group."""

    item_id: str
    name: str
    width: int
    height: int
    bytes: int
    subset: str | None
    kind: Literal["exact", "near", "video"]
    distance: float
    is_kept: bool
    has_truth: bool


class DuplicateGroup(Wire):
    """Items that are one scene; the one to keep comes first."""

    number: int
    members: list[DuplicateMember]
    crosses_subsets: bool


class DuplicateAction(Wire):
    """What to do with groups of a scan."""

    action: Literal["group", "tag", "delete"] = Field(
        description="group: keep them together in splits; tag: mark the extras; delete: delete the extras."
    )
    groups: list[int] | None = Field(default=None, description="Numbers; all when left out.")
    dry_run: bool = True


class DuplicateOutcome(Wire):
    """What was done, or would be."""

    action: str
    n_groups: int
    n_items: int
    bytes: int
    kept_with_truth: int = Field(description="Extras left alone, since they carry ground truth.")
    crossing: int = Field(default=0, description="Groups with items in training and in test, which stay so.")
    warnings: list[str] = Field(default_factory=list, description="What a person should know.")
    revision: int | None = Field(default=None, description="The revision that did it; the one before has it undone.")
    dry_run: bool


class HealthIssue(Wire):
    """One thing that is wrong with images, and how many have it."""

    kind: Literal["blurred", "dark", "bright", "flat", "odd_size", "odd_aspect", "truncated"]
    n_items: int
    threshold: str = Field(description="In words, with the numbers of this dataset.")
    query: dict[str, JsonValue] = Field(description="Finds them in the explorer.")
    examples: list[str] = Field(description="Item ids, worst first.")


class HealthReport(Wire):
    """What is wrong with a dataset's images."""

    dataset_id: str
    n_items: int
    issues: list[HealthIssue]
