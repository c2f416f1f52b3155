"""The items of a dataset: upload, list, read, change."""

from __future__ import annotations

import json
import mimetypes
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from whorl.base.errors import InvalidInput, JsonValue, NotFound, WhorlError
from whorl.schemas import datasets as wire
from whorl.schemas.records import Subset
from whorl.schemas.wire import Page
from whorl.sdk.annotations import Annotations
from whorl.sdk.filters import Filters
from whorl.sdk.transport import Call, Transport
from whorl.sdk.videos import Video

Report = Callable[[int, int | None], None]
UPLOADS_AT_ONCE = 4
PAGE_SIZE = 100
COUNTING_PAGE_SIZE = 1000
# Servers and proxies refuse addresses of more than about 8,000 characters, and escaping triples some.
LONGEST_IN_ADDRESS = 2000


@dataclass(frozen=True)
class Uploaded:
    """What an upload did: the items now there, and what could not be taken in, with the reason."""

    items: list[Item] = field(default_factory=list)
    failures: list[tuple[str, WhorlError]] = field(default_factory=list)


class Items:
    """The items of one dataset."""

    def __init__(self, transport: Transport, dataset_id: str) -> None:
        self._transport = transport
        self._path = f"/datasets/{dataset_id}"

    def upload(
        self,
        local_path: str | Path | Iterable[str | Path],
        remote_path: str = "/",
        *,
        item_metadata: Mapping[str, JsonValue] | None = None,
        progress: Report | None = None,
    ) -> Uploaded:
        """Upload a file, a folder with all it holds, or several of these.

        A file keeps its name, a file of a folder its path below that folder. Files that are not images are listed in
        the result with the reason; the rest goes in. The same bytes are stored once.

        Args:
            remote_path: Folder of the dataset to put them in.
            progress: Told (done, total) after each file.

        Raises:
            NotFound: A path does not exist.
        """
        files = list(_files(local_path, remote_path))
        uploaded = Uploaded()

        def upload(entry: tuple[str, Path]) -> Item | tuple[str, WhorlError]:
            try:
                return self.upload_bytes(entry[1].read_bytes(), entry[0], item_metadata=item_metadata)
            except WhorlError as error:
                if error.retryable or error.status in (401, 403):
                    raise
                return entry[0], error

        with ThreadPoolExecutor(UPLOADS_AT_ONCE) as pool:
            for done, result in enumerate(pool.map(upload, files), start=1):
                if isinstance(result, Item):
                    uploaded.items.append(result)
                else:
                    uploaded.failures.append(result)
                if progress is not None:
                    progress(done, len(files))
        return uploaded

    def upload_bytes(self, content: bytes, name: str, *, item_metadata: Mapping[str, JsonValue] | None = None) -> Item:
        """Upload the bytes of one file under a name.

        Raises:
            UnreadableMedia: Not an image that can be decoded.
        """
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        files = [("file", (name, content, media_type))]
        data = {"name": name} | ({"metadata": json.dumps(dict(item_metadata))} if item_metadata else {})
        call = Call("POST", f"{self._path}/items", files=files, data=data)
        return Item(self._transport, self._transport.call(wire.Item, call))

    def list(self, filters: Filters | str | None = None, *, as_of: int | None = None) -> Iterator[Item]:
        """The items that match, fetched page by page as they are read.

        Args:
            filters: Filters, or a query as text such as ``label:car subset:train``; everything when left out.
            as_of: A revision to read at; now when left out.
        """
        for info in self._infos(filters, as_of=as_of, page_size=PAGE_SIZE):
            yield Item(self._transport, info)

    def count(self, filters: Filters | str | None = None) -> int:
        """How many items match. Without filters that is one question, with them every match is read."""
        if not filters:
            return self._transport.get(dict[str, int], f"{self._path}/counts")["items"]
        return sum(1 for _ in self._infos(filters, as_of=None, page_size=COUNTING_PAGE_SIZE))

    def get(self, filepath: str | None = None, item_id: str | None = None) -> Item:
        """The item with a name (its path in the dataset) or an id.

        Raises:
            NotFound: There is none.
        """
        if item_id is not None:
            return Item(self._transport, self._transport.get(wire.Item, f"/items/{item_id}"))
        if filepath is None:
            raise InvalidInput("which item?", hint="Give filepath or item_id.")
        name = filepath.strip("/")
        found = next(self.list(Filters("name", name, "eq")), None)
        if found is None:
            raise NotFound(f"no item {name!r} in this dataset")
        return found

    def _infos(self, filters: Filters | str | None, *, as_of: int | None, page_size: int) -> Iterator[wire.Item]:
        path = f"{self._path}/items"
        text = filters if isinstance(filters, str) else None
        dql = filters.to_json() if isinstance(filters, Filters) else None
        if dql is None or len(dql) <= LONGEST_IN_ADDRESS:
            yield from self._transport.pages(wire.Item, path, page_size=page_size, q=text, dql=dql, as_of=as_of)
            return
        body: dict[str, JsonValue] = {"query": json.loads(dql), "limit": page_size, "as_of": as_of}
        while True:
            page = self._transport.call(Page[wire.Item], Call("POST", f"{path}/search", body=body))
            yield from page.items
            if page.next_cursor is None:
                return
            body["cursor"] = page.next_cursor


