"""How unsure the device's own model was: numbers in [0, 1], 0 sure and 1 guessing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from whorl.base.errors import InvalidInput

if TYPE_CHECKING:
    from whorl.base.errors import JsonValue

Scores = float | Mapping[str, object]


def margin_uncertainty(probabilities: Sequence[float]) -> float:
    """One less the lead of the best class over the second, for probabilities of one image's classes.

    Raises:
        InvalidInput: Fewer than two classes, or not probabilities.
    """
    values = np.sort(_probabilities(probabilities))
    return float(1.0 - (values[-1] - values[-2]))


def entropy_uncertainty(probabilities: Sequence[float]) -> float:
    """Entropy of the classes over that of pure guessing. Raises as ``margin_uncertainty``."""
    values = _probabilities(probabilities)
    positive = values[values > 0]
    return float(min(1.0, max(0.0, -(positive * np.log(positive)).sum() / np.log(len(values)))))


def box_uncertainty(confidences: Sequence[float]) -> float:
    """How near the most doubtful box is to a coin's toss: 1 at a confidence of 0.5; 0 without boxes.

    Raises:
        InvalidInput: A confidence outside [0, 1].
    """
    values = _finite(confidences)
    if values.size and (values.min() < 0 or values.max() > 1):
        raise InvalidInput(f"box confidences from {values.min():g} to {values.max():g}; allowed: 0 to 1")
    return float((1.0 - np.abs(2.0 * values - 1.0)).max(initial=0.0))


def read_uncertainty(scores: Scores | None) -> float | None:
    """One number from what a device says of its model's output; None when it says nothing.

    Args:
        scores: The uncertainty itself; or ``{"uncertainty": u}``, ``{"probabilities": [...]}``,
            ``{"box_confidences": [...]}``. With several of these the largest counts.

    Raises:
        InvalidInput: None of these, or numbers that are not what they should be.
    """
    if scores is None:
        return None
    if isinstance(scores, Mapping):
        found = [_READERS[name](value) for name, value in scores.items() if name in _READERS]
        if not found:
            raise InvalidInput(
                f"scores with {', '.join(map(str, scores)) or 'nothing'}",
                hint=f"Give a number, or one of {', '.join(sorted(_READERS))}.",
            )
        return max(found)
    return _uncertainty(scores)


def _uncertainty(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise InvalidInput(f"uncertainty {value!r:.40}; allowed: a number from 0 to 1")
    return float(value)


def _numbers(value: object) -> Sequence[float]:
    is_list = isinstance(value, list | tuple | np.ndarray)
    if not is_list:
        raise InvalidInput(f"scores are {type(value).__name__}; allowed: a list of numbers")
    return value  # type: ignore[return-value]  # checked in _finite


def _finite(values: Sequence[float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    try:
        array = np.asarray(values, dtype=np.float64).reshape(-1)
    except (TypeError, ValueError) as error:
        raise InvalidInput("scores are not numbers", hint="Give a list of numbers.") from error
    if not np.isfinite(array).all():
        raise InvalidInput("scores hold NaN or infinity", hint="Check the model's output.")
    return array


def _probabilities(values: Sequence[float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    array = _finite(values)
    if array.size < 2 or array.min() < 0 or not 0.98 <= array.sum() <= 1.02:
        raise InvalidInput(
            f"{array.size} class probabilities with the sum {array.sum():g}",
            hint="Give two or more, none negative, with the sum 1; take the softmax of logits first.",
        )
    return array


def _read_probabilities(value: object) -> float:
    return margin_uncertainty(_numbers(value))


def _read_boxes(value: object) -> float:
    return box_uncertainty(_numbers(value))


_READERS = {"uncertainty": _uncertainty, "probabilities": _read_probabilities, "box_confidences": _read_boxes}


def scores_from_json(value: JsonValue) -> Scores | None:
    """Scores as a file beside an image holds them."""
    if value is None or isinstance(value, dict):
        return value
    return _uncertainty(value)
