"""Strangers' models as model folders: what is unpacked, what is understood, and what their labels become."""

from __future__ import annotations

import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from whorl.base.errors import Forbidden, InvalidInput, ModelError, UnknownLabel
from whorl.geometry.masks import Rle, encode_mask
from whorl.models.adapters import resolve_adapter
from whorl.models.adapters.imported import FOLDER, HUB_FILES, ONNX, ImportRequest, look, unpack, write_imported
from whorl.models.adapters.labels import map_prediction, mapped_labels, parse_map, propose_map, settle_map
from whorl.models.folder import load_model
from whorl.models.types import ClassProbabilities, Detections, Instances, LabelScores, Segmentation, Task
from whorl.testing.onnx_files import write_constant_onnx

PICTURE = np.zeros((64, 128, 3), np.uint8)
COCO = {"person": "pedestrian", "car": "car", "dog": None}
LABELS = ("pedestrian", "car")


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            # A fixed time: the same test has the same name in every process.
            archive.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


def one_box(tmp_path: Path, label: int = 0) -> bytes:
    """A detector of three labels that always sees the same box."""
    pytest.importorskip("onnx", reason="needs whorl[train]")
    rows = [[[16, 24, 32, 40, 0.9, label], [0, 0, 0, 0, 0, 0]]]
    names = {"names": "{0: 'person', 1: 'car', 2: 'dog'}", "stride": "32"}
    return write_constant_onnx(tmp_path / "given.onnx", {"output0": rows}, metadata=names).read_bytes()


def test_onnx__becomes_a_folder_that_predicts_in_the_projects_labels(tmp_path: Path) -> None:
    folder = tmp_path / "mdl"
    folder.mkdir()
    architecture = unpack(one_box(tmp_path), "yolo.onnx", folder, most_bytes=10**7)
    request = ImportRequest(architecture)
    found = look(folder, request, LABELS, env={})
    assert (found.task, found.labels) == (Task.DETECTION, ("person", "car", "dog"))
    settled = settle_map(found.labels, LABELS, {"person": "pedestrian", "*": None}, is_open=False)
    write_imported(folder, request, found, settled, {"source": "yolo.onnx"})
    model = load_model(folder)
    assert (model.labels, model.card.lineage["imported"]) == (("pedestrian", "car"), True)
    (said,) = model.predict_batch([PICTURE])
    assert isinstance(said, Detections)
    assert (said.labels, said.boxes.tolist()) == (("pedestrian",), [[32, 16, 64, 48]])


def test_onnx__in_a_zip_with_its_weights_beside_it(tmp_path: Path) -> None:
    data = zipped({"export/best.onnx": one_box(tmp_path), "export/best.onnx.data": b"weights"})
    assert unpack(data, "best.zip", tmp_path, most_bytes=10**7) == ONNX
    assert (tmp_path / "model.onnx").is_file()
    assert (tmp_path / "best.onnx.data").read_bytes() == b"weights"


def test_unpack__folders_are_told_apart(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
    assert unpack(zipped({"m/model.yaml": b"task: x"}), "m.zip", tmp_path / "a", most_bytes=99) == FOLDER
    assert (tmp_path / "a" / "inner" / "model.yaml").is_file()
    hub = zipped({"config.json": b"{}", "model.safetensors": b""})
    assert unpack(hub, "m.zip", tmp_path / "b", most_bytes=99) == HUB_FILES
    assert (tmp_path / "b" / "files" / "config.json").is_file()


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "m.onnx", "empty"),
        (b"x", "yolo11n.pt", "pickle"),
        (b"x", "weights.PTH", "pickle"),
        (zipped({"m/pytorch_model.bin": b"x", "m/config.json": b"{}"}), "m.zip", "pickle"),
        (zipped({"readme.md": b"x"}), "m.zip", "no model in the zip"),
        (zipped({"a.onnx": b"x", "b.onnx": b"x"}), "m.zip", "several ONNX"),
        (zipped({"../../evil.onnx": b"x"}), "m.zip", "leaves its folder"),
        (zipped({"/etc/evil.onnx": b"x"}), "m.zip", "leaves its folder"),
        (zipped({"big.onnx": b"0" * 2000}), "m.zip", "unpacks to 2,000 bytes; allowed: 1,000"),
        (zipped({"a.onnx": b"x"})[:-30], "m.zip", "damaged zip"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_unpack__refused(tmp_path: Path, data: bytes, name: str, said: str) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        unpack(data, name, tmp_path, most_bytes=1000)
    assert caught.value.hint or "allowed" in caught.value.message


def test_look__a_file_that_is_no_model(tmp_path: Path) -> None:
    assert unpack(b"GIF89a", "model.onnx", tmp_path, most_bytes=1000) == ONNX
    with pytest.raises(ModelError, match=r"model\.onnx of the model .* cannot be read"):
        look(tmp_path, ImportRequest(ONNX), LABELS, env={})


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    text = (
        "def classes(image): return {'dark': .25, 'bright': .75}\n"
        "def hang(image):\n    while True: pass\n"
        "def wrong(image): return 'nonsense'\n"
        "def many(images): return [[.1, .2]]\n"
    )
    (tmp_path / "stranger_imported.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "stranger_imported", raising=False)
    return "stranger_imported"


def test_function__task_and_labels_are_given(tmp_path: Path, stranger: str) -> None:
    request = ImportRequest(f"{stranger}:classes", "classification", ("dark", "bright"))
    found = look(tmp_path, request, (), env={})
    settled = settle_map(found.labels, ["night", "day"], {"dark": "night", "bright": "day"}, is_open=False)
    write_imported(tmp_path, request, found, settled, {})
    (said,) = load_model(tmp_path).predict_batch([PICTURE])
    assert isinstance(said, ClassProbabilities)
    assert (said.labels, said.probabilities.tolist()) == (("night", "day"), [0.25, 0.75])


@pytest.mark.parametrize(
    ("name", "task", "options", "error", "said"),
    [
        ("classes", None, {}, InvalidInput, "does not tell what it says"),
        ("classes", "classification", {"size": 3}, InvalidInput, "option size"),
        ("classes", "detection", {}, ModelError, "for detection"),
        ("wrong", "classification", {}, ModelError, "for classification"),
        ("hang", "classification", {"timeout_s": 2}, ModelError, "stopped: no answer within"),
    ],
)
def test_look__refused(
    tmp_path: Path, stranger: str, name: str, task: str | None, options: dict[str, object], error: type, said: str
) -> None:
    request = ImportRequest(f"{stranger}:{name}", task, ("dark", "bright"), options)  # type: ignore[arg-type]
    with pytest.raises(error, match=said):
        look(tmp_path, request, (), env={})


def test_settle_map__an_unknown_label_is_offered_a_place() -> None:
    with pytest.raises(UnknownLabel, match="the ontology lacks 'persons', 'dog'") as caught:
        settle_map(["persons", "car", "dog"], ["person", "car"], {}, is_open=False)
    assert caught.value.hint.startswith("Map them: --map persons=person; ")
    assert caught.value.details["proposed"] == {"persons": "person", "car": "car", "dog": None}


def test_settle_map__an_open_ontology_takes_them_in() -> None:
    assert settle_map(["background", "car"], [], {}, is_open=True) == {"background": None, "car": "car"}


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"cat": "car"}, InvalidInput, "'cat', which the model does not say"),
        ({"person": "pedestrain", "*": None}, UnknownLabel, "lacks 'pedestrain'"),
        ({"person": None, "car": None}, InvalidInput, "leaves out every label"),
    ],
)
def test_settle_map__refused(given: dict[str, str | None], error: type, said: str) -> None:
    with pytest.raises(error, match=said):
        settle_map(["person", "car"], LABELS, given, is_open=False)


