"""Tiles cover the image, and what was seen in tiles comes back whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from whorl.base.errors import InvalidInput, ShapeError
from whorl.geometry.boxes import FloatArray, IndexArray, box_iou
from whorl.geometry.tiling import MergedBoxes, merge_tile_boxes, plan_tiles

Found = tuple[FloatArray, FloatArray, IndexArray, IndexArray]


def _look(objects: FloatArray, labels: IndexArray, tiles: IndexArray, *, seed: int = 0) -> Found:
    """What a model that sees everything says in each tile: boxes in the tile's pixels, scores, labels, tile."""
    boxes, kinds, where = [np.zeros((0, 4))], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for index, (x0, y0, x1, y1) in enumerate(tiles.tolist()):
        cut = np.column_stack(
            [
                np.clip(objects[:, 0], x0, x1),
                np.clip(objects[:, 1], y0, y1),
                np.clip(objects[:, 2], x0, x1),
                np.clip(objects[:, 3], y0, y1),
            ]
        )
        seen = ((cut[:, 2:] - cut[:, :2]) > 0).all(axis=1)
        boxes.append(cut[seen] - [x0, y0, x0, y0])
        kinds.append(labels[seen])
        where.append(np.full(int(seen.sum()), index))
    placed = np.concatenate(boxes)
    scores = np.random.default_rng(seed).uniform(0.3, 1, len(placed))
    return placed, scores, np.concatenate(kinds), np.concatenate(where)


def _rows(boxes: FloatArray, labels: IndexArray) -> list[tuple[float, ...]]:
    return sorted((*box, label) for box, label in zip(boxes.tolist(), labels.tolist(), strict=True))


def _merge(found: Found, tiles: IndexArray) -> MergedBoxes:
    return merge_tile_boxes(*found, tiles)


# 600 px in tiles of 64 with nine tenths in common are less than the 10,000 tiles that are allowed.
@example(5000, 4999, 640, 0.25)
@given(st.integers(1, 600), st.integers(1, 600), st.integers(64, 700), st.floats(0, 0.9, allow_nan=False))
def test_plan_tiles__covers_everything_and_overlaps_enough(width: int, height: int, size: int, overlap: float) -> None:
    tiles = plan_tiles(width, height, size=size, overlap=overlap)
    assert (tiles[:, 0].min(), tiles[:, 1].min(), tiles[:, 2].max(), tiles[:, 3].max()) == (0, 0, width, height)
    assert set((tiles[:, 2] - tiles[:, 0]).tolist()) == {min(size, width)}
    assert set((tiles[:, 3] - tiles[:, 1]).tolist()) == {min(size, height)}
    for low, high in ((0, 2), (1, 3)):
        starts = sorted(set(tiles[:, low].tolist()))
        ends = sorted(set(tiles[:, high].tolist()))
        shared = [end - start for start, end in zip(starts[1:], ends[:-1], strict=True)]
        # One pixel at least remains for a step, however large the overlap asked for.
        assert all(one >= min(np.ceil(size * overlap), size - 1) for one in shared)


def test_plan_tiles__a_small_image_is_one_tile() -> None:
    assert plan_tiles(30, 20, size=100).tolist() == [[0, 0, 30, 20]]
    assert plan_tiles(100, 100, size=100).tolist() == [[0, 0, 100, 100]]
    assert plan_tiles(150, 100, size=100, overlap=0.5).tolist() == [[0, 0, 100, 100], [50, 0, 150, 100]]


@pytest.mark.parametrize(
    ("width", "size", "overlap"), [(0, 10, 0.2), (100, 0, 0.2), (100, 10, -0.1), (100, 10, 0.95), (10**6, 10, 0.0)]
)
def test_plan_tiles__refuses(width: int, size: int, overlap: float) -> None:
    with pytest.raises(InvalidInput, match="tiles of"):
        plan_tiles(width, 100, size=size, overlap=overlap)


@st.composite
def _scenes(draw: st.DrawFn) -> tuple[FloatArray, IndexArray, IndexArray]:
    """Objects that keep a distance from each other, with labels, and tiles."""
    size, overlap = draw(st.integers(80, 300)), draw(st.sampled_from([0.0, 0.1, 0.25, 0.5]))
    columns, rows, cell = draw(st.integers(1, 5)), draw(st.integers(1, 5)), draw(st.integers(40, 400))
    objects = []
    for row in range(rows):
        for column in range(columns):
            x0, y0 = draw(st.integers(4, cell - 20)), draw(st.integers(4, cell - 20))
            x1, y1 = draw(st.integers(x0 + 8, cell - 4)), draw(st.integers(y0 + 8, cell - 4))
            objects.append([column * cell + x0, row * cell + y0, column * cell + x1, row * cell + y1])
    labels = draw(st.lists(st.integers(0, 2), min_size=len(objects), max_size=len(objects)))
    tiles = plan_tiles(columns * cell, rows * cell, size=size, overlap=overlap)
    return np.array(objects, np.float64), np.array(labels, np.int64), tiles


