"""A trained model's folder as blobs, so that every machine that reaches the blob store can have the model.

A pack is a list of the folder's files, each kept under the SHA-256 of its bytes; the list is a blob too, whose SHA-256
is recorded with the model. The folder below ``models/`` is a copy that any machine makes for itself.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from whorl.base.errors import ModelError, NotFound
from whorl.store.blobs import BlobStore, content_key, get_content, put_content

_MARK = ".pack"


def pack_folder(blobs: BlobStore, folder: Path) -> str:
    """Store a model folder's files and give the pack's SHA-256; a file that other models share is stored once."""
    files = {
        path.relative_to(folder).as_posix(): put_content(blobs, path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    sha256 = put_content(blobs, json.dumps({"files": files}, sort_keys=True).encode())
    _mark(folder).write_text(sha256, encoding="ascii")
    return sha256


def bring_folder(blobs: BlobStore, folder: Path, pack_sha256: str | None) -> Path:
    """Give a model's folder on this machine, made from its pack unless it is there.

    Args:
        folder: Where it belongs; what lies there and is not the pack's is replaced.
        pack_sha256: None for a model that was trained before there were packs.

    Raises:
        NotFound: It is not on this machine, and there is no pack, or the blob store has lost it.
        ModelError: The pack is damaged.
    """
    if pack_sha256 is None:
        if folder.is_dir():
            return folder
        raise NotFound(
            f"the folder of model {folder.name} is not on this machine",
            hint="It was trained before folders were kept with the blobs: copy it here, or train the model again.",
        )
    if folder.is_dir() and find_pack(folder) == pack_sha256:
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        for name, sha256 in _read_pack(blobs, pack_sha256).items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(blobs.get(content_key(sha256)))
        _replace(draft, folder, pack_sha256)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def find_pack(folder: Path) -> str | None:
    """The pack that a model folder on this machine was made into or from; None when it was neither."""
    try:
        return _mark(folder).read_text(encoding="ascii").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def _replace(draft: Path, folder: Path, pack_sha256: str) -> None:
    if folder.is_dir() and find_pack(folder) != pack_sha256:
        # An attempt of this machine whose result did not count.
        shutil.rmtree(folder)
    try:
        draft.rename(folder)
    except OSError:
        # Another process of this machine was faster, with the same files.
        if not folder.is_dir():
            raise
    _mark(folder).write_text(pack_sha256, encoding="ascii")


def _read_pack(blobs: BlobStore, sha256: str) -> Mapping[str, str]:
    try:
        files = json.loads(get_content(blobs, sha256))["files"]
        found = {str(name): str(digest) for name, digest in files.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(sha256) from error
    if any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts for name in found):
        raise _damaged(sha256)
    return found


def _damaged(sha256: str) -> ModelError:
    return ModelError(f"the pack {sha256[:12]} of a model is damaged", hint="Restore the blobs, or train it again.")


def _mark(folder: Path) -> Path:
    # Beside the folder, so that the folder holds the model and nothing else.
    return folder.with_name(f".{folder.name}{_MARK}")
