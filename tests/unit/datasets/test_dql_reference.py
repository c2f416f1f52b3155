"""The examples of the reference page parse."""

from __future__ import annotations

import re
from pathlib import Path

from whorl.datasets.dql import parse_query, parse_text

PAGE = (Path(__file__).parents[3] / "docs/reference/dql.md").read_text(encoding="utf-8")


def test_reference__blocks_parse() -> None:
    texts = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    documents = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert (len(texts), len(documents)) == (1, 2)
    for text in texts:
        parse_text(text)
    for document in documents:
        parse_query(document)


def test_reference__rows_of_the_text_form_parse() -> None:
    table = PAGE.split("| written | meaning |")[1].split("## JSON form")[0]
    examples = [
        code.replace("\\|", "|")
        for line in table.splitlines()[2:]
        if line.startswith("|")
        for code in re.findall(r"`((?:\\\||[^`])+)`", line.replace("\\|", "\0").split("|")[1].replace("\0", "|"))
    ]
    assert len(examples) > 15
    for example in examples:
        parse_text(example)
