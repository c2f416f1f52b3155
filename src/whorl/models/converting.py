"""The job that converts shapes: reads annotations, works out other shapes in worker processes, writes one revision."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from whorl.annotations.converting import Candidate, Change, Tally, convert_annotations, list_candidates
from whorl.base.clock import Clock, to_datetime
from whorl.base.errors import JsonValue, ModelError, WhorlError
from whorl.datasets.dql.either_form import read_query
from whorl.datasets.queries import list_item_keys
from whorl.engine.handlers import AnyHandler
from whorl.engine.jobs import JobContext, JobHandler, job_node
from whorl.models.workshop import Workshop
from whorl.schemas.annotations import ClassTag
from whorl.schemas.converting import ConvertKind, ConvertReport, ConvertRequest
from whorl.store.blobs import BlobStore
from whorl.store.db import Database, Priority

CONVERT = "convert"
_ITEMS_AT_ONCE = 64
# A dry run answers at once, so it works out so many shapes and counts the others by their kind.
DRY_RUN_SHAPES = 2000


@dataclass(frozen=True)
class Asked:
    """What one batch is to become."""

    to: ConvertKind
    max_iou_loss: float
    outline: str
    may_simplify: bool


@dataclass(frozen=True)
class ConvertJob:
    """Converts the ground truth of a dataset."""

    db: Database
    blobs: BlobStore
    home: Path
    clock: Clock

    def __call__(self, context: JobContext) -> Mapping[str, JsonValue]:
        """Work out all shapes batch by batch, then write them in one revision.

        Raises:
            Cancelled: On request; nothing is written.
            ModelError: No SAM is installed, and one was asked for.
        """
        dataset_id = str(context.params["dataset_id"])
        request = ConvertRequest.model_validate(context.params["request"])
        workshop = Workshop(self.db, self.blobs, context.executor, self.home, context.check)
        asked, models = _asked(request), str(self.home / "models")
        with self.db.read() as conn:
            query = read_query(request.query)
            keys = list_item_keys(conn, dataset_id, query=query)
        tally, changes = Tally(), []
        for start in range(0, len(keys), _ITEMS_AT_ONCE):
            context.check()
            context.report(0.95 * start / len(keys), f"{start:,} of {len(keys):,} items")
            with self.db.read() as conn:
                found = list_candidates(
                    conn, dataset_id, keys[start : start + _ITEMS_AT_ONCE], labels=request.labels, kinds=request.kinds
                )
            todo = plan(found, asked, tally)
            paths: dict[str, str] = {}
            if asked.outline != "shape":
                shas = sorted({one.sha256 for one in todo})
                paths = dict(zip(shas, workshop.files(shas), strict=True))
            done = workshop.call(reshape_body, todo, asked, paths, models)
            changes += keep(todo, done, asked, tally)
        context.check()
        context.report(0.97, "writes")
        actor_id, now = context.job.actor_id, to_datetime(self.clock.now())
        report = self.db.write(
            lambda conn: convert_annotations(
                conn, dataset_id, changes, tally, to=request.to, actor_id=actor_id, now=now
            ),
            priority=Priority.ENGINE,
        )
        return {"report": report.model_dump(mode="json")}


def preview(db: Database, dataset_id: str, request: ConvertRequest) -> ConvertReport:
    """What a conversion would do, with nothing written.

    The first 2,000 shapes are worked out; of the others the kind is looked at alone, and objects are not looked for in
    boxes: such a box counts as converted.
    """
    asked = _asked(request)
    tally, left = Tally(), DRY_RUN_SHAPES
    with db.read() as conn:
        query = read_query(request.query)
        keys = list_item_keys(conn, dataset_id, query=query)
        for start in range(0, len(keys), _ITEMS_AT_ONCE):
            some = keys[start : start + _ITEMS_AT_ONCE]
            found = list_candidates(conn, dataset_id, some, labels=request.labels, kinds=request.kinds)
            todo = plan(found, asked, tally)
            sought = [one for one in todo if _is_sought(one, asked)]
            rest = [one for one in todo if not _is_sought(one, asked)]
            worked = rest[: max(left, 0)]
            left -= len(worked)
            keep(worked, reshape_body(worked, asked, {}, ""), asked, tally)
            for one in [*sought, *rest[len(worked) :]]:
                tally.convert(one.item_id, None)
    return tally.report(dataset_id, revision=None, is_dry_run=True)


def plan(found: Sequence[Candidate], asked: Asked, tally: Tally) -> list[Candidate]:
    """Those that have to be worked out; those of that kind already are counted."""
    todo = []
    for one in found:
        is_there = one.geometry.type == asked.to
        if is_there and not (asked.may_simplify and asked.to == "polygon"):
            tally.unchanged += 1
        else:
            todo.append(one)
    return todo


def keep(todo: Sequence[Candidate], done: Sequence[object], asked: Asked, tally: Tally) -> list[Change]:
    """The changes that follow, counted; each class is said once for an item."""
    from whorl.annotations.reshaping import Reshaped

    changes: list[Change] = []
    said: set[tuple[str, str]] = set()
    for one, made in zip(todo, done, strict=True):
        if not isinstance(made, Reshaped):
            tally.refuse(str(made), item_name=one.item_name, label=one.label)
        elif made.geometry == one.geometry:
            tally.unchanged += 1
        else:
            tag = (one.item_id, one.label)
            is_repeated = isinstance(made.geometry, ClassTag) and tag in said
            said.add(tag)
            changes.append(Change(one.key, None if is_repeated else made.geometry))
            tally.convert(one.item_id, made.iou)
    return changes


def reshape_body(todo: Sequence[Candidate], asked: Asked, paths: Mapping[str, str], models: str) -> list[object]:
    """For each candidate what it becomes (``Reshaped``), or the reason in words; runs in a worker process."""
    from whorl.annotations.reshaping import Refused, reshape

    made: list[object] = []
    finders: dict[str, object] = {}
    for one in todo:
        find = None
        if asked.outline != "shape" and _is_sought(one, asked):
            if one.sha256 not in finders:
                # Of one image at a time: a decoded image is large.
                finders = {one.sha256: _finder(paths[one.sha256], asked.outline, models)}
            find = finders[one.sha256]
        try:
            if isinstance(find, str):
                raise Refused(find)
            assert find is None or callable(find)
            made.append(
                reshape(
                    one.geometry,
                    asked.to,
                    width=one.width,
                    height=one.height,
                    max_iou_loss=asked.max_iou_loss,
                    find=find,
                )
            )
        except Refused as reason:
            made.append(str(reason))
    return made


def _is_sought(one: Candidate, asked: Asked) -> bool:
    """Whether an object has to be looked for in the image."""
    return asked.outline != "shape" and asked.to in ("polygon", "mask") and one.geometry.type in ("box", "rotated_box")


def _finder(path: str, outline: str, models: str) -> Callable[..., object] | str:
    """What looks for objects in one image; a text when the image cannot be read."""
    from whorl.geometry.masks import decode_mask
    from whorl.geometry.merging import patch_of
    from whorl.models.images import read_image
    from whorl.models.segmenting.choosing import find_pair, segmenter_of
    from whorl.models.segmenting.outlines import found_mask
    from whorl.models.segmenting.prompts import Prompts

    pair = None
    if outline == "sam":
        ready = find_pair(Path(models))
        if ready is None:
            raise ModelError("no SAM is installed", hint="whorl models fetch sam2-tiny, or use outline grabcut.")
        pair = ready.pair
    try:
        image = read_image(Path(path))
    except WhorlError:
        return "the image cannot be read"
    segment = segmenter_of(image, pair=pair)
    height, width = image.shape[:2]

    def find(bounds: tuple[float, float, float, float]) -> object:
        found = segment(Prompts(box=bounds))
        rle = None if found.problem is not None else found_mask(found, width=width, height=height)
        return None if rle is None else patch_of(decode_mask(rle.counts, width=width, height=height))

    return find


def _asked(request: ConvertRequest) -> Asked:
    return Asked(request.to, request.max_iou_loss, request.outline, may_simplify="polygon" in request.kinds)


def convert_job_handlers(db: Database, blobs: BlobStore, home: Path, clock: Clock) -> dict[str, AnyHandler]:
    """The handler of conversions, by node."""
    return {job_node(CONVERT): JobHandler(db, ConvertJob(db, blobs, home, clock))}
