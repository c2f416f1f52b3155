"""Embedding spaces, search by similarity, maps and coverage, on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.schemas.wire import UtcTime, Wire

SpaceKind = Literal["image", "crop"]
QueryValue = str | dict[str, JsonValue] | None


class SpaceDraft(Wire):
    """A space to be made: what computes its vectors, and of what."""

    name: str | None = Field(default=None, max_length=200, description="Unique in the project; made up when left out.")
    kind: SpaceKind = Field(default="image", description="A vector per image, or one per box or mask.")
    source: str | None = Field(
        default=None,
        max_length=400,
        description="hog, lite0, the id or name of a registered model, or an adapter such as my_pkg.mod:MyModel; "
        "the best that this server has when left out.",
    )
    is_kept: bool = Field(default=True, description="Embed what arrives by itself.")


class EmbeddingSpace(Wire):
    """Vectors of one source: comparable with each other, and with no other space's."""

    id: str
    project_id: str
    name: str
    kind: SpaceKind
    source: str
    model_id: str | None
    width: int | None = Field(description="Numbers per vector; null before the first.")
    is_kept: bool
    can_read_text: bool = Field(default=False, description="Its model also embeds text, so that words find images.")
    n_vectors: int = Field(description="All that are stored, of every dataset.")
    bytes: int = Field(description="Stored size of the vectors.")
    created_at: UtcTime


class SpaceCoverage(Wire):
    """How much of a dataset a space holds."""

    space_id: str
    dataset_id: str
    n_items: int = Field(description="Images, or boxes and masks for a space of crops.")
    n_embedded: int


class EmbedRequest(Wire):
    """Embed what a dataset has and the space lacks."""

    space: str | None = Field(
        default=None, max_length=200, description="Id or name; the project's first when left out."
    )
    filter: QueryValue = Field(default=None, description="Query: embed these items only.")


class SimilarRequest(Wire):
    """What to look for: exactly one of item, annotation, region, upload, text or examples."""

    item_id: str | None = None
    annotation_id: str | None = None
    region: list[float] | None = Field(
        default=None, min_length=4, max_length=4, description="x0 y0 x1 y1 in pixels of the upright image of item_id."
    )
    text: str | None = Field(default=None, max_length=500, description="Words, for a space that reads text.")
    examples: list[str] | None = Field(default=None, max_length=200, description="Items that are wanted.")
    unlike: list[str] | None = Field(default=None, max_length=200, description="Items that are not wanted.")
    space: str | None = Field(
        default=None, max_length=200, description="Id or name; the project's first when left out."
    )
    filter: QueryValue = Field(default=None, description="Query: look among these items only.")
    limit: int = Field(default=100, ge=1, le=1000)


class SimilarItem(Wire):
    """One item found."""

    item_id: str
    name: str
    similarity: float = Field(description="Cosine, -1 to 1.")
    annotation_id: str | None = Field(default=None, description="In a space of crops: of which box or mask.")
    bounds: list[float] | None = Field(default=None, description="Of that crop: x0 y0 x1 y1 in pixels.")


class SimilarItems(Wire):
    """The items found, most similar first."""

    space_id: str
    items: list[SimilarItem]
    n_searched: int
    n_without: int = Field(description="Items that were asked about and have no vector yet.")
    milliseconds: float


class MapRequest(Wire):
    """Project a dataset's vectors to two dimensions."""

    space: str | None = Field(default=None, max_length=200)
    method: str | None = Field(
        default=None, max_length=40, description="`tsne` or `pca`; the default suits the number of items."
    )
    filter: QueryValue = Field(default=None, description="Query: lay out these items only.")
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    is_fresh: bool = Field(default=False, description="Begin anew rather than from the places of the map before.")


class EmbeddingMap(Wire):
    """A map that was computed; its points come as binary from its own address."""

    id: str
    dataset_id: str
    space_id: str
    revision: int
    method: str
    params: dict[str, JsonValue]
    n_points: int
    n_missing: int = Field(default=0, description="Items of the dataset now that are not on the map.")
    created_at: UtcTime


class MapChannel(Wire):
    """Something that the points of a map can be coloured by."""

    by: str
    title: str


class MapCategory(Wire):
    """One colour of a map's legend."""

    value: str
    title: str
    chip: str = Field(description="The term that finds these items; empty where no term does.")
    count: int = Field(description="Points of this colour.")
    is_rest: bool = Field(description="All that have no category of their own, or no value.")


class MapColours(Wire):
    """The legend of a map's colours; the category of each point stands behind it, as binary."""

    by: str
    categories: list[MapCategory]
    is_ordered: bool = Field(description="From low to high.")


class CoverageRequest(Wire):
    """How much of what is new is covered by what is known."""

    query: QueryValue = Field(default=None, description="What is new: a query of this dataset.")
    against_dataset_id: str | None = Field(
        default=None, description="Where the known lies; this dataset when left out."
    )
    against: QueryValue = Field(
        default=None,
        description="What is known: a query; left out, the training subset, or what is labelled when that is empty.",
    )
    space: str | None = Field(
        default=None, max_length=200, description="Id or name; the project's first when left out."
    )
    examples: int = Field(default=12, ge=1, le=60, description="At most how many examples of each kind.")


class CoverageExample(Wire):
    """One new item and the known one that it is most like."""

    item_id: str
    name: str
    distance: float
    nearest_item_id: str
    nearest_name: str


class CoverageReport(Wire):
    """How far new items lie from the known ones, against how far the known ones lie from each other."""

    space_id: str
    n_new: int
    n_known: int
    n_without: int = Field(default=0, description="Items of both sides that have no vector yet, and do not count.")
    n_both: int = Field(default=0, description="Items that both queries find: they count as known.")
    is_sampled: bool = Field(default=False, description="A side is large, and a random part of it was measured.")
    against: str = Field(default="", description="What is known, in the text form of a query.")
    covered_share: float = Field(description="Share of new items as near to a known one as known ones are to theirs.")
    radius: float = Field(description="The 95 % quantile of a known item's distance to its nearest known neighbour.")
    quantiles: dict[str, float] = Field(description="Distances of the new items: 5, 25, 50, 75, 95.")
    known_quantiles: dict[str, float]
    histogram_edges: list[float]
    histogram_new: list[int]
    histogram_known: list[int]
    by_source: dict[str, float] = Field(default_factory=dict, description="Uncovered share by group or folder.")
    farthest: list[CoverageExample] = Field(description="New variance, most unlike each other first.")
    nearest: list[CoverageExample] = Field(description="Nothing new: nearly the same as what is known.")
