"""Binary masks and COCO's run lengths.

Run lengths go down the columns and start with zeros. The compressed string packs each count in groups of five
bits, least first, a sixth bit saying "more", plus 48; from the third count on the difference to the count two
before is stored. Same strings as ``pycocotools.mask`` makes: https://github.com/cocodataset/cocoapi/blob/master/common/maskApi.c
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import MaskError

BoolImage = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Rle:
    """A binary mask as COCO's compressed run lengths (column by column, zeros first)."""

    height: int
    width: int
    counts: str


def run_lengths(mask: BoolImage) -> list[int]:
    """Count runs down the columns of a (height, width) mask, zeros first."""
    flat = np.asarray(mask, dtype=bool).reshape(-1, order="F")
    if flat.size == 0:
        return []
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    runs = np.diff(np.concatenate([[0], changes, [flat.size]])).tolist()
    return [0, *runs] if flat[0] else list(runs)


def mask_from_runs(runs: Sequence[int], *, width: int, height: int) -> BoolImage:
    """Fill a (height, width) mask from run lengths.

    Raises:
        MaskError: A count is negative, or they do not add up to width × height.
    """
    counts = np.asarray(runs, dtype=np.int64).reshape(-1)
    if (counts < 0).any():
        raise MaskError(f"run lengths must not be negative, got {int(counts.min())}")
    total = int(counts.sum())
    if total != width * height:
        raise MaskError(f"run lengths add up to {total}, the mask has {width} x {height} = {width * height} pixels")
    values = np.arange(len(counts)) % 2 == 1
    return np.repeat(values, counts).reshape((height, width), order="F")


def compress_runs(runs: Sequence[int]) -> str:
    """Pack run lengths as COCO's compressed string."""
    out = bytearray()
    for index, count in enumerate(runs):
        value = count - runs[index - 2] if index > 2 else count
        while True:
            group = value & 0x1F
            value >>= 5
            # The sign bit of the last group tells negative differences apart.
            more = value != -1 if group & 0x10 else value != 0
            out.append((group | 0x20 if more else group) + 48)
            if not more:
                break
    return out.decode("ascii")


def expand_runs(counts: str) -> list[int]:
    """Unpack COCO's compressed string to run lengths.

    Raises:
        MaskError: A character outside the alphabet, or a string that stops in the middle of a count.
    """
    runs: list[int] = []
    value = shift = 0
    for position, character in enumerate(counts):
        code = ord(character) - 48
        if not 0 <= code < 64 or shift > 60:
            raise MaskError(f"compressed counts have a bad character at {position}: {character!r}")
        value |= (code & 0x1F) << shift
        shift += 5
        if code & 0x20:
            continue
        if code & 0x10:
            value -= 1 << shift
        runs.append(value + runs[-2] if len(runs) > 2 else value)
        value = shift = 0
    if shift:
        raise MaskError("compressed counts stop in the middle of a number")
    return runs


def encode_mask(mask: BoolImage) -> str:
    """Give COCO's compressed counts of a (height, width) mask."""
    return compress_runs(run_lengths(mask))


def decode_mask(counts: str, *, width: int, height: int) -> BoolImage:
    """Give the (height, width) mask that COCO's compressed counts describe.

    Raises:
        MaskError: The string is malformed or does not fit the size.
    """
    return mask_from_runs(expand_runs(counts), width=width, height=height)


def place_mask(counts: str, *, width: int, height: int, x: int, y: int, whole_width: int, whole_height: int) -> str:
    """Put the mask of a part of an image where the part lies in the whole.

    Args:
        width: Of the part, as its height.
        x: Where the part begins in the whole, as y; what would lie outside is cut off.

    Raises:
        MaskError: The counts are not a mask of the part's size, or the part lies outside.
    """
    part = decode_mask(counts, width=width, height=height)
    right, bottom = min(x + width, whole_width), min(y + height, whole_height)
    if not (0 <= x < right and 0 <= y < bottom):
        raise MaskError(f"a part at {x}, {y} lies outside an image of {whole_width} x {whole_height}")
    # Only the columns of the part are written out; those before and after are one run each.
    columns = np.zeros((whole_height, right - x), dtype=bool)
    columns[y:bottom] = part[: bottom - y, : right - x]
    runs = run_lengths(columns)
    runs[0] += x * whole_height
    after = (whole_width - right) * whole_height
    if len(runs) % 2:
        runs[-1] += after
    elif after:
        runs.append(after)
    return compress_runs(runs)


def mask_area(counts: str) -> int:
    """Count the pixels of a compressed mask without filling it.

    Raises:
        MaskError: The string is malformed.
    """
    return sum(expand_runs(counts)[1::2])


def counts_iou(a: str, b: str) -> float:
    """Intersection over union of two compressed masks of one size, without filling them; 0 when both are empty.

    Raises:
        MaskError: A string is malformed, or the sizes differ.
    """
    ends = [np.cumsum(np.asarray(expand_runs(counts), dtype=np.int64)) for counts in (a, b)]
    totals = [int(one[-1]) if len(one) else 0 for one in ends]
    if totals[0] != totals[1]:
        raise MaskError(f"masks of {totals[0]} and {totals[1]} pixels cannot be compared")
    cuts = np.union1d(*ends)
    lengths = np.diff(cuts, prepend=0)
    # Run i of a mask is set when i is odd; a piece that ends at a cut lies in the run whose end is not before it.
    inside = [np.searchsorted(one, cuts, side="left") % 2 == 1 for one in ends]
    union = int(lengths[inside[0] | inside[1]].sum())
    return int(lengths[inside[0] & inside[1]].sum()) / union if union else 0.0


def mask_bounds(mask: BoolImage) -> tuple[int, int, int, int] | None:
    """Smallest box x0, y0, x1, y1 around the set pixels; None for an empty mask."""
    columns = np.flatnonzero(mask.any(axis=0))
    rows = np.flatnonzero(mask.any(axis=1))
    if columns.size == 0:
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def paint_masks(masks: Sequence[Rle], *, width: int, height: int) -> NDArray[np.int32]:
    """Number the pixels of (height, width) by the mask they lie in: 0 for none, k for ``masks[k - 1]``, later on top.

    Raises:
        MaskError: A mask is malformed or of another size.
    """
    flat = np.zeros(width * height, np.int32)
    for number, mask in enumerate(masks, start=1):
        runs = expand_runs(mask.counts)
        if (mask.width, mask.height) != (width, height) or sum(runs) != flat.size:
            raise MaskError(f"a mask of {mask.width} x {mask.height} pixels lies in an image of {width} x {height}")
        ends = np.cumsum(runs).tolist()
        for start, end in zip(ends[0::2], ends[1::2], strict=False):
            flat[start:end] = number
    return flat.reshape((height, width), order="F")


def place_part(part: BoolImage, *, x: int, y: int, width: int, height: int) -> Rle:
    """The mask of a whole image of which only a part is given, lying at x, y; the rest is empty.

    Raises:
        MaskError: The part lies outside.
    """
    counts = place_mask(
        encode_mask(part),
        width=part.shape[1],
        height=part.shape[0],
        x=x,
        y=y,
        whole_width=width,
        whole_height=height,
    )
    return Rle(height, width, counts)
