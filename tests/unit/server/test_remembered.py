"""Work done once for all who ask."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from whorl.server.remembered import KeyedLocks, Remembered


def test_remembered__is_made_once_for_many_at_the_same_time() -> None:
    kept: Remembered[int] = Remembered(entries=2)
    made: list[int] = []
    begin = threading.Barrier(8)

    def ask(_: int) -> int:
        begin.wait(10)
        return kept.get("a", lambda: made.append(1) or len(made))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [1] * 8
    assert made == [1]


def test_remembered__drops_the_least_recently_used() -> None:
    kept: Remembered[str] = Remembered(entries=2)
    made: list[str] = []

    def get(key: str) -> None:
        kept.get(key, lambda: made.append(key) or key)

    for key in ("a", "b", "a", "c", "a", "b"):
        get(key)
    assert made == ["a", "b", "c", "b"]


def test_remembered__a_failure_is_not_kept() -> None:
    kept: Remembered[int] = Remembered(entries=2)
    with pytest.raises(ZeroDivisionError):
        kept.get("a", lambda: 1 // 0)
    assert kept.get("a", lambda: 7) == 7


def test_locks__are_forgotten_when_nobody_holds_them() -> None:
    locks = KeyedLocks()
    with locks.hold("a"), locks.hold("b"):
        assert len(locks) == 2
    assert len(locks) == 0
