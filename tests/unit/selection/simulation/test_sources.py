from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage

from whorl.base.errors import FormatError, InvalidInput, NotFound, UnknownFormat
from whorl.models.types import Detections
from whorl.selection.simulation.detecting import DetectorFit, DetectorLearner
from whorl.selection.simulation.keeping import RunFolder
from whorl.selection.simulation.plan import Run, make_plan
from whorl.selection.simulation.running import Places, Wish, simulate
from whorl.selection.simulation.sources import (
    SourceImage,
    choose_model,
    embed_units,
    list_units,
    make_learner,
    read_images,
)


def draw(path: Path, colour: tuple[int, int, int], seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(-40, 40, size=(24, 24, 3))
    PilImage.fromarray(np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)).save(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("photos")
    for seed in range(20):
        draw(root / "red" / f"{seed}.png", (170, 100, 100), seed)
        draw(root / "blue" / f"{seed}.png", (100, 100, 170), 100 + seed)
    return root


@pytest.fixture(scope="module")
def boxed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A COCO set of ten images with two objects each."""
    root = tmp_path_factory.mktemp("coco")
    images, objects = [], []
    for number in range(10):
        draw(root / f"{number}.png", (120, 120, 120), number)
        images.append({"id": number, "file_name": f"{number}.png", "width": 24, "height": 24})
        for at, box in enumerate(([1, 1, 10, 10], [12, 12, 10, 8])):
            objects.append(
                {"id": 2 * number + at, "image_id": number, "category_id": at, "bbox": box, "area": 80, "iscrowd": 0}
            )
    document = {
        "images": images,
        "annotations": objects,
        "categories": [{"id": 0, "name": "a"}, {"id": 1, "name": "b"}],
    }
    (root / "annotations.json").write_text(json.dumps(document))
    return root


def places(tmp_path: Path) -> Places:
    return Places(home=tmp_path, cache=tmp_path / "cache", runs=tmp_path / "runs")


def test_read_images__a_folder_per_class_is_read_without_naming_it(folder: Path) -> None:
    images = read_images(folder)
    assert len(images) == 40
    assert {one.tags for one in images} == {("red",), ("blue",)}
    assert choose_model(images) == "builtin:linear"


def test_list_units__boxes_become_crops_that_stay_with_their_image(boxed: Path, tmp_path: Path) -> None:
    images = read_images(boxed)
    assert choose_model(images) == "builtin:tinydet"
    assert choose_model(images, "linear") == "builtin:linear"
    units = list_units(images)
    assert [(one.image, one.label, one.crop) for one in units[:2]] == [
        (0, "a", (1, 1, 11, 11)),
        (0, "b", (12, 12, 22, 20)),
    ]
    rows = embed_units(images, units, home=tmp_path, cache=tmp_path / "cache", features="hog")
    assert rows.shape[0] == 20
    assert make_learner(images, units, rows).groups.tolist() == [at // 2 for at in range(20)]


def test_embed_units__the_second_time_opens_no_image(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = read_images(folder)[:6]
    units = list_units(images)
    first = embed_units(images, units, home=tmp_path, cache=tmp_path / "cache", features="hog")
    monkeypatch.setattr("whorl.selection.simulation.sources.read_image", lambda path: pytest.fail("read again"))
    assert np.array_equal(first, embed_units(images, units, home=tmp_path, cache=tmp_path / "cache", features="hog"))


def test_simulate__runs_from_a_folder_and_goes_on_from_kept_runs(folder: Path, tmp_path: Path) -> None:
    images, at = read_images(folder), places(tmp_path)
    wish = Wish(strategies=("auto",), budgets=(6, 12), seeds=2, features="hog")
    told: list[tuple[str, int, int]] = []
    found = simulate(images, wish, at, report=lambda *one: told.append(one))
    assert (found.n_pools, found.n_pool, found.n_test, found.metric_name) == (2, 28, 12, "accuracy")
    assert told[0] == ("reads the images", 0, 40)
    assert told[-1] == ("simulates", 4, 4)
    kept = {path: path.stat().st_mtime_ns for path in at.runs.rglob("*.json")}
    assert len(kept) == 4
    assert simulate(images, wish, at, should_stop=lambda: pytest.fail("nothing is left to run")) == found
    assert {path: path.stat().st_mtime_ns for path in at.runs.rglob("*.json")} == kept


def test_simulate__interrupted_at_once_says_that_no_pool_is_finished(folder: Path, tmp_path: Path) -> None:
    wish = Wish(strategies=("auto",), budgets=(6,), seeds=2, features="hog")
    with pytest.raises(InvalidInput, match="no pool was finished"):
        simulate(read_images(folder), wish, places(tmp_path), should_stop=lambda: True)


def test_simulate__bad_wishes_are_refused_before_any_image_is_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("whorl.selection.simulation.sources.read_image", lambda path: pytest.fail("read"))
    images, at = read_images(folder), places(tmp_path)
    for wish, error, message in (
        (Wish(budgets=(29,)), InvalidInput, "above the pool of 28"),
        (Wish(strategies=("hurding",)), NotFound, "no strategy is called hurding"),
        (Wish(model="builtin:huge"), InvalidInput, "no simulation for the model builtin:huge"),
        (Wish(model="tinydet"), InvalidInput, "needs boxes"),
        (Wish(features="dino"), InvalidInput, "no features 'dino'"),
    ):
        with pytest.raises(error, match=message):
            simulate(images, wish, at)
    with pytest.raises(InvalidInput, match="6 labelled items"):
        simulate(images[:6], Wish(), at)


def test_simulate__one_class_only_is_refused(folder: Path, tmp_path: Path) -> None:
    red = [one for one in read_images(folder) if one.tags == ("red",)]
    with pytest.raises(InvalidInput, match="all items have one class"):
        simulate(red, Wish(features="hog"), places(tmp_path))


def test_list_units__images_of_several_classes_are_refused() -> None:
    with pytest.raises(InvalidInput, match="1 images have several classes"):
        list_units([SourceImage(Path("a"), ("x", "y")), SourceImage(Path("b"), ("x",))])


def test_read_images__says_what_is_wrong_with_a_place(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(FormatError):
        read_images(tmp_path / "nowhere")
    with pytest.raises(UnknownFormat):
        read_images(folder, format_name="parchment")
    draw(tmp_path / "plain" / "1.png", (1, 2, 3), 0)
    with pytest.raises(InvalidInput, match="none of 1 images in 'plain' has a label"):
        read_images(tmp_path / "plain")


def test_embed_units__a_broken_image_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    images = [SourceImage(tmp_path / "broken.png", ("red",))]
    with pytest.raises(InvalidInput, match=r"broken\.png"):
        embed_units(images, list_units(images), home=tmp_path, cache=tmp_path / "cache", features="hog")


def test_run_folder__gives_back_what_it_kept_and_nothing_else(tmp_path: Path) -> None:
    plan = make_plan(["auto"], n_items=100, seeds=1, budgets=[10, 20])
    store = RunFolder(tmp_path, "data", plan)
    run = Run("auto", 0, (10, 20), (0.5, 0.75), 0.9, 70, 30, ("typical", "herding"))
    store.keep(run)
    assert store.find("auto", 0) == run
    assert store.find("auto", 1) is None
    assert RunFolder(tmp_path, "other data", plan).find("auto", 0) is None
    assert RunFolder(tmp_path, "data", make_plan(["auto"], n_items=100, seeds=1, budgets=[10])).find("auto", 0) is None
    next(tmp_path.rglob("*.json")).write_text('{"strategy": "auto"')
    assert store.find("auto", 0) is None


def make_boxed(n: int) -> list[SourceImage]:
    """Images without files, with a box in every second one."""
    box = np.array([[1, 1, 10, 10]], np.float32)
    return [
        SourceImage(Path(f"{at}.png"), labels=("a",), boxes=box) if at % 2 else SourceImage(Path(f"{at}.png"))
        for at in range(n)
    ]


def test_detector_learner__tells_strategies_how_unsure_the_detector_is_and_scores_what_it_found() -> None:
    learner = DetectorLearner(make_boxed(8), np.eye(8, dtype=np.float32))
    found = Detections(np.array([[1, 1, 10, 10]], np.float32), np.array([0.5], np.float32), ("a",))
    fitted = DetectorFit(learner, {3: found, 5: found})
    pool = learner.pool(fitted, np.arange(2, 6), np.arange(2))
    assert pool.uncertainty is not None
    assert pool.uncertainty.tolist() == [0.0, 1.0, 0.0, 1.0]
    assert pool.labelled_count == 2
    assert fitted.score(np.array([2, 3, 4, 5])) == pytest.approx(1.0)
    assert fitted.score(np.array([1, 3])) == pytest.approx(0.5, abs=0.02)
    assert learner.pool(None, np.arange(2, 6), np.arange(0)).uncertainty is None


def test_detector_learner__a_round_of_empty_images_finds_nothing() -> None:
    learner = DetectorLearner(make_boxed(8), np.eye(8, dtype=np.float32))
    assert learner.fit(np.array([0, 2, 4]), seed=0).score(np.array([1, 3])) == 0.0


def test_detector_learner__needs_boxes() -> None:
    with pytest.raises(InvalidInput, match="no image has a box"):
        DetectorLearner([SourceImage(Path("a"))], np.zeros((1, 4), np.float32))
