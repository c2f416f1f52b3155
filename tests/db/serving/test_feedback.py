"""Feedback: said once, checked, never lost; what names nothing is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.db.serving.conftest import Shop

from whorl.base.clock import to_datetime
from whorl.base.errors import Forbidden, InvalidInput, NotFound, UnknownLabel
from whorl.schemas.serving import Feedback, FeedbackCreate, Verdict
from whorl.serving.feedback import check_signature, give_feedback, sign_page
from whorl.serving.log_queries import list_feedback
from whorl.serving.recording import LogRecorder
from whorl.store.events import read_events

CAT = {"label": "cat", "geometry": {"type": "class"}}


def give(shop: Shop, endpoint_id: str | None = None, **fields: object) -> Feedback:
    given = FeedbackCreate.model_validate({"verdict": "ok", **fields})
    now = to_datetime(shop.clock.now())
    return shop.db.write(
        lambda conn: give_feedback(conn, endpoint_id or shop.endpoint_id, given, actor_id="tok_1", now=now)
    )


def served(shop: Shop) -> str:
    prediction_id = shop.serve()
    assert prediction_id is not None
    shop.recorder.flush()
    return prediction_id


def test_give_feedback__is_kept_and_told(shop: Shop) -> None:
    one = served(shop)
    said = give(shop, prediction_id=one, verdict="wrong", comment="a dog", who="ann")
    with shop.db.read() as conn:
        assert list_feedback(conn, shop.endpoint_id).items == [said]
        (event,) = [e for e in read_events(conn, after_id=0, limit=1000) if e.kind == "feedback.received"]
    assert (event.subject_id, event.payload["verdict"], event.project_id) == (one, "wrong", shop.project_id)
    assert shop.verdict(one) is Verdict.WRONG


def test_give_feedback__the_same_twice_is_once(shop: Shop) -> None:
    one = served(shop)
    first = give(shop, prediction_id=one, verdict="wrong", who="ann")
    assert give(shop, prediction_id=one, verdict="wrong", who="ann") == first
    assert give(shop, prediction_id=one, verdict="wrong", who="ann", comment="blurred").comment == "blurred"
    other = give(shop, prediction_id=one, verdict="wrong", who="ben")
    changed = give(shop, prediction_id=one, verdict="ok", who="ann")
    with shop.db.read() as conn:
        assert {said.id for said in list_feedback(conn, shop.endpoint_id).items} == {first.id, other.id, changed.id}
        events = [e for e in read_events(conn, after_id=0, limit=1000) if e.kind == "feedback.received"]
    assert len(events) == 3


def test_give_feedback__many_at_one_moment_are_one(shop: Shop) -> None:
    one = served(shop)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: give(shop, prediction_id=one, verdict="wrong", who="ann").id, range(8)))
    assert len(set(found)) == 1


def test_give_feedback__survives_a_restart_of_the_log(shop: Shop) -> None:
    one = str(shop.serve())
    # What the route does: the line is written before anything is said about it.
    shop.recorder.settle(one)
    said = give(shop, prediction_id=one, verdict="wrong")
    shop.recorder = LogRecorder(shop.db, shop.blobs, shop.clock)
    with shop.db.read() as conn:
        assert list_feedback(conn, shop.endpoint_id).items == [said]
    assert shop.verdict(one) is Verdict.WRONG


def test_give_feedback__unknown_and_foreign_predictions(shop: Shop) -> None:
    one = served(shop)
    with pytest.raises(NotFound, match="no such prediction of this endpoint: prd_none"):
        give(shop, prediction_id="prd_none")
    with pytest.raises(NotFound, match="no such prediction of this endpoint"):
        give(shop, shop.another_endpoint(), prediction_id=one)


def test_give_feedback__a_correction_is_checked_and_kept(shop: Shop) -> None:
    one = served(shop)
    said = give(shop, prediction_id=one, verdict="correction", correction=[CAT | {"id": "ann_stolen"}])
    assert said.correction is not None
    assert [(draft.label, draft.id) for draft in said.correction] == [("cat", None)]
    assert give(shop, prediction_id=one, verdict="correction", correction=[], who="b").correction == []


def test_give_feedback__an_unknown_label_is_offered_a_mapping(shop: Shop) -> None:
    one = served(shop)
    kat = {"label": "catt", "geometry": {"type": "class"}}
    with pytest.raises(UnknownLabel) as caught:
        give(shop, prediction_id=one, verdict="correction", correction=[kat])
    assert caught.value.details == {"label": "catt", "nearest": ["cat"]}
    assert 'label_map {"catt": "cat"}' in caught.value.hint
    said = give(shop, prediction_id=one, verdict="correction", correction=[kat], label_map={"catt": "cat"})
    assert said.correction is not None
    assert said.correction[0].label == "cat"


@pytest.mark.parametrize(
    ("fields", "needle"),
    [
        ({"verdict": "correction"}, "says what is true"),
        ({"verdict": "ok", "correction": [CAT]}, "comes with the verdict correction"),
        ({"verdict": "ok", "comment": "\0"}, "cannot be stored"),
        ({"verdict": "ok", "who": "a\0"}, "cannot be stored"),
        (
            {
                "verdict": "correction",
                "correction": [{"label": "cat", "geometry": {"type": "box", "x0": 0, "y0": 0, "x1": 99, "y1": 5}}],
            },
            "correction",
        ),
        ({"verdict": "correction", "correction": [CAT] * 2001}, "2,000 are allowed"),
    ],
)
def test_give_feedback__refuses(shop: Shop, fields: dict[str, object], needle: str) -> None:
    one = served(shop)
    with pytest.raises(InvalidInput, match=needle):
        give(shop, prediction_id=one, **fields)


def test_signature__is_for_one_prediction_alone() -> None:
    signed = sign_page("secret", "pets", "prd_1")
    check_signature("secret", "pets", "prd_1", signed)
    for endpoint, prediction, given, secret in [
        ("pets", "prd_2", signed, "secret"),
        ("cars", "prd_1", signed, "secret"),
        ("pets", "prd_1", signed, "other"),
        ("pets", "prd_1", "", "secret"),
        ("pets", "prd_1", "\ud800", "secret"),
    ]:
        with pytest.raises(Forbidden):
            check_signature(secret, endpoint, prediction, given)
