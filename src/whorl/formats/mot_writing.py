"""Write MOTChallenge 2D sequences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from whorl.base.errors import JsonValue
from whorl.formats.contract import WriteReport
from whorl.formats.export import Tally, full_disk_named
from whorl.geometry.tracks import shape_at
from whorl.schemas.annotations import Box, Track
from whorl.schemas.records import AnnotationRecord, ItemRecord

CLASSES = (
    "pedestrian",
    "person_on_vehicle",
    "car",
    "bicycle",
    "motorbike",
    "non_motorized_vehicle",
    "static_person",
    "distractor",
    "occluder",
    "occluder_on_ground",
    "occluder_full",
    "reflection",
    "crowd",
)
"""MOTChallenge's classes, from 1."""
UNCUT = "uncut_box"
"""The attribute that keeps a box (of a track: boxes by frame) as it was before it was cut at the picture's edge."""
_VIDEOS = frozenset((".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v"))
_EDGE_PX = 0.01

Edges = tuple[float, float, float, float]


@dataclass
class _Sequence:
    """What was written of one sequence so far."""

    length: int = 0
    size: tuple[int, int] | None = None
    suffix: str = ".jpg"
    last_frame: int = -1
    ids: dict[str, int] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)


@dataclass
class _Labels:
    """Class numbers by label: MOTChallenge's while all labels are among them, else in the order of coming."""

    numbers: dict[str, int] = field(default_factory=lambda: {name: at for at, name in enumerate(CLASSES, start=1)})

    def number_of(self, label: str) -> int:
        return self.numbers.setdefault(label, len(self.numbers) + 1)


def write_mot(items: Iterable[ItemRecord], out: Path, *, copy_images: bool) -> WriteReport:
    """Write items as sequences: a video each one, images one for each folder; boxes and tracks of boxes.

    Raises:
        StorageFull: The disk is full.
    """
    tally, labels = Tally(), _Labels()
    sequences: dict[str, _Sequence] = {}
    with full_disk_named(out):
        out.mkdir(parents=True, exist_ok=True)
        for item in items:
            name = tally.take_name(item)
            if name is None:
                continue
            if PurePosixPath(name).suffix.lower() in _VIDEOS:
                _write_video(item, name, out, sequences, labels, tally, copy_images)
            else:
                _write_frame(item, name, out, sequences, labels, tally, copy_images)
        for called, sequence in sequences.items():
            _write_info(out / called, called, sequence, labels)
    return tally.report()


def _write_frame(
    item: ItemRecord,
    name: str,
    out: Path,
    sequences: dict[str, _Sequence],
    labels: _Labels,
    tally: Tally,
    copy_images: bool,
) -> None:
    path = PurePosixPath(name)
    called = _sequence_name(path)
    sequence = sequences.setdefault(called, _Sequence())
    frame = _frame_of(path, sequence)
    sequence.last_frame, sequence.length = frame, max(sequence.length, frame + 1)
    sequence.suffix = path.suffix or ".jpg"
    if item.width and item.height:
        sequence.size = (item.width, item.height)
    lines: dict[str, list[str]] = {"gt": [], "det": []}
    for annotation in item.annotations:
        box = annotation.geometry
        if not isinstance(box, Box):
            tally.unsupported(item, box, "MOT")
            continue
        track = annotation.attributes.get("track")
        number = -1 if track is None else _number_of(str(track), sequence.ids)
        edges = _edges(box, annotation.attributes.get(UNCUT), item)
        line = _line(frame, number, edges, annotation, annotation.confidence, labels)
        lines["det" if track is None else "gt"].append(line)
        tally.annotations += 1
    _append(out / called, sequence, lines)
    if copy_images:
        tally.copy_file(item, out / called / "img1" / f"{frame + 1:06d}{path.suffix}")


def _write_video(
    item: ItemRecord,
    name: str,
    out: Path,
    sequences: dict[str, _Sequence],
    labels: _Labels,
    tally: Tally,
    copy_images: bool,
) -> None:
    path = PurePosixPath(name)
    called = path.stem if path.parent.name in ("", path.stem) else f"{path.parent.name}_{path.stem}"
    called = path.parent.name if item.metadata.get("sequence") == path.parent.name and path.parent.name else called
    while called in sequences:
        called += "_"
    sequence = sequences.setdefault(called, _Sequence())
    sequence.size = (item.width, item.height) if item.width and item.height else None
    n_frames = _count_frames(item)
    lines: list[tuple[int, str]] = []
    for annotation in item.annotations:
        track = annotation.geometry
        if not isinstance(track, Track) or not _is_of_boxes(track):
            tally.unsupported(item, track, "MOT")
            continue
        wanted = str(annotation.attributes.get("track", f"new {len(sequence.ids)}"))
        number = _number_of(wanted, sequence.ids)
        uncut = annotation.attributes.get(UNCUT)
        stop = n_frames if n_frames is not None else track.keyframes[-1].frame + 1
        for frame in range(track.keyframes[0].frame, stop):
            box = shape_at(track, frame)
            if isinstance(box, Box):
                edges = _edges(box, uncut.get(str(frame)) if isinstance(uncut, dict) else None, item)
                lines.append((frame, _line(frame, number, edges, annotation, annotation.confidence, labels)))
        tally.annotations += 1
    sequence.length = n_frames or max((frame + 1 for frame, _ in lines), default=0)
    in_order = [line for _, line in sorted(lines, key=lambda one: one[0])]
    _append(out / called, sequence, {"gt": in_order, "det": []})
    if copy_images:
        tally.copy_file(item, out / called / path.name)


