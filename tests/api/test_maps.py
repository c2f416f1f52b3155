"""Maps and coverage over HTTP: computed as a job, drawn from binary answers, asked about."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.api.conftest import Api
from tests.api.test_similar import COLOURS, Gallery, picture

from whorl.engine import Dispatcher, InlineExecutor
from whorl.engine.handlers import StaticHandlers
from whorl.models.embeddings.projection.jobs import map_job_handlers


@pytest.fixture
def gallery(api: Api, tmp_path: Path) -> Gallery:
    """A few coloured items, and a space."""
    made = Gallery(api, tmp_path)
    made.space(name="shades", source=COLOURS)
    return made


def draw(gallery: Gallery, **asked: object) -> dict[str, Any]:
    """Compute a map; the map."""
    begun = gallery.ask("POST", f"{gallery.path}/maps", json={"space": "shades", **asked})
    assert begun.status_code == 202, begun.text
    services = gallery.api.services
    handlers = map_job_handlers(services.db, services.blobs, gallery.home, services.clock)
    assert Dispatcher(services.db, StaticHandlers(handlers), executor=InlineExecutor()).run_until_idle(120)
    done = gallery.ask("GET", f"/api/v1/jobs/{begun.json()['id']}").json()
    assert done["state"] == "done", done
    found: dict[str, Any] = gallery.ask("GET", f"/api/v1/maps/{done['result']['map_id']}", who="viewer").json()
    return found


def test_map__points_colours_positions_and_items(gallery: Gallery) -> None:
    found = draw(gallery)
    # The items of the gallery, and the one that every application of these tests has.
    count = len(gallery.items) + 1
    assert (found["n_points"], found["n_missing"], found["method"]) == (count, 0, "pca")
    path = f"/api/v1/maps/{found['id']}"
    points = gallery.ask("GET", f"{path}/points", who="viewer")
    assert points.headers["content-type"] == "application/octet-stream"
    assert "immutable" in points.headers["cache-control"]
    assert points.content[:4] == b"WMAP"
    assert struct.unpack("<III", points.content[4:16]) == (1, count, 0)
    places = np.frombuffer(points.content, "<i2", offset=16).reshape(-1, 2)
    assert len(places) == count

    items = [gallery.ask("GET", f"{path}/items/{one}").json() for one in range(count)]
    at = {one["name"]: places[index].astype(float) for index, one in enumerate(items)}
    assert np.linalg.norm(at["red.png"] - at["rust.png"]) < np.linalg.norm(at["red.png"] - at["blue.png"])
    assert gallery.ask("GET", f"{path}/items/{count}").status_code == 404
    assert gallery.ask("GET", f"{path}/items/-1").status_code == 404

    listing = gallery.ask("POST", f"{gallery.path}/listings", json={"q": "name:r*.png sort:-name"}).json()
    sent = gallery.ask("GET", f"{path}/positions", params={"listing_id": listing["id"]})
    positions = dict(zip((one["name"] for one in items), np.frombuffer(sent.content, "<u4").tolist(), strict=True))
    listed = gallery.ask("GET", f"{gallery.path}/listings/{listing['id']}/items").json()["items"]
    assert {name: at for name, at in positions.items() if at != 0xFFFFFFFF} == {
        one["name"]: index for index, one in enumerate(listed)
    }
    assert [one["name"] for one in listed] == ["rust.png", "red.png"]
    assert gallery.ask("GET", f"{path}/positions", params={"listing_id": "lst_x"}).json()["code"] == "listing_gone"

    channels = [one["by"] for one in gallery.ask("GET", f"{path}/channels").json()]
    assert channels[:3] == ["subset", "label", "labelled"]
    for by in channels:
        body = gallery.ask("GET", f"{path}/colours", params={"by": by}).content
        (length,) = struct.unpack_from("<I", body)
        legend = json.loads(body[4 : 4 + length])
        codes = np.frombuffer(body, "<u2", offset=4 + length)
        assert (length % 4, legend["by"], len(codes)) == (0, by, count)
        assert np.bincount(codes).tolist() == [one["count"] for one in legend["categories"]]
    wrong = gallery.ask("GET", f"{path}/colours", params={"by": "speed"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_input")


def test_map__a_ring_is_a_query(gallery: Gallery) -> None:
    found = draw(gallery)
    whole = "-32767,-32767;32767,-32767;32767,32767;-32767,32767"
    for term, count in ((f"map:{found['id']}/{whole}", found["n_points"]), (f"-map:{found['id']}", 0)):
        listing = gallery.ask("POST", f"{gallery.path}/listings", json={"q": term})
        assert (listing.status_code, listing.json()["count"]) == (201, count)
    gallery.add("late", picture((1, 2, 3)))
    assert gallery.ask("GET", f"{gallery.path}/maps").json()[0]["n_missing"] == 1
    unknown = gallery.ask("POST", f"{gallery.path}/listings", json={"q": "map:map_x"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "query_error")


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"method": "umap"}, 422),
        ({"seed": -1}, 422),
        ({"space": "nowhere"}, 404),
        ({"filter": "subset>"}, 422),
        ({"seed": 2**40}, 422),
    ],
)
def test_map__bad_requests_are_told(gallery: Gallery, asked: dict[str, object], status: int) -> None:
    refused = gallery.ask("POST", f"{gallery.path}/maps", json=asked)
    assert refused.status_code == status, refused.text


def test_coverage__finds_the_colour_that_nobody_knows(gallery: Gallery) -> None:
    gallery.embed("shades")
    asked = {"query": "name:blue.png|rust.png", "against": "name:red.png|green.png|lime.png", "space": "shades"}
    sent = gallery.ask("POST", f"{gallery.path}/coverage", json=asked, who="viewer")
    assert sent.status_code == 200, sent.text
    report = sent.json()
    assert (report["n_new"], report["n_known"], report["n_both"]) == (2, 3, 0)
    assert [one["name"] for one in report["farthest"]] == ["blue.png", "rust.png"]
    assert report["nearest"][0]["nearest_name"] == "red.png"
    nothing = gallery.ask("POST", f"{gallery.path}/coverage", json={"query": "name:blue.png", "space": "shades"})
    assert (nothing.status_code, nothing.json()["code"]) == (422, "invalid_input")
    assert "1 known items with a vector" in nothing.json()["detail"]
    assert gallery.ask("POST", f"{gallery.path}/coverage", json={"space": "nowhere"}).status_code == 404
    foreign = gallery.ask("POST", f"{gallery.path}/coverage", json={"against_dataset_id": "dst_x"})
    assert foreign.status_code == 404
