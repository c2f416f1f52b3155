"""COCO JSON: object detection, instance masks, image labels, and result files.

Several annotation files may lie below one root (``instances_train.json``, ``train/_annotations.coco.json``); the
subset comes from the file's or its folder's name. Boxes are x, y, width, height in pixels from the corner of
the first pixel: https://cocodataset.org/#format-data
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from whorl.base.errors import FormatError
from whorl.formats.coco_annotation import read_annotation
from whorl.formats.coco_writing import write_coco
from whorl.formats.contract import Found, WriteReport
from whorl.formats.jsonfile import Json, load_json
from whorl.formats.places import ImageIndex, files_with, relative, safe_name, subset_called, subset_of_stem
from whorl.formats.shapes import Canvas, canvas_of
from whorl.schemas.records import AnnotationRecord, ImportIssue, ItemRecord, Subset

Preferred = Literal["segmentation", "box"]
_PEEK_BYTES = 64 * 1024
# A root often holds the same images with several kinds of annotation; the first kind present is read.
_KINDS = ("instances", "person_keypoints", "labels", "stuff", "panoptic", "captions", "image_info")


@dataclass(frozen=True)
class CocoFormat:
    """COCO JSON files and their images.

    Args:
        prefer: What an annotation with both a segmentation and a box becomes. A segmentation that is just the
            rectangle of its box is a box either way.
        copy_images: Whether writing copies the items' files to ``images/``.
    """

    prefer: Preferred = "segmentation"
    copy_images: bool = True

    @property
    def name(self) -> str:
        """``coco``."""
        return "coco"

    def sniff(self, root: Path) -> bool:
        """Accept a JSON file, or a folder with one, that has COCO's keys."""
        return any(map(_has_coco_keys, files_with(root, ".json")))

    def read(self, root: Path, *, images: Path | None = None) -> Iterator[Found]:
        """Yield the images of each annotation file in order. See :meth:`whorl.formats.contract.Format.read`."""
        files = _annotation_files(root)
        base = root if root.is_dir() else root.parent
        index = ImageIndex(base, images)
        if len(files) == 1:
            return _File(files[0], base, index, self.prefer, {}).found()
        for path in files:
            # All files are parsed once before the first item is given out: a broken one must not leave half an import.
            _load_dataset(path, base)
        return self._found(files, base, index)

    def _found(self, files: list[Path], base: Path, index: ImageIndex) -> Iterator[Found]:
        taken: dict[str, Path | None] = {}
        for path in files:
            yield from _File(path, base, index, self.prefer, taken).found()

    def write(self, items: Iterable[ItemRecord], out: Path) -> WriteReport:
        """Write ``annotations/instances_<subset>.json`` and ``images/``. See the contract."""
        return write_coco(items, out, copy_images=self.copy_images)


def read_results(
    results: Path, *, truth: Path, images: Path | None = None, prefer: Preferred = "segmentation"
) -> Iterator[Found]:
    """Yield the items of a COCO result file (a list of detections with scores).

    Args:
        results: The list of detections.
        truth: The COCO file that the results' image and category ids refer to.
        images: Where the images are, when not beside ``truth``.
        prefer: As in :class:`CocoFormat`.

    Raises:
        FormatError: A file is broken, or is not what its place says.
    """
    detections = load_json(results, results.name)
    if isinstance(detections, dict):
        detections = detections.get("annotations")
    if not isinstance(detections, list):
        raise FormatError(f"{results.name} is not a list of detections", hint="Give the result file here.")
    base = truth.parent
    _load_dataset(truth, base)
    reader = _File(truth, base, ImageIndex(base, images), prefer, {}, results=(results.name, detections))
    return reader.found()


