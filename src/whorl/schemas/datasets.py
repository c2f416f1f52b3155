"""Datasets, items, revisions and the reports of imports and exports, on the wire."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.schemas.annotations import Annotation
from whorl.schemas.records import Subset
from whorl.schemas.wire import UtcTime, Wire


class Dataset(Wire):
    """A set of items with a revision counter."""

    id: str
    project_id: str
    name: str
    revision: int
    created_at: UtcTime


class Item(Wire):
    """One image as it stood at a revision. Width and height are pixels of the upright image."""

    id: str
    dataset_id: str
    name: str
    sha256: str
    media_type: str
    width: int
    height: int
    bytes: int
    subset: Subset | None = None
    group_key: str | None = None
    is_checked_empty: bool = False
    metadata: dict[str, JsonValue] = Field(default_factory=dict)
    health: dict[str, float] = Field(default_factory=dict)
    born_rev: int
    created_at: UtcTime


class NewItem(Wire):
    """An item to be added; its bytes are in the blob store already."""

    name: str = Field(min_length=1, max_length=1000)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    media_type: str = Field(max_length=80)
    width: int = Field(gt=0)
    height: int = Field(gt=0)
    bytes: int = Field(ge=0)
    subset: Subset | None = None
    group_key: str | None = Field(default=None, max_length=200)
    metadata: dict[str, JsonValue] = Field(default_factory=dict)
    health: dict[str, float] = Field(default_factory=dict)
    picture_hash: int | None = Field(default=None, ge=0, lt=2**64, description="Perceptual hash; 0: it is plain.")


class ItemPatch(Wire):
    """A change to an item's state; fields that are not given stay as they are.

    ``metadata`` is a merge patch (RFC 7396): a null removes the key.
    """

    subset: Subset | None = None
    group_key: Annotated[str | None, Field(max_length=200)] = None
    is_checked_empty: bool = False
    metadata: dict[str, JsonValue] = Field(default_factory=dict)


class Revision(Wire):
    """Who changed a dataset, when, and what was done."""

    revision: int
    at: UtcTime
    actor_id: str
    action: str
    summary: dict[str, JsonValue]


class Snapshot(Wire):
    """A name for a dataset at a revision."""

    id: str
    dataset_id: str
    revision: int
    name: str
    author_id: str
    created_at: UtcTime


class ChangeKind(StrEnum):
    """What became of a thing between two revisions."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class ChangeCounts(Wire):
    """How many things were added, removed and changed."""

    added: int = 0
    removed: int = 0
    changed: int = 0


class RevisionDiff(Wire):
    """What differs between two revisions of a dataset; annotations are ground truth only."""

    dataset_id: str
    from_revision: int
    to_revision: int
    items: ChangeCounts
    annotations: ChangeCounts


class ItemChange(Wire):
    """One item that differs between two revisions."""

    kind: ChangeKind
    item_id: str
    name: str


class AnnotationChange(Wire):
    """One ground-truth annotation that differs between two revisions."""

    kind: ChangeKind
    annotation_id: str
    item_id: str
    label: str


class FrozenTest(Wire):
    """Since when and why a dataset's test subset may not change."""

    dataset_id: str
    revision: int
    reason: str
    created_at: UtcTime


class SplitReport(Wire):
    """How many items each subset holds after a split, and how many were newly assigned."""

    revision: int
    assigned: int
    train: int
    validation: int
    test: int


class ItemAnnotations(Wire):
    """The ground truth of one item and the revision it was read at: the ``base_revision`` of the next save."""

    item_id: str
    revision: int
    annotations: list[Annotation]


class Issue(Wire):
    """Something an import could not take in."""

    where: str
    code: str
    reason: str
    hint: str = ""


class ImportReport(Wire):
    """What an import did, or would do.

    ``seen`` records came; each was ``added``, ``replaced`` (other bytes under a known name), ``relabelled`` (same
    bytes, other annotations), ``unchanged`` or refused with an issue. ``new_labels`` were not in the ontology.
    """

    dataset_id: str
    source: str
    is_dry_run: bool = False
    revision: int
    seen: int = 0
    added: int = 0
    replaced: int = 0
    relabelled: int = 0
    unchanged: int = 0
    annotations_added: int = 0
    annotations_removed: int = 0
    bytes_read: int = 0
    new_labels: list[str] = Field(default_factory=list)
    issues: list[Issue] = Field(default_factory=list)
    seconds: float = 0.0


class ExportReport(Wire):
    """What an export wrote."""

    dataset_id: str
    format: str
    revision: int
    items: int
    annotations: int
    issues: list[Issue] = Field(default_factory=list)
    seconds: float = 0.0
