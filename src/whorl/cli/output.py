"""Data to stdout, as a table for people or JSON for programs; notes and progress to stderr."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TextIO

from pydantic import BaseModel

SHOW_PROGRESS_AFTER_S = 2.0
Report = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Output:
    """Where a command's results go.

    Args:
        as_json: One JSON document instead of tables.
    """

    as_json: bool = False

    def rows(self, columns: Sequence[str], things: Sequence[BaseModel], *, empty: str = "nothing found") -> None:
        """Print one row a thing, with the named fields; all fields with ``--json``."""
        if self.as_json:
            print_json([thing.model_dump(mode="json") for thing in things])
            return
        if not things:
            self.note(empty)
            return
        cells = [[_cell(getattr(thing, column)) for column in columns] for thing in things]
        self.cells(columns, cells)

    def cells(self, columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
        """Print a table: aligned on a terminal, tab-separated without a header in a pipe."""
        if not sys.stdout.isatty():
            for row in cells:
                print("\t".join(row))
            return
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
        for column in columns:
            table.add_column(column.replace("_", " "), overflow="fold")
        for row in cells:
            table.add_row(*[Text(cell) for cell in row])
        Console().print(table)

    def facts(self, thing: BaseModel | Mapping[str, object]) -> None:
        """Print one thing, a line a field; lists and objects as JSON."""
        document = thing.model_dump(mode="json") if isinstance(thing, BaseModel) else dict(thing)
        if self.as_json:
            print_json(document)
            return
        shown = {name: _cell(value) for name, value in document.items()}
        width = max((len(name) for name in shown), default=0)
        for name, value in shown.items():
            print(f"{name.replace('_', ' '):<{width}}  {value}")

    def note(self, text: str) -> None:
        """Tell the person something that is not data."""
        print(text, file=sys.stderr)

    @contextmanager
    def progress(self, doing: str) -> Iterator[Report]:
        """Give a function to be told (done, total); a bar appears on a terminal after two seconds."""
        bar = _Bar(doing, sys.stderr)
        try:
            yield bar.report
        finally:
            bar.close()


class _Bar:
    """A progress bar that appears only when the work takes long and a person looks."""

    def __init__(self, doing: str, stream: TextIO) -> None:
        self._doing = doing
        self._stream = stream
        self._started = time.monotonic()
        self._close: Callable[[], None] | None = None
        self._update: Report | None = None

    def report(self, done: int, total: int | None) -> None:
        """Show how far the work is."""
        if self._update is None and self._is_due():
            self._open()
        if self._update is not None:
            self._update(done, total)

    def close(self) -> None:
        """Remove the bar."""
        if self._close is not None:
            self._close()
            self._close = None

    def _is_due(self) -> bool:
        return self._stream.isatty() and time.monotonic() - self._started >= SHOW_PROGRESS_AFTER_S

    def _open(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        progress = Progress(*columns, console=Console(file=self._stream), transient=True)
        progress.start()
        task = progress.add_task(self._doing, total=None)
        self._update = lambda done, total: progress.update(task, completed=done, total=total)
        self._close = progress.stop


def print_json(document: object) -> None:
    """Print one JSON document to stdout."""
    print(json.dumps(document, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None, default=str))


def bytes_text(count: float) -> str:
    """A size for people, such as ``3.2 MB``."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, str | int | Path):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=str)
