"""``whorl video``: what a video is, and frames of it as files; without a server."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from whorl.base.errors import InvalidInput, NotFound
from whorl.cli.connected import JsonOption
from whorl.cli.output import Output, print_json

PANEL = "Data"
_FileArgument = Annotated[Path, typer.Argument(help="A video file.")]
_AT_ONCE = 16


def register(app: typer.Typer) -> None:
    """Add the commands."""
    video = typer.Typer(help="Look at a video file, and take frames out of it.", no_args_is_help=True)
    video.command("info")(info)
    video.command("frames")(frames)
    app.add_typer(video, name="video", rich_help_panel=PANEL)


def info(file: _FileArgument, as_json: JsonOption = False) -> None:
    """Frames, length, rate, size and codec of a video, and what is wrong with it.

    Example: `whorl video info street.mp4`
    """
    from dataclasses import asdict

    from whorl.datasets.video.indexing import build_index

    index = build_index(_existing(file))
    facts = asdict(index.facts) | {"key_frames": len(index.keys)}
    facts |= {"duration_s": round(index.facts.duration_s, 3), "rate": round(index.facts.rate, 3)}
    Output(as_json).facts(facts)


def frames(
    file: _FileArgument,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the pictures.", file_okay=False)],
    every: Annotated[int | None, typer.Option(min=1, help="Every n-th frame.")] = None,
    seconds: Annotated[float | None, typer.Option(min=0.001, help="One in so many seconds.")] = None,
    scene: Annotated[float | None, typer.Option(min=0.0, max=1.0, help="When colours changed by so much.")] = None,
    motion: Annotated[float | None, typer.Option(min=0.0, max=1.0, help="When so much of the picture changed.")] = None,
    budget: Annotated[int | None, typer.Option(min=1, help="So many, where most moves.")] = None,
    at_most: Annotated[int, typer.Option(min=1, help="Of more, evenly so many.")] = 5000,
    png: Annotated[bool, typer.Option("--png", help="Exact, and larger than JPEG.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Take frames out of a video as pictures, named by their number.

    Example: `whorl video frames street.mp4 --out street --motion 0.02`
    """
    from whorl.datasets.video.stills import FrameRule, choose_stills_body, read_stills_body

    if sum(rule is not None for rule in (every, seconds, scene, motion, budget)) != 1:
        raise InvalidInput("which frames?", hint="Give one of --every, --seconds, --scene, --motion and --budget.")
    path, screen = _existing(file), Output(as_json)
    rule = FrameRule(every, seconds, scene, at_most if budget is None else budget, motion, budget)
    stills = choose_stills_body(path, rule)
    out.mkdir(parents=True, exist_ok=True)
    written: list[dict[str, object]] = []
    with screen.progress("frames") as report:
        for start in range(0, len(stills), _AT_ONCE):
            for still, piece in read_stills_body(path, stills[start : start + _AT_ONCE], "png" if png else "jpeg"):
                target = out / f"{file.stem}-{still.frame:06d}{'.png' if png else '.jpg'}"
                target.write_bytes(piece.data)
                written.append({"frame": still.frame, "time_s": round(still.time_s, 3), "file": str(target)})
            report(min(start + _AT_ONCE, len(stills)), len(stills))
    if as_json:
        print_json(written)
        return
    screen.facts({"frames": len(written), "not decoded": len(stills) - len(written), "folder": str(out)})


def _existing(file: Path) -> str:
    if not file.is_file():
        raise NotFound(f"there is no file {file}", hint="Check the path.")
    return str(file)
