"""From the options of a command line to a plan; shared by ``whorl edge`` and ``python -m whorl.selection.edge``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from whorl.base.errors import InvalidInput
from whorl.selection.edge.budgets import Limit, parse_budget, parse_bytes, parse_seconds
from whorl.selection.edge.link import read_token
from whorl.selection.edge.receiving import Listening
from whorl.selection.edge.running import Plan, Role, default_spool
from whorl.selection.edge.spool import Room
from whorl.selection.edge.watching import After

if TYPE_CHECKING:
    from collections.abc import Sequence

TOKEN, ACCEPT = "WHORL_TOKEN", "WHORL_EDGE_ACCEPT"
DEFAULT_BUDGET = "500/day"


@dataclass(frozen=True)
class Options:
    """What was typed."""

    watch: Path | None = None
    to: str | None = None
    dataset: str | None = None
    role: str = "device"
    device: str | None = None
    budget: str = DEFAULT_BUDGET
    sampler: str | None = None
    uniform: float | None = None
    window: str | None = None
    spool: Path | None = None
    spool_size: str = "512MB"
    bandwidth: str = ""
    burst: float = 2.0
    after: str = "keep"
    settle: float = 2.0
    seed: int = 0
    max_image: str = "32MB"
    token_file: Path | None = None
    ca_file: Path | None = None
    listen: str | None = None
    accept_file: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def to_plan(self) -> Plan:
        """The plan that is meant.

        Raises:
            InvalidInput: An option that is not of its form; the message names it.
        """
        role: Role = "base" if self.role == "base" else "device"
        after: After = "delete" if self.after == "delete" else "keep"
        _one_of("--role", self.role, get_args(Role))
        _one_of("--after", self.after, get_args(After))
        if not (self.burst >= 0 and self.settle >= 0):
            raise InvalidInput(f"--burst {self.burst:g}, --settle {self.settle:g}", hint="Give 0 or more seconds.")
        return Plan(
            spool=self.spool or default_spool(role),
            to=self.to,
            dataset=self.dataset,
            role=role,
            device=self.device,
            watch=self.watch,
            listening=self._listening(role),
            budget=parse_budget(self.budget),
            sampler=self.sampler,
            uniform=self.uniform,
            window_s=None if self.window is None else parse_seconds(self.window),
            burst_s=self.burst,
            seed=self.seed,
            room=Room(max_bytes=parse_bytes(self.spool_size)),
            max_image_bytes=parse_bytes(self.max_image),
            bandwidth=_bandwidth(self.bandwidth),
            token=read_token(self.token_file, TOKEN),
            ca_file=self.ca_file,
            after=after,
            settle_s=self.settle,
        )

    def _listening(self, role: Role) -> Listening | None:
        if role == "device":
            if self.listen is not None:
                raise InvalidInput("a device does not listen", hint="Add --role base, or leave out --listen.")
            return None
        host, colon, port = (self.listen or "127.0.0.1:8630").rpartition(":")
        if not colon or not port.isdigit() or int(port) > 65535:
            raise InvalidInput(f"--listen {self.listen!a:.60}", hint="Write it as HOST:PORT, such as 0.0.0.0:8630.")
        tokens = read_token(self.accept_file, ACCEPT).split()
        return Listening(
            tokens,
            host=host.strip("[]"),
            port=int(port),
            certificate=self.certificate,
            key=self.key,
            name=self.device or "base",
        )


def _one_of(option: str, given: str, allowed: Sequence[str]) -> None:
    if given not in allowed:
        raise InvalidInput(f"{option} {given!a:.40}; allowed: {', '.join(allowed)}")


def _bandwidth(text: str) -> tuple[Limit, ...]:
    limits = parse_budget(text)
    if any(limit.of == "count" for limit in limits):
        raise InvalidInput(f"--bandwidth {text[:40]!r} counts images", hint="Give bytes, such as 10MB/hour.")
    return limits
