"""Suppression and merging keep what SAHI keeps: by its rules in plain loops, by its own cases, and by itself."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput, ShapeError
from whorl.geometry.meeting import cross_pairs, self_pairs
from whorl.geometry.suppression import MergedGroups, greedy_nmm, nmm, nms

GOLDEN = Path(__file__).parents[2] / "golden" / "sahi_kept.json"
# float32 x0 y0 x1 y1, score, label.
Rows = NDArray[np.float32]
WAYS: dict[str, Callable[..., MergedGroups]] = {"greedy_nmm": greedy_nmm, "nmm": nmm}


def _draw(rng: np.random.Generator, kind: str, n: int) -> Rows:
    """Boxes that crowd, scatter, sit on a grid with equal scores, or are of all sizes."""
    side = {"crowded": 150, "scattered": 3000, "ties": 300, "mixed": 600}[kind]
    middles, sizes = rng.uniform(0, side, (n, 2)), rng.uniform(5, 60, (n, 2))
    scores = rng.uniform(0, 1, n)
    if kind == "ties":
        middles, sizes, scores = middles.round(-1), sizes.round(-1) + 10, rng.integers(1, 4, n) / 4
    if kind == "mixed":
        sizes = np.exp(rng.normal(2.5, 1.3, (n, 2)))
    boxes = np.concatenate([middles - sizes / 2, middles + sizes / 2], axis=1)
    return np.column_stack([boxes, scores, rng.integers(0, 3, n)]).astype(np.float32)


def _plain_overlap(boxes: Rows, metric: str) -> Rows:
    low, high = np.maximum(boxes[:, None, :2], boxes[None, :, :2]), np.minimum(boxes[:, None, 2:4], boxes[None, :, 2:4])
    shared = np.prod(np.maximum(high - low, 0), axis=2)
    area = np.prod(boxes[:, 2:4] - boxes[:, :2], axis=1)
    whole = np.minimum(area[:, None], area) if metric == "ios" else area[:, None] + area - shared
    return np.asarray(np.divide(shared, whole, out=np.zeros_like(shared), where=whole > 0))


def _plain(rows: Rows, way: str, metric: str, threshold: float) -> dict[int, list[int]]:
    """Who keeps whom, one box after the other; all labels meet."""
    match = _plain_overlap(rows[:, :4], metric) >= threshold
    order = sorted(range(len(rows)), key=lambda i: (-rows[i, 4], *rows[i, :4].tolist(), i))
    kept: dict[int, list[int]] = {}
    owner: dict[int, int] = {}
    for place, i in enumerate(order):
        if i in owner and way != "nmm":
            continue
        head = owner.setdefault(i, i)
        group = kept.setdefault(head, [])
        others = order[place + 1 :] if way != "nmm" else range(len(rows))
        for j in others:
            below = rows[i, 4] > rows[j, 4] or (
                rows[i, 4] == rows[j, 4] and rows[j, :4].tolist() <= rows[i, :4].tolist()
            )
            if j != i and match[i, j] and j not in owner and (way != "nmm" or below):
                owner[j] = head
                group.append(j)
    return kept


def _groups(found: MergedGroups) -> dict[int, list[int]]:
    groups: dict[int, list[int]] = {int(source): [] for source in found.sources}
    for index, owner in enumerate(found.owners.tolist()):
        if index != found.sources[owner]:
            groups[int(found.sources[owner])].append(index)
    return groups


@pytest.mark.parametrize("kind", ["crowded", "scattered", "ties", "mixed"])
@pytest.mark.parametrize("metric", ["iou", "ios"])
def test_keeps_what_the_rules_keep(kind: str, metric: Any) -> None:
    rng = np.random.default_rng(len(kind) + len(metric))
    for n, threshold in ((0, 0.5), (1, 0.5), (2, 0.3), (90, 0.5), (90, 0.1), (90, 0.8)):
        rows = _draw(rng, kind, n)
        expected = _plain(rows, "nms", metric, threshold)
        assert nms(rows[:, :4], rows[:, 4], threshold=threshold, metric=metric).tolist() == list(expected)
        for name, way in WAYS.items():
            found = way(rows[:, :4], rows[:, 4], threshold=threshold, metric=metric)
            plain = _plain(rows, name, metric, threshold)
            assert _groups(found) == {head: sorted(group) for head, group in plain.items()}
            assert found.sources.tolist() == list(plain)


def test_many_crowded_boxes__settled_in_parts_as_at_once() -> None:
    rows = _draw(np.random.default_rng(3), "crowded", 6000)
    kept = nms(rows[:, :4], rows[:, 4], threshold=0.4)
    found = greedy_nmm(rows[:, :4], rows[:, 4], threshold=0.4)
    assert kept.tolist() == found.sources.tolist()
    overlap = _plain_overlap(rows[kept, :4], "iou")
    assert (overlap[~np.eye(len(kept), dtype=bool)] < 0.4).all()
    # Each that goes overlaps the one it went to, and no better one that stayed.
    match = np.stack([_match_row(rows, int(one), 0.4) for one in kept])
    gone = np.setdiff1d(np.arange(len(rows)), kept)
    assert np.array_equal(match[:, gone].argmax(axis=0), found.owners[gone])
    assert match[:, gone].any(axis=0).all()


def _match_row(rows: Rows, one: int, threshold: float) -> NDArray[np.bool_]:
    low, high = np.maximum(rows[one, :2], rows[:, :2]), np.minimum(rows[one, 2:4], rows[:, 2:4])
    shared = np.prod(np.maximum(high - low, 0), axis=1)
    area = np.prod(rows[:, 2:4] - rows[:, :2], axis=1)
    better = (rows[one, 4] > rows[:, 4]) | (np.arange(len(rows)) == one)
    return np.asarray((shared / (area[one] + area - shared) >= threshold) & better)


def test_a_long_chain__every_second_one_stays() -> None:
    steps = np.arange(400.0)
    boxes = np.column_stack([steps * 4, steps * 0, steps * 4 + 10, steps * 0 + 10])
    assert nms(boxes, -steps, threshold=0.4).tolist() == list(range(0, 400, 2))


def test_labels__boxes_of_different_labels_never_meet() -> None:
    rows = _draw(np.random.default_rng(9), "crowded", 120)
    labels = rows[:, 5].astype(np.int64) * 1_000_000_007
    apart = [
        int(which[one])
        for label in np.unique(labels)
        for which in [np.flatnonzero(labels == label)]
        for one in nms(rows[which, :4], rows[which, 4])
    ]
    assert sorted(nms(rows[:, :4], rows[:, 4], labels=labels).tolist()) == sorted(apart)


def test_greedy_nmm__grows_by_what_still_overlaps() -> None:
    # The third overlaps the first enough, but no more when that has grown by the second.
    boxes = [[0.0, 0.0, 10.0, 10.0], [0.0, 0.0, 10.0, 16.0], [0.0, -5.0, 10.0, 5.1]]
    found = greedy_nmm(boxes, [0.9, 0.8, 0.7], threshold=0.33, labels=[4, 4, 4])
    assert (found.boxes.tolist(), found.scores.tolist(), found.owners.tolist()) == ([[0, 0, 10, 16]], [0.9], [0, 0, 0])


def test_nmm__takes_in_through_another() -> None:
    boxes = [[0, 0, 10, 10], [4, 0, 14, 10], [8, 0, 18, 10]]
    assert nmm(boxes, [0.9, 0.8, 0.7], threshold=0.4).owners.tolist() == [0, 0, 0]
    assert greedy_nmm(boxes, [0.9, 0.8, 0.7], threshold=0.4).owners.tolist() == [0, 0, 1]


def test_one_group_of_many() -> None:
    rng = np.random.default_rng(1)
    boxes = np.array([0, 0, 100, 100]) + rng.uniform(-1, 1, (300, 4))
    found = nmm(boxes, rng.uniform(0, 1, 300))
    assert found.boxes.tolist() == [[*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)]]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"boxes": [[0, 0, 1]], "scores": [1]}, ShapeError),
        ({"boxes": np.zeros((1, 3), np.float32), "scores": [1]}, ShapeError),
        ({"boxes": [[0, 0, 1, 1]], "scores": []}, ShapeError),
        ({"boxes": [[0, 0, 1, 1]], "scores": [1], "labels": []}, ShapeError),
        ({"boxes": [[0, 0, 1, np.nan]], "scores": [1]}, InvalidInput),
        ({"boxes": [[0, 0, 1, 1]], "scores": [np.inf]}, InvalidInput),
        ({"boxes": [[0, 0, 1, 1]], "scores": [1], "threshold": 0}, InvalidInput),
        ({"boxes": [[0, 0, 1, 1]], "scores": [1], "metric": "giou"}, InvalidInput),
    ],
)
def test_bad_input(given: dict[str, Any], error: type[Exception]) -> None:
    for way in (nms, greedy_nmm, nmm):
        with pytest.raises(error):
            way(**given)


def test_boxes_without_area_match_nothing() -> None:
    boxes = [[5, 5, 5, 9], [5, 5, 5, 9], [0, 0, 10, 10], [12, 12, 8, 8]]
    assert nms(boxes, [0.9, 0.8, 0.7, 0.6]).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("kind", ["crowded", "scattered", "ties", "mixed"])
def test_pairs__all_that_meet_and_each_once(kind: str) -> None:
    rng = np.random.default_rng(17)
    rows = _draw(rng, kind, 150)
    boxes, labels = rows[:, :4], rows[:, 5].astype(np.int64)
    meets = (np.maximum(boxes[:, None, :2], boxes[:, :2]) < np.minimum(boxes[:, None, 2:], boxes[:, 2:])).all(axis=2)
    meets &= labels[:, None] == labels
    a, b = self_pairs(boxes, labels)
    expected = {(i, j) for i, j in zip(*np.nonzero(np.triu(meets, 1)), strict=True)}
    assert len(a) == len(expected)
    assert {(min(i, j), max(i, j)) for i, j in zip(a.tolist(), b.tolist(), strict=True)} == expected
    some, others = np.split(rng.permutation(150)[:140], [60])
    a, b = cross_pairs(boxes, labels, some, others)
    expected = {(i, j) for i in some.tolist() for j in others.tolist() if meets[i, j]}
    assert len(a) == len(expected)
    assert set(zip(a.tolist(), b.tolist(), strict=True)) == expected


def _cases(folder: Path) -> Iterator[tuple[str, Rows]]:
    """The boxes of SAHI's own cases, an image each: its detections, and annotations with a few scores made up."""
    said = json.loads((folder / "coco_evaluate" / "result.json").read_text())
    files = sorted((folder / "coco_utils").glob("*coco*.json")) + sorted((folder / "coco_utils").glob("visdrone*.json"))
    named = {"result.json": said} | {file.name: json.loads(file.read_text())["annotations"] for file in files}
    for name, boxes in named.items():
        for image in sorted({one["image_id"] for one in boxes}):
            rows = [
                [*one["bbox"], one.get("score", 1 - number % 3 / 4), one["category_id"]]
                for number, one in enumerate(one for one in boxes if one["image_id"] == image)
            ]
            found = np.array(rows, np.float32)
            found[:, 2:4] += found[:, :2]
            yield f"{name}:{image}", found


