"""Logging: one line a fact, to stderr, never a secret."""

from __future__ import annotations

import logging
import sys


def get_logger(room: str) -> logging.Logger:
    """Give the logger of a room, such as ``engine``."""
    return logging.getLogger(f"whorl.{room}")


def configure_logging(level: str = "INFO") -> None:
    """Send Whorl's log lines to stderr; called by the CLI, never at import."""
    root = logging.getLogger("whorl")
    root.setLevel(level)
    if root.handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    root.propagate = False
