"""A SAM pair of a few hundred bytes: what it finds is a disc around the last point with label 1."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

RADIUS = 200.0


def write_pair(folder: Path) -> Path:
    """Write encoder.onnx and decoder.onnx, with the names of SAM 2."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "encoder.onnx").write_bytes(_encoder())
    (folder / "decoder.onnx").write_bytes(_decoder())
    return folder


def write_pair_of_sam1(folder: Path) -> Path:
    """The same with the names of SAM 1: the encoder takes rows, columns, colours, and pads by itself."""
    folder.mkdir(parents=True, exist_ok=True)
    nodes = [
        helper.make_node("Transpose", ["input_image"], ["planes"], perm=[2, 0, 1]),
        helper.make_node("Unsqueeze", ["planes", "zero"], ["batch"]),
        helper.make_node("GlobalAveragePool", ["batch"], ["embeddings"]),
    ]
    entry = helper.make_tensor_value_info("input_image", TensorProto.FLOAT, ["height", "width", 3])
    exit_ = helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, [1, 3, 1, 1])
    zero = numpy_helper.from_array(np.array([0], np.int64), "zero")
    (folder / "encoder.onnx").write_bytes(_model(nodes, [entry], [exit_], [zero]))
    (folder / "decoder.onnx").write_bytes(_decoder(high=128, embeddings={"image_embeddings": [1, 3, 1, 1]}))
    return folder


def _encoder() -> bytes:
    """Means of squares of the image, as three tensors."""
    sizes = {"image_embed": 64, "high_res_feats_0": 256, "high_res_feats_1": 128}
    nodes, outputs = [], []
    for name, side in sizes.items():
        step = 1024 // side
        nodes.append(
            helper.make_node("AveragePool", ["image"], [name], kernel_shape=[step, step], strides=[step, step])
        )
        outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3, side, side]))
    entry = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 1024, 1024])
    return _model(nodes, [entry], outputs, [])


def _decoder(high: int = 256, embeddings: dict[str, list[int]] | None = None) -> bytes:
    """Three masks: radius minus the distance from the first point; the second mask has the best score."""
    rows, columns = np.mgrid[:high, :256].astype(np.float32) * 4 + 2
    fixed = {
        "grid": np.stack([columns, rows])[None, None],
        "radius": np.array(RADIUS, np.float32),
        "scales": np.array([0.5, 1.0, 2.0], np.float32).reshape(1, 3, 1, 1),
        "iou_predictions_fixed": np.array([[0.2, 0.9, 0.4]], np.float32),
        "starts": np.array([0, 0], np.int64),
        "ends": np.array([1, 1], np.int64),
        "axes": np.array([0, 1], np.int64),
        "shape": np.array([1, 1, 2, 1, 1], np.int64),
        "two": np.array([2], np.int64),
    }
    nodes = [
        helper.make_node("Slice", ["point_coords", "starts", "ends", "axes"], ["first"]),
        helper.make_node("Reshape", ["first", "shape"], ["centre"]),
        helper.make_node("Sub", ["grid", "centre"], ["away"]),
        helper.make_node("Mul", ["away", "away"], ["squares"]),
        helper.make_node("ReduceSum", ["squares", "two"], ["sum"], keepdims=0),
        helper.make_node("Sqrt", ["sum"], ["distance"]),
        helper.make_node("Mul", ["radius", "scales"], ["radii"]),
        helper.make_node("Sub", ["radii", "distance"], ["masks"]),
        helper.make_node("Identity", ["iou_predictions_fixed"], ["iou_predictions"]),
    ]
    of_sam2 = {
        "image_embed": [1, 3, 64, 64],
        "high_res_feats_0": [1, 3, 256, 256],
        "high_res_feats_1": [1, 3, 128, 128],
    }
    shapes: dict[str, list[int | str]] = {
        **({"orig_im_size": [2]} if embeddings else {}),
        **{name: list(shape) for name, shape in (embeddings or of_sam2).items()},
        "point_coords": [1, "points", 2],
        "point_labels": [1, "points"],
        "mask_input": [1, 1, 256, 256],
        "has_mask_input": [1],
    }
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
    outputs = [
        helper.make_tensor_value_info("masks", TensorProto.FLOAT, [1, 3, high, 256]),
        helper.make_tensor_value_info("iou_predictions", TensorProto.FLOAT, [1, 3]),
    ]
    return _model(nodes, inputs, outputs, [numpy_helper.from_array(value, name) for name, value in fixed.items()])


def _model(
    nodes: list[onnx.NodeProto],
    inputs: list[onnx.ValueInfoProto],
    outputs: list[onnx.ValueInfoProto],
    fixed: list[onnx.TensorProto],
) -> bytes:
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, fixed)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(made)
    return bytes(made.SerializeToString())
