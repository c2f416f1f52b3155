"""The bulk grids in a real browser: whole pages labelled and reviewed with the keyboard alone."""

from __future__ import annotations

from collections import Counter

from playwright.sync_api import Page, expect
from tests.e2e.web.app import App
from tests.e2e.web.serving import Server
from tests.e2e.web.worlds import World, make_world

PAGE = 24


def classes_world(server: Server, name: str, *, items: int) -> World:
    """Pictures to be given a class, none of them labelled."""
    return make_world(server, name, items=items, tools=("class",))


def open_grid(app: App, world: World) -> Page:
    """The label grid with the smallest page."""
    app.sign_in()
    app.page.evaluate(f"localStorage.setItem('whorl-grid-size', '{PAGE}')")
    return app.go(world.path(f"/grid/{world.task.id}"))


def says(page: Page, text: str) -> None:
    """The foot of the page says this."""
    expect(page.locator("footer [role=status]")).to_have_text(text)


def given(world: World) -> Counter[str]:
    """How many items have which classes."""
    return Counter("+".join(label for label, _ in world.truth(one)) for one in world.item_ids)


def test_label_grid__two_pages_by_keyboard(app: App, server: Server) -> None:
    world = classes_world(server, "two pages", items=2 * PAGE)
    page = open_grid(app, world)
    says(page, f"0 of {PAGE} have a class")
    assert app.serious_barriers() == []
    page.keyboard.press("1")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("2")
    says(page, f"3 of {PAGE} have a class")
    page.keyboard.press("z")
    says(page, "2 selected")
    page.keyboard.press("Shift+Z")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text(f"{PAGE - 3} have no class yet")
    page.keyboard.type("plum")
    page.keyboard.press("Enter")
    expect(page.locator("header")).to_contain_text("2 of 2")
    assert given(world) == {"apple": 1, "pear": 2, "plum": PAGE - 3, "": PAGE}
    page.keyboard.press("Control+a")
    page.keyboard.press("/")
    page.keyboard.type("app")
    page.keyboard.press("Enter")
    says(page, "All have a class")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Done: 48 items in this sitting")).to_be_visible()
    assert given(world) == {"apple": 1 + PAGE, "pear": 2, "plum": PAGE - 3}
    assert set(world.statuses()) == {"submitted"}


def test_label_grid__choices_survive_a_reload_and_leases_go_back(app: App, server: Server) -> None:
    world = classes_world(server, "reload", items=PAGE + 6)
    page = open_grid(app, world)
    for key in "123":
        page.keyboard.press(key)
    says(page, f"3 of {PAGE} have a class")
    page.reload()
    app.settle()
    says(page, f"3 of {PAGE} have a class")
    page.get_by_role("link", name="Back to the task").click()
    app.settle()
    page.wait_for_load_state("networkidle")
    assert Counter(world.statuses()) == {"leased": 3, "queued": PAGE + 3}


def test_label_grid__what_the_server_refuses_stays_with_its_reason(app: App, server: Server) -> None:
    world = classes_world(server, "refused", items=3)
    page = open_grid(app, world)
    server.ask("POST", f"/datasets/{world.dataset.id}/classify", {"item_ids": [world.item_ids[1]], "label": "plum"})
    page.keyboard.press("Control+a")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    says(page, "1 item was not taken: the reason is on each.")
    expect(page.locator("[data-tile]")).to_have_count(1)
    expect(page.locator("[data-tile]")).to_contain_text("Changed meanwhile")
    assert given(world) == {"apple": 2, "plum": 1}
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Done: 3 items")).to_be_visible()
    assert given(world) == {"apple": 3}


def test_label_grid__a_task_of_shapes_says_where_to_go(app: App, server: Server) -> None:
    world = make_world(server, "shapes", tools=("box",))
    page = open_grid(app, world)
    expect(page.get_by_role("heading", name="This task asks for shapes")).to_be_visible()
    expect(page.get_by_role("link", name="Open the studio")).to_be_visible()


def test_review_grid__a_page_is_mended_and_taken_back(app: App, server: Server) -> None:
    world = classes_world(server, "review", items=4)
    server.ask("POST", f"/datasets/{world.dataset.id}/classify", {"item_ids": world.item_ids, "label": "apple"})
    app.sign_in()
    page = app.go(world.path(f"/crops/{world.dataset.id}?label=apple"))
    expect(page.locator("[data-tile]")).to_have_count(4)
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("2")
    says(page, "1 to get another class, 1 to remove")
    page.keyboard.press("Enter")
    expect(page.get_by_text("4 of 4 looked at")).to_be_visible()
    assert given(world) == {"apple": 2, "pear": 1, "": 1}
    page.keyboard.press("b")
    says(page, "The page before, as it was.")
    assert given(world) == {"apple": 4}
    assert app.serious_barriers() == []
