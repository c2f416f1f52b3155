"""Ray on two nodes, with PostgreSQL and S3, alone on a network: Ray opens ports on every interface."""

from __future__ import annotations

import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_ALONE = [sys.executable, "-m", "whorl.testing.loopback"]
_LIMIT_S = 420.0


@pytest.mark.slow
@pytest.mark.timeout(480)
@pytest.mark.skipif(find_spec("ray") is None, reason="the extra whorl[ray] is not installed")
def test_two_nodes_of_ray() -> None:
    tried = subprocess.run([*_ALONE, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(tried.stderr.strip())
    # In the order of the file, and nothing of this run is kept for the next.
    asked = ["-q", "-x", "-p", "no:randomly", "-p", "no:cacheprovider", "tests/e2e/on_ray.py"]
    inner = subprocess.Popen(
        [*_ALONE, sys.executable, "-m", "pytest", *asked],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said, _ = inner.communicate(timeout=_LIMIT_S)
    except subprocess.TimeoutExpired:
        # As a person would, so that what it started is ended by what started it.
        inner.send_signal(signal.SIGINT)
        said, _ = inner.communicate()
        pytest.fail(f"not done in {_LIMIT_S:g} s\n{said}")
    assert inner.returncode == 0, said
    assert "skipped" not in said, said
