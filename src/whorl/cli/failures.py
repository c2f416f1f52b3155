"""From errors to two lines on stderr and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from enum import IntEnum

import typer

from whorl.base.errors import Cancelled, Forbidden, Unauthenticated, Unavailable, WhorlError

# Typer moved these between releases; its public BadParameter leads to them in each.
_UsageError = typer.BadParameter.__mro__[1]
_ClickException = typer.BadParameter.__mro__[2]


class ExitCode(IntEnum):
    """What the exit status of every command means."""

    OK = 0
    ERROR = 1
    USAGE = 2
    UNREACHABLE = 3
    NOT_ALLOWED = 4
    INTERRUPTED = 130


MEANINGS = {
    ExitCode.OK: "It worked.",
    ExitCode.ERROR: "It did not; stderr says what happened and what to do.",
    ExitCode.USAGE: "The command was written wrongly; nothing was done.",
    ExitCode.UNREACHABLE: "No server answers, or it is not ready. Trying again may help.",
    ExitCode.NOT_ALLOWED: "The token is missing, wrong, or its role may not do this.",
    ExitCode.INTERRUPTED: "Interrupted with Ctrl-C.",
}


def run_command(command: Callable[[], object]) -> ExitCode:
    """Run a command; print an expected error as two lines, an unexpected one with how to see more."""
    try:
        result = command()
        sys.stdout.flush()
    except KeyboardInterrupt:
        _say("", "interrupted")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # The reader, such as `head`, has seen enough. Python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except Exception as error:
        return report(error)
    code = ExitCode(result) if isinstance(result, int) and result in set(ExitCode) else ExitCode.OK
    if code is ExitCode.INTERRUPTED:
        # Typer turns Ctrl-C into this exit code by itself.
        _say("", "interrupted")
    return code


def report(error: Exception) -> ExitCode:
    """Print an error and give its exit code."""
    if isinstance(error, typer.Exit):
        return ExitCode(error.exit_code)
    if isinstance(error, typer.Abort):
        _say("", "interrupted")
        return ExitCode.INTERRUPTED
    if isinstance(error, _ClickException):
        return _report_usage(error)
    if isinstance(error, WhorlError):
        _say("error: ", error.message)
        if error.hint:
            _say("hint: ", error.hint)
        return _code_of(error)
    if os.environ.get("WHORL_LOG_LEVEL", "").upper() == "DEBUG":
        raise error
    _say("error: ", f"unexpected {type(error).__name__}: {error}")
    _say("hint: ", "This is a bug in Whorl. Run it again with WHORL_LOG_LEVEL=DEBUG to see where.")
    return ExitCode.ERROR


def _report_usage(error: Exception) -> ExitCode:
    # format_message is part of every release's ClickException; its type is not importable from a stable place.
    message = getattr(error, "format_message", lambda: str(error))()
    context = getattr(error, "ctx", None)
    command = getattr(context, "command_path", "whorl")
    _say("error: ", str(message).rstrip("."))
    _say("hint: ", f"See `{command} --help`.")
    return ExitCode.USAGE if isinstance(error, _UsageError) else ExitCode.ERROR


def _code_of(error: WhorlError) -> ExitCode:
    if isinstance(error, Unavailable):
        return ExitCode.UNREACHABLE
    if isinstance(error, Unauthenticated | Forbidden):
        return ExitCode.NOT_ALLOWED
    if isinstance(error, Cancelled):
        return ExitCode.INTERRUPTED
    return ExitCode.ERROR


def _say(prefix: str, text: str) -> None:
    sys.stderr.write(f"{prefix}{text}\n")
    sys.stderr.flush()
