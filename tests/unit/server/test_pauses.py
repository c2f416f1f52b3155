"""What the server tells its process about turns and collections."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest

from whorl.server.pauses import TURN_S, take_short_turns


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    interval = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval)


def test_take_short_turns() -> None:
    take_short_turns()
    assert sys.getswitchinterval() == pytest.approx(TURN_S)


def test_forget_what_stays__the_collector_has_nearly_nothing_left_to_look_at() -> None:
    # In a program of its own: what other tests have left here is no measure.
    program = (
        "import gc, json\n"
        "from whorl.server.pauses import forget_what_stays\n"
        "before = len(gc.get_objects())\n"
        "forget_what_stays()\n"
        "print(json.dumps([before, gc.get_freeze_count(), len(gc.get_objects())]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    before, frozen, left = json.loads(done.stdout)
    assert frozen > before / 2
    assert left < before / 10
