"""Frames of videos over HTTP."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.api.conftest import Api, png

from whorl.datasets.video.packs import unpack_frames
from whorl.testing.videos import CLOCK, numbered_frames, read_number, write_video


def get(api: Api, path: str, **headers: str) -> object:
    return api.client.get(f"/api/v1{path}", headers={**api.headers("viewer"), **headers})


def upload(api: Api, name: str, data: bytes) -> str:
    files = {"file": (name, data)}
    sent = api.client.post(f"/api/v1/datasets/{api.ids['dataset_id']}/items", files=files, headers=api.headers("owner"))
    assert sent.status_code == 201, sent.text
    return str(sent.json()["id"])


def number_in(jpeg: bytes) -> int:
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return read_number(pixels)


@pytest.fixture
def video_id(api: Api, tmp_path: Path) -> str:
    path = write_video(tmp_path / "a.mp4", numbered_frames(70), codec="libx264", b_frames=2, key_every=50)
    return upload(api, "a.mp4", path.read_bytes())


def test_video__what_is_known(api: Api, video_id: str) -> None:
    info = get(api, f"/items/{video_id}/video").json()
    assert info == {
        "item_id": video_id,
        "n_frames": 70,
        "duration_s": pytest.approx(7.0),
        "rate": pytest.approx(10.0),
        "is_variable": False,
        "width": 96,
        "height": 64,
        "codec": "h264",
        "problem": None,
        "times_s": None,
        "times_start": 0,
    }


def test_frame__is_the_one_of_that_number(api: Api, video_id: str) -> None:
    for frame in (0, 69, 31, 32, 49, 50):
        answer = get(api, f"/items/{video_id}/frames/{frame}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
        assert "immutable" in answer.headers["cache-control"]
        assert number_in(answer.content) == frame
    again = get(api, f"/items/{video_id}/frames/7", **{"if-none-match": "nothing"})
    tag = again.headers["etag"]
    assert get(api, f"/items/{video_id}/frames/7", **{"if-none-match": tag}).status_code == 304


def test_frames__come_in_packs(api: Api, video_id: str) -> None:
    answer = get(api, f"/items/{video_id}/frames?start=20&count=40")
    assert answer.headers["content-type"] == "application/vnd.whorl.frames"
    found = unpack_frames(answer.content)
    assert [(number, number_in(data)) for number, data in found] == [(at, at) for at in range(20, 60)]
    rest = unpack_frames(get(api, f"/items/{video_id}/frames?start=64&count=64").content)
    assert [number for number, _ in rest] == list(range(64, 70))
    kept = list((api.services.settings.home_path / "cache" / "frames").glob("*/*/*.whf"))
    assert sorted(path.name for path in kept) == ["96-85-0.whf", "96-85-1.whf", "96-85-2.whf"]


def test_frames__smaller(api: Api, tmp_path: Path) -> None:
    path = write_video(tmp_path / "a.avi", numbered_frames(3, size=(1000, 500)), codec="mjpeg")
    item_id = upload(api, "a.avi", path.read_bytes())
    for width, made in ((100, (80, 160)), (161, (160, 320)), (990, (500, 1000)), (4000, (500, 1000))):
        answer = get(api, f"/items/{item_id}/frames/2?width={width}")
        pixels = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
        assert pixels is not None
        assert pixels.shape[:2] == made


def test_frame__beyond_the_end_says_which_there_are(api: Api, video_id: str) -> None:
    for path in ("frames/70", "frames/-1", f"frames/{2**70}", "frames?start=70"):
        answer = get(api, f"/items/{video_id}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert "it has frames 0 to 69" in answer.json()["detail"]


def test_frames__of_an_image_are_refused(api: Api) -> None:
    item_id = upload(api, "b.png", png(colour=7))
    for path in ("video", "frames/0", "frames"):
        answer = get(api, f"/items/{item_id}/{path}")
        assert answer.status_code == 422
        assert "is image/png, not a video" in answer.json()["detail"]


def test_video__uneven_times_come_in_pages(api: Api, tmp_path: Path) -> None:
    times = [at * at * CLOCK // 100 for at in range(20)]
    path = write_video(tmp_path / "a.mp4", numbered_frames(20), times=times)
    item_id = upload(api, "uneven.mp4", path.read_bytes())
    info = get(api, f"/items/{item_id}/video?times_start=3&times_count=4").json()
    assert (info["is_variable"], info["n_frames"], info["times_start"]) == (True, 20, 3)
    assert info["times_s"] == pytest.approx([0.09, 0.16, 0.25, 0.36], abs=1e-3)


def test_frames__one_that_does_not_decode_is_told(api: Api, tmp_path: Path) -> None:
    import av

    path = write_video(tmp_path / "a.avi", numbered_frames(12), codec="mjpeg")
    with av.open(str(path)) as container:
        packet = [one for one in container.demux(video=0) if one.size][5]
        place, size = packet.pos, packet.size
    data = path.read_bytes()
    item_id = upload(api, "broken.avi", data[:place] + bytes(size) + data[place + size :])
    found = unpack_frames(get(api, f"/items/{item_id}/frames").content)
    assert [number for number, jpeg in found if not jpeg] == [5]
    answer = get(api, f"/items/{item_id}/frames/5")
    assert (answer.status_code, answer.json()["code"]) == (422, "unreadable_media")
    assert get(api, f"/items/{item_id}/video").json()["problem"] == "frame 5 does not decode; there may be more"


def test_read_frame__for_tools(api: Api, video_id: str) -> None:
    from whorl.datasets.queries import get_item

    with api.services.db.read() as conn:
        item = get_item(conn, video_id)
    pixels = api.services.videos.read_frame(item, 33)
    assert (pixels.shape, pixels.dtype, read_number(pixels)) == ((64, 96, 3), np.uint8, 33)


BOX = {"type": "box", "x0": 20, "y0": 34, "x1": 70, "y1": 62}


def ask(api: Api, item_id: str, **body: object) -> object:
    asked = {"shapes": {"a": BOX}, "frame": 3, "to_frame": 9, **body}
    return api.client.post(f"/api/v1/items/{item_id}/propagate", json=asked, headers=api.headers("annotator"))


def test_propagate__gives_keyframes(api: Api, tmp_path: Path) -> None:
    from whorl.testing.clips import make_clip

    clip = make_clip("turning", seed=2, count=12)
    path = write_video(tmp_path / "clip.mp4", [frame[:, :, ::-1] for frame in clip.frames], codec="libx264")
    item_id = upload(api, "clip.mp4", path.read_bytes())
    shapes = {"a": clip.boxes[3].model_dump(), "b": clip.outlines[3].model_dump()}
    answer = ask(api, item_id, shapes=shapes, to_frame=9)
    assert answer.status_code == 200, answer.text
    for key in "ab":
        made = answer.json()["tracks"][key]
        assert (made["stopped_at"], [one["frame"] for one in made["keyframes"]]) == (None, list(range(4, 10)))
        assert all(one["by"] == "tracker" and one["confidence"] > 0.2 for one in made["keyframes"])
    back = ask(api, item_id, shapes={"a": shapes["a"]}, to_frame=0, ends={"a": clip.boxes[0].model_dump()}).json()
    assert [one["frame"] for one in back["tracks"]["a"]["keyframes"]] == [1, 2]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"to_frame": 3}, 422, "both 3"),
        ({"to_frame": 70}, 404, "frames 0 to 69"),
        ({"frame": 70}, 404, "frames 0 to 69"),
        ({"tracker": "nothing"}, 422, "no tracker is called 'nothing'"),
        ({"tracker": "mdl_nothing"}, 404, "no such model"),
        ({"ends": {"b": BOX}}, 422, "which shapes has not"),
        ({"ends": {"a": {"type": "points", "points": [[1, 2]]}}}, 422, "another kind of shape"),
        ({"shapes": {str(at): BOX for at in range(200)}, "to_frame": 60}, 422, "too much at a time"),
        ({"shapes": {}}, 422, ""),
    ],
)
def test_propagate__refusals(api: Api, video_id: str, body: dict[str, object], status: int, said: str) -> None:
    answer = ask(api, video_id, **body)
    assert answer.status_code == status, answer.text
    assert said in answer.json()["detail"]


def save(api: Api, item_id: str, *frames: int, is_outside: bool = False) -> object:
    revision = api.client.get(f"/api/v1/items/{item_id}/annotations", headers=api.headers("owner")).json()["revision"]
    keyframes = [{"frame": frame, "shape": BOX} for frame in frames]
    if is_outside:
        keyframes[-1] = {"frame": frames[-1], "is_outside": True}
    track = {"label": "cat", "geometry": {"type": "track", "keyframes": keyframes}}
    body = {"base_revision": revision, "annotations": [track]}
    return api.client.put(f"/api/v1/items/{item_id}/annotations", json=body, headers=api.headers("owner"))


def test_save__a_track_beyond_the_end_of_its_video_is_refused(api: Api, video_id: str) -> None:
    get(api, f"/items/{video_id}/video")
    refused = save(api, video_id, 3, 70)
    assert refused.status_code == 422, refused.text
    assert "keyframe at frame 70; the video has frames 0 to 69" in refused.json()["detail"]
    assert save(api, video_id, 3, 71, is_outside=True).status_code == 422
    assert save(api, video_id, 2**70).status_code == 422
    assert save(api, video_id, 3, 70, is_outside=True).status_code == 200
    assert save(api, video_id, 3, 69).status_code == 200


def test_save__many_keyframes(api: Api, video_id: str) -> None:
    """Of a video that nobody looked at yet."""
    assert save(api, video_id, *range(5_000)).status_code == 200
    kept = api.client.get(f"/api/v1/items/{video_id}/annotations", headers=api.headers("owner")).json()
    assert len(kept["annotations"][0]["geometry"]["keyframes"]) == 5_000
