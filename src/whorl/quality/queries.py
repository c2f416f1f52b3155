"""Reads of scans for duplicates, of what they found, and of what a scan looks at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, RowMapping, Select, and_, func, or_, select

from whorl.base.errors import JsonValue, NotFound, UnreadableMedia
from whorl.datasets.queries import find_item
from whorl.datasets.revisions import batches, load_dataset
from whorl.datasets.rules import check_limit, decode_cursor, encode_cursor
from whorl.engine.jobs import list_jobs
from whorl.schemas.annotations import Layer
from whorl.schemas.records import Subset
from whorl.schemas.selecting import DuplicateGroup, DuplicateMember, DuplicateScan, HealthReport
from whorl.schemas.wire import Page
from whorl.store.db.tables import annotation, blob, dataset, duplicate_member, duplicate_scan, item, item_state
from whorl.store.db.types import ALIVE

if TYPE_CHECKING:
    from whorl.quality.duplicates.ranking import Candidate

_SOURCE_FIELDS = ("source", "camera")
_IMPORTS = 100
_HINT = "List them with `whorl dedupe --list`."


def get_scan(conn: Connection, scan_id: str) -> DuplicateScan:
    """One scan.

    Raises:
        NotFound: There is none with this id.
    """
    row = conn.execute(_scans().where(duplicate_scan.c.id == scan_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no such scan for duplicates: {scan_id[:60]}", hint=_HINT)
    return _wire(row)


def get_scan_key(conn: Connection, scan_id: str) -> int:
    """The integer key of a scan.

    Raises:
        NotFound: There is none with this id.
    """
    key = conn.execute(select(duplicate_scan.c.key).where(duplicate_scan.c.id == scan_id)).scalar_one_or_none()
    if key is None:
        raise NotFound(f"no such scan for duplicates: {scan_id[:60]}", hint=_HINT)
    return int(key)


def list_scans(
    conn: Connection, dataset_id: str, *, cursor: str | None = None, limit: int = 100
) -> Page[DuplicateScan]:
    """The scans of a dataset, newest first."""
    check_limit(limit)
    found = _scans().where(dataset.c.id == dataset_id).order_by(duplicate_scan.c.key.desc()).limit(limit + 1)
    if cursor is not None:
        found = found.where(duplicate_scan.c.key < decode_cursor(cursor))
    rows = list(conn.execute(found).mappings())
    more = encode_cursor(rows[limit - 1]["key"]) if len(rows) > limit else None
    return Page[DuplicateScan](items=[_wire(row) for row in rows[:limit]], next_cursor=more)


def list_groups(conn: Connection, scan_id: str, *, cursor: str | None = None, limit: int = 50) -> Page[DuplicateGroup]:
    """The groups that a scan found, the largest first, as their items stand now.

    Items that went since are left out, and so is a group of which fewer than two items are left.

    Raises:
        NotFound: There is no such scan.
    """
    check_limit(limit)
    key = get_scan_key(conn, scan_id)
    numbers = (
        select(duplicate_member.c.group_no)
        .join(item, and_(item.c.key == duplicate_member.c.item_key, item.c.died_rev == ALIVE))
        .where(duplicate_member.c.scan_key == key, duplicate_member.c.group_no > decode_cursor(cursor))
        .group_by(duplicate_member.c.group_no)
        .having(func.count() > 1)
        .order_by(duplicate_member.c.group_no)
        .limit(limit + 1)
    )
    wanted = [int(number) for number in conn.execute(numbers).scalars()]
    members = read_members(conn, key, wanted[:limit])
    found = [_group(number, [one for one in members if one.group_no == number]) for number in wanted[:limit]]
    more = encode_cursor(wanted[limit - 1]) if len(wanted) > limit else None
    return Page[DuplicateGroup](items=found, next_cursor=more)


# Any: the columns of a row are typed by its tables, not in Python.
def read_members(conn: Connection, scan_key: int, numbers: Sequence[int] | None = None) -> list[Any]:
    """The members of a scan's groups that stand now, by group, the one that is kept first.

    Args:
        numbers: Of the groups; all when left out.
    """
    columns = (
        duplicate_member.c.group_no,
        duplicate_member.c.kind,
        duplicate_member.c.distance,
        duplicate_member.c.is_kept,
        item.c.key,
        item.c.id,
        item.c.name,
        item.c.width,
        item.c.height,
        item.c.bytes,
        item_state.c.subset,
        has_truth().label("has_truth"),
    )
    query = (
        select(*columns)
        .join(item, and_(item.c.key == duplicate_member.c.item_key, item.c.died_rev == ALIVE))
        .join(item_state, and_(item_state.c.item_key == item.c.key, item_state.c.died_rev == ALIVE))
        .where(duplicate_member.c.scan_key == scan_key)
        .order_by(duplicate_member.c.group_no, duplicate_member.c.is_kept.desc(), duplicate_member.c.key)
    )
    if numbers is None:
        return list(conn.execute(query))
    found: list[Any] = []
    for some in batches(list(numbers)):
        found += conn.execute(query.where(duplicate_member.c.group_no.in_(some)))
    return found


def read_candidates(conn: Connection, item_keys: Sequence[int]) -> list[Candidate]:
    """What a scan looks at, of items by integer key, in the order given; those that went are left out."""
    # Late: the module brings numpy.
    from whorl.quality.duplicates.ranking import Candidate  # noqa: PLC0415

    found: dict[int, Candidate] = {}
    for some in batches(list(item_keys)):
        for row in conn.execute(_candidates().where(item.c.key.in_(some))):
            found[row.key] = Candidate(
                key=row.key,
                sha256=row.sha256,
                name=row.name,
                media_type=row.media_type,
                width=row.width,
                height=row.height,
                bytes=row.bytes,
                sharpness=float(row.health.get("sharpness", 0.0)),
                subset=row.subset,
                group_key=row.group_key,
                has_truth=bool(row.has_truth),
                metadata=row.metadata,
                picture_hash=None if row.picture_hash is None else row.picture_hash % 2**64,
            )
    return [found[key] for key in item_keys if key in found]


# Any: as above.
def has_truth() -> Any:
    """The condition that an item has ground truth, or was checked to hold nothing; beside ``item_state``."""
    truth = select(annotation.c.key).where(
        annotation.c.item_key == item.c.key,
        annotation.c.died_rev == ALIVE,
        annotation.c.layer == Layer.TRUTH.value,
    )
    return or_(truth.correlate(item).exists(), item_state.c.is_checked_empty.is_(True))


def is_leak(subsets: Sequence[str | None]) -> bool:
    """Whether what is trained on and what is tested on are the same scene."""
    return Subset.TRAIN in subsets and Subset.TEST in subsets


def read_health(conn: Connection, dataset_id: str) -> HealthReport:
    """What is wrong with the images of a dataset, as it stands now.

    Raises:
        NotFound: There is no such dataset.
    """
    # Late: the module brings numpy.
    from whorl.quality.health import Measured, find_issues  # noqa: PLC0415

    row = load_dataset(conn, dataset_id)
    query = (
        select(item.c.id, item.c.width, item.c.height, item.c.health, item_state.c.metadata)
        .join(item_state, and_(item_state.c.item_key == item.c.key, item_state.c.died_rev == ALIVE))
        .where(item.c.dataset_key == row.key, item.c.died_rev == ALIVE)
        .where(or_(item.c.media_type.startswith("image/"), item.c.media_type.startswith("video/")))
        .order_by(item.c.key)
    )
    rows = conn.execute(query).all()
    source = _source_field([one.metadata for one in rows])
    images = [
        Measured(
            item_id=one.id,
            width=one.width,
            height=one.height,
            brightness=one.health.get("brightness"),
            contrast=one.health.get("contrast"),
            sharpness=one.health.get("sharpness"),
            source=None if source is None else _text(one.metadata.get(source)),
        )
        for one in rows
    ]
    issues = find_issues(
        images,
        refused=_refused(conn, row.project_id, dataset_id),
        source_field=None if source is None else f"metadata.{source}",
    )
    return HealthReport(dataset_id=dataset_id, n_items=len(images), issues=issues)


def _source_field(metadata: Sequence[Mapping[str, JsonValue]]) -> str | None:
    """The metadata field that says where most images come from."""
    for name in _SOURCE_FIELDS:
        if metadata and 2 * sum(isinstance(one.get(name), str) for one in metadata) >= len(metadata):
            return name
    return None


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None


def _refused(conn: Connection, project_id: str, dataset_id: str) -> list[str]:
    """Names of files that this dataset's imports refused since they do not decode, and that never came in since."""
    names: dict[str, None] = {}
    for one in list_jobs(conn, project_id=project_id, kind="import", limit=_IMPORTS):
        issues = one.result.get("issues")
        if one.params.get("dataset_id") != dataset_id or not isinstance(issues, list):
            continue
        for issue in issues:
            if isinstance(issue, dict) and issue.get("code") == UnreadableMedia.code:
                names[str(issue.get("where"))] = None
    return [name for name in names if find_item(conn, dataset_id, name) is None]


