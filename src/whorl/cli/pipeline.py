"""``whorl pipeline``: definitions, from templates and files to what is saved."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.base.errors import Conflict, InvalidInput, JsonValue, NotFound
from whorl.cli import pipeline_runs
from whorl.cli.connected import DatasetOption, JsonOption, ProjectOption, Session, connected
from whorl.cli.modelling import parse_params
from whorl.cli.output import Output, print_json
from whorl.cli.pipeline_files import AsOption, FileArgument, OutOption, dump, read_definition, read_document, write_text

if TYPE_CHECKING:
    from whorl.schemas.pipelines import NodeTypeInfo, Pipeline, PipelineDiff
    from whorl.sdk.pipelines import Pipelines

_SUFFIXES = {".yaml", ".yml", ".json", ".py"}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    pipelines = typer.Typer(help="Write, check, save, run and watch pipelines.", no_args_is_help=True)
    pipelines.command("template")(template)
    pipelines.command("nodes")(nodes)
    pipelines.command("schema")(schema)
    pipelines.command("convert")(convert)
    pipelines.command("import")(import_)
    pipelines.command("validate")(connected(validate))
    pipelines.command("dry-run")(connected(dry_run))
    pipelines.command("diff")(connected(diff))
    pipelines.command("apply")(connected(apply))
    pipelines.command("export")(connected(export))
    pipeline_runs.register(pipelines)
    app.add_typer(pipelines, name="pipeline", rich_help_panel="Models")


def template(
    name: Annotated[str, typer.Argument(help="Name of the template.")] = "active_learning",
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="First value of a variable, such as budget=40; repeatable.")
    ] = None,
    rename: Annotated[str | None, typer.Option("--name", help="Name of the pipeline to be.")] = None,
    is_list: Annotated[bool, typer.Option("--list", help="List all templates instead.")] = False,
    form: AsOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print a pipeline that ships with Whorl, to save and apply; with --list, what there is.

    Example: `whorl pipeline template --set pool=dst_… --set ground_truth=dst_… > loop.yaml`
    """
    from whorl.pipelines.templates import load_template
    from whorl.pipelines.templates.gallery import describe_templates

    if is_list:
        found = describe_templates()
        cells = [[one.name, "ready" if one.is_complete else "waits", one.summary] for one in found]
        if as_json:
            print_json([one.model_dump(mode="json") for one in found])
        else:
            Output().cells(("name", "state", "summary"), cells)
        return
    definition = load_template(name, rename=rename, **parse_params(set_ or []))
    write_text(dump(definition, "json" if as_json else form, out), out)


def nodes(
    type_: Annotated[str | None, typer.Argument(metavar="TYPE", help="Only this one, with its parameters.")] = None,
    as_json: JsonOption = False,
) -> None:
    """List the kinds of nodes; with a name, its ports and parameters.

    Example: `whorl pipeline nodes split`
    """
    from whorl.pipelines.nodes import describe_nodes

    found = {one.name: one for one in describe_nodes()}
    if type_ is not None and type_ not in found:
        raise NotFound(f"no node {type_!r}", hint=f"There are: {', '.join(found)}.")
    if as_json:
        shown = list(found.values()) if type_ is None else [found[type_]]
        print_json([one.model_dump(mode="json") for one in shown])
    elif type_ is None:
        cells = [[one.name, one.family.value, one.summary + " (reserved)" * one.is_reserved] for one in found.values()]
        Output().cells(("node", "family", "what it does"), cells)
    else:
        _show_node(found[type_])


def _show_node(one: NodeTypeInfo) -> None:
    print(f"{one.name}: {one.summary}")
    if one.description:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else len(one.description) + 1
        print(f"\n{textwrap.fill(one.description, width)}\n")
    for side, ports in (("in", one.inputs), ("out", one.outputs)):
        named = [f"{port} ({kind.value}{', optional' * (port in one.optional_inputs)})" for port, kind in ports.items()]
        more = [f"one for each name in {one.outputs_from}"] if side == "out" and one.outputs_from else []
        print(f"{side + ':':<5}{', '.join([*named, *more]) or 'nothing'}")
    properties = one.params.get("properties")
    if not isinstance(properties, dict) or not properties:
        return
    required = one.params.get("required")
    needed = required if isinstance(required, list) else []
    print()
    cells = [[name, _default(name, about, needed), _description(about)] for name, about in properties.items()]
    Output().cells(("parameter", "default", "meaning"), cells)


