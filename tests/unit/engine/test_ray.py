"""Ray's executor, as far as it goes without a cluster."""

from __future__ import annotations

import pickle
import socket
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from whorl.base.errors import Forbidden, FormatError, InvalidInput, Unavailable
from whorl.engine import Placing
from whorl.engine.executors import ray_pool
from whorl.engine.executors.ray import check_token, open_ray, parse_address
from whorl.engine.executors.ray_actor import BodyProcess
from whorl.engine.executors.ray_pool import Needs, RayPool


def test_parse_address__host_and_port() -> None:
    assert parse_address("ray://head:10001") == ("head", 10001)


@pytest.mark.parametrize(
    "address", ["head:10001", "ray://head", "ray://:1", "ray://u:secret@h:1", "ray://h:99999999", ""]
)
def test_parse_address__anything_else_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_address(address)
    assert "secret" not in caught.value.message


def test_check_token__the_network_needs_one(tmp_path: Path) -> None:
    token, empty = tmp_path / "token", tmp_path / "empty"
    token.write_text("ab" * 16)
    empty.touch()
    none = {"RAY_AUTH_TOKEN_PATH": str(tmp_path / "absent")}
    for environ in (none, {**none, "RAY_AUTH_MODE": "token"}, {"RAY_AUTH_TOKEN_PATH": str(token)}):
        with pytest.raises(Forbidden, match="without a token"):
            check_token("10.0.0.7", environ)
    with pytest.raises(Forbidden):
        check_token("10.0.0.7", {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(empty)})
    check_token("10.0.0.7", {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token)})
    check_token("127.0.0.1", none)


def test_start__says_that_nothing_answers() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        executor = open_ray(f"ray://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(Unavailable, match="Ray cannot be reached at 127.0.0.1"):
            executor.start()
    executor.stop()


class _FakeRay(ModuleType):
    """Refuses so many times; what it gives then can be disconnected."""

    def __init__(self, *errors: Exception) -> None:
        super().__init__("ray")
        self.errors = list(errors)
        self.attempts = 0
        self.disconnected = 0

    def init(self, address: str, **_: object) -> _FakeRay:
        self.attempts += 1
        if self.errors:
            raise self.errors.pop(0)
        return self

    def disconnect(self) -> None:
        self.disconnected += 1


def _fake(monkeypatch: pytest.MonkeyPatch, *errors: Exception) -> tuple[RayPool, _FakeRay]:
    fake = _FakeRay(*errors)
    monkeypatch.setitem(sys.modules, "ray", fake)
    # Set by the pool; noted here so that it is undone.
    monkeypatch.setenv("RAY_ENABLE_AUTO_CONNECT", "0")
    monkeypatch.setattr(ray_pool, "_PAUSE_S", 0.0)
    return RayPool("ray://head:10001", most=0, idle_s=1.0), fake


def test_start__asks_again_while_the_head_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, fake = _fake(monkeypatch, ConnectionAbortedError("starting failed"), ConnectionError("late"))
    pool.start()
    pool.stop()
    assert (fake.attempts, fake.disconnected) == (3, 1)


def test_start__gives_up_in_the_end_and_names_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, fake = _fake(monkeypatch, *(ConnectionError("ray client connection timeout") for _ in range(9)))
    clock = iter(range(0, 1000, 20))
    fake_time = SimpleNamespace(monotonic=lambda: float(next(clock)), sleep=lambda _: None)
    monkeypatch.setattr(ray_pool, "time", fake_time)
    with pytest.raises(Unavailable, match="the Ray cluster at ray://head:10001 refuses: ConnectionError") as caught:
        pool.start()
    assert "head" in str(caught.value.hint)
    assert "token" in str(caught.value.hint)
    assert fake.attempts == 3
    pool.stop()


def test_start__another_version_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, fake = _fake(monkeypatch, RuntimeError("Version mismatch"), ConnectionError("never asked"))
    with pytest.raises(Unavailable, match="RuntimeError"):
        pool.start()
    assert fake.attempts == 1


def test_with_resources__shares_the_actors() -> None:
    executor = open_ray("ray://127.0.0.1:1")
    placed = executor.with_resources({"gpu": 1.0, "memory": 2e9})
    assert (placed.needs, placed.pool) == (Needs(1.0, 1.0, 2e9), executor.pool)
    assert isinstance(executor, Placing)
    assert str(placed.needs) == "cpu 1, gpu 1, memory 2e+09"


def test_submit__what_does_not_pickle_is_said_by_wait() -> None:
    executor = open_ray("ray://127.0.0.1:1")
    future = executor.submit(lambda: 1)
    with pytest.raises((pickle.PicklingError, AttributeError)):
        executor.wait(future)


def test_body_process__gives_values_and_errors_whole() -> None:
    process = BodyProcess()
    assert pickle.loads(process.run(pickle.dumps((pow, (2, 3), {})))) == (True, 8)
    is_value, error = pickle.loads(process.run(pickle.dumps((_refuse, (), {}))))
    assert (is_value, type(error), error.hint) == (False, FormatError, "mend it")
    is_value, error = pickle.loads(process.run(pickle.dumps((_refuse_strangely, (), {}))))
    assert (is_value, type(error), str(error)) == (False, RuntimeError, "_Strange: odd")


def _refuse() -> None:
    raise FormatError("line 3", hint="mend it")


class _Strange(Exception):
    def __reduce__(self) -> str:
        raise TypeError("never")


def _refuse_strangely() -> None:
    raise _Strange("odd")
