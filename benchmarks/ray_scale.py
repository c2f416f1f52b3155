"""How bodies scale from one to two one-CPU nodes of Ray, and what a killed node costs.

    python -m whorl.testing.loopback python -m benchmarks.ray_scale --json

Two raylets run on this machine. The body burns a fixed amount of processor time, so that a busy machine shows: beside
the rates stand the share of a core that bodies got, and the load. Then a node is killed in the middle of a run; every
call is to give its one answer.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Sequence

from benchmarks.burning import burn
from benchmarks.machine import describe_machine
from whorl.engine.executors.ray import RayExecutor, open_ray
from whorl.testing.raylets import ray_cluster

_LIMIT_S = 600.0


def measure(executor: RayExecutor, *, calls: int, seconds: float) -> dict[str, object]:
    """Run the calls and give the rate, and how much of the wall time the bodies had a core."""
    began = time.perf_counter()
    answers = _gather(executor, [executor.submit(burn, number, seconds) for number in range(calls)])
    wall_s = time.perf_counter() - began
    share = calls * seconds / sum(answer[2] for answer in answers)
    return {
        "calls": calls,
        "calls_per_s": round(calls / wall_s, 2),
        "wall_s": round(wall_s, 2),
        "processes": len({answer[1] for answer in answers}),
        "core_share": round(share, 2),
        "load_1m": round(os.getloadavg()[0], 1),
    }


# Any would hide what a future holds here: the three values of `burn`.
def _gather(executor: RayExecutor, futures: Sequence) -> list[tuple[int, int, float]]:  # type: ignore[type-arg]
    return [executor.wait(future, timeout_s=_LIMIT_S) for future in futures]


def warm(executor: RayExecutor, *, processes: int) -> None:
    """Call until so many actors have answered."""
    deadline = time.monotonic() + _LIMIT_S
    found: set[int] = set()
    while len(found) < processes:
        if time.monotonic() > deadline:
            raise SystemExit(f"only {len(found)} of {processes} actors came up")
        found |= {answer[1] for answer in _gather(executor, [executor.submit(burn, n, 0.05) for n in range(8)])}


def main() -> None:
    """Run the benchmark from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=200, help="bodies per run")
    parser.add_argument("--seconds", type=float, default=0.05, help="processor time of one body")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with ray_cluster() as cluster:
        os.environ.update(cluster.environment)
        cluster.add_node()
        executor = open_ray(cluster.address, idle_s=600)
        executor.start()
        warm(executor, processes=1)
        one = measure(executor, calls=given.calls, seconds=given.seconds)
        cluster.add_node()
        warm(executor, processes=2)
        two = measure(executor, calls=given.calls, seconds=given.seconds)
        futures = [executor.submit(burn, number, given.seconds) for number in range(given.calls)]
        executor.wait(futures[given.calls // 4], timeout_s=_LIMIT_S)
        cluster.kill_node(0)
        answers = _gather(executor, futures)
        executor.stop()
    if [answer[0] for answer in answers] != list(range(given.calls)):
        raise SystemExit("wrong: an answer is missing or double")
    figures = {
        "one_node": one,
        "two_nodes": two,
        "speedup": round(float(str(two["calls_per_s"])) / float(str(one["calls_per_s"])), 2),
        "answers_after_a_killed_node": len(answers),
        "machine": describe_machine(),
    }
    print(json.dumps(figures) if given.json else "\n".join(f"{name}: {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
