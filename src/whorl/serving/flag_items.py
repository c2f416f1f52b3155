"""Flagged answers as items: the image under its content, the answer as proposals, what is known as metadata."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select, update

from whorl.annotations.actions import add_predictions
from whorl.base.errors import JsonValue, NotFound, UnreadableMedia
from whorl.datasets.actions import add_items, update_items
from whorl.datasets.intake import thumbnail_key
from whorl.datasets.queries import find_items_by_name
from whorl.schemas.datasets import Item, ItemPatch, NewItem
from whorl.schemas.records import AnnotationRecord
from whorl.serving.log_queries import answer_of, image_key
from whorl.store.blobs import BlobStore, content_key
from whorl.store.db.tables import dataset, feedback, flag, prediction_log

_SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/gif": ".gif",
    "image/bmp": ".bmp",
    "image/tiff": ".tif",
}


@dataclass(frozen=True, slots=True)
class Portrait:
    """What the bytes of a logged image are; they and a thumbnail are in the blob store under their content."""

    media_type: str
    width: int
    height: int
    bytes: int
    health: Mapping[str, float] = field(default_factory=dict)


def item_name(endpoint_name: str, sha256: str, media_type: str) -> str:
    """The name of the item that an endpoint's image becomes: the same image, the same item."""
    return f"{endpoint_name}/{sha256}{_SUFFIXES.get(media_type, '')}"


def why_no_item(line: RowMapping, home: RowMapping) -> str | None:
    """Why a flagged answer cannot become an item, in words; None when it can."""
    if home["dataset_id"] is None:
        return "it is no item, because the endpoint names no dataset for flagged images"
    if not line["has_image"]:
        return "it cannot become an item, because only the hash of its image was kept"
    return None


def keep_portraits(
    blobs: BlobStore, lines: Sequence[RowMapping], look: Callable[[bytes], tuple[Portrait, bytes]]
) -> dict[str, Portrait]:
    """Copy logged images to where items' bytes are, and say what they are, by prediction id.

    Those whose bytes are gone, or are no image after all, are left out.

    Args:
        look: Decodes bytes apart from this process; gives what they are and a thumbnail.
    """
    found: dict[str, Portrait] = {}
    by_sha: dict[str, Portrait] = {}
    for line in lines:
        sha256 = line["sha256"]
        if sha256 not in by_sha:
            try:
                data = blobs.get(image_key(line["endpoint_id"], line["at"], sha256))
                by_sha[sha256], thumbnail = look(data)
            except (NotFound, UnreadableMedia):
                continue
            blobs.put_if_absent(content_key(sha256), data)
            blobs.put_if_absent(thumbnail_key(sha256), thumbnail)
        found[line["id"]] = by_sha[sha256]
    return found


def make_items(
    conn: Connection,
    home: RowMapping,
    lines: Sequence[RowMapping],
    portraits: Mapping[str, Portrait],
    *,
    kinds: Mapping[str, Sequence[str]],
    now: datetime,
) -> dict[str, str]:
    """Make items of flagged lines of one endpoint, and give their ids by prediction id.

    An image that is an item already (it came twice, or was flagged before) stays that item. The answer becomes its
    proposals by the model that gave it; nothing of it is ground truth.

    Args:
        kinds: Of the rules that flagged each, by prediction id.
    """
    dataset_id, actor_id = home["dataset_id"], home["id"]
    wanted = [line for line in lines if line["id"] in portraits]
    if dataset_id is None or not wanted or not _is_there(conn, dataset_id):
        return {}
    names = {line["id"]: item_name(home["name"], line["sha256"], portraits[line["id"]].media_type) for line in wanted}
    standing = find_items_by_name(conn, dataset_id, list(dict.fromkeys(names.values())))
    new: dict[str, NewItem] = {}
    for line in wanted:
        name = names[line["id"]]
        if name not in standing and name not in new:
            new[name] = _new_item(name, line, portraits[line["id"]], home["name"], kinds[line["id"]])
    made = add_items(conn, dataset_id, list(new.values()), actor_id=actor_id, now=now)
    items = {**standing, **{one.name: one for one in made}}
    found = {line["id"]: items[names[line["id"]]].id for line in wanted}
    _note_again(conn, dataset_id, wanted, names, standing, kinds, actor_id=actor_id, now=now)
    _propose(conn, dataset_id, wanted, found, actor_id=actor_id, now=now)
    for prediction_id, item_id in found.items():
        conn.execute(update(prediction_log).where(prediction_log.c.id == prediction_id).values(item_id=item_id))
        for table in (feedback, flag):
            conn.execute(update(table).where(table.c.prediction_id == prediction_id).values(item_id=item_id))
    return found


def _is_there(conn: Connection, dataset_id: str) -> bool:
    return conn.execute(select(dataset.c.key).where(dataset.c.id == dataset_id)).first() is not None


def _new_item(name: str, line: RowMapping, portrait: Portrait, endpoint_name: str, kinds: Sequence[str]) -> NewItem:
    own: dict[str, JsonValue] = {"endpoint": endpoint_name, "prediction": line["id"], "flags": list(kinds)}
    return NewItem(
        name=name,
        sha256=line["sha256"],
        media_type=portrait.media_type,
        width=portrait.width,
        height=portrait.height,
        bytes=portrait.bytes,
        health=dict(portrait.health),
        # What the caller says comes first, so that it cannot pose as where the item came from.
        metadata={**line["metadata"], **own},
    )


def _note_again(
    conn: Connection,
    dataset_id: str,
    lines: Sequence[RowMapping],
    names: Mapping[str, str],
    standing: Mapping[str, Item],
    kinds: Mapping[str, Sequence[str]],
    *,
    actor_id: str,
    now: datetime,
) -> None:
    """Add the new flags to the metadata of items that stood before."""
    patches: dict[str, ItemPatch] = {}
    for line in lines:
        item = standing.get(names[line["id"]])
        if item is None:
            continue
        before = item.metadata.get("flags")
        known = [str(kind) for kind in before] if isinstance(before, list) else []
        every = list(dict.fromkeys([*known, *kinds[line["id"]]]))
        if every != known:
            patches[item.id] = ItemPatch(metadata={"flags": [*every]})
    if patches:
        update_items(conn, dataset_id, patches, actor_id=actor_id, now=now)


def _propose(
    conn: Connection,
    dataset_id: str,
    lines: Sequence[RowMapping],
    found: Mapping[str, str],
    *,
    actor_id: str,
    now: datetime,
) -> None:
    by_model: dict[str, dict[str, list[AnnotationRecord]]] = {}
    for line in lines:
        records = [AnnotationRecord(one.label, one.geometry, one.confidence) for one in answer_of(line["answer"])]
        by_model.setdefault(line["model_id"], {})[found[line["id"]]] = records
    for model_id, predictions in by_model.items():
        add_predictions(conn, dataset_id, predictions, model_id=model_id, actor_id=actor_id, now=now)
