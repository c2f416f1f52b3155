"""What a draft means here and now: its pool, what is known of it, and the strategy that suits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from whorl.base.errors import InvalidInput, JsonValue
from whorl.datasets.dql import Query
from whorl.datasets.dql.either_form import read_query
from whorl.models.queries import get_model
from whorl.models.types import Task
from whorl.schemas.models import Model
from whorl.schemas.selecting import SelectionDraft
from whorl.selection.choosing import AUTO, Choice, Facts, choose_strategy
from whorl.selection.heads import LEAST_LABELLED
from whorl.selection.item_fields import field_reader
from whorl.selection.pools import LabelledItem, ReadPool, read_contents, read_labelled, read_pace, read_pool
from whorl.selection.registry import get_strategy

USUAL_SECONDS = 15.0
"""Labelling time of one item where the project has no task to tell."""
GROUP = "group"


@dataclass(frozen=True, slots=True)
class Known:
    """All that is read before anything is chosen.

    Attributes:
        fields: What ``PoolItem.values`` hold, in order: the source first, then what quotas count by.
        examples: SHA-256 of the items to look alike.
        learns: No model is asked: a linear head is fitted on the vectors of what is labelled.
        seconds_per_item: Labelling time.
        budget: Items that may be chosen, by the tightest limit.
        why: Sentences on the choice of strategy.
    """

    pool: ReadPool
    labelled: list[LabelledItem]
    fields: tuple[str, ...]
    examples: list[str]
    model: Model | None
    learns: bool
    seconds_per_item: float
    budget: int
    choice: Choice
    why: list[str]
    warnings: list[str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        """The classes of the labelled items, sorted."""
        return sorted({one.label for one in self.labelled if one.label is not None})


def check_draft(draft: SelectionDraft) -> tuple[Query | None, Query | None]:
    """Check what can be checked without reading anything, and give the parsed queries: the pool's, the labelled's.

    Raises:
        InvalidInput: No limit is given, an unknown strategy, parameter or field of a quota.
        NotFound: No strategy has this name.
        QueryError: A query does not parse.
    """
    limits = (draft.budget.count, draft.budget.bytes, draft.budget.seconds)
    if all(one is None for one in limits):
        raise InvalidInput("a budget without a limit", hint="Give a count, bytes or seconds.")
    for quota in draft.quotas:
        field_reader(quota.field)
        if quota.most is None and quota.share is None:
            raise InvalidInput(f"a quota on {quota.field[:60]} without a limit", hint="Give most or share.")
    if draft.strategy != AUTO:
        get_strategy(draft.strategy, **_params(draft, draft.strategy))
    elif draft.params:
        raise InvalidInput("auto takes no params", hint="Name a strategy to give it params.")
    return read_query(draft.filter), read_query(draft.labelled)


def read_known(conn: Connection, dataset_id: str, draft: SelectionDraft, *, champion: str | None = None) -> Known:
    """Read what a draft needs, and choose its strategy.

    Args:
        champion: Id of the project's model, asked where the draft names none; not ``builtin:linear`` where a head
            fitted on the vectors of what is labelled by now says the same in seconds.

    Raises:
        WhorlError: As ``check_draft``; or something that the draft names is not there.
    """
    where, labelled_where = check_draft(draft)
    fields = tuple(dict.fromkeys([GROUP, *(one.field for one in draft.quotas)]))
    pool = read_pool(
        conn,
        dataset_id,
        where,
        is_open=draft.pool == "any",
        fields=fields[1:],
        without_bad=draft.without_bad,
    )
    labelled = read_labelled(conn, draft.labelled_dataset_id or dataset_id, labelled_where)
    if draft.pool == "any":
        # What is chosen again is not held against itself.
        again = {one.key for one in pool.items}
        labelled = [one for one in labelled if one.key not in again]
    examples = read_contents(conn, dataset_id, draft.examples or [])
    model, learns = _settle_model(conn, draft, champion, labelled)
    pace = draft.budget.seconds_per_item or read_pace(conn, pool.dataset.project_id)
    warnings = _warnings(draft, pool, labelled, pace)
    budget = _budget(draft, pool, pace or USUAL_SECONDS)
    facts = _facts(draft, pool, labelled, model, budget, learns=learns)
    choice = _chosen(draft, facts)
    return Known(
        pool=pool,
        labelled=labelled,
        fields=fields,
        examples=examples,
        model=model,
        learns=learns,
        seconds_per_item=pace or USUAL_SECONDS,
        budget=budget,
        choice=choice,
        why=_reasons(choice, learns=learns),
        warnings=warnings,
    )


def _reasons(choice: Choice, *, learns: bool) -> list[str]:
    told = [choice.why] if choice.why else []
    if learns and uses_doubts(choice):
        told.append("The model is a linear one that learns from these labels as it chooses.")
    return told


def _settle_model(
    conn: Connection, draft: SelectionDraft, champion: str | None, labelled: Sequence[LabelledItem]
) -> tuple[Model | None, bool]:
    """The model to ask, if any, and whether a head is fitted in its place."""
    if draft.model is not None:
        return get_model(conn, draft.model), False
    labels = {one.label for one in labelled}
    learns = len(labelled) >= LEAST_LABELLED and len(labels) > 1 and None not in labels
    model = None if champion is None else get_model(conn, champion)
    if learns and (
        model is None or model.architecture == "builtin:linear" or Task(model.task) is not Task.CLASSIFICATION
    ):
        return None, True
    return model, False


def uses_model(choice: Choice, model: Model | None) -> bool:
    """Whether the strategy asks what a model says; a plan without one costs no prediction."""
    return model is not None and uses_doubts(choice)


def uses_doubts(choice: Choice) -> bool:
    """Whether the strategy looks at what a model, or a head, says of the pool."""
    return choice.name not in {"random", "stratified", "k_center", "typical", "similarity"}


def uses_vectors(choice: Choice) -> bool:
    """Whether the strategy looks at embeddings."""
    return choice.name not in {"random", "stratified"}


def _chosen(draft: SelectionDraft, facts: Facts) -> Choice:
    if draft.strategy != AUTO:
        return Choice(draft.strategy, _params(draft, draft.strategy), "")
    found = choose_strategy(facts)
    return Choice(found.name, {**found.params, **_params(draft, found.name)}, found.why)


def _params(draft: SelectionDraft, strategy: str) -> dict[str, JsonValue]:
    """The parameters of a draft's strategy; the wished share of classes is one of class balance."""
    target: dict[str, JsonValue] = {name: share for name, share in (draft.target or {}).items()}
    return {**draft.params, "target": target} if target and strategy == "class_balance" else dict(draft.params)


