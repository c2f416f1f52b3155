"""Quotas: at most so many items of each source, place or day."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.selection.types import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class Quota:
    """A limit for each value of a field. Items without the field (an empty value) are not limited.

    Attributes:
        field: A key of ``Pool.fields``.
        most: Items of each value, at least 1.
        share: Of the selection, in (0, 1]; rounded down to whole items, one at least.
    """

    field: str
    most: int | None = None
    share: float | None = None

    def check(self) -> Self:
        """The quota itself, when it is sound.

        Raises:
            InvalidInput: It has no limit, or one out of range.
        """
        if self.most is None and self.share is None:
            raise InvalidInput(f"the quota on {self.field} has no limit", hint="Give most or share.")
        if self.most is not None and self.most < 1:
            raise InvalidInput(f"the quota on {self.field} is at most {self.most}", hint="Give at least 1.")
        if self.share is not None and not 0 < self.share <= 1:
            raise InvalidInput(
                f"the quota on {self.field} is a share of {self.share:g}", hint="Give more than 0, up to 1."
            )
        return self

    def limit(self, size: int) -> int:
        """Items of one value in a selection of ``size``."""
        limits = [] if self.most is None else [self.most]
        if self.share is not None:
            limits.append(max(1, math.floor(self.share * size + 1e-9)))
        return min(limits)


class Allowances:
    """What each value may still take while items of one pool are chosen."""

    def __init__(self, fields: Mapping[str, Sequence[str]] | None, quotas: Sequence[Quota], *, size: int) -> None:
        """Start with nothing taken.

        Args:
            size: Items of the selection, for shares.

        Raises:
            InvalidInput: A quota is not sound, or names a field that the pool does not have.
        """
        self._codes: list[IntArray] = []
        self._left: list[FloatArray] = []
        for quota in quotas:
            quota.check()
            known = fields or {}
            if quota.field not in known:
                named = ", ".join(sorted(known)) or "none"
                raise InvalidInput(f"no field is called {quota.field}; known: {named}")
            values, codes = np.unique(np.asarray(known[quota.field], dtype=np.str_), return_inverse=True)
            self._codes.append(codes.astype(np.int64))
            self._left.append(np.where(values == "", np.inf, float(quota.limit(size))))

    def admit(self, rows: IntArray) -> BoolArray:
        """(k,) whether each of these rows alone may be taken."""
        admitted = np.ones(len(rows), np.bool_)
        for codes, left in zip(self._codes, self._left, strict=True):
            admitted &= left[codes[rows]] > 0
        return admitted

    def take(self, row: int) -> None:
        """Count one more item; below 0 for the random slice, which quotas do not bind."""
        for codes, left in zip(self._codes, self._left, strict=True):
            left[codes[row]] -= 1

    def thin(self, order: IntArray) -> IntArray:
        """The rows of ``order``, in order, of which every value's could all be taken as far as each quota goes."""
        kept = order
        for codes, left in zip(self._codes, self._left, strict=True):
            found = codes[kept]
            by_value = np.argsort(found, kind="stable")
            first = np.searchsorted(found[by_value], found[by_value])
            turn = np.empty(len(kept), np.int64)
            turn[by_value] = np.arange(len(kept)) - first
            kept = kept[turn < left[found]]
        return kept


def apply_quotas(
    order: IntArray,
    fields: Mapping[str, Sequence[str]] | None,
    quotas: Sequence[Quota],
    *,
    size: int,
    taken: Sequence[int] | IntArray = (),
) -> IntArray:
    """The rows of ``order`` that the quotas admit, one after another, at most ``size``.

    Args:
        order: Rows, best first.
        fields: One value per pool item, by field.
        size: Items wanted; shares are of this number.
        taken: Rows that count already.

    Raises:
        InvalidInput: A quota is not sound, or names a field that is not there.
    """
    allowances = Allowances(fields, quotas, size=size)
    for row in taken:
        allowances.take(int(row))
    admitted: list[int] = []
    for row in order.tolist():
        if len(admitted) == size:
            break
        if allowances.admit(np.array([row]))[0]:
            allowances.take(row)
            admitted.append(row)
    return np.asarray(admitted, dtype=np.int64)
