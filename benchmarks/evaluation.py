"""How long an evaluation takes, and how far it is from pycocotools. Prints JSON.

    python -m benchmarks.evaluation
    python -m benchmarks.evaluation --images 500 --masks
    python -m benchmarks.evaluation --coverage

Draws 5,000 images with 36,000 true objects of 80 classes and 100,000 answers (seeded), and times COCO's columns, the
whole report with its intervals, and the costs by threshold; then pycocotools on the same objects. With --coverage it
asks instead how often the interval of AP50 holds the value of 4,000 images, for test sets of 40, 150 and 500 of them.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import numpy as np

from benchmarks.machine import cpu_seconds, describe_machine, peak_rss_mib
from whorl.geometry.masks import Rle, place_part
from whorl.models.evaluation.detection import evaluate_detection
from whorl.models.evaluation.intervals import estimate
from whorl.models.evaluation.thresholds import Prices
from whorl.models.evaluation.types import DetectionMetrics, PredictedObjects, TruthObjects
from whorl.models.outputs import ObjectOutputs, dump_outputs, load_outputs, measure_outputs, score_outputs
from whorl.models.reporting import build_report, build_thresholds
from whorl.schemas.models import Evaluation

T = TypeVar("T")
WIDTH, HEIGHT = 640, 480
COLUMNS = ("ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large", "ar1", "ar10", "ar100")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--truths", type=int, default=36_000)
    parser.add_argument("--answers", type=int, default=100_000)
    parser.add_argument("--classes", type=int, default=80)
    parser.add_argument("--masks", action="store_true", help="ellipses in the boxes, matched by their pixels")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--repeat", type=int, default=3, help="the fastest of so many runs is told")
    parser.add_argument("--no-reference", action="store_true", help="leave pycocotools out")
    parser.add_argument("--coverage", action="store_true")
    given = parser.parse_args()
    if given.coverage:
        print(json.dumps(coverage(seed=given.seed) | {"machine": describe_machine()}, indent=2))
        return
    outputs = draw(given.images, given.truths, given.answers, given.classes, seed=given.seed, masks=given.masks)
    kept = dump_outputs(outputs)
    timed: dict[str, object] = {}

    def clock(name: str, body: Callable[[], T]) -> T:
        result, timed[name] = fastest(body, given.repeat)
        return result

    objects = (outputs.truth, outputs.predicted, outputs.labels)
    metrics = clock("coco_columns", lambda: evaluate_detection(*objects, use_masks=given.masks))
    clock("load_outputs", lambda: load_outputs(kept))
    clock("score_with_interval", lambda: score_outputs(outputs))
    report = clock("whole_report", lambda: build_report(EVALUATION, "detection", outputs))
    clock("costs_by_threshold", lambda: build_thresholds(EVALUATION, outputs, Prices(missed=2, spurious=1)))
    answer: dict[str, object] = {
        "images": given.images,
        "truths": given.truths,
        "answers": given.answers,
        "classes": given.classes,
        "masks": given.masks,
        "seed": given.seed,
        "kept_mb": round(len(kept) / 1e6, 2),
        "metric": report.metric,
        "resamples": report.resamples,
        "seconds": timed,
    }
    if not given.no_reference:
        stats, reference = fastest(lambda: pycocotools(outputs), 1)
        answer["pycocotools"] = reference
        answer["largest_difference"] = difference(metrics, stats)
    print(json.dumps(answer | {"peak_rss_mib": round(peak_rss_mib()), "machine": describe_machine()}, indent=2))


EVALUATION = Evaluation(
    id="evl_bench",
    model_id="mdl_bench",
    dataset_id="dst_bench",
    revision=1,
    items_digest="0" * 64,
    n_items=0,
    metric_name="ap50",
    metric=None,
    metrics={},
    is_stale=False,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)


def fastest(body: Callable[[], T], times: int) -> tuple[T, dict[str, float]]:
    """The result, and the wall and processor seconds of the fastest run."""
    runs = []
    for _ in range(times):
        wall, used = time.perf_counter(), cpu_seconds()
        result = body()
        runs.append((time.perf_counter() - wall, cpu_seconds() - used))
    wall, used = min(runs)
    return result, {"wall": round(wall, 3), "cpu": round(used, 3)}


def coverage(*, seed: int, sets: int = 200) -> dict[str, object]:
    """How often the interval holds what it is an interval of."""
    every = measure_outputs(draw(4000, 16_000, 24_000, 3, seed=seed, masks=False))
    value = float(every.metric(np.ones((1, 4000)))[0])
    rng = np.random.default_rng(seed)
    told: dict[str, object] = {"ap50_of_4000": round(value, 4), "test_sets": sets}
    for n in (40, 150, 500):
        inside, lifted = 0, 0.0
        for number in range(sets):
            found = estimate(
                every.take(rng.choice(4000, n, replace=False)), np.arange(n), seed=number, resamples=300
            ).metric
            if found.interval is not None and found.value is not None:
                inside += found.interval.low <= value <= found.interval.high
                lifted += (found.value - value) / sets
        told[f"{n}_images"] = {"covered": inside / sets, "mean_bias_of_ap50": round(lifted, 4)}
    return told


def draw(images: int, truths: int, answers: int, classes: int, *, seed: int, masks: bool) -> ObjectOutputs:
    """True boxes of COCO's sizes, and answers that lie about on them, one in five of another class."""
    rng = np.random.default_rng(seed)
    image = np.sort(rng.integers(0, images, truths))
    sides = np.exp(rng.normal(4, 1, (truths, 2))).clip(4, 400)
    corner = rng.random((truths, 2)) * (np.array([WIDTH, HEIGHT]) - 8)
    boxes = clip(np.concatenate([corner, corner + sides], axis=1))
    labels = rng.integers(0, classes, truths)
    source = np.sort(rng.integers(0, truths, answers))
    guesses = clip(boxes[source] + rng.normal(0, 0.12, (answers, 4)) * np.tile(sides[source], 2))
    said = np.where(rng.random(answers) < 0.8, labels[source], rng.integers(0, classes, answers))
    scores = rng.random(answers)
    cuts = [np.searchsorted(one, np.arange(1, images)) for one in (image, image[source])]
    true = zip(np.split(boxes, cuts[0]), np.split(labels, cuts[0]), strict=True)
    found = zip(np.split(guesses, cuts[1]), np.split(scores, cuts[1]), np.split(said, cuts[1]), strict=True)
    return ObjectOutputs(
        labels=tuple(f"class {at}" for at in range(classes)),
        items=tuple(f"itm_{at}" for at in range(images)),
        truth=tuple(
            TruthObjects(box, label, np.zeros(len(label), np.bool_), None, ellipses(box) if masks else None)
            for box, label in true
        ),
        predicted=tuple(
            PredictedObjects(box, score, label, ellipses(box) if masks else None) for box, score, label in found
        ),
        use_masks=masks,
    )


