"""``whorl train``, ``evaluate``, ``predict`` and ``whorl models``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.base.errors import InvalidInput, JsonValue
from whorl.cli.connected import DatasetOption, ProjectOption, Session, connected
from whorl.cli.evaluating import evaluate
from whorl.cli.importing_models import add_model
from whorl.cli.output import Output
from whorl.cli.scores import show_champion, show_model, show_models
from whorl.cli.weights import fetch, list_weights

if TYPE_CHECKING:
    from whorl.sdk.client import Project
    from whorl.sdk.jobs import Job

PANEL = "Models"
ModelArgument = Annotated[str, typer.Argument(help="Name (the newest of that name) or id.")]
PipelineOption = Annotated[
    str | None, typer.Option("--pipeline", help="Name or id; needed when several pipelines have a champion.")
]
QueryOption = Annotated[str | None, typer.Option("--query", "-q", help="Only the items that match.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (train, evaluate, predict):
        app.command(rich_help_panel=PANEL)(connected(command))
    models = typer.Typer(help="List, add, fetch, deploy and roll back models.", no_args_is_help=True)
    models.command("add")(connected(add_model))
    models.command("list")(connected(list_models))
    models.command("fetch")(fetch)
    models.command("weights")(list_weights)
    models.command("deploy")(connected(deploy))
    models.command("rollback")(connected(rollback))
    app.add_typer(models, name="models", rich_help_panel=PANEL)


def train(
    session: Session,
    architecture: Annotated[
        str, typer.Argument(help="builtin:linear, builtin:tinydet, or my_package.my_module:MyModel.")
    ],
    project: ProjectOption = None,
    dataset: DatasetOption = None,
    name: Annotated[str | None, typer.Option("--name", help="[default: the architecture's name]")] = None,
    query: QueryOption = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", help="A parameter of the model, such as epochs=20; repeatable.")
    ] = None,
) -> None:
    """Train a model on the ground truth of a dataset's train subset.

    Example: `whorl train builtin:tinydet --dataset bccd --param epochs=20`
    """
    owner = session.project(project)
    source = session.dataset(owner, dataset)
    model = owner.models.create(
        name or architecture.rpartition(":")[2],
        architecture=architecture,
        dataset_id=source.id,
        filters=query,
        params=parse_params(param or []),
    )
    _wait(session.out, model.train(), f"training {model.name}, %")
    show_model(session.out, model.refresh().info)


def predict(
    session: Session,
    model: ModelArgument,
    project: ProjectOption = None,
    dataset: DatasetOption = None,
    query: QueryOption = None,
) -> None:
    """Predict on items. Predictions stand beside the ground truth, never in it.

    Example: `whorl predict tinydet --dataset street --query "subset:test"`
    """
    owner = session.project(project)
    found = owner.models.get(model)
    job = found.predict(dataset_id=session.dataset(owner, dataset).id, filters=query)
    session.out.facts(_wait(session.out, job, f"predicting with {found.name}, %").info.result)


def list_models(session: Session, project: ProjectOption = None) -> None:
    """List the models of a project, newest first.

    Example: `whorl models list --project street`
    """
    models = session.project(project).models
    show_models(session.out, [model.info for model in models.list()], models.champions())


def deploy(
    session: Session, model: ModelArgument, project: ProjectOption = None, pipeline: PipelineOption = None
) -> None:
    """Make a model the champion.

    Example: `whorl models deploy tinydet`
    """
    owner = session.project(project)
    found = owner.models.get(model)
    place = found.deploy(pipeline_id=_pipeline_id(owner, pipeline))
    show_champion(session.out, place, found.info)


def rollback(
    session: Session, model: ModelArgument, project: ProjectOption = None, pipeline: PipelineOption = None
) -> None:
    """Make the champion before this one the champion again.

    Example: `whorl models rollback tinydet`
    """
    owner = session.project(project)
    place = owner.models.get(model).rollback(pipeline_id=_pipeline_id(owner, pipeline))
    show_champion(session.out, place, owner.models.get(model_id=place.model_id).info)


def _pipeline_id(project: Project, name: str | None) -> str | None:
    return None if name is None else project.pipelines.get(name).id


def parse_params(texts: list[str]) -> dict[str, JsonValue]:
    """Read ``name=value`` pairs; a value that is JSON is read as such, else it is text.

    Raises:
        InvalidInput: A text has no name, or a name is given twice.
    """
    params: dict[str, JsonValue] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name or name in params:
            raise InvalidInput(f"not a parameter: {text!r}", hint="Write each name once, as --param epochs=20.")
        try:
            params[name] = json.loads(value)
        except ValueError:
            params[name] = value
    return params


def _wait(out: Output, job: Job, doing: str) -> Job:
    with out.progress(doing) as report:
        return job.wait_or_cancel(progress=report)
