"""From which confidence on an assistant shows its proposals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from whorl.assistants.learning import cheapest_body
from whorl.assistants.queries import AssistantRow, shows_from
from whorl.assistants.rules import cheapest_confidence
from whorl.models.outputs import collect_outputs
from whorl.models.outputs.types import ObjectOutputs
from whorl.models.types import Detections, Task
from whorl.schemas.annotations import Box
from whorl.schemas.assistants import AssistantCreate, AssistantRound
from whorl.schemas.records import AnnotationRecord

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def outputs(n_objects: int) -> ObjectOutputs:
    """Objects that were found with 0.9, and for each of them two boxes beside it: with 0.4 and 0.5."""
    spots = [20.0 * at for at in range(n_objects)]
    truth = [[AnnotationRecord("car", Box(x0=x, y0=0, x1=x + 10, y1=10)) for x in spots]]
    boxes = [(x, y, x + 10, y + 10) for y in (0.0, 50.0, 80.0) for x in spots]
    scores = np.repeat(np.array([0.9, 0.4, 0.5], np.float32), n_objects)
    said = Detections(np.array(boxes, np.float32), scores, ("car",) * len(boxes))
    found = collect_outputs(Task.DETECTION, ["car"], ["a"], truth, [said], sizes=[(2000, 100)])
    assert isinstance(found, ObjectOutputs)
    return found


def test_cheapest__is_above_what_is_mostly_wrong() -> None:
    cheapest = cheapest_body(outputs(40))
    assert cheapest is not None
    assert 0.5 < cheapest <= 0.9


def test_cheapest__few_objects_do_not_tell() -> None:
    assert cheapest_body(outputs(29)) is None


def test_cheapest_confidence__by_what_people_took() -> None:
    taken = [(0.9, True)] * 20 + [(0.6, True)] * 4 + [(0.6, False)] * 6 + [(0.4, True)] * 3 + [(0.4, False)] * 9
    assert cheapest_confidence(taken) == 0.6
    assert cheapest_confidence(taken[:39]) is None
    assert cheapest_confidence([(0.5, True)] * 40) == 0.5
    assert cheapest_confidence([(0.5, False)] * 40) == 0.8


@pytest.mark.parametrize(
    ("wish", "cheapest", "expected"),
    [
        ({}, None, 0.3),
        ({}, 0.55, 0.55),
        ({}, 0.1, 0.3),
        ({"min_confidence": 0.7}, 0.55, 0.7),
        ({"adapts": False}, 0.55, 0.3),
    ],
)
def test_shows_from__the_surer_of_what_was_asked_and_what_pays(
    wish: dict[str, object], cheapest: float | None, expected: float
) -> None:
    row = _row(AssistantCreate.model_validate(wish))
    assert shows_from(row, [_round("mdl_1", 0.99), _round("mdl_2", cheapest), _round("mdl_3", 0.98)]) == expected
    assert shows_from(replace(row, model_id=None), [_round("mdl_1", 0.99)]) == row.settings.min_confidence


def _round(model_id: str, cheapest: float | None) -> AssistantRound:
    return AssistantRound(
        round=1,
        model_id=model_id,
        n_items=1,
        n_objects=1,
        n_proposed=0,
        seconds=1.0,
        metrics={} if cheapest is None else {"cheapest": cheapest},
        accepted=0,
        edited=0,
        rejected=0,
        created_at=NOW,
    )


def _row(settings: AssistantCreate) -> AssistantRow:
    return AssistantRow(
        key=1,
        id="ast_1",
        task_key=1,
        task_id="tsk_1",
        task_name="boxes",
        task_status="active",
        project_id="prj_1",
        dataset_id="dst_1",
        dataset_key=1,
        kind="box",
        status="ready",
        settings=settings,
        model_id="mdl_2",
        job_id=None,
        n_seen=10,
        n_finished=12,
        error=None,
        author_id="per_1",
        created_at=NOW,
        updated_at=NOW,
    )
