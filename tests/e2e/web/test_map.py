"""From the browser: a map is computed, a lasso becomes a chip of the filter, and its items a task."""

from __future__ import annotations

import io
import random
from urllib.parse import parse_qs, urlsplit

from PIL import Image
from tests.e2e.web.app import App
from tests.e2e.web.serving import Server
from tests.e2e.web.worlds import make_world

PATIENCE_MS = 120_000


def patchwork(seed: int) -> bytes:
    """A JPEG of 64 patches, unlike every other seed's."""
    small = Image.frombytes("RGB", (8, 8), random.Random(seed).randbytes(8 * 8 * 3))
    out = io.BytesIO()
    small.resize((96, 96), Image.Resampling.NEAREST).save(out, "JPEG", quality=90)
    return out.getvalue()


def test_map__from_a_lasso_to_a_task(app: App, server: Server) -> None:
    world = make_world(server, "map", items=1)
    pool = world.project.datasets.create("fresh")
    for seed in range(8):
        pool.items.upload_bytes(patchwork(seed), f"fresh-{seed}.jpg")
    page = app.go(world.path(f"/explorer?dataset={pool.id}&lens=map"))
    page.get_by_role("button", name="Compute the map").click()
    canvas = page.get_by_role("img", name="Map of 8 items")
    canvas.wait_for(timeout=PATIENCE_MS)
    page.get_by_text("8 on the map").wait_for()
    assert app.serious_barriers() == []

    # A box around the right half: some are in it, some are not.
    box = canvas.bounding_box()
    assert box is not None
    page.get_by_role("button", name="Box").click()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] / 2)
    page.mouse.move(box["x"] + box["width"] - 8, box["y"] + box["height"] - 8)
    page.mouse.up()
    page.get_by_text("of 8 on the map match the filter").wait_for()
    page.get_by_role("group", name="Filter").get_by_text("lasso on the map").wait_for()
    query = parse_qs(urlsplit(page.url).query)["q"][0]
    assert query.startswith("map:map_")
    inside = {one.id for one in pool.items.list(filters=query)}
    assert 0 < len(inside) < 8

    page.get_by_role("button", name="Use these").click()
    page.get_by_role("menuitem", name="Make a task…").click()
    dialog = page.get_by_role("dialog", name="Make a task")
    dialog.get_by_label("Name").fill("the right half")
    dialog.get_by_role("button", name="Make the task").click()
    page.get_by_role("heading", name="the right half").wait_for()
    (task,) = [one for one in world.project.tasks.list() if one.name == "the right half"]
    assert {one.item_id for one in task.items()} == inside
