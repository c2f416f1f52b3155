"""Whorl: an open-source data flywheel for vision AI.

``import whorl`` gives the SDK: ``whorl.connect()`` and the classes below. Names load when first used, so that
importing a room of Whorl does not pay for the SDK.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whorl.base.errors import WhorlError as WhorlError
    from whorl.sdk.adapter import BaseModelAdapter as BaseModelAdapter
    from whorl.sdk.client import Client as Client
    from whorl.sdk.connecting import connect as connect
    from whorl.sdk.drawing import AnnotationBuilder as AnnotationBuilder
    from whorl.sdk.drawing import Box as Box
    from whorl.sdk.drawing import Classification as Classification
    from whorl.sdk.drawing import Mask as Mask
    from whorl.sdk.drawing import Point as Point
    from whorl.sdk.drawing import Polygon as Polygon
    from whorl.sdk.drawing import Polyline as Polyline
    from whorl.sdk.drawing import RotatedBox as RotatedBox
    from whorl.sdk.drawing import Track as Track
    from whorl.sdk.filters import Filters as Filters
    from whorl.sdk.filters import FiltersOperations as FiltersOperations
    from whorl.sdk.pipeline_builder import PipelineBuilder as PipelineBuilder

__version__ = "0.1.0"

_HOMES = {
    "AnnotationBuilder": "whorl.sdk.drawing",
    "BaseModelAdapter": "whorl.sdk.adapter",
    "Box": "whorl.sdk.drawing",
    "Classification": "whorl.sdk.drawing",
    "Client": "whorl.sdk.client",
    "Filters": "whorl.sdk.filters",
    "FiltersOperations": "whorl.sdk.filters",
    "Mask": "whorl.sdk.drawing",
    "PipelineBuilder": "whorl.sdk.pipeline_builder",
    "Point": "whorl.sdk.drawing",
    "Polygon": "whorl.sdk.drawing",
    "Polyline": "whorl.sdk.drawing",
    "RotatedBox": "whorl.sdk.drawing",
    "Track": "whorl.sdk.drawing",
    "WhorlError": "whorl.base.errors",
    "connect": "whorl.sdk.connecting",
}
__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'whorl' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