def _default(name: str, about: JsonValue, needed: list[JsonValue]) -> str:
    if name in needed or not isinstance(about, dict):
        return "required"
    return "none" if about.get("default") is None else json.dumps(about["default"], ensure_ascii=False)


def _description(about: JsonValue) -> str:
    return str(about.get("description", "")) if isinstance(about, dict) else ""


def schema(out: OutOption = None) -> None:
    """Print the JSON Schema of a pipeline, with the parameters of every node, for editors and linters.

    Example: `whorl pipeline schema --out pipeline.schema.json`
    """
    from whorl.pipelines.definition_schema import definition_schema
    from whorl.pipelines.nodes import node_types

    write_text(json.dumps(definition_schema(node_types()), indent=2, ensure_ascii=False) + "\n", out)


def convert(file: FileArgument, form: AsOption = None, out: OutOption = None) -> None:
    """Write a pipeline in another form: YAML, JSON or Python. All three say exactly the same.

    Example: `whorl pipeline convert loop.yaml --out loop.py`
    """
    write_text(dump(read_definition(file), form, out), out)


def import_(
    file: Annotated[Path, typer.Argument(help="JSON of a Dataloop pipeline, or dataloop.json of a template.")],
    name: Annotated[str | None, typer.Option("--name", help="Name of the pipeline; its own when left out.")] = None,
    form: AsOption = None,
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Turn a pipeline of Dataloop into one of Whorl, and say what became of each part.

    Without --out, it is written beside its source, as YAML. With --json nothing is written unless --out says so.

    Example: `whorl pipeline import for-sdk.json --out loop.yaml`
    """
    from whorl.cli.pipeline_showing import print_import
    from whorl.pipelines.dataloop.importing import import_dataloop
    from whorl.pipelines.nodes import node_types

    found = import_dataloop(read_document(file), types=node_types(), name=name)
    target = out or (
        None if as_json else file.with_suffix(".whorl.py" if form == "python" else f".whorl.{form or 'yaml'}")
    )
    if target is not None:
        write_text(dump(found.definition, form, target), target)
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    print_import(Output(), found)
    Output().note(f"written to {target}; fill in its variables, then `whorl pipeline validate {target}`")


def validate(session: Session, file: FileArgument, project: ProjectOption = None) -> None:
    """Say what keeps a pipeline from running, and what is worth a look. Exits with 1 when it cannot run.

    Example: `whorl pipeline validate loop.yaml`
    """
    problems = session.project(project).pipelines.validate(read_document(file))
    session.out.rows(("severity", "node", "port", "code", "message"), problems, empty=f"{file} can run")
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(1)


def dry_run(
    session: Session,
    file: FileArgument,
    project: ProjectOption = None,
    dataset: DatasetOption = None,
    node: Annotated[str | None, typer.Option("--node", help="Where items enter; the first node when left out.")] = None,
    query: Annotated[str | None, typer.Option("--query", "-q", help="For items that match.")] = None,
    ref: Annotated[list[str] | None, typer.Option("--ref", help="For this item or model id; repeatable.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=50, help="Most items.")] = 10,
) -> None:
    """Try a pipeline on a few items: its nodes work, and nothing is written.

    Example: `whorl pipeline dry-run loop.yaml --query "label:car" --limit 5`
    """
    home = session.project(project)
    with session.out.progress("trying the pipeline"):
        found = home.pipelines.dry_run(
            read_document(file),
            node=node,
            dataset_id=None if dataset is None else home.datasets.get(dataset).id,
            query=query,
            refs=ref or [],
            limit=limit,
        )
    if session.out.as_json:
        session.out.facts(found)
        return
    cells = [
        [one.node, str(one.came), _went(one.went), str(one.waits), f"{one.seconds:.2f}", one.error or ""]
        for one in found.nodes
    ]
    session.out.cells(("node", "came", "went", "waits", "seconds", "error"), cells)
    for note in found.notes:
        session.out.note(note)
    session.out.note(f"{found.items} items; nothing was written")


def _went(went: dict[str, int]) -> str:
    return ", ".join(f"{port} {count}" for port, count in went.items()) or "-"


def diff(
    session: Session,
    what: Annotated[str, typer.Argument(help="A file, or the name or id of a saved pipeline.")],
    project: ProjectOption = None,
    from_version: Annotated[
        int | None, typer.Option("--from", help="Version to start from; the one before --to when left out.")
    ] = None,
    to_version: Annotated[int | None, typer.Option("--to", help="Version to end at; the newest when left out.")] = None,
) -> None:
    """Show what a file would change in the pipeline of its name, or what changed between two versions.

    Example: `whorl pipeline diff loop.yaml`, or `whorl pipeline diff loop --from 1 --to 3`
    """
    pipelines = session.project(project).pipelines
    if what == "-" or Path(what).suffix.lower() in _SUFFIXES:
        if from_version is not None or to_version is not None:
            raise InvalidInput("--from and --to were given with a file", hint="Give the pipeline's name instead.")
        _show_diff(session, pipelines.diff(read_document(Path(what))))
        return
    _show_diff(session, pipelines.get(what).diff(from_version=from_version, to_version=to_version))


def _show_diff(session: Session, found: PipelineDiff) -> None:
    from whorl.cli.pipeline_showing import print_diff

    if session.out.as_json:
        session.out.facts(found)
    elif found.changes:
        print_diff(found, sys.stdout)
    else:
        session.out.note("nothing differs")


def apply(
    session: Session,
    file: FileArgument,
    project: ProjectOption = None,
    migrate: Annotated[
        list[str] | None,
        typer.Option(
            "--migrate", help="old_node:new_node for what waits at a node that vanishes, or old_node:! to end it."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
) -> None:
    """Save a pipeline: new, or as the next version of the one of its name. Shows first what changes.

    On a terminal it asks before it changes a saved pipeline, and where things go that wait at a node which vanishes.

    Example: `whorl pipeline apply loop.yaml --project street`
    """
    from whorl.cli.pipeline_showing import print_diff

    pipelines = session.project(project).pipelines
    document = read_document(file)
    moves = dict(_move(text) for text in migrate or [])
    found = pipelines.diff(document)
    is_new = any(change.kind == "added" and change.what == "name" for change in found.changes)
    may_ask = not yes and not session.out.as_json and sys.stdin.isatty() and sys.stderr.isatty()
    if not session.out.as_json and not is_new:
        if found.changes:
            print_diff(found, sys.stderr)
        else:
            session.out.note("nothing differs from what is saved")
        if may_ask and found.changes:
            typer.confirm("Save this?", default=True, abort=True, err=True)
    saved = _save(pipelines, document, moves, may_ask=may_ask)
    if session.out.as_json:
        session.out.facts(saved)
        return
    print(f"{saved.id}\t{saved.name}\tversion {saved.version}")


def _save(pipelines: Pipelines, document: dict[str, JsonValue], moves: dict[str, str], *, may_ask: bool) -> Pipeline:
    try:
        return pipelines.apply(document, migrate=moves).info
    except Conflict as error:
        homeless = error.details.get("nodes")
        if not may_ask or not isinstance(homeless, dict):
            raise
    listed = document.get("nodes")
    there = [str(one.get("id")) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    typer.echo(f"Nodes of the new version: {', '.join(there)}", err=True)
    for node, count in homeless.items():
        question = f"{count} wait at {node!r}, which vanishes. Move them to which node? (! ends them)"
        moves[node] = typer.prompt(question, err=True)
    return pipelines.apply(document, migrate=moves).info


def _move(text: str) -> tuple[str, str]:
    old, sign, new = text.partition(":")
    if not (old and sign and new):
        raise InvalidInput(f"not a move: {text!r}", hint="Write --migrate old_node:new_node, or old_node:!.")
    return old, new


def export(
    session: Session,
    name: pipeline_runs.NameArgument,
    project: ProjectOption = None,
    version: Annotated[int | None, typer.Option("--version", help="The newest when left out.")] = None,
    form: AsOption = None,
    out: OutOption = None,
) -> None:
    """Write a saved pipeline as YAML, JSON or Python.

    Example: `whorl pipeline export loop --out loop.yaml`
    """
    definition = session.project(project).pipelines.get(name).definition(version)
    write_text(dump(definition, "json" if session.out.as_json else form, out), out)
