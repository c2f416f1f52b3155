"""The job ``map``: embed what is missing, lay it out, keep the map."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection

from whorl.base.clock import Clock, to_datetime
from whorl.base.errors import InvalidInput, JsonValue
from whorl.base.ids import new_id
from whorl.datasets.dql import Query
from whorl.datasets.dql.either_form import read_query
from whorl.datasets.revisions import load_dataset
from whorl.engine.handlers import AnyHandler
from whorl.engine.jobs import Job, JobContext, JobHandler, create_job, job_node
from whorl.models.embeddings.embedding import embed_missing
from whorl.models.embeddings.projection import records
from whorl.models.embeddings.queries import Space, get_space
from whorl.models.embeddings.store import EmbeddingStore, open_store
from whorl.models.embeddings.targets import iter_targets
from whorl.models.workshop import Workshop
from whorl.store.blobs import BlobStore, content_key, put_content
from whorl.store.db import Database, Priority

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from whorl.models.embeddings.projection.bodies import Wire
    from whorl.models.embeddings.projection.places import Frame

MAP: Final = "map"
_EMBEDDED, _LAID_OUT = 0.5, 0.95


@dataclass(frozen=True)
class MapJobs:
    """The body of the job, and what it writes when it is done."""

    db: Database
    blobs: BlobStore
    home: Path
    clock: Clock

    def draw(self, context: JobContext) -> Mapping[str, JsonValue]:
        """Compute a map.

        Params: ``dataset_id``, ``space_id``, ``method``, ``filter``, ``seed``, ``is_fresh``.
        """
        params = context.params
        dataset_id, given = _text(params, "dataset_id"), params.get("filter")
        query = read_query(given if isinstance(given, str | dict) else None)
        with self.db.read() as conn:
            space = get_space(conn, _text(params, "space_id"))
            revision = load_dataset(conn, dataset_id).revision
        if space.kind != "image":
            raise InvalidInput(
                f"space {space.name!a} holds crops", hint="A map shows images: choose a space of images."
            )
        store = open_store(self.db, self.blobs, self.home)
        workshop = Workshop(self.db, self.blobs, context.executor, self.home, context.check)
        counts = embed_missing(
            workshop,
            store,
            space,
            dataset_id,
            now=self._now,
            query=query,
            report=lambda done, said: context.report(_EMBEDDED * done, said),
        )
        for name, why in counts.listed:
            context.log(f"{name}: {why}")
        keys, vectors = self._vectors(store, space, dataset_id, query)
        context.report(_EMBEDDED, f"lays out {len(keys):,} items")
        return self._lay_out(context, space, dataset_id, revision, keys, vectors)

    def keep(self, conn: Connection, job: Job, result: Mapping[str, JsonValue]) -> None:
        """Record the map."""
        del job
        kept, rows, revision = result["kept"], result["n_points"], result["revision"]
        assert isinstance(kept, dict)
        assert isinstance(rows, int)
        assert isinstance(revision, int)
        records.add_map(
            conn,
            _text(result, "map_id"),
            dataset_id=_text(result, "dataset_id"),
            space_id=_text(result, "space_id"),
            method=_text(result, "method"),
            params=kept,
            blob_sha256=_text(result, "blob_sha256"),
            rows=rows,
            revision=revision,
            now=self._now(),
        )

    def _vectors(
        self, store: EmbeddingStore, space: Space, dataset_id: str, query: Query | None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Item keys, rising, and the reduced vectors of those that have one."""
        import numpy as np

        pairs = [
            (one.item_key, one.key)
            for some in iter_targets(self.db, space.kind, dataset_id, query=query)
            for one in some
        ]
        found = store.open(space.id)
        rows = found.rows_of([key for _, key in pairs])
        keys = np.asarray([item_key for item_key, _ in pairs], np.int64)[rows >= 0]
        rows = rows[rows >= 0]
        if not len(rows):
            raise InvalidInput(
                "there is nothing to lay out: no image that matches has a vector",
                hint="Import images, or leave the filter out.",
            )
        order = np.argsort(keys, kind="stable")
        basis, codes = found.codes()
        vectors = codes[rows[order]].astype(np.float32) * basis.scales
        return keys[order], vectors

    def _lay_out(
        self,
        context: JobContext,
        space: Space,
        dataset_id: str,
        revision: int,
        keys: NDArray[np.int64],
        vectors: NDArray[np.float32],
    ) -> Mapping[str, JsonValue]:
        import numpy as np

        from whorl.models.embeddings.projection.bodies import Wire, lay_out_body
        from whorl.models.embeddings.projection.places import encode_places, to_places

        params = context.params
        method, seed = params.get("method"), params.get("seed")
        named = method if isinstance(method, str) else None
        before = None if params.get("is_fresh") else self._before(space, dataset_id, keys, named)
        start, frame, old_id = before if before is not None else (None, None, None)
        with tempfile.TemporaryDirectory(prefix="whorl-map-") as folder:
            wire = Wire(Path(folder))
            workshop = Workshop(self.db, self.blobs, context.executor, self.home, _watch(context, wire, len(keys)))
            seeded = seed if isinstance(seed, int) else 0
            laid = workshop.call(lay_out_body, vectors, named, seeded, start, folder)
        places, framed = to_places(laid.points, frame)
        map_id = new_id("map", at=self.clock.now())
        self._write_points(context, map_id, keys.tolist(), places.tolist(), space.id, dataset_id)
        kept: dict[str, JsonValue] = {
            "seed": seeded,
            "x": framed.x,
            "y": framed.y,
            "per_unit": framed.per_unit,
            "note": laid.note,
            "is_filtered": params.get("filter") is not None,
        }
        if old_id is not None and start is not None:
            kept |= {"from": old_id, "n_new": int(np.isnan(start).any(axis=1).sum())}
        return {
            "map_id": map_id,
            "dataset_id": dataset_id,
            "space_id": space.id,
            "revision": revision,
            "method": laid.method,
            "n_points": len(keys),
            "note": laid.note,
            "blob_sha256": put_content(self.blobs, encode_places(keys, places)),
            "kept": kept,
        }

    def _before(
        self, space: Space, dataset_id: str, keys: NDArray[np.int64], method: str | None
    ) -> tuple[NDArray[np.float64], Frame, str] | None:
        """Where the items were on the newest map, in its frame; None: it shows none, or by another method."""
        import numpy as np

        from whorl.models.embeddings.projection.layout import choose_method
        from whorl.models.embeddings.projection.places import Frame, decode_places

        with self.db.read() as conn:
            old = records.find_newest(conn, dataset_id=dataset_id, space_id=space.id)
        if old is None or old.method != choose_method(method, len(keys)):
            return None
        numbers = [old.params.get(name) for name in ("x", "y", "per_unit")]
        x, y, per_unit = (float(one) if isinstance(one, int | float) else 0.0 for one in numbers)
        if per_unit <= 0:
            return None
        frame = Frame(x, y, per_unit)
        old_keys, places = decode_places(records.read_blob(self.blobs, old))
        at = np.minimum(np.searchsorted(old_keys, keys), len(old_keys) - 1)
        is_old = old_keys[at] == keys
        if not is_old.any():
            return None
        start = np.full((len(keys), 2), np.nan)
        start[is_old] = frame.to_points(places[at[is_old]])
        return start, frame, old.id

    def _write_points(
        self,
        context: JobContext,
        map_id: str,
        keys: list[int],
        places: list[list[int]],
        space_id: str,
        dataset_id: str,
    ) -> None:
        """Points a few thousand at a time, so that people's writes come between; old maps go first."""
        freed = self.db.write(
            lambda conn: records.drop_old_maps(conn, dataset_id=dataset_id, space_id=space_id, now=self._now()),
            priority=Priority.ENGINE,
        )
        for sha256 in freed:
            self.blobs.delete(content_key(sha256))
        for begin in range(0, len(keys), records.POINTS_AT_ONCE):
            context.check()
            context.report(_LAID_OUT + (1 - _LAID_OUT) * begin / len(keys), "keeps the map")
            end = begin + records.POINTS_AT_ONCE
            self.db.write(
                lambda conn, begin=begin, end=end: records.add_points(  # type: ignore[misc]
                    conn, map_id, keys[begin:end], places[begin:end]
                ),
                priority=Priority.ENGINE,
            )

    def _now(self) -> datetime:
        return to_datetime(self.clock.now())


