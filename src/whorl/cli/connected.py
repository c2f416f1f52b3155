"""Commands that talk to Whorl: the options they share, and the client they are given."""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec

import typer

from whorl.cli.output import Output

if TYPE_CHECKING:
    from whorl.schemas.models import Model
    from whorl.sdk.client import Client, Project
    from whorl.sdk.datasets import Dataset

P = ParamSpec("P")
PANEL = "Which Whorl"
HomeOption = Annotated[
    Path | None,
    typer.Option("--home", envvar="WHORL_HOME", help="Folder of the database. [default: ~/.whorl]", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
ProjectOption = Annotated[str | None, typer.Option("--project", "-p", help="Name or id; the only one when left out.")]
DatasetOption = Annotated[str | None, typer.Option("--dataset", "-d", help="Name or id; the only one when left out.")]
# The SDK reads these two variables itself, so that a flag such as --home wins over them.
_URL = Annotated[
    str | None,
    typer.Option("--url", help="Address of a server elsewhere. [env var: WHORL_URL]", rich_help_panel=PANEL),
]
_TOKEN = Annotated[
    str | None,
    typer.Option("--token", help="Token for that server. [env var: WHORL_TOKEN]", rich_help_panel=PANEL),
]
_HOME = Annotated[
    Path | None,
    typer.Option("--home", help="Folder of the database. [default: ~/.whorl]", rich_help_panel=PANEL),
]


@dataclass(frozen=True)
class Session:
    """What a command that talks to Whorl is given: the client, and where its results go."""

    client: Client
    out: Output

    def project(self, name: str | None) -> Project:
        """The project with a name or id; the only one when no name is given.

        Raises:
            InvalidInput: No name was given and there are none or several.
            NotFound: There is none with that name.
        """
        from whorl.base.errors import InvalidInput

        if name is not None:
            return self.client.projects.get(name)
        found = list(self.client.projects.list())
        if len(found) == 1:
            return found[0]
        hint = (
            f"Give --project: {', '.join(project.name for project in found)}." if found else "Import something first."
        )
        raise InvalidInput("which project?" if found else "there is no project yet", hint=hint)

    def dataset(self, project: Project, name: str | None) -> Dataset:
        """The dataset with a name or id; the only one when no name is given. Raises as ``project``."""
        from whorl.base.errors import InvalidInput

        if name is not None:
            return project.datasets.get(name)
        found = list(project.datasets.list())
        if len(found) == 1:
            return found[0]
        hint = (
            f"Give --dataset: {', '.join(dataset.name for dataset in found)}." if found else "Import something first."
        )
        raise InvalidInput("which dataset?" if found else f"project {project.name!r} has no dataset yet", hint=hint)

    def dataset_of(self, project: Project, model: Model, name: str | None) -> str | None:
        """The id of the dataset that is meant; None for the model's own, which those trained outside lack.

        Raises as ``project``.
        """
        if name is None and model.dataset_id is not None:
            return None
        return self.dataset(project, name).id


# Any result: a command's return value is not used.
def connected(command: Callable[..., None]) -> Callable[..., None]:
    """Add --url, --token, --home and --json to a command, and call it with a ``Session`` first."""

    @functools.wraps(command)
    def run(
        *args: object, url: str | None, token: str | None, home: Path | None, as_json: bool, **options: object
    ) -> None:
        from whorl.sdk.connecting import connect

        # A server inside this command says what goes wrong through the client; its log would say it twice.
        logging.getLogger("whorl").addHandler(logging.NullHandler())
        with connect(url=url, token=token, home=home) as client:
            command(Session(client, Output(as_json)), *args, **options)

    signature = inspect.signature(command, eval_str=True)
    added = {"url": (_URL, None), "token": (_TOKEN, None), "home": (_HOME, None), "as_json": (JsonOption, False)}
    parameters = [
        *list(signature.parameters.values())[1:],
        *(
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
            for name, (kind, default) in added.items()
        ),
    ]
    # Typer reads a command's options off its signature and its annotations.
    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run
