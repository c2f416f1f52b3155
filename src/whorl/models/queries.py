"""Reads of models, evaluations and comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, case, func, select

from whorl.base.errors import ModelError, NotFound
from whorl.models.staleness import find_stale
from whorl.schemas.comparing import ModelVerdict
from whorl.schemas.models import Comparison, Evaluation, Model
from whorl.schemas.wire import Page
from whorl.store.db.tables import annotation, comparison, dataset, evaluation, model
from whorl.store.db.types import ALIVE


def get_model(conn: Connection, model_id: str) -> Model:
    """One model.

    Raises:
        NotFound: There is none with this id.
    """
    found = (
        select(model, dataset.c.id.label("dataset_id"))
        .outerjoin(dataset, dataset.c.key == model.c.dataset_key)
        .where(model.c.id == model_id)
    )
    row = conn.execute(found).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no such model: {model_id}", hint="List them with `whorl models list`.")
    return _models_of(conn, [row])[0]


def list_models(
    conn: Connection, *, project_id: str, cursor: str | None = None, limit: int = 100, assistants: bool = False
) -> Page[Model]:
    """A project's models, newest first; those that only help with one labelling task where ``assistants`` asks so."""
    found = (
        select(model, dataset.c.id.label("dataset_id"))
        .outerjoin(dataset, dataset.c.key == model.c.dataset_key)
        .where(model.c.project_id == project_id)
        .order_by(model.c.id.desc())
        .limit(limit + 1)
    )
    if not assistants:
        found = found.where(model.c.assistant_id.is_(None))
    if cursor is not None:
        found = found.where(model.c.id < cursor)
    rows = list(conn.execute(found).mappings())
    return Page(items=_models_of(conn, rows[:limit]), next_cursor=rows[limit - 1]["id"] if len(rows) > limit else None)


def get_model_folder(conn: Connection, model_id: str) -> str:
    """The name of a trained model's folder below the models folder.

    Raises:
        NotFound: There is no such model, or it was never trained.
    """
    folder = conn.execute(select(model.c.folder).where(model.c.id == model_id)).scalar_one_or_none()
    if folder is None:
        raise NotFound(f"model {model_id} has no weights", hint="It was not trained, or its training failed.")
    return str(folder)


def get_model_pack(conn: Connection, model_id: str) -> tuple[str, str | None]:
    """The name of a trained model's folder, and the blob that lists its files (None before there were packs).

    Raises:
        NotFound: There is no such model, or it was never trained.
    """
    name = get_model_folder(conn, model_id)
    return name, conn.execute(select(model.c.pack_sha256).where(model.c.id == model_id)).scalar_one()


def get_evaluation(conn: Connection, evaluation_id: str) -> Evaluation:
    """One evaluation.

    Raises:
        NotFound: There is none with this id.
    """
    return _evaluations_of(conn, [_evaluation_row(conn, evaluation_id)])[0]


def get_outputs_sha256(conn: Connection, evaluation_id: str) -> str:
    """The blob that holds an evaluation's per-item predictions and truth."""
    return str(_evaluation_row(conn, evaluation_id)["outputs_sha256"])


def get_outputs_of(conn: Connection, *, model_id: str, items_digest: str) -> str:
    """The blob with a model's newest outputs on these very items.

    Raises:
        NotFound: It was never evaluated on them.
    """
    found = (
        select(evaluation.c.outputs_sha256)
        .where(evaluation.c.model_id == model_id, evaluation.c.items_digest == items_digest)
        .order_by(evaluation.c.id.desc())
        .limit(1)
    )
    sha256 = conn.execute(found).scalar_one_or_none()
    if sha256 is None:
        raise NotFound(f"model {model_id} was not evaluated on these items", hint="Compare the models again.")
    return str(sha256)


def find_evaluation_of(conn: Connection, compared: Comparison, *, model_id: str) -> str:
    """The newest evaluation of a model that a comparison may rest on: of these items at this revision.

    Raises:
        NotFound: There is none.
    """
    found = (
        select(evaluation.c.id)
        .where(
            evaluation.c.model_id == model_id,
            evaluation.c.items_digest == compared.items_digest,
            evaluation.c.revision == compared.revision,
        )
        .order_by(evaluation.c.id.desc())
        .limit(1)
    )
    found_id = conn.execute(found).scalar_one_or_none()
    if found_id is None:
        raise NotFound(f"model {model_id} was not evaluated on these items", hint="Compare the models again.")
    return str(found_id)


