"""The contract of a blob store, runnable against any implementation."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from whorl.base.errors import InvalidInput, NotFound
from whorl.store.blobs import BlobStore, content_key, get_content, put_content


def check_blob_store(store: BlobStore) -> None:
    """Check that an empty ``store`` keeps the contract of ``BlobStore``; leaves a few small blobs behind.

    Raises:
        AssertionError: It breaks the contract; the message says where.
    """
    _check_put_and_get(store)
    _check_ranges(store)
    _check_put_if_absent(store)
    _check_staging(store)
    _check_list_and_delete(store)
    _check_refusals(store)
    sha256 = put_content(store, b"content")
    assert put_content(store, b"content") == sha256, "the same content has the same key"
    assert get_content(store, sha256, verify=True) == b"content", "content comes back"
    url = store.presign(content_key(sha256), expires_s=60)
    assert url is None or url.startswith(("http://", "https://")), f"presign gives a web address or None, not {url}"


def _check_put_and_get(store: BlobStore) -> None:
    for data in (b"", b"first", bytes(range(256)) * 400):
        store.put("check/blob", data)
        assert store.get("check/blob") == data, f"put of {len(data)} bytes comes back"


def _check_ranges(store: BlobStore) -> None:
    store.put("check/range", b"0123456789")
    for start, length, wanted in [
        (0, 4, b"0123"),
        (7, 3, b"789"),
        (7, 99, b"789"),
        (10, 1, b""),
        (50, 5, b""),
        (3, 0, b""),
    ]:
        got = store.get_range("check/range", start=start, length=length)
        assert got == wanted, f"bytes {start} and {length} on: {got!r}, not {wanted!r}"


def _check_put_if_absent(store: BlobStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda number: store.put_if_absent("check/once", b"%d" % number), range(24)))
    assert sum(won) == 1, f"of 24 put_if_absent at once {sum(won)} won, not 1"
    assert store.get("check/once") == b"%d" % won.index(True), "the winner's bytes stand"
    assert not store.put_if_absent("check/once", b"late"), "a key that exists is not replaced"


def _check_staging(store: BlobStore) -> None:
    for count in (1, 30):
        staged = [store.stage(f"check/staged/{count}/{number}", b"%d" % number) for number in range(count)]
        store.publish(staged)
        found = [store.get(f"check/staged/{count}/{number}") for number in range(count)]
        assert found == [b"%d" % number for number in range(count)], "what is staged and published is there"
    late = store.stage("check/staged/1/0", b"late")
    twice = [store.stage("check/staged/twice", b"first"), store.stage("check/staged/twice", b"second")]
    store.publish([late, *twice])
    assert store.get("check/staged/1/0") == b"0", "publishing replaces nothing"
    assert store.get("check/staged/twice") == b"first", "of two staged under one key the first stands"
    store.discard([late, *twice])
    assert store.get("check/staged/twice") == b"first", "discarding what was published changes nothing"
    store.publish([])


def _check_list_and_delete(store: BlobStore) -> None:
    for name in ("a", "b/c", "b/d"):
        store.put(f"check/list/{name}", name.encode())
    found = {info.key: info for info in store.list("check/list")}
    assert set(found) == {"check/list/a", "check/list/b/c", "check/list/b/d"}, f"list gives {sorted(found)}"
    assert found["check/list/b/c"].size_bytes == 3, "list gives the size"
    age_s = (datetime.now(UTC) - found["check/list/a"].modified_at).total_seconds()
    assert abs(age_s) < 3600, "list gives the time of the write"
    store.delete("check/list/a")
    store.delete("check/list/a")
    assert {info.key for info in store.list("check/list")} == {"check/list/b/c", "check/list/b/d"}, "delete removes"
    assert list(store.list("check/nothing")) == [], "an unknown prefix is an empty list"


def _check_refusals(store: BlobStore) -> None:
    calls: list[Callable[[], bytes]] = [
        lambda: store.get("check/missing"),
        lambda: store.get_range("check/missing", start=0, length=1),
    ]
    for call in calls:
        try:
            call()
        except NotFound:
            continue
        raise AssertionError("a missing key is NotFound")
    for key in ("", "/etc/passwd", "../up", "a/../b", "a//b", ".hidden", "a b", "x" * 2000):
        try:
            store.put(key, b"")
        except InvalidInput:
            continue
        raise AssertionError(f"the key {key[:20]!r} is refused")
