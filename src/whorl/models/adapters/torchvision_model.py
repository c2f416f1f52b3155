"""Models of torchvision by name, where the user has it: classes, boxes, instance and pixel masks."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from whorl.base.errors import JsonValue, MissingDependency, ModelError
from whorl.geometry.masks import Rle, encode_mask
from whorl.models.adapters.onnx_decode import softmax
from whorl.models.adapters.onnx_model import read_pixels
from whorl.models.adapters.options import PictureOptions, read_options
from whorl.models.adapters.picture import Preparation, fit_image, read_normalisation
from whorl.models.types import Image, Instances, Task


class TorchvisionModel:
    """A model with its default weights, which torchvision fetches and checks itself.

    Raises:
        MissingDependency: torchvision is not installed, or does not fit torch.
        ModelError: It has no model of that name.
    """

    def __init__(self, source: str, options: Mapping[str, JsonValue]) -> None:
        self._options = read_options(PictureOptions, options, "a torchvision model")
        torch, models = _library()
        try:
            weights = models.get_model_weights(source).DEFAULT
            model = models.get_model(source, weights=None)
        except ValueError as error:
            raise ModelError(
                f"torchvision has no model {source!r}", hint="See torchvision.models.list_models()."
            ) from error
        # weights_only: the file is a pickle, of which nothing but tensors is read.
        model.load_state_dict(weights.get_state_dict(progress=False, check_hash=True, weights_only=True))
        self._torch, self._model = torch, model.eval()
        self.labels = list(self._options.labels) or [str(one) for one in weights.meta["categories"]]
        self._family = type(model).__module__.rpartition(".models.")[2]
        self.task = self._find_task(source).value
        self.notes = ["torchvision's default weights; its licence is not the weights'"]

    def predict(self, images: Sequence[Image]) -> list[object]:
        """One answer per image, in order."""
        with self._torch.inference_mode():
            return [self._predict_one(image) for image in images]

    def _find_task(self, source: str) -> Task:
        if self._family.startswith("detection"):
            return Task.INSTANCE_MASKS if source.startswith("maskrcnn") else Task.DETECTION
        return Task.SEMANTIC_MASKS if self._family.startswith("segmentation") else Task.CLASSIFICATION

    def _predict_one(self, image: Image) -> object:
        if self.task in (Task.DETECTION.value, Task.INSTANCE_MASKS.value):
            return self._objects(image)
        side = 520 if self.task == Task.SEMANTIC_MASKS.value else 224
        width, height = self._options.width_height() or (side, side)
        fit = self._options.fit or ("crop" if side == 224 else "stretch")
        scale, mean, std = read_normalisation(self._options.normalise or "imagenet")
        pixels, frame = Preparation(width, height, fit=fit, scale=scale, mean=mean, std=std).prepare(image)
        said = self._model(self._torch.from_numpy(pixels))
        if self.task == Task.SEMANTIC_MASKS.value:
            return read_pixels(_array(said["out"])[0], tuple(self.labels), frame)
        return softmax(_array(said)[0])

    def _objects(self, image: Image) -> object:
        # They take pixels from 0 to 1 and do the rest themselves.
        whole, _ = fit_image(image, image.shape[1], image.shape[0], "stretch")
        pixels = np.ascontiguousarray(whole.transpose(2, 0, 1), np.float32) / 255
        said = self._model([self._torch.from_numpy(pixels)])[0]
        scores = _array(said["scores"])
        kept = np.flatnonzero(scores >= self._options.confidence)
        boxes, kinds = _array(said["boxes"])[kept], _array(said["labels"])[kept].astype(int)
        names = [self.labels[kind] for kind in kinds]
        if "masks" not in said:
            return {"boxes": boxes, "scores": scores[kept], "labels": names}
        drawn = _array(said["masks"])[kept, 0] > 0.5
        masks = tuple(Rle(image.shape[0], image.shape[1], encode_mask(mask)) for mask in drawn)
        return Instances(boxes, scores[kept], tuple(names), masks)


# Any: torchvision is no dependency, its types are not there.
def _library() -> tuple[Any, Any]:
    try:
        torch, torchvision = importlib.import_module("torch"), importlib.import_module("torchvision")
    except ImportError as error:
        raise MissingDependency(
            f"a torchvision model needs the package {error.name}",
            hint="Install torchvision for your torch; Whorl does not depend on it.",
        ) from error
    except RuntimeError as error:
        raise MissingDependency(
            f"this torchvision does not fit this torch: {error}", hint="Install both from the same index."
        ) from error
    torch.set_num_threads(1)
    return torch, torchvision.models


def _array(value: Any) -> np.ndarray:
    return np.asarray(value.detach().cpu().float().numpy(), np.float32)
