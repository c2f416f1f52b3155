"""Frames of videos become items, once, and keep to their video."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from sqlalchemy import select
from tests.db.pipelines.conftest import ANNA, Plant
from tests.db.pipelines.flows import list_told, make_flow, raw, tell

from whorl.base.errors import JsonValue
from whorl.datasets.actions import add_items
from whorl.datasets.ingest import ingest
from whorl.datasets.queries import list_items
from whorl.formats.folder import FolderFormat
from whorl.schemas.datasets import Item, NewItem
from whorl.schemas.pipelines import Pipeline
from whorl.store.blobs import put_content
from whorl.store.db.tables import event


def _video(path: Path) -> bytes:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 5.0, (64, 48))
    for shade in (20, 20, 220, 220, 120):
        writer.write(np.full((48, 64, 3), shade, np.uint8))
    writer.release()
    return path.read_bytes()


def _add(plant: Plant, dataset: str, name: str, data: bytes, media_type: str = "video/mp4") -> Item:
    sha256 = put_content(plant.services.blobs, data)
    new = NewItem(name=name, sha256=sha256, media_type=media_type, width=64, height=48, bytes=len(data))
    return plant.db.write(lambda conn: add_items(conn, dataset, [new], actor_id=ANNA, now=plant.now()))[0]


def _flow(plant: Plant, pool: str, frames: str, **rule: JsonValue) -> Pipeline:
    nodes: dict[str, dict[str, JsonValue]] = {
        "raw": raw(pool),
        "take": {"type": "frames", "dataset": frames, **rule},
        "frame": tell("frame"),
        "whole": tell("whole"),
        "bad": tell("bad"),
    }
    ways = ["take.item > frame.signal", "take.whole > whole.signal", "take.failed > bad.signal"]
    return make_flow(plant, nodes, ["raw.item > take.item", *ways])


def _items(plant: Plant, dataset: str) -> list[Item]:
    with plant.db.read() as conn:
        return list_items(conn, dataset).items


def test_frames__of_a_video(plant: Plant, tmp_path: Path) -> None:
    pool, frames = plant.dataset("pool"), plant.dataset("frames")
    pipeline = _flow(plant, pool, frames, every_frames=2)
    video = _add(plant, pool, "road.mp4", _video(tmp_path / "a.mp4"))
    plant.settle()
    assert {item.name: item.metadata["part"] for item in _items(plant, frames)} == {
        f"road.mp4.frames/{frame:06d}.jpg": {
            "kind": "frame",
            "x": 0,
            "y": 0,
            "width": 64,
            "height": 48,
            "index": at,
            "total": 3,
            "frame": frame,
            "time_s": round(frame / 5, 3),
        }
        for at, frame in enumerate((0, 2, 4))
    }
    assert {(item.group_key, item.metadata["parent"]) for item in _items(plant, frames)} == {(video.id, video.id)}
    assert sorted(list_told(plant)) == ["frame", "frame", "frame", "whole"]
    first = [item.id for item in _items(plant, frames)]
    assert plant.start(pipeline, "raw.item", video.id, "again")
    plant.settle()
    assert [item.id for item in _items(plant, frames)] == first


def test_frames__broken_videos_and_images_leave_by_failed(plant: Plant, tmp_path: Path) -> None:
    pool, frames = plant.dataset("pool"), plant.dataset("frames")
    pipeline = _flow(plant, pool, frames, every_frames=2)
    data = _video(tmp_path / "a.mp4")
    _add(plant, pool, "whole.mp4", data)
    _add(plant, pool, "half.mp4", data[: len(data) // 2])
    _add(plant, pool, "empty.mp4", b"")
    _add(plant, pool, "image.png", b"\x89PNG\r\n\x1a\n", "image/png")
    plant.settle()
    assert sorted(list_told(plant)) == ["bad", "bad", "bad", "frame", "frame", "frame", "whole"]
    assert plant.states(pipeline) == {"done": 4}


def test_import__takes_videos_in(plant: Plant, tmp_path: Path) -> None:
    pool = plant.dataset("pool")
    folder = tmp_path / "folder"
    folder.mkdir()
    _video(folder / "road.mp4")
    (folder / "half.mp4").write_bytes((folder / "road.mp4").read_bytes()[:300])
    report = ingest(
        plant.db,
        plant.services.blobs,
        dataset_id=pool,
        records=FolderFormat().read(folder),
        source="folder",
        actor_id=ANNA,
    )
    assert [(item.name, item.media_type, item.width, item.height) for item in _items(plant, pool)] == [
        ("road.mp4", "video/mp4", 64, 48)
    ]
    assert [(issue.where, issue.code) for issue in report.issues] == [("half.mp4", "unreadable_media")]


def test_frames__whose_tiles_come_back_frame_by_frame(plant: Plant, tmp_path: Path) -> None:
    pool, frames, tiles = plant.dataset("pool"), plant.dataset("frames"), plant.dataset("tiles")
    nodes: dict[str, dict[str, JsonValue]] = {
        "raw": raw(pool),
        "take": {"type": "frames", "dataset": frames, "every_frames": 4},
        "cut": {"type": "tile", "dataset": tiles, "size": 32},
        "some": {"type": "filter", "routes": {"kept": "-name:*/000004*0_0_32_32.jpg"}},
        "merge": {"type": "merge_tiles"},
        "frame": tell("frame"),
    }
    ways = ["take.item > cut.item", "cut.item > some.item", "some.kept > merge.item", "merge.item > frame.signal"]
    pipeline = make_flow(plant, nodes, ["raw.item > take.item", *ways])
    video = _add(plant, pool, "road.mp4", _video(tmp_path / "a.mp4"))
    plant.settle()
    per_frame = len(_items(plant, tiles)) // 2
    steps = [step for step in plant.journey(plant.runs(pipeline)[0]) if step.node == "merge"]
    assert sorted((step.output["parts"], step.output.get("missing", 0)) for step in steps) == [
        (per_frame - 1, 1),
        (per_frame, 0),
    ]
    with plant.db.read() as conn:
        values = [
            payload["values"]
            for payload in conn.execute(select(event.c.payload).where(event.c.kind == "pipeline.notified")).scalars()
        ]
    assert values == [{"parent": video.id, "parts": 2, "outer": None}] * 2
    assert (plant.states(pipeline), plant.open_tokens(pipeline)) == ({"done": 1}, 0)
