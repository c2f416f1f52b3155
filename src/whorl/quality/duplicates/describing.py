"""What a grouping says, as rows to write down and as numbers for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import JsonValue
from whorl.datasets.alike import Alike, Tie
from whorl.quality.actions import NewMember
from whorl.quality.duplicates.ranking import Candidate
from whorl.quality.queries import is_leak

KINDS = {Tie.EXACT: "exact", Tie.NEAR: "near", Tie.VIDEO: "video"}


def list_members(items: Sequence[Candidate], found: Alike, rank: NDArray[np.int64]) -> list[NewMember]:
    """The members of all groups: the largest group first, and in each the preferred first.

    The kind of the one that is kept is that of the closest tie in its group.
    """
    rows = np.nonzero(found.group >= 0)[0]
    rows = rows[np.lexsort((rank[rows], found.group[rows]))]
    closest = np.full(found.n_groups, max(Tie), dtype=np.int64)
    extras = rows[found.kept[rows] != rows]
    np.minimum.at(closest, found.group[extras], found.tie[extras])
    return [
        NewMember(
            group_no=int(found.group[row]) + 1,
            item_key=items[row].key,
            kind=KINDS[Tie(int(found.tie[row]) or int(closest[found.group[row]]))],
            distance=float(found.distance[row]),
            is_kept=bool(found.kept[row] == row),
        )
        for row in rows.tolist()
    ]


def describe_groups(items: Sequence[Candidate], found: Alike) -> dict[str, JsonValue]:
    """Numbers of a scan: groups, extras, their bytes, how they are tied, and leaks."""
    extras = np.nonzero((found.group >= 0) & (found.kept != np.arange(len(items))))[0].tolist()
    by_kind = Counter(KINDS[Tie(int(found.tie[row]))] for row in extras)
    subsets: dict[int, list[str | None]] = {}
    for row in np.nonzero(found.group >= 0)[0].tolist():
        subsets.setdefault(int(found.group[row]), []).append(items[row].subset)
    return {
        "n_items": len(items),
        "n_groups": found.n_groups,
        "n_extra": len(extras),
        "by_kind": {kind: by_kind[kind] for kind in KINDS.values()},
        "extra_bytes": sum(items[row].bytes for row in extras),
        "crossing": sum(is_leak(some) for some in subsets.values()),
    }
