"""A body for other processes, which import it by its name: it uses a known amount of processor time."""

from __future__ import annotations

import os
import time


def burn(number: int, seconds: float) -> tuple[int, int, float]:
    """Use ``seconds`` of processor time; give the number, the process and the wall seconds it took."""
    wall, until = time.perf_counter(), time.process_time() + seconds
    while time.process_time() < until:
        sum(range(1000))
    return number, os.getpid(), time.perf_counter() - wall
