"""Hugging Face, where transformers is installed, and torchvision by a stand-in."""

from __future__ import annotations

import json
import sys
import types as kinds
from pathlib import Path

import numpy as np
import pytest

from whorl.base.errors import MissingDependency, ModelError
from whorl.models.adapters.torchvision_model import TorchvisionModel

PICTURE = np.zeros((60, 90, 3), np.uint8)


def test_hugging_face__a_tiny_classifier_says_what_transformers_says(tmp_path: Path) -> None:
    transformers = pytest.importorskip("transformers", reason="needs whorl[hf]")
    import torch

    from whorl.models.adapters.huggingface import HuggingFaceModel

    shape = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    config = transformers.ViTConfig(**shape, image_size=32, patch_size=16, id2label={0: "cat", 1: "dog"})
    model = transformers.ViTForImageClassification(config).eval()
    model.save_pretrained(tmp_path)
    preparation = {"size": {"height": 32, "width": 32}, "image_mean": [0.5] * 3, "image_std": [0.5] * 3}
    (tmp_path / "preprocessor_config.json").write_text(json.dumps(preparation))
    (said,) = HuggingFaceModel(str(tmp_path), {}).predict([PICTURE])
    with torch.no_grad():
        wanted = model(pixel_values=torch.full((1, 3, 32, 32), -1.0)).logits.softmax(-1)[0]
    assert np.asarray(said).tolist() == pytest.approx(wanted.tolist(), abs=1e-5)
    (tmp_path / "model.safetensors").rename(tmp_path / "pytorch_model.bin")
    with pytest.raises(ModelError, match="cannot be loaded"):
        HuggingFaceModel(str(tmp_path), {})


def test_hugging_face__missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from whorl.models.adapters.huggingface import HuggingFaceModel

    pytest.importorskip("torch", reason="needs whorl[train]")
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(MissingDependency, match="needs the package transformers") as caught:
        HuggingFaceModel("org/name", {})
    assert "whorl[hf]" in caught.value.hint


def test_torchvision__a_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch", reason="needs whorl[train]")

    class Net(torch.nn.Module):
        def forward(self, images):  # type: ignore[no-untyped-def]
            height, width = images[0].shape[1:]
            boxes = torch.tensor([[0.0, 0, width / 2, height], [0, 0, 1, 1]])
            return [{"boxes": boxes, "scores": torch.tensor([0.9, 0.001]), "labels": torch.tensor([1, 1])}]

    Net.__module__ = "torchvision.models.detection.ssd"
    asked: dict[str, object] = {}

    def weights(**given: object) -> dict[str, object]:
        asked.update(given)
        return {}

    best = kinds.SimpleNamespace(get_state_dict=weights, meta={"categories": ["__background__", "cat"]})

    def get_model(name: str, **_: object) -> object:
        if name != "ssd":
            raise ValueError("Unknown model")
        return Net()

    models = kinds.SimpleNamespace(get_model_weights=lambda _: kinds.SimpleNamespace(DEFAULT=best), get_model=get_model)
    monkeypatch.setitem(sys.modules, "torchvision", kinds.SimpleNamespace(models=models))  # type: ignore[arg-type]
    model = TorchvisionModel("ssd", {})
    (found,) = model.predict([PICTURE])
    assert (model.task, asked["weights_only"]) == ("detection", True)
    assert isinstance(found, dict)
    assert (found["labels"], np.asarray(found["boxes"]).tolist()) == (["cat"], [[0, 0, 45, 60]])
    with pytest.raises(ModelError, match="torchvision has no model 'x'"):
        TorchvisionModel("x", {})
