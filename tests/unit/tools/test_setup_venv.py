"""Setting up: an old Python is told so, and what is fresh is not installed again."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """tools/setup_venv.py on an empty folder; it may start no process."""
    spec = importlib.util.spec_from_file_location("setup_venv", ROOT / "tools" / "setup_venv.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "src").mkdir()
    monkeypatch.setattr(module, "ROOT", str(tmp_path))
    monkeypatch.setattr(module, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(module, "VENV_PYTHON", str(tmp_path / ".venv" / "bin" / "python"))
    return module


def make_fresh(tool: ModuleType, group: str) -> None:
    python = Path(tool.VENV_PYTHON)
    python.parent.mkdir(parents=True, exist_ok=True)
    python.touch()
    Path(tool._stamp(group)).touch()


def test_main__an_old_python_is_told_what_to_do(
    tool: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tool.sys, "version_info", (3, 9, 2))
    assert tool.main(["demo"]) == 1
    err = capsys.readouterr().err
    assert err.startswith("error: Python 3.9 is too old")
    assert "Whorl needs Python 3.11 or newer. Install one and name it: make PYTHON=python3.12 demo" in err


def test_main__an_unknown_group_is_named(tool: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert tool.main(["dmeo"]) == 1
    assert capsys.readouterr().err == "error: unknown group: 'dmeo'\nhint: Give one of: demo, test.\n"


def test_main__what_is_installed_is_left_alone(tool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool.subprocess, "call", lambda *_, **__: pytest.fail("a process was started"))
    make_fresh(tool, "test")
    assert [tool.main(["test"]), tool.main(["demo"])] == [0, 0]


def test_is_fresh__the_demo_alone_does_not_satisfy_the_tests(tool: ModuleType) -> None:
    make_fresh(tool, "demo")
    assert (tool._is_fresh("demo"), tool._is_fresh("test")) == (True, False)


def test_is_fresh__a_changed_pyproject_installs_again(tool: ModuleType) -> None:
    make_fresh(tool, "test")
    Path(tool.ROOT, "pyproject.toml").write_text("[project]\ndependencies = []\n")
    assert not tool._is_fresh("test")


def test_main__a_failed_installation_leaves_no_stamp(tool: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool.subprocess, "call", lambda *_, **__: 1)
    monkeypatch.setattr(tool, "_make_venv", lambda: 0)
    assert tool.main(["test"]) == 1
    assert not tool._is_fresh("test")
