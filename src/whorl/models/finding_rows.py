"""Findings in the database: written with their evaluation, read for drawing and counted for the lens."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, select

from whorl.base.errors import NotFound
from whorl.datasets.dql import Query, format_text
from whorl.datasets.dql.ast import FindingMatch
from whorl.datasets.revisions import batches
from whorl.models.findings import Findings
from whorl.models.staleness import find_stale
from whorl.schemas.findings import EvaluationFacet, Finding, ItemFindings
from whorl.store.db.tables import dataset, evaluation, evaluation_finding, item, model

_ROWS = 20_000
_COLUMNS = ("evaluation_id", "item_key", "type", "truth", "predicted", "confidence", "iou", "bounds")
_NEWEST = 30


def add_findings(conn: Connection, evaluation_id: str, findings: Findings) -> int:
    """Write an evaluation's findings and give how many there are; items that are gone are left out."""
    keys = _find_keys(conn, findings)
    rows = [
        (evaluation_id, keys[row.at], *row[1:-1], None if row.bounds is None else json.dumps(row.bounds))
        for row in findings.rows()
        if row.at in keys
    ]
    # By label, as the index wants them: half the time of inserting them as they come.
    rows.sort(key=lambda row: (row[2], row[3] or "", row[4] or "", row[1]))
    sign = "?" if conn.dialect.name == "sqlite" else "%s"
    statement = f"INSERT INTO evaluation_finding ({', '.join(_COLUMNS)}) VALUES ({', '.join([sign] * len(_COLUMNS))})"
    for some in batches(rows, _ROWS):
        conn.exec_driver_sql(statement, list(some))
    return len(rows)


def list_findings(conn: Connection, item_id: str, *, evaluation_id: str) -> list[Finding]:
    """What an evaluation found on one item, surest first, what was missed last.

    Raises:
        NotFound: There is no such evaluation.
    """
    if conn.execute(select(evaluation.c.id).where(evaluation.c.id == evaluation_id)).first() is None:
        raise NotFound(f"no such evaluation: {evaluation_id}")
    found = (
        select(evaluation_finding)
        .join(item, item.c.key == evaluation_finding.c.item_key)
        .where(item.c.id == item_id, evaluation_finding.c.evaluation_id == evaluation_id)
        .order_by(func.coalesce(evaluation_finding.c.confidence, -1.0).desc(), evaluation_finding.c.key)
    )
    names = Finding.model_fields
    return [Finding(**{name: row[name] for name in names}) for row in conn.execute(found).mappings()]


def list_item_findings(conn: Connection, evaluation_id: str, item_ids: Sequence[str]) -> list[ItemFindings]:
    """What an evaluation found on each of some items, in their order; items without a finding are left out."""
    size = (item.c.id.label("item_id"), item.c.width, item.c.height)
    found = (
        select(evaluation_finding, *size)
        .join(item, item.c.key == evaluation_finding.c.item_key)
        .where(item.c.id.in_(list(item_ids)), evaluation_finding.c.evaluation_id == evaluation_id)
        .order_by(func.coalesce(evaluation_finding.c.confidence, -1.0).desc(), evaluation_finding.c.key)
    )
    names = Finding.model_fields
    read: dict[str, ItemFindings] = {}
    for row in conn.execute(found).mappings():
        empty = ItemFindings(item_id=row["item_id"], width=row["width"], height=row["height"], findings=[])
        read.setdefault(row["item_id"], empty).findings.append(Finding(**{name: row[name] for name in names}))
    return [read[one] for one in dict.fromkeys(item_ids) if one in read]


def list_evaluation_facets(conn: Connection, dataset_id: str, *, limit: int = _NEWEST) -> list[EvaluationFacet]:
    """The newest evaluations on a dataset with how many findings of each type they have, newest first."""
    mine = (
        select(evaluation, model.c.name.label("model_name"))
        .join(model, model.c.id == evaluation.c.model_id)
        .join(dataset, dataset.c.key == evaluation.c.dataset_key)
        .where(dataset.c.id == dataset_id)
        .order_by(evaluation.c.id.desc())
        .limit(limit)
    )
    rows = list(conn.execute(mine).mappings())
    stale = find_stale(conn, [row["id"] for row in rows])
    return [
        EvaluationFacet(
            evaluation_id=row["id"],
            model_id=row["model_id"],
            model_name=row["model_name"],
            revision=row["revision"],
            n_items=row["n_items"],
            metric_name=row["metric_name"],
            metric=row["metric"],
            is_stale=row["id"] in stale,
            created_at=row["created_at"],
            counts=_count_types(conn, row["id"]),
            chip=format_text(Query(where=FindingMatch(row["id"]))),
        )
        for row in rows
    ]


def _count_types(conn: Connection, evaluation_id: str) -> Mapping[str, int]:
    found = (
        select(evaluation_finding.c.type, func.count())
        .where(evaluation_finding.c.evaluation_id == evaluation_id)
        .group_by(evaluation_finding.c.type)
    )
    return {kind: int(count) for kind, count in conn.execute(found)}


def _find_keys(conn: Connection, findings: Findings) -> dict[int, int]:
    """Map positions in the findings' items to the items' keys."""
    place = {item_id: at for at, item_id in enumerate(findings.items)}
    found: dict[int, int] = {}
    for some in batches(list(findings.items)):
        for item_id, key in conn.execute(select(item.c.id, item.c.key).where(item.c.id.in_(some))):
            found[place[item_id]] = key
    return found
