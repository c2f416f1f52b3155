"""Forgetting: what is past its time goes, what something else needs stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from tests.db.serving.conftest import Shop, picture

from whorl.base.clock import to_datetime
from whorl.engine import Dispatcher, InlineExecutor
from whorl.engine.handlers import StaticHandlers
from whorl.schemas.serving import EndpointSettings, FeedbackCreate, Pruned, Verdict
from whorl.serving.feedback import give_feedback
from whorl.serving.log_queries import list_feedback
from whorl.serving.retention import NODE, RetentionHandler, forget_images, plan_retention, prune
from whorl.store.blobs import content_key, sha256_of
from whorl.store.db.tables import inbox

DAY = 86_400


def run(shop: Shop, *, is_dry_run: bool = False) -> Pruned:
    now = to_datetime(shop.clock.now())
    return prune(shop.db, shop.blobs, now=now, endpoint_id=shop.endpoint_id, is_dry_run=is_dry_run)


def kept(shop: Shop) -> int:
    return len(list(shop.blobs.list("served")))


def test_prune__what_is_past_its_time_and_not_an_hour_before(shop: Shop) -> None:
    shop.settings = EndpointSettings(retention_days=2)
    shop.serve(1)
    shop.serve(2)
    shop.recorder.flush()
    shop.clock.advance(2 * DAY - 60)
    assert run(shop) == Pruned(lines=0, images=0, is_dry_run=False)
    shop.clock.advance(120)
    assert run(shop, is_dry_run=True) == Pruned(lines=2, images=2, is_dry_run=True)
    assert len(shop.lines()) == 2
    assert run(shop) == Pruned(lines=2, images=2, is_dry_run=False)
    assert (shop.lines(), kept(shop)) == ([], 0)


def test_prune__nothing_when_there_is_no_limit(shop: Shop) -> None:
    shop.settings = EndpointSettings(retention_days=None)
    shop.serve(1)
    shop.recorder.flush()
    shop.clock.advance(1000 * DAY)
    assert run(shop).lines == 0


def test_prune__an_image_that_a_line_of_the_same_day_needs_stays(shop: Shop) -> None:
    shop.settings = EndpointSettings(retention_days=1)
    shop.serve(1)
    shop.recorder.flush()
    shop.settings = EndpointSettings(retention_days=9)
    shop.serve(1)
    shop.recorder.flush()
    shop.clock.advance(2 * DAY)
    assert run(shop, is_dry_run=True) == Pruned(lines=1, images=0, is_dry_run=True)
    assert run(shop) == Pruned(lines=1, images=0, is_dry_run=False)
    assert kept(shop) == 1
    shop.clock.advance(9 * DAY)
    assert run(shop) == Pruned(lines=1, images=1, is_dry_run=False)


def test_prune__an_item_keeps_its_image_and_feedback_stays(shop: Shop) -> None:
    shop.rule("random", share=1.0)
    shop.settings = EndpointSettings(retention_days=1)
    one = str(shop.serve(1))
    shop.judge()
    given = FeedbackCreate(prediction_id=one, verdict=Verdict.WRONG)
    now = to_datetime(shop.clock.now())
    shop.db.write(lambda conn: give_feedback(conn, shop.endpoint_id, given, actor_id="tok_1", now=now))
    shop.clock.advance(2 * DAY)
    assert run(shop) == Pruned(lines=1, images=1, is_dry_run=False)
    assert shop.blobs.get(content_key(sha256_of(picture(1)))) == picture(1)
    assert len(shop.flags()) == 1
    with shop.db.read() as conn:
        assert len(list_feedback(conn, shop.endpoint_id).items) == 1


def test_prune__more_than_a_batch(shop: Shop) -> None:
    shop.settings = EndpointSettings(retention_days=1)
    for number in range(230):
        shop.serve(number % 3)
    shop.recorder.flush()
    shop.clock.advance(2 * DAY)
    assert run(shop) == Pruned(lines=230, images=3, is_dry_run=False)


def test_forget_images__of_one_endpoint_alone(shop: Shop) -> None:
    for shade in (1, 2):
        shop.serve(shade)
    shop.recorder.flush()
    shop.blobs.put("served/end_other/2026-01-02/a", b"x")
    assert forget_images(shop.blobs, shop.endpoint_id) == 2
    assert [one.key for one in shop.blobs.list("served")] == ["served/end_other/2026-01-02/a"]


def test_handler__comes_back_within_the_hour(shop: Shop) -> None:
    if not shop.db.is_sqlite:
        pytest.skip("there the server's clock says what is due, not the test's")
    shop.settings = EndpointSettings(retention_days=1)

    def waiting() -> int:
        # Without a log there is nothing to plan: an inbox at rest is empty.
        with shop.db.read() as conn:
            return int(conn.execute(select(func.count()).select_from(inbox)).scalar_one())

    shop.db.write(lambda conn: plan_retention(conn, now=to_datetime(shop.clock.now())))
    assert waiting() == 0
    handler = RetentionHandler(shop.db, shop.blobs, shop.clock)
    engine = Dispatcher(shop.db, StaticHandlers({NODE: handler}), executor=InlineExecutor(), clock=shop.clock)
    shop.serve(1)
    shop.serve(2)
    shop.recorder.flush()
    shop.db.write(lambda conn: plan_retention(conn, now=to_datetime(shop.clock.now())))
    assert waiting() == 1
    shop.clock.advance(7200)
    engine.run_until_idle()
    assert (waiting(), len(shop.lines())) == (1, 2)
    shop.clock.advance(timedelta(days=2).total_seconds())
    engine.run_until_idle()
    assert (shop.lines(), waiting()) == ([], 0)
