"""What a person draws, in Python: shapes with a label, collected by a builder.

Coordinates are pixels of the upright image, x to the right and y down.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from pydantic import ValidationError

from whorl.base.errors import InvalidInput, JsonValue
from whorl.schemas import annotations as wire

Attributes = Mapping[str, JsonValue]
Ring = Sequence[Sequence[float]]
G = TypeVar("G", bound=wire.Geometry)


class Drawing:
    """A geometry with a label: the base of Box, Polygon and the others.

    Args:
        geometry: The shape.
        label: A label of the project's ontology.
        attributes: Further facts, by attribute name.
        confidence: In [0, 1]; left out when a person is the author.
    """

    def __init__(
        self,
        geometry: wire.Geometry,
        label: str | None,
        *,
        attributes: Attributes | None = None,
        confidence: float | None = None,
    ) -> None:
        if not label:
            raise InvalidInput(f"a {geometry.type} without a label", hint="Give label='…'.")
        self.geometry = geometry
        self.label = label
        self.attributes = dict(attributes or {})
        self.confidence = confidence

    def to_draft(self) -> wire.AnnotationDraft:
        """The annotation as it is sent to the server."""
        return wire.AnnotationDraft(
            label=self.label, geometry=self.geometry, attributes=self.attributes, confidence=self.confidence
        )


class Box(Drawing):
    """An axis-aligned box: ``Box(left, top, right, bottom, label)``, or ``Box(x0=…, y0=…, x1=…, y1=…, label=…)``.

    Raises:
        InvalidInput: A side is missing, given twice or not finite, or the box has no area.
    """

    def __init__(
        self,
        left: float | None = None,
        top: float | None = None,
        right: float | None = None,
        bottom: float | None = None,
        label: str | None = None,
        attributes: Attributes | None = None,
        *,
        x0: float | None = None,
        y0: float | None = None,
        x1: float | None = None,
        y1: float | None = None,
        confidence: float | None = None,
    ) -> None:
        sides = [_one_of(*pair) for pair in (("left", left, "x0", x0), ("top", top, "y0", y0))]
        sides += [_one_of(*pair) for pair in (("right", right, "x1", x1), ("bottom", bottom, "y1", y1))]
        geometry = _checked(lambda: wire.Box(x0=sides[0], y0=sides[1], x1=sides[2], y1=sides[3]))
        super().__init__(geometry, label, attributes=attributes, confidence=confidence)


class Classification(Drawing):
    """The label holds for the whole item."""

    def __init__(self, label: str, attributes: Attributes | None = None, *, confidence: float | None = None) -> None:
        super().__init__(wire.ClassTag(), label, attributes=attributes, confidence=confidence)


class RotatedBox(Drawing):
    """A box turned about its centre: ``RotatedBox(cx, cy, width, height, angle, label)``.

    Args:
        angle: Degrees, clockwise as seen on screen; any turn, kept in [-180, 180).

    Raises:
        InvalidInput: A value is not finite, or a side is not positive.
    """

    def __init__(
        self,
        cx: float,
        cy: float,
        width: float,
        height: float,
        angle: float,
        label: str | None = None,
        attributes: Attributes | None = None,
        *,
        confidence: float | None = None,
    ) -> None:
        turn = (angle + 180) % 360 - 180
        geometry = _checked(lambda: wire.RotatedBox(cx=cx, cy=cy, width=width, height=height, angle=turn))
        super().__init__(geometry, label, attributes=attributes, confidence=confidence)


class Polygon(Drawing):
    """A closed outline: ``geo`` is a list of [x, y], or a list of such rings for an object of several parts.

    Raises:
        InvalidInput: A ring has fewer than three points, or a coordinate is not finite.
    """

    def __init__(
        self,
        geo: Ring | Sequence[Ring],
        label: str | None = None,
        attributes: Attributes | None = None,
        *,
        confidence: float | None = None,
    ) -> None:
        plain = _plain(geo)
        is_one_ring = isinstance(plain, list) and plain and _is_point(plain[0])
        geometry = _checked(lambda: wire.Polygon.model_validate({"rings": [plain] if is_one_ring else plain}))
        super().__init__(geometry, label, attributes=attributes, confidence=confidence)


class Polyline(Drawing):
    """An open line of at least two points."""

    def __init__(
        self,
        geo: Ring,
        label: str | None = None,
        attributes: Attributes | None = None,
        *,
        confidence: float | None = None,
    ) -> None:
        geometry = _checked(lambda: wire.Polyline.model_validate({"points": _plain(geo)}))
        super().__init__(geometry, label, attributes=attributes, confidence=confidence)


class Point(Drawing):
    """One key point."""

    def __init__(
        self,
        x: float,
        y: float,
        label: str | None = None,
        attributes: Attributes | None = None,
        *,
        confidence: float | None = None,
    ) -> None:
        geometry = _checked(lambda: wire.Points(points=[(float(x), float(y))]))
        super().__init__(geometry, label, attributes=attributes, confidence=confidence)


class Mask(Drawing):
    """A binary mask as COCO's compressed run lengths (column by column, zeros first)."""

    def __init__(
        self,
        counts: str,
        height: int,
        width: int,
        label: str | None = None,
        attributes: Attributes | None = None,
        *,
        confidence: float | None = None,
    ) -> None:
        geometry = _checked(lambda: wire.Mask(counts=counts, height=height, width=width))
        super().__init__(geometry, label, attributes=attributes, confidence=confidence)


