"""Log lines: what they hold, and what they hide."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from whorl.base.log import REQUEST_ID, JsonLines, TextLines, redact


def _record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    record = logging.LogRecord("whorl.engine", logging.WARNING, "x.py", 1, message, args, None)
    record.created = 1767225600.25
    vars(record).update(extra)
    return record


def test_json_lines__a_plain_line() -> None:
    assert json.loads(JsonLines().format(_record("took %d back\nof é", 3))) == {
        "time": "2026-01-01T00:00:00.250+00:00",
        "level": "WARNING",
        "logger": "whorl.engine",
        "message": "took 3 back\nof é",
    }


def test_json_lines__is_one_line_with_request_run_and_error() -> None:
    said = REQUEST_ID.set("abcdef0123456789")
    try:
        record = _record("broke", run_id="run_1")
        try:
            raise ValueError("token=hunter2hunter2")
        except ValueError:
            record.exc_info = sys.exc_info()
        text = JsonLines().format(record)
    finally:
        REQUEST_ID.reset(said)
    assert "\n" not in text
    line = json.loads(text)
    assert (line["request_id"], line["run_id"]) == ("abcdef0123456789", "run_1")
    assert line["error"].endswith("ValueError: token=***")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("GET /?token=whl_abcdefghijklmnop HTTP", "GET /?token=*** HTTP"),
        ("whl_abcdefghijklmnop", "***"),
        ("Authorization: Bearer eyJ.abc.def; q", "Authorization: Bearer ***; q"),
        ("postgresql://whorl:s3cr:et@db:5432/whorl", "postgresql://whorl:***@db:5432/whorl"),
        ("AWS_SECRET_ACCESS_KEY=abc/def+1 next", "AWS_SECRET_ACCESS_KEY=*** next"),
        ('{"password": "hunter2", "n": 1}', '{"password=***", "n": 1}'),
        ("12 tokens of 3 items at http://localhost:80/x", "12 tokens of 3 items at http://localhost:80/x"),
        ("item itm_01h at 10:20:30", "item itm_01h at 10:20:30"),
    ],
)
def test_redact(given: str, shown: str) -> None:
    assert redact(given) == shown
    assert shown in TextLines().format(_record("%s", given))


def test_configure_logging__json_goes_to_stderr_line_by_line() -> None:
    program = (
        "from whorl.base.log import configure_logging, get_logger\n"
        "configure_logging('INFO', log_format='json')\n"
        "get_logger('engine').debug('no'); get_logger('engine').info('one'); get_logger('server').error('two')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert [json.loads(line)["message"] for line in done.stderr.splitlines()] == ["one", "two"]
