"""Train a small network on a backbone: frozen and on cached maps first, unfrozen later, within a budget. Needs torch.

What the network says and how wrong that is belongs to its task: see ``Job``. Everything else is the same for boxes and
for masks: views, the cache of maps, the clock, the schedule and the optimiser.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from whorl.base.errors import Cancelled, MissingDependency, ModelError
from whorl.models.adapters.contract import Report, ShouldStop
from whorl.models.builtin.net_checkpoint import (
    SAVE_EVERY_S,
    SAVE_OFTEN_S,
    State,
    load_state,
    load_warm,
    save_state,
    save_warm,
)
from whorl.models.builtin.net_pace import Clock, Scorer
from whorl.models.builtin.params import NetParams
from whorl.models.weights import source_file

BATCH = 16
CACHE_BYTES = 1024 * 2**20
VIEWS_SHARE = 0.3
MOST_VIEWS = 8
# Few images are seen in more views.
LEAST_CACHED = 800
FROZEN_SHARE = 0.4
FIRST_FREE_BLOCK = 3
LEAST_FINETUNE_S = 150
HEAD_RATE, SCRATCH_RATE, FINETUNE_RATE = 3e-3, 3e-3, 2e-4

V = TypeVar("V")
V_co = TypeVar("V_co", covariant=True)


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
        validate_every: Epochs between two scores on the validation samples; 0 scores never.
        patience: Scores without a better one after which it stops, with the best weights; 0 never stops.
        warm: Folder of the net that an earlier training left, to begin from where it fits; the new one is left there.
    """

    canvas: tuple[int, int]
    weights: Path | None
    epochs: int
    budget_s: float
    finetune: bool
    seed: int
    bf16: bool
    validate_every: int = 0
    patience: int = 0
    warm: Path | None = None


@dataclass(frozen=True)
class Batch:
    """Views as the network wants them: the input, or the backbone's cached maps, and what is to be said of them.

    Cached targets of floats are kept in half precision; whole numbers as they are.
    """

    x: list[Tensor]
    targets: list[Tensor]


class Source(Protocol[V_co]):
    """Draws views of the training images."""

    def __len__(self) -> int: ...

    def plain(self, index: int) -> V_co:
        """The image as it will be seen at prediction."""

    def draw(self, index: int, rng: np.random.Generator) -> V_co:
        """A random view."""


@dataclass(frozen=True)
class Job(Generic[V]):
    """What a task brings to its training.

    Args:
        net: Has ``backbone``, and ``maps(x)`` that gives those of the backbone's maps which the head reads.
        head: The part of ``net`` that is trained from nothing: a list of maps to outputs.
        collate: Views to a batch with the network's input.
        losses: Of the head's outputs and the batch's targets, by the name under which each is reported.
        weights: Of the losses in their sum; 1 where a name is left out.
        score: How good the network is on the validation samples, the more the better; None without any. Called in
            evaluation mode; it must draw no random numbers.
        score_name: What is reported.
        score_s: CPU seconds that the first score is expected to take.
    """

    net: nn.Module
    head: nn.Module
    collate: Callable[[Sequence[V]], Batch]
    losses: Callable[[object, Sequence[Tensor]], Mapping[str, Tensor]]
    weights: Mapping[str, float] = field(default_factory=dict)
    score: Callable[[], float | None] | None = None
    score_name: str = "validation_score"
    score_s: float = 0.0


def make_plan(params: NetParams, *, canvas: tuple[int, int], warm: Path | None = None) -> Plan:
    """Settle what the parameters leave open: the backbone by what is installed, fine-tuning by the budget.

    Raises:
        MissingDependency: The backbone is asked for and not installed.
    """
    weights = _find_weights(params.backbone)
    finetune = params.budget_s >= LEAST_FINETUNE_S if params.finetune == "auto" else params.finetune
    return Plan(
        canvas=canvas,
        weights=weights,
        epochs=params.epochs,
        budget_s=params.budget_s,
        finetune=finetune and weights is not None,
        seed=params.seed,
        bf16=_has_bf16(),
        validate_every=params.validate_every,
        patience=params.patience,
        warm=warm,
    )


