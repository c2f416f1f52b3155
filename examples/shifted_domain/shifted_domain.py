"""A model meets images that it was not made for: how much is lost, and how much 80 labels give back.

    python examples/shifted_domain/shifted_domain.py                              # scikit-learn's digits, 10 seeds
    python examples/shifted_domain/shifted_domain.py --source DIR --target DIR    # your own images: class = folder name

Every number is a mean over seeds with a 95 % interval (bootstrap over seeds). README.md beside this file explains.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from sklearn.datasets import load_digits

from whorl.models.features import HOG, FeatureCache, content_key, extract_files
from whorl.models.folder import load_model
from whorl.models.predicting import predict_files
from whorl.models.trainer import train_into
from whorl.models.training import TrainingRequest
from whorl.models.types import ClassScores, Task, TrainingData, TrainingSample
from whorl.schemas.serving import FlagRule, RuleKind
from whorl.selection.registry import get_strategy
from whorl.selection.types import Pool
from whorl.serving.flag_rules import Facts, judge_all
from whorl.serving.novelty import fit_reference

SIDE = 32
SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp"}
NO_LIMIT = 10**6
SURE = 0.9
WAYS = ("flagged", "once", "margin", "novelty")
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class World:
    """The same classes seen in two ways.

    Args:
        train: Source images that the first model learns from.
        source_test: Source images that it never sees.
        traffic: Target images that arrive at the endpoint, without labels.
        target_test: Target images that nobody ever labels for training.
    """

    labels: tuple[str, ...]
    train: list[TrainingSample]
    source_test: list[TrainingSample]
    traffic: list[TrainingSample]
    target_test: list[TrainingSample]


@dataclass(frozen=True)
class Seen:
    """What is known of the traffic without any label of it."""

    probabilities: NDArray[np.float64]
    features: NDArray[np.float32]
    novelty: NDArray[np.float64]

    @property
    def margins(self) -> NDArray[np.float64]:
        """The distance between the two likeliest classes."""
        top = np.sort(self.probabilities, axis=1)[:, ::-1]
        return np.asarray(top[:, 0] - top[:, 1])


class Bench:
    """Trains and asks models in a folder of its own.

    Args:
        folder: Where models and features go.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cache = FeatureCache(folder / "features")
        self._count = 0

    def train(self, labels: Sequence[str], samples: Sequence[TrainingSample], seed: int) -> Path:
        """A builtin:linear model on HOG and colour."""
        self._count += 1
        request = TrainingRequest(
            "builtin:linear",
            TrainingData(Task.CLASSIFICATION, tuple(labels), tuple(samples)),
            params={"features": "hog", "seed": seed, "cache": str(self._folder / "features")},
        )
        out = self._folder / f"model-{self._count}"
        return train_into(request, out, report=None, should_stop=lambda: False)

    def probabilities(self, model: Path, samples: Sequence[TrainingSample]) -> NDArray[np.float64]:
        """(n, c) class probabilities."""
        loaded = load_model(model)
        paths, keys = [one.path for one in samples], [one.key for one in samples]
        answers = predict_files(loaded, paths, keys=keys, cache=self._cache)
        return ClassScores.stack(loaded.labels, answers).probabilities.astype(np.float64)

    def accuracy(self, model: Path, samples: Sequence[TrainingSample]) -> float:
        """Share of right answers."""
        labels = load_model(model).labels
        answers = self.probabilities(model, samples).argmax(axis=1)
        return float(np.mean([labels[a] == s.labels[0] for a, s in zip(answers, samples, strict=True)]))

    def features(self, samples: Sequence[TrainingSample]) -> NDArray[np.float32]:
        """(n, d) features, those that the model reads."""
        return extract_files([s.path for s in samples], HOG, cache=self._cache, keys=[s.key for s in samples])


def digits_world(folder: Path, seed: int) -> World:
    """Digits of scikit-learn: clean ones, and others that are turned, shrunk and blurred."""
    digits = load_digits()
    rng = np.random.default_rng([seed, 7])
    order = rng.permutation(len(digits.target))
    sizes = {"train": 500, "source_test": 300, "traffic": 500, "target_test": 400}
    parts: dict[str, list[TrainingSample]] = {}
    start = 0
    for name, size in sizes.items():
        parts[name] = []
        for i in order[start : start + size].tolist():
            picture = _digit(digits.images[i])
            if name in ("traffic", "target_test"):
                picture = _shifted(picture, rng)
            path = folder / str(seed) / name / f"{i}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.save(path)
            parts[name].append(_sample(path, str(digits.target[i])))
        start += size
    return World(tuple(str(name) for name in range(10)), **parts)


