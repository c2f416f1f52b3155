"""The verbs of pipelines from the first file to the last re-run, through a real server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import whorl
from whorl.cli.main import run
from whorl.sdk.client import Client

Capture = pytest.CaptureFixture[str]
_PATIENCE_S = 60


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of this module's server."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def client(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server with six pictures."""
    root = tmp_path_factory.mktemp("pictures")
    for number in range(6):
        Image.new("L", (20, 10), number).save(root / f"{number}.png")
    with whorl.connect(home=home) as connected:
        connected.projects.create("shades").datasets.create("all").import_(root, format="folder")
        yield connected


class Shell:
    """Runs ``whorl pipeline …`` on the home and gives what it printed."""

    def __init__(self, home: Path, capture: Capture) -> None:
        self.home, self.capture = home, capture

    def __call__(self, *words: str, code: int = 0) -> tuple[str, str]:
        """Run it; the exit code must be ``code``."""
        self.capture.readouterr()
        found = run(["pipeline", *words, "--home", str(self.home)])
        out, err = self.capture.readouterr()
        assert found == code, f"{words}: exit code {found}\n{out}\n{err}"
        return out, err

    # Any: an answer as JSON.
    def json(self, *words: str) -> Any:
        """Run it with --json; stdout must be one document."""
        return json.loads(self(*words, "--json")[0])

    def wait_for(self, name: str, node: str, **counts: int) -> None:
        """Poll until a node's counts are these."""
        deadline = time.monotonic() + _PATIENCE_S
        found: dict[str, object] = {}
        while time.monotonic() < deadline:
            found = self.json("status", name)["nodes"].get(node, {})
            if all(found.get(key) == count for key, count in counts.items()):
                return
            time.sleep(0.1)
        raise AssertionError(f"{name}: {node} has {found}, not {counts}")


@pytest.fixture
def shell(client: Client, home: Path, capsys: Capture) -> Shell:
    """A shell on that server."""
    return Shell(home, capsys)


def write_flow(file: Path, dataset_id: str, *, name: str, waits_at: str = "work", note: str = "") -> Path:
    """A pipeline whose items wait for people at a node."""
    flow = whorl.PipelineBuilder(name, description=note)
    pool = flow.variable("pool", "dataset", dataset_id)
    raw = flow.add("raw", "dataset", dataset=pool)
    raw["item"] >> flow.add(waits_at, "label", dataset=pool, task=f"{name} work")["item"]
    flow.on("item.created", to=raw["item"], dataset=pool)
    file.write_text(json.dumps(flow.definition().model_dump(mode="json")))
    return file


@pytest.fixture
def dataset_id(client: Client) -> str:
    """The pictures."""
    return client.projects.get("shades").dataset("all").id


def test_apply__shows_what_changes_and_export_gives_it_back(shell: Shell, dataset_id: str, tmp_path: Path) -> None:
    file = write_flow(tmp_path / "a.json", dataset_id, name="changing")
    out, err = shell("apply", str(file))
    assert (out.split("\t")[1:], err) == (["changing", "version 1\n"], "")
    assert shell("apply", str(file))[1] == "nothing differs from what is saved\n"
    newer = write_flow(tmp_path / "b.json", dataset_id, name="changing", note="better")
    assert shell("diff", str(newer)) == ("+ description description\n", "")
    out, err = shell("apply", str(newer), "--yes")
    assert (out.split("\t")[2], err) == ("version 2\n", "+ description description\n")
    assert shell("diff", "changing")[0] == "+ description description\n"
    assert shell.json("diff", "changing", "--from", "2", "--to", "1")["changes"][0]["kind"] == "removed"
    _, err = shell("diff", str(newer), "--from", "1", code=1)
    assert err.startswith("error: --from and --to were given with a file")
    for name in ("c.yaml", "c.py"):
        shell("export", "changing", "--out", str(tmp_path / name))
        assert shell("diff", str(tmp_path / name)) == ("", "nothing differs\n")
    assert "description" not in shell.json("export", "changing", "--version", "1")


