"""Write a torch module as ONNX without the exporter's warnings reaching anybody."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn


def export_onnx(
    net: nn.Module,
    example: Tensor,
    path: Path,
    *,
    inputs: Sequence[str],
    outputs: Sequence[str],
    dynamic: dict[str, dict[int, str]],
) -> None:
    """Trace ``net`` on ``example`` and write ``path`` whole or not at all.

    Args:
        dynamic: Which axes of which input or output may vary, with names for them.
    """
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            # The legacy exporter is deprecated and 60 times faster than its successor, which needs onnxscript.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                net.eval(),
                (example,),
                str(draft),
                input_names=list(inputs),
                output_names=list(outputs),
                dynamic_axes=dynamic,
                opset_version=17,
                dynamo=False,
            )
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
