"""The device's clock: never faster than real time, whatever the wall clock does."""

from __future__ import annotations

from whorl.selection.edge.clock import DeviceClock, FakeTime, SystemTime


def test_now__follows_real_time_through_jumps_of_the_wall_clock() -> None:
    time = FakeTime()
    clock = DeviceClock(time)
    for jump in (-1e9, 1e9, 0.0):
        time.advance(10)
        time.set_wall(max(0.0, time.wall() + jump))
    assert clock.now() == 30.0


def test_now__goes_on_after_a_restart_of_the_program() -> None:
    time = FakeTime()
    clock = DeviceClock(time)
    time.advance(100)
    saved = clock.to_json()
    time.advance(50)
    time.set_wall(5.0)
    assert DeviceClock(time, saved).now() == 150.0


def test_now__does_not_count_the_time_without_power_until_the_server_says_how_long() -> None:
    time = FakeTime()
    clock = DeviceClock(time)
    clock.confirm(1_000_000.0)
    time.advance(100)
    saved = clock.to_json()
    time.reboot(wall=9e9)
    clock = DeviceClock(time, saved)
    assert clock.now() == 100.0
    time.advance(10)
    assert clock.confirm(1_000_000.0 + 100 + 3600 + 10) == 3598.0
    assert clock.now() == 3708.0
    assert clock.confirm(1_000_000.0 + 9e6) == 0.0, "only a time without power is ever added"


def test_confirm__a_server_whose_clock_went_back_adds_nothing() -> None:
    time = FakeTime()
    clock = DeviceClock(time)
    clock.confirm(1_000_000.0)
    saved = clock.to_json()
    time.reboot()
    clock = DeviceClock(time, saved)
    assert (clock.confirm(10.0), clock.now()) == (0.0, 0.0)


def test_saved__junk_begins_a_new_count() -> None:
    assert DeviceClock(FakeTime(), {"now": "x", "elapsed": None, "boot_id": 7}).now() == 0.0
    assert DeviceClock(FakeTime(), [1]).now() == 0.0


def test_system_time__runs() -> None:
    time = SystemTime()
    before = time.elapsed()
    time.sleep(0)
    assert time.elapsed() >= before
    assert time.boot_id() == time.boot_id() != ""
