"""Train tinydet within a budget of CPU seconds, or for a number of epochs; write it as ONNX. Needs torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from whorl.models.adapters.contract import Report, ShouldStop
from whorl.models.builtin.detect_decode import IOU_THRESHOLD, LIMIT, MIN_SCORE, decode_peaks, suppress
from whorl.models.builtin.detect_net import Detector, Lite0Backbone, Pyramid, ScratchBackbone, detection_loss
from whorl.models.builtin.detect_views import View, ViewSource, make_targets
from whorl.models.builtin.lite0_net import load_lite0
from whorl.models.builtin.net_train import Batch, Job, Plan, prepare_torch, train_net
from whorl.models.builtin.torch_export import export_onnx
from whorl.models.evaluation.detection import evaluate_detection
from whorl.models.evaluation.types import PredictedObjects, TruthObjects
from whorl.models.features.lite0 import normalise

BOX_WEIGHT = 2.0
LEAST_SCORED, MOST_SCORED, SCORE_BATCH = 16, 64, 8
# CPU seconds to score an image: forward, decode, match.
SCORE_S = 0.04
SCORE_NAME = "validation_map50"


def train_detector(
    source: ViewSource,
    plan: Plan,
    *,
    classes: int,
    stride: int,
    report: Report,
    should_stop: ShouldStop,
    validation: ViewSource | None = None,
    checkpoint: Path | None = None,
) -> Detector:
    """A trained detector, ready to export.

    Args:
        validation: Scored every few epochs, on at most 64 images; None or empty scores never.
        checkpoint: Folder of the training's state; see ``train_net``.

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

    job = Job(
        detector,
        pyramid,
        collate,
        _losses,
        weights={"box_loss": BOX_WEIGHT},
        score=None if not validation else _scorer(detector, validation, plan, classes=classes, stride=stride),
        score_name=SCORE_NAME,
        score_s=SCORE_S * _n_scored(validation, plan) if validation else 0.0,
    )
    train_net(job, source, plan, rng, report=report, should_stop=should_stop, checkpoint=checkpoint)
    return detector


def export_detector(detector: Detector, path: Path, *, canvas: tuple[int, int]) -> None:
    """Write the detector: ``image`` (n, 3, h, w) to ``heat`` and ``distances``."""
    example = torch.zeros(1, 3, *canvas)
    axes = {name: {0: "n"} for name in ("image", "heat", "distances")}
    export_onnx(detector, example, path, inputs=["image"], outputs=["heat", "distances"], dynamic=axes)


def _n_scored(source: ViewSource, plan: Plan) -> int:
    # In a short run a few images are enough to see the course; in an exact one their number must not depend on time.
    affordable = MOST_SCORED if plan.epochs else max(LEAST_SCORED, int(plan.budget_s / 2))
    return min(len(source), MOST_SCORED, affordable)


def _scorer(
    detector: Detector, source: ViewSource, plan: Plan, *, classes: int, stride: int
) -> Callable[[], float | None]:
    """AP at an IoU of 0.5 on plain views, as the evaluation computes it; None when they hold no box."""
    # Spread over the subset rather than its beginning, which may be one camera.
    chosen = np.unique(np.linspace(0, len(source) - 1, _n_scored(source, plan)).round().astype(int))
    names = [str(number) for number in range(classes)]

    def score() -> float | None:
        truth: list[TruthObjects] = []
        found: list[PredictedObjects] = []
        for start in range(0, len(chosen), SCORE_BATCH):
            views = [source.plain(int(i)) for i in chosen[start : start + SCORE_BATCH]]
            x = torch.from_numpy(normalise(np.stack([view.image for view in views])))
            with torch.autocast("cpu", torch.bfloat16, enabled=plan.bf16):
                heat, distances = detector(x.to(memory_format=torch.channels_last))
            for view, one, sides in zip(views, heat.float().numpy(), distances.float().numpy(), strict=True):
                boxes, scores, kinds = decode_peaks(one, sides, stride=stride, min_score=MIN_SCORE, limit=LIMIT)
                kept = suppress(boxes, scores, kinds, iou_threshold=IOU_THRESHOLD)
                truth.append(TruthObjects(view.boxes.astype(float), view.classes))
                found.append(PredictedObjects(boxes[kept].astype(float), scores[kept].astype(float), kinds[kept]))
        return evaluate_detection(truth, found, names).ap50

    return score


def _losses(outputs: object, targets: Sequence[Tensor]) -> dict[str, Tensor]:
    assert isinstance(outputs, tuple)
    heat, box = detection_loss(*outputs, *targets)
    return {"heat_loss": heat, "box_loss": box}
