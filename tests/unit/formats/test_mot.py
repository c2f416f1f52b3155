"""MOTChallenge 2D: what goes in comes out, and scores the same."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from whorl.base.errors import FormatError
from whorl.formats import detect_format, get_format
from whorl.formats.mot import MotFormat
from whorl.schemas.annotations import Box, Keyframe, Points, Polygon, Track
from whorl.schemas.records import AnnotationRecord, ImportIssue, ItemRecord
from whorl.testing.videos import numbered_frames, write_video

PUBLISHED = {"TUD-Campus": (55.8, 52.6, 7, 13, 150), "TUD-Stadtmitte": (64.5, 56.4, 7, 45, 452)}


def read(root: Path, **options: object) -> tuple[list[ItemRecord], list[ImportIssue]]:
    found = list(MotFormat(**options).read(root))  # type: ignore[arg-type]
    return [one for one in found if isinstance(one, ItemRecord)], [one for one in found if isinstance(one, ImportIssue)]


def lines_by_frame(path: Path) -> dict[int, list[list[float]]]:
    found: dict[int, list[list[float]]] = {}
    for line in path.read_text().splitlines():
        values = [float(part) for part in line.split(",")]
        found.setdefault(int(values[0]), []).append(values)
    return found


def score(truth: Path, found: Path) -> tuple[float, float, int, int, int]:
    """IDF1, MOTA, switches, false positives and misses, by motmetrics."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import motmetrics

        true, mine = lines_by_frame(truth), lines_by_frame(found)
        account = motmetrics.MOTAccumulator(auto_id=False)
        for frame in sorted(true.keys() | mine.keys()):
            ours = [row for row in true.get(frame, []) if row[6] != 0]
            theirs = mine.get(frame, [])
            ids = [int(row[1]) for row in ours], [int(row[1]) for row in theirs]
            account.update(*ids, distances([r[2:6] for r in ours], [r[2:6] for r in theirs]), frameid=frame)
        names = ["idf1", "mota", "num_switches", "num_false_positives", "num_misses"]
        row = motmetrics.metrics.create().compute(account, metrics=names, name="it").iloc[0]
    idf1, mota, *counts = [float(row[name]) for name in names]
    return (round(idf1 * 100, 1), round(mota * 100, 1), *(int(count) for count in counts))  # type: ignore[return-value]


def distances(ours: Sequence[Sequence[float]], theirs: Sequence[Sequence[float]]) -> np.ndarray:
    """1 less the overlap; not to be matched below an overlap of a half."""
    made = np.full((len(ours), len(theirs)), np.nan)
    for i, (x, y, w, h) in enumerate(ours):
        for j, (left, top, wide, high) in enumerate(theirs):
            across = max(min(x + w, left + wide) - max(x, left), 0)
            down = max(min(y + h, top + high) - max(y, top), 0)
            overlap = across * down / (w * h + wide * high - across * down)
            made[i, j] = 1 - overlap if overlap >= 0.5 else np.nan
    return made


@pytest.mark.shared
@pytest.mark.parametrize("name", PUBLISHED)
def test_mot__the_published_scores_before_and_after_a_round_trip(name: str, shared_dir: Path, tmp_path: Path) -> None:
    base = shared_dir / "cases" / "mot_tud" / "train"
    truth, tracker = base / name / "gt" / "gt.txt", base / "results" / f"{name}.txt"
    assert score(truth, tracker) == PUBLISHED[name]
    for source, out in ((base / name, tmp_path / "truth"), (tracker, tmp_path / "tracker")):
        items, issues = read(source)
        assert issues == []
        report = MotFormat().write(items, out)
        assert report.skipped == ()
    written = tmp_path / "truth" / name / "gt" / "gt.txt", tmp_path / "tracker" / name / "gt" / "gt.txt"
    assert score(*written) == PUBLISHED[name]
    for mine, theirs in zip(written, (truth, tracker), strict=True):
        before, after = lines_by_frame(theirs), lines_by_frame(mine)
        assert before.keys() == after.keys()
        for frame, rows in before.items():
            assert np.allclose(sorted(row[:6] for row in rows), sorted(row[:6] for row in after[frame]), atol=1e-5)


