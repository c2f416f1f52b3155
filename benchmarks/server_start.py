"""From `python -m whorl.server` to the first HTTP 200, on an empty home (migration included) and on a used one.

    python benchmarks/server_start.py [--runs 5]

Prints one JSON object: medians in seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def start_once(home: Path) -> float:
    """Start a server on a home, wait for its first answer, stop it; gives the seconds until the answer."""
    port = free_port()
    environment = {**os.environ, "WHORL_HOME": str(home), "WHORL_PORT": str(port)}
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "whorl.server"], env=environment, stdout=subprocess.DEVNULL)
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                    assert answer.status == 200
                    return time.perf_counter() - begun
            except (urllib.error.URLError, ConnectionError):
                if process.poll() is not None or time.perf_counter() - begun > 60:
                    raise SystemExit("the server did not start") from None
                time.sleep(0.005)
    finally:
        process.terminate()
        process.wait(30)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        start_once(Path(folder) / "warm")
        empty = [start_once(Path(folder) / f"home{run}") for run in range(runs)]
        used = [start_once(Path(folder) / "home0") for _ in range(runs)]
    result = {
        "empty_home_s": round(statistics.median(empty), 3),
        "used_home_s": round(statistics.median(used), 3),
        "runs": runs,
        "all_empty_s": [round(one, 3) for one in empty],
        "cores": os.cpu_count(),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
