"""The loop: wait, learn, propose, learn again; and all that may go wrong on the way."""

from __future__ import annotations

import pytest
from tests.db.assistants.conftest import Desk
from tests.db.conftest import ANNA

from whorl.base.errors import Conflict
from whorl.store.events import read_events
from whorl.tasks.actions import add_task_items

pytestmark = pytest.mark.usefixtures("quick")


def test_assistant__waits__learns__proposes_and_learns_again(both_desk: Desk) -> None:
    desk = both_desk
    desk.fill(30)
    helper = desk.start()
    assert (desk.get(helper).n_needed, desk.get(helper).progress) == (6, 0.0)
    desk.label(5)
    desk.work()
    assert desk.get(helper).status == "waiting"
    assert desk.get(helper).progress == pytest.approx(5 / 6)
    finished = desk.label(1)
    desk.work()
    held = desk.get(helper)
    assert (held.status, len(held.rounds), held.rounds[0].n_items) == ("ready", 1, 6)
    assert held.rounds[0].n_proposed == 24
    assert desk.proposals(finished[0]) == []
    waiting = [one for one in desk.names if desk.proposals(one)]
    assert len(waiting) == 24
    right = sum(desk.proposals(one)[0].label == ("car" if desk.red[one] else "truck") for one in waiting)
    assert right >= 22
    # The next training is at six and a half as many, and five more at least.
    assert held.n_needed == 11
    finished += desk.label(5)
    held = desk.get(helper)
    assert held.accepted + held.edited + held.rejected == 5
    desk.work()
    held = desk.get(helper)
    assert (len(held.rounds), held.rounds[1].n_items, held.n_needed) == (2, 11, 17)
    left = [one for one in waiting if one not in finished]
    assert {one.author_id for item in left for one in desk.proposals(item)} == {held.model_id}
    # What people decided about stays as it was.
    assert {one.author_id for item in finished[1:] for one in desk.proposals(item)} == {held.rounds[0].model_id}


def test_changes__are_told_as_events(desk: Desk) -> None:
    desk.fill(8)
    helper = desk.start()
    desk.label(6)
    desk.work()
    with desk.db.read() as conn:
        told = [one for one in read_events(conn, after_id=0, limit=1000, kinds=["assistant.changed"])]
        kinds = {one.kind for one in read_events(conn, after_id=0, limit=1000)}
    assert [one.payload["status"] for one in told] == ["waiting", "training", "ready", "ready"]
    assert {one.subject_id for one in told} == {helper}
    # Pipelines that wait for a trained model take none of an assistant's for a challenger.
    assert not kinds & {"model.created", "model.trained"}


def test_start__where_all_are_videos_is_refused(desk: Desk) -> None:
    desk.fill(0)
    (clip,) = desk.house.add("clip.mp4", media_type="video/mp4")
    desk.db.write(lambda conn: add_task_items(conn, desk.task_id, [clip.id], actor_id=ANNA, now=desk.now()))
    with pytest.raises(Conflict, match="all items of the task are videos"):
        desk.start()
    desk.fill(1)
    assert desk.start() != ""
