"""A stranger's model as a model folder: its files beside a card that says how they are read and mapped."""

from __future__ import annotations

import hashlib
import io
import shutil
import stat
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import numpy as np

from whorl.base.errors import InvalidInput, JsonValue, ModelError
from whorl.models.adapters.contract import Adapter
from whorl.models.adapters.guarded import ChildSpec, GuardedModel, Limits
from whorl.models.adapters.labels import LabelsMap, map_prediction, mapped_labels
from whorl.models.adapters.onnx_model import OnnxModel, Understood
from whorl.models.adapters.options import AdapterOptions, read_options
from whorl.models.adapters.resolve import open_guarded, refuse_pickle, resolve_adapter
from whorl.models.folder import CARD, WEIGHTS, ModelCard, load_model, read_card, versions, write_card
from whorl.models.types import FloatArray, Image, Prediction, Task

ONNX, FOLDER, HUB_FILES = f"onnx:{WEIGHTS}", "folder:inner", "hf:files"
_MOST_FILES = 2000
_TYPED = ("onnx", "hf", "torchvision", "http", "https")


@dataclass(frozen=True)
class ImportRequest:
    """What is said of a model that is brought along.

    Args:
        architecture: How its folder is read: a spec, or one of the forms for files in the folder.
        task: What it says about an image; None where the model tells.
        labels: Its own, in the order of its outputs; empty where the model tells.
        options: Of its kind of adapter.
    """

    architecture: str
    task: str | None = None
    labels: tuple[str, ...] = ()
    options: Mapping[str, JsonValue] = field(default_factory=dict)


class Looker:
    """Opens a model, asks it for one prediction, and says what was understood. Made in a process of its own.

    Raises:
        InvalidInput: The model does not tell its task or labels, and nobody else did.
        ModelError: It cannot be opened, or its answer is not understood.
    """

    def __init__(
        self,
        folder: str,
        architecture: str,
        task: str | None,
        labels: list[str],
        options: dict[str, JsonValue],
        known: list[str],
    ) -> None:
        request = ImportRequest(architecture, task, tuple(labels), options)
        adapter = open_stranger(request, Path(folder))
        is_folder = architecture == FOLDER
        found = read_inner(Path(folder) / "inner") if is_folder else understand(adapter, request, known)
        adapter.predict(trial_images(), labels=found.labels, task=found.task)
        self.labels, self.task = list(found.labels), found.task.value
        self.facts: dict[str, JsonValue] = dict(found.facts) | {"able": ", ".join(sorted(adapter.capabilities))}
        self.notes = list(found.notes)


class MappedModel:
    """A model whose labels become others: predicts in the labels of the card.

    Args:
        inner: The model.
        own: Its own labels.
        settled: What each of them becomes.
    """

    def __init__(self, inner: Adapter, own: Sequence[str], task: Task, settled: LabelsMap) -> None:
        self._inner, self._own, self._task, self._settled = inner, tuple(own), task, settled
        self._labels = mapped_labels(settled)
        if "embed" in inner.capabilities:
            self.embed = self._embed
        if "embed_text" in inner.capabilities:
            self.embed_text = self._embed_text

    def predict(self, images: Sequence[Image]) -> list[Prediction]:
        """One prediction per image, in order."""
        found = self._inner.predict(images, labels=self._own, task=self._task)
        return [map_prediction(one, self._settled, self._labels) for one in found]

    def _embed(self, images: Sequence[Image]) -> FloatArray:
        return self._inner.embed_raw(images)

    def _embed_text(self, texts: Sequence[str]) -> FloatArray:
        return self._inner.embed_text(texts)


def look(folder: Path, request: ImportRequest, known: Sequence[str], *, env: Mapping[str, str]) -> Understood:
    """What is understood of a model in a draft folder, found out within its limits.

    Args:
        known: The project's labels: those of a model that tells none.
        env: Variables that the process is to have.

    Raises:
        As :class:`Looker`; and ModelError when it takes too long or too much memory.
    """
    bounds = {key: value for key, value in request.options.items() if key in ("timeout_s", "memory_mb")}
    limits = read_options(AdapterOptions, bounds, "a model")
    arguments: dict[str, JsonValue] = {
        "folder": str(folder),
        "architecture": request.architecture,
        "task": request.task,
        "labels": [*request.labels],
        "options": dict(request.options),
        "known": [*known],
    }
    paths = tuple(path for path in sys.path if path)
    spec = ChildSpec(request.architecture, f"{__name__}:Looker", sys.executable, arguments, None, paths, env)
    child = GuardedModel(spec, Limits(limits.timeout_s, limits.memory_mb))
    try:
        found = child.understood
    finally:
        child.close()
    assert found is not None
    return found


