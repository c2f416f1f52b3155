"""What an assistant does to a queue: proposals where nobody works, an order, and the rest on demand."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from tests.db.assistants.conftest import LEARNERS, Desk
from tests.db.conftest import ANNA

from whorl.annotations.queries import list_annotations
from whorl.assistants.actions import PROPOSE, REST, start_rest
from whorl.assistants.ranking import GIVEN_EVERY, order_items
from whorl.assistants.rest import preview_rest
from whorl.base.errors import Conflict
from whorl.engine.jobs import create_job
from whorl.schemas.annotations import Layer
from whorl.schemas.assistants import LabelRest, RestPreview
from whorl.store.db.tables import item, task_item
from whorl.tasks.work import release, save_draft

pytestmark = pytest.mark.usefixtures("quick")
SQUARES = f"{LEARNERS}:Squares"


def rest(desk: Desk, helper: str, threshold: float, *, dry_run: bool = False) -> str:
    wish = LabelRest(threshold=threshold, dry_run=dry_run)
    return desk.db.write(lambda conn: start_rest(conn, helper, wish, actor_id=ANNA, now=desk.now()))


def preview(desk: Desk, helper: str) -> RestPreview:
    with desk.db.read() as conn:
        return preview_rest(conn, helper)


def test_items_in_peoples_hands__are_left_alone(desk: Desk) -> None:
    desk.fill(30)
    helper = desk.start()
    desk.label(6)
    held, begun = desk.lease(2)
    base = desk.house.revision()
    given = {"lease_token": begun.lease_token, "actor_id": ANNA}
    desk.db.write(
        lambda conn: save_draft(
            conn, desk.task_id, begun.item_id, annotations=[], base_revision=base, now=desk.now(), **given
        )
    )
    desk.db.write(lambda conn: release(conn, desk.task_id, begun.item_id, now=desk.now(), **given))
    desk.work()
    assert desk.get(helper).rounds[0].n_proposed == 22
    assert desk.proposals(held.item_id) == desk.proposals(begun.item_id) == []


def test_videos_among_images__are_left_alone(desk: Desk) -> None:
    desk.fill(20)
    helper = desk.start()
    desk.label(6)
    desk.db.write(
        lambda conn: conn.execute(update(item).where(item.c.id == desk.names[-1]).values(media_type="video/mp4"))
    )
    desk.work()
    assert desk.get(helper).rounds[0].n_proposed == 13
    assert desk.proposals(desk.names[-1]) == []


def test_nothing_becomes_ground_truth(desk: Desk) -> None:
    desk.fill(20)
    helper = desk.start()
    done = desk.label(6)
    desk.work()
    rest(desk, helper, 0.1)
    desk.work()
    with desk.db.read() as conn:
        truth = list_annotations(conn, desk.names, layer=Layer.TRUTH)
    assert {one.item_id for one in truth} == set(done)


def test_order__doubtful_first_and_every_fourth_as_given() -> None:
    doubts = {key: float(key) for key in range(12)}
    ordered = order_items(list(range(12)), doubts)
    assert ordered == [11, 10, 9, 0, 8, 7, 6, 1, 5, 4, 3, 2]
    assert ordered[GIVEN_EVERY - 1 :: GIVEN_EVERY] == [0, 1, 2]
    assert order_items([], {}) == []


def test_queue__is_ordered_by_doubt__keeps_what_others_put_first__and_is_restored(desk: Desk) -> None:
    items = desk.fill(40)
    helper = desk.start()
    done = desk.label(6)
    # Somebody wants this one first, and that one last.
    first, last = items[30].id, items[31].id
    for one, rank in ((first, -(10**12)), (last, 5)):
        mine = task_item.c.item_key == select(item.c.key).where(item.c.id == one).scalar_subquery()
        desk.db.write(lambda conn, mine=mine, rank=rank: conn.execute(update(task_item).where(mine).values(rank=rank)))
    desk.work()
    order = [lease.item_id for lease in desk.lease(34)]
    assert (order[0], order[-1]) == (first, last)
    middle = order[1:-1]
    sure = [max(one.confidence or 0 for one in desk.proposals(name)) for name in middle]
    assert sure[0] == min(sure)
    given = [name for name in desk.names if name in middle]
    assert given[0] in middle[:GIVEN_EVERY]
    assert middle != given
    assert set(order).isdisjoint(done)
    desk.change(helper, reorders=False)
    with desk.db.read() as conn:
        ranks = set(conn.execute(select(task_item.c.rank)).scalars())
    assert ranks == {0, 5, -(10**12)}


def test_without_reordering__the_queue_stays_as_given(desk: Desk) -> None:
    desk.fill(20)
    desk.start(reorders=False)
    done = desk.label(6)
    desk.work()
    assert [lease.item_id for lease in desk.lease(14)] == [one for one in desk.names if one not in done]


def test_newcomers__get_proposals_without_a_training(desk: Desk) -> None:
    desk.fill(12)
    helper = desk.start()
    desk.label(6)
    desk.work()
    new = desk.fill(3)
    assert desk.look() == 1
    # While that job waits, no second one is begun.
    assert desk.look() == 0
    desk.work()
    assert all(desk.proposals(one.id) for one in new)
    assert len(desk.get(helper).rounds) == 1
    assert len(desk.jobs(PROPOSE)) == 2


def test_preview_and_rest(desk: Desk) -> None:
    desk.fill(60)
    helper = desk.start(kind="box", architecture=SQUARES, min_confidence=0.5)
    with pytest.raises(Conflict, match="not learnt anything yet"):
        preview(desk, helper)
    desk.label(6, kind="box")
    desk.work()
    told = preview(desk, helper)
    assert (told.n_items, told.n_looked_at) == (54, 54)
    assert [one.threshold for one in told.points] == [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]
    by = {one.threshold: one for one in told.points}
    assert (by[0.85].n_items, by[0.85].n_objects, by[0.85].precision) == (54, 54, None)
    assert (by[0.95].n_items, by[0.95].n_objects) == (0, 0)
    desk.label(25, kind="box")
    by = {one.threshold: one for one in preview(desk, helper).points}
    assert (by[0.85].precision, by[0.85].n_decided, by[0.85].n_items) == (1.0, 25, 29)
    assert (by[0.95].precision, by[0.95].n_decided) == (None, 0)


def test_rest__dry_run_writes_nothing__and_one_at_a_time(desk: Desk) -> None:
    desk.fill(20)
    helper = desk.start(kind="box", architecture=SQUARES, min_confidence=0.95)
    desk.label(6, kind="box")
    desk.work()
    assert not any(desk.proposals(one) for one in desk.names)
    rest(desk, helper, 0.5, dry_run=True)
    with pytest.raises(Conflict, match="labelled already"):
        rest(desk, helper, 0.5)
    desk.work()
    (dry,) = desk.jobs(REST)
    assert (dry.result["n_items"], dry.result["n_objects"], dry.result["dry_run"]) == (14, 14, True)
    assert not any(desk.proposals(one) for one in desk.names)
    rest(desk, helper, 0.5)
    desk.work()
    assert sum(bool(desk.proposals(one)) for one in desk.names) == 14


def test_rest__goes_on_where_it_was_killed(desk: Desk) -> None:
    from whorl.assistants import queries, rounds

    desk.fill(20)
    helper = desk.start(kind="box", architecture=SQUARES, min_confidence=0.95)
    desk.label(6, kind="box")
    desk.work()
    job_id = rest(desk, helper, 0.5)
    with desk.db.read() as conn:
        row = queries.load_assistant(conn, helper)
        keys = dict(conn.execute(select(item.c.id, item.c.key)).all())
    half = keys[desk.names[12]]
    desk.db.write(lambda conn: rounds.write_mark(conn, row, job_id, half))
    desk.work()
    assert {one for one in desk.names if desk.proposals(one)} == set(desk.names[13:])


def test_job_of_an_assistant_that_is_gone__fails_and_says_so(desk: Desk) -> None:
    desk.fill(2)
    params = {"assistant_id": "ast_gone", "model_id": "mdl_gone", "after_key": 0}
    desk.db.write(
        lambda conn: create_job(
            conn, PROPOSE, project_id=desk.house.project_id, params=params, actor_id=ANNA, now=desk.now()
        )
    )
    desk.work()
    (job,) = desk.jobs(PROPOSE)
    assert (job.state, job.error) == ("failed", "no such assistant: ast_gone")


def test_confidence__is_raised_by_what_people_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whorl.assistants.rules.LEAST_TO_JUDGE", 5)
    desk.fill(14)
    helper = desk.start(kind="box", architecture=f"{LEARNERS}:Blind")
    desk.label(6, kind="box")
    desk.work()
    assert desk.get(helper).shows_from == 0.3
    desk.label(5, kind="box")
    desk.work()
    assert desk.get(helper).shows_from == 0.8
    desk.change(helper, adapts=False)
    assert desk.get(helper).shows_from == 0.3
