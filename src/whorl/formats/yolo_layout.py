"""What surrounds YOLO's label texts: class names, and which image belongs to which subset."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import yaml

from whorl.base.errors import FormatError
from whorl.formats.places import ImageIndex, files_with, relative, safe_name, subset_called
from whorl.schemas.records import ImportIssue, Subset

# The folder in which the writer puts items without a subset.
NO_SUBSET = "unassigned"
# What a data file says as its task when lines of nine columns are the corners of rotated boxes.
OBB = "obb"
_MAX_YAML_BYTES = 4 * 1024 * 1024


@dataclass
class YoloLayout:
    """Class names by index, subsets by folder and by list, and what was odd about them."""

    names: dict[int, str] = field(default_factory=dict)
    folders: dict[str, Subset] = field(default_factory=dict)
    listed: dict[str, list[tuple[tuple[str, ...], Subset]]] = field(default_factory=dict)
    issues: list[ImportIssue] = field(default_factory=list)
    is_obb: bool = False

    def label(self, number: float) -> str | None:
        """Give the name of a class index; ``class_N`` when the dataset names no classes at all."""
        if number != number or number < 0 or number != int(number):
            return None
        if not self.names:
            return f"class_{int(number)}"
        return self.names.get(int(number))

    def place(self, image: Path, index: ImageIndex) -> tuple[Subset | None, str]:
        """Give an image's subset and its name below the folders that only sort images."""
        inside = index.images is not None and image.is_relative_to(index.images)
        full = relative(image, index.images if inside and index.images else index.root)
        parts = full.split("/")
        subset, rest = _by_folder(parts)
        if subset is None:
            is_unique = index.count_named(parts[-1]) <= 1
            subset = self._by_list(parts, is_unique=is_unique) or self._by_declared_folder(full)
        return subset, "/".join(rest)

    def _by_list(self, parts: list[str], *, is_unique: bool) -> Subset | None:
        entries = self.listed.get(parts[-1].lower(), [])
        if len(entries) == 1 and is_unique:
            return entries[0][1]
        lowered = tuple(part.lower() for part in parts)
        fitting = {subset for entry, subset in entries if lowered[-2:] == entry[-2:]}
        return fitting.pop() if len(fitting) == 1 else None

    def _by_declared_folder(self, full: str) -> Subset | None:
        best = max((folder for folder in self.folders if full.startswith(f"{folder}/")), key=len, default=None)
        return self.folders[best] if best is not None else None


def _by_folder(parts: list[str]) -> tuple[Subset | None, list[str]]:
    """Split ``images/train/a.jpg`` or ``train/images/a.jpg`` into the subset and the rest."""
    rest = parts
    if len(rest) > 1 and rest[0].lower() == "images":
        rest = rest[1:]
    if len(rest) > 1 and rest[0] == NO_SUBSET:
        return None, rest[1:]
    subset = subset_called(rest[0]) if len(rest) > 1 else None
    if subset is not None:
        rest = rest[1:]
        if len(rest) > 1 and rest[0].lower() == "images":
            rest = rest[1:]
    return subset, rest


def read_layout(root: Path) -> YoloLayout:
    """Read class names and subsets from the files that YOLO tools write.

    Raises:
        FormatError: A data file is not valid YAML.
    """
    layout = YoloLayout()
    for path in [*files_with(root, ".yaml"), *files_with(root, ".yml")]:
        _read_yaml(path, root, layout)
    if not layout.names:
        lists = [
            *files_with(root, ".names"),
            *(p for p in files_with(root, ".txt") if p.stem.lower() in ("classes", "names")),
        ]
        for path in lists[:1]:
            lines = path.read_text("utf-8-sig", errors="replace").splitlines()
            layout.names = {i: line.strip() for i, line in enumerate(lines) if line.strip()}
    if not layout.names:
        reason = "no data.yaml, *.names or classes.txt names the classes; they are called class_0, class_1, ..."
        layout.issues.append(ImportIssue(root.name, "no_class_names", reason, "Add classes.txt, one name per line."))
    for path in root.glob("*.txt"):
        subset = subset_called(path.stem)
        if subset is not None:
            _read_list(path, subset, layout)
    return layout


def _read_yaml(path: Path, root: Path, layout: YoloLayout) -> None:
    where = relative(path, root)
    if path.stat().st_size > _MAX_YAML_BYTES:
        return
    try:
        content = yaml.safe_load(path.read_bytes())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        raise FormatError(f"{where}{line}: not valid YAML", hint="Correct the file, or remove it.") from error
    names = content.get("names") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(names, (list, dict)):
        return
    pairs = names.items() if isinstance(names, dict) else enumerate(names)
    layout.names = {int(key): str(name) for key, name in pairs if str(key).isdigit()}
    layout.is_obb = layout.is_obb or content.get("task") == OBB
    count = content.get("nc")
    if isinstance(count, int) and count != len(layout.names):
        reason = f"nc says {count} classes, names has {len(layout.names)}"
        layout.issues.append(ImportIssue(where, "class_count_mismatch", reason, "The names were used."))
    for key, places in content.items():
        subset = subset_called(str(key))
        for place in places if isinstance(places, list) else [places]:
            if subset is None or not isinstance(place, str):
                continue
            name = safe_name(place)
            if name.endswith(".txt") and (path.parent / name).is_file():
                _read_list(path.parent / name, subset, layout)
            elif name:
                prefix = relative(path.parent, root)
                layout.folders[name if prefix in (".", "") else f"{prefix}/{name}"] = subset


def _read_list(path: Path, subset: Subset, layout: YoloLayout) -> None:
    for line in path.read_text("utf-8-sig", errors="replace").splitlines():
        name = safe_name(line.strip())
        if name:
            parts = tuple(part.lower() for part in PurePosixPath(name).parts)
            layout.listed.setdefault(parts[-1], []).append((parts, subset))
