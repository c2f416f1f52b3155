"""Public ids: a kind's prefix and 26 time-ordered characters.

The body is 48 bits of milliseconds and 80 random bits in Crockford's base 32 (the ULID layout,
https://github.com/ulid/spec), so ids sort by creation time to the millisecond.
"""

from __future__ import annotations

import os
import time
from typing import NewType

PersonId = NewType("PersonId", str)
ProjectId = NewType("ProjectId", str)
DatasetId = NewType("DatasetId", str)
ItemId = NewType("ItemId", str)
AnnotationId = NewType("AnnotationId", str)
TaskId = NewType("TaskId", str)
ModelId = NewType("ModelId", str)
EvaluationId = NewType("EvaluationId", str)
ComparisonId = NewType("ComparisonId", str)
PipelineId = NewType("PipelineId", str)
RunId = NewType("RunId", str)
JobId = NewType("JobId", str)

PREFIXES: dict[str, str] = {
    "person": "per",
    "token": "tok",
    "project": "prj",
    "ontology": "ont",
    "recipe": "rcp",
    "dataset": "dst",
    "item": "itm",
    "annotation": "ann",
    "snapshot": "snp",
    "task": "tsk",
    "issue": "iss",
    "comment": "cmt",
    "model": "mdl",
    "evaluation": "evl",
    "comparison": "cmp",
    "pipeline": "pip",
    "run": "run",
    "job": "job",
    "endpoint": "end",
    "prediction": "prd",
    "feedback": "fbk",
    "flag_rule": "frl",
    "flag": "flg",
    "space": "spc",
    "map": "map",
    "selection": "sel",
    "simulation": "sim",
    "duplicate_scan": "dup",
    "assistant": "ast",
    "view": "viw",
    "delivery": "dlv",
}
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id(kind: str, *, at: float | None = None) -> str:
    """Make a fresh public id such as ``itm_01jd4q…`` for ``kind`` (a key of ``PREFIXES``).

    Args:
        at: Creation time in seconds since the epoch; now when left out.
    """
    milliseconds = int((time.time() if at is None else at) * 1000)
    number = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    return f"{PREFIXES[kind]}_{_encode(number, 26)}"


def kind_of(public_id: str) -> str | None:
    """Give the kind that a public id's prefix names, or None."""
    prefix = public_id.partition("_")[0]
    return next((kind for kind, known in PREFIXES.items() if known == prefix), None)


def _encode(number: int, length: int) -> str:
    characters = [""] * length
    for index in range(length - 1, -1, -1):
        characters[index] = _ALPHABET[number & 31]
        number >>= 5
    return "".join(characters)
