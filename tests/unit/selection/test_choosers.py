"""What each strategy is for: it does that, on pools small enough to see it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from whorl.base.errors import InvalidInput
from whorl.selection import Pool, get_strategy
from whorl.selection.explaining import explained
from whorl.selection.strategies.cluster_margin import ClusterMargin
from whorl.selection.strategies.disagreement import Disagreement
from whorl.selection.strategies.herding import Herding
from whorl.selection.strategies.rare_tail import RareTail
from whorl.selection.strategies.regions import Regions, region_order
from whorl.selection.strategies.similarity import Similarity
from whorl.selection.types import ImageRegions, LinearHead
from whorl.testing.strategies import make_pool


def around(sizes: list[int], *, d: int = 8, noise: float = 0.05, seed: int = 0) -> tuple[Any, Any]:
    """Rows around as many axes as there are sizes, and the axis of each."""
    labels = np.repeat(np.arange(len(sizes)), sizes)
    rng = np.random.default_rng(seed)
    return (np.eye(d)[labels] + noise * rng.normal(size=(len(labels), d))).astype(np.float32), labels


# cluster_margin


@pytest.mark.parametrize("most_hierarchical", [4000, 0])
def test_cluster_margin__takes_from_clusters_in_turn_small_ones_first(
    most_hierarchical: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from whorl.selection.strategies import cluster_margin

    monkeypatch.setattr(cluster_margin, "_MOST_HIERARCHICAL", most_hierarchical)
    rows, labels = around([60, 20, 5])
    # All of the doubt of plain margin sits in the largest cluster.
    top = np.where(labels == 0, 0.5, 0.6) + np.linspace(0, 0.01, len(labels))
    pool = Pool(size=len(rows), embeddings=rows, probabilities=np.stack([top, 1 - top], axis=1))
    found = ClusterMargin(clusters=3, candidates=20)(pool, 6, 0)
    assert labels[found.indices].tolist() == [2, 1, 0, 2, 1, 0]
    # The least certain of each cluster come first.
    assert found.indices.tolist() == [80, 60, 0, 81, 61, 1]
    assert [one["cluster_size"] for one in found.details[:3]] == [5, 20, 60]
    assert found.reasons[0] == "Uncertainty 0.781, the most doubtful of 5 uncertain items that are alike."


def test_cluster_margin__without_a_model() -> None:
    with pytest.raises(InvalidInput, match="strategy cluster_margin needs class probabilities"):
        ClusterMargin()(Pool(size=3, embeddings=np.eye(3, dtype=np.float32)), 1, 0)


# disagreement


def test_disagreement__votes_that_differ() -> None:
    rows, labels = around([10, 10, 10, 10])
    plain = np.tile([0.9, 0.1], (40, 1))
    votes = np.tile([0.8, 0.2], (5, 40, 1))
    # Four of five votes turn on the second and the fourth cluster.
    votes[:4, (labels == 1) | (labels == 3)] = [0.3, 0.7]
    found = Disagreement()(Pool(size=40, embeddings=rows, probabilities=plain, votes=votes), 2, 0)
    assert sorted(labels[found.indices].tolist()) == [1, 3]
    assert found.scores.tolist() == pytest.approx([0.8, 0.8])
    assert found.reasons[0] == "80% of the votes contradict the prediction; it stands for 10 such items."
    # Without plain probabilities the mean of the votes is what they are held against.
    again = Disagreement()(Pool(size=40, embeddings=rows, votes=votes), 2, 0)
    assert again.scores.tolist() == pytest.approx([0.2, 0.2])


def test_disagreement__the_head_under_dropout_is_unsure_at_the_border() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(400, 16)).astype(np.float32)
    head = LinearHead(weights=rng.normal(size=(2, 16)), bias=np.zeros(2))
    gap = np.abs((rows @ head.weights.T) @ [1, -1])
    rates = Disagreement(votes=25).rates(Pool(size=400, embeddings=rows, head=head), 0)
    assert rates[gap < np.quantile(gap, 0.2)].mean() > 2 * rates[gap > np.quantile(gap, 0.8)].mean()
    found = Disagreement(votes=25)(Pool(size=400, embeddings=rows, head=head), 20, 0)
    assert found.scores.min() > 0.5


def test_disagreement__doubts_what_scikit_activeml_doubts() -> None:
    from skactiveml.classifier import SklearnClassifier
    from skactiveml.pool import DropQuery
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    rows = rng.normal(size=(300, 12)).astype(np.float32)
    y = np.full(300, np.nan)
    y[:30] = rng.integers(0, 4, 30)
    model = SklearnClassifier(LogisticRegression(fit_intercept=False), classes=[0, 1, 2, 3]).fit(rows, y)
    head = LinearHead(weights=model.estimator_.coef_, bias=np.zeros(4))
    pool = Pool(size=270, embeddings=rows[30:], head=head)
    ours = Disagreement(votes=99).rates(pool, 0) > 0.5
    query = DropQuery(n_dropout_samples=99, random_state=0)
    _, worth = query.query(rows, y, model, fit_clf=False, batch_size=1, return_utilities=True)
    theirs = np.isfinite(worth[0][30:])
    # Other masks: an item near to one half may fall to either side. Two seeds of theirs agree on 0.87, chance on 0.59.
    assert (ours == theirs).mean() > 0.8
    assert abs(int(ours.sum()) - int(theirs.sum())) < 15
    picked = Disagreement(votes=99)(pool, 10, 0)
    assert ours[picked.indices].all()


@pytest.mark.parametrize(
    ("params", "message"),
    [({"dropout": 1.0}, "dropout is 1"), ({"dropout": float("nan")}, "dropout is nan"), ({"votes": 2}, "votes is 2")],
)
def test_disagreement__refuses_parameters(params: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        get_strategy("disagreement", **params)


def test_disagreement__refuses_what_does_not_fit() -> None:
    rows = np.eye(4, dtype=np.float32)
    with pytest.raises(InvalidInput, match="strategy disagreement needs votes or the head"):
        Disagreement()(Pool(size=4, embeddings=rows), 1, 0)
    with pytest.raises(InvalidInput, match=r"a head of shape \(2, 5\) with bias \(2,\) for embeddings of 4 columns"):
        Disagreement()(Pool(size=4, embeddings=rows, head=LinearHead(np.ones((2, 5)), np.ones(2))), 1, 0)
    with pytest.raises(InvalidInput, match=r"votes of shape \(3, 5, 2\) for a pool of 4 items"):
        Disagreement()(Pool(size=4, embeddings=rows, votes=np.ones((3, 5, 2))), 1, 0)


# class_balance


def balanced_pool() -> Pool:
    """30 items that look like classes 0, 1 and 2 (20, 8, 2 of them); 10 labels of class 0 and 2 of class 1."""
    likely = np.repeat([0, 1, 2], [20, 8, 2])
    probabilities = np.full((30, 3), 0.1)
    probabilities[np.arange(30), likely] = 0.8
    return Pool(
        size=30,
        probabilities=probabilities,
        labelled_labels=np.repeat([0, 1], [10, 2]).astype(np.int64),
        class_names=["cat", "dog", "owl"],
    )


def taken_for(target: dict[str, float] | None, pool: Pool, budget: int) -> Counter[Any]:
    found = get_strategy("class_balance", target=target)(pool, budget, 0)
    return Counter(one["wanted_class"] for one in found.details)


def test_class_balance__toward_equal_shares() -> None:
    pool = balanced_pool()
    # Of 24 labels, 8 each: 6 more dogs, 8 more owls; 14 are wanted for 12, so 5 and 7.
    assert taken_for(None, pool, 12) == {"dog": 5, "owl": 7}
    found = get_strategy("class_balance")(pool, 12, 0)
    assert set(found.indices.tolist()) >= {28, 29}
    assert found.reasons[0].startswith("Likely owl (0.80), which has 0% of the labels and should have 33%.")


def test_class_balance__toward_a_target() -> None:
    pool = balanced_pool()
    assert taken_for({"cat": 1.0}, pool, 6) == {"cat": 6}
    assert taken_for({"owl": 0.5, "dog": 0.5, "cat": 0}, pool, 4)["cat"] == 0
    # By number, and what is left goes to the others in equal parts.
    assert (
        taken_for({"0": 0.8}, pool, 8) == {"cat": 6, "dog": 0, "owl": 2} or taken_for({"0": 0.8}, pool, 8)["cat"] == 6
    )


def test_class_balance__pending_items_count_as_expected() -> None:
    pool = balanced_pool()
    owls = np.tile([0.0, 0.0, 1.0], (8, 1))
    assert taken_for(None, replace(pool, pending_probabilities=owls), 4) == {"dog": 4}


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ({"cat": -0.1}, "target shares are"),
        ({"cat": 0.7, "dog": 0.7}, "target shares are"),
        ({"cat": float("nan")}, "target shares are"),
        ({"cow": 0.5}, "no class is called cow; known: cat, dog, owl"),
    ],
)
def test_class_balance__refuses(target: dict[str, float], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        get_strategy("class_balance", target=target)(balanced_pool(), 3, 0)


# rare_tail


def test_rare_tail__small_kinds_first_and_broken_ones_last() -> None:
    rows, labels = around([400, 80, 12, 6, 1], noise=0.02)
    pool = Pool(size=len(rows), embeddings=rows)
    found = RareTail(clusters=1)(pool, 5, 0)
    assert labels[found.indices].tolist() == [3, 2, 1, 0, 4]
    assert found.reasons[0] == "Of a rare kind: about 6 of 499 items are like it."
    # What has a label waits.
    known = replace(pool, labelled_embeddings=rows[labels == 3][:2])
    assert labels[RareTail(clusters=1)(known, 5, 0).indices].tolist() == [2, 1, 0, 3, 4]


def test_rare_tail__classes_with_few_labels_count_as_smaller() -> None:
    rows, labels = around([30, 20], noise=0.02)
    sure = np.eye(2)[labels]
    pool = Pool(size=50, embeddings=rows, probabilities=sure, labelled_labels=np.ones(20, np.int64))
    pool = replace(pool, labelled_labels=np.ones(20, np.int64))
    assert labels[RareTail(clusters=1)(pool, 2, 0).indices].tolist() == [0, 1]
    assert labels[RareTail(clusters=1)(replace(pool, labelled_labels=None), 2, 0).indices].tolist() == [1, 0]


# similarity


def test_similarity__like_examples_unlike_counter_examples() -> None:
    rows, labels = around([20, 20, 20], noise=0.05)
    pool = Pool(size=60, embeddings=rows, examples=np.eye(8, dtype=np.float32)[[1]])
    found = Similarity(diversity=0)(pool, 10, 0)
    cosine = rows[:, 1] / np.linalg.norm(rows, axis=1)
    assert found.indices.tolist() == np.argsort(-cosine, kind="stable")[:10].tolist()
    assert [one["example"] for one in found.details] == [0] * 10
    both = np.eye(8, dtype=np.float32)[[0, 2]]
    torn = replace(pool, examples=both, counter_examples=both[1:])
    assert labels[Similarity()(torn, 20, 0).indices].tolist() == [0] * 20
    assert "to a counter-example" in Similarity()(torn, 1, 0).reasons[0]


def test_similarity__is_not_all_alike() -> None:
    rng = np.random.default_rng(0)
    copies = np.tile([1.0, 0.05, 0.0], (30, 1)) + 0.001 * rng.normal(size=(30, 3))
    others = np.array([[1, 0.3 * np.cos(t), 0.3 * np.sin(t)] for t in np.linspace(0, 6, 12)])
    pool = Pool(
        size=42,
        embeddings=np.concatenate([copies, others]).astype(np.float32),
        examples=np.eye(3, dtype=np.float32)[:1],
    )
    assert (Similarity(diversity=0)(pool, 10, 0).indices < 30).all()
    assert (Similarity(diversity=0.7)(pool, 10, 0).indices >= 30).sum() >= 4


def test_similarity__refuses() -> None:
    rows = np.eye(3, dtype=np.float32)
    for examples in (None, rows[:0]):
        with pytest.raises(InvalidInput, match="strategy similarity needs examples"):
            Similarity()(Pool(size=3, embeddings=rows, examples=examples), 1, 0)
    with pytest.raises(InvalidInput, match="pool embeddings have 3 columns, examples ones 2"):
        Similarity()(Pool(size=3, embeddings=rows, examples=rows[:1, :2]), 1, 0)
    with pytest.raises(InvalidInput, match="diversity is 1"):
        Similarity(diversity=1)


# regions


def image(*doubts: float, at: Any = None) -> ImageRegions:
    top = 1 - np.array(doubts) / 2
    centres = None if at is None else np.asarray(at, float)
    return ImageRegions(np.stack([top, 1 - top], axis=1).reshape(-1, 2), centres, numbers=np.arange(len(doubts)) + 70)


def test_regions__the_doubtful_regions_of_the_doubtful_images() -> None:
    pool = Pool(size=4, regions=[image(0.1, 0.2), image(0.9, 0.1, 0.8, 0.7), image(), image(0.6, 0.6)])
    found = Regions(per_image=2)(pool, 3, 0)
    assert found.indices.tolist() == [1, 3, 0]
    assert [(row, numbers.tolist()) for row, numbers in region_order(found)] == [
        (1, [70, 72]),
        (3, [70, 71]),
        (0, [71, 70]),
    ]
    assert found.scores.tolist() == pytest.approx([1.7, 1.2, 0.3])
    assert found.reasons[0] == "2 uncertain regions, 1.70 altogether."
    assert Regions()(pool, 4, 0).reasons[3] == "No regions were found in it."


def test_regions__spread_over_the_image() -> None:
    crowded = image(0.9, 0.8, 0.7, at=[[0.5, 0.5], [0.52, 0.5], [0.9, 0.5]])
    assert [at for at, _ in Regions(per_image=2).ask(crowded)] == [0, 2]
    assert [at for at, _ in Regions(per_image=2, apart=0).ask(crowded)] == [0, 1]
    found = Regions()(Pool(size=1, regions=[replace(crowded, areas=np.array([0.1, 0.2, 0.3]))]), 1, 0)
    assert found.details[0]["regions"] == [
        {"number": 70, "uncertainty": 0.9, "predicted_class": "class 0", "x": 0.5, "y": 0.5, "area": 0.1},
        {"number": 72, "uncertainty": 0.7, "predicted_class": "class 0", "x": 0.9, "y": 0.5, "area": 0.3},
    ]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"per_image": 0}, "per_image 0 and candidates 4"),
        ({"apart": -0.1}, "apart is -0.1"),
        ({"measure": "doubt"}, "measure is doubt"),
        ({"size": 3}, "strategy regions: .*size"),
    ],
)
def test_regions__refuses_parameters(params: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        get_strategy("regions", **params)


def test_regions__refuses_what_it_cannot_use() -> None:
    with pytest.raises(InvalidInput, match="strategy regions needs the regions of each image"):
        Regions()(Pool(size=2), 1, 0)
    with pytest.raises(InvalidInput, match="1 regions for a pool of 2 items"):
        Regions()(Pool(size=2, regions=[image(0.5)]), 1, 0)
    with pytest.raises(InvalidInput, match="probabilities of a region are negative or not finite"):
        Regions()(Pool(size=1, regions=[image(float("nan"))]), 1, 0)


# explanations


def test_explained__facts_of_the_pool_and_of_the_strategy() -> None:
    pool = make_pool(20)
    assert pool.embeddings is not None
    assert pool.labelled_embeddings is not None
    pool = replace(pool, labelled_embeddings=np.concatenate([pool.labelled_embeddings[:5], 3 * pool.embeddings[[7]]]))
    pool = replace(pool, labelled_labels=None, labelled_probabilities=None)
    found = explained(pool, [7, 2], np.zeros(2), ["a", "b"], {"gain": np.array([1.5, np.nan])})
    assert found.details[0]["nearest_labelled"] == 5
    assert found.details[0]["distance"] == pytest.approx(0, abs=1e-6)
    assert found.details[0]["gain"] == 1.5
    assert "gain" not in found.details[1]
    assert set(found.details[1]) == {
        "predicted_class", "probability", "uncertainty", "group", "nearest_labelled", "distance",
    }  # fmt: skip
    assert pool.probabilities is not None
    assert found.details[1]["predicted_class"] == ["ant", "bee", "cat", "dog"][int(pool.probabilities[2].argmax())]


@pytest.mark.parametrize("name", ["herding", "margin", "k_center", "typical", "random", "stratified", "entropy"])
def test_strategies__say_why(name: str) -> None:
    found = get_strategy(name)(make_pool(40), 5, 0)
    for details in found.details:
        assert {"predicted_class", "nearest_labelled", "distance", "uncertainty"} <= set(details)
    assert len(found.reasons[0]) > 10


# The reference library


def test_herding__picks_what_max_herding_of_scikit_activeml_picks() -> None:
    """Without a model, herding is MaxHerding: the same kernel on the same unit vectors, pick by pick."""
    from skactiveml.pool import MaxHerding

    pool = make_pool(150)
    assert pool.embeddings is not None
    assert pool.labelled_embeddings is not None
    radius = 0.6
    ours = Herding(radius=radius)(replace(pool, probabilities=None, uncertainty=None), 20, 0)
    rows = np.concatenate([pool.embeddings, pool.labelled_embeddings]).astype(np.float64)
    y = np.concatenate([np.full(150, np.nan), np.zeros(len(pool.labelled_embeddings))])
    query = MaxHerding(metric_dict={"gamma": 1 / radius**2}, random_state=0)
    theirs = query.query(rows, y, batch_size=20)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def covered(picked: Any) -> float:
        chosen = np.concatenate([unit[picked], unit[150:]])
        distances = ((unit[:150, None] - chosen[None]) ** 2).sum(axis=2)
        return float(np.exp(-distances / radius**2).max(axis=1).mean())

    assert covered(ours.indices) >= covered(theirs) - 1e-6
    assert (ours.indices[:10] == theirs[:10]).all()


def test_typical__reaches_the_clusters_that_typi_clust_of_scikit_activeml_reaches() -> None:
    from skactiveml.pool import TypiClust

    rows, labels = around([40, 30, 30, 20, 20, 10], noise=0.1)
    seen = np.array([0, 45])
    y = np.full(len(rows), np.nan)
    y[seen] = labels[seen]
    free = np.setdiff1d(np.arange(len(rows)), seen)
    theirs = TypiClust(random_state=0, k=20).query(rows, y, batch_size=4)
    pool = Pool(size=len(free), embeddings=rows[free], labelled_embeddings=rows[seen])
    ours = get_strategy("typical", neighbours=20)(pool, 4, 0)
    assert sorted(labels[free][ours.indices]) == sorted(labels[theirs]) == [2, 3, 4, 5]

    def typicality(row: int) -> float:
        held = rows[labels == labels[row]]
        return float(1 / np.sort(np.linalg.norm(held - rows[row], axis=1))[1:21].mean())

    # As typical of their clusters as theirs.
    assert sum(map(typicality, free[ours.indices])) > 0.95 * sum(map(typicality, theirs))


# Pools that are odd


def test_strategies__one_huge_cluster_and_a_few_strangers() -> None:
    rng = np.random.default_rng(0)
    rows = (np.eye(16)[0] + 0.001 * rng.normal(size=(3000, 16))).astype(np.float32)
    rows[:5] = np.eye(16)[1:6]
    pool = Pool(size=3000, embeddings=rows, probabilities=rng.dirichlet([1, 1], size=3000))
    for name in ("k_center", "herding", "rare_tail", "cluster_margin", "typical"):
        found = get_strategy(name)(pool, 40, 0)
        assert len(set(found.indices.tolist())) == 40, name
    assert set(get_strategy("k_center")(pool, 8, 0).indices.tolist()) >= {0, 1, 2, 3, 4}


def test_strategies__vectors_of_zeros_are_covered_by_one() -> None:
    rows = np.zeros((40, 4), np.float32)
    rows[20:] = np.random.default_rng(0).normal(size=(20, 4))
    for name in ("k_center", "herding"):
        found = get_strategy(name)(Pool(size=40, embeddings=rows), 10, 0)
        assert (found.indices < 20).sum() <= 1, name


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"embeddings": np.ones(5, np.float32)}, r"embeddings of shape \(5,\)"),
        ({"probabilities": np.ones(5)}, r"probabilities of shape \(5,\)"),
        ({"probabilities": np.full((5, 2), np.nan)}, "probabilities: row 0 holds a number that is not finite"),
        ({"pending_embeddings": np.ones((2, 3), np.float32)}, "pool embeddings have 4 columns, pending ones 3"),
        ({"counter_examples": np.ones((2, 3), np.float32)}, "pool embeddings have 4 columns, counter_examples ones 3"),
        ({"labelled_embeddings": np.ones((2, 4), np.float32), "labelled_labels": np.zeros(3, np.int64)}, "3 labelled"),
        ({"item_bytes": np.array([1, 1, -1, 1, 1])}, "item_bytes: row 2 is below 0"),
        ({"item_seconds": np.array([1, np.inf, 1, 1, 1])}, "item_seconds: row 1 holds a number that is not finite"),
        ({"fields": {"day": ["1"]}}, "1 values of field day for a pool of 5 items"),
        ({"duplicates": np.zeros(4, np.int64)}, "4 duplicates for a pool of 5 items"),
    ],
)
def test_pool_check__refuses_more(change: dict[str, Any], message: str) -> None:
    pool = replace(Pool(size=5, embeddings=np.ones((5, 4), np.float32)), **change)
    with pytest.raises(InvalidInput, match=message):
        pool.check()


@pytest.mark.parametrize(
    "name", ["cluster_margin", "class_balance", "rare_tail", "disagreement", "similarity", "regions", "k_center"]
)
def test_get_strategy__refuses_unknown_parameters(name: str) -> None:
    with pytest.raises(InvalidInput, match=f"strategy {name}: .*colour"):
        get_strategy(name, colour="red")


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("cluster_margin", {"candidates": 0}),
        ("rare_tail", {"least": 0}),
        ("similarity", {"repulsion": float("inf")}),
        ("herding", {"most_whole": 0}),
        ("detection", {"candidates": 0}),
    ],
)
def test_get_strategy__refuses_parameters_out_of_range(name: str, params: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        get_strategy(name, **params)
