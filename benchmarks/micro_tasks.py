"""Labelling cars in aerial photos by micro-tasks against one task that asks everything. Prints a table and JSON.

    python -m benchmarks.micro_tasks ~/data/aerial_cars --model ~/bench/aerial/vehicles-320-240s-0 [--photos 21] --json

Both ways run through the real tasks, on a clock of their own: leases, heartbeats with active seconds, submits. One way
is the template ``micro_tasks`` with a trained detector: an annotator adds what it missed, an expert names crops. In the
other way the expert draws and names everything on whole photos. The photos are of places that the detector never saw.
The seconds are those that the tasks measured, the machine's those that the nodes did.

People are simulated. What they do and how fast is assumed, and ``People`` says from where; ``--json`` holds a table of
what comes out when each assumption changes, and where the gain ends. The figures of this run are printed beside what
the same assumptions give without any task, so that the room's bookkeeping is checked with it.
"""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection

from benchmarks.aerial import KINDS, LABEL, load_aerial
from benchmarks.machine import describe_machine
from benchmarks.micro_people import (
    NO_OBJECT,
    Outcome,
    People,
    Photo,
    complete,
    corners,
    judge,
    label_whole,
    name_crop,
    simulate,
    table,
)
from whorl.access.actions import create_person, create_project, set_member
from whorl.access.rules import Actor, ActorKind, Role
from whorl.annotations.queries import get_annotation, list_annotations, read_item_annotations
from whorl.base.clock import FakeClock, to_datetime
from whorl.base.errors import JsonValue
from whorl.datasets.actions import add_items, create_dataset
from whorl.datasets.queries import get_item
from whorl.engine import Dispatcher, InlineExecutor
from whorl.models.actions import NewModel, create_model, mark_trained
from whorl.models.images import read_image
from whorl.ontology.actions import save_ontology
from whorl.pipelines.actions import apply_pipeline
from whorl.pipelines.ledger import read_ledger
from whorl.pipelines.nodes import node_types
from whorl.pipelines.nodes.base import PipelineServices
from whorl.pipelines.runtime import PipelineRuntime
from whorl.pipelines.templates import load_template
from whorl.schemas.annotations import AnnotationDraft, Box, ClassTag, Layer
from whorl.schemas.datasets import Item, NewItem
from whorl.schemas.ledger import Ledger
from whorl.schemas.ontology import Label, OntologyDraft
from whorl.schemas.records import ItemRecord
from whorl.schemas.tasks import Lease
from whorl.store.blobs import open_blobs, put_content
from whorl.store.db import Database, open_database
from whorl.store.db.migrate import upgrade
from whorl.tasks.actions import add_task_items, create_task
from whorl.tasks.people import list_people
from whorl.tasks.queries import find_task
from whorl.tasks.rules import TaskKind
from whorl.tasks.work import heartbeat, lease_next, submit_item

SKILL = "kinds of vehicle"
_BEAT_S = 30.0
_BOSS = Actor(id="per_boss", kind=ActorKind.PERSON, name="boss", is_admin=True)


