"""Which strategy suits what is known: the choice behind ``auto``, with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from whorl.base.errors import JsonValue

AUTO = "auto"
FEW_FOR_DETECTORS = 500
"""Labelled images below which no published method reliably beats chance for detectors."""
_HUGE_BUDGET = 5_000
_HUGE_POOL = 50_000


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known before anything is chosen.

    Attributes:
        n_pool: Items to choose from.
        budget: Items that may be chosen.
        n_labelled: Items that are labelled already.
        task: What the labels are: classes of images, or objects in them (boxes, masks); None before any label.
        has_vectors: The items are embedded.
        has_probabilities: A model gives class probabilities.
        has_boxes: A model finds objects, each with a confidence.
        is_foreign_model: The model learned from none of the labels that count here: it is taken to images it does not
            know.
        has_groups: The items have sources (a camera, a video).
        has_examples: Items to look alike are given.
        has_target: A wished share of each class is given.
    """

    n_pool: int
    budget: int
    n_labelled: int = 0
    task: Literal["classes", "objects"] | None = None
    has_vectors: bool = True
    has_probabilities: bool = False
    has_boxes: bool = False
    is_foreign_model: bool = False
    has_groups: bool = False
    has_examples: bool = False
    has_target: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A strategy by name, with its parameters and the sentence that says why."""

    name: str
    params: dict[str, JsonValue] = field(default_factory=dict)
    why: str = ""


def choose_strategy(facts: Facts) -> Choice:
    """Choose the strategy for a pool; what the user asked for by example or by target comes first."""
    asked = _asked(facts)
    if asked is not None:
        return asked
    if not facts.has_vectors:
        return _blind(facts)
    if facts.task == "objects" or facts.has_boxes:
        return _for_detectors(facts)
    if facts.n_labelled == 0:
        return _cold(facts)
    if facts.has_probabilities and facts.budget >= _HUGE_BUDGET and facts.n_pool >= _HUGE_POOL:
        return Choice(
            "cluster_margin",
            why=f"A batch of {facts.budget:,} is too large to weigh item by item: the least sure of each cluster in "
            "turn, small clusters first.",
        )
    if facts.is_foreign_model and facts.has_probabilities:
        return _adapting(facts)
    sure = (
        "weighs how unsure the model is against what its neighbours say already"
        if facts.has_probabilities
        else "covers what lies far from every label, since no model with class probabilities is at hand"
    )
    return Choice("herding", why=f"{facts.n_labelled:,} labelled images: {sure}; it grows bolder with every label.")


def _asked(facts: Facts) -> Choice | None:
    if facts.has_examples:
        return Choice("similarity", why="Examples were given: what looks like them, and unlike each other.")
    if facts.has_target and facts.has_probabilities:
        return Choice("class_balance", why="A share of each class was wished for: the model's guesses fill it up.")
    return None


def _blind(facts: Facts) -> Choice:
    if facts.has_groups:
        return Choice("stratified", why="Nothing tells the images apart but their source: evenly from each.")
    return Choice("random", why="Nothing tells the images apart: at random.")


def _for_detectors(facts: Facts) -> Choice:
    if facts.n_labelled < FEW_FOR_DETECTORS:
        return Choice(
            "detection",
            why=f"{facts.n_labelled:,} labelled images with objects: below {FEW_FOR_DETECTORS} no method reliably "
            "beats chance for detectors, so images are spread over the sources and unlike each other.",
        )
    if facts.has_boxes:
        return Choice("detection", why="A detector is at hand: images with doubtful objects, unlike each other.")
    return Choice("herding", why="No detector is at hand: covers what lies far from every labelled image.")


def _cold(facts: Facts) -> Choice:
    if facts.has_probabilities:
        return _adapting(facts)
    # Not typical, however small the budget: with 20 labels on crops of fruit it fell below chance, and herding did not.
    return Choice("herding", why="No label and no model yet: the images that stand for as many others as can be.")


def _adapting(facts: Facts) -> Choice:
    which = "No label here yet" if facts.n_labelled == 0 else f"{facts.n_labelled:,} labels that the model never saw"
    return Choice(
        "margin",
        why=f"{which}, and a model from elsewhere: what it is least sure of. Train it with its old data and these.",
    )
