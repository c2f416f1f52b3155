from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from whorl.base.errors import InvalidInput
from whorl.quality.duplicates.folder import FolderScan, scan_folder
from whorl.schemas.selecting import DuplicateScanDraft


def _scan(root: Path, **options: object) -> FolderScan:
    return scan_folder(root, DuplicateScanDraft.model_validate(options))


def _groups(found: FolderScan) -> list[list[tuple[str, str]]]:
    return [[(one.name, "" if one.is_kept else one.kind) for one in group] for group in found.groups]


@pytest.mark.shared
@pytest.mark.parametrize("distance", [8, 10])
def test_scan_folder__mixed_images_are_as_documented(shared_dir: Path, distance: int) -> None:
    found = _scan(shared_dir / "cases/imagededup/mixed_images", hash_distance=distance)

    assert _groups(found) == [[("ukbench00120.jpg", ""), ("ukbench00120_resize.jpg", "near")]]
    assert found.keep == [
        "ukbench00120.jpg",
        "ukbench00120_hflip.jpg",
        "ukbench00120_rotation.jpg",
        "ukbench09268.jpg",
    ]
    assert [name for name, _ in found.skipped] == ["ukbench09268_corrupt.jpg"]
    assert found.n_files == 6


@pytest.mark.shared
def test_scan_folder__nested_folders_are_the_same(shared_dir: Path) -> None:
    found = _scan(shared_dir / "cases/imagededup/mixed_nested_images", hash_distance=10)

    assert _groups(found) == [
        [("lvl1/ukbench00120.jpg", ""), ("lvl1/lvl2b/ukbench00120_resize.jpg", "near")],
    ]
    assert [name for name, _ in found.skipped] == ["ukbench09268_corrupt.jpg"]


@pytest.mark.shared
def test_scan_folder__base_images_are_distinct(shared_dir: Path) -> None:
    found = _scan(shared_dir / "cases/imagededup/base_images", hash_distance=10)

    assert (found.groups, found.skipped, len(found.keep)) == ([], [], 10)


@pytest.mark.shared
def test_scan_folder__formats_go_by_content_not_by_name(shared_dir: Path) -> None:
    found = _scan(shared_dir / "cases/imagededup/formats_images")

    assert sorted(one.name for one in found.groups[0]) == [
        f"ukbench09380.{suffix}" for suffix in ("bmp", "jpeg", "png", "svg", "webp")
    ]
    assert len(found.groups) == 1
    assert [name for name, _ in found.skipped] == ["Iggy.1024.ppm", "baboon.pgm", "marbles.pbm"]
    assert {"copyleft.tiff", "giphy.gif"} <= set(found.keep)


@pytest.mark.shared
def test_scan_folder__grey_is_near_colour_and_transparency_is_read(shared_dir: Path) -> None:
    found = _scan(shared_dir / "cases/imagededup", hash_distance=8)

    assert {"ukbench00120_gray.jpg", "base_images/ukbench00120.jpg", "mixed_images/ukbench00120_resize.jpg"} <= {
        one.name for one in next(group for group in found.groups if any("00120" in one.name for one in group))
    }
    assert "alpha_channel_image.png" in found.keep


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """One scene as JPEG, in sixteen bits, with transparency, animated; and files that are no images."""
    coarse = Image.fromarray(np.random.default_rng(2).integers(0, 256, (6, 8), dtype=np.uint8))
    scene = coarse.resize((200, 150), Image.Resampling.BICUBIC)
    scene.save(tmp_path / "a.jpg", quality=92)
    Image.fromarray(np.asarray(scene).astype(np.uint16) * 257).save(tmp_path / "b_16.png")
    alpha = scene.convert("RGBA")
    alpha.save(tmp_path / "c_alpha.png")
    scene.save(tmp_path / "d.gif", save_all=True, append_images=[scene.rotate(90)])
    (tmp_path / "e_cut.jpg").write_bytes((tmp_path / "a.jpg").read_bytes()[:900])
    (tmp_path / "f_empty.png").write_bytes(b"")
    (tmp_path / "g_text.jpg").write_text("no image")
    (tmp_path / "notes.txt").write_text("not looked at")
    return tmp_path


def test_scan_folder__one_scene_in_any_kind_of_file(pictures: Path) -> None:
    found = _scan(pictures)

    assert sorted(one.name for one in found.groups[0]) == ["a.jpg", "b_16.png", "c_alpha.png", "d.gif"]
    assert [name for name, _ in found.skipped] == ["e_cut.jpg", "f_empty.png", "g_text.jpg"]
    assert all(reason for _, reason in found.skipped)
    assert (found.n_files, len(found.keep)) == (7, 1)


def test_scan_folder__nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    found = _scan(tmp_path)

    assert (found.n_files, found.groups, found.keep, found.skipped) == (0, [], [], [])


def test_scan_folder__refuses_what_is_no_folder(pictures: Path) -> None:
    with pytest.raises(InvalidInput, match="not a folder"):
        _scan(pictures / "a.jpg")


def test_scan_folder__frames_of_one_folder(tmp_path: Path) -> None:
    base = np.asarray(
        Image.fromarray(np.random.default_rng(1).integers(0, 256, (6, 12), dtype=np.uint8)).resize((400, 150))
    )
    for at in range(4):
        Image.fromarray(base[:, 6 * at : 6 * at + 200]).save(tmp_path / f"frame{at}.png")

    alone, video = _scan(tmp_path, hash_distance=5), _scan(tmp_path, hash_distance=5, video=True)

    assert len(video.keep) < len(alone.keep)
    assert {one.kind for group in video.groups for one in group if not one.is_kept} & {"video"}
