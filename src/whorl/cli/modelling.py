"""``whorl train``, ``evaluate``, ``predict`` and ``whorl models``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from whorl.cli import training
from whorl.cli.connected import DatasetOption, ProjectOption, Session, connected
from whorl.cli.evaluating import evaluate
from whorl.cli.importing_models import add_model
from whorl.cli.output import Output

# Under this name other commands know it.
from whorl.cli.params import parse_params as parse_params
from whorl.cli.scores import show_champion, show_models
from whorl.cli.tiles import OverlapOption, TileOption, read_tiling
from whorl.cli.variants import make_variant
from whorl.cli.weights import add_segmenter, fetch, list_weights

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
    for command in (training.train, evaluate, predict):
        app.command(rich_help_panel=PANEL)(connected(command))
    models = typer.Typer(
        help="List, add, train again, compare, fetch, deploy and roll back models.", no_args_is_help=True
    )
    models.command("add")(connected(add_model))
    models.command("list")(connected(list_models))
    models.command("architectures")(connected(training.list_architectures))
    models.command("compare-runs")(connected(training.compare_runs))
    models.command("cancel")(connected(training.cancel))
    models.command("resume")(connected(training.resume))
    models.command("clone")(connected(training.clone))
    models.command("fetch")(fetch)
    models.command("weights")(list_weights)
    models.command("add-segmenter")(add_segmenter)
    models.command("variant")(connected(make_variant))
    models.command("deploy")(connected(deploy))
    models.command("rollback")(connected(rollback))
    app.add_typer(models, name="models", rich_help_panel=PANEL)


def predict(
    session: Session,
    model: ModelArgument,
    project: ProjectOption = None,
    dataset: DatasetOption = None,
    query: QueryOption = None,
    tile: TileOption = None,
    overlap: OverlapOption = None,
) -> None:
    """Predict on items. Predictions stand beside the ground truth, never in it.

    Example: `whorl predict tinydet --dataset street --query "subset:test" --tile auto`
    """
    owner = session.project(project)
    found = owner.models.get(model)
    tiling = read_tiling(tile, overlap)
    job = found.predict(dataset_id=session.dataset(owner, dataset).id, filters=query, tiling=tiling)
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


def _wait(out: Output, job: Job, doing: str) -> Job:
    with out.progress(doing) as report:
        return job.wait_or_cancel(progress=report)
