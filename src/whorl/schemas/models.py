"""Models, evaluations and comparisons on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.schemas.annotations import Geometry
from whorl.schemas.comparing import ModelVerdict, ProtectedSlice
from whorl.schemas.tiling import Tiling
from whorl.schemas.training import TASK_PATTERN, Augment, Preset, Sampling, SubsetQueries
from whorl.schemas.wire import UtcTime, Wire

QueryValue = str | dict[str, JsonValue] | None


class Model(Wire):
    """A model version and everything it came from."""

    id: str
    project_id: str
    name: str
    task: str
    architecture: str
    params: dict[str, JsonValue]
    labels: list[str]
    status: str = Field(description="created, training, trained, failed or cancelled")
    dataset_id: str | None
    revision: int | None = Field(description="The dataset revision it was trained on.")
    query: dict[str, JsonValue]
    items_digest: str | None = Field(description="SHA-256 over the ids and bytes of its training items.")
    n_items: int | None
    parent_id: str | None
    variant_of: str | None = Field(default=None, description="The model whose weights these are, in another precision.")
    variant: str | None = Field(default=None, description="int8 or fp16; null for the model as trained.")
    assistant_id: str | None = Field(default=None, description="Of a model that only helps with one labelling task.")
    size_bytes: int | None = Field(default=None, description="Of the files that predict.")
    latency_ms: float | None = Field(default=None, description="Of one image at a time, where it was trained.")
    metrics: dict[str, JsonValue]
    verdict: ModelVerdict | None = Field(
        default=None, description="What the newest comparison said of it as a challenger; null without any."
    )
    error: str | None
    seconds: float | None
    created_at: UtcTime
    trained_at: UtcTime | None


class Evaluation(Wire):
    """A model's scored predictions on one frozen set of items."""

    id: str
    model_id: str
    dataset_id: str
    revision: int
    query: dict[str, JsonValue] = Field(
        default_factory=dict, description="Which test items; `filter` narrows them. `tiling`: looked at in tiles."
    )
    items_digest: str
    n_items: int
    metric_name: str
    metric: float | None = Field(description="Null when it cannot be computed, as for AP without any truth.")
    metrics: dict[str, JsonValue]
    is_stale: bool = Field(description="A label of its items was edited since.")
    created_at: UtcTime


class Comparison(Wire):
    """Champion against challenger on the same items, and the decision."""

    id: str
    champion_id: str | None
    challenger_id: str
    dataset_id: str
    revision: int
    items_digest: str
    decision: str = Field(description="promote, keep or tie")
    numbers: dict[str, JsonValue]
    run_id: str | None = Field(default=None, description="The pipeline run that compared; null when a person did.")
    created_at: UtcTime


class ModelCreate(Wire):
    """A model to be registered; training makes it real."""

    name: str = Field(min_length=1, max_length=200)
    architecture: str = Field(min_length=1, max_length=200, description="Such as builtin:linear or my_pkg.mod:MyModel.")
    dataset_id: str
    task: str | None = Field(
        default=None,
        pattern=TASK_PATTERN,
        description="Left out: what the architecture does, else what the dataset's ground truth is made of.",
    )
    snapshot: str | None = Field(default=None, description="Name or id; the dataset's present revision when left out.")
    query: QueryValue = Field(default=None, description="Which labelled items, as text or DQL; all when null.")
    queries: SubsetQueries = Field(default_factory=SubsetQueries, description="Narrows each subset by itself.")
    preset: Preset | None = Field(default=None, description="Parameters to begin with; `params` win over them.")
    params: dict[str, JsonValue] = Field(default_factory=dict, description="The architecture's own parameters.")
    sampling: Sampling | None = Field(default=None, description="How often each train item is seen; as_is when null.")
    augment: Augment | None = Field(default=None, description="How networks change images; their defaults when null.")
    parent_id: str | None = Field(default=None, description="The model that this one is to replace.")


VariantKind = Literal["int8", "fp16"]


class VariantRequest(Wire):
    """The same model in another precision, to be made and measured here."""

    kind: VariantKind = Field(description="int8: whole numbers of eight bits; fp16: half precision.")


class EvaluateRequest(Wire):
    """Which test items; those of the dataset that the model was trained on when left out."""

    dataset_id: str | None = None
    query: QueryValue = Field(default=None, description="Narrows the test subset, as text or DQL.")
    tiling: Tiling | None = Field(default=None, description="Look at images in tiles; null: at each at once.")


