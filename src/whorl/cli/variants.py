"""``whorl models variant``: the same model in another precision."""

from __future__ import annotations

from typing import Annotated

import typer

from whorl.cli.connected import ProjectOption, Session
from whorl.schemas.models import VariantKind


def make_variant(
    session: Session,
    model: Annotated[str, typer.Argument(help="Name (the newest of that name) or id.")],
    kind: Annotated[
        VariantKind, typer.Option("--kind", help="int8 is smaller and often quicker; fp16 is half as large.")
    ],
    project: ProjectOption = None,
) -> None:
    """Make a model in another precision, where that helps on this machine. Evaluate it before it serves.

    Example: `whorl models variant tinydet --kind int8`
    """
    found = session.project(project).models.get(model)
    job = found.make_variant(kind)
    with session.out.progress(f"converting {found.name} to {kind}, %") as report:
        job.wait_or_cancel(progress=report)
    result = job.info.result
    session.out.facts(result)
    session.out.note(f"Now: whorl evaluate {result['model_id']}")
