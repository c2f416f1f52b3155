from __future__ import annotations

import numpy as np

from whorl.models.outputs import ClassOutputs
from whorl.pipelines.saving import ArmRound, SavingBasis, measure_saving
from whorl.schemas.overview import OverviewSaving

N = 400


def _outputs(accuracy: float, *, prefix: str, seed: int = 0) -> ClassOutputs:
    """A model of two classes that is right on this share of the images, always the first ones."""
    truth = np.zeros(N, dtype=np.int64)
    right = np.arange(N) < round(accuracy * N)
    probabilities = np.stack([right, ~right], axis=1).astype(np.float64)
    return ClassOutputs(("a", "b"), tuple(f"{prefix}{n}" for n in range(N)), truth, probabilities)


def _measure(chosen: list[float], drawn: list[float], *, other_images: bool = False) -> OverviewSaving | None:
    rounds = [
        tuple(ArmRound(f"cmp_{arm}{n}", 50 * (n + 1), "") for n in range(len(values)))
        for arm, values in (("s", chosen), ("r", drawn))
    ]
    contents = (
        {f"s{n}": f"sha{n}" for n in range(N)},
        # The other arm holds copies of the same images, in another order.
        {f"r{n}": f"sha{N - 1 - n + (N if other_images else 0)}" for n in range(N)},
    )
    return measure_saving(
        SavingBasis("margin", rounds[0], rounds[1]),
        [_outputs(one, prefix="s") for one in chosen],
        [_outputs(one, prefix="r") for one in drawn],
        contents=contents,
    )


def test_measure_saving__a_clear_lead_is_proven() -> None:
    found = _measure([0.6, 0.8, 0.9], [0.2, 0.4, 0.6])
    assert found is not None
    assert (found.unproven, found.value > 0.3, found.low > 0) == (False, True, True)
    assert found.basis.startswith(
        "margin against random over 3 rounds on 400 test images, at the metric both reach (0.600)"
    )


def test_measure_saving__an_interval_around_nothing_is_unproven() -> None:
    found = _measure([0.5, 0.6], [0.5, 0.6])
    assert found is not None
    assert (found.unproven, found.low <= 0 <= found.high) == (True, True)


def test_measure_saving__one_round_proves_nothing() -> None:
    found = _measure([0.9], [0.2])
    assert found is None or found.unproven


def test_measure_saving__on_other_images_there_is_none() -> None:
    assert _measure([0.6, 0.8], [0.2, 0.4], other_images=True) is None
