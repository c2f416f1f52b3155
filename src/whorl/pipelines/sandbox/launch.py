"""Starts a child, feeds it item by item, and ends it; whatever happens in it becomes that item's outcome."""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import stat
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import orjson

from whorl.base.errors import InvalidInput, JsonValue, WorkerLost

STARTUP_S = 60.0
RESULT_BYTES = 2**20
PRINTED_CHARACTERS = 4000
FILE_BYTES = 256 * 2**20
_CRASH_BYTES = 4096
_MOST_ANSWER_BYTES = 8 * RESULT_BYTES
_CHILD = Path(__file__).with_name("child.py")
_SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/localtime", "/etc/mime.types", "/dev/urandom")
_SYSTEM_NETWORK = ("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf",
                   "/etc/services", "/etc/ssl", "/etc/pki", "/etc/ca-certificates", "/run/systemd/resolve")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """What one item may use.

    Args:
        seconds: From its order to its answer.
        cpu_seconds: Of the processor.
        memory_bytes: Address space of the whole child.
        network: May use the network as the server itself.
    """

    seconds: float = 10.0
    cpu_seconds: float = 10.0
    memory_bytes: int = 2**30
    network: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One item: its facts, and the file with its bytes, which the child sees under ``file_name``."""

    facts: Mapping[str, JsonValue]
    file: Path | None = None
    file_name: str = "item"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item: a value, or an error in words for the author of the source.

    Args:
        printed: The beginning of what it wrote to standard output and error.
        seconds: How long it took.
    """

    value: JsonValue = None
    error: str | None = None
    printed: str = ""
    seconds: float = 0.0


def run_source(
    source: str, jobs: Sequence[Job], limits: Limits, *, heartbeat: Callable[[], None] = lambda: None
) -> list[Outcome]:
    """Call the source's ``run`` for each item, in order; a fault of one is its own outcome and no other's.

    Items share a child until one breaks it; the next begins with a new one. When the source itself cannot be loaded,
    every item has that error.

    Raises:
        WorkerLost: The child could not be started.
        WhorlError: Whatever ``heartbeat`` raises; the child is ended first.
    """
    outcomes: list[Outcome] = []
    while len(outcomes) < len(jobs):
        with Child(source, jobs[len(outcomes) :], limits, heartbeat=heartbeat) as child:
            fault = child.load()
            if fault is not None:
                return [*outcomes, *[fault] * (len(jobs) - len(outcomes))]
            outcomes += child.work()
    return outcomes


def probe() -> list[str]:
    """Start a child that does nothing and give the parts of the sandbox in force on this machine.

    Raises:
        WorkerLost: No child could be started.
    """
    with Child("def run(item): pass", [], Limits()) as child:
        child.load()
        return child.locked


