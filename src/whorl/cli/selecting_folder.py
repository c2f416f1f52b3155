"""``whorl select --data``: choose among the images of a folder, without a project."""

from __future__ import annotations

import csv
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from whorl.base.errors import Conflict, JsonValue
from whorl.cli.output import Output, print_json

if TYPE_CHECKING:
    from whorl.selection.folders import FolderRequest, FolderSelection

_LISTS = frozenset({".txt", ".csv", ".json"})
_COLUMNS = ("rank", "file", "is_random", "score", "reason")


def select_folder(request: FolderRequest, *, home: Path | None, destination: Path | None, out: Output) -> None:
    """Choose, then write a list (``.txt``, ``.csv``), copy the images into a folder, or print the paths."""
    from whorl.base.settings import Settings
    from whorl.engine import LocalExecutor
    from whorl.selection.folders import select_images

    if destination is not None:
        _check_free(destination)
    settings = Settings() if home is None else Settings(home=home)
    executor = LocalExecutor(settings.workers)
    try:
        with out.progress(f"looking at {request.data}") as report:
            found = select_images(request, executor, home=settings.home_path, report=report)
    finally:
        executor.stop()
    if destination is not None:
        _write(found, request.data, destination)
    _show(found, request.data, destination, out)


def _check_free(destination: Path) -> None:
    is_list = destination.suffix.lower() in _LISTS
    if is_list and destination.exists():
        raise Conflict(f"{destination} exists", hint="Give another name, or remove it first.")
    if not is_list and destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise Conflict(f"{destination} is not empty", hint="Give a new folder, or a list such as list.txt.")


def _write(found: FolderSelection, data: Path, destination: Path) -> None:
    suffix = destination.suffix.lower()
    if suffix not in _LISTS:
        for one in found.chosen:
            target = destination / one.path.relative_to(data)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(one.path, target)
        _write_table(found, data, destination / "selection.csv")
        return
    destination.parent.mkdir(parents=True, exist_ok=True)
    if suffix == ".csv":
        _write_table(found, data, destination)
    elif suffix == ".txt":
        destination.write_text("".join(f"{one.path}\n" for one in found.chosen), encoding="utf-8")
    else:
        import json

        destination.write_text(json.dumps(_document(found, data), indent=2), encoding="utf-8")


def _write_table(found: FolderSelection, data: Path, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(_COLUMNS)
        for one in found.chosen:
            table.writerow((one.rank, one.path.relative_to(data), int(one.is_random), one.score, one.reason))


def _document(found: FolderSelection, data: Path) -> dict[str, JsonValue]:
    document = asdict(found)
    document["chosen"] = [asdict(one) | {"path": str(one.path.relative_to(data))} for one in found.chosen]
    document["unreadable"] = [{"path": str(path.relative_to(data)), "reason": why} for path, why in found.unreadable]
    return document


def _show(found: FolderSelection, data: Path, destination: Path | None, out: Output) -> None:
    if out.as_json:
        print_json(_document(found, data))
        return
    for path, why in found.unreadable[:10]:
        out.note(f"left out {path.relative_to(data)}: {why}")
    if len(found.unreadable) > 10:
        out.note(f"… and {len(found.unreadable) - 10} more that cannot be read")
    drawn = sum(one.is_random for one in found.chosen)
    out.note(
        f"{len(found.chosen):,} of {found.n_images:,} images by {found.strategy}, {drawn} of them drawn at random"
        + (f"; {found.n_duplicates:,} near copies left out" if found.n_duplicates else "")
    )
    for sentence in found.why:
        out.note(sentence)
    if found.covered_after is not None and found.covered_before is not None:
        out.note(
            f"coverage: {found.covered_before:.0%} before, {found.covered_after:.0%} after; "
            "as many drawn at random cover 50%"
        )
    if destination is not None:
        is_list = destination.suffix.lower() in _LISTS
        out.note(f"wrote {destination}" + ("" if is_list else ": the images, and selection.csv with the reasons"))
        return
    out.cells(
        ("rank", "file", "random", "reason"),
        [
            [str(one.rank), str(one.path.relative_to(data)), "yes" if one.is_random else "", one.reason]
            for one in found.chosen
        ],
    )
