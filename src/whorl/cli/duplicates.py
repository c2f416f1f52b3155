"""``whorl dedupe`` and ``whorl health``: what is there twice, and what is no use."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from whorl.base.errors import InvalidInput
from whorl.cli.connected import DatasetOption, ProjectOption, Session, connected
from whorl.cli.output import Output, print_json
from whorl.schemas.selecting import DuplicateScanDraft

if TYPE_CHECKING:
    from whorl.quality.duplicates.folder import FileMember, FolderScan
    from whorl.schemas.selecting import DuplicateMember, DuplicateOutcome
    from whorl.sdk.duplicates import DuplicateScan

PANEL = "Data"
SHOWN_GROUPS, SHOWN_SKIPPED = 20, 20
_DID = {"group": "got a group key", "tag": "are marked with duplicate_of", "delete": "were deleted"}
_WOULD = {"group": "would get a group key", "tag": "would be marked with duplicate_of", "delete": "would be deleted"}
Apply = Literal["group", "tag", "delete"]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("dedupe", rich_help_panel=PANEL)(_or_folder(connected(dedupe)))
    app.command("health", rich_help_panel=PANEL)(connected(health))


def dedupe(
    session: Session,
    name: Annotated[str | None, typer.Argument(metavar="[DATASET]", help="Name or id.", show_default=False)] = None,
    project: ProjectOption = None,
    dataset: DatasetOption = None,
    data: Annotated[Path | None, typer.Option("--data", help="A folder of images instead; no project needed.")] = None,
    exact: Annotated[bool, typer.Option("--exact/--no-exact", help="Files with the same bytes.")] = True,
    near: Annotated[bool, typer.Option("--near/--no-near", help="Resized, compressed or retouched pictures.")] = True,
    video: Annotated[bool, typer.Option("--video", help="Neighbouring frames of one video, too.")] = False,
    distance: Annotated[int, typer.Option(min=0, max=32, help="Most bits of 64 in which two hashes differ.")] = 8,
    similarity: Annotated[
        float, typer.Option(min=-1, max=1, help="Least cosine of two embeddings, where there are any.")
    ] = 0.9,
    space: Annotated[str | None, typer.Option("--space", help="Embedding space. [default: the first]")] = None,
    where: Annotated[str | None, typer.Option("--where", help='Only some, as "subset:train".')] = None,
    apply: Annotated[
        Apply | None, typer.Option("--apply", help="group: together in splits. tag: mark extras. delete: delete them.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without this --apply says what it would do.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what --apply would do, and do nothing.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="With --data: write which files to keep.")] = None,
) -> None:
    """Find images that are there twice: same bytes, or same picture. Each group keeps its best one.

    Kept is what has ground truth, then the most pixels, the sharpest, the most bytes. Extras with ground truth and
    those in a frozen test subset are never deleted.

    Example: `whorl dedupe street --apply group --yes`

    Example: `whorl dedupe --data ./photos --out keep.txt`
    """
    from whorl.datasets.dql import parse_text, to_json

    if out is not None:
        raise InvalidInput("--out goes with --data", hint="Of a dataset, use --apply or --json.")
    source = session.dataset(session.project(project), name or dataset)
    draft = DuplicateScanDraft(
        filter=None if where is None else to_json(parse_text(where)),
        exact=exact,
        near=near,
        video=video,
        hash_distance=distance,
        similarity=similarity,
        space=space,
    )
    with session.out.progress("looking for duplicates, %") as report:
        scan = source.duplicates.scan(draft, progress=report)
    outcome = None if apply is None else scan.apply(apply, dry_run=dry_run or not yes)
    if session.out.as_json:
        groups = [one.model_dump(mode="json") for one in scan.groups()]
        done = None if outcome is None else outcome.model_dump(mode="json")
        print_json({"scan": scan.info.model_dump(mode="json"), "groups": groups, "outcome": done})
        return
    _show_scan(session.out, scan)
    if outcome is not None:
        _show_outcome(session.out, outcome)
    elif scan.info.n_groups:
        session.out.note("Next: --apply group, tag or delete.")


def health(session: Session, project: ProjectOption = None, dataset: DatasetOption = None) -> None:
    """Blurred, dark, bright, flat and odd images: how many, past which threshold, and the query that finds them.

    Example: `whorl health --dataset street`
    """
    from whorl.datasets.dql import format_text, parse_query

    report = session.dataset(session.project(project), dataset).health()
    if session.out.as_json:
        print_json(report.model_dump(mode="json"))
        return
    rows = []
    for one in report.issues:
        try:
            query = format_text(parse_query(one.query))
        except InvalidInput:
            query = "(see --json)"
        rows.append([one.kind, f"{one.n_items:,}", one.threshold, query])
    if rows:
        session.out.cells(["kind", "items", "threshold", "query"], rows)
    session.out.note(f"{report.n_items:,} images, {len(rows)} kinds of trouble")


# Any result: a command's return value is not used.
def _or_folder(command: Callable[..., None]) -> Callable[..., None]:
    """Serve ``--data`` without a connection."""

    @functools.wraps(command)
    def run(**options: Any) -> None:
        if options["data"] is None:
            command(**options)
        else:
            _dedupe_folder(Output(options["as_json"]), options)

    run.__signature__ = inspect.signature(command)  # type: ignore[attr-defined]
    return run


# Any: options as Typer read them.
def _dedupe_folder(out: Output, options: dict[str, Any]) -> None:
    from whorl.quality.duplicates.folder import scan_folder

    given = [name for name in ("name", "project", "dataset", "space", "where") if options[name] is not None]
    if given:
        raise InvalidInput(f"--data and {given[0]} do not go together", hint="Name a folder or a dataset.")
    if options["apply"] is not None:
        raise InvalidInput("--apply needs a dataset", hint="With --data, --out writes the list of files to keep.")
    draft = DuplicateScanDraft(
        exact=options["exact"], near=options["near"], video=options["video"], hash_distance=options["distance"]
    )
    with out.progress("looking for duplicates") as report:
        found = scan_folder(options["data"], draft, progress=report)
    if options["out"] is not None:
        options["out"].write_text("".join(f"{name}\n" for name in found.keep), encoding="utf-8")
    if out.as_json:
        print_json(asdict(found))
        return
    _show_folder(out, found)
    if options["out"] is not None:
        out.note(f"wrote {options['out']}: {len(found.keep):,} files to keep")


def _show_folder(out: Output, found: FolderScan) -> None:
    rows = []
    for number, group in enumerate(found.groups[:SHOWN_GROUPS], start=1):
        rows += [_row(str(number), one, "keep" if one.is_kept else "") for one in group]
    if rows:
        out.cells(["group", "", "file", "tie", "bits", "size"], rows)
    _say_rest(out, len(found.groups))
    extras = [one for group in found.groups for one in group if not one.is_kept]
    out.note(
        f"{found.n_files:,} files in {found.seconds:.1f} s: {len(found.groups):,} groups, {len(extras):,} extras of "
        f"{_megabytes(sum(one.bytes for one in extras))}"
    )
    _say_skipped(out, [f"{name}: {reason}" for name, reason in found.skipped], len(found.skipped))


def _show_scan(out: Output, scan: DuplicateScan) -> None:
    rows = []
    for group in islice(scan.groups(), SHOWN_GROUPS):
        rows += [_row(str(group.number), one, _mark(one, is_leak=group.crosses_subsets)) for one in group.members]
    if rows:
        out.cells(["group", "", "item", "tie", "bits", "size"], rows)
    info = scan.info
    _say_rest(out, info.n_groups)
    out.note(
        f"{info.n_items:,} items: {info.n_groups:,} groups, {info.n_extra:,} extras of {_megabytes(info.extra_bytes)}"
        + (f"; {info.crossing:,} groups are in train and in test: a leak" if info.crossing else "")
    )
    _say_skipped(out, [*info.skipped], info.n_skipped)


def _show_outcome(out: Output, outcome: DuplicateOutcome) -> None:
    for warning in outcome.warnings:
        out.note(warning)
    verbs = _WOULD if outcome.dry_run else _DID
    spared = f"; {outcome.kept_with_truth:,} extras with ground truth stay" if outcome.kept_with_truth else ""
    hint = ". Nothing was done: add --yes" if outcome.dry_run else ""
    out.note(f"{outcome.n_items:,} items {verbs[outcome.action]}{spared}{hint}")


def _row(number: str, one: FileMember | DuplicateMember, mark: str) -> list[str]:
    tie = "" if one.is_kept else one.kind
    bits = "" if one.is_kept or one.kind == "exact" else f"{one.distance:g}"
    return [number, mark, one.name, tie, bits, f"{one.width} x {one.height}"]


def _mark(one: DuplicateMember, *, is_leak: bool) -> str:
    parts = ["keep" if one.is_kept else "", "truth" if one.has_truth else "", (one.subset or "") if is_leak else ""]
    return " ".join(part for part in parts if part)


def _say_rest(out: Output, n_groups: int) -> None:
    if n_groups > SHOWN_GROUPS:
        out.note(f"… and {n_groups - SHOWN_GROUPS:,} more groups: --json gives all")


def _say_skipped(out: Output, skipped: list[str], count: int) -> None:
    for line in skipped[:SHOWN_SKIPPED]:
        out.note(f"skipped: {line}")
    if count > len(skipped[:SHOWN_SKIPPED]):
        out.note(f"… and {count - len(skipped[:SHOWN_SKIPPED]):,} more were skipped")


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
