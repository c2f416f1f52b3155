"""``whorl map`` and ``whorl coverage``: a dataset at a glance, and what new images bring."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.base.errors import InvalidInput
from whorl.cli.connected import DatasetOption, ProjectOption, Session, connected
from whorl.cli.output import print_json

if TYPE_CHECKING:
    from whorl.sdk.maps import Colouring, DatasetMap

PANEL = "Data"
_REST = "#b3bac1"
_COLOURS = ("#1f9aa8", "#e8833a", "#6a5acd", "#d64550", "#4c9f38", "#c2559d", "#b08d1e", "#3f7fd1", "#8c6d4f")
_SIDE, _LEGEND = 1000, 260
_HALF = 32_767
_SpaceOption = Annotated[str | None, typer.Option("--space", "-s", help="Space, by name or id; the first by default.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("map", rich_help_panel=PANEL)(connected(draw_map))
    app.command("coverage", rich_help_panel=PANEL)(connected(coverage))


def draw_map(
    session: Session,
    project: ProjectOption = None,
    dataset: DatasetOption = None,
    space: _SpaceOption = None,
    where: Annotated[str | None, typer.Option("--where", "-w", help='Only these items: "subset:train".')] = None,
    colour: Annotated[str, typer.Option(help="subset, label, labelled, source, created_at, eval:ID ...")] = "subset",
    out: Annotated[Path | None, typer.Option(help="Draw it into this file: .png or .svg.", dir_okay=False)] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Begin anew, not from the map before.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="The same one lays out the same map.")] = 0,
) -> None:
    """Lay the images out in two dimensions, those that look alike near to each other.

    What is not embedded yet is embedded first. The web app shows the map in the explorer.

    Example: `whorl map --dataset street --colour label --out street.png`
    """
    if out is not None and out.suffix.lower() not in (".png", ".svg"):
        raise InvalidInput(f"--out {out.name}: a map is drawn as .png or .svg", hint="Name the file so.")
    owned = session.dataset(session.project(project), dataset)
    with session.out.progress("map, %") as report:
        made = owned.maps.compute(space=space, filters=where, seed=seed, is_fresh=fresh, progress=report)
    if out is not None:
        _draw(made, made.colours(colour), out)
    info = made.info
    facts = {"map": made.id, "method": info.method, "points": info.n_points, "missing": info.n_missing}
    session.out.facts(facts | {"out": None if out is None else str(out)})
    note = info.params.get("note")
    if note:
        session.out.note(str(note))


def coverage(
    session: Session,
    project: ProjectOption = None,
    dataset: DatasetOption = None,
    new: Annotated[str | None, typer.Option(help='What is new: "source:camera-9"; every item by default.')] = None,
    against: Annotated[
        str | None, typer.Option(help="What is known; the training subset by default, else what is labelled.")
    ] = None,
    space: _SpaceOption = None,
    examples: Annotated[int, typer.Option(min=1, max=60, help="Most examples that are shown.")] = 8,
) -> None:
    """Say how far new images lie from what is known: the share that is covered, and examples of what is not.

    Example: `whorl coverage --dataset street --new "name:night/*" --against "subset:train"`
    """
    owned = session.dataset(session.project(project), dataset)
    report = owned.coverage(new, against, space=space, examples=examples)
    if session.out.as_json:
        print_json(report.model_dump(mode="json"))
        return
    session.out.facts(
        {
            "new": report.n_new,
            "known": f"{report.n_known} ({report.against})",
            "covered": f"{report.covered_share:.1%}",
            "radius": f"{report.radius:.3f}",
            "median distance": f"{report.quantiles['50']:.3f} (known {report.known_quantiles['50']:.3f})",
        }
    )
    rows = [[one.name, f"{one.distance:.3f}", one.nearest_name] for one in report.farthest]
    session.out.cells(["most new", "distance", "nearest known"], rows)


def _draw(made: DatasetMap, colours: Colouring, out: Path) -> None:
    named = [one for one in colours.categories if not one.is_rest]
    shades = [_REST if one.is_rest else _COLOURS[named.index(one) % len(_COLOURS)] for one in colours.categories]
    points = made.points()
    # What has no category lies below.
    order = sorted(range(len(points)), key=lambda at: (not colours.categories[colours.codes[at]].is_rest, at))
    places = [_place(*points[at]) for at in order]
    fills = [shades[colours.codes[at]] for at in order]
    radius = 1.6 if len(points) > 10_000 else 3.0
    titles = [(shade, f"{one.title} ({one.count:,})") for shade, one in zip(shades, colours.categories, strict=True)]
    if out.suffix.lower() == ".svg":
        out.write_text(_svg(places, fills, radius, titles), encoding="utf-8")
    else:
        _png(places, fills, radius, titles, out)


def _place(x: int, y: int) -> tuple[float, float]:
    return (x + _HALF) / (2 * _HALF) * _SIDE, (_HALF - y) / (2 * _HALF) * _SIDE


def _svg(places: list[tuple[float, float]], fills: list[str], radius: float, titles: list[tuple[str, str]]) -> str:
    width = _SIDE + _LEGEND
    dots = [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" fill="{fill}"/>'
        for (x, y), fill in zip(places, fills, strict=True)
    ]
    legend = [
        f'<circle cx="{_SIDE + 20}" cy="{40 + 24 * at}" r="6" fill="{fill}"/>'
        f'<text x="{_SIDE + 34}" y="{45 + 24 * at}">{escape(title)}</text>'
        for at, (fill, title) in enumerate(titles)
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {_SIDE}" font-family="sans-serif">'
    return "\n".join([head, f'<rect width="{width}" height="{_SIDE}" fill="#ffffff"/>', *dots, *legend, "</svg>\n"])


def _png(
    places: list[tuple[float, float]], fills: list[str], radius: float, titles: list[tuple[str, str]], out: Path
) -> None:
    from PIL import Image, ImageDraw

    # Twice as large and then halved, so that the dots are round.
    image = Image.new("RGB", (2 * (_SIDE + _LEGEND), 2 * _SIDE), "#ffffff")
    draw = ImageDraw.Draw(image)
    for (x, y), fill in zip(places, fills, strict=True):
        draw.ellipse((2 * (x - radius), 2 * (y - radius), 2 * (x + radius), 2 * (y + radius)), fill=fill)
    for at, (fill, title) in enumerate(titles):
        draw.ellipse((2 * _SIDE + 28, 68 + 48 * at, 2 * _SIDE + 52, 92 + 48 * at), fill=fill)
        draw.text((2 * _SIDE + 68, 66 + 48 * at), title, fill="#212529", font_size=26)
    image.resize((_SIDE + _LEGEND, _SIDE)).save(out)
