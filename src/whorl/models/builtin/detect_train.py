"""Train tinydet within a budget of CPU seconds, or for a number of epochs; write it as ONNX. Needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from whorl.models.adapters.contract import Report, ShouldStop
from whorl.models.builtin.detect_net import Detector, Lite0Backbone, Pyramid, ScratchBackbone, detection_loss
from whorl.models.builtin.detect_views import View, ViewSource, make_targets
from whorl.models.builtin.lite0_net import load_lite0
from whorl.models.builtin.net_train import Batch, Job, Plan, prepare_torch, train_net
from whorl.models.builtin.torch_export import export_onnx
from whorl.models.features.lite0 import normalise

BOX_WEIGHT = 2.0


def train_detector(
    source: ViewSource, plan: Plan, *, classes: int, stride: int, report: Report, should_stop: ShouldStop
) -> Detector:
    """A trained detector, ready to export.

    Raises:
        Cancelled: ``should_stop`` said so.
    """
    rng = prepare_torch(plan)
    backbone = ScratchBackbone() if plan.weights is None else Lite0Backbone(load_lite0(plan.weights))
    width = 48 if plan.weights is None else 64
    pyramid = Pyramid(backbone.channels, stride=stride, classes=classes, width=width)
    detector = Detector(backbone, pyramid)

    def collate(views: Sequence[View]) -> Batch:
        targets = [make_targets(view, classes=classes, stride=stride) for view in views]
        x = torch.from_numpy(normalise(np.stack([view.image for view in views])))
        return Batch(
            [x.to(memory_format=torch.channels_last)],
            [
                torch.from_numpy(np.stack([t.heat for t in targets])),
                torch.from_numpy(np.stack([t.distances for t in targets])),
                torch.from_numpy(np.stack([t.weight for t in targets])),
            ],
        )

    job = Job(detector, pyramid, collate, _losses, weights={"box_loss": BOX_WEIGHT})
    train_net(job, source, plan, rng, report=report, should_stop=should_stop)
    return detector


def export_detector(detector: Detector, path: Path, *, canvas: tuple[int, int]) -> None:
    """Write the detector: ``image`` (n, 3, h, w) to ``heat`` and ``distances``."""
    example = torch.zeros(1, 3, *canvas)
    axes = {name: {0: "n"} for name in ("image", "heat", "distances")}
    export_onnx(detector, example, path, inputs=["image"], outputs=["heat", "distances"], dynamic=axes)


def _losses(outputs: object, targets: Sequence[Tensor]) -> dict[str, Tensor]:
    assert isinstance(outputs, tuple)
    heat, box = detection_loss(*outputs, *targets)
    return {"heat_loss": heat, "box_loss": box}
