"""The canvas of a pipeline, as a person with a mouse uses it."""

from __future__ import annotations

from tests.e2e.web.app import App


class PipelinePage:
    """The editor in the window of an app."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.page = app.page

    def drag_in(self, kind: str, x: float, y: float) -> None:
        """Drag a step from the palette onto the canvas; x and y count from the canvas' left top."""
        entry = self.page.locator(f"button[data-type={kind}]")
        entry.scroll_into_view_if_needed()
        entry.drag_to(self.page.locator(".react-flow__pane"), target_position={"x": x, "y": y})

    def node(self, name: str) -> tuple[float, float]:
        """The middle of a step's head, on the screen."""
        box = self.page.locator(f"[data-node={name}] header").bounding_box()
        assert box is not None, name
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def port(self, name: str) -> tuple[float, float]:
        """Where a port is on the screen: ``node.port``, the output where both sides have one."""
        handle = self.page.locator(f'[data-port="{name}"]').last
        box = handle.bounding_box()
        assert box is not None, name
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def input(self, name: str) -> tuple[float, float]:
        """Where an input is on the screen."""
        box = self.page.locator(f'[data-port="{name}"]').first.bounding_box()
        assert box is not None, name
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def hold(self, source: str, target: str) -> None:
        """Drag from an output to an input, and keep the button down."""
        mouse = self.page.mouse
        mouse.move(*self.port(source))
        mouse.down()
        x, y = self.input(target)
        mouse.move(x - 30, y - 6, steps=4)
        mouse.move(x, y, steps=3)

    def join(self, source: str, target: str) -> None:
        """Join two ports, and wait for the edge."""
        edges = self.page.locator(".react-flow__edge")
        before = edges.count()
        self.hold(source, target)
        self.page.mouse.up()
        edges.nth(before).wait_for(state="attached")

    def choose(self, name: str) -> None:
        """Click a step, so that its form is open."""
        self.page.mouse.click(*self.node(name))
        self.page.get_by_label("Name of the step").and_(self.page.locator(f"[value={name}]")).wait_for()

    def fill(self, field: str, text: str) -> None:
        """Write into a field of the step that is open."""
        self.page.locator(f"[data-field={field}] input").first.fill(text)

    def pick(self, field: str, label: str) -> None:
        """Choose from a list of the step that is open."""
        self.page.locator(f"[data-field={field}] input").first.click()
        self.page.get_by_role("option", name=label, exact=True).click()

    def tab(self, name: str) -> None:
        """Open a part of the side pane."""
        self.page.get_by_role("tab", name=name).click()
