"""``whorl evaluate``: score a model on the test subset, and say everything about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from whorl.cli.connected import ProjectOption, Session
from whorl.cli.output import Output
from whorl.cli.scores import number
from whorl.cli.tiles import OverlapOption, TileOption, read_tiling

if TYPE_CHECKING:
    from whorl.schemas.evaluations import EvaluationReport, Range, ThresholdReport

SlicesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--slices", help="field:metadata.camera for a slice per value, or query:QUERY; against the rest; repeatable."
    ),
]


def evaluate(
    session: Session,
    model: Annotated[str, typer.Argument(help="Name (the newest of that name) or id.")],
    project: ProjectOption = None,
    dataset: Annotated[
        str | None, typer.Option("--dataset", "-d", help="Name or id; the model's own when left out.")
    ] = None,
    query: Annotated[str | None, typer.Option("--query", "-q", help="Only the items that match.")] = None,
    slices: SlicesOption = None,
    missed: Annotated[
        float, typer.Option("--missed", min=0, help="Cost of a miss; for classes of an item left unsure.")
    ] = 1.0,
    spurious: Annotated[float, typer.Option("--spurious", min=0, help="Cost of a spurious or wrong answer.")] = 1.0,
    tile: TileOption = None,
    overlap: OverlapOption = None,
) -> None:
    """Score a model on the test subset: by label, size and slice, with intervals, and the cheapest threshold.

    Example: `whorl evaluate tinydet --slices field:metadata.camera --missed 5`
    """
    owner = session.project(project)
    found = owner.models.get(model)
    where, tiling = session.dataset_of(owner, found.info, dataset), read_tiling(tile, overlap)
    job = found.evaluate(dataset_id=where, filters=query, tiling=tiling)
    with session.out.progress(f"evaluating {found.name}, %") as report:
        job.wait_or_cancel(progress=report)
    made = str(job.info.result["evaluation_id"])
    told = owner.evaluations.report(made, slices=slices or ())
    costs = owner.evaluations.thresholds(made, missed=missed, spurious=spurious) if told.thresholds else None
    show_report(session.out, told, costs)


def show_report(out: Output, report: EvaluationReport, costs: ThresholdReport | None) -> None:
    """Print the metric with its interval, then a table for each part that there is."""
    if out.as_json:
        out.facts(report)
        return
    where = f"{report.n_items} test items of revision {report.revision}"
    grouped = f" in {report.n_groups} groups" if report.n_groups < report.n_items else ""
    print(f"{report.metric_name} {number(report.metric)}{_between(report.interval)} on {where}{grouped}")
    calibration = {} if report.calibration is None else {"ece": report.calibration.ece}
    rest = {name: number(value) for name, value in (report.summary | calibration).items()}
    out.facts({"id": report.evaluation_id, "model": report.model_id, **rest})
    _show_classes(out, report)
    if report.per_size:
        print("\nBy size of the true object")
        columns = ("size", "from px²", "to px²", "true", "ap", "recall")
        cells = [
            [one.name, one.min_area_px, one.max_area_px, one.n_truth, one.ap, one.recall] for one in report.per_size
        ]
        out.cells(columns, [[number(cell) for cell in row] for row in cells])
    _show_slices(out, report)
    if costs is not None:
        _show_costs(out, costs)


def _show_classes(out: Output, report: EvaluationReport) -> None:
    print("\nBy label")
    columns = ("label", report.class_metric_name, "interval", "precision", "recall", "f1", "true", "predicted")
    cells = [
        [
            row.label,
            number(row.metric),
            _between(row.interval).strip(" ()") or "-",
            *(number(value) for value in (row.precision, row.recall, row.f1, row.n_truth, row.n_predicted)),
        ]
        for row in report.per_class
    ]
    # For classes the metric of a label is its recall: it is shown once.
    kept = [at for at, name in enumerate(columns) if name not in columns[:at]]
    out.cells([columns[at] for at in kept], [[row[at] for at in kept] for row in cells])


def _show_slices(out: Output, report: EvaluationReport) -> None:
    if not report.slices:
        return
    print("\nBy slice, against all other items")
    columns = ("slice", "items", report.metric_name, "interval", "rest", "difference", "of it")
    out.cells(
        columns,
        [
            [
                row.name,
                f"{row.n_items} (few)" if row.is_small else str(row.n_items),
                number(row.metric),
                _between(row.interval).strip(" ()") or "-",
                number(row.rest),
                number(row.delta),
                _between(row.delta_interval).strip(" ()") or "-",
            ]
            for row in report.slices
        ],
    )


def _show_costs(out: Output, costs: ThresholdReport) -> None:
    print(f"\nCheapest confidence threshold, a miss at {costs.missed:g} and a spurious answer at {costs.spurious:g}")
    columns = ("label", "threshold", "likely", "cost", "interval", "precision", "recall")
    out.cells(
        columns,
        [
            [
                one.label or "all",
                f"{one.threshold:g}",
                _between(one.threshold_interval).strip(" ()") or "-",
                f"{one.cost:g}",
                _between(one.interval).strip(" ()") or "-",
                number(one.precision),
                number(one.recall),
            ]
            for one in (costs.cheapest, *costs.per_class)
        ],
    )


def _between(interval: Range | None) -> str:
    """Such as `` (0.889 to 1)``, or nothing."""
    return "" if interval is None else f" ({number(interval.low)} to {number(interval.high)})"
