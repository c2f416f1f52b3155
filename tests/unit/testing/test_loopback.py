"""Commands that run on a loopback interface of their own."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

_ALONE = [sys.executable, "-m", "whorl.testing.loopback"]
_REACH = """
import socket, sys
with socket.create_server(("127.0.0.3", 0)) as own:
    socket.create_connection(own.getsockname(), timeout=20).close()
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=20).close()
except ConnectionRefusedError:
    raise SystemExit(7)
"""


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*_ALONE, *command], capture_output=True, text=True, check=False)


def test_main__runs_where_only_its_own_servers_answer() -> None:
    tried = _run("true")
    if tried.returncode:
        pytest.skip(tried.stderr.strip())
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = _run(sys.executable, "-c", _REACH, str(server.getsockname()[1]))
    assert (found.returncode, found.stderr) == (7, "")


def test_main__asks_for_a_command() -> None:
    found = _run()
    assert (found.returncode, found.stderr.strip()) == (1, "which command?")
