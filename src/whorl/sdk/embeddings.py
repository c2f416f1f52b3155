"""Embedding spaces, and the images most like others."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from whorl.base.errors import InvalidInput, JsonValue, NotFound
from whorl.schemas import embeddings as wire
from whorl.schemas.jobs import Job as JobInfo
from whorl.sdk.filters import Filters
from whorl.sdk.items import Item
from whorl.sdk.jobs import Job, Report
from whorl.sdk.transport import ApiParams, Call, Transport

if TYPE_CHECKING:
    from whorl.schemas.embeddings import SpaceKind

Query = Filters | dict[str, JsonValue] | str


class Spaces:
    """The embedding spaces of one project: vectors of images or of crops, each space by one model."""

    def __init__(self, transport: Transport, project_id: str) -> None:
        self._transport = transport
        self._path = f"/projects/{project_id}/spaces"

    def list(self) -> list[Space]:
        """Every space, oldest first."""
        found = self._transport.get(list[wire.EmbeddingSpace], self._path)
        return [Space(self._transport, info) for info in found]

    def get(self, name_or_id: str) -> Space:
        """The space with a name or an id.

        Raises:
            NotFound: There is none.
        """
        found = self.list()
        for space in found:
            if name_or_id in (space.id, space.name):
                return space
        names = ", ".join(space.name for space in found) or "none yet"
        raise NotFound(f"no space {name_or_id!r} in this project", hint=f"There is: {names}.")

    def create(
        self,
        source: str | None = None,
        *,
        name: str | None = None,
        kind: SpaceKind = "image",
        is_kept: bool = True,
    ) -> Space:
        """Make a space without vectors.

        Args:
            source: ``hog``, ``lite0``, a model's id or name, or an adapter such as ``my_pkg.mod:MyModel``; the best
                that the server has when left out.
            kind: ``image``, or ``crop`` for a vector per box and mask.
            is_kept: Embed by itself what arrives from now on.

        Raises:
            ModelError: The model cannot embed.
            Conflict: The name is taken.
        """
        draft = wire.SpaceDraft(name=name, kind=kind, source=source, is_kept=is_kept)
        return Space(self._transport, self._transport.call(wire.EmbeddingSpace, Call("POST", self._path, body=draft)))


class Space:
    """Vectors that can be compared with each other."""

    def __init__(self, transport: Transport, info: wire.EmbeddingSpace) -> None:
        self._transport = transport
        self.info = info

    @property
    def id(self) -> str:
        """Its public id."""
        return self.info.id

    @property
    def name(self) -> str:
        """Its name, unique in the project."""
        return self.info.name

    def coverage(self, dataset_id: str) -> wire.SpaceCoverage:
        """How much of a dataset it holds."""
        path = f"/spaces/{self.id}/coverage"
        return self._transport.get(wire.SpaceCoverage, path, dataset_id=dataset_id)

    def delete(self) -> None:
        """Delete it with its vectors; images and annotations stay."""
        self._transport.send(Call("DELETE", f"/spaces/{self.id}"))

    def __repr__(self) -> str:
        return f"Space({self.name!r}, id={self.id!r})"


def embed(
    transport: Transport, dataset_id: str, space: str | None, filters: Query | None, progress: Report | None
) -> dict[str, JsonValue]:
    """Embed what a dataset has and a space lacks; what came of it. See ``Dataset.embed``."""
    wanted = wire.EmbedRequest(space=space, filter=read_filters(filters))
    call = Call("POST", f"/datasets/{dataset_id}/embed", body=wanted)
    return dict(Job(transport, transport.call(JobInfo, call)).wait_or_cancel(progress=progress).info.result)


def find_similar(
    transport: Transport,
    dataset_id: str,
    to: str | Path | Item | None,
    *,
    text: str | None,
    region: Sequence[float] | None,
    examples: Sequence[str | Item],
    unlike: Sequence[str | Item],
    space: str | None,
    filters: Query | None,
    limit: int,
) -> wire.SimilarItems:
    """Search by similarity; see ``Dataset.similar``."""
    if isinstance(to, Path) or (isinstance(to, str) and not to.startswith(("itm_", "ann_"))):
        if text is not None or region is not None or examples or unlike:
            raise InvalidInput("an image file is asked with alone", hint="Leave out text, region, examples and unlike.")
        return _upload(transport, dataset_id, Path(to), space=space, filters=filters, limit=limit)
    asked = _id(to) if to is not None else None
    body = wire.SimilarRequest(
        item_id=asked if asked is not None and asked.startswith("itm_") else None,
        annotation_id=asked if asked is not None and asked.startswith("ann_") else None,
        region=None if region is None else [float(edge) for edge in region],
        text=text,
        examples=[_id(one) for one in examples] or None,
        unlike=[_id(one) for one in unlike] or None,
        space=space,
        filter=read_filters(filters),
        limit=limit,
    )
    return transport.call(wire.SimilarItems, Call("POST", f"/datasets/{dataset_id}/similar", body=body))


def read_filters(filters: Query | None) -> str | dict[str, JsonValue] | None:
    """A query in the form that the API takes."""
    return filters.prepare() if isinstance(filters, Filters) else filters


def _upload(
    transport: Transport, dataset_id: str, path: Path, *, space: str | None, filters: Query | None, limit: int
) -> wire.SimilarItems:
    query = read_filters(filters)
    if query is not None and not isinstance(query, str):
        raise InvalidInput("with an image file a query is a text", hint='Such as filters="subset:train".')
    if not path.is_file():
        raise NotFound(f"no file {str(path)!r}", hint="Give an image file, an item, or an item's or annotation's id.")
    files = [("file", (path.name, path.read_bytes(), "application/octet-stream"))]
    params: ApiParams = {"limit": limit, "space": space, "filter": query}
    return transport.call(
        wire.SimilarItems, Call("POST", f"/datasets/{dataset_id}/similar-upload", params=params, files=files)
    )


def _id(one: str | Item | Path) -> str:
    return one.id if isinstance(one, Item) else str(one)
