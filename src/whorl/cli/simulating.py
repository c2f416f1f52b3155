"""``whorl simulate``: what choosing would save on a labelled set, before anybody labels; needs no server."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.base.errors import InvalidInput
from whorl.base.settings import Settings
from whorl.cli.connected import HomeOption, JsonOption
from whorl.cli.output import Output, print_json

if TYPE_CHECKING:
    from whorl.selection.simulation.outcome import Outcome


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Choose")(simulate)


def simulate(
    data: Annotated[
        Path, typer.Option("--data", help="Labelled folder: a folder per class, COCO, VOC, YOLO, Dataloop.")
    ],
    format_name: Annotated[
        str | None, typer.Option("--format", help="coco, voc, yolo, dataloop, folder_classes …")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", help="builtin:linear (classes, or crops of objects) or builtin:tinydet. [default: by the labels]"
        ),
    ] = None,
    strategies: Annotated[
        str, typer.Option("--strategies", help="Names with commas; random always runs.")
    ] = "auto,margin,random",
    rounds: Annotated[int, typer.Option("--rounds", help="Rounds of labelling, of growing size.")] = 8,
    budgets: Annotated[
        str | None, typer.Option("--budgets", help="Labels after each round, such as 20,50,100, in place of --rounds.")
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", help="Pools to draw; intervals need 2, and trust about 20.")] = 5,
    test_share: Annotated[float, typer.Option("--test-share", help="Share of the items that only tests.")] = 0.3,
    target: Annotated[
        float | None,
        typer.Option("--target", help="Metric whose cost is forecast. [default: 95 % of what all labels give]"),
    ] = None,
    seconds_per_label: Annotated[
        float | None, typer.Option("--seconds-per-label", help="To tell the cost in time.")
    ] = None,
    features: Annotated[str, typer.Option("--features", help="auto, hog, lite0 or hog+lite0.")] = "auto",
    budget_s: Annotated[
        float, typer.Option("--train-seconds", help="CPU seconds of each training of a detector.")
    ] = 20.0,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for results and finished runs; a second call goes on there.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replay a labelled set as if nothing were labelled, and compare strategies with random.

    Ctrl-C stops after the running strategy; with --out, what is done is kept.

    Example: `whorl simulate --data photos --strategies auto,margin --seeds 10 --out results`
    """
    from whorl.selection.simulation.running import Places, Wish
    from whorl.selection.simulation.running import simulate as run
    from whorl.selection.simulation.sources import read_images

    wish = Wish(
        strategies=tuple(one.strip() for one in strategies.split(",") if one.strip()),
        model=model,
        budgets=_counts(budgets),
        rounds=rounds,
        seeds=seeds,
        test_share=test_share,
        target=target,
        seconds_per_label=seconds_per_label,
        features=features,
        budget_s=budget_s,
    )
    show = Output(as_json)
    root = Settings(home=home).home if home is not None else Settings().home
    images = read_images(data, format_name=format_name)
    show.note(f"{len(images)} labelled images in {data.name}")
    with _scratch(out) as folder, _stopping(show) as should_stop, contextlib.ExitStack() as bars:
        report = _reporter(show, bars)
        places = Places(home=root, cache=root / "cache" / "features", runs=folder / "runs")
        outcome = run(images, wish, places, report=report, should_stop=should_stop)
    _show(show, outcome, data.name, out)


def _counts(text: str | None) -> tuple[int, ...] | None:
    if text is None:
        return None
    try:
        return tuple(int(one) for one in text.split(","))
    except ValueError:
        raise InvalidInput(f"--budgets {text!r}", hint="Write whole numbers with commas: 20,50,100.") from None


@contextlib.contextmanager
def _scratch(out: Path | None) -> Iterator[Path]:
    if out is not None:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidInput(f"cannot write to {out}: {error.strerror}", hint="Choose another folder.") from None
        yield out
        return
    import tempfile

    with tempfile.TemporaryDirectory(prefix="whorl-simulate-") as folder:
        yield Path(folder)


@contextlib.contextmanager
def _stopping(show: Output) -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C asks to stop, the second one breaks off."""
    asked: list[bool] = []

    def stop(number: int, frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(True)
        show.note("stops after this strategy; once more breaks off")

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


def _reporter(show: Output, bars: contextlib.ExitStack) -> Callable[[str, int, int], None]:
    open_bars: dict[str, Callable[[int, int | None], None]] = {}

    def report(doing: str, done: int, total: int) -> None:
        if doing not in open_bars:
            bars.close()
            open_bars[doing] = bars.enter_context(show.progress(doing))
        open_bars[doing](done, total)

    return report


def _show(show: Output, outcome: Outcome, name: str, out: Path | None) -> None:
    from whorl.selection.simulation.drawing import plot_svg, plot_text

    plain = outcome.to_json()
    if out is not None:
        title = f"{name}: {outcome.n_pools} pools of {outcome.n_pool} items"
        picture = plot_svg(outcome.curves, full=outcome.full_metric, metric=outcome.metric_name, title=title)
        (out / "curves.svg").write_text(picture, encoding="utf-8")
        (out / "simulation.json").write_text(json.dumps(plain, indent=2), encoding="utf-8")
    if show.as_json:
        print_json(plain)
        return
    if sys.stdout.isatty():
        print(plot_text(outcome.curves, full=outcome.full_metric, metric=outcome.metric_name))
        print()
    show.cells(("strategy", "labels for 90 %", "saved", "labels for 95 %", "saved", "below random"), _table(outcome))
    print(f"\n{outcome.recommendation}")
    for note in outcome.notes:
        show.note(note)
    if out is not None:
        show.note(f"curves: {out / 'curves.svg'}, figures: {out / 'simulation.json'}")


def _table(outcome: Outcome) -> list[list[str]]:
    rows = []
    for name in dict.fromkeys(one.strategy for one in outcome.savings):
        cells = [name]
        for one in outcome.savings:
            if one.strategy == name:
                cells += [_reached(one.n_strategy, one.n_random), _saved(one.saving, one.low, one.high)]
        below = outcome.below_random.get(name)
        cells.append("?" if below is None else ("never" if not below else "at " + ", ".join(map(str, below))))
        rows.append(cells)
    return rows


def _reached(labels: float | None, random: float | None) -> str:
    ours = "not reached" if labels is None else f"{labels:.0f}"
    return f"{ours} (random {'not reached' if random is None else f'{random:.0f}'})"


def _saved(value: float | None, low: float | None, high: float | None) -> str:
    if value is None:
        return "-"
    if low is None or high is None:
        return f"{100 * value:.0f} % (no interval)"
    return f"{100 * value:.0f} % ({100 * low:.0f} to {100 * high:.0f})"
