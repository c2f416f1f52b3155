"""Finished runs in a folder, one small file each, so that an interrupted simulation goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from whorl.base.errors import JsonValue
from whorl.selection.simulation.plan import Plan, Run

VERSION = 1
"""Raised when a strategy or the replay changes so that old runs are no longer what a new one would give."""


@dataclass(frozen=True)
class RunFolder:
    """Runs below a folder, each under what it depends on; a damaged file counts as absent.

    Args:
        folder: Made when needed.
        fingerprint: Of data, features and model: runs of other data are never mixed up.
    """

    folder: Path
    fingerprint: str
    plan: Plan

    def find(self, strategy: str, seed: int) -> Run | None:
        """See ``RunStore``."""
        try:
            found = json.loads(self._path(strategy, seed).read_text(encoding="utf-8"))
            return read_run(found)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, run: Run) -> None:
        """See ``RunStore``; a reader never sees a part of a file."""
        path = self._path(run.strategy, run.seed)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".tmp")
        draft.write_text(json.dumps(asdict(run)), encoding="utf-8")
        draft.replace(path)

    def _path(self, strategy: str, seed: int) -> Path:
        depends = [
            VERSION,
            self.fingerprint,
            list(self.plan.budgets_of(strategy)),
            self.plan.test_share,
            self.plan.random_share,
        ]
        key = hashlib.sha256(json.dumps(depends).encode()).hexdigest()[:16]
        return self.folder / key / f"{strategy}-{seed}.json"


def read_run(plain: dict[str, JsonValue]) -> Run:
    """A run from its JSON.

    Raises:
        KeyError, TypeError or ValueError: It is not a run.
    """
    run = Run(
        strategy=str(plain["strategy"]),
        seed=int(str(plain["seed"])),
        labels=tuple(int(str(one)) for one in _sequence(plain["labels"])),
        metrics=tuple(float(str(one)) for one in _sequence(plain["metrics"])),
        full=float(str(plain["full"])),
        n_pool=int(str(plain["n_pool"])),
        n_test=int(str(plain["n_test"])),
        chosen=tuple(str(one) for one in _sequence(plain["chosen"])),
    )
    if not run.labels or len(run.labels) != len(run.metrics):
        raise ValueError("labels and metrics differ in length")
    return run


def _sequence(value: JsonValue) -> Sequence[JsonValue]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value
