"""An item's lineage over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, insert
from tests.api.conftest import NOW, Api, png

from whorl.annotations.actions import add_predictions
from whorl.datasets.actions import create_dataset, create_snapshot
from whorl.models import actions as models
from whorl.models.registration import register_model
from whorl.schemas.annotations import ClassTag
from whorl.schemas.models import ModelCreate
from whorl.schemas.records import AnnotationRecord
from whorl.store.db.tables import item, source_file


def _get(api: Api, item_id: str) -> Any:
    return api.client.get(f"/api/v1/items/{item_id}/lineage", headers=api.headers("viewer")).json()


def _train(conn: Connection, api: Api, name: str, query: str | None = None) -> str:
    wanted = ModelCreate(name=name, architecture="builtin:linear", dataset_id=api.ids["dataset_id"], query=query)
    options = {"project_id": api.ids["project_id"], "actor_id": "per_x", "now": NOW}
    made = register_model(conn, wanted, **options)
    done = {"folder": made, "items_digest": "0" * 64, "n_items": 1, "metrics": {}, "seconds": 1.0}
    models.mark_trained(conn, made, **done, actor_id="per_x", now=NOW)
    return made


@pytest.fixture
def split(api: Api) -> Api:
    """The fixture's item, moved to the training subset."""
    answer = api.client.patch(
        f"/api/v1/items/{api.ids['item_id']}", json={"subset": "train"}, headers=api.headers("manager")
    )
    assert answer.status_code == 200
    return api


def test_lineage__tasks_predictions_snapshots_and_imports(split: Api) -> None:
    item_id, dataset_id, model_id = (split.ids[name] for name in ("item_id", "dataset_id", "model_id"))
    said = {item_id: [AnnotationRecord("cat", ClassTag(), 0.9)]}

    def work(conn: Connection) -> None:
        create_snapshot(conn, dataset_id, name="v1", actor_id="per_x", now=NOW)
        create_snapshot(conn, dataset_id, name="before", revision=0, actor_id="per_x", now=NOW)
        add_predictions(conn, dataset_id, said, model_id=model_id, actor_id=model_id, now=NOW)
        row = conn.execute(item.select().where(item.c.id == item_id)).one()
        file = {"dataset_key": row.dataset_key, "item_key": row.key, "sha256": row.sha256, "name": row.name}
        more = {"bytes": 9, "modified_ns": 0, "annotations_digest": "0" * 64}
        conn.execute(insert(source_file), [{**file, **more, "source": source} for source in ("coco", "voc")])

    split.services.db.write(work)
    found = _get(split, item_id)
    assert [(one["name"], one["status"], one["submitted_by"]) for one in found["tasks"]] == [
        ("label", "rework", "per_x")
    ]
    assert [(one["model_id"], one["model_name"], one["annotations"]) for one in found["predictions"]] == [
        (model_id, "one", 1)
    ]
    assert [one["name"] for one in found["snapshots"]] == ["v1"]
    assert [one["source"] for one in found["imports"]] == ["coco", "voc"]
    # The fixture's model was made before the item was in a subset.
    assert (found["models"], found["copies"]) == ([], [])


def test_lineage__models_that_learnt_from_the_item_or_a_copy(split: Api) -> None:
    seen, narrow = split.services.db.write(
        lambda conn: (_train(conn, split, "all"), _train(conn, split, "dogs", "label:dog"))
    )
    found = _get(split, split.ids["item_id"])
    assert [(one["model_id"], one["subset"]) for one in found["models"]] == [(seen, "train")]
    assert narrow != seen
    other = split.services.db.write(
        lambda conn: create_dataset(conn, split.ids["project_id"], name="copies", actor_id="per_x", now=NOW)
    )
    copy = split.client.post(
        f"/api/v1/datasets/{other.id}/items", files={"file": ("copy.png", png())}, headers=split.headers("owner")
    ).json()
    lineage = _get(split, copy["id"])
    assert [one["model_id"] for one in lineage["models"]] == [seen]
    assert [(one["item_id"], one["dataset_name"]) for one in lineage["copies"]] == [(split.ids["item_id"], "pets")]


def test_lineage__copies_in_foreign_projects_are_not_told(split: Api) -> None:
    headers = split.headers("foreign")
    other = split.client.post(
        f"/api/v1/projects/{split.ids['other_project_id']}/datasets", json={"name": "x"}, headers=headers
    ).json()
    copy = split.client.post(
        f"/api/v1/datasets/{other['id']}/items", files={"file": ("copy.png", png())}, headers=headers
    ).json()
    mine = _get(split, split.ids["item_id"])
    theirs = split.client.get(f"/api/v1/items/{copy['id']}/lineage", headers=headers).json()
    assert (mine["copies"], theirs["copies"], theirs["models"]) == ([], [], [])


def test_history__names_who_did_it(api: Api) -> None:
    found = api.client.get(f"/api/v1/items/{api.ids['item_id']}/history", headers=api.headers("viewer")).json()
    assert [(one["revision"], one["actor_name"], one["what"]) for one in found] == [
        (2, "per_x", ["cat added"]),
        (1, "owner", ["item added"]),
    ]
