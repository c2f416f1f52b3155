"""From the browser: images are chosen with a reason each, become a task, and lead to more of their kind."""

from __future__ import annotations

import io
import random

from PIL import Image
from tests.e2e.web.app import App
from tests.e2e.web.serving import Server
from tests.e2e.web.worlds import make_world

PATIENCE_MS = 120_000
TABS = ("choose", "selections", "simulations", "duplicates", "health")


def patchwork(seed: int) -> bytes:
    """A JPEG of 64 patches, so unlike every other seed's that no two count as near copies."""
    rng = random.Random(seed)
    small = Image.frombytes("RGB", (8, 8), rng.randbytes(8 * 8 * 3))
    out = io.BytesIO()
    small.resize((256, 256), Image.Resampling.NEAREST).save(out, "JPEG", quality=90)
    return out.getvalue()


def test_choose__from_a_number_to_a_task(app: App, server: Server) -> None:
    world = make_world(server, "choose", items=1)
    pool = world.project.datasets.create("fresh")
    for seed in range(9):
        pool.items.upload_bytes(patchwork(seed), f"fresh-{seed}.jpg")
    page = app.go(world.path(f"/select?dataset={pool.id}"))

    # The plan follows the one number that is changed.
    page.get_by_role("textbox", name="Images").fill("4")
    button = page.get_by_role("button", name="Choose 4 images")
    button.wait_for(timeout=PATIENCE_MS)
    assert page.get_by_text("in the pool").is_visible()
    assert app.serious_barriers() == []
    button.click()
    page.wait_for_url("**/selections/**", timeout=PATIENCE_MS)

    # Each image says why; the arrow keys go through them.
    grid = page.get_by_role("group", name="Images chosen: 4")
    grid.get_by_role("button").nth(3).wait_for()
    first = grid.get_by_role("button").first
    first.focus()
    page.keyboard.press("ArrowRight")
    grid.get_by_role("button", pressed=True).get_by_text("2", exact=True).wait_for()
    assert app.serious_barriers() == []

    page.get_by_role("button", name="Make a task").click()
    dialog = page.get_by_role("dialog", name="Make a task")
    dialog.get_by_role("textbox", name="Name").fill("the best four")
    dialog.get_by_role("button", name="Make the task").click()
    page.get_by_role("heading", name="the best four").wait_for()
    (selection,) = server.ask("GET", f"/projects/{world.project.id}/selections")["items"]
    chosen = server.ask("GET", f"/selections/{selection['id']}/items")["items"]
    (task,) = [one for one in world.project.tasks.list() if one.name == "the best four"]
    assert {one.item_id for one in task.items()} == {one["item_id"] for one in chosen}

    # One of them leads to more of its kind, and a thumb makes the search follow.
    app.go(world.path(f"/items/{chosen[0]['item_id']}"))
    page.get_by_role("link", name="More like this").click()
    page.get_by_role("button", name="More like fresh-").first.click()
    page.get_by_text("Like these, too").wait_for()
    assert app.serious_barriers() == []


def test_choose__every_tab_says_what_it_is_for(app: App, server: Server) -> None:
    world = make_world(server, "choose tabs", items=1)
    for tab in TABS:
        app.go(world.path(f"/select?tab={tab}"))
        assert app.serious_barriers() == [], tab
