"""Folders of videos, through the database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from whorl.datasets.queries import list_items
from whorl.formats.actions import export_dataset, import_folder
from whorl.store.blobs import open_blobs
from whorl.testing.videos import numbered_frames, write_video

ANNA = "per_anna"
LINES = "1,4,1,1,10,10,1,3,1\n2,4,3,1,10,10,1,3,1\n5,4,91,1,10,10,1,3,1\n6,4,93,1,10,10,1,3,1\n"


def test_import__videos_with_progress_and_without_the_broken_one(house: Any, tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    for number in range(12):
        write_video(folder / f"{number:02d}.mp4", numbered_frames(2 + number))
    whole = (folder / "03.mp4").read_bytes()
    (folder / "03.mp4").write_bytes(whole[: len(whole) // 3])
    told: list[int] = []
    report = import_folder(
        house.db, open_blobs("memory://"), dataset_id=house.dataset_id, root=folder, actor_id=ANNA, progress=told.append
    )
    assert report.added == 11
    assert [(one.where, one.code) for one in report.issues] == [("03.mp4", "unreadable_media")]
    # A video is much work: what was done so far is told after ten.
    assert told == [10, 12]


def test_mot__a_video_with_tracks_comes_out_as_it_went_in(house: Any, tmp_path: Path) -> None:
    sequence = tmp_path / "in" / "walk"
    (sequence / "gt").mkdir(parents=True)
    write_video(sequence / "walk.mp4", numbered_frames(6))
    (sequence / "gt" / "gt.txt").write_text(LINES)
    blobs = open_blobs("memory://")
    report = import_folder(house.db, blobs, dataset_id=house.dataset_id, root=tmp_path / "in", actor_id=ANNA)
    assert (report.added, report.annotations_added) == (1, 1)
    with house.db.read() as conn:
        (item,) = list_items(conn, house.dataset_id).items
    assert (item.media_type, item.metadata["sequence"]) == ("video/mp4", "walk")
    out = tmp_path / "out"
    export_dataset(house.db, blobs, dataset_id=house.dataset_id, out=out, format="mot")
    assert (out / "walk" / "gt" / "gt.txt").read_text() == LINES
    assert (out / "walk" / "walk.mp4").read_bytes() == (sequence / "walk.mp4").read_bytes()
