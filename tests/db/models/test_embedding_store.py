"""Spaces and segments in the database, and what a second machine sees of them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.db.conftest import START, House

from whorl.base.errors import Conflict, NotFound, UnreadableMedia
from whorl.models.embeddings import actions, queries
from whorl.models.embeddings.keys import pack_keys
from whorl.models.embeddings.segments import encode_segment
from whorl.models.embeddings.store import EmbeddingStore
from whorl.store.blobs import BlobStore, content_key, open_blobs, put_content


def keys_of(*names: str) -> list[str]:
    return [hashlib.sha256(name.encode()).hexdigest() for name in names]


def unit(rows: int, width: int = 8, seed: int = 1) -> NDArray[np.float32]:
    found = np.random.default_rng(seed).standard_normal((rows, width)).astype(np.float32)
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def add(house: House, blobs: BlobStore, space_id: str, *names: str, width: int = 8) -> str:
    data = encode_segment(pack_keys(keys_of(*names)), unit(len(names), width))
    sha256 = put_content(blobs, data)
    house.db.write(
        lambda conn: actions.add_segment(
            conn, space_id, blob_sha256=sha256, rows=len(names), width=width, now=house.now()
        )
    )
    return sha256


def test_space__is_made_filled_seen_elsewhere_and_deleted(house: House, tmp_path: Path) -> None:
    blobs = open_blobs("memory://")
    here, there = (EmbeddingStore(house.db, blobs, tmp_path / name) for name in ("here", "there"))
    space = house.db.write(lambda conn: actions.create_space(conn, house.project_id, source="hog32-1", now=START))
    assert (space.name, space.width, space.is_kept) == ("hog32-1", None, True)
    assert here.open(space.id).count == 0
    first = add(house, blobs, space.id, "a", "b")
    assert here.open(space.id).count == there.open(space.id).count == 2
    assert here.open(space.id) is here.open(space.id)
    second = add(house, blobs, space.id, "c")
    assert there.open(space.id).rows_of(keys_of("c", "a", "d")).tolist() == [2, 0, -1]
    with house.db.read() as conn:
        assert queries.get_space(conn, space.id).width == 8
        assert queries.count_vectors(conn, [space.key]) == {space.key: 3}
    gone = house.db.write(lambda conn: actions.delete_space(conn, space.id))
    assert gone == sorted([first, second])
    with pytest.raises(NotFound, match="no space"):
        here.open(space.id)


def test_segments__of_another_width_are_refused(sqlite_house: House, tmp_path: Path) -> None:
    blobs = open_blobs("memory://")
    space = sqlite_house.db.write(
        lambda conn: actions.create_space(conn, sqlite_house.project_id, source="x", now=START)
    )
    add(sqlite_house, blobs, space.id, "a")
    with pytest.raises(Conflict, match="vectors of 9 numbers; those of space 'x' have 8"):
        add(sqlite_house, blobs, space.id, "b", width=9)
    assert EmbeddingStore(sqlite_house.db, blobs, tmp_path).open(space.id).count == 1


def test_segments__replaced_ones_are_seen_as_such(sqlite_house: House, tmp_path: Path) -> None:
    db, blobs = sqlite_house.db, open_blobs("memory://")
    store = EmbeddingStore(db, blobs, tmp_path)
    space = db.write(lambda conn: actions.create_space(conn, sqlite_house.project_id, source="x", now=START))
    add(sqlite_house, blobs, space.id, "a", "b")
    store.open(space.id)
    data = encode_segment(pack_keys(keys_of("b")), unit(1))
    fresh = put_content(blobs, data)
    with db.read() as conn:
        gone = [one.key for one in queries.list_segments(conn, space.id)]
    db.write(lambda conn: actions.replace_segments(conn, space.id, gone, [(fresh, 1)], width=8, now=START))
    found = store.open(space.id)
    assert found.rows_of(keys_of("a", "b")).tolist() == [-1, 0]


def test_open__a_damaged_segment_says_so(sqlite_house: House, tmp_path: Path) -> None:
    db, blobs = sqlite_house.db, open_blobs("memory://")
    space = db.write(lambda conn: actions.create_space(conn, sqlite_house.project_id, source="x", now=START))
    sha256 = add(sqlite_house, blobs, space.id, "a")
    blobs.put(content_key(sha256), b"something else")
    with pytest.raises(UnreadableMedia, match="segment of vectors"):
        EmbeddingStore(db, blobs, tmp_path).open(space.id)


def test_create_space__names(sqlite_house: House) -> None:
    db, project = sqlite_house.db, sqlite_house.project_id
    made = [
        db.write(lambda conn, kind=kind: actions.create_space(conn, project, source="hog32-1", kind=kind, now=START))  # type: ignore[misc]
        for kind in ("image", "image", "crop")
    ]
    assert [one.name for one in made] == ["hog32-1", "hog32-1 2", "hog32-1 crops"]
    with pytest.raises(Conflict, match="has a space named"):
        db.write(lambda conn: actions.create_space(conn, project, source="y", name="hog32-1", now=START))
    default = db.write(
        lambda conn: actions.find_or_create_default_space(conn, project, source="lite0-128-1", now=START)
    )
    assert default == made[0]
    with db.read() as conn:
        assert queries.choose_space(conn, project, made[1].name).id == made[1].id
        assert queries.choose_space(conn, project, None, kind="crop").id == made[2].id
        with pytest.raises(NotFound, match="there are: hog32-1, hog32-1 2, hog32-1 crops"):
            queries.choose_space(conn, project, "clip")
        with pytest.raises(NotFound, match="no space of crops yet"):
            queries.choose_space(conn, "prj_none", None, kind="crop")


def test_open__what_another_process_compacted_meanwhile(sqlite_house: House, tmp_path: Path) -> None:
    db, blobs = sqlite_house.db, open_blobs("memory://")
    space = db.write(lambda conn: actions.create_space(conn, sqlite_house.project_id, source="x", now=START))
    old = add(sqlite_house, blobs, space.id, "a", "b")
    store = EmbeddingStore(db, blobs, tmp_path)
    get = blobs.get

    def get_after_compaction(key: str) -> bytes:
        """The other process is done just before the first blob is asked for."""
        if key == content_key(old):
            fresh = put_content(blobs, encode_segment(pack_keys(keys_of("b")), unit(1)))
            with db.read() as conn:
                gone = [one.key for one in queries.list_segments(conn, space.id)]
            db.write(lambda conn: actions.replace_segments(conn, space.id, gone, [(fresh, 1)], width=8, now=START))
            blobs.delete(key)
        return get(key)

    blobs.get = get_after_compaction  # type: ignore[method-assign]
    assert store.open(space.id).rows_of(keys_of("a", "b")).tolist() == [-1, 0]
