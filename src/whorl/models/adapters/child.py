"""The process of a stranger's model: started as a script by any interpreter that has numpy, with or without Whorl.

It speaks frames over its first two pipes: eight bytes of length, a JSON header of that length, then the bytes of the
arrays that the header lists. What the model prints goes to the error output. It ends with whoever started it.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import pathlib
import struct
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from typing import IO, Any

import numpy as np

METHODS = ("load", "predict", "embed", "embed_text", "train", "save")
PREDICTIONS = {
    "ClassProbabilities": ("labels", "probabilities"),
    "LabelScores": ("labels", "scores"),
    "Detections": ("boxes", "scores", "labels"),
    "Instances": ("boxes", "scores", "labels", "masks"),
    "Segmentation": ("labels", "classes", "confidence"),
}


# Any, here and below: a stranger's object, in an interpreter that may know none of Whorl's types.
def plain(value: Any, arrays: list[Any]) -> Any:  # noqa: C901 - one line per kind of value
    """The value as JSON, with its arrays put aside."""
    for method in ("detach", "cpu", "numpy"):
        if hasattr(value, method) and not isinstance(value, np.ndarray):
            value = getattr(value, method)()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return plain(value.item(), arrays)
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject or value.dtype.kind not in "biuf":
            return plain(value.tolist(), arrays)
        arrays.append(np.ascontiguousarray(value))
        return {"$array": len(arrays) - 1}
    if isinstance(value, Mapping):
        return {"$map": [[plain(key, arrays), plain(one, arrays)] for key, one in value.items()]}
    if isinstance(value, tuple):
        return {"$tuple": [plain(one, arrays) for one in value]}
    if isinstance(value, (list, set, range)):
        return [plain(one, arrays) for one in value]
    return _object(value, arrays)


def _object(value: Any, arrays: list[Any]) -> Any:
    kind = type(value).__name__
    if type(value).__module__ == "whorl.models.types" and kind in PREDICTIONS:
        return {"$prediction": kind, "fields": [plain(getattr(value, one), arrays) for one in PREDICTIONS[kind]]}
    if kind == "Rle":
        return {"$rle": [value.height, value.width, value.counts]}
    if getattr(value, "probs", None) is not None:
        vector = np.asarray(plain_array(getattr(value.probs, "data", value.probs)))
        names = getattr(value, "names", None)
        return plain({names[i]: vector[i] for i in range(len(vector))} if names else vector, arrays)
    if hasattr(value, "boxes") and hasattr(value.boxes, "xyxy"):  # Ultralytics
        names, kinds = value.names, [int(one) for one in plain_array(value.boxes.cls).reshape(-1)]
        found = {"boxes": value.boxes.xyxy, "scores": value.boxes.conf, "labels": [names[one] for one in kinds]}
        if getattr(value, "masks", None) is not None:
            found["polygons"] = list(value.masks.xy)
        return plain(found, arrays)
    if hasattr(value, "xyxy"):  # supervision
        names = (getattr(value, "data", None) or {}).get("class_name")
        labels = names if names is not None else value.class_id
        scores = value.confidence if value.confidence is not None else np.ones(len(value.xyxy))
        return plain({"boxes": value.xyxy, "scores": scores, "labels": list(labels)}, arrays)
    return {"$unknown": type(value).__module__ + "." + type(value).__qualname__}


def plain_array(value: Any) -> Any:
    """A tensor or list as an array."""
    for method in ("detach", "cpu", "numpy"):
        if hasattr(value, method) and not isinstance(value, np.ndarray):
            value = getattr(value, method)()
    return np.asarray(value)


def write_frame(pipe: IO[bytes], header: Mapping[str, Any], arrays: list[Any]) -> None:
    """Write one frame."""
    listed = [{"dtype": one.dtype.str, "shape": list(one.shape)} for one in arrays]
    text = json.dumps(dict(header, arrays=listed)).encode()
    pipe.write(struct.pack(">Q", len(text)) + text)
    for one in arrays:
        pipe.write(one.tobytes())
    pipe.flush()


def read_frame(pipe: IO[bytes]) -> tuple[dict[str, Any], list[Any]] | None:
    """Read one frame, or None when the other side has gone."""
    start = pipe.read(8)
    if len(start) < 8:
        return None
    header = json.loads(pipe.read(struct.unpack(">Q", start)[0]))
    arrays = []
    for one in header["arrays"]:
        dtype, shape = np.dtype(one["dtype"]), tuple(one["shape"])
        data = pipe.read(dtype.itemsize * int(np.prod(shape, dtype=np.int64)))
        arrays.append(np.frombuffer(bytearray(data), dtype).reshape(shape))
    return header, arrays


def open_model(header: Mapping[str, Any]) -> Any:
    """The object or function that a spec names, ready to predict."""
    spec = header["spec"]
    if spec.endswith(".pt"):
        # Pickled weights run what their author likes: whoever named this interpreter answers for them.
        return _Ultralytics(importlib.import_module("ultralytics").YOLO(spec))
    module, _, path = spec.partition(":")
    found: Any = importlib.import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    if inspect.isclass(found):
        found = found(**header.get("arguments", {}))
    return found


class _Ultralytics:
    def __init__(self, model: Any) -> None:
        self._model = model
        self.labels = [str(model.names[i]) for i in range(len(model.names))]
        tasks = {"detect": "detection", "segment": "instance_masks", "classify": "classification"}
        self.task = tasks.get(str(getattr(model, "task", "")))

    def predict(self, images: list[Any]) -> list[Any]:
        """Arrays are taken for BGR."""
        return [self._model.predict(np.ascontiguousarray(one[..., ::-1]), verbose=False)[0] for one in images]


def answer(model: Any, header: Mapping[str, Any], arrays: list[Any]) -> Any:
    """What the model says to one request."""
    call: Any = getattr(model, header["op"], None)
    if header["op"] == "predict" and call is None:
        return [model(one) for one in arrays]
    if header["op"] == "predict" and header.get("prompts") is not None:
        return call(arrays, prompts=header["prompts"])
    return call(header["texts"]) if header["op"] == "embed_text" else call(arrays)


def describe(model: Any) -> dict[str, Any]:
    """What the other side wants to know of it."""
    able = [one for one in METHODS if callable(getattr(model, one, None))] or (["predict"] if callable(model) else [])
    labels, task = getattr(model, "labels", None), getattr(model, "task", None)
    facts, notes = getattr(model, "facts", None), getattr(model, "notes", None)
    call = getattr(model, "predict", None)
    return {
        "able": able,
        "labels": [str(one) for one in labels] if isinstance(labels, (list, tuple)) else [],
        "task": str(task) if task else None,
        "facts": facts if isinstance(facts, dict) else {},
        "notes": [str(one) for one in notes] if isinstance(notes, (list, tuple)) else [],
        "takes_prompts": call is not None and "prompts" in inspect.signature(call).parameters,
    }


def failure(error: Exception) -> dict[str, Any]:
    """An exception in words, with the place where it was raised."""
    hint = getattr(error, "hint", "")
    return {
        "error": type(error).__name__,
        "message": str(error)[:2000],
        "is_expected": hasattr(error, "status") and hasattr(error, "code"),
        "code": str(getattr(error, "code", "")),
        "hint": hint if isinstance(hint, str) else "",
        "details": _details(error),
        "trace": traceback.format_exc()[-2000:],
    }


def _details(error: Exception) -> dict[str, Any]:
    try:
        return dict(json.loads(json.dumps(getattr(error, "details", {}))))
    except (TypeError, ValueError):
        return {}


def end_with(parent: int) -> None:
    """Leave when whoever started this process is gone, even in the middle of a call."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def main() -> None:
    """Answer requests until the pipe closes."""
    threading.Thread(target=end_with, args=(os.getppid(),), daemon=True).start()
    ask, tell = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    model: Any = None
    while True:
        frame = read_frame(ask)
        if frame is None:
            return
        header, arrays = frame
        said: list[Any] = []
        try:
            if header["op"] == "open":
                sys.path[:0] = [one for one in header.get("paths", []) if one not in sys.path]
                model = open_model(header)
                body = {"ok": describe(model)}
            elif header["op"] == "load":
                model.load(pathlib.Path(header["folder"]))
                body = {"ok": describe(model)}
            else:
                body = {"ok": plain(answer(model, header, arrays), said)}
        except MemoryError as error:
            body, said = {"failed": failure(error)}, []
        except Exception as error:  # A border: what a stranger raises is told in words.
            body, said = {"failed": failure(error)}, []
        write_frame(tell, body, said)


if __name__ == "__main__":
    # This file's own folder holds Whorl's modules, which are not to be found under bare names.
    sys.path[:] = [one for one in sys.path if os.path.abspath(one) != os.path.dirname(os.path.abspath(__file__))]
    main()
