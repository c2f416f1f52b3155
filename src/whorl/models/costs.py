"""What a prediction costs: the latency of one image at a time, and the size of the files that predict."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from whorl.models.folder import LoadedModel, load_model
from whorl.models.predicting import predict_paths
from whorl.models.workshop import Workshop

REPEATS = 9
_DATA = (".onnx", ".data")


def latency_body(folder: str, paths: Sequence[str], repeats: int = REPEATS) -> float:
    """Median milliseconds from an image's bytes to its prediction, one at a time, after one that warms up."""
    model, files = _loaded(folder), [Path(path).read_bytes() for path in paths]
    list(predict_paths(model, files[:1]))
    seconds = []
    for at in range(repeats):
        started = time.perf_counter()
        list(predict_paths(model, [files[at % len(files)]]))
        seconds.append(time.perf_counter() - started)
    return round(1000 * statistics.median(seconds), 3)


def measure_latency(workshop: Workshop, folder: Path, sha256s: Sequence[str]) -> float | None:
    """Latency on some items' bytes in a worker process; None without any item."""
    some = sorted(set(sha256s))[:REPEATS]
    return workshop.call(latency_body, str(folder), workshop.files(some)) if some else None


def model_bytes(folder: Path) -> int | None:
    """Bytes of the weights; None when the folder holds none of its own."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.suffix in _DATA) or None


@lru_cache(maxsize=2)
def _loaded(folder: str) -> LoadedModel:
    return load_model(Path(folder))