def prepare_torch(plan: Plan) -> np.random.Generator:
    """Settle threads and seeds; give the generator for views."""
    torch.set_num_threads(1)
    torch.manual_seed(plan.seed)
    return np.random.default_rng(plan.seed)


def train_net(
    job: Job[V],
    source: Source[V],
    plan: Plan,
    rng: np.random.Generator,
    *,
    report: Report,
    should_stop: ShouldStop,
    checkpoint: Path | None = None,
) -> None:
    """Train ``job.net`` in place; it ends in evaluation mode, ready to export.

    Args:
        checkpoint: Folder for the state, written about every ten seconds; what is there is gone on from.

    Raises:
        Cancelled: ``should_stop`` said so.
        ModelError: The checkpoint is damaged.
    """
    load_warm(job.net, plan.warm)
    job.net.to(memory_format=torch.channels_last)
    run = _Run(job, source, plan, rng, report, should_stop, checkpoint)
    if plan.weights is None:
        run.through_network(until=1.0, backbone_rate=SCRATCH_RATE)
    else:
        run.on_cached_maps(until=FROZEN_SHARE if plan.finetune else 1.0)
        if plan.finetune:
            job.net.backbone.frozen_blocks = FIRST_FREE_BLOCK
            run.through_network(until=1.0, backbone_rate=FINETUNE_RATE)
            job.net.backbone.frozen_blocks = 16
    run.finish()
    job.net.eval()
    job.net.to(memory_format=torch.contiguous_format)
    save_warm(job.net, plan.warm)


