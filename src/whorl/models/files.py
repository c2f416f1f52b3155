"""Items' bytes as local files, for trainers and decoders that run in other processes."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from whorl.store.blobs import BlobStore, content_key


def materialise(blobs: BlobStore, sha256s: Iterable[str], folder: Path) -> list[Path]:
    """Write each blob to ``folder`` unless it is there, and give the paths in the order asked for."""
    paths: list[Path] = []
    for sha256 in sha256s:
        path = folder / sha256[:2] / sha256
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f".{sha256}.{os.getpid()}.{threading.get_ident()}")
            draft.write_bytes(blobs.get(content_key(sha256)))
            draft.replace(path)
        paths.append(path)
    return paths


def digest_items(rows: Sequence[tuple[str, str]]) -> str:
    """SHA-256 over items' public ids and content hashes, whatever their order: the name of a frozen set."""
    digest = hashlib.sha256()
    for item_id, sha256 in sorted(rows):
        digest.update(f"{item_id}:{sha256}\n".encode())
    return digest.hexdigest()