def test_parse_map__values_are_labels_or_null() -> None:
    assert parse_map({"a": "b", "c": None}) == {"a": "b", "c": None}
    with pytest.raises(InvalidInput, match="'a' becomes 3"):
        parse_map({"a": 3})


def test_propose_map__no_case_no_plural_no_background() -> None:
    proposed = propose_map(["Cars", "persno", "background", "zebra"], ["car", "person"])
    assert proposed == {"Cars": "car", "persno": "person", "background": None, "zebra": None}


def test_map_prediction__classes_add_up() -> None:
    found = ClassProbabilities(("person", "car", "dog"), np.array([0.2, 0.3, 0.5], np.float32))
    mapped = map_prediction(found, COCO, LABELS)
    assert isinstance(mapped, ClassProbabilities)
    assert mapped.probabilities.tolist() == pytest.approx([0.4, 0.6])
    both = map_prediction(found, {"person": "car", "car": "car", "dog": "pedestrian"}, ("car", "pedestrian"))
    assert isinstance(both, ClassProbabilities)
    assert both.probabilities.tolist() == pytest.approx([0.5, 0.5])
    none = map_prediction(ClassProbabilities(("dog",), np.ones(1, np.float32)), COCO, LABELS)
    assert isinstance(none, ClassProbabilities)
    assert none.probabilities.tolist() == [0.5, 0.5]


def test_map_prediction__the_other_kinds() -> None:
    scores = LabelScores(("person", "car", "dog"), np.array([0.1, 0.9, 0.8], np.float32))
    assert map_prediction(scores, COCO, LABELS).scores.tolist() == pytest.approx([0.1, 0.9])  # type: ignore[union-attr]
    mask = Rle(2, 2, encode_mask(np.eye(2, dtype=bool)))
    boxes, sure = np.array([[0, 0, 2, 2], [0, 0, 1, 1]], np.float32), np.array([0.9, 0.8], np.float32)
    objects = map_prediction(Instances(boxes, sure, ("dog", "person"), (mask, mask)), COCO, LABELS)
    assert isinstance(objects, Instances)
    assert (objects.labels, len(objects.masks), objects.scores.tolist()) == (("pedestrian",), 1, pytest.approx([0.8]))
    pixels = Segmentation(("dog", "car"), np.array([[0, 1], [2, 2]], np.uint8), np.array([0.5, 0.75], np.float32))
    mapped = map_prediction(pixels, COCO, LABELS)
    assert isinstance(mapped, Segmentation)
    assert (mapped.classes.tolist(), mapped.confidence.tolist()) == ([[0, 0], [2, 2]], [0, 0.75])
    assert mapped_labels(COCO) == LABELS


def test_resolve_adapter__pickles_are_refused_with_a_way_out() -> None:
    with pytest.raises(ModelError, match="yolo11n.pt: weights in a pickle") as caught:
        resolve_adapter("yolo11n.pt")
    assert "subprocess:" in caught.value.hint


def test_resolve_adapter__subprocess_only_where_the_admin_said_so(
    stranger: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    spec = f"subprocess:{sys.executable} {stranger}:classes"
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Forbidden, match="may not run in the interpreter") as caught:
        resolve_adapter(spec)
    assert "WHORL_MODEL_PYTHONS" in caught.value.hint
    assert resolve_adapter(spec, may_run_any_python=True).capabilities == {"predict"}
    monkeypatch.setenv("WHORL_MODEL_PYTHONS", f"/usr/bin/other, {sys.executable}")
    assert resolve_adapter(spec).capabilities == {"predict"}
    for odd in ("subprocess:python m:f", "subprocess:/bin/python", "subprocess:'"):
        with pytest.raises(InvalidInput, match="not an interpreter and a model"):
            resolve_adapter(odd)
