"""The model folder: ``model.yaml`` (the card), ``model.onnx``, ``metrics.jsonl``; whole or absent.

A folder is written beside its final place and renamed into it, so a reader never sees half of one.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import yaml

from whorl.base.errors import Conflict, JsonValue, ModelError
from whorl.models.adapters.contract import Adapter
from whorl.models.types import FloatArray, Image, Prediction, Task

CARD = "model.yaml"
WEIGHTS = "model.onnx"
CURVES = "metrics.jsonl"


@dataclass(frozen=True)
class ModelCard:
    """What ``model.yaml`` says.

    Args:
        architecture: The adapter that loads the folder, such as ``builtin:linear``.
        labels: Output labels, in order.
        lineage: Given by the caller: snapshot, query, run; kept as it is.
    """

    architecture: str
    task: Task
    labels: tuple[str, ...]
    preprocessing: Mapping[str, JsonValue] = field(default_factory=dict)
    calibration: Mapping[str, JsonValue] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)
    params: Mapping[str, JsonValue] = field(default_factory=dict)
    lineage: Mapping[str, JsonValue] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class LoadedModel:
    """A model ready to predict.

    Args:
        folder: Where it was read from.
        card: Its ``model.yaml``.
        adapter: The loaded adapter behind it.
    """

    folder: Path
    card: ModelCard
    adapter: Adapter

    @property
    def labels(self) -> tuple[str, ...]:
        """Output labels, in order."""
        return self.card.labels

    @property
    def task(self) -> Task:
        """What the model says about an image."""
        return self.card.task

    def predict_batch(self, images: Sequence[Image], *, prompts: object = None) -> list[Prediction]:
        """One prediction per uint8 RGB image, in order.

        Raises:
            ModelError: The adapter raised or returned something not understood.
        """
        return self.adapter.predict(images, labels=self.labels, task=self.task, prompts=prompts)

    def embed(self, images: Sequence[Image]) -> FloatArray:
        """float32 (n, d) features of the images.

        Raises:
            ModelError: The model has no embedding.
        """
        return self.adapter.embed(images)


@contextmanager
def write_folder(target: Path) -> Iterator[Path]:
    """Give a temporary folder that becomes ``target`` when the block ends well, and vanishes otherwise.

    Raises:
        Conflict: ``target`` exists already.
    """
    if target.exists():
        raise Conflict(f"the model folder {target.name} exists already", hint="Choose another folder.")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.parent / f".{target.name}.{os.getpid()}.draft"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    try:
        yield draft
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def write_card(folder: Path, card: ModelCard) -> None:
    """Write ``model.yaml``; replaces one that is there."""
    body = asdict(card) | {"task": card.task.value, "labels": list(card.labels), "notes": list(card.notes)}
    (folder / CARD).write_text(yaml.safe_dump(body, sort_keys=False, allow_unicode=True), encoding="utf-8")


def read_card(folder: Path) -> ModelCard:
    """Read and check ``model.yaml``.

    Raises:
        ModelError: The file is missing, is not YAML, or lacks a field; the message names file and field.
    """
    path = folder / CARD
    try:
        body = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ModelError(f"{folder.name} has no {CARD}", hint="Give a folder written by whorl train.") from error
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        raise _corrupt(folder, CARD, str(error)) from error
    if not isinstance(body, dict):
        raise _corrupt(folder, CARD, "it holds no fields")
    missing = [name for name in ("architecture", "task", "labels") if not body.get(name)]
    if missing:
        raise _corrupt(folder, CARD, f"it lacks {', '.join(missing)}")
    known = {name: body[name] for name in ModelCard.__dataclass_fields__ if body.get(name) is not None}
    try:
        labels, notes = tuple(map(str, known["labels"])), tuple(map(str, known.get("notes", ())))
        return ModelCard(**known | {"task": Task(known["task"]), "labels": labels, "notes": notes})
    except (ValueError, TypeError) as error:
        raise _corrupt(folder, CARD, str(error)) from error


def load_model(folder: Path) -> LoadedModel:
    """Read a model folder, ready to predict.

    Built-ins need onnxruntime only; code that is a stranger's runs in a process of its own.

    Raises:
        ModelError: A file is missing or corrupt; the message names it.
    """
    card = read_card(folder)
    return LoadedModel(folder, card, _open(folder, card))


def _open(folder: Path, card: ModelCard) -> Adapter:
    from whorl.models.adapters.resolve import open_guarded, resolve_adapter

    if card.lineage.get("imported"):
        from whorl.models.adapters.imported import load_imported

        return load_imported(folder, card)
    if card.architecture.startswith("builtin:"):
        adapter = resolve_adapter(card.architecture)
        adapter.load(folder)
        return adapter
    # Code that Whorl does not know may hang or eat memory; in a process of its own it can be stopped.
    return open_guarded(card.architecture, card.architecture, {}, files=folder)


# Any: onnxruntime ships no types.
def open_onnx(path: Path):  # type: ignore[no-untyped-def]
    """An onnxruntime session on one thread.

    Raises:
        ModelError: The file is missing or is not ONNX.
    """
    import onnxruntime

    if not path.is_file():
        raise ModelError(
            f"{path.parent.name} has no {path.name}", hint="The model folder is incomplete; train or copy it again."
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises its own classes, which share no base but Exception
        raise _corrupt(path.parent, path.name, str(error)) from error


def versions() -> dict[str, str]:
    """Versions of what shaped a training, for the card."""
    found = {"python": platform.python_version()}
    for package in ("whorl", "numpy", "onnxruntime", "torch"):
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _corrupt(folder: Path, file: str, reason: str) -> ModelError:
    return ModelError(
        f"{file} of the model {folder.name} cannot be read: {reason}",
        hint="The file is damaged or not a model; train or copy it again.",
    )
