"""Architectures, dry runs and trainings side by side as people read them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from whorl.cli.output import Output, bytes_text
from whorl.cli.scores import number

if TYPE_CHECKING:
    from whorl.base.errors import JsonValue
    from whorl.schemas.models import Model
    from whorl.schemas.training import Architecture, ModelCheck, ModelRow, ModelTable

_TICKS = "▁▂▃▄▅▆▇█"
_SPARK = 16


def show_architectures(out: Output, found: Sequence[Architecture]) -> None:
    """Print each with its presets and parameters."""
    if out.as_json:
        out.rows(("name",), found)
        return
    for one in found:
        missing = f"  (needs {', '.join(one.needs)}: {one.install_hint})" if one.needs else ""
        print(f"{one.name}: {one.title}, for {', '.join(one.tasks)}{missing}")
        print(f"  {one.summary}")
        for name, preset in one.presets.items():
            print(f"  --preset {name:<9} {preset.about}")
        properties = one.params_schema.get("properties")
        rows = properties.items() if isinstance(properties, Mapping) else ()
        for name, schema in rows:
            if isinstance(schema, Mapping):
                given = f"{name}={_typed(schema.get('default'))}"
                print(f"  --param {given:<19} {schema.get('description', '')}")
        print()


def show_check(out: Output, check: ModelCheck) -> None:
    """Print what a training would find."""
    if out.as_json:
        out.facts(check)
        return
    print(f"{check.architecture} for {check.task} on revision {check.revision}; nothing was written")
    if check.params:
        print(f"  parameters: {_pairs(check.params)}")
    names = list(dict.fromkeys(label for subset in check.subsets for label in subset.labels))
    columns = ("label", *(subset.subset for subset in check.subsets))
    rows = [[name, *(number(subset.labels.get(name, 0)) for subset in check.subsets)] for name in names]
    rows.append(["items with labels", *(number(subset.n_labelled) for subset in check.subsets)])
    rows.append(["items", *(number(subset.n_items) for subset in check.subsets)])
    out.cells(columns, rows)
    if check.n_effective != check.subsets[0].n_labelled:
        print(f"  sampling: {check.n_effective} samples in a pass")
    if check.estimated_seconds is not None:
        print(f"  about {_seconds(check.estimated_seconds)} on one core: {check.estimate}")
    for kind, notices in (("error", check.errors), ("warning", check.warnings)):
        for one in notices:
            print(f"  {kind}: {one.message}" + (f" {one.hint}" if one.hint else ""))
    print("  it can be trained" if check.can_train else "  it cannot be trained like this")


def show_trained(out: Output, model: Model) -> None:
    """Print what came of a training; of a search, what it tried."""
    if out.as_json:
        out.facts(model)
        return
    took = f", {_seconds(model.seconds)}" if model.seconds is not None else ""
    items = f": {model.n_items} items{took}" if model.n_items is not None else ""
    print(f"{model.name} is {model.status}{items}")
    size = {} if model.size_bytes is None else {"size": bytes_text(model.size_bytes)}
    metrics = {name: value for name, value in model.metrics.items() if name != "search"}
    out.facts({"id": model.id, "architecture": model.architecture, **metrics, **size})
    search = model.metrics.get("search")
    if isinstance(search, Mapping):
        _show_search(out, search)


def show_runs(out: Output, table: ModelTable) -> None:
    """Print a column a model: what differs, what came of it, what it cost, and the course of each curve."""
    if out.as_json:
        out.facts(table)
        return
    rows: list[list[str]] = [
        ["id", *(row.model_id for row in table.rows)],
        ["status", *(row.status for row in table.rows)],
        *([name, *(_short(row.params.get(name)) for row in table.rows)] for name in table.param_names),
        *([name, *(number(row.metrics.get(name)) for row in table.rows)] for name in table.metric_names),
        ["seconds", *(number(row.seconds) for row in table.rows)],
        ["model size", *(_size(row) for row in table.rows)],
    ]
    points = {one.model_id: one.points for one in table.curves}
    for name in table.series:
        lines = [sparkline([p[name] for p in points[row.model_id] if name in p]) for row in table.rows]
        if any(lines):
            rows.append([f"{name} over time", *lines])
    out.cells(("", *(row.name for row in table.rows)), rows)


def sparkline(values: Sequence[float], width: int = _SPARK) -> str:
    """The course of a curve in a line of blocks, from its least to its greatest value; nothing for a single value."""
    if len(values) < 2:
        return ""
    step = max(1.0, len(values) / width)
    some = [values[min(int((place + 1) * step), len(values)) - 1] for place in range(min(width, len(values)))]
    low, high = min(some), max(some)
    span = (high - low) or 1.0
    return "".join(_TICKS[round((value - low) / span * (len(_TICKS) - 1))] for value in some)


def _show_search(out: Output, search: Mapping[str, JsonValue]) -> None:
    trials = search.get("trials")
    rows = [one for one in trials if isinstance(one, Mapping)] if isinstance(trials, list) else []
    print(f"tried {len(rows)}, by {search.get('metric')} on {search.get('n_scored')} items ({search.get('scored_on')})")
    cells = [
        [
            "best" if one.get("number") == search.get("best") else "",
            str(one.get("architecture")),
            _pairs(one.get("params")),
            "final" if one.get("is_final") else str(one.get("state")),
            number(one.get("score")),
            number(one.get("seconds")),
        ]
        for one in rows
    ]
    out.cells(("", "architecture", "parameters", "state", "score", "CPU s"), cells)


def _typed(value: JsonValue) -> str:
    """A value as it is typed after ``--param name=``."""
    if isinstance(value, float):
        return f"{value:g}"
    return value if isinstance(value, str) else json.dumps(value)


def _pairs(params: JsonValue) -> str:
    return ", ".join(f"{name}={_short(value)}" for name, value in params.items()) if isinstance(params, dict) else "-"


def _short(value: object) -> str:
    text = json.dumps(value) if isinstance(value, dict | list | bool) else number(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _seconds(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _size(row: ModelRow) -> str:
    return "-" if row.size_bytes is None else bytes_text(row.size_bytes)
