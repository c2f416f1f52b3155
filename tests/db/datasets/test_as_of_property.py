"""Whatever is written, every revision reads later as it read when it was new."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import Connection, insert, select

from whorl.annotations import actions as annotating
from whorl.annotations.queries import list_annotations
from whorl.base.errors import Conflict
from whorl.datasets import actions, diffs, queries
from whorl.ontology.actions import save_ontology
from whorl.schemas.annotations import AnnotationDraft, Box, Layer, Origin
from whorl.schemas.datasets import Item, ItemPatch, NewItem
from whorl.schemas.ontology import Label, OntologyDraft
from whorl.schemas.records import AnnotationRecord, Subset
from whorl.store.db import open_database
from whorl.store.db.migrate import upgrade
from whorl.store.db.tables import annotation, item, item_state, project

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LABELS = ["car", "truck"]
NAMES = st.sampled_from(["a", "b", "c", "d"])
Said = tuple[str, str, str, str]


def _box(x0: int) -> Box:
    return Box(x0=x0, y0=0, x1=x0 + 1, y1=5)


class Writes(RuleBasedStateMachine):
    """Random writes to one dataset; ``past`` is a plain record of what it looked like at each revision."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.db = open_database(f"sqlite:///{Path(self.folder.name, 'w.db')}", synchronous="OFF")
        upgrade(self.db)
        self.past: dict[int, tuple[dict[str, Any], set[Said]]] = {}
        self.frozen = False

    def teardown(self) -> None:
        self.db.close()
        self.folder.cleanup()

    @initialize()
    def start(self) -> None:
        def work(conn: Connection) -> str:
            conn.execute(insert(project).values(id="prj", name="p", settings={}, created_at=NOW))
            draft = OntologyDraft(labels=[Label(name=name) for name in LABELS])
            save_ontology(conn, "prj", draft, actor_id="p", now=NOW)
            return actions.create_dataset(conn, "prj", name="d", actor_id="p", now=NOW).id

        self.id = self.db.write(work)
        self.record()

    @rule(names=st.sets(NAMES, min_size=1), subset=st.sampled_from([None, *Subset]))
    def add(self, names: set[str], subset: Subset | None) -> None:
        items = [
            NewItem(name=n, sha256="0" * 64, media_type="image/png", width=50, height=50, bytes=1, subset=subset)
            for n in sorted(names)
        ]
        taken = names & set(self.items())
        with self.refused_when(bool(taken) or (self.frozen and subset is Subset.TEST)):
            self.db.write(lambda conn: actions.add_items(conn, self.id, items, actor_id="p", now=NOW))

    @precondition(lambda self: self.items())
    @rule(data=st.data(), subset=st.sampled_from([None, *Subset]), number=st.integers(0, 2))
    def patch(self, data: st.DataObject, subset: Subset | None, number: int) -> None:
        one = self.any_item(data)
        moves = subset is not one.subset and Subset.TEST in (subset, one.subset)
        patch = ItemPatch(subset=subset, metadata={"n": number})
        with self.refused_when(self.frozen and moves):
            self.db.write(lambda conn: actions.update_items(conn, self.id, {one.id: patch}, actor_id="p", now=NOW))

    @precondition(lambda self: self.items())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        one = self.any_item(data)
        with self.refused_when(self.frozen and one.subset is Subset.TEST):
            self.db.write(lambda conn: actions.delete_items(conn, self.id, [one.id], actor_id="p", now=NOW))

    @rule(seed=st.integers(0, 3))
    def split(self, seed: int) -> None:
        self.db.write(lambda conn: actions.apply_split(conn, self.id, seed=seed, actor_id="p", now=NOW))

    @rule()
    def freeze(self) -> None:
        self.db.write(lambda conn: actions.freeze_test(conn, self.id, reason="r", actor_id="p", now=NOW))
        self.frozen = True

    @precondition(lambda self: self.items())
    @rule(data=st.data(), label=st.sampled_from(LABELS), x0=st.integers(0, 5), remove=st.booleans())
    def save(self, data: st.DataObject, label: str, x0: int, remove: bool) -> None:
        one = self.any_item(data)
        standing = self.read(lambda conn: list_annotations(conn, [one.id]))
        target = data.draw(st.sampled_from([None, *standing]))
        drafts, removed = [AnnotationDraft(label=label, geometry=_box(x0))], []
        if target is not None and remove:
            removed = [target.id]
        elif target is not None:
            drafts = [AnnotationDraft(id=target.id, label=label, geometry=_box(x0))]
        self.db.write(
            lambda conn: annotating.save_annotations(
                conn,
                one.id,
                drafts=drafts,
                removed_ids=removed,
                base_revision=self.revision(conn),
                actor_id="p",
                now=NOW,
            )
        )

    @precondition(lambda self: self.items())
    @rule(data=st.data(), xs=st.lists(st.integers(0, 5), max_size=2), model=st.sampled_from(["m1", "m2"]))
    def predict(self, data: st.DataObject, xs: list[int], model: str) -> None:
        one = self.any_item(data)
        records = {one.id: [AnnotationRecord("car", _box(x0), 0.5) for x0 in xs]}
        self.db.write(
            lambda conn: annotating.add_predictions(conn, self.id, records, model_id=model, actor_id=model, now=NOW)
        )

    @rule(data=st.data())
    def promote(self, data: st.DataObject) -> None:
        ids = [one.id for one in self.items().values()]
        predictions = self.read(lambda conn: list_annotations(conn, ids, layer=Layer.PREDICTION))
        if predictions:
            chosen = data.draw(st.sampled_from(predictions)).id
            self.db.write(
                lambda conn: annotating.promote_predictions(conn, [chosen], how=Origin.ACCEPTED, actor_id="p", now=NOW)
            )

    @invariant()
    def every_revision_reads_as_it_was(self) -> None:
        if not self.past:
            return
        self.record()
        with self.db.read() as conn:
            for revision, (items, said) in self.past.items():
                assert self.look(conn, revision) == (items, said), revision

    @invariant()
    def diffs_lead_from_one_revision_to_the_next(self) -> None:
        if len(self.past) < 2:
            return
        first, last = min(self.past), max(self.past)
        (old_items, old_said), (new_items, new_said) = self.past[first], self.past[last]
        with self.db.read() as conn:
            diff = diffs.diff_revisions(conn, self.id, first, last)
        old_ids, new_ids = ({one.id for one in items.values()} for items in (old_items, new_items))
        old_truth, new_truth = ({one[0] for one in said if one[3] == "truth"} for said in (old_said, new_said))
        assert (diff.items.added, diff.items.removed) == (len(new_ids - old_ids), len(old_ids - new_ids))
        assert diff.annotations.added == len(new_truth - old_truth)
        assert diff.annotations.removed == len(old_truth - new_truth)

    @invariant()
    def rows_stand_once(self) -> None:
        if not self.past:
            return
        with self.db.read() as conn:
            for table, key in ((item_state, "item_key"), (annotation, "id"), (item, "name")):
                for one in conn.execute(select(table)):
                    assert one.born_rev < one.died_rev, (table.name, one)
                alive = [getattr(one, key) for one in conn.execute(select(table)) if one.died_rev >= 2**62]
                assert len(alive) == len(set(alive)), table.name

    def record(self) -> None:
        """Note what the dataset looks like now, by a read that knows nothing of revisions."""
        with self.db.read() as conn:
            self.past.setdefault(self.revision(conn), self.look(conn, None))

    def look(self, conn: Connection, as_of: int | None) -> tuple[dict[str, Item], set[Said]]:
        items = {one.name: one for one in queries.list_items(conn, self.id, as_of=as_of).items}
        ids = [one.id for one in items.values()]
        said = {
            (one.id, one.label, str(one.geometry), one.layer.value)
            for one in list_annotations(conn, ids, layer=None, as_of=as_of)
        }
        return items, said

    def items(self) -> dict[str, Item]:
        return self.look_now()[0] if self.past else {}

    def look_now(self) -> tuple[dict[str, Item], set[Said]]:
        with self.db.read() as conn:
            return self.look(conn, None)

    def read(self, work: Any) -> Any:
        with self.db.read() as conn:
            return work(conn)

    def revision(self, conn: Connection) -> int:
        return queries.get_dataset(conn, self.id).revision

    def any_item(self, data: st.DataObject) -> Item:
        items = self.items()
        return items[data.draw(st.sampled_from(sorted(items)))]

    @contextmanager
    def refused_when(self, is_refused: bool) -> Iterator[None]:
        """The writes inside must raise Conflict exactly when told so."""
        try:
            yield
        except Conflict:
            assert is_refused
        else:
            assert not is_refused


TestWrites = Writes.TestCase
TestWrites.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
