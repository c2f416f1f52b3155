"""Embed what a dataset has and a space lacks, a segment at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from whorl.base.errors import JsonValue, ModelError, NotFound
from whorl.datasets.dql import Query
from whorl.models.embeddings.actions import add_segment
from whorl.models.embeddings.queries import Space
from whorl.models.embeddings.sources import place_of
from whorl.models.embeddings.store import EmbeddingStore
from whorl.models.embeddings.targets import Target, iter_targets
from whorl.models.workshop import Workshop
from whorl.store.blobs import put_content
from whorl.store.db import Priority

SEGMENT = 256
_LISTED = 50
Report = Callable[[float, str], None]


@dataclass
class EmbedCounts:
    """What became of a dataset's images or crops.

    Args:
        total: How many there are.
        present: Had a vector already.
        embedded: Have one now.
        refused: Have none: unreadable, or the model gave NaN or zeros. The first fifty are listed.
        unusable: Those of them that are the model's doing.
    """

    total: int = 0
    present: int = 0
    embedded: int = 0
    refused: int = 0
    unusable: int = 0
    listed: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict[str, JsonValue]:
        """As the result of a job."""
        named: list[JsonValue] = [{"item": name, "why": why} for name, why in self.listed]
        counts = {"total": self.total, "present": self.present, "embedded": self.embedded, "refused": self.refused}
        return {**counts, "unreadable": named}


def embed_missing(
    workshop: Workshop,
    store: EmbeddingStore,
    space: Space,
    dataset_id: str,
    *,
    now: Callable[[], datetime],
    query: Query | None = None,
    after: int = 0,
    report: Report = lambda share, message: None,
) -> EmbedCounts:
    """Embed what is missing; a second call goes on where a kill left the first.

    A segment of 256 vectors is committed at a time, so a kill loses at most these. An image that cannot be read, or
    for which the model gives zeros or NaN, is counted and listed.

    Args:
        workshop: Its heartbeat ends the work by raising; decoding and models run in its processes.
        query: Only items that match.
        after: Only items whose key in the database is greater.
        report: Told the share done, 0 to 1, and a sentence.

    Raises:
        ModelError: The model cannot embed, or gave nothing usable for any image.
        Conflict: The model's vectors have another width than those of the space.
    """
    counts = EmbedCounts()
    _count(counts, workshop, space, dataset_id, query, after)
    missing = _iter_missing(counts, workshop, store, space, dataset_id, query, after)
    for chunk in _in_chunks(missing, SEGMENT):
        workshop.heartbeat()
        done = counts.present + counts.embedded + counts.refused
        report(done / max(counts.total, 1), f"{done:,} of {counts.total:,} embedded")
        _embed_chunk(counts, workshop, space, chunk, now)
    if counts.unusable and not counts.embedded and not counts.present:
        raise ModelError(
            f"{space.source} gave no vector for any of {counts.unusable:,} images: {counts.listed[-1][1]}",
            hint="Look at the model, or at the first image.",
            details=counts.to_json(),
        )
    return counts


def _count(
    counts: EmbedCounts, workshop: Workshop, space: Space, dataset_id: str, query: Query | None, after: int
) -> None:
    for some in iter_targets(workshop.db, space.kind, dataset_id, query=query, after=after):
        counts.total += len(some)


def _iter_missing(
    counts: EmbedCounts,
    workshop: Workshop,
    store: EmbeddingStore,
    space: Space,
    dataset_id: str,
    query: Query | None,
    after: int,
) -> Iterator[Target]:
    vectors = store.open(space.id)
    seen: set[bytes] = set()
    for some in iter_targets(workshop.db, space.kind, dataset_id, query=query, after=after):
        rows = vectors.rows_of([one.key for one in some])
        for target, row in zip(some, rows.tolist(), strict=True):
            digest = bytes.fromhex(target.key[:32])
            # Items with the same bytes share one vector.
            if row >= 0 or digest in seen:
                counts.present += 1
                continue
            seen.add(digest)
            yield target


def _embed_chunk(
    counts: EmbedCounts, workshop: Workshop, space: Space, chunk: Sequence[Target], now: Callable[[], datetime]
) -> None:
    from whorl.models.embeddings.bodies import embed_pictures
    from whorl.models.embeddings.keys import pack_keys
    from whorl.models.embeddings.segments import encode_segment

    chunk, paths = _bring(counts, workshop, chunk)
    if not chunk:
        return
    source, folder = place_of(space, workshop.model_folder)
    shas = [one.sha256 for one in chunk]
    cache, home = str(workshop.features_path), str(workshop.home)
    found = workshop.call(embed_pictures, source, folder, home, paths, [one.bounds for one in chunk], shas, cache)
    for position, why in (*found.unreadable, *found.unusable):
        _refuse(counts, chunk[position], why)
    counts.unusable += len(found.unusable)
    if not len(found.positions):
        return
    keys = pack_keys([chunk[position].key for position in found.positions.tolist()])
    blob = put_content(workshop.blobs, encode_segment(keys, found.rows))
    rows, width = found.rows.shape
    workshop.db.write(
        lambda conn: add_segment(conn, space.id, blob_sha256=blob, rows=rows, width=width, now=now()),
        priority=Priority.ENGINE,
    )
    counts.embedded += rows


def _bring(counts: EmbedCounts, workshop: Workshop, chunk: Sequence[Target]) -> tuple[Sequence[Target], list[str]]:
    """The chunk's files; a target whose bytes the store has lost is refused, and left out."""
    try:
        return chunk, workshop.files([one.sha256 for one in chunk])
    except NotFound:
        kept: list[Target] = []
        paths: list[str] = []
        for one in chunk:
            try:
                paths += workshop.files([one.sha256])
                kept.append(one)
            except NotFound:
                _refuse(counts, one, "its bytes are not in the blob store")
        return kept, paths


def _refuse(counts: EmbedCounts, target: Target, why: str) -> None:
    counts.refused += 1
    if len(counts.listed) < _LISTED:
        name = target.name if target.annotation_id is None else f"{target.name} ({target.annotation_id})"
        counts.listed = (*counts.listed, (name, why))


def _in_chunks(targets: Iterator[Target], size: int) -> Iterator[list[Target]]:
    chunk: list[Target] = []
    for one in targets:
        chunk.append(one)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
