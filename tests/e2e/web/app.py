"""A window of the app: what goes wrong in it, and how a test looks at it."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from PIL import Image
from tests.e2e.web.serving import Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

ROOT = Path(__file__).resolve().parents[3]
SCREENSHOTS = ROOT / "docs" / "screenshots"
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
WAIT_MS = 30_000
Scheme = Literal["light", "dark"]
# Chromium's own line for a refused request says neither which nor why; the response itself is looked at instead.
_SAID_BY_RESPONSE = "Failed to load resource"
_WATCH = """
document.addEventListener("securitypolicyviolation", (event) => {
  const where = `${event.sourceFile}:${event.lineNumber}`;
  console.error(`blocked by the policy: ${event.violatedDirective} ${event.blockedURI} ${where}`);
});
"""


class Desk:
    """Opens windows of one browser, each with cookies and storage of its own."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    @contextmanager
    def window(
        self, server: Server, *, scheme: Scheme = "light", width: int = 1440, height: int = 900
    ) -> Iterator[App]:
        """A window; what went wrong in it is raised when it closes."""
        context = self._browser.new_context(
            base_url=server.url,
            color_scheme=scheme,
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
        )
        context.set_default_timeout(WAIT_MS)
        app = App(context, server)
        try:
            yield app
            app.check()
        finally:
            context.close()


class App:
    """One person's browser.

    Attributes:
        page: The tab in front.
        troubles: What went wrong, in words.
    """

    def __init__(self, context: BrowserContext, server: Server) -> None:
        self.server = server
        self.context = context
        self.troubles: list[str] = []
        self._expected: list[tuple[int, re.Pattern[str]]] = []
        context.add_init_script(_WATCH)
        context.on("page", self._watch)
        self.page = context.new_page()

    def _watch(self, page: Page) -> None:
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.troubles.append(f"uncaught: {error}"))
        page.on("response", self._on_response)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_SAID_BY_RESPONSE):
            self.troubles.append(f"console: {message.text}")

    def _on_response(self, response: Response) -> None:
        path = response.url.removeprefix(self.server.url)
        is_expected = any(response.status == status and pattern.search(path) for status, pattern in self._expected)
        if response.status >= 400 and not is_expected:
            self.troubles.append(f"{response.status} {response.request.method} {path}")

    def expect_refusal(self, status: int, path: str) -> None:
        """Let requests whose path matches the pattern be refused with this status."""
        self._expected.append((status, re.compile(path)))

    def check(self) -> None:
        """Fail if anything went wrong so far."""
        assert self.troubles == [], self.troubles

    def sign_in(self) -> None:
        """Open the link of ``whorl up``."""
        self.page.goto(self.server.link)

    def log_in(self, email: str, password: str) -> None:
        """Sign in with a password."""
        self.page.goto("/login")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_role("textbox", name="Password").fill(password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/")

    def forgive_network(self) -> None:
        """Strike what only says that the server was away."""
        self.troubles = [trouble for trouble in self.troubles if "net::ERR" not in trouble]

    def new_tab(self) -> Page:
        """Another tab of the same person."""
        return self.context.new_page()

    def go(self, path: str) -> Page:
        """Open an address of the app and wait until nothing loads any more."""
        self.page.goto(path)
        self.settle()
        return self.page

    def settle(self) -> None:
        """Wait until the page stands: no skeleton, no loader, and its images are there."""
        self.page.wait_for_load_state()
        # Not wait_for_function: it asks for eval again and again, which the policy forbids.
        waiting = self.page.evaluate(_SETTLE, WAIT_MS)
        assert waiting == [], f"still not there after {WAIT_MS} ms at {self.page.url}: {waiting}"

    def serious_barriers(self) -> list[str]:
        """What keeps people out, by axe's rules: serious and critical ones, with the elements."""
        page = self.page
        # Evaluated over the debugger's protocol: a script tag would be blocked by the policy, and rightly.
        page.evaluate(_axe_source())
        found: dict[str, Any] = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
        return [
            f"{one['id']}: {one['help']}: {[_describe(node) for node in one['nodes'][:4]]}"
            for one in found["violations"]
            if one["impact"] in {"serious", "critical"}
        ]

    def shoot(self, name: str) -> None:
        """Keep what is on the screen as docs/screenshots/NAME.webp when WHORL_SCREENSHOTS=1."""
        if os.environ.get("WHORL_SCREENSHOTS") != "1":
            return
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.settle()
        content = self.page.screenshot(animations="disabled", caret="hide")
        # Photographs on a page would make a PNG of a megabyte; a palette would change the colours of labels.
        Image.open(io.BytesIO(content)).convert("RGB").save(SCREENSHOTS / f"{name}.webp", quality=88, method=6)


_SETTLE = """async (patience_ms) => {
  const waitingFor = () => {
    const busy = document.querySelectorAll(
      "[aria-busy=true], .mantine-Skeleton-root[data-visible], .mantine-Loader-root",
    );
    const isSeen = (image) => {
      const { top, bottom } = image.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    };
    const isLoading = (image) => image.getAttribute("src") && !image.complete && isSeen(image);
    const images = [...document.images].filter(isLoading).map((image) => image.currentSrc);
    const place = document.querySelector("main") ?? document.querySelector("#root");
    const root = place?.innerText.trim() || place?.querySelector("img") ? [] : ["an empty page"];
    return [...root, ...[...busy].map((one) => one.className), ...images];
  };
  const started = performance.now();
  // Between two waits a page may stand for a moment: one answer brings the next question.
  for (let calm = 0; ; ) {
    const waiting = waitingFor();
    calm = waiting.length === 0 ? calm + 1 : 0;
    if (calm === 4 || performance.now() - started > patience_ms) return waiting;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}"""


# Any: what axe found, as JSON.
def _describe(node: dict[str, Any]) -> str:
    said = [check["message"] for kind in ("any", "all", "none") for check in node[kind]]
    return f"{node['html'][:160]} ({'; '.join(said)[:200]})"


@cache
def _axe_source() -> str:
    import pytest

    if not AXE.is_file():
        pytest.skip(f"axe-core is not installed: npm ci in web/ ({AXE})")
    return AXE.read_text(encoding="utf-8")
