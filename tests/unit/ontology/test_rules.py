"""Decisions about ontologies."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from pydantic import ValidationError

from whorl.base.errors import InvalidInput, JsonValue, UnknownLabel
from whorl.ontology.rules import (
    Compatibility,
    check_attributes,
    check_known,
    check_ontology,
    classify_change,
    nearest_names,
    with_colors,
    with_labels,
)
from whorl.schemas.ontology import Attribute, AttributeType, Label, OntologyDraft

SIDE = Attribute(name="side", type=AttributeType.CHOICE, choices=["left", "right"], labels=["car"])
BASE = OntologyDraft(labels=[Label(name="car"), Label(name="truck")], attributes=[SIDE])


def _with(**changes: object) -> OntologyDraft:
    return BASE.model_copy(update=changes)


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (BASE, Compatibility.SAME),
        (_with(labels=[*BASE.labels, Label(name="bus", parent="truck")]), Compatibility.MINOR),
        (_with(labels=[Label(name="car", color="#ff0000"), Label(name="truck")]), Compatibility.MINOR),
        (_with(is_open=True), Compatibility.MINOR),
        (_with(attributes=[SIDE, Attribute(name="note", type=AttributeType.TEXT)]), Compatibility.MINOR),
        (_with(attributes=[SIDE.model_copy(update={"choices": ["left", "right", "top"]})]), Compatibility.MINOR),
        (_with(attributes=[SIDE.model_copy(update={"labels": ["car", "truck"]})]), Compatibility.MINOR),
        (_with(attributes=[SIDE.model_copy(update={"labels": []})]), Compatibility.MINOR),
        (_with(labels=[Label(name="car")]), Compatibility.MAJOR),
        (_with(labels=[Label(name="car", parent="truck"), Label(name="truck")]), Compatibility.MAJOR),
        (_with(attributes=[]), Compatibility.MAJOR),
        (_with(attributes=[SIDE.model_copy(update={"choices": ["left"]})]), Compatibility.MAJOR),
        (_with(attributes=[SIDE.model_copy(update={"labels": ["truck"]})]), Compatibility.MAJOR),
        (_with(attributes=[Attribute(name="side", type=AttributeType.TEXT)]), Compatibility.MAJOR),
    ],
)
def test_classify_change(new: OntologyDraft, expected: Compatibility) -> None:
    assert classify_change(BASE, new) is expected


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([Label(name="a"), Label(name="a")], "'a' is there twice"),
        ([Label(name="a", parent="b")], "parent 'b', which is not a label"),
        ([Label(name="a", parent="b"), Label(name="b", parent="a")], "'a' is below itself"),
        ([Label(name="a", parent="a")], "'a' is below itself"),
        ([Label(name="c", parent="a"), Label(name="a", parent="b"), Label(name="b", parent="a")], "below itself"),
    ],
)
def test_check_ontology__labels(labels: list[Label], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        check_ontology(OntologyDraft(labels=labels))


def test_check_ontology__attribute_of_no_label() -> None:
    with pytest.raises(InvalidInput, match="'side' applies to 'car'"):
        check_ontology(OntologyDraft(attributes=[SIDE]))


def test_attribute__choices_only_for_choice() -> None:
    with pytest.raises(ValidationError, match="choices are given for type choice"):
        Attribute(name="x", type=AttributeType.TEXT, choices=["a"])
    with pytest.raises(ValidationError, match="choices are given for type choice"):
        Attribute(name="x", type=AttributeType.CHOICE)


def test_check_known__says_what_is_known_and_nearest() -> None:
    check_known(["car"], ["car", "truck"])
    with pytest.raises(UnknownLabel, match="unknown label 'Car'; the ontology has: car, truck") as caught:
        check_known(["car", "Car"], ["truck", "car"])
    assert caught.value.hint == "Did you mean 'car'?"
    with pytest.raises(UnknownLabel, match="no labels yet"):
        check_known(["x"], [])


def test_nearest_names() -> None:
    assert nearest_names("Platelet", ["WBC", "Platelets", "RBC"]) == ["Platelets"]
    assert nearest_names("zebra", ["WBC", "RBC"]) == []


def test_with_labels__adds_the_missing_in_order_with_colors() -> None:
    made = with_labels(BASE, ["bus", "car", "van", "bus"])
    assert [label.name for label in made.labels] == ["car", "truck", "bus", "van"]
    assert all(label.color for label in made.labels[2:])
    assert made.attributes == BASE.attributes


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (AttributeType.TEXT, "x", 1),
        (AttributeType.NUMBER, 1.5, True),
        (AttributeType.FLAG, False, "no"),
        (AttributeType.NUMBER, None, "1"),
    ],
)
def test_check_attributes__type(kind: AttributeType, good: JsonValue, bad: JsonValue) -> None:
    defined = [Attribute(name="a", type=kind)]
    check_attributes("car", {"a": good, "unknown to the ontology": 1}, defined)
    with pytest.raises(InvalidInput, match=f"attribute 'a' of label 'car' is {bad!r}; allowed: {kind.value}"):
        check_attributes("car", {"a": bad}, defined)


def test_check_attributes__choice_and_label() -> None:
    check_attributes("car", {"side": "left"}, [SIDE])
    with pytest.raises(InvalidInput, match="is 'top'; allowed: left, right"):
        check_attributes("car", {"side": "top"}, [SIDE])
    with pytest.raises(InvalidInput, match="does not apply to label 'truck'"):
        check_attributes("truck", {"side": "left"}, [SIDE])


def test_with_colors__given_and_former_colors_stay_and_new_ones_differ() -> None:
    before = OntologyDraft(labels=[Label(name="car", color="#56b4e9"), Label(name="bus", color="#000001")])
    draft = OntologyDraft(labels=[Label(name="tram"), Label(name="car"), Label(name="bus", color="#E69F00")])
    assert [label.color for label in with_colors(draft, before).labels] == ["#009e73", "#56b4e9", "#E69F00"]


def test_with_colors__a_hundred_labels_have_a_hundred_colors() -> None:
    draft = OntologyDraft(labels=[Label(name=f"class {number}") for number in range(100)])
    colors = [label.color for label in with_colors(draft, OntologyDraft()).labels]
    assert len(set(colors)) == 100


def test_with_colors__twenty_labels_can_be_told_apart() -> None:
    draft = OntologyDraft(labels=[Label(name=f"label {number}") for number in range(20)])
    colors = [str(label.color) for label in with_colors(draft, OntologyDraft()).labels]
    pixels = np.array([[[int(color[at : at + 2], 16) for at in (1, 3, 5)] for color in colors]], np.uint8)
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[0]
    apart = np.linalg.norm(lab[:, None] - lab[None], axis=2) + 1000 * np.eye(len(lab))
    assert apart.min() > 20, "two colours are closer than what people tell apart in a small shape"
