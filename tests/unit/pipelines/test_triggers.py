"""What triggers decide, without a database."""

from __future__ import annotations

import pytest

from whorl.pipelines.triggers.rules import round_step


@pytest.mark.parametrize(
    ("before", "every", "selected", "collected", "is_pool_empty", "expected"),
    [
        # All collected, and counted already: the training began with the last of them.
        (0, 50, 50, 50, False, (0, False)),
        # One was discarded: it makes the count full.
        (49, 50, 50, 49, False, (0, True)),
        # Half of a training: the next round brings the rest, and what was lost stays counted.
        (24, 50, 25, 24, False, (25, False)),
        # Everything was discarded: nothing new to train on, however full the count.
        (0, 50, 50, 0, False, (0, False)),
        (24, 50, 50, 0, False, (24, False)),
        # Nothing is left to choose: what there is, is all there will be.
        (3, 50, 5, 3, True, (0, True)),
        (3, 50, 5, 0, True, (0, True)),
        (0, 50, 5, 0, True, (0, False)),
    ],
)
def test_round_step(
    before: int, every: int, selected: int, collected: int, is_pool_empty: bool, expected: tuple[int, bool]
) -> None:
    counted = round_step(before, every=every, selected=selected, collected=collected, is_pool_empty=is_pool_empty)
    assert counted == expected
