"""A model host: a process that loads model folders, decodes images, batches them and answers.

Started by ``whorl.serving.pool`` as ``python -m whorl.serving.host FD MAX_PIXELS THREADS``. It talks in frames over one
socket and ends when the other side does. One thread reads, one or two decode, one or more predict.

Frames to it: ``load``, ``unload``, ``ask``. Frames from it: ``loaded``, ``failed``, ``begun`` (these are being run),
``answer``, ``error``.
"""

from __future__ import annotations

import gc
import hashlib
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING

from whorl.base.errors import JsonValue, ModelError, WhorlError
from whorl.serving.batching import Lanes, Waiting
from whorl.serving.frames import Head, pack_frame, read_frame

if TYPE_CHECKING:
    from whorl.models.folder import LoadedModel
    from whorl.models.types import Image

GONE = "model_gone"
"""The code of an error: this host does not hold the model; ask who serves now."""
_log = logging.getLogger("whorl.serving.host")


@dataclass(frozen=True, slots=True)
class _Ask:
    id: int
    image: Image
    media_type: str
    sha256: str
    min_confidence: float


class ModelHost:
    """The host's state, between its threads.

    Args:
        connection: To the server.
        max_pixels: Larger images are refused before they are decoded.
        threads: How many batches are predicted at a time.
    """

    def __init__(self, connection: socket.socket, *, max_pixels: int, threads: int) -> None:
        self._connection = connection
        self._max_pixels = max_pixels
        self._threads = threads
        self._sending = threading.Lock()
        self._models: dict[str, LoadedModel] = {}
        self._loading: set[str] = set()
        self._leaving: set[str] = set()
        self._running: dict[str, int] = {}
        self._state = threading.Lock()
        self._decoding = 0
        self._lanes: Lanes[_Ask] = Lanes(is_ready=self._models.__contains__, is_more_coming=lambda: self._decoding > 0)
        cores = os.cpu_count() or 1
        self._decoders = ThreadPoolExecutor(1 if cores <= 2 else 2, thread_name_prefix="decode")
        self._loaders = ThreadPoolExecutor(1, thread_name_prefix="load")

    def run(self) -> None:
        """Serve until the server closes the connection."""
        for number in range(self._threads):
            threading.Thread(target=self._predict_forever, name=f"predict-{number}", daemon=True).start()
        with BufferedReader(self._connection.makefile("rb", buffering=0), 2**18) as source:
            while (frame := read_frame(source)) is not None:
                self._take(*frame)
        self._lanes.close()

    def _take(self, head: Head, body: bytes) -> None:
        match head["do"]:
            case "ask":
                with self._state:
                    self._decoding += 1
                self._decoders.submit(self._decode, head, body)
            case "load":
                model, folder = str(head["model"]), str(head["folder"])
                with self._state:
                    self._leaving.discard(model)
                    self._loading.add(model)
                self._loaders.submit(self._load, model, Path(folder))
            case "unload":
                # Behind what was asked before it, which may still be decoded.
                self._decoders.submit(self._unload, str(head["model"]))

    def _load(self, model: str, folder: Path) -> None:
        started = time.monotonic()
        try:
            from whorl.models.folder import load_model
            from whorl.serving.answering import warm_up

            loaded = self._models.get(model) or load_model(folder)
            warm_up(loaded)
        except Exception as error:  # noqa: BLE001 - a stranger's adapter may raise anything
            _log.warning("model %s cannot be loaded: %s", model, error)
            with self._state:
                self._loading.discard(model)
            self._refuse_all(model, error)
            self._send({"said": "failed", "model": model, **_told(error)})
            return
        with self._state:
            self._models[model] = loaded
            self._loading.discard(model)
        self._send({"said": "loaded", "model": model, "ms": (time.monotonic() - started) * 1e3})
        self._lanes.look_again()

    def _unload(self, model: str) -> None:
        with self._state:
            self._leaving.add(model)
        self._let_go(model)

    def _let_go(self, model: str) -> None:
        """Forget a model that is to leave once nobody waits for it any more."""
        with self._state:
            is_idle = not self._running.get(model) and not self._lanes.count(model)
            if model not in self._leaving or not is_idle:
                return
            self._leaving.discard(model)
            self._models.pop(model, None)
        gc.collect()

    def _decode(self, head: Head, body: bytes) -> None:
        from whorl.serving.answering import decode

        asks = head["asks"]
        assert isinstance(asks, list)
        try:
            image, media_type = decode(body, max_pixels=self._max_pixels)
            sha256 = hashlib.sha256(body).hexdigest()
        except Exception as error:  # noqa: BLE001 - image libraries raise anything on a stranger's bytes
            self._refuse([_number(one, "id") for one in asks], error)
            return
        finally:
            with self._state:
                self._decoding -= 1
        for one in asks:
            ask = _Ask(_number(one, "id"), image, media_type, sha256, _real(one, "min_confidence"))
            self._enqueue(ask, one, head)

    def _enqueue(self, ask: _Ask, one: JsonValue, head: Head) -> None:
        assert isinstance(one, dict)
        model, image = str(one["model"]), ask.image
        waiting = Waiting(
            ask,
            model,
            image.shape[0] * image.shape[1],
            is_low=bool(one["is_low"]),
            since=time.monotonic(),
            max_batch=_number(head, "max_batch"),
            max_wait_s=_real(head, "max_wait_ms") / 1e3,
        )
        with self._state:
            # Under the lock, so that the model does not leave in between.
            is_here = model in self._models or model in self._loading
            if is_here:
                self._lanes.put(waiting)
        if not is_here:
            self._say_gone([ask.id], model)

    def _predict_forever(self) -> None:
        while batch := self._lanes.take():
            model = batch[0].model
            with self._state:
                loaded = self._models.get(model)
                self._running[model] = self._running.get(model, 0) + 1
            asks = [one.content for one in batch]
            try:
                if loaded is None:
                    self._say_gone([ask.id for ask in asks], model)
                    continue
                self._send({"said": "begun", "ids": [ask.id for ask in asks]})
                self._answer(loaded, asks)
            except Exception as error:  # noqa: BLE001 - a stranger's adapter may raise anything
                self._refuse([ask.id for ask in asks], error)
            finally:
                with self._state:
                    self._running[model] -= 1
                self._let_go(model)

    def _answer(self, loaded: LoadedModel, asks: Sequence[_Ask]) -> None:
        from whorl.serving.answering import predict

        started = time.monotonic()
        found = predict(loaded, [ask.image for ask in asks], [ask.min_confidence for ask in asks])
        took_ms = (time.monotonic() - started) * 1e3
        frames = [
            pack_frame(
                {
                    "said": "answer",
                    "id": ask.id,
                    "width": ask.image.shape[1],
                    "height": ask.image.shape[0],
                    "media_type": ask.media_type,
                    "sha256": ask.sha256,
                    "confidence": said.confidence,
                    "margin": said.margin,
                    "ms": took_ms,
                },
                said.body,
            )
            for ask, said in zip(asks, found, strict=True)
        ]
        self._write(b"".join(frames))

    def _refuse_all(self, model: str, error: Exception) -> None:
        waiting = self._lanes.withdraw(model)
        self._refuse([one.content.id for one in waiting], error)

    def _refuse(self, ids: Sequence[int], error: Exception) -> None:
        if not isinstance(error, WhorlError):
            _log.warning("a request failed", exc_info=error)
        for number in ids:
            self._send({"said": "error", "id": number, **_told(error)})

    def _say_gone(self, ids: Sequence[int], model: str) -> None:
        for number in ids:
            self._send({"said": "error", "id": number, "code": GONE, "message": f"no model {model}", "hint": ""})

    def _send(self, head: Head) -> None:
        self._write(pack_frame(head))

    def _write(self, data: bytes) -> None:
        try:
            with self._sending:
                self._connection.sendall(data)
        except OSError:
            # The server has gone; the reading thread notices, too, and ends this process.
            return


