"""Tiny ONNX files whose answers are known, to try adapters on without any weights. Needs the package ``onnx``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

OLD_ENOUGH = {"ir_version": 10, "opset": 17}


def write_constant_onnx(
    path: Path,
    outputs: Mapping[str, ArrayLike],
    *,
    shape: Sequence[int | str] = (1, 3, 64, 64),
    dtype: str = "float32",
    metadata: Mapping[str, str] | None = None,
    size_input: str | None = None,
) -> Path:
    """A network that takes an image of a shape and answers the same whatever it sees.

    Args:
        outputs: By name; their shapes and types are kept, float64 becomes float32.
        shape: Of the input; texts are free axes.
        size_input: Name of a second input (1, 2) of int64 that it takes and does not use.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    arrays = {name: _narrow(np.asarray(value)) for name, value in outputs.items()}
    nodes = [
        helper.make_node("Constant", [], [name], value=numpy_helper.from_array(value, name))
        for name, value in arrays.items()
    ]
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    inputs = [helper.make_tensor_value_info("images", kind, list(shape))]
    if size_input is not None:
        inputs.append(helper.make_tensor_value_info(size_input, TensorProto.INT64, [1, 2]))
    made = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), list(value.shape))
        for name, value in arrays.items()
    ]
    return _save(onnx, helper, path, (nodes, inputs, made), metadata)


def write_mean_onnx(
    path: Path,
    *,
    shape: Sequence[int | str] = (1, 3, "height", "width"),
    dtype: str = "float32",
    metadata: Mapping[str, str] | None = None,
) -> Path:
    """A classifier whose three logits are the means of its input's channels, as they arrive there."""
    import onnx
    from onnx import helper

    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    axes = [1, 2] if shape[-1] == 3 else [2, 3]
    nodes = [
        helper.make_node("Cast", ["images"], ["numbers"], to=onnx.TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["numbers"], ["logits"], axes=axes, keepdims=0),
    ]
    inputs = [helper.make_tensor_value_info("images", kind, list(shape))]
    made = [helper.make_tensor_value_info("logits", onnx.TensorProto.FLOAT, [1, 3])]
    return _save(onnx, helper, path, (nodes, inputs, made), metadata)


def write_endless_onnx(path: Path) -> Path:
    """A classifier that counts for hours before it answers."""
    import onnx
    from onnx import TensorProto, helper

    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["go_on"]),
            helper.make_node("Sin", ["so_far"], ["next"]),
        ],
        "turn",
        [
            helper.make_tensor_value_info("turn_number", TensorProto.INT64, []),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
            helper.make_tensor_value_info("so_far", TensorProto.FLOAT, [1, 3]),
        ],
        [
            helper.make_tensor_value_info("go_on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("next", TensorProto.FLOAT, [1, 3]),
        ],
    )
    turns = helper.make_tensor("turns", TensorProto.INT64, [], [10**12])
    truth = helper.make_tensor("truth", TensorProto.BOOL, [], [True])
    nodes = [
        helper.make_node("Constant", [], ["many"], value=turns),
        helper.make_node("Constant", [], ["yes"], value=truth),
        helper.make_node("ReduceMean", ["images"], ["means"], axes=[2, 3], keepdims=0),
        helper.make_node("Loop", ["many", "yes", "means"], ["logits"], body=body),
    ]
    inputs = [helper.make_tensor_value_info("images", TensorProto.FLOAT, [1, 3, 8, 8])]
    made = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 3])]
    return _save(onnx, helper, path, (nodes, inputs, made), None)


def _narrow(value: np.ndarray) -> np.ndarray:
    return value.astype(np.float32) if value.dtype == np.float64 else value


# Any: onnx ships no types that mypy follows here.
def _save(onnx, helper, path: Path, parts, metadata) -> Path:  # type: ignore[no-untyped-def]
    nodes, inputs, made = parts
    graph = helper.make_graph(nodes, "tiny", inputs, made)
    # Older than what is newest, so that every onnxruntime reads it.
    opsets = [helper.make_opsetid("", OLD_ENOUGH["opset"])]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=OLD_ENOUGH["ir_version"])
    if metadata:
        helper.set_model_props(model, dict(metadata))
    onnx.save(model, str(path))
    return path
