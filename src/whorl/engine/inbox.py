"""The inbox: send, claim, extend, finish, and the ways out for what fails, each inside the caller's transaction.

``now_ms`` is the caller's clock in milliseconds since 1970 and is used on SQLite only: there is one process. On
PostgreSQL the server's clock decides, whatever the caller's says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

import orjson
from sqlalchemy import Connection

from whorl.engine.messages import Message, Work, encode_payload
from whorl.engine.rules import choose_claim, describe_error
from whorl.engine.statements import POSTGRES, ROWS_PER_SEND, SQLITE
from whorl.store.db.arrays import int_array, text_array
from whorl.store.db.tables import dead_letter


def send(conn: Connection, messages: Sequence[Message]) -> None:
    """Put messages into the inbox; one that is there already (same node, run, ref and epoch) is left alone."""
    if not messages:
        return
    rows = [(m.node, m.run_key, m.ref, m.epoch, encode_payload(m.payload), _due_ms(m.not_before)) for m in messages]
    _send_rows(conn, rows)


def claim(conn: Connection, node: str, *, limit: int, lease_ms: int, now_ms: int, token: str) -> list[Work]:
    """Lease up to ``limit`` due items of ``node`` under ``token``, oldest first.

    An item that failed twice or more is claimed alone. Items whose lease ran out are due again. On PostgreSQL the
    planner avoids sorts and scans for the rest of the transaction.

    Args:
        token: Fresh for every claim; whoever holds it may finish the items.
    """
    # Any: rows of the driver, or lists out of JSON; both are read by position.
    if _is_postgres(conn):
        conn.exec_driver_sql(POSTGRES.prepare)
        found: Sequence[Any] = conn.exec_driver_sql(POSTGRES.select_due, (node, limit)).all()
    else:
        found = orjson.loads(conn.exec_driver_sql(SQLITE.select_due, (node, now_ms, now_ms, limit)).scalar_one())
    chosen = [found[position] for position in choose_claim([row[5] for row in found])]
    if not chosen:
        return []
    ids = [row[0] for row in chosen]
    if _is_postgres(conn):
        conn.exec_driver_sql(POSTGRES.take, (token, lease_ms, int_array(ids)))
    else:
        conn.exec_driver_sql(SQLITE.take, (token, now_ms + lease_ms, _json(ids)))
    return [Work(row[0], row[1], row[2], row[3], row[4], row[5] + 1, row[6]) for row in chosen]


def extend(conn: Connection, token: str, ids: Sequence[int], *, lease_ms: int, now_ms: int) -> set[int]:
    """Start the lease of these items anew; give the ids still held under ``token``."""
    if _is_postgres(conn):
        return _ids(conn, POSTGRES.extend, (lease_ms, token, int_array(ids)))
    return _change_held(conn, SQLITE.extend, token, ids, (now_ms + lease_ms,))


def finish(conn: Connection, token: str, ids: Sequence[int]) -> set[int]:
    """Take items out of the inbox: the fence. Give the ids still held under ``token``; only these may have effects."""
    if not ids:
        return set()
    if _is_postgres(conn):
        return _ids(conn, POSTGRES.finish, (token, int_array(ids)))
    return _change_held(conn, SQLITE.finish, token, ids)


def retry_later(conn: Connection, token: str, delays_ms: Mapping[int, int], *, now_ms: int) -> None:
    """Give items back to be tried again after a delay each (id to milliseconds); leave alone those no longer held."""
    if not delays_ms:
        return
    if _is_postgres(conn):
        conn.exec_driver_sql(POSTGRES.retry, (int_array([*delays_ms.values()]), int_array([*delays_ms]), token))
    else:
        rows = [(now_ms + delay_ms, token, work_id) for work_id, delay_ms in delays_ms.items()]
        conn.exec_driver_sql(SQLITE.retry, rows)


def release(conn: Connection, token: str, ids: Sequence[int]) -> set[int]:
    """Give items back untouched, due at once; the try does not count. Give the ids that were still held."""
    if not ids:
        return set()
    if _is_postgres(conn):
        return _ids(conn, POSTGRES.release, (token, int_array(ids)))
    return _change_held(conn, SQLITE.release, token, ids)


def release_all(conn: Connection) -> int:
    """Give back every leased item and say how many.

    For the start of the only process that works on this database: whoever held these leases is dead. The tries count.
    """
    return conn.exec_driver_sql(SQLITE.release_all).rowcount


def bury(
    conn: Connection, token: str, failures: Sequence[tuple[Work, Exception]], *, now: datetime
) -> list[tuple[Work, Exception]]:
    """Move items from the inbox to the dead letters with their error; give those that were still held."""
    if not failures:
        return []
    held = finish(conn, token, [work.id for work, _ in failures])
    kept = [(work, error) for work, error in failures if work.id in held]
    rows = []
    for work, error in kept:
        code, text = describe_error(error)
        rows.append(
            {
                "node": work.node,
                "run_key": work.run_key,
                "ref": work.ref,
                "epoch": work.epoch,
                "attempts": work.attempts,
                "payload": work.payload_json,
                "error_code": code,
                "error": text,
                "at": now,
            }
        )
    if rows:
        conn.execute(dead_letter.insert(), rows)
    return kept


def revive(conn: Connection, dead_ids: Sequence[int]) -> int:
    """Move dead letters back into the inbox with all their tries; give how many there were."""
    given = int_array(dead_ids) if _is_postgres(conn) else _json(dead_ids)
    statement = POSTGRES.delete_dead if _is_postgres(conn) else SQLITE.delete_dead
    rows = [(*row, 0) for row in conn.exec_driver_sql(statement, (given,))]
    if rows:
        _send_rows(conn, rows)
    return len(rows)


def list_ready(conn: Connection, nodes: Sequence[str], *, now_ms: int) -> set[str]:
    """Give which of ``nodes`` have an item that is due."""
    if _is_postgres(conn):
        return set(conn.exec_driver_sql(POSTGRES.ready, (list(nodes),)).scalars())
    return set(conn.exec_driver_sql(SQLITE.ready, (_json(nodes), now_ms, now_ms)).scalars())


def _send_rows(conn: Connection, rows: list[tuple[str, int, str, int, str, int]]) -> None:
    if _is_postgres(conn):
        nodes, run_keys, refs, epochs, payloads, dues = zip(*rows, strict=True)
        columns = (text_array(nodes), int_array(run_keys), text_array(refs), int_array(epochs), text_array(payloads))
        conn.exec_driver_sql(POSTGRES.send, (*columns, int_array(dues)))
        return
    full = len(rows) // ROWS_PER_SEND * ROWS_PER_SEND
    for start in range(0, full, ROWS_PER_SEND):
        many = tuple(chain.from_iterable(rows[start : start + ROWS_PER_SEND]))
        conn.exec_driver_sql(SQLITE.send_many, many)
    if full < len(rows):
        conn.exec_driver_sql(SQLITE.send, rows[full:])


def _change_held(
    conn: Connection, statement: str, token: str, ids: Sequence[int], values: tuple[int, ...] = ()
) -> set[int]:
    """Change what ``token`` holds of ``ids`` and give it. Nobody comes between: SQLite has one writer."""
    held: list[int] = orjson.loads(conn.exec_driver_sql(SQLITE.held, (token, _json(ids))).scalar_one())
    if held:
        conn.exec_driver_sql(statement, (*values, token, _json(held)))
    return set(held)


def _ids(conn: Connection, statement: str, parameters: tuple[object, ...]) -> set[int]:
    return {row[0] for row in conn.exec_driver_sql(statement, parameters)}


def _json(values: Sequence[int] | Sequence[str]) -> str:
    return orjson.dumps(list(values)).decode()


def _due_ms(not_before: datetime | None) -> int:
    return 0 if not_before is None else int(not_before.timestamp() * 1000)


def _is_postgres(conn: Connection) -> bool:
    return conn.dialect.name == "postgresql"
