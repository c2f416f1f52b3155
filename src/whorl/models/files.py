"""Items' bytes as local files, for trainers and decoders that run in other processes."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from whorl.store.blobs import BlobStore, content_key

_AT_ONCE = 8
_FEW = 4


def materialise(blobs: BlobStore, sha256s: Iterable[str], folder: Path) -> list[Path]:
    """Write each blob to ``folder`` unless it is there, and give the paths in the order asked for.

    Several are fetched at a time: a bucket answers late, but many at once.

    Raises:
        NotFound: The store lacks one of them.
        Unavailable: The store cannot be reached.
    """
    paths = [folder / sha256[:2] / sha256 for sha256 in sha256s]
    absent = [path for path in dict.fromkeys(paths) if not path.exists()]
    if len(absent) < _FEW:
        for path in absent:
            _fetch(blobs, path)
    else:
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="whorl-fetch") as pool:
            list(pool.map(partial(_fetch, blobs), absent))
    return paths


def _fetch(blobs: BlobStore, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
    draft.write_bytes(blobs.get(content_key(path.name)))
    draft.replace(path)


def digest_items(rows: Sequence[tuple[str, str]]) -> str:
    """SHA-256 over items' public ids and content hashes, whatever their order: the name of a frozen set."""
    digest = hashlib.sha256()
    for item_id, sha256 in sorted(rows):
        digest.update(f"{item_id}:{sha256}\n".encode())
    return digest.hexdigest()
