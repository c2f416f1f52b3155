"""Where files are: walking folders, finding images by the names that annotation files give, subsets by folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from whorl.schemas.records import Subset

IMAGE_SUFFIXES = frozenset((".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".webp", ".tif", ".tiff"))

_SUBSETS = {
    "train": Subset.TRAIN,
    "training": Subset.TRAIN,
    "val": Subset.VALIDATION,
    "valid": Subset.VALIDATION,
    "validation": Subset.VALIDATION,
    "dev": Subset.VALIDATION,
    "test": Subset.TEST,
    "testing": Subset.TEST,
}


def subset_called(word: str) -> Subset | None:
    """Give the subset that a folder, file stem or tag of this name means ("val", "train2017"), or None."""
    return _SUBSETS.get(word.lower().rstrip("0123456789"))


def subset_of_stem(stem: str) -> Subset | None:
    """Give the subset that a file stem such as ``instances_train2017`` ends (or begins) with, or None."""
    words = [word for word in stem.replace("-", "_").replace(".", "_").split("_") if word]
    found = {subset for subset in map(subset_called, words) if subset is not None}
    return found.pop() if len(found) == 1 else None


def safe_name(declared: str) -> str:
    """Make a declared path relative and harmless: forward slashes, no drive, no ``.`` or ``..`` parts."""
    parts = PurePosixPath(declared.replace("\\", "/")).parts
    return "/".join(part for part in parts if part not in ("/", "//", ".", "..") and not part.endswith(":"))


def walk_files(root: Path) -> Iterator[Path]:
    """Yield all files below a folder in sorted order; hidden files and folders are skipped."""
    for folder, subfolders, files in os.walk(root):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                yield Path(folder, name)


def relative(path: Path, root: Path) -> str:
    """Give ``path`` relative to ``root`` with forward slashes; its name alone when it is not below."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.name


def files_with(root: Path, suffix: str) -> list[Path]:
    """List the files below ``root`` whose name ends with ``suffix``, sorted."""
    if root.is_file():
        return [root] if root.name.lower().endswith(suffix) else []
    return [path for path in walk_files(root) if path.name.lower().endswith(suffix)]


@dataclass(frozen=True)
class ImageIndex:
    """The image files below a dataset's folder (and below a second folder of images, when given)."""

    root: Path
    images: Path | None = None

    @cached_property
    def paths(self) -> list[Path]:
        """All image files, judged by suffix, sorted within each folder."""
        folders = [self.root if self.root.is_dir() else self.root.parent]
        if self.images is not None:
            folders = [self.images, *folders]
        seen: dict[Path, None] = {}
        for folder in folders:
            for path in walk_files(folder):
                if path.suffix.lower() in IMAGE_SUFFIXES:
                    seen.setdefault(path)
        return list(seen)

    @cached_property
    def _by_name(self) -> dict[str, list[Path]]:
        return self._grouped(lambda path: path.name)

    @cached_property
    def _by_stem(self) -> dict[str, list[Path]]:
        return self._grouped(lambda path: path.stem)

    def _grouped(self, key: Callable[[Path], str]) -> dict[str, list[Path]]:
        groups: dict[str, list[Path]] = {}
        for path in self.paths:
            groups.setdefault(key(path).lower(), []).append(path)
        return groups

    def find(self, declared: str, *, near: Sequence[Path] = (), anywhere: bool = True) -> Path | None:
        """Find the image that an annotation file calls ``declared``.

        First exactly, in each folder of ``near``, in the images' folder and in the root; then anywhere below by
        the longest matching end of the path. A name that fits several images equally well fits none.

        Args:
            declared: The path as the annotation file has it.
            near: Folders to look in first.
            anywhere: Whether to look elsewhere when it is not where it should be. Callers say no when two of their
                entries end in the same file name: one's image must never be taken for the other's.
        """
        name = safe_name(declared)
        if not name:
            return None
        for folder in (*near, *([self.images] if self.images else []), self.root):
            path = folder / name
            if path.is_file():
                return path
        if not anywhere:
            return None
        return self._closest(name, self._by_name.get(PurePosixPath(name).name.lower(), []))

    def count_named(self, name: str) -> int:
        """Count the images with this file name, in whatever folder."""
        return len(self._by_name.get(name.lower(), []))

    def find_stem(self, stem: str) -> Path | None:
        """Find the image whose path ends with ``stem`` and any image suffix; None when several do."""
        name = safe_name(stem)
        return self._closest(name, self._by_stem.get(PurePosixPath(name).name.lower(), []), by_stem=True)

    def _closest(self, name: str, candidates: list[Path], *, by_stem: bool = False) -> Path | None:
        if len(candidates) <= 1:
            return candidates[0] if candidates else None
        wanted = [part.lower() for part in PurePosixPath(name).parts][::-1]
        scored: list[tuple[int, Path]] = []
        for path in candidates:
            own = path.with_suffix("") if by_stem else path
            parts = [part.lower() for part in own.parts][::-1]
            same = next((i for i, (a, b) in enumerate(zip(wanted, parts, strict=False)) if a != b), len(wanted))
            scored.append((same, path))
        best = max(score for score, _ in scored)
        winners = [path for score, path in scored if score == best]
        return winners[0] if len(winners) == 1 else None

    def name_below(self, path: Path, container: str) -> str:
        """Give an image's name: its path below the last folder called ``container``, else below the root."""
        base = self.images if self.images is not None and path.is_relative_to(self.images) else self.root
        name = PurePosixPath(relative(path, base))
        folders = [part.lower() for part in name.parts[:-1]]
        if container.lower() in folders:
            cut = len(folders) - folders[::-1].index(container.lower())
            return "/".join(name.parts[cut:])
        return name.as_posix()
