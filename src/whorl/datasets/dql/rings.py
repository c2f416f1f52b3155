"""Rings on a map: their corners checked, read and written; ``map_x/0,0;900,0;900,900`` is a map and a triangle."""

from __future__ import annotations

from collections.abc import Sequence

from whorl.datasets.dql.fields import fail, shorten

REACH = 32_767
MAX_CORNERS = 64
RING_EXAMPLE = "Example: map:map_x/0,0;900,0;900,900 (whole numbers from -32767 to 32767)."

Ring = tuple[tuple[int, int], ...]


def check_ring(ring: Sequence[object], place: str) -> Ring:
    """The corners as they are compared; none is a ring around everything.

    Raises:
        QueryError: Fewer than three corners, more than 100, or one that is no pair of whole numbers within reach.
    """
    if not ring:
        return ()
    if not 3 <= len(ring) <= MAX_CORNERS:
        fail(f"a ring of {len(ring)} corners; it has 3 to {MAX_CORNERS}", place, hint=RING_EXAMPLE)
    return tuple(_corner(one, f"{place}[{n}]") for n, one in enumerate(ring))


def read_ring(written: str, place: str) -> tuple[str, Ring]:
    """The id of a map, and the corners that stand behind it.

    Raises:
        QueryError: As ``check_ring``.
    """
    map_id, _, rest = written.partition("/")
    if not rest:
        return map_id, ()
    corners = [[_whole(number) for number in one.split(",")] for one in rest.split(";")]
    return map_id, check_ring(corners, place)


def write_ring(map_id: str, ring: Ring) -> str:
    """What ``read_ring`` reads."""
    return map_id if not ring else f"{map_id}/{';'.join(f'{x},{y}' for x, y in ring)}"


def _whole(written: str) -> object:
    # Longer ones are out of reach, and slow to read.
    is_whole = len(written) <= 7 and written.isascii() and written.removeprefix("-").isdigit()
    return int(written) if is_whole else written


def _corner(one: object, place: str) -> tuple[int, int]:
    if isinstance(one, list | tuple) and len(one) == 2:
        x, y = one
        if _is_in_reach(x) and _is_in_reach(y):
            return x, y
    return fail(f"a corner is two whole numbers, got {shorten(one)}", place, hint=RING_EXAMPLE)


def _is_in_reach(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and abs(number) <= REACH