@pytest.mark.shared
def test_mot__a_folder_of_sequences_is_known(shared_dir: Path) -> None:
    root = shared_dir / "cases" / "mot_tud" / "train"
    assert detect_format(root).name == "mot"
    items, issues = read(root)
    assert issues == []
    assert [sum(one.metadata["sequence"] == name for one in items) for name in PUBLISHED] == [71, 179]
    first = items[0]
    assert (first.name, first.metadata["frame"]) == ("TUD-Campus/img1/000001.jpg", 1)
    assert first.annotations[0] == AnnotationRecord(
        "pedestrian", Box(x0=398, y0=181, x1=519, y1=410), 1.0, {"track": 1}
    )


def sequence(root: Path, lines: str, *, frames: int = 3, info: str | None = None) -> Path:
    folder = root / "walk"
    (folder / "gt").mkdir(parents=True)
    (folder / "img1").mkdir()
    (folder / "gt" / "gt.txt").write_text(lines)
    if info is not None:
        (folder / "seqinfo.ini").write_text(info)
    for number in range(1, frames + 1):
        Image.new("RGB", (100, 50), (number, 0, 0)).save(folder / "img1" / f"{number:06d}.png")
    return folder


def test_mot__images_with_class_and_visibility(tmp_path: Path) -> None:
    root = sequence(tmp_path / "in", "1,7,11,6,20,30,1,3,0.5\n3,7,91,6,20,30,0,3,1\n3,8,1,1,5,5,1,12,-1\n")
    items, issues = read(root)
    assert issues == [ImportIssue("walk/img1/000003.png", "box_clipped", *issues[0].__getstate__()[2:])]
    assert [one.name for one in items] == [f"walk/img1/{at:06d}.png" for at in (1, 2, 3)]
    assert items[0].annotations == (
        AnnotationRecord("car", Box(x0=10, y0=5, x1=30, y1=35), 1.0, {"visibility": 0.5, "track": 7}),
    )
    cut, other = items[2].annotations
    assert cut.geometry == Box(x0=90, y0=5, x1=100, y1=35)
    assert cut.confidence == 0.0
    assert other.label == "reflection"
    MotFormat().write(items, tmp_path / "out")
    out = tmp_path / "out" / "walk"
    assert (out / "gt" / "gt.txt").read_text() == ("1,7,11,6,20,30,1,3,0.5\n3,7,91,6,20,30,0,3,1\n3,8,1,1,5,5,1,12,1\n")
    assert "imWidth=100" in (out / "seqinfo.ini").read_text()
    assert read(out)[0][2].annotations[0] == cut
    assert sorted(path.name for path in (out / "img1").iterdir()) == ["000001.png", "000002.png", "000003.png"]


def test_mot__a_box_that_was_moved_goes_out_as_it_is(tmp_path: Path) -> None:
    moved = AnnotationRecord("car", Box(x0=80, y0=5, x1=100, y1=35), None, {"track": 1, "uncut_box": [90, 5, 110, 35]})
    item = ItemRecord("walk/img1/000001.png", width=100, height=50, annotations=(moved,))
    MotFormat().write([item], tmp_path)
    assert (tmp_path / "walk" / "gt" / "gt.txt").read_text() == "1,1,81,6,20,30,1,3,1\n"


def test_mot__a_video_has_tracks(tmp_path: Path) -> None:
    folder = tmp_path / "in" / "walk"
    (folder / "gt").mkdir(parents=True)
    write_video(folder / "walk.mp4", numbered_frames(6))
    lines = "1,4,1,1,10,10,1,1,1\n2,4,3,1,10,10,1,1,1\n5,4,91,1,10,10,1,1,1\n6,4,93,1,10,10,1,1,1\n"
    (folder / "gt" / "gt.txt").write_text(lines + "2,-1,1,1,5,5,0.5,1,1\n")
    items, issues = read(folder)
    assert sorted(one.code for one in issues) == ["box_clipped", "box_clipped", "line_without_track"]
    ((record,),) = (one.annotations for one in items)
    track = record.geometry
    assert isinstance(track, Track)
    assert [(one.frame, one.is_outside) for one in track.keyframes] == [
        (0, False),
        (1, False),
        (2, True),
        (4, False),
        (5, False),
        (6, True),
    ]
    MotFormat().write(items, tmp_path / "out")
    assert (tmp_path / "out" / "walk" / "gt" / "gt.txt").read_text() == lines
    assert (tmp_path / "out" / "walk" / "walk.mp4").is_file()


