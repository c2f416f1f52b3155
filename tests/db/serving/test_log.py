"""The prediction log: share, quotas across restarts, a full queue, trouble with the database, privacy."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Connection
from tests.db.serving.conftest import Shop, picture

from whorl.base.errors import DatabaseBusy, InvalidInput, NotFound
from whorl.schemas.serving import EndpointSettings, Verdict
from whorl.serving.log_queries import get_prediction, image_key
from whorl.serving.recording import LogRecorder, Outcome, check_metadata
from whorl.store.blobs import sha256_of


def again(shop: Shop) -> LogRecorder:
    """A recorder of the next start of the server."""
    return LogRecorder(shop.db, shop.blobs, shop.clock, flush_s=3600)


def test_offer__is_written_with_image_and_metadata(shop: Shop) -> None:
    prediction_id = shop.serve(7, confidence=0.6, metadata={"camera": "yard", "night": True})
    assert prediction_id is not None
    shop.recorder.settle(prediction_id)
    with shop.db.read() as conn:
        line = get_prediction(conn, prediction_id)
    assert (line.confidence, line.margin, line.metadata) == (0.6, 0.8, {"camera": "yard", "night": True})
    assert [(one.label, one.confidence) for one in line.annotations] == [("cat", 0.6)]
    assert line.has_image
    assert shop.blobs.get(image_key(shop.endpoint_id, line.at, line.sha256)) == picture(7)


def test_offer__only_the_hash_when_images_may_not_be_kept(shop: Shop) -> None:
    shop.settings = EndpointSettings(keep_images=False)
    prediction_id = shop.serve(7)
    (line,) = shop.lines()
    assert (line.id, line.has_image, line.sha256) == (prediction_id, False, sha256_of(picture(7)))
    assert list(shop.blobs.list("served")) == []


def test_offer__a_share_of_nothing(shop: Shop) -> None:
    shop.settings = EndpointSettings(log_share=0.0)
    assert shop.serve() is None
    assert shop.recorder.outcomes_of(shop.endpoint_id) == {"not_in_share": 1}


def test_offer__quotas_hold_and_are_told(shop: Shop) -> None:
    shop.settings = EndpointSettings(log_per_minute=2, log_per_hour=3, log_per_day=None)
    given = [shop.serve(n) is not None for n in range(3)]
    shop.clock.advance(60)
    given += [shop.serve(n) is not None for n in range(3, 5)]
    assert given == [True, True, False, True, False]
    assert shop.recorder.outcomes_of(shop.endpoint_id) == {"logged": 3, "over_quota": 2}
    assert len(shop.lines()) == 3


def test_offer__a_quota_survives_a_restart(shop: Shop) -> None:
    shop.settings = EndpointSettings(log_per_day=3)
    assert [shop.serve(n) is not None for n in range(2)] == [True, True]
    shop.recorder.close()
    shop.recorder = again(shop)
    assert [shop.serve(n) is not None for n in range(2, 5)] == [True, False, False]
    shop.clock.advance(86_400)
    assert shop.serve(9) is not None


def test_offer__a_quota_of_nothing(shop: Shop) -> None:
    shop.settings = EndpointSettings(log_per_minute=0)
    assert shop.serve() is None


def test_offer__many_at_once_never_take_more_than_the_quota(shop: Shop) -> None:
    shop.settings = EndpointSettings(log_per_day=25)
    found: list[str | None] = []
    threads = [
        threading.Thread(target=lambda start=start: found.extend(shop.serve(start + n) for n in range(20)))  # type: ignore[misc]
        for start in range(0, 80, 20)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(one is not None for one in found) == 25
    assert len(shop.lines(limit=200)) == 25


def test_offer__a_full_queue_says_so_and_later_takes_again(shop: Shop) -> None:
    shop.recorder = LogRecorder(shop.db, shop.blobs, shop.clock, flush_s=3600, most_waiting=4)
    # The wake-up at a quarter would empty it meanwhile; nothing starts without a thread.
    shop.recorder._start = lambda: None  # type: ignore[method-assign]
    assert [shop.serve(n) is not None for n in range(6)] == [True] * 4 + [False] * 2
    assert shop.recorder.outcomes_of(shop.endpoint_id) == {"logged": 4, "queue_full": 2}
    assert shop.recorder.flush() == 4
    assert shop.serve(9) is not None


def test_offer__too_many_bytes(shop: Shop) -> None:
    shop.recorder = LogRecorder(shop.db, shop.blobs, shop.clock, flush_s=3600, most_bytes=len(picture(0)) + 10)
    shop.recorder._start = lambda: None  # type: ignore[method-assign]
    assert shop.serve(0) is not None
    assert shop.serve(1) is None


def test_flush__a_restart_loses_at_most_what_was_not_written(shop: Shop) -> None:
    kept, lost = shop.serve(0), None
    shop.recorder.flush()
    lost = shop.serve(1)
    shop.recorder = again(shop)
    assert [line.id for line in shop.lines()] == [kept]
    assert lost is not None


def test_flush__waits_for_a_busy_database(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    prediction_id = shop.serve(0)
    with monkeypatch.context() as broken:

        def refuse(*_: object, **__: object) -> None:
            raise _Busy("busy")

        broken.setattr(shop.db, "write", refuse)
        assert shop.recorder.flush() == 0
    assert [line.id for line in shop.lines()] == [prediction_id]


class _Busy(DatabaseBusy):
    retryable = True


def test_flush__one_bad_line_takes_no_other_with_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    good = [shop.serve(n) for n in range(2)]
    write = shop.db.write

    def picky(work: object, **options: object) -> object:
        def checked(conn: Connection) -> object:
            done = work(conn)  # type: ignore[operator]
            found = conn.exec_driver_sql("SELECT count(*) FROM prediction_log WHERE metadata LIKE '%bad%'")
            if shop.db.is_sqlite and found.scalar_one():
                raise ValueError("cannot be written")
            return done

        return write(checked, **options)  # type: ignore[arg-type]

    if not shop.db.is_sqlite:
        pytest.skip("the fake trouble reads JSON as text")
    shop.serve(2, metadata={"is": "bad"})
    monkeypatch.setattr(shop.db, "write", picky)
    shop.recorder.flush()
    monkeypatch.undo()
    assert [line.id for line in shop.lines()] == good
    assert shop.recorder.outcomes_of(shop.endpoint_id) == {"logged": 2, "lost": 1}


def test_offer__never_raises(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("no database")

    monkeypatch.setattr(shop.db, "read", broken)
    assert shop.serve() is None
    assert shop.recorder.outcomes_of(shop.endpoint_id) == {"lost": 1}


def test_add_shadow__before_and_after_the_line_is_written(shop: Shop) -> None:
    early, late = shop.serve(0), shop.serve(1)
    assert early is not None
    assert late is not None
    shop.recorder.add_shadow(early, shop.answer(label="dog"))
    shop.recorder.flush()
    shop.recorder.add_shadow(late, shop.answer(label="cat", confidence=0.9))
    shop.recorder.add_shadow("prd_unknown", shop.answer())
    first, second = shop.lines()
    assert (first.disagreement, first.shadow_model_id) == (1.0, shop.model_id)
    assert second.disagreement == pytest.approx(0)
    assert second.shadow is not None


def test_list_predictions__pages_and_filters(shop: Shop) -> None:
    ids = [shop.serve(n) for n in range(5)]
    shop.recorder.flush()
    with shop.db.read() as conn:
        from whorl.serving.log_queries import list_predictions

        seen, cursor = [], None
        for _ in range(3):
            page = list_predictions(conn, shop.endpoint_id, cursor=cursor, limit=2)
            seen += [line.id for line in page.items]
            cursor = page.next_cursor
        assert seen == ids[::-1]
        assert cursor is None
        assert [line.id for line in list_predictions(conn, shop.endpoint_id, label="cat", limit=2).items] == ids[:2:-1]
        assert list_predictions(conn, shop.endpoint_id, label="dog").items == []
        assert list_predictions(conn, shop.endpoint_id, verdict=Verdict.OK).items == []
        with pytest.raises(InvalidInput, match="not a cursor"):
            list_predictions(conn, shop.endpoint_id, cursor="x")
        with pytest.raises(NotFound):
            get_prediction(conn, "prd_none")


@pytest.mark.parametrize(
    ("metadata", "needle"),
    [
        ({"a": {"b": 1}}, "is an object"),
        ({"a": [1]}, "is a list"),
        ({"a": "x" * 5000}, "4,096 are allowed"),
        ({f"k{n}": n for n in range(65)}, "64 are allowed"),
        ({"a": "\ud800"}, "cannot be stored"),
        ({"\0": 1}, "cannot be stored"),
        ({"a": float("inf")}, "not a finite number"),
    ],
)
def test_check_metadata__refuses(metadata: dict[str, object], needle: str) -> None:
    with pytest.raises(InvalidInput, match=needle):
        check_metadata(metadata)  # type: ignore[arg-type]


def test_check_metadata__takes_what_is_flat() -> None:
    given = {"device": "a", "version": 3, "is_night": False, "gain": 1.5, "place": None}
    assert check_metadata(given) == given


def test_outcome__all_have_words() -> None:
    assert {one.value for one in Outcome} == {"logged", "not_in_share", "over_quota", "queue_full", "lost"}
