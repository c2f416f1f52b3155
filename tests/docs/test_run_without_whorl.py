"""The programs of docs/howto/run-a-model-without-whorl.md say what Whorl says, where Whorl cannot be imported."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage
from tests.unit.models.conftest import backbone_home  # noqa: F401

from whorl.geometry.masks import Rle, decode_mask, encode_mask, mask_bounds
from whorl.models.folder import load_model
from whorl.models.training import TrainingRequest, train_inline
from whorl.models.types import Detections, Instances, LabelScores, Prediction, Task, TrainingData, TrainingSample

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "run-a-model-without-whorl.md"
LABELS = ("disc", "square")
HIDDEN = ("whorl", "torch", "cv2", "sklearn", "scipy", "yaml", "onnx")

pytestmark = pytest.mark.train


def programs() -> dict[str, str]:
    """Each program, by the word that tells them apart."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names = {"tinydet": "heat", "tinyunet": "depth", "lite0": "backbone.onnx", "hog": "arctan2"}
    return {name: next(block for block in blocks if word in block) for name, word in names.items()}


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainingSample, ...]:
    """Pictures of 90 × 70 with a disc and a square or two."""
    folder, rng = tmp_path_factory.mktemp("pictures"), np.random.default_rng(0)
    ys, xs = np.mgrid[:70, :90] + 0.5
    found = []
    for number in range(8):
        image, masks, labels = rng.normal(70, 6, (70, 90, 3)), [], []
        for slot in rng.permutation(3)[: 1 + number % 3]:
            x, y = 15 + 30 * slot + rng.uniform(-3, 3), rng.uniform(15, 55)
            label = LABELS[int(rng.integers(2))]
            reach = np.hypot(xs - x, ys - y) if label == "disc" else np.maximum(abs(xs - x), abs(ys - y))
            image[reach < 11] = (230, 220, 80) if label == "disc" else (60, 220, 90)
            masks.append(reach < 11)
            labels.append(label)
        path = folder / f"{number}.png"
        PilImage.fromarray(np.clip(image, 0, 255).astype(np.uint8)).save(path)
        boxes = np.array([mask_bounds(mask) for mask in masks], np.float32)
        rles = tuple(Rle(70, 90, encode_mask(mask)) for mask in masks)
        found.append(TrainingSample(path, tuple(labels), boxes, masks=rles))
    return tuple(found)


def train(architecture: str, task: Task, samples: tuple[TrainingSample, ...], out: Path, **params: object) -> Path:
    pytest.importorskip("torch", reason="needs whorl[train]")
    chosen = TrainingData(task, LABELS, samples)
    return train_inline(TrainingRequest(f"builtin:{architecture}", chosen, params=params), out)  # type: ignore[arg-type]


def run(program: str, folder: Path, image: Path, **values: object) -> str:
    """Give the program its values and run it where nothing but its own needs can be imported."""
    known = {"FOLDER": str(folder), "LABELS": list(load_model(folder).labels)} | values
    names = re.search(r"^([A-Z, ]+) = .*$", program, re.MULTILINE)
    assert names is not None
    line = f"{names[1]} = {', '.join(repr(known[name]) for name in names[1].split(', '))}"
    text = program.replace(names[0], line)
    hide = f"import sys\nfor name in {HIDDEN}:\n    sys.modules[name] = None\n"
    done = subprocess.run(
        [sys.executable, "-c", hide + text, str(image)], capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def answer(folder: Path, image: Path) -> Prediction:
    return load_model(folder).predict_batch([np.asarray(PilImage.open(image))])[0]


def test_programs__have_thirty_lines_at_most() -> None:
    for name, program in programs().items():
        code = [line for line in program.splitlines() if line.strip() and not line.startswith(("import ", "from "))]
        assert len(code) <= 30, (name, len(code))


def test_linear__several_labels(samples: tuple[TrainingSample, ...], tmp_path: Path) -> None:
    unlike = tuple(TrainingSample(one.path, tuple(sorted(set(one.labels)))) for one in samples)
    folder = train("linear", Task.MULTI_LABEL, unlike, tmp_path / "model", features="hog")
    said = ast.literal_eval(run(programs()["hog"], folder, samples[0].path))
    expected = answer(folder, samples[0].path)
    assert isinstance(expected, LabelScores)
    assert said == pytest.approx(dict(zip(expected.labels, expected.scores.tolist(), strict=True)), abs=1e-4)


def test_linear__with_the_backbone(
    samples: tuple[TrainingSample, ...],
    backbone_home: Path,  # noqa: F811
    tmp_path: Path,
) -> None:
    unlike = tuple(TrainingSample(one.path, one.labels[:1]) for one in samples)
    folder = train("linear", Task.CLASSIFICATION, unlike, tmp_path / "model", features="lite0", home=str(backbone_home))
    said = ast.literal_eval(run(programs()["lite0"], folder, samples[0].path))
    expected = answer(folder, samples[0].path)
    assert said == pytest.approx(dict(zip(expected.labels, expected.probabilities.tolist(), strict=True)), abs=1e-4)  # type: ignore[union-attr]


def test_tinydet(samples: tuple[TrainingSample, ...], tmp_path: Path) -> None:
    folder = train("tinydet", Task.DETECTION, samples, tmp_path / "model", epochs=12, size=96, backbone="none")
    settings = load_model(folder).card.preprocessing
    said = ast.literal_eval(
        run(programs()["tinydet"], folder, samples[2].path, CANVAS=settings["canvas"], STRIDE=settings["stride"])
    )
    expected = answer(folder, samples[2].path)
    assert isinstance(expected, Detections)
    assert len(expected) > 0
    assert [label for label, _, _ in said] == list(expected.labels)
    assert [score for _, score, _ in said] == pytest.approx(expected.scores.tolist(), abs=1e-4)
    clipped = np.clip([box for _, _, box in said], 0, [90, 70, 90, 70])
    assert np.abs(clipped - expected.boxes).max() < 0.01


@pytest.fixture(scope="module")
def segmenter(samples: tuple[TrainingSample, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("segmenter") / "model"
    return train("tinyunet", Task.INSTANCE_MASKS, samples, folder, epochs=12, size=90, backbone="none")


@pytest.mark.parametrize("stretch", [False, True])
def test_tinyunet(segmenter: Path, samples: tuple[TrainingSample, ...], tmp_path: Path, stretch: bool) -> None:
    folder = tmp_path / "model"
    shutil.copytree(segmenter, folder)
    if stretch:
        card = folder / "model.yaml"
        card.write_text(card.read_text().replace("stretch: false", "stretch: true"))
    settings = load_model(folder).card.preprocessing
    values = {name.upper(): settings[name] for name in ("size", "enlarge", "stretch")}
    lines = run(programs()["tinyunet"], folder, samples[2].path, **values).splitlines()
    said = [ast.literal_eval(line) for line in lines]
    expected = answer(folder, samples[2].path)
    assert isinstance(expected, Instances)
    assert len(said) == len(expected) > 0
    for mask, score, label in zip(expected.masks, expected.scores.tolist(), expected.labels, strict=True):
        filled = decode_mask(mask.counts, width=90, height=70)
        overlaps = []
        for other, sure, ys, xs in said:
            drawn = np.zeros((70, 90), bool)
            drawn[ys, xs] = True
            if other == label and sure == pytest.approx(score, abs=2e-3):
                overlaps.append((filled & drawn).sum() / (filled | drawn).sum())
        assert max(overlaps, default=0) > 0.95
