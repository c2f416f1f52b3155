"""``whorl split``: train, validation and test, once."""

from __future__ import annotations

from typing import Annotated

import typer

from whorl.cli.connected import DatasetOption, ProjectOption, Session, connected


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Data")(connected(split))


def split(
    session: Session,
    project: ProjectOption = None,
    dataset: DatasetOption = None,
    train: Annotated[float, typer.Option(min=0, max=1, help="Share for training.")] = 0.7,
    validation: Annotated[float, typer.Option(min=0, max=1, help="Share for watching a training.")] = 0.1,
    test: Annotated[float, typer.Option(min=0, max=1, help="Share for comparing models.")] = 0.2,
    seed: Annotated[int, typer.Option(help="The same seed gives the same split.")] = 0,
    refresh_test: Annotated[
        bool, typer.Option("--refresh-test", help="Let new items into a test subset that comparisons froze.")
    ] = False,
) -> None:
    """Put items that are in no subset into train, validation or test. What is in one stays there.

    Labels are shared out evenly, and items of one group stay together. A test subset on which models were compared is
    frozen: a worn one is refreshed with newly labelled random items by --refresh-test.

    Example: `whorl split --train 0.8 --validation 0 --test 0.2`
    """
    found = session.dataset(session.project(project), dataset)
    session.out.facts(found.split(train, validation, test, seed=seed, refresh_test=refresh_test))
