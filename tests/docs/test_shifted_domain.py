"""The example of a shifted domain runs, on digits and on folders, and says what it should."""

from __future__ import annotations

import json
from importlib import util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image

SCRIPT = Path(__file__).resolve().parents[2] / "examples" / "shifted_domain" / "shifted_domain.py"


@pytest.fixture(scope="module")
def example() -> ModuleType:
    import sys

    spec = util.spec_from_file_location("shifted_domain", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    # A dataclass looks its own module up while it is made.
    sys.modules["shifted_domain"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_shifted_domain__a_shift_costs_and_labels_give_back(example: ModuleType) -> None:
    said: list[str] = []
    assert example.main(["--seeds", "2", "--turns", "2", "--json"], say=said.append) == 0
    summary = json.loads(said[0])["summary"]
    assert summary["source accuracy"]["mean"] > 0.95
    assert summary["drop"]["mean"] > 0.25
    for way in ("random", "flagged"):
        assert summary[f"recovery, {way}"]["mean"] > 0.5
        # The old data stays, so what was known stays.
        assert summary[f"source accuracy, {way}"]["mean"] > summary["source accuracy"]["mean"] - 0.03
    assert example.table(summary).count("\n") == len(summary)


def test_shifted_domain__takes_folders(example: ModuleType, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for domain, light in (("source", 0), ("target", 60)):
        for name, shade in (("dark", 30), ("bright", 150)):
            folder = tmp_path / domain / name
            folder.mkdir(parents=True)
            for number in range(12):
                pixels = rng.integers(shade + light, shade + light + 40, (16, 16, 3)).astype(np.uint8)
                Image.fromarray(pixels).save(folder / f"{number}.png")
    folders = ["--source", str(tmp_path / "source"), "--target", str(tmp_path / "target")]
    said: list[str] = []
    example.main([*folders, "--seeds", "1", "--budget", "6", "--turns", "2"], say=said.append)
    assert "flagged-6" in said[0]
    assert "recovery, random" in said[0]


@pytest.mark.parametrize(
    "arguments",
    [["--source", "x"], ["--seeds", "0"], ["--budget", "3", "--turns", "4"], ["--way", "magic"]],
)
def test_shifted_domain__refuses(example: ModuleType, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        example.main(arguments)
    assert caught.value.code == 2


def test_shifted_domain__a_class_that_only_the_target_has(example: ModuleType, tmp_path: Path) -> None:
    for path in ("source/a", "source/b", "target/a", "target/c"):
        (tmp_path / path).mkdir(parents=True)
        Image.new("RGB", (8, 8)).save(tmp_path / path / "0.png")
    with pytest.raises(SystemExit, match="has the class 'c'"):
        example.folder_world(tmp_path / "source", tmp_path / "target", 0)


def test_verdict__flatters_nobody(example: ModuleType) -> None:
    for low, high, word in ((0.01, 0.05, "is better"), (-0.05, -0.01, "is WORSE"), (-0.01, 0.05, "cannot be told")):
        summary = {"flagged minus random": {"mean": (low + high) / 2, "low": low, "high": high}}
        assert word in example.verdict(summary, "flagged", 80)
