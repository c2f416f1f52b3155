"""Reads of the prediction log, of what people said about it, and of what was flagged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, RowMapping, func, select

from whorl.base.errors import InvalidInput, NotFound
from whorl.schemas.annotations import AnnotationDraft
from whorl.schemas.models import PredictedAnnotation
from whorl.schemas.serving import Feedback, Flag, FlagRule, PredictionLine, RuleKind, ServingRole, Verdict
from whorl.schemas.wire import Page
from whorl.serving.quotas import day_of
from whorl.store.db.tables import endpoint, feedback, flag, flag_rule, prediction_log

_CHUNK = 500
_MOST_CHUNKS = 20
_HINT = "It may be wrong, not written down (share, quota), or past its retention; a new line may take a second."


def image_key(endpoint_id: str, at: datetime, sha256: str) -> str:
    """Blob key of a logged image: by endpoint and day, so that a day goes as a whole when its lines have expired.

    No item ever names such a blob: an item that is made of one has a copy of its own.
    """
    return f"{image_folder(endpoint_id)}/{at.astimezone(UTC):%Y-%m-%d}/{sha256}"


def image_folder(endpoint_id: str) -> str:
    """Where the blobs of an endpoint's logged images are."""
    return f"served/{endpoint_id}"


def get_prediction(conn: Connection, prediction_id: str) -> PredictionLine:
    """One line of the log.

    Raises:
        NotFound: There is none with this id.
    """
    return _lines(conn, [get_line(conn, prediction_id)])[0]


def get_line(conn: Connection, prediction_id: str, *, endpoint_id: str | None = None) -> RowMapping:
    """One line's columns.

    Args:
        endpoint_id: Whose it must be.

    Raises:
        NotFound: There is none with this id, or it is another endpoint's.
    """
    found = select(prediction_log).where(prediction_log.c.id == prediction_id)
    if endpoint_id is not None:
        found = found.where(prediction_log.c.endpoint_id == endpoint_id)
    row = conn.execute(found).mappings().one_or_none()
    if row is None:
        of = "" if endpoint_id is None else " of this endpoint"
        raise NotFound(f"no such prediction{of}: {prediction_id[:60]}", hint=_HINT)
    return row


def list_predictions(
    conn: Connection,
    endpoint_id: str,
    *,
    cursor: str | None = None,
    limit: int = 100,
    verdict: Verdict | None = None,
    kind: RuleKind | None = None,
    label: str | None = None,
) -> Page[PredictionLine]:
    """A page of an endpoint's log, newest first.

    Args:
        verdict: Only those of which this was said last.
        kind: Only those that a rule of this kind flagged.
        label: Only those whose answer has this label.

    Raises:
        InvalidInput: The cursor is none.
    """
    before = _key_of(cursor)
    kept: list[PredictionLine] = []
    for _ in range(_MOST_CHUNKS):
        found = select(prediction_log).where(prediction_log.c.endpoint_id == endpoint_id)
        if before is not None:
            found = found.where(prediction_log.c.key < before)
        if kind is not None:
            found = found.where(
                prediction_log.c.id.in_(
                    select(flag.c.prediction_id).where(flag.c.endpoint_id == endpoint_id, flag.c.kind == kind.value)
                )
            )
        if verdict is not None:
            said = select(feedback.c.prediction_id).where(feedback.c.verdict == verdict.value)
            found = found.where(prediction_log.c.id.in_(said.where(feedback.c.endpoint_id == endpoint_id)))
        size = limit + 1 if label is None and verdict is None else _CHUNK
        rows = list(conn.execute(found.order_by(prediction_log.c.key.desc()).limit(size)).mappings())
        for row, line in zip(rows, _lines(conn, rows), strict=True):
            if len(kept) == limit:
                return Page(items=kept, next_cursor=str(before))
            before = row["key"]
            if _matches(line, verdict, label):
                kept.append(line)
        if len(rows) < size:
            return Page(items=kept)
    # So much was looked at that whoever asks should hear something; the cursor goes on from here.
    return Page(items=kept, next_cursor=str(before))


def list_feedback(conn: Connection, endpoint_id: str, *, cursor: str | None = None, limit: int = 100) -> Page[Feedback]:
    """A page of what was said about an endpoint's answers, newest first."""
    found = select(feedback).where(feedback.c.endpoint_id == endpoint_id).order_by(feedback.c.id.desc())
    if cursor is not None:
        found = found.where(feedback.c.id < cursor)
    rows = list(conn.execute(found.limit(limit + 1)).mappings())
    return Page(
        items=[feedback_of(row) for row in rows[:limit]],
        next_cursor=rows[limit - 1]["id"] if len(rows) > limit else None,
    )


def list_flags(
    conn: Connection, endpoint_id: str, *, cursor: str | None = None, limit: int = 100, kind: RuleKind | None = None
) -> Page[Flag]:
    """A page of an endpoint's flags, newest first."""
    found = select(flag).where(flag.c.endpoint_id == endpoint_id).order_by(flag.c.id.desc())
    if cursor is not None:
        found = found.where(flag.c.id < cursor)
    if kind is not None:
        found = found.where(flag.c.kind == kind.value)
    rows = list(conn.execute(found.limit(limit + 1)).mappings())
    return Page(
        items=[flag_of(row) for row in rows[:limit]], next_cursor=rows[limit - 1]["id"] if len(rows) > limit else None
    )


def list_rules(conn: Connection, endpoint_ids: Sequence[str], *, now: datetime) -> list[FlagRule]:
    """The rules of endpoints, in the order they were made, with the flags they have raised today (UTC)."""
    found = select(flag_rule).where(flag_rule.c.endpoint_id.in_(endpoint_ids)).order_by(flag_rule.c.id)
    rows = list(conn.execute(found).mappings())
    today = count_flags(conn, [row["id"] for row in rows], now=now)
    return [_rule_of(row, today.get(row["id"], 0)) for row in rows]


