"""Detection metrics: equal to the published numbers, to the oracle, and sane on the edges."""

from __future__ import annotations

import contextlib
import io
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from whorl.base.errors import InvalidInput
from whorl.models.evaluation import (
    DetectionMetrics,
    PredictedObjects,
    Rle,
    TruthObjects,
    confusion_of_objects,
    evaluate_detection,
)
from whorl.models.evaluation.confusion import match_boxes, pairwise_iou
from whorl.models.evaluation.detection import match_objects, mean_over_classes

COLUMNS = (
    *("ap", "ap50", "ap75", "ap_small", "ap_medium", "ap_large"),
    *("ar1", "ar10", "ar100", "ar_small", "ar_medium", "ar_large"),
)


def truth(boxes: list[list[float]], labels: list[int], crowd: list[bool] | None = None) -> TruthObjects:
    crowds = None if crowd is None else np.array(crowd, bool)
    return TruthObjects(np.array(boxes, float).reshape(-1, 4), np.array(labels, np.int64), crowds)


def found(boxes: list[list[float]], labels: list[int], scores: list[float]) -> PredictedObjects:
    return PredictedObjects(np.array(boxes, float).reshape(-1, 4), np.array(scores, float), np.array(labels, np.int64))


def summary(metrics: DetectionMetrics) -> list[float | None]:
    values = [getattr(metrics, name) for name in COLUMNS]
    return [None if value is None else round(value, 6) for value in values]


def load_case(
    dataset: dict[str, Any], results: list[dict[str, Any]], *, masks: bool = False
) -> tuple[list[TruthObjects], list[PredictedObjects], list[str]]:
    position = {category["id"]: at for at, category in enumerate(dataset["categories"])}
    sizes = {image["id"]: (image["height"], image["width"]) for image in dataset["images"]}
    truths, predictions = [], []
    for image in sorted(sizes):
        true = [a for a in dataset["annotations"] if a["image_id"] == image]
        dets = [a for a in results if a["image_id"] == image]
        corners = [[x, y, x + w, y + h] for x, y, w, h in (a["bbox"] for a in true)]
        truths.append(
            TruthObjects(
                np.array(corners, float).reshape(-1, 4),
                np.array([position[a["category_id"]] for a in true], np.int64),
                np.array([bool(a["iscrowd"]) for a in true], bool),
                np.array([a["area"] for a in true], float),
                [to_rle(a["segmentation"], *sizes[image]) for a in true] if masks else None,
            )
        )
        corners = [[x, y, x + w, y + h] for x, y, w, h in (a.get("bbox", [0, 0, 0, 0]) for a in dets)]
        predictions.append(
            PredictedObjects(
                np.array(corners, float).reshape(-1, 4),
                np.array([a["score"] for a in dets], float),
                np.array([position.get(a["category_id"], -1) for a in dets], np.int64),
                [to_rle(a["segmentation"], *sizes[image]) for a in dets] if masks else None,
            )
        )
    return truths, predictions, [category["name"] for category in dataset["categories"]]


def to_rle(segmentation: Any, height: int, width: int) -> Rle:
    from pycocotools import mask as masks

    if isinstance(segmentation, list):
        rle = masks.merge(masks.frPyObjects(segmentation, height, width))
    elif isinstance(segmentation["counts"], list):
        rle = masks.frPyObjects(segmentation, height, width)
    else:
        rle = segmentation
    counts = rle["counts"]
    return Rle(height, width, counts.decode() if isinstance(counts, bytes) else counts)


def read(path: Path) -> Any:
    return json.loads(path.read_text())


