"""Rules at work: quotas under concurrency, items with proposals, events, and what cannot become an item."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from tests.db.serving.conftest import Shop

from whorl.annotations.queries import list_annotations
from whorl.base.clock import to_datetime
from whorl.base.errors import InvalidInput
from whorl.datasets.queries import get_item, list_items
from whorl.engine.messages import Work
from whorl.schemas.annotations import Layer
from whorl.schemas.serving import EndpointSettings, FeedbackCreate, FlagRuleUpdate, FlagRuleWrite, Verdict
from whorl.serving.feedback import give_feedback
from whorl.serving.flag_actions import create_rule, delete_rule, update_rule
from whorl.serving.flag_rules import Raised
from whorl.serving.flagging import Judged
from whorl.serving.recording import FLAG_NODE
from whorl.store.db.tables import endpoint, flag_rule
from whorl.store.events import read_events


def say(shop: Shop, prediction_id: str, verdict: str, who: str = "ann") -> None:
    given = FeedbackCreate(prediction_id=prediction_id, verdict=Verdict(verdict), who=who)
    now = to_datetime(shop.clock.now())
    shop.db.write(lambda conn: give_feedback(conn, shop.endpoint_id, given, actor_id="tok_1", now=now))
    shop.clock.advance(1)


def test_flagging__an_item_with_proposals_and_where_it_came_from(shop: Shop) -> None:
    shop.rule("confidence", below=0.5)
    sure, unsure = shop.serve(1, confidence=0.9), shop.serve(2, confidence=0.3, metadata={"camera": "yard"})
    shop.judge()
    (flag,) = shop.flags()
    assert (flag.prediction_id, flag.score) == (unsure, 0.3)
    assert flag.item_id is not None
    with shop.db.read() as conn:
        item = get_item(conn, flag.item_id)
        (proposal,) = list_annotations(conn, [item.id], layer=Layer.PREDICTION)
        (event,) = [one for one in read_events(conn, after_id=0, limit=1000) if one.kind == "flag.raised"]
    assert item.metadata == {"camera": "yard", "endpoint": "pets", "prediction": unsure, "flags": ["confidence"]}
    assert item.name.startswith("pets/")
    assert {"brightness", "contrast", "sharpness"} == set(item.health)
    assert (proposal.layer, proposal.label, proposal.author_id) == (Layer.PREDICTION, "cat", shop.model_id)
    assert proposal.confidence == pytest.approx(0.3)
    assert (event.subject_id, event.payload["dataset_id"], event.payload["prediction_id"]) == (
        item.id,
        shop.dataset_id,
        unsure,
    )
    lines = {line.id: line for line in shop.lines()}
    assert lines[str(unsure)].item_id == item.id
    assert [kind.value for kind in lines[str(unsure)].flags] == ["confidence"]
    assert lines[str(sure)].item_id is None


def test_flagging__the_same_image_twice_is_one_item(shop: Shop) -> None:
    shop.rule("confidence", below=0.5)
    shop.serve(1, confidence=0.3)
    shop.judge()
    shop.serve(1, confidence=0.2)
    shop.rule("margin", below=0.9)
    shop.serve(1, confidence=0.2)
    shop.judge()
    flags = shop.flags()
    assert len(flags) == 5
    assert len({flag.item_id for flag in flags}) == 1
    with shop.db.read() as conn:
        (item,) = list_items(conn, shop.dataset_id).items
    assert item.metadata["flags"] == ["confidence", "margin"]


def test_flagging__a_day_has_a_quota_the_worst_first(shop: Shop) -> None:
    shop.rule("confidence", below=0.9, per_day=2)
    for shade, confidence in enumerate((0.5, 0.1, 0.8, 0.3)):
        shop.serve(shade, confidence=confidence)
    shop.judge()
    # The engine looks at each by itself or at all together; which of them fit depends on that, their number does not.
    assert len(shop.flags()) == 2
    shop.serve(9, confidence=0.01)
    shop.judge()
    assert len(shop.flags()) == 2
    shop.clock.advance(86_400)
    shop.serve(10, confidence=0.01)
    shop.judge()
    assert len(shop.flags()) == 3


def test_commit__two_workers_at_once_never_exceed_the_quota(shop: Shop) -> None:
    rule = shop.rule("confidence", below=0.9, per_day=10)
    ids = [str(shop.serve(n, confidence=0.1 + n / 100)) for n in range(40)]
    shop.recorder.flush()
    handler = shop.handler()

    def commit(some: list[str]) -> None:
        works = [Work(0, FLAG_NODE, 0, one, 0, 1, "{}") for one in some]
        judged = [Judged(one, raised=(Raised(one, rule.id, rule.kind, 0.1, 0.5, "unsure"),)) for one in some]
        shop.db.write(lambda conn: list(handler.commit(conn, works, judged)))

    # Every prediction by two workers: none may be flagged twice either.
    parts = [ids[start : start + 8] for start in range(0, 40, 8)] * 2
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(commit, parts))
    flags = shop.flags()
    assert len(flags) == 10
    assert max(Counter(flag.prediction_id for flag in flags).values()) == 1


def test_flagging__a_hash_cannot_become_an_item_and_says_so(shop: Shop) -> None:
    shop.rule("confidence", below=0.5)
    shop.settings = EndpointSettings(keep_images=False)
    shop.serve(1, confidence=0.1)
    shop.judge()
    (flag,) = shop.flags()
    assert flag.item_id is None
    assert "only the hash of its image was kept" in flag.reason


def test_flagging__without_a_dataset_there_is_no_item(shop: Shop) -> None:
    shop.rule("random", share=1.0)
    shop.db.write(lambda conn: conn.execute(endpoint.update().values(dataset_id=None)))
    shop.serve(1)
    shop.judge()
    (flag,) = shop.flags()
    assert flag.item_id is None
    assert "names no dataset" in flag.reason


def test_flagging__reports_and_the_share_of_good_ones(shop: Shop) -> None:
    shop.rule("report")
    shop.rule("metric", below=0.8, window=5)
    ids = [str(shop.serve(n)) for n in range(6)]
    shop.recorder.flush()
    for one in ids[:4]:
        say(shop, one, "ok")
    say(shop, ids[4], "wrong")
    shop.judge()
    # Four of five are good: 0.8 is not under 0.8.
    assert [(flag.prediction_id, flag.kind.value) for flag in shop.flags()] == [(ids[4], "report")]
    say(shop, ids[5], "wrong")
    shop.judge()
    assert {(flag.prediction_id, flag.kind.value) for flag in shop.flags()} == {
        (ids[4], "report"),
        (ids[5], "metric"),
        (ids[5], "report"),
    }


def test_flagging__a_report_of_a_flagged_answer_goes_to_the_same_item(shop: Shop) -> None:
    shop.rule("confidence", below=0.5)
    shop.rule("report")
    one = str(shop.serve(1, confidence=0.2))
    shop.judge()
    say(shop, one, "wrong")
    shop.judge()
    first, second = shop.flags()
    assert first.item_id is not None
    assert first.item_id == second.item_id


def test_flagging__the_shadow_may_come_late(shop: Shop) -> None:
    shop.rule("disagreement", above=0.5)
    shop.rule("random", share=1.0)
    one = str(shop.serve(1))
    shop.judge()
    assert [flag.kind.value for flag in shop.flags()] == ["random"]
    shop.recorder.add_shadow(one, shop.answer(label="dog"))
    shop.judge()
    assert sorted(flag.kind.value for flag in shop.flags()) == ["disagreement", "random"]


def test_flagging__novelty_of_a_model_without_training_images_flags_nothing(shop: Shop) -> None:
    shop.rule("novelty", above=0.9)
    shop.rule("confidence", below=0.5)
    shop.serve(1, confidence=0.2)
    shop.judge()
    assert [flag.kind.value for flag in shop.flags()] == ["confidence"]
    assert shop.lines()[0].novelty is None


def test_flagging__a_rule_that_is_off_looks_at_nothing(shop: Shop) -> None:
    rule = shop.rule("random", share=1.0)
    now = to_datetime(shop.clock.now())
    shop.db.write(lambda conn: update_rule(conn, rule.id, FlagRuleUpdate(is_on=False), now=now))
    shop.serve(1)
    shop.judge()
    assert shop.flags() == []


def test_update_rule__stays_one_that_decides(shop: Shop) -> None:
    rule = shop.rule("confidence", below=0.5)
    now = to_datetime(shop.clock.now())
    changed = shop.db.write(lambda conn: update_rule(conn, rule.id, FlagRuleUpdate(below=0.7, per_day=3), now=now))
    assert (changed.below, changed.per_day, changed.kind) == (0.7, 3, rule.kind)
    with pytest.raises(InvalidInput, match="takes below alone"):
        shop.db.write(lambda conn: update_rule(conn, rule.id, FlagRuleUpdate(above=0.7), now=now))


def test_delete_rule__with_its_flags_and_not_the_item(shop: Shop) -> None:
    rule = shop.rule("random", share=1.0)
    shop.serve(1)
    shop.judge()
    shop.db.write(lambda conn: delete_rule(conn, rule.id, now=to_datetime(shop.clock.now())))
    assert shop.flags() == []
    with shop.db.read() as conn:
        assert len(list_items(conn, shop.dataset_id).items) == 1
        assert conn.execute(select(flag_rule.c.id)).all() == []


def test_create_rule__novelty_needs_the_image(shop: Shop) -> None:
    settings = EndpointSettings(keep_images=False).model_dump(mode="json")
    shop.db.write(lambda conn: conn.execute(endpoint.update().values(settings=settings)))
    given = FlagRuleWrite.model_validate({"kind": "novelty", "above": 0.9})
    with pytest.raises(InvalidInput, match="keeps only its hash"):
        shop.db.write(
            lambda conn: create_rule(
                conn, shop.endpoint_id, given, actor_id="per_anna", now=to_datetime(shop.clock.now())
            )
        )


def test_flagging__an_image_that_is_none_is_flagged_without_an_item(shop: Shop) -> None:
    shop.rule("random", share=1.0)
    one = shop.serve(1)
    shop.recorder.flush()
    (blob,) = shop.blobs.list("served")
    shop.blobs.put(blob.key, b"not an image")
    shop.judge()
    (flag,) = shop.flags()
    assert (flag.prediction_id, flag.item_id) == (one, None)
