from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage

from whorl.cli.failures import ExitCode
from whorl.cli.main import run


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(0)
    for name, colour in (("red", (170, 100, 100)), ("blue", (100, 100, 170))):
        (root / name).mkdir()
        for number in range(15):
            noise = rng.integers(-60, 60, size=(16, 16, 3))
            PilImage.fromarray(np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)).save(
                root / name / f"{number}.png"
            )
    return root


def arguments(photos: Path, home: Path, *more: str) -> list[str]:
    few = ["--strategies", "auto", "--budgets", "5,10", "--seeds", "2", "--features", "hog"]
    return ["simulate", "--data", str(photos), "--home", str(home), *few, *more]


def test_simulate__prints_the_table_and_leaves_picture_and_figures(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "results"
    assert run(arguments(photos, tmp_path / "home", "--out", str(out))) is ExitCode.OK
    told = capsys.readouterr()
    assert told.out.startswith("auto\t")
    assert "2 pools cannot tell a strategy from luck" in told.out
    assert "30 labelled images in photos" in told.err
    assert (out / "curves.svg").read_text().startswith("<svg ")
    figures = json.loads((out / "simulation.json").read_text())
    assert [one["strategy"] for one in figures["curves"]] == ["auto", "random"]
    assert run(arguments(photos, tmp_path / "home", "--out", str(out), "--json")) is ExitCode.OK
    assert json.loads(capsys.readouterr().out) == figures


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--budgets", "5,ten"], "--budgets '5,ten'"),
        (["--budgets", "5,22"], "the budget 22 is above the pool of 21 items"),
        (["--strategies", "margn"], "Did you mean margin?"),
        (["--format", "parchment"], "unknown format 'parchment'"),
        (["--model", "builtin:huge"], "no simulation for the model builtin:huge"),
        (["--target", "1.5"], "target is 1.5"),
        (["--out", "/dev/null/results"], "cannot write to"),
    ],
)
def test_simulate__says_what_is_wrong(
    photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], message: str
) -> None:
    assert run(arguments(photos, tmp_path / "home", *more)) is not ExitCode.OK
    assert message in capsys.readouterr().err


def test_simulate__a_folder_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments(tmp_path / "nowhere", tmp_path / "home")) is not ExitCode.OK
    assert "there is no 'nowhere' here" in capsys.readouterr().err
