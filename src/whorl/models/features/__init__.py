"""Image features: fixed-length vectors that a linear head, a selector or a search can use.

``hog`` needs nothing; ``lite0`` needs the fetched backbone. A feature has a name that changes when its
numbers change, because caches outlive releases.
"""

from __future__ import annotations

from whorl.models.features.cache import FeatureCache, content_key
from whorl.models.features.extract import FEATURES, HOG, LITE0, extract, extract_files

__all__ = ["FEATURES", "HOG", "LITE0", "FeatureCache", "content_key", "extract", "extract_files"]
