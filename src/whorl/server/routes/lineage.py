"""One item's past and what was made of it."""

from __future__ import annotations

from fastapi import APIRouter, Query

from whorl.access.rules import Action
from whorl.annotations.item_history import MAX_EVENTS, list_item_history
from whorl.schemas.explorer import ItemEvent, ItemLineage
from whorl.server.lineage import read_lineage
from whorl.server.permits import CallerDep, needs

router = APIRouter(prefix="/api/v1", tags=["lineage"])


@router.get("/items/{item_id}/history", **needs(Action.ITEM_READ))
def list_history(caller: CallerDep, item_id: str, limit: int = Query(100, ge=1, le=MAX_EVENTS)) -> list[ItemEvent]:
    """The revisions that touched the item, newest first: who did what."""
    return caller.read(lambda conn: list_item_history(conn, item_id, limit=limit))


@router.get("/items/{item_id}/lineage", **needs(Action.ITEM_READ))
def get_lineage(caller: CallerDep, item_id: str) -> ItemLineage:
    """Where the item came from, who worked on it, what models say, and which were trained on it."""
    return caller.read(lambda conn: read_lineage(conn, item_id))
