"""When an assistant learns, what it is for, and when it gives up."""

from __future__ import annotations

from typing import Any

import pytest

from whorl.assistants.rules import (
    choose_kind,
    is_held_out,
    is_hopeless,
    longest_training_s,
    measure_progress,
    training_params,
)
from whorl.base.errors import InvalidInput
from whorl.schemas.assistants import AssistantCreate
from whorl.schemas.ontology import Tool


@pytest.mark.parametrize(
    ("wish", "kind", "seen", "finished", "needed", "share"),
    [
        ({}, "box", 0, 4, 10, 0.4),
        ({}, "class", 0, 20, 20, 1.0),
        ({"first_items": 1}, "box", 0, 0, 1, 0.0),
        ({}, "box", 10, 10, 15, 0.0),
        ({}, "box", 10, 15, 15, 1.0),
        ({}, "box", 100, 125, 150, 0.5),
        # Never fewer than five more, however small the share; and work taken back does not count below nothing.
        ({"again_after": 0.01}, "box", 100, 103, 105, 0.6),
        ({}, "box", 10, 7, 15, 0.0),
        ({"again_after": 0.1}, "box", 70, 70, 77, 0.0),
    ],
)
def test_progress(wish: dict[str, Any], kind: Any, seen: int, finished: int, needed: int, share: float) -> None:
    told = measure_progress(AssistantCreate.model_validate(wish), kind, n_seen=seen, n_finished=finished)
    assert (told.n_needed, told.share, told.is_due) == (needed, pytest.approx(share), share >= 1)


@pytest.mark.parametrize(
    ("wanted", "tools", "kind"),
    [
        (None, [Tool.BOX], "box"),
        (None, [Tool.CLASS], "class"),
        (None, [Tool.POLYGON, Tool.CLASS], "mask"),
        (None, [Tool.MASK, Tool.BOX], "box"),
        ("mask", [], "mask"),
        ("class", [Tool.CLASS, Tool.BOX], "class"),
    ],
)
def test_kind__as_asked_or_as_the_recipe_says(wanted: Any, tools: list[Tool], kind: str) -> None:
    assert choose_kind(wanted, tools) == kind


@pytest.mark.parametrize(("wanted", "tools"), [(None, []), (None, [Tool.POINTS]), ("class", [Tool.BOX])])
def test_kind__that_cannot_be_told(wanted: Any, tools: list[Tool]) -> None:
    with pytest.raises(InvalidInput):
        choose_kind(wanted, tools)


@pytest.mark.parametrize(
    ("scores", "is_over"),
    [
        ([], False),
        ([0.0, 0.0], False),
        ([0.0, 0.05, 0.09], True),
        ([0.5, 0.0, 0.0, 0.0], True),
        ([0.0, 0.0, 0.1], False),
        ([0.0, None, 0.0], False),
        ([-0.2, 0.0, 0.0], True),
    ],
)
def test_gives_up__after_three_rounds_in_a_row(scores: list[float | None], is_over: bool) -> None:
    assert is_hopeless(scores) is is_over


def test_held_out__every_sixth_place() -> None:
    assert sum(is_held_out(key) for key in range(1, 61)) == 10


def test_budget__grows_with_what_there_is_and_is_the_persons_to_set() -> None:
    settings = AssistantCreate(budget_seconds=60)
    assert training_params(settings, "builtin:tinydet", 10)["budget_s"] == 30
    assert training_params(settings, "builtin:tinydet", 500)["budget_s"] == 60
    own = AssistantCreate(params={"budget_s": 5.0, "stride": 4})
    assert training_params(own, "builtin:tinydet", 10) | {"x": 1} == {
        "budget_s": 5.0,
        "validate_every": 0,
        "finetune": False,
        "stride": 4,
        "x": 1,
    }
    assert training_params(settings, "my.mod:Model", 10) == {}
    assert longest_training_s(settings, "my.mod:Model") == 60
    assert longest_training_s(settings, "builtin:tinydet") > 600
