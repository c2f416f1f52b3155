"""How fast a folder of images goes in, beside bare decoding of the same files.

    python -m benchmarks.ingest [--from PATH] [--images 600] [--runs 5] [--threads N] [--home PATH]

Ingest is everything: find, read, hash, check by decoding, thumbnail, health, both blobs and the rows in the database.
Bare is a plain loop in one thread that reads each file and decodes it in full with OpenCV, the decoder that ingest uses
for JPEG, and does nothing else. ``ratio`` is ingest over this. ``ratio_same_threads`` is ingest over the same loop in
as many threads as ingest has. ``ratio_processor`` divides processor time per image (bare over ingest, user and system,
all threads), which other work on the machine disturbs least. Pillow is printed for comparison. Prints one JSON object;
figures are medians over the runs, each of which measures all in turn.

``--home`` is where database and blobs go. Making a file costs the file system anything from 5 to 700 microseconds: a
folder where many files were deleted a moment ago, as a busy /tmp, is the slowest on ext4. ``file_us`` says what it was.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

from benchmarks.machine import describe_machine
from whorl.schemas.datasets import ImportReport


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="source", type=Path, help="a folder of images; generated JPEGs when left out")
    parser.add_argument("--images", type=int, default=600, help="how many to generate")
    parser.add_argument("--size", default="1280x960", help="width x height of the generated images")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--home", type=Path, help="below this folder database and blobs are made")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="whorl-bench-", dir=options.home) as scratch:
        folder = options.source or _generate(Path(scratch, "images"), options.images, options.size)
        files = _image_files(folder)
        runs: list[dict[str, Rate]] = []
        for run in range(options.runs):
            home = Path(scratch, f"run{run}")
            runs.append(
                {
                    "opencv": _decode_rate(files, _decode_opencv, 1),
                    "opencv_same_threads": _decode_rate(files, _decode_opencv, options.threads),
                    "pillow": _decode_rate(files, _decode_pillow, 1),
                    "ingest": _ingest_rate(folder, len(files), options.threads, home),
                }
            )
            rates = {name: round(rate.per_second, 1) for name, rate in runs[-1].items()}
            print(f"run {run + 1}: {rates}", file=sys.stderr)
        megabytes = sum(file.stat().st_size for file in files) / 1e6
        file_us = _file_us(Path(scratch))
    ratios = [run["ingest"].per_second / run["opencv"].per_second for run in runs]
    report = {
        "benchmark": "ingest",
        "images": len(files),
        "megabytes": round(megabytes, 1),
        "runs": options.runs,
        "threads": options.threads,
        "images_per_second": {
            name: round(statistics.median(run[name].per_second for run in runs), 1) for name in runs[0]
        },
        "processor_us": {name: round(statistics.median(run[name].processor_us for run in runs)) for name in runs[0]},
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "ratio_same_threads": round(
            statistics.median(run["ingest"].per_second / run["opencv_same_threads"].per_second for run in runs), 3
        ),
        "ratio_processor": round(
            statistics.median(run["opencv"].processor_us / run["ingest"].processor_us for run in runs), 3
        ),
        "file_us": file_us,
        "machine": describe_machine(),
    }
    print(json.dumps(report))


@dataclass(frozen=True)
class Rate:
    """Images per second, and the processor's microseconds per image over all threads."""

    per_second: float
    processor_us: float


def _rate(count: int, work: Callable[[], object]) -> Rate:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    return Rate(count / (time.perf_counter() - wall), (time.process_time() - processor) / count * 1e6)


def _file_us(folder: Path) -> int:
    """Processor time to make an empty file below ``folder``, in microseconds: the median of 200."""
    took = []
    for index in range(200):
        start = time.thread_time()
        (folder / f"file{index}").touch()
        took.append(time.thread_time() - start)
    return round(statistics.median(took) * 1e6)


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


def _decode_rate(files: list[Path], decode: Callable[[Path], None], threads: int) -> Rate:
    import cv2

    cv2.setNumThreads(1)
    if threads == 1:
        return _rate(len(files), lambda: deque(map(decode, files), maxlen=0))
    with ThreadPoolExecutor(threads) as pool:
        return _rate(len(files), lambda: list(pool.map(decode, files)))


def _ingest_rate(folder: Path, count: int, threads: int, home: Path) -> Rate:
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
        reports: list[ImportReport] = []

        def work() -> None:
            reports.append(
                import_folder(
                    db, blobs, dataset_id=dataset.id, root=folder, format="folder", actor_id="bench", workers=threads
                )
            )

        rate = _rate(count, work)
    if reports[0].added + len(reports[0].issues) < count:
        raise SystemExit(f"only {reports[0].added} of {count} images went in: {reports[0].issues[:3]}")
    return rate


if __name__ == "__main__":
    main()
