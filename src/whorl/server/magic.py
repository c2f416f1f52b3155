"""What the magic tools keep between clicks: decoded pictures, what SAM made of images, and the queue that makes it.

Bytes of strangers are decoded in a child process (`decode_apart`); what comes back is a plain array, so the work on it
runs in the request's thread: OpenCV and onnxruntime let go of the interpreter meanwhile, it takes well under a second,
and sending the array to a child for every click would cost more than it saves. Two clicks are worked on at once; more
wait. The encoder is another matter: seconds of a core for each image, so it has a process of its own that steps back.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from whorl.base.errors import FeaturesNotReady, InvalidInput, ModelError, NotFound
from whorl.engine import Executor, InlineExecutor, LocalExecutor
from whorl.models.segmenting.choosing import find_pair
from whorl.models.segmenting.encoding import EncodingQueue
from whorl.models.segmenting.features import FeatureCache, unpack_seen, write_features
from whorl.models.segmenting.pictures import Picture, read_whole, read_window
from whorl.models.segmenting.prompts import Bounds, Image
from whorl.models.segmenting.sam import Pair, Seen
from whorl.schemas.datasets import Item
from whorl.server.media import decode_apart
from whorl.server.remembered import KeyedLocks
from whorl.server.services import Services
from whorl.store.blobs import content_key

if TYPE_CHECKING:
    from collections.abc import Hashable

_PICTURE_BYTES = 192 * 2**20
_MOST_PX = 16_000_000
_ALIKE_PX = 4_000_000
_WINDOW_STEP = 512
_MOST_SEEN = 4
_AT_ONCE = 2
_NICENESS = 10
_ENCODE_S = 300.0


class Magic:
    """One per server.

    Args:
        services: Of the server.
    """

    def __init__(self, services: Services) -> None:
        import cv2

        # One core a click: what OpenCV gains by more it takes from the other requests.
        cv2.setNumThreads(1)
        self._services = services
        home = services.settings.home_path
        self.features = FeatureCache(home / "cache" / "segmenting", services.settings.magic_cache_bytes)
        self.models = services.settings.models_path
        self.queue = EncodingQueue(when_idle=self._rest)
        self._guard = threading.Lock()
        self._locks = KeyedLocks()
        self._pictures: OrderedDict[Hashable, Picture] = OrderedDict()
        self._seen: OrderedDict[Path, Seen] = OrderedDict()
        self._encoder: Executor | None = None
        self._working = threading.BoundedSemaphore(_AT_ONCE)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Wait for one of the places at which pixels are worked on."""
        with self._working:
            yield

    def picture_around(self, item: Item, bounds: Bounds, *, frame: int | None) -> Picture:
        """The picture, of large images a window with as much again around ``bounds``, decoded once for many clicks."""
        if item.width * item.height <= _MOST_PX:
            return self._picture(item, frame, None, _MOST_PX)
        return self._picture(item, frame, _window(bounds, item.width, item.height), _MOST_PX)

    def whole_picture(self, item: Item, *, frame: int | None) -> Picture:
        """All of the picture; a large one at a fraction of its size."""
        most = _MOST_PX if item.width * item.height <= _MOST_PX else _ALIKE_PX
        return self._picture(item, frame, None, most)

    def feature_path(self, pair: Pair, item: Item, frame: int | None) -> Path:
        """Where an item's features are, or would be."""
        return self.features.place(pair.sha256, item.sha256, frame)

    def begin(self, pair: Pair, item: Item, *, frame: int | None) -> bool:
        """See to it that an item is encoded, next if it is not; whether it is already."""
        check_frame(item, frame)
        if self.features.find(pair.sha256, item.sha256, frame) is not None:
            return True
        self.queue.ask(self.feature_path(pair, item, frame), partial(self._encode, pair, item, frame))
        return False

    def find_seen(self, pair: Pair, item: Item, *, frame: int | None) -> Seen | None:
        """What the encoder made of an item, if that is known."""
        path = self.features.find(pair.sha256, item.sha256, frame)
        if path is None:
            return None
        with self._guard:
            if path in self._seen:
                self._seen.move_to_end(path)
                return self._seen[path]
        try:
            seen = unpack_seen(path.read_bytes())
        except OSError:
            return None
        except ModelError:
            # Damaged on disk: it is made again.
            path.unlink(missing_ok=True)
            return None
        with self._guard:
            self._seen[path] = seen
            while len(self._seen) > _MOST_SEEN:
                self._seen.popitem(last=False)
        return seen

    def wait_seen(self, pair: Pair, item: Item, *, frame: int | None, timeout_s: float) -> Seen:
        """As ``find_seen``, waiting until it is known.

        Raises:
            FeaturesNotReady: It takes longer, or it failed.
        """
        if not self.begin(pair, item, frame=frame):
            path = self.feature_path(pair, item, frame)
            self.queue.wait(path, timeout_s=timeout_s)
            state, failure = self.queue.state(path)
            if failure is not None:
                raise FeaturesNotReady(f"the image could not be encoded: {failure}", details={"state": state})
        seen = self.find_seen(pair, item, frame=frame)
        if seen is None:
            raise FeaturesNotReady("the image is still being prepared", hint="Try again in a few seconds.")
        return seen

    def pair(self) -> Pair:
        """The SAM pair in use.

        Raises:
            NotFound: There is none.
        """
        found = find_pair(self.models)
        if found is None or found.pair is None:
            raise NotFound("there is no SAM segmenter here", hint="Run `whorl models fetch sam2-tiny` on the server.")
        return found.pair

    def stop(self) -> None:
        """Encode no more; the image in hand is finished."""
        self.queue.stop()

    def _picture(self, item: Item, frame: int | None, window: Bounds | None, most_px: int) -> Picture:
        check_frame(item, frame)
        key = (item.sha256, frame, window, most_px)
        with self._locks.hold(key):
            with self._guard:
                if key in self._pictures:
                    self._pictures.move_to_end(key)
                    return self._pictures[key]
            made = self._read(item, frame, window, most_px)
            with self._guard:
                self._pictures[key] = made
                while len(self._pictures) > 1 and _bytes(self._pictures) > _PICTURE_BYTES:
                    self._pictures.popitem(last=False)
            return made

    def _read(self, item: Item, frame: int | None, window: Bounds | None, most_px: int) -> Picture:
        if frame is not None:
            return Picture(self._services.videos.read_frame(item, frame), item.width, item.height)
        data = self._services.blobs.get(content_key(item.sha256))
        limit = self._services.settings.max_pixels
        if window is None:
            return decode_apart(self._services, read_whole, data, most_px=most_px, max_pixels=limit)
        return decode_apart(self._services, read_window, data, window, most_px=most_px, max_pixels=limit)

    def _encode(self, pair: Pair, item: Item, frame: int | None) -> None:
        source: bytes | Image = b""
        if frame is None:
            source = self._services.blobs.get(content_key(item.sha256))
        else:
            source = self._services.videos.read_frame(item, frame)
        is_apart = self._services.executor is not None and not isinstance(self._services.executor, InlineExecutor)
        if self._encoder is None:
            self._encoder = LocalExecutor(1) if is_apart else InlineExecutor()
        job = self._encoder.submit(
            write_features,
            pair,
            source,
            str(self.feature_path(pair, item, frame)),
            max_pixels=self._services.settings.max_pixels,
            niceness=_NICENESS if is_apart else 0,
        )
        self._encoder.wait(job, timeout_s=_ENCODE_S)
        self.features.trim()

    def _rest(self) -> None:
        encoder, self._encoder = self._encoder, None
        if encoder is not None:
            encoder.stop()


