"""A real server, a real browser, and pages that fail their test when anything on them goes wrong.

Every test has a project of its own, so tests share the server and nothing else. What a page prints as an error, what
its policy blocks and what the server refuses fails the test, unless the test says that it expects it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.web.app import App, Desk
from tests.e2e.web.serving import Server, web_folder
from tests.e2e.web.worlds import World, make_world

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--force-color-profile=srgb")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder slow, with time for a machine that does other things too."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.slow)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(300))


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """A headless Chromium of this test process."""
    if not (web_folder() / "index.html").is_file():
        pytest.skip("the web app is not built: python tools/build_web.py")
    api = pytest.importorskip("playwright.sync_api", reason="needs the Python package playwright")
    with api.sync_playwright() as playwright:
        executable = _find_chromium(playwright.chromium.executable_path)
        if executable is None:
            pytest.skip("no Chromium on this machine: install it, or name one in WHORL_CHROMIUM")
        browser = playwright.chromium.launch(
            executable_path=executable,
            args=list(FLAGS),
        )
        yield Desk(browser)
        browser.close()


def _find_chromium(of_playwright: str) -> str | None:
    given = os.environ.get("WHORL_CHROMIUM")
    names = [given] if given else ["chromium", "chromium-browser", "google-chrome"]
    found = next((path for path in map(shutil.which, names) if path), None)
    return found or (of_playwright if Path(of_playwright).is_file() else None)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server of this test process."""
    with Server(tmp_path_factory.mktemp("home")) as running:
        yield running


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server of this test's own, to be killed or to lose its data."""
    with Server(tmp_path / "home") as running:
        yield running


@pytest.fixture
def world(server: Server, request: pytest.FixtureRequest) -> World:
    """A project of this test's own with a few pictures and a task to label them."""
    return make_world(server, request.node.name)


@pytest.fixture
def app(desk: Desk, server: Server) -> Iterator[App]:
    """A signed-in window."""
    with desk.window(server) as opened:
        opened.sign_in()
        yield opened
