"""The doctor looks at PostgreSQL, blobs and Ray, and keeps their passwords to itself."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from whorl.base.settings import Settings
from whorl.cli.doctor import Check, check_database
from whorl.cli.doctor_places import check_blobs, check_executor


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port on which nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def text_of(check: Check) -> str:
    return f"{check.found} {check.hint}"


def test_check_database__a_postgresql_that_is_away(closed_port: int) -> None:
    found = check_database(Settings(db=f"postgresql://whorl:s3cret@127.0.0.1:{closed_port}/whorl"))
    assert (found.state, found.found) == ("fail", f"PostgreSQL cannot be reached at 127.0.0.1:{closed_port}")
    assert "s3cret" not in text_of(found)


def test_check_database__a_postgresql_that_answers(postgres_url: str) -> None:
    found = check_database(Settings(db=postgres_url))
    assert (found.state, found.found.startswith("PostgreSQL at ")) == ("ok", True)


def test_check_blobs__the_home_and_a_folder(tmp_path: Path) -> None:
    assert check_blobs(Settings(home=tmp_path)).found == "a folder of the home"
    assert check_blobs(Settings(blobs=f"file://{tmp_path}")).state == "ok"


def test_check_blobs__a_store_of_no_kind() -> None:
    assert check_blobs(Settings(blobs="ftp://whorl:s3cret@host/x")).state == "fail"
    assert "s3cret" not in text_of(check_blobs(Settings(blobs="s3://key:s3cret@bucket/x")))


def test_check_executor__ray_that_is_away(closed_port: int) -> None:
    found = check_executor(Settings(executor=f"ray://127.0.0.1:{closed_port}"))
    assert (found.state, "cannot be reached" in found.found) == ("fail", True)
    assert check_executor(Settings()).found == "local, on this machine"


def test_check_executor__ray_on_the_network_needs_a_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("RAY_AUTH_MODE", raising=False)
    found = check_executor(Settings(executor="ray://10.0.0.7:10001"))
    assert (found.state, "without a token" in found.found) == ("fail", True)
