"""A training that was killed goes on from its checkpoint; samplings reach the adapter."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage

from whorl.base.errors import Cancelled, InvalidInput, ModelError
from whorl.models.checkpoints import CURVES_SO_FAR, checkpoint_folder, has_checkpoint, is_owned, prepare_checkpoint
from whorl.models.folder import load_model
from whorl.models.trainer import CurveLog, sampled
from whorl.models.training import TrainingProcess, TrainingRequest, read_curves, start_training
from whorl.models.types import Task, TrainingData, TrainingSample

EPOCHS = 60


def scenes(folder: Path, count: int) -> TrainingData:
    """Gray scenes with a white square each."""
    folder.mkdir(parents=True)
    samples = []
    for number in range(count):
        image = np.full((64, 64, 3), 60, np.uint8)
        x, y = 5 + 3 * number, 10 + 2 * number
        image[y : y + 16, x : x + 20] = 230
        PilImage.fromarray(image).save(folder / f"{number}.png")
        box = np.array([[x, y, x + 20, y + 16]], np.float32)
        samples.append(TrainingSample(folder / f"{number}.png", ("square",), box, key=str(number)))
    return TrainingData(Task.DETECTION, ("square",), tuple(samples[1:]), tuple(samples[:1]))


def wait_for_checkpoint(process: TrainingProcess, folder: Path, *, epochs: int) -> None:
    """Until a checkpoint was written after some epochs."""
    end = time.monotonic() + 120
    state = folder / "checkpoint.pt"
    while time.monotonic() < end and process.process.poll() is None:
        if process.metrics() and process.metrics()[-1].get("epoch", 0) >= epochs:
            seen = time.time()
            while time.monotonic() < end and process.process.poll() is None:
                if state.exists() and state.stat().st_mtime > seen:
                    return
                time.sleep(0.005)
        time.sleep(0.005)
    raise AssertionError(f"no checkpoint; exit code {process.process.poll()}")


@pytest.mark.train
@pytest.mark.slow
@pytest.mark.timeout(500)
def test_start_training__killed_in_the_middle_goes_on(tmp_path: Path) -> None:
    folder = prepare_checkpoint(checkpoint_folder(tmp_path, "m"), is_resumed=False, owner="job_1")
    params = {"epochs": EPOCHS, "backbone": "none", "size": 64, "validate_every": 20}
    request = TrainingRequest("builtin:tinydet", scenes(tmp_path / "s", 6), params=params, checkpoint=folder)
    first = start_training(request, tmp_path / "m")
    wait_for_checkpoint(first, folder, epochs=3)
    os.kill(first.process.pid, signal.SIGKILL)
    with pytest.raises(ModelError, match="killed by signal 9"):
        first.wait()
    before = [json.loads(line) for line in (folder / CURVES_SO_FAR).read_text().splitlines()]
    assert 3 <= before[-1]["epoch"] < EPOCHS
    assert is_owned(folder, "job_1")
    assert not is_owned(folder, "job_2")

    second = start_training(request, tmp_path / "m")
    out = second.wait(timeout_s=300)
    points = read_curves(out)
    # The very reports of the killed run, to the digit: a run from zero would have replaced them.
    assert points[:3] == before[:3]
    assert [int(point["epoch"]) for point in points if "heat_loss" in point] == list(range(1, EPOCHS + 1))
    assert [point["seconds"] for point in points] == sorted(point["seconds"] for point in points)
    assert points[-1]["progress"] == 1.0
    assert [int(point["epoch"]) for point in points if "validation_map50" in point] == [20, 40, 60]
    assert load_model(out).card.metrics["epoch"] == EPOCHS


@pytest.mark.train
@pytest.mark.slow
@pytest.mark.timeout(500)
def test_train__a_cancelled_training_keeps_its_state(tmp_path: Path) -> None:
    folder = prepare_checkpoint(checkpoint_folder(tmp_path, "m"), is_resumed=False, owner="job_1")
    params = {"epochs": 5000, "backbone": "none", "size": 64}
    request = TrainingRequest("builtin:tinydet", scenes(tmp_path / "s", 5), params=params, checkpoint=folder)
    process = start_training(request, tmp_path / "m")
    wait_for_checkpoint(process, folder, epochs=1)
    process.cancel(grace_s=60)
    with pytest.raises(Cancelled):
        process.wait()
    assert has_checkpoint(folder)


@pytest.mark.train
def test_load_state__damage_is_named(tmp_path: Path) -> None:
    import torch

    from whorl.models.builtin.net_checkpoint import STATE, load_state

    assert load_state(None) is None
    assert load_state(tmp_path) is None
    (tmp_path / STATE).write_bytes(b"not a checkpoint")
    with pytest.raises(ModelError, match="checkpoint cannot be read"):
        load_state(tmp_path)
    torch.save({"net": {}}, tmp_path / STATE)
    with pytest.raises(ModelError, match="the checkpoint lacks best"):
        load_state(tmp_path)
    torch.save({"net": Path("/")}, tmp_path / STATE)
    with pytest.raises(ModelError, match="checkpoint cannot be read"):
        load_state(tmp_path)


def test_prepare_checkpoint__a_fresh_start_forgets(tmp_path: Path) -> None:
    folder = prepare_checkpoint(tmp_path / "c", is_resumed=False, owner="job_1")
    assert not has_checkpoint(folder)
    (folder / ".checkpoint.pt.9").write_bytes(b"half")
    assert not has_checkpoint(folder)
    (folder / "checkpoint.pt").write_bytes(b"whole")
    assert has_checkpoint(prepare_checkpoint(folder, is_resumed=True, owner="job_2"))
    assert is_owned(folder, "job_2")
    assert not has_checkpoint(prepare_checkpoint(folder, is_resumed=False, owner="job_3"))
    assert not has_checkpoint(tmp_path / "nowhere")


def test_curve_log__takes_back_what_is_repeated(tmp_path: Path) -> None:
    kept = tmp_path / "c"
    kept.mkdir()
    log = CurveLog(tmp_path / "a.jsonl", kept)
    log.write({"views": 2})
    for epoch in (1, 2, 3):
        log.write({"epoch": epoch, "loss": 1 / epoch})
    again = CurveLog(tmp_path / "b.jsonl", kept)
    again.write({"views": 3})
    again.write({"epoch": 3, "loss": 9})
    lines = [json.loads(line) for line in (tmp_path / "b.jsonl").read_text().splitlines()]
    assert [(line.get("epoch"), line.get("loss")) for line in lines] == [
        (None, None),
        (1.0, 1.0),
        (2.0, 0.5),
        (3.0, 9.0),
    ]
    assert (kept / CURVES_SO_FAR).read_text() == (tmp_path / "b.jsonl").read_text()


def test_sampled__repeats_before_the_adapter_sees_them() -> None:
    def sample(number: int, label: str) -> TrainingSample:
        return TrainingSample(Path(f"{number}.png"), (label,))

    data = TrainingData(
        Task.CLASSIFICATION, ("a", "b"), tuple(sample(i, "a") for i in range(6)) + (sample(9, "b"), sample(10, "b"))
    )
    train = sampled(data, {"sampling": "class_balanced"}).train
    assert sorted(one.labels[0] for one in train) == ["a"] * 6 + ["b"] * 6
    assert train[:8] == data.train
    assert sampled(data, {}) is data
    with pytest.raises(InvalidInput, match="no sampling 'some'"):
        sampled(data, {"sampling": "some"})