@given(_scenes(), st.integers(0, 3))
@settings(max_examples=100, deadline=None)
def test_merge__what_was_cut_into_tiles_comes_back(scene: tuple[FloatArray, IndexArray, IndexArray], seed: int) -> None:
    objects, labels, tiles = scene
    merged = _merge(_look(objects, labels, tiles, seed=seed), tiles)
    assert _rows(merged.boxes, merged.labels) == _rows(objects, labels)


@given(_scenes())
@settings(max_examples=50, deadline=None)
def test_merge__says_where_each_box_went(scene: tuple[FloatArray, IndexArray, IndexArray]) -> None:
    found = _look(*scene)
    merged = _merge(found, scene[2])
    assert (np.diff(merged.scores) <= 0).all()
    assert merged.owners.shape == found[1].shape
    for index in range(len(merged.boxes)):
        parts = np.flatnonzero(merged.owners == index)
        assert merged.sources[index] in parts
        assert merged.scores[index] == found[1][merged.sources[index]]
        placed = found[0][parts] + scene[2][found[3][parts]][:, [0, 1, 0, 1]]
        whole = merged.boxes[index]
        assert (placed[:, :2] >= whole[:2]).all()
        assert (placed[:, 2:] <= whole[2:]).all()


def test_merge__one_tile_changes_nothing() -> None:
    tiles = plan_tiles(100, 100, size=100)
    boxes = np.array([[0, 0, 50, 50], [1, 1, 50, 50], [0, 0, 100, 100]], np.float64)
    merged = merge_tile_boxes(boxes, [0.5, 0.9, 0.7], [0, 0, 0], [0, 0, 0], tiles)
    assert merged.boxes.tolist() == [[1, 1, 50, 50], [0, 0, 100, 100], [0, 0, 50, 50]]
    assert (merged.sources.tolist(), merged.owners.tolist()) == ([1, 2, 0], [2, 0, 1])


def test_merge__the_better_of_two_whole_boxes_stays() -> None:
    tiles = plan_tiles(150, 100, size=100, overlap=0.5)
    merged = merge_tile_boxes([[60, 10, 90, 40], [11, 11, 41, 41]], [0.6, 0.8], [1, 1], [0, 1], tiles)
    assert (merged.boxes.tolist(), merged.owners.tolist()) == ([[61, 11, 91, 41]], [-1, 0])


def test_merge__two_labels_stay_two() -> None:
    tiles = plan_tiles(150, 100, size=100, overlap=0.5)
    merged = merge_tile_boxes([[60, 10, 90, 40], [10, 10, 40, 40]], [0.6, 0.8], [1, 2], [0, 1], tiles)
    assert len(merged.boxes) == 2


def test_merge__neighbours_across_a_border_are_not_joined() -> None:
    # Each ends near the border, but what the two tiles see there lies at different heights.
    tiles = plan_tiles(180, 100, size=100, overlap=0.2)
    merged = merge_tile_boxes([[70, 10, 100, 30], [0, 60, 40, 80]], [0.6, 0.8], [0, 0], [0, 1], tiles)
    assert sorted(merged.boxes.tolist()) == [[70, 10, 100, 30], [80, 60, 120, 80]]


def test_merge__a_lone_part_in_a_whole_box_goes_even_when_it_is_surer() -> None:
    # The part ends at the border and covers only the middle of what the other tile sees whole.
    tiles = plan_tiles(150, 100, size=100, overlap=0.5)
    merged = merge_tile_boxes([[80, 42, 100, 58], [10, 0, 90, 100]], [0.9, 0.4], [0, 0], [0, 1], tiles)
    assert (merged.boxes.tolist(), merged.owners.tolist()) == ([[60, 0, 140, 100]], [-1, 0])


def test_merge__nothing_found() -> None:
    merged = merge_tile_boxes([], [], [], [], plan_tiles(100, 100, size=50))
    assert (merged.boxes.shape, merged.owners.shape) == ((0, 4), (0,))


@pytest.mark.parametrize(
    ("boxes", "scores", "tile"), [([[0, 0, 1, 1]], [], [0]), ([[0, 0, 1, 1]], [1], [9]), ([[0, 0, 1]], [1], [0])]
)
def test_merge__shapes_that_do_not_fit(boxes: list[list[float]], scores: list[float], tile: list[int]) -> None:
    with pytest.raises(ShapeError):
        merge_tile_boxes(boxes, scores, [0], tile, plan_tiles(100, 100, size=50))


