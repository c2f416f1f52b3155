"""Magic tools over HTTP: shapes from clicks, bad clicks in words, and SAM with a tiny stand-in pair."""

from __future__ import annotations

import io
import json
import shutil
import struct
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.api.conftest import Api
from tests.unit.models.tiny_sam import write_pair

from whorl.geometry.masks import decode_mask
from whorl.geometry.polygons import polygon_to_mask
from whorl.server import magic
from whorl.testing.videos import write_video


def scene(width: int = 160, height: int = 120) -> tuple[Image.Image, np.ndarray[Any, np.dtype[np.bool_]]]:
    """A bright ellipse on a dark ground, both with grain, and its true mask."""
    random = np.random.default_rng(0)
    pixels = random.integers(20, 60, (height, width, 3)).astype(np.uint8)
    rows, columns = np.mgrid[:height, :width]
    truth = ((columns + 0.5 - 80) / 40) ** 2 + ((rows + 0.5 - 60) / 25) ** 2 <= 1
    pixels[truth] += np.array([140, 90, 20], np.uint8)
    return Image.fromarray(pixels), truth


def upload(api: Api, image: Image.Image, kind: str = "PNG", **how: Any) -> str:
    out = io.BytesIO()
    image.save(out, kind, **how)
    path = f"/api/v1/datasets/{api.ids['dataset_id']}/items"
    files = {"file": (f"{len(out.getvalue())}.x", out.getvalue())}
    made = api.client.post(path, files=files, headers=api.headers("owner"))
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def ask(api: Api, item_id: str, tool: str, body: dict[str, Any]) -> Any:
    return api.client.post(f"/api/v1/items/{item_id}/{tool}", json=body, headers=api.headers("annotator"))


def iou(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> float:
    return float((a & b).sum() / (a | b).sum())


@pytest.fixture
def item_id(api: Api) -> str:
    return upload(api, scene()[0])


EXTREMES = [[40, 60], [80, 35], [120, 60], [80, 85]]
BOX = {"type": "box", "x0": 40, "y0": 35, "x1": 120, "y1": 85}


def test_segment__four_extreme_points_give_the_outline(api: Api, item_id: str) -> None:
    answer = ask(api, item_id, "segment", {"extremes": EXTREMES}).json()
    found = polygon_to_mask(answer["geometry"]["rings"], width=160, height=120)
    assert (answer["segmenter"], answer["problem"]) == ("grabcut", None)
    assert iou(found, scene()[1]) > 0.97


def test_segment__a_mask_is_of_the_whole_image(api: Api, item_id: str) -> None:
    answer = ask(api, item_id, "segment", {"box": BOX, "result": "mask"}).json()["geometry"]
    found = decode_mask(answer["counts"], width=answer["width"], height=answer["height"])
    assert (answer["width"], answer["height"]) == (160, 120)
    assert iou(found, scene()[1]) > 0.97


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_input"),
        ({"exclude": [[3, 3]]}, "invalid_input"),
        ({"include": [[500, 3]]}, "invalid_input"),
        ({"box": {"type": "box", "x0": 300, "y0": 0, "x1": 400, "y1": 20}}, "invalid_input"),
        ({"box": BOX, "frame": 3}, "invalid_input"),
        ({"box": BOX, "engine": "sam"}, "not_found"),
    ],
)
def test_segment__prompts_that_say_nothing_are_refused(api: Api, item_id: str, body: Any, code: str) -> None:
    refused = ask(api, item_id, "segment", body)
    assert (refused.status_code in {404, 422}, refused.json()["code"]) == (True, code)


def test_segment__a_point_alone_needs_sam(api: Api, item_id: str) -> None:
    answer = ask(api, item_id, "segment", {"include": [[80, 60]]}).json()
    assert answer["geometry"] is None
    assert "four outermost points" in answer["problem"]


def test_outline__follows_the_edge(api: Api, item_id: str) -> None:
    answer = ask(api, item_id, "outline", {"points": EXTREMES, "is_closed": True}).json()
    assert iou(polygon_to_mask([answer["points"]], width=160, height=120), scene()[1]) > 0.95


def test_magic__without_sam_grabcut_is_the_default_and_says_how_to_get_it(api: Api) -> None:
    info = api.client.get("/api/v1/magic", headers=api.headers("viewer")).json()
    assert (info["default"], [one["is_ready"] for one in info["segmenters"]]) == ("grabcut", [True, False])
    assert "whorl models fetch sam2-tiny" in info["segmenters"][1]["problem"]


@pytest.fixture
def sam(api: Api) -> Api:
    write_pair(api.services.settings.models_path / "segmenters" / "tiny")
    return api


