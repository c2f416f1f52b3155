"""Digit images as files, written once per session; a home with the backbone when it can be had."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage

from whorl.models.types import Task, TrainingData, TrainingSample

DIGITS = tuple(str(d) for d in range(10))


@pytest.fixture(scope="session")
def digit_files(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, str]]:
    """600 of scikit-learn's digits as PNG files, shuffled with seed 0."""
    from sklearn.datasets import load_digits

    folder = tmp_path_factory.mktemp("digits")
    digits = load_digits()
    found = []
    for index in np.random.default_rng(0).permutation(len(digits.images))[:600]:
        path = folder / f"{index}.png"
        PilImage.fromarray(np.minimum(digits.images[index] * 16, 255).astype(np.uint8)).save(path)
        found.append((path, str(digits.target[index])))
    return found


@pytest.fixture
def digit_data(digit_files: list[tuple[Path, str]]) -> Callable[..., TrainingData]:
    """Make training data of the first ``n`` digits, optionally of some labels only."""

    def make(n: int, *, only: Sequence[str] = DIGITS) -> TrainingData:
        chosen = [(p, label) for p, label in digit_files if label in only][:n]
        return TrainingData(
            Task.CLASSIFICATION, DIGITS, tuple(TrainingSample(path, (label,)) for path, label in chosen)
        )

    return make


@pytest.fixture(scope="session")
def backbone_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with the converted Lite0 backbone."""
    pytest.importorskip("torch", reason="needs whorl[train]")
    from whorl.models.weights import fetch_backbone

    home = tmp_path_factory.mktemp("home")
    fetch_backbone("lite0", home)
    return home
