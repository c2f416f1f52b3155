"""``whorl train`` and the training side of ``whorl models``: dry runs, cancel, resume, clones, runs side by side."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.base.errors import InvalidInput
from whorl.cli.connected import DatasetOption, ProjectOption, Session
from whorl.cli.output import Output
from whorl.cli.params import parse_params
from whorl.cli.run_tables import show_architectures, show_check, show_runs, show_trained

if TYPE_CHECKING:
    from whorl.sdk.jobs import Job, Report
    from whorl.sdk.models import Model
    from whorl.sdk.training import TrainingOptions

AUTO = "builtin:auto"
ModelArgument = Annotated[str, typer.Argument(help="Name (the newest of that name) or id.")]
ParamOption = Annotated[
    list[str] | None, typer.Option("--param", help="A parameter of the model, such as epochs=20; repeatable.")
]
PresetOption = Annotated[str | None, typer.Option("--preset", help="speed, balance or accuracy.")]
SamplingOption = Annotated[str | None, typer.Option("--sampling", help="as_is, class_balanced or repeat_rare.")]
AugmentOption = Annotated[
    list[str] | None, typer.Option("--augment", help="A change of the images, such as rotate=15; repeatable.")
]
SnapshotOption = Annotated[str | None, typer.Option("--snapshot", help="Name or id; else the dataset as it is now.")]


def train(
    session: Session,
    architecture: Annotated[
        str | None, typer.Argument(help="builtin:linear, builtin:tinydet, … or my_package.my_module:MyModel.")
    ] = None,
    project: ProjectOption = None,
    dataset: DatasetOption = None,
    name: Annotated[str | None, typer.Option("--name", help="[default: the architecture's name]")] = None,
    task: Annotated[str | None, typer.Option("--task", help="[default: what the ground truth is made of]")] = None,
    snapshot: SnapshotOption = None,
    query: Annotated[str | None, typer.Option("--query", "-q", help="Only the items that match.")] = None,
    query_train: Annotated[str | None, typer.Option("--query-train", help="Only these of the train subset.")] = None,
    query_validation: Annotated[
        str | None, typer.Option("--query-validation", help="Only these of the validation subset.")
    ] = None,
    preset: PresetOption = None,
    param: ParamOption = None,
    sampling: SamplingOption = None,
    augment: AugmentOption = None,
    auto: Annotated[bool, typer.Option("--auto", help="Search architectures and parameters: builtin:auto.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would train on; write nothing.")] = False,
) -> None:
    """Train a model on the ground truth of a dataset's train subset.

    Example: `whorl train builtin:tinydet --dataset bccd --preset balance --dry-run`
    """
    if auto == (architecture is not None):
        raise InvalidInput("which architecture?", hint="Name one, or give --auto. See: whorl models architectures")
    wanted = architecture or AUTO
    owner = session.project(project)
    source = session.dataset(owner, dataset)
    options: TrainingOptions = {
        "task": task,
        "snapshot": snapshot,
        "filters": query,
        "train_filters": query_train,
        "validation_filters": query_validation,
        "preset": _one_of(preset, "preset", ("speed", "balance", "accuracy")),  # type: ignore[typeddict-item]
        "params": parse_params(param or []),
        "sampling": _one_of(sampling, "sampling", ("as_is", "class_balanced", "repeat_rare")),  # type: ignore[typeddict-item]
        "augment": parse_params(augment) if augment else None,
    }
    if dry_run:
        show_check(session.out, owner.models.check(architecture=wanted, dataset_id=source.id, **options))
        return
    short = name or wanted.rpartition(":")[2]
    model = owner.models.create(short, architecture=wanted, dataset_id=source.id, **options)
    watch(session.out, model, model.train())
    show_trained(session.out, model.refresh().info)


def list_architectures(session: Session, project: ProjectOption = None) -> None:
    """List what can be trained, with presets and parameters.

    Example: `whorl models architectures`
    """
    show_architectures(session.out, session.project(project).models.architectures())


def compare_runs(
    session: Session,
    models: Annotated[list[str], typer.Argument(help="Names or ids of two to twenty models.")],
    project: ProjectOption = None,
) -> None:
    """Put trainings side by side: the parameters that differ, what came of each, what each cost.

    Example: `whorl models compare-runs quick careful`
    """
    owner = session.project(project)
    show_runs(session.out, owner.models.table([owner.models.get(one) for one in models]))


def cancel(session: Session, model: ModelArgument, project: ProjectOption = None) -> None:
    """Stop a training. Its checkpoint stays, so that it can be resumed.

    Example: `whorl models cancel tinydet`
    """
    found = session.project(project).models.get(model)
    job = found.cancel()
    if session.out.as_json:
        session.out.facts(job.info)
        return
    print(f"{found.name} ({found.id}) was told to stop")


def resume(session: Session, model: ModelArgument, project: ProjectOption = None) -> None:
    """Go on with a training that was cancelled, failed or was killed.

    Example: `whorl models resume tinydet`
    """
    found = session.project(project).models.get(model)
    watch(session.out, found, found.resume())
    show_trained(session.out, found.refresh().info)


def clone(
    session: Session,
    model: ModelArgument,
    project: ProjectOption = None,
    name: Annotated[str | None, typer.Option("--name", help="[default: the old name, and (clone)]")] = None,
    snapshot: SnapshotOption = None,
    current: Annotated[bool, typer.Option("--current", help="Take the dataset as it is now.")] = False,
    query: Annotated[str | None, typer.Option("--query", "-q", help="Only the items that match.")] = None,
    preset: PresetOption = None,
    param: ParamOption = None,
    sampling: SamplingOption = None,
    augment: AugmentOption = None,
    start: Annotated[bool, typer.Option("--train/--no-train", help="Train it at once.")] = True,
) -> None:
    """Train a model like another one, but for what is given here; on the very same data unless told otherwise.

    Example: `whorl models clone tinydet --param stride=4`
    """
    source = session.project(project).models.get(model)
    made = source.clone(
        name,
        params=parse_params(param or []),
        preset=_one_of(preset, "preset", ("speed", "balance", "accuracy")),  # type: ignore[arg-type]
        sampling=_one_of(sampling, "sampling", ("as_is", "class_balanced", "repeat_rare")),  # type: ignore[arg-type]
        augment=parse_params(augment) if augment else None,
        snapshot=snapshot,
        is_current=current,
        filters=query,
    )
    if start:
        watch(session.out, made, made.train())
    show_trained(session.out, made.refresh().info)


def watch(out: Output, model: Model, job: Job) -> None:
    """Wait for a training, with what it reports beside the bar; Ctrl-C stops the training."""
    with _bar(out, job, f"training {model.name}") as report:
        try:
            job.wait(progress=report)
        except KeyboardInterrupt:
            model.cancel()
            out.note(f"stopped; go on with: whorl models resume {model.id}")
            raise


def _one_of(given: str | None, what: str, allowed: tuple[str, ...]) -> str | None:
    if given is not None and given not in allowed:
        raise InvalidInput(f"no {what} {given!r}", hint=f"There are {', '.join(allowed)}.")
    return given


@contextmanager
def _bar(out: Output, job: Job, doing: str) -> Iterator[Report | None]:
    """A bar with the training's own words on a terminal, nothing elsewhere."""
    if out.as_json or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        TextColumn("{task.fields[said]}"),
    )
    with Progress(*columns, console=Console(file=sys.stderr), transient=True) as progress:
        task = progress.add_task(doing, total=100, said="waits" if job.info.state == "queued" else "")

        def report(done: int, total: int | None) -> None:
            said = "waits" if job.info.state == "queued" else job.info.message
            progress.update(task, completed=done, total=total, said=said)

        yield report
