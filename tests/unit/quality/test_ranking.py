import numpy as np

from whorl.quality.duplicates.ranking import NEIGHBOURS, Candidate, link_frames, natural_order, rank_items

_HASH = 0x9FEE256239984D71


def _item(key: int, *, name: str = "", group: str | None = None, **changes: object) -> Candidate:
    facts: dict[str, object] = {
        "sha256": str(key), "media_type": "image/jpeg", "width": 640, "height": 480, "bytes": 1000, "sharpness": 100.0,
        "subset": None, "has_truth": False, "metadata": {}, "picture_hash": _HASH,
    }  # fmt: skip
    return Candidate(key=key, name=name or f"{key}.jpg", group_key=group, **(facts | changes))  # type: ignore[arg-type]


def test_rank_items__truth_then_pixels_then_sharpness_then_bytes_then_age() -> None:
    items = [
        _item(1),
        _item(2, bytes=2000),
        _item(3, sharpness=900.0),
        _item(4, width=1280),
        _item(5, has_truth=True, width=64),
        _item(6),
    ]

    assert rank_items(items).tolist() == [4, 3, 2, 1, 0, 5]
    assert rank_items([]).tolist() == []


def test_rank_items__slightly_sharper_is_not_better_than_less_compressed() -> None:
    assert rank_items([_item(1, sharpness=120.0, bytes=10), _item(2, sharpness=100.0)]).tolist() == [1, 0]


def test_natural_order__counts() -> None:
    names = ["b1.jpg", "a10.jpg", "a9.jpg", "a.jpg", "9.jpg"]

    assert sorted(names, key=natural_order) == ["9.jpg", "a9.jpg", "a10.jpg", "a.jpg", "b1.jpg"]


def _links(items: list[Candidate], hashes: list[int], distance: int = 8) -> list[list[int]]:
    return link_frames(items, np.array(hashes, dtype=np.uint64), hash_distance=distance).tolist()


def test_link_frames__ties_neighbours_until_the_picture_has_changed() -> None:
    names = ["f10.jpg", "f2.jpg", "f1.jpg", "f11.jpg"]
    items = [_item(key, name=name, group="v") for key, name in enumerate(names)]
    changed = _HASH ^ 0xFFFFFF

    # In time: f1, f2, f10, f11. The scene changes between f10 and f11.
    assert _links(items, [_HASH ^ 0xFFFF, _HASH, _HASH, changed << 8 & (2**64 - 1)]) == [[2, 1], [1, 0], [2, 0]]


def test_link_frames__of_one_video_only_and_in_the_order_of_frames() -> None:
    parts = [("v1", 30), ("v2", 0), ("v1", 0), ("v2", 30)]
    items = [
        _item(key, metadata={"parent": video, "part": {"kind": "frame", "frame": frame}})
        for key, (video, frame) in enumerate(parts)
    ]

    assert _links(items, [_HASH] * 4) == [[2, 0], [1, 3]]


def test_link_frames__neither_without_group_nor_without_hash_nor_too_far() -> None:
    assert _links([_item(1), _item(2)], [_HASH, _HASH]) == []
    assert _links([_item(1, group="v"), _item(2, group="v")], [_HASH, 0]) == []
    many = [_item(key, group="v") for key in range(NEIGHBOURS + 2)]
    assert [0, NEIGHBOURS + 1] not in _links(many, [_HASH] * len(many))
    assert [0, NEIGHBOURS] in _links(many, [_HASH] * len(many))
