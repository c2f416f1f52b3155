"""``builtin:linear``: a logistic head on fixed features, for one label or several. Never needs torch.

Candidates are HOG + colour, EfficientNet-Lite0, and both; each is standardised, reduced to at most 256
principal components and scored by its out-of-fold likelihood. Scaling, projection, weights and temperature
are one affine map, so the exported head is a single matrix.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from whorl.base.errors import Cancelled, InvalidInput, JsonValue, ModelError
from whorl.models.adapters.contract import Report, ShouldStop, TrainFacts
from whorl.models.builtin.answers import Answers, OneLabel, Rated, SeveralLabels
from whorl.models.builtin.logistic import Array
from whorl.models.builtin.onnx_head import write_head
from whorl.models.builtin.params import LinearParams, read_params
from whorl.models.builtin.rows import Projection, project
from whorl.models.features import HOG, LITE0, FeatureCache, extract, extract_files
from whorl.models.features.lite0 import SIDE, normalise
from whorl.models.folder import WEIGHTS, open_onnx, read_card
from whorl.models.images import resize
from whorl.models.types import FloatArray, Image, Task, TrainingData
from whorl.models.weights import find_backbone

BACKBONE = "backbone.onnx"
CANDIDATES: Mapping[str, tuple[str, ...]] = {"hog": (HOG,), "lite0": (LITE0,), "hog+lite0": (HOG, LITE0)}


@dataclass(frozen=True)
class _Candidate:
    name: str
    projection: Projection
    x: Array
    rated: Rated


class LinearModel:
    """The adapter. ``train`` writes a folder, ``load`` reads one, ``predict`` and ``embed`` serve it."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._features: tuple[str, ...] = ()
        # Any: onnxruntime ships no types.
        self._head: Any = None

    def train(
        self,
        data: TrainingData,
        out: Path,
        *,
        params: Mapping[str, JsonValue],
        report: Report,
        should_stop: ShouldStop,
    ) -> TrainFacts:
        """Fit on ``data.train``.

        Args:
            params: As ``LinearParams``; ``home`` (folder of fetched backbones) and ``cache`` (folder of a feature
                cache) may stand beside them.

        Raises:
            InvalidInput: Not classification or several labels, no samples, or an unknown parameter.
            Cancelled: Stopped between candidates.
        """
        _check(data)
        chosen = read_params(LinearParams, "builtin:linear", params)
        home = Path(str(params["home"])) if params.get("home") else None
        wanted = chosen.features
        # A first conversion of the backbone takes ten seconds and torch.
        is_used = LITE0 in CANDIDATES.get(wanted, (LITE0,))
        backbone = find_backbone("lite0", home) if home is not None and is_used else None
        names = _candidate_names(wanted, has_backbone=backbone is not None)
        source = _Source(data, FeatureCache(Path(str(params["cache"]))) if params.get("cache") else None)
        path = backbone.path if backbone else None
        kind = SeveralLabels if data.task is Task.MULTI_LABEL else OneLabel
        answers: Answers = kind(data.train, data.labels)
        best: _Candidate | None = None
        for name in names:
            if should_stop():
                raise Cancelled("training was cancelled")
            rows = source.rows(CANDIDATES[name], path)
            candidate = _rate(name, rows, answers, seed=chosen.seed)
            quality = {f"cv_{figure}_{name}": value for figure, value in candidate.rated.quality.items()}
            report({f"cv_loss_{name}": candidate.rated.loss} | quality)
            if best is None or _is_better(candidate, best):
                best = candidate
        assert best is not None
        weights, bias = _affine(best, answers)
        write_head(out / WEIGHTS, weights=weights, bias=bias, activation=answers.activation)
        if path is not None and LITE0 in CANDIDATES[best.name]:
            _link(path, out / BACKBONE)
        logits = source.validation(best.name, path, weights, bias)
        validation = {} if logits is None else answers.check(logits, data.validation)
        return _facts(best, answers, samples=len(data.train), validation=validation)

    def load(self, folder: Path) -> None:
        """Read a folder written by ``train``.

        Raises:
            ModelError: A file is missing, damaged, or does not fit the labels.
        """
        card = read_card(folder)
        features = card.preprocessing.get("features")
        if not isinstance(features, list) or not set(features) <= {HOG, LITE0}:
            raise ModelError(
                f"{folder.name}: unknown features {features!r}", hint="The model needs another version of Whorl."
            )
        head = open_onnx(folder / WEIGHTS)
        outputs = head.get_outputs()[0].shape[-1]
        if outputs != len(card.labels):
            raise ModelError(
                f"{folder.name}: {WEIGHTS} has {outputs} outputs and model.yaml {len(card.labels)} labels",
                hint="The files belong to different models; train or copy the folder again.",
            )
        if LITE0 in features and not (folder / BACKBONE).is_file():
            raise ModelError(f"{folder.name} has no {BACKBONE}", hint="Train or copy the folder again.")
        self._folder, self._features, self._head = folder, tuple(map(str, features)), head

    def predict(self, images: Sequence[Image]) -> FloatArray:
        """float32 (n, c) calibrated probabilities; of several labels each by itself."""
        return self._from_rows(self.embed(images))

    def predict_files(
        self, paths: Sequence[Path], *, keys: Sequence[str] = (), cache: FeatureCache | None = None
    ) -> FloatArray:
        """Like ``predict`` for image files, with their features from the cache when they are there."""
        if self._folder is None:
            raise ModelError("the model is not loaded", hint="Call load(folder) first.")
        backbone = self._folder / BACKBONE
        parts = [extract_files(paths, f, cache=cache, keys=keys, backbone=backbone) for f in self._features]
        return self._from_rows(np.concatenate(parts, axis=1))

    def _from_rows(self, rows: FloatArray) -> FloatArray:
        if self._head is None:
            raise ModelError("the model is not loaded", hint="Call load(folder) first.")
        return np.asarray(self._head.run(["probabilities"], {"features": rows})[0], np.float32)

    def embed(self, images: Sequence[Image]) -> FloatArray:
        """float32 (n, d): the features that the head reads."""
        if self._folder is None:
            raise ModelError("the model is not loaded", hint="Call load(folder) first.")
        parts = [extract(images, f, backbone=self._folder / BACKBONE) for f in self._features]
        return np.concatenate(parts, axis=1)

    def network_input(self, image: Image) -> FloatArray:
        """float32 (1, 3, 128, 128): what the backbone is fed for an image."""
        return normalise(resize(image, width=SIDE, height=SIDE)[None])

    def save(self, folder: Path) -> None:
        """Copy the loaded folder's files."""
        if self._folder is None:
            raise ModelError("the model is not loaded", hint="Call load(folder) first.")
        shutil.copytree(self._folder, folder, dirs_exist_ok=True)


