"""``builtin:auto``: tries presets and a few parameters of the architectures that fit, and becomes the best of them.

The folder is the winner's, with ``search.json`` beside it; its card names the winner's architecture, so whoever loads
it knows nothing of the search. Trials are scored on the validation subset, or on a part of the train items that is held
out by groups. Three fifths of a time budget go to the search, the rest to a longer training of what won.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from whorl.base.errors import Cancelled, InvalidInput, JsonValue, MissingDependency, ModelError, WhorlError
from whorl.models.adapters.contract import Report, ShouldStop, TrainFacts
from whorl.models.builtin.params import AUGMENT, BUILTINS, FOLDERS, AutoParams, NetParams, read_params
from whorl.models.folder import CARD, CURVES, load_model, read_card
from whorl.models.predicting import predict_paths
from whorl.models.search import DONE, FAILED, PRUNED, ShouldPrune, Space, Trial, best_of, search, write_search
from whorl.models.types import Task, TrainingData, TrainingSample
from whorl.models.weights import find_backbone
from whorl.schemas.annotations import Box, ClassTag, Mask
from whorl.schemas.records import AnnotationRecord

SEARCH_SHARE = 0.6
# What networks report of themselves while they train, the more the better; a trial that falls behind ends early.
COURSES = ("validation_map50", "validation_f1", "validation_miou")
MOST_SCORED = 200
LEAST_TRIAL_S = 3.0
# A longer training must be worth its name.
LEAST_GROWTH = 1.5


class AutoModel:
    """The adapter. It only trains; the folder is loaded by the winner's own adapter."""

    def train(
        self,
        data: TrainingData,
        out: Path,
        *,
        params: Mapping[str, JsonValue],
        report: Report,
        should_stop: ShouldStop,
    ) -> TrainFacts:
        """Search, and leave the winner's files in ``out``.

        Args:
            params: As ``AutoParams``; ``home`` and ``cache`` as for the architectures.

        Raises:
            InvalidInput: An unknown parameter or architecture, one that does not do the task, or nothing to learn.
            MissingDependency: Optuna, or what every fitting architecture needs, is not installed.
            ModelError: No trial came to a score; the message is the last one's.
            Cancelled: Stopped on request.
        """
        wanted = read_params(AutoParams, "builtin:auto", params)
        spaces = make_spaces(data.task, wanted, home=_home(params))
        split, is_held_out = with_validation(data, share=wanted.holdout, seed=wanted.seed)
        folders: dict[str, JsonValue] = {name: value for name, value in params.items() if name in FOLDERS}
        run = _Search(split, out.parent / "trials", wanted, folders, report, should_stop)
        trials = search(
            spaces, run.try_one, trials=wanted.trials, seed=wanted.seed, may_go_on=lambda: run.may_go_on(SEARCH_SHARE)
        )
        trials = run.train_longer(trials)
        best = best_of(trials)
        if best is None:
            last = trials[-1].error if trials else "there was no trial"
            raise ModelError(f"no trial of the search came to a score: {last}", hint="Train one architecture alone.")
        facts: dict[str, JsonValue] = {
            "metric": run.metric_name,
            "scored_on": "held-out train items" if is_held_out else "validation",
            "n_scored": len(run.judges),
            "seed": wanted.seed,
            "budget_s": wanted.budget_s,
        }
        return _take(run.folder_of(best), out, trials, best, facts, data)


