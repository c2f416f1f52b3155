"""Objects leave an image as crops, and what is said of them comes back, on both databases."""

from __future__ import annotations

from sqlalchemy import Connection
from tests.db.pipelines.conftest import ANNA, Plant
from tests.db.pipelines.flows import list_told, make_flow, raw, tell
from tests.db.pipelines.pieces import (
    FLOW,
    MODEL,
    add_image,
    box,
    list_pieces,
    predict,
    said_of,
    step,
    touch,
)

from whorl.annotations.actions import add_predictions, promote_predictions, save_annotations
from whorl.annotations.outcomes import list_refused
from whorl.annotations.queries import read_item_annotations
from whorl.base.errors import JsonValue
from whorl.datasets.actions import delete_items
from whorl.schemas.annotations import AnnotationDraft, ClassTag, Layer, Origin
from whorl.schemas.pipelines import Pipeline, PipelineDefinition
from whorl.schemas.records import AnnotationRecord


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


OBJECTS = [("dark", 0.9, box(10, 10, 40, 30)), ("dark", 0.8, box(50, 5, 100, 60)), ("bright", 0.7, box(0, 0, 9, 9))]


def test_crops__people_say_what_predicted_objects_are(plant: Plant) -> None:
    pool, crops = plant.dataset("pool"), plant.dataset("crops")
    pipeline = _cropping(plant, pool, crops)
    parent, empty = add_image(plant, pool, "a.png"), add_image(plant, pool, "bb.png")
    predict(plant, pool, {"a.png": OBJECTS})
    touch(plant, parent)
    touch(plant, empty)
    plant.settle()
    made = list_pieces(plant, crops)
    objects = {one.geometry: one for one in said_of(plant, parent)}
    first = objects[box(10, 10, 40, 30)]
    assert [(item.width, item.height) for item in made] == [(30, 20), (50, 55)]
    assert made[0].name == f"a.png.crops/{first.id}-10_10_30_20.jpg"
    part = made[0].metadata["part"]
    assert isinstance(part, dict)
    assert (part["annotation"], part["label"], part["index"], part["total"]) == (first.id, "dark", 0, 2)
    plant.label("look", as_class="bright")
    plant.settle()
    truth = said_of(plant, parent, Layer.TRUTH)
    assert [(one.label, one.geometry, one.author_id, one.origin, one.from_prediction) for one in truth] == [
        ("bright", box, ANNA, Origin.EDITED, objects[box].id) for _, _, box in OBJECTS[:2]
    ]
    assert sorted(list_told(plant)) == ["merged", "none"]
    assert (plant.states(pipeline), plant.open_tokens(pipeline)) == ({"done": 2}, 0)


def test_crops__class_as_attribute_of_ground_truth(plant: Plant) -> None:
    pool, crops = plant.dataset("pool"), plant.dataset("crops")
    pipeline = _cropping(plant, pool, crops, write_as="attribute", attribute="shade")
    pipeline = plant.apply(_with_layer(pipeline, "truth"))
    parent = add_image(plant, pool, "a.png")
    drafts = [AnnotationDraft(label="dark", geometry=box(10, 10, 40, 30), attributes={"old": 1})]

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
    before = said_of(plant, parent, Layer.TRUTH)[0]
    touch(plant, parent)
    plant.settle()
    plant.label("look", as_class="bright")
    plant.settle()
    (after,) = said_of(plant, parent, Layer.TRUTH)
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
    parent = add_image(plant, pool, "a.png")
    predict(plant, pool, {"a.png": OBJECTS})
    touch(plant, parent)
    plant.settle()
    said = {item.id: [AnnotationRecord("bright", ClassTag(), 0.65)] for item in list_pieces(plant, crops)[:1]}
    plant.db.write(
        lambda conn: add_predictions(conn, crops, said, model_id="mdl_second", actor_id=ANNA, now=plant.now())
    )
    plant.label("look")
    plant.settle()
    judged = [one for one in said_of(plant, parent) if one.author_id == "mdl_second"]
    assert [(one.label, one.geometry, one.confidence) for one in judged] == [("bright", OBJECTS[0][2], 0.65)]
    assert len([one for one in said_of(plant, parent) if one.author_id == MODEL]) == 3
    assert said_of(plant, parent, Layer.TRUTH) == []