class Item:
    """One image with its metadata and annotations."""

    def __init__(self, transport: Transport, info: wire.Item) -> None:
        self._transport = transport
        self.info = info
        self.annotations = Annotations(transport, info.id)

    @property
    def id(self) -> str:
        """Its public id."""
        return self.info.id

    @property
    def name(self) -> str:
        """Its path in the dataset."""
        return self.info.name

    @property
    def filename(self) -> str:
        """Its path with a leading slash, as other tools write it."""
        return f"/{self.info.name}"

    @property
    def width(self) -> int:
        """Pixels of the upright image."""
        return self.info.width

    @property
    def height(self) -> int:
        """Pixels of the upright image."""
        return self.info.height

    @property
    def subset(self) -> Subset | None:
        """train, validation or test; None when not in a subset."""
        return self.info.subset

    @property
    def metadata(self) -> Mapping[str, JsonValue]:
        """Free facts about it."""
        return self.info.metadata

    def read_bytes(self) -> bytes:
        """The file as it was uploaded."""
        return self._transport.send(Call("GET", f"/items/{self.id}/content")).content

    def download(self, local_path: str | Path) -> Path:
        """Write the file; into a folder under its own name, else under the name given."""
        target = Path(local_path)
        if target.is_dir():
            target = target / Path(self.name).name
        partial = target.with_name(target.name + ".partial")
        with self._transport.stream(f"/items/{self.id}/content") as response, partial.open("wb") as file:
            for chunk in response.iter_bytes():
                file.write(chunk)
        os.replace(partial, target)
        return target

    def video(self) -> Video:
        """The frames of a video, by number.

        Raises:
            InvalidInput: The item is no video.
        """
        return Video(self._transport, self.id)

    def update(
        self,
        *,
        metadata: Mapping[str, JsonValue] | None = None,
        subset: Subset | str | None = None,
        group_key: str | None = None,
        is_checked_empty: bool | None = None,
    ) -> Item:
        """Change what is given and keep the rest; a metadata value of None removes the key."""
        changes: dict[str, JsonValue] = {}
        if metadata is not None:
            changes["metadata"] = dict(metadata)
        if subset is not None:
            changes["subset"] = Subset(subset).value
        if group_key is not None:
            changes["group_key"] = group_key
        if is_checked_empty is not None:
            changes["is_checked_empty"] = is_checked_empty
        return Item(self._transport, self._transport.call(wire.Item, Call("PATCH", f"/items/{self.id}", body=changes)))

    def delete(self) -> None:
        """Remove it from the dataset; snapshots made before still hold it."""
        self._transport.send(Call("DELETE", f"/items/{self.id}"))

    def __repr__(self) -> str:
        return f"Item({self.name!r}, id={self.id!r})"


def _files(local_path: str | Path | Iterable[str | Path], remote_path: str) -> Iterator[tuple[str, Path]]:
    paths = [local_path] if isinstance(local_path, str | Path) else local_path
    prefix = f"{remote_path.strip('/')}/" if remote_path.strip("/") else ""
    for path in map(Path, paths):
        if path.is_dir():
            files = (file for file in sorted(path.rglob("*")) if file.is_file() and not file.name.startswith("."))
            yield from ((prefix + file.relative_to(path).as_posix(), file) for file in files)
        elif path.is_file():
            yield prefix + path.name, path
        else:
            raise NotFound(f"no file or folder {path}")
