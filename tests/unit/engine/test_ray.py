"""Ray's executor, as far as it goes without a cluster."""

from __future__ import annotations

import pickle
import socket
from pathlib import Path

import pytest

from whorl.base.errors import Forbidden, FormatError, InvalidInput, Unavailable
from whorl.engine import Placing
from whorl.engine.executors.ray import check_token, open_ray, parse_address
from whorl.engine.executors.ray_actor import BodyProcess
from whorl.engine.executors.ray_pool import Needs


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
