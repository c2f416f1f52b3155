"""Duplicates: what is in a dataset twice, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from whorl.schemas import selecting as wire
from whorl.schemas.jobs import Job as JobInfo
from whorl.sdk.jobs import Job, Report
from whorl.sdk.transport import Call, Transport


class Duplicates:
    """The scans of one dataset."""

    def __init__(self, transport: Transport, dataset_id: str) -> None:
        self._transport = transport
        self._path = f"/datasets/{dataset_id}/duplicates"

    def scan(self, draft: wire.DuplicateScanDraft | None = None, *, progress: Report | None = None) -> DuplicateScan:
        """Find items that show the same, and wait until it is done; Ctrl-C stops it. No item is changed.

        Args:
            draft: How alike two images must be; exact copies and near duplicates when left out.

        Raises:
            NotFound: The draft names a space that the project does not have.
        """
        body = draft or wire.DuplicateScanDraft()
        job = Job(self._transport, self._transport.call(JobInfo, Call("POST", self._path, body=body)))
        done = job.wait_or_cancel(progress=progress).info.result
        return self.get(str(done["scan_id"]))

    def list(self) -> Iterator[DuplicateScan]:
        """Every scan, newest first."""
        for info in self._transport.pages(wire.DuplicateScan, self._path):
            yield DuplicateScan(self._transport, info)

    def get(self, scan_id: str) -> DuplicateScan:
        """A scan by id.

        Raises:
            NotFound: There is none.
        """
        return DuplicateScan(self._transport, self._transport.get(wire.DuplicateScan, f"/duplicates/{scan_id}"))


class DuplicateScan:
    """A scan that was made; ``info`` holds its numbers."""

    def __init__(self, transport: Transport, info: wire.DuplicateScan) -> None:
        self._transport = transport
        self.info = info
        self._path = f"/duplicates/{info.id}"

    @property
    def id(self) -> str:
        """Its public id."""
        return self.info.id

    def groups(self) -> Iterator[wire.DuplicateGroup]:
        """The groups, the largest first; in each, the item to keep first."""
        return self._transport.pages(wire.DuplicateGroup, f"{self._path}/groups")

    def apply(
        self,
        action: Literal["group", "tag", "delete"],
        *,
        groups: Sequence[int] | None = None,
        dry_run: bool = True,
    ) -> wire.DuplicateOutcome:
        """Keep groups together in splits, mark their extras, or delete those without ground truth.

        Args:
            groups: Numbers of groups; all when left out.
            dry_run: Say what would be done, and do nothing.
        """
        body = wire.DuplicateAction(action=action, groups=None if groups is None else [*groups], dry_run=dry_run)
        return self._transport.call(wire.DuplicateOutcome, Call("POST", f"{self._path}/apply", body=body))

    def delete(self) -> None:
        """Forget the scan; what was done with its groups stays."""
        self._transport.send(Call("DELETE", self._path))

    def __repr__(self) -> str:
        return f"DuplicateScan({self.info.n_groups} groups, {self.info.n_extra} extras, id={self.id!r})"
