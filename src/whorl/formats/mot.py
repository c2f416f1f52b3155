"""MOTChallenge 2D: a folder per sequence, a line per object and frame.

A sequence is a folder with ``gt/gt.txt`` (else ``det/det.txt``), ``seqinfo.ini`` and the frames in ``img1/``, or a
video instead of them. Frames count from 1, and so do pixels: a box at the very corner begins at 1, 1.
"""

from __future__ import annotations

import configparser
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Literal

from whorl.base.errors import FormatError, JsonValue
from whorl.datasets.imageheader import sniff_video
from whorl.formats.contract import Found, WriteReport
from whorl.formats.mot_writing import CLASSES, UNCUT, write_mot
from whorl.formats.places import IMAGE_SUFFIXES, safe_name, walk_files
from whorl.formats.shapes import Canvas, canvas_of, clean_box
from whorl.schemas.annotations import Box, Keyframe, Track
from whorl.schemas.records import AnnotationRecord, ImportIssue, ItemRecord

_FEWEST, _MOST = 6, 10
_LINES_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One line: frame from 0, object (None: it has no number), box in pixels from 0, and what else it says."""

    frame: int
    track: int | None
    box: tuple[float, float, float, float]
    confidence: float | None
    class_id: int | None
    attributes: dict[str, JsonValue]


@dataclass(frozen=True)
class MotFormat:
    """MOTChallenge 2D sequences.

    Args:
        lines: ``gt`` reads the truth (and detections where there is none), ``det`` the detections.
        copy_images: Whether writing copies the items' files to ``img1/``.
    """

    lines: Literal["gt", "det"] = "gt"
    copy_images: bool = True

    @property
    def name(self) -> str:
        """``mot``."""
        return "mot"

    def sniff(self, root: Path) -> bool:
        """Accept a folder with a sequence in it, or a file of lines."""
        if root.is_file():
            return root.suffix == ".txt" and _looks_like_lines(root)
        return root.is_dir() and bool(_sequences(root))

    def read(self, root: Path, *, images: Path | None = None) -> Iterator[Found]:
        """Yield a video item, or an item for each frame, of each sequence.

        See :meth:`whorl.formats.contract.Format.read`. A single file of lines is the sequence of its name.
        """
        if root.is_file():
            return self._lines_alone([root])
        sequences = _sequences(root) if root.is_dir() else []
        if sequences:
            return (found for folder in sequences for found in self._sequence(folder, images))
        files = [path for path in sorted(root.glob("*.txt")) if _looks_like_lines(path)] if root.is_dir() else []
        if not files:
            raise FormatError(
                f"no sequence below {root.name!r}", hint="Give the folder that holds <sequence>/gt/gt.txt."
            )
        return self._lines_alone(files)

    def write(self, items: Iterable[ItemRecord], out: Path) -> WriteReport:
        """Write sequences: images by their folder, videos each as one."""
        return write_mot(items, out, copy_images=self.copy_images)

    def _lines_alone(self, files: list[Path]) -> Iterator[Found]:
        for path in files:
            info = _Info(path.stem)
            yield from _frame_items(info, *_read_rows(path, path.name), {}, names={})

    def _sequence(self, folder: Path, images: Path | None) -> Iterator[Found]:
        info = _read_info(folder)
        rows: list[Row] = []
        issues: list[ImportIssue] = []
        path = self._lines_of(folder)
        if path is not None:
            rows, issues = _read_rows(path, f"{folder.name}/{path.parent.name}/{path.name}")
        names = _read_names(folder)
        place = folder if images is None else images / folder.name
        video = _find_video(place if place.is_dir() else folder, info)
        if video is not None:
            yield from _video_item(info, video, rows, issues, names)
            return
        frames = _find_frames(place / info.images)
        yield from _frame_items(info, rows, issues, frames, names)

    def _lines_of(self, folder: Path) -> Path | None:
        truth, detections = folder / "gt" / "gt.txt", folder / "det" / "det.txt"
        order = (truth, detections) if self.lines == "gt" else (detections,)
        return next((path for path in order if path.is_file()), None)


@dataclass(frozen=True, slots=True)
class _Info:
    """What ``seqinfo.ini`` says."""

    name: str
    images: str = "img1"
    suffix: str = ".jpg"
    length: int | None = None
    size: tuple[int, int] | None = None
    issues: tuple[ImportIssue, ...] = field(default=())


def _sequences(root: Path) -> list[Path]:
    """The folders of sequences, sorted: the root itself, or those below it."""
    if _is_sequence(root):
        return [root]
    found = {path.parent for path in walk_files(root) if path.name == "seqinfo.ini"}
    found |= {path.parent.parent for path in walk_files(root) if path.name in {"gt.txt", "det.txt"}}
    return sorted(folder for folder in found if _is_sequence(folder))


def _is_sequence(folder: Path) -> bool:
    lines = (folder / "gt" / "gt.txt", folder / "det" / "det.txt")
    return (folder / "seqinfo.ini").is_file() or any(path.is_file() and _looks_like_lines(path) for path in lines)


def _looks_like_lines(path: Path) -> bool:
    """Whether one of the first lines is a line of this format."""
    try:
        with path.open("rb") as file:
            lines = [line.decode("ascii", "replace").strip().split(",") for line in islice(file, _LINES_LOOKED_AT)]
    except OSError:
        return False
    return any(_FEWEST <= len(one) <= _MOST and all(_number(part) is not None for part in one) for one in lines)


def _read_info(folder: Path) -> _Info:
    path = folder / "seqinfo.ini"
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text("utf-8") if path.is_file() else "[Sequence]\n")
        told = dict(parser["Sequence"])
    except (configparser.Error, UnicodeDecodeError, KeyError) as error:
        reason = f"seqinfo.ini cannot be read: {str(error).splitlines()[0]}"
        issue = ImportIssue(
            f"{folder.name}/seqinfo.ini", "bad_sequence_info", reason, "The lines are read all the same."
        )
        return _Info(folder.name, issues=(issue,))
    width, height, length = (_whole(told.get(key, "")) for key in ("imwidth", "imheight", "seqlength"))
    suffix = told.get("imext", ".jpg").strip()
    return _Info(
        safe_name(told.get("name", folder.name).strip()).replace("/", "_") or folder.name,
        images=safe_name(told.get("imdir", "img1").strip()) or "img1",
        suffix=suffix if suffix.lower() in IMAGE_SUFFIXES else ".jpg",
        length=length,
        size=(width, height) if width and height else None,
    )


def _read_names(folder: Path) -> dict[int, str]:
    """Labels by class number: those of ``gt/labels.txt`` (one a line, from 1), else MOTChallenge's."""
    path = folder / "gt" / "labels.txt"
    if not path.is_file():
        return {}
    lines = path.read_text("utf-8", "replace").splitlines()
    return {at: line.strip() for at, line in enumerate(lines, start=1) if line.strip()}


