"""Masks are scored as pycocotools scores them; instances, labels and pixels against counts made by hand."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest

from whorl.base.errors import InvalidInput
from whorl.geometry.masks import Rle, encode_mask, mask_bounds
from whorl.models.evaluation.confusion import confusion_of_objects, overlaps
from whorl.models.evaluation.detection import evaluate_detection, match_objects, mean_over_classes
from whorl.models.evaluation.instances import instance_f1
from whorl.models.evaluation.labels import evaluate_labels, rank_labels
from whorl.models.evaluation.pixels import evaluate_pixels
from whorl.models.evaluation.rankings import interpolated_ap, rank, stepwise_ap
from whorl.models.evaluation.types import BoolArray, PredictedObjects, TruthObjects

SIDE = 160
NAMES = ("cell", "dust")


def blob(rng: np.random.Generator, *, near: tuple[float, float] | None = None) -> BoolArray:
    """An ellipse somewhere, from a few pixels to half the picture."""
    x, y = rng.uniform(0, SIDE, 2) if near is None else np.array(near) + rng.normal(0, 3, 2)
    a, b = np.exp(rng.uniform(1.2, 4.2, 2)) if near is None else np.exp(rng.uniform(2.2, 3.2, 2))
    rows, columns = np.mgrid[:SIDE, :SIDE]
    return np.asarray(((columns - x) / a) ** 2 + ((rows - y) / b) ** 2 <= 1)


def as_rle(mask: BoolArray) -> Rle:
    return Rle(*mask.shape, encode_mask(mask))


def as_box(mask: BoolArray) -> list[float]:
    return [float(side) for side in mask_bounds(mask) or (0, 0, 0, 0)]


def random_masks(seed: int, *, images: int = 8) -> tuple[list[TruthObjects], list[PredictedObjects]]:
    """Blobs, guesses that lie about on them, and guesses of nothing; coarse scores make ties."""
    rng = np.random.default_rng(seed)
    truths, guesses = [], []
    for _ in range(images):
        true = [mask for mask in (blob(rng) for _ in range(rng.integers(0, 6))) if mask.any()]
        moved = [np.roll(mask, tuple(rng.integers(-2, 3, 2)), axis=(0, 1)) for mask in true]
        found = [*moved, *(mask for mask in (blob(rng) for _ in range(rng.integers(0, 4))) if mask.any())]
        labels = rng.integers(0, 2, len(true))
        truths.append(
            TruthObjects(
                np.array([as_box(mask) for mask in true]).reshape(-1, 4),
                labels,
                rng.random(len(true)) < 0.15,
                np.array([mask.sum() for mask in true], np.float64),
                [as_rle(mask) for mask in true],
            )
        )
        guesses.append(
            PredictedObjects(
                np.array([as_box(mask) for mask in found]).reshape(-1, 4),
                rng.integers(1, 6, len(found)) / 5,
                np.concatenate([labels, rng.integers(0, 2, len(found) - len(true))]),
                [as_rle(mask) for mask in found],
            )
        )
    return truths, guesses


def pycocotools(truths: list[TruthObjects], guesses: list[PredictedObjects]) -> list[float]:
    """AP and AR as the reference computes them."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    annotations, results = [], []
    for image, true in enumerate(truths, 1):
        assert true.masks is not None
        assert true.area is not None
        assert true.crowd is not None
        for mask, label, area, crowd in zip(true.masks, true.labels, true.area, true.crowd, strict=True):
            row = {"id": len(annotations) + 1, "image_id": image, "category_id": int(label) + 1, "bbox": [0, 0, 1, 1]}
            shape = {"size": [mask.height, mask.width], "counts": mask.counts}
            annotations.append(row | {"segmentation": shape, "area": float(area), "iscrowd": int(crowd)})
    for image, guess in enumerate(guesses, 1):
        for mask, label, score in zip(guess.masks or (), guess.labels, guess.scores, strict=True):
            shape = {"size": [mask.height, mask.width], "counts": mask.counts}
            results.append(
                {"image_id": image, "category_id": int(label) + 1, "segmentation": shape, "score": float(score)}
            )
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {
            "images": [{"id": at + 1, "height": SIDE, "width": SIDE} for at in range(len(truths))],
            "categories": [{"id": at + 1, "name": name} for at, name in enumerate(NAMES)],
            "annotations": annotations,
        }
        coco.createIndex()
        run = COCOeval(coco, coco.loadRes(results), "segm")
        run.evaluate()
        run.accumulate()
        run.summarize()
    return [float(value) for value in run.stats]


