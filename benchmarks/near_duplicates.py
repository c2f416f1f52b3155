"""How fast near duplicates are found: images per second from files, and hashes per second once they are known.

    python -m benchmarks.near_duplicates [--from PATH] [--images 300] [--size 1280x960] [--runs 3] [--hashes 1000000]
        [--peer PYTHON]

The scan is what ``whorl dedupe --data`` does: read, check by decoding, SHA-256, health, perceptual hash, groups.
``per_core`` divides its images by the processor's seconds, user and system, of all threads: other work on the machine
disturbs that least. Pillow is the plain way in the same run: open, grey, 32 x 32, the cosine transform of scipy, and
all hashes compared with all. With ``--peer``, the interpreter of an environment with imagededup, its own PHash runs on
the same files. Grouping is of random hashes, and of hashes where half are frames of a thousand scenes. Prints one JSON
object; figures are medians over the runs.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.ingest import _generate, _image_files
from benchmarks.machine import describe_machine

_PEER = """
import json, os, sys, time
from imagededup.methods import PHash
# It encodes in processes of its own: theirs count, too.
spent = lambda: sum(os.times()[:4])
start, processor = time.perf_counter(), spent()
method = PHash(verbose=False)
found = method.find_duplicates(encoding_map=method.encode_images(sys.argv[1], recursive=True, num_enc_workers=0),
                               max_distance_threshold=8, num_dist_workers=0)
print(json.dumps({"seconds": time.perf_counter() - start, "processor": spent() - processor,
                  "images": len(found)}))
"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, help="a folder of images; generated JPEGs when left out")
    parser.add_argument("--images", type=int, default=300)
    parser.add_argument("--size", default="1280x960", help="width x height of the generated images")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--hashes", type=int, default=1_000_000)
    parser.add_argument("--peer", help="a Python that has imagededup")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="whorl-bench-") as scratch:
        folder = options.source or _generate(Path(scratch, "images"), options.images, options.size)
        files = _image_files(folder)
        runs = [_run(folder, files, options.peer) for _ in range(options.runs)]
        megabytes = sum(file.stat().st_size for file in files) / 1e6
        for number, run in enumerate(runs, start=1):
            print(f"run {number}: {run}", file=sys.stderr)
    names = list(runs[0])
    report = {
        "benchmark": "near_duplicates",
        "images": len(files),
        "megabytes": round(megabytes, 1),
        "runs": options.runs,
        "scan": {
            name: {key: round(statistics.median(run[name][key] for run in runs), 1) for key in runs[0][name]}
            for name in names
        },
        "grouping": [_group(kind, options.hashes) for kind in ("varied", "frames")] if options.hashes else [],
        "machine": describe_machine(),
    }
    print(json.dumps(report))


def _run(folder: Path, files: list[Path], peer: str | None) -> dict[str, dict[str, float]]:
    from whorl.quality.duplicates.folder import scan_folder
    from whorl.schemas.selecting import DuplicateScanDraft

    found = {
        "whorl": _rate(len(files), lambda: scan_folder(folder, DuplicateScanDraft())),
        "pillow": _rate(len(files), lambda: _plain(files)),
    }
    if peer is not None:
        # The peer's own numbers: its start, which loads torch, is not counted.
        done = subprocess.run([peer, "-c", _PEER, str(folder)], capture_output=True, text=True, check=True)
        told = json.loads(done.stdout.splitlines()[-1])
        found["imagededup"] = {
            "per_second": told["images"] / told["seconds"],
            "per_core": told["images"] / told["processor"],
        }
    return found


def _rate(count: int, work: Callable[[], object]) -> dict[str, float]:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return {
        "per_second": count / (time.perf_counter() - wall),
        "per_core": count / (time.process_time() - processor),
    }


def _plain(files: list[Path]) -> int:
    """As it is usually written."""
    from PIL import Image
    from scipy.fft import dctn

    hashes = []
    for file in files:
        with Image.open(file) as picture:
            small = picture.convert("L").resize((32, 32), Image.Resampling.LANCZOS)
        low = dctn(np.asarray(small, dtype=np.float64))[:8, :8].ravel()
        hashes.append(int.from_bytes(np.packbits(low >= np.median(low[1:])).tobytes(), "big"))
    return sum(bin(one ^ other).count("1") <= 8 for at, one in enumerate(hashes) for other in hashes[:at])


def _group(kind: str, count: int) -> dict[str, object]:
    from whorl.datasets.alike import group_alike

    hashes = _hashes(kind, count)
    wall, processor = time.perf_counter(), time.process_time()
    found = group_alike(hashes)
    return {
        "kind": kind,
        "hashes": count,
        "seconds": round(time.perf_counter() - wall, 1),
        "processor_seconds": round(time.process_time() - processor, 1),
        "groups": found.n_groups,
        "kept": int(found.is_kept.sum()),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _hashes(kind: str, count: int) -> NDArray[np.uint64]:
    rng = np.random.default_rng(7)
    hashes = rng.integers(1, 2**63, count, dtype=np.uint64)
    if kind == "frames":
        # Half are frames of a thousand scenes, six bits from the scene at most.
        frames = hashes[rng.integers(0, 1000, count // 2)]
        for _ in range(6):
            frames ^= np.uint64(1) << rng.integers(0, 64, len(frames), dtype=np.uint64)
        hashes[count - len(frames) :] = frames
    return hashes


if __name__ == "__main__":
    main()
