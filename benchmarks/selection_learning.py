"""Labels that each strategy saves over random on small labelled sets, with intervals over resampled pools.

    OMP_NUM_THREADS=1 nice python -m benchmarks.selection_learning --data FOLDER --out FOLDER --seeds 20

Prints JSON. The folder holds dataloop_sheepface, bccd and dataloop_fruit; digits come with scikit-learn. Where images
hold many objects, each object's crop is an item, and the crops of one image stay together. Features are Lite0's, of
digits also HOG and colour (digits-hog), computed once; finished runs are kept in --out, so a second call goes on, and
several processes may share the pools: --from 10 --seeds 20 runs pools 10 to 19, --report prints what is there.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.machine import cpu_seconds, describe_machine
from whorl.models.features import HOG, LITE0, FeatureCache, extract
from whorl.models.weights import fetch_backbone
from whorl.selection.simulation.keeping import RunFolder
from whorl.selection.simulation.linear import LinearLearner
from whorl.selection.simulation.outcome import Outcome, summarise
from whorl.selection.simulation.plan import Plan, Run, make_plan
from whorl.selection.simulation.replay import replay_arm
from whorl.selection.simulation.sources import embed_units, fingerprint, list_units, make_learner, read_images

STRATEGIES = ("auto", "herding", "margin", "entropy", "typical", "k_center")
BUDGETS = (20, 30, 45, 65, 90, 120, 160, 210, 270, 340, 420, 520)
SETS = {"sheepface": ("dataloop_sheepface", None), "bccd": ("bccd/BCCD", "voc"), "fruit": ("dataloop_fruit", None)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the sets")
    parser.add_argument("--out", type=Path, required=True, help="where features and finished runs are kept")
    parser.add_argument(
        "--sets", nargs="+", default=["digits", "digits-hog", *SETS], choices=["digits", "digits-hog", *SETS]
    )
    parser.add_argument("--strategies", nargs="+", default=list(STRATEGIES))
    parser.add_argument("--from", dest="first", type=int, default=0, help="first pool")
    parser.add_argument("--seeds", type=int, default=20, help="pools, counted from 0")
    parser.add_argument("--report", action="store_true", help="run nothing; print what is there")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    learners = {name: load(name, given.data, given.out) for name in given.sets}
    started = time.monotonic()
    if not given.report:
        run_pools(learners, given)
    rows = [row for name, (learner, key) in learners.items() for row in describe(name, learner, key, given)]
    facts = {"wall_s": round(time.monotonic() - started, 1), "cpu_s": round(cpu_seconds(), 1)}
    print(json.dumps({"sets": rows, **facts, "machine": describe_machine()}, indent=2))


def load(name: str, data: Path, out: Path) -> tuple[LinearLearner, str]:
    """One set and the name of its data."""
    if name == "digits":
        learner = load_digits(out, LITE0)
        return learner, f"digits-{len(learner.targets)}-{LITE0}"
    if name == "digits-hog":
        learner = load_digits(out, HOG)
        return learner, f"digits-{len(learner.targets)}-{HOG}"
    folder, format_name = SETS[name]
    images = read_images(data / folder, format_name=format_name)
    units = list_units(images)
    features = embed_units(images, units, home=out, cache=out / "features", features="lite0")
    return make_learner(images, units, features), fingerprint(images, units, features)


def load_digits(out: Path, feature: str) -> LinearLearner:
    """Scikit-learn's 1,797 digits of 8 x 8 pixels, as pictures."""
    from sklearn.datasets import load_digits as read_digits

    found = read_digits()
    pictures = [np.repeat(np.clip(one * 16, 0, 255).astype(np.uint8)[..., None], 3, axis=2) for one in found.images]
    backbone = fetch_backbone("lite0", out).path
    rows = FeatureCache(out / "features").fill(
        [f"{'digits':_<58}{at:06d}" for at in range(len(pictures))],
        feature,
        lambda places: extract([pictures[at] for at in places], feature, backbone=backbone),
    )
    return LinearLearner(rows, found.target.astype(np.int64), tuple("0123456789"))


def plan_of(learner: LinearLearner, given: argparse.Namespace) -> Plan:
    """Budgets up to half of the pool."""
    n_pool = round(len(learner.targets) * 0.7)
    return make_plan(
        given.strategies,
        n_items=len(learner.targets),
        seeds=given.seeds,
        budgets=[one for one in BUDGETS if one <= n_pool * 0.6],
    )


def run_pools(learners: dict[str, tuple[LinearLearner, str]], given: argparse.Namespace) -> None:
    """Pool by pool over all sets, so that a run that is cut short has some of each."""
    for seed in range(given.first, given.seeds):
        for learner, key in learners.values():
            plan = plan_of(learner, given)
            store = RunFolder(given.out / "runs", key, plan)
            full: float | None = None
            for strategy in ("random", *(one for one in plan.strategies if one != "random")):
                found = store.find(strategy, seed)
                if found is None:
                    found = replay_arm(learner, plan, strategy, seed, full=full)
                    store.keep(found)
                full = found.full


def stored(plan: Plan, store: RunFolder) -> Iterator[Run]:
    """The runs that are there."""
    for seed, strategy in plan.arms:
        found = store.find(strategy, seed)
        if found is not None:
            yield found


def describe(name: str, learner: LinearLearner, key: str, given: argparse.Namespace) -> Iterator[dict[str, object]]:
    """One row for each strategy against random, from the pools that both have finished."""
    plan = plan_of(learner, given)
    runs = list(stored(plan, RunFolder(given.out / "runs", key, plan)))
    for strategy in (one for one in plan.strategies if one != "random"):
        two = Plan((strategy, "random"), plan.budgets, plan.random_budgets, plan.seeds)
        mine = [run for run in runs if run.strategy in two.strategies]
        if not any(run.strategy == strategy for run in mine):
            continue
        found = summarise(mine, two, task=learner.task, metric_name=learner.metric_name)
        yield {"set": name, "strategy": strategy, **figures(found)}


def figures(found: Outcome) -> dict[str, object]:
    """What is quoted."""
    curves = {one.strategy: one for one in found.curves}
    ours = next(one for one in found.curves if one.strategy != "random")
    at = {label: mean for label, mean in zip(curves["random"].labels, curves["random"].mean, strict=True)}
    return {
        "pools": found.n_pools,
        "n_pool": found.n_pool,
        "n_test": found.n_test,
        "full": round(found.full_metric, 4),
        "savings": [
            {
                "at": one.at_share,
                "labels": rounded(one.n_strategy, 0),
                "random": rounded(one.n_random, 0),
                "saving": rounded(one.saving),
                "interval": [rounded(one.low), rounded(one.high)],
            }
            for one in found.savings
        ],
        "below_random_at": found.below_random.get(ours.strategy, []),
        "gain_by_labels": {
            label: round(mean - at[label], 4) for label, mean in zip(ours.labels, ours.mean, strict=True)
        },
    }


def rounded(value: float | None, digits: int = 3) -> float | None:
    return None if value is None else round(value, digits)


if __name__ == "__main__":
    main()
