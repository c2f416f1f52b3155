"""Pieces of understanding what adapters return: arrays, lists, fields and labels of unknown origin."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from whorl.models.types import FloatArray


class Unknown(Exception):
    """The value has none of the shapes that can be understood."""


def to_array(value: object) -> FloatArray:
    """float32 array of numbers, lists, numpy arrays or tensors (by ``detach``, ``cpu`` and ``numpy``)."""
    for method in ("detach", "cpu", "numpy"):
        value = getattr(value, method)() if hasattr(value, method) else value
    try:
        return np.asarray(value, np.float32)
    except (TypeError, ValueError) as error:
        raise Unknown(f"not numbers ({error})") from error


def entry_field(row: Mapping[object, object], name: str) -> object:
    """What an entry has under a name."""
    if name not in row:
        raise Unknown(f"an entry has no {name!r}")
    return row[name]


def listed(values: object) -> list[object]:
    """A list of labels, of whatever kind of array it is."""
    if values is None:
        raise Unknown("there are no labels")
    if isinstance(values, list | tuple):
        return list(values)
    for method in ("detach", "cpu", "numpy", "tolist"):
        values = getattr(values, method)() if hasattr(values, method) else values
    if not isinstance(values, list):
        raise Unknown("labels are not a list")
    return values


def label_name(kind: object, labels: tuple[str, ...]) -> str:
    """The label that a name or a number means."""
    if isinstance(kind, str | np.str_):
        if str(kind) in labels:
            return str(kind)
    elif isinstance(kind, int | float | np.integer | np.floating) and 0 <= int(kind) < len(labels):
        return labels[int(kind)]
    raise Unknown(f"unknown label {kind!r}, known are {list(labels)[:20]}")
