"""Cars seen from above, as narrow tasks: from the gallery to the ledger with a mouse, against drawing everything."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.web.app import App
from tests.e2e.web.cars import SIZE, VEHICLE, Piece, Place, cut_pieces, make_project, train_finder
from tests.e2e.web.serving import Server
from tests.e2e.web.studio import until

from whorl.sdk.client import Project

pytest.importorskip("cv2", reason="the detector of these tests looks for pixels with OpenCV")

PATIENCE_MS = 120_000
PATIENCE_S = PATIENCE_MS / 1000


@dataclass
class Hand:
    """A person with a mouse, and what they have done.

    Attributes:
        n_actions: Drags, clicks and keys.
    """

    page: Page
    n_actions: int = 0

    def box(self, place: Place) -> None:
        """Drag a box around a place of the picture that is fitted into the canvas."""
        frame = self.page.locator('[data-region="canvas"]').bounding_box()
        assert frame is not None
        zoom = self.page.get_by_role("button", name="press for 100 percent").inner_text()
        scale = float(zoom.replace("%", "")) / 100
        left = frame["x"] + frame["width"] / 2 - SIZE[0] / 2 * scale
        top = frame["y"] + frame["height"] / 2 - SIZE[1] / 2 * scale
        x0, y0, x1, y1 = (edge * scale for edge in place)
        self.page.mouse.move(left + x0, top + y0)
        self.page.mouse.down()
        self.page.mouse.move(left + x1, top + y1, steps=3)
        self.page.mouse.up()
        self.n_actions += 1

    def press(self, key: str) -> None:
        """Press a key."""
        self.page.keyboard.press(key)
        self.n_actions += 1

    def wait_for_picture(self, but: str = "") -> int:
        """Wait for a picture, other than the one before; gives its number."""
        other = '[data-region="canvas"][aria-label^="Picture picture-"]' + (
            f':not([aria-label="{but}"])' if but else ""
        )
        name = self.page.locator(other).get_attribute("aria-label", timeout=PATIENCE_MS)
        self.page.get_by_role("navigation", name="Items in hand").locator("img").first.wait_for()
        assert name is not None
        return int(name.removeprefix("Picture picture-").partition(".")[0])


def start_template(app: App, path: str) -> None:
    """Start micro-tasks from the gallery on what is in the dataset ``pool``."""
    page = app.go(f"{path}/pipelines/new")
    card = page.get_by_role("region", name="Micro-tasks")
    card.get_by_role("button", name="Start").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="more settings").click()
    dialog.get_by_label("Champion").and_(dialog.locator("input:not([type=hidden])")).click()
    page.get_by_role("option", name="finder").click()
    dialog.get_by_label("Label of the objects").fill(VEHICLE)
    dialog.get_by_label("Skill to name objects").fill("cars")
    dialog.get_by_label("Tile size").fill("400")
    dialog.get_by_role("button", name="Start", exact=True).click()
    page.wait_for_url("**/pipelines/pip_*", timeout=PATIENCE_MS)


# Any: JSON.
def task_named(server: Server, project_id: str, name: str) -> dict[str, Any]:
    """A task, once it is there and has something to do."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        tasks: list[dict[str, Any]] = server.ask("GET", f"/projects/{project_id}/tasks")["items"]
        found = [one for one in tasks if one["name"] == name]
        if found and found[0]["counts"]["queued"] + found[0]["counts"]["leased"] > 0:
            return found[0]
        time.sleep(0.3)
    raise AssertionError(f"no work in a task called {name}")


def add_missed(hand: Hand, pieces: Sequence[Piece]) -> None:
    """Go through a task that asks what the model missed."""
    page = hand.page
    shown = ""
    for _ in pieces:
        piece = pieces[hand.wait_for_picture(but=shown)]
        shown = page.locator('[data-region="canvas"]').get_attribute("aria-label") or ""
        found = len(piece.cars) - 1
        asked = page.get_by_role("region", name="What is asked")
        expect(asked).to_contain_text(f"model found {found}", timeout=PATIENCE_MS)
        page.wait_for_timeout(200)
        hand.box(piece.cars[-1])
        expect(asked).to_contain_text("you added 1")
        expect(page.get_by_role("button", name=f"Submit {found} + 1")).to_be_visible()
        hand.press("Enter")
    expect(page.get_by_text("Nothing waits for you here")).to_be_visible(timeout=PATIENCE_MS)


