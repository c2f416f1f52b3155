"""A project's loop at a glance, on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whorl.schemas.jobs import Job
from whorl.schemas.wire import UtcTime, Wire

StageKey = Literal["items", "labelling", "review", "labelled", "models", "champion"]


class Stage(Wire):
    """How much is at one stage of the loop."""

    key: StageKey
    title: str
    count: int
    unit: str = Field(description="What is counted, such as items.")
    to: str = Field(description="The page that shows them, below the project's: explorer, tasks or models.")
    done: int | None = Field(default=None, description="Of the same kind of work, how much is finished.")


class OverviewChampion(Wire):
    """The model that the project uses now."""

    model_id: str
    name: str
    metric_name: str | None
    metric: float | None
    low: float | None = Field(description="Lower end of the metric's interval; null where the metric has none.")
    high: float | None
    gain: float | None = Field(default=None, description="Its gain over the model before it, on the same test items.")
    gain_low: float | None = Field(default=None, description="Lower end of the gain's interval.")
    gain_high: float | None = None
    since: UtcTime | None
    pipeline_id: str | None = None


class OverviewRound(Wire):
    """One meeting of champion and challenger."""

    at: UtcTime
    labels: int = Field(description="Labelled items that the challenger could learn from.")
    metric_name: str
    challenger: float | None
    champion: float | None = Field(description="The champion's metric on the same items; null before the first.")
    best: float | None = Field(description="The metric of whichever the decision left as champion.")
    decision: str = Field(description="promote, keep or tie")
    model_id: str = Field(description="The challenger.")
    comparison_id: str
    arm: str = Field(description="Name of the ground-truth dataset of this line of rounds.")
    is_control: bool = Field(default=False, description="A line that chooses at random, to measure the saving.")


class OverviewSaving(Wire):
    """Share of labels saved against choosing at random, with its interval."""

    value: float
    low: float
    high: float
    unproven: bool = Field(description="The interval includes no saving, or there was only one round.")
    basis: str = Field(description="What the figure rests on, in a sentence.")


class Waiting(Wire):
    """Something that waits for somebody."""

    who: str
    what: str
    count: int
    task_id: str | None = None


class Overview(Wire):
    """Where a project's loop stands."""

    stages: list[Stage]
    champion: OverviewChampion | None
    rounds: list[OverviewRound] = Field(description="Oldest first.")
    label_saving: OverviewSaving | None
    label_saving_pending: bool = Field(default=False, description="It is being computed; ask again in a moment.")
    waiting: list[Waiting]
    jobs: list[Job] = Field(description="Those that run or wait.")
