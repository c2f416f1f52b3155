"""The sampler: windows, budgets, restarts, and offers that cannot be taken."""

from __future__ import annotations

import errno
from pathlib import Path

import numpy as np
import pytest
from tests.unit.selection.edge.conftest import MakeSampler, picture, png

from whorl.base.errors import InvalidInput, UnreadableMedia
from whorl.selection.edge import FakeTime, Room, Rules, Sampler, Spool, estimate_total, parse_budget
from whorl.selection.edge.disk import Disk
from whorl.selection.edge.spool import CANDIDATE, CHOSEN


class FullDisk(Disk):
    """A disk that can fill up."""

    def __init__(self) -> None:
        self.is_full = False

    def write(self, path: Path, *pieces: bytes) -> None:
        if self.is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        super().write(path, *pieces)


def _stream(sampler: Sampler, time: FakeTime, numbers: range, *, step_s: float = 1.0) -> list[str]:
    outcomes = []
    for number in numbers:
        outcomes.append(sampler.offer(png(number), {"n": number}, key=str(number)).outcome)
        time.advance(step_s)
    return outcomes


def test_offer__chooses_at_the_end_of_each_window_what_the_budget_allows(
    make_sampler: MakeSampler, time: FakeTime
) -> None:
    sampler = make_sampler("600/hour", "novelty+uniform")
    for number in range(260):
        sampler.offer(picture(number), key=str(number))
        time.advance(1)
    rows = sampler.spool.rows(CHOSEN)
    assert sampler.window_s == 120
    assert [sum(row.window == window for row in rows) for window in (1, 2)] == [20, 20]
    assert sum(row.is_uniform for row in rows) == 4
    assert all((row.probability is not None) == row.is_uniform for row in rows)
    assert {row.state for row in sampler.spool.rows(CANDIDATE)} == {CANDIDATE}


def test_offer__the_uniform_share_stands_for_the_whole_stream(make_sampler: MakeSampler, time: FakeTime) -> None:
    sampler = make_sampler("600/hour", "uniform", window_s=60)
    # The rare kind comes in the first minutes alone, where many images come.
    for number in range(1200):
        is_early = number < 900
        sampler.offer(png(number % 7), {"is_rare": is_early and number % 10 == 0}, key=str(number))
        time.advance(0.2 if is_early else 1)
    sampler.close_window()
    rows = sampler.spool.rows(CHOSEN)
    rare = [float(bool(row.facts["metadata"]["is_rare"])) for row in rows]  # type: ignore[index, call-overload]
    weights = [row.probability or 0.0 for row in rows]
    for values, truth in (([1.0] * len(rows), 1200), (rare, 90)):
        estimate = estimate_total(values, weights)
        assert abs(estimate.value - truth) <= 4 * estimate.standard_error


@pytest.mark.slow
def test_offer__a_restart_at_any_point_changes_nothing(tmp_path: Path) -> None:
    def chosen(*, restarts: bool, spool: Path) -> list[tuple[str, float | None]]:
        time = FakeTime()
        rules = Rules(budget=parse_budget("600/hour"), burst_s=0)
        sampler = Sampler(Spool(spool), rules, device="cam", source=time)
        for number in range(260):
            if restarts and number % 23 == 0:
                sampler.spool.close()
                sampler = Sampler(Spool(spool), rules, device="cam", source=time)
            sampler.offer(picture(number), key=str(number))
            time.advance(1)
        rows = [(row.id, row.probability) for row in sampler.spool.rows(CHOSEN) if row.is_uniform]
        sampler.spool.close()
        return rows

    whole = chosen(restarts=False, spool=tmp_path / "a")
    assert len(whole) == 4
    assert chosen(restarts=True, spool=tmp_path / "b") == whole


@pytest.mark.slow
def test_budget__holds_through_restarts_and_clocks_that_jump(make_sampler: MakeSampler, time: FakeTime) -> None:
    sampler = make_sampler("30/min", window_s=5)
    real, chosen_at, before = 0.0, list[float](), 0
    for number in range(400):
        if number % 50 == 49:
            time.set_wall(time.wall() + (1e8 if number % 100 == 49 else -1e8))
        if number % 70 == 69:
            sampler = make_sampler("30/min", window_s=5)
        if number % 160 == 159:
            time.reboot(wall=0.0)
            sampler = make_sampler("30/min", window_s=5)
        sampler.offer(png(number % 5), key=str(number))
        time.advance(0.5)
        real += 0.5
        chosen_at += [real] * (sampler.counts().get("chosen", 0) - before)
        before = sampler.counts().get("chosen", 0)
    assert len(chosen_at) > 40
    assert max(sum(start <= at < start + 60 for at in chosen_at) for start in chosen_at) <= 30


def test_offer__the_same_key_is_known_and_running_numbers_are_not_given_twice(
    make_sampler: MakeSampler, time: FakeTime
) -> None:
    sampler = make_sampler()
    first = sampler.offer(png(1), key="a")
    assert (first.outcome, sampler.offer(png(1), key="a").outcome) == ("kept", "known")
    ids = {sampler.offer(png(2)).id for _ in range(3)}
    sampler = make_sampler()
    assert ids.isdisjoint({sampler.offer(png(2)).id for _ in range(3)})
    assert sampler.knows("a")
    assert not sampler.knows("b")


