"""``whorl up`` in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx

import whorl
from whorl.base.settings import Settings
from whorl.sdk.client import Client
from whorl.server.webapp import open_web

ADAPTERS = Path(__file__).parent / "adapters"


def web_folder() -> Path:
    """Where the built app is."""
    return open_web(Settings()).folder


class Server:
    """A running server.

    Args:
        home: Its home; what is in it stays when the server stops.

    Attributes:
        url: Where it listens; the same after a restart.
        link: Signs in as the machine's own user.
        client: The SDK, signed in.
    """

    def __init__(self, home: Path) -> None:
        self.home = home
        self.url = self.link = ""
        self._port = 0
        self._token = ""
        self._process: subprocess.Popen[str] | None = None
        self.client: Client

    def __enter__(self) -> Server:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.home.mkdir(parents=True, exist_ok=True)
        command = [
            sys.executable,
            "-m",
            "whorl.cli",
            "up",
            "--home",
            str(self.home),
            "--port",
            str(self._port),
            "--json",
        ]
        path = os.pathsep.join(filter(None, (str(ADAPTERS), os.environ.get("PYTHONPATH"))))
        environment = os.environ | {"PYTHONPATH": path, "WHORL_WEB": str(web_folder())}
        log = (self.home / "server.log").open("a", encoding="utf-8")
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
        log.close()
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, (self.home / "server.log").read_text(encoding="utf-8")
        said = json.loads(line)
        self.url, self.link = said["url"], said["link"]
        self._port = int(self.url.rpartition(":")[2])
        self._token = json.loads((self.home / "server.json").read_text(encoding="utf-8"))["token"]
        self.client = whorl.connect(self.url, token=self._token)

    def stop(self, *, is_killed: bool = False) -> None:
        """Stop it; ``is_killed`` gives it no time to say goodbye."""
        process, self._process = self._process, None
        if process is None:
            return
        self.client.close()
        process.send_signal(signal.SIGKILL if is_killed else signal.SIGTERM)
        process.wait(timeout=60)
        assert process.stdout is not None
        process.stdout.close()

    # Any: JSON.
    def ask(self, method: str, path: str, body: object = None) -> Any:
        """What the REST API answers to the machine's own user, for what the SDK has no words for."""
        headers = {"Authorization": f"Bearer {self._token}"}
        answer = httpx.request(method, f"{self.url}/api/v1{path}", json=body, headers=headers, timeout=30)
        assert answer.status_code < 400, answer.text
        return answer.json() if answer.content else None
