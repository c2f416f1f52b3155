"""The kinds of events that triggers may wait for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from whorl.schemas.pipeline_runs import TriggerEvent
from whorl.schemas.pipelines import PortType

Subject = Literal["item", "model", "evaluation", "comparison", "run", "project"]


def _event(kind: str, title: str, subject: Subject, description: str, *, is_emitted: bool = True) -> TriggerEvent:
    return TriggerEvent(kind=kind, title=title, subject=subject, description=description, is_emitted=is_emitted)


_LISTED = (
    _event("item.created", "Item added", "item", "An item joined a dataset: uploaded, imported, collected or made."),
    _event("item.updated", "Item changed", "item", "An item's subset, metadata or health changed."),
    _event("annotation.changed", "Annotations changed", "item", "An item's ground truth was changed by anybody."),
    _event("task.item_finished", "Work on an item done", "item", "A person submitted, approved or discarded an item."),
    _event("model.trained", "Model trained", "model", "A training ended well."),
    _event("evaluation.finished", "Evaluation finished", "evaluation", "A model was scored on a test subset."),
    _event("comparison.decided", "Comparison decided", "comparison", "A challenger was promoted, kept out, or tied."),
    _event("feedback.received", "Feedback received", "item", "A user of a model said how it did.", is_emitted=False),
    _event("flag.raised", "Item flagged", "item", "Somebody, or a check, flagged an item.", is_emitted=False),
    _event("drift.detected", "Drift detected", "project", "What arrives no longer looks the same.", is_emitted=False),
    _event("ontology.changed", "Ontology changed", "project", "Labels or attributes were changed."),
    _event("run.ended", "Run ended", "run", "A run that is not about an item ended: done, failed or cancelled."),
    _event("round.closed", "Round closed", "run", "Everything that a select node let go in one round has ended."),
)

TRIGGER_EVENTS: Mapping[str, TriggerEvent] = MappingProxyType({one.kind: one for one in _LISTED})
"""Every kind that a trigger may name."""

PORT_OF_SUBJECT: Mapping[Subject, PortType] = MappingProxyType(
    {
        "item": PortType.ITEM,
        "model": PortType.MODEL,
        "evaluation": PortType.EVALUATION,
        "comparison": PortType.COMPARISON,
        "run": PortType.SIGNAL,
        "project": PortType.SIGNAL,
    }
)
"""What enters a pipeline when such a subject begins a run; anything may enter a signal port."""
