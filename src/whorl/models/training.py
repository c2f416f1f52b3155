"""Train a model in a separate, niced process: start, watch, cancel, and get a whole folder or an error.

The work lies in a hidden folder beside the target until it is complete. A trainer that is killed, or whose
parent dies, leaves no model folder; the leavings are removed by the parent, or by the next start.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from whorl.base.errors import Cancelled, Conflict, JsonValue, MissingDependency, ModelError
from whorl.models.folder import CURVES
from whorl.models.types import TrainingData

REQUEST, MANIFEST, LOG, STOP, FAILURE, DRAFT = (
    "request.json",
    "data.json",
    "trainer.log",
    "stop",
    "error.json",
    "folder",
)
EXIT_CANCELLED = 3


@dataclass(frozen=True)
class TrainingRequest:
    """What to train.

    Args:
        architecture: Text form of the adapter, such as ``builtin:linear``.
        data: Samples with labels.
        params: The architecture's own parameters.
        lineage: Facts the caller wants in ``model.yaml``: snapshot, query, run.
        import_path: Extra folders for importing the adapter's module.
        checkpoint: Folder in which the training keeps its state, and goes on from when something is there.
    """

    architecture: str
    data: TrainingData
    params: Mapping[str, JsonValue] = field(default_factory=dict)
    lineage: Mapping[str, JsonValue] = field(default_factory=dict)
    import_path: tuple[str, ...] = ()
    checkpoint: Path | None = None

    def save(self, work: Path) -> None:
        """Write the request and its manifest into a work folder."""
        self.data.save(work / MANIFEST)
        body = {
            "architecture": self.architecture,
            "params": dict(self.params),
            "lineage": dict(self.lineage),
            "import_path": list(self.import_path),
            "checkpoint": None if self.checkpoint is None else str(self.checkpoint),
        }
        (work / REQUEST).write_text(json.dumps(body), encoding="utf-8")

    @classmethod
    def load(cls, work: Path) -> TrainingRequest:
        """Read what :meth:`save` wrote."""
        body = json.loads((work / REQUEST).read_text(encoding="utf-8"))
        return cls(
            architecture=str(body["architecture"]),
            data=TrainingData.load(work / MANIFEST),
            params=dict(body["params"]),
            lineage=dict(body["lineage"]),
            import_path=tuple(body["import_path"]),
            checkpoint=Path(body["checkpoint"]) if body["checkpoint"] else None,
        )


@dataclass
class TrainingProcess:
    """A running training. Poll it, or wait for it; either removes the leavings of a failure."""

    target: Path
    work: Path
    process: subprocess.Popen[bytes]
    cancelled: bool = False

    def poll(self) -> Path | None:
        """None while it runs, the model folder when it is done.

        Raises:
            Cancelled: :meth:`cancel` was called.
            ModelError: It failed; the message ends with the trainer's own words.
        """
        code = self.process.poll()
        if code is None:
            return None
        return self._finish(code)

    def metrics(self) -> list[dict[str, float]]:
        """All metrics reported so far, oldest first."""
        return read_curves(self.target)

    def cancel(self, *, grace_s: float = 5.0) -> None:
        """Ask it to stop, then terminate it; nothing is left behind."""
        self.cancelled = True
        if self.process.poll() is None:
            (self.work / STOP).touch()
            try:
                self.process.wait(grace_s)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.returncode != 0:
            shutil.rmtree(self.work, ignore_errors=True)

    def wait(
        self, heartbeat: Callable[[], None] | None = None, *, every_s: float = 0.1, timeout_s: float | None = None
    ) -> Path:
        """The model folder, once it is done.

        Args:
            heartbeat: Called at every look; what it raises cancels the training and goes on to the caller.
            timeout_s: Cancel after this long.

        Raises:
            Cancelled: It was cancelled, or ran out of time.
            ModelError: It failed.
        """
        end = None if timeout_s is None else time.monotonic() + timeout_s
        try:
            while self.process.poll() is None:
                if heartbeat is not None:
                    heartbeat()
                if end is not None and time.monotonic() > end:
                    self.cancel()
                    break
                try:
                    self.process.wait(every_s)
                except subprocess.TimeoutExpired:
                    continue
        except BaseException:
            self.cancel()
            raise
        return self._finish(self.process.wait())

    def _finish(self, code: int) -> Path:
        if code == 0 and self.target.is_dir():
            shutil.rmtree(self.work, ignore_errors=True)
            return self.target
        error = _failure(self.work, code, cancelled=self.cancelled or code == EXIT_CANCELLED)
        shutil.rmtree(self.work, ignore_errors=True)
        raise error


def read_curves(out_dir: Path) -> list[dict[str, float]]:
    """The metrics that a training reported, oldest first; of a running one, those so far. Empty when there are none."""
    for folder in (work_folder(out_dir) / DRAFT, out_dir):
        found = read_lines(folder / CURVES)
        if found:
            return found
    return []


def read_lines(path: Path) -> list[dict[str, float]]:
    """The metrics in a file of reports; empty when there is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    except FileNotFoundError:
        return []
    # The last line may still be in writing.
    return [json.loads(line) for line in lines if line.endswith("\n")]


def start_training(request: TrainingRequest, out_dir: Path, *, niceness: int = 10) -> TrainingProcess:
    """Start a trainer; its model folder will be ``out_dir``.

    Raises:
        Conflict: ``out_dir`` exists already.
    """
    if out_dir.exists():
        raise Conflict(f"the model folder {out_dir.name} exists already", hint="Choose another folder.")
    work = work_folder(out_dir)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    request.save(work)
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    paths = [*request.import_path, os.environ.get("PYTHONPATH", "")]
    env = os.environ | threads | {"PYTHONPATH": os.pathsep.join(p for p in paths if p)}
    command = [sys.executable, "-m", "whorl.models.trainer", str(work), str(out_dir), str(niceness)]
    with (work / LOG).open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=env)
    return TrainingProcess(out_dir, work, process)


def train_inline(
    request: TrainingRequest,
    out_dir: Path,
    *,
    report: Callable[[Mapping[str, float]], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Path:
    """Train in this process: for ``builtin:linear``, whose fit is shorter than a process start.

    Raises:
        Conflict: ``out_dir`` exists already.
        Cancelled: ``should_stop`` said so.
        ModelError: The adapter raised.
    """
    from whorl.models.trainer import train_into

    if out_dir.exists():
        raise Conflict(f"the model folder {out_dir.name} exists already", hint="Choose another folder.")
    work = work_folder(out_dir)
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        draft = train_into(request, work / DRAFT, report=report, should_stop=should_stop or (lambda: False))
        draft.rename(out_dir)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return out_dir


def work_folder(out_dir: Path) -> Path:
    """Where a training works until its folder is whole."""
    return out_dir.parent / f".{out_dir.name}.training"


def _failure(work: Path, code: int, *, cancelled: bool) -> Exception:
    if cancelled:
        return Cancelled("training was cancelled")
    try:
        said = json.loads((work / FAILURE).read_text(encoding="utf-8"))
        kind = MissingDependency if said["code"] == MissingDependency.code else ModelError
        return kind(said["message"], hint=said["hint"], details=said["details"])
    except (OSError, ValueError, KeyError):
        pass
    try:
        lines = (work / LOG).read_text(encoding="utf-8", errors="replace").strip().splitlines()[-5:]
    except OSError:
        lines = []
    end = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
    return ModelError(
        f"the trainer {end}" + (f": {lines[-1]}" if lines else ""),
        hint="See the last lines in the details; was there enough memory?" if code < 0 else "See the details.",
        details={"log": "\n".join(lines)},
    )
