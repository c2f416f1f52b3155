"""What goes wrong while people label: nothing is lost, a sentence says what happened, and there is a way on."""

from __future__ import annotations

import re
import time

from tests.e2e.web.app import App, Desk
from tests.e2e.web.serving import Server
from tests.e2e.web.studio import Studio, until
from tests.e2e.web.worlds import LABELS, SCRIPT_LABEL, World, make_world

from whorl.schemas.ontology import Label, OntologyDraft


def test_label__with_a_script_in_its_name_stays_text(app: App, server: Server) -> None:
    world = make_world(server, "script", items=1, labels=(SCRIPT_LABEL, "plain"))
    studio = Studio(app, world).open()
    item_id = studio.wait_for_item()
    studio.press("1")
    studio.draw_box(0.2, 0.2, 0.5, 0.5)
    studio.expect_objects(1)
    app.page.get_by_text(SCRIPT_LABEL).first.wait_for()
    studio.press("Enter")
    until(lambda: world.truth(item_id), [(SCRIPT_LABEL, "box")])


def test_label__deleted_while_somebody_uses_it(app: App, world: World) -> None:
    app.expect_refusal(409, "/(submit|draft)")
    studio = Studio(app, world).open()
    item_id = studio.wait_for_item()
    studio.press("2")
    studio.draw_box(0.2, 0.2, 0.5, 0.5)
    studio.expect_saved()
    left = [Label(name=name) for name in LABELS if name != LABELS[1]]
    world.project.set_ontology(OntologyDraft(labels=left))
    studio.press("Enter")
    app.page.get_by_role("button", name="An item was not accepted: back to it").click()
    app.page.get_by_text(f"A label was taken out of the ontology while you worked: {LABELS[1]}.").first.wait_for()
    studio.expect_objects(1)
    app.page.reload()
    assert studio.wait_for_item() == item_id
    studio.expect_objects(1)


def test_server__killed_and_started_again_while_somebody_labels(desk: Desk, own_server: Server) -> None:
    world = make_world(own_server, "restart")
    with desk.window(own_server) as app:
        app.sign_in()
        studio = Studio(app, world).open()
        item_id = studio.wait_for_item()
        studio.draw_box(0.1, 0.1, 0.3, 0.3)
        studio.expect_saved()
        own_server.stop(is_killed=True)
        studio.draw_box(0.5, 0.5, 0.7, 0.8)
        studio.badge("Offline").wait_for()
        app.shoot("studio-offline")
        # The link of this start signs in; the session of the start before has ended.
        app.expect_refusal(401, "/api/v1/")
        # The new session has a token of its own against forged writes; the page asks for it and goes on.
        app.expect_refusal(403, "/(draft|submit|heartbeat)")
        own_server.start()
        other = app.new_tab()
        other.goto(own_server.link)
        studio.expect_saved()
        studio.press("Enter")
        studio.expect_item(1)
        item = own_server.client.projects.get(project_id=world.project.id).datasets.get("pictures").items
        until(lambda: len(item.get(item_id=item_id).annotations.list()), 2)
        app.forgive_network()


_FULL = """() => {
  const refuse = () => { throw new DOMException("There is no room left.", "QuotaExceededError"); };
  IDBObjectStore.prototype.put = refuse;
  IDBObjectStore.prototype.add = refuse;
}"""


def test_storage__full_is_said_and_the_server_keeps_the_work(app: App, world: World) -> None:
    studio = Studio(app, world).open()
    item_id = studio.wait_for_item()
    # The debugger's quota does not reach windows of their own, so the store refuses as a full one does.
    app.page.evaluate(_FULL)
    studio.draw_box(0.2, 0.2, 0.5, 0.5)
    studio.expect_objects(1)
    studio.badge("Saved on the server").wait_for()
    studio.press("Enter")
    until(lambda: world.truth(item_id), [(LABELS[0], "box")])


def test_image__that_does_not_decode_says_so_and_lets_one_go_on(app: App, world: World) -> None:
    bad = world.item_ids[0]
    app.context.route(
        re.compile(f"/api/v1/items/{bad}/(image|file|content|thumbnail).*"),
        lambda route: route.fulfill(status=200, content_type="image/jpeg", body=b"this is no picture"),
    )
    studio = Studio(app, world).open()
    app.page.get_by_text(
        re.compile("could not be (read|decoded|shown)|cannot be (read|decoded|shown)")
    ).first.wait_for()
    studio.press("s")
    studio.expect_item(1)


def test_two_tabs__on_one_item_lose_nothing(app: App, world: World) -> None:
    item_id = world.item_ids[0]
    one = Studio(app, world).open(item_id)
    one.draw_box(0.2, 0.2, 0.4, 0.4)
    one.expect_objects(1)
    two = Studio(app, world, app.new_tab())
    two.page.goto(f"{world.studio}?item={item_id}")
    two.page.get_by_text("This item is open in another tab of this browser").wait_for()
    two.page.get_by_role("button", name="Take over here").click()
    two.expect_objects(1)
    one.page.get_by_text("This item is open in another tab of this browser").wait_for()
    two.draw_box(0.6, 0.6, 0.8, 0.8)
    two.expect_objects(2)
    two.press("Enter")
    until(lambda: world.truth(item_id), [(LABELS[0], "box")] * 2)


def test_lease__that_ran_out_in_the_background_is_had_again(app: App, server: Server) -> None:
    world = make_world(server, "lease", items=1, lease_seconds=10)
    studio = Studio(app, world).open()
    item_id = studio.wait_for_item()
    studio.draw_box(0.2, 0.2, 0.5, 0.5)
    studio.expect_saved()
    # A machine that slept: no heartbeat leaves it, and the lease runs out.
    app.context.set_offline(True)
    over = time.monotonic() + 12
    until(lambda: time.monotonic() > over, True)
    app.context.set_offline(False)
    app.expect_refusal(409, "/(submit|draft|heartbeat)")
    studio.press("Enter")
    until(lambda: world.truth(item_id), [(LABELS[0], "box")])
    app.forgive_network()
