"""The same model in another precision: int8 or half. Made from its ONNX file, measured, kept only where it helps.

Needs the packages onnx and onnxruntime's quantisation, which the extra [train] brings. The folder that comes of it is
loaded by the same adapter; only the numbers in the file that does the work are others.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from whorl.base.errors import InvalidInput, JsonValue, MissingDependency, ModelError
from whorl.models.builtin.linear import BACKBONE
from whorl.models.folder import WEIGHTS, load_model, read_card, write_card
from whorl.models.images import read_image
from whorl.models.types import FloatArray

Kind = Literal["int8", "fp16"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ARCHITECTURES = ("builtin:linear", "builtin:tinydet", "builtin:tinyunet")
CALIBRATION_IMAGES, TIMED_IMAGES, REPEATS = 100, 5, 4


@dataclass(frozen=True)
class Cost:
    """What a model costs here: bytes of its weights, and milliseconds of one image at a time."""

    size_bytes: int
    latency_ms: float


@dataclass(frozen=True)
class Made:
    """A variant's files by name, and what it and the model that it is of cost."""

    files: dict[str, bytes]
    before: Cost
    after: Cost


def is_helpful(before: Cost, after: Cost) -> bool:
    """Whether a variant is worth having: clearly quicker, or clearly smaller and hardly slower."""
    speed = after.latency_ms / max(before.latency_ms, 1e-9)
    size = after.size_bytes / max(before.size_bytes, 1)
    return speed <= 0.9 or (size <= 0.8 and speed <= 1.25)


def check_variant(architecture: str, variant: str | None, kind: str) -> Kind:
    """Give the kind back, or refuse what cannot become a variant.

    Raises:
        InvalidInput: Another kind, a variant of a variant, or an architecture whose files are not known.
    """
    known = {str(one): one for one in KINDS}
    if kind not in known:
        raise InvalidInput(f"no variant {kind!r}", hint=f"There are {' and '.join(KINDS)}.")
    if variant is not None:
        raise InvalidInput(f"this model is a variant ({variant}) itself", hint="Make variants of the model as trained.")
    if architecture not in ARCHITECTURES:
        raise InvalidInput(
            f"variants are made of {', '.join(ARCHITECTURES)}, not of {architecture}",
            hint="Convert the file with the tools of its own framework, then `whorl models add` it.",
        )
    return known[kind]


def check_packages() -> None:
    """Raise MissingDependency when the conversion cannot run here."""
    import importlib.util

    if importlib.util.find_spec("onnx") is None:
        raise MissingDependency("a variant needs the package onnx", hint="pip install 'whorl[train]'")


def variant_body(folder: str, paths: Sequence[str], kind: Kind) -> Made:
    """Make a variant of a model folder and measure both; the work of a worker process.

    Args:
        paths: Image files that the model was trained on, for the ranges of its numbers and for the time.

    Raises:
        MissingDependency: The package onnx is not installed.
        ModelError: There is no image, or the file cannot be converted.
    """
    check_packages()
    source = Path(folder)
    if not paths:
        raise ModelError("no image to measure a variant with", hint="Its training items have been deleted.")
    with tempfile.TemporaryDirectory(prefix="whorl-variant-") as scratch:
        target = Path(scratch) / "model"
        make_variant(source, target, kind, [Path(path) for path in paths])
        before, after = measure_pair(source, target, [Path(path) for path in paths[:TIMED_IMAGES]])
        names = sorted(path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file())
        return Made({name: (target / name).read_bytes() for name in names}, before, after)


def make_variant(source: Path, target: Path, kind: Kind, paths: Sequence[Path]) -> None:
    """Copy a model folder with its working file in another precision.

    Raises:
        ModelError: The file cannot be converted.
    """
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(".pack"))
    # A linear head is one small matrix: the backbone does the work.
    name = BACKBONE if (source / BACKBONE).is_file() else WEIGHTS
    (target / name).unlink()
    try:
        if kind == "fp16":
            _write_half(source / name, target / name)
        else:
            _write_int8(source, source / name, target / name, paths)
    except Exception as error:  # onnx and onnxruntime raise classes of many kinds
        raise ModelError(
            f"{name} cannot be converted to {kind}: {type(error).__name__}: {error}",
            hint="The model as trained goes on working.",
        ) from error
    card = read_card(source)
    write_card(target, replace(card, notes=(*card.notes, f"Weights as {kind}.")))
    load_model(target)


