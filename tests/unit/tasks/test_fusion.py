"""Several answers to one item become one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whorl.schemas.annotations import Box, ClassTag, Points, Polygon
from whorl.tasks.fusion import Answer, Fused, Statement, fuse_answers


def cls(label: str) -> Statement:
    return Statement(label, ClassTag())


def box(x: float, label: str = "car", *, size: float = 100, **more: object) -> Statement:
    return Statement(label, Box(x0=x, y0=0, x1=x + size, y1=size), **more)  # type: ignore[arg-type]


def fuse(*answers: list[Statement] | None, min_iou: float = 0.5) -> Fused:
    return fuse_answers([Answer(f"per_{k}", one) for k, one in enumerate(answers)], min_iou=min_iou)


def said(fused: Fused) -> list[tuple[str, float]]:
    assert fused.statements is not None
    return [(one.statement.label, round(one.support, 3)) for one in fused.statements]


def test_classes__majority() -> None:
    fused = fuse([cls("cat")], [cls("cat")], [cls("dog")])
    assert said(fused) == [("cat", 0.667)]
    assert fused.agreement == pytest.approx(2 / 3)
    assert not fused.is_tied


@pytest.mark.parametrize(
    ("answers", "agreement"),
    [
        ([[cls("cat")], [cls("dog")]], 0.5),
        ([[cls("cat")], []], 0.5),
        ([[cls("cat")], [cls("dog")], [cls("cow")]], 1 / 3),
        ([[cls("cat")], [cls("cat")], [cls("dog")], [cls("dog")]], 0.5),
    ],
)
def test_classes__a_tie_keeps_nothing_and_says_so(answers: list[list[Statement]], agreement: float) -> None:
    fused = fuse(*answers)
    assert fused.statements == ()
    assert fused.is_tied
    assert fused.agreement == pytest.approx(agreement)


def test_classes__the_largest_group_is_no_majority() -> None:
    fused = fuse([cls("cat")], [cls("cat")], [cls("dog")], [cls("cow")])
    assert (fused.statements, fused.agreement, fused.is_tied) == ((), 0.5, False)


def test_classes__where_several_are_given_each_counts_by_itself() -> None:
    fused = fuse([cls("wet"), cls("dark")], [cls("wet")], [cls("wet"), cls("dark")])
    assert said(fused) == [("wet", 1.0), ("dark", 0.667)]
    assert fused.agreement == pytest.approx((1 + 2 / 3) / 2)


def test_empty__all_say_that_nothing_is_there() -> None:
    assert fuse([], [], []) == Fused((), 1.0, is_tied=False)


def test_empty__one_of_three_saw_nothing() -> None:
    fused = fuse([box(0)], [box(2)], [])
    assert said(fused) == [("car", 0.667)]
    assert fused.agreement == pytest.approx(2 / 3)


def test_boxes__that_one_of_three_drew_is_left_out() -> None:
    fused = fuse([box(0), box(500)], [box(0)], [box(0)])
    assert said(fused) == [("car", 1.0)]
    assert fused.agreement == pytest.approx((1 + 2 / 3) / 2)
    assert not fused.is_tied


def test_boxes__that_one_of_two_drew_is_a_tie() -> None:
    fused = fuse([box(0), box(500)], [box(0)])
    assert said(fused) == [("car", 1.0)]
    assert fused.is_tied


def test_boxes__are_averaged_and_the_odd_one_counts_less() -> None:
    (kept,) = fuse([box(0)], [box(0)], [box(30)]).statements or ()
    assert isinstance(kept.statement.geometry, Box)
    # Plain: 10. The box at 30 overlaps the others less, so it weighs less.
    assert 5 < kept.statement.geometry.x0 < 10
    assert kept.statement.geometry.x1 == pytest.approx(kept.statement.geometry.x0 + 100)


def test_boxes__of_one_person_are_never_one_object() -> None:
    fused = fuse([box(0), box(5)], [box(0), box(5)], [box(0), box(5)])
    assert said(fused) == [("car", 1.0), ("car", 1.0)]


def test_boxes__labels_are_voted_within_an_object() -> None:
    fused = fuse([box(0, "car")], [box(1, "car")], [box(2, "bus")])
    assert said(fused) == [("car", 0.667)]
    split = fuse([box(0, "car")], [box(1, "van")], [box(2, "bus")])
    assert (split.statements, split.is_tied) == ((), True)


def test_boxes__less_overlap_than_asked_for_are_two_objects() -> None:
    assert fuse([box(0)], [box(60)], [box(0)], min_iou=0.5).agreement == pytest.approx(2 / 3)


def test_shapes__of_mixed_kinds_are_one_object_of_the_kind_most_drew() -> None:
    ring = Polygon(rings=[[(0, 0), (100, 0), (100, 100), (0, 100)]])
    (kept,) = fuse([Statement("car", ring)], [box(0)], [Statement("car", ring)]).statements or ()
    assert kept.statement.geometry == ring
    assert kept.support == 1.0


def test_shapes__other_than_boxes_the_one_in_the_middle_is_taken() -> None:
    def ring(x: float) -> Polygon:
        return Polygon(rings=[[(x, 0), (x + 100, 0), (x + 100, 100), (x, 100)]])

    (kept,) = fuse(*([Statement("car", ring(x))] for x in (0, 10, 20))).statements or ()
    assert kept.statement.geometry == ring(10)


def test_points__that_are_near_are_one() -> None:
    fused = fuse(*([Statement("eye", Points(points=[(x, 50)]))] for x in (50, 51, 90)))
    assert said(fused) == [("eye", 0.667)]


def test_attributes_and_origin__what_more_than_half_say() -> None:
    one = box(0, attributes={"parked": True, "plate": "a"}, from_prediction="ann_p")
    other = box(0, attributes={"parked": True, "plate": "b"})
    (kept,) = fuse([one], [one], [other]).statements or ()
    assert kept.statement.attributes == {"parked": True, "plate": "a"}
    assert kept.statement.from_prediction == "ann_p"
    (kept,) = fuse([one], [other]).statements or ()
    assert kept.statement.attributes == {"parked": True}
    assert kept.statement.from_prediction is None


def test_discards__of_a_majority_hold_and_a_single_one_lowers_the_agreement() -> None:
    assert fuse(None, None, [box(0)]) == Fused(None, 2 / 3, is_tied=False)
    fused = fuse(None, [box(0)], [box(0)])
    assert said(fused) == [("car", 1.0)]
    assert fused.agreement == pytest.approx(2 / 3)
    assert fuse(None, [box(0)]).is_tied


def test_no_answer_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="no answers"):
        fuse()


_BOXES = st.lists(st.builds(box, st.integers(0, 600), st.sampled_from(["car", "bus"])), max_size=4)


@given(st.lists(_BOXES, min_size=1, max_size=5))
def test_fused__lies_within_its_bounds(answers: list[list[Statement]]) -> None:
    fused = fuse(*answers)
    assert 0 <= fused.agreement <= 1
    assert fused.statements is not None
    assert all(0.5 < one.support <= 1 for one in fused.statements)
    # Each that is kept has more than half of the votes.
    assert len(fused.statements) * len(answers) <= 2 * sum(len(one) for one in answers)


@given(_BOXES, st.integers(1, 5))
def test_fused__the_same_answer_from_everybody_is_the_answer(answer: list[Statement], people: int) -> None:
    fused = fuse(*([answer] * people))
    assert fused.agreement == 1
    assert [one.statement for one in fused.statements or ()] == answer
