"""Pipelines on a terminal: differences in colour, live counts, and what became of an import."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TextIO

from whorl.base.errors import JsonValue

if TYPE_CHECKING:
    from rich.table import Table

    from whorl.cli.output import Output
    from whorl.schemas.pipelines import NodeCounts, PipelineChange, PipelineDiff, PipelineImport, PipelineStatus

COLUMNS = ("waiting", "running", "parked", "done", "failed", "per min", "machine", "people")
_SIGNS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow")}
_SHOWN = 160


def diff_lines(diff: PipelineDiff) -> Iterator[tuple[str, str]]:
    """Each line of a difference with its colour: a line a change, and below a changed entry a line a field."""
    for change in diff.changes:
        sign, colour = _SIGNS[change.kind]
        yield f"{sign} {change.what} {change.name}{_about(change)}", colour
        if change.kind == "changed":
            yield from ((f"    {line}", colour) for line in _field_lines("", change.before, change.after))


def print_diff(diff: PipelineDiff, stream: TextIO) -> None:
    """Print a difference, coloured on a terminal."""
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, soft_wrap=True)
    for line, colour in diff_lines(diff):
        if stream.isatty():
            console.print(Text(line, style=colour))
        else:
            stream.write(line + "\n")


def _about(change: PipelineChange) -> str:
    body = change.after if change.kind == "added" else change.before
    if change.kind == "changed" or not isinstance(body, dict):
        return ""
    told = [str(body[key]) for key in ("type", "when") if isinstance(body.get(key), str)]
    return f" ({', '.join(told)})" if told else ""


def _field_lines(path: str, before: JsonValue, after: JsonValue) -> Iterator[str]:
    """What differs inside an entry, field by field."""
    if isinstance(before, dict) and isinstance(after, dict) and "$var" not in {*before, *after}:
        for key in dict.fromkeys([*before, *after]):
            if before.get(key) != after.get(key) or type(before.get(key)) is not type(after.get(key)):
                yield from _field_lines(f"{path}.{key}" if path else key, before.get(key), after.get(key))
        return
    yield f"{path + ': ' if path else ''}{_value(before)} -> {_value(after)}"


def _value(value: JsonValue) -> str:
    if isinstance(value, dict) and set(value) == {"$var"}:
        return f"${value['$var']}"
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split()) or '""'
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def status_cells(status: PipelineStatus, written: Sequence[str]) -> list[list[str]]:
    """A row a node, in the order in which the pipeline is written; nodes of earlier versions that hold tokens last."""
    order = [
        *(node for node in written if node in status.nodes),
        *(node for node in status.nodes if node not in written),
    ]
    return [[node, *_counts(status.nodes[node])] for node in order]


def _counts(counts: NodeCounts) -> list[str]:
    numbers = [counts.waiting, counts.running, counts.parked, counts.done, counts.failed]
    rate = f"{counts.done_per_minute:.1f}" if counts.done_per_minute else "0"
    return [*map(str, numbers), rate, _seconds(counts.machine_seconds), _seconds(counts.human_seconds)]


def _seconds(value: float) -> str:
    if value < 60:
        return f"{value:.1f} s" if value else "0"
    return f"{value / 60:.1f} min" if value < 3600 else f"{value / 3600:.1f} h"


def status_note(status: PipelineStatus) -> str:
    """The runs by state, and whether anything stands still."""
    runs = ", ".join(f"{count} {state}" for state, count in status.runs.items()) or "none yet"
    still = ["paused"] * status.is_paused + ["triggers off"] * (not status.is_active)
    return f"runs: {runs}" + (f" ({', '.join(still)})" if still else "")


def watch(out: Output, read: Callable[[], PipelineStatus], written: Sequence[str], *, every_s: float) -> None:
    """Show the counts again and again until Ctrl-C; with ``--json``, or in a pipe, one line each time."""
    try:
        if out.as_json or not sys.stdout.isatty():
            while True:
                print(read().model_dump_json(), flush=True)
                time.sleep(every_s)
        _watch_table(read, written, every_s=every_s)
    except KeyboardInterrupt:
        # Ctrl-C is how watching ends.
        return


def _watch_table(read: Callable[[], PipelineStatus], written: Sequence[str], *, every_s: float) -> None:
    from rich.console import Console
    from rich.live import Live

    with Live(_table(read(), written), console=Console(), auto_refresh=False) as live:
        while True:
            time.sleep(every_s)
            live.update(_table(read(), written), refresh=True)


def _table(status: PipelineStatus, written: Sequence[str]) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold", caption=status_note(status),
        caption_justify="left",
    )  # fmt: skip
    table.add_column("node")
    for column in COLUMNS:
        table.add_column(column, justify="right")
    for row in status_cells(status, written):
        is_failing = row[5] != "0"
        table.add_row(*[Text(cell, style="red" if is_failing and n == 5 else "") for n, cell in enumerate(row)])
    return table


def print_import(out: Output, found: PipelineImport) -> None:
    """Print what became of each part, what was not mapped last."""
    parts = sorted(found.parts, key=lambda part: part.became is None)
    cells = [
        [part.what, part.name, part.was, part.became or ("-" if out.as_json else "not mapped"), part.note]
        for part in parts
    ]
    out.cells(("what", "name", "was", "became", "note"), cells)
    mapped = sum(part.became is not None for part in parts)
    out.note(f"{mapped} of {len(parts)} parts mapped")
