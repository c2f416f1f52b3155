"""``whorl endpoints log``, ``feedback``, ``flags``, ``rules``, ``catalogue`` and ``prune``."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.base.errors import InvalidInput, NotFound
from whorl.cli.connected import ProjectOption, Session, connected

if TYPE_CHECKING:
    from whorl.schemas.serving import FlagCatalogue, FlagGroup, PredictionLine
    from whorl.sdk.production import Traffic

EndpointArgument = Annotated[str, typer.Argument(help="Name or id of the endpoint.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, help="Most lines.")]
KINDS = "confidence, margin, disagreement, novelty, metric, report or random"


def add_commands(endpoints: typer.Typer) -> None:
    """Add the commands to ``whorl endpoints``."""
    for name, command in (
        ("log", show_log),
        ("feedback", show_feedback),
        ("rules", rules),
        ("flags", show_flags),
        ("catalogue", show_catalogue),
        ("prune", prune),
    ):
        endpoints.command(name)(connected(command))


def show_log(
    session: Session,
    endpoint: EndpointArgument,
    project: ProjectOption = None,
    verdict: Annotated[
        str | None, typer.Option("--verdict", help="Only what was last said to be: ok or wrong.")
    ] = None,
    flag: Annotated[str | None, typer.Option("--flag", help=f"Only what a rule flagged: {KINDS}.")] = None,
    label: Annotated[str | None, typer.Option("--label", help="Only answers with this label.")] = None,
    limit: LimitOption = 20,
) -> None:
    """Show what an endpoint was asked and answered, newest first.

    Example: `whorl endpoints log cars --verdict wrong`
    """
    lines = _traffic(session, project, endpoint).predictions(verdict=verdict, flag=flag, label=label)
    found = list(islice(lines, limit))
    if session.out.as_json or not found:
        session.out.rows(("id",), found, empty="nothing in the log")
        return
    columns = ("id", "at", "answer", "confidence", "novelty", "flags", "said", "metadata")
    session.out.cells(columns, [_log_cells(line) for line in found])


def show_feedback(
    session: Session,
    endpoint: EndpointArgument,
    project: ProjectOption = None,
    give: Annotated[str | None, typer.Option("--give", help="Say it of this prediction instead of listing.")] = None,
    verdict: Annotated[str, typer.Option("--verdict", help="With --give: ok or wrong.")] = "wrong",
    comment: Annotated[str | None, typer.Option("--comment", help="With --give.")] = None,
    limit: LimitOption = 20,
) -> None:
    """Show what was said of an endpoint's answers, or say something.

    Example: `whorl endpoints feedback cars --give prd_01k… --verdict wrong --comment "a truck"`
    """
    traffic = _traffic(session, project, endpoint)
    if give is not None:
        if verdict not in ("ok", "wrong"):
            raise InvalidInput(f"verdict is {verdict[:40]!a}; allowed: ok, wrong", hint="Corrections go over the API.")
        session.out.facts(traffic.say(give, verdict, comment=comment))
        return
    columns = ("at", "prediction_id", "verdict", "who", "comment")
    session.out.rows(columns, list(islice(traffic.feedback(), limit)), empty="nobody has said anything")


def rules(
    session: Session,
    endpoint: EndpointArgument,
    project: ProjectOption = None,
    add: Annotated[str | None, typer.Option("--add", help=f"Add a rule: {KINDS}.")] = None,
    below: Annotated[float | None, typer.Option("--below", help="For confidence, margin and metric.")] = None,
    above: Annotated[float | None, typer.Option("--above", help="For disagreement and novelty.")] = None,
    share: Annotated[float | None, typer.Option("--share", help="For random.")] = None,
    window: Annotated[int, typer.Option("--window", help="For metric: over so many feedbacks.")] = 50,
    per_day: Annotated[int, typer.Option("--per-day", help="Most flags in a day.")] = 100,
    remove: Annotated[str | None, typer.Option("--remove", help="Id of a rule to take away.")] = None,
) -> None:
    """Show when an endpoint's answers are flagged; add a rule or take one away.

    Example: `whorl endpoints rules cars --add margin --below 0.2 --per-day 50`
    """
    traffic = _traffic(session, project, endpoint)
    if add is not None:
        known = KINDS.replace(" or", ",").split(", ")
        if add not in known:
            raise InvalidInput(f"no such kind of rule: {add[:40]!a}", hint=f"There are {KINDS}.")
        traffic.add_rule(add, below=below, above=above, share=share, window=window, per_day=per_day)
    if remove is not None:
        traffic.remove_rule(remove)
    columns = ("id", "kind", "below", "above", "share", "today", "per_day", "is_on")
    session.out.rows(columns, traffic.rules(), empty="no rule: nothing is flagged")


def show_flags(
    session: Session,
    endpoint: EndpointArgument,
    project: ProjectOption = None,
    kind: Annotated[str | None, typer.Option("--kind", help=f"Only those of rules of this kind: {KINDS}.")] = None,
    task: Annotated[str | None, typer.Option("--task", help="Put all that no task has yet into this one.")] = None,
    limit: LimitOption = 20,
) -> None:
    """Show what was flagged and why, or send it to people.

    Example: `whorl endpoints flags cars --task "look at these"`
    """
    traffic = _traffic(session, project, endpoint)
    if task is not None:
        made = traffic.label_flagged(task)
        session.out.facts(made.info)
        return
    columns = ("at", "kind", "prediction_id", "item_id", "reason")
    session.out.rows(columns, list(islice(traffic.flags(kind=kind), limit)), empty="nothing is flagged")


def show_catalogue(
    session: Session,
    endpoint: EndpointArgument,
    project: ProjectOption = None,
    days: Annotated[int | None, typer.Option("--days", min=1, help="Of the last days only.")] = None,
    task: Annotated[str | None, typer.Option("--task", help="Put a group into this task; needs --group.")] = None,
    group: Annotated[int | None, typer.Option("--group", min=0, help="Number of the group for --task.")] = None,
) -> None:
    """Show what went wrong, in groups of images that look alike: the pattern behind single mistakes.

    Example: `whorl endpoints catalogue cars --group 0 --task "night pictures"`
    """
    traffic = _traffic(session, project, endpoint)
    if (task is None) != (group is None):
        raise InvalidInput("--task and --group go together", hint="`whorl endpoints flags NAME --task …` takes all.")
    found = traffic.catalogue(days=days)
    if task is not None:
        chosen = _group(found, group)
        session.out.note(f"group {group}: {chosen.title}; {len(chosen.item_ids)} images")
        session.out.facts(traffic.label_flagged(task, item_ids=chosen.item_ids).info)
        return
    if session.out.as_json:
        session.out.facts(found)
        return
    session.out.rows(("number", "size", "wrong", "title", "kinds", "labels"), found.groups, empty="nothing to group")
    session.out.note(f"{found.n_flags} flags; {found.n_ungrouped} answers are in no group")


def _group(found: FlagCatalogue, number: int | None) -> FlagGroup:
    for group in found.groups:
        if group.number == number:
            if not group.item_ids:
                raise InvalidInput(f"group {number} has no items: its images were not kept")
            return group
    raise NotFound(f"no group {number}; the catalogue has {len(found.groups)}")


def prune(
    session: Session,
    endpoint: EndpointArgument,
    project: ProjectOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how much would go.")] = False,
) -> None:
    """Remove log lines past their retention now, with images that nothing else needs; it also happens by itself.

    Example: `whorl endpoints prune cars --dry-run`
    """
    found = _traffic(session, project, endpoint).prune(dry_run=dry_run)
    if session.out.as_json:
        session.out.facts(found)
        return
    verb = "would go" if found.is_dry_run else "are gone"
    print(f"{found.lines} lines and {found.images} images {verb}")


def _traffic(session: Session, project: str | None, endpoint: str) -> Traffic:
    return session.project(project).traffic(endpoint)


def _log_cells(line: PredictionLine) -> list[str]:
    labels: dict[str, int] = {}
    for said in line.annotations:
        labels[said.label] = labels.get(said.label, 0) + 1
    answer = ", ".join(label if count == 1 else f"{label} × {count}" for label, count in labels.items())
    metadata = ", ".join(f"{name}={value}" for name, value in line.metadata.items())
    return [
        line.id,
        f"{line.at:%Y-%m-%d %H:%M:%S}",
        answer or "nothing found",
        "-" if line.confidence is None else f"{line.confidence:.2f}",
        "-" if line.novelty is None else f"{line.novelty:.3f}",
        ", ".join(kind.value for kind in line.flags) or "-",
        "-" if line.verdict is None else line.verdict.value,
        metadata or "-",
    ]