def _has_coco_keys(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(_PEEK_BYTES)
            file.seek(max(0, path.stat().st_size - _PEEK_BYTES))
            peek = head + file.read(_PEEK_BYTES)
    except OSError:
        return False
    return (
        head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        and b'"images"' in peek
        and (b'"annotations"' in peek or b'"categories"' in peek)
    )


def _annotation_files(root: Path) -> list[Path]:
    if root.is_file():
        return [root]
    files = [path for path in files_with(root, ".json") if _has_coco_keys(path)]
    if not files:
        raise FormatError(
            f"no COCO annotation file below {root.name!r}",
            hint='A JSON file with "images" and "annotations" is needed: annotations/instances_train.json.',
        )
    for kind in _KINDS:
        of_kind = [path for path in files if path.stem.startswith(kind)]
        if of_kind:
            others = [path for path in files if not path.stem.startswith(_KINDS)]
            return sorted({*of_kind, *others})
    return files


def _load_dataset(path: Path, base: Path) -> dict[str, Json]:
    where = relative(path, base)
    content = load_json(path, where)
    if isinstance(content, list):
        raise FormatError(f"{where} is a list: a result file", hint="Read it with the annotation file it belongs to.")
    if not isinstance(content, dict) or not isinstance(content.get("images"), list):
        raise FormatError(f'{where} has no list "images"', hint="Export it again as COCO object detection.")
    return content


class _File:
    """One annotation file while it is read."""

    def __init__(
        self,
        path: Path,
        base: Path,
        index: ImageIndex,
        prefer: Preferred,
        taken: dict[str, Path | None],
        results: tuple[str, list[Json]] | None = None,
    ) -> None:
        self.path = path
        self.where = relative(path, base)
        self.index = index
        self.prefer = prefer
        self.taken = taken
        content = _load_dataset(path, base)
        self.annotations_where, annotations = results or (self.where, _listed(content.get("annotations")))
        self.annotations = annotations
        self.images = _listed(content["images"])
        self.base_names = Counter(_base_name(entry) for entry in self.images)
        self.categories = _listed(content.get("categories"))
        self.subset = _subset_of(path, base)
        parent = path.parent
        folders = [parent, parent / "images", base / "images", base / parent.name, base / "data"]
        if self.subset is not None:
            words = [word for word in path.stem.replace("-", "_").split("_") if subset_called(word)]
            folders += [base / place / word for word in words for place in (Path("images"), Path())]
        self.near = folders
        self.labels: dict[object, str] = {}

    def found(self) -> Iterator[Found]:
        yield from self._read_categories()
        images, image_issues = self._images_by_id()
        yield from image_issues
        grouped: dict[object, list[dict[str, Json]]] = {}
        yield from self._group(images, grouped)
        # The raw list is let go while its entries are still being used up.
        self.annotations = []
        for image_id, entry in images.items():
            yield from self._item(entry, grouped.pop(image_id, []))

    def _issue(self, place: str, code: str, reason: str, hint: str = "") -> ImportIssue:
        return ImportIssue(f"{self.where}: {place}", code, reason, hint)

    def _read_categories(self) -> Iterator[ImportIssue]:
        for entry in self.categories:
            name = entry.get("name") if isinstance(entry, dict) else None
            if not isinstance(entry, dict) or not isinstance(name, str) or not name.strip():
                yield self._issue(f"category {entry!r:.80}", "bad_category", "it has no name")
            elif _key(entry.get("id")) in self.labels:
                yield self._issue(
                    f"category {entry.get('id')}", "duplicate_id", f"its id is used twice; {name!r} is left out"
                )
            else:
                self.labels[_key(entry.get("id"))] = name

    def _images_by_id(self) -> tuple[dict[object, dict[str, Json]], list[ImportIssue]]:
        images: dict[object, dict[str, Json]] = {}
        issues: list[ImportIssue] = []
        for entry in self.images:
            file_name = entry.get("file_name") if isinstance(entry, dict) else None
            if not isinstance(entry, dict) or not isinstance(file_name, str) or not safe_name(file_name):
                issues.append(self._issue(f"image {entry!r:.80}", "bad_image", "it has no file_name"))
            elif _key(entry.get("id")) in images:
                reason = f"its id is used twice; {file_name!r} is left out"
                hint = "Give each image its own id, or its annotations cannot be told apart."
                issues.append(self._issue(f"image {entry.get('id')}", "duplicate_id", reason, hint))
            else:
                images[_key(entry.get("id"))] = entry
        return images, issues

    def _group(
        self, images: dict[object, dict[str, Json]], grouped: dict[object, list[dict[str, Json]]]
    ) -> Iterator[ImportIssue]:
        seen: dict[object, dict[str, Json]] = {}
        for number, entry in enumerate(self.annotations, start=1):
            if not isinstance(entry, dict):
                yield self._issue(f"annotation number {number}", "bad_annotation", "it is not an object")
                continue
            identity = _key(entry.get("id"))
            place = f"annotation {entry.get('id', f'number {number}')}"
            if _key(entry.get("image_id")) not in images:
                reason = f"there is no image with id {entry.get('image_id')!r}"
                yield self._issue(place, "annotation_without_image", reason, "Left out.")
                continue
            if identity is not None and identity in seen and self.annotations_where == self.where:
                same = seen[identity] == entry
                yield self._issue(place, "duplicate_id", "repeated" if same else "its id is used twice; both were kept")
                if same:
                    continue
            seen[identity] = entry
            grouped.setdefault(_key(entry.get("image_id")), []).append(entry)

    def _item(self, entry: dict[str, Json], annotations: list[dict[str, Json]]) -> Iterator[Found]:
        declared = str(entry["file_name"])
        file = self.index.find(declared, near=self.near, anywhere=self.base_names[_base_name(entry)] == 1)
        name = safe_name(declared)
        place = f"{self.where}: image {entry.get('id')} ({name})"
        if name in self.taken:
            if self.taken[name] == file:
                yield ImportIssue(place, "duplicate_name", "two images have this file name; the second is left out")
                return
            name = f"{self.path.parent.name if self.path.stem.startswith('_') else self.path.stem}/{name}"
            yield ImportIssue(place, "duplicate_name", f"two images have this file name; this one became {name!r}")
        self.taken[name] = file
        if file is None:
            yield ImportIssue(
                place, "image_missing", "the image file is not there", "Put it beside the others, or give its folder."
            )
        issues: list[ImportIssue] = []
        canvas = canvas_of(file, _size(entry), where=place, issues=issues)
        records = [] if canvas is None else self._records(annotations, canvas, issues)
        yield from issues
        if canvas is not None:
            metadata = entry.get("metadata")
            yield ItemRecord(
                name=name,
                file=file,
                width=canvas.width,
                height=canvas.height,
                subset=self.subset,
                metadata=metadata if isinstance(metadata, dict) else {},
                annotations=tuple(records),
            )

    def _records(
        self, annotations: list[dict[str, Json]], canvas: Canvas, issues: list[ImportIssue]
    ) -> list[AnnotationRecord]:
        records: list[AnnotationRecord] = []
        for entry in annotations:
            identity = entry.get("id", f"of image {entry.get('image_id')}")
            where = f"{self.annotations_where}: annotation {identity}"
            label = self.labels.get(_key(entry.get("category_id")))
            if label is None and "caption" not in entry and "segments_info" not in entry:
                known = ", ".join(str(key) for key in list(self.labels)[:10])
                reason = f"category {entry.get('category_id')!r} is not in the file; it has {known or 'none'}"
                issues.append(ImportIssue(where, "unknown_category", reason, "Add the category, or correct the id."))
                continue
            record = read_annotation(entry, label or "", canvas, prefer=self.prefer, where=where, issues=issues)
            if record is not None:
                records.append(record)
        return records


def _key(value: Json) -> object:
    # Some tools write ids as text in one list and as numbers in the other.
    return str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else None


def _base_name(entry: Json) -> str:
    name = entry.get("file_name") if isinstance(entry, dict) else None
    return safe_name(name).rsplit("/", 1)[-1].lower() if isinstance(name, str) else ""


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _size(entry: dict[str, Json]) -> tuple[int, int] | None:
    width, height = entry.get("width"), entry.get("height")
    if isinstance(width, (int, float)) and isinstance(height, (int, float)):
        return int(width), int(height)
    return None


def _subset_of(path: Path, base: Path) -> Subset | None:
    return subset_of_stem(path.stem) or (subset_called(path.parent.name) if path.parent != base else None)
