"""Each token makes exactly one call, signed; it is made until it is heard, or given up where people see it."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import select
from tests.db.pipelines.conftest import ANNA, CLASSES, Plant
from tests.db.pipelines.flows import list_told, make_flow, raw, tell

from whorl.annotations.actions import save_annotations
from whorl.base.egress import Egress, EgressRules
from whorl.base.errors import Conflict, GraphError, InvalidInput, JsonValue
from whorl.datasets.queries import get_dataset
from whorl.engine import Dispatcher, InlineExecutor
from whorl.engine.handlers import StaticHandlers
from whorl.pipelines import deliveries
from whorl.pipelines.deliveries import ADDRESS, DELAYS_S, delay_after
from whorl.pipelines.delivering import DeliveryHandler
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.deliveries import Delivery
from whorl.schemas.pipelines import Pipeline
from whorl.store.db.tables import inbox, pipeline, run_log
from whorl.testing.receivers import Receiver, Reply, run_receiver


@dataclass
class Post:
    """A plant with a receiver and a sender that is allowed to call it."""

    plant: Plant
    receiver: Receiver
    egress: Egress = field(default_factory=lambda: Egress(EgressRules.parse("127.0.0.1")))

    def flow(self, pool: str, **params: JsonValue) -> Pipeline:
        hook: dict[str, JsonValue] = {"type": "webhook", "url": self.receiver.url(), **params}
        return make_flow(
            self.plant,
            {"raw": raw(pool), "hook": hook, "tell": tell()},
            ["raw.item > hook.item", "hook.item > tell.signal"],
        )

    def send(self) -> None:
        handler = DeliveryHandler(self.plant.db, lambda: self.egress, self.plant.clock)
        engine = Dispatcher(
            self.plant.db, StaticHandlers({ADDRESS: handler}), executor=InlineExecutor(), clock=self.plant.clock
        )
        assert engine.run_until_idle(timeout_s=60)

    def make_due(self) -> None:
        """Let the planned tries be due now, whichever clock the database goes by."""
        self.plant.db.write(lambda conn: conn.execute(inbox.update().values(not_before_ms=0)) and None)

    def list(self, line: Pipeline) -> list[Delivery]:
        with self.plant.db.read() as conn:
            return deliveries.list_deliveries(conn, line.id).items


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with run_receiver() as running:
        yield running


@pytest.fixture
def post(plant: Plant, receiver: Receiver) -> Post:
    """On each kind of database. A later try lies in the future by PostgreSQL's own clock as well."""
    plant.clock.advance(time.time() + 86_400 - plant.clock.now())
    return Post(plant, receiver)


@pytest.fixture
def sqlite_post(sqlite_plant: Plant, receiver: Receiver) -> Post:
    """On SQLite only."""
    return Post(sqlite_plant, receiver)


def test_webhook__says_what_arrived_and_lets_it_go_on(post: Post) -> None:
    pool = post.plant.dataset("pool")
    line = post.flow(pool, event="arrived")
    (item,) = post.plant.add(pool, ["a"])
    post.plant.settle()
    assert (list_told(post.plant), post.receiver.received) == (["look"], [])
    post.receiver.replies = [Reply(202, b"thanks")]
    post.send()
    (came,) = post.receiver.received
    (row,) = post.list(line)
    body = json.loads(came.body)
    assert body.pop("at").endswith("+00:00")
    assert body == {
        "id": row.id,
        "event": "arrived",
        "project_id": post.plant.project_id,
        "pipeline": {"id": line.id, "name": "flow", "version": 1},
        "node": "hook",
        "run_id": post.plant.runs(line)[0].id,
        "ref": item.id,
        "values": {},
        "item": {
            "id": item.id,
            "dataset_id": pool,
            "name": "a",
            "sha256": item.sha256,
            "media_type": "image/png",
            "width": 24,
            "height": 24,
            "subset": None,
            "metadata": {},
        },
    }
    assert (row.state, row.attempts, row.status_code, row.response) == ("delivered", 1, 202, "thanks")
    assert (row.error, row.next_at, row.body.encode()) == (None, None, came.body)


def test_webhook__the_signature_verifies_as_the_docs_say(sqlite_post: Post) -> None:
    pool = sqlite_post.plant.dataset("pool")
    line = sqlite_post.flow(pool)
    sqlite_post.plant.add(pool, ["a"])
    sqlite_post.plant.settle()
    sqlite_post.send()
    (came,) = sqlite_post.receiver.received
    secret = sqlite_post.plant.db.write(lambda conn: deliveries.find_or_make_secret(conn, line.id))
    headers = {name.lower(): value for name, value in came.headers.items()}
    parts = dict(part.split("=", 1) for part in headers["whorl-signature"].split(","))
    expected = hmac.new(secret.encode(), parts["t"].encode() + b"." + came.body, hashlib.sha256).hexdigest()
    assert parts["v1"] == expected
    assert abs(int(parts["t"]) - sqlite_post.plant.clock.now()) < 60
    assert headers["whorl-delivery"] == sqlite_post.list(line)[0].id
    assert headers["content-type"] == "application/json"


