"""The doctor names what is wrong and what to do."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from whorl.base.settings import Settings
from whorl.cli import doctor
from whorl.cli.doctor import Check
from whorl.pipelines.sandbox import launch


def test_check_python__an_old_one_fails() -> None:
    assert doctor.check_python((3, 10, 9)) == Check(
        name="python", state="fail", found="3.10.9", hint="Whorl needs 3.11 or newer."
    )


def test_check_sqlite__an_old_one_fails() -> None:
    assert doctor.check_sqlite((3, 34, 1)).state == "fail"
    assert doctor.check_sqlite((3, 35, 0)).state == "ok"


def test_check_home__a_file_in_the_way_fails(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    assert doctor.check_home(tmp_path / "file" / "home").state == "fail"
    assert doctor.check_home(tmp_path / "new" / "home").found == f"{tmp_path}/new/home (will be made)"


def test_check_database__a_damaged_one_fails(tmp_path: Path) -> None:
    (tmp_path / "whorl.db").write_bytes(b"this is no database at all" * 100)
    assert doctor.check_database(Settings(home=tmp_path)).state == "fail"


def test_check_database__none_yet_is_well(tmp_path: Path) -> None:
    assert doctor.check_database(Settings(home=tmp_path)).state == "ok"


def test_check_port__one_in_use_is_noted(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        found = doctor.check_port(Settings(home=tmp_path, port=other.getsockname()[1]))
    assert (found.state, found.hint) == ("note", "Start with `whorl up --port 0` or another.")


def test_check_disk__a_full_one_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 10**8})())
    assert doctor.check_disk(tmp_path).state == "fail"


def test_check_package__a_missing_one_says_how_to_install() -> None:
    found = doctor.check_package("not-installed-anywhere", "trains", is_needed=False)
    assert (found.state, found.found) == ("note", "not installed (trains)")


def test_check_web__says_why_it_is_not_built(tmp_path: Path) -> None:
    settings = Settings(web=str(tmp_path / "web"))
    assert doctor.check_web(settings).found == "not built: it was not built when Whorl was installed"
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / ".why").write_text("npm ci failed:\nnpm error network\n", encoding="utf-8")
    assert (doctor.check_web(settings).state, doctor.check_web(settings).found) == ("note", "not built: npm ci failed")
    (tmp_path / "web" / "index.html").write_text("<!doctype html>", encoding="utf-8")
    assert doctor.check_web(settings) == Check(name="web app", state="ok", found="built")


def test_check_sandbox__names_what_is_not_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "probe", lambda: ["limits", "calls"])
    found = doctor.check_sandbox()
    assert (found.state, found.found) == ("note", "limits, calls; not here: namespaces, files")
    monkeypatch.setattr(launch, "probe", lambda: ["limits", "namespaces", "files", "calls"])
    assert doctor.check_sandbox().state == "ok"


def test_examine__looks_at_everything_in_order(tmp_path: Path) -> None:
    assert [check.name for check in doctor.examine(Settings(home=tmp_path, port=0))] == [
        "python", "sqlite", "home", "disk", "database", "blobs", "executor", "port", "web app", "onnxruntime",
        "torch", "onnx", "weights", "magic tools", "sandbox",
    ]  # fmt: skip