def _facts(
    draft: SelectionDraft,
    pool: ReadPool,
    labelled: Sequence[LabelledItem],
    model: Model | None,
    budget: int,
    *,
    learns: bool,
) -> Facts:
    task = None if model is None else Task(model.task)
    with_objects = sum(one.has_objects for one in labelled)
    return Facts(
        n_pool=len(pool.items),
        budget=budget,
        n_labelled=len(labelled),
        task=None if not labelled else "objects" if 2 * with_objects > len(labelled) else "classes",
        has_probabilities=task is Task.CLASSIFICATION or learns,
        has_boxes=task is not None and task.has_objects,
        is_foreign_model=model is not None and _is_foreign(draft, pool, model),
        has_groups=len({one.group for one in pool.items}) > 1,
        has_examples=bool(draft.examples),
        has_target=bool(draft.target),
    )


def _is_foreign(draft: SelectionDraft, pool: ReadPool, model: Model) -> bool:
    return model.dataset_id not in {pool.dataset.id, draft.labelled_dataset_id}


def _budget(draft: SelectionDraft, pool: ReadPool, seconds_per_item: float) -> int:
    """Items that may be chosen at most: exact for a count, after the mean size for bytes."""
    most = [len(pool.items)]
    if draft.budget.count is not None:
        most.append(draft.budget.count)
    if draft.budget.seconds is not None:
        most.append(int(draft.budget.seconds / seconds_per_item))
    if draft.budget.bytes is not None and pool.items:
        most.append(int(draft.budget.bytes / max(1.0, sum(one.bytes for one in pool.items) / len(pool.items))))
    return min(most)


def _warnings(draft: SelectionDraft, pool: ReadPool, labelled: Sequence[LabelledItem], pace: float | None) -> list[str]:
    found: list[str] = []
    if not pool.items:
        found.append("Nothing to choose from: " + (tell_left_out(pool.left_out) or "the query finds no image") + ".")
    if draft.budget.count is not None and draft.budget.count > len(pool.items) > 0:
        found.append(f"The budget of {draft.budget.count:,} is above the pool: all {len(pool.items):,} are chosen.")
    if draft.budget.seconds is not None and pace is None:
        found.append(f"No labelling time is known in this project: {USUAL_SECONDS:g} s per item are assumed.")
    if labelled and draft.labelled_dataset_id is None and draft.labelled is None:
        objects = sum(one.has_objects for one in labelled)
        if 0 < objects < len(labelled) and 4 * objects > len(labelled):
            found.append("Some labels are classes of images, others objects in them; which is meant was guessed.")
    return found


_CAUSES = {
    "labelled": "have ground truth already",
    "test": "are in the test subset",
    "in_task": "lie in an open task",
    "discarded": "were discarded by people",
    "not_image": "are no images",
    "bad": "are too dark, bright, flat or blurred",
    "duplicate": "are near copies of others",
    "unreadable": "cannot be decoded",
    "deleted": "were deleted meanwhile",
    "quota": "are above a quota",
}


def tell_left_out(left_out: dict[str, int]) -> str:
    """Say in words what was left out, the most first."""
    parts = sorted(left_out.items(), key=lambda one: -one[1])
    return ", ".join(f"{count:,} {_CAUSES.get(cause, cause)}" for cause, count in parts if count)
