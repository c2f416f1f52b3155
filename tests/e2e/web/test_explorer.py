"""The explorer: one filter, many ways to it, and what is done with what matches."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.e2e.web.app import App, Desk
from tests.e2e.web.serving import Server
from tests.e2e.web.worlds import World, make_world

from whorl.schemas.records import Subset
from whorl.sdk.drawing import Box


@pytest.fixture
def stocked(server: Server, request: pytest.FixtureRequest) -> World:
    """Twelve pictures: four with an apple, of those three in train; the others bare."""
    world = make_world(server, request.node.name, items=12)
    for number, item_id in enumerate(world.item_ids[:4]):
        item = world.dataset.items.get(item_id=item_id)
        item.annotations.upload(item.annotations.builder().add(Box(10, 10, 90, 90, label="apple")))
        item.update(subset=Subset.TRAIN if number < 3 else Subset.TEST)
    return world


def asked(app: App) -> str:
    """The query in the address."""
    return parse_qs(urlsplit(app.page.url).query).get("q", [""])[0]


def test_explorer__facets_and_chips_change_the_one_filter(app: App, stocked: World) -> None:
    page = app.go(stocked.path("/explorer"))
    page.get_by_text("12 items").wait_for()
    facets = page.get_by_role("navigation", name="Facets")
    facets.get_by_role("button", name=re.compile("apple")).click()
    page.get_by_text("4 items").wait_for()
    facets.get_by_role("button", name=re.compile("train")).click()
    page.get_by_text("3 items").wait_for()
    assert asked(app) == "label:apple subset:train"
    page.get_by_role("button", name="Turn around: subset:train").click()
    page.get_by_text("1 item").wait_for()
    assert asked(app) == "label:apple -subset:train"
    page.get_by_role("button", name="Remove label:apple").click()
    page.get_by_text("9 items").wait_for()
    page.go_back()
    page.get_by_text("1 item").wait_for()
    assert asked(app) == "label:apple -subset:train"


def test_explorer__a_misspelt_field_is_mended_by_a_click(app: App, stocked: World) -> None:
    app.expect_refusal(422, "/(listings|facets)$")
    page = app.go(stocked.path("/explorer"))
    query = page.get_by_role("textbox", name="Query")
    query.fill("labl:apple subset:train")
    query.press("Escape")
    query.press("Enter")
    page.get_by_role("alert").get_by_text("unknown field: 'labl'").wait_for()
    assert page.get_by_role("button", name="Use these").count() == 0
    page.get_by_role("button", name=re.compile("^Did you mean")).click()
    page.get_by_text("3 items").wait_for()
    assert asked(app) == "label:apple subset:train"


def test_explorer__completion_writes_fields_and_values(app: App, stocked: World) -> None:
    page = app.go(stocked.path("/explorer"))
    query = page.get_by_role("textbox", name="Query")
    query.click()
    page.keyboard.type("subs")
    page.get_by_role("option", name=re.compile("^subset")).wait_for()
    page.keyboard.press("Tab")
    page.get_by_role("option", name=re.compile("^train")).wait_for()
    page.keyboard.type("te")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("1 item").wait_for()
    assert asked(app) == "subset:test"


def test_explorer__a_task_of_what_the_keyboard_selected(app: App, stocked: World) -> None:
    page = app.go(stocked.path("/explorer"))
    page.get_by_role("gridcell").nth(11).wait_for()
    page.get_by_role("grid").focus()
    for key in ("ArrowRight", "ArrowRight", "Space", "Shift+ArrowRight"):
        page.keyboard.press(key)
    page.get_by_text("12 items, 2 selected").wait_for()
    page.get_by_role("button", name="Use these").click()
    page.get_by_role("menuitem", name="Make a task").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("2 selected items").wait_for()
    dialog.get_by_label("Name").fill("Look again")
    dialog.get_by_role("button", name="Make the task").click()
    page.wait_for_url("**/tasks/*")
    [task] = [one for one in stocked.project.tasks.list() if one.name == "Look again"]
    assert sorted(one.item_id for one in task.items()) == sorted(stocked.item_ids[1:3])


def test_explorer__metadata_of_all_that_match_and_only_of_them(app: App, stocked: World) -> None:
    page = app.go(stocked.path("/explorer?q=label:apple"))
    page.get_by_text("4 items").wait_for()
    page.get_by_role("button", name="Use these").click()
    page.get_by_role("menuitem", name="Set subset or metadata").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("4 items matching your filter").wait_for()
    dialog.get_by_text("Metadata or tag").click()
    dialog.get_by_label("Value").fill("night")
    dialog.get_by_role("button", name="Change", exact=True).click()
    dialog.wait_for(state="detached")
    tagged = [one for one in stocked.item_ids if stocked.dataset.items.get(item_id=one).metadata.get("tag") == "night"]
    assert tagged == stocked.item_ids[:4]
    # What the patch left out stays.
    assert [stocked.dataset.items.get(item_id=one).subset for one in stocked.item_ids[2:5]] == ["train", "test", None]


def test_explorer__removing_asks_for_the_number(app: App, stocked: World) -> None:
    page = app.go(stocked.path("/explorer?q=subset:test"))
    page.get_by_text("1 item").wait_for()
    page.get_by_role("button", name="Use these").click()
    page.get_by_role("menuitem", name="Remove from the dataset").click()
    dialog = page.get_by_role("dialog")
    button = dialog.get_by_role("button", name="Remove 1")
    assert button.is_disabled()
    dialog.get_by_label("Type 1 to go on").fill("1")
    button.click()
    page.get_by_role("heading", name="No item matches").wait_for()
    page.get_by_role("button", name="Clear the filter").click()
    page.get_by_text("11 items").wait_for()


def test_explorer__a_view_is_saved_changed_and_opened_again(app: App, stocked: World) -> None:
    page = app.go(stocked.path("/explorer?q=subset:train"))
    page.get_by_text("3 items").wait_for()
    page.get_by_role("button", name="Views").click()
    page.get_by_role("menuitem", name="Save as a new view").click()
    page.get_by_label("Name").fill("To learn from")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="To learn from").wait_for()
    page.get_by_role("button", name="Remove subset:train").click()
    page.get_by_role("button", name=re.compile("To learn from.*changed")).click()
    page.get_by_role("menuitem", name=re.compile("^To learn from")).click()
    page.get_by_text("3 items").wait_for()
    assert asked(app) == "subset:train"


def test_explorer__an_item_beside_the_grid_and_the_charts_are_within_reach(app: App, stocked: World) -> None:
    page = app.go(stocked.path("/explorer"))
    page.get_by_role("gridcell").nth(0).dblclick()
    panel = page.get_by_role("complementary", name="Item")
    panel.get_by_role("link", name="History and origin").wait_for()
    panel.get_by_text("apple").wait_for()
    assert app.serious_barriers() == []
    page.keyboard.press("Escape")
    panel.wait_for(state="detached")
    page.get_by_text("Distributions").click()
    page.get_by_role("img", name=re.compile("^Label: apple 4")).wait_for()
    assert app.serious_barriers() == []


def test_explorer__another_persons_label_shows_without_a_reload(desk: Desk, server: Server, stocked: World) -> None:
    with desk.window(server) as app:
        app.sign_in()
        page = app.go(stocked.path("/explorer?q=label:pear"))
        page.get_by_role("heading", name="No item matches").wait_for()
        item = stocked.dataset.items.get(item_id=stocked.item_ids[5])
        item.annotations.upload(item.annotations.builder().add(Box(10, 10, 90, 90, label="pear")))
        page.get_by_role("gridcell", name="picture-005.jpg").wait_for()
