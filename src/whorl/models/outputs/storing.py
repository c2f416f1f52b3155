"""Outputs as one npz file without pickles."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import JsonValue, ModelError
from whorl.geometry.masks import Rle
from whorl.models.evaluation.types import PredictedObjects, TruthObjects
from whorl.models.outputs.types import ClassOutputs, LabelOutputs, ObjectOutputs, Outputs, PixelOutputs

Arrays = dict[str, NDArray[np.generic]]


def dump_outputs(outputs: Outputs) -> bytes:
    """Write outputs as one npz file without pickles."""
    head: dict[str, JsonValue] = {"labels": list(outputs.labels), "items": list(outputs.items)}
    arrays: Arrays
    match outputs:
        case ClassOutputs():
            head["task"] = "classification"
            arrays = {"truth": outputs.truth, "probabilities": outputs.probabilities.astype(np.float32)}
        case LabelOutputs():
            head["task"] = "multi_label"
            arrays = {"truth": outputs.truth, "scores": outputs.scores}
        case PixelOutputs():
            head["task"] = "semantic_masks"
            # Most labels are never taken for most others: only the cells that hold pixels are kept.
            at = np.nonzero(outputs.confusion)
            arrays = {"cells": np.stack(at).astype(np.int32), "pixels": outputs.confusion[at]}
        case ObjectOutputs():
            head["task"] = "instance_masks" if outputs.use_masks else "detection"
            arrays = _object_arrays(outputs)
        case _:
            assert_never(outputs)
    buffer = io.BytesIO()
    written = np.frombuffer(json.dumps(head).encode(), np.uint8)
    # mypy takes the arrays for the flag ``allow_pickle``, which has no name in common with them.
    np.savez_compressed(buffer, head=written, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def load_outputs(data: bytes) -> Outputs:
    """Read what ``dump_outputs`` wrote.

    Raises:
        ModelError: The bytes are not an evaluation's outputs.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            head = json.loads(arrays["head"].tobytes())
            return _read(head["task"], tuple(head["labels"]), tuple(head["items"]), arrays)
    except (
        OSError, ValueError, KeyError, TypeError, IndexError, EOFError, MemoryError, zipfile.BadZipFile, zlib.error
    ) as error:  # fmt: skip
        raise ModelError(
            f"an evaluation's outputs cannot be read: {error}", hint="Evaluate the model again."
        ) from error


def _read(
    task: str, labels: tuple[str, ...], items: tuple[str, ...], arrays: Mapping[str, NDArray[np.generic]]
) -> Outputs:
    if task == "classification":
        rows = arrays["probabilities"].astype(np.float64)
        # Kept in single precision, so that the rows no longer sum to 1 to the last digit.
        return ClassOutputs(labels, items, arrays["truth"].astype(np.int64), rows / rows.sum(axis=1, keepdims=True))
    if task == "multi_label":
        return LabelOutputs(labels, items, arrays["truth"].astype(np.bool_), arrays["scores"].astype(np.float64))
    if task == "semantic_masks":
        confusion = np.zeros((len(items), len(labels) + 1, len(labels) + 1), np.int64)
        confusion[tuple(arrays["cells"].astype(np.int64))] = arrays["pixels"]
        return PixelOutputs(labels, items, confusion)
    if task in {"detection", "instance_masks"}:
        return _read_objects(labels, items, arrays, use_masks=task == "instance_masks")
    raise ValueError(f"unknown task {task!r}")


def _object_arrays(outputs: ObjectOutputs) -> Arrays:
    truth, predicted = outputs.truth, outputs.predicted
    crowds = [np.zeros(len(one.labels)) if one.crowd is None else one.crowd for one in truth]
    arrays: Arrays = {
        "truth_counts": np.array([len(one.labels) for one in truth], np.int64),
        "truth_boxes": _stack([one.boxes for one in truth]),
        "truth_labels": np.concatenate([[], *(one.labels for one in truth)]).astype(np.int64),
        "truth_crowd": np.concatenate([[], *crowds]).astype(np.bool_),
        "counts": np.array([len(one.labels) for one in predicted], np.int64),
        "boxes": _stack([one.boxes for one in predicted]),
        "scores": np.concatenate([[], *(one.scores for one in predicted)]).astype(np.float64),
        "labels": np.concatenate([[], *(one.labels for one in predicted)]).astype(np.int64),
    }
    if outputs.use_masks:
        areas = [np.zeros(0) if one.area is None else one.area for one in truth]
        arrays["truth_areas"] = np.concatenate([[], *areas]).astype(np.float64)
        arrays |= _mask_arrays("truth_", [mask for one in truth for mask in one.masks or ()])
        arrays |= _mask_arrays("", [mask for one in predicted for mask in one.masks or ()])
    return arrays


def _mask_arrays(prefix: str, masks: Sequence[Rle]) -> Arrays:
    return {
        f"{prefix}mask_sizes": np.array([[one.height, one.width, len(one.counts)] for one in masks], np.int64).reshape(
            -1, 3
        ),
        f"{prefix}mask_counts": np.frombuffer("".join(one.counts for one in masks).encode("ascii"), np.uint8),
    }


def _read_objects(
    labels: tuple[str, ...], items: tuple[str, ...], arrays: Mapping[str, NDArray[np.generic]], *, use_masks: bool
) -> ObjectOutputs:
    if not items:
        return ObjectOutputs(labels, (), (), (), use_masks)
    truth_at, at = np.cumsum(arrays["truth_counts"])[:-1], np.cumsum(arrays["counts"])[:-1]
    true_masks = _read_masks("truth_", arrays, truth_at) if use_masks else [None] * len(items)
    masks = _read_masks("", arrays, at) if use_masks else [None] * len(items)
    areas = np.split(arrays["truth_areas"], truth_at) if use_masks else [None] * len(items)
    names = ("truth_boxes", "truth_labels", "truth_crowd")
    true = zip(*(np.split(arrays[name], truth_at) for name in names), areas, true_masks, strict=True)
    found = zip(*(np.split(arrays[name], at) for name in ("boxes", "scores", "labels")), masks, strict=True)
    return ObjectOutputs(
        labels,
        items,
        tuple(TruthObjects(*one) for one in true),
        tuple(PredictedObjects(*one) for one in found),
        use_masks,
    )


def _read_masks(
    prefix: str, arrays: Mapping[str, NDArray[np.generic]], at: NDArray[np.int64]
) -> list[tuple[Rle, ...] | None]:
    sizes = arrays[f"{prefix}mask_sizes"].astype(np.int64)
    text = arrays[f"{prefix}mask_counts"].tobytes().decode("ascii")
    ends = np.cumsum(sizes[:, 2])
    rows = zip(sizes.tolist(), ends.tolist(), strict=True)
    masks = [Rle(height, width, text[end - length : end]) for (height, width, length), end in rows]
    cuts = [0, *at.tolist(), len(masks)]
    return [tuple(masks[start:stop]) for start, stop in zip(cuts[:-1], cuts[1:], strict=True)]


def _stack(boxes: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    return np.concatenate([np.zeros((0, 4)), *boxes]) if boxes else np.zeros((0, 4))
