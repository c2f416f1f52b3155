"""``whorl pipeline``: what is under way, from starting runs to mending them."""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from whorl.base.errors import InvalidInput
from whorl.cli.connected import ProjectOption, Session, connected

if TYPE_CHECKING:
    from whorl.schemas.pipeline_runs import LogLine
    from whorl.schemas.pipelines import Run
    from whorl.sdk.pipelines import Pipeline

_AT_ONCE = 1000
_FOLLOW_EVERY_S = 1.0
NameArgument = Annotated[str, typer.Argument(help="Name or id.")]


def register(pipelines: typer.Typer) -> None:
    """Add the commands to the group."""
    pipelines.command("run")(connected(run))
    pipelines.command("status")(connected(status))
    pipelines.command("ledger")(connected(ledger))
    pipelines.command("logs")(connected(logs))
    pipelines.command("pause")(connected(pause))
    pipelines.command("resume")(connected(resume))
    pipelines.command("cancel")(connected(cancel))
    pipelines.command("rerun")(connected(rerun))
    pipelines.command("dead-letters")(connected(dead_letters))


def run(
    session: Session,
    name: NameArgument,
    project: ProjectOption = None,
    node: Annotated[str | None, typer.Option("--node", help="Where to start; the first node when left out.")] = None,
    query: Annotated[str | None, typer.Option("--query", "-q", help="For the items that match.")] = None,
    ref: Annotated[list[str] | None, typer.Option("--ref", help="For this item or model id; repeatable.")] = None,
) -> None:
    """Start runs by hand.

    Example: `whorl pipeline run loop --query "subset:train"`
    """
    with session.out.progress("starting runs"):
        started = session.project(project).pipelines.get(name).run(node=node, refs=ref, query=query)
    if session.out.as_json:
        session.out.facts(started)
        return
    print(f"started {started.started} runs at {started.target}")


def status(
    session: Session,
    name: NameArgument,
    project: ProjectOption = None,
    watch: Annotated[bool, typer.Option("--watch", "-w", help="Show it again and again until Ctrl-C.")] = False,
    every: Annotated[float, typer.Option("--every", min=0.2, help="Seconds between two looks.")] = 2.0,
) -> None:
    """Show how many tokens wait, run, are parked, done and failed at each node, and what that has cost.

    Example: `whorl pipeline status loop --watch`
    """
    from whorl.cli import pipeline_showing as showing

    pipeline = session.project(project).pipelines.get(name)
    written = [node.id for node in pipeline.info.definition.nodes]
    if watch:
        showing.watch(session.out, pipeline.status, written, every_s=every)
        return
    found = pipeline.status()
    if session.out.as_json:
        session.out.facts(found)
        return
    session.out.cells(("node", *showing.COLUMNS), showing.status_cells(found, written))
    session.out.note(showing.status_note(found))
    if any(counts.failed for counts in found.nodes.values()):
        session.out.note(f"hint: See what failed with `whorl pipeline dead-letters {pipeline.id}`.")


def ledger(session: Session, name: NameArgument, project: ProjectOption = None) -> None:
    """Show what a pipeline's labels cost: seconds of people and machines by step, by skill and by person.

    Example: `whorl pipeline ledger micro_tasks`
    """
    from whorl.cli import ledger_showing

    found = session.project(project).pipelines.get(name).ledger()
    if session.out.as_json:
        session.out.facts(found)
        return
    session.out.cells(ledger_showing.STEP_COLUMNS, ledger_showing.step_cells(found))
    print()
    session.out.cells(ledger_showing.GROUP_COLUMNS, ledger_showing.group_cells(found))
    if found.people:
        print()
        session.out.cells(ledger_showing.PERSON_COLUMNS, ledger_showing.person_cells(found))
    session.out.note(ledger_showing.sum_note(found))


def logs(
    session: Session,
    name: NameArgument,
    project: ProjectOption = None,
    node: Annotated[str | None, typer.Option("--node", help="Only what this node said.")] = None,
    run: Annotated[str | None, typer.Option("--run", help="Only about this run.")] = None,
    level: Annotated[Literal["info", "warning", "error"] | None, typer.Option("--level", help="Only these.")] = None,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, max=10_000, help="The newest so many.")] = 50,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")] = False,
) -> None:
    """Print what the nodes said, oldest first. With --json, one document; with --follow, one a line.

    Example: `whorl pipeline logs loop --level error`
    """
    pipeline = session.project(project).pipelines.get(name)
    found = list(islice(pipeline.logs(node=node, run_id=run, level=level), lines))[::-1]
    if not follow:
        cells = [[f"{one.at:%Y-%m-%d %H:%M:%S}", one.level, one.node, one.run_id or "-", one.message] for one in found]
        if session.out.as_json:
            session.out.rows((), found)
        elif found:
            session.out.cells(("at", "level", "node", "run", "message"), cells)
        else:
            session.out.note(f"{pipeline.name} has said nothing yet")
        return
    try:
        _follow(session, pipeline, found, node=node, run=run, level=level)
    except KeyboardInterrupt:
        # Ctrl-C is how following ends.
        return