class Track(Drawing):
    """One object through a video: ``Track({0: Box(...), 40: Box(...), 90: None}, "car")``, by frames from 0.

    Between two keyframes the shape moves in a straight line; from None on the object is not in the picture.

    Raises:
        InvalidInput: A frame is negative, there is no shape, or the shapes are of several kinds.
    """

    def __init__(
        self,
        keyframes: Mapping[int, Drawing | wire.FrameShape | None],
        label: str | None = None,
        attributes: Attributes | None = None,
        *,
        confidence: float | None = None,
    ) -> None:
        shapes = {frame: one.geometry if isinstance(one, Drawing) else one for frame, one in keyframes.items()}
        plain = [
            {"frame": frame, "shape": None if shape is None else shape.model_dump(), "is_outside": shape is None}
            for frame, shape in sorted(shapes.items())
        ]
        geometry = _checked(lambda: wire.Track.model_validate({"keyframes": plain}))
        super().__init__(geometry, label, attributes=attributes, confidence=confidence)


class AnnotationBuilder:
    """Collects drawings for one item before they are uploaded together."""

    def __init__(self) -> None:
        self.annotations: list[wire.AnnotationDraft] = []

    def add(
        self,
        annotation_definition: Drawing,
        *,
        attributes: Attributes | None = None,
        model_info: Mapping[str, JsonValue] | None = None,
    ) -> AnnotationBuilder:
        """Add one drawing.

        Args:
            attributes: Added to the drawing's own.
            model_info: ``{"confidence": 0.9}``, for scripts that give the confidence here.
        """
        draft = annotation_definition.to_draft()
        confidence = (model_info or {}).get("confidence", draft.confidence)
        changes = {"attributes": {**draft.attributes, **(attributes or {})}, "confidence": confidence}
        self.annotations.append(_checked(lambda: wire.AnnotationDraft.model_validate(draft.model_dump() | changes)))
        return self

    def __len__(self) -> int:
        return len(self.annotations)

    def __iter__(self) -> Iterator[wire.AnnotationDraft]:
        return iter(self.annotations)


M = TypeVar("M")


def _checked(make: Callable[[], M]) -> M:
    try:
        return make()
    except (ValidationError, TypeError, ValueError) as error:
        if isinstance(error, ValidationError):
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise InvalidInput(f"{where}: {first['msg']}" if where else first["msg"]) from error
        raise InvalidInput(str(error)) from error


def _one_of(name: str, value: float | None, other_name: str, other: float | None) -> float:
    if (value is None) == (other is None):
        problem = "is missing" if value is None else "is given twice"
        raise InvalidInput(f"a side of the box {problem}: {name} or {other_name}", hint=f"Give {name} or {other_name}.")
    return float(value if value is not None else other if other is not None else 0.0)


def _plain(nested: object) -> object:
    to_list = getattr(nested, "tolist", None)
    if callable(to_list):
        return to_list()
    if isinstance(nested, Sequence) and not isinstance(nested, str):
        return [_plain(part) for part in nested]
    return nested


def _is_point(part: object) -> bool:
    return isinstance(part, list) and len(part) > 0 and not isinstance(part[0], list)
