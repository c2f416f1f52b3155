"""How often each sample is seen, counted."""

from __future__ import annotations

import pytest

from whorl.base.errors import InvalidInput
from whorl.models.sampling import class_balanced, count_repeats, repeat_rare


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