def _follow(
    session: Session, pipeline: Pipeline, first: list[LogLine], *, node: str | None, run: str | None, level: str | None
) -> None:
    new, shown = first, set[str]()
    while True:
        for one in new:
            text = f"{one.at:%H:%M:%S}  {one.level:<7}  {one.node}  {one.message}"
            print(one.model_dump_json() if session.out.as_json else text, flush=True)
        shown |= {one.model_dump_json() for one in new}
        time.sleep(_FOLLOW_EVERY_S)
        newest = islice(pipeline.logs(node=node, run_id=run, level=level), _AT_ONCE)
        new = [one for one in newest if one.model_dump_json() not in shown][::-1]


def pause(
    session: Session,
    name: NameArgument,
    project: ProjectOption = None,
    triggers: Annotated[
        Literal["keep", "drop"],
        typer.Option("--triggers", help="keep: what happens begins runs, which wait. drop: it begins nothing."),
    ] = "keep",
) -> None:
    """Let no node take work; what is parked with people stays there.

    Example: `whorl pipeline pause loop --triggers drop`
    """
    _tell(session, session.project(project).pipelines.get(name).pause(triggers=triggers))


def resume(session: Session, name: NameArgument, project: ProjectOption = None) -> None:
    """Let nodes take work again, and triggers fire.

    Example: `whorl pipeline resume loop`
    """
    _tell(session, session.project(project).pipelines.get(name).resume())


def _tell(session: Session, pipeline: Pipeline) -> None:
    if session.out.as_json:
        session.out.facts(pipeline.info)
        return
    info = pipeline.info
    print(f"{info.name}: {'paused' if info.is_paused else 'running'}, triggers {'on' if info.is_active else 'off'}")


def cancel(
    session: Session,
    name: NameArgument,
    run: Annotated[list[str] | None, typer.Argument(help="Ids of runs.")] = None,
    project: ProjectOption = None,
    is_all: Annotated[bool, typer.Option("--all", help="Every run that is under way.")] = False,
) -> None:
    """End runs; their items leave people's queues unless somebody has begun with them.

    Example: `whorl pipeline cancel loop run_…`
    """
    if bool(run) == is_all:
        raise InvalidInput("which runs?", hint="Give their ids, or --all for every run that is under way.")
    pipeline = session.project(project).pipelines.get(name)
    ids = [one.id for one in pipeline.runs(state="active")] if is_all else list(run or [])
    ended: list[Run] = []
    with session.out.progress("cancelling runs") as report:
        for number, run_id in enumerate(ids, start=1):
            ended.append(pipeline.cancel_run(run_id))
            report(number, len(ids))
    session.out.rows(("id", "start_node", "ref", "state"), ended, empty=f"{pipeline.name} has no run under way")


def rerun(
    session: Session,
    name: NameArgument,
    run: Annotated[str | None, typer.Argument(help="Id of a run; all that failed when left out.")] = None,
    project: ProjectOption = None,
    start: Annotated[
        Literal["start", "node", "failed"] | None,
        typer.Option("--from", help="Where the run goes again: its start, --node, or only what failed."),
    ] = None,
    node: Annotated[
        str | None, typer.Option("--node", help="With a run: where to begin. Else: only failures here.")
    ] = None,
) -> None:
    """Let a run that has ended go again; without one, try again all that failed.

    Example: `whorl pipeline rerun loop run_… --node review`
    """
    pipeline = session.project(project).pipelines.get(name)
    if run is None:
        if start not in (None, "failed"):
            raise InvalidInput(f"--from {start} needs a run", hint="Give the id of a run that has ended.")
        restarted = pipeline.rerun_failed(node=node)
        if session.out.as_json:
            session.out.facts({"restarted": restarted})
            return
        print(f"{restarted} are on their way again")
        return
    found = pipeline.rerun(run, start=start or ("node" if node else "start"), node=node)
    session.out.rows(("id", "start_node", "ref", "state"), [found])


def dead_letters(
    session: Session,
    name: NameArgument,
    project: ProjectOption = None,
    retry: Annotated[bool, typer.Option("--retry", help="Put what is listed back, with all its tries.")] = False,
    node: Annotated[str | None, typer.Option("--node", help="Only those of this node.")] = None,
) -> None:
    """List what used up its tries, with the last error; with --retry, try exactly that again.

    Example: `whorl pipeline dead-letters loop`, then `whorl pipeline dead-letters loop --retry`
    """
    pipeline = session.project(project).pipelines.get(name)
    found = [one for one in pipeline.dead_letters() if node in (None, one.node)]
    # The ids that were listed, and no others: what fails meanwhile has not been looked at.
    ids = [one.id for one in found]
    batches = [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)] if retry else []
    retried = sum(pipeline.retry_dead_letters(batch) for batch in batches)
    if session.out.as_json:
        session.out.facts({"dead_letters": [one.model_dump(mode="json") for one in found], "retried": retried})
        return
    if not found:
        session.out.note(f"{pipeline.name} has no dead letters")
        return
    # An error may be a page long; a table has room for its beginning.
    cells = [
        [str(one.id), one.node, one.ref, str(one.attempts), one.error_code, " ".join(one.error.split())[:200]]
        for one in found
    ]
    session.out.cells(("id", "node", "ref", "tries", "code", "error"), cells)
    if retry:
        session.out.note(f"{retried} of {len(found)} are on their way again")
    else:
        session.out.note("hint: Mend the cause, then add --retry.")