def clip(boxes: np.ndarray) -> np.ndarray:
    """Boxes within the image, with sides of one pixel at least."""
    low = np.clip(boxes[:, :2], 0, [WIDTH - 2, HEIGHT - 2])
    high = np.clip(np.maximum(boxes[:, 2:], low + 1), 1, [WIDTH, HEIGHT])
    return np.concatenate([low, high], axis=1)


def ellipses(boxes: np.ndarray) -> tuple[Rle, ...]:
    """An ellipse in each box."""
    found = []
    for x0, y0, x1, y1 in np.concatenate([np.floor(boxes[:, :2]), np.ceil(boxes[:, 2:])], axis=1).astype(int).tolist():
        rows, columns = np.mgrid[: y1 - y0, : x1 - x0]
        across, down = (columns + 0.5) / (x1 - x0) - 0.5, (rows + 0.5) / (y1 - y0) - 0.5
        found.append(place_part(across**2 + down**2 <= 0.25, x=x0, y=y0, width=WIDTH, height=HEIGHT))
    return tuple(found)


# Any: pycocotools' own dictionaries.
def pycocotools(outputs: ObjectOutputs) -> Sequence[float]:
    """The reference's twelve numbers."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    annotations: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for image, (true, found) in enumerate(zip(outputs.truth, outputs.predicted, strict=True), 1):
        for at, row in enumerate(rows(true, image)):
            x, y, w, h = row["bbox"]
            annotations.append(row | {"id": len(annotations) + 1, "area": w * h, "iscrowd": 0} | shape(true, at))
        for at, (row, score) in enumerate(zip(rows(found, image), found.scores.tolist(), strict=True)):
            # Without a box, the area that decides small, medium or large is the mask's.
            kept = {name: row[name] for name in row if name != "bbox" or not outputs.use_masks}
            results.append(kept | {"score": score} | shape(found, at))
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {
            "images": [{"id": at + 1, "width": WIDTH, "height": HEIGHT} for at in range(len(outputs.items))],
            "categories": [{"id": at + 1, "name": name} for at, name in enumerate(outputs.labels)],
            "annotations": annotations,
        }
        coco.createIndex()
        run = COCOeval(coco, coco.loadRes(results), "segm" if outputs.use_masks else "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    return [float(value) for value in run.stats]


def rows(objects: TruthObjects | PredictedObjects, image: int) -> list[dict[str, Any]]:
    """Boxes as x, y, width and height with their class."""
    boxes = np.concatenate([objects.boxes[:, :2], objects.boxes[:, 2:] - objects.boxes[:, :2]], axis=1)
    named = zip(boxes.tolist(), objects.labels.tolist(), strict=True)
    return [{"image_id": image, "category_id": label + 1, "bbox": box} for box, label in named]


def shape(objects: TruthObjects | PredictedObjects, at: int) -> dict[str, Any]:
    """The segmentation, where there is one."""
    if objects.masks is None:
        return {}
    mask = objects.masks[at]
    return {"segmentation": {"size": [mask.height, mask.width], "counts": mask.counts}}


def difference(metrics: DetectionMetrics, stats: Sequence[float]) -> float:
    """The largest over the columns that both have."""
    ours = [getattr(metrics, name) for name in COLUMNS]
    return max(abs(a - b) for a, b in zip(ours, stats, strict=False) if a is not None)


if __name__ == "__main__":
    main()
