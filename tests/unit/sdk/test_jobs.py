"""Waiting for long work: until it is over, in time, and with the error it failed with."""

from __future__ import annotations

import httpx
import pytest

from whorl.base.clock import FakeClock
from whorl.base.errors import Cancelled, FormatError, Unavailable, WhorlError
from whorl.schemas.datasets import ExportReport
from whorl.schemas.jobs import Job as JobInfo
from whorl.sdk.jobs import Job
from whorl.sdk.transport import Transport

START = JobInfo.model_validate(
    {
        "id": "job_1",
        "project_id": None,
        "kind": "export",
        "state": "queued",
        "progress": 0,
        "message": "",
        "actor_id": "per_1",
        "created_at": "2026-01-02T03:04:05Z",
    }
)


def job_that_goes(*changes: dict[str, object]) -> Job:
    """A queued job that stands like this when it is asked the first time, the second time, and so on."""
    answers = [httpx.Response(200, json=START.model_copy(update=dict(one)).model_dump(mode="json")) for one in changes]
    http = httpx.Client(transport=httpx.MockTransport(lambda _: answers.pop(0)))
    return Job(Transport("http://server", http=http), START)


def test_wait__reports_progress_and_gives_the_result() -> None:
    result = {"dataset_id": "d", "format": "coco", "revision": 1, "items": 2, "annotations": 3}
    job = job_that_goes({"state": "running", "progress": 0.5}, {"state": "done", "progress": 1, "result": result})
    steps: list[tuple[int, int | None]] = []
    job.wait(progress=lambda done, total: steps.append((done, total)), clock=FakeClock())
    assert steps == [(0, 100), (50, 100)]
    assert job.result(ExportReport) == ExportReport.model_validate(result)


def test_wait__a_failure_is_the_class_it_failed_with() -> None:
    job = job_that_goes({"state": "failed", "error_code": "format_error", "error": "no annotation file"})
    with pytest.raises(FormatError, match="^no annotation file$"):
        job.wait(clock=FakeClock())


def test_wait__an_unknown_failure_is_the_root_error() -> None:
    job = job_that_goes({"state": "failed", "error_code": "from_the_future", "error": None})
    with pytest.raises(WhorlError, match="export job_1 failed"):
        job.wait(clock=FakeClock())


def test_wait__a_cancelled_one_says_so() -> None:
    with pytest.raises(Cancelled):
        job_that_goes({"state": "cancelled"}).wait(clock=FakeClock())


def test_wait__gives_up_in_time_and_says_that_it_goes_on() -> None:
    job = job_that_goes(*[{"state": "running"} for _ in range(100)])
    clock = FakeClock(0)
    with pytest.raises(Unavailable, match="not over after 10 s"):
        job.wait(timeout_s=10, clock=clock)
    assert 10 <= clock.now() <= 11


def test_wait__asks_at_most_once_a_second_in_the_long_run() -> None:
    job = job_that_goes(*[{"state": "running"} for _ in range(40)], {"state": "done"})
    clock = FakeClock(0)
    job.wait(clock=clock)
    assert clock.now() > 28


def test_wait_or_cancel__ctrl_c_stops_the_work() -> None:
    job = job_that_goes({"state": "running", "is_cancel_requested": True})

    def interrupt(done: int, total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        job.wait_or_cancel(progress=interrupt)
    assert job.info.is_cancel_requested
