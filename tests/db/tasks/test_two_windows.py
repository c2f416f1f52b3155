"""Work that meets other work: two windows on one item, a label that goes, a server that restarts."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection
from tests.db.tasks.conftest import NOW, Bench, at

from whorl.annotations.actions import save_annotations
from whorl.annotations.queries import list_annotations
from whorl.base.errors import LabelGone, LeaseLost, StaleWrite, UnknownLabel
from whorl.datasets.queries import get_dataset
from whorl.ontology.actions import save_ontology
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.ontology import Label, OntologyDraft
from whorl.schemas.tasks import Lease
from whorl.store.db import open_database
from whorl.tasks import queries
from whorl.tasks.reviews import approve_item
from whorl.tasks.work import lease_next, save_draft, submit_item

CAT = AnnotationDraft(label="cat", geometry=ClassTag())
DOG = AnnotationDraft(label="dog", geometry=ClassTag())


def _take(bench: Bench) -> Lease:
    return bench.database.write(lambda c: lease_next(c, bench.task.id, actor_id="per_a", now=NOW))[0]


def _mine(lease: Lease) -> dict[str, object]:
    return {"lease_token": lease.lease_token, "actor_id": "per_a", "now": at(5)}


def _save(bench: Bench, lease: Lease, drafts: list[AnnotationDraft], **more: object) -> Lease:
    args = _mine(lease) | {"base_revision": 1} | more
    return bench.database.write(lambda c: save_draft(c, bench.task.id, lease.item_id, drafts, **args))  # type: ignore[arg-type]


def _submit(bench: Bench, lease: Lease, drafts: list[AnnotationDraft] | None, **more: object) -> str:
    def work(conn: Connection) -> str:
        base = get_dataset(conn, bench.dataset_id).revision
        args = _mine(lease) | {"base_revision": base} | more
        return submit_item(conn, bench.task.id, lease.item_id, annotations=drafts, **args).status  # type: ignore[arg-type]

    return bench.database.write(work)


def _labels(bench: Bench, lease: Lease) -> list[str]:
    with bench.database.read() as conn:
        return [one.label for one in list_annotations(conn, [lease.item_id])]


def _version(lease: Lease) -> int:
    return 0 if lease.draft is None else lease.draft.version


def test_save_draft__the_second_window_is_told_of_the_first(bench: Bench) -> None:
    lease = _take(bench)
    assert _version(_save(bench, lease, [CAT], draft_version=0)) == 1
    with pytest.raises(StaleWrite, match="is at version 1, saved from another window; yours began from 0") as raised:
        _save(bench, lease, [DOG], draft_version=0)
    yours, current = raised.value.details["yours"], raised.value.details["current"]
    assert isinstance(yours, list)
    assert isinstance(current, list)
    assert [one["label"] for one in yours + current] == ["dog", "cat"]  # type: ignore[index, call-overload]
    assert raised.value.details["draft_version"] == 1
    assert _version(_save(bench, lease, [DOG], draft_version=1)) == 2


def test_save_draft__the_same_again_is_no_conflict(bench: Bench) -> None:
    # The answer to the first try was lost on the way.
    lease = _take(bench)
    _save(bench, lease, [CAT], draft_version=0)
    assert _version(_save(bench, lease, [CAT], draft_version=0)) == 1


def test_submit__checks_the_draft_it_replaces(bench: Bench) -> None:
    lease = _take(bench)
    _save(bench, lease, [CAT], draft_version=0)
    with pytest.raises(StaleWrite):
        _submit(bench, lease, [DOG], draft_version=0)
    assert _submit(bench, lease, [DOG], draft_version=1) == "submitted"


def test_submit__other_work_under_the_same_lease_is_not_taken_for_a_repeat(bench: Bench) -> None:
    lease = _take(bench)
    assert _submit(bench, lease, [CAT]) == "submitted"
    assert _submit(bench, lease, [CAT]) == "submitted"
    with pytest.raises(StaleWrite, match="submitted already, from another window") as raised:
        _submit(bench, lease, [DOG])
    current = raised.value.details["current"]
    assert isinstance(current, list)
    assert [one["label"] for one in current] == ["cat"]  # type: ignore[index, call-overload]
    with pytest.raises(StaleWrite, match="submitted already"):
        _save(bench, lease, [DOG])
    assert _labels(bench, lease) == ["cat"]


def test_lease__that_expired_in_the_background_and_went_on(bench: Bench) -> None:
    lease = _take(bench)
    (taken,) = bench.database.write(lambda c: lease_next(c, bench.task.id, actor_id="per_b", now=at(601)))
    assert taken.item_id == lease.item_id
    with pytest.raises(LeaseLost) as raised:
        _submit(bench, lease, [CAT])
    assert raised.value.details == {"item_id": lease.item_id, "status": "leased", "is_elsewhere": True}


def _keep_only(bench: Bench, *labels: str) -> None:
    draft = OntologyDraft(labels=[Label(name=one) for one in labels])
    bench.database.write(lambda c: save_ontology(c, bench.project_id, draft, actor_id="per_a", now=at(3)))


def test_submit__a_label_deleted_meanwhile_is_named(bench: Bench) -> None:
    lease = _take(bench)
    _save(bench, lease, [CAT, DOG])
    _keep_only(bench, "cat")
    with pytest.raises(LabelGone, match="taken out of the ontology while you worked: dog") as raised:
        _submit(bench, lease, None)
    assert raised.value.details == {"labels": ["dog"], "known": ["cat"]}
    with bench.database.read() as conn:
        (held,) = queries.list_leases(conn, bench.task.id, "per_a", now=at(6))
    assert held.draft is not None
    assert [one.label for one in held.draft.annotations] == ["cat", "dog"]
    assert _submit(bench, lease, [CAT, CAT]) == "submitted"
    assert _labels(bench, lease) == ["cat", "cat"]


def test_submit__a_label_that_never_was_is_unknown(bench: Bench) -> None:
    lease = _take(bench)
    cow = AnnotationDraft(label="cow", geometry=ClassTag())
    with pytest.raises(UnknownLabel) as raised:
        _submit(bench, lease, [cow])
    assert type(raised.value) is UnknownLabel


def test_submit__a_server_that_restarted_in_between_takes_the_draft(bench: Bench) -> None:
    lease = _take(bench)
    _save(bench, lease, [DOG])
    url = bench.database.url
    bench.database.close()
    with open_database(url) as again:
        restarted = Bench(again, bench.project_id, bench.dataset_id, bench.item_ids, bench.task)
        assert _submit(restarted, lease, None) == "submitted"
        assert _labels(restarted, lease) == ["dog"]


def _change_elsewhere(bench: Bench, item_id: str) -> None:
    def change(conn: Connection) -> None:
        base = get_dataset(conn, bench.dataset_id).revision
        save_annotations(conn, item_id, drafts=[DOG], base_revision=base, actor_id="per_m", now=at(4))

    bench.database.write(change)


@pytest.mark.parametrize("drafts", [[], [CAT]])
def test_submit__that_changes_nothing_is_told_of_a_change_too(bench: Bench, drafts: list[AnnotationDraft]) -> None:
    lease = _take(bench)
    _change_elsewhere(bench, lease.item_id)
    with pytest.raises(StaleWrite) as raised:
        _submit(bench, lease, drafts, base_revision=1)
    current = raised.value.details["current"]
    assert isinstance(current, list)
    assert [one["label"] for one in current] == ["dog"]  # type: ignore[index, call-overload]
    assert _labels(bench, lease) == ["dog"]
    assert _submit(bench, lease, []) == "submitted"


def test_submit__of_an_unchanged_draft_is_told_of_a_change(bench: Bench) -> None:
    lease = _take(bench)
    _save(bench, lease, [])
    _change_elsewhere(bench, lease.item_id)
    with pytest.raises(StaleWrite):
        _submit(bench, lease, None)


def test_approve__what_was_looked_at_has_changed(bench: Bench) -> None:
    lease = _take(bench)
    assert _submit(bench, lease, [CAT]) == "submitted"
    with bench.database.read() as conn:
        seen = get_dataset(conn, bench.dataset_id).revision
    _change_elsewhere(bench, lease.item_id)

    def approve(base: int) -> str:
        more = {"actor_id": "per_r", "now": at(9), "base_revision": base}
        return bench.database.write(lambda c: approve_item(c, bench.task.id, lease.item_id, **more)).status  # type: ignore[arg-type]

    with pytest.raises(StaleWrite):
        approve(seen)
    assert approve(seen + 1) == "approved"
