"""A plain folder of images; optionally the name of each image's folder is its class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from whorl.base.errors import FormatError
from whorl.datasets.imageheader import sniff_type, sniff_video
from whorl.formats.contract import Found, WriteReport
from whorl.formats.export import Tally, full_disk_named
from whorl.formats.places import IMAGE_SUFFIXES, relative, safe_name, subset_called, walk_files
from whorl.schemas.annotations import ClassTag
from whorl.schemas.records import AnnotationRecord, ImportIssue, ItemRecord, Subset

_REFUSED_SUFFIXES = frozenset((".svg", ".heic", ".heif", ".avif"))


@dataclass(frozen=True)
class FolderFormat:
    """Every image and video below a folder, by content; other files are left alone.

    Args:
        classes_from_folders: The first folder below the root (below the subset's folder, where there is one)
            names the class of its images.
    """

    classes_from_folders: bool = False

    @property
    def name(self) -> str:
        """``folder`` or ``folder_classes``."""
        return "folder_classes" if self.classes_from_folders else "folder"

    def sniff(self, root: Path) -> bool:
        """Accept a folder with an image in it."""
        return root.is_dir() and any(_image_type(path) is not None for path in walk_files(root))

    def read(self, root: Path, *, images: Path | None = None) -> Iterator[Found]:
        """Yield one item per image. See :meth:`whorl.formats.contract.Format.read`."""
        base = images or root
        if not base.is_dir():
            raise FormatError(f"{base.name!r} is not a folder", hint="Give the folder that holds the images.")
        return self._found(base)

    def _found(self, root: Path) -> Iterator[Found]:
        for path in walk_files(root):
            name = relative(path, root)
            issue = _not_taken(path, name)
            if issue is not None:
                yield issue
            elif _image_type(path) is not None:
                yield self._item(path, name)

    def _item(self, path: Path, name: str) -> ItemRecord:
        folders = name.split("/")[:-1]
        subset = subset_called(folders[0]) if folders else None
        if subset is not None:
            folders = folders[1:]
        annotations: tuple[AnnotationRecord, ...] = ()
        if self.classes_from_folders and folders:
            annotations = (AnnotationRecord(folders[0], ClassTag()),)
        return ItemRecord(name=name, file=path, subset=subset, annotations=annotations)

    def write(self, items: Iterable[ItemRecord], out: Path) -> WriteReport:
        """Copy the items' files to ``out``; with classes, into ``subset/class/`` folders."""
        tally = Tally()
        with full_disk_named(out):
            out.mkdir(parents=True, exist_ok=True)
            for item in items:
                name = self._placed(item, tally)
                if tally.take_name(item, key=name) is not None:
                    tally.copy_file(item, out / name)
        return tally.report()

    def _placed(self, item: ItemRecord, tally: Tally) -> str:
        name = safe_name(item.name)
        tags = [a for a in item.annotations if isinstance(a.geometry, ClassTag)]
        for annotation in item.annotations:
            if not self.classes_from_folders or annotation not in tags[:1]:
                tally.unsupported(item, annotation.geometry, self.name)
        if not self.classes_from_folders or not tags:
            return name
        tally.annotations += 1
        if self._item(Path(name), name).annotations[:1] == (AnnotationRecord(tags[0].label, ClassTag()),):
            return name
        parts = [*([_folder_of(item.subset)] if item.subset else []), safe_name(tags[0].label).replace("/", "_")]
        return "/".join([*parts, name.rsplit("/", 1)[-1]])


def _folder_of(subset: Subset) -> str:
    return subset.value


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4096)
    except OSError:
        return b""


def _image_type(path: Path) -> str | None:
    head = _head(path)
    found = sniff_type(head) or sniff_video(head[:64])
    return None if found in ("image/svg+xml", "image/heif") else found


def _not_taken(path: Path, name: str) -> ImportIssue | None:
    """Give the reason why a file that looks like an image is none, or None."""
    suffix = path.suffix.lower()
    head = _head(path)
    found = sniff_type(head) or sniff_video(head[:64])
    if found == "image/svg+xml":
        return ImportIssue(name, "refused_type", "SVG is refused: it can carry scripts", "Export it as PNG.")
    if found == "image/heif" or (found is None and suffix in _REFUSED_SUFFIXES):
        return ImportIssue(
            name, "refused_type", f"{suffix.lstrip('.')} files are not read", "Convert it to JPEG or PNG."
        )
    if found is not None or suffix not in IMAGE_SUFFIXES:
        return None
    if not path.is_file() or path.stat().st_size == 0:
        return ImportIssue(name, "empty_file", "the file is empty (0 bytes)", "Copy it again from its source.")
    return ImportIssue(name, "not_an_image", f"the content starts with {head[:12]!r}", "Rename it, or remove it.")
