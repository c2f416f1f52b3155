"""A video in the studio: play, follow a car, let the tracker help, delete, undo, hand it in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.e2e.web.app import App
from tests.e2e.web.serving import Server
from tests.e2e.web.studio import until
from tests.e2e.web.worlds import World, make_world

from whorl.schemas.annotations import Box, Keyframe, Track

FIRST, MIDDLE, LAST = 78, 88, 98


class VideoStudio:
    """Hands and eyes on a video."""

    def __init__(self, app: App, world: World) -> None:
        self.page, self.world = app.page, world
        self.canvas = self.page.locator('[data-region="canvas"]')
        self.slider = self.page.get_by_role("slider", name="Place in the video")

    def open(self) -> None:
        """Open the task and wait until the first frame is there."""
        self.page.goto(self.world.studio)
        self.slider.wait_for()

    def frame(self) -> int:
        """The frame that is meant."""
        return int(self.slider.get_attribute("aria-valuenow") or -1)

    def go_to(self, frame: int) -> None:
        """Type where to go, and wait until the tracks of that frame are shown."""
        self.page.keyboard.press("f")
        self.page.get_by_label("Go to a frame or a time").fill(str(frame))
        self.page.keyboard.press("Enter")
        until(self.frame, frame)
        self.page.locator(f'[data-region="dock"] [data-shown-frame="{frame}"]').wait_for()
        self.canvas.focus()

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag from one place of the canvas to another; fractions."""
        frame = self.canvas.bounding_box()
        assert frame is not None
        x0, y0 = frame["x"] + frame["width"] * start[0], frame["y"] + frame["height"] * start[1]
        x1, y1 = frame["x"] + frame["width"] * end[0], frame["y"] + frame["height"] * end[1]
        self.page.mouse.move(x0, y0)
        self.page.mouse.down()
        self.page.mouse.move(x1, y1, steps=5)
        self.page.mouse.up()

    def said(self, words: str) -> None:
        """Wait until the bar says this of the selected track."""
        self.page.get_by_role("status").filter(has_text=re.compile(words)).first.wait_for()

    def keyframes(self) -> list[Keyframe]:
        """What stands on the item."""
        found = self.world.dataset.items.get(item_id=self.world.item_ids[0]).annotations.list()
        assert [one.label for one in found] == ["car"]
        track = found[0].geometry
        assert isinstance(track, Track)
        return track.keyframes


@pytest.fixture
def video_world(server: Server, shared_dir: Path) -> World:
    video = shared_dir / "data" / "intel_videos" / "car-detection.mp4"
    world = make_world(server, "video", items=0, labels=("car", "van"), tools=("box",))
    item = world.dataset.items.upload_bytes(video.read_bytes(), "picture-000.mp4")
    world.item_ids.append(item.id)
    world.task.add_items([item.id])
    return world


@pytest.mark.shared
def test_a_car_is_followed_through_a_video(app: App, video_world: World) -> None:
    studio = VideoStudio(app, video_world)
    page = studio.page
    studio.open()
    # Play moves on by itself, and stops.
    page.keyboard.press("Space")
    until(lambda: studio.frame() > 3, True)
    page.keyboard.press("Space")
    page.get_by_role("button", name="Play").wait_for()

    # A box is a track; twenty frames on it is moved, and in the middle it is half way.
    studio.go_to(FIRST)
    page.keyboard.press("b")
    studio.drag((0.38, 0.22), (0.56, 0.75))
    studio.said("car: keyframe")
    for _ in range(LAST - FIRST):
        page.keyboard.press("c")
    until(studio.frame, LAST)
    studio.said("as in the last keyframe")
    page.keyboard.press("v")
    studio.drag((0.45, 0.5), (0.45, 0.3))
    studio.said("car: keyframe")
    studio.go_to(MIDDLE)
    studio.said("between keyframes")
    page.keyboard.press("w")
    studio.said("car: keyframe")

    # The tracker fills what is between and leaves what was said.
    studio.go_to(FIRST)
    page.keyboard.press("Control+b")
    studio.said("Carried on|lost at frame")

    # Deleted from the middle on, and taken back; a reload brings all of it again.
    studio.go_to(MIDDLE)
    page.keyboard.press("Delete")
    page.get_by_role("dialog").get_by_role("button", name="From here on").click()
    studio.said("not in the picture")
    page.keyboard.press("Control+z")
    studio.said("car: keyframe")
    page.get_by_role("button", name=re.compile(r"^Saved\. ")).wait_for()
    page.reload()
    studio.slider.wait_for()
    page.get_by_role("img", name=re.compile(r"^car 1: \d+ keyframes")).wait_for()
    page.keyboard.press("Enter")
    until(lambda: video_world.statuses(), ["submitted"])

    keyframes = studio.keyframes()
    by_person = {one.frame: one.shape for one in keyframes if one.by == "person"}
    assert sorted(by_person) == [FIRST, MIDDLE, LAST]
    first, middle, last = (by_person[frame] for frame in (FIRST, MIDDLE, LAST))
    assert isinstance(first, Box)
    assert isinstance(middle, Box)
    assert isinstance(last, Box)
    assert last.y0 < first.y0 - 20
    assert middle.y0 == pytest.approx((first.y0 + last.y0) / 2, abs=0.01)
    found = [one for one in keyframes if one.by == "tracker"]
    assert found
    assert all(FIRST < one.frame < LAST for one in found)
