"""What a figure was measured on: quote it beside the figure."""

from __future__ import annotations

import os
import platform
import resource
import sqlite3
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Machine:
    """The machine and how busy it was when asked; ``load_1m`` counts other work too."""

    cores: int
    memory_gib: float
    system: str
    python: str
    sqlite: str
    sqlalchemy: str
    load_1m: float
    load_5m: float


def describe_machine() -> dict[str, object]:
    """Give the machine's facts as a JSON object."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    load = os.getloadavg()
    return asdict(
        Machine(
            cores=len(os.sched_getaffinity(0)),
            memory_gib=round(pages / 2**30, 1),
            system=f"{platform.system()} {platform.release()} {_processor()}",
            python=platform.python_version(),
            sqlite=sqlite3.sqlite_version,
            sqlalchemy=version("sqlalchemy"),
            load_1m=round(load[0], 2),
            load_5m=round(load[1], 2),
        )
    )


def cpu_seconds(*, children: bool = False) -> float:
    """Give the processor seconds used so far by this process, or by its children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_rss_mib() -> float:
    """Give this process's largest resident memory so far in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())
