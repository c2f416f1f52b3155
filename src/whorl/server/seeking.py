"""The server's search by example: one seeker for all requests, and what it finds on the wire."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from whorl.base.errors import UnreadableMedia
from whorl.datasets.dql import Query
from whorl.datasets.media import inspect
from whorl.models.embeddings.queries import Space
from whorl.models.embeddings.seeking import Hits, Seeker, Wanted
from whorl.schemas.embeddings import SimilarItem, SimilarItems
from whorl.server.media import decode_apart
from whorl.server.services import Services
from whorl.store.db.tables import annotation, item

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def seeker_of(services: Services) -> Seeker:
    """The one seeker of this server."""
    found = services.seeker
    if found is None:
        found = Seeker(
            services.db,
            services.blobs,
            services.embeddings,
            services.settings.home_path,
            partial(decode_apart, services),
        )
        services.seeker = found
    return found


def read_upload(services: Services, space: Space, data: bytes) -> NDArray[np.float32]:
    """float32 (d,): the vector of an image that is not kept.

    Raises:
        UnreadableMedia: The bytes are empty, or not an image within the limits.
    """
    if not data:
        raise UnreadableMedia("the file is empty (0 bytes)", hint="Send the image's bytes as the field `file`.")
    decode_apart(services, inspect, data, max_pixels=services.settings.max_pixels)
    with tempfile.TemporaryDirectory(prefix="whorl-similar-") as scratch:
        path = Path(scratch) / "image"
        path.write_bytes(data)
        return seeker_of(services).read_file(space, path)


def find(
    services: Services, space: Space, dataset_id: str, wanted: Wanted, *, limit: int, query: Query | None
) -> SimilarItems:
    """What is most like what is wanted, on the wire."""
    started = services.clock.now()
    hits = seeker_of(services).find(space, dataset_id, wanted, limit=limit, query=query)
    items = _wire(services, hits)
    milliseconds = max(0.0, services.clock.now() - started) * 1000
    return SimilarItems(
        space_id=space.id,
        items=items,
        n_searched=hits.searched,
        n_without=hits.without,
        milliseconds=round(milliseconds, 2),
    )


def _wire(services: Services, hits: Hits) -> list[SimilarItem]:
    keys, shapes = [int(one) for one in hits.item_keys], [int(one) for one in hits.annotation_keys]
    edges = (annotation.c.x0, annotation.c.y0, annotation.c.x1, annotation.c.y1)
    with services.db.read() as conn:
        named = {
            row.key: row for row in conn.execute(select(item.c.key, item.c.id, item.c.name).where(item.c.key.in_(keys)))
        }
        marked: Sequence[int] = [one for one in shapes if one]
        query = select(annotation.c.key, annotation.c.id, *edges).where(annotation.c.key.in_(marked))
        crops = {row.key: row for row in conn.execute(query)}
    found = []
    for key, shape, similarity in zip(keys, shapes, hits.similarities.tolist(), strict=True):
        crop = crops.get(shape)
        found.append(
            SimilarItem(
                item_id=named[key].id,
                name=named[key].name,
                similarity=round(min(max(similarity, -1.0), 1.0), 6),
                annotation_id=None if crop is None else crop.id,
                bounds=None if crop is None else [crop.x0, crop.y0, crop.x1, crop.y1],
            )
        )
    return found
