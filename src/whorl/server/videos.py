"""Videos for routes: looked at once, and their frames decoded in a process of their own."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from whorl.base.clock import Clock, to_datetime
from whorl.base.errors import InvalidInput, UnreadableMedia
from whorl.datasets.video import packs
from whorl.datasets.video.records import VideoRow, add_video, find_video, note_problem
from whorl.datasets.video.rules import check_frame
from whorl.engine import Executor
from whorl.engine.executors import LocalExecutor
from whorl.models.files import materialise
from whorl.schemas.datasets import Item
from whorl.schemas.video import PropagateAnswer, PropagatedTrack, PropagateRequest, VideoInfo
from whorl.server.remembered import KeyedLocks, Remembered
from whorl.store.blobs import BlobStore, get_content, put_content
from whorl.store.db import Database

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from whorl.datasets.video.indexing import FrameIndex

P = ParamSpec("P")
T = TypeVar("T")
INDEX_S = 300.0
FRAMES_S = 60.0
MOST_FRAMES = 300
MOST_STEPS = 6000
_SMALLER = "Cut the video into shorter ones; if the machine is very busy, try again later."


class Videos:
    """What routes ask of videos. Any thread may call it.

    Frames are decoded in one child process, which keeps the decoders of the last few videos open, so that whoever
    plays a video finds the decoder where the last request left it.

    Args:
        executor: Of the server; None decodes in this process.
        home: Folder of caches.
    """

    def __init__(self, db: Database, blobs: BlobStore, executor: Executor | None, home: Path, clock: Clock) -> None:
        self._db = db
        self._blobs = blobs
        self._apart = executor
        # Frames in order are quick only where one process gets them all; and nobody waits for uploads.
        self._player = LocalExecutor(1) if isinstance(executor, LocalExecutor) else executor
        self._files = home / "cache" / "files"
        self._packs = packs.PackFolder(home / "cache" / "frames")
        self._clock = clock
        self._locks = KeyedLocks()
        self._rows: Remembered[VideoRow] = Remembered(entries=256)
        self._indexes: Remembered[FrameIndex] = Remembered(entries=8)

    def stop(self) -> None:
        """End the process that decodes."""
        if self._player is not None and self._player is not self._apart:
            self._player.stop()

    def describe(self, item: Item, *, start: int, count: int) -> VideoInfo:
        """What is known of an item's video; times of ``count`` frames from ``start`` on when they are uneven.

        Raises:
            InvalidInput: The item is no video.
        """
        row = self.row_of(item)
        times = None
        if row.is_variable:
            times = self._index(row).times_s()[start : start + count].tolist()
        return VideoInfo(
            item_id=item.id,
            n_frames=row.n_frames,
            duration_s=row.duration_s,
            rate=row.rate,
            is_variable=row.is_variable,
            width=row.width,
            height=row.height,
            codec=row.codec,
            problem=row.problem,
            times_s=times,
            times_start=start,
        )

    def row_of(self, item: Item) -> VideoRow:
        """What is stored of an item's video; the first time it is looked at, which takes a moment.

        Raises:
            InvalidInput: The item is no video.
        """
        if not item.media_type.startswith("video/"):
            raise InvalidInput(f"{item.name!r} is {item.media_type}, not a video", hint="Only videos have frames.")
        return self._rows.get(item.sha256, lambda: self._look_up(item))

    def read_jpeg(self, item: Item, frame: int, *, width: int | None, quality: int) -> bytes:
        """A frame as JPEG, upright.

        Raises:
            NotFound: There is no such frame.
            UnreadableMedia: It does not decode.
        """
        row = self._row_with(item, frame)
        wide = packs.fit_width(width, row.width)
        kept = self._packs.find(item.sha256, frame // packs.CHUNK, wide, quality)
        found = dict(kept) if kept is not None else dict(self._decode(row, [frame], wide, quality))
        if not found[frame]:
            raise UnreadableMedia(f"frame {frame} does not decode", hint="Its neighbours may.")
        return found[frame]

    def read_pack(self, item: Item, start: int, count: int, *, width: int | None, quality: int) -> bytes:
        """Frames from ``start`` on as a pack; fewer at the video's end.

        Raises:
            NotFound: There is no frame ``start``.
        """
        row = self._row_with(item, start)
        stop = min(start + count, row.n_frames)
        wide = packs.fit_width(width, row.width)
        found: list[tuple[int, bytes]] = []
        for chunk in range(start // packs.CHUNK, (stop - 1) // packs.CHUNK + 1):
            found += self._read_chunk(row, chunk, wide, quality)
        return packs.pack_frames([one for one in found if start <= one[0] < stop])

    def read_frame(self, item: Item, frame: int) -> NDArray[np.uint8]:
        """A frame of an item's video, upright, RGB of shape (H, W, 3): the item's size.

        Raises:
            InvalidInput: The item is no video.
            NotFound: There is no such frame.
            UnreadableMedia: It does not decode.
        """
        from whorl.datasets.video.reading import read_frame_body

        row = self._row_with(item, frame)
        path, index_path = self.paths(row)
        return self.call(read_frame_body, path, frame, index_path)

    def propagate(self, item: Item, asked: PropagateRequest, *, folder: str | None) -> PropagateAnswer:
        """Follow shapes through an item's video.

        Args:
            folder: Of the model that is the tracker.

        Raises:
            InvalidInput: The item is no video, it is too much at a time, or there is no such tracker.
            NotFound: There is no such frame.
            ModelError: The tracker failed.
        """
        from whorl.models.tracking.bodies import propagate_body

        started = time.perf_counter()
        row = self._row_with(item, asked.frame)
        check_frame(asked.to_frame, row.n_frames)
        _check_work(asked)
        path, index_path = self.paths(row)
        found = _wait(
            self._apart,
            FRAMES_S,
            propagate_body,
            path,
            index_path,
            asked.shapes,
            asked.ends,
            frame=asked.frame,
            to_frame=asked.to_frame,
            tracker=asked.tracker,
            folder=folder,
        )
        return PropagateAnswer(
            tracks={
                key: PropagatedTrack(keyframes=one.keyframes, stopped_at=one.stopped_at, reason=one.reason)
                for key, one in found.items()
            },
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
        )

    def paths(self, row: VideoRow) -> tuple[str, str | None]:
        """Where the video and its index lie as files."""
        shas = [row.sha256] if row.index_sha256 is None else [row.sha256, row.index_sha256]
        found = [str(path) for path in materialise(self._blobs, shas, self._files)]
        return found[0], found[1] if len(found) > 1 else None

    def call(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in the process that decodes frames.

        Raises:
            UnreadableMedia: It took longer than a minute, or what the function raises.
            WorkerLost: The process died.
        """
        return _wait(self._player, FRAMES_S, function, *args, **kwargs)

    def _read_chunk(self, row: VideoRow, chunk: int, width: int, quality: int) -> list[tuple[int, bytes]]:
        with self._locks.hold((row.sha256, chunk, width, quality)):
            kept = self._packs.find(row.sha256, chunk, width, quality)
            if kept is not None:
                return kept
            first = chunk * packs.CHUNK
            made = self._decode(row, range(first, min(first + packs.CHUNK, row.n_frames)), width, quality)
            self._packs.keep(row.sha256, chunk, width, quality, made)
            return made

    def _decode(self, row: VideoRow, frames: list[int] | range, width: int, quality: int) -> list[tuple[int, bytes]]:
        path, index_path = self.paths(row)
        made = self.call(packs.read_jpegs_body, path, index_path, frames, width, quality)
        broken = [number for number, data in made if not data]
        if broken and row.problem is None:
            self._note(row, f"frame {broken[0]} does not decode; there may be more")
        return made

    def _note(self, row: VideoRow, problem: str) -> None:
        self._db.write(lambda conn: note_problem(conn, row.sha256, problem))
        self._rows.forget(row.sha256)

    def _row_with(self, item: Item, frame: int) -> VideoRow:
        row = self.row_of(item)
        check_frame(frame, row.n_frames)
        return row

    def _look_up(self, item: Item) -> VideoRow:
        with self._db.read() as conn:
            row = find_video(conn, item.sha256)
        if row is not None:
            return row
        made = self._look_at(item)
        now = to_datetime(self._clock.now())
        self._db.write(lambda conn: add_video(conn, made, now=now))
        return made

    def _look_at(self, item: Item) -> VideoRow:
        from whorl.datasets.video.indexing import index_body

        (path,) = materialise(self._blobs, [item.sha256], self._files)
        facts, data = _wait(self._apart, INDEX_S, index_body, str(path))
        if facts is None:
            nothing = (0, 0.0, 0.0, False, item.width, item.height, 0, "unknown", None)
            return VideoRow(item.sha256, *nothing, problem=data.decode())
        index_sha256 = put_content(self._blobs, data)
        return VideoRow(
            sha256=item.sha256,
            n_frames=facts.n_frames,
            duration_s=facts.duration_s,
            rate=facts.rate,
            is_variable=facts.is_variable,
            width=facts.width,
            height=facts.height,
            rotation=facts.rotation,
            codec=facts.codec,
            index_sha256=index_sha256,
            problem=facts.problem,
        )

    def _index(self, row: VideoRow) -> FrameIndex:
        # Our own bytes, and no decoding of pictures: milliseconds, in this process.
        from whorl.datasets.video.indexing import decode_index

        assert row.index_sha256 is not None
        key = row.index_sha256
        return self._indexes.get(key, lambda: decode_index(get_content(self._blobs, key)))


