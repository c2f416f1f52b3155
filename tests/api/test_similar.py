"""Spaces and search by similarity over HTTP, against plain expectations of colours."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import Connection
from tests.api.conftest import NOW, URL, Api

from whorl.annotations.actions import save_annotations
from whorl.base.errors import InvalidInput, NotFound
from whorl.datasets.queries import get_dataset
from whorl.engine import Dispatcher, InlineExecutor
from whorl.engine.handlers import StaticHandlers
from whorl.models.embeddings.jobs import embed_job_handlers
from whorl.schemas.access import Project as ProjectInfo
from whorl.schemas.annotations import AnnotationDraft, Box, ClassTag
from whorl.sdk.client import Project
from whorl.sdk.transport import Transport

COLOURS = "tests.db.models.embedders:Colours"
SHADES = {"red": (220, 0, 0), "rust": (180, 60, 0), "green": (0, 220, 0), "lime": (90, 200, 0), "blue": (0, 0, 220)}


def picture(*colours: tuple[int, int, int], seed: int = 1) -> bytes:
    """A PNG of 240 x 120 pixels with vertical stripes of equal width, a little noisy."""
    pixels = np.concatenate([np.full((120, 240 // len(colours), 3), colour) for colour in colours], axis=1)
    pixels = np.clip(pixels + np.random.default_rng(seed).integers(0, 4, pixels.shape), 0, 255)
    out = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


class Gallery:
    """An application with some coloured items, and an engine that is run by hand."""

    def __init__(self, api: Api, home: Path) -> None:
        self.api, self.home = api, home
        self.path = f"/api/v1/datasets/{api.ids['dataset_id']}"
        self.items = {name: self.add(name, picture(colour)) for name, colour in SHADES.items()}
        self.names = {item_id: name for name, item_id in self.items.items()}

    def add(self, name: str, data: bytes) -> str:
        sent = self.api.client.post(
            f"{self.path}/items", files={"file": (f"{name}.png", data)}, headers=self.api.headers("owner")
        )
        item_id: str = sent.json()["id"]
        return item_id

    def ask(self, method: str, path: str, *, who: str = "manager", **sent: Any) -> Any:
        return self.api.client.request(method, path, headers=self.api.headers(who), **sent)

    def space(self, **draft: object) -> dict[str, Any]:
        made = self.ask("POST", f"/api/v1/projects/{self.api.ids['project_id']}/spaces", json=draft)
        assert made.status_code == 201, made.text
        body: dict[str, Any] = made.json()
        return body

    def embed(self, space: str | None = None) -> dict[str, Any]:
        begun = self.ask("POST", f"{self.path}/embed", json={"space": space})
        assert begun.status_code == 202, begun.text
        services = self.api.services
        handlers = embed_job_handlers(services.db, services.blobs, self.home, services.clock)
        dispatcher = Dispatcher(services.db, StaticHandlers(handlers), executor=InlineExecutor())
        assert dispatcher.run_until_idle(120)
        done: dict[str, Any] = self.ask("GET", f"/api/v1/jobs/{begun.json()['id']}").json()
        assert done["state"] == "done", done
        return done

    def similar(self, **asked: object) -> list[str]:
        """Names of the items found, in order."""
        found = self.ask("POST", f"{self.path}/similar", json=asked, who="viewer")
        assert found.status_code == 200, found.text
        return [self.names.get(one["item_id"], one["name"]) for one in found.json()["items"]]

    def refused(self, **asked: object) -> tuple[int, str]:
        found = self.ask("POST", f"{self.path}/similar", json=asked)
        return found.status_code, found.json()["detail"]

    def mark(self, name: str, *boxes: tuple[float, float, float, float]) -> list[str]:
        """Save boxes on an item, or a class without any; their ids."""
        drafts = [AnnotationDraft(label="cat", geometry=Box(x0=a, y0=b, x1=c, y1=d)) for a, b, c, d in boxes]
        drafts = drafts or [AnnotationDraft(label="cat", geometry=ClassTag())]

        def work(conn: Connection) -> list[str]:
            at = get_dataset(conn, self.api.ids["dataset_id"]).revision
            saved = save_annotations(conn, self.items[name], drafts=drafts, base_revision=at, actor_id="per_x", now=NOW)
            return [one.id for one in saved.annotations]

        return self.api.services.db.write(work)


@pytest.fixture
def gallery(api: Api, tmp_path: Path) -> Gallery:
    """Five colours beside the item that is there; a space that embeds mean colours and reads their names."""
    return Gallery(api, tmp_path)


def test_spaces__made_filled_covered_and_deleted(gallery: Gallery) -> None:
    made = gallery.space(source=COLOURS, name="colours")
    assert (made["width"], made["n_vectors"], made["can_read_text"], made["is_kept"]) == (None, 0, True, True)
    gallery.embed("colours")
    listed = gallery.ask("GET", f"/api/v1/projects/{gallery.api.ids['project_id']}/spaces", who="viewer").json()
    assert [one["name"] for one in listed] == ["hog32-1", "colours"]
    assert (listed[1]["width"], listed[1]["n_vectors"], listed[1]["bytes"]) == (3, 6, 6 * 38)
    address = f"/api/v1/spaces/{made['id']}"
    covered = gallery.ask("GET", f"{address}/coverage", params={"dataset_id": gallery.api.ids["dataset_id"]}).json()
    assert (covered["n_items"], covered["n_embedded"]) == (6, 6)
    assert gallery.ask("GET", f"{address}/coverage", params={"dataset_id": "dst_none"}).status_code == 404
    assert gallery.ask("DELETE", address, who="viewer").status_code == 403
    assert gallery.ask("DELETE", address).status_code == 204
    assert gallery.ask("GET", address).status_code == 404
    assert not (gallery.home / "cache" / "embeddings" / made["id"]).exists()


def test_similar__by_item_upload_text_and_examples(gallery: Gallery) -> None:
    gallery.space(source=COLOURS, name="colours", is_kept=False)
    gallery.embed("colours")
    items = gallery.items
    assert gallery.similar(item_id=items["red"], space="colours", limit=2)[:2] == ["a.png", "rust"]
    assert gallery.similar(text="green", space="colours", limit=2) == ["green", "lime"]
    assert gallery.similar(text="red", space="colours", filter="name:blue.png|rust.png") == ["rust", "blue"]
    both = [items["red"], items["green"]]
    assert gallery.similar(examples=both, space="colours", limit=2) == ["lime", "rust"]
    assert gallery.similar(examples=[items["lime"]], unlike=[items["green"]], space="colours", limit=1) == ["rust"]
    sent = gallery.ask(
        "POST", f"{gallery.path}/similar-upload?space=colours&limit=1", files={"file": ("x", picture((0, 10, 230)))}
    )
    body = sent.json()
    assert [gallery.names[one["item_id"]] for one in body["items"]] == ["blue"]
    assert (body["n_searched"], body["n_without"]) == (6, 0)
    assert body["items"][0]["similarity"] > 0.99


def test_similar__parts(gallery: Gallery) -> None:
    flag = gallery.items["flag"] = gallery.add("flag", picture(SHADES["red"], SHADES["green"]))
    gallery.names[flag] = "flag"
    left, right = gallery.mark("flag", (10, 30, 70, 90), (170, 30, 230, 90))
    (blue,) = gallery.mark("blue", (12, 12, 72, 72))
    gallery.space(source=COLOURS, name="colours", is_kept=False)
    gallery.embed("colours")
    part = {"item_id": flag, "region": [170, 30, 250, 90]}
    assert gallery.similar(**part, space="colours", limit=2) == ["green", "lime"]
    assert gallery.similar(annotation_id=left, space="colours", limit=2) == ["red", "a.png"]
    gallery.space(source=COLOURS, name="crops", kind="crop", is_kept=False)
    gallery.embed("crops")
    found = gallery.ask("POST", f"{gallery.path}/similar", json={"annotation_id": right}).json()
    assert [one["annotation_id"] for one in found["items"]] == [left, blue]
    assert found["items"][1]["bounds"] == [12, 12, 72, 72]
    found = gallery.ask("POST", f"{gallery.path}/similar", json={"item_id": flag, "region": [12, 32, 60, 88]}).json()
    assert found["items"][0]["annotation_id"] == left
    (tag,) = gallery.mark("lime")
    assert gallery.refused(annotation_id=tag)[0] == 422


def test_similar__items_with_the_same_bytes_are_both_found(gallery: Gallery) -> None:
    gallery.names[gallery.add("twin", picture(SHADES["blue"]))] = "twin"
    gallery.space(source=COLOURS, name="colours", is_kept=False)
    gallery.embed("colours")
    assert gallery.similar(text="blue", space="colours", limit=2) == ["blue", "twin"]
    assert gallery.similar(item_id=gallery.items["blue"], space="colours", limit=1) == ["twin"]


def test_similar__items_without_a_vector_and_deleted_ones(gallery: Gallery) -> None:
    gallery.space(source=COLOURS, name="colours", is_kept=False)
    gallery.embed("colours")
    fresh = gallery.add("fresh", picture((200, 10, 10)))
    gallery.names[fresh] = "fresh"
    found = gallery.ask("POST", f"{gallery.path}/similar", json={"text": "red", "space": "colours"}).json()
    assert (len(found["items"]), found["n_without"]) == (6, 1)
    assert gallery.similar(item_id=fresh, space="colours", limit=1) == ["a.png"]
    gone = gallery.items["red"]
    assert gallery.ask("DELETE", f"/api/v1/items/{gone}").status_code in (200, 204)
    assert "red" not in gallery.similar(text="red", space="colours")
    assert gallery.refused(item_id=gone, space="colours")[0] == 404
    assert gallery.refused(examples=[gone], space="colours")[0] == 404


def test_similar__what_cannot_be_asked(gallery: Gallery) -> None:
    red, blue = gallery.items["red"], gallery.items["blue"]
    assert gallery.refused(item_id=red) == (422, "space 'hog32-1' has no vectors yet")
    gallery.embed()
    assert gallery.refused() == (422, "like what? nothing was given")
    assert gallery.refused(item_id=red, text="x") == (422, "like what? text, item_id was given")
    assert gallery.refused(text="red")[1] == "space 'hog32-1' cannot read text: hog32-1 embeds images only"
    assert gallery.refused(text="  ") == (422, "text: words are needed")
    assert "holds no pixel" in gallery.refused(item_id=red, region=[250, 50, 260, 60])[1]
    assert "holds no pixel" in gallery.refused(item_id=red, region=[9, 3, 2, 8])[1]
    assert gallery.refused(region=[1, 2, 3, 4], examples=[red])[1] == "a region is part of an item"
    assert gallery.refused(item_id=red, space="clip")[1].startswith("no space 'clip' in this project; there are:")
    assert gallery.refused(item_id="itm_none")[0] == 404
    assert gallery.refused(examples=[blue], filter="subset:")[0] == 422
    for data in (b"", b"no image"):
        sent = gallery.ask("POST", f"{gallery.path}/similar-upload", files={"file": ("x", data)})
        assert (sent.status_code, sent.json()["code"]) == (422, "unreadable_media")


def test_spaces__what_cannot_be_made(gallery: Gallery) -> None:
    def refused(**draft: object) -> tuple[int, str]:
        made = gallery.ask("POST", f"/api/v1/projects/{gallery.api.ids['project_id']}/spaces", json=draft)
        return made.status_code, made.json()["detail"]

    assert refused(source="tests.db.models.embedders:Blind")[1] == (
        "tests.db.models.embedders:Blind cannot embed; it can predict"
    )
    assert refused(source="lite0")[1] == "lite0 needs the backbone file"
    assert refused(source="/etc/passwd")[0] == 422
    assert refused(source="model.pkl")[0] == 422
    assert refused(source="hog", name="hog32-1") == (409, "the project has a space named 'hog32-1'")
    assert refused(source="mdl_01jd4q00000000000000000000")[0] == 404


def test_near__finds_items_in_queries(gallery: Gallery) -> None:
    gallery.space(source=COLOURS, name="colours", is_kept=False)
    gallery.embed("colours")
    red = gallery.items["red"]

    def listed(q: str) -> Any:
        found = gallery.ask("GET", f"{gallery.path}/items", params={"q": q}).json()
        return sorted(one["name"] for one in found["items"]) if "items" in found else found["detail"]

    assert listed(f"near:{red} space:colours limit:2") == ["a.png", "rust.png"]
    assert listed(f"(near:{red} space:colours limit:2) name:r*") == ["rust.png"]
    assert listed(f"name:r* -(near:{red} space:colours limit:2)") == ["red.png"]
    assert listed("near:green space:colours limit:1") == ["green.png"]
    counted = gallery.ask("POST", f"{gallery.path}/listings", json={"q": f"near:{red} space:colours limit:3"})
    assert counted.json()["count"] == 3, counted.text
    assert listed(f"near:{red}") == "near: space 'hog32-1' has no vectors yet"
    assert listed("near:itm_none space:colours") == "near: no such item: 'itm_none'"
    assert listed(f"near:{red} space:clip").startswith("near: no space 'clip' in this project")
    fresh = gallery.add("fresh", picture((200, 10, 10)))
    assert len(listed(f"near:{fresh} space:colours limit:4")) == 4


def test_sdk__embeds_and_finds(gallery: Gallery, tmp_path: Path) -> None:
    transport = Transport(URL, gallery.api.tokens["manager"], http=gallery.api.client)
    project = Project(transport, transport.get(ProjectInfo, f"/projects/{gallery.api.ids['project_id']}"))
    made = project.spaces.create(COLOURS, name="colours", is_kept=False)
    gallery.embed("colours")
    dataset = project.datasets.get("pets")
    assert [one.name for one in project.spaces.list()] == ["hog32-1", "colours"]
    assert project.spaces.get("colours").coverage(dataset.id).n_embedded == 6
    path = tmp_path / "x.png"
    path.write_bytes(picture((5, 5, 220)))
    assert dataset.similar(path, space="colours", limit=1).items[0].name == "blue.png"
    red = dataset.items.get("red.png")
    assert dataset.similar(red, space="colours", filters="name:r*", limit=1).items[0].name == "rust.png"
    assert dataset.similar(text="green", space=made.id, limit=1).items[0].name == "green.png"
    found = dataset.similar(examples=[red], unlike=[gallery.items["rust"]], space="colours").items
    assert red.id not in [one.item_id for one in found]
    with pytest.raises(NotFound, match="no file"):
        dataset.similar("nothing.png")
    with pytest.raises(InvalidInput, match="asked with alone"):
        dataset.similar(path, text="red")
    with pytest.raises(NotFound, match="no space 'clip'"):
        project.spaces.get("clip")
    made.delete()
    assert [one.name for one in project.spaces.list()] == ["hog32-1"]
