"""YOLO text files: one per image, one object per line, coordinates as shares of the image's sides.

A line is ``class cx cy w h`` (a box), the same and a confidence (a result), or ``class x1 y1 x2 y2 x3 y3 ...`` (a
polygon; with four points, an oriented box). Shares refer to the upright image, as the training tools read it.
Layouts: ``images/train`` + ``labels/train``, ``train/images`` + ``train/labels``, texts beside their images, and
Darknet's ``obj.data`` with lists of images.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from whorl.base.errors import FormatError
from whorl.formats.contract import Found, WriteReport
from whorl.formats.places import ImageIndex, files_with, relative, subset_called
from whorl.formats.shapes import Canvas, canvas_of, clean_box, clean_polygon, clean_rotated_box
from whorl.formats.yolo_layout import YoloLayout, read_layout
from whorl.formats.yolo_writing import write_yolo
from whorl.geometry.rotated import find_rotated_box
from whorl.schemas.records import AnnotationRecord, ImportIssue, ItemRecord

# Corners with few decimals are not quite a rectangle.
_OBB_TOLERANCE_PX = 0.5
_CONTAINERS = frozenset(("images", "labels", "annotations", "obj_train_data"))
_IGNORED_TEXTS = frozenset(("classes", "names", "labels", "readme", "license", "licence", "requirements"))


@dataclass(frozen=True)
class YoloFormat:
    """YOLO detection, segmentation and oriented-box folders.

    Args:
        copy_images: Whether writing copies the items' files to ``images/``.
    """

    copy_images: bool = True

    @property
    def name(self) -> str:
        """``yolo``."""
        return "yolo"

    def sniff(self, root: Path) -> bool:
        """Accept a folder with a class list or a data file, or whose first label text parses as YOLO."""
        if not root.is_dir():
            return False
        texts = _label_texts(root)
        return any(_looks_like_yolo(path) for path in texts[:20])

    def read(self, root: Path, *, images: Path | None = None) -> Iterator[Found]:
        """Yield one item per image; no text, or an empty one, means no objects. See the contract."""
        if not root.is_dir():
            raise FormatError(f"{root.name!r} is not a folder", hint="Give the folder that holds images/ and labels/.")
        texts = _label_texts(root)
        if not texts:
            raise FormatError(
                f"no label texts below {root.name!r}", hint="Texts are expected in labels/, named like their images."
            )
        return self._found(root, texts, ImageIndex(root, images), read_layout(root))

    def _found(self, root: Path, texts: list[Path], index: ImageIndex, layout: YoloLayout) -> Iterator[Found]:
        yield from layout.issues
        by_key = {_key(path, root): path for path in texts}
        stems: dict[str, list[Path]] = {}
        for path in texts:
            stems.setdefault(path.stem.lower(), []).append(path)
        images = Counter(image.stem.lower() for image in index.paths)
        used: set[Path] = set()
        names: dict[str, Path] = {}
        for image in index.paths:
            same_stem = stems.get(image.stem.lower(), [])
            text = by_key.get(
                _key(image, index.images if index.images and image.is_relative_to(index.images) else root)
            )
            if text is None and len(same_stem) == 1 == images[image.stem.lower()]:
                text = same_stem[0]
            if text is not None:
                used.add(text)
            subset, name = layout.place(image, index)
            if name in names:
                issue, name = _second(image, name, index, root)
                yield issue
            names[name] = image
            yield from self._read_image(root, image, name, text, layout, ItemRecord(name, image, subset=subset))
        for path in texts:
            if path not in used:
                hint = "Put the image where the text says, or delete the text."
                yield ImportIssue(relative(path, root), "image_missing", "there is no image with this name", hint)

    def _read_image(
        self, root: Path, image: Path, name: str, text: Path | None, layout: YoloLayout, item: ItemRecord
    ) -> Iterator[Found]:
        issues: list[ImportIssue] = []
        canvas = canvas_of(image, None, where=relative(image, root), issues=issues)
        records: list[AnnotationRecord] = []
        if text is not None and canvas is not None:
            records = _read_text(text, relative(text, root), canvas, layout, issues)
        yield from issues
        if canvas is not None:
            yield ItemRecord(name, image, canvas.width, canvas.height, item.subset, annotations=tuple(records))

    def write(self, items: Iterable[ItemRecord], out: Path) -> WriteReport:
        """Write ``data.yaml``, ``images/<subset>`` and ``labels/<subset>``. See the contract."""
        return write_yolo(items, out, copy_images=self.copy_images)


def _label_texts(root: Path) -> list[Path]:
    """List texts that can be labels: not class lists, not lists of images, not read-me files."""
    return [
        path
        for path in files_with(root, ".txt")
        if path.stem.lower() not in _IGNORED_TEXTS
        and not (subset_called(path.stem) is not None and path.parent == root)
        and not (subset_called(path.stem) is not None and path.parent.name.lower() in ("main", "imagesets"))
    ]


def _looks_like_yolo(path: Path) -> bool:
    try:
        lines = path.read_text("utf-8").splitlines()[:5]
        rows = [[float(word) for word in line.split()] for line in lines if line.strip()]
    except (ValueError, OSError):
        return False
    return bool(rows) and all(len(row) in (5, 6) or (len(row) >= 7 and len(row) % 2) for row in rows)


def _key(path: Path, base: Path) -> str:
    """Give what an image and its text have in common: the path without suffix and container folders."""
    parts = PurePosixPath(relative(path, base)).with_suffix("").parts
    return "/".join(part.lower() for part in parts[:-1] if part.lower() not in _CONTAINERS) + "/" + parts[-1].lower()


def _second(image: Path, name: str, index: ImageIndex, root: Path) -> tuple[ImportIssue, str]:
    full = relative(image, index.images if index.images and image.is_relative_to(index.images) else root)
    reason = f"two images are called {name!r}; this one became {full!r}"
    return ImportIssue(full, "duplicate_name", reason, "Give each image its own name."), full


def _read_text(
    path: Path, where: str, canvas: Canvas, layout: YoloLayout, issues: list[ImportIssue]
) -> list[AnnotationRecord]:
    try:
        lines = path.read_bytes().decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        issues.append(ImportIssue(where, "not_utf8", f"not UTF-8 text at byte {error.start}", "Save it as UTF-8."))
        return []
    records: list[AnnotationRecord] = []
    for number, line in enumerate(lines, start=1):
        words = line.split()
        if words:
            record = _read_line(words, f"{where}:{number}", canvas, layout, issues)
            records += [record] if record is not None else []
    return records


def _read_line(
    words: list[str], where: str, canvas: Canvas, layout: YoloLayout, issues: list[ImportIssue]
) -> AnnotationRecord | None:
    count = len(words)
    if count not in (5, 6) and (count < 7 or count % 2 == 0):
        hint = "A box has 5 (with a confidence 6), a polygon an odd number from 7."
        issues.append(ImportIssue(where, "wrong_columns", f"{count} columns", hint))
        return None
    try:
        values = [float(word) for word in words]
    except ValueError:
        issues.append(ImportIssue(where, "not_a_number", f"not all columns are numbers: {' '.join(words)[:80]}"))
        return None
    label = layout.label(values[0])
    if label is None:
        reason = f"class {words[0]} is not one of the {len(layout.names)} classes (0 to {len(layout.names) - 1})"
        issues.append(ImportIssue(where, "unknown_class", reason, "Add it to the list of names, or correct the line."))
        return None
    width, height = float(canvas.width or 0), float(canvas.height or 0)
    if count > 6:
        ring = [(x * width, y * height) for x, y in zip(values[1::2], values[2::2], strict=True)]
        turned = find_rotated_box(ring, tolerance_px=_OBB_TOLERANCE_PX) if layout.is_obb else None
        if turned is not None:
            box = clean_rotated_box(turned, canvas, where=where, issues=issues)
            return AnnotationRecord(label, box) if box is not None else None
        polygon = clean_polygon([ring], canvas, where=where, issues=issues)
        return AnnotationRecord(label, polygon) if polygon is not None else None
    x, y, w, h = values[1:5]
    corners = ((x - w / 2) * width, (y - h / 2) * height, (x + w / 2) * width, (y + h / 2) * height)
    upright = clean_box(corners, canvas, where=where, issues=issues)
    if upright is None:
        return None
    confidence = values[5] if count == 6 else None
    if confidence is not None and not 0 <= confidence <= 1:
        reason = f"the score {words[5]} is not a number from 0 to 1"
        issues.append(ImportIssue(where, "bad_score", reason, "Kept without it."))
        confidence = None
    return AnnotationRecord(label, upright, confidence)
