"""``whorl demo``: the whole loop on real images, beside a random control arm, with nothing to configure."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.base.errors import InvalidInput
from whorl.base.log import configure_logging
from whorl.base.settings import Settings
from whorl.cli.connected import HomeOption, JsonOption
from whorl.cli.output import Output, print_json

if TYPE_CHECKING:
    from whorl.pipelines.nodes.base import PipelineServices
    from whorl.pipelines.simulation.arms import Arm, Plan
    from whorl.pipelines.simulation.loop import LoopReport, Round
    from whorl.schemas.records import ItemRecord

SCENES = 300


class Scenario(StrEnum):
    """What the demo shows."""

    DIGITS = "digits"
    SCENES = "scenes"


@dataclass(frozen=True)
class _Story:
    """What is played: a name, the labelled records, and how."""

    name: str
    records: list[ItemRecord]
    plan: Plan


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Start")(demo)


def demo(
    scenario: Annotated[Scenario, typer.Option(help="digits: classification. scenes: detection.")] = Scenario.DIGITS,
    source: Annotated[
        Path | None, typer.Option("--from", exists=True, help="Play it on your own labelled folder instead.")
    ] = None,
    format_name: Annotated[str | None, typer.Option("--format", help="Of --from: coco, voc, yolo, dataloop …")] = None,
    home: HomeOption = None,
    rounds: Annotated[int, typer.Option(min=1, max=50, help="Rounds of choose, label, train, compare.")] = 4,
    budget: Annotated[int | None, typer.Option(min=2, help="Images labelled per round and arm.")] = None,
    strategy: Annotated[str | None, typer.Option(help="Selection strategy. [default: by task]")] = None,
    train_seconds: Annotated[float | None, typer.Option(min=1, help="CPU seconds per detector training.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed plays the same people and choices.")] = 0,
    headless: Annotated[bool, typer.Option("--headless", help="End after the report; start no server.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the server that stays up; 0 takes a free one.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Watch the whole loop: pre-label, label, review, split, train, evaluate, compare, promote.

    Simulated people answer from the true labels, with 3 % wrong answers, of which a reviewer finds most. A second arm
    with the same budget chooses at random, so that the labels saved are measured and not claimed.

    Example: `whorl demo` or `whorl demo --from ./BCCD --format voc --headless`
    """
    configure_logging("WARNING")
    out = Output(as_json)
    started = time.perf_counter()
    with _home(home, out) as folder:
        story = _tell_story(scenario, source, format_name, folder)
        plan = _adjust(story.plan, rounds, budget, strategy, train_seconds, seed)
        settings = Settings.model_validate(Settings().model_dump() | {"home": folder, "port": port})
        report = _play(settings, story, plan, out)
        seconds = time.perf_counter() - started
        _show_report(story.name, plan, report, seconds, out)
        if not headless:
            _serve(settings, out)


@contextlib.contextmanager
def _home(given: Path | None, out: Output) -> Iterator[Path]:
    if given is not None:
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="whorl-demo-"))
    out.note(f"Everything is kept in {folder} and removed at the end; --home keeps it.")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _tell_story(scenario: Scenario, source: Path | None, format_name: str | None, folder: Path) -> _Story:
    from whorl.formats.registry import detect_format, get_format
    from whorl.pipelines.simulation.arms import guess_task, plan_for
    from whorl.pipelines.simulation.sources import write_digits, write_scenes
    from whorl.schemas.records import ItemRecord

    name = scenario.value
    if source is not None:
        name = source.resolve().name
    elif scenario is Scenario.DIGITS:
        source, format_name = folder / "digits", "folder_classes"
        write_digits(source)
    else:
        source, format_name = folder / "scenes", "coco"
        write_scenes(source, count=SCENES)
    adapter = detect_format(source) if format_name is None else get_format(format_name)
    found = list(adapter.read(source))
    records = [one for one in found if isinstance(one, ItemRecord)]
    issues = [one for one in found if not isinstance(one, ItemRecord)]
    for issue in issues[:10]:
        typer.echo(f"left out: {issue.where}: {issue.reason}", err=True)
    if len(issues) > 10:
        typer.echo(f"left out: {len(issues) - 10} more", err=True)
    if not records:
        raise InvalidInput(f"no image was found in {name} as {adapter.name}", hint="Name another --format.")
    return _Story(name, records, plan_for(guess_task(records), len(records)))


def _adjust(
    plan: Plan, rounds: int, budget: int | None, strategy: str | None, train_seconds: float | None, seed: int
) -> Plan:
    from dataclasses import replace

    training = dict(plan.training or {})
    if train_seconds is not None and plan.task == "detection":
        training["budget_s"] = train_seconds
    return replace(
        plan,
        rounds=rounds,
        budget=budget or plan.budget,
        strategy=strategy or plan.strategy,
        training=training,
        seed=seed,
    )


