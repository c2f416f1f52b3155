"""Duplicates and health over HTTP and through the SDK, from files to splits that keep scenes together."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

import whorl
from whorl.base.errors import InvalidInput, NotFound
from whorl.datasets.dql import format_text, parse_query
from whorl.schemas.selecting import DuplicateScanDraft
from whorl.sdk.client import Client, Project
from whorl.sdk.datasets import Dataset
from whorl.sdk.duplicates import DuplicateScan


def _scene(seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A picture of a few large blots and much fine grain: unlike that of any other seed."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)).resize(size, Image.Resampling.BICUBIC)
    grain = rng.integers(-20, 21, (size[1], size[0], 3))
    return Image.fromarray((np.asarray(coarse).astype(int) + grain).clip(0, 255).astype(np.uint8))


def _write(root: Path) -> None:
    """Scene 1 four times, scene 2 twice, scene 3 once, two covered lenses."""
    root.mkdir()
    _scene(1).save(root / "a_1_original.png")
    _scene(1).resize((160, 120)).save(root / "a_4_small.png")
    _scene(1).save(root / "a_3_compressed.jpg", quality=30)
    (root / "a_2_copy.png").write_bytes((root / "a_1_original.png").read_bytes())
    _scene(2).save(root / "b_sharp.png")
    _scene(2).filter(ImageFilter.GaussianBlur(3)).save(root / "b_soft.png")
    _scene(3).save(root / "c_alone.png")
    Image.new("RGB", (320, 240), (2, 2, 2)).save(root / "d_covered.png")
    Image.new("RGB", (320, 240), (3, 3, 3)).save(root / "e_covered.png")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def client(home: Path) -> Iterator[Client]:
    with whorl.connect(home=home) as connected:
        yield connected


@pytest.fixture(scope="module")
def project(client: Client) -> Project:
    made = client.projects.create("scenes")
    made.set_labels(["blot"])
    return made


@pytest.fixture
def dataset(project: Project, tmp_path: Path) -> Dataset:
    """A fresh dataset with the nine pictures; they are hashed by ingest."""
    _write(tmp_path / "all")
    made = project.datasets.create(tmp_path.name)
    made.import_(tmp_path / "all")
    return made


def _names(scan: DuplicateScan) -> list[list[tuple[str, str, bool]]]:
    return [[(one.name, one.kind, one.is_kept) for one in group.members] for group in scan.groups()]


def test_scan__finds_copies_and_near_duplicates_and_keeps_the_best(dataset: Dataset) -> None:
    scan = dataset.duplicates.scan()

    assert _names(scan) == [
        [
            ("a_1_original.png", "exact", True),
            ("a_2_copy.png", "exact", False),
            ("a_3_compressed.jpg", "near", False),
            ("a_4_small.png", "near", False),
        ],
        [("b_sharp.png", "near", True), ("b_soft.png", "near", False)],
    ]
    assert (scan.info.n_items, scan.info.n_groups, scan.info.n_extra, scan.info.n_plain) == (9, 2, 4, 2)
    assert scan.info.by_kind == {"exact": 1, "near": 3, "video": 0}
    assert dataset.duplicates.get(scan.id).info == scan.info == next(dataset.duplicates.list()).info


def test_scan__exact_alone_near_alone_and_no_distance(dataset: Dataset) -> None:
    exact = dataset.duplicates.scan(DuplicateScanDraft(near=False))
    alone = dataset.duplicates.scan(DuplicateScanDraft(exact=False, hash_distance=0, similarity=None))
    wide = dataset.duplicates.scan(DuplicateScanDraft(hash_distance=32))

    assert [[one.name for one in group.members] for group in exact.groups()] == [["a_1_original.png", "a_2_copy.png"]]
    assert {"a_1_original.png", "a_2_copy.png"} <= {one.name for one in next(alone.groups()).members}
    assert alone.info.by_kind["exact"] == 0
    assert wide.info.n_groups >= 1


def test_scan__fills_in_the_hashes_of_what_came_in_earlier(home: Path, dataset: Dataset) -> None:
    before = _names(dataset.duplicates.scan())
    with closing(sqlite3.connect(home / "whorl.db", timeout=60)) as conn, conn:
        known = conn.execute("SELECT sha256, picture_hash FROM blob ORDER BY sha256").fetchall()
        conn.execute("UPDATE blob SET picture_hash = NULL")

    assert _names(dataset.duplicates.scan()) == before
    with closing(sqlite3.connect(home / "whorl.db", timeout=60)) as conn:
        assert conn.execute("SELECT sha256, picture_hash FROM blob ORDER BY sha256").fetchall() == known


def test_scan__of_nothing_and_of_one(project: Project, dataset: Dataset, tmp_path: Path) -> None:
    empty = project.datasets.create(f"empty {tmp_path.name}").duplicates.scan()
    one = dataset.duplicates.scan(DuplicateScanDraft(filter={"filter": {"name": "c_alone.png"}}))

    assert (empty.info.n_items, empty.info.n_groups, list(empty.groups())) == (0, 0, [])
    assert (one.info.n_items, one.info.n_groups) == (1, 0)


def test_scan__refuses_a_space_that_is_not_there(dataset: Dataset) -> None:
    with pytest.raises(NotFound, match="space"):
        dataset.duplicates.scan(DuplicateScanDraft(space="spc_nobody"))


def test_scan__vectors_have_a_say_where_there_are_any(client: Client, tmp_path: Path) -> None:
    _write(tmp_path / "all")
    project, other = client.projects.create("with vectors"), client.projects.create("another")
    dataset, foreign = project.datasets.create("d"), other.datasets.create("d")
    dataset.import_(tmp_path / "all")
    without = dataset.duplicates.scan(DuplicateScanDraft(similarity=1.0))
    dataset.embed()

    same = dataset.duplicates.scan(DuplicateScanDraft(similarity=1.0))
    loose = dataset.duplicates.scan(DuplicateScanDraft(similarity=-1.0))

    assert without.info.params["space_id"] is None
    assert (without.info.by_kind["near"], same.info.by_kind["near"], loose.info.by_kind["near"]) == (3, 0, 3)
    assert same.info.by_kind["exact"] == loose.info.by_kind["exact"] == 1
    with pytest.raises(NotFound, match="space"):
        foreign.duplicates.scan(DuplicateScanDraft(space=str(same.info.params["space_id"])))


def test_apply__dry_run_changes_nothing(dataset: Dataset) -> None:
    scan = dataset.duplicates.scan()
    before = dataset.refresh().revision

    outcomes = [scan.apply(action) for action in ("group", "tag", "delete")]

    assert [(one.n_groups, one.n_items, one.dry_run, one.revision) for one in outcomes] == [
        (2, 6, True, None),
        (2, 4, True, None),
        (2, 4, True, None),
    ]
    assert dataset.refresh().revision == before


def test_apply__group_keeps_scenes_together_in_a_split(dataset: Dataset) -> None:
    scan = dataset.duplicates.scan()

    done = scan.apply("group", dry_run=False)

    assert done.revision == dataset.refresh().revision
    items = {one.name: one for one in dataset.items.list()}
    assert len({items[name].info.group_key for name in items if name.startswith("a_")}) == 1
    assert items["c_alone.png"].info.group_key is None
    dataset.split(0.5, 0, 0.5)
    subsets = {one.name: one.info.subset for one in dataset.items.list()}
    assert len({subsets[name] for name in subsets if name.startswith("a_")}) == 1
    assert len({subsets[name] for name in subsets if name.startswith("b_")}) == 1
    assert scan.apply("group", dry_run=False).n_items == 0


def test_apply__group_says_that_a_leak_stays(dataset: Dataset) -> None:
    for one in dataset.items.list():
        one.update(subset="test" if one.name == "a_4_small.png" else "train")
    scan = dataset.duplicates.scan()

    done = scan.apply("group", dry_run=False)

    assert (scan.info.crossing, done.crossing) == (1, 1)
    assert "1 groups have items in train and in test: a leak" in done.warnings[0]
    assert [group.crosses_subsets for group in scan.groups()] == [True, False]
    assert {one.name: one.info.subset for one in dataset.items.list()}["a_4_small.png"] == "test"


def test_apply__tag_marks_the_extras_with_what_is_kept(dataset: Dataset) -> None:
    scan = dataset.duplicates.scan()

    scan.apply("tag", groups=[2], dry_run=False)

    items = {one.name: one for one in dataset.items.list()}
    assert items["b_soft.png"].info.metadata == {"duplicate_of": items["b_sharp.png"].id}
    assert all(not one.info.metadata for name, one in items.items() if name != "b_soft.png")


def test_apply__delete_spares_ground_truth_and_can_be_read_back(dataset: Dataset) -> None:
    scan = dataset.duplicates.scan()
    small = next(one for one in dataset.items.list() if one.name == "a_4_small.png")
    builder = small.annotations.builder()
    builder.add(whorl.Classification("blot"))
    small.annotations.upload(builder)

    done = scan.apply("delete", dry_run=False)

    assert (done.n_items, done.kept_with_truth) == (3, 1)
    assert sorted(one.name for one in dataset.items.list()) == [
        "a_1_original.png", "a_4_small.png", "b_sharp.png", "c_alone.png", "d_covered.png", "e_covered.png"
    ]  # fmt: skip
    assert done.revision == dataset.refresh().revision


def test_apply__what_went_since_the_scan_is_left_out(dataset: Dataset) -> None:
    scan = dataset.duplicates.scan()
    for one in list(dataset.items.list()):
        if one.name in ("a_1_original.png", "b_soft.png"):
            one.delete()

    done = scan.apply("delete", dry_run=False)

    assert (done.n_groups, done.n_items) == (1, 2)
    assert "a_2_copy.png" in {one.name for one in dataset.items.list()}
    assert list(scan.groups()) == []


def test_scan__ground_truth_is_kept_before_size(dataset: Dataset) -> None:
    small = next(one for one in dataset.items.list() if one.name == "a_4_small.png")
    builder = small.annotations.builder()
    builder.add(whorl.Classification("blot"))
    small.annotations.upload(builder)

    assert next(dataset.duplicates.scan().groups()).members[0].name == "a_4_small.png"


@pytest.mark.parametrize("numbers", [[0], [3], [1, 99]])
def test_apply__refuses_groups_that_the_scan_lacks(dataset: Dataset, numbers: list[int]) -> None:
    with pytest.raises(InvalidInput, match="no such group"):
        dataset.duplicates.scan().apply("tag", groups=numbers)


def test_delete__forgets_the_scan_and_no_item(dataset: Dataset) -> None:
    scan = dataset.duplicates.scan()

    scan.delete()

    with pytest.raises(NotFound):
        dataset.duplicates.get(scan.id)
    assert len(list(dataset.items.list())) == 9


def test_health__lists_covered_lenses_and_their_query_finds_them(dataset: Dataset) -> None:
    issues = {one.kind: one for one in dataset.health().issues}

    assert {"dark", "flat", "blurred"} <= set(issues)
    assert issues["dark"].n_items == 2
    found = {one.name for one in dataset.items.list(format_text(parse_query(issues["dark"].query)))}
    assert found == {"d_covered.png", "e_covered.png"}


def test_health__of_nothing_is_nothing(project: Project, tmp_path: Path) -> None:
    report = project.datasets.create(f"none {tmp_path.name}").health()

    assert (report.n_items, report.issues) == (0, [])
