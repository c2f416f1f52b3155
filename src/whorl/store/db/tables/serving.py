"""Endpoints, what they were asked and answered, what people said about it, and what was flagged."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from whorl.store.db.tables.base import metadata
from whorl.store.db.types import Json, Key, UtcDateTime

endpoint = Table(
    "endpoint",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", String(40), ForeignKey("project.id"), nullable=False),
    Column("name", String(100), nullable=False, unique=True),  # part of its address
    Column("model_id", String(40), ForeignKey("model.id")),  # the champion that answers
    Column("shadow_id", String(40), ForeignKey("model.id")),  # answers beside it, for the log only
    Column("canary_id", String(40), ForeignKey("model.id")),  # answers `canary_share` of the requests
    Column("canary_share", Float, nullable=False),
    Column("pipeline_id", String(40), ForeignKey("pipeline.id")),  # whose variable the champion follows
    Column("variable", String(100)),
    Column("dataset_id", String(40)),  # where flagged traffic becomes items
    Column("settings", Json, nullable=False),
    Column("is_on", Boolean, nullable=False),
    Column("problem", Text),  # why it does not serve the model it should
    Column("page_secret", String(64)),  # signs links to its page for end users; made with the first
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "project_id", "id"),
)

endpoint_tally = Table(
    "endpoint_tally",
    metadata,
    Column("endpoint_id", String(40), ForeignKey("endpoint.id"), primary_key=True),
    Column("model_id", String(40), primary_key=True),
    Column("role", String(10), primary_key=True),  # champion, canary, shadow
    Column("minute", BigInteger, primary_key=True),  # since 1970
    Column("requests", BigInteger, nullable=False),
    Column("errors", BigInteger, nullable=False),
    Column("dropped", BigInteger, nullable=False),  # not asked for want of time: shadows only
    Column("latency_ms", Float, nullable=False),  # their sum
    Column("histogram", Json, nullable=False),  # requests by latency bucket
)

prediction_log = Table(
    "prediction_log",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("endpoint_id", String(40), ForeignKey("endpoint.id"), nullable=False),
    Column("model_id", String(40), nullable=False),
    Column("role", String(10), nullable=False),  # champion or canary
    Column("at", UtcDateTime, nullable=False),
    Column("sha256", String(64), nullable=False),  # of the image
    Column("has_image", Boolean, nullable=False),  # its bytes are among the blobs
    Column("media_type", String(80), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("latency_ms", Float, nullable=False),
    Column("answer", Json, nullable=False),  # annotations, as the caller got them
    Column("shadow", Json),  # what the shadow said, with its model id
    Column("confidence", Float),  # of the likeliest class, or of the least sure object
    Column("margin", Float),  # between the two likeliest classes
    Column("disagreement", Float),  # 0 to 1, with the shadow
    Column("novelty", Float),  # distance to what the model was trained on; see serving/novelty.py
    Column("embedding", LargeBinary),  # float16
    Column("metadata", Json, nullable=False),  # as given by the caller
    Column("item_id", String(40)),  # the item that was made of it
    Column("expires_at", UtcDateTime),
    Index(None, "endpoint_id", "key"),
    Index(None, "endpoint_id", "at"),
    Index(None, "expires_at"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("endpoint_id", String(40), ForeignKey("endpoint.id"), nullable=False),
    Column("prediction_id", String(40), nullable=False),  # outlives the log's line
    Column("model_id", String(40), nullable=False),
    Column("verdict", String(12), nullable=False),  # ok, wrong, correction
    Column("correction", Json),  # annotations
    Column("comment", Text),
    Column("who", String(200)),
    Column("item_id", String(40)),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "endpoint_id", "id"),
    Index(None, "prediction_id"),
)

flag_rule = Table(
    "flag_rule",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("endpoint_id", String(40), ForeignKey("endpoint.id"), nullable=False),
    Column("kind", String(20), nullable=False),  # confidence, margin, disagreement, novelty, metric, report, random
    Column("params", Json, nullable=False),
    Column("per_day", Integer, nullable=False),
    Column("is_on", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "endpoint_id", "id"),
)

flag = Table(
    "flag",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("endpoint_id", String(40), ForeignKey("endpoint.id"), nullable=False),
    Column("rule_id", String(40), ForeignKey("flag_rule.id"), nullable=False),
    Column("prediction_id", String(40), nullable=False),
    Column("model_id", String(40), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("score", Float),
    Column("reason", Text, nullable=False),
    Column("item_id", String(40)),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("rule_id", "prediction_id"),
    Index(None, "endpoint_id", "id"),
    Index(None, "rule_id", "at"),
)
