"""What a proof rests on, read from the database: which items of a selection are labelled, and as what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import Connection, func, select

from whorl.models.embeddings.queries import Space, find_space
from whorl.models.embeddings.store import EmbeddingStore
from whorl.schemas.overview import OverviewSaving
from whorl.schemas.selecting import SelectionProof
from whorl.selection.pools import LabelledItem, read_labelled, read_test
from whorl.selection.proof import LEAST, ProofRows
from whorl.selection.queries import get_selection
from whorl.selection.types import IntArray
from whorl.store.db.tables import dataset, selection, selection_item


@dataclass(frozen=True, slots=True)
class ProofBasis:
    """The labelled items of a line of selections, by part; ``key`` names what they are, so the proof can be kept."""

    key: tuple[str, ...]
    space: Space
    chosen: list[LabelledItem]
    drawn: list[LabelledItem]
    before: list[LabelledItem]
    test: list[LabelledItem] = field(default_factory=list)


def find_proof_basis(conn: Connection, selection_id: str) -> ProofBasis | SelectionProof:
    """What the proof of a selection, and of those before it from the same dataset, rests on; or why there is none yet.

    Raises:
        NotFound: There is no such selection.
    """
    found = get_selection(conn, selection_id)
    ranked = _read_line(conn, selection_id)
    labelled = {one.key: one for one in read_labelled(conn, found.dataset_id, None)}
    mine = [(labelled[key], is_random) for key, is_random in ranked if key in labelled]
    n_drawn = sum(is_random for _, is_random in ranked)
    counted = {"n_chosen": sum(not one for _, one in mine), "n_random": sum(one for _, one in mine)}
    if mine and 2 * sum(one.has_objects for one, _ in mine) > len(mine):
        return SelectionProof(
            status="impossible",
            message="Its labels are objects in images, and a head on whole images learns nothing of them. A control "
            "arm measures the saving for detectors: a second pipeline whose select node draws at random.",
            advice="Replay a labelled dataset before: whorl simulate.",
            **counted,
        )
    if n_drawn < LEAST:
        return SelectionProof(
            status="impossible",
            message=f"{n_drawn} items were drawn at random: the proof needs at least {LEAST} of them.",
            advice="Choose more, or with a larger random share; later selections of this dataset add theirs.",
            **counted,
        )
    chosen = [one for one, is_random in mine if not is_random and one.label is not None]
    drawn = [one for one, is_random in mine if is_random and one.label is not None]
    waiting = _waiting(len(chosen), len(drawn), n_drawn, {one.label for one in drawn})
    space = find_space(conn, found.project_id, found.space_id, kind="image")
    if waiting is None and space is None:
        waiting = "The items are not embedded any more: whorl embed."
    if waiting is not None or space is None:
        return SelectionProof(status="waiting", message=waiting or "", **counted)
    held = {key for key, _ in ranked}
    gathered = [one for key, one in labelled.items() if key not in held and one.label is not None]
    test = [one for one in read_test(conn, found.dataset_id) if one.label is not None]
    parts = (chosen, drawn, gathered, test)
    key = tuple(f"{one.id}={one.label}" for part in parts for one in (*part, _END))
    return ProofBasis((space.id, *key), space, *parts)


def find_newest_basis(conn: Connection, project_id: str) -> ProofBasis | None:
    """What the proof of the project's newest selection rests on, of those that can be proven by now; None without."""
    newest = select(selection.c.id).where(selection.c.project_id == project_id)
    for selection_id in conn.execute(newest.order_by(selection.c.key.desc()).limit(_LOOKED_AT)).scalars():
        found = find_proof_basis(conn, selection_id)
        if isinstance(found, ProofBasis):
            return found
    return None