def _candidates() -> Select[Any]:
    return (
        select(
            item.c.key,
            item.c.sha256,
            item.c.name,
            item.c.media_type,
            item.c.width,
            item.c.height,
            item.c.bytes,
            item.c.health,
            item_state.c.subset,
            item_state.c.group_key,
            item_state.c.metadata,
            blob.c.picture_hash,
            has_truth().label("has_truth"),
        )
        .join(item_state, and_(item_state.c.item_key == item.c.key, item_state.c.died_rev == ALIVE))
        .join(blob, blob.c.sha256 == item.c.sha256, isouter=True)
        .where(item.c.died_rev == ALIVE)
    )


# Any: as above.
def _group(number: int, members: Sequence[Any]) -> DuplicateGroup:
    return DuplicateGroup(
        number=number,
        members=[
            DuplicateMember(
                item_id=one.id,
                name=one.name,
                width=one.width,
                height=one.height,
                bytes=one.bytes,
                subset=one.subset,
                kind=one.kind,
                distance=one.distance,
                is_kept=one.is_kept,
                has_truth=bool(one.has_truth),
            )
            for one in members
        ],
        crosses_subsets=is_leak([one.subset for one in members]),
    )


def _scans() -> Select[Any]:
    return select(duplicate_scan, dataset.c.id.label("dataset_id")).join(
        dataset, dataset.c.key == duplicate_scan.c.dataset_key
    )


def _wire(row: RowMapping) -> DuplicateScan:
    facts = {name: row[name] for name in ("id", "dataset_id", "revision", "params", "author_id", "created_at")}
    return DuplicateScan(**facts, **row["summary"])
