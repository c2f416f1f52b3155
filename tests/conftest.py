"""Fixtures for all tiers."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of real images and reference cases, when this machine has one."""
    given = os.environ.get("WHORL_SHARED")
    folder = Path(given) if given else Path(__file__).resolve().parents[2] / "shared"
    if not (folder / "cases").is_dir():
        pytest.skip(f"no reference cases: set WHORL_SHARED or put them at {folder}")
    return folder
