"""Maps of a dataset's embeddings, and what is new against what is known."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from whorl.schemas import embeddings as wire
from whorl.schemas.jobs import Job as JobInfo
from whorl.sdk.embeddings import Query, read_filters
from whorl.sdk.jobs import Job, Report
from whorl.sdk.transport import Call, Transport

_HEAD_BYTES = 16


@dataclass(frozen=True)
class Colouring:
    """A legend, and for each point the index of its category."""

    categories: Sequence[wire.MapCategory]
    codes: Sequence[int]


class DatasetMap:
    """A dataset laid out in two dimensions."""

    def __init__(self, transport: Transport, info: wire.EmbeddingMap) -> None:
        self._transport = transport
        self.info = info

    @property
    def id(self) -> str:
        """Its public id, as in the query ``map:map_x``."""
        return self.info.id

    def points(self) -> list[tuple[int, int]]:
        """x and y of each point, -32767 to 32767, in an order that never changes; y grows upwards."""
        numbers = struct.unpack(f"<{2 * self.info.n_points}h", self._bytes("points")[_HEAD_BYTES:])
        return list(zip(numbers[::2], numbers[1::2], strict=True))

    def colours(self, by: str = "subset") -> Colouring:
        """The category of each point, as its item stands now.

        Args:
            by: A name of ``channels``.

        Raises:
            InvalidInput: There is no such channel.
        """
        body = self._bytes(f"colours?by={by}")
        (length,) = struct.unpack_from("<I", body)
        legend = wire.MapColours.model_validate_json(body[4 : 4 + length])
        return Colouring(legend.categories, struct.unpack(f"<{self.info.n_points}H", body[4 + length :]))

    def channels(self) -> dict[str, str]:
        """What the points can be coloured by, each with a title."""
        found = self._transport.get(list[wire.MapChannel], f"/maps/{self.id}/channels")
        return {one.by: one.title for one in found}

    def __repr__(self) -> str:
        return f"DatasetMap(id={self.id!r}, points={self.info.n_points})"

    def _bytes(self, what: str) -> bytes:
        return self._transport.send(Call("GET", f"/maps/{self.id}/{what}")).content


class Maps:
    """The maps of one dataset."""

    def __init__(self, transport: Transport, dataset_id: str) -> None:
        self._transport = transport
        self._path = f"/datasets/{dataset_id}/maps"

    def list(self) -> list[DatasetMap]:
        """Every map that is kept, newest first."""
        found = self._transport.get(list[wire.EmbeddingMap], self._path)
        return [DatasetMap(self._transport, info) for info in found]

    def compute(
        self,
        *,
        space: str | None = None,
        method: Literal["tsne", "pca"] | None = None,
        filters: Query | None = None,
        seed: int = 0,
        is_fresh: bool = False,
        progress: Report | None = None,
    ) -> DatasetMap:
        """Embed what is missing, lay it out, and wait.

        Args:
            space: Name or id; the project's first when left out, which is made when there is none.
            is_fresh: Begin anew; else what was on the map before stays about where it was.
        """
        wanted = wire.MapRequest(space=space, method=method, filter=read_filters(filters), seed=seed, is_fresh=is_fresh)
        begun = Job(self._transport, self._transport.call(JobInfo, Call("POST", self._path, body=wanted)))
        done = begun.wait_or_cancel(progress=progress).info.result
        info = self._transport.get(wire.EmbeddingMap, f"/maps/{done['map_id']}")
        return DatasetMap(self._transport, info)


def measure_coverage(
    transport: Transport,
    dataset_id: str,
    *,
    new: Query | None,
    against: Query | None,
    against_dataset_id: str | None = None,
    space: str | None = None,
    examples: int = 12,
) -> wire.CoverageReport:
    """How far new items lie from the known ones; see ``Dataset.coverage``."""
    asked = wire.CoverageRequest(
        query=read_filters(new),
        against=read_filters(against),
        against_dataset_id=against_dataset_id,
        space=space,
        examples=examples,
    )
    return transport.call(wire.CoverageReport, Call("POST", f"/datasets/{dataset_id}/coverage", body=asked))
