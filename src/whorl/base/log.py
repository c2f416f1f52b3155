"""Logging: one line a fact, to stderr, never a secret."""

from __future__ import annotations

import json
import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

REQUEST_ID: ContextVar[str] = ContextVar("whorl_request_id", default="")
"""The request that is being answered here; empty outside of one."""

_HIDDEN = "***"
_SECRETS = re.compile(
    r"(?P<token>whl_[\w-]{8,})"
    r"|(?P<bearer>(?i:bearer\s+)[^\s\"',;]+)"
    r"|(?P<login>://[^/\s:@]*:[^/\s@]+@)"
    r"|(?P<named>(?i:password|passwd|secret|token|secret_access_key)[\"']?\s*[=:]\s*[\"']?[^\s\"'&,;}]+)"
)

_NAME_END = re.compile(r"[\"']?\s*[=:]")


def get_logger(room: str) -> logging.Logger:
    """Give the logger of a room, such as ``engine``."""
    return logging.getLogger(f"whorl.{room}")


def redact(text: str) -> str:
    """Give the text without tokens, passwords in addresses, and what stands behind ``token=`` and the like."""
    return _SECRETS.sub(_hide, text)


def _hide(found: re.Match[str]) -> str:
    text = found.group()
    match found.lastgroup:
        case "bearer":
            return f"{text.split()[0]} {_HIDDEN}"
        case "login":
            return f"{text[: text.index(':', 3)]}:{_HIDDEN}@"
        case "named":
            return f"{_NAME_END.split(text, maxsplit=1)[0]}={_HIDDEN}"
        case _:
            return _HIDDEN


class TextLines(logging.Formatter):
    """A line for people; what is secret is hidden."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class JsonLines(logging.Formatter):
    """One JSON object on one line: time, level, logger, message, and where known request_id, run_id and error."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if request_id := REQUEST_ID.get():
            line["request_id"] = request_id
        if run_id := getattr(record, "run_id", None):
            line["run_id"] = str(run_id)
        if record.exc_info:
            line["error"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def configure_logging(level: str = "INFO", *, log_format: str = "text") -> None:
    """Send Whorl's log lines to stderr; called by the CLI, never at import.

    Args:
        log_format: ``text`` or ``json``.
    """
    root = logging.getLogger("whorl")
    root.setLevel(level)
    if root.handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if log_format == "json" else TextLines())
    root.addHandler(handler)
    root.propagate = False