PUBLISHED = {
    "bbox": ".504581 .696973 .572982 .585626 .519400 .501398 .386813 .593680 .595353 .639811 .566421 .564291",
    "segm": ".319545 .562288 .298927 .387374 .310183 .326934 .268230 .415449 .416839 .469450 .376759 .381472",
}


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["bbox", "segm"])
def test_evaluate_detection__published_coco_numbers(
    kind: str, shared_dir: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = shared_dir / "cases" / "coco_eval_val2014_100" / "cocoapi"
    results = folder / f"instances_val2014_fake{'bbox' if kind == 'bbox' else 'segm'}100_results.json"
    case = load_case(read(folder / "instances_val2014_100.json"), read(results), masks=kind == "segm")
    metrics = evaluate_detection(*case, use_masks=kind == "segm")
    assert summary(metrics) == [float(text) for text in PUBLISHED[kind].split()]
    assert (metrics.n_images, metrics.n_truth) == (100, 830)
    assert json.loads(json.dumps(metrics.to_json()))["n_unknown"] == 0
    assert capfd.readouterr() == ("", "")


@pytest.mark.shared
def test_evaluate_detection__numbers_of_the_metrics_review(shared_dir: Path) -> None:
    folder = shared_dir / "cases" / "objdet_metrics_review" / "tests" / "test_coco_eval"
    dataset = read(folder / "gts" / "sampled_gts_bbox_area.json")
    dataset["annotations"] = [a for a in dataset["annotations"] if not a["iscrowd"]]
    results = read(folder / "dets" / "sampled_bbox_results.json")
    results = results["annotations"] if isinstance(results, dict) else results
    expected = ".503647 .696973 .571667 .593252 .557991 .489363 .386813 .593680 .595353 .654764 .603130 .553744"
    metrics = evaluate_detection(*load_case(dataset, results))
    assert summary(metrics) == [float(text) for text in expected.split()]


@pytest.mark.shared
def test_evaluate_detection__sizes_without_truth_are_none(shared_dir: Path) -> None:
    folder = shared_dir / "cases" / "sahi" / "tests" / "data" / "coco_evaluate"
    metrics = evaluate_detection(*load_case(read(folder / "dataset.json"), read(folder / "result.json")))
    values = dict(zip(COLUMNS, summary(metrics), strict=True))
    assert (values["ap"], values["ap50"], values["ap75"]) == (0.071954, 0.184978, 0.069383)
    assert values["ar100"] == 0.075788
    assert (values["ap_small"], values["ap_medium"], values["ar_small"]) == (None, None, None)


@pytest.mark.shared
@pytest.mark.parametrize("all_ious", [False, True])
def test_match_table__equals_the_library_on_the_full_set(all_ious: bool, shared_dir: Path) -> None:
    folder = shared_dir / "cases" / "coco_eval_val2014_100" / "cocoapi"
    case = load_case(
        read(folder / "instances_val2014_100.json"), read(folder / "instances_val2014_fakebbox100_results.json")
    )
    metrics = evaluate_detection(*case)
    table = match_objects(*case, all_ious=all_ious)
    per_class = table.average_precision(np.ones((1, 100)))[0]
    expected = [row.ap if all_ious else row.ap50 for row in metrics.per_class]
    assert [None if np.isnan(v) else round(v, 9) for v in per_class] == [
        None if v is None else round(v, 9) for v in expected
    ]
    overall = mean_over_classes(per_class[None])[0]
    assert overall == pytest.approx(metrics.ap if all_ious else metrics.ap50, abs=1e-9)


@pytest.mark.shared
def test_match_table__reweighting_equals_evaluating_copies(shared_dir: Path) -> None:
    folder = shared_dir / "cases" / "coco_eval_val2014_100" / "cocoapi"
    truths, predictions, names = load_case(
        read(folder / "instances_val2014_100.json"), read(folder / "instances_val2014_fakebbox100_results.json")
    )
    drawn = np.sort(np.random.default_rng(3).integers(0, 100, 100))
    copies = evaluate_detection([truths[i] for i in drawn], [predictions[i] for i in drawn], names)
    weights = np.bincount(drawn, minlength=100).astype(float)[None]
    table = match_objects(truths, predictions, names, all_ious=True)
    assert mean_over_classes(table.average_precision(weights))[0] == pytest.approx(copies.ap, abs=1e-9)


def random_case(
    seed: int, *, images: int = 6, classes: int = 3, crowds: bool = True
) -> tuple[list[TruthObjects], list[PredictedObjects], list[str]]:
    rng = np.random.default_rng(seed)
    truths, predictions = [], []
    for _ in range(images):
        n, extra = rng.integers(0, 6), rng.integers(0, 6)
        low = rng.integers(0, 80, (n, 2)).astype(float)
        boxes = np.concatenate([low, low + rng.integers(5, 60, (n, 2))], axis=1)
        moved = boxes + rng.integers(-4, 5, boxes.shape)
        low = rng.integers(0, 80, (extra, 2)).astype(float)
        noise = np.concatenate([low, low + rng.integers(5, 60, (extra, 2))], axis=1)
        labels = rng.integers(0, classes, n)
        guesses = np.where(rng.random(n) < 0.8, labels, rng.integers(0, classes, n))
        crowd = rng.random(n) < (0.15 if crowds else 0)
        truths.append(TruthObjects(boxes, labels, crowd))
        both = np.concatenate([moved, noise])
        both[:, 2:] = np.maximum(both[:, 2:], both[:, :2] + 1)
        # Coarse scores make ties.
        scores = rng.integers(1, 6, n + extra) / 5
        predictions.append(PredictedObjects(both, scores, np.concatenate([guesses, rng.integers(0, classes, extra)])))
    return truths, predictions, [f"class {at}" for at in range(classes)]


def oracle(truths: list[TruthObjects], predictions: list[PredictedObjects], names: list[str]) -> list[float]:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    annotations, results = [], []
    for image, true in enumerate(truths, 1):
        for box, label, crowd in zip(true.boxes, true.labels, true.crowd, strict=True):
            x, y, w, h = *box[:2], *(box[2:] - box[:2])
            row = {"id": len(annotations) + 1, "image_id": image, "category_id": int(label) + 1}
            annotations.append(row | {"bbox": [x, y, w, h], "area": w * h, "iscrowd": int(crowd)})
    for image, guess in enumerate(predictions, 1):
        for box, label, score in zip(guess.boxes, guess.labels, guess.scores, strict=True):
            corner = [*box[:2], *(box[2:] - box[:2])]
            results.append({"image_id": image, "category_id": int(label) + 1, "bbox": corner, "score": float(score)})
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {
            "images": [{"id": at + 1} for at in range(len(truths))],
            "categories": [{"id": at + 1, "name": name} for at, name in enumerate(names)],
            "annotations": annotations,
        }
        coco.createIndex()
        run = COCOeval(coco, coco.loadRes(results), "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    return [float(value) for value in run.stats]


@pytest.mark.parametrize("seed", range(25))
def test_evaluate_detection__equals_pycocotools(seed: int) -> None:
    case = random_case(seed)
    expected = [None if value == -1 else round(value, 6) for value in oracle(*case)]
    assert summary(evaluate_detection(*case)) == expected


@pytest.mark.parametrize("seed", range(10))
def test_match_table__equals_the_metrics_on_random_sets(seed: int) -> None:
    case = random_case(seed)
    table = match_objects(*case, all_ious=True)
    ours = mean_over_classes(table.average_precision(np.ones((1, 6))))[0]
    assert ours == pytest.approx(evaluate_detection(*case).ap, abs=1e-9)


def test_evaluate_detection__no_predictions_is_zero() -> None:
    metrics = evaluate_detection([truth([[0, 0, 50, 50]], [0])], [found([], [], [])], ["cat", "dog"])
    assert (metrics.ap, metrics.ap50, metrics.ar100) == (0.0, 0.0, 0.0)
    assert [(row.ap, row.n_truth) for row in metrics.per_class] == [(0.0, 1), (None, 0)]


def test_evaluate_detection__no_truth_is_none() -> None:
    metrics = evaluate_detection([truth([], [])], [found([[0, 0, 9, 9]], [0], [0.9])], ["cat"])
    assert summary(metrics) == [None] * 12
    assert metrics.per_class[0].n_predicted == 1


def test_evaluate_detection__no_images_is_none() -> None:
    assert evaluate_detection([], [], ["cat"]).ap is None
    assert match_objects([], [], ["cat"]).average_precision(np.ones((2, 0))).shape == (2, 1)


def test_evaluate_detection__unknown_predicted_class_is_counted_not_scored(
    capfd: pytest.CaptureFixture[str],
) -> None:
    boxes = [[0, 0, 50, 50], [0, 0, 50, 50], [0, 0, 50, 50]]
    metrics = evaluate_detection([truth(boxes[:1], [0])], [found(boxes, [0, 7, -1], [0.5, 0.9, 0.8])], ["cat"])
    assert (metrics.ap50, metrics.n_unknown, metrics.n_predicted) == (1.0, 2, 1)
    assert capfd.readouterr() == ("", "")


def test_evaluate_detection__two_true_boxes_in_one_place_need_two_predictions() -> None:
    box = [0.0, 0.0, 50.0, 50.0]
    metrics = evaluate_detection([truth([box, box], [0, 0])], [found([box], [0], [0.9])], ["cat"])
    assert metrics.ar100 == 0.5


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (([truth([], [])], [], ["cat"]), "0 images predicted, 1 images of truth"),
        (([truth([[0, 0, 1, 1]], [3])], [found([], [], [])], ["cat"]), "true label 3 is outside 0 to 0"),
        (([], [], ["cat", "cat"]), "class names occur more than once: cat"),
        (([], [], []), "no class names given"),
        (([truth([[0, 0, np.nan, 1]], [0])], [found([], [], [])], ["cat"]), "not finite"),
        (([truth([], [])], [found([[0, 0, 1, 1]], [0], [np.nan])], ["cat"]), "score is not a finite number"),
    ],
)
def test_evaluate_detection__refuses(case: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        evaluate_detection(*case)


def test_evaluate_detection__masks_missing_is_an_error() -> None:
    with pytest.raises(InvalidInput, match="an object has no mask"):
        evaluate_detection([truth([[0, 0, 1, 1]], [0])], [found([], [], [])], ["cat"], use_masks=True)


def test_match_table__thousand_resamples_of_many_predictions_is_fast() -> None:
    rng = np.random.default_rng(0)
    truths, predictions = [], []
    for _ in range(200):
        low = rng.random((12, 2)) * 400
        boxes = np.concatenate([low, low + 30 + rng.random((12, 2)) * 60], axis=1)
        low = rng.random((288, 2)) * 400
        noise = np.concatenate([low, low + 30 + rng.random((288, 2)) * 60], axis=1)
        labels = rng.integers(0, 3, 12)
        truths.append(TruthObjects(boxes, labels))
        predictions.append(
            PredictedObjects(
                np.concatenate([boxes + rng.normal(0, 5, boxes.shape), noise]),
                rng.random(300),
                np.concatenate([labels, rng.integers(0, 3, 288)]),
            )
        )
    weights = rng.multinomial(200, np.full(200, 1 / 200), size=1000).astype(float)
    started = time.process_time()
    table = match_objects(truths, predictions, ["a", "b", "c"])
    values = table.average_precision(weights)
    assert values.shape == (1000, 3)
    assert time.process_time() - started < 5


def test_pairwise_iou__is_symmetric_and_one_on_itself() -> None:
    boxes = np.array([[0, 0, 2, 2], [1, 1, 3, 3], [5, 5, 5, 5]], float)
    iou = pairwise_iou(boxes, boxes)
    assert iou.tolist() == [[1, 1 / 7, 0], [1 / 7, 1, 0], [0, 0, 0]]


def test_match_boxes__highest_overlap_first() -> None:
    true = np.array([[0, 0, 10, 10], [0, 0, 10, 8]], float)
    guessed = np.array([[0, 0, 10, 10], [0, 0, 10, 9]], float)
    assert match_boxes(true, guessed).tolist() == [[0, 0], [1, 1]]
    prefer = np.array([[False, True], [False, False]])
    assert match_boxes(true, guessed, same=prefer).tolist() == [[0, 1], [1, 0]]


def test_confusion_of_objects__counts_every_kind_of_error() -> None:
    truths = [
        truth([[0, 0, 10, 10], [20, 20, 40, 40], [50, 50, 60, 60]], [0, 1, 0]),
        truth([[0, 0, 50, 50]], [0], [True]),
        truth([], []),
    ]
    guesses = [
        found([[0, 0, 10, 10], [20, 20, 40, 41], [70, 70, 90, 90]], [0, 0, 1], [0.9, 0.9, 0.9]),
        found([[10, 10, 20, 20]], [0], [0.9]),
        found([[0, 0, 5, 5]], [0], [0.1]),
    ]
    confusion = confusion_of_objects(truths, guesses, ["cat", "dog"])
    assert confusion.matrix == ((1, 0, 1), (1, 0, 0), (0, 1, 0))
    worst = confusion.worst()
    assert [(row.image, row.matched, row.confused, row.missed, row.spurious) for row in worst] == [(0, 1, 1, 1, 1)]


def test_confusion_of_objects__right_class_explains_first() -> None:
    guesses = [found([[0, 0, 10, 10], [0, 0, 10, 9]], [1, 0], [0.9, 0.5])]
    confusion = confusion_of_objects([truth([[0, 0, 10, 10]], [0])], guesses, ["cat", "dog"])
    assert confusion.matrix == ((1, 0, 0), (0, 0, 0), (0, 1, 0))
