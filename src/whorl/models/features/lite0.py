"""EfficientNet-Lite0 features through onnxruntime, on one thread; the weights come from `weights`.

Input is ``(pixel - 127) / 128``. The network is Tan and Le, "EfficientNet" (2019), in the Lite variant
(no squeeze-and-excite, ReLU6), trained on ImageNet.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from whorl.models.folder import open_onnx
from whorl.models.images import resize
from whorl.models.types import FloatArray, Image

SIDE = 128
DIMENSION = 1280
BATCH = 16
STRIDE_CHANNELS = {8: 40, 16: 112, 32: 320}


def lite0_embeddings(images: Sequence[Image], *, backbone: Path) -> FloatArray:
    """float32 (n, 1280): the pooled last layer of each image, resized to 128 × 128.

    Raises:
        ModelError: The backbone file is missing or damaged.
    """
    session = _session(str(backbone))
    rows = [np.zeros((0, DIMENSION), np.float32)]
    for start in range(0, len(images), BATCH):
        squares = np.stack([resize(image, width=SIDE, height=SIDE) for image in images[start : start + BATCH]])
        rows.append(session.run(["embedding"], {"image": normalise(squares)})[0])
    return np.concatenate(rows)


def normalise(images: Image | FloatArray) -> FloatArray:
    """Network input of uint8 (n, h, w, 3): float32 (n, 3, h, w)."""
    return np.ascontiguousarray((images.astype(np.float32).transpose(0, 3, 1, 2) - 127) / 128)


# Any: onnxruntime ships no types.
@lru_cache(maxsize=4)
def _session(path: str):  # type: ignore[no-untyped-def]
    return open_onnx(Path(path))
