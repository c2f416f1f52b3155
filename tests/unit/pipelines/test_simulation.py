"""The simulation's decisions: task, pool and test, answers of simulated people, composed scenes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from whorl.base.errors import InvalidInput
from whorl.pipelines.simulation.arms import divide_records, fit_to_task, guess_task, plan_for
from whorl.pipelines.simulation.oracle import Oracle
from whorl.pipelines.simulation.sources import SCENE_SIZE, write_scenes
from whorl.schemas.annotations import Box, ClassTag, Polygon, Polyline
from whorl.schemas.records import AnnotationRecord, ItemRecord, Subset

TRIANGLE = Polygon(rings=[[(2, 3), (10, 3), (10, 9)]])


def _tagged(count: int) -> list[ItemRecord]:
    return [
        ItemRecord(f"{n}.png", file=Path(f"{n}.png"), annotations=(AnnotationRecord("ab"[n % 2], ClassTag()),))
        for n in range(count)
    ]


def test_guess_task__objects_come_before_classes() -> None:
    both = AnnotationRecord("a", ClassTag()), AnnotationRecord("b", TRIANGLE)
    assert guess_task([ItemRecord("x", annotations=both)]) == "detection"
    assert guess_task(_tagged(2)) == "classification"
    with pytest.raises(InvalidInput, match="neither boxes nor classes"):
        guess_task([ItemRecord("x", annotations=(AnnotationRecord("a", Polyline(points=[(0, 0), (1, 1)])),))])


def test_fit_to_task__polygons_become_the_boxes_around_them() -> None:
    mixed = AnnotationRecord("a", ClassTag()), AnnotationRecord("b", TRIANGLE)
    (fitted,) = fit_to_task([ItemRecord("x", annotations=mixed)], "detection")
    assert fitted.annotations == (AnnotationRecord("b", Box(x0=2, y0=3, x1=10, y1=9)),)
    (fitted,) = fit_to_task([ItemRecord("x", annotations=mixed)], "classification")
    assert fitted.annotations == (AnnotationRecord("a", ClassTag()),)


def test_divide_records__pool_is_unlabelled_and_test_is_stratified() -> None:
    pool, test = divide_records(_tagged(40), test_share=0.3, seed=1)
    assert (len(pool), len(test)) == (28, 12)
    assert all(record.annotations == () and record.subset is None for record in pool)
    assert all(record.subset is Subset.TEST for record in test)
    assert sorted(record.annotations[0].label for record in test) == ["a"] * 6 + ["b"] * 6
    assert divide_records(list(reversed(_tagged(40))), test_share=0.3, seed=1)[1] == list(reversed(test))


def test_divide_records__too_few() -> None:
    with pytest.raises(InvalidInput, match="only 5 labelled images"):
        divide_records(_tagged(5), test_share=0.3, seed=0)


@pytest.mark.parametrize("count", [20, 48, 364, 100_000])
def test_plan_for__rounds_fit_into_the_pool(count: int) -> None:
    plan = plan_for("classification", count)
    assert plan.rounds * plan.budget <= int(count * (1 - plan.test_share))


def test_oracle__errs_at_about_its_rate_and_mends_with_care() -> None:
    records = _tagged(2000)
    oracle = Oracle({one.name: one.annotations for one in records}, ["a", "b"], error_rate=0.1, seed=3)
    first = [oracle.answer(one.name, [], is_rework=False).drafts[0].label for one in records]
    wrong = sum(said != one.annotations[0].label for said, one in zip(first, records, strict=True))
    assert 150 < wrong < 250
    again = [oracle.answer(one.name, [], is_rework=True).drafts[0].label for one in records]
    assert again == [one.annotations[0].label for one in records]


def test_write_scenes__same_seed_same_scenes_and_boxes_inside(tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert write_scenes(tmp_path / name, count=5, seed=7) == 5
    bodies = [json.loads((tmp_path / name / "annotations.json").read_text()) for name in ("one", "two")]
    assert bodies[0] == bodies[1]
    assert len(bodies[0]["annotations"]) >= 5
    for annotation in bodies[0]["annotations"]:
        x, y, width, height = annotation["bbox"]
        assert 0 <= x < x + width <= SCENE_SIZE
        assert 0 <= y < y + height <= SCENE_SIZE
