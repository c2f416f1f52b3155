"""The options of ``whorl select``, and how they are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.base.errors import InvalidInput, JsonValue

if TYPE_CHECKING:
    from whorl.sdk.datasets import Dataset

_UNITS = {"": 1.0, "B": 1.0, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}

Budget = Annotated[int | None, typer.Option("--budget", "-n", min=1, help="Choose at most so many images.")]
Data = Annotated[
    Path | None, typer.Option("--data", help="A folder of images instead of a dataset: no project is needed.")
]
Out = Annotated[
    Path | None, typer.Option("--out", help="With --data: a folder for copies, or a list.txt, .csv or .json.")
]
Labelled = Annotated[
    Path | None, typer.Option("--labelled", help="With --data: a folder of images that are labelled already.")
]
Strategy = Annotated[str, typer.Option("--strategy", "-s", help="auto, or a name of docs/reference/strategies.md.")]
Params = Annotated[list[str] | None, typer.Option("--param", help="Of the strategy, such as radius=0.4; repeatable.")]
Bytes = Annotated[str | None, typer.Option("--bytes", help="At most so much, such as 2GB.")]
Hours = Annotated[float | None, typer.Option("--hours", min=0, help="At most so much labelling time.")]
SecondsPerItem = Annotated[
    float | None, typer.Option("--seconds-per-item", help="Labelling time of one; measured when left out.")
]
Quotas = Annotated[
    list[str] | None,
    typer.Option("--quota", help="group:50 or metadata.camera:20%: at most so much of each value; repeatable."),
]
Where = Annotated[str | None, typer.Option("--where", "-q", help="Choose among the items that match.")]
Any_ = Annotated[bool, typer.Option("--any", help="Labelled items and those in tasks, too.")]
Like = Annotated[list[str] | None, typer.Option("--like", help="Id or name of an item to look alike; repeatable.")]
Target = Annotated[list[str] | None, typer.Option("--target", help="car=0.3: wished share of a class; repeatable.")]
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        "-m",
        help="Whose doubts guide the choice; when left out, a linear head on the labels there are, or the champion.",
    ),
]
Space = Annotated[str | None, typer.Option("--space", help="Name or id of an embedding space.")]
RandomShare = Annotated[
    float, typer.Option("--random-share", min=0, max=1, help="Drawn uniformly, and marked: the proof rests on it.")
]
KeepDuplicates = Annotated[bool, typer.Option("--keep-duplicates", help="Near copies, too.")]
WithoutBad = Annotated[bool, typer.Option("--without-bad", help="No dark, bright, flat or blurred images.")]
Seed = Annotated[int, typer.Option("--seed", help="Another seed draws and breaks ties otherwise.")]
Name = Annotated[str | None, typer.Option("--name", help="Of the selection.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")]
TaskName = Annotated[str | None, typer.Option("--task", help="Open a labelling task of this name with them.")]
Tag = Annotated[str | None, typer.Option("--tag", help="Write this as their metadata `tag`.")]
SnapshotName = Annotated[str | None, typer.Option("--snapshot", help="Name the dataset's revision as it is now.")]
Export = Annotated[Path | None, typer.Option("--export", help="Write their images to a folder.")]
Format = Annotated[str, typer.Option("--format", "-f", help="Of the export.")]


def read_budget(
    count: int | None, most_bytes: str | None, hours: float | None, seconds_per_item: float | None
) -> dict[str, JsonValue]:
    """The budget as the server takes it.

    Raises:
        InvalidInput: There is no limit, or the bytes are no size.
    """
    if count is None and most_bytes is None and hours is None:
        raise InvalidInput("a budget without a limit", hint="Give --budget 500, --bytes 2GB or --hours 8.")
    return {
        "count": count,
        "bytes": None if most_bytes is None else read_bytes(most_bytes),
        "seconds": None if hours is None else hours * 3600,
        "seconds_per_item": seconds_per_item,
    }


def read_bytes(text: str) -> int:
    """A size such as ``2GB`` or ``500 MB`` in bytes.

    Raises:
        InvalidInput: It is none.
    """
    number = text.strip().upper().rstrip("BKMGT").strip()
    unit = text.strip().upper()[len(number) :].strip()
    try:
        size = float(number) * _UNITS[unit]
        return int(size)
    except (ValueError, KeyError, OverflowError) as error:
        raise InvalidInput(f"not a size: {text!r}", hint="Write it like 500MB or 2GB.") from error


def read_quota(text: str) -> dict[str, JsonValue]:
    """A quota such as ``group:50`` or ``metadata.camera:20%``.

    Raises:
        InvalidInput: It is none.
    """
    field, _, most = text.rpartition(":")
    try:
        if most.endswith("%"):
            return {"field": field or most, "share": float(most[:-1]) / 100}
        return {"field": field or most, "most": int(most)}
    except ValueError as error:
        raise InvalidInput(f"not a quota: {text!r}", hint="Write it like group:50 or metadata.camera:20%.") from error


def read_target(texts: list[str]) -> dict[str, JsonValue] | None:
    """Wished shares such as ``car=0.3``.

    Raises:
        InvalidInput: One of them is none.
    """
    found: dict[str, JsonValue] = {}
    for text in texts:
        name, _, share = text.rpartition("=")
        try:
            found[name or share] = float(share)
        except ValueError as error:
            raise InvalidInput(f"not a share: {text!r}", hint="Write it like car=0.3.") from error
    return found or None


def find_examples(dataset: Dataset, names: list[str]) -> list[JsonValue] | None:
    """The ids of items that are given by id or name.

    Raises:
        NotFound: One of them is not there.
    """
    found: list[JsonValue] = [one if one.startswith("itm_") else dataset.items.get(one).id for one in names]
    return found or None
