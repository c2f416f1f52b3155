"""How fast a folder of images goes in, beside bare decoding of the same files with the same number of threads.

    python -m benchmarks.ingest [--from PATH] [--images 600] [--runs 5] [--threads N]

Prints one JSON object. ``ratio`` is the ingest rate over the rate of the faster of two bare loops, OpenCV and Pillow,
which read each file and decode it in full and do nothing else. Figures are medians over the runs.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from benchmarks.machine import describe_machine


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, help="a folder of images; generated JPEGs when left out")
    parser.add_argument("--images", type=int, default=600, help="how many to generate")
    parser.add_argument("--size", default="1280x960", help="width x height of the generated images")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="whorl-bench-") as scratch:
        folder = options.source or _generate(Path(scratch, "images"), options.images, options.size)
        files = _image_files(folder)
        found: dict[str, list[float]] = {"opencv": [], "pillow": [], "ingest": []}
        for run in range(options.runs):
            found["opencv"].append(_decode_rate(files, _decode_opencv, options.threads))
            found["pillow"].append(_decode_rate(files, _decode_pillow, options.threads))
            found["ingest"].append(_ingest_rate(folder, len(files), options.threads, Path(scratch, f"run{run}")))
            print(f"run {run + 1}: { {name: round(rates[-1], 1) for name, rates in found.items()} }", file=sys.stderr)
        megabytes = sum(file.stat().st_size for file in files) / 1e6
    medians = {name: statistics.median(rates) for name, rates in found.items()}
    ratios = [
        ingest / max(opencv, pillow)
        for ingest, opencv, pillow in zip(found["ingest"], found["opencv"], found["pillow"], strict=True)
    ]
    report = {
        "benchmark": "ingest",
        "images": len(files),
        "megabytes": round(megabytes, 1),
        "runs": options.runs,
        "threads": options.threads,
        "images_per_second": {name: round(rate, 1) for name, rate in medians.items()},
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "machine": describe_machine(),
    }
    print(json.dumps(report))


def _generate(folder: Path, count: int, size: str) -> Path:
    """Write JPEGs of smooth noise with shapes: about as many bytes per pixel as a photo."""
    import cv2
    import numpy as np

    width, height = (int(part) for part in size.split("x"))
    rng = np.random.default_rng(7)
    folder.mkdir(parents=True)
    for index in range(count):
        coarse = rng.integers(0, 256, (height // 16, width // 16, 3), dtype=np.uint8)
        picture = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
        noise = rng.integers(-12, 13, picture.shape, dtype=np.int16)
        picture = np.clip(picture.astype(np.int16) + noise, 0, 255).astype(np.uint8)
        cv2.imwrite(str(folder / f"{index:05}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 88])
    return folder


def _image_files(folder: Path) -> list[Path]:
    from whorl.formats.places import IMAGE_SUFFIXES

    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in IMAGE_SUFFIXES)


def _decode_opencv(file: Path) -> None:
    import cv2
    import numpy as np

    cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), cv2.IMREAD_COLOR)


def _decode_pillow(file: Path) -> None:
    from PIL import Image

    with Image.open(file) as picture:
        picture.convert("RGB").load()


def _decode_rate(files: list[Path], decode: Callable[[Path], None], threads: int) -> float:
    import cv2

    cv2.setNumThreads(1)
    start = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(decode, files))
    return len(files) / (time.perf_counter() - start)


def _ingest_rate(folder: Path, count: int, threads: int, home: Path) -> float:
    from whorl.datasets.actions import create_dataset
    from whorl.formats.actions import import_folder
    from whorl.store.blobs import open_blobs
    from whorl.store.db import open_database
    from whorl.store.db.migrate import upgrade
    from whorl.store.db.tables import project

    now = datetime.now(UTC)
    with open_database(f"sqlite:///{home / 'whorl.db'}") as db:
        upgrade(db)
        db.write(lambda conn: conn.execute(insert(project).values(id="prj_b", name="b", settings={}, created_at=now)))
        dataset = db.write(lambda conn: create_dataset(conn, "prj_b", name="d", actor_id="bench", now=now))
        blobs = open_blobs(f"file://{home / 'blobs'}")
        start = time.perf_counter()
        report = import_folder(
            db, blobs, dataset_id=dataset.id, root=folder, format="folder", actor_id="bench", workers=threads
        )
        seconds = time.perf_counter() - start
    if report.added + len(report.issues) < count:
        raise SystemExit(f"only {report.added} of {count} images went in: {report.issues[:3]}")
    return count / seconds


if __name__ == "__main__":
    main()
