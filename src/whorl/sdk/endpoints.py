"""Endpoints: open them, say who serves, ask them."""

from __future__ import annotations

import builtins
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from whorl.base.errors import InvalidInput, JsonValue, NotFound
from whorl.schemas import access
from whorl.schemas import serving as wire
from whorl.sdk.transport import Call, Transport


class EndpointDoor:
    """An endpoint as its callers see it: made with a name alone, so that a token of the endpoint is enough.

    Args:
        name: Its name, or its id.
    """

    def __init__(self, transport: Transport, name: str) -> None:
        self._transport = transport
        self.path = f"/endpoints/{name}"

    def predict(
        self, image: str | Path | bytes, *, metadata: Mapping[str, JsonValue] | None = None
    ) -> wire.EndpointAnswer:
        """What its model says about an image.

        Args:
            image: A path, or the bytes of an image file.
            metadata: What is known about it, such as ``{"camera": "a"}``; kept with the answer.

        Raises:
            InvalidInput: The path is no file.
            UnreadableMedia: It is no image.
            NotServing: The endpoint is off, or has no model.
            Overloaded: Too many requests wait there.
        """
        name, data = _read(image)
        fields = {"metadata": json.dumps(dict(metadata))} if metadata else None
        files = [("file", (name, data, "application/octet-stream"))]
        call = Call("POST", f"{self.path}/predict", files=files, data=fields)
        return self._transport.call(wire.EndpointAnswer, call)


class Endpoints:
    """The endpoints of one project."""

    def __init__(self, transport: Transport, project_id: str) -> None:
        self._transport = transport
        self._path = f"/projects/{project_id}/endpoints"

    def create(
        self,
        endpoint_name: str,
        *,
        model_id: str | None = None,
        pipeline_id: str | None = None,
        variable: str | None = None,
        dataset_id: str | None = None,
        settings: wire.EndpointSettings | None = None,
    ) -> Endpoint:
        """Open an endpoint.

        Args:
            endpoint_name: Small letters, digits and dashes: it is part of the address.
            pipeline_id: Whose ``variable`` it follows; the project's own champion when left out.
            variable: The champion in it is served, now and after each change.
            dataset_id: Where flagged traffic becomes items.

        Raises:
            Conflict: The name is taken.
        """
        body = wire.EndpointCreate(
            name=endpoint_name,
            model_id=model_id,
            pipeline_id=pipeline_id,
            variable=variable,
            dataset_id=dataset_id,
            settings=settings or wire.EndpointSettings(),
        )
        return Endpoint(self._transport, self._transport.call(wire.Endpoint, Call("POST", self._path, body=body)))

    def get(self, endpoint_name: str) -> Endpoint:
        """The endpoint with a name or an id.

        Raises:
            NotFound: The project has none.
        """
        names = []
        for one in self.list():
            if endpoint_name in (one.name, one.id):
                return one
            names.append(one.name)
        raise NotFound(f"no endpoint {endpoint_name!r}", hint=f"There is: {', '.join(sorted(names)) or 'none yet'}.")

    def list(self) -> Iterator[Endpoint]:
        """Every endpoint, newest first, fetched as it is read."""
        for info in self._transport.pages(wire.Endpoint, self._path):
            yield Endpoint(self._transport, info)


class Endpoint(EndpointDoor):
    """One endpoint and who serves it."""

    def __init__(self, transport: Transport, info: wire.Endpoint) -> None:
        super().__init__(transport, info.id)
        self.info = info

    @property
    def id(self) -> str:
        """Its public id."""
        return self.info.id

    @property
    def name(self) -> str:
        """Its name, which is part of its address."""
        return self.info.name

    def refresh(self) -> Endpoint:
        """Read it again."""
        self.info = self._transport.get(wire.Endpoint, self.path)
        return self

    def serve(
        self,
        model_id: str | None,
        *,
        role: wire.ServingRole | str = wire.ServingRole.CHAMPION,
        share: float = 0.1,
    ) -> Endpoint:
        """Give a model a role, or take the role away with None; no request is dropped.

        Args:
            role: champion, canary or shadow.
            share: Of the images, for a canary.

        Raises:
            ModelError: It is not trained or cannot be loaded; who served goes on.
        """
        body = wire.ServeRequest(model_id=model_id, role=_role(role), share=share)
        return self._changed(Call("POST", f"{self.path}/serve", body=body))

    def roll_back(self) -> Endpoint:
        """Serve the champion before this one again.

        Raises:
            Conflict: There was none before it.
        """
        return self._changed(Call("POST", f"{self.path}/rollback"))

    def update(
        self,
        *,
        settings: wire.EndpointSettings | None = None,
        dataset_id: str | None = None,
        is_on: bool | None = None,
    ) -> Endpoint:
        """Change it; what is left out stays."""
        given: dict[str, JsonValue] = {
            "settings": None if settings is None else settings.model_dump(mode="json"),
            "dataset_id": dataset_id,
            "is_on": is_on,
        }
        body: dict[str, JsonValue] = {name: value for name, value in given.items() if value is not None}
        return self._changed(Call("PATCH", self.path, body=body))

    def delete(self) -> None:
        """Close it for good, with its log, feedback, flags and tokens."""
        self._transport.send(Call("DELETE", self.path))

    def metrics(self, *, minutes: int = 60) -> wire.EndpointMetrics:
        """Requests, errors and latency of the last minutes, by model and role."""
        return self._transport.get(wire.EndpointMetrics, f"{self.path}/metrics", minutes=minutes)

    def changes(self) -> list[wire.EndpointChange]:
        """Who served when, oldest first."""
        return self._transport.get(builtins.list[wire.EndpointChange], f"{self.path}/changes")

    def create_token(self, name: str, *, expires_in_days: int | None = None) -> access.TokenCreated:
        """Make a token that may ask this endpoint and do nothing else; its secret is not shown again."""
        body = access.TokenCreate(name=name, expires_in_days=expires_in_days)
        return self._transport.call(access.TokenCreated, Call("POST", f"{self.path}/tokens", body=body))

    def tokens(self) -> list[access.Token]:
        """Its tokens, without their secrets."""
        return self._transport.get(builtins.list[access.Token], f"{self.path}/tokens")

    def revoke_token(self, token_id: str) -> None:
        """Make one of its tokens useless at once."""
        self._transport.send(Call("DELETE", f"{self.path}/tokens/{token_id}"))

    def _changed(self, call: Call) -> Endpoint:
        self.info = self._transport.call(wire.Endpoint, call)
        return self


def _role(role: wire.ServingRole | str) -> wire.ServingRole:
    try:
        return wire.ServingRole(role)
    except ValueError as error:
        raise InvalidInput(f"no role {role!r}; allowed: {', '.join(wire.ServingRole)}") from error


def _read(image: str | Path | bytes) -> tuple[str, bytes]:
    if isinstance(image, bytes):
        return "image", image
    path = Path(image)
    try:
        return path.name, path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"cannot read {path}: {error.strerror}", hint="Give the path of an image file.") from error
