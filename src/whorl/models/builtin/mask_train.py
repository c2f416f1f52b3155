"""Train tinyunet within a budget of CPU seconds, or for a number of epochs; write it as ONNX. Needs torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from whorl.models.adapters.contract import Report, ShouldStop
from whorl.models.builtin.lite0_net import load_lite0
from whorl.models.builtin.mask_decode import find_objects
from whorl.models.builtin.mask_net import Decoder, FineLite0, FineScratch, Segmenter, mask_losses
from whorl.models.builtin.mask_views import MaskSource, MaskView, count_right, make_mask_targets
from whorl.models.builtin.net_train import Batch, Job, Plan, prepare_torch, train_net
from whorl.models.builtin.torch_export import export_onnx
from whorl.models.features.lite0 import normalise

MOST_SCORED = 32
INSTANCE_SCORE, PIXEL_SCORE = "validation_f1", "validation_miou"


def train_segmenter(
    source: MaskSource,
    plan: Plan,
    *,
    classes: int,
    with_depth: bool,
    report: Report,
    should_stop: ShouldStop,
    validation: MaskSource | None = None,
    checkpoint: Path | None = None,
) -> Segmenter:
    """A trained network, ready to export.

    Args:
        with_depth: For instances: also learn how deep within its object each pixel lies.
        validation: Scored every few epochs, on at most 32 images; None or empty scores never.
        checkpoint: Folder of the training's state; see ``train_net``.

    Raises:
        Cancelled: ``should_stop`` said so.
    """
    rng = prepare_torch(plan)
    backbone = FineScratch() if plan.weights is None else FineLite0(load_lite0(plan.weights))
    decoder = Decoder(backbone.channels, outputs=1 + classes + int(with_depth))
    segmenter = Segmenter(backbone, decoder, with_depth=with_depth)

    def collate(views: Sequence[MaskView]) -> Batch:
        targets = [make_mask_targets(view, with_depth=with_depth) for view in views]
        x = torch.from_numpy(normalise(np.stack([view.image for view in views])))
        kinds, depth = np.stack([t.kinds for t in targets]), np.stack([t.depth for t in targets])
        return Batch([x.to(memory_format=torch.channels_last)], [torch.from_numpy(kinds), torch.from_numpy(depth)])

    def losses(outputs: object, targets: Sequence[Tensor]) -> dict[str, Tensor]:
        return mask_losses(outputs, *targets, with_depth=with_depth)

    job = Job(
        segmenter,
        decoder,
        collate,
        losses,
        score=_scorer(segmenter, validation, classes=classes) if validation else None,
        score_name=INSTANCE_SCORE if with_depth else PIXEL_SCORE,
    )
    train_net(job, source, plan, rng, report=report, should_stop=should_stop, checkpoint=checkpoint)
    return segmenter


def export_segmenter(segmenter: Segmenter, path: Path, *, canvas: tuple[int, int]) -> None:
    """Write the network: ``image`` (n, 3, h, w), sides multiples of 32, to ``classes`` and ``depth`` of that size."""
    outputs = ["classes", "depth"] if segmenter.with_depth else ["classes"]
    axes = {name: {0: "n", 2: "h", 3: "w"} for name in ("image", *outputs)}
    example = torch.zeros(1, 3, *canvas)
    export_onnx(segmenter, example, path, inputs=["image"], outputs=outputs, dynamic=axes)


def _scorer(segmenter: Segmenter, source: MaskSource, *, classes: int) -> Callable[[], float | None]:
    """F1 of instances at an IoU of 0.5, or the mean IoU of the classes, on plain views; None when they hold nothing."""
    # Spread over the subset rather than its beginning, which may be one camera.
    chosen = np.unique(np.linspace(0, len(source) - 1, min(len(source), MOST_SCORED)).round().astype(int))

    def score() -> float | None:
        right = total = 0
        confusion = np.zeros((classes + 1, classes + 1), np.int64)
        for index in chosen:
            view = source.plain(int(index))
            x = torch.from_numpy(normalise(view.image[None])).to(memory_format=torch.channels_last)
            outputs = segmenter(x)
            if segmenter.with_depth:
                found = find_objects(*(one[0].float().numpy() for one in (outputs[0], outputs[1][:, 0])))
                right += count_right(view, found)
                total += len(np.unique(view.objects[view.objects > 0])) + len(found.scores)
            else:
                kinds = make_mask_targets(view, with_depth=False).kinds.astype(np.int64)
                said = outputs[0].argmax(dim=0).numpy()
                confusion += np.bincount((kinds * (classes + 1) + said).ravel(), minlength=confusion.size).reshape(
                    confusion.shape
                )
        if segmenter.with_depth:
            return 2 * right / total if total else None
        return _mean_iou(confusion)

    return score


def _mean_iou(confusion: NDArray[np.int64]) -> float | None:
    shared = np.diagonal(confusion)[1:]
    united = (confusion.sum(axis=0) + confusion.sum(axis=1))[1:] - shared
    there = united > 0
    return float((shared[there] / united[there]).mean()) if there.any() else None
