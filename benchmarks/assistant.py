"""How many clicks and keys an assistant saves a person who draws boxes image after image. Prints JSON.

    python -m benchmarks.assistant ~/data/bccd/BCCD --images 120
    python -m benchmarks.assistant ~/data/bccd/BCCD --iou 0.5 --out bccd.json

The whole loop runs as it does behind the server: task, leases, submits, the watch, trainings in processes of their own,
proposals, order of the queue. Only the person is simulated. She knows where the boxes are and is counted so:

- without proposals: 2 clicks for a box, a key where its class is not the one in hand (each class of an image in turn),
  and a key to submit the image;
- with proposals: for each that is nothing, or a second time the same thing, a key with the pointer on it; for each
  whose box overlaps less than --iou a click, and a drag for each corner it takes to mend it (one if one corner is
  enough, else two); for each of a wrong class a click and a key (the click once); what was missed is drawn as above; a
  key to submit, with which the rest is accepted, as she once said for the task. If drawing everything is less, she
  sees that at a glance, refuses all (2 keys) and does that.

What she accepts is handed in as the model drew it, so what is learnt from has the model's errors up to --iou. She goes
on while it trains: an action takes --seconds, and what she leases in that time has the proposals of the round before.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from sqlalchemy import insert

from benchmarks.machine import describe_machine
from whorl.annotations.queries import list_annotations
from whorl.assistants import actions, queries
from whorl.assistants.jobs import assistant_job_handlers
from whorl.assistants.watching import AssistantWatch
from whorl.base.clock import SystemClock
from whorl.datasets.actions import add_items, create_dataset
from whorl.datasets.queries import get_dataset
from whorl.engine import Dispatcher, InlineExecutor
from whorl.engine.handlers import StaticHandlers
from whorl.formats.registry import detect_format
from whorl.geometry.boxes import box_iou
from whorl.models.records import object_box
from whorl.ontology.actions import save_ontology
from whorl.schemas.annotations import Annotation, AnnotationDraft, Box, Layer
from whorl.schemas.assistants import AssistantCreate
from whorl.schemas.datasets import NewItem
from whorl.schemas.ontology import Label, OntologyDraft
from whorl.schemas.records import ItemRecord
from whorl.schemas.tasks import Lease
from whorl.store.blobs import open_blobs, put_content, sha256_of
from whorl.store.db import Database, open_database
from whorl.store.db.migrate import upgrade
from whorl.store.db.tables import project
from whorl.tasks.actions import add_task_items, create_task
from whorl.tasks.rules import TaskKind
from whorl.tasks.work import lease_next, submit_item

PERSON, PROJECT = "per_simulated", "prj_bench"
SAME_THING = 0.3
"""Overlap from which a proposal and a true box are about the same thing."""
LOOK_S = 3.0
WINDOW = 20


@dataclass(frozen=True)
class Truth:
    """One image's boxes: corners (n, 4) float64 in pixels, and their labels."""

    boxes: np.ndarray
    labels: tuple[str, ...]


@dataclass
class Hand:
    """The class in the person's hand."""

    label: str

    def keys_for(self, labels: Sequence[str]) -> int:
        """Keys to draw boxes of these labels, class by class, the one in hand first."""
        kinds = sorted(set(labels), key=lambda one: (one != self.label, one))
        keys = sum(one != self.label for one in kinds)
        if kinds:
            self.label = kinds[-1]
        return keys


@dataclass
class Answer:
    """What the person does about an image: actions by kind, and what is handed in."""

    actions: dict[str, int]
    drafts: list[AnnotationDraft]
    rejected: list[str] = field(default_factory=list)
    is_drawn: bool = False

    @property
    def n(self) -> int:
        """Actions in all."""
        return sum(self.actions.values())


def draw_all(truth: Truth, hand: Hand, said: Sequence[Annotation]) -> Answer:
    """Draw every box."""
    refused = 2 if said else 0
    counted = {"draw": 2 * len(truth.labels), "class": hand.keys_for(truth.labels), "reject": refused, "submit": 1}
    drafts = [_draft(label, box) for label, box in zip(truth.labels, truth.boxes, strict=True)]
    return Answer(counted, drafts, [one.id for one in said], is_drawn=True)


