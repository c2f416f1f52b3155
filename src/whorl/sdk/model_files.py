"""A model of this machine as one file to be uploaded."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from whorl.base.errors import InvalidInput, ModelError

# What stands beside safetensors in many folders and says the same in a form that is not read.
_LEFT_OUT = (".bin", ".pt", ".pth", ".h5", ".msgpack", ".ot", ".ckpt", ".pkl")


def read_upload(source: str | Path) -> tuple[str, bytes] | None:
    """Name and bytes of a model's file or folder on this machine; None when the text names no such thing.

    Raises:
        InvalidInput: It looks like a file or folder and is not there.
        ModelError: It is Ultralytics' or torch's pickle.
    """
    text = str(source)
    path = Path(text.removeprefix("hf:")).expanduser()
    if path.is_dir() and (
        text.startswith("hf:") or (path / "model.yaml").is_file() or (path / "config.json").is_file()
    ):
        return f"{path.resolve().name}.zip", _zip(path)
    if path.is_file() and not text.startswith("hf:"):
        if path.suffix.lower() in _LEFT_OUT:
            raise ModelError(
                f"{path.name}: weights in a pickle are not loaded, for reading one runs what its author wrote",
                hint="Export it to ONNX or safetensors; or name an interpreter of the server's: "
                f"subprocess:/path/to/venv/bin/python /path/to/{path.name}.",
            )
        return path.name, path.read_bytes()
    is_path = isinstance(source, Path) or text.startswith(("/", "./", "../", "~")) or text.endswith((".onnx", ".zip"))
    if is_path and ":" not in text:
        raise InvalidInput(f"no model file or folder: {text!a}", hint="Correct the path.")
    return None


def _zip(folder: Path) -> bytes:
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink()]
    has_safe = any(path.suffix == ".safetensors" for path in files)
    kept = [path for path in files if not (has_safe and path.suffix.lower() in _LEFT_OUT)]
    buffer = io.BytesIO()
    # Weights hardly compress.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in kept:
            archive.write(path, path.relative_to(folder))
    return buffer.getvalue()
