"""One image of the spool: as a row of the records, and as the head of its own file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whorl.base.errors import JsonValue

MAGIC = b"WHORL EDGE 1 "
SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS item (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, window INTEGER NOT NULL,
    priority REAL NOT NULL, n_bytes INTEGER NOT NULL, sha256 TEXT NOT NULL, suffix TEXT NOT NULL, facts TEXT NOT NULL,
    at REAL NOT NULL, stratum TEXT NOT NULL, uncertainty REAL, descriptor BLOB, is_uniform INTEGER NOT NULL,
    is_burst INTEGER NOT NULL, probability REAL, reason TEXT NOT NULL, score REAL NOT NULL, chosen_at REAL,
    problem TEXT NOT NULL, device TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS item_order ON item (state, seq);
CREATE TABLE IF NOT EXISTS done (
    n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, at REAL NOT NULL, outcome TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS seen (path TEXT PRIMARY KEY, mark TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS anchor (n INTEGER PRIMARY KEY AUTOINCREMENT, vector BLOB NOT NULL);
"""
COLUMNS = (
    "id, state, window, priority, n_bytes, sha256, suffix, facts, at, stratum, uncertainty, descriptor, is_uniform, "
    "is_burst, probability, reason, score, chosen_at, problem, device"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One image.

    Args:
        facts: The metadata that goes along to the far end.
        probability: While a candidate, how likely it was to come this far; once chosen, with this stage.
        score: What it is worth, in [0, 1].
        at: When it came, on the device's clock.
    """

    id: str
    state: str
    window: int
    priority: float
    n_bytes: int
    sha256: str
    suffix: str
    device: str
    at: float
    facts: dict[str, JsonValue] = field(default_factory=dict)
    stratum: str = ""
    uncertainty: float | None = None
    descriptor: bytes | None = None
    is_uniform: bool = True
    is_burst: bool = False
    probability: float | None = 1.0
    reason: str = ""
    score: float = 0.0
    chosen_at: float | None = None
    problem: str = ""

    def head(self) -> bytes:
        """What stands in the file before the image, so that a file can be understood without the records."""
        told = {"id": self.id, "sha256": self.sha256, "suffix": self.suffix, "device": self.device, "facts": self.facts}
        text = json.dumps({**told, "priority": self.priority, "at": self.at}).encode()
        return MAGIC + str(len(text)).encode() + b"\n" + text + b"\n"


@dataclass(frozen=True, slots=True)
class Head:
    """What a file says of its image."""

    id: str
    sha256: str
    suffix: str
    device: str
    facts: dict[str, JsonValue]
    priority: float
    at: float
    n_bytes: int

    def matches(self, body: bytes) -> bool:
        """Whether the bytes are those that were written."""
        return hashlib.sha256(body).hexdigest() == self.sha256

    def to_row(self, state: str) -> Row:
        """A record of the file; it stands for itself alone, as its probability is lost."""
        return Row(
            id=self.id,
            state=state,
            window=0,
            priority=self.priority,
            n_bytes=self.n_bytes,
            sha256=self.sha256,
            suffix=self.suffix,
            device=self.device,
            at=self.at,
            facts=self.facts,
            is_uniform=False,
            probability=None,
            reason="recovered",
            chosen_at=self.at,
        )


def read_head(content: bytes) -> tuple[Head | None, int]:
    """The head of a file and where the image begins; None when there is no whole head."""
    try:
        first = content.index(b"\n", 0, 64)
        if not content.startswith(MAGIC):
            return None, 0
        start = first + 1
        end = start + int(content[len(MAGIC) : first])
        told = json.loads(content[start:end])
        texts = {name: str(told[name]) for name in ("id", "sha256", "suffix", "device")}
        facts = told["facts"] if isinstance(told["facts"], dict) else {}
        priority, at = float(told["priority"]), float(told["at"])
    except (ValueError, KeyError, TypeError):
        return None, 0
    return Head(**texts, facts=facts, priority=priority, at=at, n_bytes=len(content) - end - 1), end + 1


Packed = tuple[str | int | float | bytes | None, ...]


def pack(row: Row) -> Packed:
    """The values of ``COLUMNS``."""
    return (
        row.id,
        row.state,
        row.window,
        row.priority,
        row.n_bytes,
        row.sha256,
        row.suffix,
        json.dumps(row.facts),
        row.at,
        row.stratum,
        row.uncertainty,
        row.descriptor,
        row.is_uniform,
        row.is_burst,
        row.probability,
        row.reason,
        row.score,
        row.chosen_at,
        row.problem,
        row.device,
    )


def unpack(values: Packed) -> Row:
    """The row of the values of ``COLUMNS``."""
    named = dict(zip(COLUMNS.split(", "), values, strict=True))
    named["facts"] = json.loads(str(named["facts"]))
    named["is_uniform"], named["is_burst"] = bool(named["is_uniform"]), bool(named["is_burst"])
    # The columns' types are those of the fields: the table is written by pack alone.
    return Row(**named)  # type: ignore[arg-type]
