"""What a model has seen, and how strange something else is to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from whorl.serving.novelty import Reference, fit_reference, load_reference, spread


def cloud(count: int, seed: int, *, centre: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(centre, 1, (count, 30)).astype(np.float32)


def test_novelty__is_a_quantile_of_training_like_traffic() -> None:
    reference = fit_reference(cloud(800, 1))
    assert reference is not None
    alike = reference.novelty(reference.reduce(cloud(2000, 2)))
    # One in a hundred of what is like the training set lies over 0.99, give or take what 800 images can tell.
    assert 0.003 < (alike > 0.99).mean() < 0.03
    assert 0.07 < (alike > 0.9).mean() < 0.14
    strange = reference.novelty(reference.reduce(cloud(200, 3, centre=2.0)))
    assert (strange > 0.99).mean() == 1.0


def test_novelty__sees_what_lies_off_all_directions_of_the_training_set() -> None:
    rng = np.random.default_rng(4)
    flat = np.zeros((300, 100), np.float32)
    flat[:, :5] = rng.normal(size=(300, 5))
    reference = fit_reference(flat)
    assert reference is not None
    off = flat[:20].copy()
    off[:, 50] = 5.0
    assert (reference.novelty(reference.reduce(off)) > 0.99).all()


def test_novelty__ten_images_say_little_and_nine_nothing() -> None:
    assert fit_reference(cloud(9, 5)) is None
    assert fit_reference(np.zeros((0, 0), np.float32)) is None
    few = fit_reference(cloud(10, 5))
    assert few is not None
    assert few.novelty(few.reduce(cloud(3, 6, centre=50.0))) == pytest.approx([10 / 11] * 3)


def test_fit_reference__alike_images_alone() -> None:
    reference = fit_reference(np.ones((20, 6), np.float32))
    assert reference is not None
    assert (reference.novelty(reference.reduce(np.ones((2, 6), np.float32))) == 0).all()
    assert (reference.novelty(reference.reduce(np.zeros((2, 6), np.float32))) > 0.9).all()


def test_reference__saved_and_read_back(tmp_path: Path) -> None:
    made = fit_reference(cloud(50, 7))
    assert made is not None
    path = tmp_path / "deep" / "m.npz"
    made.save(path)
    back = Reference.find(path)
    assert back is not None
    rows = cloud(5, 8)
    assert (back.novelty(back.reduce(rows)) == made.novelty(made.reduce(rows))).all()
    path.write_bytes(path.read_bytes()[:100])
    assert Reference.find(path) is None
    assert Reference.find(tmp_path / "none.npz") is None


def test_load_reference__computes_once(tmp_path: Path) -> None:
    asked: list[int] = []

    def extract(keys: Sequence[str]) -> np.ndarray:
        asked.append(len(keys))
        return cloud(len(keys), 9)

    keys = [f"{n:064x}" for n in range(40)]
    for _ in range(2):
        assert load_reference(tmp_path / "m.npz", keys, extract) is not None
    assert asked == [40]
    assert load_reference(tmp_path / "other.npz", keys[:5], extract) is None
    assert asked == [40]


def test_spread__does_not_depend_on_the_order() -> None:
    keys = [f"{n:064x}" for n in range(100)]
    assert spread(keys, 10) == spread(keys[::-1] + keys, 10)
    assert len(spread(keys, 1000)) == 100
