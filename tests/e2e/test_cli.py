"""Every verb of the command line, through a real server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

import whorl
from whorl.cli.main import run
from whorl.sdk.client import Client

Capture = pytest.CaptureFixture[str]


@dataclass
class Shell:
    """Runs command lines against one server and gives what they printed."""

    client: Client
    home: Path
    capture: Capture

    def __call__(self, *words: str, code: int = 0) -> tuple[str, str]:
        """Run it; the exit code must be ``code``. Gives stdout and stderr."""
        self.capture.readouterr()
        found = run([*words, "--home", str(self.home)])
        out, err = self.capture.readouterr()
        assert found == code, f"{words}: exit code {found}\n{out}\n{err}"
        return out, err

    def json(self, *words: str) -> object:
        """Run it with --json; stdout must be one document."""
        return json.loads(self(*words, "--json")[0])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of this module's server."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[Client]:
    """A server that runs on the home for the whole module, so that each command finds it."""
    with whorl.connect(home=home) as connected:
        yield connected


@pytest.fixture
def shell(client: Client, home: Path, capsys: Capture) -> Shell:
    """A shell on that server."""
    return Shell(client, home, capsys)


def write_pictures(folder: Path, *names: str) -> Path:
    """A folder of small pictures."""
    folder.mkdir(parents=True)
    for shade, name in enumerate(names):
        Image.new("L", (20, 10), shade).save(folder / name)
    return folder


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Two pictures and a file that is none."""
    folder = write_pictures(tmp_path / "pictures", "a.png", "b.png")
    (folder / "broken.png").write_bytes(b"not an image")
    return folder


@pytest.fixture
def imported(shell: Shell, pictures: Path, request: pytest.FixtureRequest) -> str:
    """The pictures, imported into a project of this test's own; gives its name."""
    name = request.node.name[:60]
    shell("import", str(pictures), "--project", name, "--format", "folder")
    return name


def test_import__says_what_went_in_and_lists_what_did_not(shell: Shell, pictures: Path) -> None:
    out, err = shell("import", str(pictures), "--project", "first", "--format", "folder")
    assert out.startswith("imported into first/pictures: 2 items (2 added)")
    assert err.splitlines()[0] == "1 left out:"
    assert "broken.png" in err
    out, _ = shell("import", str(pictures), "--project", "first", "--format", "folder")
    assert "2 unchanged" in out


def test_import__a_dry_run_changes_nothing(shell: Shell, pictures: Path) -> None:
    out, _ = shell("import", str(pictures), "--project", "dry", "--format", "folder", "--dry-run")
    assert out.startswith("would import into dry/pictures")
    assert shell("query", "--project", "dry") == ("", "no item matches\n")


def test_import__strict_fails_when_something_was_left_out(shell: Shell, pictures: Path) -> None:
    shell("import", str(pictures), "--project", "strict", "--format", "folder", "--strict", code=1)


def test_import__as_json_is_the_report(shell: Shell, pictures: Path) -> None:
    report = shell.json("import", str(pictures), "--project", "json", "--format", "folder")
    assert isinstance(report, dict)
    assert (report["added"], len(report["issues"])) == (2, 1)


def test_import__a_missing_folder_is_named(shell: Shell) -> None:
    _, err = shell("import", "/nowhere", code=1)
    assert err == "error: no file or folder /nowhere\n"


def test_import__a_folder_in_another_format_leaves_nothing_behind(shell: Shell, pictures: Path) -> None:
    _, err = shell("import", str(pictures), "--project", "not made", "--format", "coco", code=1)
    assert err.startswith("error: no COCO annotation file")
    _, err = shell("import", str(pictures), "--project", "not made", "--format", "cocoo", code=1)
    assert "coco" in err.splitlines()[0]
    with pytest.raises(whorl.WhorlError, match="no project"):
        shell.client.projects.get("not made")


def test_query__lists_counts_and_limits(shell: Shell, imported: str) -> None:
    out, _ = shell("query", "name:a.png", "--project", imported)
    assert [line.split("\t")[1:] for line in out.splitlines()] == [["a.png", "20", "10", "-"]]
    assert shell("query", "--count", "--project", imported)[0] == "2\n"
    out, err = shell("query", "--limit", "1", "--project", imported)
    assert len(out.splitlines()) == 1
    assert err.startswith("the first 1; more match")


def test_query__a_wrong_field_is_two_lines(shell: Shell, imported: str) -> None:
    out, err = shell("query", "subsett:train", "--project", imported, code=1)
    assert out == ""
    assert [line.partition(":")[0] for line in err.splitlines()] == ["error", "hint"]


def test_query__which_project_is_asked_when_there_are_several(shell: Shell, imported: str) -> None:
    shell.client.projects.create(f"{imported} 2")
    _, err = shell("query", code=1)
    assert err.startswith("error: which project?\nhint: Give --project:")


