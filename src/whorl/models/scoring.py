"""Score a model on a frozen test subset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from whorl.base.errors import JsonValue, ModelError
from whorl.datasets.dql import Query
from whorl.datasets.revisions import load_dataset
from whorl.models import actions, queries
from whorl.models.bodies import predict_body
from whorl.models.finding_rows import add_findings
from whorl.models.findings import dump_findings, find_findings, load_findings
from whorl.models.folder import read_card
from whorl.models.outputs import (
    Outputs,
    collect_outputs,
    dump_outputs,
    join_outputs,
    label_names,
    score_outputs,
)
from whorl.models.training_set import LabelledItems, read_labelled, store_query
from whorl.models.types import Task
from whorl.models.workshop import Workshop
from whorl.schemas.records import Subset
from whorl.store.blobs import BlobStore, get_content, put_content

_BATCH_OF_MASKS = 64


@dataclass(frozen=True)
class Scored:
    """A model's score on the test subset of one revision, ready to be kept."""

    model_id: str
    dataset_id: str
    revision: int
    items_digest: str
    n_items: int
    metric_name: str
    metric: float | None
    metrics: dict[str, JsonValue]
    outputs_sha256: str
    query: dict[str, JsonValue]
    findings_sha256: str | None = None


def score_model(
    workshop: Workshop,
    model_id: str,
    *,
    dataset_id: str,
    revision: int | None = None,
    query: Query | None = None,
    tiling: Mapping[str, JsonValue] | None = None,
) -> Scored:
    """Predict the test subset in a worker process and score it; the outputs go to the blob store.

    Args:
        revision: Of the dataset; the present one when left out.
        query: Narrows the test subset.
        tiling: As ``Tiling``: the model looks at the images in tiles, and the stored query says so.

    Raises:
        ModelError: The test subset is empty, or the model failed on it.
        NotFound: There is no such model or dataset, or the model has no weights.
    """
    with workshop.db.read() as conn:
        model = queries.get_model(conn, model_id)
        at = load_dataset(conn, dataset_id).revision if revision is None else revision
        test = read_labelled(conn, dataset_id, revision=at, subset=Subset.TEST, query=query)
    if not test.items:
        raise ModelError(
            "the test subset is empty, so no model can be compared"
            if query is None
            else "no item of the test subset matches the query",
            hint="Give the test subset labelled items.",
        )
    outputs = _predict_test(workshop, workshop.model_folder(model_id), Task(model.task), test, tiling)
    score = workshop.call(score_outputs, outputs, _groups(test, outputs))
    findings = workshop.call(find_findings, outputs)
    return Scored(
        model_id=model_id,
        dataset_id=dataset_id,
        revision=at,
        items_digest=test.items_digest,
        n_items=len(test.items),
        metric_name=score.metric_name,
        metric=score.metric,
        metrics=score.metrics,
        outputs_sha256=put_content(workshop.blobs, dump_outputs(outputs)),
        query=store_query([Subset.TEST], query) | ({} if tiling is None else {"tiling": dict(tiling)}),
        findings_sha256=put_content(workshop.blobs, dump_findings(findings)),
    )


def _predict_test(
    workshop: Workshop, folder: Path, task: Task, test: LabelledItems, tiling: Mapping[str, JsonValue] | None
) -> Outputs:
    """A model's outputs on test items; label maps are counted batch by batch, since they are as large as images."""
    # The card has the labels that training met beyond those of the ontology.
    labels = label_names(task, read_card(folder).labels, test.truth)
    step = _BATCH_OF_MASKS if task.has_masks else len(test.items)
    parts = []
    for start in range(0, len(test.items), step):
        items, truth = test.items[start : start + step], test.truth[start : start + step]
        shas = [item.sha256 for item in items]
        cache = str(workshop.features_path)
        found = workshop.call(predict_body, str(folder), workshop.files(shas), shas, cache, tiling)
        parts.append(
            collect_outputs(
                task,
                labels,
                [item.id for item in items],
                truth,
                found,
                sizes=[(item.width, item.height) for item in items],
                is_checked_empty=[item.is_checked_empty for item in items],
            )
        )
    outputs = join_outputs(parts)
    if not outputs.items:
        wanted = "exactly one class" if task is Task.CLASSIFICATION else "a label"
        raise ModelError(
            f"no test item has {wanted}, so there is no right answer to compare with",
            hint="Label the items of the test subset.",
        )
    return outputs


def _groups(test: LabelledItems, outputs: Outputs) -> list[str]:
    """What the outputs' items are resampled with: their group, or alone."""
    by_id = {item.id: item.group_key for item in test.items}
    return [f"group {by_id[one]}" if by_id[one] is not None else one for one in outputs.items]


def record_score(
    conn: Connection,
    scored: Scored,
    *,
    blobs: BlobStore,
    actor_id: str,
    now: datetime,
    cause: str | None = None,
    evaluation_id: str | None = None,
) -> str:
    """Keep a score as an evaluation with its findings, and give its id."""
    made = actions.add_evaluation(
        conn,
        actions.NewEvaluation(
            model_id=scored.model_id,
            dataset_key=load_dataset(conn, scored.dataset_id).key,
            revision=scored.revision,
            items_digest=scored.items_digest,
            n_items=scored.n_items,
            metric_name=scored.metric_name,
            metric=scored.metric,
            metrics=scored.metrics,
            outputs_sha256=scored.outputs_sha256,
            query=scored.query,
        ),
        actor_id=actor_id,
        now=now,
        cause=cause,
        evaluation_id=evaluation_id,
    )
    if scored.findings_sha256 is not None:
        add_findings(conn, made, load_findings(get_content(blobs, scored.findings_sha256)))
    return made
