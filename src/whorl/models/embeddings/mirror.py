"""A machine's own copy of a space: all keys in one file, all vectors in another, both memory-mapped.

Several processes may use one copy: whoever adds holds a lock, and readers believe ``state.json`` alone, which is
replaced whole. A copy whose files do not agree with it is thrown away and made anew from the segments.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whorl.base.log import get_logger
from whorl.models.embeddings.index import KeyIndex
from whorl.models.embeddings.keys import KEY_BYTES
from whorl.models.embeddings.segment_list import Segment
from whorl.models.embeddings.segments import Halves, Keys, decode_segment

VECTORS_FILE = "vectors.f16"
_STATE, _LOCK, _KEYS, _VECTORS = "state.json", "lock", "keys.bin", VECTORS_FILE
_FORMAT = 1
_LOOKED_AT = 64
_log = get_logger("embeddings")


@dataclass(frozen=True)
class State:
    """What the files of a copy hold.

    Args:
        generation: Name of their folder.
        rows: How many vectors; more bytes than these are the rest of a kill.
        segments: Keys of the segments that are in, in the order of their rows.
        checksum: CRC-32 of the file of keys.
    """

    generation: str
    width: int
    rows: int
    segments: tuple[int, ...]
    checksum: int


@dataclass(frozen=True)
class Mapped:
    """Keys uint8 (n, 32) and vectors float16 (n, d) of a copy; ``folder`` holds what is derived from them."""

    folder: Path
    state: State
    keys: Keys
    vectors: Halves


@dataclass(frozen=True)
class Mirror:
    """The copy of one space in a folder; made when needed."""

    folder: Path

    def sync(self, wanted: Sequence[Segment], width: int, fetch: Callable[[str], bytes]) -> Mapped:
        """Bring the copy up to date and map it.

        Rows of earlier calls stay where they are unless a segment went: then the copy is made anew, in a folder of
        its own, and maps that are open go on seeing the old one.

        Args:
            fetch: Gives a segment's blob by its SHA-256.
        """
        found = self._read(wanted, width)
        if found is None or len(found.state.segments) < len(wanted):
            self.folder.mkdir(parents=True, exist_ok=True)
            with self.locked():
                # Another process may have done it while this one waited.
                found = self._read(wanted, width)
                if found is None:
                    found = self._begin(width)
                found = self._append(found, wanted, fetch)
        return found

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes and threads from adding to the copy."""
        with (self.folder / _LOCK).open("a") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def _read(self, wanted: Sequence[Segment], width: int) -> Mapped | None:
        """The copy as it is, or None when it must be made anew."""
        try:
            body = json.loads((self.folder / _STATE).read_text(encoding="utf-8"))
            if body.pop("format") != _FORMAT:
                return None
            state = State(**body | {"segments": tuple(body["segments"])})
            if state.width != width or not set(state.segments) <= {one.key for one in wanted}:
                return None
            mapped = _map(self.folder / state.generation, state)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            _log.warning("the copy of vectors %s is damaged and made anew: %s", self.folder.name, error)
            return None
        if _is_sound(mapped):
            return mapped
        _log.warning("the copy of vectors %s is damaged and made anew", self.folder.name)
        return None

    def _begin(self, width: int) -> Mapped:
        taken = [int(path.name[1:]) for path in self.folder.glob("g*") if path.name[1:].isdigit()]
        generation = f"g{max(taken, default=0) + 1}"
        folder = self.folder / generation
        folder.mkdir()
        for name in (_KEYS, _VECTORS):
            (folder / name).touch()
        state = State(generation, width, 0, (), 0)
        self._publish(state)
        for path in self.folder.glob("g*"):
            if path.name != generation:
                shutil.rmtree(path, ignore_errors=True)
        return _map(folder, state)

    def _append(self, mapped: Mapped, wanted: Sequence[Segment], fetch: Callable[[str], bytes]) -> Mapped:
        state, folder = mapped.state, mapped.folder
        index = KeyIndex(mapped.keys)
        known = set(state.segments)
        fresh = [one for one in wanted if one.key not in known]
        with (folder / _KEYS).open("r+b") as keys_file, (folder / _VECTORS).open("r+b") as vectors_file:
            keys_file.truncate(state.rows * KEY_BYTES)
            vectors_file.truncate(state.rows * state.width * 2)
            keys_file.seek(0, os.SEEK_END)
            vectors_file.seek(0, os.SEEK_END)
            for batch in (fresh[start : start + 64] for start in range(0, len(fresh), 64)):
                parts = [decode_segment(fetch(one.sha256)) for one in batch]
                keys = np.concatenate([part[0] for part in parts])
                vectors = np.concatenate([part[1] for part in parts])
                is_new = index.add(keys)
                data = np.ascontiguousarray(keys[is_new]).tobytes()
                keys_file.write(data)
                vectors_file.write(np.ascontiguousarray(vectors[is_new]).tobytes())
                state = State(
                    state.generation,
                    state.width,
                    state.rows + int(is_new.sum()),
                    (*state.segments, *(one.key for one in batch)),
                    zlib.crc32(data, state.checksum),
                )
        self._publish(state)
        return _map(folder, state)

    def _publish(self, state: State) -> None:
        draft = self.folder / f".{_STATE}.{os.getpid()}"
        draft.write_text(json.dumps({"format": _FORMAT, **asdict(state)}), encoding="utf-8")
        draft.replace(self.folder / _STATE)


def map_rows(path: Path, shape: tuple[int, int], dtype: str) -> NDArray[np.generic]:
    """A file's rows, memory-mapped and read-only.

    Raises:
        ValueError: The file holds fewer.
    """
    if shape[0] == 0:
        return np.zeros(shape, dtype)
    # A plain array over the map: memmap's own class makes every slice slower.
    return np.asarray(np.memmap(path, dtype, "r", shape=shape))


def _map(folder: Path, state: State) -> Mapped:
    keys = map_rows(folder / _KEYS, (state.rows, KEY_BYTES), "u1")
    vectors = map_rows(folder / _VECTORS, (state.rows, state.width), "<f2")
    return Mapped(folder, state, keys.astype(np.uint8, copy=False), vectors.astype(np.float16, copy=False))


def _is_sound(mapped: Mapped) -> bool:
    """Whether the keys are those that were written and some vectors are vectors; all of them would take seconds."""
    if zlib.crc32(np.ascontiguousarray(mapped.keys).data) != mapped.state.checksum:
        return False
    count = mapped.state.rows
    some = mapped.vectors[np.unique(np.linspace(0, count - 1, min(_LOOKED_AT, count)).astype(np.int64))]
    return bool((np.abs(np.linalg.norm(some.astype(np.float32), axis=1) - 1) < 0.02).all())
