"""tinyunet's network: a backbone's maps merged down to half the input's size; a class and a depth per pixel."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from whorl.models.builtin.detect_net import SCRATCH_CHANNELS, STRIDES, ScratchBackbone, conv_norm
from whorl.models.builtin.lite0_net import CHANNELS, FINE_CHANNELS, FINE_TAPS, Lite0

WIDTH, FINE_WIDTH = 48, 32

# mypy skips torch, so its classes are Any: each module below says so.


class FineScratch(ScratchBackbone):
    """The backbone that learns from nothing, with its map at stride 2 too."""

    channels = {2: 24, **SCRATCH_CHANNELS}

    def forward(self, x: Tensor) -> list[Tensor]:
        return self.maps(x)


class FineLite0(nn.Module):  # type: ignore[misc]
    """Pretrained maps at strides 2 to 32; ``frozen_blocks`` of the 16 blocks keep no gradients."""

    channels = {2: FINE_CHANNELS, **CHANNELS}

    def __init__(self, net: Lite0) -> None:
        super().__init__()
        self.net = net
        self.frozen_blocks = 16
        self.net.head = nn.Identity()

    def forward(self, x: Tensor) -> list[Tensor]:
        return self.net.pyramid(x, frozen_blocks=self.frozen_blocks, taps=FINE_TAPS)


class Decoder(nn.Module):  # type: ignore[misc]
    """Merge maps from coarse to fine; logits of the classes, none first, and of the depth, at stride 2."""

    def __init__(self, channels: dict[int, int], *, outputs: int) -> None:
        super().__init__()
        self.lateral = nn.ModuleList([conv_norm(channels[s], WIDTH, kernel=1) for s in STRIDES])
        self.smooth = nn.ModuleList([conv_norm(WIDTH, WIDTH) for _ in STRIDES[:-1]])
        self.narrow = conv_norm(WIDTH, FINE_WIDTH, kernel=1)
        self.fine = conv_norm(channels[2], FINE_WIDTH, kernel=1)
        self.merge = conv_norm(FINE_WIDTH, FINE_WIDTH)
        self.out = nn.Conv2d(FINE_WIDTH, outputs, 1)

    def forward(self, maps: list[Tensor]) -> Tensor:
        levels = [lateral(x) for lateral, x in zip(self.lateral, maps[1:], strict=True)]
        merged = levels[-1]
        for position in range(len(levels) - 2, -1, -1):
            merged = self.smooth[position](levels[position] + _double(merged))
        merged = self.merge(self.fine(maps[0]) + _double(self.narrow(merged)))
        return F.interpolate(self.out(merged), scale_factor=2.0, mode="bilinear", align_corners=False)


class Segmenter(nn.Module):  # type: ignore[misc]
    """What is exported: image (n, 3, h, w) to class probabilities, none first, and the depth for instances."""

    def __init__(self, backbone: nn.Module, decoder: Decoder, *, with_depth: bool) -> None:
        super().__init__()
        self.backbone = backbone
        self.decoder = decoder
        self.with_depth = with_depth

    def maps(self, x: Tensor) -> list[Tensor]:
        """All of the backbone's maps, finest first."""
        return list(self.backbone(x))

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        logits = self.decoder(self.maps(x))
        if not self.with_depth:
            return torch.softmax(logits, dim=1)
        return torch.softmax(logits[:, :-1], dim=1), torch.sigmoid(logits[:, -1:])


def mask_losses(logits: Tensor, kinds: Tensor, depth: Tensor, *, with_depth: bool) -> dict[str, Tensor]:
    """Cross-entropy and Dice of the classes, cross-entropy of the depth.

    Args:
        kinds: uint8 (n, h, w), 0 for none.
        depth: (n, h, w) in [0, 1].
    """
    logits = logits.float()
    classes = logits[:, :-1] if with_depth else logits
    wanted = kinds.long()
    losses = {"class_loss": F.cross_entropy(classes, wanted), "dice_loss": _dice(torch.softmax(classes, dim=1), wanted)}
    if with_depth:
        losses["depth_loss"] = F.binary_cross_entropy_with_logits(logits[:, -1], depth)
    return losses


def _dice(p: Tensor, wanted: Tensor) -> Tensor:
    """One minus the mean overlap of the classes that the batch has, without the background."""
    target = F.one_hot(wanted, p.shape[1]).permute(0, 3, 1, 2)[:, 1:].to(p.dtype)
    found = p[:, 1:]
    total = target.sum(dim=(0, 2, 3))
    score = (2 * (found * target).sum(dim=(0, 2, 3)) + 1) / (found.sum(dim=(0, 2, 3)) + total + 1)
    there = (total > 0).to(p.dtype)
    return ((1 - score) * there).sum() / there.sum().clamp(min=1)


def _double(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2.0, mode="nearest")