def magic_of(services: Services) -> Magic:
    """The one of this server, made at the first click."""
    with services.locks.hold("magic"):
        found = services.magic
        if found is None:
            found = services.magic = Magic(services)
        return found


def check_frame(item: Item, frame: int | None) -> None:
    """See that a frame is asked for of videos, and of videos only.

    Raises:
        InvalidInput: It is not so.
    """
    if item.media_type.startswith("video/"):
        if frame is None:
            raise InvalidInput("this item is a video: say which frame", hint="Give `frame`, counted from 0.")
        return
    if frame is not None:
        raise InvalidInput(f"frame {frame} of an item that is no video", hint="Leave out `frame` for images.")


def _window(bounds: Bounds, width: int, height: int) -> Bounds:
    """A window around bounds, its edges on a coarse grid: the next click nearby finds it decoded."""
    x0, y0, x1, y1 = bounds
    margin = max(x1 - x0, y1 - y0) + _WINDOW_STEP / 4
    left, top = (max((one - margin) // _WINDOW_STEP * _WINDOW_STEP, 0.0) for one in (x0, y0))
    right, bottom = (-((-one - margin) // _WINDOW_STEP) * _WINDOW_STEP for one in (x1, y1))
    return left, top, min(right, float(width)), min(bottom, float(height))


def _bytes(pictures: OrderedDict[Hashable, Picture]) -> int:
    return sum(picture.rgb.nbytes for picture in pictures.values())
