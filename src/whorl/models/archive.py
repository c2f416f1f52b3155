"""A model's folder as one file."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path


def zip_folder(folder: Path) -> bytes:
    """The folder's files as a zip file, with paths below the folder."""
    buffer = io.BytesIO()
    # Weights hardly compress; storing them is ten times as fast.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder))
    return buffer.getvalue()
