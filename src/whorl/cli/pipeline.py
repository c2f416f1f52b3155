"""``whorl pipeline``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
import yaml

from whorl.base.errors import FormatError, InvalidInput, JsonValue, NotFound
from whorl.cli.connected import ProjectOption, Session, connected
from whorl.cli.modelling import parse_params

FileArgument = Annotated[Path, typer.Argument(help="The pipeline as YAML or JSON.")]
_AT_ONCE = 1000
NameArgument = Annotated[str, typer.Argument(help="Name or id.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    pipelines = typer.Typer(help="Check, save, run and watch pipelines.", no_args_is_help=True)
    pipelines.command("template")(template)
    pipelines.command("validate")(connected(validate))
    pipelines.command("apply")(connected(apply))
    pipelines.command("run")(connected(run))
    pipelines.command("status")(connected(status))
    pipelines.command("dead-letters")(connected(dead_letters))
    app.add_typer(pipelines, name="pipeline", rich_help_panel="Models")


def template(
    name: Annotated[str, typer.Argument(help="Name of the template.")] = "active_learning",
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="First value of a variable, such as budget=40; repeatable.")
    ] = None,
) -> None:
    """Print a pipeline that ships with Whorl, as YAML to save and apply.

    Example: `whorl pipeline template --set pool=dst_… --set ground_truth=dst_… > loop.yaml`
    """
    from whorl.pipelines.forms import dump_yaml
    from whorl.pipelines.templates import load_template

    print(dump_yaml(load_template(name, rename=None, **parse_params(set_ or []))), end="")


def validate(session: Session, file: FileArgument, project: ProjectOption = None) -> None:
    """Say what keeps a pipeline from running, and what is worth a look. Exits with 1 when it cannot run.

    Example: `whorl pipeline validate loop.yaml`
    """
    problems = session.project(project).pipelines.validate(read_definition(file))
    session.out.rows(("severity", "node", "port", "code", "message"), problems, empty=f"{file} can run")
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(1)


def apply(
    session: Session,
    file: FileArgument,
    project: ProjectOption = None,
    migrate: Annotated[
        list[str] | None,
        typer.Option("--migrate", help="old_node:new_node, for what waits at a node that vanishes; repeatable."),
    ] = None,
) -> None:
    """Save a pipeline: new, or as the next version of the one of its name.

    Example: `whorl pipeline apply loop.yaml --project street`
    """
    moves = dict(_move(text) for text in migrate or [])
    saved = session.project(project).pipelines.apply(read_definition(file), migrate=moves).info
    if session.out.as_json:
        session.out.facts(saved)
        return
    print(f"{saved.id}\t{saved.name}\tversion {saved.version}")


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
    started = session.project(project).pipelines.get(name).run(node=node, refs=ref, query=query)
    if session.out.as_json:
        session.out.facts(started)
        return
    print(f"started {started.started} runs at {started.target}")


def status(session: Session, name: NameArgument, project: ProjectOption = None) -> None:
    """Show how many tokens wait, run, are parked, done and failed at each node.

    Example: `whorl pipeline status loop`
    """
    pipeline = session.project(project).pipelines.get(name)
    found = pipeline.status()
    if session.out.as_json:
        session.out.facts(found)
        return
    columns = ("waiting", "running", "parked", "done", "failed")
    # In the order in which the pipeline is written; nodes of earlier versions that still hold tokens come last.
    written = [node.id for node in pipeline.info.definition.nodes]
    order = [*(node for node in written if node in found.nodes), *(node for node in found.nodes if node not in written)]
    cells = [[node, *(str(getattr(found.nodes[node], column)) for column in columns)] for node in order]
    session.out.cells(("node", *columns), cells)
    session.out.note("runs: " + (", ".join(f"{count} {state}" for state, count in found.runs.items()) or "none yet"))
    if any(counts.failed for counts in found.nodes.values()):
        session.out.note(f"hint: See what failed with `whorl pipeline dead-letters {pipeline.id}`.")


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


def _move(text: str) -> tuple[str, str]:
    old, sign, new = text.partition(":")
    if not (old and sign and new):
        raise InvalidInput(f"not a move: {text!r}", hint="Write --migrate old_node:new_node.")
    return old, new


def read_definition(file: Path) -> dict[str, JsonValue]:
    """Read a pipeline from YAML or JSON.

    Raises:
        NotFound: No such file.
        FormatError: It is neither, or not an object.
    """
    try:
        text = file.read_text(encoding="utf-8")
        document = json.loads(text) if file.suffix == ".json" else yaml.safe_load(text)
    except OSError as error:
        raise NotFound(f"cannot read {file}: {error.strerror}") from error
    except (ValueError, yaml.YAMLError) as error:
        place = str(error).replace("\n", " ")
        raise FormatError(f"{file} is neither YAML nor JSON: {place[:200]}") from error
    if not isinstance(document, dict):
        raise FormatError(f"{file} holds no pipeline: a {type(document).__name__}", hint="It begins with `name:`.")
    return document
