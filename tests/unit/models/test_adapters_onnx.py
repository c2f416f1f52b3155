"""Strangers' ONNX files: one tiny file per family, with answers that are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from whorl.base.errors import InvalidInput, ModelError
from whorl.geometry.masks import decode_mask
from whorl.models.adapters import Adapter
from whorl.models.adapters.onnx_model import OnnxModel
from whorl.models.types import ClassProbabilities, Detections, Instances, Segmentation, Task

pytest.importorskip("onnx", reason="needs whorl[train]")

from whorl.testing.onnx_files import write_constant_onnx, write_endless_onnx, write_mean_onnx

# Twice as wide as high: in a square input of 64, a letterbox leaves 16 rows free above and below.
PICTURE = np.zeros((64, 128, 3), np.uint8)
LABELS = ["cat", "dog"]
ULTRALYTICS = {"names": "{0: 'cat', 1: 'dog'}", "stride": "32", "imgsz": "[64, 64]", "task": "detect"}
YOLO_CELLS = 8 * 8 + 4 * 4 + 2 * 2
# In the input: centre 32, 32 and 16 x 8 pixels; in the picture twice as large and moved by the letterbox.
CENTRED = (32.0, 32.0, 16.0, 8.0)
LETTERBOXED = [48.0, 24.0, 80.0, 40.0]
STRETCHED = [48.0, 28.0, 80.0, 36.0]


def found_by(path: Path, **options: object) -> Detections:
    model = OnnxModel(path, options)  # type: ignore[arg-type]
    adapter = Adapter("onnx", model)
    (found,) = adapter.predict([PICTURE], labels=model.labels, task=Task.DETECTION)
    assert isinstance(found, Detections)
    return found


def assert_one_dog(found: Detections, corners: list[float], score: float = 0.9) -> None:
    assert found.labels == ("dog",)
    assert found.boxes.round(2).tolist() == [corners]
    assert found.scores.tolist() == pytest.approx([score], abs=1e-4)


def test_yolov5__objectness_times_class_and_overlaps_suppressed(tmp_path: Path) -> None:
    rows = np.zeros((1, 3 * YOLO_CELLS, 7))
    rows[0, :, 0] = np.linspace(0, 64, 3 * YOLO_CELLS)
    rows[0, 10] = [*CENTRED, 0.9, 0.1, 1.0]
    rows[0, 11] = [33, 32, 16, 8, 0.8, 0.1, 1.0]
    assert_one_dog(
        found_by(write_constant_onnx(tmp_path / "m.onnx", {"output0": rows}, metadata=ULTRALYTICS)), LETTERBOXED
    )


def test_yolov8__columns_of_scores_and_labels_from_the_metadata(tmp_path: Path) -> None:
    columns = np.zeros((1, 6, YOLO_CELLS))
    columns[0, :, 7] = [*CENTRED, 0.2, 0.9]
    path = write_constant_onnx(tmp_path / "m.onnx", {"output0": columns}, metadata=ULTRALYTICS)
    model = OnnxModel(path, {})
    assert model.labels == ("cat", "dog")
    assert (model.understood.facts["decode"], model.understood.facts["fit"]) == ("yolov8", "letterbox")
    assert model.understood.notes == ()
    assert_one_dog(found_by(path), LETTERBOXED)


def test_yolov8_seg__masks_lie_in_the_picture(tmp_path: Path) -> None:
    columns = np.zeros((1, 4 + 2 + 1, YOLO_CELLS))
    columns[0, :, 7] = [*CENTRED, 0.2, 0.9, 1.0]
    outputs = {"output0": columns, "output1": np.full((1, 1, 16, 16), 20.0)}
    model = OnnxModel(write_constant_onnx(tmp_path / "m.onnx", outputs, metadata=ULTRALYTICS), {})
    assert model.understood.task is Task.INSTANCE_MASKS
    (found,) = model.predict([PICTURE])
    assert isinstance(found, Instances)
    mask = decode_mask(found.masks[0].counts, width=128, height=64)
    # Prototypes have a quarter of the input's pixels, so that edges are eight pixels wide here.
    assert mask[28:36, 52:76].all()
    assert not mask[:16].any()
    assert not mask[:, :40].any()


def test_yolox__offsets_in_cells(tmp_path: Path) -> None:
    rows = np.zeros((1, YOLO_CELLS, 7))
    # Cell (4, 4) of stride 8 begins at 32: no offset, sizes as logarithms of cells.
    rows[0, 4 * 8 + 4] = [0, 0, np.log(2), 0, 0.9, 0.1, 1.0]
    path = write_constant_onnx(tmp_path / "m.onnx", {"output": rows})
    model = OnnxModel(path, {"labels": LABELS})
    assert [model.understood.facts[name] for name in ("decode", "channels", "scale")] == ["yolox", "bgr", 1.0]
    assert_one_dog(found_by(path, labels=LABELS), LETTERBOXED)


@pytest.mark.parametrize(
    ("outputs", "options", "corners"),
    [
        ({"output0": [[[24, 28, 40, 36, 0.9, 1], [0, 0, 0, 0, 0, 0]]]}, {}, LETTERBOXED),
        ({"output": [[0, 24, 28, 40, 36, 1, 0.9], [1, 0, 0, 9, 9, 1, 0.9]]}, {}, LETTERBOXED),
        (
            {
                "num_dets": np.array([[1]], np.int32),
                "det_boxes": [[[24, 28, 40, 36], [0, 0, 9, 9]]],
                "det_scores": [[0.9, 0.8]],
                "det_classes": np.array([[1, 1]], np.int32),
            },
            {},
            LETTERBOXED,
        ),
        (
            {"boxes": [[24, 28, 40, 36]], "labels": np.array([2], np.int64), "scores": [0.9]},
            {"first_label": 1},
            STRETCHED,
        ),
        (
            {
                "detection_boxes": [[[28 / 64, 24 / 64, 36 / 64, 40 / 64]]],
                "detection_classes": [[2.0]],
                "detection_scores": [[0.9]],
                "num_detections": [1.0],
            },
            {},
            STRETCHED,
        ),
        (
            {
                "scores": [[[0.05, 0.05, 0.9], [1, 0, 0]]],
                "boxes": [[[24 / 64, 28 / 64, 40 / 64, 36 / 64], [0, 0, 1, 1]]],
            },
            {},
            STRETCHED,
        ),
        (
            {
                "logits": [[[0, np.log(18), 0], [-9, -9, 9]]],
                "pred_boxes": [[[0.5, 0.5, 0.25, 0.125], [0.5, 0.5, 1, 1]]],
            },
            {},
            STRETCHED,
        ),
        (
            {"logits": [[[-9, np.log(9)], [-9, -9]]], "pred_boxes": [[[0.5, 0.5, 0.25, 0.125], [0.5, 0.5, 1, 1]]]},
            {},
            STRETCHED,
        ),
    ],
    ids=["rows", "batch-rows", "num-dets", "lists", "tf-ssd", "ssd", "detr", "rt-detr"],
)
def test_families(
    tmp_path: Path,
    request: pytest.FixtureRequest,
    outputs: dict[str, object],
    options: dict[str, object],
    corners: list[float],
) -> None:
    path = write_constant_onnx(tmp_path / "m.onnx", outputs)  # type: ignore[arg-type]
    given = {"labels": LABELS, "confidence": 0.1} | options
    decode = OnnxModel(path, given).understood.facts["decode"]  # type: ignore[arg-type]
    assert decode == request.node.callspec.id
    assert_one_dog(found_by(path, **given), corners)


def test_nothing_found__an_empty_answer(tmp_path: Path) -> None:
    path = write_constant_onnx(tmp_path / "m.onnx", {"output0": np.zeros((1, 6, YOLO_CELLS))}, metadata=ULTRALYTICS)
    assert len(found_by(path)) == 0


def test_one_class_only(tmp_path: Path) -> None:
    columns = np.zeros((1, 5, YOLO_CELLS))
    columns[0, :, 7] = [*CENTRED, 0.9]
    path = write_constant_onnx(tmp_path / "m.onnx", {"output0": columns})
    assert found_by(path, labels=["cell"]).labels == ("cell",)
    one = write_constant_onnx(tmp_path / "c.onnx", {"probabilities": [[1.0]]})
    model = OnnxModel(one, {"labels": ["cell"]})
    (said,) = Adapter("onnx", model).predict([PICTURE], labels=model.labels, task=Task.CLASSIFICATION)
    assert isinstance(said, ClassProbabilities)
    assert said.probabilities.tolist() == [1.0]


RED = np.zeros((8, 16, 3), np.uint8) + np.array([255, 0, 51], np.uint8)


@pytest.mark.parametrize(
    ("shape", "dtype", "options", "logits"),
    [
        ((1, 3, "h", "w"), "float32", {"normalise": "unit"}, [1, 0, 0.2]),
        ((1, 3, 32, 32), "float16", {"normalise": "unit", "channels": "bgr"}, [0.2, 0, 1]),
        ((1, 32, 32, 3), "float32", {"normalise": "none"}, [255, 0, 51]),
        ((1, 32, 32, 3), "uint8", {}, [255, 0, 51]),
        (("n", 3, "h", "w"), "float32", {}, [(1 - 0.485) / 0.229, -0.456 / 0.224, (0.2 - 0.406) / 0.225]),
        ((1, 3, 8, 8), "float32", {"normalise": {"mean": [0.5], "std": [0.5]}}, [1, -1, -0.6]),
    ],
)
def test_classifier__the_input_is_made_as_the_file_and_options_say(
    tmp_path: Path, shape: tuple[int, ...], dtype: str, options: dict[str, object], logits: list[float]
) -> None:
    path = write_mean_onnx(tmp_path / "m.onnx", shape=shape, dtype=dtype)
    model = OnnxModel(path, {"labels": ["r", "g", "b"], **options})  # type: ignore[dict-item]
    (found,) = model.predict([RED])
    powers = np.exp(np.array(logits) - max(logits))
    assert np.asarray(found).tolist() == pytest.approx((powers / powers.sum()).tolist(), abs=2e-3)


def test_classifier__probabilities_are_left_as_they_are(tmp_path: Path) -> None:
    model = OnnxModel(write_constant_onnx(tmp_path / "m.onnx", {"p": [[0.25, 0.75]]}), {})
    assert np.asarray(model.predict([PICTURE])[0]).tolist() == [0.25, 0.75]
    assert model.labels == ("class_0", "class_1")
    assert "names no labels" in " ".join(model.understood.notes)


def test_semantic__pixels_of_the_picture(tmp_path: Path) -> None:
    scores = np.zeros((1, 2, 16, 16))
    scores[0, 1, :, 8:] = 9
    model = OnnxModel(write_constant_onnx(tmp_path / "m.onnx", {"out": scores}), {"labels": LABELS})
    (found,) = model.predict([PICTURE])
    assert isinstance(found, Segmentation)
    assert found.classes.shape == (64, 128)
    assert (found.classes[:, 0], found.classes[:, 127]) == (pytest.approx(1), pytest.approx(2))
    assert (found.classes == 2).mean() == pytest.approx(0.5, abs=0.04)


def test_label_map__numbers_of_pixels(tmp_path: Path) -> None:
    numbers = np.zeros((1, 16, 16), np.int64)
    numbers[0, :, 8:] = 1
    model = OnnxModel(write_constant_onnx(tmp_path / "m.onnx", {"out": numbers}), {"labels": LABELS})
    (found,) = model.predict([PICTURE])
    assert isinstance(found, Segmentation)
    assert sorted(np.unique(found.classes).tolist()) == [1, 2]


def test_second_input_of_a_size_is_fed(tmp_path: Path) -> None:
    outputs = {"labels": np.array([[1]], np.int64), "boxes": [[[24, 28, 40, 36]]], "scores": [[0.9]]}
    path = write_constant_onnx(tmp_path / "m.onnx", outputs, size_input="orig_target_sizes")
    assert_one_dog(found_by(path, labels=LABELS), STRETCHED)


def test_unknown_outputs__every_one_is_named_with_what_would_be_understood(tmp_path: Path) -> None:
    path = write_constant_onnx(tmp_path / "m.onnx", {"heat": np.zeros((1, 2, 3, 4, 5)), "odd": np.zeros((3, 3))})
    with pytest.raises(ModelError, match=r"heat float32 \(1, 2, 3, 4, 5\); odd float32 \(3, 3\)") as caught:
        OnnxModel(path, {})
    assert "decode" in caught.value.hint
    # People at a command line see the hint, not the details.
    assert "yolov8" in caught.value.hint
    assert "name the folder" in caught.value.hint
    assert "yolov8" in str(caught.value.details["understood"])


def test_unknown_outputs__a_wrong_decode_is_refused(tmp_path: Path) -> None:
    path = write_constant_onnx(tmp_path / "m.onnx", {"p": [[0.5, 0.5]]})
    with pytest.raises(ModelError, match="do not fit decode=yolov8"):
        OnnxModel(path, {"decode": "yolov8"})
    with pytest.raises(ModelError, match="decode: 'yolov99' is not known"):
        OnnxModel(path, {"decode": "yolov99"})


def test_too_few_labels__counted(tmp_path: Path) -> None:
    path = write_constant_onnx(tmp_path / "m.onnx", {"p": [[0.2, 0.3, 0.5]]})
    with pytest.raises(ModelError, match="tells 3 classes apart .* has 2 labels"):
        OnnxModel(path, {"labels": LABELS})


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sice": 3}, "option sice"),
        ({"size": 4}, "size: 4"),
        ({"normalise": "loud"}, "normalise: 'loud'"),
        ({"normalise": {"mean": [0.5], "std": [0]}}, "normalise"),
        ({"timeout_s": -1}, "option timeout_s"),
    ],
)
def test_options__refused_with_what_there_is(tmp_path: Path, options: dict[str, object], said: str) -> None:
    path = write_constant_onnx(tmp_path / "m.onnx", {"p": [[0.5, 0.5]]})
    with pytest.raises(InvalidInput, match=said):
        OnnxModel(path, options)  # type: ignore[arg-type]


def test_not_onnx__said_plainly(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(b"GIF89a this is no model")
    with pytest.raises(ModelError, match=r"m\.onnx .* cannot be read"):
        OnnxModel(path, {})


def test_not_an_image__inputs_are_named(tmp_path: Path) -> None:
    path = write_constant_onnx(tmp_path / "m.onnx", {"p": [[0.5, 0.5]]}, shape=(1, 128))
    with pytest.raises(ModelError, match=r"does not take one image: images tensor\(float\) \[1, 128\]"):
        OnnxModel(path, {})


def test_endless_graph__cut_at_its_time(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="longer than 0.5 seconds"):
        OnnxModel(write_endless_onnx(tmp_path / "m.onnx"), {"timeout_s": 0.5})
