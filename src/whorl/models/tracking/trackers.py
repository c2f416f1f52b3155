"""Trackers by name: Whorl's own, those that packages bring, and models that can track."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from typing_extensions import TypeIs

from whorl.base.errors import InvalidInput, ModelError
from whorl.models.tracking.contract import TRACKERS_GROUP, Tracker, is_tracker
from whorl.plugins.registry import PluginGroup

FLOW = "flow"


def tracker_names() -> list[str]:
    """The trackers that are installed, sorted; models come beside them."""
    return _group().names()


def make_tracker(name: str, folder: str | None = None) -> Tracker:
    """The tracker with a name; or, with a folder, the model in it.

    Raises:
        InvalidInput: There is none of that name, or the model does not track.
        ModelError: What a package calls a tracker is none.
    """
    if folder is not None:
        return _model_tracker(name, folder)
    made = _group().get(name)()
    if not is_tracker(made):
        raise ModelError(
            f"the tracker {name!r} has no method track: it is a {type(made).__qualname__}",
            hint="check_tracker in whorl.testing.tracking says what is missing.",
        )
    return made


def _flow_tracker() -> object:
    # Late: OpenCV, which naming the trackers does not need.
    from whorl.models.tracking.flow import FlowTracker

    return FlowTracker()


def _group() -> PluginGroup[Callable[[], object]]:
    return PluginGroup(TRACKERS_GROUP, "tracker", _is_factory, {FLOW: _flow_tracker})


def _is_factory(found: object) -> TypeIs[Callable[[], object]]:
    return callable(found)


def _model_tracker(name: str, folder: str) -> Tracker:
    from whorl.models.folder import load_model

    adapter = load_model(Path(folder)).adapter
    if not is_tracker(adapter):
        raise InvalidInput(
            f"the model {name} does not track objects",
            hint="Its adapter needs a method track(frames, shapes); or leave the tracker out, which means flow.",
        )
    return adapter
