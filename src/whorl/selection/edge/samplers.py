"""Samplers of a stream. Each keeps at most ``capacity`` images, in memory that grows with that number alone.

All are deterministic: chance comes from the images' priorities, which are hashes of their ids.
"""

from __future__ import annotations

import heapq
from collections import OrderedDict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput
from whorl.selection.edge.candidates import PASSED, Candidate, Vector, Verdict


class Reservoir:
    """A uniform sample: the images with the lowest priorities.

    Every image is kept with the same probability, ``threshold``: the lowest priority that was turned away. That makes
    1 / threshold an unbiased weight of each (bottom-k sampling; Duffield, Lund and Thorup 2007, JACM 54(6)), also when
    the capacity shrinks later or the samples of several devices are sampled again.

    Args:
        threshold: From an earlier life of the same window.
    """

    def __init__(self, capacity: int, *, threshold: float = 1.0) -> None:
        self.capacity = _check_capacity(capacity)
        self.threshold = threshold
        self._held: dict[str, Candidate] = {}
        self._worst: list[tuple[float, str]] = []

    def offer(self, candidate: Candidate) -> Verdict:
        """Keep the candidate, or turn it away; images that are no uniform sample themselves are always turned away."""
        if not candidate.is_uniform or candidate.priority >= self.threshold or candidate.id in self._held:
            return PASSED
        self._held[candidate.id] = candidate
        heapq.heappush(self._worst, (-candidate.priority, candidate.id))
        displaced = self.shrink(self.capacity)
        is_kept = candidate.id in self._held
        return Verdict(is_kept, tuple(one for one in displaced if one != candidate.id))

    def shrink(self, capacity: int) -> list[str]:
        """Keep at most so many from now on; gives the ids that go, highest priority first."""
        self.capacity = capacity
        gone: list[str] = []
        while len(self._held) > capacity:
            negative, item_id = heapq.heappop(self._worst)
            del self._held[item_id]
            self.threshold = -negative
            gone.append(item_id)
        return gone

    def fit_bytes(self, n_bytes: float, sizes: Mapping[str, int]) -> list[str]:
        """Keep the lowest priorities that fit into so many bytes together, but one at least; gives what goes."""
        total, n_fit = 0, 0
        for one in self.held():
            total += sizes[one.id]
            if total > n_bytes and n_fit:
                break
            n_fit += 1
        capacity = self.capacity
        gone = self.shrink(n_fit)
        self.capacity = capacity
        return gone

    def lower(self, threshold: float) -> list[str]:
        """Keep only what lies below a threshold from now on; gives what goes."""
        self.threshold = min(self.threshold, threshold)
        gone = [one.id for one in self.held() if one.priority >= self.threshold]
        self._held = {item_id: one for item_id, one in self._held.items() if one.priority < self.threshold}
        self._worst = [(-one.priority, one.id) for one in self._held.values()]
        heapq.heapify(self._worst)
        return gone

    def evict(self, ids: Set[str]) -> list[str]:
        """Let go of images that were taken away; what lies above the least of them goes too, and is given."""
        taken = [one.priority for item_id, one in self._held.items() if item_id in ids]
        if not taken:
            return []
        return [gone for gone in self.lower(min(taken)) if gone not in ids]

    def held(self) -> list[Candidate]:
        """What is kept, lowest priority first."""
        return sorted(self._held.values(), key=lambda one: one.priority)

    def probability_of(self, candidate: Candidate) -> float:
        """How likely it was that the candidate would be kept, through all the stages it came."""
        return min(self.threshold, candidate.probability)


