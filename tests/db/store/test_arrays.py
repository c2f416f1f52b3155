"""What goes to PostgreSQL in an array literal comes back as it was."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from whorl.store.db import open_database
from whorl.store.db.arrays import int_array, text_array

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12), max_size=8)
NUMBERS = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(texts=TEXTS, numbers=NUMBERS)
def test_arrays__survive_the_trip(postgres_url: str, texts: list[str], numbers: list[int]) -> None:
    with open_database(postgres_url) as database, database.read() as conn:
        asked = text("SELECT CAST(:texts AS text[]), CAST(:numbers AS bigint[])")
        row = conn.execute(asked, {"texts": text_array(texts), "numbers": int_array(numbers)}).one()
    assert (row[0], row[1]) == (texts, numbers)
