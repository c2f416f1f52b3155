"""A whole simulation of labelled images: which learner, its features, the plan, the replay, the outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from whorl.selection.simulation.detecting import DetectorLearner
from whorl.selection.simulation.keeping import RunFolder
from whorl.selection.simulation.outcome import Outcome, summarise
from whorl.selection.simulation.plan import Plan, make_plan
from whorl.selection.simulation.replay import Learner, replay
from whorl.selection.simulation.sources import (
    TINYDET,
    SourceImage,
    Unit,
    choose_model,
    embed_units,
    fingerprint,
    list_units,
    make_learner,
)

Report = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be simulated, as people ask for it.

    Attributes:
        model: builtin:linear or builtin:tinydet; by the labels when None.
        features: auto, hog, lite0 or hog+lite0.
        budget_s: CPU seconds of each training of a detector.
    """

    strategies: tuple[str, ...] = ("auto", "margin", "random")
    model: str | None = None
    budgets: tuple[int, ...] | None = None
    rounds: int = 8
    seeds: int = 5
    test_share: float = 0.3
    target: float | None = None
    seconds_per_label: float | None = None
    features: str = "auto"
    budget_s: float = 20.0


@dataclass(frozen=True, slots=True)
class Places:
    """Folders: of fetched backbones, of cached features, of finished runs."""

    home: Path
    cache: Path
    runs: Path


def simulate(
    images: Sequence[SourceImage],
    wish: Wish,
    places: Places,
    *,
    report: Report = lambda doing, done, total: None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Outcome:
    """Simulate labelling these images; finished runs are taken from ``places.runs``, and kept there.

    Stopped early it tells what the finished pools say.

    Raises:
        InvalidInput: Too little to learn from, a budget above the pool, a label set that no model here takes, or
            stopped before one pool was finished.
        NotFound: No such strategy.
    """
    model = choose_model(images, wish.model)
    units = whole_images(images) if model == TINYDET else list_units(images)
    # Before anything slow.
    plan = plan_of(units, wish)
    features = embed_units(
        images,
        units,
        home=places.home,
        cache=places.cache,
        features=wish.features,
        report=lambda done, total: report("reads the images", done, total),
    )
    learner: Learner
    if model == TINYDET:
        learner = DetectorLearner(images, features, budget_s=wish.budget_s, home=places.home)
    else:
        learner = make_learner(images, units, features)
    key = f"{model} {wish.budget_s if model == TINYDET else ''} {fingerprint(images, units, features)}"
    runs = replay(
        learner,
        plan,
        store=RunFolder(places.runs, key, plan),
        report=lambda done, total: report("simulates", done, total),
        should_stop=should_stop,
    )
    return summarise(
        runs,
        plan,
        task=learner.task,
        metric_name=learner.metric_name,
        target=wish.target,
        seconds_per_label=wish.seconds_per_label,
    )


def plan_of(units: Sequence[Unit], wish: Wish) -> Plan:
    """The plan of a wish, checked."""
    return make_plan(
        wish.strategies,
        n_items=len(units),
        seeds=wish.seeds,
        budgets=wish.budgets,
        rounds=wish.rounds,
        test_share=wish.test_share,
        classes=len({one.label for one in units}),
    )


def whole_images(images: Sequence[SourceImage]) -> list[Unit]:
    """Each image as one thing to label; what its boxes say goes into the fingerprint."""
    return [
        Unit(at, ";".join(f"{label} {box}" for label, box in zip(one.labels, one.boxes.tolist(), strict=True)))
        for at, one in enumerate(images)
    ]
