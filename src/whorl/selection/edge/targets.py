"""The two far ends: an ordinary Whorl server, and a base. Each takes one image and says what became of it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from whorl.base.errors import Unavailable
from whorl.selection.edge.facts import delivered_metadata, item_name
from whorl.selection.edge.images import MEDIA_TYPES
from whorl.selection.edge.link import Answer, Link
from whorl.selection.edge.rows import Row

if TYPE_CHECKING:
    from whorl.base.errors import JsonValue

HEADER = "X-Whorl-Edge"
ITEMS = "/edge/v1/items/"
_NEVER = frozenset({400, 413, 414, 415, 422})
_NOT_ALLOWED = frozenset({401, 403})


@dataclass(frozen=True)
class Delivered:
    """It is there, for good; ``outcome`` is what the far end made of it."""

    outcome: str


@dataclass(frozen=True)
class Later:
    """It is not there, or nobody knows: try again. ``wait_s`` is what the far end asks for.

    Args:
        is_blocked: Somebody must do something: nothing will go out before.
        is_answered: The far end was there; perhaps it stumbles over this image alone.
    """

    why: str
    wait_s: float | None = None
    is_blocked: bool = False
    is_answered: bool = False


@dataclass(frozen=True)
class Never:
    """It will not be taken, however often it is sent."""

    why: str


Result = Delivered | Later | Never


class Target(Protocol):
    """Somewhere that images go."""

    link: Link

    def send(self, row: Row, content: bytes, *, now: float) -> Result:
        """Send one image; raises nothing but programming errors."""
        ...


class BaseTarget:
    """A base, which chooses again among what its devices send."""

    def __init__(self, link: Link) -> None:
        self.link = link

    def send(self, row: Row, content: bytes, *, now: float) -> Result:
        """Send one image under its id: the base takes each id once."""
        headers = {HEADER: encode_row(row), "Content-Type": "application/octet-stream"}
        try:
            answer = self.link.request("PUT", ITEMS + row.id, headers=headers, body=content)
        except Unavailable as error:
            return Later(error.message)
        if answer.status == 200 and answer.field("id") == row.id and answer.field("outcome"):
            return Delivered(answer.field("outcome"))
        if answer.status in (404, 405):
            return Later(f"no base answers at {self.link.url} ({answer.status}); a server needs --dataset", None, True)
        return _failed(answer, now)


class ServerTarget:
    """A dataset of an ordinary Whorl server.

    An image's name there holds its id, and names are unique in a dataset: that, and the idempotency key of each try,
    keep an image from being there twice, however late it is sent again.

    Args:
        dataset: Its id, its name, or ``PROJECT/NAME`` when several projects have one of that name.
    """

    def __init__(self, link: Link, dataset: str) -> None:
        self.link = link
        self.dataset = dataset
        self._dataset_id = ""
        self._tries: tuple[str, int] = ("", 0)

    def send(self, row: Row, content: bytes, *, now: float) -> Result:
        """Upload one image with its metadata."""
        try:
            return self._find_dataset(now) or self._upload(row, content, now)
        except Unavailable as error:
            return Later(error.message)

    def _upload(self, row: Row, content: bytes, now: float) -> Result:
        name = item_name(row)
        body, kind = _form(row, name, content)
        n_tries = self._tries[1] if self._tries[0] == row.id else 0
        headers = {"Content-Type": kind, "Idempotency-Key": f"{row.id}-{n_tries}"}
        answer = self.link.request("POST", f"/api/v1/datasets/{self._dataset_id}/items", headers=headers, body=body)
        if answer.status == 201 and answer.field("name") == name and answer.field("sha256") == row.sha256:
            return Delivered("sent")
        if answer.status == 409:
            return self._settle(row, name, answer, n_tries, now)
        if answer.status == 404:
            # The dataset was removed meanwhile, or another server answers here.
            self._dataset_id = ""
            return Later(answer.problem(), None, True)
        return _failed(answer, now)

    def _settle(self, row: Row, name: str, answer: Answer, n_tries: int, now: float) -> Result:
        """Something of this name or key is there: see whether it is this image, from a try whose answer was lost."""
        body = json.dumps({"query": {"filter": {"name": name}}, "limit": 2}).encode()
        path = f"/api/v1/datasets/{self._dataset_id}/items/search"
        found = self.link.request("POST", path, headers={"Content-Type": "application/json"}, body=body)
        document = found.json()
        items = document.get("items") if isinstance(document, dict) else None
        if found.status != 200 or not isinstance(items, list):
            return _failed(found, now)
        if any(isinstance(one, dict) and one.get("sha256") == row.sha256 for one in items):
            return Delivered("sent")
        if items:
            return Never(f"another image has its name: {name}")
        # The key belongs to a try that died with its server; the name still keeps a second one out.
        self._tries = (row.id, n_tries + 1)
        return Later(answer.problem(), answer.retry_after_s(now))

    def _find_dataset(self, now: float) -> Result | None:
        if self._dataset_id:
            return None
        if self.dataset.startswith("dst_"):
            self._dataset_id = self.dataset
            return None
        project, _, name = self.dataset.rpartition("/")
        known: list[str] = []
        for listed in self._list("/api/v1/projects", now):
            if isinstance(listed, Later | Never):
                return listed
            for found in self._list(f"/api/v1/projects/{quote(str(listed['id']))}/datasets", now):
                if isinstance(found, Later | Never):
                    return found
                known.append(f"{listed['name']}/{found['name']}")
                if found["name"] == name and project in ("", listed["name"], listed["id"]):
                    self._dataset_id = str(found["id"])
                    return None
        there = ", ".join(known[:10]) or "none"
        return Later(f"no dataset {self.dataset[:80]!r} that this token may see; there are: {there}", None, True)

    def _list(self, path: str, now: float) -> list[dict[str, JsonValue] | Later | Never]:
        found: list[dict[str, JsonValue] | Later | Never] = []
        cursor = ""
        while True:
            answer = self.link.request("GET", f"{path}?limit=100" + (f"&cursor={quote(cursor)}" if cursor else ""))
            document = answer.json()
            if answer.status in (404, 405):
                return [Later(f"no Whorl server answers at {self.link.url}; a base takes no --dataset", None, True)]
            items = document.get("items") if isinstance(document, dict) else None
            if answer.status != 200 or not isinstance(items, list):
                return [_failed(answer, now)]
            found += [one for one in items if isinstance(one, dict) and {"id", "name"} <= set(one)]
            cursor = answer.field("next_cursor")
            if not cursor:
                return found


def _failed(answer: Answer, now: float) -> Later | Never:
    wait_s = answer.retry_after_s(now)
    if answer.status in _NOT_ALLOWED:
        return Later(f"not allowed: {answer.problem()}", wait_s, True)
    if answer.status in _NEVER and answer.field("code"):
        return Never(answer.problem())
    if 300 <= answer.status < 400:
        return Later(f"{answer.status}: the address has moved; redirects are not followed", wait_s, True)
    # An answer of 200 that is not Whorl's comes from a proxy or a sign-in page in between.
    return Later(f"an answer that is not understood: {answer.problem()}", wait_s, is_answered=True)


def _form(row: Row, name: str, content: bytes) -> tuple[bytes, str]:
    # From the id, so that each try sends the same bytes.
    boundary = f"whorl-edge-{row.id}"
    fields = {"name": name, "metadata": json.dumps(delivered_metadata(row))}
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    media_type = MEDIA_TYPES.get(row.suffix, "application/octet-stream")
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{row.id}{row.suffix}"\r\n'
    parts += [f"{head}Content-Type: {media_type}\r\n\r\n".encode(), content, f"\r\n--{boundary}--\r\n".encode()]
    return b"".join(parts), f"multipart/form-data; boundary={boundary}"


def encode_row(row: Row) -> str:
    """What a base is told of an image, for a header."""
    told: dict[str, JsonValue] = {
        "device": row.device,
        "facts": row.facts,
        "sha256": row.sha256,
        "suffix": row.suffix,
        "uncertainty": row.uncertainty,
        "descriptor": None if row.descriptor is None else base64.b64encode(row.descriptor).decode("ascii"),
        "is_uniform": row.is_uniform,
        "is_burst": row.is_burst,
        "probability": row.probability,
        "reason": row.reason,
        "score": row.score,
    }
    return base64.b64encode(json.dumps(told, separators=(",", ":")).encode()).decode("ascii")
