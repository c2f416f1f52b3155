"""What every format adapter offers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from whorl.schemas.records import ImportIssue, ItemRecord

Found = ItemRecord | ImportIssue


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What a writer wrote; ``skipped`` lists what the format cannot hold, with the reason."""

    items: int
    annotations: int
    skipped: tuple[ImportIssue, ...] = ()


@runtime_checkable
class Format(Protocol):
    """Reads and writes one layout of files. Implementations are frozen dataclasses: fields are options."""

    @property
    def name(self) -> str:
        """The word by which people choose the format."""

    def sniff(self, root: Path) -> bool:
        """Tell whether ``root`` looks like this format; cheap, and never raises on odd content."""

    def read(self, root: Path, *, images: Path | None = None) -> Iterator[Found]:
        """Yield items and issues in a stable order.

        Args:
            root: The dataset's folder (or its annotation file, where the format has one).
            images: Where the images are, when not below ``root``.

        Raises:
            FormatError: A whole file is unusable, or nothing of this format is there; raised before any item.
        """

    def write(self, items: Iterable[ItemRecord], out: Path) -> WriteReport:
        """Write items below ``out``, copying their files when they have them; memory does not grow with them."""
