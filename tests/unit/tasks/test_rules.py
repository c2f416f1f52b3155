"""The life of an item in a task, as a state machine."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from whorl.base.errors import Conflict
from whorl.tasks.rules import FINISHED, TRANSITIONS, ItemStatus, Move, counted_seconds, next_status


@pytest.mark.parametrize("move", list(Move))
@pytest.mark.parametrize("status", list(ItemStatus))
def test_next_status__every_pair_moves_or_is_refused(status: ItemStatus, move: Move) -> None:
    if status in TRANSITIONS[move]:
        assert next_status(status, move) in set(ItemStatus)
        return
    with pytest.raises(Conflict, match=f"cannot {move} an item that is {status}"):
        next_status(status, move)


class Life(RuleBasedStateMachine):
    """One item through any sequence of moves that are allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.status = ItemStatus.QUEUED
        self.was_submitted = False
        self.holder: int | None = None

    def _move(self, move: Move) -> None:
        self.status = next_status(self.status, move, was_submitted=self.was_submitted)

    @precondition(lambda self: self.status in TRANSITIONS[Move.LEASE])
    @rule(who=st.integers(0, 2))
    def lease(self, who: int) -> None:
        self._move(Move.LEASE)
        self.holder = who

    @precondition(lambda self: self.status is ItemStatus.LEASED)
    @rule(move=st.sampled_from([Move.RETURN, Move.SUBMIT, Move.APPROVE, Move.DISCARD, Move.HOLD]))
    def end_lease(self, move: Move) -> None:
        self._move(move)
        self.was_submitted |= move is Move.SUBMIT
        self.holder = None

    @precondition(lambda self: self.status in TRANSITIONS[Move.REOPEN])
    @rule()
    def reopen(self) -> None:
        self._move(Move.REOPEN)

    @precondition(lambda self: self.status is ItemStatus.WAITING)
    @rule()
    def requeue(self) -> None:
        self._move(Move.REQUEUE)

    @rule(move=st.sampled_from(list(Move)))
    def refused_moves_change_nothing(self, move: Move) -> None:
        if self.status not in TRANSITIONS[move]:
            with pytest.raises(Conflict):
                self._move(move)

    @invariant()
    def leased_means_held(self) -> None:
        assert (self.status is ItemStatus.LEASED) == (self.holder is not None)

    @invariant()
    def there_is_always_a_way_out(self) -> None:
        moves = [move for move, statuses in TRANSITIONS.items() if self.status in statuses]
        assert moves or self.status in FINISHED


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@given(active=st.floats(0, 1e6), since=st.integers(0, 10**12), passed=st.integers(-(10**6), 10**9))
def test_counted_seconds__between_nothing_and_the_clock(active: float, since: int, passed: int) -> None:
    counted = counted_seconds(active, since_ms=since, now_ms=since + passed)
    assert 0 <= counted <= max(0.0, passed / 1000)
    assert counted <= active
