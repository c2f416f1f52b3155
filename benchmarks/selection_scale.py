"""Choose from a huge pool: time, memory, and how many of the pool's kinds are reached.

    python -m benchmarks.selection_scale                       # 20,000 items, 400 chosen, beside the peers
    python -m benchmarks.selection_scale --full                # 10,000 of 1,000,000 x 384 float16, memory-mapped
    python -m benchmarks.selection_scale --huge                # 100,000 of 10,000,000 x 64 int8 (k-center)
    python -m benchmarks.selection_scale --items 100000 --budget 2000 --names herding --peers lightly --venv DIR

Prints one JSON object: for each way to choose, wall and processor seconds, the peak of resident memory that is not the
mapped pool, modes reached, distances from the pool to the nearest pick, and the load before and after. The pool is
drawn: 3,000 modes whose sizes follow a Pareto law of shape 1, of intrinsic dimension 32, in random directions of the
space, with a little noise in all of them. Real embeddings have less structure, so pruning gains less there.

Peers run in the same way on the same pool: k-means of scikit-learn with the item next to each centre, CoreSet and
TypiClust of scikit-activeml, and with ``--venv`` the solver of LightlyStudio (diversity), installed into that folder
and never beside Whorl. A peer that is not done in ``--patience`` seconds is stopped and says so.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.machine import cpu_seconds, describe_machine

INTRINSIC, SPREAD, NOISE, MODES, CLASSES = 32, 0.5, 0.05, 3000, 10
OURS = ("random", "margin", "k_center", "k_center_fast", "herding", "herding_and_chance", "cluster_margin")
OTHERS = ("typical", "rare_tail", "disagreement", "class_balance")
PEERS = ("sklearn_k_means", "skactiveml_core_set", "skactiveml_typi_clust")
_LIGHTLY = """
import json, sys, time
import numpy as np
from lightly_mundig import Selection
rows = np.load(sys.argv[1], mmap_mode="r").astype(np.float32)
began, cpu = time.perf_counter(), time.process_time()
chosen = Selection()
chosen.add_diversifying_strategy(rows.tolist(), 1.0)
picked = chosen.run_selection([], len(rows), int(sys.argv[2]))
print(json.dumps({"wall_s": time.perf_counter() - began, "cpu_s": time.process_time() - cpu, "picked": list(picked)}))
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=20_000)
    parser.add_argument("--budget", type=int, default=400)
    parser.add_argument("--width", type=int, default=384)
    parser.add_argument("--dtype", choices=("float16", "float32", "int8"), default="float16")
    parser.add_argument("--full", action="store_true", help="10,000 of 1,000,000")
    parser.add_argument("--huge", action="store_true", help="100,000 of 10,000,000 x 64 int8, k-center alone")
    parser.add_argument("--names", default="", help=f"of {', '.join((*OURS, *OTHERS))}")
    parser.add_argument("--peers", default=None, help=f"of {', '.join((*PEERS, 'lightly'))}; none with an empty name")
    parser.add_argument("--venv", type=Path, default=None, help="where the solver of LightlyStudio is, or goes")
    parser.add_argument("--folder", type=Path, default=None, help="keeps the pool for the next run")
    parser.add_argument("--patience", type=float, default=600.0)
    parser.add_argument("--one", default="", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    given = parser.parse_args()
    if given.full:
        given.items, given.budget = 1_000_000, 10_000
    if given.huge:
        given.items, given.budget, given.width, given.dtype = 10_000_000, 100_000, 64, "int8"
        given.names = given.names or "k_center_fast"
    if given.one:
        print(json.dumps(choose(given.one, given.folder, given.budget)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        print(json.dumps(compare(given, given.folder or Path(temporary)), indent=2))


def compare(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Every way to choose, each in a process of its own, one after another."""
    shape = {"items": given.items, "width": given.width, "dtype": given.dtype, "modes": MODES}
    make_pool_file(folder, **shape)
    big = given.full or given.huge
    peers = [] if big and given.peers is None else (",".join(PEERS) if given.peers is None else given.peers).split(",")
    if given.venv and given.peers is None and not big:
        peers.append("lightly")
    found: dict[str, Any] = {}
    for name in [*(given.names or ",".join(OURS)).split(","), *(peer for peer in peers if peer)]:
        command = [sys.executable, "-m", "benchmarks.selection_scale", "--one", name]
        command += ["--folder", str(folder), "--budget", str(given.budget)]
        found[name] = (
            measure_lightly(given, folder) if name == "lightly" else run(command, given.patience, name in PEERS)
        )
        print(f"{name}: {json.dumps(found[name])}", file=sys.stderr, flush=True)
    return {"machine": describe_machine(), "pool": shape, "budget": given.budget, "found": found}


def run(command: list[str], patience: float, is_peer: bool) -> dict[str, Any]:
    """What a process of its own prints as its last line."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=patience if is_peer else None, check=False
        )
    except subprocess.TimeoutExpired:
        return {"stopped_after_s": patience}
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]}
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def make_pool_file(folder: Path, *, items: int, width: int, dtype: str, modes: int, seed: int = 0) -> None:
    """Write pool.npy and modes.npy into the folder, unless they are there for the same pool."""
    facts = json.dumps([items, width, dtype, modes, seed])
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "facts.json").is_file() and (folder / "facts.json").read_text() == facts:
        return
    rng = np.random.default_rng(seed)
    weights = rng.pareto(1.0, modes) + 1
    counts = np.maximum(1, np.floor(weights / weights.sum() * items)).astype(np.int64)
    counts[counts.argmax()] += items - counts.sum()
    labels = rng.permutation(np.repeat(np.arange(modes), counts))
    centres = rng.normal(size=(modes, INTRINSIC))
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    directions = np.linalg.qr(rng.normal(size=(width, INTRINSIC)))[0].T
    pool = np.lib.format.open_memmap(folder / "pool.npy", "w+", np.dtype(dtype), (items, width))
    for start in range(0, items, 20_000):
        mode = labels[start : start + 20_000]
        inner = centres[mode] + SPREAD / np.sqrt(INTRINSIC) * rng.normal(size=(len(mode), INTRINSIC))
        rows = (inner @ directions).astype(np.float32)
        rows += NOISE / np.sqrt(width) * rng.standard_normal((len(mode), width), dtype=np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        # Components of unit vectors of 64 and more are far below 1: steps of 1/256 use the range of a byte.
        pool[start : start + 20_000] = np.clip(np.round(rows * 256), -127, 127) if dtype == "int8" else rows
    pool.flush()
    np.save(folder / "modes.npy", labels)
    (folder / "facts.json").write_text(facts)


def choose(name: str, folder: Path, budget: int) -> dict[str, Any]:
    """Choose once, in this process, and say what it took."""
    rows = np.load(folder / "pool.npy", mmap_mode="r")
    labels = np.load(folder / "modes.npy")
    before = os.getloadavg()
    with PeakMemory() as peak:
        began, cpu = time.perf_counter(), cpu_seconds()
        picked = PICKS[name](rows, budget) if name in PICKS else pick_with(name, rows, budget)
        wall, used = time.perf_counter() - began, cpu_seconds() - cpu
    return {
        "wall_s": round(wall, 2),
        "cpu_s": round(used, 2),
        "peak_mib": round(peak.mib),
        "chosen": len(picked),
        "modes": len(np.unique(labels[picked])),
        "modes_in_pool": len(np.unique(labels)),
        **reach(rows, picked),
        "load": [round(before[0], 1), round(os.getloadavg()[0], 1)],
    }


def pick_with(name: str, rows: Any, budget: int) -> Any:
    """Rows that one of our strategies picks; classes and doubts are drawn, the same for all."""
    from whorl.selection import Pool, get_strategy, select
    from whorl.selection.types import LinearHead

    rng = np.random.default_rng(1)
    n = len(rows)
    head = LinearHead(rng.normal(size=(CLASSES, rows.shape[1])), np.zeros(CLASSES)) if name == "disagreement" else None
    doubts = None
    if name not in ("random", "k_center", "k_center_fast", "typical", "rare_tail"):
        doubts = rng.dirichlet(np.ones(CLASSES), size=n)
    pool = Pool(size=n, embeddings=rows, probabilities=doubts, head=head, is_reduced=rows.dtype == np.int8)
    if name == "herding_and_chance":
        return select(pool, get_strategy("herding"), budget).indices
    params = {"exact": name == "k_center"} if name.startswith("k_center") else {}
    return get_strategy(name.removesuffix("_fast"), **params)(pool, budget, 0).indices


def pick_k_means(rows: Any, budget: int) -> Any:
    """The item next to each centre of scikit-learn's mini-batch k-means."""
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.metrics import pairwise_distances_argmin

    held = np.asarray(rows, np.float32)
    found = MiniBatchKMeans(budget, random_state=0, n_init=1, batch_size=max(4096, 2 * budget)).fit(held)
    return np.unique(pairwise_distances_argmin(found.cluster_centers_, held))


def pick_core_set(rows: Any, budget: int) -> Any:
    """What CoreSet of scikit-activeml picks."""
    from skactiveml.pool import CoreSet

    return CoreSet(random_state=0).query(np.asarray(rows, np.float32), np.full(len(rows), np.nan), batch_size=budget)


def pick_typi_clust(rows: Any, budget: int) -> Any:
    """What TypiClust of scikit-activeml picks."""
    from skactiveml.pool import TypiClust

    return TypiClust(random_state=0).query(np.asarray(rows, np.float32), np.full(len(rows), np.nan), batch_size=budget)


PICKS: dict[str, Any] = dict(zip(PEERS, (pick_k_means, pick_core_set, pick_typi_clust), strict=True))


def measure_lightly(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """What the solver of LightlyStudio picks, in an environment of its own."""
    if given.venv is None:
        return {"failed": ["--venv says where it is, or goes"]}
    python = given.venv / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(given.venv)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "lightly-mundig==0.1.16", "numpy"], check=True)
    before = os.getloadavg()
    answer = run(
        [str(python), "-c", _LIGHTLY, str(folder / "pool.npy"), str(given.budget)], given.patience, is_peer=True
    )
    if "picked" not in answer:
        return answer
    picked = np.array(answer.pop("picked"))
    labels = np.load(folder / "modes.npy")
    return {
        **{key: round(value, 2) for key, value in answer.items()},
        "chosen": len(picked),
        "modes": len(np.unique(labels[picked])),
        **reach(np.load(folder / "pool.npy", mmap_mode="r"), picked),
        "load": [round(before[0], 1), round(os.getloadavg()[0], 1)],
    }


def reach(rows: Any, picked: Any, sample: int = 4000) -> dict[str, float]:
    """Cosine from items of the pool to their nearest pick: the median, and the lowest hundredth."""
    some = unit(rows[np.linspace(0, len(rows) - 1, min(sample, len(rows))).astype(np.int64)])
    best = np.full(len(some), -1.0, np.float32)
    for start in range(0, len(picked), 2048):
        np.maximum(best, (some @ unit(rows[np.sort(picked[start : start + 2048])]).T).max(axis=1), out=best)
    return {"cosine_median": round(float(np.median(best)), 3), "cosine_1pct": round(float(np.quantile(best, 0.01)), 3)}


def unit(rows: Any) -> Any:
    """Rows of length 1."""
    held = np.asarray(rows, np.float32)
    return held / np.maximum(np.linalg.norm(held, axis=1, keepdims=True), 1e-12)


class PeakMemory:
    """The most anonymous resident memory while it is open, sampled twenty times a second: mapped files do not count."""

    def __enter__(self) -> PeakMemory:
        self.mib = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            lines = Path("/proc/self/status").read_text().splitlines()
            self.mib = max(self.mib, next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024)
            if self._done.wait(0.05):
                return


if __name__ == "__main__":
    main()
