"""A home to measure the explorer on: a dataset of a million items, and one of 2,000 items with 14 boxes each.

    python -m benchmarks.explorer_home FOLDER [--items 1000000]

The items share 64 pictures, so that the disk holds little and a thumbnail costs what it always costs. About a minute
for a million items.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import math
from pathlib import Path

from PIL import Image, ImageDraw
from sqlalchemy import Connection, text

from benchmarks.dql import START, fill
from whorl.datasets.intake import thumbnail_key
from whorl.store.blobs import BlobStore, content_key
from whorl.store.blobs.folder import FolderBlobs
from whorl.store.db import open_database
from whorl.store.db.migrate import upgrade
from whorl.store.db.types import ALIVE

PICTURES = 64
PROJECT = "prj_1"
MILLION = "dst_1"
CROWDED = "dst_2"
CROWDED_ITEMS = 2000
BOXES = 14
_SIZE = (640, 480)
_LABELS = ("car", "truck", "person", "bicycle", "sign")


def make_home(home: Path, *, items: int) -> None:
    """Write database and blobs; a home that holds them already is left alone."""
    if (home / "ready.json").exists():
        return
    (home / "blobs").mkdir(parents=True, exist_ok=True)
    shas = _write_pictures(FolderBlobs(home / "blobs"))
    with open_database(f"sqlite:///{home / 'whorl.db'}", synchronous="OFF") as database:
        upgrade(database)
        seconds = fill(database, items)
        database.write(lambda conn: _share_pictures(conn, shas))
        database.write(lambda conn: _fill_crowded(conn, shas, first=items + 1))
    (home / "ready.json").write_text(json.dumps({"items": items, "fill_s": round(seconds, 1)}), encoding="utf-8")


def _write_pictures(blobs: BlobStore) -> list[str]:
    found: list[str] = []
    for number in range(PICTURES):
        image = _picture(number)
        full, small = io.BytesIO(), io.BytesIO()
        image.save(full, "JPEG", quality=85)
        image.resize((256, 192)).save(small, "JPEG", quality=82)
        sha256 = hashlib.sha256(full.getvalue()).hexdigest()
        blobs.put_if_absent(content_key(sha256), full.getvalue())
        blobs.put_if_absent(thumbnail_key(sha256), small.getvalue())
        found.append(sha256)
    return found


def _picture(number: int) -> Image.Image:
    """Waves and discs: as much detail as a photo, so that it decodes as slowly as one."""
    image = Image.effect_noise(_SIZE, 60).convert("RGB")
    draw = ImageDraw.Draw(image)
    for step in range(14):
        angle = number + step
        x, y = 320 + 240 * math.cos(angle), 240 + 170 * math.sin(angle * 1.7)
        colour = (number * 37 % 256, step * 18 % 256, (number * 11 + step * 40) % 256)
        draw.ellipse([x - 60, y - 40, x + 60, y + 40], fill=colour)
    return image


def _share_pictures(conn: Connection, shas: list[str]) -> None:
    conn.execute(text("CREATE TEMP TABLE picture (n INTEGER PRIMARY KEY, sha TEXT)"))
    conn.execute(text("INSERT INTO picture VALUES (:n, :sha)"), [{"n": n, "sha": sha} for n, sha in enumerate(shas)])
    conn.execute(
        text(
            "UPDATE item SET sha256 = (SELECT sha FROM picture WHERE n = item.key % :n), "
            "health = json_object('brightness', (item.key * 48271 % 200) + 20, 'contrast', 40.0, 'sharpness', 3.0)"
        ),
        {"n": PICTURES},
    )


def _fill_crowded(conn: Connection, shas: list[str], *, first: int) -> None:
    moment = int(START.timestamp() * 1_000_000)
    conn.execute(
        text(
            "INSERT INTO dataset (key, id, project_id, name, revision, created_at) "
            "VALUES (2, :id, :project, 'crowded', 1, :t)"
        ),
        {"id": CROWDED, "project": PROJECT, "t": moment},
    )
    keys = range(first, first + CROWDED_ITEMS)
    shared = {"alive": ALIVE, "t": moment}
    conn.execute(
        text(
            "INSERT INTO item (key, id, dataset_key, name, sha256, media_type, width, height, bytes, health, born_rev, "
            "died_rev, created_at) VALUES (:n, 'itm_c' || :n, 2, 'street/' || :n || '.jpg', :sha, 'image/jpeg', "
            "640, 480, 50000, '{}', 1, :alive, :t)"
        ),
        [{"n": n, "sha": shas[n % PICTURES], **shared} for n in keys],
    )
    conn.execute(
        text(
            "INSERT INTO item_state (item_key, dataset_key, subset, group_key, is_checked_empty, metadata, born_rev, "
            "died_rev) VALUES (:n, 2, :subset, NULL, 0, '{}', 1, :alive)"
        ),
        [{"n": n, "subset": ("train", "train", "train", "validation", "test")[n % 5], **shared} for n in keys],
    )
    conn.execute(
        text(
            "INSERT INTO annotation (id, item_key, dataset_key, layer, label, kind, x0, y0, x1, y1, confidence, "
            "attributes, author_kind, author_id, origin, model_id, born_rev, died_rev, created_at) VALUES (:id, :n, 2, "
            "'truth', :label, 'box', :x0, :y0, :x1, :y1, NULL, '{}', 'person', 'per_1', 'drawn', NULL, 1, :alive, :t)"
        ),
        [{**_box(n, which), **shared} for n in keys for which in range(BOXES)],
    )


def _box(n: int, which: int) -> dict[str, object]:
    x = (n * 97 + which * 211) % 500
    y = (n * 57 + which * 131) % 360
    return {
        "id": f"ann_c{n}_{which}",
        "n": n,
        "label": _LABELS[(n + which) % len(_LABELS)],
        "x0": x,
        "y0": y,
        "x1": x + 40 + which * 6,
        "y1": y + 40 + which * 4,
    }


def main() -> None:
    """Make the home that is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--items", type=int, default=1_000_000)
    given = parser.parse_args()
    make_home(given.folder, items=given.items)


if __name__ == "__main__":
    main()
