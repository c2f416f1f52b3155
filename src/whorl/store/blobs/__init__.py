"""Blobs: bytes under a key, in a folder, in memory or in a bucket.

Key words: a *key* is a slash-separated relative path; *content* is stored under ``content_key`` of its SHA-256, so
writing it twice is harmless and a body that runs again changes nothing.

Invariants: a reader sees all of a blob or none of it; of several ``put_if_absent`` on one key exactly one gives True;
what a call has stored survives a power cut; a missing key is NotFound and a full disk StorageFull, whatever the store.
A file store cannot sign addresses: ``presign`` gives None there and the server streams the bytes itself.
"""

from whorl.store.blobs.content import content_key, get_content, put_content, sha256_of
from whorl.store.blobs.open import open_blobs, shared_url
from whorl.store.blobs.store import BlobInfo, BlobStore, Staged

__all__ = [
    "BlobInfo",
    "BlobStore",
    "Staged",
    "content_key",
    "get_content",
    "open_blobs",
    "put_content",
    "sha256_of",
    "shared_url",
]