def main() -> None:
    """Run both ways, and print what each cost and found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of the photos")
    parser.add_argument("--model", type=Path, required=True, help="a folder of a detector that benchmarks.aerial made")
    parser.add_argument("--photos", type=int, default=1000, help="at most so many of the photos held out")
    parser.add_argument("--min-confidence", type=float, default=0.3)
    parser.add_argument("--tile", type=int, default=320)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    given = parser.parse_args()
    logging.disable(logging.WARNING)
    records = list(load_aerial(given.data).test)[: given.photos]
    people = People()
    with tempfile.TemporaryDirectory() as home:
        house = House.open(Path(home), seed=given.seed)
        micro, ledger, photos = run_micro_tasks(
            house, records, people, model=given.model, tile=given.tile, min_confidence=given.min_confidence
        )
        whole = run_one_task(house, records, people)
    expected = {way: simulate(photos, people, way=way, seed=given.seed) for way in ("micro", "whole")}
    report = {
        "people": people.to_json(),
        "model": given.model.name,
        "photos": len(photos),
        "objects": sum(len(photo.truth) for photo in photos),
        "micro_tasks": micro.to_json(),
        "one_task": whole.to_json(),
        "without_tasks": {way: one.to_json() for way, one in expected.items()},
        "ledger": ledger.model_dump(mode="json"),
        "sensitivity": table(photos, people, seeds=range(20)),
        "machine": describe_machine(),
    }
    print(json.dumps(report, indent=2) if given.json else show(report))


def run_micro_tasks(
    house: House, records: Sequence[ItemRecord], people: People, *, model: Path, tile: int, min_confidence: float
) -> tuple[Outcome, Ledger, list[Photo]]:
    """The template, with a model, from the first photo to the ground truth; gives what came of it."""
    datasets = {name: house.add(name) for name in ("pool", "tiles", "crops", "ground_truth")}
    values = {
        "champion": house.add_model(model),
        "tile_size": tile,
        "min_confidence": min_confidence,
        "object_label": LABEL,
        "no_object_label": NO_OBJECT,
        "expert_skill": SKILL,
    }
    pipeline = house.apply("micro_tasks", **values, **datasets)
    items = house.fill(datasets["pool"], records)
    house.settle()
    photos = house.photos(items, records)

    def add_missed(item: Item) -> tuple[list[AnnotationDraft], float]:
        photo = photos[item.id]
        added, seconds = complete(photo, people, house.seed)
        return [_draft(photo.truth[i], LABEL) for i in added], seconds

    def name(crop: Item) -> tuple[list[AnnotationDraft], float]:
        part, parent = crop.metadata["part"], crop.metadata["parent"]
        assert isinstance(part, dict)
        with house.db.read() as conn:
            box = get_annotation(conn, str(part["annotation"])).geometry
        assert isinstance(box, Box)
        label, seconds = name_crop(photos[str(parent)], np.array(corners(box), np.float32), people, house.seed)
        return [AnnotationDraft(label=label, geometry=ClassTag())], seconds

    house.work("boxes", house.annotator, add_missed)
    house.settle()
    house.work("names", house.expert, name)
    house.settle()
    with house.db.read() as conn:
        ledger = read_ledger(conn, pipeline, now=house.now())
    seconds = {tuple(one.skills): one.human_seconds for one in ledger.groups}
    asked = next(row.n_items for row in ledger.rows if row.node == "name")
    outcome = house.judge(photos, annotator_s=seconds[()], expert_s=seconds[(SKILL,)], asked=asked)
    return replace(outcome, machine_s=ledger.machine_seconds), ledger, list(photos.values())


def run_one_task(house: House, records: Sequence[ItemRecord], people: People) -> Outcome:
    """One expert draws and names everything on whole photos; gives what came of it."""
    dataset_id = house.add("whole photos")
    items = house.fill(dataset_id, records)
    photos = house.photos(items, records)

    def make(conn: Connection) -> str:
        made = create_task(conn, dataset_id, name="everything", kind=TaskKind.LABEL, actor_id=_BOSS.id, now=house.now())
        add_task_items(conn, made.id, [item.id for item in items], actor_id=_BOSS.id, now=house.now())
        return made.id

    def label(item: Item) -> tuple[list[AnnotationDraft], float]:
        photo = photos[item.id]
        said, seconds = label_whole(photo, people, house.seed)
        return [_draft(photo.truth[i], kind) for i, kind in said], seconds

    task_id = house.db.write(make)
    house.work("everything", house.expert, label)
    with house.db.read() as conn:
        (expert,) = list_people(conn, task_id)
    outcome = house.judge(photos, annotator_s=0.0, expert_s=expert.human_seconds, asked=0)
    return replace(outcome, asked_of_expert=outcome.found + outcome.false)


@dataclass
class House:
    """A project in a folder of its own, an engine on this thread, and a clock that only simulated people turn."""

    db: Database
    services: PipelineServices
    runtime: PipelineRuntime
    clock: FakeClock
    project_id: str
    annotator: str
    expert: str
    seed: int

    @classmethod
    def open(cls, home: Path, *, seed: int) -> House:
        """Make it."""
        db = open_database(f"sqlite:///{home}/whorl.db", synchronous="NORMAL")
        upgrade(db)
        clock = FakeClock()
        now = to_datetime(clock.now())

        def fill(conn: Connection) -> tuple[str, str, str]:
            project = create_project(conn, "cars", actor_id=_BOSS.id, now=now)
            labels = [Label(name=name) for name in (LABEL, *KINDS, NO_OBJECT)]
            save_ontology(conn, project.id, OntologyDraft(labels=labels), actor_id=_BOSS.id, now=now)
            ids = []
            for name, skills in (("annotator", []), ("expert", [SKILL])):
                made = create_person(conn, email=f"{name}@example.org", name=name, actor_id=_BOSS.id, now=now)
                role = Role.ANNOTATOR
                set_member(conn, project.id, made.id, role, skills=skills, actor=_BOSS, now=now)
                ids.append(made.id)
            return project.id, ids[0], ids[1]

        services = PipelineServices(
            db=db, blobs=open_blobs(f"file://{home}/blobs"), executor=InlineExecutor(), home=home, clock=clock
        )
        return cls(db, services, PipelineRuntime(services), clock, *db.write(fill), seed)

    def now(self) -> datetime:
        """The clock's time."""
        return to_datetime(self.clock.now())

    def apply(self, template: str, **values: JsonValue) -> str:
        """Apply a template with these variables; gives the pipeline's id."""
        definition = load_template(template, **values)
        return self.db.write(
            lambda conn: (
                apply_pipeline(
                    conn,
                    definition,
                    types=node_types(),
                    project_id=self.project_id,
                    actor_id=_BOSS.id,
                    now=self.now(),
                ).id
            )
        )

    def photos(self, items: Sequence[Item], records: Sequence[ItemRecord]) -> dict[str, Photo]:
        """What is on each photo, and what the model found there, by the item's id."""
        with self.db.read() as conn:
            said = list_annotations(conn, [item.id for item in items], layer=Layer.PREDICTION)
        made: dict[str, Photo] = {}
        for item, record in zip(items, records, strict=True):
            truth = [(corners(one.geometry), one.label) for one in record.annotations if isinstance(one.geometry, Box)]
            found = [
                (corners(one.geometry), one.confidence or 0.0)
                for one in said
                if one.item_id == item.id and isinstance(one.geometry, Box)
            ]
            made[item.id] = Photo(
                name=item.name,
                megapixels=item.width * item.height / 1e6,
                truth=np.array([box for box, _ in truth], np.float32).reshape(-1, 4),
                kinds=tuple(kind for _, kind in truth),
                found=np.array([box for box, _ in found], np.float32).reshape(-1, 4),
                scores=np.array([score for _, score in found], np.float32),
            )
        return made

    def judge(self, photos: Mapping[str, Photo], *, annotator_s: float, expert_s: float, asked: int) -> Outcome:
        """Hold the ground truth of the photos against what is on them."""
        with self.db.read() as conn:
            said = list_annotations(conn, list(photos))
        sums = [0, 0, 0, 0]
        for item_id, photo in photos.items():
            named = [
                (np.array(corners(one.geometry), np.float32), one.label)
                for one in said
                if one.item_id == item_id and isinstance(one.geometry, Box)
            ]
            sums = [a + b for a, b in zip(sums, judge(photo, named), strict=True)]
        found, missed, false, misnamed = sums
        return Outcome(annotator_s, expert_s, found, missed, false, misnamed, asked)

    def add(self, name: str) -> str:
        """Make a dataset and give its id."""
        return self.db.write(
            lambda conn: create_dataset(conn, self.project_id, name=name, actor_id=_BOSS.id, now=self.now()).id
        )

    def fill(self, dataset_id: str, records: Sequence[ItemRecord]) -> list[Item]:
        """Put photos into a dataset, in order."""
        new = [self._new_item(one) for one in records]
        return self.db.write(lambda conn: add_items(conn, dataset_id, new, actor_id=_BOSS.id, now=self.now()))

    def _new_item(self, record: ItemRecord) -> NewItem:
        assert record.file is not None
        height, width = read_image(record.file).shape[:2]
        data = record.file.read_bytes()
        sha256 = put_content(self.services.blobs, data)
        kind = "image/png" if record.file.suffix.lower() == ".png" else "image/jpeg"
        return NewItem(
            name=record.file.name, sha256=sha256, media_type=kind, width=width, height=height, bytes=len(data)
        )

    def settle(self) -> None:
        """Let the pipelines move until nothing does."""
        engine = Dispatcher(self.db, self.runtime, executor=InlineExecutor(), clock=self.clock)
        while True:
            pumped = self.runtime.pump()
            engine.run_until_idle(timeout_s=3600)
            if not pumped and not self.runtime.pump():
                return

    def add_model(self, folder: Path) -> str:
        """Take a detector in as a trained model."""
        now = to_datetime(self.clock.now())
        new = NewModel(
            name="vehicles",
            task="detection",
            architecture="builtin:tinydet",
            labels=[LABEL],
            params={},
            dataset_key=None,  # type: ignore[arg-type]  # trained elsewhere
            revision=None,  # type: ignore[arg-type]  # trained elsewhere
            query={},
        )

        def write(conn: Connection) -> str:
            model_id = create_model(conn, new, project_id=self.project_id, actor_id=_BOSS.id, now=now)
            mark_trained(
                conn, model_id, folder=model_id, items_digest="", n_items=0, metrics={}, seconds=0,
                actor_id=_BOSS.id, now=now,
            )  # fmt: skip
            return model_id

        model_id = self.db.write(write)
        shutil.copytree(folder, self.services.models_path / model_id)
        return model_id

    def work(self, task: str, who: str, do: Callable[[Item], tuple[list[AnnotationDraft], float]]) -> None:
        """Let somebody finish all that waits in a task.

        Args:
            do: Gives what they say of an item, and the seconds it takes them.
        """
        with self.db.read() as conn:
            found = find_task(conn, self.project_id, task)
        assert found is not None, task
        while leases := self.db.write(lambda conn: lease_next(conn, found.id, actor_id=who, now=self.now())):
            self._finish(leases[0], who, do)

    def _finish(self, lease: Lease, who: str, do: Callable[[Item], tuple[list[AnnotationDraft], float]]) -> None:
        """Work on one item: a heartbeat every half minute, then the submit."""
        with self.db.read() as conn:
            base = read_item_annotations(conn, lease.item_id).revision
            item = get_item(conn, lease.item_id)
        drafts, seconds = do(item)
        key = {"lease_token": lease.lease_token, "actor_id": who}
        while seconds > _BEAT_S:
            self.clock.advance(_BEAT_S)
            seconds -= _BEAT_S
            self.db.write(
                lambda conn: heartbeat(
                    conn, lease.task_id, lease.item_id, now=self.now(), active_seconds=_BEAT_S, **key
                )
            )
        self.clock.advance(seconds)
        self.db.write(
            lambda conn: submit_item(
                conn,
                lease.task_id,
                lease.item_id,
                annotations=drafts,
                base_revision=base,
                active_seconds=seconds,
                now=self.now(),
                **key,
            )
        )


