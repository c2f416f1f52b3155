"""``whorl split`` through a real server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from whorl.cli.main import run


def test_split__quotas_are_met_and_a_second_split_moves_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from PIL import Image

    for label in ("a", "b"):
        (tmp_path / "photos" / label).mkdir(parents=True)
        for number in range(10):
            Image.new("RGB", (16, 16), (number * 20, len(label), 7)).save(tmp_path / "photos" / label / f"{number}.png")
    home = ["--home", str(tmp_path / "home"), "--json"]
    photos = str(tmp_path / "photos")
    assert run(["import", photos, "--format", "folder_classes", "--project", "p", "--dataset", "d", *home]) == 0
    capsys.readouterr()
    assert run(["split", "--train", "0.5", "--validation", "0.2", "--test", "0.3", *home]) == 0
    first = json.loads(capsys.readouterr().out)
    assert run(["split", "--train", "0.9", "--validation", "0.1", "--test", "0", *home]) == 0
    second = json.loads(capsys.readouterr().out)
    assert {name: first[name] for name in ("assigned", "train", "validation", "test")} == {
        "assigned": 20,
        "train": 10,
        "validation": 4,
        "test": 6,
    }
    assert second == first | {"assigned": 0}
