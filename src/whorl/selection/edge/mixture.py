"""Several samplers beside each other, one of them always chance.

The *uniform share* is drawn from everything, whatever the others like, and its images carry the probability with which
they were drawn. That keeps estimates on the far end unbiased, and shows what choosing was worth.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whorl.base.errors import InvalidInput
from whorl.selection.edge.candidates import Candidate, Choice, Vector, Verdict
from whorl.selection.edge.samplers import Novelty, Reservoir, StratifiedReservoir, Uncertain

if TYPE_CHECKING:
    from whorl.base.errors import JsonValue

UNIFORM, NOVELTY, UNCERTAINTY = "uniform", "novelty", "uncertainty"
STRATA = ("source", "label", "hour")
DEFAULT_UNIFORM = 0.1
_ALIASES = {"reservoir": UNIFORM, "random": UNIFORM, "stratified": UNIFORM}
_PART = re.compile(r"(?P<name>[a-z_]+)(?::(?P<by>[a-z]+))?(?:=(?P<share>\d*\.?\d+))?")


@dataclass(frozen=True)
class Recipe:
    """What a mixture consists of.

    Args:
        uniform: Share of the uniform part, above 0, at most 1.
        parts: The others' shares, by name; with ``uniform`` they sum to 1.
        stratify: ``source``, ``label`` or ``hour``: the uniform part gives each an equal room. None for no strata.
    """

    uniform: float
    parts: Mapping[str, float]
    stratify: str | None = None

    def __str__(self) -> str:
        first = f"stratified:{self.stratify}" if self.stratify else UNIFORM
        shares = [*self.parts.items(), (first, self.uniform)]
        return "+".join(f"{name}={round(share, 3):g}" for name, share in shares)


def parse_recipe(text: str, *, uniform: float | None = None) -> Recipe:
    """Read a mixture such as ``novelty+uncertainty+uniform``, ``novelty=0.7+uniform=0.3`` or ``stratified:label``.

    Names: novelty, uncertainty, uniform (or reservoir), and stratified:source, stratified:label, stratified:hour.
    Without shares chance gets a tenth and the others equal parts; chance is part of every mixture.

    Args:
        uniform: Share of chance, when the text does not say.

    Raises:
        InvalidInput: An unknown name, or shares that do not sum to 1.
    """
    shares: dict[str, float | None] = {}
    stratify: str | None = None
    for piece in text.lower().replace(" ", "").split("+"):
        name, by, share = _parse_part(piece)
        stratify = by or stratify
        if name in shares:
            raise InvalidInput(f"sampler {text[:80]!r} names {name} twice", hint="Name each once.")
        shares[name] = share
    chance = shares.pop(UNIFORM, None)
    if chance is None:
        chance = uniform if uniform is not None else (DEFAULT_UNIFORM if shares else 1.0)
    parts = _fill_in(shares, 1.0 - chance)
    if not 0 < chance <= 1 or abs(chance + sum(parts.values()) - 1) > 1e-6 or min(parts.values(), default=1) < 0:
        raise InvalidInput(
            f"sampler {text[:80]!r} with a uniform share of {chance:g}",
            hint="Shares sum to 1, and chance has more than 0: such as novelty=0.9+uniform=0.1.",
        )
    return Recipe(chance, parts, stratify)


def _parse_part(piece: str) -> tuple[str, str | None, float | None]:
    match = _PART.fullmatch(piece)
    name = "" if match is None else _ALIASES.get(match["name"], match["name"])
    by = None if match is None else match["by"]
    is_known = name in (UNIFORM, NOVELTY, UNCERTAINTY) and (by is None or by in STRATA)
    if match is None or not is_known or (match["name"] == "stratified") != (by is not None):
        raise InvalidInput(
            f"no sampler {piece[:40]!r}",
            hint="Use novelty, uncertainty, uniform, or stratified:source, :label or :hour; joined by +.",
        )
    return name, by, None if match["share"] is None else float(match["share"])


def _fill_in(shares: Mapping[str, float | None], room: float) -> dict[str, float]:
    given = sum(share for share in shares.values() if share is not None)
    n_open = sum(share is None for share in shares.values())
    rest = max(0.0, room - given) / n_open if n_open else 0.0
    return {name: rest if share is None else share for name, share in shares.items()}


class Mixture:
    """The samplers of one window.

    Args:
        capacity: Images that the window may choose at most.
        anchors: Descriptors of what was chosen before.
        saved: What ``to_json`` gave in an earlier life of the same window; its candidates are to be offered again, in
            their order.
    """

    def __init__(
        self, recipe: Recipe, capacity: int, *, anchors: Sequence[Vector] = (), saved: JsonValue = None
    ) -> None:
        self.recipe = recipe
        thresholds = _thresholds(saved)
        n_uniform = self._n_uniform(capacity)
        self._uniform: Reservoir | StratifiedReservoir
        if recipe.stratify is None:
            self._uniform = Reservoir(n_uniform, threshold=thresholds.get("", 1.0))
        else:
            self._uniform = StratifiedReservoir(n_uniform, thresholds=thresholds)
        # What chance picked may be novel too: the others keep as many more, so that no place stays empty.
        self._parts: dict[str, Novelty | Uncertain] = {}
        for name, share in recipe.parts.items():
            room = math.ceil((capacity - n_uniform) * share / max(1e-9, 1 - recipe.uniform) - 1e-9)
            room += n_uniform if room else 0
            self._parts[name] = Novelty(room, anchors=anchors) if name == NOVELTY else Uncertain(room)
        self._holders: dict[str, int] = {}

    def offer(self, candidate: Candidate) -> Verdict:
        """Keep the candidate when one of the samplers wants it; what none wants any more is displaced."""
        verdicts = [one.offer(candidate) for one in (self._uniform, *self._parts.values())]
        n_holders = sum(verdict.is_kept for verdict in verdicts)
        if n_holders:
            self._holders[candidate.id] = n_holders
        return Verdict(bool(n_holders), tuple(self._release(gone for one in verdicts for gone in one.displaced)))

    def to_json(self) -> JsonValue:
        """The thresholds of the uniform share: with the candidates all that a restart needs."""
        if isinstance(self._uniform, Reservoir):
            return {"": self._uniform.threshold}
        return dict(self._uniform.thresholds)

    def uniform_ids(self) -> set[str]:
        """What chance holds at the moment."""
        return {one.id for one in self._uniform.held()}

    def score_of(self, item_id: str) -> float:
        """How much an image is worth to the samplers that hold it, in [0, 1]; 0 when only chance does."""
        scores = [score for part in self._parts.values() for one, score in part.ranked() if one.id == item_id]
        return max(scores, default=0.0)

    def forget(self, ids: Sequence[str]) -> list[str]:
        """Images were evicted, so nobody holds them; gives what must go with them to keep chance's share fair."""
        gone = set(ids)
        above = self._uniform.evict(gone)
        for part in self._parts.values():
            part.forget(gone)
        for item_id in gone:
            self._holders.pop(item_id, None)
        return self._release(above)

    def close(self, count: int, n_bytes: float, sizes: Mapping[str, int]) -> list[Choice]:
        """Choose at the end of the window: at most so many images and bytes, chance first.

        Args:
            count: At least 1.
            sizes: Bytes of each image that is held.
        """
        n_uniform = min(count, self._n_uniform(count))
        if n_uniform < self._uniform.capacity:
            self._uniform.shrink(n_uniform)
        if n_bytes < math.inf:
            self._uniform.fit_bytes(n_bytes * self.recipe.uniform, sizes)
        chosen: dict[str, Choice] = {}
        left = n_bytes
        scores = {name: part.ranked() for name, part in self._parts.items()}
        for one in self._uniform.held():
            if sizes[one.id] > left:
                continue
            also = [(name, score) for name, ranked in scores.items() for other, score in ranked if other.id == one.id]
            reason = "+".join([UNIFORM, *[name for name, _ in also]])
            score = max([score for _, score in also], default=0.0)
            chosen[one.id] = Choice(one.id, reason, score, True, self._uniform.probability_of(one))
            left -= sizes[one.id]
        self._choose_by_worth(chosen, scores, count, left, sizes)
        return list(chosen.values())

    def _choose_by_worth(
        self,
        chosen: dict[str, Choice],
        scores: Mapping[str, list[tuple[Candidate, float]]],
        count: int,
        left: float,
        sizes: Mapping[str, int],
    ) -> None:
        """Take the best of each part in turn, each as often as its share says."""
        queues = {name: list(reversed(ranked)) for name, ranked in scores.items()}
        turns = dict.fromkeys(queues, 0)
        while len(chosen) < count and any(queues.values()):
            open_parts = [name for name, queue in queues.items() if queue]
            name = min(open_parts, key=lambda one: (turns[one] + 1) / max(1e-9, self.recipe.parts[one]))
            candidate, score = queues[name].pop()
            if candidate.id in chosen or sizes[candidate.id] > left:
                continue
            turns[name] += 1
            chosen[candidate.id] = Choice(candidate.id, name, score, False, None)
            left -= sizes[candidate.id]

    def _release(self, gone: Iterable[str]) -> list[str]:
        free: list[str] = []
        for item_id in gone:
            self._holders[item_id] -= 1
            if not self._holders[item_id]:
                del self._holders[item_id]
                free.append(item_id)
        return free

    def _n_uniform(self, count: int) -> int:
        return min(count, max(1, round(count * self.recipe.uniform)))


def _thresholds(saved: JsonValue) -> dict[str, float]:
    items = saved.items() if isinstance(saved, dict) else ()
    return {name: float(value) for name, value in items if isinstance(value, int | float)}
