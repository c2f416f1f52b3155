"""``whorl compare``, ``promote`` and ``disagree``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.base.errors import InvalidInput, JsonValue
from whorl.cli.connected import DatasetOption, ProjectOption, Session, connected
from whorl.cli.output import Output
from whorl.cli.scores import number, show_champion, show_classes

if TYPE_CHECKING:
    from whorl.schemas.comparing import ProtectedSlice
    from whorl.schemas.models import Comparison

PANEL = "Models"
ComparisonArgument = Annotated[str, typer.Argument(help="Id of a comparison, as `whorl compare` printed it.")]
_WORDS = {"promote": "The challenger is better.", "keep": "The champion stays.", "tie": "A tie: the champion stays."}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (compare, promote, disagree):
        app.command(rich_help_panel=PANEL)(connected(command))


def compare(
    session: Session,
    champion: Annotated[str, typer.Argument(help="Name or id of the model that is used now.")],
    challenger: Annotated[str, typer.Argument(help="Name or id of the model that may replace it.")],
    project: ProjectOption = None,
    dataset: Annotated[
        str | None, typer.Option("--dataset", "-d", help="Name or id; that of the models when left out.")
    ] = None,
    min_delta: Annotated[float | None, typer.Option("--min-delta", help="The smallest gain that counts.")] = None,
    protect: Annotated[
        list[str] | None,
        typer.Option("--protect", help="A query of test items where it must not fall; =0.1 behind it is the margin."),
    ] = None,
    max_ms: Annotated[float | None, typer.Option("--max-ms", help="The slowest challenger, by image.")] = None,
    max_mb: Annotated[float | None, typer.Option("--max-mb", help="The largest challenger.")] = None,
) -> None:
    """Compare two models on one frozen test set, with paired statistics. Decides, and deploys nothing.

    Example: `whorl compare tinydet-1 tinydet-2 --min-delta 0.01 --protect "metadata.camera:night=0.05"`
    """
    owner = session.project(project)
    old, new = owner.models.get(champion), owner.models.get(challenger)
    # The challenger's own; the champion's when the challenger was trained outside.
    own = dataset or new.info.dataset_id or old.info.dataset_id
    job = owner.comparisons.start(
        old.id,
        new.id,
        dataset_id=session.dataset(owner, own).id,
        min_delta=min_delta,
        slices=[_read_slice(one) for one in protect or []],
        max_latency_ms=max_ms,
        max_size_bytes=None if max_mb is None else round(max_mb * 1e6),
    )
    with session.out.progress("comparing, %") as report:
        job.wait_or_cancel(progress=report)
    show_comparison(session.out, owner.comparisons.get(str(job.info.result["comparison_id"])))


def promote(
    session: Session,
    comparison: ComparisonArgument,
    project: ProjectOption = None,
    force: Annotated[bool, typer.Option("--force", help="Although the comparison kept the champion.")] = False,
    reason: Annotated[str | None, typer.Option("--reason", help="Why; needed with --force.")] = None,
    pipeline: Annotated[
        str | None, typer.Option("--pipeline", help="Name or id; needed when several pipelines have a champion.")
    ] = None,
) -> None:
    """Make a comparison's challenger the champion. `whorl models rollback` goes back.

    Example: `whorl promote cmp_01a --force --reason "the old camera is gone"`
    """
    owner = session.project(project)
    place = owner.comparisons.promote(
        comparison,
        force=force,
        reason=reason,
        pipeline_id=None if pipeline is None else owner.pipelines.get(pipeline).id,
    )
    show_champion(session.out, place, owner.models.get(model_id=place.model_id).info)


def disagree(
    session: Session,
    comparison: ComparisonArgument,
    project: ProjectOption = None,
    dataset: DatasetOption = None,
    query: Annotated[str | None, typer.Option("--query", "-q", help="Only the items that match.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many items to label at most.")] = 200,
    test: Annotated[bool, typer.Option("--test", help="Of the test items, for review, instead of new ones.")] = False,
) -> None:
    """Open a task with the items on which a comparison's two models differ, most useful first.

    Both models predict items without ground truth: what they disagree on says most about which is better.

    Example: `whorl disagree cmp_01a --dataset pool --limit 80`
    """
    owner = session.project(project)
    if test:
        session.out.facts(owner.comparisons.open_task(comparison, limit=limit))
        return
    job = owner.comparisons.disagree(
        comparison, dataset_id=session.dataset(owner, dataset).id, filters=query, limit=limit
    )
    with session.out.progress("predicting with both, %") as report:
        job.wait_or_cancel(progress=report)
    result = job.info.result
    session.out.note(f"they differ on {result['differ']} of {result['looked_at']} items without ground truth")
    session.out.facts(owner.comparisons.open_task(comparison, job_id=job.id, limit=limit))


def show_comparison(out: Output, comparison: Comparison) -> None:
    """Print the decision, why, the interval, what the test set can tell, its wear, and a row a class and slice."""
    if out.as_json:
        out.facts(comparison)
        return
    numbers = comparison.numbers
    print(f"{comparison.decision}: {_WORDS.get(comparison.decision, '')}")
    for reason in _list(numbers.get("reasons")):
        print(f"  {reason}")
    facts: dict[str, object] = {"id": comparison.id, **_measured(numbers), **_circumstances(numbers)}
    out.facts(facts)
    slices = [row for row in _list(numbers.get("slices")) if isinstance(row, Mapping)]
    if slices:
        columns = ("name", "champion", "challenger", "low", "floor_drop", "p_value", "needed", "n_images", "verdict")
        titles = ("slice", *columns[1:])
        out.cells(titles, [[number(row.get(column)) for column in columns] for row in slices])
    show_classes(out, numbers.get("per_class"))


def _measured(numbers: Mapping[str, JsonValue]) -> dict[str, object]:
    level = numbers.get("level")
    share = f" at {level:.1%}" if isinstance(level, float) else ""
    metric = str(numbers.get("metric"))
    ends = f"from {number(numbers.get('low'))} to {number(numbers.get('high'))}"
    return {
        metric: f"{number(numbers.get('champion'))} (champion), {number(numbers.get('challenger'))} (challenger)",
        "gain": f"{number(numbers.get('delta'))}, {ends}{share}",
        "p": f"{number(numbers.get('p_value'))} (one-sided), {number(numbers.get('mcnemar_p'))} (exact McNemar)",
        "items": f"{numbers.get('n_images')} in {numbers.get('n_groups')} groups",
    }


def _circumstances(numbers: Mapping[str, JsonValue]) -> dict[str, object]:
    """What the test set is able to tell, how worn it is, and what the challenger costs."""
    found: dict[str, object] = {}
    for name in ("power", "wear"):
        one = numbers.get(name)
        if isinstance(one, Mapping):
            found[name] = one.get("message")
    cost = numbers.get("cost")
    if isinstance(cost, Mapping):
        latency, size = cost.get("latency_ms"), cost.get("size_bytes")
        megabytes = size / 1e6 if isinstance(size, int) else None
        found["cost"] = f"{number(latency)} ms an image, {number(megabytes)} MB"
    return found


def _read_slice(text: str) -> ProtectedSlice:
    from whorl.schemas.comparing import ProtectedSlice

    query, sign, margin = text.rpartition("=")
    try:
        drop = float(margin) if sign else None
    except ValueError:
        drop = None
    query = text if drop is None else query
    if not query.strip() or (drop is not None and not 0 < drop <= 1):
        raise InvalidInput(f"not a slice: {text!r}", hint='Write a query and a margin: "metadata.camera:night=0.05".')
    return ProtectedSlice(query=query) if drop is None else ProtectedSlice(query=query, floor_drop=drop)


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []
