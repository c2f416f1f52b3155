"""Datasets: items, snapshots, splits, import and export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from whorl.base.errors import InvalidInput, JsonValue, NotFound
from whorl.schemas import datasets as wire
from whorl.schemas import embeddings as vectors
from whorl.schemas import explorer, jobs, selecting
from whorl.schemas.converting import ConvertKind, ConvertReport, ConvertRequest
from whorl.sdk import embeddings
from whorl.sdk.duplicates import Duplicates
from whorl.sdk.filters import Filters
from whorl.sdk.items import Item, Items
from whorl.sdk.jobs import Job, Report
from whorl.sdk.maps import Maps, measure_coverage
from whorl.sdk.selections import Selections
from whorl.sdk.training import as_query
from whorl.sdk.transport import Call, Transport


class Datasets:
    """The datasets of one project."""

    def __init__(self, transport: Transport, project_id: str) -> None:
        self._transport = transport
        self._path = f"/projects/{project_id}/datasets"

    def create(self, dataset_name: str) -> Dataset:
        """Make an empty dataset.

        Raises:
            Conflict: The name is taken.
        """
        call = Call("POST", self._path, body={"name": dataset_name})
        return Dataset(self._transport, self._transport.call(wire.Dataset, call))

    def get(self, dataset_name: str | None = None, dataset_id: str | None = None) -> Dataset:
        """The dataset with a name or an id.

        Raises:
            NotFound: There is none.
        """
        if dataset_id is not None:
            return Dataset(self._transport, self._transport.get(wire.Dataset, f"/datasets/{dataset_id}"))
        if dataset_name is None:
            raise InvalidInput("which dataset?", hint="Give dataset_name or dataset_id.")
        for info in self._transport.pages(wire.Dataset, self._path, name=dataset_name):
            return Dataset(self._transport, info)
        names = []
        for dataset in self.list():
            if dataset_name == dataset.id:
                return dataset
            names.append(dataset.name)
        raise NotFound(f"no dataset {dataset_name!r}", hint=f"There is: {', '.join(sorted(names)) or 'none yet'}.")

    def list(self) -> Iterator[Dataset]:
        """Every dataset, fetched as it is read."""
        for info in self._transport.pages(wire.Dataset, self._path):
            yield Dataset(self._transport, info)


class Dataset:
    """A set of items with a revision counter."""

    def __init__(self, transport: Transport, info: wire.Dataset) -> None:
        self._transport = transport
        self.info = info
        self.items = Items(transport, info.id)
        self.snapshots = Snapshots(transport, info.id)
        self.selections = Selections(transport, info.id)
        self.duplicates = Duplicates(transport, info.id)

    @property
    def id(self) -> str:
        """Its public id."""
        return self.info.id

    @property
    def name(self) -> str:
        """Its name."""
        return self.info.name

    @property
    def revision(self) -> int:
        """Its revision when it was last read; ``refresh`` reads again."""
        return self.info.revision

    def refresh(self) -> Dataset:
        """Read it again."""
        self.info = self._transport.get(wire.Dataset, f"/datasets/{self.id}")
        return self

    def health(self) -> selecting.HealthReport:
        """What the pixels say: blurred, dark, bright, flat and odd images, each with a query that finds them."""
        return self._transport.get(selecting.HealthReport, f"/datasets/{self.id}/health")

    def embed(
        self,
        space: str | None = None,
        *,
        filters: Filters | str | None = None,
        progress: Report | None = None,
    ) -> dict[str, JsonValue]:
        """Embed what it has and a space lacks, and wait; what came of it, with the images that could not be read.

        Args:
            space: Name or id; the project's first when left out, which is made when there is none.
            filters: Which items; all when left out.
        """
        return embeddings.embed(self._transport, self.id, space, filters, progress)

    @property
    def maps(self) -> Maps:
        """Its images laid out in two dimensions."""
        return Maps(self._transport, self.id)

    def coverage(
        self,
        new: Filters | str | None = None,
        against: Filters | str | None = None,
        *,
        against_dataset_id: str | None = None,
        space: str | None = None,
        examples: int = 12,
    ) -> vectors.CoverageReport:
        """How far new items lie from the known ones, with examples of what is new. Items in both count as known.

        Args:
            new: What is new; every item when left out.
            against: What is known; left out, the training subset, or what is labelled when that is empty.
            against_dataset_id: Where the known lies, when it is another dataset of the project.

        Raises:
            InvalidInput: A side has too few items with a vector; see ``embed``.
        """
        return measure_coverage(
            self._transport,
            self.id,
            new=new,
            against=against,
            against_dataset_id=against_dataset_id,
            space=space,
            examples=examples,
        )

    def similar(
        self,
        to: str | Path | Item | None = None,
        *,
        text: str | None = None,
        region: Sequence[float] | None = None,
        examples: Sequence[str | Item] = (),
        unlike: Sequence[str | Item] = (),
        space: str | None = None,
        filters: Filters | str | None = None,
        limit: int = 100,
    ) -> vectors.SimilarItems:
        """The items most like an item, an annotation, an image file, words, or examples; most similar first.

        Args:
            to: An item, the id of one or of an annotation, or the path of an image file.
            text: Words, for a space whose model reads text.
            region: x0 y0 x1 y1 in pixels of the item: like this part of it.
            examples: Items that are wanted.
            unlike: Items that are not wanted.
            space: Name or id; the project's first when left out.
            filters: Look among these only.

        Raises:
            NotFound: The project has no space yet; see ``embed``.
            InvalidInput: Several or none of the ways were asked, or the space cannot answer this one.
        """
        return embeddings.find_similar(
            self._transport,
            self.id,
            to,
            text=text,
            region=region,
            examples=examples,
            unlike=unlike,
            space=space,
            filters=filters,
            limit=limit,
        )

    def split(
        self,
        train: float = 0.7,
        validation: float = 0.15,
        test: float = 0.15,
        *,
        seed: int = 0,
        refresh_test: bool = False,
    ) -> wire.SplitReport:
        """Give the items that are in no subset theirs; the three shares add up to one.

        The same seed gives the same split. Each label's share is kept in every subset, and items of one group stay
        together.

        Args:
            refresh_test: Let new items into a frozen test subset, once; what is in it stays.
        """
        quotas: dict[str, JsonValue] = {"train": train, "validation": validation, "test": test}
        body: JsonValue = {"quotas": quotas, "seed": seed, "refresh_test": refresh_test}
        return self._transport.call(wire.SplitReport, Call("POST", f"/datasets/{self.id}/split", body=body))

    def import_(
        self,
        path: str | Path,
        *,
        format: str | None = None,
        is_dry_run: bool = False,
        options: Mapping[str, JsonValue] | None = None,
        progress: Report | None = None,
    ) -> wire.ImportReport:
        """Take in a folder in one of the known formats. A second import takes only what changed.

        Ctrl-C stops it; what is in stays, and importing again goes on from there.

        Args:
            path: On the server's machine.
            format: Such as coco, voc, yolo or dataloop; found out when left out.
            is_dry_run: Say what would be done, and do nothing.
        """
        body: JsonValue = {
            "path": str(Path(path).expanduser().resolve()),
            "format": format,
            "is_dry_run": is_dry_run,
            "options": dict(options or {}),
        }
        job = self._transport.call(jobs.Job, Call("POST", f"/datasets/{self.id}/imports", body=body))
        return Job(self._transport, job).wait_or_cancel(progress=progress).result(wire.ImportReport)

    def export(
        self,
        path: str | Path,
        *,
        format: str = "coco",
        filters: Filters | str | None = None,
        progress: Report | None = None,
    ) -> wire.ExportReport:
        """Write items and annotations to a folder in one of the known formats.

        Args:
            path: On the server's machine; must be empty or not exist.
        """
        body: JsonValue = {
            "path": str(Path(path).expanduser().resolve()),
            "format": format,
            "query": filters.prepare() if isinstance(filters, Filters) else filters,
        }
        job = self._transport.call(jobs.Job, Call("POST", f"/datasets/{self.id}/exports", body=body))
        return Job(self._transport, job).wait_or_cancel(progress=progress).result(wire.ExportReport)

    def convert(
        self,
        to: ConvertKind,
        *,
        filters: Filters | str | None = None,
        labels: Sequence[str] = (),
        kinds: Sequence[ConvertKind] = (),
        outline: Literal["shape", "grabcut", "sam"] = "shape",
        max_iou_loss: float = 0.01,
        dry_run: bool = False,
        progress: Report | None = None,
    ) -> ConvertReport:
        """Change ground truth to another kind of shape, in one revision that ``undo_conversion`` gives back.

        Args:
            outline: Where a box becomes an outline: its four sides, or the object found in it.
            max_iou_loss: What simplifying an outline may cost of its overlap with the original.
            dry_run: Only tell what would come of it.
        """
        body = ConvertRequest(
            to=to,
            query=as_query(filters),
            labels=list(labels),
            kinds=list(kinds),
            outline=outline,
            max_iou_loss=max_iou_loss,
            dry_run=dry_run,
        )
        call = Call("POST", f"/datasets/{self.id}/convert", body=body)
        if dry_run:
            return self._transport.call(ConvertReport, call)
        done = Job(self._transport, self._transport.call(jobs.Job, call)).wait_or_cancel(progress=progress)
        return ConvertReport.model_validate(done.info.result["report"])

    def undo_conversion(self, revision: int) -> ConvertReport:
        """Give back what the conversion of a revision replaced; what was changed since stays and is named.

        Raises:
            Conflict: Nothing of it is left to undo.
            InvalidInput: That revision is no conversion.
        """
        call = Call("POST", f"/datasets/{self.id}/convert/undo", body={"revision": revision})
        return self._transport.call(ConvertReport, call)

    def diff(self, from_revision: int, to_revision: int) -> wire.RevisionDiff:
        """What differs between two revisions."""
        return self._transport.get(
            wire.RevisionDiff, f"/datasets/{self.id}/diff", from_revision=from_revision, to_revision=to_revision
        )

    def facets(self, filters: Filters | str | None = None, *, fields: Sequence[str] | None = None) -> explorer.Facets:
        """How many of the matching items have each value of each field; estimated when they are many.

        Args:
            filters: Filters, or a query as text such as ``label:car``; everything when left out.
            fields: Only these, such as ``label`` or ``metadata.camera``.
        """
        query: JsonValue = filters.prepare() if isinstance(filters, Filters) else None
        text = filters if isinstance(filters, str) else None
        body: JsonValue = {"q": text, "dql": query, "fields": None if fields is None else list(fields)}
        return self._transport.call(explorer.Facets, Call("POST", f"/datasets/{self.id}/facets", body=body))

    def history(self) -> Iterator[wire.Revision]:
        """Who changed it, when, and what was done; newest first."""
        return self._transport.pages(wire.Revision, f"/datasets/{self.id}/revisions")

    def __repr__(self) -> str:
        return f"Dataset({self.name!r}, revision={self.revision}, id={self.id!r})"


class Snapshots:
    """Names for a dataset at its revisions."""

    def __init__(self, transport: Transport, dataset_id: str) -> None:
        self._transport = transport
        self._path = f"/datasets/{dataset_id}/snapshots"

    def create(self, name: str, *, revision: int | None = None) -> wire.Snapshot:
        """Name a revision; the newest when left out.

        Raises:
            Conflict: The name is taken.
        """
        body: JsonValue = {"name": name, "revision": revision}
        return self._transport.call(wire.Snapshot, Call("POST", self._path, body=body))

    def list(self) -> Iterator[wire.Snapshot]:
        """Every snapshot."""
        return self._transport.pages(wire.Snapshot, self._path)

    def get(self, name: str) -> wire.Snapshot:
        """The snapshot with a name or id.

        Raises:
            NotFound: There is none.
        """
        for snapshot in self.list():
            if name in (snapshot.name, snapshot.id):
                return snapshot
        raise NotFound(f"no snapshot {name!r}")
