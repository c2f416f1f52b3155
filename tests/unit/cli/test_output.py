"""Data to stdout in a form programs can read; notes to stderr; bars only for people who wait."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from whorl.cli import output
from whorl.cli.output import Output, bytes_text
from whorl.schemas.wire import Wire


class Thing(Wire):
    """A wire type of these tests."""

    name: str
    size: float | None = None
    at: datetime = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


class Terminal(io.StringIO):
    """A stream that says a person looks at it."""

    def isatty(self) -> bool:
        return True


def test_rows__in_a_pipe_are_tab_separated_without_a_header(capsys: pytest.CaptureFixture[str]) -> None:
    Output().rows(("name", "size", "at"), [Thing(name="a", size=0.123456), Thing(name="b")])
    assert capsys.readouterr() == ("a\t0.1235\t2026-01-02 03:04:05\nb\t-\t2026-01-02 03:04:05\n", "")


def test_rows__as_json_is_one_document_with_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    Output(as_json=True).rows(("name",), [Thing(name="ä")])
    assert capsys.readouterr().out == '[{"name": "ä", "size": null, "at": "2026-01-02T03:04:05Z"}]\n'


def test_rows__nothing_is_a_note_or_an_empty_list(capsys: pytest.CaptureFixture[str]) -> None:
    Output().rows(("name",), [], empty="no thing")
    assert capsys.readouterr() == ("", "no thing\n")
    Output(as_json=True).rows(("name",), [], empty="no thing")
    assert capsys.readouterr() == ("[]\n", "")


def test_facts__a_line_a_field(capsys: pytest.CaptureFixture[str]) -> None:
    Output().facts({"first_name": "a", "is_on": True, "more": {"x": [1]}})
    assert capsys.readouterr().out == 'first name  a\nis on       yes\nmore        {"x": [1]}\n'


def test_progress__nothing_when_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with Output().progress("importing") as report:
        report(1, 2)
    assert capsys.readouterr() == ("", "")


def test_progress__appears_on_a_terminal_once_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    terminal = Terminal()
    monkeypatch.setattr(output.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(output.sys, "stderr", terminal)
    with Output().progress("importing") as report:
        report(1, 4)
        assert terminal.getvalue() == ""
        now[0] = 2.5
        report(2, 4)
    assert "importing" in terminal.getvalue()
    assert "2/4" in terminal.getvalue()


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2e9, "2.0 GB"), (3e12, "3.0 TB")]
)
def test_bytes_text__is_short(count: float, text: str) -> None:
    assert bytes_text(count) == text