def test_crops__objects_that_are_gone_leave_by_lost(plant: Plant) -> None:
    pool, crops = plant.dataset("pool"), plant.dataset("crops")
    pipeline = _cropping(plant, pool, crops)
    parent = add_image(plant, pool, "a.png")
    predict(plant, pool, {"a.png": OBJECTS})
    touch(plant, parent)
    plant.settle()
    predict(plant, pool, {"a.png": []})
    plant.label("look", as_class="bright")
    plant.settle()
    assert (list_told(plant), said_of(plant, parent, Layer.TRUTH)) == (["lost"], [])
    assert [(one["landed"], one["lost"]) for one in step(plant, pipeline, "merge")] == [(0, 2)]
    assert plant.states(pipeline) == {"done": 1}


def test_crops__the_image_is_deleted_meanwhile_and_the_classes_stay_with_the_crops(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool, crops = plant.dataset("pool"), plant.dataset("crops")
    pipeline = _cropping(plant, pool, crops)
    parent = add_image(plant, pool, "a.png")
    predict(plant, pool, {"a.png": OBJECTS})
    touch(plant, parent)
    plant.settle()
    plant.db.write(lambda conn: delete_items(conn, pool, [parent.id], actor_id=ANNA, now=plant.now()))
    assert plant.label("look", as_class="bright") == 2
    plant.settle()
    assert [one.get("ended") for one in step(plant, pipeline, "merge")] == ["the item was deleted"]
    said = [one.label for item in list_pieces(plant, crops) for one in said_of(plant, item, Layer.TRUTH)]
    assert (said, list_told(plant)) == (["bright", "bright"], [])
    assert (plant.states(pipeline), plant.open_tokens(pipeline)) == ({"done": 1}, 0)


def test_crops__one_of_the_objects_is_removed_meanwhile(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool, crops = plant.dataset("pool"), plant.dataset("crops")
    pipeline = plant.apply(_with_layer(_cropping(plant, pool, crops), "truth"))
    parent = add_image(plant, pool, "a.png")
    boxes = [AnnotationDraft(label="dark", geometry=box) for _, _, box in OBJECTS[:2]]

    def save(conn: Connection, *, drafts: list[AnnotationDraft], removed: list[str]) -> None:
        at = read_item_annotations(conn, parent.id).revision
        save_annotations(
            conn, parent.id, drafts=drafts, removed_ids=removed, base_revision=at, actor_id="per_zoe", now=plant.now()
        )

    plant.db.write(lambda conn: save(conn, drafts=boxes, removed=[]))
    touch(plant, parent)
    plant.settle()
    kept, gone = said_of(plant, parent, Layer.TRUTH)
    plant.db.write(lambda conn: save(conn, drafts=[], removed=[gone.id]))
    plant.label("look", as_class="bright")
    plant.settle()
    (after,) = said_of(plant, parent, Layer.TRUTH)
    assert (after.id, after.label) == (kept.id, "bright")
    (told,) = step(plant, pipeline, "merge")
    lost = next(item for item in list_pieces(plant, crops) if item.metadata["part"]["annotation"] == gone.id)  # type: ignore[index,call-overload]
    assert (told["landed"], told["lost"], told["lost_crops"]) == (1, 1, [lost.id])
    assert [one.label for one in said_of(plant, lost, Layer.TRUTH)] == ["bright"]


def test_crops__a_class_that_says_no_object_removes_it(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool, crops = plant.dataset("pool"), plant.dataset("crops")
    pipeline = _cropping(plant, pool, crops, no_object="bright")
    parent = add_image(plant, pool, "a.png")
    predict(plant, pool, {"a.png": OBJECTS[:2]})
    said = said_of(plant, parent)
    accepted = plant.db.write(
        lambda conn: promote_predictions(conn, [said[0].id], how=Origin.ACCEPTED, actor_id=ANNA, now=plant.now())
    )
    touch(plant, parent)
    plant.settle()
    assert [one.id for one in said_of(plant, parent, Layer.TRUTH)] == accepted
    plant.label("look", as_class="bright")
    plant.settle()
    assert said_of(plant, parent, Layer.TRUTH) == []
    with plant.db.read() as conn:
        assert list_refused(conn, [one.id for one in said]) == {one.id for one in said}
    assert [one["removed"] for one in step(plant, pipeline, "merge")] == [2]
    assert list_told(plant) == ["merged"]
