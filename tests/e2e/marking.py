"""A body for other processes, which import it by its name: every time that it runs leaves a file."""

from __future__ import annotations

import time
import uuid
from pathlib import Path


def mark(folder: str, number: int, seconds: float) -> int:
    """Leave a file of its own, take so long, and give the number."""
    Path(folder, f"{number:04d}-{uuid.uuid4().hex}").touch()
    time.sleep(seconds)
    return number
