"""Size limits: what is too long, and exceptions that outlived their reason."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """tools/check_limits.py as a module; tools is a folder of scripts, not a package."""
    spec = importlib.util.spec_from_file_location("check_limits", ROOT / "tools" / "check_limits.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["check_limits"] = module
    spec.loader.exec_module(module)
    return module


def problems(tool: ModuleType, source: str, *exemptions: object) -> list[str]:
    """The problems of one module under limits of 3 lines a function and 8 a module."""
    limits = tool.Limits(3, 8, exemptions)
    found: list[str] = tool.find_problems(list(tool.measure_source("a.py", source)), limits)
    return found


LONG_FUNCTION = "class A:\n    def f(self):\n        x = 1\n        y = 2\n        return x + y\n"


def test_find_problems__short_code_has_none(tool: ModuleType) -> None:
    assert problems(tool, "def f():\n    return 1\n") == []


def test_find_problems__names_the_long_method_and_its_line(tool: ModuleType) -> None:
    assert problems(tool, LONG_FUNCTION) == ["a.py:2 A.f: 4 lines, allowed 3"]


def test_find_problems__names_the_long_module(tool: ModuleType) -> None:
    assert problems(tool, "x = 1\n" * 9) == ["a.py:1: 9 lines, allowed 8"]


def test_find_problems__an_exception_allows_its_length_and_no_more(tool: ModuleType) -> None:
    assert problems(tool, LONG_FUNCTION, tool.Exemption("a.py", "A.f", 4, "why")) == []
    assert problems(tool, LONG_FUNCTION + "    \n", tool.Exemption("a.py", "A.f", 3, "why")) == [
        "a.py:2 A.f: 4 lines, allowed 3"
    ]


def test_find_problems__an_exception_no_longer_needed_fails(tool: ModuleType) -> None:
    assert problems(tool, "x = 1\n", tool.Exemption("a.py", "A.f", 4, "why")) == [
        "limits.toml: the exception for a.py A.f is no longer needed; remove it"
    ]


def test_read_limits__an_exception_needs_a_reason(tool: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "limits.toml"
    file.write_text('function = 80\nmodule = 500\n[[exception]]\npath = "a.py"\nlines = 90\n')
    with pytest.raises(ValueError, match="lacks reason"):
        tool.read_limits(file)
