"""The state of a training on disk: whole or absent, plain tensors and numbers only. Needs torch."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import TypedDict

import torch
from torch import Tensor, nn

from whorl.base.errors import ModelError

STATE, WARM_NET = "checkpoint.pt", "net.pt"
SAVE_OFTEN_S, SAVE_EVERY_S = 0.5, 10.0


class State(TypedDict):
    """Everything that a training needs to go on.

    Keys:
        phase: 0 on cached maps, 1 through the whole network.
        epoch: Passes that are over.
        steps: Batches of the present pass that are over.
        done: Batches in all.
        seconds: CPU seconds in all.
        numpy_state: Of the generator of views, as JSON: its numbers have more than 64 bits.
        scored: Passes after which there was a score last; 0 before there is one.
        best: The best score so far; minus infinity before there is one.
        stale: Scores since then.
    """

    net: dict[str, Tensor]
    optimizer: dict[str, object]
    phase: int
    epoch: int
    steps: int
    done: int
    seconds: float
    torch_state: Tensor
    numpy_state: str
    scored: int
    best: float
    stale: int
    best_net: dict[str, Tensor] | None


def save_state(folder: Path, state: State) -> None:
    """Replace what was kept; a reader sees the old state or the new one."""
    draft = folder / f".{STATE}.{os.getpid()}"
    torch.save(dict(state), draft)
    draft.replace(folder / STATE)


def load_state(folder: Path | None) -> State | None:
    """What an earlier training kept; None when there is nothing.

    Raises:
        ModelError: The file is damaged, or holds something else than numbers.
    """
    path = None if folder is None else folder / STATE
    if path is None or not path.is_file():
        return None
    try:
        state: State = torch.load(path, map_location="cpu", weights_only=True)
        missing = set(State.__annotations__) - set(state)
    except (OSError, RuntimeError, EOFError, ValueError, TypeError, pickle.UnpicklingError) as error:
        raise ModelError(
            f"the checkpoint cannot be read: {error}", hint="Train from the start, without resume."
        ) from error
    if missing:
        raise ModelError(
            f"the checkpoint lacks {', '.join(sorted(missing))}", hint="Train from the start, without resume."
        )
    return state


def load_warm(net: nn.Module, folder: Path | None) -> int:
    """Take over what an earlier training left, as far as it fits, and give how many tensors that were.

    A layer whose shape has changed, since there is a label more, begins anew. What cannot be read is not there.
    """
    path = None if folder is None else folder / WARM_NET
    if path is None or not path.is_file():
        return 0
    try:
        left: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, TypeError, pickle.UnpicklingError):
        return 0
    own = net.state_dict()
    fitting = {name: value for name, value in left.items() if name in own and own[name].shape == value.shape}
    net.load_state_dict(own | fitting)
    return len(fitting)


def save_warm(net: nn.Module, folder: Path | None) -> None:
    """Leave a net for the next training; a reader sees the old one or the new one."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f".{WARM_NET}.{os.getpid()}"
    torch.save(net.state_dict(), draft)
    draft.replace(folder / WARM_NET)
