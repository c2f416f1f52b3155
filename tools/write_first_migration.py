"""Write the first migration from the tables. For use until the first release only; after it, migrations are added."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from sqlalchemy import Column, ForeignKeyConstraint, Index, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy.schema import Constraint, DefaultClause

from whorl.store.db.tables import metadata
from whorl.store.db.types import Json, Key, UtcDateTime

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "src/whorl/store/db/migrations/versions/0001_initial.py"
_HEAD = '''"""The first schema, a function per table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# Microseconds since 1970 on SQLite, so that times sort and compare there too.
TIME = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")
'''


def render() -> str:
    """The migration's source, formatted."""
    tables = metadata.sorted_tables
    calls = "\n".join(f"    _{table.name}()" for table in tables)
    upgrade = f'def upgrade() -> None:\n    """Make every table, those that others point at first."""\n{calls}\n'
    source = "\n\n".join([_HEAD, upgrade, *map(_function, tables)])
    formatted = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(TARGET), "-"],
        input=source,
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return formatted.stdout


def _function(table: Table) -> str:
    arguments = [
        repr(table.name),
        *map(_column, table.columns),
        *map(_constraint, _in_order(table)),
        *_options(table),
    ]
    lines = [
        f"def _{table.name}() -> None:",
        "    op.create_table(",
        *(f"        {one}," for one in arguments),
        "    )",
        *(f"    {_index(one)}" for one in sorted(table.indexes, key=lambda index: str(index.name))),
    ]
    return "\n".join(lines) + "\n"


def _column(column: Column[object]) -> str:
    parts = [repr(column.name), _type(column), f"nullable={column.nullable}"]
    if column.server_default is not None:
        assert isinstance(column.server_default, DefaultClause)
        assert isinstance(column.server_default.arg, str), f"{column}: only plain defaults are written here"
        parts.append(f"server_default={column.server_default.arg!r}")
    if column.autoincrement != "auto":
        parts.append(f"autoincrement={column.autoincrement!r}")
    assert column.computed is None, f"{column}: computed columns are not written here"
    assert column.identity is None, f"{column}: identity columns are not written here"
    return f"sa.Column({', '.join(parts)})"


def _type(column: Column[object]) -> str:
    if column.type is Key:
        return "KEY"
    if column.type is Json:
        return "JSON"
    if isinstance(column.type, UtcDateTime):
        return "TIME"
    assert not column.type._variant_mapping, f"{column}: name this variant in the head"  # noqa: SLF001 - no other way
    return f"sa.{column.type!r}"


def _in_order(table: Table) -> list[Constraint]:
    # As `create_all` writes them: the primary key first, then as they were made.
    rest = [one for one in table.constraints if one is not table.primary_key]
    return [table.primary_key, *sorted(rest, key=lambda one: one._creation_order)]  # noqa: SLF001 - as SQLAlchemy does


def _constraint(constraint: Constraint) -> str:
    match constraint:
        case PrimaryKeyConstraint():
            return f"sa.PrimaryKeyConstraint({_names(constraint)}, name={str(constraint.name)!r})"
        case UniqueConstraint():
            return f"sa.UniqueConstraint({_names(constraint)}, name={str(constraint.name)!r})"
        case ForeignKeyConstraint():
            ours = [column.name for column in constraint.columns]
            theirs = [element.target_fullname for element in constraint.elements]
            deletes = f", ondelete={constraint.ondelete!r}" if constraint.ondelete else ""
            return f"sa.ForeignKeyConstraint({ours!r}, {theirs!r}, name={str(constraint.name)!r}{deletes})"
        case _:
            raise TypeError(f"{constraint!r} is not written here yet")


def _names(constraint: PrimaryKeyConstraint | UniqueConstraint) -> str:
    return ", ".join(repr(column.name) for column in constraint.columns)


def _options(table: Table) -> list[str]:
    return [f"{key}={value!r}" for key, value in sorted(table.kwargs.items())]


def _index(index: Index) -> str:
    columns = [one.name if isinstance(one, Column) else str(one) for one in index.expressions]
    assert columns == list(index.columns.keys()), f"{index.name}: expressions are not written here"
    unique = ", unique=True" if index.unique else ""
    more = "".join(f", {key}={value!r}" for key, value in sorted(index.kwargs.items()))
    assert index.table is not None
    return f"op.create_index({str(index.name)!r}, {index.table.name!r}, {columns!r}{unique}{more})"


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
    print(f"wrote {TARGET.relative_to(ROOT)}")
