"""The pictures of docs/screenshots: every page after a demo, in light and some in dark. Made only when asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.e2e.web.app import App, Desk
from tests.e2e.web.serving import Server

pytestmark = [
    pytest.mark.skipif(os.environ.get("WHORL_SCREENSHOTS") != "1", reason="pictures for docs: set WHORL_SCREENSHOTS=1"),
    pytest.mark.timeout(900),
]
PAGES = {
    "projects": "/",
    "overview": "/p/{project}",
    "explorer": "/p/{project}/explorer",
    "explorer-distributions": "/p/{project}/explorer?lens=distributions",
    "datasets": "/p/{project}/datasets",
    "dataset": "/p/{project}/datasets/{dataset}",
    "item": "/p/{project}/items/{item}",
    "tasks": "/p/{project}/tasks",
    "task": "/p/{project}/tasks/{task}",
    "studio": "/p/{project}/studio/{task}",
    "label-grid": "/p/{project}/grid/{task}",
    "review-grid": "/p/{project}/crops/{dataset}",
    "models": "/p/{project}/models",
    "model": "/p/{project}/models/{model}",
    "comparison": "/p/{project}/comparisons/{comparison}",
    "pipelines": "/p/{project}/pipelines",
    "pipeline": "/p/{project}/pipelines/{pipeline}",
    "settings": "/p/{project}/settings/ontology",
    "settings-recipes": "/p/{project}/settings/recipes",
    "settings-members": "/p/{project}/settings/members",
}
# What comes last on a page, where nothing on it says that it is still to come.
LAST = {
    "explorer": 'button:has-text("Layers"):not([disabled])',
    "studio": '[role="group"][aria-label="Shapes"] [data-selected]',
}
DARK = ("overview", "explorer", "studio")


@dataclass
class Demo:
    """A server on the home of a finished demo, and what pages of it are about."""

    server: Server
    names: dict[str, str]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Two rounds on boxes; WHORL_DEMO_HOME names a copy of a home where a demo was played already."""
    given = os.environ.get("WHORL_DEMO_HOME")
    home = Path(given) if given else tmp_path_factory.mktemp("demo")
    if not given:
        command = [sys.executable, "-m", "whorl.cli", "demo", "--headless", "--scenario", "scenes", "--rounds", "2"]
        subprocess.run([*command, "--home", str(home)], check=True, timeout=600, capture_output=True)
    with Server(home) as server:
        yield Demo(server, _names(server))


def _names(server: Server) -> dict[str, str]:
    project = next(server.client.projects.list())
    champions = project.models.champions()
    tasks = sorted(project.tasks.list(), key=lambda task: task.name.startswith("label"))
    dataset = next(project.datasets.list())
    return {
        "project": project.id,
        "dataset": dataset.id,
        "item": next(dataset.items.list()).id,
        "task": next((task.id for task in tasks if task.summary().counts.queued), tasks[0].id),
        "model": champions[0].model_id if champions else next(project.models.list()).id,
        "comparison": next(project.models.comparisons()).id,
        "pipeline": next(project.pipelines.list()).id,
    }


@pytest.mark.parametrize("name", PAGES)
def test_screenshot(desk: Desk, demo: Demo, name: str) -> None:
    with desk.window(demo.server) as app:
        _shoot(app, demo, name, name)


@pytest.mark.parametrize("name", DARK)
def test_screenshot__dark(desk: Desk, demo: Demo, name: str) -> None:
    with desk.window(demo.server, scheme="dark") as app:
        _shoot(app, demo, name, f"{name}-dark")


def _shoot(app: App, demo: Demo, name: str, picture: str) -> None:
    app.sign_in()
    app.go(PAGES[name].format(**demo.names))
    if name in LAST:
        app.page.locator(LAST[name]).first.wait_for()
    app.shoot(picture)