def wait_for(ready: Callable[[], bool]) -> None:
    for _ in range(2000):
        if ready():
            return
        time.sleep(0.02)
    raise AssertionError("it took longer than forty seconds")


def features(api: Api, item_id: str, method: str = "GET", **how: Any) -> Any:
    path = f"/api/v1/items/{item_id}/segment-features"
    return api.client.request(method, path, headers=api.headers("annotator") | how.pop("headers", {}), **how)


def test_features__are_made_ahead_and_served_with_a_header(sam: Api, item_id: str) -> None:
    early = features(sam, item_id)
    assert (early.status_code, early.json()["code"]) == (409, "features_not_ready")
    assert features(sam, item_id, "POST").status_code == 202
    wait_for(lambda: features(sam, item_id, "POST").json()["state"] == "ready")
    served = features(sam, item_id)
    length = struct.unpack_from("<4sI", served.content)[1]
    header = json.loads(served.content[8 : 8 + length])
    assert (served.content[:4], (8 + length) % 8) == (b"WHS1", 0)
    assert (header["width"], header["height"], header["family"], header["seen_width"]) == (160, 120, "sam2", 1024)
    shapes = {one["name"]: one["shape"] for one in header["tensors"]}
    assert shapes["image_embed"] == [1, 3, 64, 64]
    assert len(served.content) == 8 + length + sum(one["bytes"] for one in header["tensors"])
    again = features(sam, item_id, headers={"if-none-match": served.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_segment__a_click_goes_to_sam_and_lost_features_are_made_again(sam: Api, item_id: str) -> None:
    asked = {"include": [[80, 60]]}
    answer = ask(sam, item_id, "segment", asked).json()
    assert (answer["segmenter"], answer["geometry"]["type"], answer["score"]) == ("tiny", "polygon", 0.9)
    shutil.rmtree(sam.services.settings.home_path / "cache" / "segmenting")
    assert ask(sam, item_id, "segment", asked).json()["geometry"] == answer["geometry"]


def test_segment__damaged_features_are_made_again(sam: Api, item_id: str) -> None:
    answer = ask(sam, item_id, "segment", {"include": [[80, 60]]}).json()
    (kept,) = (sam.services.settings.home_path / "cache" / "segmenting").glob("*/*")
    kept.write_bytes(kept.read_bytes()[:5000])
    # As after a start of the server, which remembers nothing.
    sam.services.magic = None
    assert ask(sam, item_id, "segment", {"include": [[80, 60]]}).json()["geometry"] == answer["geometry"]


def test_segment__auto_does_not_wait_for_sam_when_grabcut_can_answer(sam: Api, item_id: str) -> None:
    assert ask(sam, item_id, "segment", {"extremes": EXTREMES}).json()["segmenter"] == "grabcut"
    wait_for(lambda: features(sam, item_id).status_code == 200)
    assert ask(sam, item_id, "segment", {"extremes": EXTREMES}).json()["segmenter"] == "tiny"


def test_segment__two_clicks_at_once(sam: Api, item_id: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        asked = [{"include": [[80, 60]]}, {"extremes": EXTREMES, "engine": "grabcut"}] * 3
        answers = list(pool.map(lambda body: ask(sam, item_id, "segment", body), asked))
    assert [one.status_code for one in answers] == [200] * 6
    assert [one.json()["segmenter"] for one in answers] == ["tiny", "grabcut"] * 3
    assert answers[0].json()["geometry"] == answers[2].json()["geometry"]


def test_features__of_an_encoder_of_another_kind_fail_in_words(sam: Api, item_id: str) -> None:
    folder = sam.services.settings.models_path / "segmenters" / "tiny"
    (folder / "encoder.onnx").write_bytes(b"no model")
    features(sam, item_id, "POST")
    wait_for(lambda: features(sam, item_id).json()["details"]["state"] == "failed")
    refused = ask(sam, item_id, "segment", {"engine": "sam", "box": BOX})
    assert (refused.status_code, refused.json()["code"]) == (409, "features_not_ready")
    assert "encoder.onnx cannot be read" in refused.json()["detail"]


def test_decoder__comes_with_its_hash(sam: Api) -> None:
    info = sam.client.get("/api/v1/magic", headers=sam.headers("viewer")).json()
    url = next(one["decoder_url"] for one in info["segmenters"] if one["name"] == info["default"])
    served = sam.client.get(url, headers=sam.headers("viewer"))
    path = sam.services.settings.models_path / "segmenters" / "tiny" / "decoder.onnx"
    assert served.content == path.read_bytes()
    same = sam.client.get(url, headers=sam.headers("viewer") | {"if-none-match": served.headers["etag"]})
    nobody = sam.client.get(url)
    assert (same.status_code, nobody.status_code) == (304, 401)
    assert sam.client.get("/api/v1/magic/decoders/..%2Ftiny", headers=sam.headers("viewer")).status_code == 404


def rotated(image: Image.Image) -> tuple[Image.Image, dict[str, Any]]:
    exif = Image.Exif()
    exif[0x0112] = 6
    # Orientation 6 is shown turned by 90 degrees clockwise: what is stored lies the other way.
    return image.transpose(Image.Transpose.ROTATE_90), {"exif": exif}


@pytest.mark.parametrize("kind", ["grey", "sixteen", "alpha", "turned"])
def test_segment__pictures_of_every_kind(api: Api, kind: str) -> None:
    image, truth = scene()
    how: dict[str, Any] = {}
    if kind == "grey":
        image = image.convert("L")
    elif kind == "sixteen":
        image = Image.fromarray(np.asarray(image.convert("L")).astype(np.uint16) * 257)
    elif kind == "alpha":
        image.putalpha(255)
    else:
        image, how = rotated(image)
    item = upload(api, image, **how)
    answer = ask(api, item, "segment", {"extremes": EXTREMES}).json()
    assert iou(polygon_to_mask(answer["geometry"]["rings"], width=160, height=120), truth) > 0.95


def test_segment__a_picture_of_one_pixel_gives_its_box(api: Api) -> None:
    item = upload(api, Image.new("RGB", (1, 1)))
    answer = ask(api, item, "segment", {"box": {"type": "box", "x0": 0, "y0": 0, "x1": 1, "y1": 1}}).json()
    assert answer["geometry"]["rings"] == [[[0, 0], [1, 0], [1, 1], [0, 1]]]
    assert ask(api, item, "alike", {"box": {"type": "box", "x0": 0, "y0": 0, "x1": 1, "y1": 1}}).json()["objects"] == []


def test_segment__not_a_number_is_refused(api: Api, item_id: str) -> None:
    path = f"/api/v1/items/{item_id}/segment"
    headers = api.headers("annotator") | {"content-type": "application/json"}
    refused = api.client.post(path, content='{"include": [[NaN, 3]]}', headers=headers)
    assert refused.status_code == 422


def test_segment__a_window_of_a_large_picture_gives_the_same_place(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(magic, "_MOST_PX", 30_000)
    monkeypatch.setattr(magic, "_WINDOW_STEP", 64)
    image, truth = scene()
    large = Image.new("RGB", (640, 480), (40, 40, 40))
    large.paste(image, (400, 300))
    item = upload(api, large)
    moved = [[x + 400, y + 300] for x, y in EXTREMES]
    whole = np.zeros((480, 640), bool)
    whole[300:420, 400:560] = truth
    answer = ask(api, item, "segment", {"extremes": moved}).json()
    assert iou(polygon_to_mask(answer["geometry"]["rings"], width=640, height=480), whole) > 0.95
    path = ask(api, item, "outline", {"points": moved, "is_closed": True}).json()["points"]
    assert iou(polygon_to_mask([path], width=640, height=480), whole) > 0.93


def test_segment__frames_of_a_video(sam: Api, tmp_path: Path) -> None:
    pixels, truth = np.asarray(scene()[0]), scene()[1]
    frames = [np.roll(pixels, 10 * number, axis=1) for number in range(3)]
    path = write_video(tmp_path / "a.avi", frames, codec="mjpeg")
    address = f"/api/v1/datasets/{sam.ids['dataset_id']}/items"
    files = {"file": ("a.avi", path.read_bytes())}
    item = sam.client.post(address, files=files, headers=sam.headers("owner")).json()["id"]
    asked = {"extremes": [[x + 20, y] for x, y in EXTREMES], "frame": 2, "engine": "grabcut"}
    answer = ask(sam, item, "segment", asked).json()
    found = polygon_to_mask(answer["geometry"]["rings"], width=160, height=120)
    assert iou(found, np.roll(truth, 20, axis=1)) > 0.95
    clicked = ask(sam, item, "segment", {"include": [[100, 60]], "frame": 2}).json()
    assert (clicked["segmenter"], clicked["score"]) == ("tiny", 0.9)
    assert features(sam, item, params={"frame": 2}).status_code == 200
    assert features(sam, item, params={"frame": 1}).status_code == 409
    refused = [ask(sam, item, "segment", asked | {"frame": frame}).status_code for frame in (None, 99)]
    assert refused == [422, 404]
    assert features(sam, item, "POST").status_code == 422
