"""The inbox's SQL, written out for each database: this is the hot path.

Lists travel as one parameter (a JSON array on SQLite, an array on PostgreSQL), so a statement is prepared once and no
list is too long. On PostgreSQL times are the server's, because workers' clocks differ.

On SQLite rows also come back as one JSON array, and go in many to a statement: the driver lets go of Python's lock at
each row it steps over, and each time somebody who answers people may keep it for milliseconds.
"""

from __future__ import annotations

from dataclasses import dataclass

ROWS_PER_SEND = 128
"""Rows that one SQLite statement of ``send_many`` takes."""


@dataclass(frozen=True, slots=True)
class Statements:
    """One text per call of ``whorl.engine.inbox``; see there for what each does."""

    send: str
    send_many: str
    prepare: str
    select_due: str
    take: str
    extend: str
    held: str
    finish: str
    retry: str
    release: str
    release_all: str
    delete_dead: str
    ready: str


_INSERT = "INSERT INTO inbox (node, run_key, ref, epoch, payload, not_before_ms, attempts) VALUES "
_ROW = "(?, ?, ?, ?, ?, ?, 0)"
_HELD = "token = ? AND id IN (SELECT value FROM json_each(?))"
SQLITE = Statements(
    send=f"{_INSERT}{_ROW} ON CONFLICT DO NOTHING",
    send_many=f"{_INSERT}{', '.join([_ROW] * ROWS_PER_SEND)} ON CONFLICT DO NOTHING",
    prepare="",
    # ORDER BY follows the index exactly; ordering by id alone sorts the backlog.
    select_due="SELECT json_group_array(json_array(id, node, run_key, ref, epoch, attempts, payload)) FROM"
    " (SELECT id, node, run_key, ref, epoch, attempts, payload FROM inbox"
    " WHERE node = ? AND not_before_ms <= ? AND leased_until_ms <= ? ORDER BY not_before_ms, id LIMIT ?)",
    take="UPDATE inbox SET token = ?, leased_until_ms = ?, attempts = attempts + 1"
    " WHERE id IN (SELECT value FROM json_each(?))",
    extend=f"UPDATE inbox SET leased_until_ms = ? WHERE {_HELD}",
    # No term on node: with one, SQLite walks the node's whole backlog instead of looking up the ids.
    held=f"SELECT json_group_array(id) FROM inbox WHERE {_HELD}",
    finish=f"DELETE FROM inbox WHERE {_HELD}",
    retry="UPDATE inbox SET token = NULL, leased_until_ms = 0, not_before_ms = ? WHERE token = ? AND id = ?",
    release=f"UPDATE inbox SET token = NULL, leased_until_ms = 0, attempts = attempts - 1 WHERE {_HELD}",
    release_all="UPDATE inbox SET token = NULL, leased_until_ms = 0 WHERE token IS NOT NULL",
    delete_dead="DELETE FROM dead_letter WHERE id IN (SELECT value FROM json_each(?))"
    " RETURNING node, run_key, ref, epoch, payload",
    ready="SELECT value FROM json_each(?) AS asked WHERE EXISTS"
    " (SELECT 1 FROM inbox WHERE inbox.node = asked.value AND not_before_ms <= ? AND leased_until_ms <= ?)",
)

_NOW_MS = "(extract(epoch from statement_timestamp()) * 1000)::bigint"
POSTGRES = Statements(
    send_many="",
    held="",
    send="INSERT INTO inbox (node, run_key, ref, epoch, payload, not_before_ms, attempts)"
    " SELECT *, 0 FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::int[], %s::text[], %s::bigint[])"
    " ON CONFLICT DO NOTHING",
    # With statistics from before the backlog, PostgreSQL expects few rows and sorts all of them for each claim.
    prepare="SELECT set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true),"
    " set_config('enable_seqscan', 'off', true)",
    select_due="SELECT id, node, run_key, ref, epoch, attempts, payload FROM inbox"
    f" WHERE node = %s AND not_before_ms <= {_NOW_MS} AND leased_until_ms <= {_NOW_MS}"
    " ORDER BY not_before_ms, id LIMIT %s FOR UPDATE SKIP LOCKED",
    take=f"UPDATE inbox SET token = %s, leased_until_ms = {_NOW_MS} + %s, attempts = attempts + 1"
    " WHERE id = ANY(%s::bigint[])",
    extend=f"UPDATE inbox SET leased_until_ms = {_NOW_MS} + %s WHERE token = %s AND id = ANY(%s::bigint[])"
    " RETURNING id",
    finish="DELETE FROM inbox WHERE token = %s AND id = ANY(%s::bigint[]) RETURNING id",
    retry=f"UPDATE inbox SET token = NULL, leased_until_ms = 0, not_before_ms = {_NOW_MS} + late.ms"
    " FROM unnest(%s::bigint[], %s::bigint[]) AS late(ms, id) WHERE token = %s AND inbox.id = late.id",
    release="UPDATE inbox SET token = NULL, leased_until_ms = 0, attempts = attempts - 1"
    " WHERE token = %s AND id = ANY(%s::bigint[]) RETURNING id",
    release_all="UPDATE inbox SET token = NULL, leased_until_ms = 0 WHERE token IS NOT NULL",
    delete_dead="DELETE FROM dead_letter WHERE id = ANY(%s::bigint[]) RETURNING node, run_key, ref, epoch, payload",
    # ORDER BY and LIMIT keep it a probe per node; as EXISTS it becomes one pass over the whole inbox.
    ready="SELECT asked.node FROM unnest(%s::text[]) AS asked(node) CROSS JOIN LATERAL"
    f" (SELECT 1 FROM inbox WHERE inbox.node = asked.node AND not_before_ms <= {_NOW_MS}"
    f" AND leased_until_ms <= {_NOW_MS} ORDER BY not_before_ms, id LIMIT 1) AS oldest",
)
