"""Search by example: what an item, a part of one, a picture, words, or several items are like."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from whorl.base.errors import InvalidInput, ModelError, NotFound
from whorl.datasets.dql import Query
from whorl.datasets.queries import list_item_keys
from whorl.datasets.revisions import standing
from whorl.models.embeddings.bodies import embed_pictures, embed_texts
from whorl.models.embeddings.keys import Bounds, crop_key
from whorl.models.embeddings.members import MemberCache, Members
from whorl.models.embeddings.queries import Space
from whorl.models.embeddings.sources import place_of
from whorl.models.embeddings.store import EmbeddingStore
from whorl.models.embeddings.vectors import SpaceVectors
from whorl.models.files import materialise
from whorl.models.packs import bring_folder
from whorl.models.queries import get_model_pack
from whorl.store.blobs import BlobStore
from whorl.store.db import Database
from whorl.store.db.tables import annotation, dataset, item

P = ParamSpec("P")
T = TypeVar("T")
FloatArray = NDArray[np.float32]

_UNLIKE = 0.5  # how much what is not wanted counts, beside what is
_REMEMBERED = 256


@dataclass(frozen=True)
class Picture:
    """An item, or the part of it within bounds.

    Args:
        bounds: x0 y0 x1 y1 in pixels of the upright image; None for all of it.
    """

    item_key: int
    item_id: str
    sha256: str
    width: int
    height: int
    project_id: str
    bounds: Bounds | None = None

    @property
    def key(self) -> str:
        """Of its vector."""
        return self.sha256 if self.bounds is None else crop_key(self.sha256, self.bounds)


@dataclass(frozen=True)
class Wanted:
    """What is sought: the mean of some pictures less half the mean of others, or a vector.

    Args:
        vector: float32 (d,), of words or of an image that is no item.
    """

    like: Sequence[Picture] = ()
    unlike: Sequence[Picture] = ()
    vector: FloatArray | None = None


@dataclass(frozen=True)
class Hits:
    """What was found, most similar first.

    Args:
        item_keys: int64 (n,).
        annotation_keys: int64 (n,): the version of the annotation that a crop is of; 0 for images.
        similarities: float32 (n,): cosines.
        searched: How many vectors were looked at.
        without: How many images or crops were asked about and have no vector.
    """

    item_keys: NDArray[np.int64]
    annotation_keys: NDArray[np.int64]
    similarities: FloatArray
    searched: int
    without: int


@dataclass
class Seeker:
    """Searches a database's spaces; safe to use from threads.

    Args:
        home: Folder of models and caches.
        call: Runs a picklable function where strangers' bytes may be decoded.
    """

    db: Database
    blobs: BlobStore
    store: EmbeddingStore
    home: Path
    call: Callable[..., object]
    members: MemberCache = field(init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _vectors: OrderedDict[tuple[str, str], FloatArray] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self.members = MemberCache(self.db)

    def find(self, space: Space, dataset_id: str, wanted: Wanted, *, limit: int, query: Query | None = None) -> Hits:
        """The members of a dataset that are most like what is wanted; what was asked with is not among them.

        Args:
            limit: At most how many.
            query: Only among items that match.

        Raises:
            NotFound: There is no such dataset; a picture's bytes are gone.
            InvalidInput: The space has no vectors yet; what is wanted and what is not are the same.
            ModelError: The model gave nothing usable.
            UnreadableMedia: A picture cannot be decoded.
        """
        vectors = self.store.open(space.id)
        if not vectors.count:
            raise InvalidInput(
                f"space {space.name!a} has no vectors yet", hint="Embed the dataset first: whorl embed DATASET."
            )
        members = self.members.get(space, vectors, dataset_id)
        allowed = self._allowed(members, dataset_id, query)
        mine = members.rows[allowed]
        parts = vectors.rows_of([one.key for one in (*wanted.like, *wanted.unlike) if one.bounds is not None])
        among = np.setdiff1d(mine[mine >= 0], parts)
        asked = np.array([one.item_key for one in (*wanted.like, *wanted.unlike) if one.bounds is None], np.int64)
        probe = self._probe(space, vectors, wanted)
        # The items that were asked with are likely among the first; others may share their bytes.
        rows, similarities = vectors.search(probe[None], limit + len(asked) + 1, among, space_id=space.id)
        found = _spread(members, allowed, rows[0], similarities[0], asked, limit)
        return Hits(*found, searched=len(among), without=int((mine < 0).sum()))

    def read_text(self, space: Space, text: str) -> FloatArray:
        """float32 (d,): the vector of some words.

        Raises:
            InvalidInput: The space's model reads no text.
            ModelError: The model gave nothing usable.
        """
        if not space.can_read_text:
            raise InvalidInput(
                f"space {space.name!a} cannot read text: {space.source} embeds images only",
                hint="Make a space with a model that embeds texts too, or search by an image.",
            )

        def make() -> FloatArray:
            rows = self.call(embed_texts, *self._source(space), [text])
            assert isinstance(rows, np.ndarray)
            return np.asarray(rows[0], np.float32)

        return self._remember(space, f"text:{text}", make)

    def knows(self, space: Space, picture: Picture) -> bool:
        """Whether a picture's vector is at hand, so that nothing has to be decoded."""
        with self._lock:
            if (space.id, picture.key) in self._vectors:
                return True
        return bool(self.store.open(space.id).rows_of([picture.key])[0] >= 0)

    def knows_text(self, space: Space, text: str) -> bool:
        """Whether the vector of some words is at hand."""
        with self._lock:
            return (space.id, f"text:{text}") in self._vectors

    def read_file(self, space: Space, path: Path) -> FloatArray:
        """float32 (d,): the vector of an image that is no item.

        Raises:
            UnreadableMedia: It cannot be decoded.
            ModelError: The model gave nothing usable.
        """
        return self._embed(space, path, None)

    def covered(self, space: Space, dataset_id: str) -> tuple[int, int]:
        """How many images or crops a dataset has, and how many of them have a vector.

        Raises:
            NotFound: There is no such dataset.
        """
        members = self.members.get(space, self.store.open(space.id), dataset_id)
        return len(members.rows), int((members.rows >= 0).sum())

    def _allowed(self, members: Members, dataset_id: str, query: Query | None) -> NDArray[np.int64]:
        if query is None:
            return np.arange(len(members.rows), dtype=np.int64)
        with self.db.read() as conn:
            keys = np.array(list_item_keys(conn, dataset_id, query=query), np.int64)
        return np.flatnonzero(np.isin(members.item_keys, keys))

    def _probe(self, space: Space, vectors: SpaceVectors, wanted: Wanted) -> FloatArray:
        if wanted.vector is not None:
            return wanted.vector
        probe = np.mean([self._vector(space, vectors, one) for one in wanted.like], axis=0)
        if wanted.unlike:
            probe = probe - _UNLIKE * np.mean([self._vector(space, vectors, one) for one in wanted.unlike], axis=0)
        if float(np.linalg.norm(probe)) < 1e-6:
            raise InvalidInput(
                "what is wanted and what is not wanted cancel out", hint="Give other examples, or fewer of them."
            )
        return np.asarray(probe, np.float32)

    def _vector(self, space: Space, vectors: SpaceVectors, picture: Picture) -> FloatArray:
        row = vectors.rows_of([picture.key])
        if row[0] >= 0:
            return np.asarray(vectors.read(row)[0], np.float32)

        def make() -> FloatArray:
            (path,) = materialise(self.blobs, [picture.sha256], self.home / "cache" / "files")
            return self._embed(space, path, picture.bounds)

        return self._remember(space, picture.key, make)

    def _embed(self, space: Space, path: Path, bounds: Bounds | None) -> FloatArray:
        from whorl.base.errors import UnreadableMedia
        from whorl.models.embeddings.bodies import EmbeddedRows

        found = self.call(embed_pictures, *self._source(space), [str(path)], [bounds])
        assert isinstance(found, EmbeddedRows)
        if found.unreadable:
            raise UnreadableMedia(found.unreadable[0][1], hint="Send a JPEG, PNG or another image.")
        if found.unusable:
            raise ModelError(f"{space.source}: {found.unusable[0][1]}", hint="Ask with another image.")
        return np.asarray(found.rows[0], np.float32)

    def _remember(self, space: Space, key: str, make: Callable[[], FloatArray]) -> FloatArray:
        asked = (space.id, key)
        with self._lock:
            known = self._vectors.get(asked)
        if known is not None:
            return known
        made = make()
        with self._lock:
            self._vectors[asked] = made
            while len(self._vectors) > _REMEMBERED:
                self._vectors.popitem(last=False)
        return made

    def _source(self, space: Space) -> tuple[str, str | None, str]:
        def folder(model_id: str) -> Path:
            with self.db.read() as conn:
                name, pack_sha256 = get_model_pack(conn, model_id)
            return bring_folder(self.blobs, self.home / "models" / name, pack_sha256)

        return (*place_of(space, folder), str(self.home))


