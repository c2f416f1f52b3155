"""A user's own SAM-family pair comes into the home, after a look at what it is."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from whorl.base.errors import Conflict, InvalidInput
from whorl.models.segmenting.choosing import FETCHED, FOLDER, NAME
from whorl.models.segmenting.sam import Family, Pair, sniff_pair

_SUFFIXES = (".onnx", ".ort")


def add_segmenter(encoder: Path, decoder: Path, *, name: str, models: Path) -> tuple[Path, Family]:
    """Copy a pair into ``segmenters/NAME`` of a home's models, where the server finds it at the next click.

    Returns:
        Its folder, and which family it is of.

    Raises:
        InvalidInput: The name cannot be used, or a file is missing or of another type.
        Conflict: There is a pair of this name.
        ModelError: The files are damaged, of another kind, or do not belong together.
    """
    if not NAME.fullmatch(name) or name in {"grabcut", FETCHED}:
        raise InvalidInput(
            f"not a name for a segmenter: {name[:80]!r}",
            hint="Lower case letters, digits, dots, dashes and underscores; not grabcut or sam2-tiny.",
        )
    for path in (encoder, decoder):
        if not path.is_file() or path.suffix not in _SUFFIXES:
            raise InvalidInput(f"not an .onnx or .ort file: {path}", hint="Export both parts of the model to ONNX.")
    family = sniff_pair(Pair(name, encoder, decoder, ""))
    folder = models / FOLDER / name
    if folder.exists():
        raise Conflict(f"there is a segmenter {name!r} already", hint=f"Choose another name, or delete {folder}.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
    try:
        shutil.copyfile(encoder, draft / f"encoder{encoder.suffix}")
        shutil.copyfile(decoder, draft / f"decoder{decoder.suffix}")
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder, family
