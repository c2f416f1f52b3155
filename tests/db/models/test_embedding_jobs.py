"""Embedding a dataset, going on after a kill, upkeep, and what goes when items go."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage
from sqlalchemy import func, select
from tests.db.conftest import ANNA, House, box_draft

from whorl.base.errors import JsonValue, ModelError, NotFound
from whorl.datasets.actions import delete_items
from whorl.datasets.dql import parse_text
from whorl.datasets.queries import list_items
from whorl.engine import Dispatcher, InlineExecutor, LocalExecutor
from whorl.engine.handlers import StaticHandlers
from whorl.engine.jobs import Job, get_job, list_jobs
from whorl.models.embeddings import actions, queries
from whorl.models.embeddings.bodies import embed_pictures, embed_texts, look_at_source
from whorl.models.embeddings.jobs import EMBED, KEEP_NODE, embed_job_handlers, plan_upkeep, start_embedding
from whorl.models.embeddings.queries import Space
from whorl.models.embeddings.sources import settle_source
from whorl.models.embeddings.store import EmbeddingStore, open_store
from whorl.models.embeddings.targets import iter_targets
from whorl.schemas.datasets import Item
from whorl.store.blobs import BlobStore, content_key, open_blobs, put_content, sha256_of
from whorl.store.db.tables import embedding_segment, inbox

RED, GREEN, BLUE = (250, 0, 0), (0, 250, 0), (0, 0, 250)
COLOURS, ODD, BLIND = (f"tests.db.models.embedders:{name}" for name in ("Colours", "Odd", "Blind"))


def picture(*colour: int, seed: int = 0) -> bytes:
    """A PNG of 60 x 40 pixels, noisy so that no two are alike."""
    noise = np.random.default_rng(seed + sum(colour)).integers(0, 6, (40, 60, 3))
    data = io.BytesIO()
    PilImage.fromarray(np.clip(noise + np.array(colour), 0, 255).astype(np.uint8)).save(data, "PNG")
    return data.getvalue()


@dataclass
class Clock:
    at: float = 1_790_000_000.0

    def now(self) -> float:
        return self.at


@dataclass
class Shed:
    """A house with images, and an engine that embeds them."""

    house: House
    home: Path
    blobs: BlobStore = field(default_factory=lambda: open_blobs("memory://"))
    clock: Clock = field(default_factory=Clock)

    def add(self, **images: bytes) -> list[Item]:
        items = []
        for name, data in images.items():
            sha256 = put_content(self.blobs, data)
            items += self.house.add(f"{name}.png", sha256=sha256, width=60, height=40)
        return items

    def space(self, source: str = "hog32-1", kind: str = "image", **fields: bool) -> Space:
        return self.house.db.write(
            lambda conn: actions.create_space(
                conn, self.house.project_id, source=source, kind=kind, now=self.house.now(), **fields
            )
        )

    def embed(self, space: Space, **filter: JsonValue) -> Job:
        job_id = self.house.db.write(
            lambda conn: start_embedding(
                conn, space, self.house.dataset_id, filter=filter or None, actor_id=ANNA, now=self.house.now()
            )
        )
        self.work()
        with self.house.db.read() as conn:
            return get_job(conn, job_id)

    def work(self) -> None:
        handlers = embed_job_handlers(self.house.db, self.blobs, self.home, self.clock)
        dispatcher = Dispatcher(self.house.db, StaticHandlers(handlers), executor=InlineExecutor(), clock=self.clock)
        assert dispatcher.run_until_idle(120)

    def store(self) -> EmbeddingStore:
        return open_store(self.house.db, self.blobs, self.home)

    def jobs(self) -> list[Job]:
        with self.house.db.read() as conn:
            return list_jobs(conn, kind=EMBED)


@pytest.fixture
def shed(sqlite_house: House, tmp_path: Path) -> Shed:
    return Shed(sqlite_house, tmp_path)


def counts(result: Mapping[str, JsonValue]) -> list[JsonValue]:
    return [result[name] for name in ("total", "present", "embedded", "refused")]


def test_embed__only_what_is_missing(house: House, tmp_path: Path) -> None:
    shed = Shed(house, tmp_path)
    first, *_ = shed.add(a=picture(*RED), b=picture(*GREEN), twin=picture(*RED))
    space = shed.space()
    assert counts(shed.embed(space).result) == [3, 1, 2, 0]
    asked = parse_text(f"near:{first.id} limit:1")
    with house.db.read() as conn:
        assert [one.name for one in list_items(conn, house.dataset_id, query=asked).items] == ["twin.png"]
    inside_a_write = house.db.write(lambda conn: list_items(conn, house.dataset_id, query=asked))
    assert [one.name for one in inside_a_write.items] == ["twin.png"]
    shed.add(c=picture(*BLUE))
    assert counts(shed.embed(space).result) == [4, 3, 1, 0]
    assert counts(shed.embed(space).result) == [4, 4, 0, 0]
    found = shed.store().open(space.id)
    keys = [sha256_of(picture(*colour)) for colour in (RED, GREEN, BLUE)]
    assert (found.count, found.width, found.rows_of(keys).tolist()) == (3, 1836, [0, 1, 2])


def test_embed__a_filter_and_an_empty_dataset(shed: Shed) -> None:
    space = shed.space()
    assert counts(shed.embed(space).result) == [0, 0, 0, 0]
    shed.add(a=picture(*RED), b=picture(*GREEN))
    assert counts(shed.embed(space, name="b.png").result) == [1, 0, 1, 0]
    assert shed.store().open(space.id).rows_of([sha256_of(picture(*GREEN))]).tolist() == [0]


def test_embed__unreadable_images_are_listed(shed: Shed) -> None:
    lost = picture(1, 2, 3)
    shed.add(a=picture(*RED), broken=b"no image at all", lost=lost)
    shed.blobs.delete(content_key(sha256_of(lost)))
    job = shed.embed(shed.space())
    assert (job.state, counts(job.result)) == ("done", [3, 0, 1, 2])
    listed = job.result["unreadable"]
    assert isinstance(listed, list)
    assert [one["item"] for one in listed if isinstance(one, dict)] == ["lost.png", "broken.png"]
    assert "broken.png" in job.log


def test_embed__crops_of_boxes(shed: Shed) -> None:
    first, second = shed.add(a=picture(*RED), b=picture(*GREEN))
    shed.house.save(first, box_draft(), box_draft(x0=30))
    shed.house.save(second, box_draft())
    space = shed.space(kind="crop")
    assert counts(shed.embed(space).result) == [3, 0, 3, 0]
    (targets,) = iter_targets(shed.house.db, "crop", shed.house.dataset_id)
    assert [one.bounds for one in targets] == [(1, 2, 11, 12), (30, 2, 40, 12), (1, 2, 11, 12)]
    vectors = shed.store().open(space.id)
    assert sorted(vectors.rows_of([one.key for one in targets]).tolist()) == [0, 1, 2]


def test_embed__goes_on_where_a_kill_left_it(shed: Shed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whorl.models.embeddings.embedding.SEGMENT", 2)
    shed.add(**{f"i{number}": picture(number, 2 * number, 99) for number in range(7)})
    space = shed.space()
    put = shed.blobs.put_if_absent
    calls = iter(range(100))

    def put_twice(key: str, data: bytes | Path) -> bool:
        if next(calls) == 2:
            raise RuntimeError("the machine went")
        return put(key, data)

    monkeypatch.setattr(shed.blobs, "put_if_absent", put_twice)
    assert shed.embed(space).state == "failed"
    assert shed.store().open(space.id).count == 4
    assert counts(shed.embed(space).result) == [7, 4, 3, 0]


def test_embed__vectors_go_with_their_items(shed: Shed) -> None:
    items = shed.add(**{f"i{number}": picture(number, 2 * number, 99) for number in range(6)})
    space = shed.space()
    shed.embed(space)
    before = set(shed.blobs.list("sha256"))

    def delete(count: int) -> None:
        ids = [one.id for one in items[:count]]
        shed.house.db.write(
            lambda conn: delete_items(conn, shed.house.dataset_id, ids, actor_id=ANNA, now=shed.house.now())
        )
        del items[:count]

    delete(1)
    assert shed.embed(space).result["dropped"] == 0
    held = shed.store().open(space.id)
    delete(1)
    assert shed.embed(space).result["dropped"] == 2
    found = shed.store().open(space.id)
    assert (held.count, found.count) == (6, 4)
    assert found.rows_of([one.sha256 for one in items]).tolist() == [0, 1, 2, 3]
    assert len(set(shed.blobs.list("sha256"))) == len(before)
    assert counts(shed.embed(space).result) == [4, 4, 0, 0]


def test_upkeep__embeds_what_arrives_and_only_then(shed: Shed) -> None:
    shed.add(a=picture(*RED))
    space = shed.space(is_kept=True)
    shed.house.db.write(lambda conn: plan_upkeep(conn, space, now=shed.house.now()))

    def look() -> None:
        shed.clock.at += 21
        shed.work()

    look()
    look()
    assert shed.jobs() == []
    shed.add(b=picture(*GREEN))
    look()
    assert shed.jobs() == []
    shed.add(c=picture(*BLUE))
    look()
    assert shed.jobs() == []
    look()
    (job,) = shed.jobs()
    assert counts(job.result) == [2, 0, 2, 0]
    look()
    look()
    assert len(shed.jobs()) == 1
    for number in range(8):
        shed.add(**{f"more{number}": picture(number, 7, 9)})
        look()
    assert len(shed.jobs()) == 2
    shed.house.db.write(lambda conn: actions.delete_space(conn, space.id))
    look()
    with shed.house.db.read() as conn:
        waiting = select(func.count()).where(inbox.c.node == KEEP_NODE)
        assert conn.execute(waiting).scalar_one() == 0


def test_upkeep__a_space_that_is_not_kept_asks_for_nothing(shed: Shed) -> None:
    space = shed.space(is_kept=False)
    shed.house.db.write(lambda conn: plan_upkeep(conn, space, now=shed.house.now()))
    with shed.house.db.read() as conn:
        assert conn.execute(select(func.count()).select_from(inbox)).scalar_one() == 0


def test_embed__zeros_and_nan_of_a_model_are_listed_and_never_stored(shed: Shed) -> None:
    shed.add(a=picture(*BLUE), nan=picture(*RED), zero=picture(*GREEN))
    space = shed.space(source=ODD)
    job = shed.embed(space)
    assert counts(job.result) == [3, 0, 1, 2]
    assert job.result["unreadable"] == [
        {"item": "nan.png", "why": "the model gave numbers that are not finite"},
        {"item": "zero.png", "why": "the model gave a vector of zeros"},
    ]
    only_bad = shed.space(source=ODD)
    job = shed.embed(only_bad, name="nan.png")
    assert (job.state, job.error_code) == ("failed", "model_error")
    assert "no vector for any of 1 images" in str(job.error)


def test_embed__a_model_that_has_another_width_now(shed: Shed) -> None:
    shed.add(a=picture(*RED), b=picture(*BLUE))
    space = shed.space(source=COLOURS)
    shed.embed(space, name="a.png")
    with shed.house.db.read() as conn:
        assert conn.execute(select(embedding_segment.c.rows)).scalars().all() == [1]
        assert queries.get_space(conn, space.id).width == 3
    shed.house.db.write(lambda conn: conn.exec_driver_sql("UPDATE embedding_space SET source = 'hog32-1'"))
    job = shed.embed(space)
    assert (job.state, job.error_code) == ("failed", "conflict")
    assert "vectors of 1836 numbers" in str(job.error)


def test_sources__text_and_models_that_do_not_embed(tmp_path: Path) -> None:
    home = str(tmp_path)
    assert (look_at_source("hog32-1", None, home), look_at_source(COLOURS, None, home)) == (False, True)
    np.testing.assert_array_equal(embed_texts(COLOURS, None, home, ["a green one"]), [[0, 1, 0]])
    with pytest.raises(ModelError, match="a vector of zeros for a text"):
        embed_texts(COLOURS, None, home, ["nothing"])
    with pytest.raises(ModelError, match="cannot read text"):
        embed_texts("hog32-1", None, home, ["red"])
    with pytest.raises(ModelError, match="cannot embed; it can predict"):
        look_at_source(BLIND, None, home)


def test_embed_pictures__in_another_process(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(picture(*RED))
    executor = LocalExecutor(1)
    try:
        future = executor.submit(
            embed_pictures, "hog32-1", None, str(tmp_path), [str(path)] * 2, [None, (10.0, 10.0, 20.0, 20.0)]
        )
        found = executor.wait(future)
    finally:
        executor.stop()
    assert found.positions.tolist() == [0, 1]
    np.testing.assert_allclose(np.linalg.norm(found.rows, axis=1), 1, atol=1e-6)
    assert float(found.rows[0] @ found.rows[1]) < 0.9999


def test_settle_source__what_people_write(shed: Shed) -> None:
    def settle(given: str | None) -> str:
        with shed.house.db.read() as conn:
            return settle_source(conn, shed.house.project_id, given, home=shed.home).name

    assert [settle(given) for given in (None, "hog", "hog32-1", COLOURS)] == ["hog32-1", "hog32-1", "hog32-1", COLOURS]
    with pytest.raises(ModelError, match="backbone"):
        settle("lite0")
    with pytest.raises(NotFound, match="no such model"):
        settle("mdl_01jd4q00000000000000000000")
    with pytest.raises(ModelError, match="pickle"):
        settle("weights.pt")
