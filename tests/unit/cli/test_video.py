"""``whorl video`` on files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from whorl.cli.failures import ExitCode
from whorl.cli.main import run
from whorl.testing.videos import numbered_frames, write_video


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return write_video(tmp_path / "walk.mp4", numbered_frames(25))


def test_info__says_what_a_video_is(video: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["video", "info", str(video), "--json"]) == ExitCode.OK
    said = json.loads(capsys.readouterr().out)
    assert (said["n_frames"], said["width"], said["height"], said["codec"]) == (25, 96, 64, "mpeg4")
    assert (said["duration_s"], said["rate"], said["is_variable"], said["problem"]) == (2.5, 10.0, False, None)


def test_frames__are_written_by_their_number(video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run(["video", "frames", str(video), "--out", str(out), "--every", "10", "--png"]) == ExitCode.OK
    assert sorted(path.name for path in out.iterdir()) == ["walk-000000.png", "walk-000010.png", "walk-000020.png"]
    capsys.readouterr()
    assert run(["video", "frames", str(video), "--out", str(out), "--budget", "4", "--json"]) == ExitCode.OK
    written = json.loads(capsys.readouterr().out)
    assert len(written) == 4
    assert all(Path(one["file"]).is_file() for one in written)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["info", "nothing.mp4"], "there is no file"),
        (["frames", "{video}", "--out", "x"], "which frames?"),
        (["frames", "{video}", "--out", "x", "--every", "2", "--budget", "3"], "which frames?"),
        (["info", "{text}"], "does not decode"),
    ],
)
def test_video__refusals(
    words: list[str], said: str, video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "a.txt"
    text.write_text("no video")
    given = [word.format(video=video, text=text) for word in words]
    assert run(["video", *given]) != ExitCode.OK
    assert said in capsys.readouterr().err
