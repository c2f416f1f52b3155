"""Simulated annotators and reviewers: they lease, label, review and mend like people, only faster."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from whorl.annotations.queries import list_annotations, read_item_annotations
from whorl.base.clock import to_datetime
from whorl.base.log import get_logger
from whorl.datasets.queries import get_item
from whorl.pipelines.nodes.base import PipelineServices
from whorl.pipelines.simulation.oracle import SECONDS_PER_REVIEW, Oracle
from whorl.schemas.annotations import Layer
from whorl.schemas.tasks import Lease
from whorl.tasks import queries as task_queries
from whorl.tasks import reviews, work

_log = get_logger("simulation")
_IDLE_S = 0.05
_AT_ONCE = 16


@dataclass
class Crew:
    """One annotator and one reviewer for the two tasks of an arm."""

    services: PipelineServices
    project_id: str
    label_task: str
    review_task: str
    oracle: Oracle
    human_seconds: float = 0.0
    labelled: int = 0
    sent_back: int = 0
    error: Exception | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Work in a thread until ``stop``."""
        self._thread = threading.Thread(target=self._loop, name=f"crew-{self.label_task}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the item in hand and go home."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _loop(self) -> None:
        try:
            while not self._stopping.is_set():
                if not self._label_some() and not self._review_some():
                    self._stopping.wait(_IDLE_S)
        except Exception as error:
            # The border of the simulation's thread: whoever waits for the round raises it.
            _log.exception("a simulated person stumbled")
            self.error = error

    def _label_some(self) -> int:
        who = f"simulated-annotator-{self.label_task}"[:40]
        return self.services.db.write(lambda conn: self._label(conn, who))

    def _review_some(self) -> int:
        who = f"simulated-reviewer-{self.review_task}"[:40]
        return self.services.db.write(lambda conn: self._review(conn, who))

    def _label(self, conn: Connection, who: str) -> int:
        leases = self._lease(conn, self.label_task, who)
        for lease in leases:
            name = get_item(conn, lease.item_id).name
            held = read_item_annotations(conn, lease.item_id)
            predictions = list_annotations(conn, [lease.item_id], layer=Layer.PREDICTION)
            answer = self.oracle.answer(name, predictions, is_rework=lease.status_before == "rework")
            for issue in task_queries.list_issues(conn, lease.task_id, item_id=lease.item_id, state="open"):
                reviews.resolve_issue(conn, issue.id, actor_id=who, now=self._now())
            work.submit_item(
                conn,
                lease.task_id,
                lease.item_id,
                lease_token=lease.lease_token,
                actor_id=who,
                now=self._now(),
                annotations=answer.drafts,
                removed_ids=[one.id for one in held.annotations],
                base_revision=held.revision,
            )
            self.human_seconds += answer.seconds
            self.labelled += 1
        return len(leases)

    def _review(self, conn: Connection, who: str) -> int:
        leases = self._lease(conn, self.review_task, who)
        for lease in leases:
            name = get_item(conn, lease.item_id).name
            saved = read_item_annotations(conn, lease.item_id).annotations
            self.human_seconds += SECONDS_PER_REVIEW
            if lease.status_before != "rework" and self.oracle.finds_fault(name, saved):
                self.sent_back += 1
                reviews.raise_issue(
                    conn,
                    lease.task_id,
                    lease.item_id,
                    "The label does not fit.",
                    actor_id=who,
                    now=self._now(),
                    lease_token=lease.lease_token,
                )
                continue
            reviews.approve_item(
                conn, lease.task_id, lease.item_id, actor_id=who, now=self._now(), lease_token=lease.lease_token
            )
        return len(leases)

    def _lease(self, conn: Connection, name: str, who: str) -> list[Lease]:
        task = task_queries.find_task(conn, self.project_id, name)
        if task is None or self._stopping.is_set():
            return []
        return work.lease_next(conn, task.id, actor_id=who, now=self._now(), n=_AT_ONCE)

    def _now(self) -> datetime:
        return to_datetime(self.services.clock.now())
