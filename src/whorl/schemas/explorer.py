"""What the explorer asks and is told: listings, annotations by the hundred, facets, fields, sources and views."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.schemas.annotations import AuthorKind, Geometry, Layer, Origin
from whorl.schemas.datasets import Item
from whorl.schemas.wire import UtcTime, Wire

MAX_PAGE = 500


class ItemsWanted(Wire):
    """Which items, by a query in text form or in JSON form; neither means every item."""

    q: str | None = Field(default=None, max_length=10_000, description="Query as text: `label:car subset:train`.")
    dql: dict[str, JsonValue] | None = Field(default=None, description="Query as JSON (DQL).")
    as_of: int | None = Field(default=None, ge=0, description="A revision to read at; now when left out.")


class Listing(Wire):
    """A list of the matching items at one revision, whose positions never shift.

    The server forgets listings that nobody used for long; `listing_gone` says to make it again.
    """

    id: str
    dataset_id: str
    revision: int
    count: int = Field(description="How many items it holds; so far, while `is_complete` is false.")
    is_complete: bool


class GridAnnotation(Wire):
    """An annotation as a grid of items shows it."""

    id: str
    item_id: str
    label: str
    geometry: Geometry
    layer: Layer
    confidence: float | None
    author_kind: AuthorKind
    author_id: str
    origin: Origin


class ListingPage(Wire):
    """The items at some positions of a listing, as they stood at its revision."""

    start: int
    items: list[Item]
    annotations: list[GridAnnotation] = Field(description="In the order of the items; empty unless asked for.")
    is_truncated: bool = Field(description="There are more annotations than one answer holds.")
    count: int
    is_complete: bool


class AnnotationsWanted(Wire):
    """Items whose annotations are to be read at once; those that do not stand in the dataset are left out."""

    item_ids: list[str] = Field(max_length=MAX_PAGE)
    layers: list[Layer] = Field(default_factory=lambda: [Layer.TRUTH, Layer.PREDICTION], max_length=2)
    as_of: int | None = Field(default=None, ge=0, description="A revision to read at; now when left out.")


class GridAnnotations(Wire):
    """The annotations of some items, in the order of the items."""

    revision: int
    annotations: list[GridAnnotation]
    is_truncated: bool = Field(description="There are more annotations than one answer holds.")


class FacetBucket(Wire):
    """How many items have a value, or a value in low <= value < high (the last bucket holds its high too)."""

    value: str | float | bool | None = Field(default=None, description="Null stands for no value.")
    low: float | None = None
    high: float | None = None
    count: int
    title: str | None = Field(default=None, description="A name to show in place of the value, such as a person's.")
    chip: str = Field(description="The term to add to the query's text form; empty where the text form has none.")


class Facet(Wire):
    """What one field holds among the matching items."""

    field: str
    title: str
    kind: Literal["values", "range"]
    buckets: list[FacetBucket]
    is_sampled: bool = False


class FacetsWanted(ItemsWanted):
    """Which items, and which fields to count; every useful field when left out."""

    fields: list[str] | None = Field(default=None, max_length=100)


class Facets(Wire):
    """What the matching items hold, field by field."""

    revision: int
    count: int = Field(description="How many items match; so far, while `is_complete` is false.")
    is_complete: bool = Field(description="False while the server still looks for matches: ask again a little later.")
    is_sampled: bool = Field(description="Counts are estimated from a sample of the items.")
    facets: list[Facet]


class QueryField(Wire):
    """A field that the text form of a query may name."""

    name: str = Field(description="As it is written in a query.")
    type: Literal["text", "number", "boolean", "time", "choice", "any"]
    title: str
    values: list[str] | None = Field(default=None, description="Values to offer, as they are written in a query.")


class AnnotationSource(Wire):
    """Somebody or something that annotations of a dataset come from."""

    layer: Layer
    author_kind: AuthorKind
    author_id: str
    name: str
    annotations: int
    items: int
    is_sampled: bool = Field(default=False, description="The numbers are estimated from a sample of the items.")


class SavedView(Wire):
    """A query and how to look at its answer, under a name."""

    id: str
    project_id: str
    dataset_id: str | None
    name: str
    query_text: str
    lens: dict[str, JsonValue]
    author_id: str
    created_at: UtcTime


class SavedViewDraft(Wire):
    """A view to be kept."""

    name: str = Field(min_length=1, max_length=200)
    dataset_id: str | None = Field(default=None, description="Null for a view that fits any dataset of the project.")
    query_text: str = Field(default="", max_length=10_000)
    lens: dict[str, JsonValue] = Field(default_factory=dict)


class SavedViewPatch(Wire):
    """What to change of a view; what is left out stays."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    query_text: str | None = Field(default=None, max_length=10_000)
    lens: dict[str, JsonValue] | None = None


