"""Endpoints, their answers, log, feedback and flags on the wire."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Literal

from pydantic import Field, field_validator

from whorl.base.errors import JsonValue
from whorl.schemas.annotations import AnnotationDraft
from whorl.schemas.models import PredictedAnnotation
from whorl.schemas.wire import UtcTime, Wire

_ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?")


class ServingRole(StrEnum):
    """What a model does at an endpoint."""

    CHAMPION = "champion"
    CANARY = "canary"
    SHADOW = "shadow"


class Verdict(StrEnum):
    """What somebody says of an answer."""

    OK = "ok"
    WRONG = "wrong"
    CORRECTION = "correction"


class RuleKind(StrEnum):
    """Why an answer is flagged."""

    CONFIDENCE = "confidence"
    MARGIN = "margin"
    DISAGREEMENT = "disagreement"
    NOVELTY = "novelty"
    METRIC = "metric"
    REPORT = "report"
    RANDOM = "random"


class EndpointSettings(Wire):
    """How an endpoint answers and what it remembers."""

    min_confidence: float = Field(default=0.25, ge=0, le=1, description="Weaker objects are not given.")
    max_batch: int = Field(default=16, ge=1, le=256, description="Most images of one run of the model.")
    max_wait_ms: float = Field(default=5, ge=0, le=1000, description="How long a request waits for others.")
    max_queue: int = Field(default=256, ge=1, le=100_000, description="More waiting requests get 503.")
    timeout_s: float = Field(default=10, gt=0, le=300, description="A slower answer is an error.")
    log_share: float = Field(default=1.0, ge=0, le=1, description="Share of the requests that are written down.")
    log_per_minute: int | None = Field(default=None, ge=0, description="Most of them in a minute; null sets no quota.")
    log_per_hour: int | None = Field(default=None, ge=0, description="Most of them in an hour.")
    log_per_day: int | None = Field(default=10_000, ge=0, description="Most of them in a day.")
    keep_images: bool = Field(default=True, description="False keeps only the image's hash: nothing can be relabelled.")
    retention_days: int | None = Field(default=30, ge=1, description="Log lines and images not in a dataset go after.")
    feedback_page: bool = Field(default=False, description="Whether its page for end users answers.")
    feedback_page_in: list[str] = Field(
        default_factory=list,
        max_length=20,
        description="Sites that may show the page in a frame, such as https://shop.example; none when empty.",
    )

    @field_validator("feedback_page_in")
    @classmethod
    def _are_origins(cls, given: list[str]) -> list[str]:
        for one in given:
            if not _ORIGIN.fullmatch(one):
                raise ValueError(f"not the address of a site: {one[:60]!a}; write it like https://shop.example")
        return given


class EndpointExamples(Wire):
    """How to ask an endpoint, ready to be copied; the token is to be put in."""

    curl: str
    python: str


class Endpoint(Wire):
    """A model at work under an address."""

    id: str
    project_id: str
    name: str
    model_id: str | None = Field(description="The champion; null answers nothing yet.")
    shadow_id: str | None = Field(description="Answers beside the champion, for the log only.")
    canary_id: str | None
    canary_share: float
    pipeline_id: str | None = Field(description="The pipeline whose variable the champion follows; null for none.")
    variable: str | None
    dataset_id: str | None = Field(description="Where flagged traffic becomes items.")
    settings: EndpointSettings
    is_on: bool
    problem: str | None = Field(default=None, description="Why it does not serve the model that it should.")
    predict_url: str = Field(description="Path that takes images.")
    examples: EndpointExamples
    created_at: UtcTime


class EndpointCreate(Wire):
    """An endpoint to be opened."""

    name: str = Field(min_length=1, max_length=100, pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")
    model_id: str | None = None
    pipeline_id: str | None = None
    variable: str | None = Field(default=None, description="Its champion is served, now and after each change.")
    dataset_id: str | None = None
    settings: EndpointSettings = Field(default_factory=EndpointSettings)


class EndpointUpdate(Wire):
    """What is to change; what is left out stays."""

    dataset_id: str | None = None
    settings: EndpointSettings | None = None
    is_on: bool | None = None


class ServeRequest(Wire):
    """Which model is to take which role; null takes the role away."""

    model_id: str | None
    role: ServingRole = ServingRole.CHAMPION
    share: float = Field(default=0.1, ge=0, le=1, description="Of the requests, for a canary.")


class EndpointAnswer(Wire):
    """What an endpoint says about one image. Width and height are pixels of the upright image."""

    prediction_id: str | None = Field(description="For feedback; null when the request was not written down.")
    model_id: str
    role: ServingRole
    width: int
    height: int
    annotations: list[PredictedAnnotation]
    latency_ms: float


class PredictionLine(Wire):
    """One request and its answer, as the log keeps it."""

    id: str
    endpoint_id: str
    model_id: str
    role: ServingRole
    at: UtcTime
    sha256: str
    has_image: bool
    width: int
    height: int
    latency_ms: float
    annotations: list[PredictedAnnotation]
    shadow_model_id: str | None = None
    shadow: list[PredictedAnnotation] | None = None
    confidence: float | None
    margin: float | None
    disagreement: float | None
    novelty: float | None
    metadata: dict[str, JsonValue]
    item_id: str | None
    flags: list[RuleKind] = Field(default_factory=list)
    verdict: Verdict | None = Field(default=None, description="The newest feedback's.")


class FeedbackCreate(Wire):
    """What somebody says of one answer."""

    prediction_id: str = Field(max_length=40)
    verdict: Verdict
    correction: list[AnnotationDraft] | None = Field(default=None, description="What is true, for a correction.")
    label_map: dict[str, str] = Field(
        default_factory=dict, max_length=1000, description="Labels of the correction by another name: given to known."
    )
    comment: str | None = Field(default=None, max_length=2000)
    who: str | None = Field(default=None, max_length=200, description="As the caller knows them.")


class Feedback(Wire):
    """Feedback that was received."""

    id: str
    endpoint_id: str
    prediction_id: str
    model_id: str
    verdict: Verdict
    correction: list[AnnotationDraft] | None
    comment: str | None
    who: str | None
    item_id: str | None
    at: UtcTime


class FlagRuleWrite(Wire):
    """When an answer is flagged, and how often at most."""

    kind: RuleKind
    below: float | None = Field(default=None, description="confidence, margin, metric: flagged under this value.")
    above: float | None = Field(default=None, description="disagreement, novelty: flagged over this value.")
    share: float | None = Field(default=None, ge=0, le=1, description="random: share of the requests.")
    metric: Literal["ok_share"] = Field(default="ok_share", description="metric: the share of good feedback.")
    window: int = Field(default=50, ge=5, le=10_000, description="metric: over so many of the newest feedbacks.")
    per_day: int = Field(default=100, ge=0, description="Most flags of this rule in a day.")
    is_on: bool = True


class FlagRuleUpdate(Wire):
    """What is to change of a rule; what is left out stays. Its kind does not change: make another."""

    below: float | None = None
    above: float | None = None
    share: float | None = Field(default=None, ge=0, le=1)
    window: int | None = Field(default=None, ge=5, le=10_000)
    per_day: int | None = Field(default=None, ge=0)
    is_on: bool | None = None


class FlagRule(FlagRuleWrite):
    """A rule of an endpoint."""

    id: str
    endpoint_id: str
    today: int = Field(default=0, description="Flags it has raised today.")
    created_at: UtcTime


class Flag(Wire):
    """An answer that deserves a look."""

    id: str
    endpoint_id: str
    rule_id: str
    kind: RuleKind
    prediction_id: str
    model_id: str
    score: float | None
    reason: str
    item_id: str | None
    at: UtcTime


class FlagGroup(Wire):
    """Flagged answers that look alike: the pattern behind single mistakes."""

    number: int
    size: int
    title: str = Field(description="What they share, in words.")
    kinds: dict[str, int] = Field(description="Flags by rule kind.")
    labels: dict[str, int] = Field(description="Answers by label.")
    metadata: dict[str, dict[str, int]] = Field(description="Values that are commoner here than elsewhere.")
    wrong: int = Field(description="How many were reported wrong.")
    examples: list[str] = Field(description="Prediction ids, the most typical first.")
    item_ids: list[str]


class FlagCatalogue(Wire):
    """What went wrong lately, grouped."""

    groups: list[FlagGroup]
    n_flags: int
    n_ungrouped: int = Field(description="Stand alone, or have no image to compare.")
    since: UtcTime | None


class FlagsTask(Wire):
    """Flagged images to be labelled: a group of the catalogue, some items, or all that no task has yet."""

    name: str = Field(min_length=1, max_length=200, description="Of the task; one of this name takes them in.")
    group: int | None = Field(default=None, ge=0, description="Number in the catalogue.")
    item_ids: list[str] | None = Field(default=None, min_length=1, max_length=10_000)


class FeedbackLinkCreate(Wire):
    """Which answer is to be asked about."""

    prediction_id: str = Field(max_length=40)


class FeedbackLink(Wire):
    """Where end users say what they think of one answer."""

    url: str = Field(description="A signed path: opens this answer's page and no other.")


class Pruned(Wire):
    """What retention removed, or would remove."""

    lines: int
    images: int
    is_dry_run: bool


class EndpointPoint(Wire):
    """One model's numbers in one stretch of time."""

    at: UtcTime
    model_id: str
    role: ServingRole
    requests: int
    errors: int
    dropped: int = Field(default=0, description="A shadow was not asked, because there was no time.")
    mean_ms: float | None
    p50_ms: float | None = Field(description="Upper edge of the bucket that holds the median.")
    p99_ms: float | None


class EndpointMetrics(Wire):
    """Requests, errors and latency over time."""

    step_s: int
    points: list[EndpointPoint]
    totals: list[EndpointPoint] = Field(description="One per model and role, over the whole time.")
    queue: int = Field(description="Requests that wait now.")


class EndpointChange(Wire):
    """A change of who serves."""

    at: UtcTime
    actor_id: str
    role: ServingRole
    model_id: str | None
    previous_id: str | None
    cause: str | None
