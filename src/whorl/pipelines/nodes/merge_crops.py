"""merge_crops: what was said about cut-out objects lands on the objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import Connection

from whorl.annotations.actions import add_predictions, save_annotations
from whorl.annotations.outcomes import reject_predictions
from whorl.annotations.queries import list_annotations, read_item_annotations
from whorl.base.errors import InvalidInput, JsonValue, UnknownLabel
from whorl.datasets.parts import PARENT, PART
from whorl.pipelines.graph import NodeType
from whorl.pipelines.items import find_items
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode, park_all
from whorl.pipelines.nodes.fields import LabelsOrOne
from whorl.pipelines.parts import Group, gather_parts, output_of, values_of_parent
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.annotations import Annotation, AnnotationDraft, AuthorKind, ClassTag, Layer
from whorl.schemas.datasets import Item
from whorl.schemas.pipelines import NodeFamily, PortType
from whorl.schemas.records import AnnotationRecord


class MergeCropsParams(Params):
    """What becomes of a crop's class."""

    layer: Literal["truth", "prediction"] = Field(
        default="truth", description="Whose classes of the crops count: people's or models'."
    )
    write_as: Literal["label", "attribute"] = Field(
        default="label", description="The class becomes the object's label, or the value of an attribute of it."
    )
    attribute: str | None = Field(
        default=None, min_length=1, max_length=200, description="Name of the attribute, when the class becomes one."
    )

    no_object: LabelsOrOne = Field(
        default=(),
        description="Classes that say that there is no object in the crop: what was cut out is removed from the "
        "image's ground truth, and a prediction it came from counts as refused.",
    )

    @model_validator(mode="after")
    def _names_the_attribute(self) -> Self:
        if self.no_object and self.layer != "truth":
            raise PydanticCustomError(
                "no_object", "no_object is for what people say; leave it out with layer: prediction"
            )
        if (self.write_as == "attribute") != (self.attribute is not None):
            raise PydanticCustomError("attribute", "attribute is needed with write_as: attribute, and only then")
        return self


@dataclass(frozen=True, slots=True)
class _Said:
    """The class of one crop and the annotation it is about."""

    target: str
    by: Annotation


