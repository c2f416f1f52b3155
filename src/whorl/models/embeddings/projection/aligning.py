"""Turn, shift and size one layout so that it lies on another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def align(points: Points, start: Points, *, reflect: bool) -> Points:
    """Points (n, 2) turned, shifted and sized so that those with a start come as near to it as they can.

    Least squares over the pairs; see Schoenemann and Carroll, "Fitting One Matrix to Another Under Choice of a Central
    Dilation and a Rigid Motion" (1970). Fewer than two pairs, or pairs that all coincide, only shift.

    Args:
        start: (n, 2), NaN where there is none.
        reflect: Whether the mirror image is allowed.
    """
    old = np.isfinite(start).all(axis=1)
    if not old.any():
        return points
    here, there = points[old].mean(axis=0), start[old].mean(axis=0)
    mine, theirs = points[old] - here, start[old] - there
    size = float((mine**2).sum())
    left, strengths, right = np.linalg.svd(mine.T @ theirs)
    if size <= 0 or strengths[0] <= 0:
        return np.asarray(points - here + there)
    signs = np.ones(2)
    if not reflect and np.linalg.det(left @ right) < 0:
        signs[1] = -1.0
    turn = left @ np.diag(signs) @ right
    return np.asarray((points - here) @ turn * (float((strengths * signs).sum()) / size) + there)
