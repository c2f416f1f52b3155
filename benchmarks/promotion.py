"""How often equal models are promoted, and how often a true gain is, on fabricated pairs with known truth.

    python -m benchmarks.promotion --runs 2000 --out promotion.json

Each run fabricates a test set and two models whose true quality is known, and lets ``compare_models`` decide with its
default rules (no class floors, which could only refuse). The numbers hold for the seeds given and are the same on any
machine.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from whorl.models.comparison import (
    ClassificationCase,
    Comparison,
    ComparisonRules,
    Decision,
    DetectionCase,
    LabelsCase,
    PixelsCase,
    Slice,
    SliceVerdict,
    compare_models,
)
from whorl.models.comparison.power import power_of_classes, power_of_spread
from whorl.models.evaluation import PredictedObjects, TruthObjects

NAMES = ["a", "b"]
Generator = np.random.Generator


# Any: numpy's arrays of several types, as everywhere below.
def classes(n: int, rng: Generator, *, won: float, lost: float) -> ClassificationCase:
    """Models that are right alone on shares ``won`` (challenger) and ``lost`` (champion), and agree elsewhere."""
    draw, labels, both = rng.random(n), rng.integers(0, 2, n), rng.random(n) < 0.8
    champion = np.where(draw < won, False, np.where(draw < won + lost, True, both))
    challenger = np.where(draw < won, True, np.where(draw < won + lost, False, both))
    says = [np.eye(2)[np.where(right, labels, 1 - labels)] for right in (champion, challenger)]
    return ClassificationCase(labels, says[0], says[1], NAMES)


def objects(n: int, rng: Generator, shares: tuple[float, float]) -> DetectionCase:
    """Three objects an image, each found by each model with its share, and two false boxes an image of each model."""
    low = rng.random((n, 3, 2)) * 300
    boxes, labels = np.concatenate([low, low + 40], axis=2), rng.integers(0, 2, (n, 3))
    found: list[list[PredictedObjects]] = []
    for share in shares:
        keep, wrong = rng.random((n, 3)) < share, rng.random((n, 2, 2)) * 300
        wrong = np.concatenate([wrong, wrong + 40], axis=2)
        found.append(
            [
                PredictedObjects(
                    np.concatenate([boxes[at][keep[at]], wrong[at]]),
                    rng.random(int(keep[at].sum()) + 2),
                    np.concatenate([labels[at][keep[at]], rng.integers(0, 2, 2)]),
                )
                for at in range(n)
            ]
        )
    truth = [TruthObjects(boxes[at], labels[at]) for at in range(n)]
    return DetectionCase(truth, found[0], found[1], NAMES)


def labels(n: int, rng: Generator) -> LabelsCase:
    """Two labels an item, each scored with noise of the same strength by both models."""
    truth = rng.random((n, 2)) < 0.3
    scores = [2.0 * truth + rng.normal(0, 1.5, (n, 2)) for _ in range(2)]
    return LabelsCase(truth, scores[0], scores[1], NAMES)


def pixels(n: int, rng: Generator) -> PixelsCase:
    """A thousand pixels an image; each model is right on about the same share of them, image by image."""
    counts = []
    true = rng.multinomial(1000, [0.3, 0.1, 0.6], n)
    for _ in range(2):
        hit = rng.binomial(true, np.clip(0.8 + rng.normal(0, 0.1, (n, 3)), 0, 1))
        table = np.zeros((n, 3, 3), np.int64)
        for at in range(3):
            table[:, at, at], table[:, at, (at + 1) % 3] = hit[:, at], true[:, at] - hit[:, at]
        counts.append(table)
    return PixelsCase(counts[0], counts[1], NAMES)


def share_of(decided: list[Comparison], wanted: Callable[[Comparison], bool]) -> dict[str, Any]:
    """How many comparisons satisfy a condition, with the exact 95 % interval of their share."""
    from scipy.stats import binomtest

    count = sum(wanted(one) for one in decided)
    interval = binomtest(count, len(decided)).proportion_ci(0.95)
    return {
        "count": count,
        "of": len(decided),
        "share": count / len(decided),
        "low": interval.low,
        "high": interval.high,
    }


def is_promoted(one: Comparison) -> bool:
    """Whether the challenger was promoted."""
    return one.decision is Decision.PROMOTE


def run_null(runs: int, resamples: int) -> dict[str, Any]:
    """The share of equal challengers that are promoted, by task and size of the test set; alpha is 5 %."""
    makers: dict[str, Callable[[Generator], Any]] = {
        "classes, 40 images": lambda rng: classes(40, rng, won=0.1, lost=0.1),
        "classes, 200 images": lambda rng: classes(200, rng, won=0.05, lost=0.05),
        "objects, 25 images": lambda rng: objects(25, rng, (0.7, 0.7)),
        "objects, 60 images": lambda rng: objects(60, rng, (0.7, 0.7)),
        "labels, 100 items": lambda rng: labels(100, rng),
        "pixels, 40 images": lambda rng: pixels(40, rng),
    }
    rules = ComparisonRules(resamples=resamples, floor_drop=None)
    found = {}
    for name, make in makers.items():
        decided = [compare_models(make(np.random.default_rng(seed)), rules=rules, seed=seed) for seed in range(runs)]
        found[name] = share_of(decided, is_promoted)
        print(f"null, {name}: {found[name]['share']:.2%} of {runs} promoted", flush=True)
    return found


def run_slices(runs: int, resamples: int) -> dict[str, Any]:
    """The share of comparisons that call a slice safe although two slices truly fall by exactly their margin."""
    rules, n = ComparisonRules(resamples=resamples, floor_drop=None), 200
    slices = [Slice(name, np.arange(n) // 100 == at, floor_drop=0.1) for at, name in enumerate("xy")]
    decided = []
    for seed in range(runs):
        case = classes(n, np.random.default_rng(seed), won=0.05, lost=0.15)
        decided.append(compare_models(case, rules=rules, slices=slices, seed=seed))
    found = share_of(decided, lambda one: any(part.verdict is SliceVerdict.SAFE for part in one.slices))
    print(f"slices at their margin: {found['share']:.2%} of {runs} called safe", flush=True)
    return {"two slices of 100 images, fall 0.1, margin 0.1": found}


def run_power(runs: int, resamples: int) -> dict[str, Any]:
    """Promotions of challengers with a known gain, beside the power that is computed for it."""
    rules = ComparisonRules(resamples=resamples, floor_drop=None)
    found: dict[str, Any] = {}
    for n, won, lost in ((60, 0.25, 0.05), (200, 0.12, 0.04), (800, 0.06, 0.03)):
        decided = [
            compare_models(classes(n, np.random.default_rng(seed), won=won, lost=lost), rules=rules, seed=seed)
            for seed in range(runs)
        ]
        name = f"classes, {n} images, gain {won - lost:.2f}"
        found[name] = share_of(decided, is_promoted) | {
            "computed": power_of_classes(n, won - lost, won + lost, alpha=rules.alpha)
        }
    decided = [
        compare_models(objects(60, np.random.default_rng(seed), (0.6, 0.72)), rules=rules, seed=seed)
        for seed in range(runs)
    ]
    gains = np.array([one.delta for one in decided], np.float64)
    computed = power_of_spread(float(gains.mean()), float(gains.std(ddof=1)), alpha=rules.alpha)
    found["objects, 60 images"] = share_of(decided, is_promoted) | {"computed": computed, "gain": float(gains.mean())}
    smallest = [one.power.smallest_gain for one in decided if one.power and one.power.smallest_gain is not None]
    found["objects, 60 images"]["smallest_gain_told"] = float(np.mean(smallest))
    for name, row in found.items():
        print(f"power, {name}: {row['share']:.1%} promoted, {row['computed']:.1%} computed", flush=True)
    return found


def main() -> None:
    """Run and write the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--resamples", type=int, default=500)
    parser.add_argument("--out", type=Path)
    args = parser.parse_args()
    started = time.perf_counter()
    figures = {
        "runs": args.runs,
        "resamples": args.resamples,
        "null": run_null(args.runs, args.resamples),
        "slices": run_slices(args.runs, args.resamples),
        "power": run_power(max(1, args.runs // 4), args.resamples),
    }
    figures["seconds"] = round(time.perf_counter() - started, 1)
    text = json.dumps(figures, indent=2)
    if args.out is not None:
        args.out.write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
