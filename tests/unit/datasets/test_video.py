"""Pictures out of videos: which, when, and what is refused."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from whorl.base.errors import UnreadableMedia
from whorl.datasets.imageheader import sniff_video
from whorl.datasets.media import inspect
from whorl.datasets.video.stills import FrameRule, choose_stills_body, read_stills_body

SHADES = (20, 20, 20, 20, 20, 220, 220, 220, 220, 220, 120, 120)
EVERYTHING = FrameRule(every_frames=1, every_seconds=None, scene=None, at_most=5000)


def make_video(
    path: Path, shades: tuple[int, ...] = SHADES, *, fps: float = 5.0, size: tuple[int, int] = (96, 64)
) -> Path:
    """A video of plain grey frames."""
    code = cv2.VideoWriter.fourcc(*("mp4v" if path.suffix == ".mp4" else "MJPG"))
    writer = cv2.VideoWriter(str(path), code, fps, size)
    assert writer.isOpened()
    for shade in shades:
        writer.write(np.full((size[1], size[0], 3), shade, np.uint8))
    writer.release()
    return path


@pytest.fixture(params=[".mp4", ".avi"])
def video(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return make_video(tmp_path / f"grey{request.param}")


def _frames(path: Path, **rule: float | int | str | None) -> list[tuple[int, float]]:
    given: dict[str, float | int | str | None] = {
        "every_frames": None,
        "every_seconds": None,
        "scene": None,
        "at_most": 5000,
    }
    made = FrameRule(**(given | rule))  # type: ignore[arg-type]
    return [(still.frame, round(still.time_s, 2)) for still in choose_stills_body(str(path), made)]


def test_choose_stills__every_so_many_frames(video: Path) -> None:
    assert _frames(video, every_frames=5) == [(0, 0.0), (5, 1.0), (10, 2.0)]
    assert len(_frames(video, every_frames=1)) == 12
    assert _frames(video, every_frames=100) == [(0, 0.0)]


def test_choose_stills__every_so_many_seconds(video: Path) -> None:
    assert _frames(video, every_seconds=0.9) == [(0, 0.0), (5, 1.0), (9, 1.8)]
    assert _frames(video, every_seconds=1) == [(0, 0.0), (5, 1.0), (10, 2.0)]
    assert _frames(video, every_seconds=100) == [(0, 0.0)]


def test_choose_stills__scenes(video: Path) -> None:
    assert _frames(video, scene=0.3) == [(0, 0.0), (5, 1.0), (10, 2.0)]


def test_choose_stills__a_flicker_is_one_scene(tmp_path: Path) -> None:
    flicker = make_video(tmp_path / "flicker.avi", (20, 20, 220, 20, 220, 220, 220, 220, 20, 20), fps=10.0)
    assert [frame for frame, _ in _frames(flicker, scene=0.3)] == [0, 5]


def test_choose_stills__at_most_so_many_evenly(video: Path) -> None:
    assert [frame for frame, _ in _frames(video, every_frames=1, at_most=4)] == [0, 3, 6, 9]
    assert [frame for frame, _ in _frames(video, every_frames=1, at_most=1)] == [0]


def test_read_stills__gives_the_frames_that_were_chosen(video: Path) -> None:
    stills = [still for still in choose_stills_body(str(video), EVERYTHING) if still.frame in (4, 5, 11)]
    found = read_stills_body(str(video), stills, "png")
    shades = []
    for _, piece in found:
        pixels = cv2.imdecode(np.frombuffer(piece.data, np.uint8), cv2.IMREAD_COLOR)
        assert pixels is not None
        assert (piece.width, piece.height, piece.media_type) == (96, 64, "image/png")
        shades.append(float(pixels.mean()))
    assert [still.frame for still, _ in found] == [4, 5, 11]
    assert shades == pytest.approx([20, 220, 120], abs=12)


def test_inspect__a_video_is_known_by_its_first_frame(video: Path) -> None:
    looked = inspect(video.read_bytes())
    assert (looked.info.width, looked.info.height) == (96, 64)
    assert looked.info.media_type == ("video/mp4" if video.suffix == ".mp4" else "video/x-msvideo")
    assert looked.health.brightness == pytest.approx(20, abs=12)
    assert looked.thumbnail.startswith(b"\xff\xd8")


def test_inspect__frames_that_are_too_large(video: Path) -> None:
    with pytest.raises(UnreadableMedia, match="96 x 64 pixels; 1,000 are allowed"):
        inspect(video.read_bytes(), max_pixels=1000)


def _truncated(path: Path) -> Path:
    path.write_bytes(make_video(path).read_bytes()[:400])
    return path


def _no_frames(path: Path) -> Path:
    return make_video(path, ())


def _text(path: Path) -> Path:
    path.write_bytes(b"\0\0\0\x18ftypmp42" + b"nothing at all " * 20)
    return path


def _empty(path: Path) -> Path:
    path.write_bytes(b"")
    return path


def _sound_only(path: Path) -> Path:
    import wave

    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * 800)
    return path


@pytest.mark.parametrize("make", [_truncated, _no_frames, _text, _empty, _sound_only])
@pytest.mark.parametrize("rule", [EVERYTHING, FrameRule(None, 1.0, None, 5), FrameRule(None, None, 0.3, 5)])
def test_choose_stills__what_is_no_video_is_said(make: object, rule: FrameRule, tmp_path: Path) -> None:
    assert callable(make)
    path = make(tmp_path / "bad.mp4")
    with pytest.raises(UnreadableMedia) as caught:
        choose_stills_body(str(path), rule)
    # Where files lie is nobody's business.
    assert "bad.mp4" not in caught.value.message


def test_read_stills__without_a_key_frame(tmp_path: Path) -> None:
    import av

    whole, cut = make_video(tmp_path / "whole.mp4"), tmp_path / "cut.mp4"
    with av.open(str(whole)) as source, av.open(str(cut), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        packets = [packet for packet in source.demux(video=0) if packet.size]
        for packet in packets[1:5]:
            packet.stream = stream
            target.mux(packet)
    # Nothing that decodes may be made up of it; whatever does decode has the right size.
    try:
        stills = choose_stills_body(str(cut), EVERYTHING)
        found = read_stills_body(str(cut), stills, "jpeg")
    except UnreadableMedia:
        return
    assert all((piece.width, piece.height) == (96, 64) for _, piece in found)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\0\0\0\x18ftypisom", "video/mp4"),
        (b"\0\0\0\x18ftypqt  ", "video/quicktime"),
        (b"\0\0\0\x18ftypavif", None),
        (b"\0\0\0\x18ftypheic", None),
        (b"\x1aE\xdf\xa3....webm", "video/webm"),
        (b"\x1aE\xdf\xa3....matroska", "video/x-matroska"),
        (b"RIFF\0\0\0\0AVI ", "video/x-msvideo"),
        (b"RIFF\0\0\0\0WEBP", None),
        (b"", None),
    ],
)
def test_sniff_video(head: bytes, expected: str | None) -> None:
    assert sniff_video(head) == expected


@pytest.mark.shared
def test_real_video__a_road_seen_once_a_second(shared_dir: Path) -> None:
    path = str(shared_dir / "data" / "intel_videos" / "car-detection.mp4")
    stills = choose_stills_body(path, FrameRule(None, 1.0, None, 1000))
    assert [round(still.time_s) for still in stills] == list(range(31))
    found = read_stills_body(path, stills[20:22], "jpeg")
    assert [(still.frame, piece.width, piece.height) for still, piece in found] == [
        (stills[20].frame, 768, 432),
        (stills[21].frame, 768, 432),
    ]


def _moving(path: Path) -> Path:
    """Still, then a square that wanders through from frame 20 to 40, then still; the light wanders all the time."""
    from whorl.testing.videos import write_video

    def picture(at: int) -> np.ndarray:
        pixels = np.full((120, 160, 3), 90 + 20 * (at % 7) // 7, np.uint8)
        if 20 <= at < 40:
            left = (at - 20) * 6
            pixels[40:80, left : left + 40] = 240
        return pixels

    return write_video(path, (picture(at) for at in range(60)), rate=10)


def test_choose_stills__motion(tmp_path: Path) -> None:
    taken = [frame for frame, _ in _frames(_moving(tmp_path / "a.mp4"), motion=0.05)]
    assert taken[:2] == [0, 20]
    assert taken[-1] == 40
    assert 5 <= len(taken) <= 20
    assert all(20 <= frame <= 40 for frame in taken[1:])


def test_choose_stills__a_budget_is_spent_where_something_moves(tmp_path: Path) -> None:
    path = _moving(tmp_path / "a.mp4")
    motion = [frame for frame, _ in _frames(path, budget=8, spread="motion")]
    assert len(motion) == 8
    assert sum(19 <= frame <= 41 for frame in motion) >= 6
    novel = [frame for frame, _ in _frames(path, budget=4, spread="novelty")]
    assert len(novel) == 4
    assert sum(20 <= frame < 40 for frame in novel) == 3
    assert [frame for frame, _ in _frames(path, budget=4, spread="time")] == [0, 15, 30, 45]
    assert len(_frames(path, budget=60)) == len(_frames(path, budget=1000)) == 60
    assert len(_frames(path, budget=1)) == 1


def test_choose_stills__a_budget_where_nothing_moves_is_spent_evenly(tmp_path: Path) -> None:
    still = make_video(tmp_path / "a.avi", (90,) * 40)
    taken = [frame for frame, _ in _frames(still, budget=4)]
    assert len(taken) == 4
    assert max(b - a for a, b in zip(taken, taken[1:], strict=False)) <= 15


@pytest.mark.shared
def test_real_video__motion_finds_the_cars(shared_dir: Path) -> None:
    """Nothing but the road is seen in the first seconds; every frame that is taken shows a change."""
    path = str(shared_dir / "data" / "intel_videos" / "car-detection.mp4")
    moving = choose_stills_body(path, FrameRule(motion=0.02, at_most=1000))
    budget = choose_stills_body(path, FrameRule(budget=12, at_most=12))
    assert 10 < len(moving) < 377
    assert len(budget) == 12
    assert [still.frame for still in budget] == sorted({still.frame for still in budget})