def test_merge__crowded_and_noisy__keeps_what_the_plain_rules_keep() -> None:
    rng = np.random.default_rng(5)
    for trial in range(6):
        width = 900
        centres, sides = rng.uniform(0, width, (220, 2)), rng.uniform(10, 90, (220, 2))
        objects = np.clip(np.concatenate([centres - sides / 2, centres + sides / 2], axis=1), 0, width)
        objects[0] = [0, 100, width, 160]
        tiles = plan_tiles(width, width, size=200, overlap=(0.0, 0.2, 0.4)[trial % 3])
        placed, scores, labels, tile = _look(objects, rng.integers(0, 3, 220), tiles, seed=trial)
        boxes = placed + rng.normal(0, 1.5, placed.shape)
        boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2] + 1)
        merged = merge_tile_boxes(boxes, scores, labels, tile, tiles)
        expected = _plain_merge(boxes, scores, labels, tile, tiles)
        assert _rows(merged.boxes, merged.labels) == expected


def _plain_merge(  # noqa: C901 - the rules in one place, to be read beside the docstring
    boxes: FloatArray, scores: FloatArray, labels: IndexArray, tile: IndexArray, tiles: IndexArray
) -> list[tuple[float, ...]]:
    """The rules of ``merge_tile_boxes`` in plain loops over all pairs."""
    edge, whole = 2.0, [tiles[:, 0].min(), tiles[:, 1].min(), tiles[:, 2].max(), tiles[:, 3].max()]
    at = boxes + tiles[tile][:, [0, 1, 0, 1]]
    n = len(at)

    def opens(i: int) -> list[bool]:
        own = tiles[tile[i]]
        return [
            (at[i][s] <= own[s] + edge if s < 2 else at[i][s] >= own[s] - edge) and own[s] != whole[s] for s in range(4)
        ]

    ends = [opens(i) for i in range(n)]
    candidates: list[tuple[float, int, int]] = []
    meets: list[tuple[int, int]] = []
    for i in range(n):
        for j in range(i + 1, n):
            if labels[i] != labels[j] or tile[i] == tile[j]:
                continue
            if any(min(at[i][s + 2], at[j][s + 2]) + 2 * edge <= max(at[i][s], at[j][s]) for s in (0, 1)):
                continue
            meets.append((i, j))
            a, b = tiles[tile[i]], tiles[tile[j]]
            further = [b[0] < a[0], b[1] < a[1], b[2] > a[2], b[3] > a[3]]
            back = [a[0] < b[0], a[1] < b[1], a[2] > b[2], a[3] > b[3]]
            if not any((ends[i][s] and further[s]) or (ends[j][s] and back[s]) for s in range(4)):
                continue
            low = [max(a[s], b[s]) - edge for s in (0, 1)]
            high = [min(a[s], b[s]) + edge for s in (2, 3)]
            shown = []
            for k, own in ((i, a), (j, b)):
                wide = [own[s] + (-edge if s < 2 else edge) if ends[k][s] else at[k][s] for s in range(4)]
                shown.append([min(max(wide[s], low[s % 2]), high[s % 2]) for s in range(4)])
            alike = float(box_iou(shown[:1], shown[1:])[0, 0])
            if alike >= 0.5:
                candidates.append((alike, i, j))
    group = list(range(n))
    for alike, i, j in candidates:
        rivals = [c for c in candidates if (i in c[1:] and tile[j] in (tile[c[1]], tile[c[2]]))]
        rivals += [c for c in candidates if (j in c[1:] and tile[i] in (tile[c[1]], tile[c[2]]))]
        if all((c[0], -c[1], -c[2]) <= (alike, -i, -j) for c in rivals):
            old, new = max(group[i], group[j]), min(group[i], group[j])
            group = [new if one == old else one for one in group]
    members = {head: [i for i in range(n) if group[i] == head] for head in sorted(set(group))}
    box = {
        h: [min(at[i][0] for i in m), min(at[i][1] for i in m), max(at[i][2] for i in m), max(at[i][3] for i in m)]
        for h, m in members.items()
    }
    best = {h: min(m, key=lambda i: (-scores[i], i)) for h, m in members.items()}
    lone = {h: len(m) == 1 and any(ends[m[0]]) for h, m in members.items()}
    near = {(group[i], group[j]) for i, j in meets} | {(group[j], group[i]) for i, j in meets}
    kept: list[int] = []
    for h in sorted(members, key=lambda h: (lone[h], -scores[best[h]], h)):
        gone = False
        for k in kept:
            if (h, k) not in near or tile[best[h]] == tile[best[k]]:
                continue
            area = (box[h][2] - box[h][0]) * (box[h][3] - box[h][1])
            bigger = (box[k][2] - box[k][0]) * (box[k][3] - box[k][1])
            sides = [min(box[h][s + 2], box[k][s + 2]) - max(box[h][s], box[k][s]) for s in (0, 1)]
            shared = max(sides[0], 0) * max(sides[1], 0)
            if shared / (area + bigger - shared) > 0.5 or (lone[h] and shared >= 0.7 * area and bigger > area):
                gone = True
        if not gone:
            kept.append(h)
    return sorted((*map(float, box[h]), int(labels[best[h]])) for h in kept)
