"""Pure decisions: how long to wait, whom to suspect, how to describe an error."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from whorl.base.errors import WhorlError
from whorl.engine.messages import Work

SUSPECT_AFTER = 2
"""Failed tries after which an item is worked on alone, so that one bad item cannot fail its neighbours for ever."""

_MAX_BACKOFF_S = 900.0
_MAX_ERROR_CHARACTERS = 4000


def backoff_ms(attempts: int, *, base_s: float, seed: str) -> int:
    """Give the delay before the next try: ``base_s`` doubled per failure, at most 15 minutes, spread by +-25 %.

    Args:
        attempts: Failed tries so far, 1 or more.
        seed: The same text gives the same spread.
    """
    delay_s = min(base_s * 2.0 ** min(attempts - 1, 30), _MAX_BACKOFF_S)
    spread = 0.75 + 0.5 * (zlib.crc32(f"{seed}:{attempts}".encode()) / 2**32)
    return int(delay_s * spread * 1000)


def choose_claim(attempts: Sequence[int]) -> range | list[int]:
    """Choose which of the oldest due rows to claim together: give their positions.

    Args:
        attempts: Tries so far of each row, oldest first.

    Returns:
        The first alone when it is a suspect, else all that are not.
    """
    if attempts and attempts[0] >= SUSPECT_AFTER:
        return range(1)
    if not attempts or max(attempts) < SUSPECT_AFTER:
        return range(len(attempts))
    return [position for position, tries in enumerate(attempts) if tries < SUSPECT_AFTER]


def is_exhausted(work: Work, *, max_attempts: int) -> bool:
    """Whether every try was used up before this one: the process died each time."""
    return work.attempts > max_attempts


def describe_error(error: BaseException) -> tuple[str, str]:
    """Give the stable code and the text that are kept with a dead letter."""
    if isinstance(error, WhorlError):
        return error.code, error.message[:_MAX_ERROR_CHARACTERS]
    return "body_error", f"{type(error).__name__}: {error}"[:_MAX_ERROR_CHARACTERS]