def _read_rows(path: Path, where: str) -> tuple[list[Row], list[ImportIssue]]:
    rows: list[Row] = []
    issues: list[ImportIssue] = []
    seen: set[tuple[int, int]] = set()
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            row = _parse(line, f"{where}:{number}", issues)
            if row is None:
                continue
            if row.track is not None and (row.frame, row.track) in seen:
                reason = f"object {row.track} is in frame {row.frame + 1} twice"
                issues.append(ImportIssue(f"{where}:{number}", "duplicate_id", reason, "The first line was taken."))
                continue
            if row.track is not None:
                seen.add((row.frame, row.track))
            rows.append(row)
    return sorted(rows, key=lambda row: row.frame), issues


def _parse(line: str, where: str, issues: list[ImportIssue]) -> Row | None:
    parts = [part.strip() for part in line.split(",")]
    if not _FEWEST <= len(parts) <= _MOST:
        reason = f"{len(parts)} columns; a line has {_FEWEST} to {_MOST}"
        issues.append(
            ImportIssue(where, "wrong_columns", reason, "frame,id,left,top,width,height,conf,class,visibility")
        )
        return None
    values = [_number(part) for part in parts]
    known = [value for value in values if value is not None]
    if len(known) < len(values) or known[0] != int(known[0]) or known[0] < 1 or known[1] != int(known[1]):
        issues.append(ImportIssue(where, "not_a_number", f"not a line of numbers: {line.strip()[:80]!r}", "Left out."))
        return None
    left, top, width, height = known[2:6]
    # Pixels count from 1.
    box = (left - 1, top - 1, left - 1 + width, top - 1 + height)
    attributes: dict[str, JsonValue] = {}
    confidence = _confidence(known[6] if len(known) > 6 else -1.0, attributes)
    class_id = None
    if len(known) == _MOST:
        if known[7:] != [-1, -1, -1]:
            attributes["world"] = list[JsonValue](known[7:])
    else:
        class_id = int(known[7]) if len(known) > 7 and known[7] >= 1 else None
        if len(known) > 8 and known[8] != -1:
            attributes["visibility"] = known[8]
    return Row(int(known[0]) - 1, int(known[1]) if known[1] >= 0 else None, box, confidence, class_id, attributes)


def _confidence(value: float, attributes: dict[str, JsonValue]) -> float | None:
    """A share; of the truth, 1 says that it counts and 0 that it does not; other scores are kept as they are."""
    if value == -1:
        return None
    if 0 <= value <= 1:
        return value
    attributes["score"] = value
    return None


def _frame_items(
    info: _Info, rows: list[Row], issues: list[ImportIssue], frames: dict[int, Path], names: dict[int, str]
) -> Iterator[Found]:
    """An item for each frame: of those that are there, that the sequence has, and that lines speak of."""
    yield from (*info.issues, *issues)
    by_frame: dict[int, list[Row]] = {}
    for row in rows:
        by_frame.setdefault(row.frame, []).append(row)
    numbers = {*frames, *by_frame, *range(min(info.length or 0, 1_000_000))}
    for frame in sorted(numbers):
        file = frames.get(frame)
        name = f"{info.name}/{info.images}/{file.name if file else f'{frame + 1:06d}{info.suffix}'}"
        if file is None and frames:
            yield ImportIssue(name, "image_missing", "the frame's image is not there", "Put it back.")
        found: list[ImportIssue] = []
        canvas = canvas_of(file, info.size, where=name, issues=found) or Canvas()
        annotations = [_record(row, canvas, name, found, names) for row in by_frame.get(frame, [])]
        yield from found
        yield ItemRecord(
            name=name,
            file=file,
            width=canvas.width,
            height=canvas.height,
            metadata={"sequence": info.name, "frame": frame + 1},
            annotations=tuple(one for one in annotations if one is not None),
        )


