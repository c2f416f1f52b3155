"""A watched folder: whole images are offered once, and all else is left alone."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.unit.selection.edge.conftest import MakeSampler, png

from whorl.base.errors import InvalidInput
from whorl.selection.edge import FakeTime, Watcher
from whorl.selection.edge.images import find_suffix, is_whole
from whorl.selection.edge.spool import CANDIDATE


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "camera"
    made.mkdir()
    return made


def _scan(watcher: Watcher, time: FakeTime, times: int = 2) -> int:
    offered = 0
    for _ in range(times):
        offered += watcher.scan()
        time.advance(3)
    return offered


def test_scan__offers_each_image_once_also_after_a_restart(
    make_sampler: MakeSampler, folder: Path, time: FakeTime
) -> None:
    (folder / "a.png").write_bytes(png(1))
    (folder / "day").mkdir()
    (folder / "day" / "b.PNG").write_bytes(png(2))
    sampler = make_sampler()
    assert Watcher(sampler, folder).scan() == 0, "a file must rest before it is read"
    assert _scan(Watcher(sampler, folder), time, 4) == 2
    sampler = make_sampler()
    assert _scan(Watcher(sampler, folder), time, 4) == 0
    (folder / "a.png").write_bytes(png(3))
    assert _scan(Watcher(sampler, folder), time, 3) == 1, "another image under the same name"
    files = [row.facts["metadata"] for row in sampler.spool.rows(CANDIDATE)]
    assert files == [{"file": "a.png"}, {"file": "day/b.PNG"}, {"file": "a.png"}]


def test_scan__waits_for_files_that_are_half_written(make_sampler: MakeSampler, folder: Path, time: FakeTime) -> None:
    path = folder / "a.png"
    path.write_bytes(png(1)[:60])
    sampler = make_sampler()
    watcher = Watcher(sampler, folder)
    assert _scan(watcher, time, 5) == 0
    assert sampler.counts() == {"half_written": 1}
    path.write_bytes(png(1))
    assert _scan(watcher, time, 3) == 1


def test_scan__passes_by_what_is_no_image(make_sampler: MakeSampler, folder: Path, time: FakeTime) -> None:
    (folder / "notes.txt").write_text("x")
    (folder / ".hidden.png").write_bytes(png(1))
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "text.jpg").write_text("no image at all")
    (folder / "big.png").write_bytes(b"\x89PNG" + bytes(100))
    os.truncate(folder / "big.png", 40_000_000)
    (folder / "link.png").symlink_to(folder / "notes.txt")
    (folder / "bad.png").write_bytes(png(2))
    (folder / "bad.json").write_text("[")
    odd = os.fsdecode(b"odd\xff\n.png")
    (folder / odd).write_bytes(png(3))
    sampler = make_sampler()
    assert _scan(Watcher(sampler, folder), time, 3) == 3
    assert sampler.counts() == {
        "foreign_files": 1,
        "half_written": 2,
        "too_large": 1,
        "unreadable": 1,
        "offered": 1,
        "kept": 1,
    }
    assert sampler.spool.rows(CANDIDATE)[0].facts["metadata"] == {"file": "odd\\xff\n.png"}


def test_scan__reads_what_the_device_says_beside_the_image(
    make_sampler: MakeSampler, folder: Path, time: FakeTime
) -> None:
    beside = {"metadata": {"lane": 2}, "scores": {"probabilities": [0.5, 0.5]}, "source": "gate", "captured_at": 0}
    (folder / "a.json").write_text(json.dumps(beside))
    (folder / "a.png").write_bytes(png(1))
    sampler = make_sampler()
    _scan(Watcher(sampler, folder), time)
    (row,) = sampler.spool.rows(CANDIDATE)
    assert (row.uncertainty, row.facts["source"]) == (1.0, "gate")
    assert (row.facts["metadata"], row.facts["captured_at"]) == (
        {"lane": 2, "file": "a.png"},
        "1970-01-01T00:00:00.000+00:00",
    )


def test_scan__deletes_what_was_offered_when_asked(make_sampler: MakeSampler, folder: Path, time: FakeTime) -> None:
    (folder / "a.png").write_bytes(png(1))
    (folder / "a.json").write_text("{}")
    (folder / "half.png").write_bytes(png(1)[:50])
    _scan(Watcher(make_sampler(), folder, after="delete"), time, 3)
    assert [path.name for path in folder.iterdir()] == ["half.png"]


def test_watcher__needs_a_folder(make_sampler: MakeSampler, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no folder"):
        Watcher(make_sampler(), tmp_path / "nowhere")


def test_images__kinds_and_wholeness() -> None:
    webp = b"RIFF" + (20).to_bytes(4, "little") + b"WEBP" + bytes(16)
    jpeg = b"\xff\xd8\xff\xe0" + bytes(50) + b"\xff\xd9"
    bmp = b"BM" + (40).to_bytes(4, "little") + bytes(34)
    wholes = {".png": png(1), ".jpg": jpeg, ".webp": webp, ".bmp": bmp, ".gif": b"GIF89a" + bytes(20) + b"\x3b"}
    for suffix, content in wholes.items():
        assert (find_suffix(content), is_whole(content), is_whole(content[:-8])) == (suffix, True, False)
    assert is_whole(jpeg + bytes(100)), "some cameras pad their files"
    assert find_suffix(b"<svg/>") is None
