"""Sending to a socket without ever waiting for the other side: at once if it takes it, by a thread if not."""

from __future__ import annotations

import socket
import threading
from collections import deque


class Outbox:
    """What is to be sent over one connection, in order. Any thread may send; the event loop's must not wait.

    Args:
        connection: Closed by whoever reads from it.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._waiting: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._is_sending = False
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def send(self, data: bytes) -> None:
        """Send, or let it wait for its turn; what the other side does not live to see is dropped."""
        with self._changed:
            if self._is_closed:
                return
            if not self._waiting and not self._is_sending:
                try:
                    sent = self._connection.send(data, socket.MSG_DONTWAIT)
                except BlockingIOError:
                    sent = 0
                except OSError:
                    # The other side has gone; whoever reads from it tells.
                    return
                if sent == len(data):
                    return
                data = data[sent:]
            self._waiting.append(data)
            if self._thread is None:
                self._thread = threading.Thread(target=self._send_forever, name="whorl-host-send", daemon=True)
                self._thread.start()
            self._changed.notify()

    def close(self) -> None:
        """Send no more; the other side reads the end."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        try:
            self._connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def _send_forever(self) -> None:
        while True:
            with self._changed:
                self._is_sending = False
                while not self._waiting and not self._is_closed:
                    self._changed.wait()
                if self._is_closed:
                    return
                data = self._waiting.popleft()
                self._is_sending = True
            try:
                self._connection.sendall(data)
            except OSError:
                with self._changed:
                    self._is_closed = True
                return
