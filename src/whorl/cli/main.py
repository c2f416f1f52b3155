"""The command ``whorl``: all its verbs, and what happens when one fails."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

import whorl
from whorl.cli import (
    archives,
    assisting,
    comparing,
    converting,
    demo,
    doctor,
    duplicates,
    edge,
    embedding,
    endpoints,
    import_export,
    mapping,
    modelling,
    people,
    pipeline,
    selecting,
    serve,
    simulating,
    splitting,
    video,
)
from whorl.cli.failures import ExitCode, run_command

HELP = """An open-source data flywheel for vision AI: label, train, compare, deploy, watch, and label again.

Start with `whorl demo`, or `whorl up` and `whorl import FOLDER --project NAME`.
"""


def make_app() -> typer.Typer:
    """The whole command line."""
    app = typer.Typer(
        name="whorl",
        help=HELP,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
    )
    app.callback()(_root)
    groups = (
        demo,
        serve,
        doctor,
        import_export,
        splitting,
        converting,
        duplicates,
        simulating,
        embedding,
        mapping,
        video,
        selecting,
        modelling,
        comparing,
        assisting,
        endpoints,
        edge,
        pipeline,
        people,
        archives,
    )
    for group in groups:
        group.register(app)
    return app


def _print_version(is_asked: bool) -> None:
    if is_asked:
        print(whorl.__version__)
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def run(arguments: list[str] | None = None) -> ExitCode:
    """Run one command line; the program's own arguments when left out."""
    app = make_app()
    return run_command(lambda: app(arguments, prog_name="whorl", standalone_mode=False))


def main() -> None:
    """Run the command line and exit with its status."""
    sys.exit(run())
