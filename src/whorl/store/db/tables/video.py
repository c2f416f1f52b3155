"""What is known of a video's frames, by the video's bytes."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, String, Table, Text

from whorl.store.db.tables.base import metadata
from whorl.store.db.types import UtcDateTime

video = Table(
    "video",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("n_frames", BigInteger, nullable=False),  # in the order they are shown
    Column("duration_s", Float, nullable=False),
    Column("rate", Float, nullable=False),  # frames a second on average
    Column("is_variable", Boolean, nullable=False),  # frames are not evenly spaced in time
    Column("width", Integer, nullable=False),  # upright
    Column("height", Integer, nullable=False),
    Column("rotation", Integer, nullable=False),  # degrees that were applied, anticlockwise
    Column("codec", String(40), nullable=False),
    Column("index_sha256", String(64)),  # blob with the time and kind of each frame; null when none decodes
    Column("problem", Text),  # what is wrong with it, for people
    Column("created_at", UtcDateTime, nullable=False),
)
