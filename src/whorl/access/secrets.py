"""Passwords and tokens: how secrets are made and checked."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from whorl.base.errors import InvalidInput

TOKEN_PREFIX = "whl_"
MIN_PASSWORD_LENGTH = 10
MAX_PASSWORD_LENGTH = 1024


def new_token() -> str:
    """Make a token of 32 random bytes, with the prefix that secret scanners can look for."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What is stored of a token. A plain SHA-256 is enough: the token has 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf_token(session_token: str) -> str:
    """The CSRF token that belongs to a session: known to pages of our origin, never stored."""
    return hmac.new(session_token.encode(), b"whorl csrf", hashlib.sha256).hexdigest()


def hash_password(password: str) -> str:
    """Hash a password with argon2id.

    Raises:
        InvalidInput: The password is shorter than 10 or longer than 1024 characters.
    """
    if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
        raise InvalidInput(
            f"password of {len(password)} characters; allowed: {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH}",
            hint="A few unrelated words make a good one.",
        )
    # Argon2's C library is not needed to answer the first request.
    from argon2 import PasswordHasher  # noqa: PLC0415

    return PasswordHasher().hash(password)


def is_password(password_hash: str | None, password: str) -> bool:
    """Whether the password matches; takes as long for a person without one, so that it tells nothing."""
    from argon2 import PasswordHasher  # noqa: PLC0415 - as above
    from argon2.exceptions import Argon2Error, InvalidHashError  # noqa: PLC0415 - as above

    hasher = PasswordHasher()
    if password_hash is None or len(password) > MAX_PASSWORD_LENGTH:
        hasher.hash("nobody has this password")
        return False
    try:
        return hasher.verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False
