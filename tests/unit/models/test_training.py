"""Training as a process: result, metrics, cancel, failure, kill."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from whorl.base.errors import Cancelled, Conflict, MissingDependency, ModelError
from whorl.models.folder import load_model
from whorl.models.training import TrainingProcess, TrainingRequest, start_training, train_inline
from whorl.models.types import TrainingData

MakeData = Callable[..., TrainingData]

MODELS = """
import sys, time
from whorl.base.errors import Cancelled, MissingDependency

class Slow:
    def train(self, data, out, *, params, report, should_stop):
        (out / "half.bin").write_bytes(b"x" * 1000)
        for step in range(1000):
            report({"step": step})
            time.sleep(0.02)
            if params.get("polite") and should_stop():
                raise Cancelled("stopped")

class Raises(Slow):
    def train(self, data, out, **rest):
        (out / "half.bin").write_bytes(b"x")
        raise RuntimeError("the loss is a banana")

class Exits(Slow):
    def train(self, data, out, **rest):
        print("last words", flush=True)
        import os
        os._exit(9)

class Needy(Slow):
    def train(self, data, out, **rest):
        raise MissingDependency("needs the package bananas", hint="pip install bananas")

class Unloadable:
    def train(self, data, out, **rest):
        return {"loss": 1}
    def load(self, folder):
        raise FileNotFoundError("weights.bin")
"""


@pytest.fixture
def request_for(tmp_path: Path, digit_data: MakeData) -> Callable[..., TrainingRequest]:
    code = tmp_path / "code"
    code.mkdir()
    (code / "slow_models.py").write_text(MODELS)

    def make(name: str, **params: bool) -> TrainingRequest:
        return TrainingRequest(
            f"slow_models:{name}", digit_data(3), params=params, lineage={"run": "run_1"}, import_path=(str(code),)
        )

    return make


def left(tmp_path: Path) -> list[str]:
    return sorted(p.name for p in tmp_path.iterdir() if p.name != "code")


def wait_for_metrics(process: TrainingProcess) -> None:
    end = time.monotonic() + 20
    while not process.metrics() and time.monotonic() < end:
        time.sleep(0.02)


def test_start_training__linear(tmp_path: Path, digit_data: MakeData) -> None:
    beats: list[int] = []
    process = start_training(
        TrainingRequest("builtin:linear", digit_data(50), lineage={"snapshot": "snp_9"}), tmp_path / "m"
    )
    folder = process.wait(lambda: beats.append(1))
    model = load_model(folder)
    assert model.card.lineage == {"snapshot": "snp_9"}
    assert "cv_accuracy_hog" in process.metrics()[0]
    assert beats
    assert left(tmp_path) == ["m"]
    assert process.poll() == folder


def test_cancel__in_the_middle_leaves_nothing(tmp_path: Path, request_for: Callable[..., TrainingRequest]) -> None:
    for polite in (True, False):
        process = start_training(request_for("Slow", polite=polite), tmp_path / "m")
        wait_for_metrics(process)
        process.cancel(grace_s=2.0 if polite else 0.1)
        with pytest.raises(Cancelled):
            process.wait()
        assert left(tmp_path) == []


def test_wait__heartbeat_that_raises_cancels(tmp_path: Path, request_for: Callable[..., TrainingRequest]) -> None:
    def lost() -> None:
        raise Conflict("the lease is lost")

    process = start_training(request_for("Slow", polite=True), tmp_path / "m")
    with pytest.raises(Conflict, match="lease"):
        process.wait(lost)
    assert process.process.returncode is not None
    assert left(tmp_path) == []


def test_wait__timeout(tmp_path: Path, request_for: Callable[..., TrainingRequest]) -> None:
    process = start_training(request_for("Slow", polite=True), tmp_path / "m")
    with pytest.raises(Cancelled):
        process.wait(timeout_s=0.2)
    assert left(tmp_path) == []


def test_wait__killed_trainer_leaves_no_half_folder(
    tmp_path: Path, request_for: Callable[..., TrainingRequest]
) -> None:
    process = start_training(request_for("Slow"), tmp_path / "m")
    wait_for_metrics(process)
    os.kill(process.process.pid, signal.SIGKILL)
    with pytest.raises(ModelError, match="killed by signal 9"):
        process.wait()
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("Raises", ModelError, r"slow_models:Raises\.train raised RuntimeError: the loss is a banana"),
        ("Exits", ModelError, "exit code 9: last words"),
        ("Needy", MissingDependency, "needs the package bananas"),
        ("Unloadable", ModelError, r"load raised FileNotFoundError: weights\.bin"),
        ("Absent", ModelError, "has no 'Absent'"),
    ],
)
def test_wait__failures_speak(
    tmp_path: Path, request_for: Callable[..., TrainingRequest], name: str, kind: type[Exception], said: str
) -> None:
    process = start_training(request_for(name), tmp_path / "m")
    with pytest.raises(kind, match=said):
        process.wait()
    assert left(tmp_path) == []


def test_start_training__target_exists(tmp_path: Path, digit_data: MakeData) -> None:
    (tmp_path / "m").mkdir()
    for start in (start_training, train_inline):
        with pytest.raises(Conflict, match="exists already"):
            start(TrainingRequest("builtin:linear", digit_data(3)), tmp_path / "m")


def test_start_training__takes_over_the_leavings_of_a_dead_parent(tmp_path: Path, digit_data: MakeData) -> None:
    (tmp_path / ".m.training" / "folder").mkdir(parents=True)
    (tmp_path / ".m.training" / "stop").touch()
    start_training(TrainingRequest("builtin:linear", digit_data(5)), tmp_path / "m").wait()
    assert left(tmp_path) == ["m"]


def test_training_request__round_trip(tmp_path: Path, digit_data: MakeData) -> None:
    request = TrainingRequest("builtin:linear", digit_data(2), params={"seed": 1}, lineage={"a": [1]})
    request.save(tmp_path)
    again = TrainingRequest.load(tmp_path)
    assert [(s.path, s.labels) for s in again.data] == [(s.path, s.labels) for s in request.data]
    assert (again.params, again.lineage) == ({"seed": 1}, {"a": [1]})
    (tmp_path / "data.json").write_text("{}")
    with pytest.raises(ModelError, match=r"data\.json"):
        TrainingRequest.load(tmp_path)
