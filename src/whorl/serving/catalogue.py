"""The catalogue: flagged answers in groups that look alike, each with a name in words. Pure; runs in a child process.

Images are grouped by their features: bottom-up, by mean distance, with as many groups as the silhouette likes best.
A group is named after what is commoner inside than outside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from whorl.models.types import FloatArray

MOST_MEMBERS: Final = 2000
MOST_GROUPS: Final = 12
SMALLEST: Final = 2
_CLEAR: Final = 0.08
_ODD_SHARE: Final = 0.2
_FEW: Final = 4
_DIRECTIONS: Final = 32
_SURPLUS: Final = 0.25
_TYPICAL_SHARE: Final = 0.5
_MOST_TRAITS: Final = 3


@dataclass(frozen=True, slots=True)
class Member:
    """A flagged answer, as the catalogue sees it.

    Args:
        prediction_id: Names it.
        kinds: Of the rules that flagged it.
        labels: Of the answer, one per object.
        traits: What may name a group, such as ``("camera", "3")`` or ``("image", "dark")``.
        is_wrong: Somebody said so.
    """

    prediction_id: str
    kinds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    traits: tuple[tuple[str, str], ...] = ()
    is_wrong: bool = False
    item_id: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Answers that look alike; ``examples`` and ``item_ids`` begin with the most typical."""

    title: str
    size: int
    kinds: dict[str, int]
    labels: dict[str, int]
    metadata: dict[str, dict[str, int]]
    wrong: int
    examples: list[str] = field(default_factory=list)
    item_ids: list[str] = field(default_factory=list)


def cluster(features: FloatArray) -> NDArray[np.int64]:
    """(n,) group numbers of (n, d) features, the largest group first; -1 for what belongs to no group.

    One group when nothing stands apart, or there are fewer than four. The same features give the same groups. A few
    very odd ones (a test picture, a broken camera) do not hide the groups of the others.
    """
    numbers = _cluster_once(features)
    usual = np.flatnonzero(numbers == 0)
    odd = len(features) - len(usual)
    if not 0 < odd <= _ODD_SHARE * len(features):
        return numbers
    # The odd ones took up the whole scale: the rest is looked at by itself.
    inside = cluster(features[usual])
    joined = np.where(numbers > 0, numbers + int(inside.max()), numbers)
    joined[usual] = inside
    return _by_size(joined)


