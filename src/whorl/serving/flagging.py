"""The engine's node that looks at answers after they were given: judges, flags within the quotas, makes items."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, RowMapping, insert, select, update

from whorl.base.clock import Clock, to_datetime
from whorl.base.errors import JsonValue, ModelError, NotFound, WhorlError
from whorl.base.ids import new_id
from whorl.base.log import get_logger
from whorl.engine.handlers import BodyContext
from whorl.engine.messages import Message, Released, Work
from whorl.models.workshop import Workshop
from whorl.schemas.serving import FlagRule, RuleKind, Verdict
from whorl.serving import log_queries as queries
from whorl.serving.flag_items import Portrait, keep_portraits, make_items, why_no_item
from whorl.serving.flag_rules import ON_FEEDBACK, Facts, Raised, judge_all, ok_share
from whorl.serving.recording import ON_ANSWER, ON_SHADOW
from whorl.store.blobs import BlobStore
from whorl.store.db import Database
from whorl.store.db.tables import flag, flag_rule, prediction_log
from whorl.store.events import emit

_log = get_logger("serving")


@dataclass(frozen=True, slots=True)
class Strangeness:
    """How strange one image is to its model, and where it lies among the training images (float16 bytes)."""

    novelty: float
    embedding: bytes


@dataclass(frozen=True, slots=True)
class Judged:
    """What looking at one answer found.

    Args:
        strangeness: Only when it was measured now.
        raised: The rules it meets, quotas not looked at.
    """

    prediction_id: str
    strangeness: Strangeness | None = None
    raised: tuple[Raised, ...] = ()
    portrait: Portrait | None = None


@dataclass(frozen=True)
class FlagHandler:
    """Implements ``Handler`` for the node ``serving:flag``: its works name predictions by id."""

    db: Database
    blobs: BlobStore
    home: Path
    clock: Clock
    batch_size: int = 64
    lease_s: float = 120.0
    max_attempts: int = 5
    backoff_s: float = 5.0
    priority: int = -1
    max_in_flight: int = 1

    def run(self, works: Sequence[Work], context: BodyContext) -> Sequence[Judged | Released]:
        """Measure what the rules want to know, and judge."""
        with self.db.read() as conn:
            view = _read_view(conn, works, now=self._now())
        if context.should_stop():
            return [Released() for _ in works]
        strange = self._measure(view, context)
        raised = _judge(view, strange)
        portraits = self._portraits(view, raised, context)
        return [
            Judged(
                work.ref,
                strangeness=strange.get(work.ref),
                raised=tuple(raised.get(work.ref, ())),
                portrait=portraits.get(work.ref),
            )
            for work in works
        ]

    def commit(
        self, conn: Connection, works: Sequence[Work], outcomes: Sequence[Judged | Released]
    ) -> Iterable[Message]:
        """Flag what the quotas allow, the worst first, and make items of it."""
        now = self._now()
        judged = [one for one in outcomes if isinstance(one, Judged)]
        for one in judged:
            if one.strangeness is not None:
                values = {"novelty": one.strangeness.novelty, "embedding": one.strangeness.embedding}
                conn.execute(update(prediction_log).where(prediction_log.c.id == one.prediction_id).values(**values))
        chosen = _within_quota(conn, [raised for one in judged for raised in one.raised], now=now)
        if chosen:
            _write_flags(conn, chosen, {one.prediction_id: one for one in judged}, now=now)
        return []

    def _now(self) -> datetime:
        return to_datetime(self.clock.now())

    def _workshop(self, context: BodyContext) -> Workshop:
        return Workshop(self.db, self.blobs, context.executor, self.home, partial(_beat, context))

    def _measure(self, view: _View, context: BodyContext) -> dict[str, Strangeness]:
        """The novelty of the lines that a rule asks it of and that can be looked at, by prediction id."""
        # Late: brings numpy, which the server does not need at its start.
        from whorl.serving.strangeness import measure_strangeness

        wanted: dict[str, list[RowMapping]] = {}
        for line in view.lines.values():
            asks = any(rule.kind is RuleKind.NOVELTY for rule in view.rules_for(line))
            if asks and line["has_image"] and line["novelty"] is None:
                wanted.setdefault(line["model_id"], []).append(line)
        found: dict[str, Strangeness] = {}
        for model_id, lines in wanted.items():
            try:
                rows = measure_strangeness(self._workshop(context), model_id, lines)
            except (ModelError, NotFound) as error:
                # A model that was brought from outside has no training images here: nothing is new to it.
                _log.warning("novelty to model %s cannot be measured: %s", model_id, error.message)
                continue
            found |= {key: Strangeness(novelty, embedding) for key, (novelty, embedding) in rows.items()}
        return found

    def _portraits(
        self, view: _View, raised: Mapping[str, Sequence[Raised]], context: BodyContext
    ) -> dict[str, Portrait]:
        lines = [
            line
            for line in view.lines.values()
            if raised.get(line["id"])
            and line["item_id"] is None
            and why_no_item(line, view.homes[line["endpoint_id"]]) is None
        ]
        workshop = self._workshop(context)

        def look(data: bytes) -> tuple[Portrait, bytes]:
            return workshop.call(look_at, data)

        return keep_portraits(self.blobs, lines, look)


def look_at(data: bytes) -> tuple[Portrait, bytes]:
    """Say what an image is, and make its thumbnail. Runs in a worker process.

    Raises:
        UnreadableMedia: It is no image.
    """
    # Late: loads OpenCV.
    from whorl.datasets.media import inspect

    seen = inspect(data)
    health = {
        "brightness": seen.health.brightness,
        "contrast": seen.health.contrast,
        "sharpness": seen.health.sharpness,
    }
    return Portrait(seen.info.media_type, seen.info.width, seen.info.height, len(data), health), seen.thumbnail


@dataclass(frozen=True)
class _View:
    """What the database says about a batch."""

    lines: Mapping[str, RowMapping]
    epochs: Mapping[str, Collection[int]]
    homes: Mapping[str, RowMapping]
    rules: Mapping[str, Sequence[FlagRule]]
    verdicts: Mapping[str, Verdict]
    ok_shares: Mapping[str, Mapping[int, float | None]] = field(default_factory=dict)

    def rules_for(self, line: RowMapping) -> list[FlagRule]:
        """The rules that look at a line now: each looks when what it looks at has come."""
        epochs = self.epochs[line["id"]]
        return [rule for rule in self.rules.get(line["endpoint_id"], ()) if rule.is_on and _looks(rule, epochs)]


def _looks(rule: FlagRule, epochs: Collection[int]) -> bool:
    if rule.kind in ON_FEEDBACK:
        return any(epoch not in (ON_ANSWER, ON_SHADOW) for epoch in epochs)
    return ON_ANSWER in epochs or (rule.kind is RuleKind.DISAGREEMENT and ON_SHADOW in epochs)


def _read_view(conn: Connection, works: Sequence[Work], *, now: datetime) -> _View:
    ids = list(dict.fromkeys(work.ref for work in works))
    found = select(prediction_log).where(prediction_log.c.id.in_(ids)).order_by(prediction_log.c.key)
    lines = {row["id"]: row for row in conn.execute(found).mappings()}
    endpoint_ids = list(dict.fromkeys(line["endpoint_id"] for line in lines.values()))
    rules: dict[str, list[FlagRule]] = {}
    for rule in queries.list_rules(conn, endpoint_ids, now=now):
        rules.setdefault(rule.endpoint_id, []).append(rule)
    shares: dict[str, dict[int, float | None]] = {}
    for endpoint_id, some in rules.items():
        windows = {rule.window for rule in some if rule.kind is RuleKind.METRIC and rule.is_on}
        if windows:
            said = queries.latest_verdicts(conn, endpoint_id, limit=max(windows))
            shares[endpoint_id] = {window: ok_share(said, window) for window in windows}
    epochs: dict[str, set[int]] = {}
    for work in works:
        epochs.setdefault(work.ref, set()).add(work.epoch)
    return _View(
        lines=lines,
        epochs=epochs,
        homes=queries.endpoints_of(conn, endpoint_ids),
        rules=rules,
        verdicts=queries.newest_verdicts(conn, ids),
        ok_shares=shares,
    )


def _judge(view: _View, strange: Mapping[str, Strangeness]) -> dict[str, list[Raised]]:
    """The rules that each line meets, by prediction id; those whose quota is used up today are not asked."""
    found: dict[str, list[Raised]] = {}
    for line in view.lines.values():
        rules = [rule for rule in view.rules_for(line) if rule.today < rule.per_day]
        measured = strange.get(line["id"])
        facts = Facts(
            line["id"],
            confidence=line["confidence"],
            margin=line["margin"],
            disagreement=line["disagreement"],
            novelty=line["novelty"] if measured is None else measured.novelty,
            verdict=view.verdicts.get(line["id"]),
            ok_shares=view.ok_shares.get(line["endpoint_id"]),
        )
        raised = [one for some in judge_all(rules, [facts]).values() for one in some]
        if raised:
            found[line["id"]] = raised
    return found


def _within_quota(conn: Connection, raised: Sequence[Raised], *, now: datetime) -> list[Raised]:
    """Those that are not flags yet and fit into what is left of each rule's day, the worst first."""
    if not raised:
        return []
    rule_ids = sorted({one.rule_id for one in raised})
    # Locked in one order: two workers that flag at once take turns, so the count below is exact.
    locked = select(flag_rule).where(flag_rule.c.id.in_(rule_ids), flag_rule.c.is_on).order_by(flag_rule.c.id)
    quotas = {row["id"]: row["per_day"] for row in conn.execute(locked.with_for_update()).mappings()}
    used = queries.count_flags(conn, rule_ids, now=now)
    already = select(flag.c.rule_id, flag.c.prediction_id).where(
        flag.c.rule_id.in_(rule_ids), flag.c.prediction_id.in_([one.prediction_id for one in raised])
    )
    standing = {(row.rule_id, row.prediction_id) for row in conn.execute(already)}
    chosen: list[Raised] = []
    for one in sorted(raised, key=lambda one: -one.severity):
        key = (one.rule_id, one.prediction_id)
        if key in standing or used.get(one.rule_id, 0) >= quotas.get(one.rule_id, 0):
            continue
        standing.add(key)
        used[one.rule_id] = used.get(one.rule_id, 0) + 1
        chosen.append(one)
    return chosen


