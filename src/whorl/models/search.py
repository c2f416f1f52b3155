"""A budgeted search over architectures and a few of their parameters. Optuna chooses; the trainings are the caller's.

Key words: a *choice* is a parameter and the values worth trying; a *trial* is one training, *pruned* when its reports
fall behind the middle of the others'. Same seed and exact trials, same search.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from whorl.base.errors import JsonValue, MissingDependency

SEARCH = "search.json"
DONE, PRUNED, FAILED = "done", "pruned", "failed"
# Reports are compared at the same share of the training: twenty places.
PLACES = 20
_MOST_REPEATS = 30


@dataclass(frozen=True)
class Space:
    """An architecture and what of it may vary.

    Args:
        start: Parameters to try first, one set after another; each name is among the choices.
    """

    architecture: str
    choices: Mapping[str, tuple[JsonValue, ...]]
    start: tuple[Mapping[str, JsonValue], ...] = ()


@dataclass
class Trial:
    """One training of the search, and what came of it."""

    number: int
    architecture: str
    params: dict[str, JsonValue]
    state: str = ""
    score: float | None = None
    seconds: float = 0.0
    error: str = ""
    is_final: bool = False
    reports: dict[int, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, JsonValue]:
        """As ``search.json`` lists it."""
        found = asdict(self)
        del found["reports"]
        return {name: value for name, value in found.items() if value != "" and value is not False}


ShouldPrune = Callable[[float, float], bool]
RunTrial = Callable[[Trial, ShouldPrune], None]
"""Trains; is given a function that takes the share done and a score, and says whether to give up. Fills the trial."""


def search(
    spaces: Sequence[Space], run: RunTrial, *, trials: int, seed: int, may_go_on: Callable[[], bool]
) -> list[Trial]:
    """Try what is promising until the trials or the budget are used up, and list what was tried, in order.

    Args:
        trials: Most trainings.
        may_go_on: Whether there is budget for another one; the first is always run.

    Raises:
        MissingDependency: Optuna is not installed.
        As ``run``, for what must end the search; a trial that failed says so in its state.
    """
    optuna = _optuna()
    study = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=max(4, trials // 3), multivariate=False),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=3, n_warmup_steps=PLACES // 3),
    )
    by_name = {space.architecture: space for space in spaces}
    for space in _interleaved(spaces):
        study.enqueue_trial(space, skip_if_exists=True)
    tried: dict[str, Trial] = {}
    repeats = 0
    while len(tried) < trials and repeats < _MOST_REPEATS and (not tried or may_go_on()):
        asked = study.ask()
        architecture = str(asked.suggest_categorical("architecture", list(by_name)))
        params = {
            # Optuna keeps text and numbers; lists and truth values are written as JSON.
            name: json.loads(asked.suggest_categorical(f"{architecture}.{name}", [json.dumps(one) for one in values]))
            for name, values in by_name[architecture].choices.items()
        }
        key = json.dumps([architecture, params], sort_keys=True)
        if key in tried:
            repeats += 1
            _tell(study, asked, tried[key])
            continue
        trial = tried[key] = Trial(len(tried), architecture, params)
        run(trial, _reporter(asked, trial))
        _tell(study, asked, trial)
    return list(tried.values())


def best_of(trials: Sequence[Trial]) -> Trial | None:
    """The trial with the best score, the earlier one on a tie; None when none has one."""
    scored = [one for one in trials if one.state == DONE and one.score is not None and math.isfinite(one.score)]
    return max(scored, key=lambda one: (one.score, -one.number)) if scored else None


def write_search(folder: Path, trials: Sequence[Trial], facts: Mapping[str, JsonValue]) -> None:
    """Write ``search.json``: what was tried, and which one the folder is."""
    best = best_of(trials)
    body = dict(facts) | {"best": None if best is None else best.number, "trials": [one.to_json() for one in trials]}
    (folder / SEARCH).write_text(json.dumps(body, indent=1), encoding="utf-8")


def read_search(folder: Path) -> dict[str, JsonValue] | None:
    """What ``write_search`` wrote; None for a model that was not searched for."""
    try:
        found = json.loads((folder / SEARCH).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


# Any: Optuna is an option, and only a handful of its calls are used.
def _optuna() -> Any:
    try:
        import optuna
    except ModuleNotFoundError as error:
        raise MissingDependency(
            f"builtin:auto needs the package {error.name}", hint="pip install 'whorl[train]'"
        ) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def _interleaved(spaces: Sequence[Space]) -> list[dict[str, object]]:
    """First each architecture's first start, then the second ones."""
    found: list[dict[str, object]] = []
    for place in range(max((len(space.start) for space in spaces), default=0)):
        for space in spaces:
            if place < len(space.start):
                values: dict[str, object] = {"architecture": space.architecture}
                for name, value in space.start[place].items():
                    values[f"{space.architecture}.{name}"] = json.dumps(value)
                found.append(values)
    return found


# Any: as above.
def _reporter(asked: Any, trial: Trial) -> ShouldPrune:
    def should_prune(progress: float, score: float) -> bool:
        place = min(int(progress * PLACES), PLACES)
        if place in trial.reports or not math.isfinite(score):
            return False
        trial.reports[place] = score
        asked.report(score, place)
        return bool(asked.should_prune())

    return should_prune


# Any: as above.
def _tell(study: Any, asked: Any, trial: Trial) -> None:
    states = _optuna().trial.TrialState
    if trial.state == DONE and trial.score is not None:
        study.tell(asked, trial.score)
    elif trial.state == PRUNED:
        study.tell(asked, state=states.PRUNED)
    else:
        study.tell(asked, state=states.FAIL)
