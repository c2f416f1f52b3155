"""``whorl backup`` and ``whorl restore``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

import whorl
from whorl.base.errors import InvalidInput
from whorl.base.settings import Settings
from whorl.cli.archive import DATABASE, Manifest, restore_archive, write_archive
from whorl.cli.connected import HomeOption, JsonOption
from whorl.cli.output import Output, bytes_text

PANEL = "Keep it running"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(rich_help_panel=PANEL)(backup)
    app.command(rich_help_panel=PANEL)(restore)


def backup(
    archive: Annotated[
        Path | None, typer.Argument(help="File to write; a .tar.gz is compressed. Named by time when left out.")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write database, blobs and models into one file, also while the server runs.

    Example: `whorl backup whorl-monday.tar`
    """
    settings = _settings(home)
    now = datetime.now(UTC)
    target = archive or Path(f"whorl-{now:%Y%m%d-%H%M%S}.tar")
    out = Output(as_json)
    with out.progress("backing up, bytes") as report:
        manifest = write_archive(settings.home_path, target, version=whorl.__version__, now=now, report=report)
    _say(out, "wrote", target, manifest)


def restore(
    archive: Annotated[Path, typer.Argument(help="File that `whorl backup` wrote.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a home from a backup; every file's hash is checked. The home must be empty.

    Example: `whorl restore whorl-monday.tar --home ./restored`
    """
    settings = _settings(home)
    out = Output(as_json)
    with out.progress("restoring, bytes") as report:
        manifest = restore_archive(archive, settings.home_path, report=report)
    _say(out, "restored", settings.home_path, manifest)


def _settings(home: Path | None) -> Settings:
    settings = Settings() if home is None else Settings(home=home)
    if settings.db or settings.blobs:
        raise InvalidInput(
            f"this Whorl keeps {'its database' if settings.db else 'its blobs'} outside the home folder",
            hint=f"An archive holds {DATABASE} and the blobs of a home. Use pg_dump and the bucket's own copy instead.",
        )
    return settings


def _say(out: Output, done: str, where: Path, manifest: Manifest) -> None:
    if out.as_json:
        out.facts({"path": str(where), "files": len(manifest.files), "bytes": manifest.total_bytes})
        return
    print(f"{done} {where}: {len(manifest.files)} files, {bytes_text(manifest.total_bytes)}")