def measure_pair(one: Path, two: Path, paths: Sequence[Path]) -> tuple[Cost, Cost]:
    """What two folders cost, timed in turns so that other work on the machine meets both."""
    models = (load_model(one), load_model(two))
    images = [read_image(path) for path in paths]
    seconds: tuple[list[float], list[float]] = ([], [])
    for number in range(1 + REPEATS):
        for image in images:
            for model, found in zip(models, seconds, strict=True):
                started = time.perf_counter()
                model.predict_batch([image])
                if number:  # The first round warms up.
                    found.append(time.perf_counter() - started)
    sizes = [sum(path.stat().st_size for path in folder.rglob("*.onnx")) for folder in (one, two)]
    # The quickest of several: what the model takes when nothing else runs.
    best = [statistics.median(np.array(found).reshape(REPEATS, -1).min(axis=0).tolist()) for found in seconds]
    return Cost(sizes[0], round(1000 * best[0], 3)), Cost(sizes[1], round(1000 * best[1], 3))


def describe_costs(made: Made) -> dict[str, JsonValue]:
    """Both costs, for a job's result."""
    return {
        "size_bytes": made.after.size_bytes,
        "latency_ms": made.after.latency_ms,
        "size_bytes_before": made.before.size_bytes,
        "latency_ms_before": made.before.latency_ms,
    }


def _write_half(source: Path, target: Path) -> None:
    import onnx
    from onnxruntime.transformers.float16 import convert_float_to_float16

    # Inputs and outputs stay single: whoever calls the model need not know.
    onnx.save(convert_float_to_float16(onnx.load(str(source)), keep_io_types=True), str(target))


def _write_int8(folder: Path, source: Path, target: Path, paths: Sequence[Path]) -> None:
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_dynamic, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    inputs = list(_inputs(folder, source.name, paths))
    if not inputs:
        # A head on features alone: its weights are all there is, and need no ranges.
        quantize_dynamic(str(source), str(target), weight_type=QuantType.QInt8, per_channel=True)
        return
    with tempfile.TemporaryDirectory(prefix="whorl-int8-") as scratch:
        prepared = Path(scratch) / "prepared.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(target),
            _Reader(inputs),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            calibrate_method=CalibrationMethod.MinMax,
            nodes_to_exclude=_last_nodes(prepared),
            extra_options={"CalibMovingAverage": True},
        )


def _inputs(folder: Path, name: str, paths: Sequence[Path]) -> Iterator[Mapping[str, FloatArray]]:
    """What the network is fed for each image."""
    model = load_model(folder)
    feed = getattr(model.adapter.target, "network_input", None)
    is_head = model.card.architecture == "builtin:linear" and name == WEIGHTS
    if callable(feed) and not is_head:
        for path in paths[:CALIBRATION_IMAGES]:
            yield {"image": feed(read_image(path))}


def _last_nodes(path: Path) -> list[str]:
    """The nodes from the last convolutions on: few numbers, and on their digits hangs how answers rank."""
    import onnx

    graph = onnx.load(str(path)).graph
    maker = {output: node for node in graph.node for output in node.output}
    found: list[str] = []
    waiting = [output.name for output in graph.output]
    while waiting:
        node = maker.get(waiting.pop())
        if node is None or node.name in found:
            continue
        found.append(node.name)
        if node.op_type != "Conv":
            waiting += list(node.input)
    return found


class _Reader:
    """Hands inputs to the calibration one by one, as onnxruntime asks for them."""

    def __init__(self, inputs: Sequence[Mapping[str, FloatArray]]) -> None:
        self._waiting = iter(inputs)

    # Any: onnxruntime ships no types.
    def get_next(self) -> Any:
        """The next input, or None."""
        return next(self._waiting, None)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return next(self._waiting)
