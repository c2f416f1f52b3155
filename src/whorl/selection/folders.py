"""Choose among the images of a folder, without a project: the simplest first use."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from whorl.base.errors import InvalidInput, JsonValue, WhorlError
from whorl.engine import Executor
from whorl.models.bodies import embed_body
from whorl.selection.bodies import Chosen, Looks, Request, choose_body
from whorl.selection.budgets import Budget
from whorl.selection.choosing import AUTO, Choice, Facts, choose_strategy
from whorl.selection.registry import get_strategy, list_strategies
from whorl.selection.types import Float32Array, Pool

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff"})
_BATCH = 32
_AHEAD = 4
Report = Callable[[int, int | None], None]
Looked = tuple[str, int, Float32Array] | str


@dataclass(frozen=True, slots=True)
class FolderRequest:
    """What to choose from a folder.

    Attributes:
        labelled: A folder of images that are labelled already; they are not chosen, and nothing like them.
    """

    data: Path
    budget: int
    strategy: str = AUTO
    params: dict[str, JsonValue] = field(default_factory=dict)
    labelled: Path | None = None
    random_share: float = 0.1
    seed: int = 0
    keeps_duplicates: bool = False


@dataclass(frozen=True, slots=True)
class FolderChoice:
    """One image chosen."""

    rank: int
    path: Path
    reason: str
    score: float
    is_random: bool


@dataclass(frozen=True, slots=True)
class FolderSelection:
    """What was chosen from a folder, and why.

    Attributes:
        unreadable: Files that are no images, with the reason.
    """

    strategy: str
    why: list[str]
    n_images: int
    n_duplicates: int
    covered_before: float | None
    covered_after: float | None
    chosen: list[FolderChoice]
    unreadable: list[tuple[Path, str]]


@dataclass(frozen=True, slots=True)
class _Seen:
    """Images that could be read: where, what they hold, and what tells them apart."""

    paths: list[Path]
    contents: list[str]
    hashes: list[int]
    rows: list[Float32Array]
    unreadable: list[tuple[Path, str]]


def select_images(request: FolderRequest, executor: Executor, *, home: Path, report: Report) -> FolderSelection:
    """Choose images of a folder; what was computed of them is kept below the home for the next time.

    Args:
        executor: Decodes and embeds, in processes.
        report: Told how many images are embedded, and of how many.

    Raises:
        InvalidInput: The folder holds no readable image, or the strategy lacks something.
        NotFound: No strategy has this name.
    """
    if request.strategy != AUTO:
        get_strategy(request.strategy, **request.params)
    known = [] if request.labelled is None else list_images(request.labelled)
    paths = [path for path in list_images(request.data) if path not in set(known)]
    seen = _look(known, executor, home, lambda done: report(done, len(known) + len(paths)))
    found = _look(paths, executor, home, lambda done: report(len(known) + done, len(known) + len(paths)))
    if not found.paths:
        raise InvalidInput(
            f"no image to choose in {request.data}",
            hint=f"Looked for {', '.join(sorted(SUFFIXES))} in it and the folders below.",
        )
    choice = _choose(request, len(found.paths), len(seen.paths))
    embedded = [np.stack(one.rows) if one.rows else None for one in (found, seen)]
    pool = Pool(size=len(found.paths), embeddings=embedded[0], labelled_embeddings=embedded[1])
    looks = None
    if not request.keeps_duplicates:
        hashes = np.array([*seen.hashes, *found.hashes], np.uint64)
        looks = Looks([*seen.contents, *found.contents], hashes, len(seen.paths))
    budget = Budget(count=request.budget)
    asked = Request(
        choice.name, budget, params=choice.params, random_share=request.random_share, seed=request.seed, looks=looks
    )
    return _told(choice, choose_body(pool, asked), found, request)


def list_images(folder: Path) -> list[Path]:
    """The image files of a folder and those below, by name.

    Raises:
        InvalidInput: It is no folder.
    """
    if not folder.is_dir():
        raise InvalidInput(f"no folder {folder}", hint="Give the folder that holds the images.")
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())


def look_body(paths: Sequence[str], cache: str, home: str) -> list[Looked]:
    """Of each file its SHA-256, perceptual hash and vector, or why it cannot be read. Runs in a worker process."""
    from whorl.datasets.media import inspect

    found: list[Looked] = []
    for path in paths:
        try:
            data = Path(path).read_bytes()
            content = hashlib.sha256(data).hexdigest()
            picture_hash = inspect(data).picture_hash
            (row,) = embed_body([path], [content], cache, home)
        except (WhorlError, OSError) as error:
            found.append(str(error))
            continue
        found.append((content, picture_hash, row))
    return found


def _look(paths: Sequence[Path], executor: Executor, home: Path, report: Callable[[int], None]) -> _Seen:
    seen = _Seen([], [], [], [], [])
    batches = [paths[start : start + _BATCH] for start in range(0, len(paths), _BATCH)]
    waiting: list[tuple[Sequence[Path], Future[list[Looked]]]] = []
    cache = str(home / "cache" / "features")
    done = 0
    for at in range(len(batches) + _AHEAD):
        if at < len(batches):
            some = batches[at]
            waiting.append((some, executor.submit(look_body, [str(one) for one in some], cache, str(home))))
        if waiting and (len(waiting) > _AHEAD or at >= len(batches)):
            some, future = waiting.pop(0)
            looked: list[Looked] = executor.wait(future)
            for path, one in zip(some, looked, strict=True):
                _take(seen, path, one)
            done += len(some)
            report(done)
    return seen


def _take(seen: _Seen, path: Path, one: Looked) -> None:
    if isinstance(one, str):
        seen.unreadable.append((path, one))
        return
    content, picture_hash, row = one
    seen.paths.append(path)
    seen.contents.append(content)
    seen.hashes.append(picture_hash)
    seen.rows.append(row)


def _choose(request: FolderRequest, n_pool: int, n_labelled: int) -> Choice:
    if request.strategy != AUTO:
        return Choice(request.strategy, request.params)
    found = choose_strategy(Facts(n_pool=n_pool, budget=min(request.budget, n_pool), n_labelled=n_labelled))
    return found if found.name in list_strategies() else Choice("herding", {}, found.why)


def _told(choice: Choice, chosen: Chosen, found: _Seen, request: FolderRequest) -> FolderSelection:
    selection, coverage = chosen.selection, chosen.coverage
    why = [choice.why] if choice.why else []
    if request.budget > len(selection.indices):
        why.append(f"The budget of {request.budget:,} is above the pool: all of it is chosen.")
    return FolderSelection(
        strategy=choice.name,
        why=why,
        n_images=len(found.paths),
        n_duplicates=chosen.n_duplicates,
        covered_before=None if coverage is None else coverage.before,
        covered_after=None if coverage is None else coverage.after,
        chosen=[
            FolderChoice(rank, found.paths[row], reason, score, is_random)
            for rank, (row, reason, score, is_random) in enumerate(
                zip(
                    selection.indices.tolist(),
                    selection.reasons,
                    selection.scores.tolist(),
                    selection.is_random.tolist(),
                    strict=True,
                ),
                1,
            )
        ],
        unreadable=found.unreadable,
    )
