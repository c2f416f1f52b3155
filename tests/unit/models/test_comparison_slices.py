"""Protected slices, power and the tasks with several labels and pixels: against fabricated pairs with known truth."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from whorl.base.errors import InvalidInput
from whorl.models.comparison import (
    ClassificationCase,
    Comparison,
    ComparisonRules,
    Decision,
    DetectionCase,
    LabelsCase,
    PixelsCase,
    Slice,
    SliceDelta,
    SliceVerdict,
    compare_models,
)
from whorl.models.comparison.floors import holm
from whorl.models.comparison.power import power_of_classes, power_of_spread, smallest_gain_of_classes
from whorl.models.evaluation import PredictedObjects, TruthObjects

NAMES = ["a", "b"]


def says(right: Any, labels: Any) -> Any:
    return np.eye(2)[np.where(right, labels, 1 - labels)] * 0.98 + 0.01


def paired(n: int, rng: np.random.Generator, *, won: float, lost: float) -> tuple[Any, Any, Any]:
    """Labels and which model is right: the challenger alone on a share ``won``, the champion alone on ``lost``."""
    draw = rng.random(n)
    labels = rng.integers(0, 2, n)
    both = rng.random(n) < 0.8
    champion = np.where(draw < won, False, np.where(draw < won + lost, True, both))
    challenger = np.where(draw < won, True, np.where(draw < won + lost, False, both))
    return labels, champion, challenger


def case_of(labels: Any, champion: Any, challenger: Any) -> ClassificationCase:
    return ClassificationCase(labels, says(champion, labels), says(challenger, labels), NAMES)


def test_slices__a_fall_is_kept_out_and_doubt_is_a_tie() -> None:
    rng = np.random.default_rng(0)
    labels, champion, challenger = paired(600, rng, won=0.15, lost=0.01)
    night = np.arange(600) < 200
    fallen = challenger.copy()
    fallen[:200][champion[:200]] = rng.random(int(champion[:200].sum())) < 0.5
    rules = ComparisonRules(floor_drop=None)
    day = compare_models(case_of(labels, champion, challenger), rules=rules, slices=[Slice("night", night)])
    assert (day.decision, day.slices[0].verdict, day.slices[0].n_images) == (Decision.PROMOTE, SliceVerdict.SAFE, 200)
    kept = compare_models(case_of(labels, champion, fallen), rules=rules, slices=[Slice("night", night)])
    assert (kept.decision, kept.slices[0].verdict) == (Decision.KEEP, SliceVerdict.FALLEN)
    assert "Slice night falls by" in kept.reasons[-1]
    few = compare_models(
        case_of(labels, champion, challenger), rules=rules, slices=[Slice("rain", np.arange(600) < 20)]
    )
    assert (few.decision, few.slices[0].verdict) == (Decision.TIE, SliceVerdict.UNSURE)
    assert "Slice rain may fall by 0.05" in few.reasons[-1]
    assert few.slices[0].p_value == pytest.approx(0.95**20, abs=0.2)
    none = compare_models(
        case_of(labels, champion, challenger), rules=rules, slices=[Slice("fog", np.zeros(600, bool))]
    )
    assert (none.decision, none.slices[0].p_value) == (Decision.TIE, None)
    assert "nothing to measure" in none.reasons[-1]
    assert Comparison.from_json(json.loads(json.dumps(few.to_json()))) == few


def test_slices__a_class_is_measured_by_itself() -> None:
    rng = np.random.default_rng(1)
    labels, champion, challenger = paired(800, rng, won=0.15, lost=0.02)
    result = compare_models(
        case_of(labels, champion, challenger),
        slices=[Slice("b", class_name="b"), Slice("first b", np.arange(800) < 400, class_name="b", floor_drop=0.1)],
    )
    recall = [one.challenger for one in result.per_class if one.name == "b"]
    assert [result.slices[0].challenger] == recall
    assert result.slices[0].n_images == int((labels == 1).sum())
    assert result.slices[1].n_images == int((labels[:400] == 1).sum())
    assert all(one.verdict is SliceVerdict.SAFE for one in result.slices)


def test_slices__groups_count_once() -> None:
    rng = np.random.default_rng(2)
    labels, champion, challenger = paired(400, rng, won=0.2, lost=0.0)
    case, slices = case_of(labels, champion, challenger), [Slice("all", floor_drop=0.05)]
    alone = compare_models(case, slices=slices)
    videos = compare_models(case, slices=slices, groups=[f"video {at // 40}" for at in range(400)])
    assert (alone.slices[0].verdict, videos.slices[0].verdict) == (SliceVerdict.SAFE, SliceVerdict.UNSURE)


def test_slices__without_a_champion_there_is_nothing_to_protect() -> None:
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 2, 100)
    case = ClassificationCase(labels, None, says(rng.random(100) < 0.9, labels), NAMES)
    assert compare_models(case, slices=[Slice("all")]).slices == ()


@pytest.mark.parametrize(
    ("slices", "message"),
    [
        ([Slice("x"), Slice("x")], "slices of one name: x"),
        ([Slice("x", floor_drop=0.0)], "a fall of 0 at most"),
        ([Slice("x", class_name="z")], "unknown class 'z'"),
        ([Slice("x", np.ones(3, bool))], "tells 3 images apart; there are 2"),
    ],
)
def test_slices__that_do_not_fit_are_refused(slices: list[Slice], message: str) -> None:
    labels = np.array([0, 1])
    with pytest.raises(InvalidInput, match=message):
        compare_models(case_of(labels, labels == 0, labels == 1), slices=slices)


def test_holm__stops_at_the_first_that_is_not_shown() -> None:
    def row(name: str, p: float | None) -> SliceDelta:
        return SliceDelta(name, 0.9, 0.9, 0.0, -0.1, 50, 0.05, p, None, SliceVerdict.UNSURE)

    judged = holm([row("a", 0.02), row("b", 0.001), row("c", None), row("d", 0.03)], alpha=0.1)
    assert [one.verdict.value for one in judged] == ["safe", "safe", "unsure", "safe"]
    assert [round(one.needed or 0, 4) for one in judged] == [0.0333, 0.025, 0.1, 0.05]
    strict = holm([row("a", 0.02), row("b", 0.03)], alpha=0.03)
    # 0.02 is above 0.03 / 2, so 0.03 is not looked at any more, though it is within 0.03.
    assert [one.verdict.value for one in strict] == ["unsure", "unsure"]
    fallen = SliceDelta("x", 0.9, 0.8, -0.1, -0.2, 50, 0.05, 0.0, None, SliceVerdict.FALLEN)
    assert holm([fallen], alpha=0.5)[0].verdict is SliceVerdict.FALLEN


def test_slices__a_true_fall_is_rarely_called_safe() -> None:
    # Worse by exactly the margin on two slices: either may be called safe in 5 % of comparisons at most.
    called = 0
    for seed in range(120):
        rng = np.random.default_rng(seed)
        labels, champion, challenger = paired(200, rng, won=0.0, lost=0.0)
        for at in (0, 100):
            part = slice(at, at + 100)
            draw = rng.random(100)
            champion[part] = draw < 0.85
            challenger[part] = (draw < 0.70) | (draw > 0.95)
        slices = [Slice(name, (np.arange(200) // 100) == at, floor_drop=0.1) for at, name in enumerate("xy")]
        rules = ComparisonRules(resamples=200, floor_drop=None)
        judged = compare_models(case_of(labels, champion, challenger), rules=rules, slices=slices, seed=seed).slices
        called += any(one.verdict is SliceVerdict.SAFE for one in judged)
    assert called <= 12  # 5 % of 120 is 6; more than 12 has a chance of 0.5 % then


@pytest.mark.parametrize(("n", "won", "lost"), [(60, 0.2, 0.05), (250, 0.1, 0.04), (1000, 0.03, 0.01)])
def test_power_of_classes__is_what_simulated_comparisons_find(n: int, won: float, lost: float) -> None:
    from scipy.stats import binomtest

    from whorl.models.comparison import mcnemar_exact

    rng = np.random.default_rng(n)
    computed = power_of_classes(n, won - lost, won + lost, alpha=0.05)
    found = 0
    for _ in range(600):
        _, champion, challenger = paired(n, rng, won=won, lost=lost)
        ahead = challenger.sum() > champion.sum()
        found += bool(ahead and mcnemar_exact(champion, challenger) <= 0.05)
    interval = binomtest(found, 600).proportion_ci(0.99)
    assert interval.low <= computed <= interval.high


def test_smallest_gain__is_found_with_the_power_it_promises() -> None:
    gain = smallest_gain_of_classes(200, 0.1, alpha=0.05)
    assert gain is not None
    assert power_of_classes(200, gain, max(0.1, gain), alpha=0.05) == pytest.approx(0.8, abs=0.02)
    assert smallest_gain_of_classes(4, 0.1, alpha=0.05) is None
    assert power_of_classes(100, 0.0, 0.0, alpha=0.05) == 0.0
    assert power_of_spread(0.1, 0.0, alpha=0.05) == 0.0
    assert power_of_spread(0.0, 0.1, alpha=0.05) == pytest.approx(0.025)


def test_power__is_told_with_the_decision() -> None:
    rng = np.random.default_rng(5)
    labels, champion, challenger = paired(100, rng, won=0.06, lost=0.03)
    result = compare_models(case_of(labels, champion, challenger))
    assert result.power is not None
    assert result.power.smallest_gain is not None
    assert 0.05 < result.power.smallest_gain < 0.2
    assert "would be found in 80% of comparisons with these 100 images" in result.power.message
    if result.delta is not None and result.delta > 0:
        assert result.power.images_for_delta is not None
        assert result.power.images_for_delta > 100
    wanted = compare_models(case_of(labels, champion, challenger), rules=ComparisonRules(min_delta=0.4))
    assert wanted.power is not None
    assert wanted.power.smallest_gain == 0.4


def labels_case(n: int, rng: np.random.Generator, noise: tuple[float, float]) -> LabelsCase:
    truth = rng.random((n, 2)) < 0.3
    scores = [1 / (1 + np.exp(-(2 * truth - 1 + rng.normal(0, one, (n, 2))))) for one in noise]
    return LabelsCase(truth, scores[0], scores[1], NAMES)


def test_labels__mean_average_precision_equals_scikit_learn() -> None:
    from sklearn.metrics import average_precision_score

    case = labels_case(80, np.random.default_rng(0), (1.0, 1.0))
    case = LabelsCase(case.truth, None if case.champion is None else np.round(case.champion, 1), case.challenger, NAMES)
    result = compare_models(case, rules=ComparisonRules(resamples=50))
    assert case.champion is not None
    for at, row in enumerate(result.per_class):
        assert row.champion == pytest.approx(average_precision_score(case.truth[:, at], case.champion[:, at]))
        assert row.challenger == pytest.approx(average_precision_score(case.truth[:, at], case.challenger[:, at]))
    assert result.metric == "map"
    assert result.mcnemar_p is None


def test_labels__promotes_the_better_and_ties_equals() -> None:
    rng = np.random.default_rng(1)
    assert compare_models(labels_case(300, rng, (3.0, 1.0))).decision is Decision.PROMOTE
    same = labels_case(300, rng, (1.0, 1.0))
    assert compare_models(LabelsCase(same.truth, same.champion, same.champion, NAMES)).decision is Decision.TIE  # type: ignore[arg-type]
    first = LabelsCase(same.truth, None, same.challenger, NAMES)
    assert compare_models(first).decision is Decision.PROMOTE
    with pytest.raises(InvalidInput, match="not a finite number"):
        compare_models(LabelsCase(same.truth, None, same.challenger * np.nan, NAMES))
    with pytest.raises(InvalidInput, match="no labelled images"):
        compare_models(LabelsCase(same.truth[:0], None, same.challenger[:0], NAMES))


def pixels(n: int, rng: np.random.Generator, right: float) -> Any:
    """(n, 3, 3) of 1,000 pixels: two labels and nothing, with a share of about ``right`` said as they are."""
    true = rng.multinomial(1000, [0.3, 0.1, 0.6], n)
    share = np.clip(right + rng.normal(0, 0.05, (n, 3)), 0, 1)
    hit = rng.binomial(true, share)
    counts = np.zeros((n, 3, 3), np.int64)
    for at in range(3):
        counts[:, at, at] = hit[:, at]
        counts[:, at, (at + 1) % 3] = true[:, at] - hit[:, at]
    return counts


def test_pixels__mean_iou_of_all_pixels_together() -> None:
    rng = np.random.default_rng(0)
    good = pixels(60, rng, 0.9)
    table = good.sum(axis=0)
    expected = [table[at, at] / (table[at].sum() + table[:, at].sum() - table[at, at]) for at in range(2)]
    result = compare_models(PixelsCase(pixels(60, rng, 0.7), good, NAMES))
    assert [row.challenger for row in result.per_class] == pytest.approx(expected)
    assert result.challenger == pytest.approx(np.mean(expected))
    assert (result.metric, result.decision, result.per_class[0].support) == ("miou", Decision.PROMOTE, 60)
    assert compare_models(PixelsCase(good, good, NAMES)).decision is Decision.TIE
    assert compare_models(PixelsCase(None, good, NAMES)).decision is Decision.PROMOTE
    absent = np.zeros_like(good)
    absent[:, 2, 2] = 1000
    assert compare_models(PixelsCase(absent, absent, NAMES)).decision is Decision.TIE
    with pytest.raises(InvalidInput, match="counts of pixels have shape"):
        compare_models(PixelsCase(None, good[:, :2], NAMES))
    with pytest.raises(InvalidInput, match="negative"):
        compare_models(PixelsCase(None, -good, NAMES))


def test_detection__slices_are_measured_on_their_images() -> None:
    box = np.array([[0, 0, 20.0, 20.0]])
    found = PredictedObjects(box, np.array([0.9]), np.array([0]))
    nothing = PredictedObjects(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64))
    truth = [TruthObjects(box, np.array([0]))] * 120
    case = DetectionCase(truth, [found] * 60 + [nothing] * 60, [nothing] * 12 + [found] * 108, NAMES)
    halves = [Slice("first", np.arange(120) < 60, floor_drop=0.3), Slice("last", np.arange(120) >= 60, floor_drop=0.1)]
    result = compare_models(case, rules=ComparisonRules(floor_drop=None), slices=halves)
    assert [one.delta for one in result.slices] == pytest.approx([-0.2, 1.0], abs=0.01)
    assert [one.verdict for one in result.slices] == [SliceVerdict.SAFE, SliceVerdict.SAFE]
    assert result.decision is Decision.PROMOTE
