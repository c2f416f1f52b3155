"""Streaming samplers: small memory, the same for the same seed, and chance that is fair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from whorl.base.errors import InvalidInput
from whorl.selection.edge.candidates import Candidate, make_id, priority_of
from whorl.selection.edge.estimates import estimate_mean, estimate_total
from whorl.selection.edge.mixture import Mixture, parse_recipe
from whorl.selection.edge.samplers import BurstLimit, Novelty, Reservoir, StratifiedReservoir, Uncertain


def _candidate(key: str, *, seed: int = 0, stratum: str = "", **more: object) -> Candidate:
    item_id = make_id(seed, "cam", key)
    vector = more.pop("descriptor", None)
    array = None if vector is None else np.asarray(vector, np.float32)
    uncertainty = more.pop("uncertainty", None)
    assert uncertainty is None or isinstance(uncertainty, float)
    return Candidate(
        item_id,
        priority_of(item_id),
        stratum=stratum,
        descriptor=array,
        uncertainty=uncertainty,
        is_burst=bool(more.pop("is_burst", False)),
    )


def _stream(n: int, *, seed: int = 0) -> list[Candidate]:
    return [_candidate(str(number), seed=seed) for number in range(n)]


def test_reservoir__keeps_the_lowest_priorities_in_any_order() -> None:
    stream = _stream(500)
    wanted = [one.id for one in sorted(stream, key=lambda one: one.priority)[:20]]
    for order in (stream, stream[::-1]):
        reservoir = Reservoir(20)
        kept: set[str] = set()
        for one in order:
            verdict = reservoir.offer(one)
            kept = (kept | {one.id} if verdict.is_kept else kept) - set(verdict.displaced)
        assert [one.id for one in reservoir.held()] == wanted
        assert kept == set(wanted), "what it says and what it holds are the same"
        assert reservoir.threshold == sorted(one.priority for one in stream)[20]


def test_reservoir__a_sample_of_samples_is_the_sample_of_all() -> None:
    streams = [[_candidate(f"{device}/{number}") for number in range(200)] for device in range(5)]
    base = Reservoir(10)
    for stream in streams:
        device = Reservoir(15)
        for one in stream:
            device.offer(one)
        for one in device.held():
            base.offer(one)
    everything = sorted((one for stream in streams for one in stream), key=lambda one: one.priority)
    assert [one.id for one in base.held()] == [one.id for one in everything[:10]]


def test_reservoir__estimates_are_unbiased_after_shrinking_to_a_budget_of_bytes() -> None:
    values = np.random.default_rng(0).gamma(2.0, 5.0, 300)
    sizes = np.random.default_rng(1).integers(10, 1000, 300)
    totals = []
    for seed in range(400):
        stream = _stream(300, seed=seed)
        value_of = {one.id: (float(values[at]), int(sizes[at])) for at, one in enumerate(stream)}
        reservoir = Reservoir(60)
        for one in stream:
            reservoir.offer(one)
        reservoir.fit_bytes(15_000, {item_id: size for item_id, (_, size) in value_of.items()})
        held = reservoir.held()
        totals.append(
            estimate_total([value_of[one.id][0] for one in held], [reservoir.probability_of(one) for one in held]).value
        )
    error = np.std(totals) / np.sqrt(len(totals))
    assert abs(np.mean(totals) - values.sum()) < 3.5 * error


def test_reservoir__eviction_leaves_a_fair_sample() -> None:
    reservoir = Reservoir(20)
    for one in _stream(100):
        reservoir.offer(one)
    held = reservoir.held()
    assert reservoir.evict({held[10].id}) == [one.id for one in held[11:]]
    assert (reservoir.threshold, len(reservoir.held())) == (held[10].priority, 10)


def test_stratified__each_stratum_has_its_share_and_its_probability() -> None:
    reservoir = StratifiedReservoir(12)
    stream = [_candidate(str(number), stratum="rare" if number % 50 == 0 else "common") for number in range(1000)]
    for one in stream:
        reservoir.offer(one)
    held = reservoir.held()
    assert sorted(one.stratum for one in held) == ["common"] * 6 + ["rare"] * 6
    total = estimate_total([1.0] * 12, [reservoir.probability_of(one) for one in held])
    assert abs(total.value - 1000) < 4 * total.standard_error


def test_stratified__more_strata_than_room_share_the_last_place() -> None:
    reservoir = StratifiedReservoir(6)
    for number in range(300):
        reservoir.offer(_candidate(str(number), stratum=f"label {number % 30}"))
    assert len(reservoir.held()) <= 6
    assert StratifiedReservoir.REST in reservoir.thresholds
    assert len(reservoir.thresholds) == 3


@pytest.mark.parametrize("n_places", [2, 3, 5])
def test_stratified__estimates_are_unbiased_also_with_more_strata_than_places(n_places: int) -> None:
    totals = []
    drawn: set[str] = set()
    for seed in range(500):
        reservoir = StratifiedReservoir(12)
        for number in range(120):
            stratum = "abc"[(number % 5 == 0) + (number % 20 == 0)]
            reservoir.offer(_candidate(str(number), seed=seed, stratum=stratum))
        reservoir.shrink(n_places)
        held = reservoir.held()
        assert 1 <= len(held) <= n_places
        totals.append(sum(1 / reservoir.probability_of(one) for one in held))
        drawn |= {one.stratum for one in held}
    assert drawn == {"a", "b", "c"}, "each stratum has its chance"
    assert abs(np.mean(totals) - 120) < 3.5 * np.std(totals) / np.sqrt(len(totals))


@pytest.mark.parametrize("recipe", ["novelty+uncertainty+uniform=0.5", "stratified:label=0.6+novelty"])
def test_mixture__a_base_that_chooses_again_among_devices_stays_unbiased(recipe: str) -> None:
    errors = []
    for seed in range(250):
        rng = np.random.default_rng(seed)
        base, sent = Mixture(parse_recipe(recipe), 8), dict[str, Candidate]()
        for device in range(3):
            window = Mixture(parse_recipe(recipe), 6)
            stream = [
                _candidate(
                    f"{device}/{number}",
                    seed=seed,
                    stratum="ab"[number % 6 == 0],
                    descriptor=rng.normal(size=3),
                    uncertainty=float(rng.random()),
                )
                for number in range(10 + 15 * device)
            ]
            for one in stream:
                window.offer(one)
            known = {one.id: one for one in stream}
            for choice in window.close(int(rng.integers(2, 7)), 1e9, dict.fromkeys(known, 1)):
                came = replace(known[choice.id], probability=choice.probability or 1.0, is_uniform=choice.is_uniform)
                sent[choice.id] = came
                base.offer(came)
        chosen = base.close(6, 1e9, dict.fromkeys(sent, 1))
        errors.append(sum(1 / one.probability for one in chosen if one.probability is not None) - 75)
    assert abs(np.mean(errors)) < 3.5 * np.std(errors) / np.sqrt(len(errors))


def test_novelty__finds_one_of_each_scene_where_one_scene_fills_the_stream() -> None:
    rng = np.random.default_rng(3)
    scenes = rng.normal(size=(12, 16))
    novelty = Novelty(12)
    for number in range(2000):
        scene = number % 12 if number % 100 < 12 else 0
        novelty.offer(_candidate(f"{number}:{scene}", descriptor=scenes[scene] + rng.normal(scale=0.01, size=16)))
    kept = np.stack([one.descriptor for one, _ in novelty.ranked() if one.descriptor is not None])
    nearest = np.linalg.norm(kept[:, None] - scenes[None], axis=2).argmin(axis=1)
    assert sorted(nearest.tolist()) == list(range(12))


def test_novelty__distances_stay_right_through_replacements() -> None:
    rng = np.random.default_rng(5)
    anchors = [rng.normal(size=4).astype(np.float32) for _ in range(3)]
    novelty = Novelty(8, anchors=anchors)
    for number in range(400):
        novelty.offer(_candidate(str(number), descriptor=rng.normal(size=4)))
    kept = [one.descriptor for one, _ in novelty.ranked() if one.descriptor is not None]
    for (one, score), vector in zip(novelty.ranked(), kept, strict=True):
        others = [other for other in [*kept, *anchors] if other is not vector]
        true = min(float(np.sqrt(np.mean((vector - other) ** 2))) for other in others)
        assert score == pytest.approx(true / (0.1 + true), rel=1e-3), one.id


def test_novelty__knows_what_was_chosen_before_and_passes_bursts() -> None:
    novelty = Novelty(5, anchors=[np.zeros(3, np.float32)])
    assert not novelty.offer(_candidate("a", descriptor=[0.001, 0, 0])).is_kept
    assert not novelty.offer(_candidate("b", descriptor=[1, 0, 0], is_burst=True)).is_kept
    assert novelty.offer(_candidate("c", descriptor=[1, 0, 0])).is_kept
    with pytest.raises(InvalidInput, match="4 numbers after some of 3"):
        novelty.offer(_candidate("d", descriptor=[1, 0, 0, 0]))


def test_uncertain__keeps_the_most_uncertain_and_the_first_among_equals() -> None:
    uncertain = Uncertain(3)
    for number, value in enumerate([0.1, 0.9, 0.5, 0.9, 0.9, 0.9, 0.0]):
        uncertain.offer(_candidate(str(number), uncertainty=value))
    assert [one.id for one, _ in uncertain.ranked()] == [make_id(0, "cam", key) for key in ("1", "3", "4")]


def test_burst_limit__one_frame_of_a_still_scene_each_two_seconds() -> None:
    bursts = BurstLimit(within_s=2.0, distance=0.02)
    still, other = np.zeros(4, np.float32), np.ones(4, np.float32)
    frames: Sequence[tuple[str, float]] = [("a", 0.0), ("a", 0.5), ("b", 0.6), ("a", 1.9), ("a", 2.1), ("a", 3.0)]
    assert [bursts.is_burst(source, still, at) for source, at in frames] == [False, True, False, True, False, True]
    assert not bursts.is_burst("a", other, 3.1)
    assert not bursts.is_burst("a", None, 3.1)
    assert not BurstLimit(within_s=0).is_burst("a", still, 0.0)


def test_mixture__chance_always_has_its_share_and_is_marked() -> None:
    mixture = Mixture(parse_recipe("novelty+uncertainty+uniform=0.2"), 20)
    rng = np.random.default_rng(0)
    stream = [
        _candidate(str(number), descriptor=rng.normal(size=8), uncertainty=float(rng.random())) for number in range(800)
    ]
    for one in stream:
        mixture.offer(one)
    choices = mixture.close(20, 1e9, {one.id: 100 for one in stream})
    uniform = [one for one in choices if one.is_uniform]
    assert len(choices) == 20
    assert {one.id for one in uniform} == {one.id for one in sorted(stream, key=lambda one: one.priority)[:4]}
    assert {one.probability for one in choices if not one.is_uniform} == {None}
    reasons = [one.reason for one in choices if not one.is_uniform]
    assert (reasons.count("novelty"), reasons.count("uncertainty")) == (8, 8)


def test_mixture__is_the_same_for_the_same_stream() -> None:
    def run() -> list[str]:
        rng = np.random.default_rng(0)
        mixture = Mixture(parse_recipe("novelty+uniform"), 10)
        stream = [_candidate(str(number), descriptor=rng.normal(size=4)) for number in range(200)]
        for one in stream:
            mixture.offer(one)
        return [one.id for one in mixture.close(10, 1e9, {one.id: 1 for one in stream})]

    assert run() == run()


def test_recipe__shares() -> None:
    assert parse_recipe("novelty+uniform").parts == {"novelty": 0.9}
    assert parse_recipe("uniform").uniform == 1.0
    assert parse_recipe("novelty").uniform == 0.1, "chance is part of every mixture"
    assert parse_recipe("stratified:label").stratify == "label"
    assert parse_recipe("novelty+uncertainty+reservoir", uniform=0.5).parts == {"novelty": 0.25, "uncertainty": 0.25}


@pytest.mark.parametrize(
    "text",
    ["", "magic", "novelty+novelty", "novelty=1.0+uniform=0", "novelty=0.2+uniform=0.2", "stratified", "uniform:x"],
)
def test_recipe__nonsense_says_what_is_allowed(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_recipe(text)
    assert caught.value.hint


def test_estimates__of_a_mean_and_what_they_refuse() -> None:
    assert estimate_mean([1, 0, 1], [0.5, 0.25, 0.5]).value == 0.5
    assert estimate_total([], []).value == 0
    for values, probabilities in (([1.0], [0.0]), ([1.0], [1.5]), ([1.0, 2.0], [0.5]), ([float("nan")], [0.5])):
        with pytest.raises(InvalidInput):
            estimate_total(values, probabilities)
    with pytest.raises(InvalidInput):
        estimate_mean([], [])
