"""The training process: ``python -m whorl.models.trainer WORK TARGET NICENESS``. Also trains in process."""

from __future__ import annotations

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

from whorl.base.errors import Cancelled, ModelError, WhorlError
from whorl.models.adapters import resolve_adapter
from whorl.models.folder import CURVES, ModelCard, load_model, versions, write_card
from whorl.models.training import DRAFT, EXIT_CANCELLED, FAILURE, STOP, TrainingRequest

Report = Callable[[Mapping[str, float]], None]


def train_into(
    request: TrainingRequest, draft: Path, *, report: Report | None, should_stop: Callable[[], bool]
) -> Path:
    """Train into a new folder, write its card, and prove that it loads.

    Returns:
        ``draft``, complete.

    Raises:
        Cancelled: ``should_stop`` said so.
        ModelError: The adapter raised, or its folder does not load.
    """
    adapter = resolve_adapter(request.architecture)
    draft.mkdir(parents=True)
    started = time.perf_counter()
    with (draft / CURVES).open("a", encoding="utf-8") as curves:

        def stream(metrics: Mapping[str, float]) -> None:
            line = {"seconds": round(time.perf_counter() - started, 3)} | {k: float(v) for k, v in metrics.items()}
            curves.write(json.dumps(line) + "\n")
            curves.flush()
            if report is not None:
                report(metrics)

        facts = adapter.train(request.data, draft, params=request.params, report=stream, should_stop=should_stop)
    if should_stop():
        raise Cancelled("training was cancelled")
    write_card(
        draft,
        ModelCard(
            architecture=request.architecture,
            task=request.data.task,
            labels=request.data.labels,
            preprocessing=facts.preprocessing,
            calibration=facts.calibration,
            metrics={k: float(v) for k, v in facts.metrics.items()},
            params={k: v for k, v in request.params.items() if k not in {"home", "cache"}},
            lineage=request.lineage,
            versions=versions(),
            notes=facts.notes,
        ),
    )
    load_model(draft)
    return draft


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
