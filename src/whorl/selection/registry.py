"""Strategies by name: the built-in ones, and those that installed packages offer as ``whorl.strategies``."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Mapping
from importlib.metadata import entry_points
from typing import Any

from whorl.base.errors import InvalidInput, NotFound
from whorl.selection.types import Strategy

ENTRY_POINT_GROUP = "whorl.strategies"
DEFAULT_STRATEGY = "herding"

_BUILT_IN: Mapping[str, str] = {
    "class_balance": "whorl.selection.strategies.class_balance:ClassBalance",
    "cluster_margin": "whorl.selection.strategies.cluster_margin:ClusterMargin",
    "detection": "whorl.selection.strategies.detection:Detection",
    "disagreement": "whorl.selection.strategies.disagreement:Disagreement",
    "entropy": "whorl.selection.strategies.entropy:Entropy",
    "herding": "whorl.selection.strategies.herding:Herding",
    "k_center": "whorl.selection.strategies.k_center:KCenter",
    "margin": "whorl.selection.strategies.margin:Margin",
    "random": "whorl.selection.strategies.random:Random",
    "rare_tail": "whorl.selection.strategies.rare_tail:RareTail",
    "regions": "whorl.selection.strategies.regions:Regions",
    "similarity": "whorl.selection.strategies.similarity:Similarity",
    "stratified": "whorl.selection.strategies.stratified:Stratified",
    "typical": "whorl.selection.strategies.typical:Typical",
}


def list_strategies() -> tuple[str, ...]:
    """All names, sorted; a package may not take a built-in name."""
    return tuple(sorted({*_BUILT_IN, *(point.name for point in entry_points(group=ENTRY_POINT_GROUP))}))


# Any: parameters differ from strategy to strategy; the class refuses those it does not have.
def get_strategy(name: str, **params: Any) -> Strategy:
    """The strategy of this name with these parameters.

    Raises:
        NotFound: No strategy has this name.
        InvalidInput: It has no such parameter.
    """
    factory = _find_factory(name)
    try:
        strategy: Strategy = factory(**params)
    except TypeError as error:
        raise InvalidInput(f"strategy {name}: {error}", hint="See docs/reference/strategies.md.") from error
    return strategy


# Any: what an entry point loads is only known by calling it.
def _find_factory(name: str) -> Any:
    if name in _BUILT_IN:
        module, _, attribute = _BUILT_IN[name].partition(":")
        return getattr(importlib.import_module(module), attribute)
    for point in entry_points(group=ENTRY_POINT_GROUP):
        if point.name == name:
            return point.load()
    known = list_strategies()
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else "Install a package that offers it as whorl.strategies."
    raise NotFound(f"no strategy is called {name}; known: {', '.join(known)}", hint=hint)
