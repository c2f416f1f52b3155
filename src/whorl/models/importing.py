"""Register a model that was made elsewhere: its files become a model folder, and it is as good as trained here."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, insert

from whorl.base.errors import InvalidInput, JsonValue
from whorl.base.ids import new_id
from whorl.models.adapters.imported import (
    FOLDER,
    HUB_FILES,
    ONNX,
    ImportRequest,
    look,
    read_inner,
    sha256_of,
    unpack,
    write_imported,
)
from whorl.models.adapters.labels import LabelsMap, mapped_labels, propose_map, settle_map
from whorl.models.adapters.onnx_model import Understood
from whorl.models.adapters.resolve import check_python, refuse_pickle, split_subprocess
from whorl.models.folder import read_card
from whorl.models.packs import pack_folder
from whorl.ontology.actions import add_labels
from whorl.ontology.queries import current_draft
from whorl.schemas.model_imports import ModelImport
from whorl.store.blobs import BlobStore
from whorl.store.db.tables import model
from whorl.store.events import emit

_OBJECT = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_][\w.]*", re.ASCII)
_HUB_ID = re.compile(r"(hf|torchvision):[A-Za-z0-9_][\w.-]*(/[A-Za-z0-9_][\w.-]*)?", re.ASCII)


@dataclass(frozen=True)
class Upload:
    """A file that came along."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Examined:
    """A model in a draft folder, looked at.

    Args:
        folder: The draft; it vanishes unless it is kept.
        known: The project's labels when it was looked at.
        is_open: The ontology takes in labels that it lacks.
    """

    wanted: ModelImport
    folder: Path
    request: ImportRequest
    found: Understood
    source: str
    source_sha256: str | None
    known: tuple[str, ...]
    is_open: bool

    def propose(self) -> tuple[dict[str, str | None], list[str]]:
        """The map as given, completed by the nearest labels; and what it leaves without a place."""
        given, guessed = self.wanted.labels_map, propose_map(self.found.labels, self.known)
        own = [label for label in self.found.labels if label not in given]
        rest = {label: given["*"] for label in own} if "*" in given else {}
        same = {label: label for label in own if label in self.known or self.is_open}
        proposed = {label: given.get(label) for label in self.found.labels} | {one: guessed[one] for one in own}
        settled = proposed | rest | same
        return settled, [label for label in own if label not in rest and label not in same]


@contextmanager
def examine_import(
    wanted: ModelImport,
    upload: Upload | None,
    models_path: Path,
    *,
    known: Sequence[str],
    is_open: bool,
    env: Mapping[str, str],
    most_bytes: int,
) -> Iterator[Examined]:
    """Put a model into a draft folder and look at it, in a process of its own.

    Args:
        models_path: Folder of model folders.
        env: The settings that models may look at: ``WHORL_EGRESS_ALLOW``, ``WHORL_MODEL_PYTHONS``.

    Raises:
        Forbidden: It wants an interpreter that the admin has not named.
        InvalidInput: It is named in a form that cannot be brought along, or not at all, or its options are wrong.
        ModelError: The file is no model, or the model does not answer as it should.
    """
    models_path.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=".import.", dir=models_path))
    try:
        architecture, inner_task = _place(wanted, upload, folder, env.get("WHORL_MODEL_PYTHONS", ""), most_bytes)
        request = ImportRequest(architecture, wanted.task or inner_task, tuple(wanted.labels), wanted.options)
        found = look(folder, request, known, env=env)
        source = wanted.spec or (upload.name if upload else "")
        digest = None if upload is None else sha256_of(upload.data)
        yield Examined(wanted, folder, request, found, source, digest, tuple(known), is_open)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def keep_folder(examined: Examined, model_id: str, blobs: BlobStore) -> tuple[Path, LabelsMap, str]:
    """Give the draft its card and its final name; the folder, the map of labels and the pack.

    Raises:
        InvalidInput: The map names labels that the model does not have.
        UnknownLabel: A label has no place in the ontology; a map is proposed.
    """
    settled = settle_map(examined.found.labels, examined.known, examined.wanted.labels_map, is_open=examined.is_open)
    lineage: dict[str, JsonValue] = {
        "model": model_id,
        "source": examined.source,
        "sha256": examined.source_sha256,
    }
    write_imported(examined.folder, examined.request, examined.found, settled, lineage)
    target = examined.folder.with_name(model_id)
    examined.folder.rename(target)
    return target, settled, pack_folder(blobs, target)