def find_newest(conn: Connection, project_id: str) -> tuple[str, int] | None:
    """The project's newest selection, and the revision that its dataset has now; None before the first.

    Also None as long as fewer were drawn at random from its dataset than a proof needs, however many get labels.
    """
    newest = select(selection.c.id, selection.c.dataset_key, dataset.c.revision).join(
        dataset, dataset.c.key == selection.c.dataset_key
    )
    newest = newest.where(selection.c.project_id == project_id).order_by(selection.c.key.desc())
    row = conn.execute(newest.limit(1)).one_or_none()
    if row is None:
        return None
    drawn = select(func.count()).select_from(selection_item.join(selection)).where(selection_item.c.is_random)
    if conn.execute(drawn.where(selection.c.dataset_key == row.dataset_key)).scalar_one() < LEAST:
        return None
    return row.id, int(row.revision)


def tell_saving(proof: SelectionProof) -> OverviewSaving | None:
    """A proof as the overview tells it; None where it has no figure."""
    if proof.saving is None or proof.low is None or proof.high is None:
        return None
    return OverviewSaving(
        value=proof.saving,
        low=proof.low,
        high=proof.high,
        unproven=proof.low <= 0 <= proof.high,
        basis=proof.message,
    )


_LOOKED_AT = 3
_END = LabelledItem(0, "", "", None, has_objects=False)


def build_rows(basis: ProofBasis, store: EmbeddingStore) -> ProofRows | SelectionProof:
    """The vectors and classes of a basis; without those that are not embedded."""
    vectors = store.open(basis.space.id)
    parts = (basis.chosen, basis.drawn, basis.before, basis.test)
    items = [one for part in parts for one in part]
    at = vectors.rows_of([one.sha256 for one in items])
    classes = {name: number for number, name in enumerate(sorted({str(one.label) for one in items}))}
    kept = np.flatnonzero(at >= 0)
    new_row = np.full(len(items), -1, np.int64)
    new_row[kept] = np.arange(len(kept))
    starts = np.cumsum([0, *(len(part) for part in parts)])
    rows = [_there(new_row[start:stop]) for start, stop in zip(starts[:-1], starts[1:], strict=True)]
    if min(len(rows[0]), len(rows[1])) < LEAST:
        return SelectionProof(
            status="waiting",
            message=f"{len(items) - len(kept)} of its labelled items have no vector in {basis.space.name}.",
            advice="Embed the dataset: whorl embed.",
            n_chosen=len(rows[0]),
            n_random=len(rows[1]),
        )
    return ProofRows(
        rows=vectors.read(at[kept]),
        targets=np.array([classes[str(items[row].label)] for row in kept.tolist()], np.int64),
        chosen=rows[0],
        drawn=rows[1],
        before=rows[2],
        test=rows[3],
        groups=[items[row].group or items[row].id for row in kept.tolist()],
        space=basis.space.name,
    )


def _there(rows: IntArray) -> IntArray:
    return np.asarray(rows[rows >= 0], np.int64)


def _waiting(n_chosen: int, n_drawn: int, all_drawn: int, labels: set[str | None]) -> str | None:
    if min(n_chosen, n_drawn) < LEAST:
        return (
            f"{n_chosen:,} chosen items and {n_drawn:,} of the {all_drawn:,} drawn at random have one label each by "
            f"now: the proof needs {LEAST} of both."
        )
    if len(labels) < 2:
        return "All items drawn at random have one and the same label: there is nothing to tell apart yet."
    return None


def _read_line(conn: Connection, selection_id: str) -> Sequence[tuple[int, bool]]:
    """Item keys of this selection and those before it from the same dataset, oldest first and best first."""
    this = select(selection.c.key, selection.c.dataset_key).where(selection.c.id == selection_id)
    key, dataset_key = conn.execute(this).one()
    wanted = (
        select(selection_item.c.item_key, selection_item.c.is_random)
        .join(selection, selection.c.key == selection_item.c.selection_key)
        .where(selection.c.dataset_key == dataset_key, selection.c.key <= key)
        .order_by(selection.c.key, selection_item.c.rank)
    )
    seen: dict[int, bool] = {}
    for item_key, is_random in conn.execute(wanted):
        # What was chosen twice had no label at the second choice, so that one counts.
        seen.pop(int(item_key), None)
        seen[int(item_key)] = bool(is_random)
    return list(seen.items())