def _draft(box: np.ndarray, label: str) -> AnnotationDraft:
    x0, y0, x1, y1 = box.tolist()
    return AnnotationDraft(label=label, geometry=Box(x0=x0, y0=y0, x1=x1, y1=y1))


def show(report: Mapping[str, Any]) -> str:
    """The ledger of both ways as text, and where the gain ends."""
    micro, whole = report["micro_tasks"], report["one_task"]
    lines = [f"{report['photos']} photos with {report['objects']} vehicles; {'micro-tasks':>26}{'one task':>12}"]
    for title, name in _LINES:
        lines.append(f"{title:<50}{micro[name]:>12.1f}{whole[name]:>12.1f}")
    lines += ["", "steps of the pipeline:"]
    for row in report["ledger"]["rows"]:
        if row["human_seconds"] or row["machine_seconds"]:
            lines.append(
                f"  {row['node']:<12}{row['n_items']:>6} items {row['human_seconds']:>9.1f} s of people"
                f"{row['machine_seconds']:>9.1f} s of machines"
            )
    lines += ["", "the gain ends:"]
    for told, value in report["sensitivity"]["gain_ends"].items():
        lines.append(f"  {told.replace('_', ' '):<50}{'not in range' if value is None else value}")
    return "\n".join(lines)


_LINES = (
    ("vehicles found", "found"),
    ("vehicles missed", "missed"),
    ("boxes without a vehicle", "false"),
    ("wrong classes", "misnamed"),
    ("seconds of the annotator", "annotator_s"),
    ("seconds of the expert", "expert_s"),
    ("seconds of people", "human_s"),
    ("seconds of people for each vehicle found", "human_s_per_found"),
    ("seconds of machines", "machine_s"),
    ("objects that the expert was asked about", "asked_of_expert"),
)


if __name__ == "__main__":
    main()
