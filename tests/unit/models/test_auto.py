"""The search: deterministic, pruned, within its trials; the folder is the winner's."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from whorl.base.errors import Cancelled, InvalidInput, JsonValue, ModelError
from whorl.models.builtin.auto import AutoModel, make_spaces, with_validation
from whorl.models.builtin.params import AutoParams
from whorl.models.folder import load_model
from whorl.models.search import DONE, FAILED, PRUNED, ShouldPrune, Space, Trial, best_of, search
from whorl.models.training import TrainingRequest, read_curves, train_inline
from whorl.models.types import Task, TrainingData, TrainingSample

MakeData = Callable[..., TrainingData]
SPACES = [
    Space("a", {"x": (1, 2, 3), "fast": (True, False)}, ({"x": 2, "fast": True},)),
    Space("b", {"x": (1, 2)}, ({"x": 1},)),
]
pytestmark = pytest.mark.train


def score_of(trial: Trial) -> float:
    """The best is a with x = 3 and fast = False."""
    x = trial.params["x"]
    assert isinstance(x, int)
    return (0.2 if trial.architecture == "a" else 0.0) + 0.1 * x - 0.05 * bool(trial.params.get("fast"))


def run(trial: Trial, should_prune: ShouldPrune) -> None:
    """Climbs to its score in ten steps."""
    for step in range(1, 11):
        if should_prune(step / 10, score_of(trial) * step / 10):
            trial.state = PRUNED
            return
    trial.state, trial.score = DONE, score_of(trial)


def tried(seed: int, trials: int = 6) -> list[Trial]:
    """A search of six trials."""
    return search(SPACES, run, trials=trials, seed=seed, may_go_on=lambda: True)


def test_search__same_seed_same_trials_and_presets_first() -> None:
    first, again = tried(1), tried(1)
    assert [one.to_json() for one in first] == [one.to_json() for one in again]
    assert [(one.architecture, one.params) for one in first[:2]] == [("a", {"x": 2, "fast": True}), ("b", {"x": 1})]
    assert len(first) == 6
    assert [one.number for one in first] == list(range(6))


def test_search__tries_nothing_twice_and_ends_when_all_was_tried() -> None:
    found = tried(0, trials=50)
    keys = [json.dumps([one.architecture, one.params]) for one in found]
    assert len(set(keys)) == len(keys) <= 8
    best = best_of(found)
    assert best is not None
    assert (best.architecture, best.params["x"]) == ("a", 3)


def test_search__what_falls_behind_is_pruned() -> None:
    found = tried(3, trials=8)
    pruned = [one for one in found if one.state == PRUNED]
    assert pruned
    done = [one.score for one in found if one.score is not None]
    # The first three set the middle and always go to their end.
    assert all(score_of(one) < max(done) for one in pruned)
    assert all(one.state == DONE for one in found[:3])


def test_search__the_first_trial_runs_whatever_the_budget() -> None:
    assert len(search(SPACES, run, trials=9, seed=0, may_go_on=lambda: False)) == 1


def test_search__failed_trials_are_kept_and_never_the_best() -> None:
    def fail(trial: Trial, should_prune: ShouldPrune) -> None:
        del should_prune
        trial.state, trial.error = FAILED, "no memory"

    found = search(SPACES, fail, trials=3, seed=0, may_go_on=lambda: True)
    assert [one.error for one in found] == ["no memory"] * 3
    assert best_of(found) is None


def sample(number: int, label: str, group: str = "") -> TrainingSample:
    """A sample without a file."""
    return TrainingSample(Path(f"{number}.png"), (label,), key=str(number), item=f"itm_{number}", group=group)


def test_with_validation__holds_out_whole_groups_and_keeps_every_label() -> None:
    frames = [sample(i, "ab"[i % 2], group=f"video {i // 5}") for i in range(40)]
    data = TrainingData(Task.CLASSIFICATION, ("a", "b", "c"), (*frames, sample(99, "c"), *frames[:5]))
    split, is_held_out = with_validation(data, share=0.2, seed=0)
    assert is_held_out
    held = {one.group for one in split.validation}
    assert held
    assert not held & {one.group for one in split.train}
    assert "c" in {one.labels[0] for one in split.train}
    # Repeats of a sampling count once where they are scored.
    assert len({one.item for one in split.validation}) == len(split.validation)
    assert with_validation(data, share=0.2, seed=0)[0] == split
    assert with_validation(data, share=0.2, seed=1)[0] != split


def test_with_validation__uses_the_subset_and_refuses_too_little() -> None:
    few = TrainingData(Task.CLASSIFICATION, ("a",), tuple(sample(i, "a") for i in range(3)))
    with pytest.raises(InvalidInput, match="3 groups of train items are too few"):
        with_validation(few, share=0.2, seed=0)
    given = TrainingData(Task.CLASSIFICATION, ("a",), few.train, (sample(9, "a"),))
    assert with_validation(given, share=0.2, seed=0) == (given, False)
    lonely = TrainingData(Task.CLASSIFICATION, tuple("abcd"), tuple(sample(i, "abcd"[i]) for i in range(4)))
    with pytest.raises(InvalidInput, match="nothing can be held out"):
        with_validation(lonely, share=0.5, seed=0)


def test_make_spaces__only_what_does_the_task() -> None:
    found = make_spaces(Task.DETECTION, AutoParams(), home=None)
    assert [one.architecture for one in found] == ["builtin:tinydet"]
    with pytest.raises(InvalidInput, match="builtin:linear cannot be tried for detection"):
        make_spaces(Task.DETECTION, AutoParams(architectures=["builtin:linear"]), home=None)


def test_train__the_folder_is_the_winners(tmp_path: Path, digit_data: MakeData) -> None:
    params: dict[str, JsonValue] = {"trials": 3, "epochs": 1}
    out = train_inline(TrainingRequest("builtin:auto", digit_data(80), params=params), tmp_path / "m")
    model = load_model(out)
    assert model.card.architecture == "builtin:linear"
    found = json.loads((out / "search.json").read_text())
    assert (found["metric"], found["scored_on"], found["best"]) == ("accuracy", "held-out train items", 0)
    assert (found["trials"][0]["number"], found["trials"][0]["params"]) == (0, {"features": "hog"})
    assert found["trials"][0]["score"] == model.card.metrics["search_score"] > 0.5
    assert "Best of 1 training (1 to the end): builtin:linear with features hog" in model.card.notes[0]
    assert [point["trial"] for point in read_curves(out)][0] == 0
    assert model.predict_batch([np.zeros((20, 20, 3), np.uint8)])[0].label in model.labels


def test_train__cancel_and_nothing_that_scores(tmp_path: Path, digit_data: MakeData) -> None:
    with pytest.raises(Cancelled):
        train_inline(TrainingRequest("builtin:auto", digit_data(40)), tmp_path / "m", should_stop=lambda: True)
    with pytest.raises(ModelError, match="no trial of the search came to a score"):
        AutoModel().train(
            TrainingData(Task.CLASSIFICATION, ("a",), tuple(sample(i, "a") for i in range(8))),
            tmp_path / "x" / "out",
            params={"epochs": 1},
            report=lambda metrics: None,
            should_stop=lambda: False,
        )
