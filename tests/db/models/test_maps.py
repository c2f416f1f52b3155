"""Maps on both databases: computed, grown, coloured, asked for by queries; and what is new against what is known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import func, select
from tests.db.conftest import ANNA, START, House, box_draft

from whorl.base.clock import SystemClock
from whorl.base.errors import InvalidInput, NotFound, QueryError
from whorl.datasets.actions import update_items
from whorl.datasets.dql import compile_query, list_keys, parse_text
from whorl.datasets.queries import list_item_keys
from whorl.datasets.revisions import load_dataset
from whorl.engine import Dispatcher, InlineExecutor
from whorl.engine.handlers import StaticHandlers
from whorl.engine.jobs import Job, get_job, request_cancel
from whorl.models.embeddings import actions, queries
from whorl.models.embeddings.coverage import measure_coverage
from whorl.models.embeddings.covering import Sides, report_coverage
from whorl.models.embeddings.keys import pack_keys
from whorl.models.embeddings.projection import colours, records
from whorl.models.embeddings.projection.jobs import map_job_handlers, start_map
from whorl.models.embeddings.projection.places import decode_places
from whorl.models.embeddings.queries import Space
from whorl.models.embeddings.segments import encode_segment
from whorl.models.embeddings.store import EmbeddingStore
from whorl.schemas.datasets import Item, ItemPatch, Subset
from whorl.store.blobs import BlobStore, open_blobs, put_content
from whorl.store.db.tables import embedding_map_point, item

SIZE = 20


def near(centre: int, rows: int, seed: int) -> NDArray[np.float32]:
    """Unit vectors (rows, 8) around one axis."""
    found = np.eye(8)[centre] + np.random.default_rng(seed).normal(scale=0.05, size=(rows, 8))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


@dataclass
class Atlas:
    """A dataset whose items have vectors, and an engine that is run by hand."""

    house: House
    blobs: BlobStore
    home: Path
    space: Space
    items: dict[str, list[Item]]

    def add(self, folder: str, centre: int, rows: int = SIZE) -> list[Item]:
        """Items of one folder, with vectors near one axis."""
        items = self.house.add(*(f"{folder}/{one:03}.png" for one in range(rows)))
        data = encode_segment(pack_keys([one.sha256 for one in items]), near(centre, rows, centre))
        sha256 = put_content(self.blobs, data)
        self.house.db.write(
            lambda conn: actions.add_segment(
                conn, self.space.id, blob_sha256=sha256, rows=rows, width=8, now=self.house.now()
            )
        )
        self.items[folder] = items
        return items

    def ask(self, **params: object) -> str:
        given = {"method": None, "filter": None, "seed": 1, **params}
        return self.house.db.write(
            lambda conn: start_map(
                conn,
                self.space,
                self.house.dataset_id,
                params=given,  # type: ignore[arg-type]
                actor_id=ANNA,
                now=self.house.now(),
            )
        )

    def run(self, job_id: str) -> Job:
        handlers = map_job_handlers(self.house.db, self.blobs, self.home, SystemClock())
        assert Dispatcher(self.house.db, StaticHandlers(handlers), executor=InlineExecutor()).run_until_idle(120)
        with self.house.db.read() as conn:
            return get_job(conn, job_id)

    def draw(self, **params: object) -> records.StoredMap:
        done = self.run(self.ask(**params))
        assert done.state == "done", done.error
        with self.house.db.read() as conn:
            return records.get_map(conn, str(done.result["map_id"]))

    def places(self, found: records.StoredMap) -> dict[int, list[int]]:
        keys, places = decode_places(records.read_blob(self.blobs, found))
        return dict(zip(keys.tolist(), places.tolist(), strict=True))

    def colour(self, found: records.StoredMap, by: str) -> list[tuple[str, str, int]]:
        """Title, chip and count of each category; each chip with a condition on items finds as many items."""
        keys = np.asarray(sorted(self.places(found)), np.int64)
        with self.house.db.read() as conn:
            made = colours.colour_points(conn, found, keys, by)
            assert np.bincount(made.codes, minlength=len(made.categories)).tolist() == [
                one.count for one in made.categories
            ]
            for one in made.categories:
                if one.chip:
                    assert len(list_item_keys(conn, found.dataset_id, query=parse_text(one.chip))) == one.count
        return [(one.title, one.chip, one.count) for one in made.categories]


@pytest.fixture
def atlas(house: House, tmp_path: Path) -> Atlas:
    """Two folders of twenty items each."""
    space = house.db.write(
        lambda conn: actions.create_space(conn, house.project_id, source="hog32-1", is_kept=False, now=START)
    )
    made = Atlas(house, open_blobs("memory://"), tmp_path, space, {})
    made.add("day", 0)
    made.add("night", 3)
    return made


def test_map__is_computed_asked_for_and_grows(atlas: Atlas) -> None:
    first = atlas.draw()
    before = atlas.places(first)
    assert (first.method, first.rows, first.params["note"]) == ("tsne", 40, "")
    with atlas.house.db.read() as conn:
        points = conn.execute(select(embedding_map_point).where(embedding_map_point.c.map_id == first.id)).all()
        assert {one.item_key: [one.x, one.y] for one in points} == before
        # A box around one folder finds that folder: the two lie apart.
        key_of = {row.id: row.key for row in conn.execute(select(item.c.id, item.c.key))}
        day = [before[key_of[one.id]] for one in atlas.items["day"]]
        low, high = np.min(day, axis=0), np.max(day, axis=0)
        ring = f"{low[0]},{low[1] - 1};{high[0] + 1},{low[1] - 1};{high[0] + 1},{high[1] + 1};{low[0]},{high[1] + 1}"
        query = parse_text(f"map:{first.id}/{ring}")
        compiled = compile_query(query, dataset_key=load_dataset(conn, first.dataset_id).key)
        assert sorted(list_keys(conn, compiled, limit=99).keys) == sorted(key_of[one.id] for one in atlas.items["day"])
    atlas.add("snow", 6, rows=5)
    with atlas.house.db.read() as conn:
        assert records.to_wire(conn, first).n_missing == 5
    second = atlas.draw()
    after = atlas.places(second)
    moved = [np.hypot(*np.subtract(after[key], before[key])) for key in before]
    assert (second.rows, second.params["from"], second.params["n_new"]) == (45, first.id, 5)
    assert float(np.median(moved)) < 0.1 * 48_000
    same = atlas.draw()
    assert atlas.places(same) == after
    fresh = atlas.draw(is_fresh=True, method="pca", filter="name:day/*")
    assert (fresh.rows, fresh.method, "from" in fresh.params) == (20, "pca", False)


def test_map__only_the_newest_are_kept_and_a_deleted_space_takes_its_maps(atlas: Atlas) -> None:
    drawn = [atlas.draw(method="pca", seed=seed).id for seed in range(7)]
    with atlas.house.db.read() as conn:
        assert [one.id for one in records.list_maps(conn, atlas.house.dataset_id)] == drawn[:1:-1]
        assert conn.execute(select(func.count()).select_from(embedding_map_point)).scalar() == 5 * 40
        with pytest.raises(NotFound, match="no map with id"):
            records.get_map(conn, drawn[0])
    atlas.house.db.write(lambda conn: actions.delete_space(conn, atlas.space.id))
    with atlas.house.db.read() as conn:
        assert records.list_maps(conn, atlas.house.dataset_id) == []
        assert conn.execute(select(func.count()).select_from(embedding_map_point)).scalar() == 0


def test_map__nothing_to_lay_out_crops_and_a_cancel_are_told(atlas: Atlas) -> None:
    empty = atlas.run(atlas.ask(filter="name:none*"))
    assert (empty.state, empty.error_code) == ("failed", "invalid_input")
    assert "no image that matches has a vector" in str(empty.error)
    job_id = atlas.ask()
    atlas.house.db.write(lambda conn: request_cancel(conn, job_id, actor_id=ANNA, now=START))
    assert atlas.run(job_id).state == "cancelled"
    with pytest.raises(QueryError):
        atlas.ask(filter="subset>")
    crops = atlas.house.db.write(
        lambda conn: actions.create_space(
            conn, atlas.house.project_id, source="hog32-1", kind="crop", is_kept=False, now=START
        )
    )
    atlas.space = crops
    assert "holds crops" in str(atlas.run(atlas.ask()).error)


def test_colours__say_what_each_item_is(atlas: Atlas) -> None:
    day, night = atlas.items["day"], atlas.items["night"]
    atlas.house.save(day[0], box_draft("car"), box_draft("truck", 3), box_draft("truck", 40))
    atlas.house.save(day[1], box_draft("car"))
    patches = {one.id: ItemPatch(subset=Subset.TRAIN) for one in night}
    atlas.house.db.write(lambda conn: update_items(conn, atlas.house.dataset_id, patches, actor_id=ANNA, now=START))
    found = atlas.draw(method="pca")
    assert atlas.colour(found, "subset") == [("train", "subset:train", 20), ("no subset", "subset:null", 20)]
    assert atlas.colour(found, "labelled") == [
        ("labelled", "annotated:true", 2),
        ("not labelled", "annotated:false checked_empty:false", 38),
    ]
    assert atlas.colour(found, "source") == [("day", 'name~"day/*"', 20), ("night", 'name~"night/*"', 20)]
    with atlas.house.db.read() as conn:
        keys = np.asarray(sorted(atlas.places(found)), np.int64)
        labels = colours.colour_points(conn, found, keys, "label")
        assert [(one.title, one.chip, one.count) for one in labels.categories] == [
            ("car", "label:car", 1),
            ("truck", "label:truck", 1),
            ("no label", "", 38),
        ]
        assert [one.is_rest for one in labels.categories] == [False, False, True]
        channels = colours.list_channels(conn, found)
        assert set(channels) == set(colours.CHANNELS)
        for by, error, message in (
            ("speed", InvalidInput, "cannot be coloured by 'speed'"),
            ("eval:", InvalidInput, "cannot be coloured"),
            ("eval:evl_x", QueryError, "no evaluation 'evl_x'"),
            ("selection:sel_x", QueryError, "no selection 'sel_x'"),
        ):
            with pytest.raises(error, match=message):
                colours.colour_points(conn, found, keys, by)
    assert atlas.colour(found, "confidence") == [("no prediction", "", 40)]
    assert atlas.colour(found, "duplicates") == [("unlike all others", "", 40)]
    times = atlas.colour(found, "created_at")
    assert sum(count for _, _, count in times) == 40
    assert len(times) == 2


def test_coverage__says_what_is_new(atlas: Atlas, tmp_path: Path) -> None:
    atlas.add("snow", 6, rows=5)
    store = EmbeddingStore(atlas.house.db, atlas.blobs, tmp_path / "seen")
    dataset_id = atlas.house.dataset_id

    def report(new: str, known: str | None):  # type: ignore[no-untyped-def]
        sides = Sides(
            dataset_id, dataset_id, parse_text(new), None if known is None else parse_text(known), known or ""
        )
        return report_coverage(
            atlas.house.db,
            store,
            atlas.space,
            sides,
            measure=lambda one, two, examples: measure_coverage(one, two, examples=examples),
            examples=3,
        )

    found = report("-name:night/00*", "name:day/*")
    assert (found.n_new, found.n_known, found.n_both, found.n_without) == (15, 20, 20, 0)
    assert found.covered_share == 0.0
    assert found.by_source == {"night": 1.0, "snow": 1.0}
    # Two kinds of novelty are the first two examples.
    assert {one.name.split("/")[0] for one in found.farthest[:2]} == {"night", "snow"}
    assert all(one.nearest_name.startswith("day/") for one in found.farthest)
    assert (sum(found.histogram_new), sum(found.histogram_known)) == (15, 20)
    own = report("name:day/00*", "name:day/01* name:day/*")
    assert own.covered_share > 0.6
    for new, known, message in (
        ("name:none*", "name:day/*", "no item matches the first query"),
        ("name:day/*", "name:none*", "no item matches name:none"),
        ("name:day/*", "name:day/*", "are known already"),
        ("name:day/*", "name:snow/000*", "1 known items"),
        ("name:day/*", None, "the training subset is empty, and no item is labelled"),
    ):
        with pytest.raises(InvalidInput, match=message):
            report(new, known)
    atlas.house.save(atlas.items["night"][0], box_draft("car"))
    atlas.house.save(atlas.items["night"][1], box_draft("car"))
    assert report("name:day/*", None).against == "annotated:true"
    atlas.house.add("late/000.png", "late/001.png")
    assert report("-name:night/*", "name:night/*").n_without == 2
    with pytest.raises(InvalidInput, match="none of the 2 new items has a vector yet"):
        report("name:late/*", "name:day/*")
    with atlas.house.db.read() as conn:
        assert queries.get_space(conn, atlas.space.id).width == 8
