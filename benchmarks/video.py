"""Frames of a 720p video through a running server: in order, at random, and what it costs to look at a video first.

    python -m benchmarks.video [--frames 600] [--video FILE] [--width 1280] [--json]

Makes a clip of noise that moves (H.264, 30 frames a second, a key frame every 250 frames, two frames out of order), or
takes yours; starts a server on a home of its own, uploads it and asks as the app does: packs of 32 frames one after the
other, again from the folder of packs, backwards, and single frames at random. Prints one JSON object: frames per
second, milliseconds (median and 95th percentile), bytes per frame, processor seconds of all processes, the machine.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import describe_machine
from whorl.base.settings import Settings
from whorl.datasets.video.packs import CHUNK, unpack_frames
from whorl.server.embedded import start_embedded
from whorl.testing.videos import write_video

SINGLES = 40


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=600)
    parser.add_argument("--video", type=Path)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--json", action="store_true", help="the only form there is")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="whorl-bench-video-"))
    try:
        video = given.video or write_video(
            folder / "clip.mp4", moving_noise(given.frames), codec="libx264", b_frames=2, key_every=250, rate=30
        )
        print(json.dumps(measure(video, folder / "home", given.width), indent=2))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def moving_noise(count: int) -> Iterator[NDArray[np.uint8]]:
    """720p frames: noise of several sizes, and a part of it that wanders."""
    import cv2

    rng = np.random.default_rng(0)
    ground = np.zeros((1000, 1600, 3), np.float32) + 110
    for cells in (20, 80, 320):
        grain = rng.normal(0, 22, (cells * 5 // 8, cells, 3)).astype(np.float32)
        ground += cv2.resize(grain, (1600, 1000), interpolation=cv2.INTER_CUBIC)
    still = np.clip(ground, 0, 255).astype(np.uint8)
    for at in range(count):
        left, top = at * 2 % 300, at % 250
        pixels = still[top : top + 720, left : left + 1280].copy()
        x, y = 60 + at * 5 % 1000, 200 + at * 3 % 300
        pixels[y : y + 150, x : x + 200] = still[:150, :200]
        yield pixels


def measure(video: Path, home: Path, width: int) -> dict[str, object]:
    """Everything, on a server of its own."""
    embedded = start_embedded(Settings(home=home))
    try:
        headers = {"authorization": f"Bearer {embedded.token}"}
        with httpx.Client(base_url=f"{embedded.url}/api/v1", headers=headers, timeout=120) as client:
            item_id = _upload(client, video)
            started = time.perf_counter()
            info = client.get(f"/items/{item_id}/video").raise_for_status().json()
            index_ms = (time.perf_counter() - started) * 1000
            ask = _Asker(client, item_id, width)
            starts = list(range(0, info["n_frames"], CHUNK))
            first = ask.single(0)
            report: dict[str, object] = {
                "video": {name: info[name] for name in ("n_frames", "rate", "width", "height", "codec")},
                "look_first_ms": round(index_ms, 1),
                "first_frame_ms": round(first, 1),
                "in_order": ask.packs(starts),
                "in_order_again": ask.packs(starts),
                "backwards": _Asker(client, item_id, max(width * 3 // 4, 16)).packs(starts[::-1]),
                "single_at_random": _Asker(client, item_id, max(width // 2, 16)).singles(info["n_frames"]),
            }
    finally:
        embedded.close()
    return report | {"machine": describe_machine()}


class _Asker:
    """Asks for frames of one width, which nobody asked for before."""

    def __init__(self, client: httpx.Client, item_id: str, width: int) -> None:
        self._client = client
        self._path = f"/items/{item_id}/frames"
        self._width = width

    def packs(self, starts: list[int]) -> dict[str, float]:
        """One pack after the other."""
        began, cpu = time.perf_counter(), _cpu_s()
        times: list[float] = []
        frames = size = 0
        for start in starts:
            asked = time.perf_counter()
            params = {"start": start, "count": CHUNK, "width": self._width}
            data = self._client.get(self._path, params=params).raise_for_status().content
            times.append((time.perf_counter() - asked) * 1000)
            frames += len(unpack_frames(data))
            size += len(data)
        wall = time.perf_counter() - began
        return {
            "frames_per_s": round(frames / wall, 1),
            "cpu_ms_per_frame": round((_cpu_s() - cpu) * 1000 / frames, 2),
            "pack_ms_median": round(statistics.median(times), 1),
            "pack_ms_p95": round(float(np.percentile(times, 95)), 1),
            "kb_per_frame": round(size / frames / 1000, 1),
        }

    def single(self, frame: int) -> float:
        """Milliseconds until one frame is there."""
        asked = time.perf_counter()
        self._client.get(f"{self._path}/{frame}", params={"width": self._width}).raise_for_status()
        return (time.perf_counter() - asked) * 1000

    def singles(self, n_frames: int) -> dict[str, float]:
        """Frames at random."""
        rng = random.Random(0)
        times = [self.single(rng.randrange(n_frames)) for _ in range(SINGLES)]
        return {"ms_median": round(statistics.median(times), 1), "ms_p95": round(float(np.percentile(times, 95)), 1)}


def _upload(client: httpx.Client, video: Path) -> str:
    project = client.post("/projects", json={"name": "bench"}).raise_for_status().json()["id"]
    dataset = client.post(f"/projects/{project}/datasets", json={"name": "videos"}).raise_for_status().json()["id"]
    with video.open("rb") as file:
        sent = client.post(f"/datasets/{dataset}/items", files={"file": (video.name, file)}).raise_for_status()
    return str(sent.json()["id"])


def _cpu_s() -> float:
    """Of this process, where the server's threads are too, and of the processes that decode and still run."""
    mine = resource.getrusage(resource.RUSAGE_SELF)
    return mine.ru_utime + mine.ru_stime + _children_s()


def _children_s() -> float:
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(parts[1]) == _own_pid():
            ticks += int(parts[11]) + int(parts[12])
    return ticks / 100


def _own_pid() -> int:
    import os

    return os.getpid()


if __name__ == "__main__":
    main()
