"""An assistant in the browser: label until it suggests, say yes to what it says, let it label the rest."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import expect
from tests.e2e.web.app import App
from tests.e2e.web.serving import Server
from tests.e2e.web.studio import Studio, until
from tests.e2e.web.worlds import make_world

PATIENCE_MS = 120_000
COLOURS = ((200, 60, 50), (80, 150, 60))
FIRST = 20
"""Images before an assistant for classes first learns."""
HELD = 4
"""Images that the studio holds at once while an assistant decides what comes next."""


def plain(number: int) -> bytes:
    """A small JPEG of one of two colours, a little different each time."""
    red, green, blue = COLOURS[number % 2]
    image = Image.new("RGB", (96, 96), (red + number, green, blue - number))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def test_assistant__label_accept_and_label_the_rest(app: App, server: Server) -> None:
    n_items = FIRST + 8
    pictures = [plain(number) for number in range(n_items)]
    world = make_world(server, "assistant", pictures=pictures, tools=("class",), labels=("red", "green"))
    app.sign_in()
    studio = Studio(app, world).open()
    page = app.page
    page.get_by_role("button", name="Start an assistant").click()
    state = page.get_by_role("button", name="Assistant: ")
    expect(state).to_contain_text(f"0 of {FIRST} images to the first suggestions", timeout=PATIENCE_MS)

    # Somebody names pictures until it has learnt.
    done: list[str] = []
    for _ in range(FIRST):
        item_id = studio.wait_for_item()
        studio.press(str(1 + world.item_ids.index(item_id) % 2))
        studio.press("Enter")
        done.append(item_id)
        until(lambda: studio.wait_for_item() in done, False)
    assert len(set(done)) == FIRST
    expect(page.get_by_role("button", name="Assistant: suggesting")).to_be_visible(timeout=PATIENCE_MS)

    # What was in hand while it learnt has no suggestion; what comes then has, and one key takes it.
    suggested = page.get_by_role("group", name="Class of the item").locator('[data-proposed="true"]')
    for _ in range(HELD):
        page.wait_for_timeout(1000)
        if suggested.count() > 0:
            break
        item_id = studio.wait_for_item()
        studio.press(str(1 + world.item_ids.index(item_id) % 2))
        studio.press("Enter")
        done.append(item_id)
        until(lambda: studio.wait_for_item() in done, False)
    expect(suggested.first).to_be_visible(timeout=PATIENCE_MS)
    item_id = studio.wait_for_item()
    studio.press("y")
    studio.press("Enter")
    right = ("red", "green")[world.item_ids.index(item_id) % 2]
    until(lambda: world.truth(item_id), [(right, "class")])

    # The rest: numbers first, then suggestions and no truth.
    state.click()
    dialog = page.get_by_role("dialog", name="Assistants")
    expect(dialog.get_by_role("region", name="Assistant for classes")).to_be_visible()
    dialog.get_by_role("button", name="Label the rest").click()
    rest = page.get_by_role("dialog", name="Label the rest")
    expect(rest.get_by_text("expected right")).to_be_visible(timeout=PATIENCE_MS)
    assert app.serious_barriers() == []
    rest.get_by_role("slider", name="Smallest confidence").press("ArrowRight")
    expect(rest.get_by_text("Suggestions from a confidence of 0.55")).to_be_visible()
    rest.get_by_role("button", name="Count first, write nothing").click()
    expect(rest.get_by_role("status")).to_contain_text("Nothing was written.", timeout=PATIENCE_MS)
    rest.get_by_role("button", name="Label the rest").click()
    expect(rest.get_by_role("status")).to_contain_text("They wait in the studio.", timeout=PATIENCE_MS)
    left = [one for one in world.item_ids if one not in {*done, item_id}]
    assert [world.truth(one) for one in left] == [[]] * len(left)
