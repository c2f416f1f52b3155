"""Pascal VOC: one XML per image, subsets listed in ``ImageSets/Main``.

The devkit counts pixels from 1 and includes the last one (a box over a whole 500-pixel row is 1 to 500); nearly
all tools since (labelImg, CVAT, Roboflow) write plain pixel edges from 0. Files do not say which. Coordinates are
therefore taken as written; ``VocFormat(one_based=True)`` reads and writes the devkit's way.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from xml.etree.ElementTree import Element

from whorl.base.errors import FormatError, JsonValue
from whorl.formats.contract import Found, WriteReport
from whorl.formats.places import ImageIndex, files_with, relative, safe_name, subset_called, walk_files
from whorl.formats.shapes import Canvas, canvas_of, clean_box
from whorl.formats.voc_writing import FLAGS, write_voc
from whorl.formats.xmltree import parse_xml
from whorl.schemas.records import AnnotationRecord, ImportIssue, ItemRecord, Subset

_IMAGES = "JPEGImages"


@dataclass(frozen=True)
class VocFormat:
    """Pascal VOC detection folders, with or without the devkit's folder names.

    Args:
        one_based: Coordinates count from 1 and include the last pixel, as in the official VOC sets.
        copy_images: Whether writing copies the items' files to ``JPEGImages/``.
    """

    one_based: bool = False
    copy_images: bool = True

    @property
    def name(self) -> str:
        """``voc``."""
        return "voc"

    def sniff(self, root: Path) -> bool:
        """Accept a folder whose first XML file is a VOC annotation."""
        first = next((p for p in walk_files(root) if p.suffix.lower() == ".xml"), None) if root.is_dir() else None
        if first is None:
            return False
        with first.open("rb") as file:
            return b"<annotation" in file.read(4096)

    def read(self, root: Path, *, images: Path | None = None) -> Iterator[Found]:
        """Yield one item per XML, then the images without one. See :meth:`whorl.formats.contract.Format.read`."""
        files = files_with(root, ".xml") if root.is_dir() else []
        if not files:
            raise FormatError(f"no XML file below {root.name!r}", hint="Give the folder that holds Annotations/.")
        return self._found(root, files, ImageIndex(root, images))

    def _found(self, root: Path, files: list[Path], index: ImageIndex) -> Iterator[Found]:
        subsets = _Subsets(_read_image_sets(root), Counter(path.stem.lower() for path in index.paths or files))
        stems = Counter(path.stem.lower() for path in files)
        used: dict[Path, str] = {}
        names: set[str] = set()
        for path in files:
            for found in self._read_file(path, root, index, subsets, anywhere=stems[path.stem.lower()] == 1):
                if isinstance(found, ItemRecord):
                    if found.name in names:
                        reason = f"a second annotation file for {found.name!r}; left out"
                        yield ImportIssue(relative(path, root), "duplicate_name", reason)
                        continue
                    names.add(found.name)
                    if found.file is not None:
                        used[found.file] = found.name
                yield found
        for image in index.paths:
            if image not in used and any(part.lower() == _IMAGES.lower() for part in image.parts):
                name = index.name_below(image, _IMAGES)
                yield ItemRecord(name=name, file=image, subset=subsets.of(name))

    def _read_file(
        self, path: Path, root: Path, index: ImageIndex, subsets: _Subsets, *, anywhere: bool
    ) -> Iterator[Found]:
        where = relative(path, root)
        try:
            tree = parse_xml(path.read_bytes())
        except FormatError as error:
            code = "not_utf8" if "not UTF-8" in error.message else "malformed_xml"
            yield ImportIssue(where, code, error.message, error.hint)
            return
        if tree.tag != "annotation":
            yield ImportIssue(where, "not_an_annotation", f"the root element is <{tree.tag}>, not <annotation>")
            return
        file, name = _locate(path, root, tree, index, anywhere=anywhere)
        if file is None:
            yield ImportIssue(where, "image_missing", f"its image {name!r} is not there", "Put it into JPEGImages/.")
        issues: list[ImportIssue] = []
        canvas = canvas_of(file, _declared_size(tree), where=where, issues=issues)
        records = [] if canvas is None else self._records(tree, canvas, where, issues)
        yield from issues
        if canvas is not None:
            yield ItemRecord(
                name=name,
                file=file,
                width=canvas.width,
                height=canvas.height,
                subset=subsets.of(name),
                annotations=tuple(records),
            )

    def _records(self, tree: Element, canvas: Canvas, where: str, issues: list[ImportIssue]) -> list[AnnotationRecord]:
        records: list[AnnotationRecord] = []
        for number, element in enumerate(tree.findall("object"), start=1):
            place = f"{where}: object {number}"
            label = (element.findtext("name") or "").strip()
            if not label:
                issues.append(ImportIssue(place, "bad_annotation", "it has no name"))
                continue
            place = f"{place} ({label})"
            corners = _corners(element, place, issues)
            if corners is None:
                continue
            if self.one_based:
                corners = (corners[0] - 1, corners[1] - 1, corners[2], corners[3])
            box = clean_box(corners, canvas, where=place, issues=issues)
            if box is not None:
                records.append(AnnotationRecord(label, box, _confidence(element, place, issues), _attributes(element)))
        return records

    def write(self, items: Iterable[ItemRecord], out: Path) -> WriteReport:
        """Write ``Annotations/``, ``ImageSets/Main/`` and ``JPEGImages/``. See the contract."""
        return write_voc(items, out, one_based=self.one_based, copy_images=self.copy_images)


def _read_image_sets(root: Path) -> dict[str, Subset]:
    subsets: dict[str, Subset] = {}
    for path in files_with(root, ".txt"):
        subset = subset_called(path.stem)
        if subset is None or path.parent.name.lower() not in ("main", "imagesets"):
            continue
        for line in path.read_text("utf-8", errors="replace").splitlines():
            name = line.strip()
            # Lists of one class carry a second column (1, 0 or -1).
            name = name.rsplit(None, 1)[0] if name.endswith((" 1", " 0", " -1")) else name
            if name:
                subsets.setdefault(name, subset)
    return subsets


@dataclass(frozen=True)
class _Subsets:
    """What ``ImageSets/Main`` says. A bare stem stands for an image in a folder only when no other has that stem."""

    listed: dict[str, Subset]
    stems: Counter[str]

    def of(self, name: str) -> Subset | None:
        path = PurePosixPath(name)
        keys = [name, path.with_suffix("").as_posix()]
        if self.stems[path.stem.lower()] <= 1:
            keys.append(path.stem)
        return next((self.listed[key] for key in keys if key in self.listed), None)


def _locate(path: Path, root: Path, tree: Element, index: ImageIndex, *, anywhere: bool) -> tuple[Path | None, str]:
    below = PurePosixPath(relative(path, root))
    parts = [part.lower() for part in below.parts[:-1]]
    cut = parts.index("annotations") + 1 if "annotations" in parts else 0
    folder = "/".join(below.parts[cut:-1])
    declared = PurePosixPath(safe_name((tree.findtext("filename") or "").strip())).name
    stem = f"{folder}/{path.stem}" if folder else path.stem
    file = None
    if declared:
        name = f"{folder}/{declared}" if folder else declared
        base = root.joinpath(*below.parts[: cut - 1]) if cut else root
        file = index.find(name, near=[base / _IMAGES, path.parent], anywhere=anywhere)
    if file is None:
        # A wrong <filename> is common; the XML beside it, in the mirrored folder, is meant.
        file = index.find_stem(stem) if anywhere else None
    if file is not None:
        return file, index.name_below(file, _IMAGES)
    return None, f"{folder}/{declared}" if folder and declared else declared or stem


def _declared_size(tree: Element) -> tuple[int, int] | None:
    try:
        return int(float(tree.findtext("size/width") or 0)), int(float(tree.findtext("size/height") or 0))
    except (ValueError, OverflowError):
        return None


def _corners(element: Element, place: str, issues: list[ImportIssue]) -> tuple[float, float, float, float] | None:
    texts = [element.findtext(f"bndbox/{tag}") for tag in ("xmin", "ymin", "xmax", "ymax")]
    try:
        x0, y0, x1, y1 = (float(text or "") for text in texts)
    except ValueError:
        given = ", ".join(str(text) for text in texts)
        issues.append(ImportIssue(place, "bad_annotation", f"bndbox needs xmin, ymin, xmax, ymax; found {given}"))
        return None
    return x0, y0, x1, y1


def _confidence(element: Element, place: str, issues: list[ImportIssue]) -> float | None:
    text = element.findtext("confidence") or element.findtext("score")
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if 0 <= value <= 1:
        return value
    issues.append(
        ImportIssue(place, "bad_score", f"the score {text!r} is not a number from 0 to 1", "Kept without it.")
    )
    return None


def _attributes(element: Element) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {}
    for flag in FLAGS:
        text = (element.findtext(flag) or "").strip().lower()
        if text:
            found[flag] = text not in ("0", "false", "no")
    pose = (element.findtext("pose") or "").strip()
    if pose and pose != "Unspecified":
        found["pose"] = pose
    for entry in element.findall("attributes/attribute"):
        name = (entry.findtext("name") or "").strip()
        if name:
            found[name] = _value(entry.findtext("value") or "")
    return found


def _value(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text)
    except ValueError:
        return text
    return value