def _record(
    row: Row, canvas: Canvas, where: str, issues: list[ImportIssue], names: dict[int, str]
) -> AnnotationRecord | None:
    box = clean_box(row.box, canvas, where=where, issues=issues)
    if box is None:
        return None
    attributes = dict(row.attributes)
    if row.track is not None:
        attributes["track"] = row.track
    if (box.x0, box.y0, box.x1, box.y1) != row.box:
        # A whole person of whom the picture shows a part: what the truth says goes out again as it came.
        attributes[UNCUT] = list[JsonValue](row.box)
    return AnnotationRecord(_label(row.class_id, names), box, row.confidence, attributes)


def _video_item(
    info: _Info, video: Path, rows: list[Row], issues: list[ImportIssue], names: dict[int, str]
) -> Iterator[Found]:
    """One item with a track for each object; lines without an object's number have no place in a video."""
    yield from (*info.issues, *issues)
    name = f"{info.name}/{video.name}"
    loose = sum(row.track is None for row in rows)
    if loose:
        reason = f"{loose} lines have no object's number; a video holds tracks"
        yield ImportIssue(name, "line_without_track", reason, "Import the frames as images instead.")
    by_track: dict[int, list[Row]] = {}
    for row in rows:
        if row.track is not None:
            by_track.setdefault(row.track, []).append(row)
    found: list[ImportIssue] = []
    canvas = _canvas_of_video(info, video)
    tracks = [_track(number, mine, canvas, name, found, names) for number, mine in sorted(by_track.items())]
    yield from found
    yield ItemRecord(
        name=name,
        file=video,
        metadata={"sequence": info.name},
        annotations=tuple(one for one in tracks if one is not None),
    )


def _canvas_of_video(info: _Info, video: Path) -> Canvas:
    # Late: decoding, which most imports do without.
    from whorl.base.errors import UnreadableMedia
    from whorl.datasets.video.indexing import build_index

    try:
        facts = build_index(str(video)).facts
    except UnreadableMedia:
        return Canvas(*info.size) if info.size else Canvas()
    return Canvas(facts.width, facts.height)


def _track(
    number: int, rows: list[Row], canvas: Canvas, where: str, issues: list[ImportIssue], names: dict[int, str]
) -> AnnotationRecord | None:
    keyframes: list[Keyframe] = []
    uncut: dict[str, JsonValue] = {}
    for at, row in enumerate(rows):
        box: Box | None = clean_box(row.box, canvas, where=f"{where}, frame {row.frame + 1}", issues=issues)
        if box is None:
            continue
        if (box.x0, box.y0, box.x1, box.y1) != row.box:
            uncut[str(row.frame)] = list[JsonValue](row.box)
        keyframes.append(Keyframe(frame=row.frame, shape=box, by="import", confidence=row.confidence))
        if at + 1 == len(rows) or rows[at + 1].frame > row.frame + 1:
            keyframes.append(Keyframe(frame=row.frame + 1, is_outside=True, by="import"))
    if not keyframes:
        return None
    attributes: dict[str, JsonValue] = {"track": number} | ({UNCUT: uncut} if uncut else {})
    return AnnotationRecord(_label(rows[0].class_id, names), Track(keyframes=keyframes), None, attributes)


def _label(class_id: int | None, names: dict[int, str]) -> str:
    if class_id is None:
        return names.get(1, CLASSES[0])
    if class_id in names:
        return names[class_id]
    return CLASSES[class_id - 1] if class_id <= len(CLASSES) and not names else f"class_{class_id}"


def _find_frames(folder: Path) -> dict[int, Path]:
    """Images by frame from 0: by the number that is their name, else in their order."""
    paths = [path for path in sorted(folder.glob("*")) if path.suffix.lower() in IMAGE_SUFFIXES and path.is_file()]
    numbers = [_whole(path.stem) for path in paths]
    if all(number is not None and number >= 1 for number in numbers) and len(set(numbers)) == len(numbers):
        return {number - 1: path for number, path in zip(numbers, paths, strict=True) if number is not None}
    return dict(enumerate(paths))


def _find_video(folder: Path, info: _Info) -> Path | None:
    if (folder / info.images).is_dir():
        return None
    for path in sorted(one for one in folder.glob("*") if one.is_file()):
        with path.open("rb") as file:
            if sniff_video(file.read(64)) is not None:
                return path
    return None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _whole(text: str) -> int | None:
    return int(text) if text.strip().isascii() and text.strip().isdigit() and len(text.strip()) < 16 else None