def test_mot__a_track_stays_to_the_end_of_its_video(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", numbered_frames(5))
    keyframes = [
        Keyframe(frame=1, shape=Box(x0=0, y0=0, x1=10, y1=10)),
        Keyframe(frame=3, shape=Box(x0=4, y0=0, x1=14, y1=10)),
    ]
    record = AnnotationRecord("dog", Track(keyframes=keyframes))
    points = AnnotationRecord("dog", Track(keyframes=[Keyframe(frame=0, shape=Points(points=[(1, 1)]))]))
    report = MotFormat().write([ItemRecord("a.mp4", video, annotations=(record, points))], tmp_path / "out")
    rows = (tmp_path / "out" / "a" / "gt" / "gt.txt").read_text().splitlines()
    assert rows == [f"{frame},1,{left},1,10,10,1,14,1" for frame, left in ((2, 1), (3, 3), (4, 5), (5, 5))]
    assert (tmp_path / "out" / "a" / "gt" / "labels.txt").read_text().splitlines()[13] == "dog"
    assert [one.code for one in report.skipped] == ["geometry_not_supported"]


def test_mot__detections_have_no_number(tmp_path: Path) -> None:
    box, ring = Box(x0=0, y0=0, x1=10, y1=10), Polygon(rings=[[(0, 0), (1, 0), (1, 1)]])
    loose = (AnnotationRecord("car", box, 0.25), AnnotationRecord("car", ring))
    report = MotFormat().write([ItemRecord("a/x.jpg", annotations=loose), ItemRecord("a/y.jpg")], tmp_path)
    assert (tmp_path / "a" / "det" / "det.txt").read_text() == "1,-1,1,1,10,10,0.25,3,1\n"
    assert [one.code for one in report.skipped] == ["geometry_not_supported"]
    items, _ = read(tmp_path / "a", lines="det")
    assert items[0].annotations == (AnnotationRecord("car", box, 0.25, {"visibility": 1}),)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("1,2,3", "wrong_columns"),
        ("1,2,a,4,5,6,1", "not_a_number"),
        ("0,2,3,4,5,6,1", "not_a_number"),
        ("1,1,nan,4,5,6,1", "not_a_number"),
        ("1,1,3,4,0,6,1", "zero_area_box"),
        ("1,1,300,4,5,6,1", "box_outside_image"),
        ("2,5,1,1,5,5,1\n2,5,1,1,6,6,1", "duplicate_id"),
        ("9,5,1,1,5,5,1", "image_missing"),
    ],
)
def test_mot__bad_lines_are_told_and_the_rest_goes_in(line: str, code: str, tmp_path: Path) -> None:
    items, issues = read(sequence(tmp_path, f"{line}\n1,9,1,1,10,10,1,1,1\n"))
    assert [one.code for one in issues] == [code]
    assert 9 in [one.attributes["track"] for one in items[0].annotations]


def test_mot__other_trouble(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no sequence"):
        read(tmp_path)
    _, issues = read(sequence(tmp_path, "1,9,1,1,10,10,1,1,1\n", info="no section"))
    assert [one.code for one in issues] == ["bad_sequence_info"]
    items, _ = read(
        sequence(tmp_path / "b", "1,9,1,1,10,10,35.2,1,1\n", info="[Sequence]\nname=../../x\nimDir=../img1\n")
    )
    assert items[0].name == "x/img1/000001.png"
    assert items[0].annotations[0].attributes["score"] == 35.2
    assert get_format("mot").name == "mot"
