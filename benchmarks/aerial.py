"""Aerial photos of cars: read, split without a leak, cut into tiles, and a detector trained on the tiles. Prints JSON.

    python -m benchmarks.aerial ~/data/aerial_cars --out ~/bench/aerial [--budget 240]

The folder is https://github.com/jekhor/aerial-cars-dataset in YOLO's format. Its frames are sequences in which one
looks like the next, and four of the flights show one square, so whole places are held out: see ``TEST_SEQUENCES``. The
detector is builtin:tinydet, trained in a niced process of one thread; a folder that has the model already is kept.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image as PilImage

from benchmarks.machine import describe_machine
from whorl.base.errors import JsonValue
from whorl.formats.registry import detect_format
from whorl.geometry.tiling import plan_tiles
from whorl.models.images import read_image
from whorl.models.tiling import cut_records
from whorl.models.training import TrainingRequest, start_training
from whorl.models.types import Task, TrainingData, TrainingSample
from whorl.schemas.annotations import Box
from whorl.schemas.records import AnnotationRecord, ItemRecord

LABEL = "vehicle"
KINDS = ("car", "truck", "bus", "minibus")
# A street with trams and an avenue, both seen in no other sequence. All else is for training: a crossroads, another
# street, and the square that DJI_0005, DJI_0013, DJI-00760 and the two large photos show.
TEST_SEQUENCES = frozenset({"DJI_0762", "MOS1"})
TILE, OVERLAP, MIN_VISIBLE = 320, 0.25, 0.35
# Of the tiles without an object, one in so many is trained on.
EVERY_EMPTY = 6


@dataclass(frozen=True)
class Aerial:
    """The photos, each with its boxes under their own labels, in order of their names."""

    train: tuple[ItemRecord, ...]
    test: tuple[ItemRecord, ...]


def main() -> None:
    """Train, or find what was trained before, and print where it is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of the photos")
    parser.add_argument("--out", type=Path, required=True, help="where tiles and model go")
    parser.add_argument("--budget", type=float, default=240.0, help="CPU seconds of training")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    photos = load_aerial(given.data)
    folder = train_on_tiles(photos.train, given.out, budget_s=given.budget, seed=given.seed)
    report = {
        "model": str(folder),
        "train": _describe(photos.train),
        "test": _describe(photos.test),
        "machine": describe_machine(),
    }
    print(json.dumps(report, indent=2))


def load_aerial(root: Path) -> Aerial:
    """Read the photos and hold out whole places."""
    found = [one for one in detect_format(root).read(root) if isinstance(one, ItemRecord) and one.file is not None]
    found.sort(key=lambda one: one.name)
    is_test = [sequence_of(one.name) in TEST_SEQUENCES for one in found]
    return Aerial(
        tuple(one for one, held in zip(found, is_test, strict=True) if not held),
        tuple(one for one, held in zip(found, is_test, strict=True) if held),
    )


def sequence_of(name: str) -> str:
    """The flight that a photo is a frame of.

    >>> [sequence_of(name) for name in ("DJI_0762-00001.jpg", "DJI_0010.JPG", "MOS155.png", "MunichStreet02-MOS74.png")]
    ['DJI_0762', 'DJI', 'MOS1', 'MunichStreet02-MOS']
    """
    stem = Path(name).stem
    number = re.fullmatch(r"MOS(\d+)", stem)
    if number is not None:
        # Two sequences share the prefix: 75 to 93 over a crossroads, 155 to 179 over an avenue.
        return "MOS1" if int(number[1]) >= 100 else "MOS0"
    return re.sub(r"[-_]?\d+$", "", stem)


def as_one_label(records: Sequence[ItemRecord], label: str = LABEL) -> list[ItemRecord]:
    """The photos with every box under one label: finding comes first, naming is for people."""
    return [
        replace(one, annotations=tuple(AnnotationRecord(label, said.geometry) for said in one.annotations))
        for one in records
    ]


def cut_samples(
    records: Sequence[ItemRecord], folder: Path, *, size: int = TILE, overlap: float = OVERLAP
) -> list[TrainingSample]:
    """Tiles of photos as PNG files in ``folder`` with what of the boxes they show, and some tiles without any."""
    folder.mkdir(parents=True, exist_ok=True)
    samples: list[TrainingSample] = []
    n_empty = 0
    for record in records:
        assert record.file is not None
        image = read_image(record.file)
        height, width = image.shape[:2]
        for tile in plan_tiles(width, height, size=size, overlap=overlap).tolist():
            x0, y0, x1, y1 = tile
            seen = cut_records(record.annotations, (x0, y0, x1, y1), min_visible=MIN_VISIBLE)
            boxes = [(one.label, one.geometry) for one in seen if isinstance(one.geometry, Box)]
            n_empty += not boxes
            if not boxes and n_empty % EVERY_EMPTY:
                continue
            path = folder / f"{Path(record.name).stem}-{x0}-{y0}.png"
            PilImage.fromarray(image[y0:y1, x0:x1]).save(path, compress_level=1)
            corners = np.array([[b.x0, b.y0, b.x1, b.y1] for _, b in boxes], np.float32).reshape(-1, 4)
            samples.append(
                TrainingSample(path, tuple(label for label, _ in boxes), corners, group=sequence_of(record.name))
            )
    return samples


def train_on_tiles(
    records: Sequence[ItemRecord],
    folder: Path,
    *,
    budget_s: float = 240.0,
    seed: int = 0,
    size: int = TILE,
    params: Mapping[str, JsonValue] | None = None,
) -> Path:
    """The folder of a detector of vehicles trained on tiles of the photos; one that is there already is given again."""
    target = folder / f"vehicles-{size}-{budget_s:g}s-{seed}"
    if target.is_dir():
        return target
    samples = cut_samples(as_one_label(records), folder / f"tiles-{size}", size=size)
    return _train(samples, target, {"budget_s": budget_s, "seed": seed, "size": size} | dict(params or {}))


def train_on_wholes(
    records: Sequence[ItemRecord], folder: Path, *, size: int, budget_s: float = 240.0, seed: int = 0
) -> Path:
    """The same detector and budget on whole photos that are shrunk to ``size`` pixels: what one does without tiles."""
    target = folder / f"wholes-{size}-{budget_s:g}s-{seed}"
    if target.is_dir():
        return target
    samples = []
    for one in as_one_label(records):
        assert one.file is not None
        boxes = [said.geometry for said in one.annotations if isinstance(said.geometry, Box)]
        corners = np.array([[b.x0, b.y0, b.x1, b.y1] for b in boxes], np.float32).reshape(-1, 4)
        samples.append(TrainingSample(one.file, (LABEL,) * len(boxes), corners, group=sequence_of(one.name)))
    return _train(samples, target, {"budget_s": budget_s, "seed": seed, "size": size})


def _train(samples: Sequence[TrainingSample], target: Path, params: Mapping[str, JsonValue]) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    data = TrainingData(Task.DETECTION, (LABEL,), tuple(samples))
    return start_training(TrainingRequest("builtin:tinydet", data, params=params), target).wait()


def _describe(records: Sequence[ItemRecord]) -> dict[str, object]:
    labels = Counter(said.label for one in records for said in one.annotations)
    sequences = Counter(sequence_of(one.name) for one in records)
    return {"photos": len(records), "sequences": dict(sequences), "boxes": dict(labels)}


if __name__ == "__main__":
    main()
