from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from whorl.schemas.selecting import SimulatedCurve
from whorl.selection.simulation.drawing import plot_svg, plot_text

SVG = "{http://www.w3.org/2000/svg}"


def curve(name: str, mean: list[float], *, half: float | None = 0.02) -> SimulatedCurve:
    labels = [10 * 2**k for k in range(len(mean))]
    low, high = ([], []) if half is None else ([m - half for m in mean], [m + half for m in mean])
    return SimulatedCurve(strategy=name, labels=labels, mean=mean, low=low, high=high, runs=[mean])


CURVES = [curve("auto", [0.5, 0.7, 0.85, 0.9]), curve("random", [0.45, 0.6, 0.7, 0.8, 0.88])]


def test_plot_text__rises_to_the_right_and_names_what_it_shows() -> None:
    text = plot_text(CURVES, full=0.95, metric="accuracy", width=60, height=12)
    lines = text.splitlines()
    assert lines[0] == "accuracy"
    assert max(len(line) for line in lines[:-1]) <= 61
    assert lines[-1].strip() == "labels (logarithmic)   o auto   . random   - all labels: 0.950"
    rows = [at for at, line in enumerate(lines) if "o" in line[8:] and at < 12]
    assert lines[max(rows)].index("o", 8) < lines[min(rows)].rindex("o")
    assert lines[-2].split() == ["10", "17", "30", "53", "92", "160"]


def test_plot_svg__is_sound_xml_with_a_line_and_a_band_for_each() -> None:
    root = ElementTree.fromstring(plot_svg(CURVES, full=0.95, metric="accuracy", title="photos: 5 pools"))
    assert root.findtext(f"{SVG}title") == "photos: 5 pools"
    assert len(root.findall(f"{SVG}polyline")) == 2
    assert len(root.findall(f"{SVG}polygon")) == 2
    assert len(root.findall(f"{SVG}circle")) == 9


def test_plot_svg__one_pool_has_no_band() -> None:
    root = ElementTree.fromstring(plot_svg([curve("auto", [0.5, 0.6], half=None)], full=0.9, metric="m", title="t"))
    assert root.findall(f"{SVG}polygon") == []


@pytest.mark.parametrize("title", ["<b>&\"'", "a\x00b\x1b[31m", "\ud800"])
def test_plot_svg__odd_names_stay_text(title: str) -> None:
    root = ElementTree.fromstring(plot_svg(CURVES, full=0.95, metric="accuracy", title=title))
    assert root.find(f"{SVG}b") is None


def test_plots__survive_one_round_and_a_flat_curve() -> None:
    flat = [curve("auto", [1.0]), curve("random", [1.0])]
    assert "auto" in plot_text(flat, full=1.0, metric="accuracy")
    ElementTree.fromstring(plot_svg(flat, full=1.0, metric="accuracy", title="flat"))
    assert plot_text([], full=1.0, metric="accuracy") == ""
