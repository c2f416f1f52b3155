"""Magic tools over HTTP: shapes from clicks, bad clicks in words, and SAM with a tiny stand-in pair."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tests.api.conftest import Api

from whorl.geometry.masks import decode_mask
from whorl.geometry.polygons import polygon_to_mask


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
