"""Models, scores and decisions as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from whorl.cli.output import Output

if TYPE_CHECKING:
    from whorl.base.errors import JsonValue
    from whorl.schemas.models import Champion, Model


def show_models(out: Output, models: Sequence[Model], champions: Sequence[Champion]) -> None:
    """Print one row a model; the champion is marked."""
    if out.as_json or not models:
        out.rows(("id",), models, empty="no model")
        return
    chosen = {one.model_id for one in champions}
    columns = ("id", "name", "architecture", "status", "items", "champion", "last verdict", "created at")
    cells = [
        [
            model.id,
            model.name,
            model.architecture,
            model.status,
            number(model.n_items),
            "champion" if model.id in chosen else "-",
            "-" if model.verdict is None else model.verdict.decision,
            f"{model.created_at:%Y-%m-%d %H:%M}",
        ]
        for model in models
    ]
    out.cells(columns, cells)


def show_model(out: Output, model: Model) -> None:
    """Print what came of a training."""
    if out.as_json:
        out.facts(model)
        return
    took = f"{model.status}: {model.n_items} items, {model.seconds or 0:.1f} s"
    # One that was trained elsewhere has no items here.
    what = "registered" if model.n_items is None else took
    print(f"{model.name} is {what}")
    labels = ", ".join(model.labels)
    out.facts({"id": model.id, "architecture": model.architecture, "labels": labels, **model.metrics})


def show_champion(out: Output, champion: Champion, model: Model) -> None:
    """Print who is the champion now, and where that is written."""
    if out.as_json:
        out.facts(champion)
        return
    where = "the project" if champion.pipeline_name is None else f"pipeline {champion.pipeline_name}"
    print(f"{model.name} ({model.id}) is the champion of {where}")


def show_classes(out: Output, rows: JsonValue) -> None:
    """Print a table of what is known of each class."""
    classes = [row for row in _list(rows) if isinstance(row, Mapping)]
    if not classes:
        return
    columns = [name for name, value in classes[0].items() if not isinstance(value, list | dict)]
    columns = [name for name in columns if any(row.get(name) is not None for row in classes)]
    out.cells(columns, [[number(row.get(column)) for column in columns] for row in classes])


def number(value: object) -> str:
    """A value in at most four digits."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
