"""What a look before a training warns of."""

import pytest

from whorl.models import checking
from whorl.models.types import Task
from whorl.schemas.records import Subset


@pytest.mark.parametrize(
    ("task", "is_warned"),
    [
        (Task.CLASSIFICATION, True),
        (Task.MULTI_LABEL, True),
        (Task.DETECTION, False),
        (Task.INSTANCE_MASKS, False),
        (Task.SEMANTIC_MASKS, False),
    ],
)
def test_one_label__is_enough_where_something_has_to_be_found(task: Task, is_warned: bool) -> None:
    found = checking._Found(40, [("nucleus",)] * 40, [100] * 40)
    subsets = {Subset.TRAIN: found, Subset.VALIDATION: found, Subset.TEST: found}
    codes = [one.code for one in checking._warnings(found, subsets, ["nucleus"], task)]
    assert ("one_label" in codes) is is_warned
