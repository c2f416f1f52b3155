"""Saved views of a project: queries worth coming back to."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from whorl.base.errors import Conflict, InvalidInput, NotFound
from whorl.base.ids import new_id
from whorl.datasets.dql.either_form import read_query
from whorl.datasets.rules import check_json
from whorl.schemas.explorer import SavedView, SavedViewDraft, SavedViewPatch
from whorl.store.db.tables import saved_view

MAX_VIEWS = 1000
MAX_LENS = 20_000


def list_views(conn: Connection, project_id: str, *, dataset_id: str | None = None) -> list[SavedView]:
    """The views of a project by name; of a dataset: its own and those that fit any."""
    query = select(saved_view).where(saved_view.c.project_id == project_id)
    if dataset_id is not None:
        query = query.where((saved_view.c.dataset_id == dataset_id) | saved_view.c.dataset_id.is_(None))
    rows = conn.execute(query.order_by(saved_view.c.name, saved_view.c.id)).mappings()
    return [SavedView.model_validate(dict(row)) for row in rows]


def get_view(conn: Connection, view_id: str) -> SavedView:
    """Give a view.

    Raises:
        NotFound: There is none.
    """
    row = conn.execute(select(saved_view).where(saved_view.c.id == view_id)).mappings().first()
    if row is None:
        raise NotFound(f"no view with id {view_id}", hint="It may have been deleted.")
    return SavedView.model_validate(dict(row))


def create_view(conn: Connection, project_id: str, draft: SavedViewDraft, *, actor_id: str, now: datetime) -> SavedView:
    """Keep a view; the caller has checked that its dataset is of this project.

    Raises:
        Conflict: The project has very many views.
        InvalidInput: The lens is too large, or holds what cannot be stored.
        QueryError: The query does not parse.
    """
    _check(draft.query_text, draft.lens)
    held = conn.execute(select(func.count()).where(saved_view.c.project_id == project_id)).scalar_one()
    if held >= MAX_VIEWS:
        raise Conflict(f"the project has {held} views; at most {MAX_VIEWS}", hint="Delete some that nobody uses.")
    view_id = new_id("view", at=now.timestamp())
    made = SavedView(id=view_id, project_id=project_id, author_id=actor_id, created_at=now, **draft.model_dump())
    conn.execute(insert(saved_view).values(**made.model_dump()))
    return made


def update_view(conn: Connection, view_id: str, patch: SavedViewPatch) -> SavedView:
    """Change a view; what is left out stays.

    Raises:
        InvalidInput: The lens is too large, or holds what cannot be stored.
        NotFound: There is none.
        QueryError: The query does not parse.
    """
    _check(patch.query_text or "", patch.lens or {})
    values = patch.model_dump(exclude_none=True)
    if values:
        conn.execute(update(saved_view).where(saved_view.c.id == view_id).values(**values))
    return get_view(conn, view_id)


def delete_view(conn: Connection, view_id: str) -> None:
    """Forget a view.

    Raises:
        NotFound: There is none.
    """
    if conn.execute(delete(saved_view).where(saved_view.c.id == view_id)).rowcount == 0:
        raise NotFound(f"no view with id {view_id}", hint="It may have been deleted already.")


# Any: a lens is what the explorer makes of it.
def _check(query_text: str, lens: dict[str, Any]) -> None:
    if query_text:
        read_query(query_text)
    check_json(lens, where="lens")
    size = len(json.dumps(lens))
    if size > MAX_LENS:
        raise InvalidInput(f"the lens is {size:,} characters; at most {MAX_LENS:,}")
