"""Short turns and short collections: what a server's process is told once, so that nobody's answer waits for Python.

Both belong to the whole process, so only a program that is nothing but the server does this.
"""

from __future__ import annotations

import gc
import sys

TURN_S = 0.0005


def take_short_turns() -> None:
    """Let a thread keep Python's lock for half a millisecond when others want it, not for five.

    A write lets go of the lock at each statement; with long turns it then waits for whoever computes, ten times over.
    """
    sys.setswitchinterval(TURN_S)


def forget_what_stays() -> None:
    """Take all that is loaded by now out of the garbage collector's rounds.

    Imports leave a million objects that never go away. A full collection looks at each, and nothing else runs
    meanwhile: 60 to 250 ms every few seconds, where it now takes 5 to 20 ms.
    """
    gc.collect()
    gc.freeze()
