"""An evaluation's report, read from its kept outputs and the pinned revision of its dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from whorl.models import queries
from whorl.models.evaluation.thresholds import Prices
from whorl.models.outputs import Outputs, load_outputs
from whorl.models.reporting import NamedSlice, build_report, build_thresholds
from whorl.models.slices import read_items, read_slices
from whorl.schemas.datasets import Item
from whorl.schemas.evaluations import EvaluationReport, ThresholdReport
from whorl.schemas.models import Evaluation
from whorl.store.blobs import BlobStore, get_content
from whorl.store.db import Database


def read_report(db: Database, blobs: BlobStore, evaluation_id: str, *, slices: Sequence[str] = ()) -> EvaluationReport:
    """Everything that an evaluation says; ``slices`` as ``read_slices`` takes them.

    Raises:
        NotFound: There is no such evaluation.
        ModelError: Its outputs cannot be read.
        InvalidInput: A slice is none.
        QueryError: A slice's query or field does not parse.
    """
    with db.read() as conn:
        evaluation = queries.get_evaluation(conn, evaluation_id)
        task = queries.get_model(conn, evaluation.model_id).task
        outputs = _outputs(conn, blobs, evaluation_id)
        items = read_items(conn, outputs.items, revision=evaluation.revision)
        named: list[NamedSlice] = read_slices(conn, evaluation.dataset_id, items, slices, revision=evaluation.revision)
    return build_report(evaluation, task, outputs, groups=_groups(outputs, items), slices=named)


def read_thresholds(db: Database, blobs: BlobStore, evaluation_id: str, prices: Prices) -> ThresholdReport:
    """Costs by confidence threshold.

    Raises:
        NotFound: There is no such evaluation.
        ModelError: Its outputs cannot be read.
        InvalidInput: Its answers have no confidence, or the prices are none.
    """
    with db.read() as conn:
        evaluation: Evaluation = queries.get_evaluation(conn, evaluation_id)
        outputs = _outputs(conn, blobs, evaluation_id)
        items = read_items(conn, outputs.items, revision=evaluation.revision)
    return build_thresholds(evaluation, outputs, prices, groups=_groups(outputs, items))


def _outputs(conn: Connection, blobs: BlobStore, evaluation_id: str) -> Outputs:
    return load_outputs(get_content(blobs, queries.get_outputs_sha256(conn, evaluation_id)))


def _groups(outputs: Outputs, items: Mapping[str, Item]) -> list[str]:
    """What the outputs' items are resampled with: their group, or alone."""
    keys = [items[one].group_key if one in items else None for one in outputs.items]
    return [one if key is None else f"group {key}" for one, key in zip(outputs.items, keys, strict=True)]
