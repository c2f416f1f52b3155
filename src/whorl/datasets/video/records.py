"""What is stored of a video, by its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.exc import IntegrityError

from whorl.store.db.tables import video

_MAX_PROBLEM = 1000


@dataclass(frozen=True, slots=True)
class VideoRow:
    """A row of the table ``video``; ``index_sha256`` is None when no frame decodes."""

    sha256: str
    n_frames: int
    duration_s: float
    rate: float
    is_variable: bool
    width: int
    height: int
    rotation: int
    codec: str
    index_sha256: str | None
    problem: str | None


def find_video(conn: Connection, sha256: str) -> VideoRow | None:
    """What is known of a video; None when it was not looked at yet."""
    columns = [video.c[name] for name in VideoRow.__slots__]
    row = conn.execute(select(*columns).where(video.c.sha256 == sha256)).first()
    return None if row is None else VideoRow(*row)


def count_frames(conn: Connection, sha256: str) -> int | None:
    """How many frames a video has; None when it was not looked at yet."""
    found = conn.execute(select(video.c.n_frames).where(video.c.sha256 == sha256)).scalar_one_or_none()
    return None if found is None else int(found)


def add_video(conn: Connection, row: VideoRow, *, now: datetime) -> None:
    """Store what is known of a video, unless somebody was sooner: it follows from the bytes."""
    values = {name: getattr(row, name) for name in VideoRow.__slots__}
    try:
        with conn.begin_nested():
            conn.execute(video.insert().values(**values, created_at=now))
    except IntegrityError:
        return


def note_problem(conn: Connection, sha256: str, problem: str) -> None:
    """Say what was found to be wrong with a video, unless something is said already."""
    mine = (video.c.sha256 == sha256) & (video.c.problem.is_(None))
    conn.execute(update(video).where(mine).values(problem=problem[:_MAX_PROBLEM]))