class PredictRequest(Wire):
    """Which items to predict; those of the dataset that the model was trained on when left out."""

    dataset_id: str | None = None
    query: QueryValue = Field(default=None, description="As text or DQL; every item when null.")
    min_confidence: float = Field(default=0.05, ge=0, le=1, description="Weaker boxes are not kept.")
    tiling: Tiling | None = Field(default=None, description="Look at images in tiles; null: at each at once.")


class CompareRequest(Wire):
    """Two models to be compared on the test subset of one revision."""

    champion_id: str | None = Field(default=None, description="Null asks whether the challenger beats having no model.")
    challenger_id: str
    dataset_id: str | None = Field(default=None, description="The challenger's own when left out.")
    snapshot: str | None = Field(default=None, description="Name or id of a snapshot; the present state when left out.")
    min_delta: float | None = Field(default=None, ge=0, description="Smallest gain worth a change.")
    floor_drop: float | None = Field(default=0.1, ge=0, description="How far a class may fall; null sets no floor.")
    slices: list[ProtectedSlice] = Field(
        default_factory=list, max_length=20, description="Where the challenger must be shown not to fall."
    )
    max_latency_ms: float | None = Field(default=None, gt=0, description="Slowest challenger; null sets no limit.")
    max_size_bytes: int | None = Field(default=None, gt=0, description="Largest challenger; null sets no limit.")


class Champion(Wire):
    """The place where a project's champion is written: a pipeline's variable, or the project's own setting."""

    pipeline_id: str | None = Field(description="Null for the project's own setting.")
    pipeline_name: str | None
    variable: str
    model_id: str | None


class DeployRequest(Wire):
    """Where to deploy; needed only when a project has several places."""

    pipeline_id: str | None = None
    variable: str | None = None


class LabelOutcomes(Wire):
    """What people made of a model's proposals of one label."""

    label: str
    accepted: int = 0
    edited: int = 0
    rejected: int = 0
    mean_edit_iou: float | None = Field(default=None, description="IoU of edited shapes with the proposed ones.")


class ModelOutcomes(Wire):
    """What people made of a model's proposals; each proposal counts once, by the last word about it."""

    accepted: int
    edited: int
    rejected: int
    mean_edit_iou: float | None = Field(description="IoU of edited shapes with the proposed ones; null without any.")
    by_label: list[LabelOutcomes] = Field(description="By predicted label, most proposals first.")


class WorstItem(Wire):
    """A test item that the model got wrong; classes have truth and prediction, objects have counts."""

    item_id: str
    truth: str | None = None
    predicted: str | None = None
    confidence: float | None = None
    matched: int = 0
    confused: int = 0
    missed: int = 0
    spurious: int = 0


class ReliabilityBin(Wire):
    """Answers of about the same confidence, and the share of them that is correct."""

    low: float
    high: float
    confidence: float = Field(description="Mean over the bin.")
    accuracy: float
    count: int


class Examination(Wire):
    """Where a model goes wrong on the test items of an evaluation."""

    evaluation_id: str
    labels: list[str]
    matrix: list[list[int]] = Field(description="matrix[t][p]: how often true label t was taken for p.")
    has_nothing: bool = Field(description="The last column holds missed objects, the last row spurious ones.")
    score_threshold: float | None = Field(description="Weakest box that counts in the matrix; null for classes.")
    reliability: list[ReliabilityBin]
    worst: list[WorstItem] = Field(description="Surest wrong answers, or images with most errors, first.")


class Disagreement(Wire):
    """A test item on which champion and challenger differ; objects have counts of errors instead of labels."""

    item_id: str
    is_won: bool = Field(description="The challenger is the better one here.")
    truth: str | None = None
    champion: str | None = None
    challenger: str | None = None
    champion_errors: int = 0
    challenger_errors: int = 0


class Disagreements(Wire):
    """On how many test items champion and challenger differ, and the first of them."""

    won: int = Field(description="Only the challenger is right, or it makes fewer errors.")
    lost: int = Field(description="Only the champion is right, or it makes fewer errors.")
    both_right: int
    both_wrong: int = Field(description="Both are wrong, or both make the same number of errors.")
    items: list[Disagreement] = Field(description="Where they differ most: lost ones, then won ones.")


class PredictItemsRequest(Wire):
    """Items to predict at once, without keeping anything."""

    item_ids: list[str] = Field(min_length=1, max_length=256)
    min_confidence: float = Field(default=0.05, ge=0, le=1)


class PredictedAnnotation(Wire):
    """What a model says; pixels of the upright image."""

    label: str
    geometry: Geometry
    confidence: float | None


class PredictedImage(Wire):
    """Everything a model says about one image. Width and height are pixels of the upright image."""

    item_id: str | None = Field(description="Null for an image that was sent along.")
    width: int
    height: int
    annotations: list[PredictedAnnotation]
