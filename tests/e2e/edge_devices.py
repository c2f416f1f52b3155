"""Four devices in one process, each with a spool and a link of its own; run by test_edge, and killed by it.

``python edge_devices.py FOLDER HOST BASE_URL TOKEN``: offers what is left of each device's stream, sends until
everything is delivered, and ends. Time is that of the streams: windows do not depend on how fast the machine is.
"""

from __future__ import annotations

import hashlib
import sys
import time
from pathlib import Path

import numpy as np

from whorl.selection.edge import (
    BaseTarget,
    FakeTime,
    Forwarder,
    Link,
    Room,
    Rules,
    Sampler,
    Spool,
    parse_budget,
    parse_recipe,
)

DEVICES_OF_HOST = 4
N_IMAGES = 80
BUDGET = "12/min,1MB/min"
WINDOW_S = 20.0


def is_rare(device: int, number: int) -> bool:
    """The kind of an image: rare in most places, and often early on one device in five."""
    often = 3 if device % 5 == 0 and number < 30 else 16
    return hashlib.sha256(f"{device}/{number}".encode()).digest()[0] % often == 0


class Device:
    """One device: a stream, a sampler, a link."""

    def __init__(self, folder: Path, index: int, url: str, token: str) -> None:
        self.index = index
        self.place = folder / f"device-{index}.at"
        # Every tenth device has a disk that is full after a few images.
        room = Room(max_bytes=1800 if index % 10 == 3 else 10**7, min_free_bytes=0)
        rules = Rules(
            budget=parse_budget(BUDGET),
            recipe=parse_recipe("novelty+uncertainty+uniform=0.5"),
            window_s=WINDOW_S,
            burst_s=0,
        )
        self.time = FakeTime()
        spool = Spool(folder / f"device-{index}", room)
        self.sampler = Sampler(spool, rules, device=f"device {index}", source=self.time)
        link = Link(url, token, timeout_s=20)
        self.forwarder = Forwarder(self.sampler, BaseTarget(link), first_wait_s=0.1, longest_wait_s=1.0)
        self.number = int(self.place.read_text()) if self.place.exists() else 0
        self.due_at = 0.0

    def offer(self) -> None:
        """Offer the next image; its place in the stream is noted afterwards, so that it may be offered twice."""
        if self.number >= N_IMAGES:
            return
        rare = is_rare(self.index, self.number)
        pixels = np.random.default_rng([self.index, self.number]).integers(0, 256, (6, 6, 3), dtype=np.uint8)
        told = {"device_index": self.index, "number": self.number, "is_rare": rare}
        self.sampler.offer(pixels, told, 0.9 if rare else 0.1, key=str(self.number))
        self.time.advance(1)
        self.number += 1
        partial = self.place.with_suffix(".partial")
        partial.write_text(str(self.number))
        partial.replace(self.place)

    def finish(self) -> bool:
        """End the last window; whether everything is delivered."""
        totals = self.sampler.spool.totals()
        if self.number >= N_IMAGES and "candidate" in totals:
            self.time.advance(5)
            self.sampler.tick()
        return self.number >= N_IMAGES and not totals

    def send(self) -> None:
        """Send one image, when it is time."""
        if time.monotonic() >= self.due_at:
            self.due_at = time.monotonic() + self.forwarder.step()


def main(folder: str, host: str, url: str, token: str) -> None:
    first = int(host) * DEVICES_OF_HOST
    devices = [Device(Path(folder), index, url, token) for index in range(first, first + DEVICES_OF_HOST)]
    while not all([device.finish() for device in devices]):
        for device in devices:
            device.offer()
            device.send()
        time.sleep(0.01)
    for device in devices:
        device.sampler.save()


if __name__ == "__main__":
    main(*sys.argv[1:])
