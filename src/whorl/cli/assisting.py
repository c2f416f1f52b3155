"""``whorl assist``: assistants that learn while people label."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.base.errors import InvalidInput, JsonValue
from whorl.cli.connected import ProjectOption, Session, connected
from whorl.cli.output import print_json

if TYPE_CHECKING:
    from whorl.schemas import assistants as wire
    from whorl.sdk.assistants import Assistant
    from whorl.sdk.tasks import Task

_TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help="Name or id.")]
_WhichOption = Annotated[
    str | None, typer.Option("--assistant", "-a", help="class, box, mask or an id. [default: the only one]")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Assistants that learn while people label.", no_args_is_help=True)
    for command in (start, status, stop, resume, delete, rest):
        group.command(command.__name__)(connected(command))
    app.add_typer(group, name="assist", rich_help_panel="Label")


def start(
    session: Session,
    task: _TaskArgument,
    project: ProjectOption = None,
    kind: Annotated[str | None, typer.Option("--kind", help="class, box or mask. [default: by the recipe]")] = None,
    labels: Annotated[str | None, typer.Option("--labels", help="Only these, with commas.")] = None,
    first: Annotated[
        int | None, typer.Option("--first", min=1, help="Finished items before it learns. [default: 10, of classes 20]")
    ] = None,
    again: Annotated[
        float, typer.Option("--again", help="It learns again when the work has grown by this share.")
    ] = 0.5,
    confidence: Annotated[float, typer.Option("--confidence", help="Surer proposals are shown.")] = 0.3,
    fixed: Annotated[
        bool, typer.Option("--fixed-confidence", help="Show them also where they cost more than they save.")
    ] = False,
    model: Annotated[
        str | None, typer.Option("--model", help="Such as my_package.my_module:MyModel. [default: the built-in]")
    ] = None,
    params: Annotated[str | None, typer.Option("--params", help="Of the training, as JSON.")] = None,
    budget: Annotated[float, typer.Option("--budget", help="Seconds of one training at most.")] = 120.0,
    keep_order: Annotated[bool, typer.Option("--keep-order", help="Serve the queue as it was given.")] = False,
) -> None:
    """Start an assistant on a labelling task. It waits until enough is finished, then proposes on what is next.

    Example: `whorl assist start boxes --kind box`
    """
    if kind not in (None, "class", "box", "mask"):
        raise InvalidInput(f"--kind {kind!r}; allowed: class, box, mask")
    made = _task(session, project, task).assistants.start(
        kind=kind,  # type: ignore[arg-type]  # one of the three, as checked above
        labels=[one.strip() for one in (labels or "").split(",") if one.strip()],
        first_items=first,
        again_after=again,
        min_confidence=confidence,
        adapts=not fixed,
        architecture=model,
        params=_params(params),
        budget_seconds=budget,
        reorders=not keep_order,
    )
    _show(session, made.info)


def status(session: Session, task: _TaskArgument, project: ProjectOption = None) -> None:
    """How far the assistants of a task are, and what people made of their proposals.

    Example: `whorl assist status boxes`
    """
    found = [one.info for one in _task(session, project, task).assistants.list()]
    if session.out.as_json:
        print_json([one.model_dump(mode="json") for one in found])
        return
    for one in found:
        _show(session, one)
    if not found:
        session.out.note(f"No assistant yet. Next: whorl assist start {task}")


def stop(session: Session, task: _TaskArgument, project: ProjectOption = None, assistant: _WhichOption = None) -> None:
    """Stop an assistant; its proposals stay.

    Example: `whorl assist stop boxes`
    """
    _show(session, _find(session, project, task, assistant).stop().info)


def resume(
    session: Session, task: _TaskArgument, project: ProjectOption = None, assistant: _WhichOption = None
) -> None:
    """Let a stopped or failed assistant go on.

    Example: `whorl assist resume boxes`
    """
    _show(session, _find(session, project, task, assistant).resume().info)


def delete(
    session: Session, task: _TaskArgument, project: ProjectOption = None, assistant: _WhichOption = None
) -> None:
    """Forget an assistant, and take its proposals off what nobody has begun.

    Example: `whorl assist delete boxes`
    """
    found = _find(session, project, task, assistant)
    found.delete()
    if session.out.as_json:
        print_json({"deleted": found.id})
    else:
        session.out.note(f"deleted {found.id}")


def rest(
    session: Session,
    task: _TaskArgument,
    project: ProjectOption = None,
    assistant: _WhichOption = None,
    threshold: Annotated[
        float | None, typer.Option("--threshold", min=0, max=1, help="Propose what is surer; a table without it.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count only, write nothing.")] = False,
) -> None:
    """Propose on all that nobody finished; without a threshold, what each one would give. Never ground truth.

    Example: `whorl assist rest boxes`

    Example: `whorl assist rest boxes --threshold 0.7 --dry-run`
    """
    found = _find(session, project, task, assistant)
    if threshold is None:
        _show_preview(session, found.preview_rest())
        return
    with session.out.progress("proposing, %") as report:
        job = found.label_rest(threshold, dry_run=dry_run, progress=report)
    if session.out.as_json:
        print_json(job.info.result)
        return
    said = "would get" if dry_run else "got"
    result = job.info.result
    print(f"{result['n_items']} of {result['n_looked_at']} items {said} {result['n_objects']} proposals")


def _task(session: Session, project: str | None, name: str) -> Task:
    held = session.project(project)
    return held.tasks.get(task_id=name) if name.startswith("tsk_") else held.tasks.get(name)


def _find(session: Session, project: str | None, task: str, assistant: str | None) -> Assistant:
    return _task(session, project, task).assistants.get(assistant)


def _params(text: str | None) -> dict[str, JsonValue]:
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise InvalidInput(f"--params {text!r} is no JSON object", hint='Write such as {"stride": 4}.')
    return found


def _show(session: Session, one: wire.Assistant) -> None:
    if session.out.as_json:
        print_json(one.model_dump(mode="json"))
        return
    print(f"{one.kind}: {one.status}, {one.n_finished} of {one.n_needed} finished items to its next training  {one.id}")
    if one.error:
        print(f"  {one.error}")
    decided = one.accepted + one.edited + one.rejected
    if decided:
        print(f"  of {decided} proposals {one.accepted} taken, {one.edited} mended, {one.rejected} refused")
    if one.shows_from > one.settings.min_confidence:
        print(f"  shown from a confidence of {one.shows_from:.2f}: less sure ones cost more than they save")
    if one.rounds:
        session.out.cells(
            ("round", "items", "objects", "said on", "score", "taken", "mended", "refused", "s"),
            [_cells(each) for each in one.rounds],
        )


def _cells(one: wire.AssistantRound) -> list[str]:
    score = one.metrics.get("score")
    shown = f"{score:.2f}" if isinstance(score, int | float) else "-"
    if one.metrics.get("is_kept") is False:
        shown += ", unused"
    counts = (one.accepted, one.edited, one.rejected)
    return [
        str(one.round),
        str(one.n_items),
        str(one.n_objects),
        str(one.n_proposed),
        shown,
        *map(str, counts),
        f"{one.seconds:.0f}",
    ]


def _show_preview(session: Session, found: wire.RestPreview) -> None:
    if session.out.as_json:
        print_json(found.model_dump(mode="json"))
        return
    print(f"{found.n_items} items are not finished; the assistant has looked at {found.n_looked_at} of them")
    rows = [
        [
            f"{one.threshold:.2f}",
            str(one.n_items),
            str(one.n_objects),
            "-" if one.precision is None else f"{100 * one.precision:.0f} %",
            str(one.n_decided),
        ]
        for one in found.points
    ]
    session.out.cells(("threshold", "items", "objects", "taken so far", "decided"), rows)