def trial_images() -> list[Image]:
    """One picture of a slope and a bright square, wider than high."""
    slope = np.linspace(0, 200, 96, dtype=np.float32)[None, :, None]
    picture = np.broadcast_to(slope, (64, 96, 3)).astype(np.uint8)
    picture[20:44, 30:60] = (250, 220, 40)
    return [picture]


def open_stranger(request: ImportRequest, folder: Path) -> Adapter:
    """The adapter of a draft or a finished folder, in the model's own labels."""
    architecture = request.architecture
    scheme = architecture.partition(":")[0]
    options = dict(request.options)
    if scheme in _TYPED:
        if request.labels:
            options["labels"] = [*request.labels]
        if request.task:
            options["task"] = request.task
    if scheme == "onnx":
        return Adapter(architecture, OnnxModel(folder / architecture.partition(":")[2], options))
    if architecture == HUB_FILES:
        place = "whorl.models.adapters.huggingface:HuggingFaceModel"
        arguments: dict[str, JsonValue] = {"source": str(folder / "files"), "options": options}
        return open_guarded(architecture, place, options, arguments)
    if architecture == FOLDER:
        return load_model(folder / "inner").adapter
    if scheme in ("subprocess", *_TYPED):
        return resolve_adapter(architecture, options)
    read_options(AdapterOptions, options, "a model of Python code")
    return open_guarded(architecture, architecture, options)


def understand(adapter: Adapter, request: ImportRequest, known: Sequence[str]) -> Understood:
    """What a model says and in which labels: by itself, by the request, or by the project.

    Raises:
        InvalidInput: Nobody says which task, or which labels.
    """
    told = getattr(adapter.target, "understood", None)
    found = told if isinstance(told, Understood) else None
    about = getattr(adapter.target, "about", None)
    task = request.task or (found.task.value if found else getattr(about, "task", None))
    labels = request.labels or (found.labels if found else getattr(about, "labels", ()))
    if task is None:
        raise InvalidInput(
            f"{request.architecture} does not tell what it says about an image",
            hint=f"Give task: {', '.join(one.value for one in Task)}.",
        )
    notes = found.notes if found else ()
    if not labels:
        labels, notes = tuple(known), (*notes, "it names no labels: the project's are taken")
    if not labels:
        raise InvalidInput(f"{request.architecture} names no labels, and the ontology has none", hint="Give labels.")
    return Understood(Task(task), tuple(labels), found.facts if found else {}, tuple(notes))


def read_inner(folder: Path) -> Understood:
    """What the card of a model folder that is brought along says.

    Raises:
        ModelError: It has no card, or one that cannot be read.
    """
    card = read_card(folder)
    return Understood(card.task, card.labels, {"architecture": card.architecture}, card.notes)


def write_imported(
    folder: Path,
    request: ImportRequest,
    found: Understood,
    settled: LabelsMap,
    lineage: Mapping[str, JsonValue],
) -> None:
    """Write the card of a draft folder; its files lie there already."""
    own: list[JsonValue] = [*found.labels]
    write_card(
        folder,
        ModelCard(
            architecture=request.architecture,
            task=found.task,
            labels=mapped_labels(settled),
            preprocessing=dict(found.facts),
            params={"options": dict(request.options), "model_labels": own, "labels_map": dict(settled)},
            lineage={"imported": True, **lineage},
            versions=versions(),
            notes=found.notes,
        ),
    )


