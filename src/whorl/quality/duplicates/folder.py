"""The scan of a folder of images, without a project: what is there twice, and which file to keep of each."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from whorl.base.errors import InvalidInput, UnreadableMedia
from whorl.datasets.alike import Alike, Tie, group_alike
from whorl.formats.places import IMAGE_SUFFIXES
from whorl.quality.duplicates.describing import KINDS
from whorl.quality.duplicates.ranking import Candidate, link_frames, rank_items
from whorl.schemas.selecting import DuplicateScanDraft

# What other tools take for images, too: those that do not decode are reported, not passed over.
SUFFIXES = IMAGE_SUFFIXES | {".svg", ".pbm", ".pgm", ".ppm", ".mp4", ".mov", ".mkv", ".webm", ".avi"}
_AHEAD = 64


@dataclass(frozen=True, slots=True)
class FileMember:
    """One file of a group."""

    name: str
    kind: str
    distance: int
    is_kept: bool
    width: int
    height: int
    bytes: int


@dataclass(frozen=True, slots=True)
class FolderScan:
    """What a scan of a folder found: groups, the largest first, in each the file to keep first.

    ``keep`` names every file that is left when each group is reduced to the one it keeps, ``skipped`` the files that
    are no images, or do not decode, with the reason.
    """

    n_files: int
    groups: list[list[FileMember]]
    keep: list[str]
    skipped: list[tuple[str, str]]
    seconds: float


def scan_folder(
    root: Path, draft: DuplicateScanDraft, *, progress: Callable[[int, int | None], None] | None = None
) -> FolderScan:
    """Look at all images below a folder, and group those that are alike; nothing is changed.

    Files are decoded by a thread per core. Folders stand for videos when ``draft.video`` is set: files of one folder
    whose names end in numbers are its frames.

    Raises:
        InvalidInput: It is no folder.
    """
    if not root.is_dir():
        raise InvalidInput(f"not a folder: {root}", hint="Give the folder that holds the images.")
    started = time.perf_counter()
    files = sorted(path for path in root.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    found: list[Candidate] = []
    skipped: list[tuple[str, str]] = []
    for done, (path, looked) in enumerate(_look(files), start=1):
        name = path.relative_to(root).as_posix()
        if isinstance(looked, str):
            skipped.append((name, looked))
        else:
            found.append(_candidate(done, name, looked))
        if progress is not None:
            progress(done, len(files))
    alike = _group(found, draft)
    groups = _list_groups(found, alike)
    keep = [one.name for one, is_kept in zip(found, alike.is_kept.tolist(), strict=True) if is_kept]
    return FolderScan(len(files), groups, keep, skipped, time.perf_counter() - started)


_Looked = tuple[str, str, int, int, int, float, int]


def _look(files: list[Path]) -> Iterator[tuple[Path, _Looked | str]]:
    """What each file is, or why it cannot be looked at, in order."""
    with ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="whorl-dedupe") as pool:
        for start in range(0, len(files), _AHEAD):
            some = files[start : start + _AHEAD]
            yield from zip(some, pool.map(_look_at, some), strict=True)


def _look_at(path: Path) -> _Looked | str:
    # Late: loads OpenCV.
    from whorl.datasets.media import survey  # noqa: PLC0415

    try:
        info, health, picture_hash = survey(path.read_bytes())
    except UnreadableMedia as error:
        return error.message
    except OSError as error:
        return error.strerror or type(error).__name__
    size = (info.width, info.height, info.byte_count)
    return info.sha256, info.media_type, *size, health.sharpness, picture_hash


def _candidate(key: int, name: str, looked: _Looked) -> Candidate:
    sha256, media_type, width, height, size, sharpness, picture_hash = looked
    return Candidate(
        key=key,
        sha256=sha256,
        name=name,
        media_type=media_type,
        width=width,
        height=height,
        bytes=size,
        sharpness=sharpness,
        subset=None,
        group_key=name.rpartition("/")[0],
        has_truth=False,
        metadata={},
        picture_hash=picture_hash,
    )


def _group(found: list[Candidate], draft: DuplicateScanDraft) -> Alike:
    hashes = np.array([one.picture_hash for one in found], dtype=np.uint64)
    links = link_frames(found, hashes, hash_distance=draft.hash_distance) if draft.video else None
    return group_alike(
        hashes,
        exact_ids=[one.sha256 for one in found] if draft.exact else None,
        links=links,
        rank=rank_items(found),
        hash_distance=draft.hash_distance if draft.near else None,
    )


def _list_groups(found: list[Candidate], alike: Alike) -> list[list[FileMember]]:
    rank = rank_items(found)
    groups: list[list[FileMember]] = [[] for _ in range(alike.n_groups)]
    for row in np.argsort(rank).tolist():
        if alike.group[row] < 0:
            continue
        one, tie = found[row], Tie(int(alike.tie[row]))
        groups[int(alike.group[row])].append(
            FileMember(
                name=one.name,
                kind=KINDS.get(tie, ""),
                distance=int(alike.distance[row]),
                is_kept=tie is Tie.NONE,
                width=one.width,
                height=one.height,
                bytes=one.bytes,
            )
        )
    return groups
