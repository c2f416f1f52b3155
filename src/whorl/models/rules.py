"""Decisions about models that need no database. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from whorl.base.errors import InvalidInput

_TASK_OF = {"builtin:linear": "classification", "builtin:tinydet": "detection"}


def choose_task(architecture: str, truth_kinds: Mapping[str, int]) -> str:
    """What a model is to say: what its architecture does, else what most of the ground truth is.

    Args:
        truth_kinds: How many annotations are of each kind, such as ``class`` or ``box``.

    Raises:
        InvalidInput: The architecture is not a built-in and there are neither classes nor boxes.
    """
    if architecture in _TASK_OF:
        return _TASK_OF[architecture]
    classes, boxes = truth_kinds.get("class", 0), truth_kinds.get("box", 0)
    if not classes and not boxes:
        raise InvalidInput(
            f"cannot tell what {architecture} is to say: the dataset has neither classes nor boxes",
            hint="Label some items first, or give task: classification or detection.",
        )
    return "classification" if classes >= boxes else "detection"


def check_architecture(architecture: str) -> None:
    """Refuse what cannot name an architecture, before a model of it is registered.

    Raises:
        InvalidInput: There is no such built-in, or the text has no colon.
    """
    if architecture in _TASK_OF or (":" in architecture and not architecture.startswith("builtin:")):
        return
    raise InvalidInput(
        f"no architecture {architecture!r}", hint=f"Use {', '.join(sorted(_TASK_OF))}, or my_package.my_module:MyModel."
    )
