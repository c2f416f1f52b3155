"""Conversions through the server: dry run, job, report, undo, and the object found in a box."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

import whorl
from whorl.base.errors import Conflict, InvalidInput, WhorlError
from whorl.geometry.polygons import polygon_area
from whorl.schemas.annotations import Polygon
from whorl.sdk.datasets import Dataset


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dataset]:
    """Two pictures of a disc with a box around it."""
    with whorl.connect(home=tmp_path_factory.mktemp("home")) as client:
        project = client.projects.create("converting")
        project.set_labels(["disc"])
        made = project.datasets.create("discs")
        for shift in (0, 30):
            picture = Image.new("RGB", (160, 120), (40, 90, 40))
            ImageDraw.Draw(picture).ellipse((40 + shift, 30, 99 + shift, 89), fill=(220, 40, 40))
            out = BytesIO()
            picture.save(out, "PNG")
            item = made.items.upload_bytes(out.getvalue(), f"{shift}.png")
            box = whorl.Box(38 + shift, 28, 102 + shift, 92, "disc")
            item.annotations.upload(item.annotations.builder().add(box))
        yield made


def _kinds(dataset: Dataset) -> set[str]:
    return {one.geometry.type for item in dataset.items.list() for one in item.annotations.list()}


def test_convert__dry_run_job_and_undo(dataset: Dataset) -> None:
    at = dataset.refresh().revision
    told = dataset.convert("mask", dry_run=True)
    assert (told.is_dry_run, told.n_converted, told.revision, dataset.refresh().revision) == (True, 2, None, at)
    done = dataset.convert("mask", filters="name:30.png")
    assert (done.n_converted, done.n_items, done.revision) == (1, 1, at + 1)
    assert _kinds(dataset) == {"box", "mask"}
    assert dataset.undo_conversion(at + 1).n_converted == 1
    assert _kinds(dataset) == {"box"}
    with pytest.raises(Conflict):
        dataset.undo_conversion(at + 1)


def test_convert__the_object_in_the_box(dataset: Dataset) -> None:
    done = dataset.convert("polygon", outline="grabcut", max_iou_loss=0.02)
    assert (done.n_converted, done.n_refused) == (2, 0)
    for item in dataset.items.list():
        (found,) = item.annotations.list()
        assert isinstance(found.geometry, Polygon)
        # A disc of 60 pixels, where the box has 64 by 64.
        assert 2600 < polygon_area(found.geometry.rings) < 3050
    assert done.revision is not None
    dataset.undo_conversion(done.revision)


def test_convert__sam_without_a_sam_is_told(dataset: Dataset) -> None:
    with pytest.raises(WhorlError, match="no SAM is installed"):
        dataset.convert("polygon", outline="sam")
    assert _kinds(dataset) == {"box"}


def test_convert__a_bad_query_is_told_at_once(dataset: Dataset) -> None:
    with pytest.raises(InvalidInput):
        dataset.convert("polygon", filters="nonsense::(")