@pytest.mark.parametrize("seed", range(6))
def test_evaluate_detection__masks_equal_pycocotools(seed: int) -> None:
    truths, guesses = random_masks(seed)
    found = evaluate_detection(truths, guesses, NAMES, use_masks=True)
    ours = [found.ap, found.ap50, found.ap75, found.ap_small, found.ap_medium, found.ap_large]
    ours += [found.ar1, found.ar10, found.ar100, found.ar_small, found.ar_medium, found.ar_large]
    expected = [None if value == -1 else value for value in pycocotools(truths, guesses)]
    assert ours == [None if value is None else pytest.approx(value, abs=1e-9) for value in expected]
    table = match_objects(truths, guesses, NAMES, all_ious=True, use_masks=True)
    matched = mean_over_classes(table.average_precision(np.ones((1, len(truths)))))[0]
    assert matched == pytest.approx(expected[0], abs=1e-9)


def test_match_objects__masks_are_found_though_the_boxes_lie_elsewhere() -> None:
    mask = np.zeros((SIDE, SIDE), bool)
    mask[10:40, 20:60] = True
    away = np.array([[100.0, 100, 110, 110]])
    true = TruthObjects(away, np.array([0]), masks=[as_rle(mask)])
    found = PredictedObjects(away - 90, np.array([0.9]), np.array([0]), [as_rle(mask)])
    assert instance_f1([true], [found], NAMES).f1 == 1.0


def test_match_objects__counts_a_hundred_answers_for_coco_and_all_for_thresholds() -> None:
    boxes = np.array([[10.0 * at, 0, 10.0 * at + 9, 9] for at in range(150)])
    true = TruthObjects(boxes, np.zeros(150, np.int64))
    found = PredictedObjects(boxes, np.linspace(1, 0.5, 150), np.zeros(150, np.int64))
    table = match_objects([true], [found], ["cell"])
    assert (len(table.rows[0][0].hit), len(table.whole[0].hit)) == (100, 150)
    assert instance_f1([true], [found], ["cell"], use_masks=False).f1 == 1.0
    # COCO's own: two thirds of the recalls are reached.
    ap50 = evaluate_detection([true], [found], ["cell"]).ap50
    assert ap50 == pytest.approx(67 / 101)
    assert table.average_precision(np.ones((1, 1)))[0, 0] == pytest.approx(ap50, abs=1e-9)


def test_instance_f1__unsure_answers_do_not_count() -> None:
    mask = np.zeros((SIDE, SIDE), bool)
    mask[:20, :20] = True
    other = np.roll(mask, 80, axis=0)
    true = TruthObjects(np.zeros((2, 4)), np.array([0, 0]), masks=[as_rle(mask), as_rle(other)])
    found = PredictedObjects(np.zeros((2, 4)), np.array([0.9, 0.1]), np.array([0, 0]), [as_rle(mask), as_rle(other)])
    told = instance_f1([true], [found], NAMES)
    assert (told.precision, told.recall, told.f1) == (1.0, 0.5, pytest.approx(2 / 3))
    assert instance_f1([true], [found], NAMES, score_threshold=0).f1 == 1.0
    nothing = TruthObjects(np.zeros((0, 4)), np.zeros(0, np.int64), masks=[])
    nobody = PredictedObjects(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64), [])
    assert instance_f1([nothing], [nobody], NAMES).f1 is None


def test_confusion_of_objects__by_masks_rather_than_boxes() -> None:
    # Two L-shaped halves of one box: the boxes are the same, the masks share nothing.
    upper = np.zeros((SIDE, SIDE), bool)
    upper[:40, :40] = np.triu(np.ones((40, 40), bool), 1)
    lower = np.zeros((SIDE, SIDE), bool)
    lower[:40, :40] = np.tril(np.ones((40, 40), bool), -1)
    box = np.array([[0.0, 0, 40, 40]])
    true = TruthObjects(box, np.array([0]), masks=[as_rle(upper)])
    found = PredictedObjects(box, np.array([0.9]), np.array([0]), [as_rle(lower)])
    assert overlaps(true, found, use_masks=True).tolist() == [[0.0]]
    by_box = confusion_of_objects([true], [found], NAMES)
    by_mask = confusion_of_objects([true], [found], NAMES, use_masks=True)
    assert (by_box.images[0].matched, by_mask.images[0].missed, by_mask.images[0].spurious) == (1, 1, 1)


@pytest.mark.parametrize("seed", range(4))
def test_stepwise_ap__equals_scikit_learn_with_weights(seed: int) -> None:
    from sklearn.metrics import average_precision_score

    rng = np.random.default_rng(seed)
    truth, scores = rng.random((60, 1)) < 0.3, rng.integers(0, 9, (60, 1)) / 8
    weights = rng.integers(0, 4, (5, 60)).astype(np.float64)
    (ranking,) = rank_labels(truth, scores)
    expected = [average_precision_score(truth[:, 0], scores[:, 0], sample_weight=row) for row in weights]
    assert stepwise_ap(ranking, weights.T).tolist() == pytest.approx(expected, abs=1e-12)


