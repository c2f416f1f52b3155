"""``whorl models add``: register a model that was made elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from whorl.base.errors import InvalidInput
from whorl.cli.connected import ProjectOption, Session
from whorl.cli.scores import show_model

if TYPE_CHECKING:
    from whorl.cli.output import Output
    from whorl.schemas.model_imports import ModelImported

TaskOption = Annotated[
    str | None,
    typer.Option("--task", help="classification, multi_label, detection, instance_masks or semantic_masks."),
]
LabelsOption = Annotated[
    str | None, typer.Option("--labels", help="The model's own labels in the order of its outputs, with commas.")
]
OptionOption = Annotated[
    list[str] | None, typer.Option("--option", help="Of its kind of adapter, such as decode=yolov8; repeatable.")
]


def add_model(
    session: Session,
    name: Annotated[str, typer.Argument(help="Its name in the project.")],
    spec: Annotated[
        str,
        typer.Argument(help="model.onnx, a folder, my_pkg.mod:MyModel, hf:org/name, torchvision:NAME, https://… …"),
    ],
    project: ProjectOption = None,
    task: TaskOption = None,
    labels: LabelsOption = None,
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", help="MODEL_LABEL=LABEL; nothing after = leaves it out, '*=' all others; repeatable."),
    ] = None,
    option: OptionOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look, propose a map, register nothing.")] = False,
) -> None:
    """Register a model that was made elsewhere; files of this machine are uploaded.

    Example: `whorl models add street best.onnx --map person=pedestrian --map '*='`
    """
    from whorl.cli.modelling import parse_params

    models = session.project(project).models
    pairs, options, own = parse_pairs(mapped or []), parse_params(option or []), split_labels(labels)
    if dry_run:
        found = models.examine(spec, task=task, labels=own, labels_map=pairs, options=options)
        show_import(session.out, found)
        return
    made = models.add(name, spec, task=task, labels=own, labels_map=pairs, options=options)
    show_model(session.out, made.info)


def parse_pairs(texts: list[str]) -> dict[str, str | None]:
    """Read ``person=pedestrian`` and ``dog=``.

    Raises:
        InvalidInput: A text has no sign, no name, or names a label again.
    """
    pairs: dict[str, str | None] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name or name in pairs:
            raise InvalidInput(f"not a pair of labels: {text!r}", hint="Write each once, as --map person=pedestrian.")
        pairs[name] = value or None
    return pairs


def split_labels(text: str | None) -> list[str]:
    """Labels given with commas."""
    return [one.strip() for one in (text or "").split(",") if one.strip()]


def show_import(out: Output, found: ModelImported) -> None:
    """What was understood, and what each label would become."""
    if out.as_json:
        out.facts(found.model_dump(mode="json"))
        return
    out.facts({"task": found.task, "labels": len(found.labels), **found.facts})
    for note in found.notes:
        out.note(note)
    cells = [
        [label, found.labels_map.get(label) or "(left out)", "a guess" if label in found.unmatched else ""]
        for label in found.labels
    ]
    out.cells(("label", "becomes", ""), cells)