def test_offer__a_full_disk_is_an_outcome_and_costs_only_that_image(make_sampler: MakeSampler, time: FakeTime) -> None:
    disk = FullDisk()
    sampler = make_sampler(disk=disk)
    assert _stream(sampler, time, range(5)) == ["kept"] * 5
    disk.is_full = True
    assert _stream(sampler, time, range(5, 8)) == ["no_room"] * 3
    disk.is_full = False
    assert _stream(sampler, time, range(8, 10)) == ["kept"] * 2
    time.advance(200)
    assert sampler.tick() == 7
    assert sampler.counts() == {"offered": 10, "kept": 7, "no_room": 3, "chosen": 7}
    assert all(sampler.spool.read(row) for row in sampler.spool.rows(CHOSEN))


def test_offer__a_full_spool_evicts_the_least_informative_and_protects_chance(
    make_sampler: MakeSampler, time: FakeTime
) -> None:
    room = Room(max_bytes=30 * 280, min_free_bytes=0, protected_share=0.3)
    sampler = make_sampler("1800/hour", "uncertainty+uniform", room=room, window_s=30)
    for number in range(160):
        sampler.offer(png(number), scores=(number % 40) / 40, key=str(number))
        time.advance(1)
    totals = sampler.spool.totals()
    assert sum(size for _, size in totals.values()) <= room.max_bytes
    counts = sampler.counts()
    assert counts["evicted"] > 0
    rows = sampler.spool.rows(CHOSEN)
    uniform = [row for row in rows if row.is_uniform]
    assert 0 < sum(row.n_bytes for row in uniform) <= 0.3 * room.max_bytes
    plain = [row.score for row in rows if not row.is_uniform]
    assert min(plain) > 0.3, "what was sure went first"


@pytest.mark.parametrize(
    ("image", "more"),
    [
        (b"", {}),
        (b"not an image", {}),
        (np.zeros((0, 4, 3), np.uint8), {}),
        (np.zeros((4, 4, 3), np.float32), {}),
        (np.zeros((4, 4, 2), np.uint8), {}),
        ("a name", {}),
        (png(0), {"metadata": {"edge": 1}}),
        (png(0), {"metadata": {"x": float("nan")}}),
        (png(0), {"metadata": {"x": "\ud800"}}),
        (png(0), {"metadata": {"x": object()}}),
        (png(0), {"metadata": {"x": "long" * 5000}}),
        (png(0), {"scores": 1.5}),
        (png(0), {"scores": True}),
        (png(0), {"scores": {"probabilities": [0.9, 0.9]}}),
        (png(0), {"scores": {"probabilities": [1.0]}}),
        (png(0), {"scores": {"probabilities": "abc"}}),
        (png(0), {"scores": {"box_confidences": [2.0]}}),
        (png(0), {"scores": {"box_confidences": [float("nan")]}}),
        (png(0), {"scores": {"logits": [1, 2]}}),
        (png(0), {"descriptor": np.array([np.nan])}),
        (png(0), {"descriptor": np.zeros((2, 2))}),
        (png(0), {"source": "\0"}),
        (png(0), {"label": "x" * 201}),
    ],
)
def test_offer__bad_input_is_refused_and_changes_nothing(
    make_sampler: MakeSampler, image: object, more: dict[str, object]
) -> None:
    sampler = make_sampler()
    with pytest.raises(InvalidInput):
        sampler.offer(image, **more)  # type: ignore[arg-type]
    assert sampler.counts() == {}


def test_offer__clocks_out_of_the_calendar_and_odd_names_do_no_harm(make_sampler: MakeSampler, time: FakeTime) -> None:
    sampler = make_sampler()
    time.set_wall(1e18)
    assert sampler.offer(png(1), captured_at=-1e18).outcome == "kept"
    assert sampler.spool.rows(CANDIDATE)[0].facts["captured_at"] == "1970-01-01T00:00:00.000+00:00"
    with pytest.raises(InvalidInput):
        Sampler(sampler.spool, device="\x00")


def test_offer__bytes_need_a_decoder_for_novelty_alone(make_sampler: MakeSampler, tmp_path: Path) -> None:
    sampler = make_sampler(recipe="novelty+uniform")
    with pytest.raises(InvalidInput, match="novelty needs to see the image"):
        sampler.offer(png(1))
    assert sampler.offer(png(1), descriptor=np.ones(4)).outcome == "kept"

    def broken(_: bytes) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        raise RuntimeError("no")

    seeing = Sampler(sampler.spool, sampler.rules, device="cam", decoder=broken)
    with pytest.raises(UnreadableMedia, match="RuntimeError: no"):
        seeing.offer(png(1))


def test_window__is_put_off_until_the_budget_allows_an_image(make_sampler: MakeSampler, time: FakeTime) -> None:
    sampler = make_sampler("10kB/hour", window_s=60)
    sampler.offer(np.random.default_rng(0).integers(0, 256, (32, 48, 3), dtype=np.uint8))
    time.advance(600)
    assert sampler.tick() == 0
    time.advance(1400)
    assert sampler.tick() == 1, "the 4.7 kB of the image have grown"


def test_rebuilt_spool__counts_the_budget_as_used(make_sampler: MakeSampler, time: FakeTime, tmp_path: Path) -> None:
    sampler = make_sampler()
    _stream(sampler, time, range(130))
    n_held = len(sampler.spool.rows(CHOSEN)) + len(sampler.spool.rows(CANDIDATE))
    sampler.spool.close()
    (tmp_path / "spool" / "spool.db").write_bytes(b"junk" * 4096)
    again = make_sampler()
    assert len(again.spool.rows(CHOSEN)) == n_held
    assert again.budget.allowance(again.clock.now()).count == 0
    assert {(row.is_uniform, row.probability, row.reason) for row in again.spool.rows(CHOSEN)} == {
        (False, None, "recovered")
    }
    assert list((tmp_path / "spool").glob("spool.db.damaged-*"))