class _Search:
    def __init__(
        self,
        data: TrainingData,
        folder: Path,
        wanted: AutoParams,
        folders: Mapping[str, JsonValue],
        report: Report,
        should_stop: ShouldStop,
    ) -> None:
        self.metric_name = "score"
        self.judges = _spread(data.validation, MOST_SCORED)
        self._data = data
        self._folder = folder
        self._wanted = wanted
        self._folders = folders
        self._report = report
        self._should_stop = should_stop
        self._started = time.process_time()
        self._best: Trial | None = None
        self._n = 0
        folder.mkdir(parents=True)

    def may_go_on(self, share: float) -> bool:
        """Whether another trial fits into this share of the budget; a number of epochs has no budget."""
        if self._wanted.epochs:
            return True
        return self._spent_s + LEAST_TRIAL_S < share * self._wanted.budget_s

    def folder_of(self, trial: Trial) -> Path:
        """Where a trial's model lies."""
        return self._folder / str(trial.number)

    def try_one(self, trial: Trial, should_prune: ShouldPrune) -> None:
        """Train and score one trial; what it raises becomes its state unless the search itself was stopped."""
        budget_s = max(SEARCH_SHARE * self._wanted.budget_s / self._wanted.trials, LEAST_TRIAL_S)
        self._run(trial, should_prune, budget_s=budget_s)

    def train_longer(self, trials: list[Trial]) -> list[Trial]:
        """Train the best trial's parameters again with what is left of a time budget, when that is much longer."""
        best = best_of(trials)
        left_s = self._wanted.budget_s - self._spent_s - 2.0
        if best is None or self._wanted.epochs or "budget_s" not in _fields(best.architecture):
            return trials
        had_s = max(SEARCH_SHARE * self._wanted.budget_s / self._wanted.trials, LEAST_TRIAL_S)
        if left_s < LEAST_GROWTH * had_s:
            return trials
        final = Trial(len(trials), best.architecture, dict(best.params), is_final=True)
        self._run(final, lambda share, score: False, budget_s=left_s)
        return [*trials, final]

    @property
    def _spent_s(self) -> float:
        return time.process_time() - self._started

    def _run(self, trial: Trial, should_prune: ShouldPrune, *, budget_s: float) -> None:
        from whorl.models.trainer import train_into
        from whorl.models.training import TrainingRequest

        started, is_pruned = time.process_time(), False

        def report(metrics: Mapping[str, float]) -> None:
            nonlocal is_pruned
            score = next((metrics[name] for name in COURSES if name in metrics), None)
            if score is not None and should_prune(metrics.get("progress", 0.0), score):
                is_pruned = True
            own = {name: value for name, value in metrics.items() if name != "progress"}
            self._report({"trial": float(trial.number), "progress": self._progress(metrics)} | own)

        request = TrainingRequest(trial.architecture, self._data, params=self._params(trial, budget_s))
        target = self.folder_of(trial)
        try:
            train_into(request, target, report=report, should_stop=lambda: is_pruned or self._should_stop())
            trial.score = self._score(target)
            trial.state = DONE
        except Cancelled:
            if self._should_stop():
                raise
            trial.state = PRUNED
        except MissingDependency:
            raise
        except WhorlError as error:
            trial.state, trial.error = FAILED, error.message[:500]
        trial.seconds = round(time.process_time() - started, 2)
        self._n += 1
        if trial.score is not None:
            self._report({"trial": float(trial.number), "progress": self._progress({}), "trial_score": trial.score})
        self._keep_best(trial)

    def _params(self, trial: Trial, budget_s: float) -> dict[str, JsonValue]:
        params = dict(self._folders) | dict(trial.params)
        fields = _fields(trial.architecture)
        if "seed" in fields:
            params["seed"] = self._wanted.seed
        if "epochs" in fields and self._wanted.epochs:
            params["epochs"] = self._wanted.epochs
        elif "budget_s" in fields:
            params["budget_s"] = round(budget_s, 2)
        if AUGMENT in fields and self._wanted.augment is not None:
            params[AUGMENT] = self._wanted.augment
        return params

    def _progress(self, metrics: Mapping[str, float]) -> float:
        by_trials = (self._n + metrics.get("progress", 0.0)) / self._wanted.trials
        by_time = 0.0 if self._wanted.epochs else self._spent_s / self._wanted.budget_s
        return round(min(max(by_trials * SEARCH_SHARE if by_time else by_trials, by_time), 1.0), 4)

    def _score(self, folder: Path) -> float | None:
        from whorl.models.outputs import collect_outputs, score_outputs

        model = load_model(folder)
        predictions = list(predict_paths(model, [sample.path for sample in self.judges], batch=8))
        outputs = collect_outputs(
            self._data.task,
            model.labels,
            [sample.item or sample.key or sample.path.name for sample in self.judges],
            [truth_of(sample, self._data.task) for sample in self.judges],
            predictions,
            sizes=[_size(sample) for sample in self.judges],
            is_checked_empty=[not sample.labels for sample in self.judges],
        )
        score = score_outputs(outputs, seed=self._wanted.seed)
        self.metric_name = score.metric_name
        return score.metric

    def _keep_best(self, trial: Trial) -> None:
        """One trial's files at a time: forty models are of no use."""
        best = best_of([one for one in (self._best, trial) if one is not None])
        for one in (self._best, trial):
            if one is not None and one is not best:
                shutil.rmtree(self.folder_of(one), ignore_errors=True)
        self._best = best


def make_spaces(task: Task, wanted: AutoParams, *, home: Path | None) -> list[Space]:
    """What is searched for a task, of what is installed.

    Raises:
        InvalidInput: An architecture that was asked for is unknown or does not do the task.
        MissingDependency: Every one that does needs a package that is not there.
    """
    able = [name for name, one in BUILTINS.items() if task.value in one.tasks and name != "builtin:auto"]
    for name in wanted.architectures:
        if name not in able:
            raise InvalidInput(f"{name} cannot be tried for {task.value}", hint=f"Use {', '.join(able)}.")
    chosen = wanted.architectures or able
    missing = {
        name: [package for package in BUILTINS[name].packages if importlib.util.find_spec(package) is None]
        for name in chosen
    }
    there = [name for name in chosen if not missing[name]]
    if not there:
        packages = sorted({package for one in missing.values() for package in one})
        raise MissingDependency(f"builtin:auto needs {', '.join(packages)}", hint="pip install 'whorl[train]'")
    has_backbone = home is not None and find_backbone("lite0", home) is not None
    return [_space(name, has_backbone=has_backbone) for name in there]


