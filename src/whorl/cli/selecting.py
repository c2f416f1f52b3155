"""``whorl select`` and ``whorl selections``: which images to label next, why, and what it saved."""

from __future__ import annotations

import functools
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whorl.base.errors import InvalidInput, JsonValue
from whorl.cli import selecting_options as options
from whorl.cli.connected import DatasetOption, ProjectOption, Session, connected
from whorl.cli.output import Output
from whorl.cli.params import parse_params
from whorl.cli.selecting_folder import select_folder
from whorl.cli.selecting_shown import show_items, show_plan, show_proof, show_selection

if TYPE_CHECKING:
    from whorl.sdk.datasets import Dataset
    from whorl.sdk.selections import Selection

PANEL = "Data"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("select", rich_help_panel=PANEL)(_or_folder(connected(select)))
    group = typer.Typer(no_args_is_help=True, help="What was chosen: list, show why, prove that it paid, delete.")
    group.command("list")(connected(list_))
    group.command("show")(connected(show))
    group.command("proof")(connected(proof))
    group.command("delete")(connected(delete))
    app.add_typer(group, name="selections", rich_help_panel=PANEL)


def select(
    session: Session,
    project: ProjectOption = None,
    dataset: DatasetOption = None,
    budget: options.Budget = None,
    most_bytes: options.Bytes = None,
    hours: options.Hours = None,
    seconds_per_item: options.SecondsPerItem = None,
    strategy: options.Strategy = "auto",
    params: options.Params = None,
    where: options.Where = None,
    is_open: options.Any_ = False,
    quotas: options.Quotas = None,
    like: options.Like = None,
    target: options.Target = None,
    model: options.Model = None,
    space: options.Space = None,
    random_share: options.RandomShare = 0.1,
    keep_duplicates: options.KeepDuplicates = False,
    without_bad: options.WithoutBad = False,
    seed: options.Seed = 0,
    name: options.Name = None,
    dry_run: options.DryRun = False,
    task: options.TaskName = None,
    tag: options.Tag = None,
    snapshot: options.SnapshotName = None,
    export: options.Export = None,
    format: options.Format = "coco",
    data: options.Data = None,
    labelled: options.Labelled = None,
    out: options.Out = None,
) -> None:
    """Choose the images worth labelling, and say why each.

    Example: `whorl select --dataset street --budget 500 --task "round 1"`

    Example: `whorl select --data ./photos --budget 500 --out list.txt`
    """
    if out is not None or labelled is not None:
        raise InvalidInput("--out and --labelled go with --data", hint="Of a dataset, use --export, --task or --json.")
    owner = session.project(project)
    source = session.dataset(owner, dataset)
    quota_list: list[JsonValue] = [options.read_quota(one) for one in quotas or []]
    draft: dict[str, JsonValue] = {
        "name": name,
        "strategy": strategy,
        "params": parse_params(params or [], option="--param radius=0.4"),
        "budget": options.read_budget(budget, most_bytes, hours, seconds_per_item),
        "quotas": quota_list,
        "filter": where,
        "pool": "any" if is_open else "unlabelled",
        "model": None if model is None else owner.models.get(model).id,
        "space": space,
        "random_share": random_share,
        "examples": options.find_examples(source, like or []),
        "target": options.read_target(target or []),
        "without_duplicates": not keep_duplicates,
        "without_bad": without_bad,
        "seed": seed,
    }
    if dry_run:
        show_plan(session.out, source.selections.plan(_checked(draft)))
        return
    with session.out.progress("choosing, %") as report:
        made = source.selections.create(_checked(draft), progress=report)
    follow = _FollowUp(task, tag, snapshot, export, format)
    show_selection(session.out, made, done=follow.run(session.out, source, made))


