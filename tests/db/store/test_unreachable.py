"""A PostgreSQL that is not there, or says no: what to check, and never a password."""

from __future__ import annotations

import socket

import pytest
from sqlalchemy import text

from whorl.base.errors import Unavailable
from whorl.store.db import open_database


def refusal(url: str) -> Unavailable:
    with pytest.raises(Unavailable) as caught:
        open_database(url)
    said = f"{caught.value.message} {caught.value.hint}"
    assert "s3cret" not in said
    assert "WHORL_DB" in said
    return caught.value


def test_open__nothing_listens() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        found = refusal(f"postgresql://whorl:s3cret@127.0.0.1:{port}/whorl")
    assert found.message == f"PostgreSQL cannot be reached at 127.0.0.1:{port}"


def test_open__no_such_host() -> None:
    found = refusal("postgresql://whorl:s3cret@no-such-host.invalid/whorl")
    assert found.message == "PostgreSQL cannot be reached at no-such-host.invalid:5432"


def test_open__no_such_database(postgres_url: str) -> None:
    head, _, query = postgres_url.partition("?")
    found = refusal(f"{head.rsplit('/', 1)[0]}/absent?{query}")
    assert "has no database absent" in found.message


def test_open__no_such_user(postgres_url: str) -> None:
    found = refusal(postgres_url.replace("//postgres:", "//stranger:s3cret").replace("//postgres@", "//stranger@"))
    assert "refuses user stranger" in found.message


def test_read__a_session_that_was_ended_is_unavailable_and_the_next_is_well(postgres_url: str) -> None:
    with open_database(postgres_url) as database:
        with pytest.raises(Unavailable), database.read() as conn:
            conn.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        with database.read() as conn:
            assert conn.execute(text("SELECT 1")).scalar_one() == 1
