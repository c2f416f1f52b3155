"""A watched folder: each image file in it is offered once, when it is whole."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from whorl.base.errors import InvalidInput, WhorlError
from whorl.base.log import get_logger
from whorl.selection.edge.images import is_whole
from whorl.selection.edge.sampler import Sampler
from whorl.selection.edge.scores import Scores, scores_from_json

if TYPE_CHECKING:
    from whorl.base.errors import JsonValue

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"})
MAX_SIDECAR = 65_536
After = Literal["keep", "delete"]
_log = get_logger("edge")


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    name: str
    size: int
    modified_ns: int

    @property
    def shown(self) -> str:
        """The name as text: a name of bytes that are none cannot be stored or sent."""
        return os.fsencode(self.name).decode("utf-8", "backslashreplace")

    @property
    def mark(self) -> str:
        return f"{self.size}:{self.modified_ns}"


@dataclass
class _Waiting:
    """A file that was seen and may still be written to."""

    mark: str
    since: float
    is_half_told: bool = False


class Watcher:
    """Offers the files of a folder, and those of the folders in it, to a sampler.

    A file is read once its size and time have not changed for ``settle_s`` and its bytes end as those of an image do;
    one that never gets whole is left alone and counted. Names that begin with a dot, links, and files that are no
    images are passed by. Beside ``a.jpg`` there may be ``a.json``, written before it, with any of ``metadata``,
    ``scores``, ``source``, ``label``, ``captured_at`` (seconds since 1970).

    Args:
        after: ``delete`` removes a file, and what is beside it, once it was offered and that is on disk.
        settle_s: On the device's clock.

    Raises:
        InvalidInput: There is no such folder.
    """

    def __init__(self, sampler: Sampler, folder: Path, *, after: After = "keep", settle_s: float = 2.0) -> None:
        if not folder.is_dir():
            raise InvalidInput(f"no folder {folder}", hint="Give --watch the folder that the camera writes to.")
        self._sampler = sampler
        self._folder = folder
        self._after = after
        self._settle_s = settle_s
        self._seen = sampler.spool.seen()
        self._waiting: dict[str, _Waiting] = {}
        self._foreign: set[str] = set()

    def scan(self) -> int:
        """Look once; gives how many images were offered. Raises StorageFull when the spool takes no notes."""
        now = self._sampler.clock.now()
        present: set[str] = set()
        done: dict[str, _Found] = {}
        n_offered = 0
        for found in sorted(self._files(self._folder, ""), key=lambda one: (one.modified_ns, one.name)):
            present.add(found.shown)
            if self._seen.get(found.shown) == found.mark:
                self._tidy(found)
                continue
            if not self._is_settled(found, now):
                continue
            if self._offer(found):
                n_offered += 1
                done[found.shown] = found
                self._waiting.pop(found.shown, None)
        self._note(done, present)
        return n_offered

    def _note(self, done: dict[str, _Found], present: set[str]) -> None:
        marks = {name: found.mark for name, found in done.items()}
        gone = [name for name in self._seen if name not in present]
        for name in [name for name in self._waiting if name not in present]:
            del self._waiting[name]
        if marks or gone:
            self._sampler.spool.mark_seen(marks, gone)
            self._sampler.save()
            self._seen = {name: mark for name, mark in {**self._seen, **marks}.items() if name in present}
        for found in done.values():
            self._tidy(found)

    def _tidy(self, found: _Found) -> None:
        """Remove a file that was dealt with, when that is wanted."""
        if self._after == "keep":
            return
        for path in (found.path, found.path.with_suffix(".json")):
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                _log.warning("%s cannot be removed: %s", found.shown, error.strerror)

    def _files(self, folder: Path, below: str) -> Iterator[_Found]:
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            _log.warning("the folder %s cannot be read: %s", folder, error.strerror)
            return
        for entry in entries:
            name = below + entry.name
            try:
                if entry.name.startswith(".") or entry.is_symlink():
                    continue
                if entry.is_dir():
                    yield from self._files(Path(entry.path), name + "/")
                elif Path(entry.name).suffix.lower() in SUFFIXES:
                    told = entry.stat()
                    yield _Found(Path(entry.path), name, told.st_size, told.st_mtime_ns)
                elif Path(entry.name).suffix.lower() != ".json":
                    self._count_foreign(name)
            except OSError:
                # It went away between listing and looking.
                continue

    def _count_foreign(self, name: str) -> None:
        if name not in self._foreign and len(self._foreign) < 10_000:
            self._foreign.add(name)
            self._sampler.count("foreign_files")

    def _is_settled(self, found: _Found, now: float) -> bool:
        waiting = self._waiting.get(found.shown)
        if waiting is None or waiting.mark != found.mark:
            self._waiting[found.shown] = _Waiting(found.mark, now)
            return self._settle_s <= 0
        return now - waiting.since >= self._settle_s

    def _offer(self, found: _Found) -> bool:
        """Offer a file; whether it is dealt with, for good or ill."""
        limit = self._sampler.rules.max_image_bytes
        if found.size > limit:
            return self._skip(found, "too_large", f"{found.size:,} bytes; allowed: {limit:,}")
        try:
            content = found.path.read_bytes()
        except OSError as error:
            _log.warning("%s cannot be read: %s", found.shown, error.strerror)
            return False
        if not is_whole(content):
            return self._leave(found)
        key = f"{found.shown}:{hashlib.sha256(content).hexdigest()}"
        try:
            beside = _read_beside(found.path)
            offered = self._sampler.offer(
                content,
                beside.metadata | {"file": found.shown[:500]},
                beside.scores,
                key=key,
                source=beside.source,
                label=beside.label,
                captured_at=found.modified_ns / 1e9 if beside.captured_at is None else beside.captured_at,
            )
        except WhorlError as error:
            return self._skip(found, "unreadable", f"{error.message} {error.hint}")
        # Without room it is offered again when there is some: the folder holds it as well as the spool would.
        return offered.outcome != "no_room"

    def _skip(self, found: _Found, counted: str, why: str) -> bool:
        _log.warning("%s is passed by: %s", found.shown, why)
        self._sampler.count(counted)
        return True

    def _leave(self, found: _Found) -> bool:
        """A file that is not whole is looked at again whenever it changes."""
        waiting = self._waiting.setdefault(found.shown, _Waiting(found.mark, self._sampler.clock.now()))
        if not waiting.is_half_told:
            waiting.is_half_told = True
            self._sampler.count("half_written")
            _log.info("%s is not whole yet", found.shown)
        return False


@dataclass(frozen=True)
class _Beside:
    metadata: dict[str, JsonValue]
    scores: Scores | None = None
    source: str = ""
    label: str = ""
    captured_at: float | None = None


def _read_beside(image: Path) -> _Beside:
    path = image.with_suffix(".json")
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_SIDECAR + 1)
    except OSError:
        return _Beside({})
    try:
        told = json.loads(content) if len(content) <= MAX_SIDECAR else None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("metadata", {}), dict):
        raise InvalidInput(f"{path.name!a} is not understood", hint="Write an object with metadata, scores, label.")
    at = told.get("captured_at")
    return _Beside(
        told.get("metadata", {}),
        scores_from_json(told.get("scores")),
        source=str(told.get("source", "")),
        label=str(told.get("label", "")),
        captured_at=float(at) if isinstance(at, int | float) else None,
    )