def read_pictures(conn: Connection, item_ids: Sequence[str]) -> list[Picture]:
    """These items as pictures, in order.

    Raises:
        NotFound: One of them does not stand.
    """
    columns = (item.c.key, item.c.id, item.c.sha256, item.c.width, item.c.height, dataset.c.project_id)
    query = select(*columns).join(dataset, dataset.c.key == item.c.dataset_key)
    rows = conn.execute(query.where(item.c.id.in_(item_ids), standing(item, None)))
    found = {row.id: Picture(row.key, row.id, row.sha256, row.width, row.height, row.project_id) for row in rows}
    missing = next((one for one in item_ids if one not in found), None)
    if missing is not None:
        raise NotFound(f"no such item: {missing[:60]!a}", hint="It may have been deleted.")
    return [found[one] for one in item_ids]


def read_annotation(conn: Connection, annotation_id: str) -> Picture:
    """The part of an item that an annotation marks.

    Raises:
        NotFound: It does not stand.
        InvalidInput: It marks no part: a class, or an empty mask.
    """
    shapes = annotation.c
    columns = (item.c.id, shapes.x0, shapes.y0, shapes.x1, shapes.y1)
    query = select(*columns).join(item, item.c.key == shapes.item_key)
    row = conn.execute(query.where(shapes.id == annotation_id, standing(annotation, None))).first()
    if row is None:
        raise NotFound(f"no annotation with id {annotation_id[:60]!a}", hint="It may have been removed.")
    if row.x0 is None:
        raise InvalidInput(f"annotation {annotation_id} marks no part of its image", hint="Ask with its item: item_id.")
    (found,) = read_pictures(conn, [row.id])
    return _part(found, (row.x0, row.y0, row.x1, row.y1))


