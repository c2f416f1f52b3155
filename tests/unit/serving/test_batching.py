"""Which images are run together, and when."""

from __future__ import annotations

import io

import pytest

from whorl.serving.batching import SHADOW_BATCH, Lanes, Waiting, size_bucket
from whorl.serving.frames import pack_frame, read_frame


class House:
    """Lanes with a clock that moves when told to."""

    def __init__(self) -> None:
        self.ready = {"a", "b"}
        self.is_more_coming = False
        self.at = 0.0
        self.lanes: Lanes[int] = Lanes(
            is_ready=lambda model: model in self.ready, is_more_coming=lambda: self.is_more_coming, now=lambda: self.at
        )

    def put(self, *numbers: int, model: str = "a", pixels: int = 1000, is_low: bool = False, most: int = 4) -> None:
        for number in numbers:
            self.lanes.put(Waiting(number, model, pixels, is_low, self.at, most, 0.005))

    def take(self) -> list[int]:
        return [one.content for one in self.lanes.take()]


@pytest.fixture
def house() -> House:
    return House()


def test_take__up_to_the_largest_batch_of_one_model(house: House) -> None:
    house.put(1, 2, 3, 4, 5)
    house.at = 1.0
    house.put(6, model="b")
    assert [house.take() for _ in range(3)] == [[1, 2, 3, 4], [5], [6]]


def test_take__who_waits_longest_comes_first(house: House) -> None:
    house.put(1, model="b")
    house.at = 1.0
    house.put(2)
    assert house.take() == [1]


def test_take__large_images_keep_no_small_one_waiting(house: House) -> None:
    house.put(1, pixels=20_000_000)
    house.put(2, 3, pixels=20_000)
    house.put(4, pixels=25_000)
    assert sorted(house.take() for _ in range(2)) == [[1], [2, 3, 4]]
    assert size_bucket(20_000) == size_bucket(25_000) != size_bucket(20_000_000)


def test_take__shadows_run_when_no_caller_waits_and_a_few_at_a_time(house: House) -> None:
    house.put(*range(10, 17), model="b", is_low=True, most=16)
    house.at = 1.0
    house.put(1)
    assert house.take() == [1]
    assert house.take() == [10, 11, 12, 13]
    assert SHADOW_BATCH == 4


def test_take__waits_for_others_only_while_there_are_some(house: House) -> None:
    house.put(1)
    assert house.take() == [1]
    house.is_more_coming = True
    house.put(2)
    assert isinstance(house.lanes._choose(), float)
    house.put(3, 4, 5)
    assert house.take() == [2, 3, 4, 5]
    house.put(6)
    house.at += 0.006
    assert house.take() == [6]


def test_take__a_model_that_is_being_loaded_waits(house: House) -> None:
    house.put(1, model="later")
    house.put(2)
    assert house.take() == [2]
    assert (house.lanes._choose(), house.lanes.count("later")) == (None, 1)
    house.ready.add("later")
    assert house.take() == [1]


def test_withdraw_and_close(house: House) -> None:
    house.put(1, 2)
    house.put(3, model="b")
    assert [one.content for one in house.lanes.withdraw("a")] == [1, 2]
    house.lanes.close()
    assert house.take() == []


def test_frames__are_read_as_they_were_packed() -> None:
    stream = io.BytesIO(pack_frame({"do": "ask", "id": 7}, b"bytes") + pack_frame({"said": "é"}))
    assert [read_frame(stream) for _ in range(3)] == [({"do": "ask", "id": 7}, b"bytes"), ({"said": "é"}, b""), None]


def test_frames__half_of_one_is_the_end_and_junk_is_an_error() -> None:
    assert read_frame(io.BytesIO(pack_frame({"do": "ask"}, b"bytes")[:-2])) is None
    with pytest.raises(ValueError, match="not a frame"):
        read_frame(io.BytesIO(b"\xff" * 40))
    with pytest.raises(ValueError, match="no object"):
        read_frame(io.BytesIO(b"\x00\x00\x00\x02" + bytes(8) + b"[]"))
