"""How many labels a project saved against its control arm, from the stored outputs of both arms' models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, select

from whorl.base.errors import InvalidInput
from whorl.models.evaluation.detection import match_objects
from whorl.models.outputs import ClassOutputs, ObjectOutputs, Outputs, load_outputs, take_outputs
from whorl.pipelines.arms import Arm, list_arms
from whorl.schemas.overview import OverviewSaving
from whorl.selection.savings import LabelSaving, LearningCurve, labels_saved
from whorl.store.blobs import BlobStore, get_content
from whorl.store.db.tables import comparison, dataset, evaluation, item, model

_MANY_IDS = 500


@dataclass(frozen=True, slots=True)
class ArmRound:
    """One round of an arm: labels its challenger learned from, and the blob of what it said on the test items."""

    comparison_id: str
    labels: int
    outputs_sha256: str


@dataclass(frozen=True, slots=True)
class SavingBasis:
    """What a saving is computed from: the rounds of the arm that chooses and of the one that draws at random."""

    strategy: str
    chosen: tuple[ArmRound, ...]
    drawn: tuple[ArmRound, ...]

    @property
    def key(self) -> tuple[str, ...]:
        """Names this basis; the same comparisons always give the same saving."""
        return tuple(one.comparison_id for one in (*self.chosen, *self.drawn))


def find_saving_basis(conn: Connection, project_id: str) -> SavingBasis | None:
    """Find a project's two arms and the rounds that both have finished; None without a control arm or a round."""
    arms = list_arms(conn, project_id)
    control = next((arm for arm in arms if arm.is_control), None)
    strategy = next((arm for arm in arms if not arm.is_control and arm.strategy), None)
    if control is None or strategy is None:
        return None
    chosen, drawn = _read_rounds(conn, strategy), _read_rounds(conn, control)
    n_rounds = min(len(chosen), len(drawn))
    if n_rounds == 0:
        return None
    return SavingBasis(str(strategy.strategy), tuple(chosen[:n_rounds]), tuple(drawn[:n_rounds]))


@dataclass(frozen=True, slots=True)
class StoredOutputs:
    """What both arms' models said, as stored: plain bytes, so that another process can compute with them."""

    chosen: tuple[bytes, ...]
    drawn: tuple[bytes, ...]
    contents: tuple[dict[str, str], dict[str, str]]


def read_outputs(conn: Connection, blobs: BlobStore, basis: SavingBasis) -> StoredOutputs:
    """Read what a saving is computed from."""
    chosen, drawn = (
        tuple(get_content(blobs, one.outputs_sha256) for one in rounds) for rounds in (basis.chosen, basis.drawn)
    )
    items = [load_outputs(data[0]).items for data in (chosen, drawn)]
    return StoredOutputs(chosen, drawn, (_read_contents(conn, items[0]), _read_contents(conn, items[1])))


def compute_saving(basis: SavingBasis, stored: StoredOutputs, *, seed: int = 0) -> OverviewSaving | None:
    """Compute the saving with its interval; some seconds for detectors. None where the arms cannot be compared."""
    chosen, drawn = ([load_outputs(one) for one in data] for data in (stored.chosen, stored.drawn))
    return measure_saving(basis, chosen, drawn, contents=stored.contents, seed=seed)


def measure_saving(
    basis: SavingBasis,
    chosen: Sequence[Outputs],
    drawn: Sequence[Outputs],
    *,
    contents: Sequence[dict[str, str]],
    seed: int = 0,
) -> OverviewSaving | None:
    """Compare both arms' outputs on the same test images.

    Args:
        contents: For each arm, the SHA-256 of each test item by id: the arms hold copies of the same images.

    Returns:
        None where the test images differ, or a model found nothing.
    """
    aligned = _align(drawn, contents[1], [contents[0].get(one, one) for one in chosen[0].items])
    if aligned is None or any(one.items != chosen[0].items for one in chosen):
        return None
    labels = [[one.labels for one in rounds] for rounds in (basis.chosen, basis.drawn)]
    try:
        found = labels_saved(curve_of(labels[0], chosen), curve_of(labels[1], aligned), seed=seed)
    except InvalidInput:
        return None
    return _told(found, basis, n_images=len(chosen[0].items))


def curve_of(labels: Sequence[int], outputs: Sequence[Outputs]) -> LearningCurve:
    """The learning curve of models that were tested on the same items."""
    classes = [one for one in outputs if isinstance(one, ClassOutputs)]
    if len(classes) == len(outputs):
        correct = np.stack([(one.probabilities.argmax(axis=1) == one.truth).astype(np.float64) for one in classes])
        return LearningCurve.of_correct(labels, correct)
    objects = [one for one in outputs if isinstance(one, ObjectOutputs)]
    if len(objects) != len(outputs):
        raise InvalidInput("a learning curve is drawn of classes or objects only")
    matched = [match_objects(one.truth, one.predicted, one.labels, use_masks=one.use_masks) for one in objects]
    return LearningCurve.of_matches(labels, matched)


def _told(found: LabelSaving, basis: SavingBasis, *, n_images: int) -> OverviewSaving:
    rounds = len(basis.chosen)
    is_one_round = rounds < 2
    covers = f"the interval covers {found.covers}" if not is_one_round else "one round shows no trend"
    return OverviewSaving(
        value=found.value,
        low=found.low,
        high=found.high,
        unproven=is_one_round or found.low <= 0 <= found.high,
        basis=f"{basis.strategy} against random over {rounds} round{'s' if rounds > 1 else ''} on {n_images} test "
        f"images, at the metric both reach ({found.target:.3f}); {covers}",
    )


def _align(outputs: Sequence[Outputs], contents: dict[str, str], wanted: Sequence[str]) -> list[Outputs] | None:
    """The outputs with their items in the order of these images; None when they are of other images."""
    there = [contents.get(one, one) for one in outputs[0].items]
    if sorted(there) != sorted(wanted) or any(one.items != outputs[0].items for one in outputs):
        return None
    by_content: dict[str, list[int]] = {}
    for place, content in enumerate(there):
        by_content.setdefault(content, []).append(place)
    order = [by_content[content].pop(0) for content in wanted]
    return [take_outputs(one, order) for one in outputs]


def _read_rounds(conn: Connection, arm: Arm) -> list[ArmRound]:
    """The arm's newest run of rounds on one test set, with rising labels, oldest first."""
    query = (
        select(comparison.c.id, comparison.c.items_digest, model.c.n_items, evaluation.c.outputs_sha256)
        .join(dataset, dataset.c.key == comparison.c.dataset_key)
        .join(model, model.c.id == comparison.c.challenger_id)
        .join(
            evaluation,
            (evaluation.c.model_id == model.c.id) & (evaluation.c.items_digest == comparison.c.items_digest),
        )
        .where(dataset.c.id == arm.ground_truth_id)
        .order_by(comparison.c.id, evaluation.c.id)
    )
    rows = list({row.id: row for row in conn.execute(query)}.values())
    rounds: list[ArmRound] = []
    for row in rows:
        is_next = row.items_digest == rows[-1].items_digest and (not rounds or (row.n_items or 0) > rounds[-1].labels)
        if is_next and row.n_items:
            rounds.append(ArmRound(row.id, row.n_items, row.outputs_sha256))
    return rounds


def _read_contents(conn: Connection, item_ids: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(item_ids), _MANY_IDS):
        some = item_ids[start : start + _MANY_IDS]
        found |= {
            row.id: row.sha256 for row in conn.execute(select(item.c.id, item.c.sha256).where(item.c.id.in_(some)))
        }
    return found
