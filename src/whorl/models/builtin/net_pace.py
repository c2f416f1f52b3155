"""How far a training is, and whether it still gets better. Needs torch."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch
from torch import Tensor, nn

# Share of the time that scoring on the validation samples may take.
SCORE_SHARE = 0.08


class Clock:
    """How far a run is, from 0 to 1: by CPU seconds, or by steps when their number is given (not 0)."""

    def __init__(self, *, budget_s: float, steps: int) -> None:
        self._budget_s = max(budget_s - 1.0, 1.0)
        self._start = time.process_time()
        self._steps = steps
        self.done = 0

    def tick(self) -> None:
        """One step is done."""
        self.done += 1

    def go_on(self, *, done: int, seconds: float) -> None:
        """Count what an earlier run did."""
        self.done = done
        self._start = time.process_time() - seconds

    @property
    def seconds(self) -> float:
        """CPU seconds so far."""
        return time.process_time() - self._start

    @property
    def progress(self) -> float:
        """Share of the run that is over."""
        if self._steps:
            return self.done / self._steps
        return self.seconds / self._budget_s


class Scorer:
    """Scores the network now and then, within a tenth of the time, and says when it has stopped getting better.

    Args:
        net: What is scored.
        score: Scores it; None when there is nothing to score on.
        every: Epochs between two scores; 0 scores never.
        patience: Scores without a better one after which it is over; 0 goes on.
        is_exact: Whether the run is to be the same on every machine, however slow scoring is there.
        expected_s: CPU seconds that the first score may take; the next ones take what the last one did.
    """

    def __init__(
        self,
        net: nn.Module,
        score: Callable[[], float | None] | None,
        *,
        every: int,
        patience: int,
        is_exact: bool,
        expected_s: float = 0.0,
    ) -> None:
        self._net = net
        self._score = score if every else None
        self._every = every
        self._patience = patience
        self._is_exact = is_exact
        self._spent_s, self._last_s = 0.0, expected_s
        self.epoch = 0
        self.best = float("-inf")
        self.stale = 0
        self.best_net: dict[str, Tensor] | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has not become better for as long as was to be waited."""
        return 0 < self._patience <= self.stale

    def is_behind(self, epoch: int) -> bool:
        """Whether there was no score since the last passes."""
        return self._score is not None and self.epoch < epoch

    def go_on(self, *, epoch: int, best: float, stale: int, best_net: dict[str, Tensor] | None) -> None:
        """Know what an earlier run found, and after how many passes it last scored."""
        self.epoch, self.best, self.stale, self.best_net = epoch, best, stale, best_net

    def look(self, epoch: int, clock: Clock, *, is_last: bool = False) -> float | None:
        """The score after so many epochs; None when it is not due or would take too much of the time."""
        if self._score is None or not (is_last or epoch - self.epoch >= self._every):
            return None
        if not self._is_exact and self._spent_s + self._last_s > SCORE_SHARE * clock.seconds:
            return None
        started = time.process_time()
        is_training = self._net.training
        self._net.eval()
        with torch.no_grad():
            score = self._score()
        self._net.train(is_training)
        self._last_s = time.process_time() - started
        self._spent_s += self._last_s
        self.epoch = epoch
        if score is not None:
            self._note(score)
        return score

    def take_best(self) -> None:
        """Put the weights of the best score back."""
        if self.best_net is not None:
            self._net.load_state_dict(self.best_net)

    def _note(self, score: float) -> None:
        if score > self.best:
            self.best, self.stale = score, 0
            if self._patience:
                self.best_net = {name: value.clone() for name, value in self._net.state_dict().items()}
        else:
            self.stale += 1
