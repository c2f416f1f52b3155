"""Flagged answers in groups, with names; few, none and all alike."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.serving.catalogue import Member, cluster, describe_groups, title_of, traits_of


def blobs(*sizes: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.concatenate([rng.normal(20 * n, 1, (size, 16)) for n, size in enumerate(sizes)]).astype(np.float32)


def member(number: int, **fields: object) -> Member:
    return Member(f"prd_{number}", **fields)  # type: ignore[arg-type]


def test_cluster__finds_what_stands_apart_the_largest_first() -> None:
    assert cluster(blobs(6, 9, 4)).tolist() == [1] * 6 + [0] * 9 + [2] * 4


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_cluster__a_few_are_one_group(count: int) -> None:
    assert cluster(blobs(count)).tolist() == [0] * count


def test_cluster__alike_and_shapeless() -> None:
    assert cluster(np.ones((30, 4), np.float32)).tolist() == [0] * 30
    shapeless = np.random.default_rng(1).normal(size=(60, 200)).astype(np.float32)
    assert len(set(cluster(shapeless).tolist())) == 1


def test_cluster__one_that_stands_alone_is_in_no_group() -> None:
    features = np.concatenate([blobs(8, 8), np.full((1, 16), 45, np.float32)])
    assert cluster(features).tolist() == [0] * 8 + [1] * 8 + [-1]


def test_cluster__a_few_very_odd_ones_do_not_hide_the_groups_of_the_rest() -> None:
    odd = np.random.default_rng(2).normal(2000, 1, (3, 16)).astype(np.float32)
    features = np.concatenate([blobs(9, 7, 5), odd, np.full((1, 16), -9000, np.float32)])
    assert cluster(features).tolist() == [0] * 9 + [1] * 7 + [2] * 5 + [3] * 3 + [-1]


def test_describe_groups__names_what_is_commoner_inside() -> None:
    members = [
        *(
            member(n, kinds=("margin",), labels=("3",), traits=(("camera", "yard"), ("image", "dark")))
            for n in range(6)
        ),
        *(member(n, kinds=("report",), labels=("7",), is_wrong=True, item_id=f"itm_{n}") for n in range(6, 10)),
    ]
    outside = [member(n, labels=("3",), traits=(("camera", "door"),)) for n in range(20, 40)]
    first, second = describe_groups(members, blobs(6, 4), outside=outside)
    assert first.title == "camera yard, dark"
    assert (first.size, first.kinds, first.labels, first.wrong) == (6, {"margin": 6}, {"3": 6}, 0)
    assert first.metadata == {"camera": {"yard": 6}}
    assert second.title == "answered 7"
    assert (second.size, second.wrong) == (4, 4)
    assert sorted(second.item_ids) == [f"itm_{n}" for n in range(6, 10)]


def test_describe_groups__typical_ones_first() -> None:
    three = describe_groups([member(n) for n in range(3)], np.array([[0.0], [6.0], [5.0]], np.float32))
    assert three[0].examples == ["prd_2", "prd_1", "prd_0"]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_describe_groups__none_one_and_two(count: int) -> None:
    groups = describe_groups([member(n, labels=("cat",)) for n in range(count)], blobs(count))
    assert [(one.size, one.title) for one in groups] == ([(count, "answered cat")] if count else [])


def test_describe_groups__the_same_each_time() -> None:
    members = [member(n, labels=(str(n % 3),)) for n in range(40)]
    features = blobs(13, 13, 14, seed=3)
    assert describe_groups(members, features) == describe_groups(members, features)


def test_title_of__one_flag_proves_nothing() -> None:
    assert title_of([member(1, traits=(("camera", "a"),))], [])[1] == {}
    assert title_of([member(1)], [])[0] == "answers with nothing found"


def test_traits_of__leaves_out_what_is_no_word() -> None:
    metadata = {"camera": "yard", "night": True, "gain": 1.5, "note": "x" * 100, "empty": "", "none": None}
    assert traits_of(metadata, ["dark"]) == (("camera", "yard"), ("night", "True"), ("image", "dark"))
