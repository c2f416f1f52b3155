"""A body on another machine finds what its paths name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import ParamSpec, Self, TypeVar

import pytest

from whorl.base.errors import InvalidInput, NotFound
from whorl.engine import InlineExecutor, Placing
from whorl.models.elsewhere import pack_luggage, run_elsewhere
from whorl.models.packs import pack_folder
from whorl.models.workshop import Workshop
from whorl.store.blobs import BlobStore, open_blobs, put_content
from whorl.store.db import Database

P = ParamSpec("P")
T = TypeVar("T")


class OtherMachine(InlineExecutor):
    """Runs calls here, with another home: what it may read is what was brought there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
        self.asked: list[Mapping[str, float]] = []
        self._monkeypatch = monkeypatch
        self._home = home

    def with_resources(self, resources: Mapping[str, float]) -> Self:
        self.asked.append(resources)
        return self

    def submit(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        with self._monkeypatch.context() as patch:
            patch.setenv("WHORL_HOME", str(self._home))
            return super().submit(function, *args, **kwargs)


def read_all(folder: str, paths: Sequence[str], cache: Path, *, note: str) -> tuple[bytes, list[bytes], str, str]:
    """A body that reads what it was given."""
    return (Path(folder) / "w").read_bytes(), [Path(path).read_bytes() for path in paths], str(cache), note


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    """A store that both machines reach."""
    return open_blobs(f"file://{tmp_path / 'blobs'}")


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> OtherMachine:
    """The other machine."""
    return OtherMachine(monkeypatch, tmp_path / "there")


def workshop(db: Database, blobs: BlobStore, executor: OtherMachine, home: Path) -> Workshop:
    return Workshop(db, blobs, executor, home, lambda: None, {"cpu": 2.0})


def test_call__brings_files_and_models_to_the_machine_that_runs_it(
    sqlite: Database, blobs: BlobStore, there: OtherMachine, tmp_path: Path
) -> None:
    shop = workshop(sqlite, blobs, there, tmp_path / "here")
    model = shop.models_path / "mdl_1"
    model.mkdir(parents=True)
    (model / "w").write_bytes(b"weights")
    pack_folder(blobs, model)
    shas = [put_content(blobs, bytes([number])) for number in range(9)]
    found = shop.call(read_all, str(model), shop.files(shas), shop.features_path, note="/here is no path")
    home = tmp_path / "there"
    assert found == (b"weights", [bytes([n]) for n in range(9)], str(home / "cache" / "features"), "/here is no path")
    assert there.asked == [{"cpu": 2.0}]
    # Nothing was fetched to the machine that asked.
    assert not shop.files_path.exists()


def test_run_elsewhere__says_what_the_store_lacks(blobs: BlobStore, tmp_path: Path) -> None:
    home, lost = tmp_path / "here", "ab" * 32
    paths = [str(home / "cache" / "files" / "ab" / lost)]
    luggage = pack_luggage(home, f"file://{tmp_path / 'blobs'}", [paths])
    with pytest.raises(NotFound, match="no blob"):
        run_elsewhere(luggage, len, paths)


def test_call__refuses_a_store_of_this_process_alone(sqlite: Database, there: OtherMachine, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="known to this process alone"):
        workshop(sqlite, open_blobs("memory://"), there, tmp_path).call(len, "abc")


def test_run_elsewhere__leaves_paths_beside_the_home_alone(blobs: BlobStore, tmp_path: Path) -> None:
    luggage = pack_luggage(tmp_path / "home", f"file://{tmp_path / 'blobs'}", [])
    values = ["relative/x", str(tmp_path / "homeless"), 3, None, ("a", {"b": 1.5})]
    assert run_elsewhere(luggage, list, values) == values


def test_placing__a_local_executor_is_none() -> None:
    assert not isinstance(InlineExecutor(), Placing)