def folder_world(source: Path, target: Path, seed: int) -> World:
    """Two folders of somebody's own images, a folder per class; 70 % of each to learn from or to arrive."""
    found = {name: _read_folder(root) for name, root in (("source", source), ("target", target))}
    labels = sorted({s.labels[0] for s in found["source"]})
    strangers = sorted({s.labels[0] for s in found["target"]} - set(labels))
    if strangers:
        raise SystemExit(f"{target} has the class {strangers[0]!r}, which {source} lacks; both need the same folders")
    rng = np.random.default_rng([seed, 8])
    halves = []
    for samples in found.values():
        order = rng.permutation(len(samples)).tolist()
        cut = round(0.7 * len(samples))
        halves += [[samples[i] for i in order[:cut]], [samples[i] for i in order[cut:]]]
    return World(tuple(labels), *halves)


def pick(way: str, seen: Seen, among: Indices, budget: int, seed: int) -> Indices:
    """The traffic to label out of what is not labelled yet, by position.

    ``random`` draws. ``flagged`` and ``once`` are what a rule on the margin flags (under 0.9), thinned to the
    budget by herding: what is unsure, and not eighty times the same; a random rule fills up. ``margin`` is the worst
    of the flags alone, ``novelty`` the strangest images, both as a quota takes them.
    """
    rest = among[np.random.default_rng([seed, 9, len(among)]).permutation(len(among))]
    if way == "random":
        return rest[:budget]
    if way == "novelty":
        return _flags(seen, among, kind=RuleKind.NOVELTY, above=0.0)[:budget]
    if way == "margin":
        return _flags(seen, among, kind=RuleKind.MARGIN, below=1.0)[:budget]
    flags = _flags(seen, among, kind=RuleKind.MARGIN, below=SURE)
    if len(flags) > budget:
        return _herd(seen, np.sort(flags), budget, seed)
    return np.concatenate([flags, np.setdiff1d(rest, flags)])[:budget]


def run_seed(
    world: World, bench: Bench, *, ways: Sequence[str], budget: int, turns: int, seed: int
) -> dict[str, float]:
    """Turn the wheel for each way of picking, on the same traffic and with all old data kept."""
    first = bench.train(world.labels, world.train, seed)
    features = bench.features(world.traffic)
    reference = fit_reference(bench.features(world.train))
    novelty = np.zeros(len(features)) if reference is None else reference.novelty(reference.reduce(features))
    found = {
        "source": bench.accuracy(first, world.source_test),
        "shifted": bench.accuracy(first, world.target_test),
    }
    for way in ("random", *ways):
        model, chosen = first, np.zeros(0, np.int64)
        for size in _shares(budget, turns if way == "flagged" else 1):
            seen = Seen(bench.probabilities(model, world.traffic), features, novelty)
            among = np.setdiff1d(np.arange(len(world.traffic)), chosen)
            chosen = np.concatenate([chosen, pick(way, seen, among, size, seed)])
            # The old data stays: trained on the hardest picks alone a model forgets what was easy.
            model = bench.train(world.labels, [*world.train, *(world.traffic[i] for i in chosen.tolist())], seed)
        found[way] = bench.accuracy(model, world.target_test)
        found[f"{way}_source"] = bench.accuracy(model, world.source_test)
    return found


def summarise(rows: Sequence[dict[str, float]], ways: Sequence[str]) -> dict[str, dict[str, float]]:
    """Means over seeds with 95 % intervals; recovery is the share of the drop that came back."""
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    drop = columns["source"] - columns["shifted"]
    found = {"source accuracy": columns["source"], "accuracy after the shift": columns["shifted"], "drop": drop}
    for way in ("random", *ways):
        found[f"accuracy, {way}"] = columns[way]
        found[f"recovery, {way}"] = (columns[way] - columns["shifted"]) / np.maximum(drop, 1e-9)
        found[f"source accuracy, {way}"] = columns[f"{way}_source"]
    for way in ways:
        found[f"{way} minus random"] = columns[way] - columns["random"]
    return {name: _interval(values) for name, values in found.items()}


def table(summary: dict[str, dict[str, float]]) -> str:
    """The summary for people."""
    lines = [f"{'':34}{'mean':>8}   95 % interval"]
    for name, one in summary.items():
        lines.append(f"{name:34}{one['mean']:8.3f}   {one['low']:+.3f} to {one['high']:+.3f}")
    return "\n".join(lines)


def verdict(summary: dict[str, dict[str, float]], way: str, budget: int) -> str:
    """What the experiment says, without flattery."""
    gap = summary[f"{way} minus random"]
    if gap["low"] > 0:
        return f"{way}-{budget} is better than random-{budget}: {gap['mean']:+.3f} accuracy on the shifted images."
    if gap["high"] < 0:
        return f"{way}-{budget} is WORSE than random-{budget}: {gap['mean']:+.3f} accuracy on the shifted images."
    return f"{way}-{budget} and random-{budget} cannot be told apart here: {gap['mean']:+.3f}; more seeds may tell."


