"""Blob stores: one contract, three places."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from whorl.base.errors import InvalidInput, StorageFull, Unavailable, UnreadableMedia
from whorl.store.blobs import BlobStore, content_key, durable, get_content, open_blobs, put_content
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


@dataclass
class _Disk:
    """What has been brought to disk, and what was not when it had to be."""

    synced: list[str] = field(default_factory=list)
    named_too_early: list[str] = field(default_factory=list)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> _Disk:
    """Watches the system's own calls: each fsync, and each name that a file gets."""
    seen = _Disk()
    fsync, link, replace = os.fsync, os.link, os.replace

    def watch_sync(handle: int) -> None:
        seen.synced.append(os.readlink(f"/proc/self/fd/{handle}"))
        fsync(handle)

    def watch(call: Callable[[str, str], None]) -> Callable[[str, str], None]:
        def named(beside: str, path: str) -> None:
            if beside not in seen.synced:
                seen.named_too_early.append(path)
            seen.synced = [one for one in seen.synced if one != os.path.dirname(path)]
            call(beside, path)

        return named

    monkeypatch.setattr(os, "fsync", watch_sync)
    monkeypatch.setattr(os, "link", watch(link))
    monkeypatch.setattr(os, "replace", watch(replace))
    return seen


linux_only = pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="reads /proc")


@linux_only
@pytest.mark.parametrize("how", ["put", "put_if_absent", "stage"])
def test_put__bytes_are_on_disk_before_the_name_and_the_name_before_the_answer(
    tmp_path: Path, disk: _Disk, how: str
) -> None:
    store = open_blobs(f"file://{tmp_path}")
    if how == "stage":
        store.publish([store.stage("a/b/one", b"1"), store.stage("a/b/two", b"2")])
    else:
        getattr(store, how)("a/b/one", b"1")
    assert disk.named_too_early == []
    # Folders that were made for it, too: a file in a folder without a name is lost.
    assert {str(tmp_path), f"{tmp_path}/a", f"{tmp_path}/a/b"} <= set(disk.synced)


@linux_only
def test_put_if_absent__a_name_that_is_there_is_made_durable_too(tmp_path: Path, disk: _Disk) -> None:
    store = open_blobs(f"file://{tmp_path}")
    store.put_if_absent("a/one", b"1")
    disk.synced.clear()
    assert not store.put_if_absent("a/one", b"1")
    store.publish([store.stage("a/one", b"1")])
    assert disk.synced.count(f"{tmp_path}/a") == 2


def test_publish__many_are_synced_at_once_and_each_where_that_cannot_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []
    monkeypatch.setattr(os, "fsync", lambda handle: calls.append(handle))
    store = open_blobs(f"file://{tmp_path}")
    store.publish([store.stage(f"{number}/a", b"1") for number in range(20)])
    assert len(calls) == (0 if sys.platform == "linux" else 41)
    monkeypatch.setattr(durable, "_syncfs", lambda: None)
    calls.clear()
    store.publish([store.stage(f"{number}/b", b"1") for number in range(20)])
    # Twenty files, their twenty folders, and the folder that holds those.
    assert len(calls) == 41
    assert sorted(info.key for info in store.list("7")) == ["7/a", "7/b"]


def test_publish__a_disk_that_refuses_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", refuse)
    store = open_blobs(f"file://{tmp_path}")
    with pytest.raises(Unavailable, match="refused a/one"):
        store.publish([store.stage("a/one", b"1")])
    with pytest.raises(Unavailable, match="refused a/two"):
        store.put("a/two", b"1")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


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
