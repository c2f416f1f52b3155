"""Tasks, leases, submissions and issues on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.schemas.access import SkillName
from whorl.schemas.annotations import AnnotationDraft, Pixel
from whorl.schemas.wire import Problem, UtcTime, Wire

TaskKindName = Literal["label", "review", "validate", "classify"]
TaskModeName = Literal["full", "find_missed", "fix_geometry"]
TaskStatusName = Literal["active", "paused", "done"]
ItemStatusName = Literal["queued", "leased", "submitted", "approved", "rework", "waiting", "discarded"]
ActiveSeconds = Field(
    default=0.0,
    ge=0,
    le=86_400,
    description="Seconds of work since the last call that said so, idle time left out; capped by the server's clock.",
)


class TaskCounts(Wire):
    """How many items of a task stand where."""

    queued: int = 0
    leased: int = 0
    submitted: int = 0
    approved: int = 0
    rework: int = 0
    waiting: int = 0
    discarded: int = 0


class TaskWork(Wire):
    """What people are asked in a task: all of it, or one narrow thing."""

    mode: TaskModeName = Field(
        default="full",
        description="find_missed: what models found stands still, only what they missed is added, and it is marked so. "
        "fix_geometry: shapes are moved and reshaped; nothing is added, removed or renamed.",
    )
    labels: list[str] = Field(default_factory=list, max_length=1000, description="The only labels; empty: all.")
    model_id: str | None = Field(default=None, description="Whose predictions are shown; null: every model's.")
    min_confidence: float = Field(default=0.0, ge=0, le=1, description="Predictions below it are not shown.")
    skills: list[SkillName] = Field(
        default_factory=list, max_length=20, description="Who takes this work must have all of these."
    )


class Task(Wire):
    """Human work of one kind on a set of items."""

    id: str
    project_id: str
    dataset_id: str
    name: str
    kind: TaskKindName
    status: TaskStatusName
    recipe_id: str | None
    reviews_task_id: str | None = Field(description="The labelling task whose work this one reviews.")
    lease_seconds: int
    settings: dict[str, JsonValue]
    assignee_ids: list[str] | None = Field(default=None, description="Only these people may lease; null: everyone.")
    created_at: UtcTime


class TaskSummary(Task):
    """A task with its counts."""

    counts: TaskCounts
    human_seconds: float
    open_issues: int
    work: TaskWork = Field(default_factory=TaskWork)
    may_take: bool = Field(default=True, description="Whether the task gives items to who asks: by name and skills.")
    missing_skills: list[str] = Field(default_factory=list, description="Of `work.skills`, those that who asks lacks.")
    answers: int = Field(default=1, description="How many people answer each item.")
    people: int | None = Field(
        default=None, description="Where several people answer: how many there are who may; fewer never finish."
    )


class TaskAnswer(Wire):
    """What one person of several said about an item."""

    person_id: str
    name: str
    outcome: Literal["submitted", "discarded"]
    annotations: list[AnnotationDraft] = Field(description="All that the person says is on the item.")
    reason: str | None = Field(description="Why it was discarded.")
    human_seconds: float
    at: UtcTime


class TaskCreate(Wire):
    """A task to be made."""

    dataset_id: str
    name: str = Field(min_length=1, max_length=200)
    kind: TaskKindName = "label"
    recipe_id: str | None = None
    reviews_task_id: str | None = Field(default=None, description="For a review: the labelling task it looks after.")
    takes_submitted: bool = Field(default=False, description="For a review: take in each item submitted there.")
    lease_seconds: int = Field(default=600, ge=10, le=86_400)
    settings: dict[str, JsonValue] = Field(default_factory=dict)
    work: TaskWork | None = Field(default=None, description="What is asked; left out: everything.")


class TaskUpdate(Wire):
    """What to change of a task; what is left out stays."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    status: TaskStatusName | None = None
    answers: int | None = Field(
        default=None,
        ge=1,
        le=20,
        description="How many people answer each item; fewer than before fuses what is there.",
    )
    assignee_ids: list[str] | None = Field(
        default=None, max_length=1000, description="Only these people may lease; null, when given: everyone."
    )
    work: TaskWork | None = Field(default=None, description="What is asked, in place of all that was asked before.")


class TaskItemsAdd(Wire):
    """Items to be worked on, by id or by query; those already there are left alone."""

    item_ids: list[str] = Field(default_factory=list, max_length=10_000)
    query: dict[str, JsonValue] | None = Field(default=None, description="DQL; every item that matches now.")


class TaskItemsAdded(Wire):
    """How many items were new to the task."""

    added: int


class TaskItem(Wire):
    """Where one item stands in a task."""

    task_id: str
    item_id: str
    status: ItemStatusName
    assignee_id: str | None
    submitted_by: str | None
    reviewed_by: str | None
    human_seconds: float
    answer: Literal["yes", "no", "agreed", "disputed"] | None = Field(
        default=None, description="Of a yes/no task: yes or no. Where several people answer: agreed or disputed."
    )
    updated_at: UtcTime


class Draft(Wire):
    """Work that was saved and not submitted."""

    annotations: list[AnnotationDraft]
    removed_ids: list[str] = Field(default_factory=list)
    rejected_ids: list[str] = Field(default_factory=list)
    base_revision: int
    version: int = Field(default=1, description="Counts the saves of this draft, from 1.")
    author_id: str
    saved_at: UtcTime