def get_rule(conn: Connection, rule_id: str, *, now: datetime) -> FlagRule:
    """One rule.

    Raises:
        NotFound: There is none with this id.
    """
    row = conn.execute(select(flag_rule).where(flag_rule.c.id == rule_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no such flag rule: {rule_id}", hint="`whorl endpoints rules` lists them.")
    return _rule_of(row, count_flags(conn, [rule_id], now=now).get(rule_id, 0))


def count_flags(conn: Connection, rule_ids: Sequence[str], *, now: datetime) -> dict[str, int]:
    """How many flags rules have raised in the day (UTC) of ``now``; rules without any are left out."""
    begin, end = day_of(now)
    found = (
        select(flag.c.rule_id, func.count())
        .where(flag.c.rule_id.in_(rule_ids), flag.c.at >= begin, flag.c.at < end)
        .group_by(flag.c.rule_id)
    )
    return {rule_id: count for rule_id, count in conn.execute(found)}


def newest_verdicts(conn: Connection, prediction_ids: Sequence[str]) -> dict[str, Verdict]:
    """What was said last of each prediction; those of which nothing was said are left out."""
    found = (
        select(feedback.c.prediction_id, feedback.c.verdict)
        .where(feedback.c.prediction_id.in_(prediction_ids))
        .order_by(feedback.c.at, feedback.c.id)
    )
    return {prediction_id: Verdict(verdict) for prediction_id, verdict in conn.execute(found)}


def latest_verdicts(conn: Connection, endpoint_id: str, *, limit: int) -> list[Verdict]:
    """What was said of an endpoint's answers, newest first: one verdict per answer and person, the last one."""
    found = select(feedback.c.verdict).where(feedback.c.endpoint_id == endpoint_id)
    return [Verdict(one) for one in conn.execute(found.order_by(feedback.c.id.desc()).limit(limit)).scalars()]


def endpoints_of(conn: Connection, endpoint_ids: Sequence[str]) -> dict[str, RowMapping]:
    """The rows of endpoints, by id."""
    found = select(endpoint).where(endpoint.c.id.in_(endpoint_ids))
    return {row["id"]: row for row in conn.execute(found).mappings()}


def answer_of(said: object) -> list[PredictedAnnotation]:
    """The annotations of a stored answer."""
    assert isinstance(said, list)
    return [PredictedAnnotation.model_validate(one) for one in said]


def feedback_of(row: RowMapping) -> Feedback:
    """One feedback, as it goes out."""
    given = row["correction"]
    return Feedback(
        id=row["id"],
        endpoint_id=row["endpoint_id"],
        prediction_id=row["prediction_id"],
        model_id=row["model_id"],
        verdict=Verdict(row["verdict"]),
        correction=None if given is None else [AnnotationDraft.model_validate(one) for one in given],
        comment=row["comment"],
        who=row["who"],
        item_id=row["item_id"],
        at=row["at"],
    )


def flag_of(row: RowMapping) -> Flag:
    """One flag, as it goes out."""
    return Flag.model_validate({name: row[name] for name in Flag.model_fields})


def _rule_of(row: RowMapping, today: int) -> FlagRule:
    return FlagRule(
        **row["params"],
        kind=RuleKind(row["kind"]),
        per_day=row["per_day"],
        is_on=row["is_on"],
        id=row["id"],
        endpoint_id=row["endpoint_id"],
        today=today,
        created_at=row["created_at"],
    )


def _lines(conn: Connection, rows: Sequence[RowMapping]) -> list[PredictionLine]:
    ids = [row["id"] for row in rows]
    verdicts = newest_verdicts(conn, ids)
    flags: dict[str, list[RuleKind]] = {}
    found = select(flag.c.prediction_id, flag.c.kind).where(flag.c.prediction_id.in_(ids)).order_by(flag.c.id)
    for prediction_id, kind in conn.execute(found):
        flags.setdefault(prediction_id, []).append(RuleKind(kind))
    return [_line(row, verdicts, flags) for row in rows]


def _line(row: RowMapping, verdicts: Mapping[str, Verdict], flags: Mapping[str, Sequence[RuleKind]]) -> PredictionLine:
    shadow = row["shadow"]
    return PredictionLine(
        id=row["id"],
        endpoint_id=row["endpoint_id"],
        model_id=row["model_id"],
        role=ServingRole(row["role"]),
        at=row["at"],
        sha256=row["sha256"],
        has_image=row["has_image"],
        width=row["width"],
        height=row["height"],
        latency_ms=row["latency_ms"],
        annotations=answer_of(row["answer"]),
        shadow_model_id=None if shadow is None else shadow["model_id"],
        shadow=None if shadow is None else answer_of(shadow["answer"]),
        confidence=row["confidence"],
        margin=row["margin"],
        disagreement=row["disagreement"],
        novelty=row["novelty"],
        metadata=row["metadata"],
        item_id=row["item_id"],
        flags=list(dict.fromkeys(flags.get(row["id"], ()))),
        verdict=verdicts.get(row["id"]),
    )


def _matches(line: PredictionLine, verdict: Verdict | None, label: str | None) -> bool:
    has_label = label is None or any(said.label == label for said in line.annotations)
    return has_label and verdict in (None, line.verdict)


def _key_of(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise InvalidInput(f"not a cursor: {cursor[:40]!a}", hint="Pass on next_cursor as it was given.")
    return int(cursor)
