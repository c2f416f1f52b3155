"""Shapes from clicks: GrabCut from four extreme points, intelligent scissors, and objects that look alike.

    python -m benchmarks.magic --data FOLDER [--parts nuclei,composed,scissors,alike] [--half report] [--jitter 2]
    python -m benchmarks.magic --data FOLDER --parts sam --home ~/.whorl      # needs `whorl models fetch sam2-tiny`

FOLDER holds nuclei_dsb2018, bccd, aerial_cars, dataloop_fruit and dataloop_sheepface. Prints one JSON object:
intersection over union with the true mask, processor milliseconds a click, and the machine with its load. Truth of the
composed cases is exact: a blob with the texture of one photo is laid on another. `--jitter` moves each point that is
clicked by up to so many pixels. Parameters were tuned on the images of one half (`--half tune`); the other is quoted.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from statistics import fmean, median

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import describe_machine
from whorl.geometry.polygons import polygon_to_mask
from whorl.models.images import read_image
from whorl.models.segmenting.choosing import find_pair, open_decoder, segment_image
from whorl.models.segmenting.outlines import found_rings
from whorl.models.segmenting.prompts import BoolImage, Image, Point, Prompts
from whorl.models.segmenting.sam import decode, encode
from whorl.models.segmenting.scissors import trace_path

SMALLEST_PX = 400
MOST_A_PICTURE = 12
COMPOSED = 100
SAM_CASES = 12
TOLERANCE_PX = 1.0
Case = tuple[Image, BoolImage]
Draw = Callable[[Image, list[Point]], list[list[Point]]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--parts", default="nuclei,composed,scissors,alike")
    parser.add_argument("--half", choices=("tune", "report", "both"), default="report")
    parser.add_argument("--jitter", type=float, default=0.0)
    parser.add_argument("--home", type=Path, default=Path("~/.whorl"), help="for sam: where the pair is")
    parser.add_argument("--json", action="store_true", help="the only form there is")
    given = parser.parse_args()
    cv2.setNumThreads(1)
    parts = given.parts.split(",")
    report: dict[str, object] = {"jitter_px": given.jitter, "half": given.half}
    if "nuclei" in parts:
        report["nuclei"] = measure(nuclei(given.data / "nuclei_dsb2018", given.half), by_grabcut, given.jitter)
    if "composed" in parts:
        report["composed"] = measure(composed(given.data, given.half), by_grabcut, given.jitter)
    if "scissors" in parts:
        report["scissors_8_points"] = measure(composed(given.data, given.half), by_scissors, given.jitter, points=8)
    if "alike" in parts:
        from benchmarks.magic_alike import measure_alike

        report["alike"] = measure_alike(given.data)
    if "sam" in parts:
        report["sam"] = measure_sam(composed(given.data, given.half), given.home.expanduser() / "models")
    print(json.dumps(report | {"machine": describe_machine()}, indent=2))


def measure(cases: Iterator[Case], draw: Draw, jitter: float, *, points: int = 4) -> dict[str, object]:
    """How well the shapes drawn from clicks cover the truth, and what a click costs."""
    rng = np.random.default_rng(7)
    ious, times = [], []
    for rgb, truth in cases:
        clicks = extremes(truth) if points == 4 else around(truth, points)
        height, width = truth.shape
        moved = [(x + rng.uniform(-jitter, jitter), y + rng.uniform(-jitter, jitter)) for x, y in clicks]
        moved = [(min(max(x, 0.0), float(width)), min(max(y, 0.0), float(height))) for x, y in moved]
        started = time.process_time()
        rings = draw(rgb, moved)
        times.append((time.process_time() - started) * 1e3)
        drawn = polygon_to_mask(rings, width=width, height=height)
        ious.append(float((drawn & truth).sum() / (drawn | truth).sum()))
    return {
        "cases": len(ious),
        "mean_iou": round(fmean(ious), 4),
        "median_iou": round(median(ious), 4),
        "share_above_0.9": round(fmean(one >= 0.9 for one in ious), 3),
        "share_below_0.7": round(fmean(one < 0.7 for one in ious), 3),
        "cpu_ms_median": round(median(times), 1),
        "cpu_ms_p95": round(float(np.percentile(times, 95)), 1),
        "cpu_ms_longest": round(max(times), 1),
    }


def measure_sam(cases: Iterator[Case], models: Path) -> dict[str, object]:
    """One click on the middle of each object, and four extreme points, on a few composed cases."""
    pair = find_pair(models)
    if pair is None or pair.pair is None:
        raise SystemExit(f"no SAM in {models}: run `whorl models fetch sam2-tiny`")
    decoder = open_decoder(pair.pair)
    encoding: list[float] = []
    clicking: list[float] = []
    ious: dict[str, list[float]] = {"click": [], "extremes": []}
    for rgb, truth in islice(cases, SAM_CASES):
        started = time.process_time()
        seen = encode(pair.pair, rgb)
        encoding.append(time.process_time() - started)
        rows, columns = np.nonzero(truth)
        prompts = {
            "click": Prompts(include=((float(columns.mean()), float(rows.mean())),)),
            "extremes": Prompts(extremes=tuple(extremes(truth))),
        }
        for name, prompt in prompts.items():
            started = time.process_time()
            rings = found_rings(decode(decoder, seen, prompt), tolerance_px=TOLERANCE_PX)
            clicking.append((time.process_time() - started) * 1e3)
            drawn = polygon_to_mask(rings, width=truth.shape[1], height=truth.shape[0])
            ious[name].append(float((drawn & truth).sum() / (drawn | truth).sum()))
    return {
        "segmenter": pair.name,
        "cases": len(encoding),
        "encode_cpu_s_median": round(median(encoding), 2),
        "decode_cpu_ms_median": round(median(clicking), 1),
        "decode_cpu_ms_longest": round(max(clicking), 1),
        "median_iou_one_click": round(median(ious["click"]), 4),
        "mean_iou_extremes": round(fmean(ious["extremes"]), 4),
    }


def by_grabcut(rgb: Image, clicks: list[Point]) -> list[list[Point]]:
    """The polygon of four extreme points."""
    return found_rings(segment_image(rgb, Prompts(extremes=tuple(clicks))), tolerance_px=TOLERANCE_PX)


def by_scissors(rgb: Image, clicks: list[Point]) -> list[list[Point]]:
    """The closed outline through the clicks."""
    return [trace_path(rgb, clicks, is_closed=True)]


def nuclei(folder: Path, half: str) -> Iterator[Case]:
    """Nuclei of more than 400 pixels, at most twelve of a picture; every other picture is of the other half."""
    for number, path in enumerate(sorted((folder / "images").glob("*.png"))):
        if half != "both" and (number % 2 == 0) != (half == "tune"):
            continue
        rgb = read_image(path)
        masks = []
        for file in sorted((folder / "masks" / path.stem).glob("*.png")):
            mask = read_image(file)[:, :, 0] > 0
            if mask.sum() > SMALLEST_PX:
                masks.append(mask)
        step = max(1, len(masks) // MOST_A_PICTURE)
        for mask in masks[::step][:MOST_A_PICTURE]:
            yield rgb, mask


def composed(data: Path, half: str) -> Iterator[Case]:
    """A hundred blobs with the texture of one photo on another, 300 x 400 pixels, edges blended over a pixel."""
    photos = _photos(data)
    rng = np.random.default_rng(11 if half == "tune" else 12)
    for _ in range(COMPOSED):
        first, second = rng.choice(len(photos), 2, replace=False)
        ground, texture = _window(photos[first], rng), _window(photos[second], rng)
        truth = _blob(rng)
        soft = cv2.GaussianBlur(truth.astype(np.float32), (0, 0), 0.7)[:, :, None]
        yield np.asarray(ground * (1 - soft) + texture * soft, np.uint8), truth


def extremes(mask: BoolImage) -> list[Point]:
    """Leftmost, topmost, rightmost and bottommost point of a mask, on the edges of its pixels."""
    rows, columns = np.nonzero(mask)
    left, right, top, bottom = columns.min(), columns.max(), rows.min(), rows.max()
    return [
        (float(left), float(np.median(rows[columns == left])) + 0.5),
        (float(np.median(columns[rows == top])) + 0.5, float(top)),
        (float(right) + 1, float(np.median(rows[columns == right])) + 0.5),
        (float(np.median(columns[rows == bottom])) + 0.5, float(bottom) + 1),
    ]


def around(mask: BoolImage, count: int) -> list[Point]:
    """Points evenly spread along the outline of a mask."""
    contours, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    longest = max(contours, key=len)[:, 0, :]
    chosen = np.linspace(0, len(longest), count, endpoint=False).astype(int)
    return [(float(x) + 0.5, float(y) + 0.5) for x, y in longest[chosen]]


def _photos(data: Path) -> list[Image]:
    patterns = ("dataloop_fruit/items/**/*", "dataloop_sheepface/items/**/*", "aerial_cars/images/*")
    found = []
    for pattern in patterns:
        files = [path for path in sorted(data.glob(pattern)) if path.suffix.lower() in {".jpg", ".jpeg", ".png"}]
        for path in files[:: max(1, len(files) // 12)][:12]:
            rgb = read_image(path)
            scale = max(420 / rgb.shape[1], 320 / rgb.shape[0], min(1.0, 900 / max(rgb.shape[:2])))
            found.append(np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8))
    return found


def _window(photo: Image, rng: np.random.Generator) -> NDArray[np.float32]:
    y = int(rng.integers(0, photo.shape[0] - 300 + 1))
    x = int(rng.integers(0, photo.shape[1] - 400 + 1))
    return photo[y : y + 300, x : x + 400].astype(np.float32)


def _blob(rng: np.random.Generator) -> BoolImage:
    """A smooth closed shape of a few lobes."""
    angles = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    radius = np.ones_like(angles)
    for wave in range(2, 6):
        radius += rng.uniform(0, 0.35 / wave) * np.cos(wave * angles + rng.uniform(0, 2 * np.pi))
    radius *= rng.uniform(45, 85)
    stretch = rng.uniform(0.7, 1.0)
    x = 200 + rng.uniform(-50, 50) + radius * np.cos(angles)
    y = 150 + rng.uniform(-30, 30) + radius * stretch * np.sin(angles)
    return polygon_to_mask([list(zip(x.tolist(), y.tolist(), strict=True))], width=400, height=300)


if __name__ == "__main__":
    main()
