"""Convert the installed EfficientNet-Lite0 weights: ``python -m whorl.models.builtin.lite0_convert FILE``."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from whorl.models.builtin.lite0_net import load_lite0
from whorl.models.builtin.torch_export import export_onnx
from whorl.models.weights import record_backbone, source_file


def convert(path: Path) -> None:
    """Write the ONNX file and its record."""
    torch.set_num_threads(1)
    outputs = ["embedding", "stride8", "stride16", "stride32"]
    axes = {"image": {0: "n", 2: "h", 3: "w"}, "embedding": {0: "n"}}
    axes |= {name: {0: "n", 2: f"h_{name}", 3: f"w_{name}"} for name in outputs[1:]}
    net = load_lite0(source_file("lite0"))
    export_onnx(net, torch.zeros(1, 3, 64, 64), path, inputs=["image"], outputs=outputs, dynamic=axes)
    record_backbone("lite0", path)


if __name__ == "__main__":
    convert(Path(sys.argv[1]))
