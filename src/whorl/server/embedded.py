"""The server inside another program, on a free loopback port."""

from __future__ import annotations

import atexit
import threading
import time
from contextlib import ExitStack

from whorl.base.errors import Unavailable
from whorl.base.settings import Settings
from whorl.server.run import RunningServer, open_server

_START_S = 20.0


class Embedded:
    """A server in a thread of this program; made by ``start_embedded``.

    Attributes:
        url: Its address on the loopback interface.
        token: A token that may do everything.
    """

    def __init__(self, running: RunningServer, opened: ExitStack) -> None:
        self.url = running.address.url
        self.token = running.address.token
        self._running = running
        self._opened = opened
        self._thread = threading.Thread(target=running.run, name="whorl-server", daemon=True)
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start answering, and wait until it does.

        Raises:
            Unavailable: It did not within 20 seconds.
        """
        # A program that ends without closing would wait for ever for a writer that ended with it.
        atexit.register(self.stop)
        self._thread.start()
        deadline = time.monotonic() + _START_S
        while not self._running.server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                self.stop()
                raise Unavailable("the embedded server did not start", hint="See the log for the reason.")
            time.sleep(0.005)

    def stop(self) -> None:
        """Stop it and let go of the home; stopping twice is nothing."""
        atexit.unregister(self.stop)
        with self._lock:
            self._running.stop()
            if self._thread.is_alive():
                self._thread.join()
            self._opened.close()

    def close(self) -> None:
        """As ``stop``."""
        self.stop()


def start_embedded(settings: Settings) -> Embedded:
    """Run the same app on a free loopback port in a thread of this program.

    Raises:
        DatabaseBusy: Another server has the home.
        Unavailable: It did not start.
    """
    opened = ExitStack()
    running = opened.enter_context(open_server(settings.model_copy(update={"host": "127.0.0.1", "port": 0})))
    embedded = Embedded(running, opened)
    embedded.start()
    return embedded