def mend(truth: Truth, hand: Hand, said: Sequence[Annotation], iou: float) -> Answer:
    """Accept all, then mend what is wrong and draw what is missing."""
    shapes = np.array([_corners(one) for one in said], np.float64).reshape(-1, 4)
    pairs = _pair(shapes, truth.boxes)
    counted = dict.fromkeys(("reject", "move", "relabel", "draw", "class"), 0) | {"submit": 1}
    drafts: list[AnnotationDraft] = []
    for at, of in pairs.items():
        shape, drags = _mended(shapes[at], truth.boxes[of], iou)
        is_other = said[at].label != truth.labels[of]
        counted["move"] += drags
        counted["relabel"] += int(is_other) + int(is_other or drags > 0)
        drafts.append(_draft(truth.labels[of], shape, said[at].id))
    wrong = [one.id for at, one in enumerate(said) if at not in pairs]
    counted["reject"] = len(wrong)
    missed = [of for of in range(len(truth.labels)) if of not in set(pairs.values())]
    counted["draw"] = 2 * len(missed)
    counted["class"] = hand.keys_for([truth.labels[of] for of in missed])
    drafts += [_draft(truth.labels[of], truth.boxes[of]) for of in missed]
    return Answer(counted, drafts, wrong)


def answer(truth: Truth, hand: Hand, said: Sequence[Annotation], iou: float) -> Answer:
    """The cheaper of mending and drawing everything."""
    one, other = Hand(hand.label), Hand(hand.label)
    mended, drawn = mend(truth, one, said, iou), draw_all(truth, other, said)
    is_better = bool(said) and mended.n <= drawn.n
    hand.label = (one if is_better else other).label
    return mended if is_better else drawn


def _pair(shapes: np.ndarray, boxes: np.ndarray) -> dict[int, int]:
    """Proposals to the true boxes that they are about, the closest first, each once."""
    overlap = np.asarray(box_iou(shapes.astype(np.float32), boxes.astype(np.float32)))
    pairs: dict[int, int] = {}
    for flat in np.argsort(-overlap, axis=None, kind="stable"):
        at, of = divmod(int(flat), max(1, overlap.shape[1]))
        if overlap[at, of] < SAME_THING:
            break
        if at not in pairs and of not in pairs.values():
            pairs[at] = of
    return pairs


def _mended(shape: np.ndarray, box: np.ndarray, iou: float) -> tuple[np.ndarray, int]:
    """The shape as the person leaves it, and the drags that took: of no, one or two opposite corners."""
    if _overlap(shape, box) >= iou:
        return shape, 0
    best = shape
    for x in (0, 2):
        for y in (1, 3):
            moved = shape.copy()
            moved[[x, y]] = box[[x, y]]
            is_box = moved[2] > moved[0] and moved[3] > moved[1]
            best = moved if is_box and _overlap(moved, box) > _overlap(best, box) else best
    return (best, 1) if _overlap(best, box) >= iou else (box, 2)


def _overlap(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.asarray(box_iou(a[None].astype(np.float32), b[None].astype(np.float32)))[0, 0])


def _corners(one: Annotation) -> tuple[float, float, float, float]:
    shape = one.geometry
    assert isinstance(shape, Box)
    return shape.x0, shape.y0, shape.x1, shape.y1


def _draft(label: str, box: np.ndarray, source: str | None = None) -> AnnotationDraft:
    x0, y0, x1, y1 = (float(value) for value in box)
    return AnnotationDraft(label=label, geometry=Box(x0=x0, y0=y0, x1=x1, y1=y1), from_prediction=source)


