"""The script of a child: locks itself in, reads the user's source, and calls its ``run`` for one item after another.

It is run by path, isolated and without site packages, and imports the standard library alone; numpy and Pillow only
when an item's image is asked for. Orders come as lines on standard input, answers go as JSON lines to the descriptor
that the first argument names.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib.util
import io
import json
import linecache
import os
import resource
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

NAME = "<code>"
ERROR_CHARACTERS = 4000
NO_NETWORK = "a code node has no network; set its parameter `network` to true to allow it"
NO_PROCESSES = "a code node may not start processes"
_NETWORK_EVENTS = frozenset({"socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"})
_PROCESS_EVENTS = frozenset(
    {"os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen", "pty.spawn"}
)

# Any: an item is JSON, and its values are whatever the item holds.
Answer = dict[str, Any]


class Item(dict[str, Any]):
    """What ``run`` is given: a dictionary, and the image's pixels on request."""

    def image(self) -> Any:
        """The image as an array (height, width, 3), uint8 RGB, upright."""
        import numpy
        from PIL import Image, ImageOps

        with Image.open(self["file"]) as opened:
            upright = ImageOps.exif_transpose(opened)
            if upright.mode.startswith("I;16"):
                gray = (numpy.asarray(upright, numpy.uint16) >> 8).astype(numpy.uint8)
                return numpy.repeat(gray[:, :, None], 3, axis=2)
            if upright.mode == "P" and "transparency" in upright.info:
                upright = upright.convert("RGBA")
            return numpy.array(upright.convert("RGB"), numpy.uint8)


class Printed(io.TextIOBase):
    """Keeps the beginning of what is printed, and how much it was."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.kept: list[str] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.size < self.most:
            self.kept.append(text[: self.most - self.size])
        self.size += len(text)
        return len(text)

    def text(self) -> str:
        """What was kept."""
        more = f"\n(and {self.size - self.most:,} more characters)" if self.size > self.most else ""
        return _storable("".join(self.kept)) + more


def main() -> None:
    """Do what the first line of standard input says, then one item per further line."""
    orders = sys.stdin
    settings = json.loads(orders.readline())
    sys.path[:] = [*sys.path, *settings["packages"]]
    confine = _load_neighbour("confine")
    in_force = confine.confine(
        memory_bytes=settings["memory_bytes"],
        cpu_hard_s=settings["cpu_hard_s"],
        file_bytes=settings["file_bytes"],
        readable=settings["readable"],
        writable=os.getcwd(),
        network=settings["network"],
    )
    if os.getppid() != settings["parent"]:
        return
    _refuse_politely(network=settings["network"])
    _answer({"locked": in_force})
    cpu_s = settings["cpu_s"]
    loaded = _attempt(lambda: _load(settings["source"]), cpu_s, settings)
    if "error" in loaded:
        _answer({"fatal": loaded["error"], "printed": loaded["printed"]})
        return
    run = loaded.pop("value")
    _answer({"loaded": True, "printed": loaded["printed"]})
    for line in orders:
        item = Item(json.loads(Path(line.strip()).read_text("utf-8")))
        answer = _attempt(lambda item=item: run(item), cpu_s, settings)  # type: ignore[misc]
        _answer(_encoded(answer, settings["result_bytes"]))


def _load_neighbour(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _refuse_politely(*, network: bool) -> None:
    """Say in words what the kernel refuses, and refuse it where the kernel does not; that part is no wall."""

    def look(event: str, args: tuple[object, ...]) -> None:
        if not network and event in _NETWORK_EVENTS:
            raise PermissionError(NO_NETWORK)
        if event in _PROCESS_EVENTS:
            raise PermissionError(NO_PROCESSES)

    sys.addaudithook(look)


def _load(source: str) -> Callable[[Item], object]:
    linecache.cache[NAME] = (len(source), None, source.splitlines(keepends=True), NAME)
    module = ModuleType("code_node")
    module.__dict__["__builtins__"] = builtins
    sys.modules["code_node"] = module
    exec(compile(source, NAME, "exec"), module.__dict__)
    run: Callable[[Item], object] = module.__dict__["run"]
    return run


def _attempt(work: Callable[[], object], cpu_s: float, settings: Answer) -> Answer:
    """Call it, and give its value or its error, with what it printed."""
    printed = Printed(settings["printed_characters"])
    _allow_cpu(cpu_s)
    answer: Answer = {}
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try:
            answer["value"] = work()
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            answer["error"] = _describe(error)
    answer["printed"] = printed.text()
    return answer


def _allow_cpu(seconds: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    wanted = int(used.ru_utime + used.ru_stime + seconds + 1)
    resource.setrlimit(resource.RLIMIT_CPU, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _describe(error: BaseException) -> str:
    """The error with its trace through the user's source; of a memory error there may be no room for one."""
    try:
        told = traceback.TracebackException.from_exception(error, compact=True)
        _keep_own_frames(told)
        text = "".join(told.format())
    except MemoryError:
        text = type(error).__name__
    return _storable(text[-ERROR_CHARACTERS:].strip())


def _keep_own_frames(told: traceback.TracebackException) -> None:
    for part in (told, told.__cause__, told.__context__):
        if part is not None:
            # Where libraries lie on the server's disk is nobody's business.
            part.stack[:] = [frame for frame in part.stack if frame.filename == NAME]


def _storable(text: str) -> str:
    """Without what no database takes: NUL and half surrogates."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def _plain(value: Any) -> object:
    """Numbers and arrays of numpy as JSON's own."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is not JSON")


def _encoded(answer: Answer, most: int) -> Answer:
    if "error" in answer:
        return {"error": answer["error"], "printed": answer["printed"]}
    try:
        text = json.dumps(answer["value"], allow_nan=False, ensure_ascii=False, default=_plain)
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError, MemoryError) as error:
        return {
            "error": f"the result is not JSON: {_storable(str(error)) or type(error).__name__}",
            "printed": answer["printed"],
        }
    if size > most:
        error_text = f"the result is too large: {size:,} bytes; allowed: {most:,}"
        return {"error": error_text, "printed": answer["printed"]}
    return {"value": json.loads(text), "printed": answer["printed"]}


def _answer(answer: Answer) -> None:
    data = json.dumps(answer).encode() + b"\n"
    while data:
        data = data[os.write(int(sys.argv[1]), data) :]


if __name__ == "__main__":
    main()
