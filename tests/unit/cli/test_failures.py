"""Errors become two lines and a stable exit code."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import typer

from whorl.base.errors import Forbidden, NotFound, Unauthenticated, Unavailable
from whorl.cli.failures import MEANINGS, ExitCode, run_command
from whorl.cli.main import run


def raising(error: BaseException) -> Callable[[], None]:
    def command() -> None:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFound("x"), 1),
        (Unavailable("x"), 3),
        (Unauthenticated("x"), 4),
        (Forbidden("x"), 4),
        (typer.Exit(1), 1),
        (typer.Exit(0), 0),
        (typer.Abort(), 130),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("x"), 1),
    ],
)
def test_run_command__gives_the_exit_code_of_the_error(error: BaseException, code: int) -> None:
    assert run_command(raising(error)) == code


def test_run_command__prints_message_and_hint_to_stderr_only(capsys: pytest.CaptureFixture[str]) -> None:
    run_command(raising(NotFound("no project 'x'", hint="Make it.")))
    assert capsys.readouterr() == ("", "error: no project 'x'\nhint: Make it.\n")


def test_run_command__ctrl_c_is_said_however_it_arrives(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(lambda: 130) == ExitCode.INTERRUPTED
    run_command(raising(KeyboardInterrupt()))
    assert capsys.readouterr() == ("", "interrupted\ninterrupted\n")


def test_run_command__an_unforeseen_error_shows_no_trace(capsys: pytest.CaptureFixture[str]) -> None:
    run_command(raising(ZeroDivisionError("division by zero")))
    assert capsys.readouterr().err == (
        "error: unexpected ZeroDivisionError: division by zero\n"
        "hint: This is a bug in Whorl. Run it again with WHORL_LOG_LEVEL=DEBUG to see where.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["impotr"], "No such command 'impotr'"),
        (["query", "--nonsense"], "nonsense"),
        (["import"], "path"),
        (["query", "--limit", "many"], "valid integer"),
    ],
)
def test_main__a_wrong_command_is_a_usage_error(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert message.lower() in err.lower()
    assert "hint: See `whorl" in err


def test_meanings__every_exit_code_has_one() -> None:
    assert set(MEANINGS) == set(ExitCode)
