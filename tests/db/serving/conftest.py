"""An endpoint with a log, on a database of each kind: shorthand for what is served and said."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest
from PIL import Image
from sqlalchemy import Connection, insert

from whorl.access.actions import create_project
from whorl.base.clock import FakeClock, to_datetime
from whorl.base.errors import JsonValue
from whorl.base.ids import new_id
from whorl.datasets.actions import create_dataset
from whorl.engine import Dispatcher, InlineExecutor
from whorl.engine.handlers import StaticHandlers
from whorl.ontology.actions import save_ontology
from whorl.schemas.ontology import Label, OntologyDraft
from whorl.schemas.serving import EndpointSettings, FlagRule, FlagRuleWrite, ServingRole, Verdict
from whorl.serving import log_queries
from whorl.serving.flag_actions import create_rule
from whorl.serving.flagging import FlagHandler
from whorl.serving.recording import FLAG_NODE, LogRecorder
from whorl.serving.served import Answer, Served
from whorl.store.blobs import BlobStore, open_blobs, sha256_of
from whorl.store.db import Database
from whorl.store.db.tables import endpoint, model, person

START = 1_767_312_000.0  # 2026-01-02 00:00 UTC


def picture(shade: int) -> bytes:
    """A small PNG of one shade."""
    out = io.BytesIO()
    Image.new("RGB", (16, 12), (shade % 256, shade // 256, 90)).save(out, "PNG")
    return out.getvalue()


@dataclass
class Shop:
    """A project with the labels cat and dog, an endpoint with a model by name only, and a recorder without a thread."""

    db: Database
    blobs: BlobStore
    clock: FakeClock
    home: Path
    project_id: str
    dataset_id: str
    endpoint_id: str
    model_id: str
    recorder: LogRecorder
    settings: EndpointSettings = field(default_factory=EndpointSettings)

    def answer(self, confidence: float = 0.9, label: str = "cat", margin: float | None = 0.8) -> Answer:
        said = [{"label": label, "geometry": {"type": "class"}, "confidence": confidence}]
        return Answer(self.model_id, orjson.dumps(said), confidence, margin)

    def serve(
        self,
        shade: int = 0,
        *,
        confidence: float = 0.9,
        margin: float | None = 0.8,
        metadata: Mapping[str, JsonValue] | None = None,
    ) -> str | None:
        """Offer one answered request to the recorder; the prediction's id, or None."""
        image = picture(shade)
        return self.recorder.offer(
            Served(
                endpoint_id=self.endpoint_id,
                project_id=self.project_id,
                settings=self.settings,
                at=to_datetime(self.clock.now()),
                image=image,
                media_type="image/png",
                sha256=sha256_of(image),
                width=16,
                height=12,
                role=ServingRole.CHAMPION,
                answer=self.answer(confidence, margin=margin),
                latency_ms=3.0,
                metadata=metadata or {},
            )
        )

    def rule(self, kind: str, **fields: object) -> FlagRule:
        """Make a flag rule."""
        given = FlagRuleWrite.model_validate({"kind": kind, **fields})
        now = to_datetime(self.clock.now())
        return self.db.write(lambda conn: create_rule(conn, self.endpoint_id, given, actor_id="per_anna", now=now))

    def handler(self) -> FlagHandler:
        return FlagHandler(self.db, self.blobs, self.home, self.clock)

    def judge(self) -> None:
        """Write what waits, and let the engine look at it until nothing is left."""
        self.recorder.flush()
        handlers = StaticHandlers({FLAG_NODE: self.handler()})
        Dispatcher(self.db, handlers, executor=InlineExecutor(), clock=self.clock).run_until_idle()

    def flags(self) -> Sequence[log_queries.Flag]:
        with self.db.read() as conn:
            return log_queries.list_flags(conn, self.endpoint_id).items[::-1]

    def lines(self, **fields: object) -> Sequence[log_queries.PredictionLine]:
        self.recorder.flush()
        with self.db.read() as conn:
            return log_queries.list_predictions(conn, self.endpoint_id, **fields).items[::-1]  # type: ignore[arg-type]

    def verdict(self, prediction_id: str) -> Verdict | None:
        with self.db.read() as conn:
            return log_queries.get_prediction(conn, prediction_id).verdict

    def another_endpoint(self, name: str = "other") -> str:
        made = new_id("endpoint")
        self.db.write(
            lambda conn: conn.execute(insert(endpoint).values(**_endpoint(made, name, self.project_id, None)))
        )
        return made


def _endpoint(endpoint_id: str, name: str, project_id: str, dataset_id: str | None) -> dict[str, object]:
    return {
        "id": endpoint_id,
        "project_id": project_id,
        "name": name,
        "canary_share": 0.0,
        "dataset_id": dataset_id,
        "settings": EndpointSettings().model_dump(mode="json"),
        "is_on": True,
        "created_at": to_datetime(START),
    }


@pytest.fixture
def shop(database: Database, tmp_path: Path) -> Iterator[Shop]:
    """The shop, open; what waits in its recorder is written by ``flush`` alone."""
    clock = FakeClock(START + 3600)
    now = to_datetime(clock.now())
    ids = {"endpoint": new_id("endpoint"), "model": new_id("model")}

    def build(conn: Connection) -> tuple[str, str]:
        anna = {"id": "per_anna", "email": "a@x.org", "name": "Anna", "is_admin": False, "is_disabled": False}
        conn.execute(insert(person).values(**anna, created_at=now))
        project = create_project(conn, "shop", actor_id="per_anna", owner_id="per_anna", now=now)
        draft = OntologyDraft(labels=[Label(name="cat"), Label(name="dog")])
        save_ontology(conn, project.id, draft, actor_id="per_anna", now=now)
        made = create_dataset(conn, project.id, name="production", actor_id="per_anna", now=now)
        conn.execute(
            insert(model).values(
                id=ids["model"],
                project_id=project.id,
                name="m",
                task="classification",
                architecture="builtin:linear",
                params={},
                labels=["cat", "dog"],
                status="trained",
                query={},
                metrics={},
                created_at=now,
            )
        )
        conn.execute(insert(endpoint).values(**_endpoint(ids["endpoint"], "pets", project.id, made.id)))
        return project.id, made.id

    project_id, dataset_id = database.write(build)
    blobs = open_blobs("memory://")
    # An hour between flushes: the thread does nothing by itself in a test.
    recorder = LogRecorder(database, blobs, clock, flush_s=3600)
    yield Shop(database, blobs, clock, tmp_path, project_id, dataset_id, ids["endpoint"], ids["model"], recorder)
    recorder.close()
