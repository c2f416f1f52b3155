"""Small images and folders for the format tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from whorl.formats import Found
from whorl.schemas.records import ImportIssue, ItemRecord

MakeImage = Callable[..., Path]


@pytest.fixture
def image(tmp_path: Path) -> MakeImage:
    """Write a plain picture below the test's folder and give its path."""

    def make(name: str, size: tuple[int, int] = (100, 80), **options: object) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, (90, 120, 150)).save(path, **options)
        return path

    return make


@pytest.fixture
def split() -> Callable[[object], tuple[list[ItemRecord], list[ImportIssue]]]:
    """Part what a reader found into items and issues."""

    def part(found: list[Found]) -> tuple[list[ItemRecord], list[ImportIssue]]:
        listed = list(found)
        return (
            [one for one in listed if isinstance(one, ItemRecord)],
            [one for one in listed if isinstance(one, ImportIssue)],
        )

    return part
