"""The engine's pure decisions."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from whorl.base.errors import FormatError
from whorl.engine.rules import backoff_ms, choose_claim, describe_error


@given(st.integers(1, 31), st.floats(0, 3600), st.text())
def test_backoff_ms__doubles_within_its_spread_and_its_cap(attempts: int, base_s: float, seed: str) -> None:
    delay_s = min(base_s * 2 ** (attempts - 1), 900)
    assert 0.75 * delay_s * 1000 - 1 <= backoff_ms(attempts, base_s=base_s, seed=seed) <= 1.25 * delay_s * 1000


def test_backoff_ms__is_the_same_for_the_same_seed() -> None:
    assert backoff_ms(3, base_s=10, seed="a") == backoff_ms(3, base_s=10, seed="a")
    assert len({backoff_ms(1, base_s=10, seed=str(n)) for n in range(50)}) > 40


def test_choose_claim__a_suspect_goes_alone_and_never_with_others() -> None:
    assert list(choose_claim([])) == []
    assert list(choose_claim([0, 1, 0])) == [0, 1, 2]
    assert list(choose_claim([2, 0, 0])) == [0]
    assert list(choose_claim([0, 2, 1, 5, 0])) == [0, 2, 4]


def test_describe_error__own_errors_keep_their_code() -> None:
    assert describe_error(FormatError("line 3")) == ("format_error", "line 3")
    assert describe_error(ZeroDivisionError("by zero")) == ("body_error", "ZeroDivisionError: by zero")
    assert len(describe_error(ValueError("x" * 9999))[1]) == 4000
