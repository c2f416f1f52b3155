"""Promote by hand: a person makes the challenger of a comparison the champion, and the comparison says so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, update

from whorl.base.errors import Conflict, InvalidInput, JsonValue
from whorl.models.comparison import Decision
from whorl.models.queries import get_comparison
from whorl.pipelines.champions import deploy_model
from whorl.schemas.comparing import ComparisonPromote
from whorl.schemas.models import Champion
from whorl.store.db.tables import comparison


def promote_challenger(
    conn: Connection, comparison_id: str, wanted: ComparisonPromote, *, actor_id: str, now: datetime
) -> Champion:
    """Make a comparison's challenger the champion, with the comparison as the cause of the change.

    Raises:
        Conflict: The comparison kept the champion, and nobody forces it; or the model is not trained.
        InvalidInput: It is forced without a reason, or several places fit.
        NotFound: There is no such comparison.
    """
    found = get_comparison(conn, comparison_id)
    is_forced = found.decision != Decision.PROMOTE
    if is_forced and not wanted.force:
        raise Conflict(
            f"the comparison decided {found.decision}: {_reason(found.numbers)}",
            hint="Label where the two differ and compare again, or force it with a reason.",
        )
    if is_forced and not (wanted.reason or "").strip():
        raise InvalidInput("force needs a reason", hint="Say why; it is kept with the comparison.")
    place = deploy_model(
        conn,
        found.challenger_id,
        actor_id=actor_id,
        now=now,
        pipeline_id=wanted.pipeline_id,
        variable=wanted.variable,
        cause=comparison_id,
    )
    said: JsonValue = {
        "by": actor_id,
        "at": now.isoformat(),
        "is_forced": is_forced,
        "reason": wanted.reason,
        "pipeline_id": place.pipeline_id,
    }
    numbers = {**found.numbers, "promoted": said}
    conn.execute(update(comparison).where(comparison.c.id == comparison_id).values(numbers=numbers))
    return place


def _reason(numbers: dict[str, JsonValue]) -> str:
    reasons = numbers.get("reasons")
    return str(reasons[0]) if isinstance(reasons, list) and reasons else "no reason is kept"
