"""How often each sample is seen, counted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from whorl.base.errors import InvalidInput
from whorl.models.builtin.params import resolve_params
from whorl.models.sampling import apply_sampling, class_balanced, count_repeats, repeat_rare
from whorl.models.trainer import sampled
from whorl.models.types import Task, TrainingData, TrainingSample


def test_class_balanced__every_label_as_often_as_the_commonest() -> None:
    labels = [["a"]] * 12 + [["b"]] * 3 + [["c"]] * 1
    repeats = class_balanced(labels)
    assert (repeats[:12], repeats[12:15], repeats[15]) == ([1] * 12, [4] * 3, 12)


def test_class_balanced__a_fraction_is_right_in_the_mean() -> None:
    # Half as many again: 200 samples of 300.
    repeats = class_balanced([["a"]] * 300 + [["b"]] * 200, seed=3)
    assert repeats[:300] == [1] * 300
    assert set(repeats[300:]) == {1, 2}
    assert 270 <= sum(repeats[300:]) <= 330


def test_class_balanced__objects_of_one_image_follow_the_rarest_and_empty_ones_stay() -> None:
    labels = [["a", "a", "b"], ["a"], ["a"], ["a"], []]
    assert class_balanced(labels) == [4, 1, 1, 1, 1]


def test_repeat_rare__the_square_root_of_how_rare() -> None:
    # "b" is in 1 of 100 samples: sqrt(0.1 / 0.01) = 3.16; "a" is in 99 and not rare.
    labels = [["a"]] * 99 + [["b"]]
    assert {repeat_rare(labels, seed=seed)[99] for seed in range(40)} == {3, 4}
    assert repeat_rare(labels)[:99] == [1] * 99
    assert repeat_rare(labels, seed=5) == repeat_rare(labels, seed=5)


def test_count_repeats__capped_and_named() -> None:
    assert count_repeats([["a"]] * 100 + [["b"]], "class_balanced")[100] == 20
    assert count_repeats([["a"], []], None) == [1, 1]
    assert count_repeats([["a"], ["b"]], "as_is") == [1, 1]
    assert count_repeats([], "repeat_rare") == []
    with pytest.raises(InvalidInput, match="no sampling 'fair'"):
        count_repeats([["a"]], "fair")


def test_apply_sampling__what_a_model_missed_is_seen_more_often() -> None:
    samples = [TrainingSample(Path(f"{n}.png"), ("a",), was_missed=n < 100) for n in range(300)]
    assert Counter(one.was_missed for one in apply_sampling(samples, None)) == {True: 200, False: 200}
    half = Counter(one.was_missed for one in apply_sampling(samples, None, missed_weight=1.5))
    assert (half[False], 130 <= half[True] <= 170) == (200, True)
    assert apply_sampling(samples, None, missed_weight=1) == tuple(samples)
    with pytest.raises(InvalidInput, match="missed_weight is 0.5; allowed: 1 to 20"):
        apply_sampling(samples, None, missed_weight=0.5)


def test_sampled__by_the_weight_of_the_training_and_no_further_than_the_cap() -> None:
    samples = (TrainingSample(Path("0.png"), ("b",), was_missed=True), TrainingSample(Path("1.png"), ("a",)))
    data = TrainingData(Task.CLASSIFICATION, ("a", "b"), samples)
    assert [one.path.name for one in sampled(data, {}).train] == ["0.png", "1.png", "0.png"]
    assert len(sampled(data, {"missed_weight": 1, "seed": 3}).train) == 2
    assert len(sampled(data, {"missed_weight": 20, "sampling": "repeat_rare"}).train) == 21
    with pytest.raises(InvalidInput, match="missed_weight: 'often'; allowed: 1 to 20"):
        resolve_params("builtin:linear", {"missed_weight": "often"})
    assert resolve_params("builtin:linear", {"missed_weight": 3})["missed_weight"] == 3