def _sequence_name(path: PurePosixPath) -> str:
    parts = [part for part in path.parts[:-1] if part not in ("img1", "images")]
    return "_".join(parts) or "sequence"


def _frame_of(path: PurePosixPath, sequence: _Sequence) -> int:
    """From the number that is the image's name; else the next."""
    if path.stem.isascii() and path.stem.isdigit() and len(path.stem) < 10 and int(path.stem) > sequence.last_frame + 1:
        return int(path.stem) - 1
    return sequence.last_frame + 1


def _number_of(track: str, ids: dict[str, int]) -> int:
    """Numbers stay as they are; names get the next that is free."""
    if track not in ids:
        is_number = track.isascii() and track.isdigit() and len(track) < 10
        taken = set(ids.values())
        if is_number and int(track) not in taken:
            ids[track] = int(track)
        else:
            ids[track] = max(taken, default=0) + 1
    return ids[track]


def _edges(box: Box, uncut: JsonValue, item: ItemRecord) -> Edges:
    """The box as it was before it was cut, as long as nobody moved what is left of it."""
    mine = (box.x0, box.y0, box.x1, box.y1)
    if not isinstance(uncut, list) or len(uncut) != 4:
        return mine
    whole = [float(value) if isinstance(value, int | float) else 0.0 for value in uncut]
    width, height = item.width or box.x1, item.height or box.y1
    cut = (max(whole[0], 0.0), max(whole[1], 0.0), min(whole[2], width), min(whole[3], height))
    is_same = all(abs(a - b) <= _EDGE_PX for a, b in zip(cut, mine, strict=True))
    return (whole[0], whole[1], whole[2], whole[3]) if is_same else mine


def _line(
    frame: int,
    number: int,
    edges: Edges,
    annotation: AnnotationRecord,
    confidence: float | None,
    labels: _Labels,
) -> str:
    x0, y0, x1, y1 = edges
    score = annotation.attributes.get("score") if confidence is None else confidence
    # The truth says 1 where a box counts; who is not asked is sure.
    shown = score if isinstance(score, int | float) else (1 if number >= 0 else -1)
    seen = annotation.attributes.get("visibility", 1)
    values = (x0 + 1, y0 + 1, x1 - x0, y1 - y0, shown)
    visibility = seen if isinstance(seen, int | float) else 1
    texts = [*(_text(value) for value in values), str(labels.number_of(annotation.label)), _text(visibility)]
    return f"{frame + 1},{number},{','.join(texts)}\n"


def _text(value: float) -> str:
    rounded = round(float(value), 6)
    return str(int(rounded)) if rounded == int(rounded) else repr(rounded)


def _append(folder: Path, sequence: _Sequence, lines: dict[str, list[str]]) -> None:
    for kind, mine in lines.items():
        if mine or kind == "gt":
            target = folder / kind / f"{kind}.txt"
            target.parent.mkdir(parents=True, exist_ok=True)
            # What an earlier export left there is replaced.
            with target.open("a" if kind in sequence.begun else "w", encoding="utf-8") as file:
                file.writelines(mine)
            sequence.begun.add(kind)


def _write_info(folder: Path, called: str, sequence: _Sequence, labels: _Labels) -> None:
    said = [f"name={called}", "imDir=img1", f"seqLength={sequence.length}", f"imExt={sequence.suffix}"]
    if sequence.size is not None:
        said += [f"imWidth={sequence.size[0]}", f"imHeight={sequence.size[1]}"]
    (folder / "seqinfo.ini").write_text("[Sequence]\n" + "\n".join(said) + "\n", "utf-8")
    if len(labels.numbers) > len(CLASSES):
        lines = [" ".join(label.split()) for label in labels.numbers]
        (folder / "gt" / "labels.txt").write_text("\n".join(lines) + "\n", "utf-8")


def _is_of_boxes(track: Track) -> bool:
    return all(isinstance(one.shape, Box) for one in track.keyframes if one.shape is not None)


def _count_frames(item: ItemRecord) -> int | None:
    """How many frames the video has; None when it is not there or does not decode."""
    # Late: decoding, which most exports do without.
    from whorl.base.errors import UnreadableMedia
    from whorl.datasets.video.indexing import build_index

    if item.file is None or not item.file.is_file():
        return None
    try:
        return build_index(str(item.file)).n_frames
    except UnreadableMedia:
        return None