def test_runs__pause_cancel_rerun_and_move(shell: Shell, dataset_id: str, tmp_path: Path) -> None:
    shell("apply", str(write_flow(tmp_path / "a.json", dataset_id, name="steered")))
    assert shell("pause", "steered", "--triggers", "drop")[0] == "steered: paused, triggers off\n"
    assert shell("run", "steered")[0] == "started 6 runs at raw.item\n"
    shell.wait_for("steered", "raw", waiting=6)
    assert "runs: 6 active (paused, triggers off)" in shell("status", "steered")[1]
    assert shell("resume", "steered")[0] == "steered: running, triggers on\n"
    shell.wait_for("steered", "work", parked=6)
    moved = write_flow(tmp_path / "b.json", dataset_id, name="steered", waits_at="other")
    _, err = shell("apply", str(moved), code=1)
    assert "error: tokens wait at nodes that the new version does not have" in err
    assert "- node work (label)\n" in err
    assert shell("apply", str(moved), "--migrate", "work:other")[0].endswith("version 2\n")
    shell.wait_for("steered", "other", parked=6)
    _, err = shell("cancel", "steered", code=1)
    assert err.startswith("error: which runs?")
    ended = shell.json("cancel", "steered", "--all")
    assert [one["state"] for one in ended] == ["cancelled"] * 6
    assert shell("cancel", "steered", "--all") == ("", "steered has no run under way\n")
    (again,) = shell.json("rerun", "steered", ended[0]["id"])
    assert (again["id"], again["state"]) == (ended[0]["id"], "active")
    shell.wait_for("steered", "other", parked=1)
    assert shell("rerun", "steered")[0] == "0 are on their way again\n"
    _, err = shell("rerun", "steered", "--from", "start", code=1)
    assert err.startswith("error: --from start needs a run")
    _, err = shell("cancel", "steered", "run_nothing", code=1)
    assert err.startswith("error: ")


def test_dry_run__tells_what_would_happen_and_writes_nothing(shell: Shell, dataset_id: str, tmp_path: Path) -> None:
    file = write_flow(tmp_path / "a.json", dataset_id, name="tried")
    out, err = shell("dry-run", str(file), "--limit", "4")
    rows = {line.split("\t")[0]: line.split("\t")[1:4] for line in out.splitlines()}
    assert rows["raw"][:2] == ["4", "item 4"]
    assert rows["work"][0] == "4"
    assert "4 items; nothing was written" in err
    assert shell("status", "tried", code=1)[1].startswith("error: no pipeline 'tried'")
    assert shell.json("dry-run", str(file))["items"] == 6


def write_failing(file: Path, dataset_id: str, *, name: str) -> Path:
    """A pipeline whose second node fails for want of a dataset."""
    flow = whorl.PipelineBuilder(name)
    raw = flow.add("raw", "dataset", dataset=dataset_id)
    raw["item"] >> flow.add("keep", "collect", dataset=flow.variable("shelf", "dataset"))["item"]
    flow.on("item.created", to=raw["item"])
    file.write_text(flow.definition().model_dump_json())
    return file


def test_logs__are_printed_oldest_first(shell: Shell, client: Client, dataset_id: str, tmp_path: Path) -> None:
    shell("apply", str(write_failing(tmp_path / "a.json", dataset_id, name="talking")))
    assert shell("logs", "talking") == ("", "talking has said nothing yet\n")
    shell("run", "talking", "--query", 'name:"1.png"')
    shell.wait_for("talking", "keep", failed=1)
    lines = shell.json("logs", "talking", "--level", "error")
    assert {one["node"] for one in lines} == {"keep"}
    assert lines == sorted(lines, key=lambda one: str(one["at"]))
    assert len(shell("logs", "talking", "-n", "1")[0].splitlines()) == 1
    project = client.projects.get("shades")
    project.pipelines.get("talking").set_variable("shelf", project.datasets.create("kept").id)
    assert shell("rerun", "talking")[0] == "1 are on their way again\n"
    shell.wait_for("talking", "keep", done=1, failed=0)


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent as a POSIX signal")
@pytest.mark.parametrize("words", [["status", "--watch", "--every", "0.2"], ["logs", "--follow"]])
def test_watch__ctrl_c_ends_it_cleanly(
    shell: Shell, home: Path, dataset_id: str, tmp_path: Path, words: list[str]
) -> None:
    name = f"watched {words[0]}"
    shell("apply", str(write_failing(tmp_path / "a.json", dataset_id, name=name)))
    shell("run", name, "--query", 'name:"1.png"')
    shell.wait_for(name, "keep", failed=1)
    command = [sys.executable, "-m", "whorl.cli", "pipeline", words[0], name, *words[1:], "--json"]
    process = subprocess.Popen(
        [*command, "--home", str(home)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A test run in the background of a shell ignores Ctrl-C, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdout is not None
    # The first line is there: it looks again and again from now on.
    first = json.loads(process.stdout.readline())
    assert (first["nodes"]["keep"]["failed"] if words[0] == "status" else first["node"]) in (1, "keep")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=_PATIENCE_S)
    assert (process.returncode, err) == (0, "")