def test_webhook__may_carry_the_ground_truth(sqlite_post: Post) -> None:
    plant = sqlite_post.plant
    pool = plant.dataset("pool")
    (item,) = plant.add(pool, ["a"])
    plant.settle()
    with plant.db.read() as conn:
        revision = get_dataset(conn, pool).revision
    drafts = [AnnotationDraft(label=CLASSES[0], geometry=ClassTag())]
    plant.db.write(
        lambda conn: save_annotations(
            conn, item.id, drafts=drafts, removed_ids=(), base_revision=revision, actor_id=ANNA, now=plant.now()
        )
    )
    line = sqlite_post.flow(pool, with_annotations=True)
    plant.start(line, "raw.item", item.id)
    plant.settle()
    body = json.loads(sqlite_post.list(line)[0].body)
    assert [one["label"] for one in body["annotations"]] == [CLASSES[0]]


def test_webhook__is_tried_again_until_it_is_heard(post: Post) -> None:
    pool = post.plant.dataset("pool")
    line = post.flow(pool)
    post.plant.add(pool, ["a"])
    post.plant.settle()
    post.receiver.replies = [Reply(500, b"oops"), Reply(503), Reply(200)]
    post.send()
    (row,) = post.list(line)
    assert (row.state, row.attempts, row.status_code, row.error) == ("waiting", 1, 500, "the receiver answered 500")
    assert row.tried_at is not None
    assert row.next_at is not None
    assert (row.next_at - row.tried_at).total_seconds() == DELAYS_S[0]
    post.send()
    assert len(post.receiver.received) == 1
    post.make_due()
    post.send()
    post.make_due()
    post.send()
    (row,) = post.list(line)
    assert (row.state, row.attempts, row.error) == ("delivered", 3, None)
    bodies = {one.body for one in post.receiver.received}
    assert (len(post.receiver.received), len(bodies)) == (3, 1)


def test_webhook__is_given_up_after_about_a_day_where_people_see_it(sqlite_post: Post) -> None:
    pool = sqlite_post.plant.dataset("pool")
    line = sqlite_post.flow(pool)
    sqlite_post.plant.add(pool, ["a"])
    sqlite_post.plant.settle()
    sqlite_post.receiver.replies = [Reply(500)] * 20
    started = sqlite_post.plant.clock.now()
    for _ in range(20):
        sqlite_post.send()
        (row,) = sqlite_post.list(line)
        if row.next_at is None:
            break
        sqlite_post.plant.clock.advance(row.next_at.timestamp() - sqlite_post.plant.clock.now())
    assert (row.state, row.attempts, len(sqlite_post.receiver.received)) == ("failed", 8, 8)
    assert 20 < (sqlite_post.plant.clock.now() - started) / 3600 < 28
    with sqlite_post.plant.db.read() as conn:
        said = conn.execute(select(run_log.c.message).where(run_log.c.level == "error")).scalars().all()
    assert said == [f"webhook {row.id} was given up after 8 tries: the receiver answered 500"]


def test_webhook__a_private_address_is_given_up_at_once(sqlite_post: Post) -> None:
    sqlite_post.egress = Egress()
    pool = sqlite_post.plant.dataset("pool")
    line = sqlite_post.flow(pool)
    sqlite_post.plant.add(pool, ["a"])
    sqlite_post.plant.settle()
    sqlite_post.send()
    (row,) = sqlite_post.list(line)
    assert (row.state, row.attempts, sqlite_post.receiver.received) == ("failed", 1, [])
    assert row.error == "127.0.0.1 is at 127.0.0.1, which is no address of the public internet"


def test_webhook__one_dead_receiver_holds_up_nobody(sqlite_post: Post) -> None:
    pool = sqlite_post.plant.dataset("pool")
    line = make_flow(
        sqlite_post.plant,
        {
            "raw": raw(pool),
            "dead": {"type": "webhook", "url": "http://127.0.0.1:1/"},
            "hook": {"type": "webhook", "url": sqlite_post.receiver.url()},
        },
        ["raw.item > dead.item", "raw.item > hook.item"],
    )
    sqlite_post.plant.add(pool, ["a", "b", "c"])
    sqlite_post.plant.settle()
    sqlite_post.send()
    assert sorted((one.node, one.state) for one in sqlite_post.list(line)) == [
        *[("dead", "waiting")] * 3,
        *[("hook", "delivered")] * 3,
    ]


def test_webhook__a_commit_that_broke_leaves_one_call(sqlite_post: Post) -> None:
    pool = sqlite_post.plant.dataset("pool")
    line = sqlite_post.flow(pool)
    sqlite_post.plant.broken_commits["hook"] = 1
    sqlite_post.plant.add(pool, ["a"])
    sqlite_post.plant.settle(patience_s=30)
    sqlite_post.send()
    assert (len(sqlite_post.list(line)), len(sqlite_post.receiver.received)) == (1, 1)