class Office:
    """A task with images, and everything behind a server that works for it."""

    def __init__(self, db: Database, home: Path, images: Sequence[ItemRecord], wish: AssistantCreate) -> None:
        self.db, self.home = db, home
        self.blobs = open_blobs(f"file://{home}/blobs")
        self.truth: dict[str, Truth] = {}
        clock = SystemClock()
        self.watch = AssistantWatch(db, clock)
        handlers = assistant_job_handlers(db, self.blobs, home, clock)
        self.dispatcher = Dispatcher(db, StaticHandlers(handlers), executor=InlineExecutor(), clock=clock)
        self._fill(images)
        self.assistant_id = db.write(
            lambda conn: actions.create_assistant(conn, self.task_id, wish, actor_id=PERSON, now=_now())
        )

    def _fill(self, images: Sequence[ItemRecord]) -> None:
        labels = sorted({one.label for image in images for one in image.annotations})
        draft = OntologyDraft(labels=[Label(name=name) for name in labels])
        self.db.write(
            lambda conn: conn.execute(insert(project).values(id=PROJECT, name="b", settings={}, created_at=_now()))
        )
        self.db.write(lambda conn: save_ontology(conn, PROJECT, draft, actor_id=PERSON, now=_now()))
        made = self.db.write(lambda conn: create_dataset(conn, PROJECT, name="b", actor_id=PERSON, now=_now()))
        self.dataset_id = made.id
        for image in images:
            self._add(image)
        task = self.db.write(
            lambda conn: create_task(
                conn, self.dataset_id, name="boxes", kind=TaskKind.LABEL, actor_id=PERSON, now=_now()
            )
        )
        self.task_id = task.id
        self.db.write(lambda conn: add_task_items(conn, self.task_id, list(self.truth), actor_id=PERSON, now=_now()))

    def _add(self, image: ItemRecord) -> None:
        assert image.file is not None
        data = image.file.read_bytes()
        put_content(self.blobs, data)
        new = NewItem(
            name=image.name,
            sha256=sha256_of(data),
            media_type="image/jpeg",
            width=image.width or 0,
            height=image.height or 0,
            bytes=len(data),
        )
        (item,) = self.db.write(lambda conn: add_items(conn, self.dataset_id, [new], actor_id=PERSON, now=_now()))
        found = [(one.label, object_box(one, width=image.width, height=image.height)) for one in image.annotations]
        boxes = [(label, box) for label, box in found if box is not None]
        self.truth[item.id] = Truth(
            np.array([[b.x0, b.y0, b.x1, b.y1] for _, b in boxes], np.float64).reshape(-1, 4),
            tuple(label for label, _ in boxes),
        )

    def lease(self, n: int) -> list[Lease]:
        return self.db.write(
            lambda conn: lease_next(conn, self.task_id, actor_id=PERSON, now=_now(), n=n, lease_s=86_400)
        )

    def proposals(self, item_id: str) -> list[Annotation]:
        with self.db.read() as conn:
            return list_annotations(conn, [item_id], layer=Layer.PREDICTION)

    def submit(self, lease: Lease, said: Answer) -> None:
        with self.db.read() as conn:
            base = get_dataset(conn, self.dataset_id).revision
        self.db.write(
            lambda conn: submit_item(
                conn,
                self.task_id,
                lease.item_id,
                lease_token=lease.lease_token,
                actor_id=PERSON,
                now=_now(),
                annotations=said.drafts,
                rejected_ids=said.rejected,
                base_revision=base,
            )
        )


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Run:
    """What is counted, image by image and round by round."""

    images: list[dict[str, object]] = field(default_factory=list)
    rounds: list[dict[str, object]] = field(default_factory=list)
    by_kind: dict[str, int] = field(default_factory=dict)


def simulate(office: Office, *, iou: float, seconds: float) -> Run:
    """Label everything."""
    run, hand, plain = Run(), Hand(""), Hand("")

    def one(lease: Lease) -> None:
        truth, said = office.truth[lease.item_id], office.proposals(lease.item_id)
        done, without = answer(truth, hand, said, iou), draw_all(truth, plain, ())
        office.submit(lease, done)
        for name, count in done.actions.items():
            run.by_kind[name] = run.by_kind.get(name, 0) + count
        run.images.append(
            {
                "with": done.n,
                "without": without.n,
                "proposed": len(said),
                "true": len(truth.labels),
                "drawn": done.is_drawn,
            }
        )

    while leases := office.lease(1):
        one(leases[0])
        if office.watch.look():
            held = office.lease(_images_meanwhile(office, run, seconds))
            run.rounds.append(_train(office, run))
            for lease in held:
                one(lease)
    return run


def _images_meanwhile(office: Office, run: Run, seconds: float) -> int:
    """Images that the person finishes while the assistant trains and proposes."""
    with office.db.read() as conn:
        row = queries.load_assistant(conn, office.assistant_id)
    last = [int(str(one["with"])) for one in run.images[-5:]]
    each = LOOK_S + seconds * sum(last) / len(last)
    return max(1, min(100, round((10 + min(row.settings.budget_seconds, 20 + row.n_seen)) / each)))