class StratifiedReservoir:
    """A uniform sample of each stratum, with equal shares of the capacity.

    Strata are met as they come; with each new one the others' shares shrink. More strata than ``max_strata`` (half
    the capacity by default) share the last place.

    Args:
        thresholds: By stratum, from an earlier life of the same window.
    """

    REST = "…"

    def __init__(
        self, capacity: int, *, thresholds: dict[str, float] | None = None, max_strata: int | None = None
    ) -> None:
        self.capacity = _check_capacity(capacity)
        self._max_strata = max(1, capacity // 2 if max_strata is None else max_strata)
        self._strata: OrderedDict[str, Reservoir] = OrderedDict()
        for stratum, threshold in (thresholds or {}).items():
            self._strata[stratum] = Reservoir(capacity, threshold=threshold)
        self._share()

    @property
    def thresholds(self) -> dict[str, float]:
        """The threshold of each stratum."""
        return {stratum: one.threshold for stratum, one in self._strata.items()}

    def offer(self, candidate: Candidate) -> Verdict:
        """As ``Reservoir.offer``, within the candidate's stratum."""
        if not candidate.is_uniform:
            return PASSED
        stratum = self._place(candidate.stratum)
        displaced: list[str] = []
        if stratum not in self._strata:
            self._strata[stratum] = Reservoir(self.capacity)
            displaced = self._share()
        verdict = self._strata[stratum].offer(candidate)
        return Verdict(verdict.is_kept, (*displaced, *verdict.displaced))

    def shrink(self, capacity: int) -> list[str]:
        """As ``Reservoir.shrink``; a stratum keeps one image at least as long as the capacity has room for all."""
        self.capacity = capacity
        return self._share()

    def fit_bytes(self, n_bytes: float, sizes: Mapping[str, int]) -> list[str]:
        """As ``Reservoir.fit_bytes``, with equal shares of the bytes."""
        share = n_bytes / max(1, len(self._strata))
        return [gone for one in self._strata.values() for gone in one.fit_bytes(share, sizes)]

    def evict(self, ids: Set[str]) -> list[str]:
        """As ``Reservoir.evict``."""
        return [gone for one in self._strata.values() for gone in one.evict(ids)]

    def held(self) -> list[Candidate]:
        """What is kept, stratum by stratum."""
        return [one for reservoir in self._strata.values() for one in reservoir.held()]

    def probability_of(self, candidate: Candidate) -> float:
        """As ``Reservoir.probability_of``."""
        return self._strata[self._place(candidate.stratum)].probability_of(candidate)

    def _place(self, stratum: str) -> str:
        is_room = stratum in self._strata or len(self._strata) < self._max_strata - 1
        return stratum if is_room else self.REST

    def _share(self) -> list[str]:
        if self.capacity < len(self._strata):
            return self._share_as_one()
        share, extra = divmod(self.capacity, max(1, len(self._strata)))
        gone: list[str] = []
        for index, reservoir in enumerate(self._strata.values()):
            wanted = share + (1 if index < extra else 0)
            # A share never grows within a window: what was turned away does not come back.
            gone += reservoir.shrink(min(reservoir.capacity, wanted))
        return gone

    def _share_as_one(self) -> list[str]:
        """With more strata than places all draw for the same places: a stratum without any would stand for nothing."""
        priorities = sorted(one.priority for one in self.held())
        common = min([one.threshold for one in self._strata.values()] + priorities[self.capacity : self.capacity + 1])
        return [gone for reservoir in self._strata.values() for gone in reservoir.lower(common)]


class Novelty:
    """Images unlike each other and unlike those before: running k-center on descriptors.

    A newcomer that lies further from everything than the two nearest of those kept lie from each other takes the place
    of one of these, so that the least distance among those kept only grows.

    Args:
        anchors: (n, d) descriptors of images chosen before, which count as covered.
        least: Distance below which an image is nothing new.
    """

    def __init__(self, capacity: int, *, anchors: Sequence[Vector] = (), least: float = 0.02) -> None:
        self.capacity = _check_capacity(capacity)
        self._least = least
        self._anchors = _stack(anchors)
        self._held: list[Candidate] = []
        self._vectors: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self._nearest: list[float] = []

    def offer(self, candidate: Candidate) -> Verdict:
        """Keep the candidate when it is new; one without a descriptor is always turned away.

        Raises:
            InvalidInput: Its descriptor has another length than those before.
        """
        vector = candidate.descriptor
        if vector is None or candidate.is_burst or not self.capacity:
            return PASSED
        self._check_width(vector)
        to_held = _distances(self._vectors, vector)
        distance = min(float(to_held.min(initial=np.inf)), float(_distances(self._anchors, vector).min(initial=np.inf)))
        if distance < self._least:
            return PASSED
        if len(self._held) < self.capacity:
            self._insert(candidate, vector, to_held, distance)
            return Verdict(True)
        out = int(np.argmin(self._nearest))
        if distance <= self._nearest[out]:
            return PASSED
        displaced = self._held[out].id
        self._remove(out)
        self._insert(candidate, vector, np.delete(to_held, out), distance)
        return Verdict(True, (displaced,))

    def ranked(self) -> list[tuple[Candidate, float]]:
        """What is kept, most novel first, with scores in [0, 1]."""
        # Anything is new where nothing was: such a first image scores 1.
        scores = [1.0 if distance == np.inf else distance / (0.1 + distance) for distance in self._nearest]
        order = sorted(range(len(self._held)), key=lambda at: (-scores[at], at))
        return [(self._held[at], scores[at]) for at in order]

    def forget(self, ids: Set[str]) -> None:
        """Let go of images that were taken away."""
        for at in reversed([at for at, one in enumerate(self._held) if one.id in ids]):
            self._remove(at)

    def _check_width(self, vector: Vector) -> None:
        width = self._vectors.shape[1] or (self._anchors.shape[1] if len(self._anchors) else 0)
        if len(self._anchors) and self._anchors.shape[1] != vector.size:
            # Another descriptor than before the restart: what it covered is not comparable.
            self._anchors = np.zeros((0, 0), np.float32)
            width = self._vectors.shape[1]
        if width and width != vector.size:
            raise InvalidInput(f"a descriptor of {vector.size} numbers after some of {width}", hint="Keep to one kind.")

    def _insert(self, candidate: Candidate, vector: Vector, to_held: NDArray[np.float32], distance: float) -> None:
        self._nearest = [min(old, new) for old, new in zip(self._nearest, to_held.tolist(), strict=True)]
        self._vectors = vector[None] if not len(self._held) else np.concatenate([self._vectors, vector[None]])
        self._held.append(candidate)
        self._nearest.append(distance)

    def _remove(self, out: int) -> None:
        gone = self._vectors[out]
        self._vectors = np.delete(self._vectors, out, axis=0)
        del self._held[out], self._nearest[out]
        stale = np.isclose(_distances(self._vectors, gone), np.asarray(self._nearest, np.float32), rtol=1e-4)
        for at in np.flatnonzero(stale).tolist():
            self._nearest[at] = self._distance_of(at)

    def _distance_of(self, at: int) -> float:
        others = _distances(np.delete(self._vectors, at, axis=0), self._vectors[at])
        anchors = _distances(self._anchors, self._vectors[at])
        return min(float(others.min(initial=np.inf)), float(anchors.min(initial=np.inf)))


class Uncertain:
    """The images that the device's own model was least sure of; among equals the first."""

    def __init__(self, capacity: int) -> None:
        self.capacity = _check_capacity(capacity)
        self._heap: list[tuple[float, int, Candidate]] = []
        self._n_seen = 0

    def offer(self, candidate: Candidate) -> Verdict:
        """Keep the candidate when it is among the most uncertain; one without a score is always turned away."""
        if not candidate.uncertainty or candidate.is_burst or not self.capacity:
            return PASSED
        self._n_seen += 1
        entry = (candidate.uncertainty, -self._n_seen, candidate)
        if len(self._heap) < self.capacity:
            heapq.heappush(self._heap, entry)
            return Verdict(True)
        out = heapq.heappushpop(self._heap, entry)[2]
        return PASSED if out is candidate else Verdict(True, (out.id,))

    def ranked(self) -> list[tuple[Candidate, float]]:
        """What is kept, most uncertain first, with its uncertainty."""
        return [(one, score) for score, _, one in sorted(self._heap, reverse=True, key=lambda entry: entry[:2])]

    def forget(self, ids: Set[str]) -> None:
        """Let go of images that were taken away."""
        self._heap = [entry for entry in self._heap if entry[2].id not in ids]
        heapq.heapify(self._heap)


@dataclass
class BurstLimit:
    """Finds frames that are nearly the same as the last one from their source.

    Args:
        within_s: Later than this after it, the same scene counts anew; 0 finds no bursts.
        distance: Of descriptors, below which two frames are nearly the same.
        max_sources: So many sources are remembered.
    """

    within_s: float = 2.0
    distance: float = 0.02
    max_sources: int = 64
    _last: OrderedDict[str, tuple[float, Vector]] = field(default_factory=OrderedDict)

    def is_burst(self, source: str, descriptor: Vector | None, at_s: float) -> bool:
        """Whether the frame belongs to a burst; it is remembered when it does not."""
        if descriptor is None or self.within_s <= 0:
            return False
        last = self._last.get(source)
        is_soon = last is not None and 0 <= at_s - last[0] < self.within_s and last[1].size == descriptor.size
        if last is not None and is_soon and float(_distances(last[1][None], descriptor)[0]) < self.distance:
            return True
        self._last[source] = (at_s, descriptor)
        self._last.move_to_end(source)
        while len(self._last) > self.max_sources:
            self._last.popitem(last=False)
        return False


def _check_capacity(capacity: int) -> int:
    if capacity < 0:
        raise InvalidInput(f"a sampler of {capacity} images", hint="Give 0 or more.")
    return capacity


def _stack(vectors: Sequence[Vector]) -> NDArray[np.float32]:
    if not vectors or len({vector.size for vector in vectors}) != 1:
        return np.zeros((0, 0), np.float32)
    return np.stack(vectors)


def _distances(rows: NDArray[np.float32], vector: Vector) -> NDArray[np.float32]:
    if not len(rows):
        return np.zeros(0, np.float32)
    difference = rows - vector
    squares: NDArray[np.float32] = np.einsum("nd,nd->n", difference, difference)
    found: NDArray[np.float32] = np.sqrt(squares / np.float32(vector.size))
    return found
