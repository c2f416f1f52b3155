"""Which formats there are: the built-in ones and those of installed packages (entry points ``whorl.formats``)."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path

from whorl.base.errors import FormatError, InvalidInput, UnknownFormat
from whorl.formats.coco import CocoFormat
from whorl.formats.contract import Format
from whorl.formats.dataloop import DataloopFormat
from whorl.formats.folder import FolderFormat
from whorl.formats.mot import MotFormat
from whorl.formats.voc import VocFormat
from whorl.formats.yolo import YoloFormat

ENTRY_POINTS = "whorl.formats"


def _class_folders() -> Format:
    return FolderFormat(classes_from_folders=True)


# In the order in which a folder is tried: the plain folder fits nearly anything, so it comes last.
BUILT_IN: dict[str, Callable[[], Format]] = {
    "coco": CocoFormat,
    "voc": VocFormat,
    "dataloop": DataloopFormat,
    "mot": MotFormat,
    "yolo": YoloFormat,
    "folder": FolderFormat,
    "folder_classes": _class_folders,
}


def format_names() -> list[str]:
    """List the known names, built-in ones first."""
    extra = sorted(point.name for point in entry_points(group=ENTRY_POINTS) if point.name not in BUILT_IN)
    return [*BUILT_IN, *extra]


def get_format(name: str) -> Format:
    """Give the adapter of a format, with its default options.

    Raises:
        UnknownFormat: No such name; the message lists the known ones.
    """
    make = BUILT_IN.get(name)
    if make is not None:
        return make()
    for point in entry_points(group=ENTRY_POINTS):
        if point.name == name:
            made = point.load()()
            if isinstance(made, Format):
                return made
            raise InvalidInput(f"{point.value} is not a format: it lacks name, sniff, read or write")
    raise UnknownFormat(f"unknown format {name!r}; known: {', '.join(format_names())}", hint="Choose one of these.")


def detect_format(root: Path) -> Format:
    """Give the first format whose :meth:`~whorl.formats.contract.Format.sniff` accepts ``root``.

    Raises:
        FormatError: ``root`` does not exist, or nothing in it is known.
    """
    if not root.exists():
        raise FormatError(f"there is no {root.name!r} here", hint="Check the path.")
    for name in format_names():
        adapter = get_format(name)
        if adapter.sniff(root):
            return adapter
    raise FormatError(
        f"{root.name!r} holds no images and no dataset in a known format ({', '.join(format_names())})",
        hint="Name the format to see what exactly is missing.",
    )
