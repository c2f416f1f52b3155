"""What a training's reports say to people."""

from __future__ import annotations

import pytest

from whorl.models.curves import describe_point


@pytest.mark.parametrize(
    ("point", "said"),
    [
        ({"views": 1.312, "cache_seconds": 7.6, "seconds": 9.0, "progress": 0.3}, "1.3 views of each image are ready"),
        (
            {"epoch": 3.0, "heat_loss": 1.25, "seconds": 30.0, "progress": 0.5},
            "epoch 3, heat_loss 1.25, about 30 s left",
        ),
        ({"epoch": 1.0}, "epoch 1"),
    ],
)
def test_describe_point__is_for_people(point: dict[str, float], said: str) -> None:
    assert describe_point(point) == said