class MergeCropsNode(PlainNode):
    """A barrier for each parent. What a person said of a crop is that person's word about the object."""

    type = NodeType(
        name="merge_crops",
        family=NodeFamily.DATA,
        summary="Waits for all crops of an image and gives its objects the crops' classes.",
        inputs={"item": PortType.ITEM},
        outputs={"item": PortType.ITEM, "lost": PortType.ITEM},
        params=MergeCropsParams,
        is_barrier=True,
        gathers_parts=True,
        description="Crops wait here until all of their image have come, or are lost. Then the class of each lands on "
        "the annotation that was cut out, as its label or as an attribute: what people said becomes ground truth of "
        "theirs, an object that was a prediction being accepted or edited by it; what a model said becomes that "
        "model's prediction on the image. The image leaves by `item`, or by `lost` when none of the objects is there "
        "any more: what was said of them stays with the crops. When the image was deleted meanwhile, nothing leaves, "
        "and the crops keep their classes.",
    )

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Park; who is complete shows in ``commit``, where the run's row is locked."""
        del context
        return park_all(tokens)

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Bring the classes to each image whose crops are there."""
        del results
        done, groups = gather_parts(conn, tokens, context)
        for group in groups:
            done[group.place] = _merge(conn, group, context)
        return Committed([done[place] for place in range(len(tokens))])


def _merge(conn: Connection, group: Group, context: NodeContext) -> Passed:
    params = context.params
    assert isinstance(params, MergeCropsParams)
    items = find_items(conn, [group.parent, *group.refs])
    parent = items.pop(group.parent, None)
    if parent is None:
        return Passed((), output=output_of(group, ended="the item was deleted"))
    said = _read_classes(conn, parent, list(items.values()), Layer(params.layer))
    standing = {one.id: one for one in list_annotations(conn, [parent.id], layer=None)}
    found = [one for one in said if one.target in standing]
    if params.layer == "truth":
        facts = _write_truth(conn, parent, found, standing, params, context)
    else:
        facts = _write_predictions(conn, parent, found, standing, params, context)
    gone: list[JsonValue] = [one.by.item_id for one in said if one.target not in standing]
    facts |= {"landed": len(found), "lost": len(gone)} | ({"lost_crops": gone} if gone else {})
    if group.is_late:
        return Passed((), output=output_of(group, **facts, ended="late: the item has gone on already"))
    port = "lost" if said and not found else "item"
    return Passed((Emission(port, parent.id, values_of_parent(group.token)),), output=output_of(group, **facts))


def _read_classes(conn: Connection, parent: Item, crops: Sequence[Item], layer: Layer) -> list[_Said]:
    """The class of each crop that has one: the latest of people's, the surest of models'."""
    targets: dict[str, str] = {}
    for crop in crops:
        part = crop.metadata.get(PART)
        if crop.metadata.get(PARENT) == parent.id and isinstance(part, dict) and part.get("annotation"):
            targets[crop.id] = str(part["annotation"])
    best: dict[str, Annotation] = {}
    for one in list_annotations(conn, list(targets), layer=layer):
        if isinstance(one.geometry, ClassTag):
            held = best.get(one.item_id)
            if held is None or _weight(one) > _weight(held):
                best[one.item_id] = one
    return [_Said(targets[item_id], by) for item_id, by in best.items()]


def _weight(one: Annotation) -> tuple[float, int]:
    return (one.confidence or 0.0 if one.layer is Layer.PREDICTION else 0.0, one.born_rev)


def _write_truth(
    conn: Connection,
    parent: Item,
    said: Sequence[_Said],
    standing: Mapping[str, Annotation],
    params: MergeCropsParams,
    context: NodeContext,
) -> dict[str, JsonValue]:
    """Save each person's statements as that person's; what the ontology refuses is told and left out."""
    promoted = {one.from_prediction: one.id for one in standing.values() if one.layer is Layer.TRUTH}
    by_author: dict[tuple[AuthorKind, str], tuple[list[AnnotationDraft], list[str]]] = {}
    unseen: dict[str, list[str]] = {}
    for one in said:
        target = standing[promoted.get(one.target, one.target)]
        drafts, removed = by_author.setdefault((one.by.author_kind, one.by.author_id), ([], []))
        if one.by.label not in params.no_object:
            drafts.append(_draft(target, one.by.label, params))
        elif target.layer is Layer.TRUTH:
            removed.append(target.id)
        else:
            unseen.setdefault(one.by.author_id, []).append(target.id)
    for author_id, ids in unseen.items():
        reject_predictions(conn, parent.id, ids, person_id=author_id, now=context.now())
    refused: list[JsonValue] = []
    for (kind, author_id), (drafts, removed) in by_author.items():
        try:
            save_annotations(
                conn,
                parent.id,
                drafts=drafts,
                removed_ids=removed,
                base_revision=read_item_annotations(conn, parent.id).revision,
                actor_id=author_id,
                author_kind=kind,
                now=context.now(),
                cause=context.cause,
            )
        except (UnknownLabel, InvalidInput) as error:
            refused.append(error.message)
    n_removed = sum(len(removed) for _, removed in by_author.values()) + sum(map(len, unseen.values()))
    facts: dict[str, JsonValue] = {"removed": n_removed} if n_removed else {}
    return facts | ({"refused": refused} if refused else {})


def _draft(target: Annotation, said: str, params: MergeCropsParams) -> AnnotationDraft:
    is_truth = target.layer is Layer.TRUTH
    return AnnotationDraft(
        id=target.id if is_truth else None,
        label=said if params.attribute is None else target.label,
        geometry=target.geometry,
        attributes=target.attributes if params.attribute is None else {**target.attributes, params.attribute: said},
        from_prediction=None if is_truth else target.id,
    )


def _write_predictions(
    conn: Connection,
    parent: Item,
    said: Sequence[_Said],
    standing: Mapping[str, Annotation],
    params: MergeCropsParams,
    context: NodeContext,
) -> dict[str, JsonValue]:
    """Write what each model said of the objects as its predictions on the image, in place of its earlier ones."""
    by_model: dict[str, list[AnnotationRecord]] = {}
    for one in said:
        draft = _draft(standing[one.target], one.by.label, params)
        record = AnnotationRecord(draft.label, draft.geometry, one.by.confidence, draft.attributes)
        by_model.setdefault(one.by.author_id, []).append(record)
    targets = {one.target for one in said}
    for model_id, records in by_model.items():
        if any(standing[target].author_id == model_id for target in targets):
            # The model judges its own boxes: those it was not asked about stay.
            records += [
                AnnotationRecord(one.label, one.geometry, one.confidence, one.attributes)
                for one in standing.values()
                if one.author_id == model_id and one.layer is Layer.PREDICTION and one.id not in targets
            ]
        add_predictions(
            conn,
            parent.dataset_id,
            {parent.id: records},
            model_id=model_id,
            actor_id=context.actor_id,
            now=context.now(),
        )
    return {"models": list(by_model)}
