"""Images in parts: tiles and crops leave, come back, or are lost on the way; the image goes on once."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from sqlalchemy import Connection
from tests.db.pipelines.conftest import ANNA, Plant
from tests.db.pipelines.flows import list_told, make_flow, raw, tell

from whorl.annotations.actions import add_predictions, promote_predictions, save_annotations
from whorl.annotations.copies import copy_truth_to_parts
from whorl.annotations.outcomes import list_refused
from whorl.annotations.queries import list_annotations, read_item_annotations
from whorl.base.errors import JsonValue
from whorl.datasets.actions import add_items, delete_items, update_items
from whorl.datasets.queries import get_item, list_items
from whorl.pipelines.actions import retry_dead_letters
from whorl.schemas.annotations import Annotation, AnnotationDraft, Box, ClassTag, Layer, Origin
from whorl.schemas.datasets import Item, ItemPatch, NewItem
from whorl.schemas.pipelines import Pipeline, PipelineDefinition
from whorl.schemas.records import AnnotationRecord, Subset
from whorl.store.blobs import get_content, put_content

MODEL = "mdl_finder"
# Two columns and one row of tiles, at x 0 and 40.
WIDTH, HEIGHT, SIDE = 104, 64, 64
FLOW = ["raw.item > cut.item", "cut.item > look.item", "look.submitted > merge.item", "merge.item > done.signal"]


def _add_image(plant: Plant, dataset: str, name: str, *, width: int = WIDTH, height: int = HEIGHT) -> Item:
    pixels = np.random.default_rng(len(name)).integers(0, 255, (height, width, 3)).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return _add(plant, dataset, name, buffer.getvalue(), width, height)


def _add(plant: Plant, dataset: str, name: str, data: bytes, width: int, height: int) -> Item:
    new = NewItem(
        name=name,
        sha256=put_content(plant.services.blobs, data),
        media_type="image/png",
        width=width,
        height=height,
        bytes=len(data),
        subset=Subset.TRAIN,
        metadata={"site": "north"},
    )
    return plant.db.write(lambda conn: add_items(conn, dataset, [new], actor_id=ANNA, now=plant.now()))[0]


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


def _items(plant: Plant, dataset: str) -> list[Item]:
    with plant.db.read() as conn:
        return list_items(conn, dataset).items


def _predict(plant: Plant, dataset: str, said: dict[str, list[tuple[str, float, Box]]]) -> None:
    """Predictions by the name of their item."""
    ids = {item.name: item.id for item in _items(plant, dataset)}
    records = {
        ids[name]: [AnnotationRecord(label, box, confidence) for label, confidence, box in found]
        for name, found in said.items()
    }
    plant.db.write(lambda conn: add_predictions(conn, dataset, records, model_id=MODEL, actor_id=ANNA, now=plant.now()))


def _box(x0: float, y0: float, x1: float, y1: float) -> Box:
    return Box(x0=x0, y0=y0, x1=x1, y1=y1)


def _said(plant: Plant, item: Item, layer: Layer = Layer.PREDICTION) -> list[Annotation]:
    with plant.db.read() as conn:
        return list_annotations(conn, [item.id], layer=layer)


def _delete(plant: Plant, item: Item) -> None:
    plant.db.write(lambda conn: delete_items(conn, item.dataset_id, [item.id], actor_id=ANNA, now=plant.now()))


def _step(plant: Plant, pipeline: Pipeline, node: str) -> list[dict[str, JsonValue]]:
    return [dict(step.output) for run in plant.runs(pipeline) for step in plant.journey(run) if step.node == node]


LEFT, RIGHT = "a.png.tiles/0_0_64_64.png", "a.png.tiles/40_0_64_64.png"
# One object whole in the left tile alone, one cut by both borders.
SEEN = {
    LEFT: [("dark", 0.6, _box(5, 5, 20, 20)), ("bright", 0.7, _box(30, 30, 64, 50))],
    RIGHT: [("bright", 0.9, _box(0, 30, 40, 50))],
}


def test_tile__parts_say_where_they_lie_and_keep_what_the_image_is(plant: Plant) -> None:
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    pipeline = _tiling(plant, pool, tiles)
    parent = _add_image(plant, pool, "a.png")
    plant.settle()
    made = _items(plant, tiles)
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
    parent = _add_image(plant, pool, "a.png")
    boxes = [_box(50, 10, 70, 20), _box(0, 0, 10, 10), _box(62, 30, 102, 40)]
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
    left, right = _items(plant, tiles)
    # Of the third, the left tile shows two of forty columns.
    assert [one.geometry for one in _said(plant, left, Layer.TRUTH)] == [_box(50, 10, 64, 20), _box(0, 0, 10, 10)]
    found = _said(plant, right, Layer.TRUTH)
    assert [one.geometry for one in found] == [_box(10, 10, 30, 20), _box(22, 30, 62, 40)]
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
    again = {right.id: found, left.id: _said(plant, left, Layer.TRUTH)}
    assert plant.db.write(lambda conn: copy_truth_to_parts(conn, tiles, again, actor_id=ANNA, now=plant.now())) == 0
    assert _said(plant, right, Layer.TRUTH) == []
    assert plant.open_tokens(pipeline) == 0


def test_merge_tiles__all_tiles_come_back(plant: Plant) -> None:
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    pipeline = _tiling(plant, pool, tiles)
    parent = _add_image(plant, pool, "a.png")
    plant.settle()
    _predict(plant, tiles, dict(SEEN))
    plant.label("look")
    plant.settle()
    assert [(one.label, one.confidence, one.geometry, one.author_id) for one in _said(plant, parent)] == [
        ("bright", 0.9, _box(30, 30, 80, 50), MODEL),
        ("dark", 0.6, _box(5, 5, 20, 20), MODEL),
    ]
    assert list_told(plant) == ["merged"]
    assert (plant.states(pipeline), plant.open_tokens(pipeline), plant.parked(pipeline)) == ({"done": 1}, 0, {})


def test_merge_tiles__a_tile_discarded_last_is_not_waited_for(plant: Plant) -> None:
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    pipeline = _tiling(plant, pool, tiles)
    parent = _add_image(plant, pool, "a.png")
    plant.settle()
    _predict(plant, tiles, dict(SEEN))
    plant.label("look", discard=[RIGHT])
    plant.settle()
    assert [(one.label, one.geometry) for one in _said(plant, parent)] == [
        ("bright", _box(30, 30, 64, 50)),
        ("dark", _box(5, 5, 20, 20)),
    ]
    assert list_told(plant) == ["merged"]
    assert (plant.states(pipeline), plant.open_tokens(pipeline)) == ({"done": 1}, 0)
    assert [one["missing"] for one in _step(plant, pipeline, "merge")] == [1]


def test_merge_tiles__every_tile_discarded__the_run_ends(plant: Plant) -> None:
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    pipeline = _tiling(plant, pool, tiles)
    _add_image(plant, pool, "a.png")
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
    parent = _add_image(plant, pool, "a.png")
    plant.settle()
    _predict(plant, tiles, dict(SEEN))
    plant.broken_runs["weak"] = 3
    plant.label("look")
    plant.settle(patience_s=60)
    assert list_told(plant) == ["merged"]
    assert [one.geometry for one in _said(plant, parent)] == [_box(30, 30, 64, 50), _box(5, 5, 20, 20)]
    assert plant.states(pipeline) == {"failed": 1}
    plant.db.write(lambda conn: retry_dead_letters(conn, pipeline.id))
    plant.settle()
    assert [one.geometry for one in _said(plant, parent)] == [_box(30, 30, 80, 50), _box(5, 5, 20, 20)]
    assert list_told(plant) == ["merged"]
    assert (plant.states(pipeline), plant.open_tokens(pipeline)) == ({"done": 1}, 0)


def test_merge_tiles__the_image_was_deleted_meanwhile(plant: Plant) -> None:
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    pipeline = _tiling(plant, pool, tiles)
    parent = _add_image(plant, pool, "a.png")
    plant.settle()
    _predict(plant, tiles, dict(SEEN))
    _delete(plant, parent)
    plant.label("look")
    plant.settle()
    assert (list_told(plant), plant.states(pipeline), plant.open_tokens(pipeline)) == ([], {"done": 1}, 0)
    assert [one["ended"] for one in _step(plant, pipeline, "merge")] == ["the item was deleted"]


def test_tiles__broken_commits_change_nothing(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    pipeline = _tiling(plant, pool, tiles)
    parents = [_add_image(plant, pool, name) for name in ("a.png", "bb.png")]
    plant.broken_commits["cut"] = 2
    plant.settle(patience_s=60)
    assert len(_items(plant, tiles)) == 4
    _predict(plant, tiles, dict(SEEN))
    plant.broken_commits["merge"] = 2
    plant.label("look")
    plant.settle(patience_s=60)
    assert [len(_said(plant, parent)) for parent in parents] == [2, 0]
    assert list_told(plant) == ["merged", "merged"]
    assert (plant.states(pipeline), plant.open_tokens(pipeline)) == ({"done": 2}, 0)


def test_tile__a_second_run_finds_the_tiles_of_the_first(plant: Plant) -> None:
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    pipeline = _tiling(plant, pool, tiles)
    parent = _add_image(plant, pool, "a.png")
    plant.settle()
    first = [item.id for item in _items(plant, tiles)]
    assert plant.start(pipeline, "raw.item", parent.id, "again")
    plant.settle()
    assert [item.id for item in _items(plant, tiles)] == first
    # Another image of the same name is another parent.
    other = plant.dataset("other")
    twin = _add_image(plant, other, "a.png", width=70)
    assert plant.start(pipeline, "raw.item", twin.id, "twin")
    plant.settle()
    named = {item.name: item.metadata["parent"] for item in _items(plant, tiles)}
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
    _add(plant, pool, "broken.png", b"\x89PNG\r\n\x1a\nnothing", 40, 40)
    _add_image(plant, pool, "small.png", width=20, height=10)
    plant.settle()
    assert sorted(list_told(plant)) == ["bad", "whole"]
    assert [(item.name, item.width, item.height) for item in _items(plant, tiles)] == [
        ("small.png.tiles/0_0_20_10.jpg", 20, 10)
    ]
    assert plant.states(pipeline) == {"done": 2}


def _cropping(plant: Plant, pool: str, crops: str, **merge: JsonValue) -> Pipeline:
    cut: dict[str, JsonValue] = {"type": "crop", "dataset": crops, "margin": 0, "min_side": 1, "labels": ["dark"]}
    nodes: dict[str, dict[str, JsonValue]] = {
        "raw": raw(pool),
        "cut": cut,
        "look": {"type": "label", "dataset": crops, "task": "look"},
        "merge": {"type": "merge_crops", **merge},
        "done": tell("merged"),
        "lost": tell("lost"),
        "none": tell("none"),
    }
    return make_flow(plant, nodes, [*FLOW, "merge.lost > lost.signal", "cut.empty > none.signal"], on="item.updated")


def _touch(plant: Plant, item: Item) -> None:
    touched = {item.id: ItemPatch(metadata={"touched": True})}
    plant.db.write(lambda conn: update_items(conn, item.dataset_id, touched, actor_id=ANNA, now=plant.now()))


OBJECTS = [("dark", 0.9, _box(10, 10, 40, 30)), ("dark", 0.8, _box(50, 5, 100, 60)), ("bright", 0.7, _box(0, 0, 9, 9))]


def test_crops__people_say_what_predicted_objects_are(plant: Plant) -> None:
    pool, crops = plant.dataset("pool"), plant.dataset("crops")
    pipeline = _cropping(plant, pool, crops)
    parent, empty = _add_image(plant, pool, "a.png"), _add_image(plant, pool, "bb.png")
    _predict(plant, pool, {"a.png": OBJECTS})
    _touch(plant, parent)
    _touch(plant, empty)
    plant.settle()
    made = _items(plant, crops)
    objects = {one.geometry: one for one in _said(plant, parent)}
    first = objects[_box(10, 10, 40, 30)]
    assert [(item.width, item.height) for item in made] == [(30, 20), (50, 55)]
    assert made[0].name == f"a.png.crops/{first.id}-10_10_30_20.jpg"
    part = made[0].metadata["part"]
    assert isinstance(part, dict)
    assert (part["annotation"], part["label"], part["index"], part["total"]) == (first.id, "dark", 0, 2)
    plant.label("look", as_class="bright")
    plant.settle()
    truth = _said(plant, parent, Layer.TRUTH)
    assert [(one.label, one.geometry, one.author_id, one.origin, one.from_prediction) for one in truth] == [
        ("bright", box, ANNA, Origin.EDITED, objects[box].id) for _, _, box in OBJECTS[:2]
    ]
    assert sorted(list_told(plant)) == ["merged", "none"]
    assert (plant.states(pipeline), plant.open_tokens(pipeline)) == ({"done": 2}, 0)


def test_crops__class_as_attribute_of_ground_truth(plant: Plant) -> None:
    pool, crops = plant.dataset("pool"), plant.dataset("crops")
    pipeline = _cropping(plant, pool, crops, write_as="attribute", attribute="shade")
    pipeline = plant.apply(_with_layer(pipeline, "truth"))
    parent = _add_image(plant, pool, "a.png")
    drafts = [AnnotationDraft(label="dark", geometry=_box(10, 10, 40, 30), attributes={"old": 1})]

    plant.db.write(
        lambda conn: save_annotations(
            conn,
            parent.id,
            drafts=drafts,
            base_revision=read_item_annotations(conn, parent.id).revision,
            actor_id="per_zoe",
            now=plant.now(),
        )
    )
    before = _said(plant, parent, Layer.TRUTH)[0]
    _touch(plant, parent)
    plant.settle()
    plant.label("look", as_class="bright")
    plant.settle()
    (after,) = _said(plant, parent, Layer.TRUTH)
    assert (after.id, after.label, after.geometry) == (before.id, "dark", before.geometry)
    assert after.attributes == {"old": 1, "shade": "bright"}
    assert (after.author_id, list_told(plant)) == (ANNA, ["merged"])


def _with_layer(pipeline: Pipeline, layer: str) -> PipelineDefinition:
    nodes = [
        node.model_copy(update={"params": {**node.params, "layer": layer}}) if node.id == "cut" else node
        for node in pipeline.definition.nodes
    ]
    return pipeline.definition.model_copy(update={"nodes": nodes})


def test_crops__a_model_says_what_objects_are(plant: Plant) -> None:
    pool, crops = plant.dataset("pool"), plant.dataset("crops")
    _cropping(plant, pool, crops, layer="prediction")
    parent = _add_image(plant, pool, "a.png")
    _predict(plant, pool, {"a.png": OBJECTS})
    _touch(plant, parent)
    plant.settle()
    said = {item.id: [AnnotationRecord("bright", ClassTag(), 0.65)] for item in _items(plant, crops)[:1]}
    plant.db.write(
        lambda conn: add_predictions(conn, crops, said, model_id="mdl_second", actor_id=ANNA, now=plant.now())
    )
    plant.label("look")
    plant.settle()
    judged = [one for one in _said(plant, parent) if one.author_id == "mdl_second"]
    assert [(one.label, one.geometry, one.confidence) for one in judged] == [("bright", OBJECTS[0][2], 0.65)]
    assert len([one for one in _said(plant, parent) if one.author_id == MODEL]) == 3
    assert _said(plant, parent, Layer.TRUTH) == []


def test_crops__objects_that_are_gone_leave_by_lost(plant: Plant) -> None:
    pool, crops = plant.dataset("pool"), plant.dataset("crops")
    pipeline = _cropping(plant, pool, crops)
    parent = _add_image(plant, pool, "a.png")
    _predict(plant, pool, {"a.png": OBJECTS})
    _touch(plant, parent)
    plant.settle()
    _predict(plant, pool, {"a.png": []})
    plant.label("look", as_class="bright")
    plant.settle()
    assert (list_told(plant), _said(plant, parent, Layer.TRUTH)) == (["lost"], [])
    assert [(one["landed"], one["lost"]) for one in _step(plant, pipeline, "merge")] == [(0, 2)]
    assert plant.states(pipeline) == {"done": 1}


def test_parts__whole_goes_on_by_itself(plant: Plant) -> None:
    pool, tiles = plant.dataset("pool"), plant.dataset("tiles")
    pipeline = _tiling(plant, pool, tiles, [*FLOW, "cut.whole > done.signal"])
    parent = _add_image(plant, pool, "a.png")
    plant.settle()
    assert list_told(plant) == ["merged"]
    with plant.db.read() as conn:
        assert get_item(conn, parent.id).metadata == {"site": "north"}
    assert plant.states(pipeline) == {"active": 1}


def test_crops__the_image_is_deleted_meanwhile_and_the_classes_stay_with_the_crops(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool, crops = plant.dataset("pool"), plant.dataset("crops")
    pipeline = _cropping(plant, pool, crops)
    parent = _add_image(plant, pool, "a.png")
    _predict(plant, pool, {"a.png": OBJECTS})
    _touch(plant, parent)
    plant.settle()
    plant.db.write(lambda conn: delete_items(conn, pool, [parent.id], actor_id=ANNA, now=plant.now()))
    assert plant.label("look", as_class="bright") == 2
    plant.settle()
    assert [one.get("ended") for one in _step(plant, pipeline, "merge")] == ["the item was deleted"]
    said = [one.label for item in _items(plant, crops) for one in _said(plant, item, Layer.TRUTH)]
    assert (said, list_told(plant)) == (["bright", "bright"], [])
    assert (plant.states(pipeline), plant.open_tokens(pipeline)) == ({"done": 1}, 0)


def test_crops__one_of_the_objects_is_removed_meanwhile(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool, crops = plant.dataset("pool"), plant.dataset("crops")
    pipeline = plant.apply(_with_layer(_cropping(plant, pool, crops), "truth"))
    parent = _add_image(plant, pool, "a.png")
    boxes = [AnnotationDraft(label="dark", geometry=box) for _, _, box in OBJECTS[:2]]

    def save(conn: Connection, *, drafts: list[AnnotationDraft], removed: list[str]) -> None:
        at = read_item_annotations(conn, parent.id).revision
        save_annotations(
            conn, parent.id, drafts=drafts, removed_ids=removed, base_revision=at, actor_id="per_zoe", now=plant.now()
        )

    plant.db.write(lambda conn: save(conn, drafts=boxes, removed=[]))
    _touch(plant, parent)
    plant.settle()
    kept, gone = _said(plant, parent, Layer.TRUTH)
    plant.db.write(lambda conn: save(conn, drafts=[], removed=[gone.id]))
    plant.label("look", as_class="bright")
    plant.settle()
    (after,) = _said(plant, parent, Layer.TRUTH)
    assert (after.id, after.label) == (kept.id, "bright")
    (told,) = _step(plant, pipeline, "merge")
    lost = next(item for item in _items(plant, crops) if item.metadata["part"]["annotation"] == gone.id)  # type: ignore[index,call-overload]
    assert (told["landed"], told["lost"], told["lost_crops"]) == (1, 1, [lost.id])
    assert [one.label for one in _said(plant, lost, Layer.TRUTH)] == ["bright"]


def test_crops__a_class_that_says_no_object_removes_it(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool, crops = plant.dataset("pool"), plant.dataset("crops")
    pipeline = _cropping(plant, pool, crops, no_object="bright")
    parent = _add_image(plant, pool, "a.png")
    _predict(plant, pool, {"a.png": OBJECTS[:2]})
    said = _said(plant, parent)
    accepted = plant.db.write(
        lambda conn: promote_predictions(conn, [said[0].id], how=Origin.ACCEPTED, actor_id=ANNA, now=plant.now())
    )
    _touch(plant, parent)
    plant.settle()
    assert [one.id for one in _said(plant, parent, Layer.TRUTH)] == accepted
    plant.label("look", as_class="bright")
    plant.settle()
    assert _said(plant, parent, Layer.TRUTH) == []
    with plant.db.read() as conn:
        assert list_refused(conn, [one.id for one in said]) == {one.id for one in said}
    assert [one["removed"] for one in _step(plant, pipeline, "merge")] == [2]
    assert list_told(plant) == ["merged"]
