"""Call a duck-typed model safely: one batch in, one prediction per image out, errors with a name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whorl.base.errors import JsonValue, ModelError, WhorlError
from whorl.models.coerce import coerce_prediction
from whorl.models.coerce_parts import to_array
from whorl.models.types import FloatArray, Image, Prediction, Task, TrainingData

METHODS = ("load", "predict", "embed", "embed_text", "train", "save")
Report = Callable[[Mapping[str, float]], None]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True)
class TrainFacts:
    """What a training knows about its result; becomes part of ``model.yaml``.

    Args:
        metrics: Final figures, by name.
        preprocessing: How an image becomes the network's input.
        calibration: How raw outputs become probabilities.
        notes: Sentences for people, such as "one label only: always predicts it".
        architecture: Who can load the folder, when that is another one than was asked to train.
    """

    metrics: Mapping[str, float]
    preprocessing: Mapping[str, JsonValue]
    calibration: Mapping[str, JsonValue]
    notes: tuple[str, ...] = ()
    architecture: str | None = None


@dataclass(frozen=True)
class Adapter:
    """A model object behind the contract.

    Args:
        name: How it was declared; used in errors.
        target: The object or function.
    """

    name: str
    target: object

    @property
    def capabilities(self) -> frozenset[str]:
        """Which of load, predict, embed, embed_text, train and save this model can do."""
        found = {m for m in METHODS if callable(getattr(self.target, m, None))}
        if not found and callable(self.target):
            found = {"predict"}
        return frozenset(found)

    def predict(
        self, images: Sequence[Image], *, labels: Sequence[str], task: Task, prompts: object = None
    ) -> list[Prediction]:
        """One prediction per image, in order; an empty list for no images.

        Raises:
            ModelError: The adapter cannot predict, raised, or returned something not understood.
        """
        call = self._method("predict")
        if not len(images):
            return []
        typed = getattr(self.target, "predict_typed", None)
        if callable(typed):  # Whorl's own, around a stranger's: it has to know what to make of the answers
            results: Sequence[object] = typed(images, labels=labels, task=task, prompts=prompts)
        elif call is self.target:  # a plain function takes one image
            with self._named("predict"):
                results = [call(image) for image in images]
        else:
            with self._named("predict"):
                returned = call(images, prompts=prompts) if _takes(call, "prompts") else call(images)
            results = self._per_image(returned, len(images))
        return [
            coerce_prediction(result, labels=labels, task=task, size=image.shape[:2], adapter=self.name)
            for result, image in zip(results, images, strict=True)
        ]

    def embed(self, images: Sequence[Image]) -> FloatArray:
        """float32 (n, d), one finite row per image.

        Raises:
            ModelError: The adapter cannot embed, raised, or returned another shape.
        """
        rows = self.embed_raw(images)
        if not np.isfinite(rows).all():
            raise ModelError(
                f"{self.name}.embed returned numbers that are not finite for {len(images)} images",
                hint="Return one finite row per image: (n, d).",
            )
        return rows

    def embed_raw(self, images: Sequence[Image]) -> FloatArray:
        """As ``embed``, but rows may hold NaN and infinity: for callers that leave out such images.

        Raises:
            ModelError: The adapter cannot embed, raised, or returned another shape.
        """
        call = self._method("embed")
        with self._named("embed"):
            rows = to_array(call(images))
        return self._per_input("embed", rows, len(images), "image")

    def embed_text(self, texts: Sequence[str]) -> FloatArray:
        """float32 (n, d), one finite row per text, comparable with the rows of images.

        Raises:
            ModelError: The adapter cannot embed text, raised, or returned another shape.
        """
        call = self._method("embed_text")
        with self._named("embed_text"):
            rows = to_array(call(texts))
        if not np.isfinite(rows).all():
            raise ModelError(
                f"{self.name}.embed_text returned numbers that are not finite", hint="Return one finite row per text."
            )
        return self._per_input("embed_text", rows, len(texts), "text")

    def train(
        self,
        data: TrainingData,
        out: Path,
        *,
        params: Mapping[str, JsonValue],
        report: Report,
        should_stop: ShouldStop,
        checkpoint: Path | None = None,
    ) -> TrainFacts:
        """Train and leave the files to load from in ``out``.

        Args:
            checkpoint: Folder for the state of the training. Only an adapter whose ``train`` takes it is given it: it
                writes there every few seconds, and goes on from what it finds.

        Raises:
            ModelError: The adapter cannot train or raised.
            Cancelled: ``should_stop`` said so and the adapter gave up.
        """
        call = self._method("train")
        with self._named("train"):
            more = {"checkpoint": checkpoint} if checkpoint is not None and _takes(call, "checkpoint") else {}
            facts = call(data, out, params=params, report=report, should_stop=should_stop, **more)
            if not isinstance(facts, TrainFacts):
                if "save" in self.capabilities:
                    self._method("save")(out)
                numbers = facts if isinstance(facts, Mapping) else {}
                facts = TrainFacts({str(k): float(v) for k, v in numbers.items()}, {}, {})
        return facts

    def load(self, folder: Path) -> None:
        """Let the model read its files; nothing happens when it has no ``load``."""
        if "load" in self.capabilities:
            with self._named("load"):
                self._method("load")(folder)

    def save(self, folder: Path) -> None:
        """Let the model write its files.

        Raises:
            ModelError: The adapter has no ``save``, or it raised.
        """
        with self._named("save"):
            self._method("save")(folder)

    # Any: the duck-typed method of a stranger's object has no static type.
    def _method(self, name: str) -> Callable[..., object]:
        found = getattr(self.target, name, None)
        if callable(found):
            return _as_call(found)
        if name == "predict" and callable(self.target) and self.capabilities == {"predict"}:
            return _as_call(self.target)
        able = ", ".join(sorted(self.capabilities)) or "nothing"
        raise ModelError(f"{self.name} cannot {name}; it can {able}", hint=f"Add a method {name!r} to the adapter.")

    def _per_input(self, method: str, rows: FloatArray, count: int, what: str) -> FloatArray:
        if rows.ndim != 2 or len(rows) != count or not rows.shape[1]:
            raise ModelError(
                f"{self.name}.{method} returned shape {rows.shape} for {count} {what}s",
                hint=f"Return one finite row per {what}: (n, d).",
            )
        return rows

    def _per_image(self, returned: object, count: int) -> Sequence[object]:
        if isinstance(returned, np.ndarray) and len(returned) == count:
            return list(returned)
        if isinstance(returned, list | tuple) and len(returned) == count:
            return returned
        found = len(returned) if isinstance(returned, list | tuple | np.ndarray) else type(returned).__qualname__
        raise ModelError(
            f"{self.name}.predict was given {count} images and returned {found}",
            hint="Return a list with one entry per image, in the same order.",
        )

    @contextmanager
    def _named(self, method: str) -> Iterator[None]:
        try:
            yield
        except WhorlError:
            raise
        except Exception as error:
            raise ModelError(
                f"{self.name}.{method} raised {type(error).__name__}: {error}",
                hint="Run whorl.testing.adapters.check_adapter on it, and see the log for the trace.",
                details={"adapter": self.name, "method": method},
            ) from error


def _as_call(found: object) -> Callable[..., object]:
    assert callable(found)
    return found


def _takes(call: Callable[..., object], name: str) -> bool:
    try:
        parameters = inspect.signature(call).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(p.name == name or p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)
