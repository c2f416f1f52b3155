"""A stranger's labels as the project's: which becomes which, which is left out, and what to propose. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from whorl.base.errors import InvalidInput, JsonValue, UnknownLabel
from whorl.models.types import (
    ClassProbabilities,
    Detections,
    FloatArray,
    Instances,
    LabelScores,
    Prediction,
    Segmentation,
)
from whorl.ontology.rules import nearest_names

OTHERS = "*"
NOTHING = frozenset({"background", "__background__", "bg", "void", "unlabeled", "unlabelled", "ignore", "n/a"})
LabelsMap = Mapping[str, str | None]


def propose_map(own: Sequence[str], known: Sequence[str]) -> dict[str, str | None]:
    """For each of a model's labels the known one of the same name, else the nearest, else None; no case, no plural."""
    by_name = {_bare(name): name for name in reversed(known)}
    proposed: dict[str, str | None] = {}
    for label in own:
        same = label if label in known else by_name.get(_bare(label))
        near = nearest_names(label, known) if same is None and label.lower() not in NOTHING else []
        proposed[label] = same or (near[0] if near else None)
    return proposed


def settle_map(own: Sequence[str], known: Sequence[str], given: LabelsMap, *, is_open: bool) -> dict[str, str | None]:
    """Which known label each of a model's labels becomes; None leaves it out.

    Args:
        given: What the caller says; ``*`` speaks for all that have no place otherwise.
        is_open: The ontology takes in labels that it does not have.

    Raises:
        InvalidInput: The map names a label that the model does not have, or leaves nothing over.
        UnknownLabel: A label stands neither in the map nor in the ontology; the details hold a proposal.
    """
    strange = [name for name in given if name != OTHERS and name not in own]
    if strange:
        raise InvalidInput(
            f"the map names {strange[0]!r}, which the model does not say; it says {_listed(own)}",
            hint="Write MODEL_LABEL=LABEL.",
        )
    settled: dict[str, str | None] = {}
    for label in own:
        if label in given:
            settled[label] = given[label]
        elif label in known or (is_open and label.lower() not in NOTHING):
            settled[label] = label
        elif OTHERS in given or label.lower() in NOTHING:
            settled[label] = given.get(OTHERS)
    unknown = [label for label in own if label not in settled]
    wrong = [] if is_open else [one for one in settled.values() if one is not None and one not in known]
    if unknown or wrong:
        raise _unknown(unknown or wrong, own, known)
    if not any(settled.values()):
        raise InvalidInput("the map leaves out every label of the model", hint=f"Keep at least one of {_listed(own)}.")
    return settled


def mapped_labels(settled: LabelsMap) -> tuple[str, ...]:
    """The labels that come out, in the order of the model's, each once."""
    return tuple(dict.fromkeys(one for one in settled.values() if one is not None))


def map_prediction(found: Prediction, settled: LabelsMap, labels: tuple[str, ...]) -> Prediction:
    """A prediction in a model's own labels as one in the project's.

    Probabilities of labels that become one add up, and are scaled to one after others were left out; the score of
    several labels that become one is the best of theirs.
    """
    if isinstance(found, ClassProbabilities):
        return ClassProbabilities(labels, _summed(found, settled, labels))
    if isinstance(found, LabelScores):
        best = np.zeros(len(labels), np.float32)
        for label, score in zip(found.labels, found.scores, strict=True):
            target = settled.get(label)
            if target is not None:
                best[labels.index(target)] = max(best[labels.index(target)], score)
        return LabelScores(labels, best)
    if isinstance(found, Segmentation):
        return _pixels(found, settled, labels)
    kept = [number for number, label in enumerate(found.labels) if settled.get(label) is not None]
    names = tuple(str(settled[found.labels[number]]) for number in kept)
    if isinstance(found, Instances):
        masks = tuple(found.masks[number] for number in kept)
        return Instances(found.boxes[kept], found.scores[kept], names, masks)
    return Detections(found.boxes[kept], found.scores[kept], names)


def parse_map(given: Mapping[str, JsonValue]) -> dict[str, str | None]:
    """Read a map of labels from JSON.

    Raises:
        InvalidInput: A value is neither a label nor null.
    """
    for name, value in given.items():
        if value is not None and (not isinstance(value, str) or not value):
            raise InvalidInput(f"labels_map: {name!r} becomes {value!r}", hint="Give a label, or null to leave it out.")
    return {name: value if isinstance(value, str) else None for name, value in given.items()}


def _summed(found: ClassProbabilities, settled: LabelsMap, labels: tuple[str, ...]) -> FloatArray:
    total = np.zeros(len(labels), np.float32)
    for label, share in zip(found.labels, found.probabilities, strict=True):
        target = settled.get(label)
        if target is not None:
            total[labels.index(target)] += share
    whole = float(total.sum())
    # All it believes in was left out: nothing is likelier than anything else.
    return np.asarray(total / whole if whole > 0 else np.full(len(labels), 1 / len(labels)), np.float32)


def _pixels(found: Segmentation, settled: LabelsMap, labels: tuple[str, ...]) -> Segmentation:
    table = np.zeros(256, np.uint8)
    counts = np.bincount(found.classes.ravel(), minlength=len(found.labels) + 1)
    sums, pixels = np.zeros(len(labels)), np.zeros(len(labels))
    for number, label in enumerate(found.labels, start=1):
        target = settled.get(label)
        if target is not None:
            place = labels.index(target)
            table[number] = place + 1
            sums[place] += float(found.confidence[number - 1]) * counts[number]
            pixels[place] += counts[number]
    return Segmentation(labels, table[found.classes], np.asarray(sums / np.maximum(pixels, 1), np.float32))


def _unknown(unknown: Sequence[str], own: Sequence[str], known: Sequence[str]) -> UnknownLabel:
    proposed = propose_map(own, known)
    pairs = [f"{label}={proposed[label]}" for label in unknown if proposed.get(label)][:4]
    offer = " ".join(f"--map {pair}" for pair in pairs)
    missing: list[JsonValue] = [*unknown[:200]]
    details: dict[str, JsonValue] = {
        "unknown": missing,
        "proposed": {label: proposed[label] for label in list(proposed)[:200]},
    }
    return UnknownLabel(
        f"the ontology lacks {_listed(unknown)}; it has {_listed(known)}",
        hint=(f"Map them: {offer}; " if offer else "Map them with --map MODEL_LABEL=LABEL; ")
        + "an empty LABEL leaves one out, and --map '*=' all others.",
        details=details,
    )


def _bare(name: str) -> str:
    bare = "".join(one for one in name.lower() if one.isalnum())
    return bare.removesuffix("s") or name


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(map(repr, names[:10]))
    return (f"{shown} and {len(names) - 10} more" if len(names) > 10 else shown) or "no labels"
