"""Writes on flag rules."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from whorl.base.errors import InvalidInput, JsonValue, NotFound
from whorl.base.ids import new_id
from whorl.schemas.serving import FlagRule, FlagRuleUpdate, FlagRuleWrite, RuleKind
from whorl.serving.flag_rules import check_rule
from whorl.serving.log_queries import get_rule
from whorl.store.db.tables import endpoint, flag, flag_rule

_PARAMS = ("below", "above", "share", "metric", "window")
MOST_RULES = 50


def create_rule(conn: Connection, endpoint_id: str, given: FlagRuleWrite, *, actor_id: str, now: datetime) -> FlagRule:
    """Add a rule to an endpoint; it looks at what is answered from now on.

    Raises:
        InvalidInput: It can decide nothing: no threshold, or the endpoint keeps nothing that it could look at.
        NotFound: There is no such endpoint.
    """
    del actor_id
    check_rule(given)
    row = conn.execute(select(endpoint.c.settings).where(endpoint.c.id == endpoint_id)).one_or_none()
    if row is None:
        raise NotFound(f"no such endpoint: {endpoint_id}")
    _check_can_see(given, keeps_images=bool(row.settings.get("keep_images", True)))
    standing = conn.execute(select(flag_rule.c.id).where(flag_rule.c.endpoint_id == endpoint_id)).all()
    if len(standing) >= MOST_RULES:
        raise InvalidInput(f"the endpoint has {len(standing)} rules; {MOST_RULES} are allowed")
    rule_id = new_id("flag_rule", at=now.timestamp())
    values = {"kind": given.kind.value, "params": _params(given), "per_day": given.per_day, "is_on": given.is_on}
    conn.execute(insert(flag_rule).values(id=rule_id, endpoint_id=endpoint_id, created_at=now, **values))
    return get_rule(conn, rule_id, now=now)


def update_rule(conn: Connection, rule_id: str, given: FlagRuleUpdate, *, now: datetime) -> FlagRule:
    """Change a rule's threshold, quota or switch; what it has flagged stays.

    Raises:
        InvalidInput: It could decide nothing any more.
        NotFound: There is no such rule.
    """
    before = get_rule(conn, rule_id, now=now)
    changed = {name: getattr(given, name) for name in given.model_fields_set if getattr(given, name) is not None}
    after = FlagRuleWrite.model_validate({name: getattr(before, name) for name in FlagRuleWrite.model_fields} | changed)
    check_rule(after)
    values = {"params": _params(after), "per_day": after.per_day, "is_on": after.is_on}
    conn.execute(update(flag_rule).where(flag_rule.c.id == rule_id).values(**values))
    return get_rule(conn, rule_id, now=now)


def delete_rule(conn: Connection, rule_id: str, *, now: datetime) -> None:
    """Take a rule away, with its flags; the items that were made of them stay.

    Raises:
        NotFound: There is no such rule.
    """
    get_rule(conn, rule_id, now=now)
    conn.execute(delete(flag).where(flag.c.rule_id == rule_id))
    conn.execute(delete(flag_rule).where(flag_rule.c.id == rule_id))


def _params(given: FlagRuleWrite) -> dict[str, JsonValue]:
    return {name: getattr(given, name) for name in _PARAMS}


def _check_can_see(given: FlagRuleWrite, *, keeps_images: bool) -> None:
    if given.kind is RuleKind.NOVELTY and not keeps_images:
        raise InvalidInput(
            "novelty looks at the image, and this endpoint keeps only its hash",
            hint="Set keep_images, or use confidence, margin or disagreement.",
        )
