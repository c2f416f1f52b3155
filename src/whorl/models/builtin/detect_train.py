"""Train tinydet within a budget of CPU seconds, or for a number of epochs; write it as ONNX. Needs torch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from whorl.base.errors import Cancelled
from whorl.models.adapters.contract import Report, ShouldStop
from whorl.models.builtin.detect_net import Detector, Lite0Backbone, Pyramid, ScratchBackbone, detection_loss
from whorl.models.builtin.detect_views import View, ViewSource, make_targets
from whorl.models.builtin.lite0_net import load_lite0
from whorl.models.builtin.torch_export import export_onnx
from whorl.models.features.lite0 import normalise
from whorl.models.types import FloatArray

BATCH = 16
CACHE_BYTES = 1024 * 2**20
VIEWS_SHARE = 0.3
MOST_VIEWS = 8
FROZEN_SHARE = 0.4
FIRST_FREE_BLOCK = 3
BOX_WEIGHT = 2.0


@dataclass(frozen=True)
class Plan:
    """How to train.

    Args:
        canvas: Height and width of the network's input.
        weights: The Lite0 weights file; None trains from scratch.
        epochs: Passes over the data, which makes the run reproducible; 0 trains for ``budget_s``.
        budget_s: CPU seconds of this process, export included.
        finetune: Unfreeze the backbone after 40 % of the time; needs ``weights``.
        bf16: Compute in bfloat16 where autocast allows.
    """

    classes: int
    canvas: tuple[int, int]
    stride: int
    weights: Path | None
    epochs: int
    budget_s: float
    finetune: bool
    seed: int
    bf16: bool


@dataclass(frozen=True)
class Batch:
    """Views as the network wants them: input or cached maps, and targets."""

    x: list[Tensor]
    heat: Tensor
    distances: Tensor
    weight: Tensor


class Clock:
    """How far a run is, from 0 to 1: by CPU seconds, or by steps when epochs are given."""

    def __init__(self, plan: Plan, *, steps_per_epoch: int) -> None:
        self._budget_s = max(plan.budget_s - 1.0, 1.0)
        self._start = time.process_time()
        self._steps = plan.epochs * steps_per_epoch
        self._done = 0

    def tick(self) -> None:
        """One step is done."""
        self._done += 1

    @property
    def progress(self) -> float:
        """Share of the run that is over."""
        if self._steps:
            return self._done / self._steps
        return (time.process_time() - self._start) / self._budget_s


def train_detector(source: ViewSource, plan: Plan, *, report: Report, should_stop: ShouldStop) -> Detector:
    """A trained detector, ready to export.

    Raises:
        Cancelled: ``should_stop`` said so.
    """
    torch.set_num_threads(1)
    torch.manual_seed(plan.seed)
    rng = np.random.default_rng(plan.seed)
    backbone = ScratchBackbone() if plan.weights is None else Lite0Backbone(load_lite0(plan.weights))
    width = 48 if plan.weights is None else 64
    pyramid = Pyramid(backbone.channels, stride=plan.stride, classes=plan.classes, width=width)
    detector = Detector(backbone, pyramid)
    detector.to(memory_format=torch.channels_last)
    run = _Run(detector, source, plan, rng, report, should_stop)
    if plan.weights is None:
        run.through_network(until=1.0, backbone_rate=3e-3)
    else:
        run.on_cached_maps(until=FROZEN_SHARE if plan.finetune else 1.0)
        if plan.finetune:
            backbone.frozen_blocks = FIRST_FREE_BLOCK
            run.through_network(until=1.0, backbone_rate=2e-4)
            backbone.frozen_blocks = 16
    detector.eval()
    return detector


def export_detector(detector: Detector, path: Path, *, canvas: tuple[int, int]) -> None:
    """Write the detector: ``image`` (n, 3, h, w) to ``heat`` and ``distances``."""
    example = torch.zeros(1, 3, *canvas)
    axes = {name: {0: "n"} for name in ("image", "heat", "distances")}
    detector.to(memory_format=torch.contiguous_format)
    export_onnx(detector, example, path, inputs=["image"], outputs=["heat", "distances"], dynamic=axes)


class _Run:
    def __init__(
        self,
        detector: Detector,
        source: ViewSource,
        plan: Plan,
        rng: np.random.Generator,
        report: Report,
        should_stop: ShouldStop,
    ) -> None:
        self._detector = detector
        self._source = source
        self._plan = plan
        self._rng = rng
        self._report = report
        self._should_stop = should_stop
        self._batch = max(2, min(BATCH, len(source) // 4))
        self._epoch = 0
        self._clock = Clock(plan, steps_per_epoch=-(-len(source) // self._batch))

    def through_network(self, *, until: float, backbone_rate: float) -> None:
        """Fresh views through the whole network."""
        body = [p for n, p in self._detector.backbone.named_parameters() if not self._is_frozen(n)]
        groups = [
            {"params": body, "lr": backbone_rate, "peak": backbone_rate},
            {"params": list(self._detector.pyramid.parameters()), "lr": 3e-3, "peak": 3e-3},
        ]
        optimizer = torch.optim.AdamW(groups, weight_decay=1e-2)

        def batches() -> Iterator[Batch]:
            for indices in self._shuffled(len(self._source)):
                yield self._collate([self._source.draw(int(i), self._rng) for i in indices])

        self._train(batches, optimizer, until=until)

    def on_cached_maps(self, *, until: float) -> None:
        """The pyramid alone, on maps computed once per view."""
        cached = self._cache_maps()
        parameters = list(self._detector.pyramid.parameters())
        optimizer = torch.optim.AdamW([{"params": parameters, "lr": 3e-3, "peak": 3e-3}], weight_decay=1e-2)

        def batches() -> Iterator[Batch]:
            # As many views as there are images, so that an epoch means the same everywhere.
            chosen = self._rng.permutation(len(cached))
            for indices in self._shuffled(min(len(cached), len(self._source))):
                yield _stack([cached[chosen[i]] for i in indices])

        self._train(batches, optimizer, until=until)

    def _train(self, batches: Callable[[], Iterator[Batch]], optimizer: torch.optim.Optimizer, *, until: float) -> None:
        # However short the budget, the network has seen one batch.
        while self._clock.progress < until or self._epoch == 0:
            self._one_epoch(batches(), optimizer, until=until)

    def _one_epoch(self, batches: Iterator[Batch], optimizer: torch.optim.Optimizer, *, until: float) -> None:
        self._detector.train()
        sums, steps = np.zeros(2), 0
        for batch in batches:
            self._stop_if_asked()
            progress = self._clock.progress
            if progress >= until and self._epoch + steps > 0:
                break
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * _schedule(progress)
            with torch.autocast("cpu", torch.bfloat16, enabled=self._plan.bf16):
                maps = self._detector.maps(batch.x[0]) if len(batch.x) == 1 else batch.x
                heat, distances = self._detector.pyramid(maps)
            losses = detection_loss(heat, distances, batch.heat, batch.distances, batch.weight)
            optimizer.zero_grad(set_to_none=True)
            (losses[0] + BOX_WEIGHT * losses[1]).backward()
            nn.utils.clip_grad_norm_(self._detector.parameters(), 10.0)
            optimizer.step()
            self._clock.tick()
            sums += [float(losses[0].detach()), float(losses[1].detach())]
            steps += 1
        if steps:
            self._epoch += 1
            heat_loss, box_loss = (sums / steps).tolist()
            self._report({"epoch": self._epoch, "heat_loss": heat_loss, "box_loss": box_loss})

    def _cache_maps(self) -> list[Batch]:
        """Maps of views, the plain images first, for as long as time and memory are allotted."""
        cached: list[Batch] = []
        started, bytes_used = time.process_time(), 0
        allotted_s = VIEWS_SHARE * self._plan.budget_s
        passes = min(MOST_VIEWS, self._plan.epochs or MOST_VIEWS)
        for number in range(passes):
            for indices in self._shuffled(len(self._source)):
                self._stop_if_asked()
                spent_s = 0.0 if self._plan.epochs else time.process_time() - started
                if cached and (spent_s > allotted_s or bytes_used > CACHE_BYTES):
                    break
                some = self._map_views(indices, plain=number == 0)
                bytes_used += sum(_bytes(batch) for batch in some)
                cached += some
        share = len(cached) / len(self._source)
        self._report({"views": share, "cache_seconds": time.process_time() - started})
        return cached

    def _map_views(self, indices: NDArray[np.int64], *, plain: bool) -> list[Batch]:
        views = [self._source.plain(int(i)) if plain else self._source.draw(int(i), self._rng) for i in indices]
        batch = self._collate(views)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=self._plan.bf16):
            maps = [m.to(torch.bfloat16) for m in self._detector.maps(batch.x[0])]
        return _split(Batch(maps, batch.heat.half(), batch.distances.half(), batch.weight.half()))

    def _collate(self, views: list[View]) -> Batch:
        targets = [make_targets(v, classes=self._plan.classes, stride=self._plan.stride) for v in views]
        x = _tensor(normalise(np.stack([v.image for v in views]))).to(memory_format=torch.channels_last)
        return Batch(
            [x],
            _tensor(np.stack([t.heat for t in targets])),
            _tensor(np.stack([t.distances for t in targets])),
            _tensor(np.stack([t.weight for t in targets])),
        )

    def _shuffled(self, count: int) -> Iterator[NDArray[np.int64]]:
        order = self._rng.permutation(count)
        for start in range(0, count, self._batch):
            chunk = order[start : start + self._batch]
            # Batch norm needs two; a lone last image meets a friend.
            yield chunk if len(chunk) > 1 else np.resize(np.append(chunk, order[0]), 2)

    def _is_frozen(self, name: str) -> bool:
        blocks = getattr(self._detector.backbone, "frozen_blocks", 0)
        parts = name.split(".")
        return blocks > 0 and ("stem" in parts or ("blocks" in parts and int(parts[2]) < blocks))

    def _stop_if_asked(self) -> None:
        if self._should_stop():
            raise Cancelled("training was cancelled")


def _schedule(progress: float) -> float:
    warm = min(1.0, progress / 0.05 + 0.05)
    return float(warm * 0.5 * (1 + np.cos(np.pi * min(progress, 1.0))) + 1e-3)


def _tensor(values: FloatArray) -> Tensor:
    return torch.from_numpy(values)


def _split(batch: Batch) -> list[Batch]:
    count = len(batch.heat)
    # clone: a view would keep its whole batch alive.
    return [
        Batch(
            [m[i].clone(memory_format=torch.contiguous_format) for m in batch.x],
            batch.heat[i].clone(),
            batch.distances[i].clone(),
            batch.weight[i].clone(),
        )
        for i in range(count)
    ]


def _stack(items: list[Batch]) -> Batch:
    levels = zip(*(item.x for item in items), strict=True)
    return Batch(
        [torch.stack(level).to(memory_format=torch.channels_last) for level in levels],
        torch.stack([item.heat for item in items]).float(),
        torch.stack([item.distances for item in items]).float(),
        torch.stack([item.weight for item in items]).float(),
    )


def _bytes(batch: Batch) -> int:
    return sum(t.numel() * t.element_size() for t in (*batch.x, batch.heat, batch.distances, batch.weight))
