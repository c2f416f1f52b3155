"""Datasets as files: reading and writing COCO, YOLO, Pascal VOC, Dataloop and plain folders of images.

Words: *format* (an adapter that reads and writes one layout), *found* (an item, or an issue), *issue* (something
that could not be taken in, with its place and reason), *canvas* (the upright image a shape must lie in).
Invariants: a reader yields items and issues as it goes and raises :class:`~whorl.base.errors.FormatError` only
before the first of them, when a whole file is unusable; coordinates are pixels of the upright image; a writer
streams; reading back what was written gives the same items (see ``docs/reference/formats.md``).
"""

from __future__ import annotations

from whorl.formats.contract import Format, Found, WriteReport
from whorl.formats.registry import detect_format, format_names, get_format

__all__ = ["Format", "Found", "WriteReport", "detect_format", "format_names", "get_format"]
