"""``builtin:tinydet`` on images with boxes. Each round trains a detector: few rounds, few seeds, small budgets."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np

from whorl.base.errors import InvalidInput, JsonValue
from whorl.models.evaluation.detection import evaluate_detection
from whorl.models.evaluation.types import PredictedObjects, TruthObjects
from whorl.models.folder import load_model
from whorl.models.predicting import predict_paths
from whorl.models.training import TrainingRequest, train_inline
from whorl.models.types import Detections, FloatArray, Task, TrainingData, TrainingSample
from whorl.selection.simulation.sources import TINYDET, SourceImage
from whorl.selection.strategies.detection import image_uncertainty
from whorl.selection.types import FloatArray as Scores
from whorl.selection.types import IntArray, Pool


@dataclass(frozen=True, eq=False)
class DetectorLearner:
    """A small detector, trained anew each round; the metric is AP at an IoU of 0.5.

    Args:
        features: float32 (n, d) of whole images, for strategies that look at them.
        budget_s: CPU seconds of each training. Few: curves of detectors that had too little time are flat.
        home: Where fetched backbones are; None trains from scratch.
    """

    images: Sequence[SourceImage]
    features: FloatArray
    budget_s: float = 20.0
    home: Path | None = None
    task: str = field(default="detection", init=False)
    metric_name: str = field(default="ap50", init=False)

    def __post_init__(self) -> None:
        if not any(one.labels for one in self.images):
            raise InvalidInput("no image has a box", hint="Simulate a detector on images with boxes.")
        if len(self.features) != len(self.images):
            raise InvalidInput(f"{len(self.features)} rows of features for {len(self.images)} images")

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """Names, sorted."""
        return tuple(sorted({label for one in self.images for label in one.labels}))

    @cached_property
    def groups(self) -> IntArray:
        """See ``Learner``."""
        keys = [one.group or str(at) for at, one in enumerate(self.images)]
        codes = {key: at for at, key in enumerate(dict.fromkeys(keys))}
        return np.array([codes[key] for key in keys], np.int64)

    def fit(self, rows: IntArray, *, seed: int) -> DetectorFit:
        """See ``Learner``; images without a box are taught as empty, and a round of empty images finds nothing."""
        samples = [self._sample(row) for row in rows.tolist()]
        if not any(one.labels for one in samples):
            return DetectorFit(self, {})
        params: dict[str, JsonValue] = {"budget_s": self.budget_s, "seed": seed, "validate_every": 0}
        if self.home is not None:
            params["home"] = str(self.home)
        request = TrainingRequest(TINYDET, TrainingData(Task.DETECTION, self.classes, tuple(samples)), params=params)
        folder = Path(tempfile.mkdtemp(prefix="whorl-simulate-"))
        try:
            model = load_model(train_inline(request, folder / "model"))
            said = list(predict_paths(model, [one.path for one in self.images]))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        return DetectorFit(self, {at: one for at, one in enumerate(said) if isinstance(one, Detections)})

    def pool(self, fitted: DetectorFit | None, unlabelled: IntArray, labelled: IntArray) -> Pool:
        """See ``Learner``: embeddings of the images, and how unsure the detector is of each."""
        scores = None if fitted is None else [fitted.scores(row) for row in unlabelled.tolist()]
        sources = [self.images[row].group for row in unlabelled.tolist()]
        return Pool(
            size=len(unlabelled),
            embeddings=self.features[unlabelled],
            uncertainty=None if scores is None else image_uncertainty(scores),
            labelled_embeddings=self.features[labelled],
            n_labelled=len(labelled),
            groups=sources if any(sources) else None,
        )

    def truth(self, row: int) -> TruthObjects:
        """The boxes of an image."""
        image = self.images[row]
        return TruthObjects(
            image.boxes.astype(np.float64), np.array([self.classes.index(one) for one in image.labels], np.int64)
        )

    def _sample(self, row: int) -> TrainingSample:
        image = self.images[row]
        return TrainingSample(image.path, image.labels, boxes=image.boxes, key=image.key, group=image.group)


@dataclass(frozen=True, eq=False)
class DetectorFit:
    """What a detector said of every image; nothing where it learned from empty images alone."""

    learner: DetectorLearner
    said: dict[int, Detections]

    def scores(self, row: int) -> Scores:
        """Confidence of each box found."""
        found = self.said.get(row)
        return np.zeros(0) if found is None else np.asarray(found.scores, np.float64)

    def score(self, test: IntArray) -> float:
        """AP at an IoU of 0.5, the mean of the classes."""
        names = self.learner.classes
        truth = [self.learner.truth(row) for row in test.tolist()]
        predicted = [self._predicted(row) for row in test.tolist()]
        found = evaluate_detection(truth, predicted, names).ap50
        return 0.0 if found is None else float(found)

    def _predicted(self, row: int) -> PredictedObjects:
        found = self.said.get(row)
        if found is None:
            return PredictedObjects(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64))
        labels = np.array([self.learner.classes.index(one) for one in found.labels], np.int64)
        return PredictedObjects(found.boxes.astype(np.float64), np.asarray(found.scores, np.float64), labels)
