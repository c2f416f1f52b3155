"""Frame n is the same picture however one comes to it."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from whorl.base.errors import NotFound, UnreadableMedia
from whorl.datasets.video.indexing import FrameIndex, build_index, decode_index, encode_index, index_body
from whorl.datasets.video.opening import upright_pixels
from whorl.datasets.video.reading import FrameReader, read_frame_body
from whorl.testing.videos import CLOCK, numbered_frames, read_number, write_video

COUNT = 40
KINDS = {
    "mp4 with key frames only now and then": ("a.mp4", "mpeg4", 0),
    "mp4 with frames stored out of order": ("b.mp4", "mpeg4", 2),
    "h264 with frames stored out of order": ("c.mp4", "libx264", 3),
    "matroska": ("d.mkv", "libx264", 2),
    "webm": ("e.webm", "libvpx-vp9", 0),
    "avi": ("f.avi", "mpeg4", 2),
    "motion jpeg": ("g.avi", "mjpeg", 0),
    "transport stream": ("h.ts", "libx264", 2),
}


def numbers(reader: FrameReader, wanted: list[int]) -> list[tuple[int, int]]:
    return [(number, read_number(upright_pixels(frame))) for number, frame in reader.read(wanted)]


@pytest.fixture(scope="module", params=KINDS.values(), ids=KINDS)
def video(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    name, codec, b_frames = request.param
    path = tmp_path_factory.mktemp("videos") / name
    return write_video(path, numbered_frames(COUNT), codec=codec, b_frames=b_frames)


def test_read__every_frame_in_order_without_a_jump(video: Path) -> None:
    index = build_index(str(video))
    reader = FrameReader(str(video), index)
    assert index.n_frames == COUNT
    assert numbers(reader, list(range(COUNT))) == [(at, at) for at in range(COUNT)]
    assert reader.seeks == 1
    assert index.facts.rate == pytest.approx(10, rel=0.05)
    assert index.facts.duration_s == pytest.approx(COUNT / 10, rel=0.05)
    assert (index.facts.width, index.facts.height, index.facts.is_variable) == (96, 64, False)


def test_read__any_frame_is_the_one_that_order_gives(video: Path) -> None:
    index = build_index(str(video))
    whole = {number: upright_pixels(frame) for number, frame in FrameReader(str(video), index).read(range(COUNT))}
    wanted = random.Random(0).sample(range(COUNT), 24)
    reader = FrameReader(str(video), index)
    for number in wanted:
        ((found, frame),) = reader.read([number])
        assert found == number
        assert np.array_equal(upright_pixels(frame), whole[number])


def test_index__comes_back_as_it_was(video: Path) -> None:
    index = build_index(str(video))
    back = decode_index(encode_index(index))
    assert back.facts == index.facts
    assert back.base == index.base
    assert [part.tolist() for part in (back.keys, back.starts)] == [index.keys.tolist(), index.starts.tolist()]
    assert (None if back.times is None else back.times.tolist()) == (
        None if index.times is None else index.times.tolist()
    )


def test_decode_index__damaged(tmp_path: Path) -> None:
    good = encode_index(build_index(str(write_video(tmp_path / "a.mp4", numbered_frames(3)))))
    for bad in (b"", b"WHVI", good[:40], good[:-4], b"XXXX" + good[4:]):
        with pytest.raises(UnreadableMedia, match="damaged"):
            decode_index(bad)


def test_read__in_chunks_as_a_player_does(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", numbered_frames(COUNT), codec="libx264", b_frames=2, key_every=100)
    reader = FrameReader(str(path), build_index(str(path)))
    for start in range(0, COUNT, 8):
        assert numbers(reader, list(range(start, start + 8))) == [(at, at) for at in range(start, start + 8)]
    assert reader.seeks == 1


def test_read__a_video_without_a_clock_is_counted(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.avi", numbered_frames(20))
    index = build_index(str(path))
    zero = np.zeros(1, np.int64)
    reader = FrameReader(str(path), FrameIndex(index.facts, index.base, None, zero, zero))
    assert numbers(reader, [3, 4, 9]) == [(3, 3), (4, 4), (9, 9)]
    assert numbers(reader, [2]) == [(2, 2)]
    assert numbers(reader, [19]) == [(19, 19)]


def test_read__uneven_times(tmp_path: Path) -> None:
    gaps = [1, 1, 5, 1, 1, 20, 1, 1, 1, 3, 1, 1]
    times = [0, *np.cumsum(gaps).tolist()]
    path = write_video(tmp_path / "a.mp4", numbered_frames(13), times=[at * CLOCK // 10 for at in times])
    index = build_index(str(path))
    assert index.facts.is_variable
    assert index.times_s().tolist() == pytest.approx([at / 10 for at in times])
    reader = FrameReader(str(path), index)
    assert numbers(reader, [7]) == [(7, 7)]
    assert numbers(reader, [2, 5]) == [(2, 2), (5, 5)]


def test_read__a_video_turned_by_a_phone_is_upright(tmp_path: Path) -> None:
    import av

    flat, turned = write_video(tmp_path / "flat.mp4", numbered_frames(6)), tmp_path / "turned.mp4"
    with av.open(str(flat)) as source, av.open(str(turned), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    data = bytearray(turned.read_bytes())
    # The matrix of the track's header: turned by 90 degrees clockwise.
    at = data.index(b"tkhd") + 4 + 40
    matrix = (0, 1 << 16, 0, -(1 << 16) & 0xFFFFFFFF, 0, 0, 0, 0, 1 << 30)
    data[at : at + 36] = b"".join(number.to_bytes(4, "big") for number in matrix)
    turned.write_bytes(data)
    facts = build_index(str(turned)).facts
    assert (facts.width, facts.height) == (64, 96)
    assert facts.rotation in (90, 270)
    upright, lying = read_frame_body(str(turned), 5), read_frame_body(str(flat), 5)
    assert upright.shape == (96, 64, 3)
    assert np.array_equal(upright, np.rot90(lying, k=facts.rotation // 90))


def test_read__an_odd_size(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.avi", numbered_frames(3, size=(97, 65)), codec="mjpeg")
    assert read_frame_body(str(path), 2).shape == (65, 97, 3)


def test_read__what_an_edit_list_cuts_away_does_not_count(tmp_path: Path) -> None:
    import av

    # A negative time says to a player: decode me, show me not.
    whole, cut = write_video(tmp_path / "a.mp4", numbered_frames(20), key_every=50), tmp_path / "cut.mp4"
    with av.open(str(whole)) as source, av.open(str(cut), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                shift = int(0.5 / packet.time_base)
                packet.pts, packet.dts = packet.pts - shift, packet.dts - shift
                target.mux(packet)
    index = build_index(str(cut))
    reader = FrameReader(str(cut), index)
    assert numbers(reader, list(range(index.n_frames))) == [
        (at, at + 20 - index.n_frames) for at in range(index.n_frames)
    ]
    assert index.n_frames == 15


def test_read__beyond_the_end(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", numbered_frames(3))
    reader = FrameReader(str(path), build_index(str(path)))
    for frame in (3, -1, 2**70):
        with pytest.raises(NotFound, match="frames 0 to 2"):
            list(reader.read([frame]))


@pytest.mark.parametrize("name", ["a.mp4", "a.avi"])
def test_read__a_broken_frame_in_the_middle(name: str, tmp_path: Path) -> None:
    import av

    path = write_video(tmp_path / name, numbered_frames(24), codec="mjpeg")
    with av.open(str(path)) as container:
        packet = [one for one in container.demux(video=0) if one.size][10]
        place, size = packet.pos, packet.size
    data = bytearray(path.read_bytes())
    data[place : place + size] = bytes(size)
    path.write_bytes(data)
    index = build_index(str(path))
    found = dict(numbers(FrameReader(str(path), index), list(range(index.n_frames))))
    assert index.n_frames == 24
    assert {at: number for at, number in found.items() if at != 10} == {at: at for at in range(24) if at != 10}
    with pytest.raises(UnreadableMedia, match="frame 10 does not decode"):
        read_frame_body(str(path), 10)


def test_index__without_a_key_frame_at_the_start(tmp_path: Path) -> None:
    import av

    whole, cut = write_video(tmp_path / "a.mkv", numbered_frames(30), codec="libx264"), tmp_path / "cut.mkv"
    with av.open(str(whole)) as source, av.open(str(cut), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in [one for one in source.demux(video=0) if one.size][5:]:
            packet.stream = stream
            target.mux(packet)
    index = build_index(str(cut))
    assert index.facts.problem is not None
    assert "its first 7 frames do not decode" in index.facts.problem
    reader = FrameReader(str(cut), index)
    assert numbers(reader, list(range(index.n_frames))) == [(at, at + 12) for at in range(18)]


def test_index__a_file_that_ends_early_has_what_it_has(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mkv", numbered_frames(40), codec="libx264")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    index = build_index(str(path))
    assert 5 < index.n_frames < 40
    assert index.facts.problem is not None
    assert index.facts.problem.startswith("the file ends early: it says it lasts 4.0 s")
    found = numbers(FrameReader(str(path), index), list(range(index.n_frames)))
    assert found[:-1] == [(at, at) for at in range(len(found) - 1)]


def test_index__a_codec_that_is_not_known(tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.mp4", numbered_frames(3), codec="libx264")
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzzz").replace(b"avcC", b"zzzC"))
    facts, reason = index_body(str(path))
    assert facts is None
    assert b"codec" in reason or b"decode" in reason
    assert b"a.mp4" not in reason


def test_index__eight_hours(tmp_path: Path) -> None:
    """A frame in ten seconds for eight hours: the index knows them all, and finds one of the last."""
    count = 8 * 360
    still = numbered_frames(256, size=(64, 32))
    path = write_video(
        tmp_path / "a.mp4", (still[at % 256] for at in range(count)), times=[at * 10 * CLOCK for at in range(count)]
    )
    index = build_index(str(path))
    assert index.n_frames == count
    assert index.facts.duration_s == pytest.approx(8 * 3600, rel=1e-3)
    assert len(encode_index(index)) < count
    assert read_number(read_frame_body(str(path), 2800)) == 2800 % 256


@pytest.mark.slow
@pytest.mark.shared
def test_real_video__any_frame_equals_the_one_in_order(shared_dir: Path) -> None:
    path = str(shared_dir / "data" / "intel_videos" / "car-detection.mp4")
    index = build_index(path)
    assert index.n_frames == 377
    in_order = {
        number: hash(frame.to_ndarray().tobytes()) for number, frame in FrameReader(path, index).read(range(377))
    }
    assert list(in_order) == list(range(377))
    reader = FrameReader(path, index)
    for number in random.Random(1).sample(range(377), 377):
        ((_, frame),) = reader.read([number])
        assert hash(frame.to_ndarray().tobytes()) == in_order[number], number