def draw_all(hand: Hand, pieces: Sequence[Piece]) -> None:
    """Go through a task that asks everything: each car drawn and named."""
    shown = ""
    for _ in pieces:
        piece = pieces[hand.wait_for_picture(but=shown)]
        shown = hand.page.locator('[data-region="canvas"]').get_attribute("aria-label") or ""
        hand.page.wait_for_timeout(200)
        for car in piece.cars:
            hand.press("2")
            hand.box(car)
        objects = hand.page.get_by_role("group", name="Shapes").locator("[data-selected]")
        expect(objects).to_have_count(len(piece.cars))
        hand.press("Enter")
    expect(hand.page.get_by_text("Nothing waits for you here")).to_be_visible(timeout=PATIENCE_MS)


def test_micro_tasks__from_the_gallery_to_the_ledger(app: App, server: Server, shared_dir: Path) -> None:
    pieces = cut_pieces(shared_dir)[:2]
    project = make_project(server, "micro tasks")
    train_finder(project, pieces)
    pool = project.datasets.create("pool")
    for number, piece in enumerate(pieces):
        pool.items.upload_bytes(piece.content, f"picture-{number:03d}.png")
    path = f"/p/{project.id}"
    n_cars = sum(len(piece.cars) for piece in pieces)
    app.sign_in()
    start_template(app, path)
    page = app.page
    pipeline = page.url.rpartition("/")[2]
    page.get_by_role("tab", name="Ledger").click()

    # One person adds only what the model missed.
    boxes = task_named(server, project.id, "boxes")
    until(lambda: server.ask("GET", f"/tasks/{boxes['id']}")["counts"]["queued"], len(pieces), patience_s=PATIENCE_S)
    hand = Hand(page)
    app.go(f"{path}/tasks")
    page.get_by_role("row", name="boxes").get_by_role("link", name="Label").click()
    began = time.monotonic()
    add_missed(hand, pieces)
    took = time.monotonic() - began

    # Who lacks the skill is told so; with it the crops are named a page at a time.
    names = task_named(server, project.id, "names")
    until(lambda: server.ask("GET", f"/tasks/{names['id']}")["counts"]["queued"], n_cars, patience_s=PATIENCE_S)
    app.go(f"{path}/tasks/{names['id']}")
    expect(page.get_by_text("You lack the skill cars.")).to_be_visible()
    page.get_by_role("link", name="settings, people").click()
    page.get_by_role("combobox", name="Skills of").or_(page.get_by_role("textbox", name="Skills of")).first.fill("cars")
    page.keyboard.press("Enter")
    until(lambda: server.ask("GET", f"/tasks/{names['id']}")["missing_skills"], [], patience_s=PATIENCE_S)
    app.go(f"{path}/grid/{names['id']}")
    began = time.monotonic()
    hand.press("Control+a")
    hand.press("2")
    expect(page.locator("footer [role=status]")).to_have_text("All have a class")
    hand.press("Enter")
    expect(page.get_by_role("heading", name=f"Done: {n_cars} items")).to_be_visible(timeout=PATIENCE_MS)
    took += time.monotonic() - began

    # The ledger proves it.
    def ledger() -> dict[str, Any]:
        told: dict[str, Any] = server.ask("GET", f"/pipelines/{pipeline}/ledger")
        return told

    until(lambda: ledger()["n_items"], len(pieces), patience_s=PATIENCE_S)
    assert (ledger()["n_objects"], ledger()["n_missed"]) == (n_cars, len(pieces))
    app.go(f"{path}/pipelines/{pipeline}")
    page.get_by_role("tab", name="Ledger").click()
    expect(page.get_by_text(f"{n_cars} objects on {len(pieces)} images came out as ground truth.")).to_be_visible()
    expect(page.get_by_role("row", name="complete")).to_contain_text(str(len(pieces)))
    assert app.serious_barriers() == []

    everything = Hand(page)
    took_all = time_everything(everything, server, project, pieces)
    print(f"narrow: {hand.n_actions} actions, {took:.1f} s; everything: {everything.n_actions}, {took_all:.1f} s")
    assert hand.n_actions < everything.n_actions / 2


def time_everything(hand: Hand, server: Server, project: Project, pieces: Sequence[Piece]) -> float:
    """Seconds for one task that asks it all of the same images, with no model's help."""
    bare = project.datasets.create("bare")
    for number, piece in enumerate(pieces):
        bare.items.upload_bytes(piece.content, f"picture-{number:03d}.png")
    recipe = server.ask("POST", f"/projects/{project.id}/recipes", {"name": "all", "tools": ["box"]})
    wanted = {"name": "everything", "dataset_id": bare.id, "recipe_id": recipe["id"]}
    task = server.ask("POST", f"/projects/{project.id}/tasks", wanted)
    server.ask("POST", f"/tasks/{task['id']}/items", {"query": {}})
    began = time.monotonic()
    hand.page.goto(f"/p/{project.id}/studio/{task['id']}")
    draw_all(hand, pieces)
    return time.monotonic() - began