class _FollowUp:
    """What becomes of the chosen items at once."""

    def __init__(
        self, task: str | None, tag: str | None, snapshot: str | None, export: Path | None, format: str
    ) -> None:
        self._task, self._tag, self._snapshot, self._export, self._format = task, tag, snapshot, export, format

    def run(self, out: Output, source: Dataset, made: Selection) -> list[str]:
        """Do it, and say what was done."""
        done: list[str] = []
        if self._task is not None:
            done.append(f"task {self._task!r} ({made.create_task(self._task).id}) holds them")
        if self._tag is not None:
            for one in made.items():
                source.items.get(item_id=one.item_id).update(metadata={"tag": self._tag})
            done.append(f"tagged: find them with tag:{self._tag}")
        if self._snapshot is not None:
            source.snapshots.create(self._snapshot)
            done.append(f'snapshot {self._snapshot!r}: "selection:{made.id} snapshot:{self._snapshot}" finds them')
        if self._export is not None:
            with out.progress(f"exporting to {self._export}, %") as report:
                source.export(self._export, format=self._format, filters=f"selection:{made.id}", progress=report)
            done.append(f"wrote {self._export}")
        return done


def list_(session: Session, project: ProjectOption = None, dataset: DatasetOption = None) -> None:
    """What was chosen, newest first.

    Example: `whorl selections list --dataset street`
    """
    owner = session.project(project)
    found = owner.selections.list() if dataset is None else session.dataset(owner, dataset).selections.list()
    columns = ("id", "name", "strategy", "n_items", "n_labelled", "n_pool", "created_at")
    session.out.rows(columns, [one.info for one in found], empty="nothing was chosen yet: whorl select")


_SELECTION = Annotated[str, typer.Argument(help="Id, or name (the newest of that name).")]


def show(
    session: Session,
    selection: _SELECTION,
    project: ProjectOption = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many items.")] = 50,
) -> None:
    """What a selection holds, and why each item is in it.

    Example: `whorl selections show "round 1" --limit 20`
    """
    found = session.project(project).selections.get(selection)
    show_items(session.out, found.info, list(islice(found.items(), limit)))


def proof(session: Session, selection: _SELECTION, project: ProjectOption = None) -> None:
    """What a selection saved against drawing at random, as far as its labels can tell.

    Example: `whorl selections proof "round 1"`
    """
    show_proof(session.out, session.project(project).selections.get(selection).wait_for_proof())


def delete(session: Session, selection: _SELECTION, project: ProjectOption = None) -> None:
    """Forget a selection; its items stay, and so do tasks made of it.

    Example: `whorl selections delete "round 1"`
    """
    found = session.project(project).selections.get(selection)
    found.delete()
    session.out.facts({"id": found.id}) if session.out.as_json else print(f"forgot {found.info.name!r}")


def _checked(draft: dict[str, JsonValue]) -> Any:  # Any: pydantic is imported late
    from pydantic import ValidationError

    from whorl.schemas.selecting import SelectionDraft

    try:
        return SelectionDraft.model_validate(draft)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(one) for one in first["loc"])
        raise InvalidInput(f"{place}: {first['msg']}", hint="See `whorl select --help`.") from error


# Any: Typer calls a command with its options by name.
def _or_folder(command: Callable[..., None]) -> Callable[..., None]:
    """With --data, choose in this process: no server is started and no project is needed."""

    @functools.wraps(command)
    def run(**given: Any) -> None:
        if given["data"] is None:
            command(**given)
            return
        from whorl.selection.folders import FolderRequest

        if given["budget"] is None:
            raise InvalidInput("how many?", hint="With --data, give --budget 500.")
        request = FolderRequest(
            data=given["data"],
            budget=given["budget"],
            strategy=given["strategy"],
            params=parse_params(given["params"] or [], option="--param radius=0.4"),
            labelled=given["labelled"],
            random_share=given["random_share"],
            seed=given["seed"],
            keeps_duplicates=given["keep_duplicates"],
        )
        select_folder(request, home=given["home"], destination=given["out"], out=Output(given["as_json"]))

    # As in ``connected``.
    run.__signature__ = command.__signature__  # type: ignore[attr-defined]
    return run
