"""``whorl convert``: ground truth of another kind of shape, and back."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from whorl.base.errors import InvalidInput
from whorl.cli.connected import ProjectOption, Session, connected
from whorl.cli.output import Output
from whorl.cli.scores import number

if TYPE_CHECKING:
    from whorl.schemas.converting import ConvertReport

Kind = Literal["class", "box", "rotated_box", "polygon", "mask"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Data")(connected(convert))


def convert(
    session: Session,
    dataset: Annotated[str, typer.Argument(help="Name or id.")],
    project: ProjectOption = None,
    to: Annotated[Kind | None, typer.Option("--to", help="The kind that shapes become.")] = None,
    query: Annotated[str | None, typer.Option("--query", "-q", help="Only on items that match.")] = None,
    label: Annotated[list[str] | None, typer.Option("--label", help="Only this label; repeatable.")] = None,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="Only shapes of this kind; repeatable.")] = None,
    outline: Annotated[
        Literal["shape", "grabcut", "sam"],
        typer.Option("--outline", help="What a box becomes: its four sides, or the outline of the object found in it."),
    ] = "shape",
    max_loss: Annotated[
        float, typer.Option("--max-loss", min=0, max=0.5, help="Overlap that simpler outlines may lose.")
    ] = 0.01,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would come of it.")] = False,
    undo: Annotated[int | None, typer.Option("--undo", metavar="REVISION", help="Give back what it replaced.")] = None,
) -> None:
    """Change ground truth to another kind of shape, in one revision that can be undone.

    Example: `whorl convert street --to polygon --kind mask --max-loss 0.02 --dry-run`
    """
    home = session.project(project)
    found = session.dataset(home, dataset)
    if (undo is None) == (to is None):
        raise InvalidInput("say what to do", hint="Give --to KIND to convert, or --undo REVISION alone.")
    if undo is not None:
        _show(session.out, found.undo_conversion(undo))
        return
    assert to is not None
    with session.out.progress(f"converting {found.name}, %") as report:
        done = found.convert(
            to,
            filters=query,
            labels=label or (),
            kinds=_read_kinds(kind or ()),
            outline=outline,
            max_iou_loss=max_loss,
            dry_run=dry_run,
            progress=report,
        )
    _show(
        session.out,
        done,
        undo=shlex.join(["whorl", "convert", found.name, "--project", home.name, "--undo", str(done.revision)]),
    )


def _read_kinds(given: Sequence[str]) -> list[Kind]:
    known: dict[str, Kind] = {name: name for name in get_args(Kind)}
    for name in given:
        if name not in known:
            raise InvalidInput(f"--kind {name}", hint=f"There are: {', '.join(known)}.")
    return [known[name] for name in given]


def _show(out: Output, report: ConvertReport, *, undo: str | None = None) -> None:
    if out.as_json:
        out.facts(report)
        return
    verb = "given back" if undo is None else "would be converted" if report.is_dry_run else "converted"
    print(f"{report.n_converted:,} shapes of {report.n_items:,} items {verb}")
    if report.worst_iou is not None:
        print(f"least overlap with the original: {number(report.worst_iou)}")
    if report.n_unchanged:
        print(f"already of that kind: {report.n_unchanged:,}")
    for reason, count in report.refused.items():
        print(f"refused: {count:,}: {reason}")
    for example in report.examples:
        print(f"  {example}")
    if report.revision is not None and undo is not None:
        print(f"revision {report.revision}; undo: {undo}")
