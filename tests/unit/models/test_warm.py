"""A net begins from what the one before left, as far as it fits."""

from __future__ import annotations

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")


def test_warm__takes_what_fits_and_nothing_of_a_damaged_file(tmp_path: Path) -> None:
    from torch import nn

    from whorl.models.builtin.net_checkpoint import WARM_NET, load_warm, save_warm

    before = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    assert load_warm(before, tmp_path / "new") == 0
    save_warm(before, tmp_path / "new")
    # One label more: the last layer has another shape and begins anew.
    after = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 3))
    last = after[1].weight.detach().clone()
    assert load_warm(after, tmp_path / "new") == 2
    assert torch.equal(after[0].weight, before[0].weight)
    assert torch.equal(after[1].weight, last)
    (tmp_path / "new" / WARM_NET).write_bytes(b"no net")
    assert load_warm(after, tmp_path / "new") == 0
    assert load_warm(after, None) == 0
    save_warm(after, None)
