"""What the work that everybody does all day asks of the database; each further statement is paid for at every item."""

from __future__ import annotations

from sqlalchemy import event
from tests.db.tasks.conftest import NOW, make_bench

from whorl.datasets.queries import get_dataset
from whorl.schemas.annotations import AnnotationDraft, Box
from whorl.store.db import Database
from whorl.tasks.work import lease_next, submit_item

BOXES = [AnnotationDraft(label="cat", geometry=Box(x0=n, y0=n, x1=n + 9, y1=n + 9)) for n in (1, 11, 21)]


def test_pair__runs_few_statements(sqlite: Database) -> None:
    bench = make_bench(sqlite, n_items=3)
    with sqlite.read() as conn:
        revision = get_dataset(conn, bench.dataset_id).revision
    seen: list[str] = []
    event.listen(sqlite.engine, "before_cursor_execute", lambda *given: seen.append(str(given[2])))
    (lease,) = sqlite.write(lambda c: lease_next(c, bench.task.id, actor_id="per_a", now=NOW))
    leasing = [one for one in seen if not one.startswith("BEGIN")]
    seen.clear()
    sqlite.write(
        lambda c: submit_item(
            c,
            bench.task.id,
            lease.item_id,
            annotations=BOXES,
            base_revision=revision,
            lease_token=lease.lease_token,
            actor_id="per_a",
            now=NOW,
        )
    )
    submitting = [one for one in seen if not one.startswith("BEGIN")]
    assert (len(leasing), len(submitting)) == (4, 13), [*leasing, *submitting]
