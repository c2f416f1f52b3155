"""What nodes for people ask of them, by their parameters."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from whorl.pipelines.nodes.classify import ClassifyNode, ClassifyParams
from whorl.pipelines.nodes.label import LabelNode, LabelParams
from whorl.pipelines.nodes.merge_crops import MergeCropsParams
from whorl.pipelines.nodes.validate import ValidateNode, ValidateParams
from whorl.schemas.tasks import TaskWork

WHERE = {"dataset": "dst_x", "task": "t"}


def test_label__narrow_parameters_become_the_work() -> None:
    given = {"mode": "fix_geometry", "labels": "car", "model": "mdl_x", "min_confidence": 0.4, "skills": ["cars"]}
    params = LabelParams.model_validate(WHERE | given)
    expected = TaskWork(mode="fix_geometry", labels=["car"], model_id="mdl_x", min_confidence=0.4, skills=["cars"])
    assert LabelNode().work(params) == expected
    assert LabelNode().work(LabelParams.model_validate(WHERE)) == TaskWork()


def test_people__a_variable_of_text_or_none_names_labels_and_skills() -> None:
    params = ClassifyParams.model_validate(WHERE | {"skills": "cars"})
    assert ClassifyNode().work(params) == TaskWork(skills=["cars"])
    assert LabelNode().work(LabelParams.model_validate(WHERE | {"labels": None})) == TaskWork()
    asked = ValidateParams.model_validate(WHERE | {"skills": ["cars", "trucks"], "model": "mdl_x"})
    assert ValidateNode().work(asked) == TaskWork(skills=["cars", "trucks"])


@pytest.mark.parametrize("given", [{"mode": "dream"}, {"skills": [" "]}, {"min_confidence": 2}, {"labels": [""]}])
def test_label__bad_parameters(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        LabelParams.model_validate(WHERE | given)


def test_merge_crops__no_object_is_for_what_people_say() -> None:
    assert MergeCropsParams.model_validate({"no_object": "nothing"}).no_object == ("nothing",)
    with pytest.raises(ValidationError, match="no_object is for what people say"):
        MergeCropsParams.model_validate({"no_object": ["nothing"], "layer": "prediction"})