def _told(error: Exception) -> Head:
    if isinstance(error, WhorlError):
        # A trace is for who made the model, in the log, and not for who asks it.
        details = {name: value for name, value in error.details.items() if name not in ("trace", "stderr")}
        return {"code": error.code, "message": error.message, "hint": error.hint, "details": details}
    if isinstance(error, MemoryError):
        return {
            "code": "unreadable_media",
            "message": "the image does not fit into memory",
            "hint": "Send a smaller one.",
        }
    return {
        "code": ModelError.code,
        "message": f"{type(error).__name__}: {error}"[:500],
        "hint": "See the server's log.",
    }


def _number(head: JsonValue, name: str) -> int:
    assert isinstance(head, dict)
    value = head[name]
    assert isinstance(value, int)
    return value


def _real(head: JsonValue, name: str) -> float:
    assert isinstance(head, dict)
    value = head[name]
    assert isinstance(value, int | float)
    return float(value)


def main(arguments: Sequence[str], *, leave: Callable[[int], None] = os._exit) -> None:
    """Run a host on an inherited socket.

    Args:
        leave: Ends the process at once: a predicting thread that hangs must not keep it.
    """
    # Ctrl-C of a terminal reaches the whole group; the server decides when its hosts end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    descriptor, max_pixels, threads = (int(one) for one in arguments)
    with socket.socket(fileno=descriptor) as connection:
        ModelHost(connection, max_pixels=max_pixels, threads=threads).run()
    leave(0)


if __name__ == "__main__":
    main(sys.argv[1:])
