"""What the server tells its process about turns and collections."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator

import pytest

from whorl.server.pauses import TURN_S, forget_what_stays, take_short_turns


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    interval = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval)
    gc.unfreeze()


def test_take_short_turns() -> None:
    take_short_turns()
    assert sys.getswitchinterval() == pytest.approx(TURN_S)


def test_forget_what_stays__the_collector_has_nearly_nothing_left_to_look_at() -> None:
    before = len(gc.get_objects())
    forget_what_stays()
    assert gc.get_freeze_count() > 0.9 * before
    assert len(gc.get_objects()) < 0.1 * before
