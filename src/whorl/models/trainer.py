"""The training process: ``python -m whorl.models.trainer WORK TARGET NICENESS``. Also trains in process."""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from whorl.base.errors import Cancelled, JsonValue, ModelError, WhorlError
from whorl.models.adapters import resolve_adapter
from whorl.models.builtin.params import FOLDERS, MISSED_WEIGHT, PRESET, SAMPLING
from whorl.models.checkpoints import CURVES_SO_FAR
from whorl.models.folder import CURVES, ModelCard, load_model, versions, write_card
from whorl.models.sampling import DEFAULT_MISSED_WEIGHT, apply_sampling
from whorl.models.training import DRAFT, EXIT_CANCELLED, FAILURE, STOP, TrainingRequest, read_lines
from whorl.models.types import TrainingData

Report = Callable[[Mapping[str, float]], None]


def train_into(
    request: TrainingRequest, draft: Path, *, report: Report | None, should_stop: Callable[[], bool]
) -> Path:
    """Train into a new folder, write its card, and prove that it loads.

    Returns:
        ``draft``, complete.

    Raises:
        Cancelled: ``should_stop`` said so.
        InvalidInput: There is no such sampling.
        ModelError: The adapter raised, or its folder does not load.
    """
    adapter = resolve_adapter(request.architecture)
    draft.mkdir(parents=True)
    log = CurveLog(draft / CURVES, request.checkpoint)

    def stream(metrics: Mapping[str, float]) -> None:
        log.write(metrics)
        if report is not None:
            report(metrics)

    facts = adapter.train(
        sampled(request.data, request.params),
        draft,
        params={name: value for name, value in request.params.items() if name not in (SAMPLING, PRESET, MISSED_WEIGHT)},
        report=stream,
        should_stop=should_stop,
        checkpoint=request.checkpoint,
    )
    if should_stop():
        raise Cancelled("training was cancelled")
    write_card(
        draft,
        ModelCard(
            architecture=facts.architecture or request.architecture,
            task=request.data.task,
            labels=request.data.labels,
            preprocessing=facts.preprocessing,
            calibration=facts.calibration,
            metrics={k: float(v) for k, v in facts.metrics.items()},
            params={k: v for k, v in request.params.items() if k not in FOLDERS},
            lineage=request.lineage,
            versions=versions(),
            notes=facts.notes,
        ),
    )
    load_model(draft)
    return draft


def sampled(data: TrainingData, params: Mapping[str, JsonValue]) -> TrainingData:
    """The data with its train samples as often as the reserved parameters ``sampling`` and ``missed_weight`` say.

    Raises:
        InvalidInput: There is no such sampling, or no such weight.
    """
    name, seed, weight = params.get(SAMPLING), params.get("seed"), params.get(MISSED_WEIGHT)
    if name is None and not any(sample.was_missed for sample in data.train):
        return data
    train = apply_sampling(
        data.train,
        None if name is None else str(name),
        seed=seed if isinstance(seed, int) else 0,
        missed_weight=float(weight) if isinstance(weight, int | float) else DEFAULT_MISSED_WEIGHT,
    )
    return replace(data, train=train)


class CurveLog:
    """The reports of a training, a line each, flushed at once; a resumed training adds to those before it.

    Args:
        path: Where the lines go.
        checkpoint: Folder in which they are kept beside the training's state, so that they outlive it; or None.
    """

    def __init__(self, path: Path, checkpoint: Path | None) -> None:
        self._path = path
        self._kept = None if checkpoint is None else checkpoint / CURVES_SO_FAR
        self._lines = [] if self._kept is None else read_lines(self._kept)
        self._is_checked = not self._lines
        self._offset_s = self._lines[-1].get("seconds", 0.0) if self._lines else 0.0
        self._started = time.perf_counter()
        self._rewrite()

    def write(self, metrics: Mapping[str, float]) -> None:
        """Add a report, with the seconds that all attempts took so far."""
        values = {name: float(value) for name, value in metrics.items()}
        if not self._is_checked and "epoch" in values:
            self._take_back(values["epoch"])
        seconds = round(self._offset_s + time.perf_counter() - self._started, 3)
        self._lines.append({"seconds": seconds} | values)
        for path in self._files():
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(self._lines[-1]) + "\n")

    def _take_back(self, epoch: float) -> None:
        # What was reported after the checkpoint is about to be repeated.
        self._is_checked = True
        kept = [number for number, line in enumerate(self._lines) if line.get("epoch", -1.0) < epoch]
        done = [number for number in kept if "epoch" in self._lines[number]]
        last = done[-1] if done else -1
        self._lines = self._lines[: last + 1]
        self._offset_s = self._lines[-1].get("seconds", 0.0) if self._lines else 0.0
        self._rewrite()

    def _files(self) -> list[Path]:
        return [self._path] if self._kept is None else [self._path, self._kept]

    def _rewrite(self) -> None:
        text = "".join(json.dumps(line) + "\n" for line in self._lines)
        for path in self._files():
            path.write_text(text, encoding="utf-8")


def main(work: Path, target: Path, niceness: int) -> int:
    """Train as the request in ``work`` says; rename the result to ``target``.

    Returns:
        The exit code: 0 done, 1 failed (the reason is in ``error.json``), 3 cancelled.
    """
    if hasattr(os, "nice"):
        os.nice(niceness)
    parent = os.getppid()

    def should_stop() -> bool:
        # A changed parent means that the one who asked is gone: nobody will take the result.
        return (work / STOP).exists() or os.getppid() != parent

    try:
        request = TrainingRequest.load(work)
        train_into(request, work / DRAFT, report=None, should_stop=should_stop).rename(target)
    except Cancelled:
        return EXIT_CANCELLED
    except WhorlError as error:
        traceback.print_exc()
        _write_failure(work, error)
        return 1
    except Exception as error:
        traceback.print_exc()
        _write_failure(work, ModelError(f"the trainer raised {type(error).__name__}: {error}"))
        return 1
    return 0


def _write_failure(work: Path, error: WhorlError) -> None:
    body = {"code": error.code, "message": error.message, "hint": error.hint, "details": error.details}
    (work / FAILURE).write_text(json.dumps(body), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
