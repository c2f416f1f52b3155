"""Dataloop's download layout: ``items/`` with the files and ``json/`` with one JSON per item.

Subsets come from the item's system tags (``metadata.system.tags.train``), else from the folder's name. A box is
two opposite corners, a ``segment`` a polygon, a ``class`` annotation the label of the whole item, ``binary`` a
PNG mask: https://developers.dataloop.ai/tutorials/annotations_image
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from whorl.base.errors import FormatError, JsonValue
from whorl.formats.contract import Found, WriteReport
from whorl.formats.dataloop_annotation import as_object, read_dataloop_annotation
from whorl.formats.dataloop_writing import write_dataloop
from whorl.formats.jsonfile import load_json
from whorl.formats.places import ImageIndex, files_with, relative, safe_name, subset_called
from whorl.formats.shapes import canvas_of
from whorl.schemas.records import ImportIssue, ItemRecord, Subset

_ITEMS, _JSON = "items", "json"


@dataclass(frozen=True)
class DataloopFormat:
    """Folders as Dataloop's ``dataset.download()`` makes them.

    Args:
        copy_images: Whether writing copies the items' files to ``items/``.
    """

    copy_images: bool = True

    @property
    def name(self) -> str:
        """``dataloop``."""
        return "dataloop"

    def sniff(self, root: Path) -> bool:
        """Accept a folder with ``json/`` in it whose first JSON has Dataloop's keys."""
        if not (root / _JSON).is_dir():
            return False
        first = next(iter(files_with(root / _JSON, ".json")), None)
        try:
            content = load_json(first, first.name) if first is not None else None
        except FormatError:
            return False
        return isinstance(content, dict) and "annotations" in content and "filename" in content

    def read(self, root: Path, *, images: Path | None = None) -> Iterator[Found]:
        """Yield one item per JSON, then the images without one. See :meth:`whorl.formats.contract.Format.read`."""
        folder = root / _JSON
        files = files_with(folder, ".json") if folder.is_dir() else []
        if not files:
            raise FormatError(
                f"no json/ folder with files in {root.name!r}", hint="Give the folder that holds items/ and json/."
            )
        items = root / _ITEMS
        return self._found(root, files, ImageIndex(items if items.is_dir() else root, images))

    def _found(self, root: Path, files: list[Path], index: ImageIndex) -> Iterator[Found]:
        used: set[Path] = set()
        stems = Counter(path.stem.lower() for path in files)
        for path in files:
            where = relative(path, root)
            try:
                content = load_json(path, where)
            except FormatError as error:
                code = "not_utf8" if "not UTF-8" in error.message else "malformed_json"
                yield ImportIssue(where, code, error.message, error.hint)
                continue
            if not isinstance(content, dict) or not isinstance(content.get("annotations", []), list):
                yield ImportIssue(where, "not_an_annotation", "it is not an item with a list of annotations")
                continue
            file = _locate(path, root / _JSON, content, index, anywhere=stems[path.stem.lower()] == 1)
            if file is not None and file in used:
                yield ImportIssue(where, "duplicate_name", f"a second JSON for {relative(file, root)!r}; left out")
                continue
            used.update([file] if file is not None else [])
            yield from _read_item(content, path, root, file, index)
        for image in index.paths:
            if image not in used:
                name = index.name_below(image, _ITEMS)
                yield ItemRecord(name=name, file=image, subset=_folder_subset(name))

    def write(self, items: Iterable[ItemRecord], out: Path) -> WriteReport:
        """Write ``items/`` and ``json/``. See the contract."""
        return write_dataloop(items, out, copy_images=self.copy_images)


def _locate(
    path: Path, folder: Path, content: dict[str, JsonValue], index: ImageIndex, *, anywhere: bool
) -> Path | None:
    """Find a JSON's image: by the JSON's own place first, since its ``filename`` can name another folder."""
    below = PurePosixPath(relative(path, folder)).with_suffix("").as_posix()
    declared = content.get("filename")
    declared = safe_name(declared) if isinstance(declared, str) else ""
    suffix = PurePosixPath(declared).suffix
    for name in (f"{below}{suffix}", below, declared):
        exact = index.root / name
        if name and exact.is_file():
            return exact
    if not anywhere:
        return None
    return index.find_stem(below) or (index.find(declared) if declared else None)


def _read_item(
    content: dict[str, JsonValue], path: Path, root: Path, file: Path | None, index: ImageIndex
) -> Iterator[Found]:
    where = relative(path, root)
    metadata = as_object(content.get("metadata")) or as_object(content.get("itemMetadata"))
    system = as_object(metadata.get("system"))
    if file is not None:
        name = index.name_below(file, _ITEMS)
    else:
        name = safe_name(str(content.get("filename") or path.stem))
        yield ImportIssue(where, "image_missing", f"its file {name!r} is not there", "Put it into items/.")
    issues: list[ImportIssue] = []
    canvas = canvas_of(file, _size(system), where=where, issues=issues)
    annotations = content.get("annotations")
    records = []
    for number, entry in enumerate(annotations if isinstance(annotations, list) else [], start=1):
        place = f"{where}: annotation {as_object(entry).get('id') or f'number {number}'}"
        if canvas is not None:
            record = read_dataloop_annotation(entry, canvas, where=place, issues=issues)
            records += [record] if record is not None else []
    yield from issues
    if canvas is not None:
        yield ItemRecord(
            name=name,
            file=file,
            width=canvas.width,
            height=canvas.height,
            subset=_tag_subset(system) or _folder_subset(name),
            metadata=as_object(metadata.get("user")),
            annotations=tuple(records),
        )


def _size(system: dict[str, JsonValue]) -> tuple[int, int] | None:
    width, height = system.get("width"), system.get("height")
    if isinstance(width, (int, float)) and isinstance(height, (int, float)):
        return int(width), int(height)
    return None


def _tag_subset(system: dict[str, JsonValue]) -> Subset | None:
    tags = as_object(system.get("tags"))
    found = {subset for tag, is_set in tags.items() if is_set and (subset := subset_called(tag)) is not None}
    return found.pop() if len(found) == 1 else None


def _folder_subset(name: str) -> Subset | None:
    return subset_called(name.split("/")[0]) if "/" in name else None