class _Source:
    """Feature rows of the training data, each feature extracted once."""

    def __init__(self, data: TrainingData, cache: FeatureCache | None) -> None:
        self._data = data
        self._cache = cache
        self._known: dict[str, FloatArray] = {}

    def rows(self, features: Sequence[str], backbone: Path | None) -> FloatArray:
        for feature in features:
            if feature not in self._known:
                samples = (*self._data.train, *self._data.validation)
                self._known[feature] = extract_files(
                    [s.path for s in samples],
                    feature,
                    cache=self._cache,
                    keys=[s.key for s in samples],
                    backbone=backbone,
                )
        return np.concatenate([self._known[f] for f in features], axis=1)[: len(self._data.train)]

    def validation(self, name: str, backbone: Path | None, weights: FloatArray, bias: FloatArray) -> Array | None:
        """(n, c) logits of the validation samples; None without any."""
        if not self._data.validation:
            return None
        self.rows(CANDIDATES[name], backbone)
        rows = np.concatenate([self._known[f] for f in CANDIDATES[name]], axis=1)[len(self._data.train) :]
        return np.asarray(rows @ weights + bias, np.float64)


def _check(data: TrainingData) -> None:
    if data.task not in {Task.CLASSIFICATION, Task.MULTI_LABEL}:
        raise InvalidInput(
            f"builtin:linear does classification and multi_label, not {data.task.value}",
            hint="Use builtin:tinydet for boxes and builtin:tinyunet for masks.",
        )
    if not data.train:
        raise InvalidInput("there are no labelled items to train on", hint="Label some, or widen the query.")
    if data.task is Task.MULTI_LABEL and not any(sample.labels for sample in data.train):
        raise InvalidInput("no item to train on has a label", hint="Label some, or widen the query.")


def _candidate_names(wanted: str, *, has_backbone: bool) -> list[str]:
    names = list(CANDIDATES) if wanted == "auto" else [wanted]
    usable = [n for n in names if has_backbone or LITE0 not in CANDIDATES[n]]
    if not usable:
        raise ModelError(f"features {wanted!r} need the backbone lite0", hint="Run: whorl models fetch lite0")
    return usable


def _rate(name: str, rows: FloatArray, answers: Answers, *, seed: int) -> _Candidate:
    projection = project(rows)
    x = (rows - projection.mean) @ projection.matrix
    return _Candidate(name, projection, x, answers.rate(x, seed=seed))


def _is_better(new: _Candidate, best: _Candidate) -> bool:
    """By out-of-fold likelihood; a union of features must win by a standard error, since it costs time."""
    gains = new.rated.gains - best.rated.gains
    margin = float(gains.std()) / np.sqrt(len(gains)) if len(CANDIDATES[new.name]) > 1 else 0.0
    return bool(gains.mean() > margin)


def _affine(best: _Candidate, answers: Answers) -> tuple[FloatArray, FloatArray]:
    """The whole model as one (d, c) matrix and bias on raw features."""
    inner, bias = answers.fit(best.x, best.rated)
    weights = best.projection.matrix @ inner
    return weights.astype(np.float32), (bias - best.projection.mean @ weights).astype(np.float32)


def _facts(best: _Candidate, answers: Answers, *, samples: int, validation: Mapping[str, float]) -> TrainFacts:
    return TrainFacts(
        metrics={f"cv_{name}": value for name, value in best.rated.quality.items()}
        | {"cv_loss": best.rated.loss, "samples": float(samples)}
        | {f"validation_{name}": value for name, value in validation.items()},
        preprocessing={"features": list(CANDIDATES[best.name]), "colour": "RGB, upright"},
        calibration=answers.calibration(best.rated),
        notes=answers.notes(),
    )


def _link(source: Path, target: Path) -> None:
    # A hard link keeps the folder self-contained at no cost; another file system needs the copy.
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
