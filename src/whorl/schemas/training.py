"""The playground on the wire: architectures, how a model is trained, dry runs, and runs side by side."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from whorl.base.errors import JsonValue
from whorl.schemas.wire import UtcTime, Wire

TASK_PATTERN = "^(classification|multi_label|detection|instance_masks|semantic_masks)$"
QueryValue = str | dict[str, JsonValue] | None
Sampling = Literal["as_is", "class_balanced", "repeat_rare"]
Preset = Literal["speed", "balance", "accuracy"]


class Augment(Wire):
    """How a training image may be changed at random each time it is seen; boxes and masks follow."""

    flip: bool = Field(default=True, description="Mirror left and right, half of the time.")
    flip_vertical: bool = Field(default=False, description="Mirror top and bottom, half of the time.")
    rotate: float = Field(default=0.0, ge=0, le=180, description="Turn by up to this many degrees, either way.")
    scale_low: float = Field(default=0.75, ge=0.25, le=1, description="Shrink down to this factor.")
    scale_high: float = Field(default=1.4, ge=1, le=4, description="Enlarge up to this factor; what stands out is cut.")
    shift: float = Field(default=0.1, ge=0, le=0.5, description="Move by up to this share of the canvas.")
    brightness: float = Field(default=20.0, ge=0, le=100, description="Lift or lower by up to this many gray levels.")
    contrast: float = Field(default=0.25, ge=0, le=0.9, description="Contrast times 1 plus or minus up to this.")
    tint: float = Field(default=0.07, ge=0, le=0.5, description="Each colour channel times 1 plus or minus up to this.")
    hue: float = Field(default=0.0, ge=0, le=180, description="Turn the hue by up to this many degrees.")
    saturation: float = Field(default=0.0, ge=0, le=1, description="Saturation times 1 plus or minus up to this.")
    blur: float = Field(default=0.0, ge=0, le=10, description="Blur by up to this many pixels (sigma).")
    noise: float = Field(default=0.0, ge=0, le=100, description="Noise of up to this many gray levels (sigma).")
    jpeg: int = Field(default=0, ge=0, le=95, description="JPEG with a quality from this to 95; 0 leaves it out.")


class ArchitecturePreset(Wire):
    """Parameters that go together, and what they cost."""

    params: dict[str, JsonValue]
    about: str


class Architecture(Wire):
    """A kind of model that can be trained here."""

    name: str = Field(description="As a model names it, such as builtin:tinydet.")
    title: str
    summary: str
    tasks: list[str] = Field(description="What models of it can say; the first is the usual one.")
    params_schema: dict[str, JsonValue] = Field(description="JSON Schema of its parameters, with defaults and bounds.")
    presets: dict[str, ArchitecturePreset] = Field(description="speed, balance and accuracy.")
    takes_augment: bool = Field(description="Whether augmentation changes anything.")
    needs: list[str] = Field(description="Packages that are missing here.")
    is_available: bool
    install_hint: str = Field(default="", description="How to get what is missing.")


class SubsetQueries(Wire):
    """Narrows each subset by itself, on top of the model's query."""

    train: QueryValue = Field(default=None, description="As text or DQL; every train item when null.")
    validation: QueryValue = Field(default=None, description="As text or DQL; every validation item when null.")


class ModelClone(Wire):
    """What shall be different; everything left out is as in the model that is cloned."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    params: dict[str, JsonValue] = Field(default_factory=dict, description="Replace single parameters; null removes.")
    preset: Preset | None = Field(default=None, description="Its parameters replace the cloned ones, then `params`.")
    sampling: Sampling | None = None
    augment: Augment | None = None
    snapshot: str | None = Field(default=None, description="Name or id; left out, the very revision of the original.")
    is_current: bool = Field(default=False, description="Take the dataset's present revision.")
    query: QueryValue = Field(default=None, description="Left out: the query of the original.")
    queries: SubsetQueries | None = None

    @model_validator(mode="after")
    def _one_revision(self) -> ModelClone:
        if self.is_current and self.snapshot is not None:
            raise ValueError("give snapshot or is_current, not both")
        return self


class TrainRequest(Wire):
    """How to start a training."""

    resume: bool = Field(
        default=False, description="Go on from the checkpoint of a cancelled, failed or killed training."
    )


class TrainingState(Wire):
    """Where a model's training stands."""

    model_id: str
    status: str = Field(description="Of the model: created, training, trained, failed or cancelled.")
    job_id: str | None = Field(description="Of its newest training job; null when a pipeline trains it, or none did.")
    progress: float | None = Field(description="Share done, 0 to 1; null when nothing runs.")
    message: str = ""
    seconds_left: float | None = Field(description="Estimated from the share done; null when nothing runs.")
    can_resume: bool = Field(description="There is a checkpoint to go on from.")


