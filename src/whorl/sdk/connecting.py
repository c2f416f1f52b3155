"""Finding the server: by address, the one that runs on this home, or one inside this program."""

from __future__ import annotations

import json
import os
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from whorl.base.errors import InvalidInput, MissingDependency, WhorlError
from whorl.base.settings import Settings
from whorl.sdk.client import Client
from whorl.sdk.transport import Transport


class Embedded(Protocol):
    """A server inside this program."""

    @property
    def url(self) -> str:
        """Its address on the loopback interface."""
        ...

    @property
    def token(self) -> str:
        """A token that may do everything."""
        ...

    def stop(self) -> None:
        """Stop it; the home can be opened again afterwards."""
        ...


def connect(url: str | None = None, token: str | None = None, home: str | Path | None = None) -> Client:
    """Connect to Whorl.

    With an address, to the server there. Without one, to the server that runs on the home; when none runs, the
    server is started inside this program and stops with ``Client.close``.

    Args:
        url: Such as ``http://127.0.0.1:8620``; ``WHORL_URL`` when neither it nor a home is given.
        token: ``WHORL_TOKEN`` when left out; not needed for the server of your own home.
        home: Folder of the database, blobs and models; ``WHORL_HOME``, else ``~/.whorl``.

    Raises:
        Unavailable: No server answers at the address.
        MissingDependency: The server part of Whorl is not installed.
    """
    if url and home is not None:
        raise InvalidInput("an address and a home were given", hint="Give one: the home belongs to its own server.")
    if home is None:
        url = url or os.environ.get("WHORL_URL")
    if url:
        return Client(Transport(url, token or os.environ.get("WHORL_TOKEN", "")))
    settings = Settings() if home is None else Settings(home=Path(home))
    running = find_running(settings.home_path)
    if running is not None:
        return running
    started = start_embedded(settings)
    return Client(Transport(started.url, started.token), stop=started.stop)


def find_running(home: Path) -> Client | None:
    """Connect to the server that runs on a home, or None when none answers."""
    try:
        told = json.loads((home / "server.json").read_text(encoding="utf-8"))
        transport = Transport(str(told["url"]), str(told.get("token", "")))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    client = Client(transport)
    try:
        client.me()
    except WhorlError:
        # Left behind by a server that was killed, or of another program on that port.
        client.close()
        return None
    return client


def start_embedded(settings: Settings) -> Embedded:
    """Start the server inside this program, through the entry point that the server declares.

    Raises:
        MissingDependency: No installed package declares one.
    """
    for entry in entry_points(group="whorl.embedded"):
        # Any -> Embedded: an entry point's object has no static type; Whorl's own is the only one declared.
        started: Embedded = entry.load()(settings)
        return started
    raise MissingDependency(
        "no server to start inside this program", hint="Install the whole of Whorl, or give the address of a server."
    )
