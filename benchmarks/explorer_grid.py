"""The explorer's grid over a million items, in headless Chromium: blanks while scrolling, and a crowded page.

    python -m benchmarks.explorer_grid [--home FOLDER] [--web FOLDER] [--items 1000000]

A home that was kept is used again (see benchmarks/explorer_home.py). Prints one JSON object, in milliseconds:

- ``jumps``: from a jump of the scroll bar until every tile in view shows its picture.
- ``scrolling``: how long each tile that came into view while scrolling stayed without its picture.
- ``crowded_page``: from a jump until 100 images with their 1,400 boxes are drawn.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.explorer_home import BOXES, CROWDED, MILLION, PROJECT, make_home
from benchmarks.machine import describe_machine

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
JUMPS = 30
SCROLL_S = 6
# Tiles of 92 pixels: more than a hundred in a window of 1600 × 1000.
TILE_PX = 92

_IN_PAGE = """
window.bench = {
  scroller: () => document.querySelector('[role=grid]'),
  tiles() {
    const box = this.scroller().getBoundingClientRect();
    return [...document.querySelectorAll('[data-tile]')].filter((tile) => {
      const at = tile.getBoundingClientRect();
      return at.bottom > box.top && at.top < box.bottom;
    });
  },
  hasPicture(tile) {
    const image = tile.querySelector('img');
    return image !== null && image.complete && image.naturalWidth > 0;
  },
  shapes() {
    const canvases = [...document.querySelectorAll('[role=grid] canvas')];
    return canvases.reduce((sum, one) => sum + Number(one.dataset.shapes ?? 0), 0);
  },
  frame: () => new Promise((next) => requestAnimationFrame(next)),
  async whole(leastShapes = 0) {
    for (;;) {
      const tiles = this.tiles();
      if (tiles.length > 0 && tiles.every(this.hasPicture) && this.shapes() >= leastShapes) return tiles.length;
      await this.frame();
    }
  },
  async jump(share, leastShapes = 0) {
    const grid = this.scroller();
    const begun = performance.now();
    grid.scrollTop = share * (grid.scrollHeight - grid.clientHeight);
    await this.frame();
    const tiles = await this.whole(leastShapes);
    return { ms: performance.now() - begun, tiles, shapes: this.shapes(), first: this.tiles()[0].dataset.tile };
  },
  async scroll(seconds, pxPerFrame) {
    const grid = this.scroller();
    const since = new Map(), blanks = [], frames = [];
    const until = performance.now() + seconds * 1000;
    let last = performance.now();
    while (performance.now() < until) {
      grid.scrollTop += pxPerFrame;
      await this.frame();
      const now = performance.now();
      frames.push(now - last);
      last = now;
      const seen = new Set();
      for (const tile of this.tiles()) {
        const position = tile.dataset.tile;
        seen.add(position);
        const picture = this.hasPicture(tile);
        if (!since.has(position)) since.set(position, { begun: now, done: null });
        const one = since.get(position);
        if (picture && one.done === null) one.done = now;
      }
    }
    for (const { begun, done } of since.values()) blanks.push((done ?? performance.now()) - begun);
    return { blanks, frames };
  },
};
"""


def summary(values: list[float]) -> dict[str, float]:
    """Median, 95th percentile and the worst, in milliseconds."""
    ordered = sorted(values)
    return {
        "median": round(statistics.median(ordered), 1),
        "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
        "worst": round(ordered[-1], 1),
        "n": len(ordered),
    }


def measure(page: Page, url: str) -> dict[str, Any]:
    """Jump and scroll over the million, then over the crowded dataset."""
    page.add_init_script(_IN_PAGE)
    for dataset in (MILLION, CROWDED):
        page.evaluate(f"localStorage.setItem('whorl-lens:{dataset}', JSON.stringify({{tilePx: {TILE_PX}}}))")
    page.goto(f"{url}/p/{PROJECT}/explorer?dataset={MILLION}")
    page.wait_for_selector("[data-tile] img")
    page.evaluate("bench.whole()")
    page.evaluate("bench.jump(0.001)")
    jumps = [page.evaluate(f"bench.jump({(step * 0.618034) % 1})") for step in range(1, JUMPS + 1)]
    page.evaluate("bench.jump(0.3)")
    scrolled = page.evaluate(f"bench.scroll({SCROLL_S}, 40)")
    page.goto(f"{url}/p/{PROJECT}/explorer?dataset={CROWDED}")
    page.wait_for_selector("[data-tile] img")
    page.evaluate("bench.whole()")
    crowded = [page.evaluate(f"bench.jump({(step * 0.618034) % 1}, {100 * BOXES})") for step in range(1, 16)]
    return {
        "jumps": summary([one["ms"] for one in jumps]),
        "furthest_item_seen": max(int(one["first"]) for one in jumps),
        "scrolling": {
            "blank": summary(scrolled["blanks"]),
            "over_200_ms": sum(1 for blank in scrolled["blanks"] if blank > 200),
            "frame": summary(scrolled["frames"]),
        },
        "crowded_page": summary([one["ms"] for one in crowded]),
        "crowded_tiles": min(one["tiles"] for one in crowded),
        "crowded_boxes": min(one["shapes"] for one in crowded),
    }


def run(home: Path, *, items: int, web: str) -> dict[str, Any]:
    """Start a server on the home, measure, stop it."""
    make_home(home, items=items)
    environment = {**os.environ, "WHORL_HOME": str(home), "WHORL_PORT": "0", "WHORL_WEB": web}
    server = subprocess.Popen(
        [sys.executable, "-m", "whorl.server"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        server.stdout.readline()
        told = json.loads((home / "server.json").read_text(encoding="utf-8"))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
            page = browser.new_page(viewport={"width": 1600, "height": 1000})
            page.goto(f"{told['url']}/?token={told['token']}")
            found = measure(page, told["url"])
            browser.close()
    finally:
        server.terminate()
        server.wait(30)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, help="keep the data here")
    parser.add_argument("--web", default="", help="folder of the built app; the package's own when left out")
    parser.add_argument("--items", type=int, default=1_000_000)
    given = parser.parse_args()
    before = describe_machine()
    with tempfile.TemporaryDirectory() as folder:
        found = run(given.home or Path(folder), items=given.items, web=given.web)
    after = describe_machine()
    print(json.dumps({"items": given.items, **found, "machine": before, "load_1m_after": after["load_1m"]}))


if __name__ == "__main__":
    main()
