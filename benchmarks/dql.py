"""Query a dataset of a million items with three annotations each: first page and capped count.

    python -m benchmarks.dql [--items 1000000] [--folder DIR] [--db sqlite|postgres-url]

Prints one JSON object: for each query the medians of seven runs in milliseconds, after one warm-up; the machine and its
load. A folder keeps the SQLite file, so that a second run skips the filling.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, text

from benchmarks.machine import describe_machine
from whorl.datasets.dql import Count, compile_query, count, list_keys, mark_filterable, parse_text
from whorl.store.db import Database, open_database
from whorl.store.db.migrate import upgrade
from whorl.store.db.types import ALIVE

RUNS = 7
START = datetime(2026, 1, 1, tzinfo=UTC)
TEXT_QUERIES = {
    "tag_and_label": "tag:t7 label:l3 confidence>=0.8 confidence<=0.9",
    "common_label": "label:l3",
    "rare_label": "label:rare",
    "two_labels": "label:l3 label:l4",
    "label_below": "label:l3 confidence<0.5 subset:train",
    "absence": "-label:l3",
    "subset": "subset:validation",
    "tag": "tag:t7",
    "label_in": "label:l3|l4|rare",
    "mixed": "label:l3 confidence<0.5 subset:train -label:l4 tag:t7|t8",
    "model": "model:mdl_x confidence<0.5",
    "not_annotated": "annotated:false",
    "everything": "",
    "by_name": "subset:train sort:name",
    "by_tag_unindexed": "camera:c11",
}

# A multiplicative generator: the same rows on both databases, spread enough that labels and tags are independent.
_ITEMS = """
INSERT INTO item (key, id, dataset_key, name, sha256, media_type, width, height, bytes, health, born_rev, died_rev,
                  created_at)
SELECT n, 'itm_' || n, 1, 'f' || (n * 7919 % 1000003) || '/' || n || '.jpg', 'x', 'image/jpeg', 640, 480, 50000, '{{}}',
       1, :alive, {time}
FROM ({numbers}) AS series
"""
_STATES = """
INSERT INTO item_state (item_key, dataset_key, subset, group_key, is_checked_empty, metadata, born_rev, died_rev)
SELECT n, 1, CASE n * 48271 % 10 WHEN 8 THEN 'validation' WHEN 9 THEN 'test' ELSE 'train' END, NULL, {false},
       ('{{"tag": "t' || (n * 16807 % 2147483647 % 51) || '", "camera": "c' || (n * 69621 % 2147483647 % 13)
       || '", "frame": ' || n || ', "site": {{"name": "north", "lane": 3}}}}'){as_json}, 1, :alive
FROM ({numbers}) AS series
"""
_ANNOTATIONS = """
INSERT INTO annotation (id, item_key, dataset_key, layer, label, kind, x0, y0, x1, y1, confidence, attributes,
                        author_kind, author_id, origin, model_id, born_rev, died_rev, created_at)
SELECT 'ann_' || n || '_{which}', n, 1, {layer},
       CASE WHEN {which} = 0 AND n % 100000 = 77 THEN 'rare' ELSE 'l' || (n * {step} % 2147483647 % 21) END, 'box',
       1.0, 2.0, 30.0, 40.0, (n * {step2} % 2147483647 % 1000) / 1000.0, '{{}}', 'person', 'per_1', 'drawn', {model},
       1, :alive, {time}
