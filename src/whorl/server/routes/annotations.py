"""Annotations: read, save, history, promotion."""

from __future__ import annotations

from fastapi import APIRouter, Query
from pydantic import Field
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.annotations import actions, queries
from whorl.schemas.annotations import Annotation, AnnotationDraft, Layer, Origin
from whorl.schemas.datasets import ItemAnnotations
from whorl.schemas.wire import Wire
from whorl.server.permits import CallerDep, needs

router = APIRouter(prefix="/api/v1", tags=["annotations"])


class AnnotationsReplace(Wire):
    """The whole ground truth of an item; what is not among these is removed."""

    annotations: list[AnnotationDraft] = Field(max_length=10_000)
    base_revision: int = Field(ge=0, description="The revision that came with the annotations that this began from.")


class AnnotationsChange(Wire):
    """Changes to an item's ground truth; annotations that are not mentioned stay."""

    annotations: list[AnnotationDraft] = Field(default_factory=list, max_length=10_000)
    removed_ids: list[str] = Field(default_factory=list, max_length=10_000)
    base_revision: int = Field(ge=0)


class Promotion(Wire):
    """Predictions that a person accepts as they are."""

    annotation_ids: list[str] = Field(min_length=1, max_length=10_000)


class Promoted(Wire):
    """The ids of the new ground truth."""

    annotation_ids: list[str]


@router.get("/items/{item_id}/annotations", **needs(Action.ANNOTATION_READ))
def list_annotations(caller: CallerDep, item_id: str) -> ItemAnnotations:
    """The item's ground truth, and the revision to base a save on."""
    return caller.read(lambda conn: queries.read_item_annotations(conn, item_id))


@router.get("/items/{item_id}/annotations/as-of/{revision}", **needs(Action.ANNOTATION_READ))
def list_annotations_as_of(caller: CallerDep, item_id: str, revision: int) -> list[Annotation]:
    """The item's ground truth as it stood at a revision."""
    return caller.read(lambda conn: queries.list_annotations(conn, [item_id], as_of=revision))


@router.get("/items/{item_id}/annotations/predictions", **needs(Action.ANNOTATION_READ))
def list_predictions(caller: CallerDep, item_id: str, model_id: str | None = Query(None)) -> list[Annotation]:
    """What models said about the item, or one of them."""
    return caller.read(
        lambda conn: queries.list_annotations(conn, [item_id], layer=Layer.PREDICTION, model_id=model_id)
    )


@router.put("/items/{item_id}/annotations", **needs(Action.ANNOTATION_WRITE))
def replace_annotations(caller: CallerDep, item_id: str, body: AnnotationsReplace) -> ItemAnnotations:
    """Make these the item's ground truth; 409 with both versions when somebody saved in between."""

    def work(conn: Connection) -> ItemAnnotations:
        kept = {draft.id for draft in body.annotations}
        standing = queries.list_annotations(conn, [item_id])
        return actions.save_annotations(
            conn,
            item_id,
            drafts=body.annotations,
            removed_ids=[one.id for one in standing if one.id not in kept],
            base_revision=body.base_revision,
            actor_id=caller.actor.id,
            now=caller.now,
        )

    return caller.write(work)


@router.patch("/items/{item_id}/annotations", **needs(Action.ANNOTATION_WRITE))
def change_annotations(caller: CallerDep, item_id: str, body: AnnotationsChange) -> ItemAnnotations:
    """Add, change and remove some; 409 with both versions when somebody saved in between."""
    return caller.write(
        lambda conn: actions.save_annotations(
            conn,
            item_id,
            drafts=body.annotations,
            removed_ids=body.removed_ids,
            base_revision=body.base_revision,
            actor_id=caller.actor.id,
            now=caller.now,
        )
    )


@router.get("/annotations/{annotation_id}", **needs(Action.ANNOTATION_READ))
def get_annotation(caller: CallerDep, annotation_id: str) -> Annotation:
    """One annotation as it stands."""
    return caller.read(lambda conn: queries.get_annotation(conn, annotation_id))


@router.get("/annotations/{annotation_id}/history", **needs(Action.ANNOTATION_READ))
def list_history(caller: CallerDep, annotation_id: str) -> list[Annotation]:
    """Every version of an annotation, oldest first."""
    return caller.read(lambda conn: queries.annotation_history(conn, annotation_id))


@router.post("/datasets/{dataset_id}/promote", **needs(Action.ANNOTATION_PROMOTE))
def promote_predictions(caller: CallerDep, dataset_id: str, body: Promotion) -> Promoted:
    """Make ground truth of predictions, on record as accepted by this person."""

    def work(conn: Connection) -> list[str]:
        for annotation_id in body.annotation_ids:
            caller.check_same_project(conn, "annotation", annotation_id)
        return actions.promote_predictions(
            conn, body.annotation_ids, how=Origin.ACCEPTED, actor_id=caller.actor.id, now=caller.now
        )

    return Promoted(annotation_ids=caller.write(work))
