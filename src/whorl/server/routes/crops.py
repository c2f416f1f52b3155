"""Objects side by side: ranked by suspicion, cut out of their images, and given other labels many at a time."""

from __future__ import annotations

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection, select

from whorl.access.rules import Action
from whorl.annotations import bulk
from whorl.annotations.crops import Bounds, Ranking, bounds_of, crop_box, rank_crops, read_crops
from whorl.base.errors import InvalidInput, NotFound
from whorl.datasets.intake import thumbnail_key
from whorl.datasets.revisions import load_dataset, standing
from whorl.schemas.explorer import BulkSaved, Classify, Crops, CropsWanted, Relabel
from whorl.server.media import REVALIDATED, decode_apart, media_headers, picture
from whorl.server.permits import CallerDep, needs
from whorl.server.services import Services
from whorl.store.blobs import content_key
from whorl.store.db.tables import annotation, item

router = APIRouter(prefix="/api/v1", tags=["crops"])
_SIZES = (64, 96, 160, 320, 512)
_THUMBNAIL_SIDE = 256
# A crop a little coarser than asked for is worth not decoding the whole image.
_NEAR_ENOUGH = 0.8


@router.post("/datasets/{dataset_id}/crops", **needs(Action.ANNOTATION_READ))
def list_crops(caller: CallerDep, dataset_id: str, body: CropsWanted) -> Crops:
    """Annotations of one label in the order asked for; pages stand while others write.

    Suspicion is 1 minus the best agreement with what one model predicts on the item: overlap times confidence of the
    same label for shapes, the label's probability for classes.
    """
    revision, start = _read_cursor(body.cursor)
    with caller.services.db.read() as conn:
        if body.model_id is not None:
            caller.check_same_project(conn, "model", body.model_id)
        at = load_dataset(conn, dataset_id).revision if revision is None else revision
        asked = (dataset_id, at, body.label, body.layer, body.order, body.model_id)
        ranking = caller.services.rankings.get(asked, lambda: _rank(conn, dataset_id, body, at))
        crops = read_crops(conn, ranking, start, start + body.limit)
    stop = start + body.limit
    return Crops(
        revision=ranking.revision,
        model_id=ranking.model_id,
        count=len(ranking.rows),
        is_truncated=ranking.is_truncated,
        crops=crops,
        next_cursor=f"{ranking.revision}.{stop}" if stop < len(ranking.rows) else None,
    )


@router.get("/annotations/{annotation_id}/crop", response_class=Response, **needs(Action.ANNOTATION_READ))
def get_crop(
    request: Request, caller: CallerDep, annotation_id: str, size: int = Query(160, ge=16, le=512)
) -> Response:
    """An annotation's object as JPEG with a margin around it; a class shows the whole item.

    The longer side has at most the next of 64, 96, 160, 320 and 512 pixels, and no more than the image has there.
    """
    side = next(one for one in _SIZES if one >= size)
    with caller.services.db.read() as conn:
        sha256, box, scale = _find_box(conn, annotation_id)
    x0, y0, x1, y1 = (round(edge) for edge in box)
    name = f"{x0}_{y0}_{x1}_{y1}-{side}"
    headers = media_headers(f"{annotation_id}.jpg", f"crop-{sha256}-{name}", is_inline=True, cache=REVALIDATED)
    key = f"crops/{sha256[:2]}/{sha256}/{name}"
    return picture(request, headers, lambda: _read_crop(caller.services, key, sha256, (x0, y0, x1, y1), side, scale))


@router.post("/datasets/{dataset_id}/relabel", **needs(Action.ANNOTATION_WRITE))
def relabel(caller: CallerDep, dataset_id: str, body: Relabel) -> BulkSaved:
    """Give annotations other labels in one revision, all or none; each is a new version by the caller."""
    return caller.write(
        lambda conn: bulk.relabel(
            conn,
            dataset_id,
            body.changes,
            actor_id=caller.actor.id,
            now=caller.now,
            base_revision=body.base_revision,
        )
    )


@router.post("/datasets/{dataset_id}/classify", **needs(Action.ANNOTATION_WRITE))
def classify(caller: CallerDep, dataset_id: str, body: Classify) -> BulkSaved:
    """Give whole items a class in one revision, all or none."""
    return caller.write(
        lambda conn: bulk.classify(
            conn, dataset_id, body.item_ids, body.label, mode=body.mode, actor_id=caller.actor.id, now=caller.now
        )
    )


def _rank(conn: Connection, dataset_id: str, body: CropsWanted, revision: int) -> Ranking:
    # The present is read as the present, which the indexes serve best.
    as_of = None if load_dataset(conn, dataset_id).revision == revision else revision
    return rank_crops(
        conn,
        dataset_id,
        label=body.label,
        layer=body.layer,
        order=body.order,
        model_id=body.model_id,
        as_of=as_of,
    )


def _read_cursor(cursor: str | None) -> tuple[int | None, int]:
    if cursor is None:
        return None, 0
    revision, _, start = cursor.partition(".")
    is_fine = all(part.isascii() and part.isdigit() and len(part) < 16 for part in (revision, start))
    if not is_fine:
        raise InvalidInput("the cursor cannot be used: it is damaged", hint="Start from the first page.")
    return int(revision), int(start)


def _find_box(conn: Connection, annotation_id: str) -> tuple[str, Bounds, float]:
    """The image's SHA-256, where to cut, and how much smaller its thumbnail is."""
    bounds = (annotation.c.x0, annotation.c.y0, annotation.c.x1, annotation.c.y1)
    query = select(item.c.sha256, item.c.width, item.c.height, *bounds).join(item, item.c.key == annotation.c.item_key)
    row = conn.execute(query.where(annotation.c.id == annotation_id, standing(annotation, None))).first()
    if row is None:
        raise NotFound(f"no annotation with id {annotation_id}", hint="It may have been removed; see its history.")
    scale = min(1.0, _THUMBNAIL_SIDE / max(row.width, row.height))
    return row.sha256, crop_box(bounds_of(row), width=row.width, height=row.height), scale


def _read_crop(services: Services, key: str, sha256: str, box: Bounds, side: int, scale: float) -> bytes:
    """The crop as it was kept, else cut out of the thumbnail where that is fine enough, else out of the image."""
    # Late: the decoder loads OpenCV, which the server does not need at its start.
    from whorl.datasets.media import MAX_PIXELS, cut_out

    x0, y0, x1, y1 = box
    longer = max(x1 - x0, y1 - y0)
    if longer * scale >= min(side, longer) * _NEAR_ENOUGH:
        data = services.blobs.get(thumbnail_key(sha256))
        return decode_apart(services, cut_out, data, (x0 * scale, y0 * scale, x1 * scale, y1 * scale), size=side)
    try:
        return services.blobs.get(key)
    except NotFound:
        data = services.blobs.get(content_key(sha256))
    limit = max(services.settings.max_pixels, MAX_PIXELS)
    made = decode_apart(services, cut_out, data, box, size=side, max_pixels=limit)
    services.blobs.put(key, made)
    return made