def _cluster_once(features: FloatArray) -> NDArray[np.int64]:
    count = len(features)
    if count < _FEW:
        return np.zeros(count, np.int64)
    reduced = _reduce(np.asarray(features, np.float64))
    if not reduced.any():
        return np.zeros(count, np.int64)
    # Late: scikit-learn takes a second to import, and this runs in a child process.
    from sklearn.cluster import AgglomerativeClustering
    from sklearn.metrics import silhouette_score

    best, clarity = np.zeros(count, np.int64), _CLEAR
    for groups in range(2, min(MOST_GROUPS, count // 2) + 1):
        found = AgglomerativeClustering(n_clusters=groups, linkage="ward").fit_predict(reduced)
        score = float(silhouette_score(reduced, found))
        # A little better is no reason for one group more to read.
        if score > clarity + 0.01:
            best, clarity = np.asarray(found, np.int64), score
    return _by_size(best)


def describe_groups(
    members: Sequence[Member],
    features: FloatArray,
    *,
    outside: Sequence[Member] = (),
    examples: int = 12,
) -> list[Group]:
    """Group members and give each group a name, the largest first; what stands alone is in none.

    Args:
        members: At most 2,000, with a row of ``features`` each.
        outside: Answers that were not flagged, for comparing.
        examples: Most examples of a group.
    """
    if not members:
        return []
    numbers = cluster(features)
    groups = []
    for number in sorted(set(numbers.tolist()) - {-1}):
        inside = np.flatnonzero(numbers == number)
        typical = inside[np.argsort(_off_centre(features[inside]), kind="stable")]
        those = [members[i] for i in typical]
        others = [*(one for i, one in enumerate(members) if numbers[i] != number), *outside]
        groups.append(_group(those, others, examples))
    return groups


def title_of(inside: Sequence[Member], outside: Sequence[Member]) -> tuple[str, dict[str, dict[str, int]]]:
    """What the answers inside share that those outside do not, in words and by name; else what most of them are."""
    traits = _surplus(inside, outside)
    found: dict[str, dict[str, int]] = {}
    for name, value, count, _ in traits:
        found.setdefault(name, {})[value] = count
    words = [_words(name, value) for name, value, _, _ in traits[:_MOST_TRAITS]]
    if words:
        return ", ".join(words), found
    labels = Counter(label for one in inside for label in set(one.labels))
    if not labels:
        return "answers with nothing found", found
    label, count = min(labels.items(), key=lambda pair: (-pair[1], pair[0]))
    return (f"answered {label}" if count >= len(inside) / 2 else "mixed answers"), found


def _group(inside: Sequence[Member], outside: Sequence[Member], examples: int) -> Group:
    title, metadata = title_of(inside, outside)
    shown = {name: values for name, values in metadata.items() if name not in ("label", "image")}
    return Group(
        title=title,
        size=len(inside),
        kinds=_counts(kind for one in inside for kind in one.kinds),
        labels=_counts(label for one in inside for label in one.labels),
        metadata=shown,
        wrong=sum(one.is_wrong for one in inside),
        examples=[one.prediction_id for one in inside[:examples]],
        item_ids=list(dict.fromkeys(one.item_id for one in inside if one.item_id is not None)),
    )


def _surplus(inside: Sequence[Member], outside: Sequence[Member]) -> list[tuple[str, str, int, float]]:
    """Traits that half of the inside has and far fewer of the outside: name, value, count inside, difference."""
    within, without = _trait_counts(inside), _trait_counts(outside)
    found = []
    for (name, value), count in within.items():
        share = count / len(inside)
        # One imagined answer outside has the trait: with a handful to compare, nothing is quite without it.
        elsewhere = (without.get((name, value), 0) + 0.5) / (len(outside) + 1)
        if share >= _TYPICAL_SHARE and count >= SMALLEST and share - elsewhere >= _SURPLUS:
            found.append((name, value, count, share - elsewhere))
    return sorted(found, key=lambda one: (-round(one[3], 6), one[0], one[1]))


def _trait_counts(members: Sequence[Member]) -> Counter[tuple[str, str]]:
    return Counter(
        trait for one in members for trait in {*one.traits, *(("label", label) for label in set(one.labels))}
    )


def _words(name: str, value: str) -> str:
    if name == "image":
        return value
    return f"answered {value}" if name == "label" else f"{name} {value}"


def _counts(values: object) -> dict[str, int]:
    assert hasattr(values, "__iter__")
    return dict(sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0])))


def _reduce(features: NDArray[np.float64]) -> NDArray[np.float64]:
    centred = features - features.mean(axis=0)
    values, vectors = np.linalg.eigh(centred @ centred.T)
    keep = np.argsort(-values, kind="stable")[: min(_DIRECTIONS, len(features) - 1)]
    return np.asarray(vectors[:, keep] * np.sqrt(np.maximum(values[keep], 0)))


def _off_centre(features: FloatArray) -> NDArray[np.float64]:
    wide = np.asarray(features, np.float64)
    return np.asarray(np.linalg.norm(wide - wide.mean(axis=0), axis=1))


def _by_size(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number the groups anew by size, then by their first member; groups of one become -1, and -1 stays."""
    firsts = {number: int(np.flatnonzero(numbers == number)[0]) for number in set(numbers.tolist()) - {-1}}
    sizes = Counter(numbers.tolist())
    order = sorted(firsts, key=lambda number: (-sizes[number], firsts[number]))
    table = {-1: -1} | {old: (new if sizes[old] >= SMALLEST else -1) for new, old in enumerate(order)}
    return np.array([table[number] for number in numbers.tolist()], np.int64)


def traits_of(metadata: Mapping[str, object], health: Sequence[str] = ()) -> tuple[tuple[str, str], ...]:
    """What may name a group: the caller's metadata with few words, and words about the image such as ``dark``."""
    given = [
        (name, str(value)) for name, value in metadata.items() if isinstance(value, str | int | bool) and str(value)
    ]
    return tuple([(name, value) for name, value in given if len(value) <= 60] + [("image", word) for word in health])
