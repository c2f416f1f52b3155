"""A folder as one file."""

from __future__ import annotations

import zipfile
from pathlib import Path

from whorl.formats.places import IMAGE_SUFFIXES


def pack_folder(folder: Path, archive: Path) -> Path:
    """Write all files below a folder to a zip archive, in the order of their names, and give the archive."""
    # Images are compressed already; packing them again would only take time.
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED, allowZip64=True) as packed:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            how = zipfile.ZIP_STORED if path.suffix.lower() in IMAGE_SUFFIXES else zipfile.ZIP_DEFLATED
            packed.write(path, path.relative_to(folder).as_posix(), compress_type=how)
    return archive