class Lease(Wire):
    """An item in one person's hands."""

    task_id: str
    item_id: str
    lease_token: str
    expires_at: UtcTime
    status_before: Literal["queued", "rework"] = Field(description="rework: a reviewer sent it back; see its issues.")
    draft: Draft | None


class LeaseNext(Wire):
    """Ask for work."""

    n: int = Field(default=1, ge=1, le=100)
    lease_seconds: int | None = Field(default=None, ge=10, le=86_400, description="The task's own when left out.")
    item_ids: list[str] | None = Field(
        default=None,
        max_length=100,
        description="These very items, as far as they can be had: waiting, held by oneself, or one's own finished work "
        "that nobody reviewed. `n` does not matter then.",
    )


class Heartbeat(Wire):
    """Keep a lease."""

    lease_token: str
    active_seconds: float = ActiveSeconds


class Release(Heartbeat):
    """Give an item back unfinished; its draft stays."""


class DraftSave(Heartbeat):
    """Keep unfinished work. It is nobody's truth until submitted."""

    annotations: list[AnnotationDraft] = Field(max_length=10_000, description="New and changed ones; others stay.")
    removed_ids: list[str] = Field(default_factory=list, max_length=10_000)
    rejected_ids: list[str] = Field(
        default_factory=list, max_length=10_000, description="Predictions that were looked at and refused."
    )
    base_revision: int = Field(description="The revision of the item's annotations that this work began from.")
    draft_version: int | None = Field(
        default=None, ge=0, description="Version of the draft this replaces, 0 for none; not checked when left out."
    )


class Submit(Heartbeat):
    """Finish an item. Without annotations the draft is taken."""

    annotations: list[AnnotationDraft] | None = Field(
        default=None, max_length=10_000, description="New and changed ones; others stay."
    )
    removed_ids: list[str] = Field(default_factory=list, max_length=10_000)
    rejected_ids: list[str] = Field(
        default_factory=list, max_length=10_000, description="Predictions that were looked at and refused."
    )
    base_revision: int | None = Field(default=None, description="Needed with annotations.")
    draft_version: int | None = Field(
        default=None, ge=0, description="Version of the draft this replaces, 0 for none; not checked when left out."
    )
    answer: JsonValue = Field(default=None, description="For validate: yes or no.")


class Discard(Heartbeat):
    """Say that an item cannot be worked on."""

    reason: str = Field(min_length=1, max_length=2000)


class Approve(Wire):
    """Accept an item's work. In a review task with the lease's token."""

    lease_token: str | None = None
    annotations: list[AnnotationDraft] | None = Field(
        default=None, max_length=10_000, description="The reviewer's own corrections."
    )
    removed_ids: list[str] = Field(default_factory=list, max_length=10_000)
    rejected_ids: list[str] = Field(
        default_factory=list, max_length=10_000, description="Predictions that were looked at and refused."
    )
    base_revision: int | None = Field(default=None, description="Needed with annotations.")
    active_seconds: float = ActiveSeconds


class IssueCreate(Wire):
    """Something that needs mending: on an annotation, at a place, or about the whole item."""

    body: str = Field(min_length=1, max_length=4000)
    annotation_id: str | None = None
    x: Pixel | None = None
    y: Pixel | None = None
    lease_token: str | None = Field(default=None, description="In a review task: the reviewer's lease.")
    active_seconds: float = ActiveSeconds


class CommentCreate(Wire):
    """Something to say about an item: at a place, on an annotation, or in general."""

    body: str = Field(min_length=1, max_length=4000)
    annotation_id: str | None = None
    x: Pixel | None = None
    y: Pixel | None = None


class ReplyCreate(Wire):
    """A reply to an issue."""

    body: str = Field(min_length=1, max_length=4000)


class Comment(Wire):
    """Something somebody said about an item, or in reply to an issue."""

    id: str
    item_id: str
    issue_id: str | None = Field(description="The issue it replies to; null for a comment on the item.")
    annotation_id: str | None
    x: float | None
    y: float | None
    body: str
    author_id: str
    author_name: str
    created_at: UtcTime


class Issue(Wire):
    """Something that a reviewer wants mended."""

    id: str
    task_id: str
    item_id: str
    annotation_id: str | None
    x: float | None
    y: float | None
    body: str
    author_id: str
    state: Literal["open", "resolved"]
    created_at: UtcTime
    resolved_at: UtcTime | None
    resolved_by: str | None
    comments: list[Comment] = Field(default_factory=list, description="Replies, oldest first.")


class TaskPerson(Wire):
    """What one person did in a task. Work handed in again counts again."""

    person_id: str
    name: str
    leased: int = Field(description="Items in hand now.")
    submitted: int
    approved: int = Field(description="Of this person's work, or in a review: by this person.")
    sent_back: int = Field(description="Of this person's work, or in a review: by this person.")
    human_seconds: float
    items_per_hour: float | None = Field(description="Items finished per hour of human seconds; null before any.")
    last_active_at: UtcTime | None
    approved_untouched_share: float | None = Field(
        description="Share of the approved work that its reviewer did not change; null before any."
    )


class BulkItem(Submit):
    """One item of a bulk submit."""

    item_id: str


class BulkSubmit(Wire):
    """Many items finished at once, as from a grid."""

    items: list[BulkItem] = Field(min_length=1, max_length=500)


class BulkResult(Wire):
    """What became of one item of a bulk submit: the item, or the problem that kept it."""

    item_id: str
    item: TaskItem | None = None
    problem: Problem | None = None