class CheckNotice(Wire):
    """Something to know before a training: an error prevents it, a warning does not."""

    code: str
    message: str
    hint: str = ""


class SubsetCheck(Wire):
    """What a training would find in one subset."""

    subset: str
    n_items: int
    n_labelled: int = Field(description="Items that can be learned from.")
    labels: dict[str, int] = Field(description="Items, or objects, of each label; 0 for one without an example.")
    missing: list[str] = Field(description="Labels without an example.")


class ModelCheck(Wire):
    """What training such a model would mean; nothing was written."""

    architecture: str
    task: str
    params: dict[str, JsonValue] = Field(description="As they would be stored.")
    revision: int
    subsets: list[SubsetCheck] = Field(description="train, validation and test.")
    n_effective: int = Field(description="Train samples after the sampling.")
    size_px: int | None = Field(description="Longest side of the network's input; null where it has none.")
    small_images: int = Field(description="Train images with less than half that size.")
    large_images: int = Field(description="Train images with more than four times that size.")
    estimated_seconds: float | None = Field(description="Of one CPU; null when it cannot be told.")
    estimate: str = Field(description="How the estimate came about.")
    errors: list[CheckNotice]
    warnings: list[CheckNotice]
    can_train: bool


class AugmentationPreviewRequest(Wire):
    """Which images to change, and how."""

    dataset_id: str
    query: QueryValue = Field(default=None, description="As text or DQL; any item when null.")
    augment: Augment = Field(default_factory=Augment)
    count: int = Field(default=6, ge=1, le=12)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    size: int = Field(default=256, ge=64, le=512, description="Longest side of the answers, in pixels.")


class PreviewShape(Wire):
    """A shape of the ground truth after the change: its outline in pixels of the answer."""

    label: str
    points: list[tuple[float, float]]


class AugmentedImage(Wire):
    """One image of the dataset as a training might see it."""

    item_id: str
    image: str = Field(description="WebP as a data URI.")
    width: int
    height: int
    shapes: list[PreviewShape]


class AugmentationPreview(Wire):
    """Real images of the dataset, changed."""

    images: list[AugmentedImage]
    skipped: list[str] = Field(description="Ids of items whose image cannot be decoded.")


class ModelRow(Wire):
    """A run in the table: what differs between the chosen ones, and what came of it."""

    model_id: str
    name: str
    architecture: str
    task: str
    status: str
    revision: int | None
    params: dict[str, JsonValue] = Field(description="Those that differ between the rows, with defaults filled in.")
    metrics: dict[str, float]
    n_items: int | None
    seconds: float | None
    size_bytes: int | None
    latency_ms: float | None
    created_at: UtcTime
    trained_at: UtcTime | None


class ModelCurves(Wire):
    """What a training reported, thinned, on one axis with the others."""

    model_id: str
    points: list[dict[str, float]] = Field(description="Each with seconds since the start, and progress where known.")


class ModelTable(Wire):
    """Models side by side."""

    rows: list[ModelRow] = Field(description="In the order asked for.")
    param_names: list[str] = Field(description="Parameters that differ.")
    metric_names: list[str] = Field(description="Final metrics of any of them.")
    series: list[str] = Field(description="Names of what the curves hold, most shared first.")
    curves: list[ModelCurves]