def _digest(groups: dict[int, list[int]], boxes: list[list[float]]) -> str:
    said = json.dumps([sorted((head, sorted(group)) for head, group in groups.items()), sorted(boxes)])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def test_sahis_cases__the_set_it_keeps_and_the_boxes_it_merges(shared_dir: Path) -> None:
    found: dict[str, list[str]] = {}
    for name, rows in _cases(shared_dir / "cases" / "sahi" / "tests" / "data"):
        labels = rows[:, 5].astype(np.int64)
        found[name] = [
            _digest(_groups(merged), [[*box, score] for box, score in zip(merged.boxes.tolist(), scores, strict=True)])
            for way in WAYS.values()
            for metric, threshold in (("iou", 0.5), ("ios", 0.5), ("ios", 0.2))
            for merged in [way(rows[:, :4], rows[:, 4], threshold=threshold, metric=metric, labels=labels)]
            for scores in [merged.scores.tolist()]
        ]
    assert len(found) == 60
    assert found == json.loads(GOLDEN.read_text())


def test_sahi_itself(shared_dir: Path) -> None:
    combine = pytest.importorskip("sahi.postprocess.combine", reason="an oracle that Whorl does without")
    prediction = pytest.importorskip("sahi.prediction").ObjectPrediction
    found: dict[str, list[str]] = {}
    for name, rows in _cases(shared_dir / "cases" / "sahi" / "tests" / "data"):
        found[name] = []
        for way, kind in (("greedy_nmm", "GreedyNMM"), ("nmm", "NMM")):
            for metric, threshold in (("IOU", 0.5), ("IOS", 0.5), ("IOS", 0.2)):
                kept = getattr(combine, f"batched_{way}")(rows, metric, threshold)
                assert set(combine.batched_nms(rows, metric, threshold)) == set(
                    nms(rows[:, :4], rows[:, 4], threshold=threshold, metric=metric.lower(), labels=rows[:, 5]).tolist()  # type: ignore[arg-type]
                )
                given = [
                    prediction(bbox=row[:4], score=row[4], category_id=int(row[5]), category_name=str(row[5]))
                    for row in rows.tolist()
                ]
                post = getattr(combine, f"{kind}Postprocess")(
                    match_threshold=threshold, match_metric=metric, class_agnostic=False
                )
                boxes = [[*map(float, one.bbox.to_xyxy()), float(one.score.value)] for one in post(given)]
                found[name].append(_digest(kept, boxes))
    if os.environ.get("WHORL_UPDATE_GOLDEN"):
        GOLDEN.write_text(json.dumps(found, indent=1) + "\n")
    assert found == json.loads(GOLDEN.read_text())