def record_import(
    conn: Connection,
    examined: Examined,
    model_id: str,
    *,
    folder: Path,
    settled: LabelsMap,
    pack_sha256: str,
    project_id: str,
    actor_id: str,
    now: datetime,
) -> None:
    """Register the model as trained; an open ontology takes in its labels."""
    labels = mapped_labels(settled)
    if examined.is_open and current_draft(conn, project_id).is_open:
        add_labels(conn, project_id, labels, actor_id=actor_id, now=now)
    params: dict[str, JsonValue] = {"source": examined.source, "options": dict(examined.request.options)}
    conn.execute(
        insert(model).values(
            id=model_id,
            project_id=project_id,
            name=examined.wanted.name,
            task=examined.found.task.value,
            architecture=examined.request.architecture,
            params=params | {"labels_map": dict(settled)},
            labels=list(labels),
            status="trained",
            folder=model_id,
            query={"imported": True},
            metrics={},
            pack_sha256=pack_sha256,
            size_bytes=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
            created_at=now,
            trained_at=now,
        )
    )
    name: dict[str, JsonValue] = {"name": examined.wanted.name, "n_items": None}
    emit(conn, "model.created", project_id=project_id, subject_id=model_id, actor_id=actor_id, now=now)
    emit(conn, "model.trained", project_id=project_id, subject_id=model_id, actor_id=actor_id, now=now, payload=name)


def new_model_id(now: datetime) -> str:
    """An id for the folder and the row."""
    return new_id("model", at=now.timestamp())


def check_spec(spec: str, pythons: str) -> None:
    """Refuse what names a file of the server, or no model at all.

    Args:
        pythons: ``WHORL_MODEL_PYTHONS``.

    Raises:
        Forbidden: It wants an interpreter that is not named there.
        InvalidInput: It is in none of the forms that can be brought along.
        ModelError: It is a pickle.
    """
    scheme = spec.partition(":")[0]
    if scheme == "subprocess":
        check_python(split_subprocess(spec.partition(":")[2])[0], pythons)
        return
    if scheme in ("http", "https"):
        from whorl.base.egress import check_url

        check_url(spec)
        return
    refuse_pickle(spec)
    is_own = scheme in ("builtin", "onnx", "folder", "file")
    if is_own or not (_HUB_ID.fullmatch(spec) if scheme in ("hf", "torchvision") else _OBJECT.fullmatch(spec)):
        raise InvalidInput(
            f"not a model that can be brought along: {spec!a}",
            hint="Give my_package.my_module:MyModel, hf:org/name, torchvision:NAME, an address, or subprocess:…; "
            "files of your machine are uploaded: `whorl models add NAME model.onnx`.",
        )


def _place(
    wanted: ModelImport, upload: Upload | None, folder: Path, pythons: str, most_bytes: int
) -> tuple[str, str | None]:
    """The architecture that reads the draft, and the task when a card says it."""
    if (upload is None) == (wanted.spec is None):
        raise InvalidInput("which model?", hint="Send a file, or name the model with spec; not both.")
    if upload is None:
        assert wanted.spec is not None
        check_spec(wanted.spec, pythons)
        return wanted.spec, None
    architecture = unpack(upload.data, upload.name, folder, most_bytes=most_bytes)
    if architecture == FOLDER:
        card = read_card(folder / "inner")
        is_file = bool(card.lineage.get("imported")) and card.architecture in (ONNX, HUB_FILES)
        if not card.architecture.startswith("builtin:") and not is_file:
            check_spec(card.architecture, pythons)
        return architecture, read_inner(folder / "inner").task.value
    return architecture, None
