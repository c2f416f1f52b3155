"""What tiles do for small objects: average precision by size, tiled against whole, on aerial photos. Prints JSON.

    python -m benchmarks.tiled_detection ~/data/aerial_cars --out ~/bench/aerial [--budget 240] [--wholes 640]

One detector is trained on tiles of 320 pixels and asked about each test photo at once, in tiles, in tiles with the look
at the whole photo for large objects, and in tiles only where that look found something; and with the four ways to put
tiles together. With --wholes another one is trained for as long on whole photos shrunk to so many pixels. The test
photos show places that no training photo shows. The overhead is the processor time of planning, cutting and merging
without the network, against decoding the photos.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.aerial import LABEL, TILE, as_one_label, load_aerial, train_on_tiles, train_on_wholes
from benchmarks.machine import describe_machine
from whorl.geometry.merging import MergeRule
from whorl.models.adapters.contract import Adapter
from whorl.models.adapters.tiled import tiled
from whorl.models.evaluation.detection import evaluate_detection
from whorl.models.evaluation.types import PredictedObjects, TruthObjects
from whorl.models.folder import LoadedModel, load_model
from whorl.models.images import read_image
from whorl.models.types import Detections, Image, Task
from whorl.schemas.annotations import Box
from whorl.schemas.records import ItemRecord

OVERLAP = 0.25
RULES = {
    "nms": MergeRule("nms", "ios", 0.5),
    "greedy_nmm": MergeRule("greedy_nmm", "ios", 0.5),
    "nmm": MergeRule("nmm", "ios", 0.5),
}


def main() -> None:
    """Train, or find what was trained before, score, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of the photos")
    parser.add_argument("--out", type=Path, required=True, help="where tiles and models go")
    parser.add_argument("--budget", type=float, default=240.0, help="CPU seconds of each training")
    parser.add_argument("--wholes", type=int, help="also train on whole photos shrunk to so many pixels")
    parser.add_argument("--ways", action="store_true", help="also the other ways to put tiles together")
    given = parser.parse_args()
    photos = load_aerial(given.data)
    test = as_one_label(photos.test)
    model = load_model(train_on_tiles(photos.train, given.out, budget_s=given.budget))
    ways: dict[str, object] = {
        "whole": model.adapter.target,
        "tiled": tiled(model.adapter.target, TILE, OVERLAP, whole=False),
        "tiled_and_whole": tiled(model.adapter.target, TILE, OVERLAP),
        "tiled_skip_empty": tiled(model.adapter.target, TILE, OVERLAP, skip_empty=True),
    }
    if given.ways:
        ways |= {
            name: tiled(model.adapter.target, TILE, OVERLAP, whole=False, rule=rule) for name, rule in RULES.items()
        }
    runs = {name: score(model, target, test) for name, target in ways.items()}
    if given.wholes:
        other = load_model(train_on_wholes(photos.train, given.out, size=given.wholes, budget_s=given.budget))
        runs[f"trained_on_wholes_{given.wholes}"] = score(other, other.adapter.target, test)
    report = {
        "test_photos": len(test),
        "budget_cpu_s": given.budget,
        "runs": runs,
        "overhead": {str(size): measure_overhead(test, size=size) for size in (TILE, 2 * TILE)},
        "machine": describe_machine(),
    }
    print(json.dumps(report, indent=2))


def score(model: LoadedModel, target: object, test: Sequence[ItemRecord]) -> dict[str, object]:
    """AP by size, and processor time a photo, of one way to look."""
    adapter = Adapter("bench", target)
    truth, found, cpu_s = [], [], 0.0
    for one in test:
        assert one.file is not None
        image = read_image(one.file)
        started = time.process_time()
        (said,) = adapter.predict([image], labels=model.labels, task=Task.DETECTION)
        cpu_s += time.process_time() - started
        assert isinstance(said, Detections)
        boxes = [record.geometry for record in one.annotations if isinstance(record.geometry, Box)]
        corners = np.array([[b.x0, b.y0, b.x1, b.y1] for b in boxes], np.float64).reshape(-1, 4)
        truth.append(TruthObjects(corners, np.zeros(len(boxes), np.int64)))
        found.append(
            PredictedObjects(
                said.boxes.astype(np.float64), said.scores.astype(np.float64), np.zeros(len(said), np.int64)
            )
        )
    scored = evaluate_detection(truth, found, [LABEL])
    looked, skipped = getattr(target, "n_looked", None), getattr(target, "n_skipped", None)
    return {
        "ap50": scored.ap50,
        "ap": scored.ap,
        "ap_small": scored.ap_small,
        "ap_medium": scored.ap_medium,
        "ap_large": scored.ap_large,
        "ar100_small": scored.ar_small,
        "cpu_s_a_photo": round(cpu_s / len(test), 2),
        "tiles_looked_at": looked,
        "tiles_skipped": skipped,
    }


def measure_overhead(test: Sequence[ItemRecord], *, size: int = TILE) -> dict[str, float]:
    """Processor time of tiling without a network, its answers made up, against decoding the photos."""
    rng = np.random.default_rng(0)

    def answer(images: Sequence[Image]) -> list[Detections]:
        return [ready] * len(images)

    # As many as a tile of the crowded photos shows.
    corners = rng.uniform(0, TILE - 40, (12, 2))
    ready = Detections(
        np.concatenate([corners, corners + rng.uniform(15, 40, (12, 2))], axis=1).astype(np.float32),
        np.sort(rng.uniform(0.1, 1, 12)).astype(np.float32)[::-1].copy(),
        (LABEL,) * 12,
    )
    adapter = Adapter("nothing", tiled(_Answering(answer), size, OVERLAP, whole=False))
    decode_s = tile_s = 0.0
    for one in test:
        assert one.file is not None
        started = time.process_time()
        image = read_image(one.file)
        decode_s += time.process_time() - started
        started = time.process_time()
        adapter.predict([image], labels=(LABEL,), task=Task.DETECTION)
        tile_s += time.process_time() - started
    return {
        "decode_ms_a_photo": round(decode_s * 1e3 / len(test), 2),
        "tiling_ms_a_photo": round(tile_s * 1e3 / len(test), 2),
        "share": round(tile_s / decode_s, 3),
    }


class _Answering:
    """A model whose answers are made already."""

    def __init__(self, answer: object) -> None:
        self.predict = answer


if __name__ == "__main__":
    main()
