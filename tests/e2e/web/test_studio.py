"""Labelling: by keyboard alone, through reloads, for two at once, with proposals, and through a review."""

from __future__ import annotations

import io
from collections import Counter

import numpy as np
import pytest
from PIL import Image
from tests.e2e.web.app import App, Desk
from tests.e2e.web.serving import Server
from tests.e2e.web.studio import Studio, until
from tests.e2e.web.worlds import LABELS, World, make_world, propose


def photographs() -> list[bytes]:
    """Ten real photographs: parts of the two that come with scikit-learn."""
    from sklearn.datasets import load_sample_images

    made = []
    for image in load_sample_images().images:
        for part in np.array_split(image, 5, axis=1):
            out = io.BytesIO()
            Image.fromarray(part).save(out, "JPEG", quality=88)
            made.append(out.getvalue())
    return made


def test_ten_real_images__are_labelled_by_keyboard_alone(app: App, server: Server) -> None:
    world = make_world(server, "by keyboard", labels=("temple", "flower"), tools=("class",), pictures=photographs())
    studio = Studio(app, world).open()
    for number in range(10):
        studio.expect_item(number)
        studio.press("1" if number < 5 else "2", "Enter")
    app.page.get_by_text("Nothing waits for you here").wait_for()
    until(lambda: Counter(world.statuses()), Counter(submitted=10))
    assert [world.truth(one) for one in world.item_ids] == [[("temple", "class")]] * 5 + [[("flower", "class")]] * 5


def test_boxes__are_drawn_undone_and_submitted(app: App, world: World) -> None:
    studio = Studio(app, world).open()
    first = studio.wait_for_item()
    studio.press("2")
    studio.draw_box(0.2, 0.2, 0.4, 0.4)
    studio.draw_box(0.5, 0.5, 0.7, 0.8)
    studio.expect_objects(2)
    studio.press("Control+z")
    studio.expect_objects(1)
    studio.press("Control+Shift+z")
    studio.expect_objects(2)
    app.shoot("studio")
    studio.press("Enter")
    studio.expect_item(1)
    until(lambda: world.truth(first), [(LABELS[1], "box")] * 2)
    studio.press("a")
    studio.expect_item(0)
    studio.expect_objects(2)


def test_reload__in_mid_edit_keeps_work_and_undo(app: App, world: World) -> None:
    studio = Studio(app, world).open()
    item_id = studio.wait_for_item()
    studio.draw_box(0.2, 0.2, 0.4, 0.4)
    studio.draw_box(0.5, 0.5, 0.7, 0.8)
    studio.expect_objects(2)
    # At once: what was on its way to the server is not waited for.
    app.page.reload()
    assert studio.wait_for_item() == item_id
    studio.expect_objects(2)
    studio.press("Control+z")
    studio.expect_objects(1)
    studio.expect_saved()


def test_two_annotators__never_get_the_same_item(desk: Desk, server: Server) -> None:
    # Each holds ten at a time, so that the next ones are ready before they are needed.
    world = make_world(server, "two at once", items=24)
    email = f"{world.project.id}@example.org"
    person = server.client.people.create(email, "Noor", password="correct horse battery")
    world.project.members.set(person.id, "annotator")
    with desk.window(server) as one, desk.window(server) as two:
        one.sign_in()
        two.expect_refusal(401, "/api/v1/me")
        two.log_in(email, "correct horse battery")
        studios = [Studio(one, world).open(), Studio(two, world).open()]
        seen: list[str] = []
        for _ in range(2):
            for studio in studios:
                seen.append(studio.wait_for_item())
                studio.draw_box(0.2, 0.2, 0.4, 0.4)
                studio.expect_objects(1)
                studio.press("Enter")
                until(lambda: Counter(world.statuses())["submitted"], len(seen))
        assert len(set(seen)) == 4
        authors = Counter(one.submitted_by for one in world.task.items() if one.submitted_by is not None)
        assert sorted(authors.values()) == [2, 2]
        assert authors[person.id] == 2


def test_proposals__are_accepted_edited_and_refused(app: App, world: World, server: Server) -> None:
    model = propose(world)
    studio = Studio(app, world).open(world.item_ids[3])
    studio.press("Shift+Y")
    app.shoot("studio-proposals")
    studio.press("Enter")
    until(lambda: len(world.truth(world.item_ids[3])) > 0, True)
    outcomes = server.ask("GET", f"/models/{model.id}/outcomes")
    assert outcomes["accepted"] >= 1
    assert outcomes["edited"] == 0


def test_review__sent_back_mended_and_approved(app: App, server: Server) -> None:
    world = make_world(server, "review", items=1)
    wanted = {"name": "look over", "dataset_id": world.dataset.id, "kind": "review", "reviews_task_id": world.task.id}
    wanted |= {"takes_submitted": True}
    review = server.ask("POST", f"/projects/{world.project.id}/tasks", wanted)
    label = Studio(app, world).open()
    label.draw_box(0.2, 0.2, 0.4, 0.4)
    label.expect_objects(1)
    label.press("Enter")
    until(world.statuses, ["submitted"])

    app.page.goto(world.path(f"/studio/{review['id']}"))
    label.wait_for_item()
    label.press("i")
    frame = label.picture.bounding_box()
    assert frame is not None
    app.page.mouse.click(frame["x"] + frame["width"] * 0.3, frame["y"] + frame["height"] * 0.3)
    app.page.keyboard.type("Too wide on the left.")
    app.page.keyboard.press("Control+Enter")
    until(world.statuses, ["rework"])

    label.open()
    app.page.get_by_text("Too wide on the left.").first.wait_for()
    label.draw_box(0.6, 0.6, 0.8, 0.8)
    label.expect_objects(2)
    app.page.get_by_role("tab", name="Notes").click()
    app.page.get_by_role("button", name="Mended").click()
    app.page.get_by_role("button", name="Mended").wait_for(state="detached")
    label.picture.focus()
    label.press("Enter")
    until(world.statuses, ["submitted"])

    app.page.goto(world.path(f"/studio/{review['id']}"))
    label.wait_for_item()
    app.shoot("review")
    label.press("Enter")
    until(world.statuses, ["approved"])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_studio__has_no_barrier_with_work_in_it(desk: Desk, server: Server, world: World, scheme: str) -> None:
    with desk.window(server, scheme="dark" if scheme == "dark" else "light") as app:
        app.sign_in()
        studio = Studio(app, world).open()
        studio.draw_box(0.2, 0.2, 0.4, 0.4)
        studio.expect_objects(1)
        app.settle()
        assert app.serious_barriers() == []


def test_label_grid__a_few_are_chosen_and_the_rest_is_one_class(app: App, server: Server) -> None:
    world = make_world(server, "grid", items=8, labels=("apple", "pear"), tools=("class",))
    app.go(world.path(f"/grid/{world.task.id}"))
    tiles = app.page.locator("[data-tile]")
    tiles.nth(7).wait_for()
    odd = [tiles.nth(place).get_attribute("data-tile") or "" for place in (1, 4)]
    for place in (1, 4):
        tiles.nth(place).click(modifiers=["Control"] if place == 4 else [])
    app.page.keyboard.press("2")
    app.page.keyboard.press("Enter")
    app.page.get_by_text("6 have no class yet. What are they?").wait_for()
    app.shoot("label-grid-rest")
    app.page.keyboard.type("apple")
    app.page.keyboard.press("Enter")
    until(lambda: Counter(world.statuses()), Counter(submitted=8))
    found = {one: world.truth(one) for one in world.item_ids}
    assert found == {one: [("pear" if one in odd else "apple", "class")] for one in world.item_ids}