def test_export__writes_a_folder(shell: Shell, imported: str, tmp_path: Path) -> None:
    out, _ = shell("export", str(tmp_path / "out"), "--project", imported, "--format", "coco")
    assert out.startswith(f"wrote {tmp_path}/out: 2 items, 0 annotations, coco")
    assert any((tmp_path / "out").rglob("*.json"))


def test_user__add_list_role_disable(shell: Shell, imported: str) -> None:
    person = shell.json("user", "add", "ann@example.org")
    assert isinstance(person, dict)
    assert (person["email"], person["name"], person["is_admin"]) == ("ann@example.org", "ann", False)
    assert "ann@example.org" in shell("user", "list")[0]
    member = shell.json("user", "role", "ann@example.org", "annotator", "--project", imported)
    assert isinstance(member, dict)
    assert member["role"] == "annotator"
    _, err = shell("user", "role", "ann@example.org", "boss", "--project", imported, code=1)
    assert "Use one of: owner, manager" in err
    disabled = shell.json("user", "disable", "ann@example.org")
    assert isinstance(disabled, dict)
    assert disabled["is_disabled"] is True


def test_token__create_prints_the_secret_alone_on_stdout(shell: Shell, imported: str) -> None:
    out, err = shell("token", "create", "camera", "--project", imported, "--role", "viewer", "--days", "2")
    secret = out.strip()
    assert "is not shown again" in err
    with whorl.connect(shell.client.url, secret) as camera:
        assert camera.me().kind == "service"
    (token,) = shell.json("token", "list", "--project", imported)  # type: ignore[misc, attr-defined]
    shell("token", "revoke", token["id"], "--project", imported)
    with whorl.connect(shell.client.url, secret) as camera, pytest.raises(whorl.WhorlError):
        camera.me()


def test_token__a_role_without_a_project_is_refused(shell: Shell) -> None:
    _, err = shell("token", "create", "camera", "--role", "viewer", code=1)
    assert err.startswith("error: a service token needs a project and a role")


def test_backup__while_the_server_runs_and_restore(
    shell: Shell, imported: str, tmp_path: Path, capsys: Capture
) -> None:
    out, _ = shell("backup", str(tmp_path / "a.tar"))
    assert out.startswith(f"wrote {tmp_path}/a.tar: ")
    assert run(["restore", str(tmp_path / "a.tar"), "--home", str(tmp_path / "new")]) == 0
    with whorl.connect(home=tmp_path / "new") as client:
        dataset = client.projects.get(imported).datasets.get("pictures")
        assert sorted(item.name for item in dataset.items.list()) == ["a.png", "b.png"]
        assert dataset.items.get("a.png").read_bytes()[1:4] == b"PNG"


def test_doctor__finds_the_running_server(shell: Shell) -> None:
    checks = shell.json("doctor")
    assert isinstance(checks, list)
    assert [check["name"] for check in checks if check["state"] == "fail"] == []


def test_openapi__is_one_document(shell: Shell, capsys: Capture) -> None:
    assert run(["openapi"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/projects" in document["paths"]


def test_connection__nobody_there_is_exit_code_3(capsys: Capture) -> None:
    assert run(["query", "--url", "http://127.0.0.1:9"]) == 3
    assert capsys.readouterr().err.startswith("error: no server answers at http://127.0.0.1:9\nhint: ")


def test_connection__a_wrong_token_is_exit_code_4(shell: Shell, capsys: Capture) -> None:
    assert run(["query", "--url", shell.client.url, "--token", "wrong"]) == 4


def test_every_command__has_an_example_in_its_help(capsys: Capture) -> None:
    page = (Path(__file__).parents[2] / "docs/reference/cli.md").read_text(encoding="utf-8")
    sections = [part for part in page.split("\n## ")[1:] if part.startswith("whorl ")]
    assert len(sections) > 15
    assert [part.splitlines()[0] for part in sections if "Example: `whorl" not in part] == []


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until something holds; fail when the process ends before."""
    for _ in range(200):
        if condition():
            return
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    raise AssertionError("it did not happen within ten seconds")


def test_up__answers_within_seconds_and_ends_clean_on_ctrl_c(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "whorl.cli", "up", "--home", str(tmp_path), "--port", "0"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "NO_COLOR": "1"}
    )
    try:
        wait_for((tmp_path / "server.json").exists, process)
        with whorl.connect(home=tmp_path) as client:
            assert client.url.startswith("http://127.0.0.1:")
            client.projects.create("through up")
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert process.returncode in (0, 130)
    assert "http://127.0.0.1:" in out
    assert "Traceback" not in err
    assert not (tmp_path / "server.json").exists()