def test_interpolated_ap__float32_is_close_and_taking_images_is_a_weight_of_none() -> None:
    rng = np.random.default_rng(3)
    image = rng.integers(0, 50, 400)
    ranking = rank(image, rng.random(400), rng.random(400) < 0.4, np.full(50, 6.0))
    weights = rng.multinomial(50, np.full(50, 0.02), size=20).T.astype(np.float64)
    exact = interpolated_ap(ranking, weights)
    np.testing.assert_allclose(interpolated_ap(ranking, weights.astype(np.float32)), exact, atol=1e-6)
    some = np.arange(10, 30)
    masked = weights.copy()
    masked[:10], masked[30:] = 0, 0
    np.testing.assert_allclose(interpolated_ap(ranking.take(some), weights[some]), interpolated_ap(ranking, masked))


def test_evaluate_labels__by_hand() -> None:
    truth = np.array([[1, 0], [1, 1], [0, 0], [0, 1]], bool)
    scores = np.array([[0.9, 0.1], [0.4, 0.7], [0.6, 0.2], [0.1, 0.3]])
    found = evaluate_labels(truth, scores, ["red", "blue"])
    red, blue = found.per_class
    # Red: right at 0.9, wrong at 0.6, right at 0.4 (not said).
    assert (red.ap, red.precision, red.recall) == (pytest.approx((1 + 2 / 3) / 2), 0.5, 0.5)
    assert (blue.ap, blue.precision, blue.recall) == (1.0, 1.0, 0.5)
    assert found.map == pytest.approx((5 / 6 + 1) / 2)
    assert (found.subset_accuracy, found.hamming_loss) == (0.25, 3 / 8)
    assert found.micro_f1 == pytest.approx(4 / 7)


def test_evaluate_labels__a_label_without_any_item_has_no_precision() -> None:
    found = evaluate_labels(np.array([[1, 0]], bool), np.array([[0.9, 0.2]]), ["red", "blue"])
    assert (found.map, found.per_class[1].ap, found.per_class[1].f1) == (1.0, None, None)


@pytest.mark.parametrize(
    ("truth", "scores", "message"),
    [
        (np.zeros((0, 1), bool), np.zeros((0, 1)), "no labelled images"),
        (np.ones((2, 1), bool), np.ones((2, 2)), "scores \\(2, 2\\), expected \\(2, 1\\)"),
        (np.ones((1, 1), bool), np.array([[np.nan]]), "not a number in \\[0, 1\\]"),
        (np.ones((1, 1), bool), np.array([[3.2]]), "not a number in \\[0, 1\\]"),
    ],
)
def test_evaluate_labels__refuses(truth: BoolArray, scores: np.ndarray, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        evaluate_labels(truth, scores, ["red"])


def test_evaluate_pixels__by_hand() -> None:
    # Rows the truth, columns the answer; the last is no label.
    table = np.array([[[5, 1, 0], [0, 2, 2], [0, 0, 10]], [[0, 0, 0], [0, 0, 0], [1, 0, 3]]])
    found = evaluate_pixels(table, ["road", "car"])
    road, car = found.per_class
    assert (road.iou, road.dice, road.support, road.n_predicted) == (5 / 7, 10 / 12, 6, 6)
    assert (car.iou, car.precision, car.recall) == (2 / 5, 2 / 3, 0.5)
    assert found.miou == pytest.approx((5 / 7 + 2 / 5) / 2)
    assert found.pixel_accuracy == 20 / 24


def test_evaluate_pixels__refuses_what_is_no_table() -> None:
    with pytest.raises(InvalidInput, match="\\(images, 3, 3\\) is needed"):
        evaluate_pixels(np.zeros((1, 2, 2), np.int64), ["road", "car"])
    with pytest.raises(InvalidInput, match="no labelled images"):
        evaluate_pixels(np.zeros((0, 2, 2), np.int64), ["road"])
    with pytest.raises(InvalidInput, match="negative"):
        evaluate_pixels(np.full((1, 2, 2), -1), ["road"])


def test_evaluate_pixels__a_label_that_is_nowhere_has_no_iou() -> None:
    found = evaluate_pixels(np.array([[[4, 0, 0], [0, 0, 0], [0, 0, 4]]]), ["road", "car"])
    assert (found.miou, found.per_class[1].iou) == (1.0, None)