def test_webhook__a_signal_goes_on_as_a_signal(sqlite_post: Post) -> None:
    body: dict[str, dict[str, JsonValue]] = {
        "hook": {"type": "webhook", "url": sqlite_post.receiver.url()},
        "tell": tell(),
    }
    line = make_flow(sqlite_post.plant, body, ["hook.signal > tell.signal"], target="hook.item")
    sqlite_post.plant.start(line, "hook.signal")
    sqlite_post.plant.settle()
    assert list_told(sqlite_post.plant) == ["look"]
    told = json.loads(sqlite_post.list(line)[0].body)
    assert (told["ref"], "item" in told) == ("", False)


def test_retry__sends_again_under_the_same_id(post: Post) -> None:
    pool = post.plant.dataset("pool")
    line = post.flow(pool)
    post.plant.add(pool, ["a"])
    post.plant.settle()
    post.receiver.replies = [Reply(500)]
    post.send()
    (row,) = post.list(line)
    again = post.plant.db.write(lambda conn: deliveries.retry_delivery(conn, row.id, now=post.plant.now()))
    assert (again.state, again.attempts) == ("waiting", 0)
    post.send()
    assert post.list(line)[0].state == "delivered"
    post.plant.db.write(lambda conn: deliveries.retry_delivery(conn, row.id, now=post.plant.now()))
    post.send()
    ids = {one.headers.get("whorl-delivery", one.headers.get("Whorl-Delivery")) for one in post.receiver.received}
    assert (len(post.receiver.received), ids) == (3, {row.id})


def test_retry__not_while_it_is_being_sent(sqlite_post: Post) -> None:
    plant = sqlite_post.plant
    pool = plant.dataset("pool")
    line = sqlite_post.flow(pool)
    plant.add(pool, ["a"])
    plant.settle()
    plant.db.write(lambda conn: conn.execute(inbox.update().values(token="held")) and None)
    (row,) = sqlite_post.list(line)
    with pytest.raises(Conflict, match="is being sent now"):
        plant.db.write(lambda conn: deliveries.retry_delivery(conn, row.id, now=plant.now()))


def test_secret__is_the_pipelines_own_until_it_is_renewed(plant: Plant) -> None:
    line = make_flow(plant, {"tell": tell()}, [], target="tell.signal")

    def ask(*, renew: bool = False) -> str:
        return plant.db.write(lambda conn: deliveries.find_or_make_secret(conn, line.id, renew=renew))

    first = ask()
    assert (first[:4], len(first)) == ("whs_", 52)
    assert ask() == first
    renewed = ask(renew=True)
    assert (renewed != first, ask()) == (True, renewed)
    with plant.db.read() as conn:
        assert conn.execute(select(pipeline.c.webhook_secret)).scalar_one() == renewed


def test_list__pages_newest_first_and_by_state(sqlite_post: Post) -> None:
    plant = sqlite_post.plant
    pool = plant.dataset("pool")
    line = sqlite_post.flow(pool)
    plant.add(pool, ["a", "b", "c"])
    plant.settle()
    everything = [one.id for one in sqlite_post.list(line)]
    assert everything == sorted(everything, reverse=True)
    with plant.db.read() as conn:
        first = deliveries.list_deliveries(conn, line.id, limit=2)
        second = deliveries.list_deliveries(conn, line.id, limit=2, cursor=first.next_cursor)
        assert [one.id for one in (*first.items, *second.items)] == everything
        assert second.next_cursor is None
        assert deliveries.list_deliveries(conn, line.id, state="failed").items == []
        for junk in ("x", "dlv_", "dlv_\0", "dlv_'; --", "\ud800"):
            with pytest.raises(InvalidInput, match="not a cursor"):
                deliveries.list_deliveries(conn, line.id, cursor=junk)


def test_trim__forgets_delivered_calls_but_the_newest(post: Post) -> None:
    pool = post.plant.dataset("pool")
    line = post.flow(pool)
    post.plant.add(pool, ["a", "b", "c", "d"])
    post.plant.settle()
    post.receiver.replies = [Reply(500)]
    post.send()
    newest, *others = post.list(line)
    post.plant.db.write(lambda conn: deliveries.trim_deliveries(conn, line.id, kept=1))
    kept = post.list(line)
    assert [one.id for one in kept] == [newest.id, *(one.id for one in others if one.state == "waiting")]
    post.plant.db.write(lambda conn: deliveries.trim_deliveries(conn, line.id, kept=100))
    assert post.list(line) == kept


@pytest.mark.parametrize("url", ["", "ftp://x.example/", "http://a:b@x.example/", "http://x.example/\0", "x" * 3000])
def test_webhook__addresses_that_cannot_be_called_are_refused_when_saved(sqlite_post: Post, url: str) -> None:
    with pytest.raises(GraphError, match="hook: parameter 'url'"):
        sqlite_post.flow(sqlite_post.plant.dataset("pool"), url=url)


def test_delay_after__eight_tries() -> None:
    assert [delay_after(tries) for tries in range(1, 9)] == [*DELAYS_S, None]