def _play(settings: Settings, story: _Story, plan: Plan, out: Output) -> LoopReport:
    from whorl.pipelines.simulation.loop import run_loop
    from whorl.store.blobs import open_blobs
    from whorl.store.db import open_database
    from whorl.store.db.migrate import upgrade
    from whorl.worker.engine import build_engine

    with open_database(settings.database_url) as db:
        upgrade(db)
        engine = build_engine(db, open_blobs(settings.blobs_url), settings)
        engine.start()
        try:
            with _progress(out) as tell:
                if not out.as_json:
                    _show_head(story, plan)
                report, arm = run_loop(
                    engine.runtime.services,
                    story.records,
                    plan,
                    project=f"demo {story.name}",
                    on_round=lambda row: _show_round(row, out),
                    progress=tell,
                )
            _leave_work(engine.runtime.services, arm)
        finally:
            engine.stop()
    return report


@contextlib.contextmanager
def _progress(out: Output) -> Iterator[_Tell]:
    tell = _Tell(not out.as_json)
    try:
        yield tell
    finally:
        tell.clear()


class _Tell:
    """One line on a terminal's stderr that says what goes on; nothing elsewhere."""

    def __init__(self, is_wanted: bool) -> None:
        import sys

        self._stream = sys.stderr
        self._is_on = is_wanted and self._stream.isatty()
        self._started = time.monotonic()

    def __call__(self, what: str, done: int, total: int) -> None:
        if self._is_on:
            seconds = time.monotonic() - self._started
            self._stream.write(f"\r\x1b[K{what}: {done} of {total}, {seconds:.0f} s")
            self._stream.flush()

    def clear(self) -> None:
        """Take the line away."""
        if self._is_on:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def _leave_work(services: PipelineServices, arm: Arm) -> None:
    """Open one more round, whose items wait in the labelling task for a real person."""
    from whorl.pipelines.simulation.loop import open_round_for_people

    open_round_for_people(services, arm)


def _show_head(story: _Story, plan: Plan) -> None:
    labels = sorted({one.label for record in story.records for one in record.annotations})
    shown = ", ".join(labels[:10]) + (" …" if len(labels) > 10 else "")
    print(f"{story.name}: {len(story.records)} images, {len(labels)} labels ({shown}), {plan.task}")
    print(f"{plan.architecture}, strategy {plan.strategy}, {plan.budget} labels a round and arm, seed {plan.seed}")
    print(f"people: {plan.error_rate:.0%} of first answers wrong, 90 % of wrong items sent back by the reviewer")
    print()
    print(f"{'round':>5} {'labels':>7} {'metric':>8} {'random':>8} {'decision':>9} {'human s':>9} {'machine s':>10}")


def _show_round(row: Round, out: Output) -> None:
    if out.as_json:
        return
    print(
        f"{row.round:>5} {row.labels:>7} {row.metric:>8.3f} {row.random_metric:>8.3f} {row.decision:>9} "
        f"{row.human_seconds:>9.0f} {row.machine_seconds:>10.1f}",
        flush=True,
    )


def _show_report(name: str, plan: Plan, report: LoopReport, seconds: float, out: Output) -> None:
    if out.as_json:
        body = {"scenario": name, "seed": plan.seed, **report.to_json(), "seconds": round(seconds, 1)}
        print_json(json.loads(json.dumps(body)))
        return
    print()
    final = "none" if report.final_metric is None else f"{report.final_metric:.3f}"
    print(f"champion: {report.champion or 'none'}, {report.metric_name} {final} on {report.test} frozen test images")
    saving = report.saving
    if saving is not None:
        # Where the first round is already past what random reached, the true saving can only be larger.
        at_least = "at least " if saving.n_strategy <= report.rounds[0].labels else ""
        print(
            f"labels saved against random: {at_least}{saving.value:.0%} "
            f"(95 % interval {saving.low:.0%} to {saving.high:.0%}; {saving.covers})"
        )
    print(f"{seconds:.0f} s in all; {report.sent_back} items were sent back by the reviewer")


def _serve(settings: Settings, out: Output) -> None:
    from whorl.server.run import serve

    serve(settings, on_ready=lambda address: _ready(address.link, out))


def _ready(link: str, out: Output) -> None:
    if not out.as_json:
        print(f"open: {link}", flush=True)
        print("A labelling task waits there with images that the champion chose. Ctrl-C ends.", flush=True)
