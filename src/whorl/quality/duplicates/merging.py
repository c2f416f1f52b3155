"""New group keys: what is alike, and what was a group before, stays together in every split."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence


def merge_group_keys(
    groups: Sequence[Sequence[int]], group_keys: Mapping[int, str | None], names: Mapping[int, str]
) -> dict[int, str]:
    """The group key of every item whose key is to change.

    Items that are alike get one key. Where several of them belong to groups already, as frames of two videos, those
    groups become one, whole: taken apart, one half could train and the other test. The key that most items have already
    stays (as many: the smallest); where none has one, it is named after the first item of the group.

    Args:
        groups: Item keys of each group of alike items, the one that is kept first.
        group_keys: The present group key of all items of the dataset that are in ``groups`` or have one.
        names: What a group is named after, by the item key that comes first in a group.
    """
    links = _Union()
    for members in groups:
        for one in members:
            links.join(("item", str(members[0])), ("item", str(one)))
            key = group_keys.get(one)
            if key is not None:
                links.join(("item", str(one)), ("group", key))
    sizes = Counter(key for key in group_keys.values() if key is not None)
    known: dict[tuple[str, str], list[str]] = {}
    for key in sizes:
        if links.knows(("group", key)):
            known.setdefault(links.find(("group", key)), []).append(key)
    chosen = {root: min(keys, key=lambda key: (-sizes[key], key)) for root, keys in known.items()}
    for members in groups:
        chosen.setdefault(links.find(("item", str(members[0]))), f"alike:{names[members[0]]}"[:200])
    changed: dict[int, str] = {}
    wanted: Iterable[tuple[int, str | None]] = group_keys.items()
    for one, key in wanted:
        node = ("item", str(one)) if links.knows(("item", str(one))) else ("group", key or "")
        if links.knows(node) and chosen[links.find(node)] != key:
            changed[one] = chosen[links.find(node)]
    return changed


class _Union:
    """Sets that are joined; the root of a set does not depend on the order of joining."""

    def __init__(self) -> None:
        self._above: dict[tuple[str, str], tuple[str, str]] = {}

    def knows(self, node: tuple[str, str]) -> bool:
        return node in self._above

    def find(self, node: tuple[str, str]) -> tuple[str, str]:
        root = node
        while self._above[root] != root:
            root = self._above[root]
        while self._above[node] != root:
            self._above[node], node = root, self._above[node]
        return root

    def join(self, one: tuple[str, str], other: tuple[str, str]) -> None:
        for node in (one, other):
            self._above.setdefault(node, node)
        first, second = sorted((self.find(one), self.find(other)))
        self._above[second] = first