def read_region(conn: Connection, item_id: str, region: Bounds) -> Picture:
    """The part of an item within a region, as far as it lies in the image.

    Raises:
        NotFound: The item does not stand.
        InvalidInput: The region is empty, not finite, or outside the image.
    """
    (found,) = read_pictures(conn, [item_id])
    if not np.isfinite(region).all():
        raise InvalidInput("a region's edges are finite numbers", hint="Give x0, y0, x1, y1 in pixels.")
    x0, x1 = (min(max(edge, 0.0), float(found.width)) for edge in (region[0], region[2]))
    y0, y1 = (min(max(edge, 0.0), float(found.height)) for edge in (region[1], region[3]))
    if x1 - x0 < 1 or y1 - y0 < 1:
        raise InvalidInput(
            f"region {list(region)} holds no pixel of the image of {found.width} x {found.height}",
            hint="Give x0, y0, x1, y1 in pixels of the upright image, x0 below x1 and y0 below y1.",
        )
    return _part(found, (x0, y0, x1, y1))


def _part(picture: Picture, bounds: Bounds) -> Picture:
    return Picture(
        picture.item_key,
        picture.item_id,
        picture.sha256,
        picture.width,
        picture.height,
        picture.project_id,
        bounds,
    )


def _spread(
    members: Members,
    allowed: NDArray[np.int64],
    rows: NDArray[np.int64],
    similarities: FloatArray,
    asked: NDArray[np.int64],
    limit: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], FloatArray]:
    """From rows to the members that share them, without those that were asked with."""
    is_all = len(allowed) == len(members.rows)
    positions: list[int] = []
    cosines: list[float] = []
    for held, cosine in zip(members.holding(rows), similarities.tolist(), strict=True):
        held = held[~np.isin(members.item_keys[held], asked)]
        if not is_all:
            held = held[np.isin(held, allowed)]
        positions += held.tolist()
        cosines += [cosine] * len(held)
    chosen = np.array(positions[:limit], np.int64)
    return members.item_keys[chosen], members.annotation_keys[chosen], np.array(cosines[:limit], np.float32)
