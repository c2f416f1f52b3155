"""What a spool holds and how its budgets stand, read beside the program that uses it."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from whorl.base.errors import NotFound, StorageFull
from whorl.selection.edge.budgets import BINS

if TYPE_CHECKING:
    from whorl.base.errors import JsonValue


def read_status(folder: Path) -> dict[str, JsonValue]:
    """The state of the spool in a folder: images and bytes by state, budgets, counts, and the link.

    Raises:
        NotFound: There is no spool.
        StorageFull: It cannot be read.
    """
    path = folder / "spool.db"
    if not path.is_file():
        raise NotFound(f"no spool at {folder}", hint="Give --spool the folder that `whorl edge run` uses.")
    try:
        with contextlib.closing(sqlite3.connect(path.resolve().as_uri() + "?mode=ro", uri=True, timeout=10)) as db:
            meta = {name: json.loads(value) for name, value in db.execute("SELECT name, value FROM meta")}
            states = {
                state: {"images": count, "bytes": n_bytes}
                for state, count, n_bytes in db.execute("SELECT state, count(*), sum(n_bytes) FROM item GROUP BY state")
            }
            problems: list[JsonValue] = [
                {"id": item_id, "problem": problem}
                for item_id, problem in db.execute("SELECT id, problem FROM item WHERE state = 'refused' LIMIT 20")
            ]
    except (sqlite3.DatabaseError, ValueError) as error:
        raise StorageFull(f"the spool at {folder} cannot be read: {error}", hint="Its next run repairs it.") from error
    clock = meta.get("clock")
    now = clock.get("now", 0.0) if isinstance(clock, dict) else 0.0
    return {
        "spool": str(folder),
        "states": dict(states),
        "budgets": _budgets(meta.get("budget"), float(now)),
        "counts": meta.get("counts", {}),
        "window": _window(meta.get("window"), float(now)),
        "link": meta.get("link", {}),
        "refused": problems,
    }


def _budgets(saved: JsonValue, now: float) -> list[JsonValue]:
    found: list[JsonValue] = []
    for name, meter in saved.items() if isinstance(saved, dict) else ():
        of, _, period = name.partition("/")
        meter = meter if isinstance(meter, dict) else {}
        bins = meter.get("bins")
        first = (now - float(period)) // (float(period) / BINS)
        used = sum(
            float(amount)
            for index, amount in (bins.items() if isinstance(bins, dict) else ())
            if int(index) >= first and isinstance(amount, int | float)
        )
        found.append({"of": of, "period_s": float(period), "used": used, "amount": meter.get("amount")})
    return found


def _window(saved: JsonValue, now: float) -> JsonValue:
    if not isinstance(saved, dict):
        return {}
    opened_at = saved.get("opened_at")
    open_s = round(now - opened_at, 1) if isinstance(opened_at, int | float) else None
    return {"number": saved.get("number"), "open_for_s": open_s, "recipe": saved.get("recipe")}


def describe_status(told: Mapping[str, JsonValue]) -> list[tuple[str, str]]:
    """A status for people: a name and a line each."""
    lines = [("spool", str(told["spool"]))]
    states = told["states"]
    names = {"candidate": "in the open window", "chosen": "to be sent", "refused": "set aside"}
    for state, name in names.items():
        held = states.get(state) if isinstance(states, dict) else None
        if isinstance(held, dict):
            lines.append((state, f"{held['images']:,} images, {_amount(held['bytes'])}, {name}"))
    for meter in told["budgets"] if isinstance(told["budgets"], list) else ():
        if isinstance(meter, dict):
            is_count = meter["of"] == "count"
            used, amount = (meter["used"], meter["amount"])
            shown = f"{used:,.0f} of {amount:,.0f} images" if is_count else f"{_amount(used)} of {_amount(amount)}"
            lines.append(("budget", f"{shown} in the last {_period(meter['period_s'])}"))
    counts = told["counts"]
    if isinstance(counts, dict) and counts:
        lines.append(("counts", ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items())))
    link = told["link"]
    if isinstance(link, dict) and link:
        lines.append(("link", f"{link['url']}: {link['problem'] or 'well'} ({link['at']})"))
    for one in told["refused"] if isinstance(told["refused"], list) else ():
        if isinstance(one, dict):
            lines.append(("refused", f"{one['id']}: {one['problem']}"))
    return lines


def _amount(n_bytes: JsonValue) -> str:
    size = float(n_bytes) if isinstance(n_bytes, int | float) else 0.0
    for unit in ("B", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def _period(seconds: JsonValue) -> str:
    names = {60.0: "minute", 3600.0: "hour", 86_400.0: "day", 604_800.0: "week"}
    return names.get(seconds, f"{seconds} s") if isinstance(seconds, float) else f"{seconds} s"
