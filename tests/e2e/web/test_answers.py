"""Yes/no tasks, and tasks that want several answers, in a real browser."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect
from tests.e2e.web.app import App
from tests.e2e.web.serving import Server
from tests.e2e.web.studio import until
from tests.e2e.web.worlds import World, make_world


def _make_task(server: Server, world: World, kind: str, **settings: Any) -> str:
    wanted = {"name": "asked", "kind": kind, "dataset_id": world.dataset.id, "settings": settings}
    task_id = str(server.ask("POST", f"/projects/{world.project.id}/tasks", wanted)["id"])
    server.ask("POST", f"/tasks/{task_id}/items", {"item_ids": world.item_ids})
    return task_id


def _answers(server: Server, task_id: str) -> list[str]:
    found = server.ask("GET", f"/tasks/{task_id}/items?status=submitted")["items"]
    return [one["answer"] for one in found]


def test_validate__a_page_by_keyboard_and_one_by_one_with_the_last_taken_back(app: App, server: Server) -> None:
    world = make_world(server, "yes or no", items=5)
    task_id = _make_task(server, world, "validate", question="Are the discs whole?")
    app.sign_in()
    page = app.go(world.path(f"/grid/{task_id}"))
    expect(page.get_by_role("navigation", name="Classes")).to_contain_text("Are the discs whole?")
    assert app.serious_barriers() == []
    for key in "yny":
        page.keyboard.press(key)
    expect(page.locator("footer [role=status]")).to_have_text("3 of 5 have an answer")
    page.keyboard.press("z")
    expect(page.locator("footer [role=status]")).to_have_text("2 of 5 have an answer")
    page.keyboard.press("Shift+Enter")
    until(lambda: _answers(server, task_id), ["yes", "no"])
    page.get_by_role("link", name="Back to the task").click()
    app.settle()
    page.get_by_role("link", name="Start answering").click()
    expect(page.get_by_text("Are the discs whole?")).to_be_visible()
    # The question is there before the picture is.
    page.get_by_role("button", name="Yes").wait_for()
    page.keyboard.press("y")
    until(lambda: _answers(server, task_id), ["yes", "no", "yes"])
    page.keyboard.press("u")
    until(lambda: _answers(server, task_id), ["yes", "no"])
    expect(page.get_by_text("Taken back: answer again.")).to_be_visible()
    page.get_by_role("button", name="Yes").wait_for()
    page.keyboard.press("n")
    until(lambda: _answers(server, task_id), ["yes", "no", "no"])


def test_several_answers__the_task_says_who_is_missing_and_fewer_let_it_go_on(app: App, server: Server) -> None:
    world = make_world(server, "several", items=1, tools=("class",))
    recipe = server.ask("GET", f"/tasks/{world.task.id}")["recipe_id"]
    server.ask("PATCH", f"/tasks/{world.task.id}", {"answers": 3})
    assert recipe is not None
    app.sign_in()
    page = app.go(world.path(f"/tasks/{world.task.id}"))
    expect(page.get_by_role("alert")).to_contain_text("Each item wants 3 answers, and only 1 may work here")
    assert app.serious_barriers() == []
    page.get_by_role("link", name="Start labelling").click()
    page.get_by_role("group", name="Class of the item").wait_for()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    until(world.statuses, ["queued"])
    assert world.truth(world.item_ids[0]) == []
    server.ask("PATCH", f"/tasks/{world.task.id}", {"answers": 1})
    assert world.statuses() == ["submitted"]
    assert world.truth(world.item_ids[0]) == [("apple", "class")]
