"""From the browser: a model is put to work, asked, told that it was wrong, and its mistake becomes labelling work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.e2e.web.app import App
from tests.e2e.web.worlds import World, picture, propose

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

PATIENCE_MS = 120_000
TABS = ("overview", "log", "flags")


def open_endpoint(page: Page, *, model: str, dataset: str) -> None:
    """Fill in the form for a new endpoint, and come to its page."""
    page.get_by_role("button", name="New endpoint").click()
    form = page.get_by_role("dialog", name="New endpoint")
    form.get_by_label("Name").fill("Shelf")
    assert form.get_by_text("Small letters, digits and dashes within.").is_visible()
    assert form.get_by_role("button", name="Open it").is_disabled()
    form.get_by_label("Name").fill("shelf-cameras")
    form.get_by_placeholder("Choose a model").click()
    page.get_by_role("option", name=model).click()
    form.get_by_label("Dataset for flagged images").click()
    page.get_by_role("option", name=dataset).click()
    form.get_by_role("button", name="Open it").click()
    page.get_by_role("heading", name="shelf-cameras").wait_for()


def add_report_rule(page: Page) -> None:
    """Flag what somebody says is wrong."""
    page.get_by_role("tab", name="Flags").click()
    page.get_by_text("No rule yet, so nothing is flagged.").wait_for()
    page.get_by_role("button", name="Add a rule").click()
    page.get_by_role("radio", name="Somebody reports it").click()
    page.get_by_role("button", name="Add the rule").click()
    page.get_by_role("row", name="Somebody reports it").get_by_text("0 of 100").wait_for()


def test_endpoint__from_the_browser_to_a_labelling_task(app: App, world: World) -> None:
    model = propose(world)
    production = world.project.datasets.create("production")
    page = app.go(world.path("/endpoints"))
    assert page.get_by_text("No endpoint yet").is_visible()

    open_endpoint(page, model=model.name, dataset="production")
    add_report_rule(page)
    page.get_by_role("tab", name="Overview").click()
    image: FilePayload = {"name": "shelf.jpg", "mimeType": "image/jpeg", "buffer": picture(7)}
    page.locator("input[type=file]").set_input_files([image])
    page.get_by_role("button", name="Wrong").click(timeout=PATIENCE_MS)
    assert page.get_by_text("apple").first.is_visible()
    page.get_by_role("button", name="Wrong", pressed=True).wait_for()

    # The log shows the line with its verdict, and the picture as it came.
    page.get_by_role("tab", name="Log").click()
    line = page.get_by_role("row").filter(has_text="apple")
    line.get_by_text("wrong").wait_for()
    line.get_by_role("button").click()
    page.get_by_role("dialog").get_by_role("button", name="Wrong", pressed=True).wait_for()
    page.keyboard.press("Escape")

    page.get_by_role("tab", name="Flags").click()
    page.get_by_role("row", name="Somebody reports it").get_by_text("1 of 100").wait_for(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Label these").click(timeout=PATIENCE_MS)
    page.get_by_label("Name of the task").fill("mistakes on the shelf")
    page.get_by_role("button", name="Open the task").click()
    page.get_by_role("heading", name="mistakes on the shelf").wait_for()

    (endpoint,) = world.project.endpoints.list()
    for tab in TABS:
        app.go(world.path(f"/endpoints/{endpoint.id}?tab={tab}"))
        assert app.serious_barriers() == [], tab
    (task,) = [one for one in world.project.tasks.list() if one.name == "mistakes on the shelf"]
    (item,) = task.items()
    assert production.items.get(item_id=item.item_id).id == item.item_id
    (feedback,) = world.project.traffic("shelf-cameras").feedback()
    assert feedback.verdict == "wrong"