def check_may_serve(conn: Connection, model_id: str) -> None:
    """Let a model that was evaluated, or whose weights are as trained, serve.

    Raises:
        NotFound: There is no such model.
        ModelError: It is a variant that nobody has evaluated.
    """
    held = get_model(conn, model_id)
    if held.variant is None:
        return
    found = select(evaluation.c.id).where(evaluation.c.model_id == model_id).limit(1)
    if conn.execute(found).first() is None:
        raise ModelError(
            f"model {held.name!r} is a variant ({held.variant}) that was never evaluated",
            hint=f"Other digits may give other answers: whorl evaluate {model_id}",
        )


def list_evaluations(conn: Connection, *, model_id: str) -> list[Evaluation]:
    """A model's evaluations, oldest first."""
    found = _evaluations().where(evaluation.c.model_id == model_id).order_by(evaluation.c.id)
    return _evaluations_of(conn, list(conn.execute(found).mappings()))


def list_evaluation_page(
    conn: Connection,
    *,
    project_id: str,
    model_id: str | None = None,
    dataset_id: str | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> Page[Evaluation]:
    """A project's evaluations, newest first; of one model or on one dataset when it is named."""
    found = _evaluations().where(evaluation.c.project_id == project_id).order_by(evaluation.c.id.desc())
    if model_id is not None:
        found = found.where(evaluation.c.model_id == model_id)
    if dataset_id is not None:
        found = found.where(dataset.c.id == dataset_id)
    if cursor is not None:
        found = found.where(evaluation.c.id < cursor)
    rows = list(conn.execute(found.limit(limit + 1)).mappings())
    return Page(
        items=_evaluations_of(conn, rows[:limit]),
        next_cursor=rows[limit - 1]["id"] if len(rows) > limit else None,
    )


def get_comparison(conn: Connection, comparison_id: str) -> Comparison:
    """One comparison.

    Raises:
        NotFound: There is none with this id.
    """
    row = conn.execute(_comparisons().where(comparison.c.id == comparison_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no such comparison: {comparison_id}")
    return _comparison(row)


def list_comparisons(conn: Connection, *, project_id: str) -> list[Comparison]:
    """A project's comparisons, oldest first."""
    found = _comparisons().where(comparison.c.project_id == project_id).order_by(comparison.c.id)
    return [_comparison(row) for row in conn.execute(found).mappings()]


def find_whole_evaluation(conn: Connection, *, model_id: str, dataset_id: str, revision: int) -> Evaluation | None:
    """A model's newest evaluation on the whole test subset of a revision, image by image at once, or None."""
    found = _evaluations().where(
        evaluation.c.model_id == model_id, dataset.c.id == dataset_id, evaluation.c.revision == revision
    )
    for row in conn.execute(found.order_by(evaluation.c.id.desc())).mappings():
        if "filter" not in row["query"] and "tiling" not in row["query"]:
            return _evaluations_of(conn, [row])[0]
    return None


def list_comparison_page(
    conn: Connection, *, project_id: str, cursor: str | None = None, limit: int = 100
) -> Page[Comparison]:
    """A project's comparisons, newest first."""
    found = _comparisons().where(comparison.c.project_id == project_id).order_by(comparison.c.id.desc())
    if cursor is not None:
        found = found.where(comparison.c.id < cursor)
    rows = list(conn.execute(found.limit(limit + 1)).mappings())
    return Page(
        items=[_comparison(row) for row in rows[:limit]],
        next_cursor=rows[limit - 1]["id"] if len(rows) > limit else None,
    )


def count_truth_kinds(conn: Connection, dataset_id: str) -> dict[str, int]:
    """How many standing annotations of the ground truth are of each kind, such as class or box."""
    found = (
        select(annotation.c.kind, func.count())
        .join(dataset, dataset.c.key == annotation.c.dataset_key)
        .where(dataset.c.id == dataset_id, annotation.c.died_rev == ALIVE, annotation.c.layer == "truth")
        .group_by(annotation.c.kind)
    )
    return {kind: int(count) for kind, count in conn.execute(found)}


def share_of_several_classes(conn: Connection, dataset_id: str) -> float:
    """Of the items with a class in the ground truth, the share that has more than one; 0 without any."""
    per_item = (
        _truth_of(dataset_id, ("class",))
        .with_only_columns(func.count(annotation.c.label.distinct()).label("classes"))
        .group_by(annotation.c.item_key)
        .subquery()
    )
    total, several = conn.execute(
        select(func.count(), func.sum(case((per_item.c.classes > 1, 1), else_=0))).select_from(per_item)
    ).one()
    return float(several or 0) / total if total else 0.0


def is_one_outline_each(conn: Connection, dataset_id: str) -> bool:
    """Whether no item of the ground truth has two outlines of one label, as when pixels were labelled, not objects."""
    twice = (
        _truth_of(dataset_id, ("mask", "polygon", "rotated_box"))
        .with_only_columns(annotation.c.item_key)
        .group_by(annotation.c.item_key, annotation.c.label)
        .having(func.count() > 1)
        .limit(1)
    )
    return conn.execute(twice).first() is None


def count_comparisons(conn: Connection, *, items_digest: str) -> int:
    """How often these very test items have decided between models: their wear."""
    found = select(func.count()).where(comparison.c.items_digest == items_digest)
    return int(conn.execute(found).scalar_one())


def _evaluation_row(conn: Connection, evaluation_id: str) -> RowMapping:
    row = conn.execute(_evaluations().where(evaluation.c.id == evaluation_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no such evaluation: {evaluation_id}")
    return row


# Any: SQLAlchemy types a select by its columns, and a table's columns are not known to it.
def _truth_of(dataset_id: str, kinds: Sequence[str]) -> Select[Any]:
    return (
        select(annotation)
        .join(dataset, dataset.c.key == annotation.c.dataset_key)
        .where(
            dataset.c.id == dataset_id,
            annotation.c.died_rev == ALIVE,
            annotation.c.layer == "truth",
            annotation.c.kind.in_(kinds),
        )
    )


# Any: as above.
def _evaluations() -> Select[Any]:
    return select(evaluation, dataset.c.id.label("dataset_id")).join(dataset, dataset.c.key == evaluation.c.dataset_key)


# Any: as above.
def _comparisons() -> Select[Any]:
    return select(comparison, dataset.c.id.label("dataset_id")).join(dataset, dataset.c.key == comparison.c.dataset_key)


def _models_of(conn: Connection, rows: Sequence[RowMapping]) -> list[Model]:
    verdicts = _verdicts(conn, [row["id"] for row in rows])
    columns = [name for name in Model.model_fields if name != "verdict"]
    return [Model(**{name: row[name] for name in columns}, verdict=verdicts.get(row["id"])) for row in rows]


def _verdicts(conn: Connection, model_ids: Sequence[str]) -> dict[str, ModelVerdict]:
    """What the newest comparison of each said, of those that were a challenger."""
    newest = (
        select(func.max(comparison.c.id))
        .where(comparison.c.challenger_id.in_(list(model_ids)))
        .group_by(comparison.c.challenger_id)
    )
    found = select(comparison.c.id, comparison.c.challenger_id, comparison.c.decision, comparison.c.numbers)
    return {
        row.challenger_id: ModelVerdict(
            comparison_id=row.id, decision=row.decision, reason=str((row.numbers.get("reasons") or [""])[0])
        )
        for row in conn.execute(found.where(comparison.c.id.in_(newest)))
    }


def _evaluations_of(conn: Connection, rows: Sequence[RowMapping]) -> list[Evaluation]:
    stale = find_stale(conn, [row["id"] for row in rows])
    return [
        Evaluation(**{name: row[name] for name in Evaluation.model_fields} | {"is_stale": row["id"] in stale})
        for row in rows
    ]


def _comparison(row: RowMapping) -> Comparison:
    return Comparison(**{name: row[name] for name in Comparison.model_fields})