@dataclass
class Child:
    """A child and its folder; gone, with all its processes, when the block ends."""

    source: str
    jobs: Sequence[Job]
    limits: Limits
    heartbeat: Callable[[], None] = lambda: None
    locked: list[str] = field(default_factory=list)

    def __enter__(self) -> Child:
        self._ends = ExitStack()
        try:
            self._start()
        except BaseException:
            self._ends.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.close()

    def load(self) -> Outcome | None:
        """Wait until the source is loaded; gives what went wrong with it, or None."""
        started = time.monotonic()
        answer = self._wait(STARTUP_S)
        if answer is None or "locked" not in answer:
            raise WorkerLost(f"the sandbox did not start: {self._describe_end() or answer}")
        self.locked = [str(one) for one in answer["locked"]] if isinstance(answer["locked"], list) else []
        answer = self._wait(self.limits.seconds)
        seconds = time.monotonic() - started
        if answer is None:
            return Outcome(error=f"while the source was loaded: {self._describe_end()}", seconds=seconds)
        if "fatal" in answer:
            return Outcome(error=str(answer["fatal"]), printed=str(answer.get("printed", "")), seconds=seconds)
        return None

    def work(self) -> Iterator[Outcome]:
        """The outcomes of the first items, up to and with the one that broke the child."""
        for job in self.jobs:
            started = time.monotonic()
            self._order(job)
            answer = self._wait(self.limits.seconds)
            seconds = time.monotonic() - started
            if answer is None:
                yield Outcome(error=self._describe_end(), printed=_own_lines(self._crash), seconds=seconds)
                return
            printed, error = str(answer.get("printed", "")), answer.get("error")
            if error is not None:
                yield Outcome(error=str(error), printed=printed, seconds=seconds)
            else:
                yield Outcome(value=answer.get("value"), printed=printed, seconds=seconds)

    def _start(self) -> None:
        folder = tempfile.mkdtemp(prefix="whorl-code-")
        self._ends.callback(_remove, folder)
        self._folder = Path(folder)
        answers, child_end = os.pipe()
        self._ends.callback(os.close, answers)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", "-X", "utf8", "-X", "faulthandler", str(_CHILD), str(child_end)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=_environment(folder),
                pass_fds=(child_end,),
                start_new_session=True,
            )
        except OSError as error:
            raise WorkerLost(f"the sandbox could not be started: {error.strerror}") from error
        finally:
            os.close(child_end)
        self._ends.callback(self._end)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        os.set_blocking(answers, False)
        os.set_blocking(self._process.stdout.fileno(), False)
        self._given: str | None = None
        self._answers, self._buffer, self._crash, self._reason = answers, b"", b"", ""
        self._selector = self._ends.enter_context(selectors.DefaultSelector())
        self._selector.register(answers, selectors.EVENT_READ)
        self._selector.register(self._process.stdout.fileno(), selectors.EVENT_READ)
        self._send(orjson.dumps(self._settings()) + b"\n")

    def _settings(self) -> dict[str, JsonValue]:
        limits = self.limits
        return {
            "source": self.source,
            "parent": os.getpid(),
            "packages": list(_packages()),
            "readable": [*_readable(), *(_SYSTEM_NETWORK if limits.network else ())],
            "network": limits.network,
            "memory_bytes": limits.memory_bytes,
            "file_bytes": FILE_BYTES,
            "cpu_s": limits.cpu_seconds,
            "cpu_hard_s": int((limits.cpu_seconds + 1) * (len(self.jobs) + 1)) + 30,
            "result_bytes": RESULT_BYTES,
            "printed_characters": PRINTED_CHARACTERS,
        }

    def _order(self, job: Job) -> None:
        """Lay out one item's data, in place of the one before, and name it."""
        facts = dict(job.facts)
        if job.file is not None:
            facts["file"] = job.file_name
            with job.file.open("rb") as source, self._fresh(job.file_name) as target:
                shutil.copyfileobj(source, target, 2**20)
        if self._given not in (None, job.file_name):
            (self._folder / str(self._given)).unlink(missing_ok=True)
        self._given = job.file_name if job.file is not None else None
        with self._fresh("item.json") as target:
            target.write(orjson.dumps(facts))
        self._send(b"item.json\n")

    def _fresh(self, name: str) -> BinaryIO:
        """A new file in the folder. What the user's code may have put there, such as a link, is never followed."""
        path = self._folder / name
        for _ in range(100):
            with suppress(OSError):
                path.unlink(missing_ok=True)
            with suppress(FileExistsError):
                return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb")
            self._make_way(path)
        raise InvalidInput(
            "the code holds the file that its next item would come in", hint="Keep to files of your own."
        )

    def _make_way(self, path: Path) -> None:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)

    def _send(self, data: bytes) -> None:
        assert self._process.stdin is not None
        # A child that has died is found out when its answer is waited for.
        with suppress(BrokenPipeError):
            self._process.stdin.write(data)
            self._process.stdin.flush()

    def _wait(self, seconds: float) -> dict[str, JsonValue] | None:
        """The child's next answer; None when it died, or was ended because it took too long or said too much."""
        deadline = time.monotonic() + seconds
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            if left <= 0:
                self._stop(f"it took longer than {seconds:g} seconds")
                return None
            self.heartbeat()
            for key, _ in self._selector.select(min(left, 1.0)):
                if key.fd == self._answers and not self._take_answer():
                    return None
                if key.fd != self._answers:
                    self._drain()
        line, _, self._buffer = self._buffer.partition(b"\n")
        try:
            answer = orjson.loads(line)
        except orjson.JSONDecodeError:
            answer = None
        if not isinstance(answer, dict):
            self._stop("it wrote to the channel of its results")
            return None
        return answer

    def _take_answer(self) -> bool:
        data = os.read(self._answers, 65_536)
        self._buffer += data
        if not data:
            return False
        if len(self._buffer) > _MOST_ANSWER_BYTES:
            self._stop(f"its result is larger than {RESULT_BYTES:,} bytes")
            return False
        return True

    def _drain(self) -> None:
        """Read what was printed past the child's own keeping, so that it never blocks, and keep the end of it."""
        assert self._process.stdout is not None
        data = os.read(self._process.stdout.fileno(), 65_536)
        if not data:
            self._selector.unregister(self._process.stdout.fileno())
        self._crash = (self._crash + data)[-_CRASH_BYTES:]

    def _stop(self, reason: str) -> None:
        self._reason = reason
        self._kill()

    def _describe_end(self) -> str:
        """Why the child is gone, in words."""
        if self._reason:
            return self._reason
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(5)
        with suppress(BlockingIOError):
            self._drain()
        code = self._process.returncode
        if code is None:
            return "it closed the channel of its results"
        if code >= 0:
            return f"it ended its process with exit code {code}"
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        known = {
            "SIGXCPU": f"it used more than {self.limits.cpu_seconds:g} seconds of the processor",
            "SIGXFSZ": f"it wrote a file larger than {FILE_BYTES:,} bytes",
            "SIGKILL": "it was killed, probably for want of memory",
        }
        return known.get(name, f"it crashed ({name})")

    def _kill(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _end(self) -> None:
        self._kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()


def _own_lines(crash: bytes) -> str:
    """What a child said last, without the lines that tell where things lie on this machine."""
    return "\n".join(line for line in crash.decode("utf-8", "replace").splitlines() if 'File "/' not in line)


def _environment(folder: str) -> dict[str, str]:
    # One thread each: a pool would count against the limit of memory, and its threads against that of processes.
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")
    return {"HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8", **dict.fromkeys(threads, "1")}


def _packages() -> list[str]:
    paths = sysconfig.get_paths()
    return sorted({paths["purelib"], paths["platlib"]})


def _readable() -> list[str]:
    own = {sys.prefix, sys.base_prefix, sys.exec_prefix, str(_CHILD.parent), str(Path(sys.executable).resolve().parent)}
    paths = sysconfig.get_paths()
    return sorted({*own, *_SYSTEM, paths["stdlib"], paths["platstdlib"], *_packages()})


def _remove(folder: str) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if not os.path.lexists(folder):
        return
    # The user's code may have taken the rights from a folder of its own.
    for path, folders, _ in os.walk(folder):
        for name in folders:
            inner = os.path.join(path, name)
            if stat.S_ISDIR(os.lstat(inner).st_mode):
                os.chmod(inner, 0o700)
    shutil.rmtree(folder, ignore_errors=True)
