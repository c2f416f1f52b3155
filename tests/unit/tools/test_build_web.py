"""Building the web app: when it is due, with which Node, and what happens when it cannot be built."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """tools/build_web.py."""
    spec = importlib.util.spec_from_file_location("build_web", ROOT / "tools" / "build_web.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules["build_web"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with an app to build."""
    (tmp_path / "web" / "src").mkdir(parents=True)
    for name in ("package.json", "package-lock.json", "src/main.tsx", "src/main.test.tsx", "eslint.config.js"):
        (tmp_path / "web" / name).write_text("{}", encoding="utf-8")
    return tmp_path


def pretend_built(tool: ModuleType, checkout: Path) -> None:
    out = checkout / "src" / "whorl" / "_web"
    out.mkdir(parents=True)
    (out / "index.html").write_text("<!doctype html>", encoding="utf-8")
    (out / ".stamp").write_text(tool.Place(checkout).digest() + "\n", encoding="utf-8")


def test_is_due__until_it_is_built_of_these_sources(tool: ModuleType, checkout: Path) -> None:
    place = tool.Place(checkout)
    assert tool.is_due(place)
    pretend_built(tool, checkout)
    assert not tool.is_due(place)
    (checkout / "web" / "src" / "main.tsx").write_text("changed", encoding="utf-8")
    assert tool.is_due(place)


@pytest.mark.parametrize(
    ("name", "is_due"),
    [
        ("src/main.test.tsx", False),
        ("eslint.config.js", False),
        ("src/new.css", True),
        ("package-lock.json", True),
        ("index.html", True),
    ],
)
def test_is_due__after_a_change_to_what_the_app_is_made_from(
    tool: ModuleType, checkout: Path, name: str, is_due: bool
) -> None:
    pretend_built(tool, checkout)
    (checkout / "web" / name).write_text("changed", encoding="utf-8")
    assert tool.is_due(tool.Place(checkout)) is is_due


def test_is_due__never_for_an_archive_that_carries_only_the_built_app(tool: ModuleType, checkout: Path) -> None:
    (checkout / "web" / "package.json").unlink()
    assert not tool.is_due(tool.Place(checkout))


def test_is_due__never_when_it_is_left_out_on_purpose(
    tool: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHORL_SKIP_WEB", "1")
    assert not tool.is_due(tool.Place(checkout))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("v20.20.2\n", True),
        ("v20.18.0\n", False),
        ("v21.7.0\n", False),
        ("v22.12.0\n", False),
        ("v22.13.0\n", True),
        ("v23.9.0\n", False),
        ("v24.0.0\n", True),
        ("v26.1.0\n", True),
        ("18", False),
    ],
)
def test_is_new_enough__by_version(tool: ModuleType, said: str, expected: bool) -> None:
    assert tool.is_new_enough(said) is expected


def test_build__without_node_says_what_to_do(tool: ModuleType, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(checkout))
    monkeypatch.setattr(tool.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(tool.WebBuildFailed, match="there is no Node") as caught:
        tool.build(tool.Place(checkout))
    assert tool.NODE_WHEEL in caught.value.hint


def test_build__a_failed_step_shows_what_it_printed_and_keeps_the_old_app(tool: ModuleType, checkout: Path) -> None:
    pretend_built(tool, checkout)
    (checkout / "web" / "src" / "main.tsx").write_text("changed", encoding="utf-8")
    node = tool.Node(("sh",), ("sh", "-c", "echo no route to the registry; exit 1"), "/bin")
    with pytest.raises(tool.WebBuildFailed, match="no route to the registry"):
        tool.install_packages(tool.Place(checkout), node)
    assert tool.Place(checkout).is_built()


def test_lock_file__names_no_host_and_every_package_by_its_hash() -> None:
    text = (ROOT / "web" / "package-lock.json").read_text(encoding="utf-8")
    packages = {path: entry for path, entry in json.loads(text)["packages"].items() if path}
    assert [path for path, entry in packages.items() if "resolved" in entry] == []
    bundled = {path for path, entry in packages.items() if entry.get("inBundle")}
    assert sorted(path for path, entry in packages.items() if "integrity" not in entry and path not in bundled) == []
    links = set(re.findall(r'https?://([^/"]+)', text))
    assert links <= FUNDING_HOSTS, "a registry's address must not be in the lock file"


# Whom packages ask money for; npm writes it into the lock file.
FUNDING_HOSTS = {"eslint.org", "github.com", "opencollective.com", "tidelift.com", "www.patreon.com"}


def test_packages__are_pinned_exactly() -> None:
    package = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))
    ranges = package["dependencies"] | package["devDependencies"]
    assert {name: asked for name, asked in ranges.items() if not re.fullmatch(r"\d+\.\d+\.\d+", asked)} == {}
