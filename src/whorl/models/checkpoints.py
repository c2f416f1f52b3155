"""Where a training that did not end left its state, so that another one can go on from there."""

from __future__ import annotations

import shutil
from pathlib import Path

CURVES_SO_FAR, OWNER = "metrics.jsonl", "owner"
_OURS = frozenset({CURVES_SO_FAR, OWNER})


def checkpoint_folder(models_path: Path, model_id: str) -> Path:
    """The folder of a model's checkpoint; it may not be there."""
    return models_path / ".checkpoints" / model_id


def has_checkpoint(folder: Path) -> bool:
    """Whether an adapter left something to go on from. A half-written file has a name that begins with a dot."""
    if not folder.is_dir():
        return False
    return any(path.name not in _OURS and not path.name.startswith(".") for path in folder.iterdir())


def prepare_checkpoint(folder: Path, *, is_resumed: bool, owner: str) -> Path:
    """Make the folder for a training: with what is in it when it goes on, empty otherwise.

    Args:
        owner: The job or run that trains, so that its repetition after a crash knows its own checkpoint.
    """
    if not is_resumed:
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / OWNER).write_text(owner, encoding="utf-8")
    return folder


def is_owned(folder: Path, owner: str) -> bool:
    """Whether this very job or run left the checkpoint."""
    try:
        return (folder / OWNER).read_text(encoding="utf-8") == owner and has_checkpoint(folder)
    except OSError:
        return False


def drop_checkpoint(folder: Path) -> None:
    """Remove a checkpoint that is not needed any more."""
    shutil.rmtree(folder, ignore_errors=True)
