"""Write ``softmax(x @ W + b)``, or the same with a sigmoid, as an ONNX file, without the onnx package.

The message layout is onnx.proto3 of ONNX 1.14 (IR version 8, opset 13), written as protobuf wire format:
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3 and https://protobuf.dev/programming-guides/encoding.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from whorl.models.types import FloatArray

FLOAT = 1


def write_head(path: Path, *, weights: FloatArray, bias: FloatArray, activation: str) -> None:
    """Write the head: input ``features`` float32 (n, d), output ``probabilities`` float32 (n, c).

    Args:
        weights: (d, c).
        bias: (c,).
        activation: ``Softmax`` for one label of many, ``Sigmoid`` for each by itself.
    """
    width, classes = weights.shape
    graph = b"".join(
        [
            _message(1, _node("Gemm", ["features", "weights", "bias"], "logits")),
            _message(1, _node(activation, ["logits"], "probabilities")),
            _message(2, b"linear"),
            _message(5, _tensor("weights", weights)),
            _message(5, _tensor("bias", bias)),
            _message(11, _value("features", ("n", width))),
            _message(12, _value("probabilities", ("n", classes))),
        ]
    )
    opset = _message(1, b"") + _number(2, 13)
    path.write_bytes(_number(1, 8) + _message(2, b"whorl") + _message(7, graph) + _message(8, opset))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _message(field: int, body: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(body)) + body


def _node(operator: str, inputs: list[str], output: str) -> bytes:
    named = b"".join(_message(1, name.encode()) for name in inputs)
    return named + _message(2, output.encode()) + _message(3, operator.encode()) + _message(4, operator.encode())


def _tensor(name: str, values: FloatArray) -> bytes:
    dims = b"".join(_number(1, size) for size in values.shape)
    raw = np.ascontiguousarray(values, "<f4").tobytes()
    return dims + _number(2, FLOAT) + _message(8, name.encode()) + _message(9, raw)


def _value(name: str, shape: tuple[str, int]) -> bytes:
    dims = _message(1, _message(2, shape[0].encode())) + _message(1, _number(1, shape[1]))
    tensor = _number(1, FLOAT) + _message(2, dims)
    return _message(1, name.encode()) + _message(2, _message(1, tensor))
