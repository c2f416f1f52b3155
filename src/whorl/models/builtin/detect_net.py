"""tinydet's network: a backbone's feature maps, a light pyramid, heat and box distances per cell."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from whorl.models.builtin.lite0_net import CHANNELS, Lite0

STRIDES = (4, 8, 16, 32)
SCRATCH_CHANNELS = {4: 32, 8: 48, 16: 96, 32: 128}

# mypy skips torch, so its classes are Any: each module below says so.


def conv_norm(inputs: int, outputs: int, *, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    """Convolution, batch norm, ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


class ScratchBackbone(nn.Module):  # type: ignore[misc]
    """Small enough to learn from a hundred images within a CPU-minute."""

    channels = SCRATCH_CHANNELS

    def __init__(self) -> None:
        super().__init__()
        stages, inputs = [conv_norm(3, 24, stride=2)], 24
        for stride in STRIDES:
            outputs = SCRATCH_CHANNELS[stride]
            stages.append(nn.Sequential(conv_norm(inputs, outputs, stride=2), conv_norm(outputs, outputs)))
            inputs = outputs
        self.stages = nn.ModuleList(stages)

    def forward(self, x: Tensor) -> list[Tensor]:
        return self.maps(x)[1:]

    def maps(self, x: Tensor) -> list[Tensor]:
        """Maps at strides 2 to 32; the first has 24 channels."""
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return maps


class Lite0Backbone(nn.Module):  # type: ignore[misc]
    """Pretrained maps; ``frozen_blocks`` of its 16 blocks keep no gradients."""

    channels = CHANNELS

    def __init__(self, net: Lite0) -> None:
        super().__init__()
        self.net = net
        self.frozen_blocks = 16
        # The pooled head is of no use here and would be a third of the file.
        self.net.head = nn.Identity()

    def forward(self, x: Tensor) -> list[Tensor]:
        return self.net.pyramid(x, frozen_blocks=self.frozen_blocks)


class Pyramid(nn.Module):  # type: ignore[misc]
    """Merge maps from coarse to fine; give heat logits and distances at ``stride``."""

    def __init__(self, channels: dict[int, int], *, stride: int, classes: int, width: int) -> None:
        super().__init__()
        self.stride = stride
        self.used = [s for s in STRIDES if s >= stride]
        self.lateral = nn.ModuleList([conv_norm(channels[s], width, kernel=1) for s in self.used])
        self.smooth = nn.ModuleList([conv_norm(width, width) for _ in self.used[:-1]])
        self.heat = nn.Sequential(conv_norm(width, width), nn.Conv2d(width, classes, 1))
        self.box = nn.Sequential(conv_norm(width, width), nn.Conv2d(width, 4, 1))
        nn.init.constant_(self.heat[1].bias, -4.0)
        nn.init.constant_(self.box[1].bias, 0.5)

    def forward(self, maps: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Heat logits (n, c, h, w), and distances (n, 4, h, w) in canvas pixels, from the used maps."""
        levels = [lateral(x) for lateral, x in zip(self.lateral, maps, strict=True)]
        merged = levels[-1]
        for position in range(len(levels) - 2, -1, -1):
            merged = self.smooth[position](levels[position] + F.interpolate(merged, scale_factor=2.0, mode="nearest"))
        # Softplus of twice the input, in strides: positive, and near linear for large boxes.
        return self.heat(merged), F.softplus(2 * self.box(merged)) * self.stride


class Detector(nn.Module):  # type: ignore[misc]
    """What is exported: image (n, 3, h, w) to heat probabilities and distances."""

    def __init__(self, backbone: nn.Module, pyramid: Pyramid) -> None:
        super().__init__()
        self.backbone = backbone
        self.pyramid = pyramid

    def maps(self, x: Tensor) -> list[Tensor]:
        """The backbone's maps that the pyramid uses."""
        return list(self.backbone(x)[len(STRIDES) - len(self.pyramid.used) :])

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        heat, distances = self.pyramid(self.maps(x))
        return torch.sigmoid(heat), distances


def detection_loss(
    heat_logits: Tensor, distances: Tensor, heat: Tensor, wanted: Tensor, weight: Tensor
) -> tuple[Tensor, Tensor]:
    """Heat and box loss per object: penalty-reduced focal loss (CornerNet) and weighted GIoU.

    Args:
        heat: Wanted heat (n, c, h, w); a cell of value 1 is an object's centre.
        wanted: Wanted distances (n, 4, h, w).
        weight: Weight of each cell's box loss (n, h, w); sums to 1 over an object.
    """
    logits = heat_logits.float()
    p = torch.sigmoid(logits).clamp(1e-5, 1 - 1e-5)
    centre = (heat > 0.999).float()
    miss = -F.logsigmoid(logits) * (1 - p) ** 2 * centre
    false = -F.logsigmoid(-logits) * p**2 * (1 - heat) ** 4 * (1 - centre)
    objects = centre.sum().clamp(min=1.0)
    rows = weight.flatten().nonzero(as_tuple=True)[0]
    got = distances.float().permute(0, 2, 3, 1).reshape(-1, 4)[rows]
    want = wanted.permute(0, 2, 3, 1).reshape(-1, 4)[rows]
    overlap = _area(torch.minimum(got, want))
    union = _area(got) + _area(want) - overlap
    hull = _area(torch.maximum(got, want))
    giou = overlap / union.clamp(min=1e-6) - (hull - union) / hull.clamp(min=1e-6)
    box = ((1 - giou) * weight.flatten()[rows]).sum()
    return (miss + false).sum() / objects, box / weight.sum().clamp(min=1.0)


def _area(distances: Tensor) -> Tensor:
    # All boxes of a cell share its centre, so overlaps are minima and hulls maxima of the distances.
    sides = distances[:, :2] + distances[:, 2:]
    return sides[:, 0] * sides[:, 1]
