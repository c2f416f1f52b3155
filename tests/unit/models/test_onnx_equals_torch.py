"""What is exported says what the network that was trained says, to 1e-4."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from whorl.models.folder import load_model, open_onnx
from whorl.models.images import resize
from whorl.models.training import TrainingRequest, train_inline
from whorl.models.types import ClassProbabilities, TrainingData

torch = pytest.importorskip("torch", reason="needs whorl[train]")
pytestmark = pytest.mark.train
BACKBONES = ["none", pytest.param("lite0", marks=pytest.mark.slow)]


# Any: torch ships no types that mypy reads here.
def settle(net, side: int):  # type: ignore[no-untyped-def]
    """Give the batch norms statistics that are not those of a new network."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    net.train()
    with torch.no_grad():
        for _ in range(3):
            net(torch.randn(2, 3, side, side))
    return net.eval()


def say(net, path: Path, x: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:  # type: ignore[no-untyped-def]
    """Each output, as torch and as onnxruntime give it."""
    with torch.no_grad():
        outputs = net(torch.from_numpy(x))
    theirs = outputs if isinstance(outputs, tuple) else (outputs,)
    ours = open_onnx(path).run(None, {"image": x})
    return [(one.numpy(), two) for one, two in zip(theirs, ours, strict=True)]


@pytest.mark.parametrize("backbone", BACKBONES)
def test_tinydet(tmp_path: Path, backbone: str) -> None:
    from whorl.models.builtin.detect_net import Detector, Lite0Backbone, Pyramid, ScratchBackbone
    from whorl.models.builtin.detect_train import export_detector
    from whorl.models.builtin.lite0_net import Lite0

    body = ScratchBackbone() if backbone == "none" else Lite0Backbone(Lite0())
    net = settle(Detector(body, Pyramid(body.channels, stride=8, classes=3, width=16)), 64)
    export_detector(net, tmp_path / "model.onnx", canvas=(64, 96))
    x = np.random.default_rng(0).normal(size=(2, 3, 64, 96)).astype(np.float32)
    for one, two in say(net, tmp_path / "model.onnx", x):
        assert np.abs(one - two).max() <= 1e-4 * max(1.0, float(np.abs(one).max()))


@pytest.mark.parametrize(
    ("backbone", "with_depth"),
    [("none", False), ("none", True), pytest.param("lite0", True, marks=pytest.mark.slow)],
)
def test_tinyunet__at_sizes_other_than_the_exported_one(tmp_path: Path, backbone: str, with_depth: bool) -> None:
    from whorl.models.builtin.lite0_net import Lite0
    from whorl.models.builtin.mask_net import Decoder, FineLite0, FineScratch, Segmenter
    from whorl.models.builtin.mask_train import export_segmenter

    body = FineScratch() if backbone == "none" else FineLite0(Lite0())
    net = settle(Segmenter(body, Decoder(body.channels, outputs=3 + with_depth), with_depth=with_depth), 64)
    export_segmenter(net, tmp_path / "model.onnx", canvas=(64, 64))
    for shape in ((64, 64), (32, 96)):
        x = np.random.default_rng(0).normal(size=(2, 3, *shape)).astype(np.float32)
        for one, two in say(net, tmp_path / "model.onnx", x):
            assert two.shape[2:] == shape
            assert np.abs(one - two).max() <= 1e-4


def test_linear__with_the_backbone(
    digit_data: Callable[..., TrainingData], backbone_home: Path, tmp_path: Path
) -> None:
    onnx = pytest.importorskip("onnx")
    from whorl.models.builtin.lite0_net import load_lite0
    from whorl.models.weights import source_file

    data = digit_data(20)
    params = {"features": "lite0", "home": str(backbone_home)}
    model = load_model(train_inline(TrainingRequest("builtin:linear", data, params=params), tmp_path / "model"))
    images = [sample.image() for sample in data.train[:4]]
    squares = np.stack([resize(image, width=128, height=128) for image in images]).astype(np.float32)
    with torch.no_grad():
        rows = load_lite0(source_file("lite0"))(torch.from_numpy((squares.transpose(0, 3, 1, 2) - 127) / 128))[0]
        head = {
            one.name: onnx.numpy_helper.to_array(one)
            for one in onnx.load(model.folder / "model.onnx").graph.initializer
        }
        theirs = torch.softmax(rows @ torch.tensor(head["weights"]) + torch.tensor(head["bias"]), dim=1).numpy()
    for one, two in zip(theirs, model.predict_batch(images), strict=True):
        assert isinstance(two, ClassProbabilities)
        assert np.abs(one - two.probabilities).max() <= 1e-4