def with_validation(data: TrainingData, *, share: float, seed: int) -> tuple[TrainingData, bool]:
    """The data with something to score on, and whether that was held out of the train samples.

    Samples of one group, and repeats of one item, stay together; a label keeps at least one train sample.

    Raises:
        InvalidInput: There is no validation sample, and fewer than four groups to hold out of.
    """
    if any(sample.labels for sample in data.validation):
        return data, False
    groups: dict[str, list[TrainingSample]] = {}
    for sample in data.train:
        groups.setdefault(sample.group or sample.item or sample.key or str(sample.path), []).append(sample)
    if len(groups) < 4:
        raise InvalidInput(
            f"{len(groups)} groups of train items are too few to hold some out",
            hint="Put labelled items into the validation subset, or label more.",
        )
    left = Counter(label for sample in data.train for label in set(sample.labels))
    held: list[TrainingSample] = []
    aim = max(1, round(share * len(data.train)))
    for name in sorted(groups, key=lambda one: hashlib.sha256(f"{seed}:{one}".encode()).digest()):
        lost = Counter(label for sample in groups[name] for label in set(sample.labels))
        if len(held) + len(groups[name]) > aim and held:
            break
        if any(left[label] <= count for label, count in lost.items()):
            continue
        left -= lost
        held += groups[name]
    if not held:
        raise InvalidInput(
            "nothing can be held out: every group has the last example of a label",
            hint="Put labelled items into the validation subset, or label more.",
        )
    out = {id(sample) for sample in held}
    kept = tuple(sample for sample in data.train if id(sample) not in out)
    judges = tuple({sample.item or sample.key or str(sample.path): sample for sample in held}.values())
    return replace(data, train=kept, validation=judges), True


def truth_of(sample: TrainingSample, task: Task) -> tuple[AnnotationRecord, ...]:
    """A sample's ground truth as the evaluation reads it."""
    if task.has_masks:
        return tuple(
            AnnotationRecord(label, Mask(height=one.height, width=one.width, counts=one.counts))
            for label, one in zip(sample.labels, sample.masks, strict=True)
        )
    if task.has_objects:
        return tuple(
            AnnotationRecord(label, Box(x0=float(x0), y0=float(y0), x1=float(x1), y1=float(y1)))
            for label, (x0, y0, x1, y1) in zip(sample.labels, sample.boxes, strict=True)
        )
    return tuple(AnnotationRecord(label, ClassTag()) for label in sample.labels)


def _space(architecture: str, *, has_backbone: bool) -> Space:
    if architecture == "builtin:linear":
        names: tuple[JsonValue, ...] = ("hog", "lite0", "hog+lite0") if has_backbone else ("hog",)
        return Space(architecture, {"features": names}, tuple({"features": name} for name in names))
    choices: dict[str, tuple[JsonValue, ...]] = {"size": (0, 224, 416), "finetune": (False, True)}
    plain: dict[str, JsonValue] = {"size": 0, "finetune": False}
    if architecture == "builtin:tinydet":
        choices["stride"], plain["stride"] = (8, 4), 8
    return Space(architecture, choices, (plain, plain | {"finetune": True}, plain | {"size": 416}))


def _fields(architecture: str) -> set[str]:
    params = BUILTINS[architecture].params
    fields = set(params.model_fields)
    return fields if issubclass(params, NetParams) else fields - {"budget_s", "epochs"}


def _home(params: Mapping[str, JsonValue]) -> Path | None:
    return Path(str(params["home"])) if params.get("home") else None


def _spread(samples: Sequence[TrainingSample], most: int) -> list[TrainingSample]:
    step = max(1.0, len(samples) / most)
    return [samples[int(place * step)] for place in range(min(len(samples), most))]


def _size(sample: TrainingSample) -> tuple[int, int]:
    if sample.masks:
        return sample.masks[0].width, sample.masks[0].height
    height, width = sample.image().shape[:2]
    return width, height


def _take(
    winner: Path, out: Path, trials: Sequence[Trial], best: Trial, facts: Mapping[str, JsonValue], data: TrainingData
) -> TrainFacts:
    for path in winner.iterdir():
        if path.name not in (CARD, CURVES):
            path.rename(out / path.name)
    write_search(out, trials, facts)
    card = read_card(winner)
    done = sum(trial.state == DONE for trial in trials)
    how = ", ".join(f"{name} {value}" for name, value in best.params.items())
    score = f"{best.score:.3f}" if best.score is not None else "-"
    note = (
        f"Best of {len(trials)} training{'s' * (len(trials) > 1)} ({done} to the end): {best.architecture} with {how}; "
        f"{facts['metric']} {score} on {facts['n_scored']} items ({facts['scored_on']})."
    )
    metrics = dict(card.metrics) | {"search_trials": float(len(trials)), "samples": float(len(data.train))}
    if best.score is not None:
        metrics["search_score"] = best.score
    return TrainFacts(
        metrics=metrics,
        preprocessing=card.preprocessing,
        calibration=card.calibration,
        notes=(note, *card.notes),
        architecture=card.architecture,
    )
