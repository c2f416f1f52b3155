"""How many runs of a pipeline began one another: travels in the cause of every event that the pipeline brings about."""

from __future__ import annotations

from typing import Final

MOST_LINKS: Final = 100
"""A trigger without a limit of its own starts no run that would be a longer chain than this."""

_SIGN = "+"


def cause_of(pipeline_id: str, depth: int) -> str:
    """The cause of what a run does that so many others came before."""
    return pipeline_id if depth <= 0 else f"{pipeline_id}{_SIGN}{depth}"


def is_caused_by(cause: str | None, pipeline_id: str) -> bool:
    """Whether an event was brought about by this pipeline."""
    return cause is not None and cause.partition(_SIGN)[0] == pipeline_id


def depth_after(cause: str | None, pipeline_id: str) -> int:
    """The depth of a run that an event begins: 0 when the pipeline did not bring the event about itself."""
    if cause is None or not is_caused_by(cause, pipeline_id):
        return 0
    number = cause.partition(_SIGN)[2]
    return (int(number) if number.isascii() and number.isdigit() else 0) + 1
