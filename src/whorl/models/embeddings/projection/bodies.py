"""The layout of a map in a child process, which says how far it is and can be told to stop."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whorl.models.embeddings.projection.layout import Layout, lay_out

_PROGRESS, _STOP = "progress", "stop"


@dataclass(frozen=True)
class Wire:
    """Two files in a folder between a job and its child; on machines that share no folder nothing is said."""

    folder: Path

    def tell(self, done: float) -> bool:
        """Of the child: write the share done, and whether to go on."""
        try:
            draft = self.folder / f".{_PROGRESS}"
            draft.write_text(f"{done:.4f}", encoding="ascii")
            draft.replace(self.folder / _PROGRESS)
        except OSError:
            return True
        return not (self.folder / _STOP).exists()

    def hear(self) -> float:
        """Of the job: the share done."""
        try:
            return float((self.folder / _PROGRESS).read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0.0

    def stop(self) -> None:
        """Of the job: ask the child to end."""
        (self.folder / _STOP).touch()


def lay_out_body(
    vectors: NDArray[np.float32], method: str | None, seed: int, start: NDArray[np.float64] | None, folder: str
) -> Layout:
    """``lay_out`` for a worker process; the folder is that of its ``Wire``."""
    return lay_out(vectors, method=method, seed=seed, start=start, report=Wire(Path(folder)).tell)
