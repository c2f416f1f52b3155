"""Blob stores: one contract, three places."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from whorl.base.errors import InvalidInput, StorageFull, Unavailable, UnreadableMedia
from whorl.store.blobs import BlobStore, content_key, get_content, open_blobs, put_content
from whorl.testing.blobs import check_blob_store


@pytest.fixture
def s3_url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket on a server of this test's own, on the loopback interface."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from moto.server import ThreadedMotoServer

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    import httpx

    endpoint = f"http://{host}:{port}"
    assert httpx.put(f"{endpoint}/bucket").status_code == 200
    yield f"s3://bucket/some/prefix?endpoint={endpoint}"
    server.stop()


def test_check_blob_store__folder(tmp_path: Path) -> None:
    check_blob_store(open_blobs(f"file://{tmp_path / 'a folder'}"))


def test_check_blob_store__memory() -> None:
    check_blob_store(open_blobs("memory://"))


def test_check_blob_store__s3(s3_url: str) -> None:
    import httpx

    store = open_blobs(s3_url)
    check_blob_store(store)
    store.put("signed", b"for all")
    url = store.presign("signed", expires_s=60)
    assert url is not None
    assert httpx.get(url).content == b"for all"


def test_presign__files_have_no_address(tmp_path: Path) -> None:
    store = open_blobs(f"file://{tmp_path}")
    store.put("a", b"1")
    assert store.presign("a") is None


def test_put__takes_a_file(tmp_path: Path) -> None:
    source = tmp_path / "film.mp4"
    source.write_bytes(b"film" * 1000)
    store = open_blobs(f"file://{tmp_path / 'blobs'}")
    store.put("a", source)
    assert store.get("a") == b"film" * 1000
    assert get_content(store, put_content(store, source)) == b"film" * 1000


def test_put__leaves_only_the_blob(tmp_path: Path) -> None:
    store = open_blobs(f"file://{tmp_path}")
    store.put("a/b", b"1")
    store.put("a/b", b"2")
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["b"]


def test_list__what_a_crash_left_is_hidden(tmp_path: Path) -> None:
    store = open_blobs(f"file://{tmp_path}")
    store.put("a/b", b"1")
    (tmp_path / "a" / "b#123").write_bytes(b"half")
    assert [found.key for found in store.list()] == ["a/b"]


def test_put_if_absent__a_folder_removed_meanwhile_is_made_again(tmp_path: Path) -> None:
    store = open_blobs(f"file://{tmp_path / 'blobs'}")
    store.put("a/b", b"1")
    shutil.rmtree(tmp_path / "blobs")
    assert store.put_if_absent("a/b", b"2")
    assert store.get("a/b") == b"2"


def test_get_content__damage_is_noticed(tmp_path: Path) -> None:
    store = open_blobs(f"file://{tmp_path}")
    sha256 = put_content(store, b"right")
    (tmp_path / content_key(sha256)).write_bytes(b"wrong")
    assert get_content(store, sha256) == b"wrong"
    with pytest.raises(UnreadableMedia):
        get_content(store, sha256, verify=True)


def test_content_key__not_a_hash() -> None:
    with pytest.raises(InvalidInput, match="not a SHA-256"):
        content_key("../../etc/passwd")


@pytest.mark.parametrize(
    "url", ["ftp://host/x", "nothing", "file://relative/x", "s3://", "s3://bucket?secret=x", "s3://me:pw@bucket/x"]
)
def test_open_blobs__refuses(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        open_blobs(url)
    assert "pw" not in caught.value.message


def _raise(error: Exception) -> BlobStore:
    from whorl.store.blobs.objects import refusal

    raise refusal("a", error)


def test_put__a_full_store_is_told_from_a_broken_one() -> None:
    with pytest.raises(StorageFull):
        _raise(OSError(28, "No space left on device"))
    with pytest.raises(Unavailable):
        _raise(OSError(5, "Input/output error"))


_FULL_DISK = """
import subprocess, sys
from pathlib import Path
folder = Path(sys.argv[1])
mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True)
if mounted.returncode:
    sys.exit(77)
from whorl.base.errors import NotFound, StorageFull
from whorl.store.blobs import open_blobs
store = open_blobs(f"file://{folder}")
store.put("small", b"1")
for put in (store.put, store.put_if_absent):
    try:
        put("big", b"x" * 200_000)
    except StorageFull:
        pass
    else:
        sys.exit("no error")
try:
    store.get("big")
except NotFound:
    print(store.get("small"))
"""


def test_put__a_full_disk_leaves_no_half_blob(tmp_path: Path) -> None:
    command = ["unshare", "--mount", sys.executable, "-c", _FULL_DISK, str(tmp_path)]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("needs unshare")
    if ran.returncode == 77 or "unshare failed" in ran.stderr:
        pytest.skip("may not mount a small disk here")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "b'1'\n", "")
