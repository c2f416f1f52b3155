"""A stranger's model in a process of its own, with a time for each call and a bound on its memory.

The process may belong to another interpreter. When a call takes too long, or the process and its children hold more
memory than they may, all of them are killed and the caller is told; the next call starts afresh.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import struct
import subprocess
import sys
import threading
import time
import weakref
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import JsonValue, ModelError, error_classes
from whorl.geometry.masks import Rle
from whorl.models import types
from whorl.models.adapters import child
from whorl.models.adapters.onnx_model import Understood
from whorl.models.types import Image, Task

_LOOK_S = 0.02
_OPENING_S = 60.0
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_KEPT = ("PATH", "HOME", "USER", "TMPDIR", "TEMP", "TMP", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "SYSTEMROOT", "TZ")
_KEPT_FAMILIES = ("LANG", "LC_", "PYTHON", "CUDA", "NVIDIA", "OMP_", "HF_", "TORCH", "XDG_", "TRANSFORMERS_", "YOLO_")
_MOST_FRAME = 2**31


@dataclass(frozen=True)
class Limits:
    """What one call may take.

    Args:
        timeout_s: Wall-clock time, in seconds; the start has a minute at least.
        memory_mb: Resident memory of the process and its children, in MiB.
    """

    timeout_s: float = 120.0
    memory_mb: int = 4096


@dataclass(frozen=True)
class ChildSpec:
    """What is run.

    Args:
        name: How the model was declared; used in errors.
        spec: ``package.module:Object``, or Ultralytics' ``*.pt``.
        python: The interpreter.
        arguments: Of the class.
        files: Folder given to its ``load``.
        import_paths: Where modules are looked for first.
        env: Variables of the process, beside the harmless ones of this process.
    """

    name: str
    spec: str
    python: str = sys.executable
    arguments: Mapping[str, JsonValue] = field(default_factory=dict)
    files: str | None = None
    import_paths: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)


class GuardedModel:
    """Implements the contract's ``predict``, ``embed`` and ``embed_text``, as far as the model in the process does.

    Raises:
        ModelError: It cannot be opened within its limits.
    """

    def __init__(self, spec: ChildSpec, limits: Limits) -> None:
        self._spec, self._limits = spec, limits
        self._lock = threading.Lock()
        self._process: _Process | None = None
        about = self._ready()
        self.about = about
        if "predict" in about.able:
            self.predict = self._predict_prompted if about.takes_prompts else self._predict
        if "embed" in about.able:
            self.embed = self._embed
        if "embed_text" in about.able:
            self.embed_text = self._embed_text

    @property
    def understood(self) -> Understood | None:
        """What the model says of itself; None when it says nothing of labels and task."""
        about = self.about
        if not about.labels or about.task is None:
            return None
        return Understood(Task(about.task), about.labels, about.facts, about.notes)

    def close(self) -> None:
        """End the process; another call starts one again."""
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process = None

    def _predict(self, images: Sequence[Image]) -> list[object]:
        return self._per_image(self._ask({"op": "predict"}, images))

    def _predict_prompted(self, images: Sequence[Image], prompts: object = None) -> list[object]:
        return self._per_image(self._ask({"op": "predict", "prompts": prompts}, images))

    def _embed(self, images: Sequence[Image]) -> object:
        return self._ask({"op": "embed"}, images)

    def _embed_text(self, texts: Sequence[str]) -> object:
        return self._ask({"op": "embed_text", "texts": list(texts)}, ())

    def _per_image(self, found: object) -> list[object]:
        # What is no list goes to the contract as it is, which says what is wrong with it.
        if isinstance(found, np.ndarray | tuple):
            return list(found)
        return found  # type: ignore[return-value]

    def _ask(self, header: Mapping[str, object], images: Sequence[Image]) -> object:
        with self._lock:
            if self._process is None:
                self._open()
            assert self._process is not None
            try:
                return self._process.ask(header, images)
            except _Ended as error:
                self._process.kill()
                self._process = None
                raise error.reason from error

    def _ready(self) -> _About:
        with self._lock:
            return self._open()

    def _open(self) -> _About:
        process = _Process(self._spec, self._limits)
        header = {
            "op": "open",
            "spec": self._spec.spec,
            "arguments": dict(self._spec.arguments),
            "paths": list(self._spec.import_paths),
        }
        try:
            about = _about(process.ask(header, ()))
            if self._spec.files is not None and "load" in about.able:
                about = _about(process.ask({"op": "load", "folder": self._spec.files}, ()))
        except _Ended as error:
            process.kill()
            raise error.reason from error
        except BaseException:
            process.kill()
            raise
        self._process = process
        # A process that nobody can ask any more is nobody's.
        weakref.finalize(self, process.kill)
        return about


@dataclass(frozen=True)
class _About:
    able: frozenset[str]
    labels: tuple[str, ...]
    task: str | None
    facts: Mapping[str, JsonValue]
    notes: tuple[str, ...]
    takes_prompts: bool


class _Ended(Exception):
    def __init__(self, reason: ModelError) -> None:
        super().__init__(reason.message)
        self.reason = reason


class _Process:
    def __init__(self, spec: ChildSpec, limits: Limits) -> None:
        self._name, self._limits = spec.name, limits
        env = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith(_KEPT_FAMILIES)}
        env |= {"OMP_NUM_THREADS": env.get("OMP_NUM_THREADS", "1"), "PYTHONUNBUFFERED": "1", **spec.env}
        try:
            self._popen = subprocess.Popen(
                [spec.python, str(Path(child.__file__))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=env,
                start_new_session=True,
            )
        except OSError as error:
            raise ModelError(
                f"{spec.name}: the interpreter {spec.python} cannot be started: {error.strerror}",
                hint="Name a Python with numpy, such as subprocess:/path/to/venv/bin/python my_pkg.mod:Model.",
            ) from error
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._ask, self._answer = self._popen.stdin, self._popen.stdout
        self._said: deque[bytes] = deque(maxlen=40)
        threading.Thread(target=_drain, args=(self._popen.stderr, self._said), daemon=True).start()

    def ask(self, header: Mapping[str, object], images: Sequence[Image]) -> object:
        seconds = self._limits.timeout_s
        deadline = time.monotonic() + (max(seconds, _OPENING_S) if header["op"] in ("open", "load") else seconds)
        # A process that does not read would hold the writer for ever.
        writing = threading.Thread(target=self._write, args=(header, list(images)), daemon=True)
        writing.start()
        body, arrays = self._read(deadline)
        writing.join()
        if "failed" in body:
            raise self._failure(str(header["op"]), body["failed"])
        return _revive(body["ok"], arrays)

    def kill(self) -> None:
        """End the process and all that it started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, signal.SIGKILL)
        for pipe in (self._ask, self._answer):
            with contextlib.suppress(OSError):
                pipe.close()
        self._popen.wait()

    def _write(self, header: Mapping[str, object], images: list[Image]) -> None:
        try:
            child.write_frame(self._ask, header, [np.ascontiguousarray(one) for one in images])
        except (OSError, ValueError):
            return  # It is gone; the reader says so.

    def _read(self, deadline: float) -> tuple[Mapping[str, JsonValue], list[NDArray[np.generic]]]:
        (length,) = struct.unpack(">Q", self._bytes(8, deadline))
        if length > _MOST_FRAME:
            raise _Ended(self._broken("it wrote something else than answers to its output"))
        header = json.loads(self._bytes(length, deadline))
        arrays = []
        for one in header["arrays"]:
            dtype, shape = np.dtype(one["dtype"]), tuple(int(side) for side in one["shape"])
            count = dtype.itemsize * int(np.prod(shape, dtype=np.int64))
            if count > min(_MOST_FRAME, self._limits.memory_mb * 2**20):
                raise _Ended(self._broken(f"it gave an array of {count:,} bytes"))
            arrays.append(np.frombuffer(self._bytes(count, deadline), dtype).reshape(shape))
        return header, arrays

    def _bytes(self, count: int, deadline: float) -> bytes:
        found = bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(self._answer, selectors.EVENT_READ)
            while len(found) < count:
                if selector.select(_LOOK_S):
                    part = os.read(self._answer.fileno(), min(count - len(found), 2**20))
                    if not part:
                        raise _Ended(self._broken(self._how_it_ended()))
                    found += part
                self._check(deadline)
        return bytes(found)

    def _check(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise _Ended(
                ModelError(
                    f"{self._name} was stopped: no answer within {self._limits.timeout_s:g} seconds",
                    hint="Give it more with the option timeout_s, or mend the model.",
                    details={"timeout_s": self._limits.timeout_s, "stderr": self._tail()},
                )
            )
        held = resident_bytes(self._popen.pid)
        if held > self._limits.memory_mb * 2**20:
            raise _Ended(
                ModelError(
                    f"{self._name} was stopped: it held {held / 2**20:,.0f} MiB of memory; allowed: "
                    f"{self._limits.memory_mb:,}",
                    hint="Give it more with the option memory_mb, or mend the model.",
                    details={"memory_mb": self._limits.memory_mb, "stderr": self._tail()},
                )
            )

    def _how_it_ended(self) -> str:
        try:
            code = self._popen.wait(5)
        except subprocess.TimeoutExpired:
            return "it closed its output"
        return f"it was killed by signal {-code}" if code < 0 else f"it ended with exit code {code}"

    def _broken(self, how: str) -> ModelError:
        last = self._tail().strip().splitlines()[-1:]
        return ModelError(
            f"{self._name} gave no answer: {how}" + (f": {last[0]}" if last else ""),
            hint="See its last words in the details; does its interpreter have numpy?",
            details={"stderr": self._tail()},
        )

    def _failure(self, method: str, failed: JsonValue) -> Exception:
        assert isinstance(failed, dict)
        message, hint = str(failed["message"]), str(failed["hint"])
        if failed["is_expected"]:
            given = failed["details"] if isinstance(failed["details"], dict) else {}
            return error_classes().get(str(failed["code"]), ModelError)(message, hint=hint, details=given)
        return ModelError(
            f"{self._name}{'' if method == 'open' else f'.{method}'} raised {failed['error']}: {message}",
            hint="The details hold the trace.",
            details={"trace": failed["trace"]},
        )

    def _tail(self) -> str:
        return b"".join(self._said).decode("utf-8", "replace")[-2000:]


def resident_bytes(pid: int) -> int:
    """Resident memory of a process and all below it; 0 where the system does not say."""
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            total += int(Path(f"/proc/{one}/statm").read_text(encoding="ascii").split()[1]) * _PAGE
            for thread in os.listdir(f"/proc/{one}/task"):
                waiting += map(int, Path(f"/proc/{one}/task/{thread}/children").read_text(encoding="ascii").split())
        except (OSError, ValueError, IndexError):
            continue
    return total


def _drain(pipe: IO[bytes], said: deque[bytes]) -> None:
    with pipe:
        while part := os.read(pipe.fileno(), 4096):
            said.append(part)


def _about(said: object) -> _About:
    assert isinstance(said, dict)
    return _About(
        able=frozenset(map(str, said["able"])),
        labels=tuple(map(str, said["labels"])),
        task=said["task"] if said["task"] in set(Task) else None,
        facts=said["facts"],
        notes=tuple(map(str, said["notes"])),
        takes_prompts=bool(said["takes_prompts"]),
    )


# Any: JSON that `child.plain` made, in all its forms.
def _revive(value, arrays: list[NDArray[np.generic]]):  # type: ignore[no-untyped-def]
    if isinstance(value, list):
        return [_revive(one, arrays) for one in value]
    if not isinstance(value, dict):
        return value
    if "$array" in value:
        return arrays[value["$array"]]
    if "$tuple" in value:
        return tuple(_revive(one, arrays) for one in value["$tuple"])
    if "$map" in value:
        return {_revive(key, arrays): _revive(one, arrays) for key, one in value["$map"]}
    if "$rle" in value:
        return Rle(*value["$rle"])
    if "$prediction" in value:
        kind = getattr(types, value["$prediction"])
        fields = [_revive(one, arrays) for one in value["fields"]]
        return kind(**dict(zip(child.PREDICTIONS[value["$prediction"]], fields, strict=True)))
    if "$unknown" in value:
        return _Foreign(str(value["$unknown"]))
    return value


class _Foreign:
    """Stands for an object of a type that is not understood."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __repr__(self) -> str:
        return self.kind
