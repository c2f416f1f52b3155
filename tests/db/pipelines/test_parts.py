"""Tiles leave an image and come back to it, on both databases."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from tests.db.pipelines.conftest import ANNA, Plant
from tests.db.pipelines.flows import list_told, make_flow, raw, tell
from tests.db.pipelines.pieces import (
    FLOW,
    MODEL,
    SIDE,
    add_bytes,
    add_image,
    box,
    list_pieces,
    predict,
    said_of,
    step,
)

from whorl.annotations.actions import save_annotations
from whorl.annotations.copies import copy_truth_to_parts
from whorl.annotations.queries import read_item_annotations
from whorl.base.errors import JsonValue
from whorl.datasets.actions import delete_items
from whorl.datasets.queries import get_item
from whorl.pipelines.actions import retry_dead_letters
from whorl.schemas.annotations import AnnotationDraft, Layer, Origin
from whorl.schemas.datasets import Item
from whorl.schemas.pipelines import Pipeline
from whorl.schemas.records import Subset
from whorl.store.blobs import get_content


def _tiling(plant: Plant, pool: str, tiles: str, edges: list[str] | None = None) -> Pipeline:
    cut: dict[str, JsonValue] = {"type": "tile", "dataset": tiles, "size": SIDE, "overlap": 0.2, "encoding": "png"}
    nodes: dict[str, dict[str, JsonValue]] = {
        "raw": raw(pool),
        "cut": cut,
        "look": {"type": "label", "dataset": tiles, "task": "look"},
        "merge": {"type": "merge_tiles"},
        "done": tell("merged"),
    }
    return make_flow(plant, nodes, edges or FLOW)


def _delete(plant: Plant, item: Item) -> None:
    plant.db.write(lambda conn: delete_items(conn, item.dataset_id, [item.id], actor_id=ANNA, now=plant.now()))


LEFT, RIGHT = "a.png.tiles/0_0_64_64.png", "a.png.tiles/40_0_64_64.png"
# One object whole in the left tile alone, one cut by both borders.
SEEN = {
    LEFT: [("dark", 0.6, box(5, 5, 20, 20)), ("bright", 0.7, box(30, 30, 64, 50))],
    RIGHT: [("bright", 0.9, box(0, 30, 40, 50))],
}


def test_tile__parts_say_where_they_lie_and_keep_what_the_image_is(plant: Plant) -> None:
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    pipeline = _tiling(plant, pool, tiles)
    parent = add_image(plant, pool, "a.png")
    plant.settle()
    made = list_pieces(plant, tiles)
    place: dict[str, JsonValue] = {"kind": "tile", "y": 0, "width": 64, "height": 64, "total": 2}
    assert {item.name: item.metadata for item in made} == {
        LEFT: {"site": "north", "parent": parent.id, "part": {**place, "x": 0, "index": 0}},
        RIGHT: {"site": "north", "parent": parent.id, "part": {**place, "x": 40, "index": 1}},
    }
    assert {(item.subset, item.group_key, item.width, item.height) for item in made} == {
        (Subset.TRAIN, parent.id, 64, 64)
    }
    blobs = plant.services.blobs
    whole = np.asarray(Image.open(io.BytesIO(get_content(blobs, parent.sha256))))
    right = np.asarray(Image.open(io.BytesIO(get_content(blobs, made[1].sha256))))
    assert np.array_equal(right, whole[0:64, 40:104])
    assert plant.states(pipeline) == {"active": 1}


def test_tile__truth_is_taken_along_once(plant: Plant) -> None:
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    parent = add_image(plant, pool, "a.png")
    boxes = [box(50, 10, 70, 20), box(0, 0, 10, 10), box(62, 30, 102, 40)]
    drafts = [AnnotationDraft(label="dark", geometry=box) for box in boxes]
    plant.db.write(
        lambda conn: save_annotations(
            conn,
            parent.id,
            drafts=drafts,
            base_revision=read_item_annotations(conn, parent.id).revision,
            actor_id=ANNA,
            now=plant.now(),
        )
    )
    nodes: dict[str, dict[str, JsonValue]] = {
        "raw": raw(pool),
        "cut": {"type": "tile", "dataset": tiles, "size": SIDE, "encoding": "png", "truth": "copy"},
        "done": tell("cut"),
    }
    pipeline = make_flow(plant, nodes, ["raw.item > cut.item", "cut.item > done.signal"])
    plant.settle()
    left, right = list_pieces(plant, tiles)
    # Of the third, the left tile shows two of forty columns.
    assert [one.geometry for one in said_of(plant, left, Layer.TRUTH)] == [box(50, 10, 64, 20), box(0, 0, 10, 10)]
    found = said_of(plant, right, Layer.TRUTH)
    assert [one.geometry for one in found] == [box(10, 10, 30, 20), box(22, 30, 62, 40)]
    assert {(one.author_id, one.origin) for one in found} == {(ANNA, Origin.DRAWN)}
    plant.db.write(
        lambda conn: save_annotations(
            conn,
            right.id,
            drafts=[],
            removed_ids=[one.id for one in found],
            base_revision=read_item_annotations(conn, right.id).revision,
            actor_id=ANNA,
            now=plant.now(),
        )
    )
    # Cut again, the tiles are found; what people made of their truth stays.
    again = {right.id: found, left.id: said_of(plant, left, Layer.TRUTH)}
    assert plant.db.write(lambda conn: copy_truth_to_parts(conn, tiles, again, actor_id=ANNA, now=plant.now())) == 0
    assert said_of(plant, right, Layer.TRUTH) == []
    assert plant.open_tokens(pipeline) == 0


def test_merge_tiles__all_tiles_come_back(plant: Plant) -> None:
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    pipeline = _tiling(plant, pool, tiles)
    parent = add_image(plant, pool, "a.png")
    plant.settle()
    predict(plant, tiles, dict(SEEN))
    plant.label("look")
    plant.settle()
    assert [(one.label, one.confidence, one.geometry, one.author_id) for one in said_of(plant, parent)] == [
        ("bright", 0.9, box(30, 30, 80, 50), MODEL),
        ("dark", 0.6, box(5, 5, 20, 20), MODEL),
    ]
    assert list_told(plant) == ["merged"]
    assert (plant.states(pipeline), plant.open_tokens(pipeline), plant.parked(pipeline)) == ({"done": 1}, 0, {})


def test_merge_tiles__a_tile_discarded_last_is_not_waited_for(plant: Plant) -> None:
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    pipeline = _tiling(plant, pool, tiles)
    parent = add_image(plant, pool, "a.png")
    plant.settle()
    predict(plant, tiles, dict(SEEN))
    plant.label("look", discard=[RIGHT])
    plant.settle()
    assert [(one.label, one.geometry) for one in said_of(plant, parent)] == [
        ("bright", box(30, 30, 64, 50)),
        ("dark", box(5, 5, 20, 20)),
    ]
    assert list_told(plant) == ["merged"]
    assert (plant.states(pipeline), plant.open_tokens(pipeline)) == ({"done": 1}, 0)
    assert [one["missing"] for one in step(plant, pipeline, "merge")] == [1]


def test_merge_tiles__every_tile_discarded__the_run_ends(plant: Plant) -> None:
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    pipeline = _tiling(plant, pool, tiles)
    add_image(plant, pool, "a.png")
    plant.settle()
    plant.label("look", discard=[LEFT, RIGHT])
    plant.settle()
    assert (list_told(plant), plant.states(pipeline), plant.open_tokens(pipeline)) == ([], {"done": 1}, 0)


def test_merge_tiles__a_failed_tile_is_not_waited_for_and_adds_when_it_comes(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    cut: JsonValue = {"type": "tile", "dataset": tiles, "size": SIDE, "encoding": "png"}
    nodes: dict[str, dict[str, JsonValue]] = {
        "raw": raw(pool),
        "cut": dict(cut) if isinstance(cut, dict) else {},
        "look": {"type": "label", "dataset": tiles, "task": "look"},
        "by": {"type": "filter", "routes": {"odd": "name:*/40_*"}},
        "weak": {"type": "sample", "share": 1},
        "merge": {"type": "merge_tiles"},
        "done": tell("merged"),
    }
    way = ["look.submitted > by.item", "by.odd > weak.item", "weak.item > merge.item", "by.rest > merge.item"]
    pipeline = make_flow(plant, nodes, [*FLOW[:2], *way, FLOW[3]])
    parent = add_image(plant, pool, "a.png")
    plant.settle()
    predict(plant, tiles, dict(SEEN))
    plant.broken_runs["weak"] = 3
    plant.label("look")
    plant.settle(patience_s=60)
    assert list_told(plant) == ["merged"]
    assert [one.geometry for one in said_of(plant, parent)] == [box(30, 30, 64, 50), box(5, 5, 20, 20)]
    assert plant.states(pipeline) == {"failed": 1}
    plant.db.write(lambda conn: retry_dead_letters(conn, pipeline.id))
    plant.settle()
    assert [one.geometry for one in said_of(plant, parent)] == [box(30, 30, 80, 50), box(5, 5, 20, 20)]
    assert list_told(plant) == ["merged"]
    assert (plant.states(pipeline), plant.open_tokens(pipeline)) == ({"done": 1}, 0)


def test_merge_tiles__the_image_was_deleted_meanwhile(plant: Plant) -> None:
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    pipeline = _tiling(plant, pool, tiles)
    parent = add_image(plant, pool, "a.png")
    plant.settle()
    predict(plant, tiles, dict(SEEN))
    _delete(plant, parent)
    plant.label("look")
    plant.settle()
    assert (list_told(plant), plant.states(pipeline), plant.open_tokens(pipeline)) == ([], {"done": 1}, 0)
    assert [one["ended"] for one in step(plant, pipeline, "merge")] == ["the item was deleted"]


def test_tiles__broken_commits_change_nothing(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    pipeline = _tiling(plant, pool, tiles)
    parents = [add_image(plant, pool, name) for name in ("a.png", "bb.png")]
    plant.broken_commits["cut"] = 2
    plant.settle(patience_s=60)
    assert len(list_pieces(plant, tiles)) == 4
    predict(plant, tiles, dict(SEEN))
    plant.broken_commits["merge"] = 2
    plant.label("look")
    plant.settle(patience_s=60)
    assert [len(said_of(plant, parent)) for parent in parents] == [2, 0]
    assert list_told(plant) == ["merged", "merged"]
    assert (plant.states(pipeline), plant.open_tokens(pipeline)) == ({"done": 2}, 0)


def test_tile__a_second_run_finds_the_tiles_of_the_first(plant: Plant) -> None:
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    pipeline = _tiling(plant, pool, tiles)
    parent = add_image(plant, pool, "a.png")
    plant.settle()
    first = [item.id for item in list_pieces(plant, tiles)]
    assert plant.start(pipeline, "raw.item", parent.id, "again")
    plant.settle()
    assert [item.id for item in list_pieces(plant, tiles)] == first
    # Another image of the same name is another parent.
    other = plant.dataset("other")
    twin = add_image(plant, other, "a.png", width=70)
    assert plant.start(pipeline, "raw.item", twin.id, "twin")
    plant.settle()
    named = {item.name: item.metadata["parent"] for item in list_pieces(plant, tiles)}
    assert named == {
        LEFT: parent.id,
        RIGHT: parent.id,
        f"a.png.tiles/{twin.id}/0_0_64_64.png": twin.id,
        "a.png.tiles/6_0_64_64.png": twin.id,
    }


def test_tile__what_is_no_image_leaves_by_failed(plant: Plant) -> None:
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    nodes: dict[str, dict[str, JsonValue]] = {
        "raw": raw(pool),
        "cut": {"type": "tile", "dataset": tiles},
        "whole": tell("whole"),
        "bad": tell("bad"),
    }
    pipeline = make_flow(plant, nodes, ["raw.item > cut.item", "cut.whole > whole.signal", "cut.failed > bad.signal"])
    add_bytes(plant, pool, "broken.png", b"\x89PNG\r\n\x1a\nnothing", 40, 40)
    add_image(plant, pool, "small.png", width=20, height=10)
    plant.settle()
    assert sorted(list_told(plant)) == ["bad", "whole"]
    assert [(item.name, item.width, item.height) for item in list_pieces(plant, tiles)] == [
        ("small.png.tiles/0_0_20_10.jpg", 20, 10)
    ]
    assert plant.states(pipeline) == {"done": 2}


def test_parts__whole_goes_on_by_itself(plant: Plant) -> None:
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    pipeline = _tiling(plant, pool, tiles, [*FLOW, "cut.whole > done.signal"])
    parent = add_image(plant, pool, "a.png")
    plant.settle()
    assert list_told(plant) == ["merged"]
    with plant.db.read() as conn:
        assert get_item(conn, parent.id).metadata == {"site": "north"}
    assert plant.states(pipeline) == {"active": 1}