def load_imported(folder: Path, card: ModelCard) -> Adapter:
    """The adapter of a folder that :func:`write_imported` made, in the labels of its card.

    Raises:
        ModelError: The card is damaged, or the model cannot be opened.
    """
    options, own, settled = (card.params.get(name) for name in ("options", "model_labels", "labels_map"))
    if not isinstance(options, dict) or not isinstance(own, list) or not isinstance(settled, dict):
        raise ModelError(f"{CARD} of the model {folder.name} lacks its params", hint="Import the model again.")
    labels = tuple(map(str, own))
    pairs = {str(name): None if value is None else str(value) for name, value in settled.items()}
    inner = open_stranger(ImportRequest(card.architecture, card.task.value, labels, options), folder)
    return Adapter(card.architecture, MappedModel(inner, labels, card.task, pairs))


def unpack(data: bytes, name: str, folder: Path, *, most_bytes: int) -> str:
    """Put an uploaded model's files into a draft folder and give the architecture that reads them.

    Args:
        data: An ONNX file, or a zip file of a model folder, of a Hugging Face folder, or of an ONNX file.
        name: Of the file; its ending is looked at.
        most_bytes: Of all unpacked files.

    Raises:
        ModelError: It is none of these, it is damaged or too large, or it holds a pickle.
    """
    refuse_pickle(name)
    if not data:
        raise ModelError("the file is empty (0 bytes)", hint="Send the bytes of a model.")
    if not zipfile.is_zipfile(io.BytesIO(data)):
        if name.lower().endswith(".zip") or data[:4] == b"PK\x03\x04":
            raise ModelError(f"{name}: a damaged zip file", hint="Pack it again.")
        (folder / WEIGHTS).write_bytes(data)
        return ONNX
    inner = folder / "inner"
    _extract(data, inner, most_bytes=most_bytes)
    if (inner / CARD).is_file():
        return FOLDER
    if (inner / "config.json").is_file():
        inner.rename(folder / "files")
        return HUB_FILES
    found = sorted(inner.rglob("*.onnx"))
    if len(found) == 1:
        # Weights beside the graph are found by their names in its own folder.
        for path in [one for one in found[0].parent.iterdir() if one.is_file() and one.name != CARD]:
            path.rename(folder / (WEIGHTS if path == found[0] else path.name))
        shutil.rmtree(inner)
        return ONNX
    raise ModelError(
        f"{name}: {'several ONNX files' if found else 'no model'} in the zip file",
        hint=f"Pack a folder with {CARD}, one with config.json and safetensors, or one ONNX file.",
    )


def sha256_of(data: bytes) -> str:
    """SHA-256 of bytes, as hex."""
    return hashlib.sha256(data).hexdigest()


def _extract(data: bytes, folder: Path, *, most_bytes: int) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [one for one in archive.infolist() if not one.is_dir()]
            _check_entries(infos, most_bytes)
            top = {PurePosixPath(one.filename).parts[0] for one in infos}
            is_wrapped = len(top) == 1 and all(len(PurePosixPath(one.filename).parts) > 1 for one in infos)
            for one in infos:
                path = folder.joinpath(*PurePosixPath(one.filename).parts[1 if is_wrapped else 0 :])
                path.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(one) as source, path.open("xb") as target:
                    # The header's size is a claim; reading stops at it all the same.
                    shutil.copyfileobj(source, target)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise ModelError(f"the zip file cannot be read: {error}"[:300], hint="Pack it again.") from error


def _check_entries(infos: Sequence[zipfile.ZipInfo], most_bytes: int) -> None:
    if len(infos) > _MOST_FILES:
        raise ModelError(f"the zip file holds {len(infos):,} files; allowed: {_MOST_FILES:,}")
    total = sum(one.file_size for one in infos)
    if total > most_bytes:
        raise ModelError(f"the zip file unpacks to {total:,} bytes; allowed: {most_bytes:,}")
    for one in infos:
        parts = PurePosixPath(one.filename.replace("\\", "/")).parts
        is_link = stat.S_ISLNK(one.external_attr >> 16)
        if not parts or parts[0] == "/" or ".." in parts or ":" in parts[0] or is_link or one.flag_bits & 1:
            raise ModelError(
                f"the zip file holds {one.filename[:100]!a}, which leaves its folder, is a link or is encrypted",
                hint="Pack plain files.",
            )
        refuse_pickle(one.filename)
