"""Models of Hugging Face transformers, from a folder or by their id: classes, objects, and masks of both kinds.

Images are prepared here, after ``preprocessor_config.json``, and answers are read here: transformers' own image
processors want torchvision. Weights are read from safetensors alone, and no code of a model's repository is run.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from whorl.base.errors import JsonValue, MissingDependency, ModelError
from whorl.geometry.masks import Rle, encode_mask
from whorl.models.adapters import onnx_decode as decode
from whorl.models.adapters.onnx_model import read_pixels
from whorl.models.adapters.options import HubOptions, read_options
from whorl.models.adapters.picture import Fit, Frame, Preparation, read_normalisation
from whorl.models.types import FloatArray, Image, Instances, Task

_AUTO = {
    "ImageClassification": ("AutoModelForImageClassification", Task.CLASSIFICATION),
    "SemanticSegmentation": ("AutoModelForSemanticSegmentation", Task.SEMANTIC_MASKS),
    "UniversalSegmentation": ("AutoModelForUniversalSegmentation", Task.INSTANCE_MASKS),
    "InstanceSegmentation": ("AutoModelForInstanceSegmentation", Task.INSTANCE_MASKS),
    "ObjectDetection": ("AutoModelForObjectDetection", Task.DETECTION),
}
_UNIVERSAL = ("maskformer", "mask2former", "oneformer")
# Their last class means that there is nothing; all others have a sigmoid per class.
_HAS_NOTHING = ("detr", "yolos", "table-transformer")


class HuggingFaceModel:
    """A model that predicts through torch on one thread.

    Args:
        source: A folder, or an id such as ``org/name``.
        options: See :class:`HubOptions`.

    Raises:
        MissingDependency: transformers or torch is not installed.
        ModelError: There is no such model, its weights are no safetensors, or it is of another kind.
    """

    def __init__(self, source: str, options: Mapping[str, JsonValue]) -> None:
        self._options = read_options(HubOptions, options, "a Hugging Face model")
        transformers, torch = _libraries()
        config, self._preprocessor = _read_configs(transformers, source, self._options.revision)
        auto, task = _kind_of(config)
        if task is Task.CLASSIFICATION and self._options.task == Task.MULTI_LABEL.value:
            task = Task.MULTI_LABEL
        self._model = _load(getattr(transformers, auto), source, self._options.revision)
        self._torch = torch
        self._model_type = str(config.model_type)
        self.task = task.value
        self.labels = list(self._options.labels) or _labels_of(config)
        made = self._preparation(64, 64)
        self.facts: dict[str, JsonValue] = {
            "model_type": self._model_type,
            "size": [made.width, made.height] if self._fixed_size() else "of the image",
            "fit": made.fit,
            "scale": made.scale,
            "mean": list(made.mean),
            "std": list(made.std),
        }

    def predict(self, images: Sequence[Image]) -> list[object]:
        """One answer per image, in order."""
        return [self._predict_one(image) for image in images]

    def _predict_one(self, image: Image) -> object:
        pixels, frame = self._preparation(*image.shape[1::-1]).prepare(image)
        with self._torch.inference_mode():
            said = self._model(pixel_values=self._torch.from_numpy(pixels))
        if self.task in (Task.CLASSIFICATION.value, Task.MULTI_LABEL.value):
            return self._classes(_array(said.logits)[0])
        if self.task == Task.SEMANTIC_MASKS.value:
            return read_pixels(_array(said.logits)[0], tuple(self.labels), frame)
        if self.task == Task.DETECTION.value:
            return self._boxes(_array(said.logits)[0], _array(said.pred_boxes)[0], frame)
        return self._masks(_array(said.class_queries_logits)[0], _array(said.masks_queries_logits)[0], frame)

    def _classes(self, logits: FloatArray) -> object:
        if self.task == Task.MULTI_LABEL.value:
            return {label: float(one) for label, one in zip(self.labels, decode.sigmoid(logits), strict=True)}
        return decode.softmax(logits)

    def _boxes(self, logits: FloatArray, boxes: FloatArray, frame: Frame) -> object:
        found = decode.decode_detr(
            logits,
            boxes,
            width=frame.input_width,
            height=frame.input_height,
            has_nothing=self._model_type in _HAS_NOTHING,
        ).best(self._options.confidence)
        labels = [self.labels[int(kind)] for kind in found.kinds]
        return {"boxes": frame.boxes(found.boxes), "scores": np.clip(found.scores, 0, 1), "labels": labels}

    def _masks(self, logits: FloatArray, masks: FloatArray, frame: Frame) -> object:
        scores = decode.softmax(logits)[:, :-1]
        kinds, best = scores.argmax(axis=1), scores.max(axis=1)
        rows: list[tuple[float, str, FloatArray, Rle]] = []
        for number in np.argsort(-best, kind="stable")[: decode.MOST_BOXES]:
            if best[number] < max(self._options.confidence, 0.05):
                continue
            shares = decode.sigmoid(frame.maps(masks[number][None])[0])
            drawn = shares > 0.5
            if drawn.any():
                # As the authors score it: the class times how sure the mask is of its own pixels.
                score = float(best[number] * shares[drawn].mean())
                ys, xs = np.nonzero(drawn)
                box = np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1], np.float32)
                rows.append(
                    (score, self.labels[int(kinds[number])], box, Rle(frame.height, frame.width, encode_mask(drawn)))
                )
        rows.sort(key=lambda row: -row[0])
        boxes = np.stack([row[2] for row in rows]) if rows else np.zeros((0, 4), np.float32)
        scored = np.asarray([row[0] for row in rows], np.float32)
        return Instances(boxes, scored, tuple(row[1] for row in rows), tuple(row[3] for row in rows))

    def _preparation(self, width: int, height: int) -> Preparation:
        """How an image of a size is prepared."""
        given, options = self._preprocessor, self._options
        fixed = self._fixed_size()
        fit: Fit = "stretch"
        if fixed is None:
            fixed = _shrunk(given.get("size"), width, height)
        elif given.get("do_center_crop") or _is_short_side(given.get("size")):
            fit = "crop"
        scale = 1 / 255
        mean: tuple[float, ...] = (0.0,)
        std: tuple[float, ...] = (1.0,)
        if given.get("do_rescale") is False:
            scale = 1.0
        elif isinstance(given.get("rescale_factor"), int | float):
            scale = float(given["rescale_factor"])
        if given.get("do_normalize", True) and given.get("image_mean") and given.get("image_std"):
            mean, std = tuple(map(float, given["image_mean"])), tuple(map(float, given["image_std"]))
        if options.normalise is not None:
            scale, mean, std = read_normalisation(options.normalise)
        return Preparation(
            *fixed, fit=options.fit or fit, scale=scale, mean=mean, std=std, is_bgr=options.channels == "bgr"
        )

    def _fixed_size(self) -> tuple[int, int] | None:
        """Width and height where every image gets the same; None where it follows the image."""
        named = self._options.width_height()
        if named is not None:
            return named
        for given in (self._preprocessor.get("crop_size"), self._preprocessor.get("size")):
            if given is None or (given is self._preprocessor.get("crop_size") and not self._do_crop()):
                continue
            if isinstance(given, int):
                return given, given
            if "height" in given and "width" in given:
                return int(given["width"]), int(given["height"])
        size = self._preprocessor.get("size")
        is_class = self.task in (Task.CLASSIFICATION.value, Task.MULTI_LABEL.value)
        if is_class and isinstance(size, dict) and "shortest_edge" in size:
            return int(size["shortest_edge"]), int(size["shortest_edge"])
        return (224, 224) if is_class and size is None else None

    def _do_crop(self) -> bool:
        return bool(self._preprocessor.get("do_center_crop", "crop_size" in self._preprocessor))


# Any, here and below: transformers is no dependency, its types are not there.
def _libraries() -> tuple[Any, Any]:
    try:
        torch, transformers = importlib.import_module("torch"), importlib.import_module("transformers")
    except ImportError as error:
        raise MissingDependency(
            f"a Hugging Face model needs the package {error.name}", hint="pip install 'whorl[hf]'"
        ) from error
    torch.set_num_threads(1)
    transformers.logging.set_verbosity_error()
    return transformers, torch


def _read_configs(transformers: Any, source: str, revision: str | None) -> tuple[Any, dict[str, Any]]:
    more = {} if revision is None else {"revision": revision}
    try:
        config = transformers.AutoConfig.from_pretrained(source, trust_remote_code=False, **more)
    except Exception as error:
        # transformers raises OSError, ValueError, KeyError and its own, with a page of text.
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelError(
            f"hf:{source} is no model that transformers can read: {first[:300]}",
            hint="Give a folder with config.json, preprocessor_config.json and model.safetensors, or an id of the hub.",
        ) from error
    try:
        if Path(source).is_dir():
            text = (Path(source) / "preprocessor_config.json").read_text(encoding="utf-8")
            return config, dict(json.loads(text))
        return config, dict(transformers.ImageProcessingMixin.get_image_processor_dict(source, **more)[0])
    except (OSError, ValueError):
        return config, {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}


def _kind_of(config: Any) -> tuple[str, Task]:
    names = [str(one) for one in config.architectures or []]
    if any(one in str(config.model_type) for one in _UNIVERSAL):
        return _AUTO["UniversalSegmentation"]
    for name in names:
        for word, kind in _AUTO.items():
            if word in name or (word == "SemanticSegmentation" and name.endswith("ForSemanticSegmentation")):
                return kind
    raise ModelError(
        f"the model {config.model_type} ({', '.join(names) or 'no architecture'}) does not say classes, boxes or masks",
        hint="Use one for image classification, object detection, or semantic or instance segmentation.",
    )


def _load(auto: Any, source: str, revision: str | None) -> Any:
    more = {} if revision is None else {"revision": revision}
    try:
        # Pickled weights run what their author wrote; so would code of the model's repository.
        return auto.from_pretrained(source, use_safetensors=True, trust_remote_code=False, **more).eval()
    except Exception as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelError(
            f"hf:{source} cannot be loaded: {first[:300]}",
            hint="Its weights must be safetensors: model.save_pretrained(folder) writes them.",
        ) from error


def _labels_of(config: Any) -> list[str]:
    names = {int(number): str(name) for number, name in config.id2label.items()}
    return [names.get(number, f"class_{number}") for number in range(max(names) + 1)]


def _shrunk(size: Any, width: int, height: int) -> tuple[int, int]:
    """Width and height after a rule such as shortest edge 800, longest edge 1333."""
    short, long = 640, 1333
    if isinstance(size, dict):
        short = int(size.get("shortest_edge") or size.get("max_height") or 10**6)
        long = int(size.get("longest_edge") or size.get("max_width") or 10**6)
    ratio = min(short / min(width, height), long / max(width, height))
    # Feature maps of even sizes everywhere.
    return max(32, round(width * ratio / 32) * 32), max(32, round(height * ratio / 32) * 32)


def _is_short_side(size: Any) -> bool:
    return isinstance(size, dict) and "shortest_edge" in size and "longest_edge" not in size


def _array(value: Any) -> FloatArray:
    return np.asarray(value.detach().cpu().float().numpy(), np.float32)
