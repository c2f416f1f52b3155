"""Which items train, validate and test: exact quotas, whole groups, balanced labels, nothing moves.

Pure: keys in, subsets out. The order of groups comes from a hash of seed and group key, so neither the order of the
input nor the machine matters. See docs/explain/splits.md.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from whorl.base.errors import InvalidInput
from whorl.schemas.records import Subset

DEFAULT_FRACTIONS: Mapping[Subset, float] = {Subset.TRAIN: 0.7, Subset.VALIDATION: 0.1, Subset.TEST: 0.2}

_ORDER = tuple(Subset)
NO_LABEL = ""
"""Items without labels are balanced like a class of their own."""
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class SubsetCounts:
    """Numbers of items that have a subset; an item counts once for each of its labels, one without for ``NO_LABEL``."""

    total: Counter[Subset] = field(default_factory=Counter)
    by_label: Counter[tuple[str, Subset]] = field(default_factory=Counter)
    by_group: Counter[tuple[str, Subset]] = field(default_factory=Counter)

    def add(self, other: SubsetCounts, *, times: int = 1) -> None:
        """Add other numbers to these, or take them away with ``times=-1``."""
        _add(self.total, other.total, times)
        _add(self.by_label, other.by_label, times)
        _add(self.by_group, other.by_group, times)


def assign_subsets(
    item_keys: Sequence[str],
    *,
    group_keys: Sequence[str | None] | None = None,
    labels: Sequence[Collection[str]] | None = None,
    existing: Sequence[Subset | None] | None = None,
    fractions: Mapping[Subset, float] = DEFAULT_FRACTIONS,
    seed: int = 0,
    frozen_test: bool = False,
    held: SubsetCounts | None = None,
) -> list[Subset | None]:
    """Give every item a subset.

    What is kept, in this order: an item that has a subset keeps it; with ``frozen_test`` no other item enters test;
    items of one group are in one subset; quotas are met to the item where groups allow; each label is shared out like
    the whole.

    Args:
        item_keys: Unique keys.
        group_keys: What must stay together (a video, near-duplicates); None puts an item alone.
        labels: The labels of each item, none or several.
        existing: The subset that an item has already.
        fractions: Share of each subset, summing to 1; a subset left out gets nothing.
        seed: Another seed, another split.
        held: What the subsets hold besides these items. The same as giving those items with their subsets, and cheaper;
            of groups it needs only those that these items are in.

    Returns:
        One subset per item. None where there is no right answer: the item's group is in a frozen test subset, so it may
        neither enter test nor be trained on.

    Raises:
        InvalidInput: Lengths differ, a key occurs twice, or the fractions do not sum to 1.
    """
    items = _read_items(item_keys, group_keys, labels, existing)
    shares = _read_fractions(fractions)
    ledger = _Ledger(shares=shares, is_closed=frozen_test)
    if held is not None:
        _add_held(ledger, held)
    for item in items:
        if item.subset is not None:
            ledger.add(_ORDER.index(item.subset), [(label, 1) for label in item.labels], size=1)
    followed, free = _follow_groups(items, ledger, held)
    groups = _collect_groups([items[at] for at in free])
    placed = _place_groups(groups, ledger, seed=seed)
    chosen: list[Subset | None] = []
    for at, item in enumerate(items):
        settled = item.subset if item.subset is not None else followed.get(at)
        chosen.append(settled if settled is not None or at in followed else placed[item.group])
    return chosen


@dataclass(frozen=True, slots=True)
class _Item:
    group: tuple[str, str]
    labels: tuple[str, ...]
    subset: Subset | None


@dataclass(frozen=True, slots=True)
class _Group:
    key: tuple[str, str]
    size: int
    labels: tuple[tuple[str, int], ...]


def _read_items(
    item_keys: Sequence[str],
    group_keys: Sequence[str | None] | None,
    labels: Sequence[Collection[str]] | None,
    existing: Sequence[Subset | None] | None,
) -> list[_Item]:
    n = len(item_keys)
    for name, given in (("group_keys", group_keys), ("labels", labels), ("existing", existing)):
        if given is not None and len(given) != n:
            raise InvalidInput(f"{len(given)} {name} for {n} items", hint=f"Give one entry of {name} per item.")
    if len(set(item_keys)) != n:
        twice = min(key for key, count in Counter(item_keys).items() if count > 1)
        raise InvalidInput(f"item key occurs more than once: {twice}")
    items = []
    for at, key in enumerate(item_keys):
        group = group_keys[at] if group_keys else None
        # Tagged, so that an item alone never falls into a group of the same name.
        tagged = ("item", key) if group is None else ("group", group)
        names = tuple(sorted(set(labels[at]))) if labels else ()
        items.append(_Item(tagged, names or (NO_LABEL,), existing[at] if existing else None))
    return items


def _read_fractions(fractions: Mapping[Subset, float]) -> tuple[float, ...]:
    shares = tuple(float(fractions.get(subset, 0.0)) for subset in _ORDER)
    if any(not math.isfinite(share) or share < 0 for share in shares) or abs(sum(shares) - 1) > 1e-6:
        given = ", ".join(f"{subset} {share:g}" for subset, share in zip(_ORDER, shares, strict=True))
        raise InvalidInput(f"fractions must be at least 0 and sum to 1: {given}")
    return shares


class _Ledger:
    """What each subset holds so far, overall and by label."""

    def __init__(self, *, shares: tuple[float, ...], is_closed: bool) -> None:
        self.shares = shares
        self.is_closed = is_closed
        self.total = 0
        self.held = [0] * len(_ORDER)
        # The last number of each list is the sum of the others.
        self.by_label: dict[str, list[int]] = defaultdict(lambda: [0] * (len(_ORDER) + 1))

    @property
    def open_subsets(self) -> list[int]:
        """Positions of the subsets that may receive new items."""
        test = _ORDER.index(Subset.TEST)
        return [at for at, share in enumerate(self.shares) if share > 0 and not (self.is_closed and at == test)]

    def add(self, at: int, labels: Iterable[tuple[str, int]], *, size: int) -> None:
        """Count a group in."""
        self.total += size
        self.held[at] += size
        for label, count in labels:
            held = self.by_label[label]
            held[at] += count
            held[-1] += count

    def want(self, at: int, labels: Sequence[tuple[str, int]], size: int) -> float:
        """How far the subset would lag behind its share after this group: overall, plus the mean over labels."""
        share = self.shares[at]
        lag = share * (self.total + size) - self.held[at]
        by_label = 0.0
        for label, count in labels:
            held = self.by_label[label]
            by_label += share * (held[-1] + count) - held[at]
        return lag + by_label / len(labels)


def _add(mine: Counter[_Key], theirs: Counter[_Key], times: int) -> None:
    for key, count in theirs.items():
        mine[key] += times * count
        if not mine[key]:
            del mine[key]


def _add_held(ledger: _Ledger, held: SubsetCounts) -> None:
    for at, subset in enumerate(_ORDER):
        labels = [(label, count) for (label, where), count in held.by_label.items() if where is subset]
        ledger.add(at, labels, size=held.total[subset])


def _follow_groups(
    items: Sequence[_Item], ledger: _Ledger, held: SubsetCounts | None
) -> tuple[dict[int, Subset | None], list[int]]:
    """New items whose group is known go where it is; the others are free."""
    where: dict[tuple[str, str], Counter[Subset]] = defaultdict(Counter)
    for (group, subset), count in (held.by_group if held is not None else {}).items():
        where["group", group][subset] += count
    for item in items:
        if item.subset is not None:
            where[item.group][item.subset] += 1
    followed: dict[int, Subset | None] = {}
    free = []
    for at, item in enumerate(items):
        if item.subset is not None:
            continue
        if item.group not in where:
            free.append(at)
            continue
        # A group found only after its items were split may be in two subsets: the larger part wins.
        homes = where[item.group]
        home = max((count, -_ORDER.index(subset), subset) for subset, count in homes.items())[2]
        is_shut_out = ledger.is_closed and Subset.TEST in homes
        followed[at] = None if is_shut_out else home
        if not is_shut_out:
            ledger.add(_ORDER.index(home), [(label, 1) for label in item.labels], size=1)
    return followed, free


def _collect_groups(items: Sequence[_Item]) -> list[_Group]:
    members: dict[tuple[str, str], list[_Item]] = defaultdict(list)
    for item in items:
        members[item.group].append(item)
    groups = []
    for key, found in members.items():
        if len(found) == 1:
            counts = tuple((label, 1) for label in found[0].labels)
        else:
            counts = tuple(sorted(Counter(label for item in found for label in item.labels).items()))
        groups.append(_Group(key, len(found), counts))
    return groups


def _place_groups(groups: list[_Group], ledger: _Ledger, *, seed: int) -> dict[tuple[str, str], Subset]:
    """Large groups first (they fit while there is room), then rare labels, then by hash."""
    open_subsets = ledger.open_subsets
    if groups and not open_subsets:
        raise InvalidInput("every subset with a share is frozen", hint="Give train or validation a share above 0.")
    room = _quotas(ledger, sum(group.size for group in groups))
    placed: dict[tuple[str, str], Subset] = {}
    for at, group in enumerate(_in_order(groups, seed)):
        empty = [subset for subset in open_subsets if not ledger.held[subset]]
        # The last groups belong to the subsets that would otherwise stay empty.
        allowed = empty if len(empty) == len(groups) - at else open_subsets
        fitting = [subset for subset in allowed if room[subset] >= group.size]
        wants = [(ledger.want(subset, group.labels, group.size), -subset) for subset in fitting]
        chosen = -max(wants)[1] if wants else max(allowed, key=room.__getitem__)
        room[chosen] -= group.size
        ledger.add(chosen, group.labels, size=group.size)
        placed[group.key] = _ORDER[chosen]
    return placed


def _in_order(groups: list[_Group], seed: int) -> list[_Group]:
    totals: Counter[str] = Counter()
    for group in groups:
        for label, count in group.labels:
            totals[label] += count

    def rank(group: _Group) -> tuple[int, int, str, bytes, tuple[str, str]]:
        count, label = min((totals[label], label) for label, _ in group.labels)
        return -group.size, count, label, _hash(seed, group.key), group.key

    return sorted(groups, key=rank)


def _hash(seed: int, key: tuple[str, str]) -> bytes:
    return hashlib.blake2b(f"{seed}\0{key[0]}\0{key[1]}".encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _quotas(ledger: _Ledger, n_new: int) -> list[int]:
    """How many new items each subset takes: what it lacks of its share of the whole, by largest remainder."""
    open_subsets = ledger.open_subsets
    total = ledger.total + n_new
    lacking = {at: max(0.0, ledger.shares[at] * total - ledger.held[at]) for at in open_subsets}
    if not sum(lacking.values()):
        lacking = {at: ledger.shares[at] for at in open_subsets}
    # Rounding, because 0.1 * 30 is not 3 in floating point and a remainder of 4e-16 must not win an item.
    exact = {at: round(n_new * part / (sum(lacking.values()) or 1), 9) for at, part in lacking.items()}
    room = [0] * len(_ORDER)
    for at, value in exact.items():
        room[at] = int(value)
    by_remainder = sorted(exact, key=lambda at: (room[at] - exact[at], at))
    for at in by_remainder[: n_new - sum(room)]:
        room[at] += 1
    if total >= len(open_subsets):
        _leave_none_empty(room, ledger)
    return room


def _leave_none_empty(room: list[int], ledger: _Ledger) -> None:
    for at in ledger.open_subsets:
        if ledger.held[at] + room[at]:
            continue
        richest = max(ledger.open_subsets, key=lambda other: (room[other], -other))
        if room[richest] > 1 or (room[richest] == 1 and ledger.held[richest]):
            room[richest] -= 1
            room[at] += 1
