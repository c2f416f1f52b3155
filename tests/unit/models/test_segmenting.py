"""Shapes from clicks: outlines, GrabCut, scissors, SAM pairs, kept features, the queue."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from tests.unit.models.tiny_sam import RADIUS, write_pair, write_pair_of_sam1

from whorl.base.errors import Conflict, InvalidInput, ModelError
from whorl.geometry.polygons import polygon_to_mask
from whorl.models.segmenting.adding import add_segmenter
from whorl.models.segmenting.alike import find_alike
from whorl.models.segmenting.choosing import find_pair, list_pairs, segment_image
from whorl.models.segmenting.encoding import EncodingQueue
from whorl.models.segmenting.features import FeatureCache, pack_seen, unpack_seen, write_features
from whorl.models.segmenting.grabcut import grabcut
from whorl.models.segmenting.outlines import found_mask, found_rings, mask_rings
from whorl.models.segmenting.pictures import read_whole, read_window
from whorl.models.segmenting.prompts import Prompts, check_prompts
from whorl.models.segmenting.sam import encode, sniff_pair
from whorl.models.segmenting.scissors import trace_path

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
Bits = np.ndarray[Any, np.dtype[np.bool_]]


def ring_scene(*, hole: int = 0, width: int = 160, height: int = 120) -> tuple[Pixels, Bits]:
    """A bright ellipse, maybe with a hole, on a dark ground with grain; and its true mask."""
    random = np.random.default_rng(0)
    pixels = random.integers(20, 60, (height, width, 3)).astype(np.uint8)
    rows, columns = np.mgrid[:height, :width] + 0.5
    truth = ((columns - width / 2) / (width / 4)) ** 2 + ((rows - height / 2) / (height / 4)) ** 2 <= 1
    truth &= (columns - width / 2) ** 2 + (rows - height / 2) ** 2 >= hole**2
    pixels[truth] += np.array([140, 90, 20], np.uint8)
    return pixels, truth


EXTREMES = ((40.0, 60.0), (80.0, 30.0), (120.0, 60.0), (80.0, 90.0))


def iou(a: Bits, b: Bits) -> float:
    return float((a & b).sum() / (a | b).sum())


def fill(rings: Any, like: Bits) -> Bits:
    return polygon_to_mask(rings, width=like.shape[1], height=like.shape[0])


@pytest.mark.parametrize("seed", range(5))
def test_mask_rings__without_tolerance_give_the_mask_back(seed: int) -> None:
    random = np.random.default_rng(seed)
    mask = cv2.resize(random.random((6, 8)).astype(np.float32), (40, 30)) > 0.5
    mask |= random.random((30, 40)) > 0.95
    assert np.array_equal(fill(mask_rings(mask, tolerance_px=0), mask), mask)


def test_mask_rings__a_small_object_keeps_its_size() -> None:
    truth = ring_scene(width=80, height=80)[1]
    rings = mask_rings(truth, tolerance_px=5)
    assert len(rings[0]) < 40
    assert iou(fill(rings, truth), truth) > 0.97


def test_grabcut__a_real_hole_stays_and_a_click_says_that_there_is_none() -> None:
    pixels, truth = ring_scene(hole=12)
    found = grabcut(pixels, Prompts(extremes=EXTREMES))
    assert len(found_rings(found, tolerance_px=1)) == 2
    assert iou(fill(found_rings(found, tolerance_px=1), truth), truth) > 0.96
    filled = grabcut(pixels, Prompts(extremes=EXTREMES, include=((80.0, 60.0),)))
    assert filled.mask is not None
    assert filled.mask[int(60 - filled.y0), int(80 - filled.x0)]


def test_grabcut__same_click_same_shape() -> None:
    pixels, _ = ring_scene()
    first, second = (grabcut(pixels, Prompts(extremes=EXTREMES)) for _ in range(2))
    assert found_rings(first, tolerance_px=1) == found_rings(second, tolerance_px=1)


def test_grabcut__a_large_picture_is_cut_at_a_bounded_size() -> None:
    pixels, truth = ring_scene(width=1600, height=1200)
    scaled = tuple((x * 10, y * 10) for x, y in EXTREMES)
    found = grabcut(pixels, Prompts(extremes=scaled))
    assert iou(fill(found_rings(found, tolerance_px=1), truth), truth) > 0.97


@pytest.mark.parametrize(
    ("pixels", "prompts", "words"),
    [
        (np.full((60, 60, 3), 90, np.uint8), Prompts(box=(10, 10, 40, 40)), "cannot be told"),
        (ring_scene()[0], Prompts(box=(10, 10, 12, 30)), "smaller than 4 pixels"),
        (np.zeros((1, 1, 3), np.uint8), Prompts(box=(0, 0, 1, 1)), "smaller than 4 pixels"),
    ],
)
def test_grabcut__where_nothing_is_to_be_seen_the_box_comes_back(pixels: Any, prompts: Prompts, words: str) -> None:
    found = grabcut(pixels, prompts)
    assert words in (found.problem or "")
    assert found.rings is not None
    x0, y0, x1, y1 = prompts.bounds or (0, 0, 0, 0)
    assert found.rings == [[(x0, y0), (x1, y0), (x1, y1), (x0, y1)]]


def test_grabcut__extreme_points_in_plain_colour_give_their_ellipse() -> None:
    found = grabcut(np.full((120, 160, 3), 90, np.uint8), Prompts(extremes=EXTREMES))
    truth = ring_scene()[1]
    assert found.problem is not None
    assert iou(fill(found.rings, truth), truth) > 0.95


def test_grabcut__a_box_that_is_the_whole_image_still_finds_it() -> None:
    pixels, truth = ring_scene()
    found = grabcut(pixels, Prompts(box=(0, 0, 160, 120)))
    assert iou(fill(found_rings(found, tolerance_px=1), truth), truth) > 0.9


@pytest.mark.parametrize(
    "prompts",
    [
        Prompts(),
        Prompts(exclude=((3, 3),)),
        Prompts(include=((-1, 3),)),
        Prompts(include=((float("nan"), 3),)),
        Prompts(box=(200, 0, 210, 10)),
        Prompts(extremes=((1, 1),)),
    ],
)
def test_check_prompts__refuses_what_says_nothing(prompts: Prompts) -> None:
    with pytest.raises(InvalidInput):
        check_prompts(prompts, width=160, height=120)


def test_trace_path__follows_an_edge_and_keeps_the_points() -> None:
    pixels, truth = ring_scene()
    path = trace_path(pixels, list(EXTREMES), is_closed=True)
    assert set(EXTREMES) <= set(path)
    assert iou(fill([path], truth), truth) > 0.97
    opened = trace_path(pixels, list(EXTREMES))
    assert (opened[0], opened[-1]) == (EXTREMES[0], EXTREMES[-1])


def test_trace_path__survives_points_that_meet_and_a_single_pixel() -> None:
    assert trace_path(np.zeros((1, 1, 3), np.uint8), [(0, 0), (1, 1)]) == [(0, 0), (1, 1)]
    assert trace_path(ring_scene()[0], [(5, 5), (5, 5)]) == [(5, 5), (5, 5)]


def test_find_alike__finds_the_others_and_moves_the_polygon() -> None:
    random = np.random.default_rng(1)
    pixels = random.integers(30, 60, (200, 260, 3)).astype(np.uint8)
    centres = [(40, 40), (130, 50), (210, 60), (60, 140), (190, 150)]
    for x, y in centres:
        cv2.circle(pixels, (x, y), 16, (200, 60, 40), -1)
        cv2.circle(pixels, (x, y), 8, (40, 60, 200), -1)
    cv2.rectangle(pixels, (110, 120), (140, 150), (60, 200, 60), -1)
    ring = [(24.0, 24.0), (56.0, 24.0), (40.0, 56.0)]
    found = find_alike(pixels, (23, 23, 57, 57), rings=[ring], min_score=0.5)
    places = {tuple(np.round([(one.box[0] + one.box[2]) / 2, (one.box[1] + one.box[3]) / 2], -1)) for one in found}
    assert len(found) == 4
    assert places == {(130, 50), (210, 60), (60, 140), (190, 150)}
    assert all(one.rings is not None and 0.5 <= one.score <= 1 for one in found)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "models"
    write_pair(folder / "segmenters" / "tiny")
    return folder


def test_sam__a_click_in_pixels_of_the_image_lands_in_the_models_square(models: Path) -> None:
    found = find_pair(models)
    assert found is not None
    assert found.pair is not None
    assert sniff_pair(found.pair) == "sam2"
    pixels = np.zeros((256, 512, 3), np.uint8)
    shape = segment_image(pixels, Prompts(include=((128.0, 64.0),)), pair=found.pair)
    mask = found_mask(shape, width=512, height=256)
    # The square is the image stretched: the disc is an ellipse twice as wide as high.
    rows, columns = np.mgrid[:256, :512] + 0.5
    truth = ((columns - 128) * 2) ** 2 + ((rows - 64) * 4) ** 2 <= RADIUS**2
    assert mask is not None
    assert iou(fill(found_rings(shape, tolerance_px=0.5), truth), truth) > 0.98
    assert shape.score == pytest.approx(0.9)


def test_sam1__keeps_the_aspect_and_scales_clicks_by_the_longer_side(tmp_path: Path) -> None:
    write_pair_of_sam1(tmp_path / "segmenters" / "first")
    found = find_pair(tmp_path)
    assert found is not None
    assert found.pair is not None
    assert sniff_pair(found.pair) == "sam1"
    seen = encode(found.pair, np.zeros((256, 512, 3), np.uint8))
    assert (seen.seen_width, seen.seen_height, list(seen.tensors)) == (1024, 512, ["image_embeddings"])
    shape = segment_image(
        np.zeros((256, 512, 3), np.uint8), Prompts(include=((128.0, 64.0),)), pair=found.pair, seen=seen
    )
    rows, columns = np.mgrid[:256, :512] + 0.5
    truth = (columns - 128) ** 2 + (rows - 64) ** 2 <= (RADIUS / 2) ** 2
    assert iou(fill(found_rings(shape, tolerance_px=0.5), truth), truth) > 0.98


def test_sam__features_survive_their_file(models: Path, tmp_path: Path) -> None:
    found = find_pair(models)
    assert found is not None
    assert found.pair is not None
    seen = encode(found.pair, ring_scene()[0])
    again = unpack_seen(pack_seen(seen))
    assert (again.width, again.height, again.family) == (160, 120, "sam2")
    assert all(np.array_equal(again.tensors[name], tensor) for name, tensor in seen.tensors.items())
    size = write_features(found.pair, ring_scene()[0], str(tmp_path / "a" / "x.features"), max_pixels=10**6)
    assert (tmp_path / "a" / "x.features").stat().st_size == size
    for broken in (b"", b"WHS1", pack_seen(seen)[:-9], b"XXXX" + pack_seen(seen)[4:]):
        with pytest.raises(ModelError):
            unpack_seen(broken)


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda folder: (folder / "decoder.onnx").unlink(), "decoder missing"),
        (lambda folder: (folder / "decoder.onnx").write_bytes(b"no model"), "cannot be read"),
        (lambda folder: os.replace(folder / "encoder.onnx", folder / "decoder.onnx"), "encoder missing"),
        (
            lambda folder: (folder / "decoder.onnx").write_bytes((folder / "encoder.onnx").read_bytes()),
            "no decoder of the SAM family: its inputs are image",
        ),
    ],
)
def test_list_pairs__says_what_is_wrong_with_files(tmp_path: Path, break_it: Any, words: str) -> None:
    break_it(write_pair(tmp_path / "segmenters" / "mine"))
    told = [one for one in list_pairs(tmp_path) if one.name == "mine"]
    assert words in (told[0].problem or "")
    assert find_pair(tmp_path) is None


def test_feature_cache__the_least_recently_used_go_first(tmp_path: Path) -> None:
    cache = FeatureCache(tmp_path, limit_bytes=25)
    for number, name in enumerate("abc"):
        path = cache.place("s" * 64, name, None)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"0" * 10)
        os.utime(path, (number, number))
    assert cache.find("s" * 64, "a", None) is not None
    assert cache.trim() == 1
    assert [cache.find("s" * 64, name, None) is not None for name in "abc"] == [True, False, True]


def test_encoding_queue__newest_first_one_at_a_time_and_failures_are_told() -> None:
    queue, done, gate = EncodingQueue(), [], threading.Event()
    first, old, new, gone = (Path(name) for name in ("first", "old", "new", "gone"))

    def wait() -> None:
        gate.wait(60)
        done.append("first")

    queue.ask(first, wait)
    while queue.state(first)[0] != "encoding":
        threading.Event().wait(0.001)

    def fail() -> None:
        done.append("old")
        raise ModelError("no")

    queue.ask(old, fail)
    queue.ask(gone, lambda: done.append("gone"))
    queue.ask(new, lambda: done.append("new"))
    assert queue.state(new)[0] == "waiting"
    assert (queue.cancel(gone), queue.cancel(gone)) == (True, False)
    gate.set()
    assert queue.wait(old, timeout_s=60)
    assert done == ["first", "new", "old"]
    assert queue.state(old) == ("failed", "no.")
    queue.stop()


def test_pictures__large_ones_come_smaller_and_windows_know_their_place() -> None:
    pixels = ring_scene(width=400, height=200)[0]
    data = cv2.imencode(".png", pixels[:, :, ::-1])[1].tobytes()
    whole = read_whole(data, most_px=20_000, max_pixels=10**6)
    assert (whole.rgb.shape, whole.scale, whole.width) == ((100, 200, 3), 0.5, 400)
    window = read_window(data, (100, 50, 180, 150), most_px=10**6, max_pixels=10**6)
    assert np.array_equal(window.rgb, pixels[50:150, 100:180])
    assert (window.x0, window.y0, window.scale) == (100, 50, 1)


def test_add_segmenter__copies_a_pair_that_is_one(tmp_path: Path) -> None:
    source = write_pair(tmp_path / "source")
    files = (source / "encoder.onnx", source / "decoder.onnx")
    models = tmp_path / "models"
    assert add_segmenter(*files, name="mine", models=models) == (models / "segmenters" / "mine", "sam2")
    found = find_pair(models)
    assert found is not None
    assert (found.name, found.problem) == ("mine", None)
    with pytest.raises(Conflict):
        add_segmenter(*files, name="mine", models=models)
    with pytest.raises(ModelError, match="Swap|no decoder"):
        add_segmenter(*reversed(files), name="swapped", models=models)
    for name in ("", "../x", "grabcut", "A"):
        with pytest.raises(InvalidInput):
            add_segmenter(*files, name=name, models=models)
    assert [path.name for path in (models / "segmenters").iterdir()] == ["mine"]
