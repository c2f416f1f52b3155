"""Counts by status and by person stay in step with the items, whatever people do: on both databases."""

from __future__ import annotations

import contextlib
import random
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from sqlalchemy import Connection, func, select
from tests.db.tasks.conftest import Bench, at, make_bench

from whorl.annotations.queries import list_annotations
from whorl.base.errors import WhorlError
from whorl.datasets.queries import get_dataset
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.tasks import TaskPerson
from whorl.store.db import Database
from whorl.store.db.tables import task, task_count, task_item
from whorl.tasks import queries
from whorl.tasks.actions import create_task
from whorl.tasks.people import list_people
from whorl.tasks.reviews import approve_item, raise_issue, resolve_issue
from whorl.tasks.rules import TaskKind
from whorl.tasks.work import discard_item, lease_next, release, submit_item

PEOPLE = ("per_a", "per_b", "per_c")
DOG = AnnotationDraft(label="dog", geometry=ClassTag())


def _counted(conn: Connection) -> tuple[dict[tuple[int, str], int], dict[tuple[int, str], int]]:
    """What the tally says, and what the items say."""
    kept = {(row.task_key, row.status): row.n_items for row in conn.execute(select(task_count)) if row.n_items}
    grouped = select(task_item.c.task_key, task_item.c.status, func.count().label("n"))
    there = conn.execute(grouped.group_by(task_item.c.task_key, task_item.c.status))
    return kept, {(row.task_key, row.status): row.n for row in there}


@dataclass
class Crowd:
    """People who do anything at all, and what they hold: task, item, token, person."""

    bench: Bench
    task_ids: list[str]
    dice: random.Random
    held: list[tuple[str, str, str, str]] = field(default_factory=list)

    def move(self, conn: Connection, now: datetime) -> None:
        who, task_id = self.dice.choice(PEOPLE), self.dice.choice(self.task_ids)
        move = self.dice.choice(
            ["lease", "lease", "submit", "submit", "release", "discard", "approve", "issue", "mend"]
        )
        if move == "lease":
            for one in lease_next(conn, task_id, actor_id=who, now=now, n=self.dice.randint(1, 3), lease_s=60):
                self.held.append((one.task_id, one.item_id, one.lease_token, who))
        elif move == "mend":
            for issue in queries.list_issues(conn, self.bench.task.id):
                resolve_issue(conn, issue.id, actor_id=who, now=now)
        elif self.held:
            self._finish(conn, move, now)

    def _finish(self, conn: Connection, move: str, now: datetime) -> None:
        on, item_id, token, who = self.held.pop(self.dice.randrange(len(self.held)))
        mine = {"lease_token": token, "actor_id": who, "now": now, "active_seconds": 5.0}
        if move == "approve":
            approve_item(conn, on, item_id, **mine)
        elif move == "issue":
            raise_issue(conn, on, item_id, "look again", **mine)
        elif move == "submit":
            revision = get_dataset(conn, self.bench.dataset_id).revision
            submit_item(conn, on, item_id, annotations=[DOG], base_revision=revision, **mine)
        elif move == "release":
            release(conn, on, item_id, **mine)
        else:
            discard_item(conn, on, item_id, reason="blurred", **mine)


@pytest.mark.parametrize("seed", [1, 2])
def test_counts__are_those_of_the_items_after_anything(database: Database, seed: int) -> None:
    bench = make_bench(database, n_items=8)
    review = database.write(
        lambda c: create_task(
            c,
            bench.dataset_id,
            name="review",
            kind=TaskKind.REVIEW,
            reviews_task_id=bench.task.id,
            takes_submitted=True,
            actor_id="per_a",
            now=at(0),
        )
    )
    crowd = Crowd(bench, [bench.task.id, review.id], random.Random(seed))
    for number in range(120):
        with contextlib.suppress(WhorlError):
            database.write(lambda conn, number=number: crowd.move(conn, at(number * 40)))
        with database.read() as conn:
            kept, there = _counted(conn)
        assert kept == there, number
    with database.read() as conn:
        by_item = conn.execute(select(func.sum(task_item.c.human_seconds)).join(task).where(task.c.id == bench.task.id))
        whole = by_item.scalar_one()
        assert queries.get_task_summary(conn, bench.task.id).human_seconds == pytest.approx(whole, abs=0.01)
        assert sum(one.human_seconds for one in list_people(conn, bench.task.id)) == pytest.approx(whole, abs=0.01)


def _label(bench: Bench, who: str, *, seconds: float, leased_at: float = 0) -> str:
    def work(conn: Connection) -> str:
        (lease,) = lease_next(conn, bench.task.id, actor_id=who, now=at(leased_at))
        submit_item(
            conn,
            bench.task.id,
            lease.item_id,
            annotations=[DOG],
            base_revision=get_dataset(conn, bench.dataset_id).revision,
            lease_token=lease.lease_token,
            actor_id=who,
            now=at(leased_at + seconds),
            active_seconds=seconds,
        )
        return lease.item_id

    return bench.database.write(work)


def _people(bench: Bench) -> dict[str, TaskPerson]:
    with bench.database.read() as conn:
        return {one.person_id: one for one in list_people(conn, bench.task.id)}


def test_list_people__pace_and_what_reviewers_made_of_it(bench: Bench) -> None:
    first = _label(bench, "per_a", seconds=30)
    second = _label(bench, "per_a", seconds=60, leased_at=100)
    third = _label(bench, "per_b", seconds=90, leased_at=200)
    bench.database.write(lambda c: approve_item(c, bench.task.id, first, actor_id="per_r", now=at(400)))
    with bench.database.read() as conn:
        (standing,) = list_annotations(conn, [second])
        revision = get_dataset(conn, bench.dataset_id).revision
    mended = AnnotationDraft(id=standing.id, label="cat", geometry=ClassTag())
    bench.database.write(
        lambda c: approve_item(
            c,
            bench.task.id,
            second,
            annotations=[mended],
            base_revision=revision,
            actor_id="per_r",
            now=at(410),
        )
    )
    bench.database.write(lambda c: raise_issue(c, bench.task.id, third, "no dog", actor_id="per_r", now=at(420)))
    anna, bert = _people(bench)["per_a"], _people(bench)["per_b"]
    assert (anna.submitted, anna.approved, anna.sent_back, anna.approved_untouched_share) == (2, 2, 0, 0.5)
    # Two items in 90 seconds; being reviewed is not being active.
    assert (anna.human_seconds, anna.items_per_hour, anna.last_active_at) == (90.0, 80.0, at(160))
    assert (bert.submitted, bert.approved, bert.sent_back, bert.approved_untouched_share) == (1, 0, 1, None)


def test_list_people__names_who_holds_work_and_who_is_assigned(bench: Bench) -> None:
    bench.database.write(lambda c: lease_next(c, bench.task.id, actor_id="per_a", now=at(0), n=2))
    found = _people(bench)["per_a"]
    assert (found.leased, found.submitted, found.items_per_hour, found.last_active_at) == (2, 0, None, None)