def _watch(context: JobContext, wire: Wire, count: int) -> Callable[[], None]:
    """The heartbeat of the wait for the child: says how far it is, and tells it to stop when the job is to."""

    def look() -> None:
        if context.should_stop():
            wire.stop()
        context.check()
        share = wire.hear()
        context.report(_EMBEDDED + (_LAID_OUT - _EMBEDDED) * share, f"lays out {count:,} items: {share:.0%}")

    return look


def start_map(
    conn: Connection, space: Space, dataset_id: str, *, params: Mapping[str, JsonValue], actor_id: str, now: datetime
) -> str:
    """Queue the job, in the caller's transaction; its id.

    Args:
        params: ``method``, ``filter``, ``seed`` and ``is_fresh``, as far as they are given.

    Raises:
        QueryError: The filter is no query.
    """
    given = params.get("filter")
    read_query(given if isinstance(given, str | dict) else None)
    asked: dict[str, JsonValue] = {**params, "space_id": space.id, "dataset_id": dataset_id}
    return create_job(conn, MAP, project_id=space.project_id, params=asked, actor_id=actor_id, now=now)


def map_job_handlers(db: Database, blobs: BlobStore, home: Path, clock: Clock) -> dict[str, AnyHandler]:
    """The handlers of maps, by node."""
    jobs = MapJobs(db, blobs, home, clock)
    return {job_node(MAP): JobHandler(db, jobs.draw, jobs.keep)}


def _text(params: Mapping[str, JsonValue], name: str) -> str:
    value = params.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidInput(f"{name}: {value!r}; a text is needed")
    return value
