from __future__ import annotations

import numpy as np
import pytest

from whorl.base.errors import InvalidInput
from whorl.selection.forecast import fit_curve, forecast_labels, marginal_value

LABELS = np.array([20, 30, 45, 70, 100, 150, 220, 330])


def power_curve(top: float = 0.95, gap: float = 2.0, power: float = 0.5) -> np.ndarray:
    return top - gap * LABELS.astype(float) ** -power


def noisy_pools(k: int = 20, deviation: float = 0.01) -> np.ndarray:
    return power_curve() + np.random.default_rng(0).normal(0, deviation, size=(k, LABELS.size))


def test_fit_curve__finds_the_curve_that_made_the_points() -> None:
    fit = fit_curve(LABELS, power_curve())
    assert fit.top == pytest.approx(0.95, abs=0.02)
    assert fit.at(1000) == pytest.approx(0.95 - 2 / np.sqrt(1000), abs=0.005)
    assert fit.labels_for(0.85) == pytest.approx(400, rel=0.1)


def test_fit_curve__never_promises_more_than_everything_right() -> None:
    fit = fit_curve([10, 20, 40], [0.5, 0.7, 0.9])
    assert fit.top == 1.0
    assert fit.at(10**6) <= 1.0


def test_forecast__within_what_was_measured_is_read_off_the_curve() -> None:
    found = forecast_labels(LABELS, noisy_pools(), 0.75)
    assert not found.is_extrapolated
    assert found.labels is not None
    assert found.low is not None
    assert found.high is not None
    assert 95 < found.low < found.labels < found.high < 115
    assert found.labels == pytest.approx(100, abs=5)


def test_forecast__beyond_says_that_it_extrapolates_and_holds_the_truth() -> None:
    found = forecast_labels(LABELS, noisy_pools(deviation=0.004), 0.88, most=500)
    assert found.is_extrapolated
    assert found.labels is not None
    assert found.low is not None
    truth = (2 / 0.07) ** 2
    assert found.low <= truth <= (found.high or np.inf)
    assert "extrapolation beyond 330 labels" in found.message
    assert "more than the 500 items there are" in found.message


def test_forecast__a_target_above_the_plateau_is_never_reached() -> None:
    found = forecast_labels(LABELS, np.tile(0.8 - LABELS.astype(float) ** -2.0, (5, 1)), 0.95)
    assert (found.labels, found.high, found.is_extrapolated) == (None, None, True)
    assert "levels off near 0.800" in found.message


def test_forecast__a_target_below_the_first_round_needs_the_first_round() -> None:
    assert forecast_labels(LABELS, noisy_pools(), 0.2).labels == 20


def test_forecast__one_curve_has_no_interval_and_says_so() -> None:
    found = forecast_labels(LABELS, power_curve(), 0.75)
    assert (found.low, found.high) == (None, None)
    assert "no interval" in found.message


def test_forecast__one_curve_with_errors_has_an_interval() -> None:
    found = forecast_labels(LABELS, power_curve(), 0.75, errors=np.full(LABELS.size, 0.02))
    assert found.low is not None
    assert found.high is not None
    assert found.low < 100 < found.high


def test_forecast__two_rounds_are_too_few_to_look_ahead() -> None:
    found = forecast_labels([10, 20], [0.5, 0.6], 0.9)
    assert found.labels is None
    assert "needs 3" in found.message


def test_marginal_value__holds_the_true_gain_and_falls_along_the_curve() -> None:
    late = marginal_value(LABELS, noisy_pools())
    early = marginal_value(LABELS[:5], noisy_pools()[:, :5])
    truth = 2 / np.sqrt(330) - 2 / np.sqrt(430)
    assert late.low is not None
    assert late.high is not None
    assert late.low <= truth <= late.high
    assert (early.value or 0) > (late.value or 0) > 0


def test_marginal_value__of_a_flat_curve_is_nothing() -> None:
    assert marginal_value(LABELS, np.full(LABELS.size, 0.9)).value == pytest.approx(0, abs=1e-9)


def test_marginal_value__too_few_rounds_say_so() -> None:
    assert marginal_value([10, 20], [0.5, 0.6]).value is None


@pytest.mark.parametrize(
    ("labels", "metrics"),
    [([10, 10], [0.5, 0.6]), ([0, 10], [0.5, 0.6]), ([10], [0.5, 0.6]), ([10, 20], [0.5, float("nan")]), ([], [])],
)
def test_forecast__refuses_what_is_no_curve(labels: list[int], metrics: list[float]) -> None:
    with pytest.raises(InvalidInput):
        forecast_labels(labels, metrics, 0.9)


def test_forecast__refuses_a_target_outside_and_errors_that_do_not_fit() -> None:
    with pytest.raises(InvalidInput, match="target is 1.5"):
        forecast_labels(LABELS, power_curve(), 1.5)
    with pytest.raises(InvalidInput, match="errors of shape"):
        forecast_labels(LABELS, power_curve(), 0.9, errors=[0.1])
