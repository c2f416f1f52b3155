"""Where an item came from and what was made of it: a read over the tables of several rooms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from whorl.base.errors import NotFound, QueryError
from whorl.datasets.dql import Query, compile_query
from whorl.datasets.dql.ast import Compare, Field, Op, all_of
from whorl.datasets.revisions import standing
from whorl.datasets.sources import author_names
from whorl.schemas.annotations import Layer
from whorl.schemas.explorer import (
    ItemLineage,
    LineageCopy,
    LineageImport,
    LineageModel,
    LineagePredictions,
    LineageSnapshot,
    LineageTask,
)
from whorl.schemas.records import Subset
from whorl.store.db.tables import (
    annotation,
    dataset,
    item,
    model,
    revision,
    snapshot,
    source_file,
    task,
    task_item,
)

MAX_MODELS = 50
MAX_COPIES = 50
MAX_SOURCES = 200

# Any: the columns of a row are typed by its table, not in Python.
_AnyRow = Row[Any]


def read_lineage(conn: Connection, item_id: str) -> ItemLineage:
    """Where an item came from, who worked on it, what models say of it, and which were trained on it or a copy.

    Looks at the newest fifty models and copies.

    Raises:
        NotFound: There never was such an item.
    """
    owner = (dataset.c.project_id, dataset.c.id.label("dataset_id"), dataset.c.name.label("dataset_name"))
    query = select(item, *owner).join(dataset, dataset.c.key == item.c.dataset_key)
    row = conn.execute(query.where(item.c.id == item_id)).first()
    if row is None:
        raise NotFound(f"no item with id {item_id}")
    same = (item.c.sha256 == row.sha256, item.c.key != row.key, dataset.c.project_id == row.project_id)
    copies = conn.execute(query.where(*same, standing(item, None)).order_by(item.c.key.desc()).limit(MAX_COPIES)).all()
    return ItemLineage(
        imports=_imports(conn, row),
        tasks=_tasks(conn, row),
        predictions=_predictions(conn, row),
        models=_models(conn, [row, *copies]),
        snapshots=_snapshots(conn, row),
        copies=[
            LineageCopy(item_id=one.id, name=one.name, dataset_id=one.dataset_id, dataset_name=one.dataset_name)
            for one in copies
        ],
    )


def _imports(conn: Connection, row: _AnyRow) -> list[LineageImport]:
    found: list[LineageImport] = []
    # The table is indexed by dataset, source and name: one step in the index per source, and one to the name.
    sources = select(func.min(source_file.c.source)).where(source_file.c.dataset_key == row.dataset_key)
    source = conn.execute(sources).scalar()
    for _ in range(MAX_SOURCES):
        if source is None:
            break
        mine = (source_file.c.dataset_key == row.dataset_key, source_file.c.source == source)
        query = select(source_file).where(*mine, source_file.c.name == row.name, source_file.c.item_key == row.key)
        found += [LineageImport(source=one.source, name=one.name, bytes=one.bytes) for one in conn.execute(query)]
        source = conn.execute(sources.where(source_file.c.source > source)).scalar()
    return found


def _tasks(conn: Connection, row: _AnyRow) -> list[LineageTask]:
    columns = (
        task.c.id,
        task.c.name,
        task.c.kind,
        task_item.c.status,
        task_item.c.submitted_by,
        task_item.c.reviewed_by,
    )
    query = select(*columns).join(task, task.c.key == task_item.c.task_key)
    # Tasks first: their items are indexed by task and item.
    query = query.where(task.c.project_id == row.project_id, task_item.c.item_key == row.key)
    found = conn.execute(query.order_by(task_item.c.key)).all()
    people = {one for entry in found for one in (entry.submitted_by, entry.reviewed_by) if one is not None}
    names = author_names(conn, sorted(people))
    return [
        LineageTask(
            task_id=one.id,
            name=one.name,
            kind=one.kind,
            status=one.status,
            submitted_by=one.submitted_by,
            submitted_by_name=names.get(one.submitted_by or ""),
            reviewed_by=one.reviewed_by,
            reviewed_by_name=names.get(one.reviewed_by or ""),
        )
        for one in found
    ]


def _predictions(conn: Connection, row: _AnyRow) -> list[LineagePredictions]:
    latest = func.max(annotation.c.born_rev).label("revision")
    query = select(annotation.c.author_id, func.count().label("n"), latest).where(
        annotation.c.item_key == row.key, standing(annotation, None), annotation.c.layer == Layer.PREDICTION.value
    )
    found = conn.execute(query.group_by(annotation.c.author_id).order_by(latest.desc(), annotation.c.author_id)).all()
    names = author_names(conn, [one.author_id for one in found])
    numbers = [one.revision for one in found]
    dated = select(revision.c.revision, revision.c.at).where(
        revision.c.dataset_key == row.dataset_key, revision.c.revision.in_(numbers)
    )
    times = {number: at for number, at in conn.execute(dated)}
    return [
        LineagePredictions(
            model_id=one.author_id,
            model_name=names.get(one.author_id, one.author_id),
            annotations=one.n,
            revision=one.revision,
            at=times[one.revision],
        )
        for one in found
    ]


def _models(conn: Connection, rows: Sequence[_AnyRow]) -> list[LineageModel]:
    """The trained models whose query at their revision found one of the items, with ground truth, in their data."""
    by_dataset: dict[int, list[_AnyRow]] = {}
    for row in rows:
        by_dataset.setdefault(row.dataset_key, []).append(row)
    trained = (model.c.dataset_key.in_(list(by_dataset)), model.c.status == "trained", model.c.revision.is_not(None))
    query = select(model).where(*trained).order_by(model.c.id.desc()).limit(MAX_MODELS)
    found: list[LineageModel] = []
    for one in conn.execute(query).all():
        for row in by_dataset[one.dataset_key]:
            subset = _used_as(conn, one, row)
            if subset is not None:
                found.append(
                    LineageModel(
                        model_id=one.id,
                        name=one.name,
                        subset=subset,
                        dataset_id=row.dataset_id,
                        revision=one.revision,
                        trained_at=one.trained_at,
                    )
                )
                break
    return found


def _used_as(conn: Connection, trained: _AnyRow, row: _AnyRow) -> str | None:
    """The subset as which an item was among a model's data, or None."""
    # Late: models bring numpy, which the server does not need at its start.
    from whorl.models.training_set import stored_query

    for subset in (Subset.TRAIN, Subset.VALIDATION):
        try:
            asked = stored_query(trained.query, subset) or Query()
        except QueryError:
            continue
        labelled = Compare(Field("annotated"), Op.EQ, value=True)
        learnt = Compare(Field("subset"), Op.EQ, subset.value)
        wanted = Query(where=all_of([asked.where, labelled, learnt]))
        compiled = compile_query(wanted, dataset_key=row.dataset_key, as_of=trained.revision)
        if conn.execute(compiled.select_keys(None, within=(row.key, row.key))).first() is not None:
            return subset.value
    return None


def _snapshots(conn: Connection, row: _AnyRow) -> list[LineageSnapshot]:
    held = (snapshot.c.revision >= row.born_rev, snapshot.c.revision < row.died_rev)
    query = select(snapshot).where(snapshot.c.dataset_key == row.dataset_key, *held)
    return [
        LineageSnapshot(snapshot_id=one.id, name=one.name, revision=one.revision)
        for one in conn.execute(query.order_by(snapshot.c.revision, snapshot.c.id))
    ]