def _check_work(asked: PropagateRequest) -> None:
    frames = abs(asked.to_frame - asked.frame)
    if not frames:
        raise InvalidInput(f"frame and to_frame are both {asked.frame}", hint="Name another frame to go to.")
    if frames > MOST_FRAMES:
        raise InvalidInput(f"{frames:,} frames are too many at a time: {MOST_FRAMES} at most", hint="Go on from there.")
    work = frames * (len(asked.shapes) + len(asked.ends))
    if work > MOST_STEPS:
        raise InvalidInput(
            f"{len(asked.shapes)} objects through {frames} frames are too much at a time",
            hint=f"Objects times frames, and each direction, may come to {MOST_STEPS:,}.",
        )
    strange = [key for key in asked.ends if key not in asked.shapes]
    if strange:
        raise InvalidInput(f"ends has {strange[0][:60]!r}, which shapes has not", hint="Use the same keys in both.")
    unlike = [key for key, end in asked.ends.items() if end.type != asked.shapes[key].type]
    if unlike:
        raise InvalidInput(f"{unlike[0][:60]!r} has another kind of shape in ends", hint="A track has one kind.")


def _wait(
    executor: Executor | None, timeout_s: float, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    if executor is None:
        return function(*args, **kwargs)
    job = executor.submit(function, *args, **kwargs)
    try:
        return executor.wait(job, timeout_s=timeout_s)
    except TimeoutError as error:
        job.cancel()
        raise UnreadableMedia(f"it took longer than {timeout_s:g} s to decode", hint=_SMALLER) from error
