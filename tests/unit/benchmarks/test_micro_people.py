"""The simulated people of the benchmark of micro-tasks: what they are paid for is what they do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from benchmarks.micro_people import NO_OBJECT, People, Photo, complete, judge, mean, name_crop, simulate

CAREFUL = People(miss_large=0, miss_small=0, wrong_name=0, sees_no_object=1)
TRUTH = np.array([[0, 0, 20, 20], [40, 0, 60, 20], [80, 0, 100, 20]], np.float32)
STRAY = np.array([[0, 60, 20, 80]], np.float32)


def photo(found: np.ndarray) -> Photo:
    """A photo of a million pixels with three vehicles, of which a model found some."""
    return Photo("a", 1.0, TRUTH, ("car", "bus", "car"), found, np.ones(len(found), np.float32))


def test_complete__only_what_the_model_missed_is_drawn() -> None:
    added, seconds = complete(photo(np.concatenate([TRUTH[:2], STRAY])), CAREFUL, 0)
    assert (added, seconds) == ([2], pytest.approx(2 + 15 + 3 * 0.3 + 7))


def test_name_crop__says_what_it_is_or_that_nothing_is_there() -> None:
    assert name_crop(photo(TRUTH), TRUTH[1], CAREFUL, 0) == ("bus", 1.5)
    assert name_crop(photo(TRUTH), STRAY[0], CAREFUL, 0) == (NO_OBJECT, 1.5)


def test_simulate__careful_people_find_all_either_way_and_pay_for_what_they_do() -> None:
    photos = [photo(np.concatenate([TRUTH[:2], STRAY]))]
    micro, whole = (simulate(photos, CAREFUL, way=way, seed=1) for way in ("micro", "whole"))
    assert (micro.found, micro.missed, micro.false, micro.misnamed, micro.asked_of_expert) == (3, 0, 0, 0, 4)
    assert (micro.annotator_s, micro.expert_s) == (pytest.approx(24.9), 6.0)
    assert (whole.found, whole.expert_s, whole.annotator_s) == (3, pytest.approx(17 + 3 * 9), 0)


def test_simulate__a_false_box_that_nobody_notices_stays() -> None:
    blind = replace(CAREFUL, sees_no_object=0)
    assert simulate([photo(STRAY)], blind, way="micro", seed=0).false == 1


def test_mean__who_misses_half_misses_half() -> None:
    many = [replace(photo(TRUTH[:0]), name=str(n)) for n in range(200)]
    half = replace(CAREFUL, miss_large=0.5, miss_after_model=1)
    assert mean(many, half, "whole", [0, 1]).missed == pytest.approx(300, abs=40)
    assert mean(many, half, "micro", [0, 1]).missed == mean(many, half, "whole", [0, 1]).missed


def test_judge__counts_each_vehicle_once() -> None:
    assert judge(photo(TRUTH), [(TRUTH[0], "car"), (TRUTH[0], "car"), (TRUTH[1], "car")]) == (2, 1, 1, 1)
