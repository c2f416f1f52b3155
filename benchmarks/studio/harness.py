"""The page that holds the canvas alone: built into a folder, served on this machine, opened in Chromium."""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession, Page

WEB = Path(__file__).resolve().parents[2] / "web"
#: Software raster: the figures hold for the slowest machine and repeat in CI.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")


class NoHarnessError(RuntimeError):
    """The page cannot be built or opened on this machine; says what is missing."""


def find_chromium() -> str | None:
    """Path of a Chromium on this machine (``WHORL_CHROMIUM`` names one), or None."""
    given = os.environ.get("WHORL_CHROMIUM")
    names = (given,) if given else CHROMIUM_NAMES
    return next((path for name in names if (path := shutil.which(name))), None)


def build_page(folder: Path) -> Path:
    """Build the page into `folder` and give it.

    Raises:
        NoHarnessError: There is no Node, the web packages are not installed, or the build failed.
    """
    node = shutil.which("node")
    vite = WEB / "node_modules" / "vite" / "bin" / "vite.js"
    if node is None:
        raise NoHarnessError("no node in PATH: install Node 20 or later")
    if not vite.is_file():
        raise NoHarnessError("the web packages are not installed: run `npm ci` in web/")
    command = [node, str(vite), "build", "--config", "bench/vite.config.ts", "--outDir", str(folder)]
    done = subprocess.run(command, cwd=WEB, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoHarnessError(f"the page was not built: {done.stderr.strip()[-600:]}")
    return folder


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port of this machine; gives the address."""
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join(5)


@contextmanager
def open_page(address: str, *, width: int = 1600, height: int = 1000) -> Iterator[Harness]:
    """Open the page in headless Chromium without a GPU.

    Raises:
        NoHarnessError: There is no Chromium, or Playwright is not installed.
    """
    chromium = find_chromium()
    if chromium is None:
        raise NoHarnessError("no Chromium in PATH: install the package `chromium`")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415 - an optional tool of this benchmark
    except ImportError:
        raise NoHarnessError("Playwright is not installed: pip install playwright") from None
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(address)
            page.wait_for_function("window.bench !== undefined")
            session = page.context.new_cdp_session(page)
            session.send("Performance.enable")
            yield Harness(browser=browser, page=page, session=session)
        finally:
            browser.close()


@dataclass(frozen=True)
class Tasks:
    """Main-thread tasks of one run, in milliseconds. `cpu` leaves out the time other programs had the core."""

    wall_total: float
    cpu_total: float
    longest_wall: float
    longest_cpu: float


@dataclass(frozen=True)
class Harness:
    """The open page."""

    browser: Browser
    page: Page
    session: CDPSession

    def call(self, script: str, argument: object = None) -> Any:  # noqa: ANN401 - whatever the page answers
        """Run a function of the page and give its JSON answer."""
        return self.page.evaluate(script, argument)

    def task_duration_ms(self) -> float:
        """Main-thread task time so far, as the browser counts it."""
        metrics = self.session.send("Performance.getMetrics")["metrics"]
        return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration") * 1000

    def traced(self, script: str, argument: object = None) -> tuple[Any, Tasks]:
        """Run a function and give its answer with the tasks it caused."""
        self.browser.start_tracing(page=self.page, categories=["toplevel", "blink", "__metadata"])
        try:
            answer = self.call(script, argument)
            self.page.wait_for_timeout(100)
        finally:
            buffer = self.browser.stop_tracing()
        return answer, read_tasks(json.loads(buffer)["traceEvents"])


def read_tasks(events: list[dict[str, Any]]) -> Tasks:
    """Sum up the tasks of the busiest renderer main thread of a trace.

    The raster of a canvas that is in no page runs behind its task, where neither TaskDuration nor a profile sees it; it
    holds the thread up all the same and is counted with the task before it.
    """
    mains = {
        (one["pid"], one["tid"])
        for one in events
        if one.get("name") == "thread_name" and one.get("args", {}).get("name") == "CrRendererMain"
    }
    by_thread: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for one in events:
        thread = (one.get("pid", 0), one.get("tid", 0))
        if one.get("ph") == "X" and thread in mains:
            by_thread.setdefault(thread, []).append(one)
    spent = [_outermost(all_of_one) for all_of_one in by_thread.values()]
    tasks = max(spent, key=lambda all_of_one: sum(wall for wall, _ in all_of_one), default=[])
    if not tasks:
        return Tasks(0, 0, 0, 0)
    return Tasks(
        wall_total=sum(wall for wall, _ in tasks),
        cpu_total=sum(cpu for _, cpu in tasks),
        longest_wall=max(wall for wall, _ in tasks),
        longest_cpu=max(cpu for _, cpu in tasks),
    )


def _outermost(events: list[dict[str, Any]]) -> list[tuple[float, float]]:
    """Wall and processor milliseconds of each task, with what ran behind it before the next."""
    tasks: list[tuple[float, float]] = []
    end = -1.0
    for one in sorted(events, key=lambda event: (event["ts"], -event.get("dur", 0))):
        if one["ts"] < end:
            continue
        end = one["ts"] + one.get("dur", 0)
        wall, cpu = one.get("dur", 0) / 1000, one.get("tdur", one.get("dur", 0)) / 1000
        if str(one["name"]).endswith("FinalizeFrame") and tasks:
            before = tasks.pop()
            tasks.append((before[0] + wall, before[1] + cpu))
        else:
            tasks.append((wall, cpu))
    return tasks