def _shares(budget: int, turns: int) -> list[int]:
    """The budget in as many almost equal parts."""
    return [budget * (turn + 1) // turns - budget * turn // turns for turn in range(turns)]


def _flags(
    seen: Seen, among: Indices, *, kind: RuleKind, below: float | None = None, above: float | None = None
) -> Indices:
    """What a rule of an endpoint flags, the worst first."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    rule = FlagRule(
        id="rule", endpoint_id="endpoint", kind=kind, below=below, above=above, per_day=NO_LIMIT, created_at=now
    )
    facts = [Facts(str(i), margin=float(seen.margins[i]), novelty=float(seen.novelty[i])) for i in among.tolist()]
    return np.array([int(one.prediction_id) for one in judge_all([rule], facts)["rule"]], np.int64)


def _herd(seen: Seen, among: Indices, budget: int, seed: int) -> Indices:
    pool = Pool(len(among), embeddings=seen.features[among], probabilities=seen.probabilities[among])
    chosen = get_strategy("herding")(pool, min(budget, len(among)), seed)
    return np.asarray(among[chosen.indices], np.int64)


def _interval(values: NDArray[np.float64]) -> dict[str, float]:
    rng = np.random.default_rng(0)
    means = values[rng.integers(0, len(values), (10_000, len(values)))].mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return {"mean": float(values.mean()), "low": float(low), "high": float(high)}


def _digit(pixels: NDArray[np.float64]) -> Image.Image:
    grey = np.clip(pixels / 16 * 255, 0, 255).astype(np.uint8)
    return Image.fromarray(grey).resize((SIDE, SIDE), Image.Resampling.BICUBIC).convert("RGB")


def _shifted(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """As a camera sees it that is tilted by some 20 degrees, farther away and out of focus."""
    turned = picture.rotate(float(rng.normal(20, 6)), Image.Resampling.BICUBIC)
    side = round(SIDE * float(rng.uniform(0.65, 0.8)))
    canvas = Image.new("RGB", (SIDE, SIDE))
    at = (SIDE - side) // 2
    canvas.paste(turned.resize((side, side), Image.Resampling.BICUBIC), (at, at))
    return canvas.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.8, 1.6))))


def _sample(path: Path, label: str) -> TrainingSample:
    return TrainingSample(path, (label,), key=content_key(path))


def _read_folder(root: Path) -> list[TrainingSample]:
    files = sorted(one for one in root.glob("*/*") if one.suffix.lower() in SUFFIXES)
    if len({one.parent for one in files}) < 2:
        raise SystemExit(f"{root} needs at least two folders with images; a folder's name is its class")
    return [_sample(one, one.parent.name) for one in files]


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--source", type=Path, help="folder of images that the first model learns from")
    parser.add_argument("--target", type=Path, help="folder of images that arrive later")
    parser.add_argument("--seeds", type=int, default=10, help="how often all is done anew (default 10)")
    parser.add_argument("--budget", type=int, default=80, help="images that are labelled (default 80)")
    parser.add_argument("--turns", type=int, default=4, help="turns of the wheel that share the budget (default 4)")
    parser.add_argument("--way", action="append", choices=WAYS, help="how they are picked, may be repeated")
    parser.add_argument("--json", action="store_true", help="print JSON, a row per seed included")
    given = parser.parse_args(arguments)
    if (given.source is None) != (given.target is None):
        parser.error("--source and --target go together")
    if given.seeds < 1 or given.turns < 1 or given.budget < given.turns:
        parser.error("--seeds and --turns need at least 1, --budget at least as many as turns")
    return given


def main(arguments: Sequence[str] | None = None, *, say: Callable[[str], None] = print) -> int:
    """Run the experiment and print what came out."""
    given = _arguments(arguments)
    ways = tuple(given.way or ("flagged",))
    rows = []
    with tempfile.TemporaryDirectory(prefix="whorl-shifted-") as name:
        folder = Path(name)
        bench = Bench(folder / "bench")
        for seed in range(given.seeds):
            if given.source is None:
                world = digits_world(folder / "digits", seed)
            else:
                world = folder_world(given.source, given.target, seed)
            rows.append(run_seed(world, bench, ways=ways, budget=given.budget, turns=given.turns, seed=seed))
            print(f"seed {seed + 1} of {given.seeds}", file=sys.stderr)
    summary = summarise(rows, ways)
    if given.json:
        say(json.dumps(dict(budget=given.budget, turns=given.turns, summary=summary, rows=rows), indent=2))
    else:
        say("\n".join([table(summary), "", *(verdict(summary, way, given.budget) for way in ways)]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
