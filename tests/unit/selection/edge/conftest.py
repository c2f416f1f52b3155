"""A sampler with clocks that the test moves, and images for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from whorl.selection.edge import FakeTime, Room, Rules, Sampler, Spool, encode_png, parse_budget, parse_recipe
from whorl.selection.edge.disk import Disk

MakeSampler = Callable[..., Sampler]


@pytest.fixture
def time() -> FakeTime:
    """The clocks."""
    return FakeTime()


@pytest.fixture
def make_sampler(tmp_path: Path, time: FakeTime) -> Iterator[MakeSampler]:
    """Opens the sampler of this test's spool; opening it again closes it first, as a restart does."""
    opened: list[Sampler] = []

    def make(
        budget: str = "600/hour",
        recipe: str = "uniform",
        *,
        room: Room | None = None,
        disk: Disk | None = None,
        remembers: bool = False,
        window_s: float | None = None,
    ) -> Sampler:
        close()
        spool = Spool(tmp_path / "spool", room or Room(min_free_bytes=0), disk=disk)
        rules = Rules(budget=parse_budget(budget), recipe=parse_recipe(recipe), burst_s=0, window_s=window_s)
        opened.append(Sampler(spool, rules, device="cam", source=time, remembers=remembers))
        return opened[-1]

    def close() -> None:
        while opened:
            opened.pop().spool.close()

    yield make
    close()


def picture(number: int, *, side: int = 8) -> NDArray[np.uint8]:
    """An image unlike the others."""
    return np.random.default_rng(number).integers(0, 256, (side, side, 3), dtype=np.uint8)


def png(number: int, *, side: int = 8) -> bytes:
    """Its bytes."""
    return encode_png(picture(number, side=side))
