"""Annotations: truth and predictions alike, every version a row."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, String, Table

from whorl.store.db.tables.base import metadata
from whorl.store.db.types import Json, Key, UtcDateTime

annotation = Table(
    "annotation",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", String(40), nullable=False),  # the same over all versions
    Column("item_key", Key, ForeignKey("item.key"), nullable=False),
    Column("dataset_key", Key, nullable=False),
    Column("layer", String(12), nullable=False),  # truth or prediction
    Column("label", String(200), nullable=False),
    Column("kind", String(12), nullable=False),  # class, box, rotated_box, polygon, polyline, points, mask, track
    Column("x0", Float),  # bounds in pixels of the upright image; null for a class
    Column("y0", Float),
    Column("x1", Float),
    Column("y1", Float),
    Column("geometry", Json),  # null where the bounds say all: class and box
    Column("confidence", Float),
    Column("attributes", Json, nullable=False),
    Column("author_kind", String(10), nullable=False),
    Column("author_id", String(40), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("model_id", String(40)),
    Column("from_prediction", String(40)),
    Column("born_rev", BigInteger, nullable=False),
    Column("died_rev", BigInteger, nullable=False),
    Column("died_by", String(40)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("missed_by", String(40)),  # model whose predictions were on the item when a person added this
    Index("ix_annotation_item", "item_key", "died_rev", "layer", "label", "confidence"),
    Index("ix_annotation_label", "dataset_key", "died_rev", "layer", "label", "item_key", "confidence"),
    Index("ix_annotation_id", "id", "born_rev"),
    Index("ix_annotation_born", "dataset_key", "born_rev"),
    Index("ix_annotation_died", "dataset_key", "died_rev", "key"),
)

proposal_outcome = Table(
    "proposal_outcome",
    metadata,
    Column("prediction_id", String(40), primary_key=True),  # the last word of a person about it counts
    Column("model_id", String(40), nullable=False),
    Column("item_key", Key, ForeignKey("item.key"), nullable=False),
    Column("label", String(200), nullable=False),  # as predicted
    Column("outcome", String(10), nullable=False),  # accepted, edited, rejected
    Column("iou", Float),  # of an edited shape with the predicted one; null where shapes have none
    Column("person_id", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "model_id", "label", "outcome", "iou"),
)