CropOrder = Literal["suspicion", "confidence", "newest"]


class CropsWanted(Wire):
    """Annotations of one label, to be looked at side by side."""

    label: str = Field(min_length=1, max_length=200)
    layer: Layer = Layer.TRUTH
    order: CropOrder = Field(
        default="suspicion",
        description="Most suspicious first; least confident first (predictions: most confident); or newest first.",
    )
    model_id: str | None = Field(
        default=None, description="Whose predictions judge; the model that predicted most of these items when left out."
    )
    limit: int = Field(default=100, ge=1, le=MAX_PAGE)
    cursor: str | None = Field(default=None, max_length=200)


class Crop(Wire):
    """One annotation, where to cut it out, and how suspicious it is."""

    annotation_id: str
    item_id: str
    item_name: str
    label: str
    geometry: Geometry
    confidence: float | None
    suspicion: float | None = Field(description="0 to 1; null where nothing can judge it.")
    reason: str
    crop_box: tuple[float, float, float, float] = Field(description="x0, y0, x1, y1 in pixels of the upright image.")


class Crops(Wire):
    """One page of annotations to be looked at, in an order that stands while others write."""

    revision: int
    model_id: str | None = Field(description="Whose predictions judged.")
    count: int
    is_truncated: bool = Field(description="There are more annotations of this label than are ranked; the newest are.")
    crops: list[Crop]
    next_cursor: str | None


class LabelChange(Wire):
    """Another label for an annotation."""

    annotation_id: str
    label: str = Field(min_length=1, max_length=200)


class Relabel(Wire):
    """Other labels for annotations of one dataset, all or none."""

    changes: list[LabelChange] = Field(min_length=1, max_length=5000)
    base_revision: int | None = Field(
        default=None, ge=0, description="Refuse when one of these annotations changed after it; not checked when null."
    )


class Classify(Wire):
    """A class for whole items, all or none."""

    item_ids: list[str] = Field(min_length=1, max_length=5000)
    label: str = Field(min_length=1, max_length=200)
    mode: Literal["replace", "add"] = Field(
        default="replace", description="In place of the classes an item has, or beside them."
    )


class BulkSaved(Wire):
    """What a change of many annotations did."""

    revision: int
    changed: int = Field(description="Annotations that are new or say something else now.")
    unchanged: int = Field(description="Those that said so already.")
    annotation_ids: list[str]


class ItemEvent(Wire):
    """One revision that touched an item: who did what to it."""

    revision: int
    at: UtcTime
    actor_id: str
    actor_name: str
    action: str = Field(description="What the revision was, such as `save_annotations`.")
    what: list[str] = Field(description="What became of this item, in words.")


class LineageImport(Wire):
    """An import that brought an item."""

    source: str
    name: str
    bytes: int


class LineageTask(Wire):
    """A task that an item is or was in."""

    task_id: str
    name: str
    kind: str
    status: str = Field(description="Where the item stands in it.")
    submitted_by: str | None
    submitted_by_name: str | None
    reviewed_by: str | None
    reviewed_by_name: str | None


class LineagePredictions(Wire):
    """What a model says about an item now."""

    model_id: str
    model_name: str
    annotations: int
    revision: int
    at: UtcTime


class LineageModel(Wire):
    """A model that an item was among the data of."""

    model_id: str
    name: str
    subset: str = Field(description="As what it was used: train or validation.")
    dataset_id: str
    revision: int
    trained_at: UtcTime | None


class LineageSnapshot(Wire):
    """A snapshot that holds an item."""

    snapshot_id: str
    name: str
    revision: int


class LineageCopy(Wire):
    """Another item of the project with the same bytes."""

    item_id: str
    name: str
    dataset_id: str
    dataset_name: str


class ItemLineage(Wire):
    """Where an item came from, and what was made of it; models count those trained on its copies too."""

    imports: list[LineageImport]
    tasks: list[LineageTask]
    predictions: list[LineagePredictions]
    models: list[LineageModel]
    snapshots: list[LineageSnapshot]
    copies: list[LineageCopy]
