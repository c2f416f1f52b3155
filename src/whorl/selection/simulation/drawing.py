"""Learning curves as text for a terminal and as an SVG picture; no plotting library."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from whorl.schemas.selecting import SimulatedCurve
from whorl.selection.simulation.plan import RANDOM

# Okabe and Ito's colours, told apart by colour-blind eyes; random is grey. Each line has a mark of its own, too.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A5195", "#B2182B")
_GREY = "#666666"
_MARKS = "ox+*#@%&"
_RANDOM_MARK = "."
_WIDTH, _HEIGHT = 760, 460
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 20, 44, 56
_LEGEND_PX = 18
_LABEL_GAP_PX = 44


def plot_text(curves: Sequence[SimulatedCurve], *, full: float, metric: str, width: int = 72, height: int = 18) -> str:
    """The mean curves in characters, labels on a logarithmic axis; ``full`` is a dashed line.

    Where two curves meet the later one shows; random is drawn first.
    """
    if not curves:
        return ""
    # Without the intervals, which are not drawn here: they would press the curves flat.
    low, high = _value_range([one.model_copy(update={"low": [], "high": []}) for one in curves], full)
    first, last = _label_range(curves)
    columns = max(20, width - 8)
    grid = [[" "] * columns for _ in range(height)]

    def row_of(value: float) -> int:
        return min(height - 1, max(0, round((high - value) / (high - low) * (height - 1))))

    def column_of(labels: float) -> int:
        return min(columns - 1, max(0, round(_along(labels, first, last) * (columns - 1))))

    for column in range(0, columns, 2):
        grid[row_of(full)][column] = "-"
    marks = _marks(curves)
    for curve in sorted(curves, key=lambda one: one.strategy != RANDOM):
        points = [(column_of(n), value) for n, value in zip(curve.labels, curve.mean, strict=True)]
        for (c0, v0), (c1, v1) in zip(points, points[1:], strict=False):
            for column in range(c0, c1):
                grid[row_of(v0 + (v1 - v0) * (column - c0) / (c1 - c0))][column] = marks[curve.strategy]
        for column, value in points:
            grid[row_of(value)][column] = marks[curve.strategy]
    lines = [f"{metric}"]
    for number, cells in enumerate(grid):
        value = high - (high - low) * number / (height - 1)
        tick = f"{value:6.3f}" if number % 4 == 0 or number == height - 1 else " " * 6
        lines.append(f"{tick} |{''.join(cells)}".rstrip())
    lines.append(" " * 7 + "+" + "-" * columns)
    lines.append(" " * 8 + _axis_text(first, last, columns, column_of))
    legend = "   ".join(f"{marks[one.strategy]} {one.strategy}" for one in curves)
    lines.append(" " * 8 + f"labels (logarithmic)   {legend}   - all labels: {full:.3f}")
    return "\n".join(lines)


def plot_svg(curves: Sequence[SimulatedCurve], *, full: float, metric: str, title: str) -> str:
    """The curves with their 95 % bands as an SVG document that needs nothing else, with a title for screen readers."""
    low, high = _value_range(curves, full)
    first, last = _label_range(curves)
    height = _HEIGHT + _LEGEND_PX * math.ceil(len(curves) / 4)

    def x(labels: float) -> float:
        return _LEFT + _along(labels, first, last) * (_WIDTH - _LEFT - _RIGHT)

    def y(value: float) -> float:
        return _TOP + (high - value) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        'role="img" font-family="system-ui, sans-serif" font-size="12">',
        f"<title>{_safe(title)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="22" font-size="15" fill="#111111">{_safe(title)}</text>',
    ]
    for value in _nice_ticks(low, high):
        parts.append(f'<path d="M{_LEFT} {y(value):.1f}H{_WIDTH - _RIGHT}" stroke="#e3e3e3"/>')
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y(value) + 4:.1f}" text-anchor="end" fill="#333333">{value:.2f}</text>'
        )
    at = -math.inf
    for labels in _label_ticks(curves):
        if x(labels) - at < _LABEL_GAP_PX:
            continue
        at = x(labels)
        parts.append(f'<path d="M{at:.1f} {_HEIGHT - _BOTTOM}v5" stroke="#333333"/>')
        parts.append(
            f'<text x="{at:.1f}" y="{_HEIGHT - _BOTTOM + 19}" text-anchor="middle" fill="#333333">{labels}</text>'
        )
    parts.append(f'<path d="M{_LEFT} {_HEIGHT - _BOTTOM}H{_WIDTH - _RIGHT}" stroke="#333333"/>')
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(
        f'<text x="{middle}" y="{_HEIGHT - 14}" text-anchor="middle" fill="#333333">labels (logarithmic)</text>'
    )
    parts.append(f'<text x="{_LEFT - 52}" y="{_TOP - 10}" fill="#333333">{_safe(metric)}</text>')
    parts.append(
        f'<path d="M{_LEFT} {y(full):.1f}H{_WIDTH - _RIGHT}" stroke="#111111" stroke-dasharray="6 5" opacity="0.6"/>'
    )
    words = f"all labels: {full:.3f}"
    parts.append(f'<text x="{_WIDTH - _RIGHT}" y="{y(full) - 6:.1f}" text-anchor="end" fill="#111111">{words}</text>')
    colours = _colours(curves)
    for curve in sorted(curves, key=lambda one: one.strategy != RANDOM):
        parts += _curve_parts(curve, colours[curve.strategy], x, y)
    for number, curve in enumerate(curves):
        left = _LEFT + (number % 4) * 165
        top = _HEIGHT + (number // 4) * _LEGEND_PX
        parts.append(f'<path d="M{left} {top}h24" stroke="{colours[curve.strategy]}" stroke-width="3"{_dash(curve)}/>')
        parts.append(f'<text x="{left + 30}" y="{top + 4}" fill="#111111">{_safe(curve.strategy)}</text>')
    parts.append("</svg>\n")
    return "\n".join(parts)


# x and y: from labels and metric to pixels.
def _curve_parts(curve: SimulatedCurve, colour: str, x, y) -> list[str]:  # type: ignore[no-untyped-def]
    points = [f"{x(n):.1f},{y(value):.1f}" for n, value in zip(curve.labels, curve.mean, strict=True)]
    parts = []
    if curve.low:
        ends = [f"{x(n):.1f},{y(value):.1f}" for n, value in zip(curve.labels, curve.high, strict=True)]
        back = [f"{x(n):.1f},{y(value):.1f}" for n, value in zip(curve.labels, curve.low, strict=True)]
        parts.append(f'<polygon points="{" ".join([*ends, *back[::-1]])}" fill="{colour}" opacity="0.13"/>')
    parts.append(
        f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="2"{_dash(curve)}/>'
    )
    for point in points:
        cx, _, cy = point.partition(",")
        parts.append(f'<circle cx="{cx}" cy="{cy}" r="2.6" fill="{colour}"/>')
    return parts


def _dash(curve: SimulatedCurve) -> str:
    return ' stroke-dasharray="7 4"' if curve.strategy == RANDOM else ""


def _colours(curves: Sequence[SimulatedCurve]) -> dict[str, str]:
    names = [one.strategy for one in curves if one.strategy != RANDOM]
    return {name: _COLOURS[at % len(_COLOURS)] for at, name in enumerate(names)} | {RANDOM: _GREY}


def _marks(curves: Sequence[SimulatedCurve]) -> dict[str, str]:
    names = [one.strategy for one in curves if one.strategy != RANDOM]
    return {name: _MARKS[at % len(_MARKS)] for at, name in enumerate(names)} | {RANDOM: _RANDOM_MARK}


def _value_range(curves: Sequence[SimulatedCurve], full: float) -> tuple[float, float]:
    values = [full, *(v for one in curves for v in (*one.mean, *one.low, *one.high))]
    low, high = min(values), max(values)
    room = max(0.01, (high - low) * 0.04)
    return max(0.0, low - room), min(1.0, high + room) if high < 1 else 1.0 + room / 4


def _label_range(curves: Sequence[SimulatedCurve]) -> tuple[int, int]:
    counts = [n for one in curves for n in one.labels] or [1]
    return min(counts), max(counts)


def _along(labels: float, first: int, last: int) -> float:
    return 0.5 if first == last else (math.log(labels) - math.log(first)) / (math.log(last) - math.log(first))


def _label_ticks(curves: Sequence[SimulatedCurve]) -> list[int]:
    return sorted({n for one in curves for n in one.labels})


def _nice_ticks(low: float, high: float) -> list[float]:
    raw = (high - low) / 6
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= raw)
    return [step * k for k in range(math.ceil(low / step), math.floor(high / step) + 1)]


# column_of: from labels to a column.
def _axis_text(first: int, last: int, columns: int, column_of) -> str:  # type: ignore[no-untyped-def]
    cells = [" "] * (columns + 8)
    end = -2
    for labels in sorted({first, last, *(round(first * (last / first) ** (k / 5)) for k in range(1, 5))}):
        text, start = str(labels), max(0, column_of(labels) - len(str(labels)) // 2)
        if start > end + 1:
            cells[start : start + len(text)] = list(text)
            end = start + len(text)
    return "".join(cells).rstrip()


def _safe(text: str) -> str:
    """Text that is sound in XML: no markup, no control characters, no lone surrogates."""
    sound = "".join(one for one in text if one.isprintable())
    return escape(sound.encode("utf-8", "replace").decode())
