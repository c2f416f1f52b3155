"""A 720p video in the studio, in headless Chromium without a GPU: does it play smoothly, and how fast is a step?

    python -m benchmarks.video_studio [--tracks 50] [--seconds 8] [--web FOLDER] [--json]

Makes a clip (H.264, 1280 x 720, 30 frames a second) with tracks that move over all of it, starts a server on a home of
its own and opens the studio. Prints one JSON object, for the clip without tracks and with them:

- ``shown_per_s``: frames that came to the screen while it played at its own speed, once the first had come.
- ``step_ms``: from a key to the next frame with its shapes, when it was fetched ahead: median and 95th percentile.
- ``jump_ms``: from a jump to a place that was never looked at until it is on the screen.
- ``task_s``: seconds of work of the page's main thread while it played (Chromium's TaskDuration), for each second.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.machine import describe_machine
from benchmarks.studio.harness import FLAGS, find_chromium
from benchmarks.video import moving_noise
from whorl import connect
from whorl.schemas.annotations import AnnotationDraft, Box, Keyframe, Track
from whorl.testing.videos import write_video

RATE = 30
WIDTH, HEIGHT = 1280, 720
LEAST_PER_S = 15.0
STEPS = 40
JUMPS = 5

_IN_PAGE = """
window.bench = {
  place: () => document.querySelector('[data-shown-frame]'),
  shown() { return Number(this.place()?.dataset.shownFrame ?? -1); },
  press(key) { window.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })); },
  frame: () => new Promise((next) => requestAnimationFrame(next)),
  async until(frame) { while (this.shown() !== frame) await this.frame(); },
  async past(frame) { while (this.shown() < frame) await this.frame(); },
  async watch(seconds) {
    const seen = new Set();
    const begun = performance.now();
    while (performance.now() - begun < seconds * 1000) {
      seen.add(this.shown());
      await this.frame();
    }
    return (seen.size - 1) / ((performance.now() - begun) / 1000);
  },
  async step() {
    const begun = performance.now();
    this.press('.');
    await this.until(this.from + 1);
    const passed = performance.now() - begun;
    this.from += 1;
    return passed;
  },
};
"""


class Studio:
    """A server of its own, with a clip to be followed; ``address`` is where it is worked on."""

    def __init__(self, said: dict[str, str], home: Path) -> None:
        self.url, self.link = said["url"], said["link"]
        self._token = json.loads((home / "server.json").read_text(encoding="utf-8"))["token"]

    def make(self, clip: Path, *, tracks: int, frames: int) -> str:
        """A project with the clip as its one item and so many tracks on it; gives the studio's address."""
        import httpx

        with connect(self.url, token=self._token) as client:
            project = client.projects.create(f"clip with {tracks} tracks")
            project.set_labels(["thing"])
            item = project.datasets.create("clips").items.upload_bytes(clip.read_bytes(), "clip.mp4")
            if tracks > 0:
                item.annotations.upload([moving_track(seed, frames) for seed in range(tracks)])
            wanted = {"name": "follow", "dataset_id": item.info.dataset_id}
            headers = {"Authorization": f"Bearer {self._token}"}
            address = f"{self.url}/api/v1/projects/{project.id}/tasks"
            task_id = httpx.post(address, json=wanted, headers=headers, timeout=60).raise_for_status().json()["id"]
            project.tasks.get(task_id=task_id).add_items([item.id])
            return f"/p/{project.id}/studio/{task_id}"


@contextmanager
def running(home: Path, web: str | None) -> Iterator[Studio]:
    """``whorl up`` on a free port."""
    command = [sys.executable, "-m", "whorl.cli", "up", "--home", str(home), "--port", "0", "--json"]
    environment = {**os.environ, **({"WHORL_WEB": web} if web else {})}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            yield Studio(json.loads(process.stdout.readline()), home)
        finally:
            process.terminate()


def moving_track(seed: int, frames: int) -> AnnotationDraft:
    """A box that wanders over the whole clip, with a keyframe every tenth frame."""
    rng = random.Random(seed)
    x, y = rng.uniform(0, WIDTH - 120), rng.uniform(0, HEIGHT - 90)
    keyframes = []
    for frame in range(0, frames, 10):
        x = min(max(0.0, x + rng.uniform(-40, 40)), WIDTH - 120)
        y = min(max(0.0, y + rng.uniform(-30, 30)), HEIGHT - 90)
        keyframes.append(Keyframe(frame=frame, shape=Box(x0=x, y0=y, x1=x + 110, y1=y + 80)))
    return AnnotationDraft(label="thing", geometry=Track(keyframes=keyframes))


def measure(page: Page, seconds: float, frames: int) -> dict[str, float]:
    """Play, step and jump in a studio that is open."""
    page.evaluate(_IN_PAGE)
    page.locator('[data-region="canvas"]').focus()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.evaluate("bench.until(0)")
    page.keyboard.press("Space")
    page.evaluate("bench.past(3)")
    before = task_seconds(session)
    shown = page.evaluate("(seconds) => bench.watch(seconds)", seconds)
    worked = (task_seconds(session) - before) / seconds
    page.keyboard.press("Space")
    page.wait_for_timeout(1500)
    page.evaluate("bench.from = bench.shown()")
    steps = sorted(page.evaluate("bench.step()") for _ in range(STEPS))
    jumps = [jump(page, int(frames * (0.55 + 0.08 * number)) + number) for number in range(JUMPS)]
    return {
        "shown_per_s": round(shown, 1),
        "step_ms": round(statistics.median(steps), 1),
        "step_p95_ms": round(steps[int(len(steps) * 0.95)], 1),
        "jump_ms": round(statistics.median(jumps), 1),
        "task_s": round(worked, 2),
    }


def jump(page: Page, frame: int) -> float:
    """Milliseconds from a jump until the frame is on the screen."""
    page.keyboard.press("f")
    page.get_by_label("Go to a frame or a time").fill(str(frame))
    begun: float = page.evaluate("performance.now()")
    page.keyboard.press("Enter")
    ended: float = page.evaluate("async (frame) => { await bench.until(frame); return performance.now(); }", frame)
    page.locator('[data-region="canvas"]').focus()
    return ended - begun


def task_seconds(session: CDPSession) -> float:
    """What the page's main thread has worked so far."""
    found = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    return float(found["TaskDuration"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tracks", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--frames", type=int, default=600)
    parser.add_argument("--web", help="the built app; the installed one when left out")
    parser.add_argument("--json", action="store_true", help="the only form there is")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="whorl-bench-video-studio-"))
    try:
        clip = write_video(folder / "clip.mp4", moving_noise(given.frames), codec="libx264", key_every=250, rate=RATE)
        figures: dict[str, object] = {}
        with running(folder / "home", given.web) as studio, sync_playwright() as play:
            for tracks in (0, given.tracks):
                address = studio.make(clip, tracks=tracks, frames=given.frames)
                browser = play.chromium.launch(executable_path=find_chromium(), args=FLAGS)
                page = browser.new_context(viewport={"width": 1600, "height": 1000}).new_page()
                page.goto(studio.link)
                page.goto(studio.url + address)
                page.get_by_role("slider", name="Place in the video").wait_for(timeout=120_000)
                figures[f"{tracks} tracks"] = measure(page, given.seconds, given.frames)
                browser.close()
        limits = {"shown_per_s": LEAST_PER_S}
        print(json.dumps({"figures": figures, "limits": limits, "machine": describe_machine()}, indent=1))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