class _Run(Generic[V]):
    def __init__(
        self,
        job: Job[V],
        source: Source[V],
        plan: Plan,
        rng: np.random.Generator,
        report: Report,
        should_stop: ShouldStop,
        checkpoint: Path | None,
    ) -> None:
        self._job = job
        self._source = source
        self._plan = plan
        self._rng = rng
        self._report = report
        self._should_stop = should_stop
        self._batch = max(2, min(BATCH, len(source) // 4))
        self._epoch = self._steps = self._phase = 0
        self._per_epoch = -(-len(source) // self._batch)
        self._clock = Clock(budget_s=plan.budget_s, steps=plan.epochs * self._per_epoch)
        self._scorer = Scorer(
            job.net,
            job.score,
            every=plan.validate_every,
            patience=plan.patience,
            is_exact=plan.epochs > 0,
            expected_s=job.score_s,
        )
        self._checkpoint = checkpoint
        self._save_at = 0.0
        self._optimizer: torch.optim.Optimizer | None = None
        self._state = load_state(checkpoint)
        if self._state is not None:
            self._go_on(self._state)

    def finish(self) -> None:
        """Score the end, and take the best weights when that was what stopped the run."""
        if self._scorer.is_over:
            self._scorer.take_best()
        elif self._scorer.is_behind(self._epoch):
            score = self._scorer.look(self._epoch, self._clock, is_last=True)
            if score is not None:
                self._report({"epoch": self._epoch, "progress": 1.0, self._job.score_name: score})

    def through_network(self, *, until: float, backbone_rate: float) -> None:
        """Fresh views through the whole network."""
        body = [p for n, p in self._job.net.backbone.named_parameters() if not self._is_frozen(n)]
        groups = [
            {"params": body, "lr": backbone_rate, "peak": backbone_rate},
            {"params": list(self._job.head.parameters()), "lr": HEAD_RATE, "peak": HEAD_RATE},
        ]
        optimizer = self._begin(1, torch.optim.AdamW(groups, weight_decay=1e-2))

        def batches() -> Iterator[Batch]:
            for indices in self._shuffled(len(self._source)):
                yield self._job.collate([self._source.draw(int(i), self._rng) for i in indices])

        self._train(batches, optimizer, until=until)

    def on_cached_maps(self, *, until: float) -> None:
        """The head alone, on maps computed once per view."""
        if self._phase > 0 or (self._state is not None and self._clock.progress >= until):
            return
        cached = self._cache_maps()
        group = {"params": list(self._job.head.parameters()), "lr": HEAD_RATE, "peak": HEAD_RATE}
        optimizer = self._begin(0, torch.optim.AdamW([group], weight_decay=1e-2))

        def batches() -> Iterator[Batch]:
            # As many views as there are images, so that an epoch means the same everywhere.
            chosen = self._rng.permutation(len(cached))
            for indices in self._shuffled(min(len(cached), len(self._source))):
                yield _stack([cached[chosen[i]] for i in indices])

        self._train(batches, optimizer, until=until)

    def _train(self, batches: Callable[[], Iterator[Batch]], optimizer: torch.optim.Optimizer, *, until: float) -> None:
        # However short the budget, the network has seen one batch.
        while (self._clock.progress < until and not self._scorer.is_over) or self._epoch == 0:
            self._one_epoch(batches(), optimizer, until=until)

    def _one_epoch(self, batches: Iterator[Batch], optimizer: torch.optim.Optimizer, *, until: float) -> None:
        self._job.net.train()
        sums: dict[str, float] = {}
        steps = 0
        for batch in islice(batches, max(1, self._per_epoch - self._steps)):
            self._stop_if_asked()
            progress = self._clock.progress
            if progress >= until and self._epoch + steps > 0:
                break
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * _schedule(progress)
            for name, value in self._step(batch, optimizer).items():
                sums[name] = sums.get(name, 0.0) + value
            self._clock.tick()
            steps += 1
            self._steps += 1
            self._save_when_due()
        self._steps = 0
        if steps:
            self._epoch += 1
            point = {"epoch": float(self._epoch), "progress": min(self._clock.progress, 1.0)}
            score = self._scorer.look(self._epoch, self._clock)
            scored = {} if score is None else {self._job.score_name: score}
            self._report(point | {name: value / steps for name, value in sums.items()} | scored)

    def _step(self, batch: Batch, optimizer: torch.optim.Optimizer) -> dict[str, float]:
        with torch.autocast("cpu", torch.bfloat16, enabled=self._plan.bf16):
            maps = self._job.net.maps(batch.x[0]) if len(batch.x) == 1 else batch.x
            outputs = self._job.head(maps)
        losses = self._job.losses(outputs, batch.targets)
        optimizer.zero_grad(set_to_none=True)
        total = torch.stack([value * self._job.weights.get(name, 1.0) for name, value in losses.items()]).sum()
        total.backward()
        nn.utils.clip_grad_norm_(self._job.net.parameters(), 10.0)
        optimizer.step()
        return {name: float(value.detach()) for name, value in losses.items()}

    def _cache_maps(self) -> list[Batch]:
        """Maps of views, the plain images first, for as long as time and memory are allotted."""
        cached: list[Batch] = []
        started, bytes_used = time.process_time(), 0
        allotted_s = VIEWS_SHARE * self._plan.budget_s * max(1 - self._clock.progress, 0.1)
        most = max(MOST_VIEWS, LEAST_CACHED // len(self._source))
        passes = min(most, self._plan.epochs or most)
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
        progress = min(self._clock.progress, 1.0)
        self._report({"views": share, "cache_seconds": time.process_time() - started, "progress": progress})
        return cached

    def _map_views(self, indices: NDArray[np.int64], *, plain: bool) -> list[Batch]:
        views = [self._source.plain(int(i)) if plain else self._source.draw(int(i), self._rng) for i in indices]
        batch = self._job.collate(views)
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=self._plan.bf16):
            maps = [m.to(torch.bfloat16) for m in self._job.net.maps(batch.x[0])]
        return _split(Batch(maps, [t.half() if t.is_floating_point() else t for t in batch.targets]))

    def _shuffled(self, count: int) -> Iterator[NDArray[np.int64]]:
        order = self._rng.permutation(count)
        for start in range(0, count, self._batch):
            chunk = order[start : start + self._batch]
            # Batch norm needs two; a lone last image meets a friend.
            yield chunk if len(chunk) > 1 else np.resize(np.append(chunk, order[0]), 2)

    def _is_frozen(self, name: str) -> bool:
        blocks = getattr(self._job.net.backbone, "frozen_blocks", 0)
        parts = name.split(".")
        return blocks > 0 and ("stem" in parts or ("blocks" in parts and int(parts[2]) < blocks))

    def _stop_if_asked(self) -> None:
        if self._should_stop():
            self._save()
            raise Cancelled("training was cancelled")

    def _begin(self, phase: int, optimizer: torch.optim.Optimizer) -> torch.optim.Optimizer:
        self._optimizer = optimizer
        if self._state is not None and self._state["phase"] == phase:
            optimizer.load_state_dict(self._state["optimizer"])
            torch.set_rng_state(self._state["torch_state"])
            self._rng.bit_generator.state = json.loads(self._state["numpy_state"])
        else:
            # The passes of a phase begin with it.
            self._steps = 0
        self._phase, self._state = phase, None
        return optimizer

    def _go_on(self, state: State) -> None:
        try:
            self._job.net.load_state_dict(state["net"])
        except RuntimeError as error:
            raise ModelError(
                "the checkpoint is of another network", hint="Train from the start, without resume."
            ) from error
        self._epoch, self._steps, self._phase = state["epoch"], state["steps"], state["phase"]
        self._clock.go_on(done=state["done"], seconds=state["seconds"])
        self._scorer.go_on(epoch=state["scored"], best=state["best"], stale=state["stale"], best_net=state["best_net"])

    def _save_when_due(self) -> None:
        if time.monotonic() >= self._save_at:
            self._save()

    def _save(self) -> None:
        if self._checkpoint is None or self._optimizer is None:
            return
        started = time.monotonic()
        state: State = {
            "net": self._job.net.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "phase": self._phase,
            "epoch": self._epoch,
            "steps": self._steps,
            "done": self._clock.done,
            "seconds": self._clock.seconds,
            "torch_state": torch.get_rng_state(),
            "numpy_state": json.dumps(self._rng.bit_generator.state),
            "scored": self._scorer.epoch,
            "best": self._scorer.best,
            "stale": self._scorer.stale,
            "best_net": self._scorer.best_net,
        }
        save_state(self._checkpoint, state)
        # Two per cent of the time at most, and no more than ten seconds of work at stake.
        now = time.monotonic()
        self._save_at = now + min(max(50 * (now - started), SAVE_OFTEN_S), SAVE_EVERY_S)


def _find_weights(backbone: str) -> Path | None:
    if backbone == "none":
        return None
    try:
        return source_file("lite0")
    except MissingDependency:
        if backbone == "lite0":
            raise
        return None


def _has_bf16() -> bool:
    """Whether the processor multiplies bfloat16 in hardware; without it autocast is slower than float32."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags


def _schedule(progress: float) -> float:
    warm = min(1.0, progress / 0.05 + 0.05)
    return float(warm * 0.5 * (1 + np.cos(np.pi * min(progress, 1.0))) + 1e-3)


def _split(batch: Batch) -> list[Batch]:
    count = len(batch.targets[0])
    # clone: a view would keep its whole batch alive.
    return [
        Batch(
            [m[i].clone(memory_format=torch.contiguous_format) for m in batch.x], [t[i].clone() for t in batch.targets]
        )
        for i in range(count)
    ]


def _stack(items: list[Batch]) -> Batch:
    levels = zip(*(item.x for item in items), strict=True)
    targets = [torch.stack(parts) for parts in zip(*(item.targets for item in items), strict=True)]
    return Batch(
        [torch.stack(level).to(memory_format=torch.channels_last) for level in levels],
        [target.float() if target.is_floating_point() else target for target in targets],
    )


def _bytes(batch: Batch) -> int:
    return sum(t.numel() * t.element_size() for t in (*batch.x, *batch.targets))