FROM ({numbers}) AS series
"""


def fill(database: Database, items: int) -> float:
    """Write the rows, index one metadata field, gather statistics; gives the seconds it took."""
    started = time.perf_counter()
    database.write(lambda conn: _fill(conn, items))
    database.write(lambda conn: mark_filterable(conn, "tag", "text", now=START))
    database.write(lambda conn: conn.execute(text("ANALYZE")))
    return time.perf_counter() - started


def _fill(conn: Connection, items: int) -> None:
    sqlite = conn.dialect.name == "sqlite"
    words = {
        "numbers": f"WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {items}) SELECT n FROM s"
        if sqlite
        else f"SELECT generate_series(1, {items}::bigint) AS n",
        "time": "1767225600000000 + n" if sqlite else "timestamptz '2026-01-01' + n * interval '1 second'",
        "false": "0" if sqlite else "false",
        "as_json": "" if sqlite else "::jsonb",
    }
    conn.execute(
        text("INSERT INTO project (id, name, settings, created_at) VALUES ('prj_1', 'p', '{}', :t)"),
        {"t": 0 if sqlite else START},
    )
    conn.execute(
        text(
            "INSERT INTO dataset (key, id, project_id, name, revision, created_at) "
            "VALUES (1, 'dst_1', 'prj_1', 'd', 1, :t)"
        ),
        {"t": 0 if sqlite else START},
    )
    conn.exec_driver_sql(_literal(_ITEMS, words))
    conn.exec_driver_sql(_literal(_STATES, words))
    for which, (step, step2) in enumerate([(48271, 40692), (69621, 16807), (16807, 69621)]):
        layer, model = ("'prediction'", "'mdl_x'") if which == 2 else ("'truth'", "NULL")
        more = {"which": str(which), "step": str(step), "step2": str(step2), "layer": layer, "model": model}
        conn.exec_driver_sql(_literal(_ANNOTATIONS, words | more))


def _literal(statement: str, words: dict[str, str]) -> str:
    written = statement.format(**words).replace(":alive", str(ALIVE))
    # PostgreSQL's driver reads a percent sign as a placeholder.
    return written.replace("%", "%%") if "generate_series" in words["numbers"] else written


def _median_ms(work: Callable[[], object]) -> dict[str, float]:
    """Wall and processor time; on a busy machine the second says what the query itself costs."""
    work()
    wall, cpu = [], []
    for _ in range(RUNS):
        started, cpu_started = time.perf_counter(), time.process_time()
        work()
        wall.append((time.perf_counter() - started) * 1000)
        cpu.append((time.process_time() - cpu_started) * 1000)
    return {"wall": round(statistics.median(wall), 2), "cpu": round(statistics.median(cpu), 2)}


def measure(database: Database, names: list[str]) -> dict[str, dict[str, object]]:
    """Time each query: parsing, choosing, first page of 100 keys; and the count, capped at 10,000 and 30 ms."""
    results: dict[str, dict[str, object]] = {}
    for name in names:
        written = TEXT_QUERIES[name]

        def page(written: str = written) -> list[int]:
            with database.read() as conn:
                return list_keys(conn, compile_query(parse_text(written), dataset_key=1), limit=100).keys

        def capped(written: str = written) -> Count:
            with database.read() as conn:
                return count(conn, compile_query(parse_text(written), dataset_key=1))

        counted = capped()
        results[name] = {
            "query": written,
            "first_page_ms": _median_ms(page),
            "count_ms": _median_ms(capped),
            "count": counted.count,
            "is_capped": counted.is_capped,
        }
        print(f"{name}: {results[name]}", file=sys.stderr)
    return results


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="keep the SQLite file here")
    parser.add_argument("--db", help="the URL of an empty PostgreSQL database; SQLite when left out")
    parser.add_argument("--only", nargs="*", choices=list(TEXT_QUERIES), default=list(TEXT_QUERIES))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        path = (options.folder or Path(temporary)) / "dql.db"
        is_filled = options.db is None and path.exists()
        with open_database(options.db or f"sqlite:///{path}", synchronous="OFF") as database:
            seconds = 0.0
            if not is_filled:
                upgrade(database)
                seconds = fill(database, options.items)
            report = {
                "items": options.items,
                "fill_s": round(seconds, 1),
                "database": "postgresql" if options.db else "sqlite",
                "machine": describe_machine(),
                "queries": measure(database, options.only),
            }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
