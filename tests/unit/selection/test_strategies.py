"""Strategies: the contract, the oracle, and that they do what their names say."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from whorl.base.errors import InvalidInput, NotFound
from whorl.selection import Pool, Selection, Strategy, get_strategy, list_strategies, select
from whorl.selection.kernels import greedy_coverage, k_means, prepare
from whorl.selection.strategies.detection import Detection, image_uncertainty
from whorl.selection.strategies.detection_boxes import _Part, box_table, class_weights, estimated_difficulty
from whorl.selection.strategies.herding import Herding, adaptive_radius, calibrated_uncertainty
from whorl.selection.strategies.k_center import KCenter
from whorl.selection.strategies.random import Random
from whorl.selection.strategies.stratified import Stratified
from whorl.selection.types import ImageBoxes
from whorl.testing.strategies import check_strategy, make_pool

BUILT_IN = (
    "class_balance",
    "cluster_margin",
    "detection",
    "disagreement",
    "entropy",
    "herding",
    "k_center",
    "margin",
    "random",
    "rare_tail",
    "regions",
    "similarity",
    "stratified",
    "typical",
)


@pytest.mark.parametrize("name", BUILT_IN)
def test_check_strategy__built_ins_keep_the_contract(name: str) -> None:
    check_strategy(get_strategy(name))


@dataclass(frozen=True)
class Broken:
    """Random, with one promise broken."""

    fault: str

    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        if self.fault == "takes NaN":
            pool = replace(pool, embeddings=None)
        found = Random()(pool, max(budget, 0) if self.fault == "takes any budget" else budget, seed)
        n = len(found.indices)
        if self.fault == "twice" and n > 1:
            return Selection.of(np.zeros(n), found.scores, found.reasons)
        if self.fault == "moody":
            return Selection.of(np.random.default_rng().permutation(pool.size)[:n], found.scores, found.reasons)
        if self.fault == "short" and n > 1:
            return Selection.of(found.indices[1:], found.scores[1:], found.reasons[1:])
        if self.fault == "outside":
            return Selection.of(found.indices + 1, found.scores, found.reasons)
        if self.fault == "silent":
            return Selection.of(found.indices, found.scores, [""] * n)
        if self.fault == "nan" and n:
            return Selection.of(found.indices, np.full(n, np.nan), found.reasons)
        if self.fault == "dtype":
            return replace(found, indices=found.indices.astype(np.int32))  # type: ignore[arg-type]
        if self.fault == "writes" and pool.uncertainty is not None and n:
            pool.uncertainty[0] += 1
        return found


@dataclass
class Thawed(Broken.__base__):  # type: ignore[name-defined,misc]
    """Not frozen."""

    count: int = 0

    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        return Random()(pool, budget, seed)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("twice", "a row is chosen twice"),
        ("moody", "the same arguments gave another selection"),
        ("short", "6 rows chosen, 7 possible"),
        ("outside", "a row is outside the pool"),
        ("silent", "a reason is empty"),
        ("nan", "a score is not finite"),
        ("dtype", "indices are int32"),
        ("writes", "the pool was changed"),
        ("takes NaN", "NaN in the embeddings was not refused"),
        ("takes any budget", "a negative budget was not refused"),
    ],
)
def test_check_strategy__finds_what_is_broken(fault: str, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check_strategy(Broken(fault))


def test_check_strategy__wants_frozen_dataclasses() -> None:
    with pytest.raises(AssertionError, match="not frozen"):
        check_strategy(Thawed())
    with pytest.raises(AssertionError, match="not a dataclass"):
        check_strategy(lambda pool, budget, seed: Random()(pool, budget, seed))


def test_get_strategy__knows_the_built_ins_and_says_so() -> None:
    assert set(BUILT_IN) <= set(list_strategies())
    assert get_strategy("herding", radius=0.5) == Herding(radius=0.5)
    assert isinstance(get_strategy("margin"), Strategy)
    with pytest.raises(NotFound, match="no strategy is called hearding; known: .*herding") as caught:
        get_strategy("hearding")
    assert caught.value.hint == "Did you mean herding?"
    with pytest.raises(InvalidInput, match="strategy margin: .*radius"):
        get_strategy("margin", radius=1)
    with pytest.raises(InvalidInput, match="radius is -1"):
        get_strategy("herding", radius=-1)


def test_get_strategy__takes_strangers_by_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlib.metadata import EntryPoint

    from whorl.selection import registry

    point = EntryPoint("mine", "whorl.selection.strategies.random:Random", registry.ENTRY_POINT_GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point] if group == "whorl.strategies" else [])
    assert get_strategy("mine") == Random()
    assert "mine" in list_strategies()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("margin", "strategy margin needs class probabilities"),
        ("entropy", "strategy entropy needs class probabilities"),
        ("k_center", "strategy k_center needs embeddings"),
        ("herding", "strategy herding needs embeddings"),
        ("typical", "strategy typical needs embeddings"),
    ],
)
def test_strategy__says_what_it_needs(name: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        get_strategy(name)(Pool(size=5), 2, 0)


@pytest.mark.parametrize(
    ("pool", "message"),
    [
        (Pool(size=3, embeddings=np.zeros((2, 4), np.float32)), "2 embeddings for a pool of 3 items"),
        (
            Pool(size=1, embeddings=np.zeros((1, 4), np.float32), labelled_embeddings=np.zeros((1, 5), np.float32)),
            "pool embeddings have 4 columns, labelled ones 5",
        ),
        (Pool(size=2, uncertainty=np.array([0.0, -1.0])), "uncertainty: row 1 is below 0"),
        (Pool(size=2, uncertainty=np.array([0.0, np.inf])), "uncertainty: row 1 holds a number that is not finite"),
    ],
)
def test_pool_check__refuses(pool: Pool, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        Random()(pool, 1, 0)


@pytest.mark.parametrize(("name", "method"), [("margin", "margin_sampling"), ("entropy", "entropy")])
def test_strategy__equals_scikit_activeml(name: str, method: str) -> None:
    from skactiveml.pool import uncertainty_scores

    pool = make_pool(200)
    scores = uncertainty_scores(pool.probabilities, method=method)
    found = get_strategy(name)(pool, 30, 0)
    assert found.indices.tolist() == np.argsort(-scores)[:30].tolist()
    assert found.scores == pytest.approx(scores[found.indices], rel=1e-5)


def test_margin__ties_do_not_favour_the_first_rows() -> None:
    pool = Pool(size=1000, probabilities=np.full((1000, 2), 0.5))
    chosen = get_strategy("margin")(pool, 100, 0).indices
    assert 400 < chosen.mean() < 600


def test_k_center__farthest_first() -> None:
    angles = np.deg2rad([0, 10, 90, 180])
    pool = Pool(
        size=4,
        embeddings=np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32),
        labelled_embeddings=np.array([[1, 0]], np.float32),
    )
    assert KCenter()(pool, 4, 0).indices.tolist() == [3, 2, 1, 0]
    # Without labels, the first is the one nearest to the mean; 0 and 3 are equally far from it.
    assert KCenter()(replace(pool, labelled_embeddings=None), 2, 0).indices.tolist() == [2, 0]


def test_k_center__equals_scikit_activeml() -> None:
    from skactiveml.pool import CoreSet

    pool = make_pool(80)
    rows, seen = prepare(pool.embeddings, pool.labelled_embeddings)
    x = np.concatenate([rows, seen])
    y = np.concatenate([np.full(len(rows), np.nan), pool.labelled_labels])
    expected = CoreSet(random_state=0).query(x, y, batch_size=15)
    assert KCenter()(pool, 15, 0).indices.tolist() == expected.tolist()


def test_stratified__takes_from_every_source() -> None:
    pool = Pool(size=105, groups=["busy"] * 100 + ["rare"] * 5)
    found = Stratified()(pool, 20, 0)
    assert Counter(pool.groups[row] for row in found.indices) == {"busy": 15, "rare": 5}
    assert found.reasons[:2] in (
        ["Drawn from busy.", "Drawn from rare."],
        ["Drawn from rare.", "Drawn from busy."],
    )


def test_typical__one_from_each_cluster() -> None:
    rng = np.random.default_rng(0)
    centres = np.eye(8, dtype=np.float32)
    labels = np.repeat(np.arange(8), 30)
    embeddings = (centres[labels] + 0.05 * rng.normal(size=(240, 8))).astype(np.float32)
    found = get_strategy("typical")(Pool(size=240, embeddings=embeddings), 8, 0)
    assert sorted(labels[found.indices]) == list(range(8))
    after = get_strategy("typical")(Pool(size=240, embeddings=embeddings, labelled_embeddings=centres[:5]), 3, 0)
    assert sorted(labels[after.indices]) == [5, 6, 7]


def test_k_means__separates_clusters() -> None:
    rows = np.concatenate([np.zeros((20, 2)), np.ones((20, 2))]).astype(np.float32)
    clusters = k_means(rows, 2, seed=0)
    assert len(set(clusters[:20])) == 1
    assert len(set(clusters[20:])) == 1
    assert clusters[0] != clusters[-1]


def test_greedy_coverage__lazy_equals_exhaustive() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(150, 5)).astype(np.float32)
    weights = rng.random(150)
    covered = np.zeros(150)
    picked, gains = greedy_coverage(rows, rows, weights, covered, 1.0, 20)
    kernel = np.exp(-((rows[:, None] - rows[None]) ** 2).sum(-1))
    cover = np.zeros(150)
    for row, gain in zip(picked, gains, strict=True):
        every = (np.maximum(kernel - cover, 0) * weights).sum(axis=1)
        assert every[row] == pytest.approx(every.max(), rel=1e-4)
        assert gain == pytest.approx(every[row], rel=1e-4)
        cover = np.maximum(cover, kernel[row])
    assert (np.diff(gains) <= 1e-4).all()


def test_herding__prefers_uncertain_items_and_covers_when_cold() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(4), 50)
    embeddings = (np.eye(4)[labels] + 0.05 * rng.normal(size=(200, 4))).astype(np.float32)
    cold = Herding()(Pool(size=200, embeddings=embeddings), 4, 0)
    assert sorted(labels[cold.indices]) == [0, 1, 2, 3]
    assert cold.reasons[0].endswith("(no model yet).")
    sure = np.where(labels == 2, 0.5, 0.99)
    probabilities = np.stack([sure, 1 - sure], axis=1)
    warm = Herding()(Pool(size=200, embeddings=embeddings, probabilities=probabilities), 3, 0)
    assert labels[warm.indices[0]] == 2


def test_calibrated_uncertainty__an_overconfident_model_is_doubted() -> None:
    pool = make_pool()
    assert pool.probabilities is not None
    sharp = pool.probabilities**4
    sharp /= sharp.sum(axis=1, keepdims=True)
    wrong = np.roll(np.eye(4)[pool.labelled_labels], 1, axis=1) * 0.9 + 0.025
    plain = calibrated_uncertainty(replace(pool, probabilities=sharp, labelled_probabilities=None))
    doubted = calibrated_uncertainty(replace(pool, probabilities=sharp, labelled_probabilities=wrong))
    assert plain is not None
    assert doubted is not None
    assert doubted.mean() > plain.mean() + 0.2


def test_adaptive_radius__shrinks_with_labels() -> None:
    rng = np.random.default_rng(0)
    rows, _ = prepare(rng.normal(size=(500, 8)).astype(np.float32), None)
    radii = [adaptive_radius(rows, rows[:n]) for n in (5, 50, 400)]
    assert radii[0] > radii[1] > radii[2] > 0
    assert adaptive_radius(np.ones((5, 3), np.float32), np.zeros((0, 3), np.float32)) == 1e-3


def test_detection__says_when_it_does_not_trust_uncertainty() -> None:
    pool = replace(make_pool(300), boxes=None)
    early = Detection()(replace(pool, n_labelled=499), 10, 0)
    assert early.reasons[0].startswith("Fewer than 500 labelled images")
    late = Detection()(replace(pool, n_labelled=500), 10, 0)
    assert late.reasons[0] == "Uncertain boxes, unlike the others picked."
    assert pool.uncertainty is not None
    assert pool.uncertainty[late.indices].mean() > 0.8 > pool.uncertainty[early.indices].mean()
    with pytest.raises(InvalidInput, match="needs the boxes or the uncertainty of each image"):
        Detection()(replace(pool, n_labelled=500, uncertainty=None), 10, 0)
    bare = Pool(size=4, uncertainty=np.array([0.1, 0.9, 0.5, 0.2]), n_labelled=500)
    assert Detection()(bare, 2, 0).indices.tolist() == [1, 2]


def boxes_of(numbers: list[int], sure: float, looks: list[int]) -> ImageBoxes:
    rest = (1 - sure) / 2
    return ImageBoxes(np.eye(3)[numbers] * (sure - rest) + rest, np.eye(6, dtype=np.float32)[looks])


def test_detection__hard_images_whose_objects_are_unlike() -> None:
    boxes = [
        boxes_of([0, 1], 0.5, [0, 1]),
        boxes_of([0, 1], 0.5, [0, 1]),
        boxes_of([2], 0.5, [5]),
        boxes_of([0], 0.99, [3]),
        boxes_of([], 0.5, []),
    ]
    pool = Pool(size=5, boxes=boxes, n_labelled=900, class_names=["ant", "bee", "cat"])
    found = Detection()(pool, 2, 0)
    # The second is a copy of the first: the third, less hard, is taken before it.
    assert set(found.indices.tolist()) in ({0, 2}, {1, 2})
    assert found.reasons[0] == "2 boxes, the hardest of bee; 1.00 unlike the others picked."
    assert [one["boxes"] for one in found.details] == [2, 1]
    every = Detection()(pool, 5, 0)
    assert sorted(every.indices.tolist()) == [0, 1, 2, 3, 4]
    assert "No boxes were found in it." in every.reasons


def test_detection__hard_classes_weigh_more() -> None:
    boxes = [boxes_of([0], 0.6, [0]), boxes_of([1], 0.6, [1])]
    pool = Pool(size=2, boxes=boxes, n_labelled=900)
    for hard in (0, 1):
        difficulty = np.array([0.1, 0.1, 0.1])
        difficulty[hard] = 0.9
        assert Detection()(replace(pool, class_difficulty=difficulty), 1, 0).indices.tolist() == [hard]
    assert class_weights(np.array([0.0, 1.0])).tolist() == pytest.approx([1.0, 1.2])


def test_detection__difficulty_is_estimated_from_the_boxes() -> None:
    boxes = [boxes_of([0] * 40, 0.95, [0] * 40), boxes_of([1] * 40, 0.4, [1] * 40)]
    easy, hard, unseen = estimated_difficulty(box_table(boxes))
    assert easy < 0.12
    assert hard > 0.55
    assert easy < unseen < hard


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"boxes": [ImageBoxes(np.array([[np.nan]]))]}, "probabilities of a box are negative or not finite"),
        ({"boxes": [ImageBoxes(np.array([[-0.1]]))]}, "probabilities of a box are negative or not finite"),
        (
            {"size": 2, "boxes": [ImageBoxes(np.ones((1, 2))), ImageBoxes(np.ones((1, 3)))]},
            "differ in the number of classes",
        ),
        ({"boxes": [ImageBoxes(np.ones((2, 2)), np.ones((1, 4), np.float32))]}, "not one row for each box"),
        ({"boxes": [ImageBoxes(np.ones((1, 2)))], "class_difficulty": np.zeros(3)}, "3 class_difficulty for 2 classes"),
        ({"boxes": []}, "0 boxes for a pool of 1 items"),
    ],
)
def test_detection__refuses(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        Detection()(replace(Pool(size=1, n_labelled=900), **change), 1, 0)


def test_spread_images__similarity_is_of_objects_of_one_class() -> None:
    boxes = [boxes_of([0], 0.9, [0]), boxes_of([1], 0.9, [0]), boxes_of([0, 0], 0.9, [0, 1]), boxes_of([0], 0.9, [0])]
    part = _Part(box_table(boxes), np.arange(4))
    # Itself; another class; half of the other's objects; a copy.
    assert part.similarity(0).tolist() == pytest.approx([1, 0, 0.75, 1])
    assert part.similarity(2)[0] == pytest.approx(0.75)


def test_image_uncertainty__sum_and_mean() -> None:
    scores = [np.array([0.5, 0.75]), np.array([]), np.array([1.0])]
    assert image_uncertainty(scores).tolist() == [1.5, 0.0, 0.0]
    assert image_uncertainty(scores, how="mean").tolist() == [0.75, 0.0, 0.0]


def test_select__keeps_a_marked_random_slice() -> None:
    pool = make_pool(200)
    found = select(pool, get_strategy("margin"), 40, random_share=0.1, seed=2)
    assert found.is_random.sum() == 4
    assert len(set(found.indices.tolist())) == 40
    assert found.is_random[:20].sum() == 2
    rest = [row for row in get_strategy("margin")(pool, 40, 2).indices if row not in found.indices[found.is_random]]
    assert found.indices[~found.is_random].tolist() == rest[:36]
    assert select(pool, get_strategy("margin"), 40, seed=2).indices.tolist() == found.indices.tolist()
    assert all(found.reasons)


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (0.1, 1), (1.0, 5)])
def test_select__share_rounds_up(share: float, expected: int) -> None:
    assert select(make_pool(20), Herding(), 5, random_share=share).is_random.sum() == expected


def test_select__random_slice_is_uniform() -> None:
    # 300 draws of 2 from 20: each row about 30 times, whatever the strategy likes.
    pool = make_pool(20)
    counts = np.zeros(20)
    for seed in range(300):
        found = select(pool, get_strategy("margin"), 10, random_share=0.2, seed=seed)
        counts[found.indices[found.is_random]] += 1
    assert counts.sum() == 600
    assert counts.min() > 12
    assert counts.max() < 52


def test_select__empty_pool_and_bad_share() -> None:
    assert select(Pool(size=0), Random(), 5).indices.size == 0
    assert select(make_pool(3), Herding(), 50).indices.size == 3
    with pytest.raises(InvalidInput, match="random_share is 1.5"):
        select(make_pool(3), Random(), 1, random_share=1.5)


@pytest.mark.slow
def test_herding__twenty_thousand_items() -> None:
    import resource

    rng = np.random.default_rng(0)
    embeddings = rng.normal(size=(20_000, 64)).astype(np.float32)
    probabilities = rng.dirichlet(np.ones(5), size=20_000)
    pool = Pool(size=20_000, embeddings=embeddings, probabilities=probabilities, labelled_embeddings=embeddings[:200])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    assert len(Herding()(pool, 200, 0).indices) == 200
    assert time.process_time() - started < 40
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000


@pytest.mark.slow
def test_strategies__against_random_on_real_digits() -> None:
    """Herding needs fewer labels than random and no shipped classifier strategy is clearly below it."""
    from sklearn.datasets import load_digits
    from sklearn.linear_model import LogisticRegression

    pixels, labels = load_digits(return_X_y=True)
    x = (pixels / 16).astype(np.float32)
    scores: dict[str, list[float]] = {}
    for seed in range(6):
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(x))
        test, pool_rows = order[:400], order[400:1400]
        for name in ("random", "margin", "herding"):
            known = np.zeros(0, np.int64)
            curve = []
            for _ in range(6):
                free = np.setdiff1d(pool_rows, known)
                probabilities = None
                if known.size:
                    model = LogisticRegression(C=float(known.size), max_iter=500).fit(x[known], labels[known])
                    curve.append(float(model.score(x[test], labels[test])))
                    probabilities = model.predict_proba(x[free])
                strategy = get_strategy("herding" if not known.size and name != "random" else name)
                pool = Pool(
                    size=free.size,
                    embeddings=x[free],
                    probabilities=probabilities,
                    labelled_embeddings=x[known],
                    labelled_labels=labels[known],
                )
                known = np.concatenate([known, free[strategy(pool, 25, seed).indices]])
            scores.setdefault(name, []).append(float(np.mean(curve)))
    means = {name: float(np.mean(values)) for name, values in scores.items()}
    assert means["herding"] > means["random"] + 0.01, means
    assert means["margin"] > means["random"] - 0.01, means


def test_prepare__wide_embeddings_keep_their_neighbours() -> None:
    rng = np.random.default_rng(0)
    low = rng.normal(size=(300, 10))
    wide = (low @ rng.normal(size=(10, 600))).astype(np.float32)
    rows, seen = prepare(wide, wide[:7])
    assert rows.shape == (300, 128)
    assert seen == pytest.approx(rows[:7], abs=1e-5)
    unit = wide / np.linalg.norm(wide, axis=1, keepdims=True)
    assert np.linalg.norm(rows[3] - rows[9]) == pytest.approx(np.linalg.norm(unit[3] - unit[9]), rel=1e-3)
    assert prepare(wide[:1], None)[0].shape == (1, 128)
    assert prepare(wide[:0], None)[0].shape == (0, 600)
