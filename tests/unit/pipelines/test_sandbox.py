"""A user's function can break itself, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from whorl.base.errors import Cancelled, JsonValue
from whorl.pipelines.sandbox import launch
from whorl.pipelines.sandbox.launch import Job, Limits, Outcome, probe, run_source
from whorl.pipelines.sandbox.source import check_source

# A machine under load: what is not about time gets plenty.
PLENTY = Limits(seconds=60, cpu_seconds=60)
SHORT = Limits(seconds=1.5, cpu_seconds=60)


def run(body: str, *metadata: JsonValue, limits: Limits = PLENTY, file: Path | None = None) -> list[Outcome]:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    jobs = [Job({"id": f"itm_{n}", "k": one}, file, "image.png") for n, one in enumerate(metadata or (0,))]
    return run_source(f"def run(item):\n{lines}\n", jobs, limits)


def error_of(body: str, limits: Limits = PLENTY) -> str:
    (outcome,) = run(body, limits=limits)
    assert outcome.error is not None, outcome
    return outcome.error


def has(part: str) -> bool:
    return part in probe()


needs_files = pytest.mark.skipif(not has("files"), reason="this kernel has no Landlock")
needs_calls = pytest.mark.skipif(not has("calls"), reason="this machine has no filter of system calls")


def test_run__gives_values_in_order() -> None:
    assert [one.value for one in run("return item['k'] * 2", 1, 2, 3)] == [2, 4, 6]


def test_run__keeps_what_is_printed() -> None:
    (outcome,) = run("import sys\nprint('seen', item['id'])\nprint('no', file=sys.stderr)")
    assert (outcome.printed, outcome.value, outcome.error) == ("seen itm_0\nno\n", None, None)


def test_run__numpys_numbers_are_json() -> None:
    (outcome,) = run("import numpy as np\nreturn {'a': np.float32(0.5), 'b': np.arange(2)}")
    assert outcome.value == {"a": 0.5, "b": [0, 1]}


def test_image__is_upright_rgb(tmp_path: Path) -> None:
    from PIL import Image

    held = Image.new("L", (30, 20), 7)
    exif = held.getexif()
    exif[0x0112] = 6  # turned by a quarter
    held.save(tmp_path / "a.png", exif=exif)
    (outcome,) = run("p = item.image()\nreturn [list(p.shape), str(p.dtype), int(p.max())]", 0, file=tmp_path / "a.png")
    assert outcome.value == [[30, 20, 3], "uint8", 7]


def test_error__has_the_trace_of_the_source_alone() -> None:
    error = error_of("import json\nreturn json.loads('{')")
    assert error.startswith('Traceback (most recent call last):\n  File "<code>", line 3, in run\n')
    assert error.splitlines()[-1].startswith("json.decoder.JSONDecodeError: Expecting property name")
    assert "/json/" not in error


def test_fault__is_one_items_own() -> None:
    body = (
        "import os, ctypes\nk = item['k']\n"
        "if k == 1: os._exit(3)\nif k == 3: 1 / 0\nif k == 4: ctypes.string_at(0)\nreturn k"
    )
    outcomes = run(body, 0, 1, 2, 3, 4, 5)
    assert [one.value for one in outcomes] == [0, None, 2, None, None, 5]
    errors = [one.error.splitlines()[-1] for one in outcomes if one.error]
    assert errors == [
        "it ended its process with exit code 3",
        "ZeroDivisionError: division by zero",
        "it crashed (SIGSEGV)",
    ]


def test_source__that_fails_when_loaded_fails_every_item_once() -> None:
    outcomes = run_source("1 / 0\ndef run(item): pass\n", [Job({})] * 3, PLENTY)
    assert [one.error and one.error.splitlines()[-1] for one in outcomes] == ["ZeroDivisionError: division by zero"] * 3


def test_exit__is_an_error_like_another() -> None:
    assert error_of("raise SystemExit(4)").endswith("SystemExit: 4")


def test_loop__ends_at_the_time_limit_and_the_next_item_is_fine() -> None:
    first, second = run("while item['k']: pass", 1, 0, limits=SHORT)
    assert (first.error, second.error) == ("it took longer than 1.5 seconds", None)


def test_loop__ends_at_the_limit_of_processor_time() -> None:
    error = error_of("while True: pass", Limits(seconds=100, cpu_seconds=1))
    assert error == "it used more than 1 seconds of the processor"


def test_loop__while_loading_ends_for_all() -> None:
    started = time.monotonic()
    outcomes = run_source("while True: pass\ndef run(item): pass\n", [Job({})] * 20, SHORT)
    assert {one.error for one in outcomes} == {"while the source was loaded: it took longer than 1.5 seconds"}
    assert time.monotonic() - started < 25


def test_memory__bomb_meets_its_limit() -> None:
    error = error_of("held = []\nwhile True: held.append(bytearray(10**7))", Limits(60, 60, 2**28))
    assert error.splitlines()[-1] == "MemoryError"


@needs_calls
def test_processes__cannot_be_made_even_past_python() -> None:
    assert error_of("import os\nwhile True: os.fork()").endswith("a code node may not start processes")
    assert error_of("import subprocess\nsubprocess.run(['true'])").endswith("a code node may not start processes")
    (outcome,) = run(
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nreturn [libc.fork(), ctypes.get_errno()]"
    )
    assert outcome.value == [-1, 1]


@needs_calls
def test_processes__others_cannot_be_signalled() -> None:
    error = error_of("import os\nos.kill(os.getppid(), 0)")
    assert error.splitlines()[-1] == "PermissionError: [Errno 1] Operation not permitted"


@needs_calls
def test_threads__work() -> None:
    body = (
        "import threading\nout = []\n"
        "one = threading.Thread(target=out.append, args=(1,))\none.start()\none.join()\nreturn out"
    )
    assert run(body)[0].value == [1]


def test_network__is_refused_in_words() -> None:
    error = error_of("import socket\nsocket.create_connection(('127.0.0.1', 1))")
    assert error.endswith("a code node has no network; set its parameter `network` to true to allow it")


@needs_calls
def test_network__is_refused_past_python() -> None:
    (outcome,) = run(
        "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nreturn [libc.socket(2, 1, 0), ctypes.get_errno()]"
    )
    assert outcome.value == [-1, 1]


def test_network__may_be_allowed() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        body = (
            f"import socket\nsocket.create_connection(('127.0.0.1', {server.getsockname()[1]})).close()\nreturn 'there'"
        )
        assert run(body, limits=Limits(60, 60, network=True))[0].value == "there"


def test_environment__holds_nothing_of_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHORL_SECRET", "hush")
    (outcome,) = run("import os\nreturn [sorted(os.environ), os.path.basename(os.environ['HOME'])[:11]]")
    assert isinstance(outcome.value, list)
    names, home = outcome.value
    assert set(names) <= {"HOME", "TMPDIR", "LANG", "LC_CTYPE", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS",
                          "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"}  # type: ignore[operator]  # fmt: skip
    assert home == "whorl-code-"


@needs_files
def test_files__only_its_own_folder(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush")
    for path in (secret, Path("/etc/passwd"), Path(f"/proc/{os.getpid()}/environ"), Path.home()):
        body = f"import os\nreturn os.listdir({str(path)!r})" if path.is_dir() else f"return open({str(path)!r}).read()"
        assert "PermissionError" in error_of(body), path
    assert "PermissionError" in error_of(f"open({str(tmp_path / 'new')!r}, 'w')")
    assert "PermissionError" in error_of(f"import os\nos.rename({str(secret)!r}, 'mine')")
    assert run("open('mine', 'w').write('x')\nreturn open('mine').read()")[0].value == "x"
    assert secret.read_text() == "hush"


def test_files__links_laid_for_the_next_item_lead_nowhere(tmp_path: Path) -> None:
    victim, image = tmp_path / "victim", tmp_path / "image"
    victim.write_text("whole")
    image.write_bytes(b"pixels")
    body = (
        "import os\n"
        "for name in ('item.json', 'image.png'):\n"
        "    os.unlink(name)\n"
        f"    os.symlink({str(victim)!r}, name)\n"
        "return item['k']"
    )
    assert [one.value for one in run(body, 1, 2, file=image)] == [1, 2]
    assert victim.read_text() == "whole"


def test_files__the_folder_is_gone_afterwards(tmp_path: Path) -> None:
    body = (
        "import os\nos.makedirs('a/b')\nopen('a/b/c', 'w')\n"
        f"os.symlink({str(tmp_path)!r}, 'a/out')\nos.chmod('a/b', 0)\nos.chmod('a', 0)\nreturn os.getcwd()"
    )
    (outcome,) = run(body)
    assert isinstance(outcome.value, str)
    assert not Path(outcome.value).exists()
    assert tmp_path.is_dir()


def test_files__descriptors_of_the_server_are_not_there(tmp_path: Path) -> None:
    with (tmp_path / "held").open("w") as held:
        os.set_inheritable(held.fileno(), True)
        body = f"import os\ntry:\n    os.fstat({held.fileno()})\nexcept OSError as error:\n    return error.errno"
        # Its own answers may have that number, but then the file is none.
        assert run(body)[0].value in (9, None)


def test_printing__megabytes_keeps_the_beginning() -> None:
    body = (
        "import os\nfor _ in range(100_000): print('x' * 99)\n"
        "for _ in range(300): os.write(1, b'y' * 10_000)\nreturn 'done'"
    )
    (outcome,) = run(body)
    assert outcome.value == "done"
    assert outcome.printed.startswith("x" * 99 + "\n")
    assert outcome.printed.endswith("\n(and 9,996,000 more characters)")


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("object()", "the result is not JSON: object is not JSON"),
        ("float('nan')", "the result is not JSON: Out of range float values are not JSON compliant"),
        ("{1: 2, 'a': {3}}", "the result is not JSON: set is not JSON"),
        ("'\\ud800'", "the result is not JSON: 'utf-8' codec can't encode character"),
        ("'x' * 2_000_000", "the result is too large: 2,000,002 bytes; allowed: 1,048,576"),
    ],
)
def test_result__that_is_not_json(expression: str, told: str) -> None:
    assert error_of(f"return {expression}").startswith(told)


def test_result__forged_on_the_channel_is_found_out() -> None:
    body = "import os, sys\nos.write(int(sys.argv[1]), b'[junk\\n')\nreturn 1"
    assert error_of(body) == "it wrote to the channel of its results"


def test_result__an_endless_one_is_cut() -> None:
    body = "import os, sys\nwhile True: os.write(int(sys.argv[1]), b'x' * 60_000)"
    assert error_of(body) == "its result is larger than 1,048,576 bytes"


def test_heartbeat__that_says_stop_ends_the_child() -> None:
    def stop() -> None:
        raise Cancelled("stop")

    with pytest.raises(Cancelled):
        run_source("import time\ndef run(item): time.sleep(600)\n", [Job({})], PLENTY, heartbeat=stop)
    assert not _children()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's own call")
def test_child__dies_with_a_server_that_is_killed(tmp_path: Path) -> None:
    source = "import time\ndef run(item):\n    open('here', 'w').close()\n    time.sleep(600)\n"
    script = (
        "from whorl.pipelines.sandbox.launch import Job, Limits, run_source\n"
        f"run_source({source!r}, [Job({{}})], Limits(600, 600))\n"
    )
    server = subprocess.Popen([sys.executable, "-c", script], env={**os.environ, "TMPDIR": str(tmp_path)})
    try:
        _wait_for(lambda: any(tmp_path.glob("whorl-code-*/here")))
        (child,) = _children_of(server.pid)
    finally:
        server.kill()
        server.wait()
    _wait_for(lambda: not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2])


def _wait_for(is_so: Callable[[], bool], limit_s: float = 60) -> None:
    deadline = time.monotonic() + limit_s
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _children_of(pid: int) -> list[str]:
    return [one for task in Path(f"/proc/{pid}/task").iterdir() for one in (task / "children").read_text().split()]


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("import socket; socket.create_connection(('127.0.0.1', 1))", "a code node has no network"),
        ("import urllib.request; urllib.request.urlopen('http://127.0.0.1:1/')", "a code node has no network"),
        ("import os; os.fork()", "a code node may not start processes"),
        ("import os; os.execv('/bin/true', ['true'])", "a code node may not start processes"),
        ("import os; os.system('true')", "a code node may not start processes"),
    ],
)
def test_hook__refuses_where_the_kernel_does_not(action: str, told: str) -> None:
    child = Path(launch.__file__).with_name("child.py")
    script = (
        "import importlib.util\n"
        f"spec = importlib.util.spec_from_file_location('child', {str(child)!r})\n"
        "child = importlib.util.module_from_spec(spec)\nspec.loader.exec_module(child)\n"
        f"child._refuse_politely(network=False)\n{action}\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ended.returncode, told in ended.stderr) == (1, True)


def _children() -> list[str]:
    if not sys.platform.startswith("linux"):
        return []
    found = _children_of(os.getpid())
    return [one for one in found if "sandbox/child.py" in Path(f"/proc/{one}/cmdline").read_text()]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("def run(item):\n  return (", "not Python at line 2"),
        ("x = 1", "it defines no function `run`"),
        ("class run: pass", "`run` at line 1 is a class"),
        ("async def run(item): pass", "`run` at line 1 is an async function"),
        ("def run(): pass", "must take one argument"),
        ("def run(a, b): pass", "must take one argument"),
        ("def run(a, *, b): pass", "must take one argument"),
        ("if True:\n    def run(item): pass", "it defines no function `run`"),
        ("\0", "not Python"),
        ("(" * 10_000, "not Python"),
        ("return 1\ndef run(item): pass", "not Python at line 1"),
    ],
)
def test_check_source__refuses(source: str, told: str) -> None:
    with pytest.raises(ValueError, match=told.replace("(", r"\(")):
        check_source(source)


@pytest.mark.parametrize(
    "source", ["def run(item): pass", "def run(item, more=1): ...", "def run(*all): ...", "x = '\\d'\ndef run(i, /): 1"]
)
def test_check_source__takes(source: str) -> None:
    assert check_source(source) == source
