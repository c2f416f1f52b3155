"""Decisions about models that need no database. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from whorl.base.errors import InvalidInput
from whorl.models.builtin.params import BUILTINS

BUILTIN_TASKS: Mapping[str, tuple[str, ...]] = {name: builtin.tasks for name, builtin in BUILTINS.items()}
# From this share of items with several classes on, they are no slips.
SEVERAL_CLASSES = 0.05
_CLASSES, _BOXES, _MASKS = ("class",), ("box",), ("mask", "polygon", "rotated_box")


def choose_task(
    architecture: str, truth_kinds: Mapping[str, int], *, several_classes: float = 0.0, is_one_each: bool = False
) -> str:
    """What a model is to say: of what its architecture does, that of which there is most ground truth.

    Args:
        truth_kinds: How many annotations are of each kind, such as ``class`` or ``box``.
        several_classes: The share of classified items that have more than one class; from 0.05 on these are
            several labels.
        is_one_each: No item has two outlines of one label, as when pixels are labelled rather than objects.

    Raises:
        InvalidInput: The architecture does several tasks and the ground truth has nothing of any of them.
    """
    able = BUILTIN_TASKS.get(architecture)
    classes = "multi_label" if several_classes >= SEVERAL_CLASSES else "classification"
    masks = "semantic_masks" if is_one_each else "instance_masks"
    counts = {
        classes: sum(truth_kinds.get(kind, 0) for kind in _CLASSES),
        "detection": sum(truth_kinds.get(kind, 0) for kind in _BOXES),
        masks: sum(truth_kinds.get(kind, 0) for kind in _MASKS),
    }
    if able is not None:
        counts = {task: count for task, count in counts.items() if task in able}
        if len(counts) == 1:
            return next(iter(counts))
    if not any(counts.values()):
        raise InvalidInput(
            f"cannot tell what {architecture} is to say: the dataset has neither classes, boxes nor outlines",
            hint="Label some items first, or give task, such as classification or detection.",
        )
    return max(counts, key=lambda task: counts[task])


def check_architecture(architecture: str, task: str | None = None) -> None:
    """Refuse what cannot name an architecture, or one that does not do the task, before a model is registered.

    Raises:
        InvalidInput: There is no such built-in, the text has no colon, or the built-in does other tasks.
    """
    able = BUILTIN_TASKS.get(architecture)
    if able is not None and task is not None and task not in able:
        doing = [name for name, tasks in BUILTIN_TASKS.items() if task in tasks]
        raise InvalidInput(
            f"{architecture} does {' and '.join(able)}, not {task}",
            hint=f"Use {' or '.join(doing)}." if doing else "Leave task out.",
        )
    if able is not None or (":" in architecture and not architecture.startswith("builtin:")):
        return
    raise InvalidInput(
        f"no architecture {architecture!r}",
        hint=f"Use {', '.join(BUILTIN_TASKS)}, or my_package.my_module:MyModel.",
    )
