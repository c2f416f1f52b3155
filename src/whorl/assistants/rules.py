"""When an assistant learns, what it can be for, and when it gives up. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from whorl.base.errors import Conflict, InvalidInput, JsonValue, MissingDependency
from whorl.models.rules import BUILTIN_TASKS, check_architecture
from whorl.schemas.assistants import AssistantCreate, AssistantKind
from whorl.schemas.ontology import Tool

FIRST_ITEMS = MappingProxyType({"class": 20, "box": 10, "mask": 10})
"""Finished items before the first training, where nothing else is said."""
LEAST_MORE = 5
"""Finished items that are worth a new training, however small the share asked for."""
HELD_OUT_FROM = 20
"""From so many items to learn from, every sixth is held out to score on."""
HELD_OUT_EVERY = 6
LEAST_HELD_OUT = 3
LEAST_BUDGET_S, BUDGET_S_PER_ITEM = 20.0, 1.0
GIVES_UP_AFTER = 3
"""Rounds in a row below the floor after which an assistant stops and says so."""
DRAWN_ACTIONS, REFUSED_ACTIONS = 2, 1
"""Clicks and keys that a person needs to draw a box, and to refuse one that is under the pointer."""
LEAST_TO_JUDGE = 40
"""Decisions of people below which they say nothing about a confidence."""
FLOOR = 0.10
"""Least score on held-out items: AP at an IoU of 0.5, or for classes kappa (0 is guessing the commonest class)."""

ARCHITECTURES = MappingProxyType({"class": "builtin:linear", "box": "builtin:tinydet", "mask": "builtin:tinyunet"})
MODEL_TASKS = MappingProxyType(
    {"class": ("classification", "multi_label"), "box": ("detection",), "mask": ("instance_masks", "semantic_masks")}
)
_KIND_OF_TOOL = MappingProxyType(
    {
        Tool.CLASS: "class",
        Tool.BOX: "box",
        Tool.MASK: "mask",
        Tool.POLYGON: "mask",
    }
)
# What a recipe with several tools is mostly about: objects before classes of the whole image.
_FIRST: tuple[AssistantKind, ...] = ("box", "mask", "class")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an assistant is.

    Attributes:
        n_needed: Finished items at which it trains next.
        share: Towards that, from the training before, 0 to 1.
    """

    n_needed: int
    share: float

    @property
    def is_due(self) -> bool:
        """Whether enough is finished."""
        return self.share >= 1.0


def measure_progress(settings: AssistantCreate, kind: AssistantKind, *, n_seen: int, n_finished: int) -> Progress:
    """How far an assistant is from its next training.

    Args:
        n_seen: Finished items when it last began to train; 0 before the first time.
        n_finished: Finished items now.
    """
    if n_seen <= 0:
        needed = settings.first_items or FIRST_ITEMS[kind]
        return Progress(needed, min(1.0, n_finished / needed))
    needed = max(n_seen + LEAST_MORE, math.ceil(n_seen * (1 + settings.again_after) - 1e-9))
    # Work that was taken back since does not count below nothing.
    return Progress(needed, min(1.0, max(0, n_finished - n_seen) / (needed - n_seen)))


def choose_kind(wanted: AssistantKind | None, tools: Sequence[Tool]) -> AssistantKind:
    """What an assistant is for: what is asked, else what the recipe's tools say.

    Args:
        tools: Of the task's recipe; none when it has no recipe.

    Raises:
        InvalidInput: The recipe does not say, or allows nothing of what is asked.
    """
    able = {_KIND_OF_TOOL[tool] for tool in tools if tool in _KIND_OF_TOOL}
    if wanted is not None:
        if tools and wanted not in able:
            said = ", ".join(tool.value for tool in tools)
            raise InvalidInput(
                f"the task's recipe allows {said}, so an assistant for {wanted} could propose nothing",
                hint="Leave kind out, or change the recipe.",
            )
        return wanted
    for kind in _FIRST:
        if kind in able:
            return kind
    raise InvalidInput(
        "the task's recipe does not say what to propose",
        hint="Give kind: class, box or mask. Lines, points and turned boxes have no assistant.",
    )


