"""Open a blob store by its URL."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from whorl.base.errors import InvalidInput
from whorl.store.blobs.folder import FolderBlobs
from whorl.store.blobs.objects import ObjectBlobs
from whorl.store.blobs.store import BlobStore

if TYPE_CHECKING:
    from obstore.store import S3Config


def open_blobs(url: str) -> BlobStore:
    """Open the blob store at ``file:///folder``, ``memory://`` or ``s3://bucket/prefix``.

    A folder is made when missing; a bucket is not. S3 takes its address and region from the query
    (``?endpoint=https://host:9000&region=eu-west-1``) or from ``AWS_ENDPOINT_URL`` and ``AWS_REGION``, and its
    credentials from the usual AWS variables, never from the URL. Each ``memory://`` is a fresh, empty store.

    Raises:
        InvalidInput: The URL names another kind of store, no bucket, or an unknown option.
    """
    scheme = url.partition("://")[0]
    if scheme == "file":
        return _open_folder(Path(url.removeprefix("file://")))
    if scheme == "memory":
        from obstore.store import MemoryStore

        return ObjectBlobs(MemoryStore(), can_sign=False)
    if scheme == "s3":
        return _open_s3(url)
    raise InvalidInput(
        f"unknown kind of blob store: {scheme or 'none'}; allowed: file, memory, s3",
        hint="Give a URL such as file:///var/lib/whorl/blobs or s3://bucket/prefix.",
    )


def _open_folder(folder: Path) -> BlobStore:
    if not folder.is_absolute():
        raise InvalidInput(f"not an absolute folder: {folder}", hint="Write file:///folder with three slashes.")
    folder.mkdir(parents=True, exist_ok=True)
    return FolderBlobs(folder)


def _open_s3(url: str) -> BlobStore:
    from obstore.store import S3Store

    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    unknown = sorted(set(options) - {"endpoint", "region"})
    if unknown or not parts.hostname or parts.username:
        given = f"unknown option {unknown[0]}" if unknown else "no bucket, or credentials in the URL"
        raise InvalidInput(f"cannot open this S3 URL: {given}", hint="Write s3://bucket/prefix?endpoint=…&region=….")
    endpoint = options.get("endpoint") or os.environ.get("AWS_ENDPOINT_URL", "")
    region = options.get("region") or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    config: S3Config = {"region": region or "us-east-1"}
    if endpoint:
        config["endpoint"] = endpoint
    store = S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        config=config,
        client_options={"allow_http": endpoint.startswith("http://"), "timeout": "60s"},
    )
    return ObjectBlobs(store, can_sign=True, url=url)


def shared_url(blobs: BlobStore) -> str:
    """The URL under which other machines open this store.

    Raises:
        InvalidInput: Only this process has it.
    """
    url = blobs.url if isinstance(blobs, ObjectBlobs) else None
    if url is None:
        raise InvalidInput(
            "bodies run on other machines, and this blob store is known to this process alone",
            hint="Use an s3:// store, or file:// on a folder that all machines share.",
        )
    return url
