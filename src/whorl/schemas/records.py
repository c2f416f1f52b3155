"""What readers of files give and writers of files take: neutral, in memory, without ids.

Frozen dataclasses rather than Pydantic models: an import makes millions of them and has checked them already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from whorl.base.errors import JsonValue
from whorl.schemas.annotations import Geometry


class Subset(StrEnum):
    """Which part of a dataset an item belongs to."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class AnnotationRecord:
    """One annotation found in, or bound for, a file. Pixels of the upright image."""

    label: str
    geometry: Geometry
    confidence: float | None = None
    attributes: Mapping[str, JsonValue] = field(default_factory=dict)
    source_id: str | None = None
    missed_by: str | None = None


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """One item found in, or bound for, a folder.

    ``name`` is its path relative to the dataset's root, with forward slashes. ``file`` is where its bytes are, or
    None when only the annotation file knows it. ``width`` and ``height`` are pixels of the upright image, when known.
    """

    name: str
    file: Path | None = None
    width: int | None = None
    height: int | None = None
    subset: Subset | None = None
    metadata: Mapping[str, JsonValue] = field(default_factory=dict)
    annotations: tuple[AnnotationRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportIssue:
    """Something that could not be taken in, and why; the rest goes on.

    ``where`` names the file (and the line or annotation id); ``code`` is one of the stable codes in
    ``docs/reference/import-issues.md``.
    """

    where: str
    code: str
    reason: str
    hint: str = ""
