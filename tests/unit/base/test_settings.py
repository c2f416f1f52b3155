"""Settings: what is given wins, and what is not allowed is named without its value."""

from __future__ import annotations

from pathlib import Path

import pytest

from whorl.base.errors import InvalidInput
from whorl.base.settings import Settings, make_settings


def test_make_settings__flags_win_over_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WHORL_EXECUTOR", "inline")
    monkeypatch.setenv("WHORL_PORT", "1234")
    made = make_settings({"home": tmp_path, "executor": "ray://head:10001", "port": None})
    assert (made.home_path, made.executor, made.port) == (tmp_path, "ray://head:10001", 1234)
    assert (made.is_local, made.is_sqlite) == (False, True)


@pytest.mark.parametrize(
    "executor",
    ["ray", "ray://", "ray://head", "ray://u:secret@head:1", "ray://head:1/x", "http://head:1", "process", ""],
)
def test_make_settings__an_executor_that_is_none(executor: str) -> None:
    with pytest.raises(InvalidInput, match="setting executor") as caught:
        make_settings({"executor": executor})
    assert "WHORL_EXECUTOR" in caught.value.hint
    assert "secret" not in f"{caught.value} {caught.value.hint}"


def test_make_settings__a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHORL_WORKERS", "-1")
    with pytest.raises(InvalidInput, match="setting workers"):
        make_settings({})


def test_is_sqlite__postgresql_is_none() -> None:
    assert not Settings(db="postgresql://whorl@db/whorl").is_sqlite
