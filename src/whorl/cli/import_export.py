"""``whorl import``, ``whorl export`` and ``whorl query``."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.base.errors import JsonValue, NotFound
from whorl.cli.connected import DatasetOption, ProjectOption, Session, connected
from whorl.cli.output import Output
from whorl.schemas.datasets import ImportReport, Issue

if TYPE_CHECKING:
    from whorl.sdk.client import Project
    from whorl.sdk.datasets import Dataset

PANEL = "Data"
SHOWN_ISSUES = 20


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("import", rich_help_panel=PANEL)(connected(import_))
    app.command(rich_help_panel=PANEL)(connected(export))
    app.command(rich_help_panel=PANEL)(connected(query))


def import_(
    session: Session,
    path: Annotated[Path, typer.Argument(help="Folder (or annotation file) to take in.")],
    project: Annotated[str, typer.Option("--project", "-p", help="Made when there is none of that name.")] = "default",
    dataset: Annotated[
        str | None, typer.Option("--dataset", "-d", help="Made when there is none. [default: the folder's name]")
    ] = None,
    format: Annotated[
        str | None, typer.Option("--format", "-f", help="coco, voc, yolo, dataloop, folder. [default: found out]")
    ] = None,
    new_labels: Annotated[
        str | None,
        typer.Option("--new-labels", help="add or refuse labels the ontology lacks. [default: as the ontology says]"),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when something was left out.")] = False,
) -> None:
    """Take in images and annotations. A second import takes only what changed.

    What cannot be read is listed with the reason; the rest goes in.

    Example: `whorl import ./bccd --project blood --dataset bccd --format voc`
    """
    if not path.exists():
        raise NotFound(f"no file or folder {path}")
    name = dataset or path.resolve().name
    target = _find_dataset(session, project, name)
    if target is None:
        check_format(path, format)
        target = _project(session, project).datasets.create(name)
    with session.out.progress(f"importing {path}, %") as report:
        options: dict[str, JsonValue] = {"new_labels": new_labels} if new_labels else {}
        done = target.import_(path, format=format, is_dry_run=dry_run, options=options, progress=report)
    _show_import(session.out, done, f"{project}/{name}")
    if strict and done.issues:
        raise typer.Exit(1)


def export(
    session: Session,
    path: Annotated[Path, typer.Argument(help="Folder to write; empty or new.")],
    project: ProjectOption = None,
    dataset: DatasetOption = None,
    format: Annotated[str, typer.Option("--format", "-f", help="coco, voc, yolo or dataloop.")] = "coco",
    query: Annotated[str | None, typer.Option("--query", "-q", help="Only the items that match.")] = None,
) -> None:
    """Write items and their ground truth to a folder.

    Example: `whorl export ./out --dataset bccd --format yolo --query subset:train`
    """
    source = session.dataset(session.project(project), dataset)
    with session.out.progress(f"exporting to {path}, %") as report:
        done = source.export(path, format=format, filters=query, progress=report)
    if session.out.as_json:
        session.out.facts(done)
        return
    print(f"wrote {path}: {done.items} items, {done.annotations} annotations, {done.format}, revision {done.revision}")
    _show_issues(session.out, done.issues)


def query(
    session: Session,
    text: Annotated[str, typer.Argument(help="Such as `label:car confidence<0.5 subset:train -label:truck`.")] = "",
    project: ProjectOption = None,
    dataset: DatasetOption = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many items.")] = 100,
    count: Annotated[bool, typer.Option("--count", help="Print how many match, and nothing else.")] = False,
) -> None:
    """List the items that match a query.

    Example: `whorl query "label:car subset:train" --dataset street --limit 20`
    """
    source = session.dataset(session.project(project), dataset)
    if count:
        number = source.items.count(text)
        session.out.facts({"count": number}) if session.out.as_json else print(number)
        return
    found = [item.info for item in islice(source.items.list(text), limit + 1)]
    columns = ("id", "name", "width", "height", "subset")
    session.out.rows(columns, found[:limit], empty="no item matches")
    if len(found) > limit:
        session.out.note(f"the first {limit}; more match: raise --limit, or use --count")


def check_format(path: Path, format: str | None) -> None:
    """Look whether a folder is in a format at all, before anything is made for it.

    Raises:
        InvalidInput: No such format.
        FormatError: The folder is not in it, or in none of the known ones.
    """
    from whorl.formats.registry import detect_format, get_format

    if format is None:
        detect_format(path)
        return
    adapter = get_format(format)
    if not adapter.sniff(path):
        # The look is quick and strict; reading the first record decides, and raises what is wrong.
        next(iter(adapter.read(path)), None)


def _find_dataset(session: Session, project: str, name: str) -> Dataset | None:
    try:
        return session.client.projects.get(project).datasets.get(name)
    except NotFound:
        return None


def _project(session: Session, name: str) -> Project:
    try:
        return session.client.projects.get(name)
    except NotFound:
        return session.client.projects.create(name)


def _show_import(out: Output, done: ImportReport, where: str) -> None:
    if out.as_json:
        out.facts(done)
        return
    taken = {"added": done.added, "replaced": done.replaced, "relabelled": done.relabelled}
    changes = ", ".join(f"{count} {what}" for what, count in {**taken, "unchanged": done.unchanged}.items() if count)
    verb = "would import into" if done.is_dry_run else "imported into"
    print(
        f"{verb} {where}: {done.seen} items ({changes or 'nothing new'}), {done.annotations_added} annotations, "
        f"{done.seconds:.1f} s"
    )
    if done.new_labels:
        print(f"new labels: {', '.join(done.new_labels)}")
    _show_issues(out, done.issues)


def _show_issues(out: Output, issues: list[Issue]) -> None:
    if not issues:
        return
    out.note(f"{len(issues)} left out:")
    for issue in issues[:SHOWN_ISSUES]:
        out.note(f"  {issue.where}: {issue.reason} [{issue.code}]")
    if len(issues) > SHOWN_ISSUES:
        out.note(f"  … and {len(issues) - SHOWN_ISSUES} more; --json lists all")
