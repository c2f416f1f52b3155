"""Train tinyunet within a budget of CPU seconds, or for a number of epochs; write it as ONNX. Needs torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from whorl.models.adapters.contract import Report, ShouldStop
from whorl.models.builtin.lite0_net import load_lite0
from whorl.models.builtin.mask_net import Decoder, FineLite0, FineScratch, Segmenter, mask_losses
from whorl.models.builtin.mask_views import MaskSource, MaskView, make_mask_targets
from whorl.models.builtin.net_train import Batch, Job, Plan, prepare_torch, train_net
from whorl.models.builtin.torch_export import export_onnx
from whorl.models.features.lite0 import normalise


def train_segmenter(
    source: MaskSource, plan: Plan, *, classes: int, with_depth: bool, report: Report, should_stop: ShouldStop
) -> Segmenter:
    """A trained network, ready to export.

    Args:
        with_depth: For instances: also learn how deep within its object each pixel lies.

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

    train_net(Job(segmenter, decoder, collate, losses), source, plan, rng, report=report, should_stop=should_stop)
    return segmenter


def export_segmenter(segmenter: Segmenter, path: Path, *, canvas: tuple[int, int]) -> None:
    """Write the network: ``image`` (n, 3, h, w), sides multiples of 32, to ``classes`` and ``depth`` of that size."""
    outputs = ["classes", "depth"] if segmenter.with_depth else ["classes"]
    axes = {name: {0: "n", 2: "h", 3: "w"} for name in ("image", *outputs)}
    example = torch.zeros(1, 3, *canvas)
    export_onnx(segmenter, example, path, inputs=["image"], outputs=outputs, dynamic=axes)