def check_task(kind: str, status: str, mode: str) -> None:
    """Refuse a task that nothing can be learnt from.

    Raises:
        Conflict: It is done, people draw nothing in it, or it asks for one narrow thing beside what a model found.
    """
    if mode != "full":
        raise Conflict(
            f"a task of mode {mode} has no assistant: what it shows is what a model found",
            hint="Start one on a task that asks for all labels.",
        )
    if kind not in ("label", "classify"):
        raise Conflict(f"a {kind} task has no assistant", hint="Start one on a labelling task.")
    if status == "done":
        raise Conflict("the task is done", hint="Set it active again, or start the assistant on another task.")


def check_wish(wish: AssistantCreate, kind: AssistantKind) -> str:
    """The architecture to train, when this machine can train it.

    Raises:
        InvalidInput: There is no such architecture, or it does something else.
        MissingDependency: What it needs is not installed.
    """
    # Late: parameters bring in pydantic models of every architecture.
    from whorl.models.builtin.params import list_architectures, resolve_params  # noqa: PLC0415

    name = wish.architecture or ARCHITECTURES[kind]
    check_architecture(name)
    able = BUILTIN_TASKS.get(name)
    if able is not None and not set(able) & set(MODEL_TASKS[kind]):
        raise InvalidInput(
            f"{name} does {' and '.join(able)}, so it proposes no {kind}",
            hint=f"Leave architecture out for {ARCHITECTURES[kind]}.",
        )
    known = {one.name: one for one in list_architectures()}
    if name in known and not known[name].is_available:
        raise MissingDependency(
            f"an assistant for {kind} trains {name}, which needs {', '.join(known[name].needs)}",
            hint=f"{known[name].install_hint}. An assistant for class needs none of it.",
        )
    resolve_params(name, wish.params)
    return name


def training_params(settings: AssistantCreate, architecture: str, n_items: int) -> dict[str, JsonValue]:
    """What a round trains with: the wished parameters, and for the nets a budget that grows with what there is.

    The first suggestions shall come soon: ten images are seen often enough in half a minute.
    """
    if architecture not in (ARCHITECTURES["box"], ARCHITECTURES["mask"]):
        return dict(settings.params)
    budget = min(settings.budget_seconds, LEAST_BUDGET_S + n_items * BUDGET_S_PER_ITEM)
    return {"budget_s": budget, "validate_every": 0, "finetune": False} | settings.params


def longest_training_s(settings: AssistantCreate, architecture: str) -> float:
    """Seconds after which a training is broken off. The built-in nets count their own processor seconds."""
    is_own = architecture in (ARCHITECTURES["box"], ARCHITECTURES["mask"])
    return settings.budget_seconds * 30 + 600 if is_own else settings.budget_seconds


def is_held_out(key: int) -> bool:
    """Whether an item of a task, by its key there, is scored on rather than learnt from; the same in every round."""
    return key % HELD_OUT_EVERY == 0


def is_hopeless(scores: Sequence[float | None]) -> bool:
    """Whether the last rounds (newest last) were all below the floor."""
    last = list(scores)[-GIVES_UP_AFTER:]
    return len(last) == GIVES_UP_AFTER and all(one is not None and one < FLOOR for one in last)


def cheapest_confidence(decided: Sequence[tuple[float, bool]]) -> float | None:
    """The confidence from which on proposals saved people most: what they took less what they refused, by actions.

    Args:
        decided: Confidence of each proposal that people decided about, and whether they took it.

    Returns:
        None with fewer than 40 decisions; of equals the lowest. At most 0.8: of a model that shows nothing nobody
        would learn that it has got better.
    """
    if len(decided) < LEAST_TO_JUDGE:
        return None
    best, gain, at = 1.0, 0, 0
    ordered = sorted(decided, reverse=True)
    for place, (confidence, is_taken) in enumerate(ordered):
        at += DRAWN_ACTIONS if is_taken else -REFUSED_ACTIONS
        is_last_of_equals = place + 1 == len(ordered) or ordered[place + 1][0] < confidence
        if is_last_of_equals and at >= gain:
            best, gain = confidence, at
    return min(best, 0.8)
