"""EfficientNet-Lite0 as a torch module with batch norm folded in; for conversion and fine-tuning only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

# mypy skips torch, so its classes are Any: each module below says so.

# (kernel, stride, expansion, channels, repeats) of the seven stages, Tan and Le 2019, table 1, at width 1.
STAGES = (
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
)
TAPS = {2: 4, 4: 8, 10: 16, 15: 32}
CHANNELS = {4: 24, 8: 40, 16: 112, 32: 320}
# With the map at stride 2 of the first block, for masks.
FINE_TAPS, FINE_CHANNELS = {0: 2, **TAPS}, 16
EPSILON = 1e-3


class SameConv(nn.Module):  # type: ignore[misc]
    """A convolution with TensorFlow's SAME padding for even inputs (more at the right and bottom)."""

    def __init__(self, inputs: int, outputs: int, kernel: int, *, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        before = (kernel - stride) // 2 if stride > 1 else kernel // 2
        after = kernel - stride - before if stride > 1 else kernel // 2
        self.pad = (before, after, before, after)
        self.even = before == after
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride=stride, groups=groups, padding=before if self.even else 0)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x if self.even else F.pad(x, self.pad))


class Block(nn.Module):  # type: ignore[misc]
    """An inverted residual: expand, depthwise, project."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        hidden = inputs * expansion
        self.expand = SameConv(inputs, hidden, 1) if expansion > 1 else None
        self.depthwise = SameConv(hidden, hidden, kernel, stride=stride, groups=hidden)
        self.project = SameConv(hidden, outputs, 1)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu6(self.expand(x)) if self.expand is not None else x
        y = self.project(F.relu6(self.depthwise(y)))
        return x + y if self.residual else y


class Lite0(nn.Module):  # type: ignore[misc]
    """The backbone: (n, 3, h, w), h and w multiples of 32, to pooled features and the maps at strides 8, 16 and 32."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = SameConv(3, 32, 3, stride=2)
        blocks, inputs = [], 32
        for kernel, stride, expansion, outputs, repeats in STAGES:
            for repeat in range(repeats):
                blocks.append(Block(inputs, outputs, kernel, stride if repeat == 0 else 1, expansion))
                inputs = outputs
        self.blocks = nn.ModuleList(blocks)
        self.head = SameConv(320, 1280, 1)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        maps = self.pyramid(x)
        pooled = F.relu6(self.head(maps[-1])).mean(dim=(2, 3))
        return (pooled, *maps[1:])

    def pyramid(self, x: Tensor, *, frozen_blocks: int = 0, taps: Collection[int] = tuple(TAPS)) -> list[Tensor]:
        """Feature maps at strides 4, 8, 16 and 32 with 24, 40, 112 and 320 channels.

        Args:
            frozen_blocks: The stem and so many blocks keep no gradients.
            taps: The blocks after which a map is taken.
        """
        maps = []
        with torch.set_grad_enabled(frozen_blocks == 0 and torch.is_grad_enabled()):
            x = F.relu6(self.stem(x))
            for position in range(frozen_blocks):
                x = self.blocks[position](x)
                if position in taps:
                    maps.append(x)
        for position in range(frozen_blocks, len(self.blocks)):
            x = self.blocks[position](x)
            if position in taps:
                maps.append(x)
        return maps


def load_lite0(weights: Path) -> Lite0:
    """Read the published weights, batch norms folded into the convolutions."""
    state = torch.load(weights, map_location="cpu", weights_only=True)
    net = Lite0()
    _fold(net.stem, state, "_conv_stem", "_bn0")
    for position, block in enumerate(net.blocks):
        prefix = f"_blocks.{position}."
        if block.expand is not None:
            _fold(block.expand, state, f"{prefix}_expand_conv", f"{prefix}_bn0")
        _fold(block.depthwise, state, f"{prefix}_depthwise_conv", f"{prefix}_bn1")
        _fold(block.project, state, f"{prefix}_project_conv", f"{prefix}_bn2")
    _fold(net.head, state, "_conv_head", "_bn1")
    net.eval()
    return net


def _fold(target: SameConv, state: Mapping[str, Tensor], conv: str, norm: str) -> None:
    scale = state[f"{norm}.weight"] / torch.sqrt(state[f"{norm}.running_var"] + EPSILON)
    weight = state[f"{conv}.weight"]
    with torch.no_grad():
        target.conv.weight.copy_(weight * scale[:, None, None, None])
        assert target.conv.bias is not None
        target.conv.bias.copy_(state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * scale)