def _write_flags(conn: Connection, chosen: Sequence[Raised], judged: Mapping[str, Judged], *, now: datetime) -> None:
    ids = list(dict.fromkeys(one.prediction_id for one in chosen))
    found = select(prediction_log).where(prediction_log.c.id.in_(ids)).order_by(prediction_log.c.key)
    lines = list(conn.execute(found).mappings())
    homes = queries.endpoints_of(conn, list({line["endpoint_id"] for line in lines}))
    kinds: dict[str, list[str]] = {}
    for one in chosen:
        kinds.setdefault(one.prediction_id, []).append(one.kind.value)
    items: dict[str, str] = {line["id"]: line["item_id"] for line in lines if line["item_id"] is not None}
    portraits = {key: one.portrait for key, one in judged.items() if one.portrait is not None}
    for endpoint_id, home in homes.items():
        own = [line for line in lines if line["endpoint_id"] == endpoint_id and line["item_id"] is None]
        items |= make_items(conn, home, own, portraits, kinds=kinds, now=now)
    by_id = {line["id"]: line for line in lines}
    for one in chosen:
        line = by_id.get(one.prediction_id)
        if line is not None:
            _write_flag(conn, one, line, homes[line["endpoint_id"]], items.get(one.prediction_id), now=now)


def _write_flag(
    conn: Connection, one: Raised, line: RowMapping, home: RowMapping, item_id: str | None, *, now: datetime
) -> None:
    obstacle = why_no_item(line, home) if item_id is None else None
    reason = one.reason if obstacle is None else f"{one.reason}; {obstacle}"
    flag_id = new_id("flag", at=now.timestamp())
    conn.execute(
        insert(flag).values(
            id=flag_id,
            endpoint_id=home["id"],
            rule_id=one.rule_id,
            prediction_id=one.prediction_id,
            model_id=line["model_id"],
            kind=one.kind.value,
            score=one.score,
            reason=reason,
            item_id=item_id,
            at=now,
        )
    )
    payload: dict[str, JsonValue] = {
        "endpoint_id": home["id"],
        "prediction_id": one.prediction_id,
        "kind": one.kind.value,
        "flag_id": flag_id,
        "model_id": line["model_id"],
        "item_id": item_id,
        # Without an item it is nothing that a pipeline over the dataset could take.
        "dataset_id": None if item_id is None else home["dataset_id"],
    }
    emit(
        conn,
        "flag.raised",
        project_id=home["project_id"],
        subject_id=item_id or one.prediction_id,
        actor_id=home["id"],
        now=now,
        payload=payload,
    )


def _beat(context: BodyContext) -> None:
    if not context.heartbeat():
        raise _LeaseLost("another worker has taken over")


class _LeaseLost(WhorlError):
    """The batch is somebody else's now; what was found is in vain."""

    code = "lease_lost"
    retryable = True