def _train(office: Office, run: Run) -> dict[str, object]:
    """Do what the watch has queued, and say what it cost."""
    children, own, wall = _children_s(), time.process_time(), time.perf_counter()
    assert office.dispatcher.run_until_idle(7200)
    with office.db.read() as conn:
        held = queries.get_assistant(conn, office.assistant_id)
    last = held.rounds[-1] if held.rounds else None
    told = {
        "at_image": len(run.images),
        "status": held.status,
        "error": held.error,
        "items": last.n_items if last else 0,
        "score": last.metrics.get("score") if last else None,
        "kept": last.metrics.get("is_kept") if last else None,
        "training_cpu_s": round(_children_s() - children, 1),
        "proposing_cpu_s": round(time.process_time() - own, 1),
        "wall_s": round(time.perf_counter() - wall, 1),
    }
    so_far = {name: sum(int(str(one[name])) for one in run.images[-WINDOW:]) for name in ("with", "without")}
    print(json.dumps(told | {"last_images": so_far}), file=sys.stderr, flush=True)
    return told


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def summarise(run: Run) -> dict[str, object]:
    """Totals, and the curve in windows of twenty images."""
    with_, without = (np.array([one[name] for one in run.images], float) for name in ("with", "without"))
    starts = range(0, len(with_), WINDOW)
    return {
        "images": len(with_),
        "objects": sum(int(str(one["true"])) for one in run.images),
        "actions_with": int(with_.sum()),
        "actions_without": int(without.sum()),
        "fewer": round(1 - with_.sum() / without.sum(), 4),
        "fewer_after_the_first_training": _fewer_after(run, with_, without),
        "actions_by_kind": run.by_kind,
        "images_drawn_whole": sum(bool(one["drawn"]) for one in run.images),
        "training_cpu_s": round(sum(float(str(one["training_cpu_s"])) for one in run.rounds), 1),
        "proposing_cpu_s": round(sum(float(str(one["proposing_cpu_s"])) for one in run.rounds), 1),
        "curve": [
            {
                "images": f"{start + 1} to {min(start + WINDOW, len(with_))}",
                "with": round(float(with_[start : start + WINDOW].mean()), 1),
                "without": round(float(without[start : start + WINDOW].mean()), 1),
                "fewer": round(1 - with_[start : start + WINDOW].sum() / without[start : start + WINDOW].sum(), 3),
            }
            for start in starts
        ],
        "rounds": run.rounds,
    }


def _fewer_after(run: Run, with_: np.ndarray, without: np.ndarray) -> float | None:
    first = next((at for at, one in enumerate(run.images) if one["proposed"]), None)
    return None if first is None else round(1 - with_[first:].sum() / without[first:].sum(), 4)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="a folder with images and boxes, in any format that is read")
    parser.add_argument("--images", type=int, default=0, help="so many, drawn; 0: all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--iou", type=float, default=0.6, help="overlap from which a box is left as it was proposed")
    parser.add_argument("--seconds", type=float, default=1.0, help="an action takes")
    parser.add_argument("--confidence", type=float, default=0.3)
    parser.add_argument("--fixed", action="store_true", help="never show only surer ones than --confidence")
    parser.add_argument("--first", type=int, default=10)
    parser.add_argument("--again", type=float, default=0.5)
    parser.add_argument("--budget", type=float, default=120.0, help="CPU seconds of a round at most")
    parser.add_argument("--no-order", action="store_true", help="serve the queue as it was given")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    found = detect_format(given.data).read(given.data)
    images = [one for one in found if isinstance(one, ItemRecord) and one.file is not None]
    order = np.random.default_rng(given.seed).permutation(len(images))[: given.images or None]
    wish = AssistantCreate(
        kind="box",
        first_items=given.first,
        again_after=given.again,
        min_confidence=given.confidence,
        adapts=not given.fixed,
        budget_seconds=given.budget,
        reorders=not given.no_order,
    )
    with (
        tempfile.TemporaryDirectory(prefix="whorl-bench-") as scratch,
        open_database(f"sqlite:///{scratch}/whorl.db", synchronous="NORMAL") as db,
    ):
        upgrade(db)
        office = Office(db, Path(scratch), [images[at] for at in order], wish)
        run = simulate(office, iou=given.iou, seconds=given.seconds)
    settings = {name: str(value) if isinstance(value, Path) else value for name, value in vars(given).items()}
    settings["data"] = given.data.name
    settings.pop("out")
    text = json.dumps({"settings": settings, **summarise(run), "machine": describe_machine()}, indent=1)
    if given.out is not None:
        given.out.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
