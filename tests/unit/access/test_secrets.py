"""Passwords and tokens."""

from __future__ import annotations

import pytest

from whorl.access.secrets import csrf_token, hash_password, is_password, new_token, token_digest
from whorl.base.errors import InvalidInput


def test_new_token__has_prefix_and_32_random_bytes() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert {len(token) for token in tokens} == {4 + 43}
    assert all(token.startswith("whl_") for token in tokens)


def test_token_digest__is_plain_sha256() -> None:
    assert token_digest("whl_a") == "f887737649634ca6f77ba8d74e13c98c172d29070157c09307eaf02700eea17a"


def test_csrf_token__differs_by_session_and_hides_it() -> None:
    assert csrf_token("whl_a") == csrf_token("whl_a") != csrf_token("whl_b")
    assert "whl_a" not in csrf_token("whl_a")


def test_is_password() -> None:
    hashed = hash_password("correct horse battery")
    assert hashed.startswith("$argon2id$")
    assert is_password(hashed, "correct horse battery")
    assert not is_password(hashed, "correct horse batterz")
    assert not is_password(None, "correct horse battery")
    assert not is_password("not a hash", "x")


def test_hash_password__too_short() -> None:
    with pytest.raises(InvalidInput, match="password of 5 characters; allowed: 10 to 1024"):
        hash_password("short")
