"""The same endpoint on Ray Serve: replicas on a cluster answer with the same request and answer as Whorl's own host.

    from whorl.serving.ray_serve import build_app, served_folders
    folders = served_folders(settings, "cells")
    serve.run(build_app("cells", folders), name="cells", route_prefix="/cells")

Needs ``whorl[ray-serve]``. What Whorl's servers do beside answering stays with them: tokens, the log, feedback, flags.
Put a gate in front, as Ray Serve asks nobody for a token.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whorl.base.errors import MissingDependency, NotFound, NotServing, WhorlError
from whorl.base.settings import Settings
from whorl.models.packs import bring_folder
from whorl.schemas.serving import EndpointSettings, ServingRole
from whorl.serving.answering import Said, decode, predict, warm_up
from whorl.serving.queries import find_weights, list_targets
from whorl.serving.rules import is_for_canary
from whorl.store.blobs import open_blobs
from whorl.store.db import open_database

if TYPE_CHECKING:
    from whorl.models.folder import LoadedModel
    from whorl.models.types import Image

MAX_PIXELS = 64_000_000


@dataclass(frozen=True)
class ServedFolders:
    """What an endpoint serves, as folders that every replica reads.

    Args:
        champion: Model id and folder of who answers.
        canary: Model id and folder of who answers ``canary_share`` of the images; None for nobody.
    """

    champion: tuple[str, str]
    canary: tuple[str, str] | None = None
    canary_share: float = 0.0
    settings: EndpointSettings = EndpointSettings()


@dataclass(frozen=True)
class ServedImage:
    """An answer as ``EndpointAnswer``, or a problem, ready to be sent."""

    status: int
    body: bytes
    media_type: str = "application/json"


class Replica:
    """The models of an endpoint in one process; without Ray, so that it can be tried anywhere."""

    def __init__(self, served: ServedFolders) -> None:
        from whorl.models.folder import load_model

        self._served = served
        self._models: dict[str, LoadedModel] = {}
        for one in (served.champion, served.canary):
            if one is not None:
                self._models[one[0]] = load_model(Path(one[1]))
                warm_up(self._models[one[0]])

    def answer(self, images: Sequence[bytes]) -> list[ServedImage]:
        """Answer for images that came together, in order; what is wrong with one is no matter of the others."""
        started = time.perf_counter()
        found: list[ServedImage | None] = [None] * len(images)
        asked: dict[str, list[tuple[int, Image]]] = {}
        for place, data in enumerate(images):
            try:
                image, _ = decode(data, max_pixels=MAX_PIXELS)
                asked.setdefault(self._choose(data), []).append((place, image))
            except WhorlError as error:
                found[place] = _problem(error)
        for model_id, mine in asked.items():
            for (place, image), said in zip(mine, self._predict(model_id, [one for _, one in mine]), strict=True):
                found[place] = said if isinstance(said, ServedImage) else self._wire(model_id, said, image, started)
        return [one for one in found if one is not None]

    def _predict(self, model_id: str, images: list[Image]) -> Sequence[Said | ServedImage]:
        try:
            return predict(self._models[model_id], images, [self._served.settings.min_confidence] * len(images))
        except WhorlError as error:
            return [_problem(error)] * len(images)

    def _choose(self, data: bytes) -> str:
        import hashlib

        canary = self._served.canary
        if canary is not None and is_for_canary(hashlib.sha256(data).hexdigest(), self._served.canary_share):
            return canary[0]
        return self._served.champion[0]

    def _wire(self, model_id: str, said: Said, image: Image, started: float) -> ServedImage:
        is_champion = model_id == self._served.champion[0]
        head = {
            "prediction_id": None,
            "model_id": model_id,
            "role": (ServingRole.CHAMPION if is_champion else ServingRole.CANARY).value,
            "width": image.shape[1],
            "height": image.shape[0],
            "latency_ms": round((time.perf_counter() - started) * 1e3, 3),
        }
        return ServedImage(200, json.dumps(head).encode()[:-1] + b',"annotations":' + said.body + b"}")


def served_folders(settings: Settings, endpoint: str) -> ServedFolders:
    """What an endpoint serves now, its folders brought below this machine's home.

    Args:
        endpoint: Name or id.

    Raises:
        NotFound: There is no such endpoint.
        NotServing: It is off, or has no model.
    """
    with open_database(settings.database_url) as db, db.read() as conn:
        found = [one for one in list_targets(conn) if endpoint in (one.name, one.id)]
        if not found:
            raise NotFound(f"no such endpoint: {endpoint}", hint="`whorl endpoints list` shows them.")
        (target,) = found
        weights = find_weights(conn, sorted(target.model_ids))
    if not target.is_on or target.champion_id is None:
        raise NotServing(f"endpoint {target.name!r} is off or has no model", hint="Serve a model first.")
    blobs = open_blobs(settings.blobs_url)

    def bring(model_id: str) -> tuple[str, str]:
        one = weights[model_id]
        return model_id, str(bring_folder(blobs, settings.models_path / one.folder, one.pack_sha256))

    canary = None if target.canary_id is None else bring(target.canary_id)
    return ServedFolders(bring(target.champion_id), canary, target.canary_share, target.settings)


# Any: Ray ships no types that a deployment could be given.
def build_app(name: str, served: ServedFolders, *, replicas: int = 1, cpus: float = 1.0) -> Any:
    """A Ray Serve application that takes an image as a request's body and answers as an endpoint does.

    Args:
        name: Of the deployment.
        replicas: Processes with the models loaded, anywhere on the cluster.
        cpus: What each asks of a machine.

    Raises:
        MissingDependency: Ray Serve is not installed.
    """
    try:
        from ray import serve
    except ImportError as error:
        raise MissingDependency(
            "serving on a cluster needs Ray Serve", hint="pip install 'whorl[ray-serve]'"
        ) from error
    # Ray looks at the types of what it wraps, which these modules must not import when they are only read.
    from starlette.requests import Request
    from starlette.responses import Response

    settings = served.settings

    class Endpoint:
        def __init__(self) -> None:
            self._replica = Replica(served)

        # Ray ships no types for it.
        @serve.batch(  # type: ignore[untyped-decorator]
            max_batch_size=settings.max_batch, batch_wait_timeout_s=settings.max_wait_ms / 1e3
        )
        async def answer(self, images: list[bytes]) -> list[ServedImage]:
            return self._replica.answer(images)

        async def __call__(self, request: Any) -> Response:
            assert isinstance(request, Request)
            said: ServedImage = await self.answer(await request.body())
            return Response(said.body, status_code=said.status, media_type=said.media_type)

    deployed: Any = serve.deployment(name=name, num_replicas=replicas, ray_actor_options={"num_cpus": cpus})(Endpoint)
    return deployed.bind()


def _problem(error: WhorlError) -> ServedImage:
    body = {"status": error.status, "code": error.code, "detail": error.message, "hint": error.hint}
    return ServedImage(error.status, json.dumps(body).encode(), "application/problem+json")
