"""Every page opens, in light and dark, without an error, a blocked style or a barrier."""

from __future__ import annotations

import re

import pytest
from tests.e2e.web.app import App, Desk, Scheme
from tests.e2e.web.serving import Server
from tests.e2e.web.worlds import SCRIPT_LABEL, World, make_world

from whorl.sdk.drawing import Box

PAGES = {
    "projects": "",
    "overview": "/",
    "explorer": "/explorer",
    "datasets": "/datasets",
    "dataset": "/datasets/{dataset_id}",
    "item": "/items/{item_id}",
    "tasks": "/tasks",
    "task": "/tasks/{task_id}",
    "studio": "/studio/{task_id}",
    "label grid": "/grid/{task_id}",
    "review grid": "/crops/{dataset_id}",
    "models": "/models",
    "endpoints": "/endpoints",
    "runs": "/models/runs",
    "pipelines": "/pipelines",
    "new pipeline": "/pipelines/new",
    "canvas": "/pipelines/new/edit",
    "ontology": "/settings/ontology",
    "recipes": "/settings/recipes",
    "members": "/settings/members",
    "tokens": "/settings/tokens",
    "keys": "/settings/keys",
}


def address(world: World, page: str) -> str:
    """The address of a page in the world's project."""
    if page == "projects":
        return "/"
    rest = PAGES[page].format(
        dataset_id=world.dataset.id, task_id=world.task.id, item_id=world.item_ids[0] if world.item_ids else ""
    )
    return world.path(rest)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page__opens_without_trouble_or_barrier(
    desk: Desk, server: Server, world: World, name: str, scheme: Scheme
) -> None:
    with desk.window(server, scheme=scheme) as app:
        app.sign_in()
        app.go(address(world, name))
        shown = app.page.locator("html").get_attribute("data-mantine-color-scheme")
        assert shown == scheme
        assert app.page.get_by_text("This page could not be shown").count() == 0
        assert app.serious_barriers() == []


def test_pages__of_an_empty_project_say_what_comes_next(app: App, server: Server) -> None:
    world = make_world(server, "nothing in it", items=0)
    for name in sorted(PAGES.keys() - {"item"}):
        app.go(address(world, name))
        assert app.page.locator("#root").inner_text().strip() != "", name
        app.check()


def test_pages__a_script_in_a_label_stays_text(app: App, server: Server) -> None:
    world = make_world(server, "label with a script", items=2, labels=(SCRIPT_LABEL, "plain"))
    annotations = world.dataset.items.get(item_id=world.item_ids[0]).annotations
    annotations.upload(annotations.builder().add(Box(10, 10, 60, 60, label=SCRIPT_LABEL)))
    said: list[str] = []
    app.page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    for name in PAGES:
        app.go(address(world, name))
        assert app.page.locator("img[onerror]").count() == 0, name
        assert said == [], name
        app.check()


def test_anonymous__is_sent_to_the_login_page_and_back(desk: Desk, server: Server, world: World) -> None:
    with desk.window(server) as app:
        app.expect_refusal(401, "/api/v1/me")
        app.go(world.path("/tasks"))
        app.page.wait_for_url("**/login?to=*")
        app.sign_in()
        assert app.page.url == f"{server.url}/"


def test_link__of_an_earlier_start_says_so(desk: Desk, server: Server) -> None:
    with desk.window(server) as app:
        app.expect_refusal(401, "/api/v1/me")
        app.page.goto("/?token=whl_of_yesterday")
        app.page.wait_for_url("**/login*")
        app.page.get_by_text("earlier start").wait_for()


def test_login__with_email_and_password(desk: Desk, server: Server) -> None:
    from playwright.sync_api import expect

    server.client.people.create("lea@example.org", "Lea", password="correct horse battery")
    with desk.window(server) as app:
        app.expect_refusal(401, "/api/v1/(me|login)")
        app.go("/login")
        app.page.get_by_label("E-mail").fill("lea@example.org")
        app.page.get_by_role("textbox", name="Password").fill("wrong")
        app.page.keyboard.press("Enter")
        app.page.get_by_text("Email and password do not match").wait_for()
        app.page.get_by_role("textbox", name="Password").fill("correct horse battery")
        app.page.keyboard.press("Enter")
        expect(app.page).to_have_url(f"{server.url}/")


def test_link__deep_with_the_token_signs_in(desk: Desk, server: Server, world: World) -> None:
    token = server.link.partition("token=")[2]
    with desk.window(server) as app:
        app.page.goto(world.path(f"/tasks/{world.task.id}?token={token}"))
        app.page.wait_for_url(f"**{world.path(f'/tasks/{world.task.id}')}")
        app.page.get_by_text("label them").first.wait_for()


def test_address__unknown_shows_a_page_that_leads_back(app: App) -> None:
    app.go("/no/such/page")
    app.page.get_by_role("link").first.wait_for()


def test_address__of_an_unknown_project_says_so(app: App) -> None:
    app.expect_refusal(404, "/api/v1/projects/prj_unknown")
    app.go("/p/prj_unknown/tasks")
    app.page.get_by_text("no such project").first.wait_for()


def test_navigation__by_keyboard_alone(app: App, world: World) -> None:
    from playwright.sync_api import expect

    app.go(world.path("/"))
    for name in ("Explorer", "Datasets", "Tasks", "Models", "Pipelines", "Settings"):
        link = app.page.get_by_role("link", name=name, exact=True)
        link.focus()
        app.page.keyboard.press("Enter")
        expect(app.page).to_have_url(re.compile(f"/{name.lower()}"))
        app.settle()
