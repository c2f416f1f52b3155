"""Who answers, who came before, and what a histogram says."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whorl.schemas.serving import EndpointChange, ServingRole
from whorl.serving.rules import (
    BUCKETS_MS,
    ROLLBACK,
    add_histograms,
    find_predecessors,
    is_for_canary,
    make_examples,
    quantile_ms,
)

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HASHES = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(2000)]


def change(model_id: str, previous_id: str | None, cause: str | None = None, role: str = "champion") -> EndpointChange:
    return EndpointChange(
        at=NOW, actor_id="per_x", role=ServingRole(role), model_id=model_id, previous_id=previous_id, cause=cause
    )


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_is_for_canary__takes_its_share(share: float) -> None:
    taken = sum(is_for_canary(one, share) for one in HASHES) / len(HASHES)
    assert abs(taken - share) <= (0.03 if 0 < share < 1 else 0)


def test_is_for_canary__a_larger_share_keeps_whom_it_had() -> None:
    small = {one for one in HASHES if is_for_canary(one, 0.1)}
    assert small <= {one for one in HASHES if is_for_canary(one, 0.3)}


def test_find_predecessors__a_way_back_is_gone_once() -> None:
    changes = [change("a", None), change("b", "a"), change("c", "b"), change("x", None, role="shadow")]
    assert find_predecessors(changes) == ["a", "b"]
    assert find_predecessors([*changes, change("b", "c", ROLLBACK)]) == ["a"]
    assert find_predecessors([*changes, change("b", "c", ROLLBACK), change("d", "b")]) == ["a", "b"]
    assert find_predecessors([change("a", None)]) == []


def test_quantile_ms__edges_of_buckets() -> None:
    histogram = [0] * (len(BUCKETS_MS) + 1)
    assert quantile_ms(histogram, 0.5) is None
    histogram[2], histogram[5], histogram[-1] = 98, 1, 1
    assert [quantile_ms(histogram, share) for share in (0.5, 0.98, 0.99, 1.0)] == [3, 3, 10, BUCKETS_MS[-1]]


@given(st.lists(st.lists(st.integers(0, 9), max_size=len(BUCKETS_MS) + 1)))
def test_add_histograms__loses_nothing(found: list[list[int]]) -> None:
    assert sum(add_histograms(found)) == sum(map(sum, found))


def test_make_examples__are_of_this_server_and_python_reads_them() -> None:
    made = make_examples("cells", "https://whorl.example.org/")
    assert "https://whorl.example.org/api/v1/endpoints/cells/predict" in made.curl
    compile(made.python, "example", "exec")
