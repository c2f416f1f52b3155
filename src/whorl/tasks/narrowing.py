"""What a task asks of people: all there is to say about an item, or one narrow thing. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from pydantic import ValidationError

from whorl.base.errors import InvalidInput, JsonValue
from whorl.schemas.tasks import TaskWork
from whorl.tasks.rules import TaskKind, wanted_answers

WORK = "work"
"""Where a task's settings hold what is asked."""


def work_of(settings: Mapping[str, JsonValue]) -> TaskWork:
    """Give what a task with these settings asks; a classify task's own list of classes counts as its labels."""
    stored = settings.get(WORK)
    work = TaskWork.model_validate(stored) if isinstance(stored, dict) else TaskWork()
    classes = settings.get("labels")
    if work.labels or not isinstance(classes, list):
        return work
    return work.model_copy(update={"labels": [one for one in classes if isinstance(one, str)]})


def read_work(settings: Mapping[str, JsonValue]) -> TaskWork:
    """Give what settings from outside ask.

    Raises:
        InvalidInput: It cannot be understood.
    """
    stored = settings.get(WORK)
    if stored is None:
        return TaskWork()
    try:
        return TaskWork.model_validate(stored)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(one) for one in (WORK, *first["loc"]))
        raise InvalidInput(
            f"settings.{where}: {first['msg']}", hint="Give it as the field `work`: mode, labels, model_id, skills."
        ) from error


def check_possible(work: TaskWork, *, kind: TaskKind, settings: Mapping[str, JsonValue]) -> None:
    """Check that a task of this kind, with these settings, can ask this.

    Raises:
        InvalidInput: A mode in a task that does not label, or where several people answer.
    """
    if work.mode == "full":
        return
    if kind is not TaskKind.LABEL:
        raise InvalidInput(
            f"a {kind} task has no mode {work.mode}; only label tasks have",
            hint="Make it a label task, or leave the mode at full.",
        )
    n_answers = wanted_answers(settings)
    if n_answers > 1:
        raise InvalidInput(
            f"a task with the mode {work.mode} takes one answer for each item, not {n_answers}",
            hint="What models found stands still there, so there is nothing to agree on. Ask one person, "
            "and let a review look at it.",
        )


def allowed_labels(work: TaskWork, recipe_labels: Collection[str] | None) -> frozenset[str] | None:
    """The labels that may be given: those of the task and of its recipe; None for all."""
    own = frozenset(work.labels) or None
    of_recipe = None if recipe_labels is None else frozenset(recipe_labels)
    if own is None or of_recipe is None:
        return of_recipe if own is None else own
    return own & of_recipe


def missing_skills(work: TaskWork, skills: Collection[str]) -> list[str]:
    """The skills that a person with these lacks for the work, as the task names them."""
    has = {one.strip() for one in skills}
    return [one for one in dict.fromkeys(work.skills) if one.strip() not in has]


def may_take(
    work: TaskWork, *, assignee_ids: Sequence[str] | None, person_id: str | None, skills: Collection[str]
) -> bool:
    """Whether a person with these skills gets items of a task that is for these people; None: for everyone."""
    is_for_them = assignee_ids is None or person_id in assignee_ids
    return is_for_them and not missing_skills(work, skills)
